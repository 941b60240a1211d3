//! The log of a daemon that tells all it can: which secrets may never stand in it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use iwmo_gateway::exchange::sha256_hex;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::crash::Daemon;
use crate::decide_page::value;
use crate::maker::{prestatie, wmo323_of};
use crate::world::{AANBIEDER, BSN, GEMEENTE, WMO301};

/// What stands in every token of this story.
const SECRET: &str = "geheim";

/// Settings that log all there is to log, or as these say.
pub fn settings(folder: &Path, log: &str) {
    let credential = |name: &str, rights: &str| {
        let hash = sha256_hex(format!("{SECRET}-{name}").as_bytes());
        format!("[[credential]]\nname = \"{name}\"\n{rights}\ntoken_sha256 = \"{hash}\"\n")
    };
    let partij = |code: &str| format!("[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n");
    let text = [
        format!("[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n", folder.join("log.db").display()),
        format!("[log]\n{log}\n[declaratie]\nanswer = \"four-eyes\"\n"),
        partij(GEMEENTE),
        partij(AANBIEDER),
        credential("operator", "operator = true"),
        credential("aanbieder", &format!("partij = \"{AANBIEDER}\"")),
        credential("Anna", &format!("partij = \"{GEMEENTE}\"\ndecides = true")),
        credential("Bram", &format!("partij = \"{GEMEENTE}\"\ndecides = true")),
    ];
    fs::write(folder.join("config.toml"), text.concat()).expect("settings");
}

/// A declaratie that waits for people; its id.
async fn declare(client: &Client, host: &str) -> String {
    let february = json!({"ProductPeriode": {"Begindatum": "2026-02-01", "Einddatum": "2026-02-28"}});
    let bericht = wmo323_of("D1", "2026-03-02", ("2026-02-01", "2026-02-28"), &[prestatie("R1", february)]);
    let posted = client.post(format!("{host}/v1/berichten")).bearer_auth(format!("{SECRET}-aanbieder"));
    let posted = posted.header(CONTENT_TYPE, "application/xml").body(bericht).send().await.expect("an answer");
    let receipt: Value = serde_json::from_str(&text(posted).await).expect("a receipt");
    receipt["id"].as_str().unwrap_or_else(|| panic!("no id in {receipt}")).to_owned()
}

async fn text(answer: Response) -> String {
    answer.text().await.expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_that_is_typed_into_a_form_is_logged() {
    let folder = tempfile::tempdir().expect("a folder");
    settings(folder.path(), "filter = \"trace\"");
    let daemon = Daemon::start(folder.path());
    let host = format!("http://{}", daemon.address);
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let id = declare(&client, &host).await;
    let login = client.post(format!("{host}/login")).form(&[("token", format!("{SECRET}-operator"))]);
    let entered = login.send().await.expect("an answer");
    let cookie = entered.headers()[SET_COOKIE].to_str().expect("a cookie").split(';').next().expect("one").to_owned();
    let url = format!("{host}/declaraties/{id}");
    let page = text(client.get(&url).header(COOKIE, &cookie).send().await.expect("a page")).await;
    let key = value(&page, "sleutel").unwrap_or_else(|| panic!("no form on {page}"));

    for (name, media, status) in [
        ("niemand", "application/x-www-form-urlencoded", 403),
        ("Anna", "text/plain", 415),
        ("Anna", "application/x-www-form-urlencoded", 303),
    ] {
        let form = format!("sleutel={key}&token={SECRET}-{name}");
        let sent = client.post(&url).header(COOKIE, &cookie).header(CONTENT_TYPE, media).body(form).send();
        let answer = sent.await.expect("an answer");
        assert_eq!(answer.status().as_u16(), status, "{name}: {}", text(answer).await);
    }
    daemon.kill();
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    assert!(log.contains(" TRACE ") && log.contains("INSERT INTO audit"), "all of it, up to the proposal: {log}");
    for secret in [SECRET, &key, cookie.trim_start_matches("session=")] {
        let told = log.lines().filter(|line| line.contains(secret));
        assert_eq!(told.collect::<Vec<_>>(), [""; 0]);
    }
}

/// The lines of a log in which all of these stand.
fn with<'l>(log: &'l str, parts: &[&str]) -> Vec<&'l str> {
    log.lines().filter(|line| parts.iter().all(|part| line.contains(part))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_asks_about_is_logged_by_our_ids_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    settings(folder.path(), "filter = \"info\"");
    let daemon = Daemon::start(folder.path());
    let host = format!("http://{}", daemon.address);
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let post = |token: Option<&str>, bericht: &'static str| {
        let call = client.post(format!("{host}/v1/berichten")).header(CONTENT_TYPE, "application/xml").body(bericht);
        let call = token.into_iter().fold(call, |call, token| call.bearer_auth(format!("{SECRET}-{token}")));
        async move { call.send().await.expect("an answer") }
    };
    let receipt: Value = serde_json::from_str(&text(post(Some("Anna"), WMO301).await).await).expect("a receipt");
    let id = receipt["id"].as_str().expect("an id");
    assert_eq!(post(Some("Anna"), WMO301).await.status(), 200);
    assert_eq!(post(Some("aanbieder"), WMO301).await.status(), 403);
    assert_eq!(post(Some("niemand"), WMO301).await.status(), 401);
    assert_eq!(post(None, WMO301).await.status(), 401);
    for (name, status) in [("niemand", 403), ("Anna", 303), ("operator", 303)] {
        let login = client.post(format!("{host}/login")).form(&[("token", format!("{SECRET}-{name}"))]);
        assert_eq!(login.send().await.expect("an answer").status(), status, "{name}");
    }
    daemon.kill();
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    let told = |level: &str, parts: &[&str]| with(&log, &[&[level], parts].concat()).len();
    let times = [
        (told(" INFO ", &["taken in bericht", id, "WMO301", "accepted", "credential=\"Anna\"", "/v1/berichten"]), 1),
        (told(" INFO ", &["taken in before", id]), 1),
        (told(" WARN ", &["refused bericht", "wrong-party", "credential=\"aanbieder\""]), 1),
        (told(" WARN ", &["a call was not let in", "401"]), 2),
        (told(" WARN ", &["refused to log in: nobody has this token"]), 1),
        (told(" INFO ", &["logged in", "credential=\"Anna\""]), 1),
        (told(" INFO ", &["logged in", "credential=\"operator\""]), 1),
        (told(" INFO ", &["listening", &host]), 1),
    ];
    assert!(times.iter().all(|(told, wanted)| told == wanted), "{times:?} in:\n{log}");
    for secret in [SECRET, BSN, "TOEW-1", "Verhoeven"] {
        assert!(!log.contains(secret), "{secret} in:\n{log}");
    }
}

#[test]
fn every_line_of_a_log_for_machines_is_an_object() {
    let folder = tempfile::tempdir().expect("a folder");
    settings(folder.path(), "format = \"json\"");
    let daemon = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(["serve", "--config"])
        .arg(folder.path().join("config.toml"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut daemon = daemon.expect("a daemon");
    let mut lines = BufReader::new(daemon.stderr.take().expect("stderr")).lines();
    let mut seen = Vec::new();
    let listening = lines.by_ref().map(|line| line.expect("a line")).find_map(|line| {
        let object: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        seen.push(line);
        (object["fields"]["message"] == "listening").then(|| object["fields"]["address"].clone())
    });
    daemon.kill().expect("killed");
    let printed = daemon.wait_with_output().expect("its end").stdout;
    assert!(
        listening.is_some_and(|address| address.as_str().is_some_and(|url| url.starts_with("http://127."))),
        "{seen:?}"
    );
    assert_eq!(String::from_utf8_lossy(&printed), "", "no bare address among the objects");
}
