//! Settings as a person meets them: every fault at once, in words, with its line; and what may be said outside the file.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::sha256_hex;

/// Settings that hold, for one gemeente.
fn good() -> String {
    let hash = sha256_hex(b"geheim");
    format!(
        "[[partij]]\ncode = \"0384\"\nnaam = \"Diemen\"\n[[credential]]\nname = \"backoffice\"\npartij = \"0384\"\ntoken_sha256 = \"{hash}\"\n"
    )
}

/// What `config check` says of these settings, with its exit status.
fn check(folder: &Path, settings: &str, environment: &[(&str, &str)]) -> (Option<i32>, String) {
    let file = folder.join("gateway.toml");
    fs::write(&file, settings).expect("settings");
    let output = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(["config", "check", "--config", "gateway.toml"])
        .current_dir(folder)
        .envs(environment.iter().copied())
        .output()
        .expect("the program");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
    (output.status.code(), said)
}

/// Settings with a fault of every kind.
const FAULTY: &str = r#"[http]
listen = 8080
max_bericht_bytes = 1
dashbord_login = true
[ggk]
url = http://127.0.0.1/
receive = "yes"
timeout = "soon"
max_envelope_bytes = -5
[relay]
at_once = 0
[declaratie]
answer = "six-eyes"
[deadlines]
closed = ["2026-13-01"]
bevrijdingsdag = 5
[log]
format = "xml"
filter = "=!!"
[gkk]
url = ""
[[partij]]
code = 0384
naam = "Diemen"
[[credential]]
naam = "backoffice"
partij = "0384"
[[credential]]
name = "b"
partij = "0384"
token_sha256 = 12
"#;

#[test]
fn every_fault_is_told_at_once_in_words_with_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, said) = check(folder.path(), FAULTY, &[]);
    let expected = [
        (2, "http.listen: is the number 8080; it must be an address and a port, as in \"127.0.0.1:8080\""),
        (3, "http.max_bericht_bytes: is 1; nothing fits in fewer than 1000 bytes"),
        (4, "http.dashbord_login: unknown key; did you mean dashboard_login?"),
        (6, "is not TOML: a text stands between quotes (string values must be quoted, expected literal string)"),
        (7, "ggk.receive: unknown key; envelopes come in where ggk.listen says; leave this out"),
        (8, "ggk.timeout: is the text \"soon\"; it must be a duration, as in \"30s\", \"15m\", \"4h\" or \"2days\""),
        (9, "ggk.max_envelope_bytes: is the number -5; it must be a whole number, 0 or more"),
        (11, "relay.at_once: is 0, and then nothing is ever sent; it must be 1 or more"),
        (13, "declaratie.answer: is \"six-eyes\"; it may be \"auto\" or \"four-eyes\""),
        (15, "deadlines.closed[1]: is the text \"2026-13-01\"; it must be a day, as in \"2026-05-15\""),
        (16, "deadlines.bevrijdingsdag: is the number 5; it must be \"always\", \"lustrum\" or \"never\""),
        (18, "log.format: is \"xml\"; it may be \"text\" or \"json\""),
        (19, "log.filter: \"=!!\" is no filter"),
        (20, "gkk: unknown key; did you mean ggk?"),
        (23, "is not TOML: a number does not begin with 0; a code is a text and stands between quotes, as in \"0384\""),
        (25, "credential[1]: name is missing"),
        (26, "credential[1].naam: unknown key; did you mean name?"),
        (31, "credential[2].token_sha256: is the number 12; it must be a text between quotes"),
    ];
    assert_eq!(status, Some(1), "{said}");
    let told: Vec<&str> = said.lines().collect();
    for (line, text) in expected {
        let wanted = format!("gateway.toml:{line}: {text}");
        assert!(told.iter().any(|one| one.starts_with(&wanted)), "missing: {wanted}\nin:\n{said}");
    }
    assert_eq!(told.len(), expected.len(), "a line for each fault and no more:\n{said}");
}

#[test]
fn settings_that_do_not_fit_each_other_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = |text: &str| check(folder.path(), &format!("{text}\n{}", good()), &[]);
    for (settings, told) in [
        (
            "[declaratie]\nanswer = \"four-eyes\"",
            "gateway.toml:2: declaratie.answer: four-eyes needs 2 people of gemeente 0384",
        ),
        ("[relay]\nfirst_pause = \"1h\"", "relay.longest_pause: is shorter than relay.first_pause"),
        ("[ggk]\nconnect_timeout = \"0s\"", "gateway.toml:2: ggk.connect_timeout: is nothing"),
        ("[ggk]\nmax_envelope_bytes = 0", "gateway.toml:2: ggk.max_envelope_bytes: is 0; nothing fits"),
        (
            "[[partij]]\ncode = \"0384\"\nnaam = \"x\"",
            "partij \"0384\": there is more than one [[partij]] with this code",
        ),
        ("[partij]\ncode = \"0384\"", "partij"),
    ] {
        let (status, said) = own(settings);
        assert!(status == Some(1) && said.contains(told), "{settings}\n{said}");
    }
    let (status, said) = own("");
    assert_eq!(status, Some(0), "{said}");
    assert!(said.starts_with("settings are right: 1 party, 1 credential, profile heusden-2022\n"), "{said}");
    assert!(
        said.contains("note: ggk.url is empty") && said.contains("note: no [[credential]] says operator"),
        "{said}"
    );
    assert!(said.contains("note: there is no [[alert]], so nobody is told when a term passes"), "{said}");
    let (status, said) = own("[[alert]]\nname = \"log\"\nkind = \"journal\"\non = [\"overdue\"]");
    assert!(status == Some(0) && !said.contains("[[alert]]"), "without certificates there is nothing to tell: {said}");
}

#[test]
fn faults_of_certificates_are_told_with_all_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let faulty = "[http]\nmax_bericht_bytes = 1\ntls = { certificate_file = \"weg.pem\", key_file = \"weg.key\" }\n\
                  [database]\nurl = \"mysql://x\"\n[deadlines]\nprofile = \"zeeland\"\n\
                  [ggk]\ntls = { ca_file = \"root.pem\" }\n";
    let (status, said) = check(folder.path(), &format!("{faulty}{}", good()), &[]);
    assert_eq!(status, Some(1), "{said}");
    for (line, text) in [
        (2, "http.max_bericht_bytes: is 1"),
        (3, "http.tls.certificate_file: weg.pem: cannot be read"),
        (3, "http.tls.key_file: weg.key: cannot be read"),
        (5, "database.url: must start with sqlite: or postgres://"),
        (7, "deadlines.profile: \"zeeland\" is unknown"),
        (9, "ggk.tls.ca_file: root.pem: cannot be read"),
    ] {
        let wanted = format!("gateway.toml:{line}: {text}");
        assert!(said.lines().any(|one| one.starts_with(&wanted)), "missing: {wanted}\nin:\n{said}");
    }
    assert_eq!(said.lines().count(), 6, "a line for each fault and no more:\n{said}");
}

#[test]
fn a_link_in_the_clear_to_another_machine_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let notes = |url: &str| {
        let (status, said) = check(folder.path(), &format!("[ggk]\nurl = \"{url}\"\n{}", good()), &[]);
        assert_eq!(status, Some(0), "{said}");
        said.matches("note: ggk.url: is plain HTTP to another machine").count()
    };
    for (url, told) in [
        ("http://adapter.example.nl/ggk", 1),
        ("http://10.0.0.1:8090/", 1),
        ("http://127.0.0.1:8090/", 0),
        ("http://[::1]:8090/", 0),
        ("http://localhost/", 0),
    ] {
        assert_eq!(notes(url), told, "{url}");
    }
}

#[test]
fn a_gateway_for_nobody_does_not_serve() {
    let folder = tempfile::tempdir().expect("a folder");
    let (status, said) = check(folder.path(), "", &[]);
    assert_eq!(status, Some(1));
    assert_eq!(
        said,
        "gateway.toml: partij: there is none; say with a [[partij]] for whom this gateway acts\n\
         gateway.toml: credential: there is none; say with a [[credential]] who may call\n"
    );
    let serve = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway")).arg("serve").output().expect("the program");
    assert_eq!(serve.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&serve.stderr).contains("partij: there is none"), "{serve:?}");
    let nowhere = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(["config", "check", "--config", "nergens.toml"])
        .output()
        .expect("the program");
    assert_eq!(nowhere.status.code(), Some(3), "a file that is not there is no finding");
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("nergens.toml: No such file"), "{nowhere:?}");
}

#[test]
fn what_stands_outside_the_file_goes_before_what_stands_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).expect("a folder");
    let with = |settings: &str, environment: &[(&str, &str)]| {
        let credentials = ("CREDENTIALS_DIRECTORY", credentials.to_str().expect("UTF-8"));
        let environment = [&[credentials], environment].concat();
        check(folder.path(), &format!("{settings}\n{}", good()), &environment).1
    };
    let profile = "[deadlines]\nprofile = \"mlw-2018\"";
    assert!(with(profile, &[]).contains("profile mlw-2018"));
    let variable = "IWMO_GATEWAY_DEADLINES_PROFILE";
    assert!(with(profile, &[(variable, "landelijk-3.2")]).contains("profile landelijk-3.2"));

    fs::write(credentials.join("deadlines.profile"), "landelijk-3.2\n").expect("a credential");
    fs::write(credentials.join("keys"), "of somebody else").expect("a credential");
    assert!(with(profile, &[]).contains("profile landelijk-3.2"), "a credential goes before the file");
    assert!(with(profile, &[(variable, "mlw-2018")]).contains("profile mlw-2018"), "the environment before both");
    fs::remove_file(credentials.join("deadlines.profile")).expect("removed");

    fs::write(credentials.join("which"), "mlw-2018\n").expect("a credential");
    assert!(with("[deadlines]\nprofile_file = \"which\"", &[]).contains("profile mlw-2018"), "a bare name");
    let path = credentials.join("which");
    let named = format!("[deadlines]\nprofile_file = {path:?}");
    assert!(with(&named, &[]).contains("profile mlw-2018"), "a path");

    for (settings, environment, told) in [
        (
            "",
            [("IWMO_GATEWAY_HTTP_DASHBOARD_LOGIN", "perhaps")],
            "environment variable IWMO_GATEWAY_HTTP_DASHBOARD_LOGIN: http.dashboard_login: is the text \"perhaps\"; it must be true or false",
        ),
        (
            "",
            [("IWMO_GATEWAY_HTTP_LISSEN", "x")],
            "environment variable IWMO_GATEWAY_HTTP_LISSEN: http.lissen: unknown key; did you mean listen?",
        ),
        (
            "",
            [("IWMO_GATEWAY_GKK_URL", "x")],
            "environment variable IWMO_GATEWAY_GKK_URL: there is no section \"gkk\"; did you mean ggk?",
        ),
        (
            "[database]\nurl_file = \"nergens\"",
            [("OTHER", "")],
            "gateway.toml:2: database.url_file: nergens: No such file",
        ),
        (
            "[database]\nurl = \"sqlite:x\"\nurl_file = \"which\"",
            [("OTHER", "")],
            "gateway.toml:3: database.url_file: url stands there as well; leave one of them out",
        ),
    ] {
        let said = with(settings, &environment);
        assert!(said.contains(told), "missing: {told}\nin: {said}");
    }
    let numbers =
        with("", &[("IWMO_GATEWAY_HTTP_MAX_BERICHT_BYTES", "5000"), ("IWMO_GATEWAY_HTTP_DASHBOARD_LOGIN", "false")]);
    assert!(numbers.starts_with("settings are right"), "{numbers}");
}

#[test]
fn a_database_that_is_not_there_is_told_by_its_place_and_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed = taken.local_addr().expect("bound");
    drop(taken);
    let nowhere = folder.path().join("nergens");
    for (url, told) in [
        (format!("postgres://wie:geheim@{closed}/iwmo"), format!("PostgreSQL at {closed}")),
        (
            format!("sqlite:{}/x.db", nowhere.display()),
            format!("there is no folder {}; make it first", nowhere.display()),
        ),
    ] {
        let file = folder.path().join("gateway.toml");
        let settings = format!("[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"{url}\"\n{}", good());
        fs::write(&file, settings).expect("settings");
        let serve = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway")).args(["serve", "--config"]).arg(&file).output();
        let serve = serve.expect("the program");
        let said = String::from_utf8_lossy(&serve.stderr).into_owned();
        assert_eq!(serve.status.code(), Some(3), "{said}");
        assert!(said.contains("(setting database.url)") && said.contains(&told), "missing: {told}\nin: {said}");
        assert!(!said.contains("geheim"), "{said}");
    }
}

#[test]
fn the_service_may_do_what_the_program_does_and_no_more() {
    let unit = include_str!("../../systemd/iwmo-gateway.service");
    let filters: Vec<&str> = unit.lines().filter_map(|line| line.strip_prefix("SystemCallFilter=")).collect();
    assert_eq!(filters, ["@system-service", "~@privileged @resources", "setpriority"], "in this order: the last adds");
    for line in ["LimitCORE=0", "LimitNOFILE=65536", "UMask=0077", "DynamicUser=yes"] {
        assert!(unit.lines().any(|one| one == line), "{line} is missing");
    }
}

#[test]
fn the_hash_of_a_token_may_stand_in_a_file_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = sha256_hex(b"geheim");
    let file = folder.path().join("hash");
    fs::write(&file, format!("{hash}\n")).expect("a file");
    let settings = good().replace(&format!("token_sha256 = \"{hash}\""), &format!("token_sha256_file = {file:?}"));
    assert_eq!(Config::parse(&settings).expect("settings").credentials[0].token_sha256, hash);
    assert_eq!(
        Config::parse("[[credential]]\nname = \"x\"\noperator = true\nnaam_file = \"x\"").expect_err("no such key").0,
        [
            "credential[1]: token_sha256 is missing",
            "credential[1].naam_file: unknown key; there are name, partij, operator, decides, token_sha256"
        ]
    );
}

#[test]
fn settings_of_the_mock_go_over_its_defaults_and_are_told_in_the_same_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mock = |settings: &str| {
        let file = folder.path().join("mock.toml");
        fs::write(&file, settings).expect("settings");
        let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
        command.args(["mock", "--config"]).arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program")
    };
    let mut running =
        mock("listen = \"127.0.0.1:0\"\n[[parties]]\ncode = \"41005001\"\nretour = { reject = [\"9332\"] }\n");
    let mut line = String::new();
    BufReader::new(running.stdout.take().expect("stdout")).read_line(&mut line).expect("its address");
    running.kill().expect("killed");
    let said = running.wait_with_output().expect("its end");
    assert!(
        line.contains("http://127.0.0.1:") && !line.contains(":0/"),
        "{line}{}",
        String::from_utf8_lossy(&said.stderr)
    );

    let wrong =
        "[retry]\nevery = \"soon\"\n[[parties]]\ncode = \"41005001\"\nretour = \"acept\"\n[[parties]]\nafter = 5\n";
    let output = mock(wrong).wait_with_output().expect("its end");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    for told in [
        ":2: retry.every: is \"soon\"; it must be a number with s, m, h or d, as in \"3d\"",
        ":5: parties[1].retour: is \"acept\"; it may be \"accept\", \"reject\", \"never\" or \"bounce\"",
        ":6: parties[2]: code is missing",
        ":7: parties[2].after: is the number 5; it must be a text between quotes",
    ] {
        assert!(said.contains(told), "missing: {told}\nin: {said}");
    }
    assert_eq!(said.lines().count(), 4, "{said}");
}
