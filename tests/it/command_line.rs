//! The command line as its users meet it: what is printed, and the exit status.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use iwmo_gateway::bundle::{self, Entry};
use iwmo_gateway::domain::afspraken::list;
use iwmo_gateway::exchange::sha256_hex;
use serde_json::{Value, json};

use crate::world::WMO305;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).expect("a JSON object per line")).collect()
}

#[test]
fn validate_prints_one_json_line_per_file_in_the_order_of_the_arguments() {
    let (good, bad) = ("fixtures/verhaal/wmo305.xml", "fixtures/regels/CS002/fout-wmo305.xml");
    let output = run(&["validate", "--format", "json", "--today", "2026-03-10", bad, good, "fixtures/nergens.xml"]);
    assert_eq!(output.status.code(), Some(3), "an unreadable file, after all others are printed");
    let mut found = lines(&output);
    assert_eq!(found.len(), 3);
    let [bad_run, good_run] = [0, 1].map(|index: usize| {
        let coverage = found[index].as_object_mut().expect("an object").remove("coverage").expect("coverage");
        coverage["run"].as_u64().expect("a number")
    });
    assert!(bad_run > 20 && bad_run < good_run, "a failing level stops the next: {bad_run}, {good_run}");
    assert_eq!(
        found[0],
        json!({"file": bad, "berichtsoort": "WMO305", "release": "3.2", "verdict": "invalid", "findings": [{
            "level": "message", "rule": "CS002", "retourcode": "0001", "path": "/Bericht/Client/Bsn", "line": 19, "column": 5,
            "text": "Het Bsn voldoet niet aan de elfproef. Controleer het nummer op een tikfout."}]})
    );
    assert_eq!(
        found[1],
        json!({"file": good, "berichtsoort": "WMO305", "release": "3.2", "verdict": "valid", "findings": []})
    );
    assert_eq!(
        (&found[2]["verdict"], &found[2]["findings"][0]["level"], &found[2]["findings"][0]["line"]),
        (&json!("refused"), &json!("xml"), &json!(1))
    );
}

#[test]
fn validate_takes_folders_and_stdin_and_has_limits_only_when_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["b.xml", "a.XML", "c.txt"] {
        fs::write(folder.path().join(name), WMO305).expect("a file");
    }
    let path = folder.path().to_str().expect("UTF-8");
    let names: Vec<Value> =
        lines(&run(&["validate", "--format", "json", path])).iter().map(|line| line["file"].clone()).collect();
    assert_eq!(names, [format!("{path}/a.XML"), format!("{path}/b.xml")]);
    let limited = run(&["validate", "--format", "json", "--max-bytes", "100", &format!("{path}/b.xml")]);
    assert_eq!((limited.status.code(), &lines(&limited)[0]["verdict"]), (Some(1), &json!("refused")));

    let mut child = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(["validate", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    child.stdin.take().expect("stdin").write_all(WMO305.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("its end");
    assert_eq!((output.status.code(), &lines(&output)[0]["verdict"]), (Some(0), &json!("valid")));
}

#[test]
fn validate_speaks_dutch_to_people_and_junit_to_test_runners() {
    let bad = "fixtures/regels/CS002/fout-wmo305.xml";
    let text = stdout(&run(&["validate", bad]));
    assert!(text.contains("\nRegels: WMO305 "), "{text}");
    let (text, _) = text.split_once("Regels: ").expect("coverage in the last line");
    assert_eq!(
        text,
        format!(
            "{bad}:19:5: fout CS002 (retourcode 0001): Het Bsn voldoet niet aan de elfproef. Controleer het nummer op een tikfout.\n    in /Bericht/Client/Bsn\n{bad}: WMO305 3.2, niet in orde: 1 bevinding\n"
        )
    );
    let junit = stdout(&run(&["validate", "--format", "junit", bad, "fixtures/verhaal/wmo305.xml"]));
    assert!(junit.contains("<testsuite name=\"iwmo-gateway validate\" tests=\"2\" failures=\"1\">"), "{junit}");
    assert!(junit.contains("<failure type=\"invalid\" message=\"fixtures/regels/CS002"), "{junit}");
}

#[test]
fn validate_writes_the_report_of_the_page_as_one_file_that_loads_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let named = folder.path().join("<b>R&D.xml");
    std::fs::copy("fixtures/verhaal/wmo305.xml", &named).expect("a copy");
    let bad = "fixtures/kwaad/afgekapt.xml";
    let good = named.to_str().expect("UTF-8");
    let output = run(&["validate", "--format", "html", "--today", "2026-03-10", bad, good]);
    assert_eq!(output.status.code(), Some(1));
    let page = stdout(&output);
    assert!(page.starts_with("<!doctype html>") && page.trim_end().ends_with("</html>"), "{page}");
    assert_eq!((page.matches("<!doctype").count(), page.matches("<section ").count()), (1, 2), "one file: {page}");
    for told in [
        "<title>Verslag van 2 berichten</title>",
        "Gecontroleerd op 10-03-2026",
        "Niet te lezen: dit is geen bericht.",
        "WMO305 3.2: In orde.",
        "&#60;b&#62;R&#38;D.xml</h2>",
        "@media print",
    ] {
        assert!(page.contains(told), "{told} is missing: {page}");
    }
    for outside in ["<script", "<link", "<img", "src=", "url(", "@import", "http://", "https://", "href=\"/"] {
        assert!(!page.contains(outside), "{outside} is loaded");
    }
}

#[test]
fn validate_counts_what_it_found_and_what_it_looked_at() {
    let (good, bad) = ("fixtures/verhaal/wmo305.xml", "fixtures/regels/CS002/fout-wmo305.xml");
    let folder = tempfile::tempdir().expect("a folder");
    let unfit = folder.path().join("geen-wmo305.xml");
    fs::write(&unfit, WMO305.replace("<b:Bsn>", "<b:Nsb>").replace("</b:Bsn>", "</b:Nsb>")).expect("a file");
    let text = stdout(&run(&["validate", "--today", "2026-03-10", good, bad, unfit.to_str().expect("UTF-8")]));
    let end: Vec<&str> = text.lines().rev().take(2).collect();
    assert!(
        end[0].starts_with("3 bestanden: 1 in orde, 2 niet; ") && end[0].ends_with(" fouten, 0 waarschuwingen"),
        "{text}"
    );
    let run_of: Vec<u32> = end[1]
        .trim_start_matches("Regels: ")
        .split("; ")
        .map(|kind| kind.split(' ').nth(2).and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("{kind}")))
        .collect();
    assert!(run_of.len() == 3 && run_of.is_sorted() && run_of[0] < run_of[1] && run_of[1] < run_of[2], "{}", end[1]);
    assert_eq!(end[1].matches("niet bereikt na een eerdere fout").count(), 2, "{}", end[1]);
}

#[test]
fn validate_shows_the_source_in_colours_to_eyes_alone() {
    let bad = "fixtures/regels/CS002/fout-wmo305.xml";
    let with = |environment: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
        command.args(["validate", bad]).current_dir(env!("CARGO_MANIFEST_DIR"));
        stdout(&command.envs(environment.iter().copied()).output().expect("the program"))
    };
    let seen = with(&[("CLICOLOR_FORCE", "1")]);
    assert!(seen.contains("\u{1b}[1m\u{1b}[31mfout\u{1b}[0m CS002"), "{seen:?}");
    assert!(seen.contains("    19 |     <b:Bsn>") && seen.contains("\n       |     ^\n"), "{seen}");
    for environment in [&[][..], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]] {
        let piped = with(environment);
        assert!(!piped.contains('\u{1b}') && !piped.contains("<b:Bsn>"), "{piped}");
    }
}

#[test]
fn a_folder_that_holds_nothing_to_check_is_told_with_status_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("UTF-8");
    for arguments in [&["validate", path, "fixtures/verhaal/wmo305.xml"][..], &["replay", path]] {
        let output = run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        assert_eq!(said, format!("iwmo-gateway: {path}: there is no *.xml in this folder\n"));
    }
    let wrong = run(&["validate", "--today", "x", "fixtures/verhaal/wmo305.xml"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("a date is written as 2026-03-31"), "{wrong:?}");
}

#[test]
fn convert_takes_stdin_and_nobody_minds_a_reader_that_has_seen_enough() {
    let piped = |arguments: &[&str], input: &[u8]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        child.stdin.take().expect("stdin").write_all(input).expect("written");
        child.wait_with_output().expect("its end")
    };
    let json = piped(&["convert", "--to", "json", "-"], WMO305.as_bytes());
    assert_eq!(json.status.code(), Some(0));
    let xml = piped(&["convert", "--to", "xml", "-"], &json.stdout);
    assert!(xml.status.success() && stdout(&xml).starts_with('<'), "{xml:?}");

    for arguments in [
        &["convert", "--to", "json", "fixtures/verhaal/wmo305.xml"][..],
        &["rules", "--format", "json"],
        &["validate", "fixtures/verhaal/wmo305.xml"],
        &["replay", "fixtures/taakgericht"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .and_then(std::process::Child::wait_with_output)
            .expect("its end");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn validate_tells_which_rules_it_did_not_run_and_why() {
    let output = run(&["validate", "--format", "json", "--today", "2026-03-10", "fixtures/verhaal/wmo305.xml"]);
    let coverage = &lines(&output)[0]["coverage"];
    let not_run = coverage["not_run"].as_object().expect("reasons");
    assert!(not_run["needs-history"].as_array().expect("rules").contains(&json!("TR019")), "{coverage}");
    assert!(not_run["not-checkable"].as_array().expect("rules").contains(&json!("OP011")), "{coverage}");
    let rules: usize = not_run.values().map(|rules| rules.as_array().expect("rules").len()).sum();
    let counted = ["run", "not_applicable"].map(|name| coverage[name].as_u64().expect("a number"));
    assert_eq!(counted.iter().sum::<u64>() + rules as u64, every_rule() as u64, "{coverage}");
    let refused = run(&["validate", "--format", "json", "fixtures/kwaad/afgekapt.xml"]);
    assert!(lines(&refused)[0].get("coverage").is_none(), "nothing was looked at");
}

/// How many rules the standard has in the releases that this gateway reads.
fn every_rule() -> usize {
    let lists = [include_str!("../../fixtures/regels.txt"), include_str!("../../fixtures/regels-2.x.txt")];
    lists.iter().flat_map(|list| list.lines()).collect::<BTreeSet<&str>>().len()
}

#[test]
fn rules_lists_every_rule_and_explains_one_in_two_languages() {
    let csv = stdout(&run(&["rules", "--format", "csv"]));
    assert!(csv.trim_start_matches('\u{feff}').starts_with("rule;releases;level;retourcode;"), "{csv}");
    let (of_profiles, of_the_standard): (Vec<&str>, Vec<&str>) = csv
        .lines()
        .skip(1)
        .partition(|line| ["\"MLW-", "\"HVB-", "\"SAP-", "\"GW-"].iter().any(|name| line.starts_with(name)));
    assert_eq!((of_the_standard.len(), of_profiles.len()), (every_rule(), list().len()));
    let stop = csv.lines().find(|line| line.starts_with("\"TR069\";")).expect("a rule of 2.3 alone");
    assert!(stop.starts_with(r#""TR069";"2.3";"history";"9069";"WMO307";"WMO307";;"Een stop hoort bij"#), "{stop}");
    assert!(stop.contains("Een stop beeindigt iets") && stop.contains("A stop ends what was reported"), "{stop}");
    let table = stdout(&run(&["rules"]));
    for code in ["TR018", "CS002", "OP090x4"] {
        assert!(table.lines().any(|line| line.starts_with(code)), "{code} is missing in:\n{table}");
    }
    let text = stdout(&run(&["rules", "tr302"]));
    for part in ["TR302: ", "Waarom", "Fout", "Goed", "In English: ", "Wrong", "WMO301", "0001", "istandaarden.nl"] {
        assert!(text.contains(part), "{part} is missing in:\n{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    let json = lines(&run(&["rules", "--format", "json", "TR378"]));
    assert_eq!(
        (&json[0]["rule"], &json[0]["level"], &json[0]["retourcode"]),
        (&json!("TR378"), &json!("external"), &json!("S300"))
    );
    assert!(json[0]["nl"]["why"].is_string() && json[0]["en"]["right"].is_string(), "{}", json[0]);
}

#[test]
fn rules_tells_an_agreement_apart_from_the_standard() {
    let table = stdout(&run(&["rules"]));
    let (_, below) = table.split_once("Afspraken van een profiel").expect("a table of their own");
    for afspraak in list() {
        let line = below.lines().find(|line| line.starts_with(afspraak.id)).expect("a line");
        assert!(line.contains(afspraak.profile) && line.ends_with(afspraak.nl), "{line}");
        let text = stdout(&run(&["rules", afspraak.id]));
        for part in ["Waarom", "Goed", "In English: ", "Wrong", "Melding", "naast de regels van iWmo"] {
            let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(joined.contains(part.trim()), "{part} is missing in:\n{text}");
        }
    }
    let json = lines(&run(&["rules", "--format", "json", "mlw-02"]));
    let told = ["rule", "profile", "level", "severity", "retourcode"].map(|name| json[0][name].clone());
    assert_eq!(told, ["MLW-02", "mlw-2018", "local", "error", "8855 8856"].map(Value::from));
    assert_eq!(json[0]["releases"], json!([]));
    let rule = lines(&run(&["rules", "--format", "json", "TR019"]));
    assert!(rule[0].get("profile").is_none() && rule[0].get("severity").is_none(), "{}", rule[0]);
    let csv = stdout(&run(&["rules", "--format", "csv", "HVB-04"]));
    assert!(
        csv.lines().nth(1).is_some_and(|line| line.starts_with(r#""HVB-04";;"local";;"WMO323";"WMO323";;"#)),
        "{csv}"
    );
    assert!(csv.ends_with(";\"heusden-2022\";\"warning\"\r\n"), "{csv}");
}

#[test]
fn a_retourcode_gives_the_rules_that_it_comes_of() {
    let few = stdout(&run(&["rules", "9019"]));
    assert!(few.starts_with("Retourcode 9019 komt van 1 regel.\n\nTR019: "), "{few}");
    let many = stdout(&run(&["rules", "0001"]));
    let (first, rest) = many.split_once("\n\n").expect("a heading");
    assert!(
        first.starts_with("Retourcode 0001 komt van ") && first.contains("Een ervan uitgelegd: iwmo-gateway rules "),
        "{first}"
    );
    assert!(rest.lines().count() > 50 && rest.lines().any(|line| line.starts_with("TR302 ")), "{rest}");
    let json = lines(&run(&["rules", "--format", "json", "9019"]));
    assert_eq!(json.iter().map(|line| line["rule"].clone()).collect::<Vec<_>>(), ["TR019"]);
    assert!(stdout(&run(&["rules", "8855"])).contains("MLW-02: "), "those of a profile as well");
}

#[test]
fn a_code_that_is_no_rule_is_status_2_with_a_hint() {
    let output = run(&["rules", "TR19"]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(2), ""));
    assert!(String::from_utf8_lossy(&output.stderr).contains("did you mean TR019"), "{output:?}");
}

#[test]
fn tr135_depends_on_the_date_that_is_given() {
    let today = |date| run(&["validate", "--format", "json", "--today", date, "fixtures/verhaal/wmo305.xml"]);
    assert_eq!(today("2026-03-04").status.code(), Some(0));
    let early = today("2026-03-03");
    assert_eq!((early.status.code(), &lines(&early)[0]["findings"][0]["rule"]), (Some(1), &json!("TR135")));
}

#[test]
fn xsd_files_take_the_place_of_the_built_in_ones_or_are_told_to_be_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("xsd/iwmo-3.2")).expect("our own") {
        let path = entry.expect("an entry").path();
        fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("a copy");
    }
    let set = folder.path().to_str().expect("UTF-8");
    let file = folder.path().join("config.toml");
    let config = file.to_str().expect("UTF-8");
    let somebody = "[[partij]]\ncode = \"0384\"\nnaam = \"Diemen\"\n[[credential]]\nname = \"a\"\noperator = true\ntoken_sha256 = ";
    let settings = format!("[schemas]\niwmo_3_2 = {set:?}\n{somebody}\"{}\"\n", sha256_hex(b"a"));
    fs::write(&file, settings).expect("settings");
    let bericht = "fixtures/verhaal/wmo305.xml";
    assert_eq!(run(&["config", "check", "--config", config]).status.code(), Some(0));
    assert_eq!(run(&["validate", "--schemas", set, bericht]).status.code(), Some(0));

    let broken = folder.path().join("wmo305.xsd");
    let text = fs::read_to_string(&broken).expect("our own").replace("<xs:import", "<xs:include");
    fs::write(&broken, text).expect("a file");
    for (arguments, status) in [
        (vec!["config", "check", "--config", config], 1),
        (vec!["serve", "--config", config], 3),
        (vec!["validate", "--schemas", set, bericht], 3),
    ] {
        let output = run(&arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{told}");
        assert!(told.contains(&format!("{}:9: not supported or wrong: xs:include", broken.display())), "{told}");
    }
    let nowhere = run(&["validate", "--schemas", "fixtures", bericht]);
    assert_eq!(nowhere.status.code(), Some(3), "{}", String::from_utf8_lossy(&nowhere.stderr));
}

#[test]
fn help_names_every_command_and_a_wrong_one_is_status_2() {
    let help = stdout(&run(&["--help"]));
    for command in ["serve", "demo", "mock", "validate", "rules", "config"] {
        assert!(help.contains(&format!("  {command} ")), "{command} is missing in:\n{help}");
    }
    assert_eq!(run(&["replai"]).status.code(), Some(2));
    assert_eq!(run(&["validate"]).status.code(), Some(2));
}

#[test]
fn the_demo_plays_its_story_and_stops() {
    let output = run(&["demo", "--once", "--pace", "0", "--port", "0"]);
    let told = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let first = told.lines().find(|line| line.contains("http://")).expect("an address");
    assert!(first.starts_with("Dashboard: http://127.0.0.1:"), "{first}");
    for part in [
        "04-03 10:00 WMO302 DEMO301-0001 van 41005001: in orde",
        "04-03 13:00 WMO302 DEMO301-0002 van 41005002: in orde",
        "afgekeurd met 9019",
        "signaal: 1 antwoord te laat",
        "36 berichten geaccepteerd, 1 afgekeurd; 1 termijn te laat, 2 open",
    ] {
        assert!(told.contains(part), "{part} is missing in:\n{told}");
    }
    assert!(!Path::new(env!("CARGO_MANIFEST_DIR")).join("demo.db").exists(), "it leaves nothing behind");
}

#[test]
fn berichten_in_a_zip_are_checked_one_by_one_and_packed_and_unpacked() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let pack = |name: &str, files: &[(&str, &[u8])]| {
        let entries: Vec<Entry> =
            files.iter().map(|(name, bytes)| Entry { name: (*name).to_owned(), bytes: bytes.to_vec() }).collect();
        fs::write(path(name), bundle::write(&entries).expect("a ZIP")).expect("a ZIP is written");
    };
    let bad = fs::read("fixtures/regels/CS002/fout-wmo305.xml").expect("a fixture");
    let declaratie = fs::read("fixtures/regels/TR101/goed-wmo323.xml").expect("a fixture");
    pack("two.zip", &[("goed.xml", WMO305.as_bytes()), ("fout.xml", &bad)]);
    pack("mixed.zip", &[("goed.xml", WMO305.as_bytes()), ("declaratie.xml", &declaratie)]);
    pack("path.zip", &[("../goed.xml", WMO305.as_bytes())]);
    let output = run(&["validate", "--format", "json", "--today", "2026-03-10", &path("two.zip"), &path("path.zip")]);
    assert_eq!(output.status.code(), Some(1));
    let found = lines(&output);
    let told = |nr: usize| (found[nr]["file"].as_str().expect("a name").to_owned(), found[nr]["verdict"].clone());
    assert_eq!(told(0), (path("two.zip") + "/goed.xml", json!("valid")));
    assert_eq!(told(1), (path("two.zip") + "/fout.xml", json!("invalid")));
    assert_eq!(told(2), (path("path.zip"), json!("refused")));
    assert!(found[2]["findings"][0]["text"].as_str().is_some_and(|text| text.contains("pad")), "{}", found[2]);
    let mixed = lines(&run(&["validate", "--format", "json", "--today", "2026-12-10", &path("mixed.zip")]));
    assert_eq!((mixed.len(), &mixed[2]["verdict"]), (3, &json!("refused")), "{mixed:?}");
    assert!(mixed[2]["findings"][0]["text"].as_str().is_some_and(|text| text.contains("aparte ZIP")), "{}", mixed[2]);

    fs::write(path("goed.xml"), WMO305).expect("a bericht is written");
    let packed = run(&["convert", "--to", "zip", &path("goed.xml")]);
    assert_eq!(packed.status.code(), Some(0));
    fs::write(path("goed.zip"), &packed.stdout).expect("a ZIP is written");
    let unpacked = run(&["convert", "--to", "xml", &path("goed.zip")]);
    assert_eq!((unpacked.status.code(), stdout(&unpacked).as_str()), (Some(0), WMO305), "byte for byte");
    let json = run(&["convert", "--to", "json", &path("goed.zip")]);
    assert_eq!(json.stdout, run(&["convert", "--to", "json", &path("goed.xml")]).stdout);
    let several = run(&["convert", "--to", "json", &path("two.zip")]);
    assert_eq!(several.status.code(), Some(1));
}
