//! The log of a daemon that tells all it can: which secrets may never stand in it.

use std::fs;
use std::path::Path;

use iwmo_gateway::exchange::sha256_hex;
use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::crash::Daemon;
use crate::decide_page::value;
use crate::maker::{prestatie, wmo323_of};
use crate::world::{AANBIEDER, GEMEENTE};

/// What stands in every token of this story.
const SECRET: &str = "geheim";

fn settings(folder: &Path) {
    let credential = |name: &str, rights: &str| {
        let hash = sha256_hex(format!("{SECRET}-{name}").as_bytes());
        format!("[[credential]]\nname = \"{name}\"\n{rights}\ntoken_sha256 = \"{hash}\"\n")
    };
    let partij = |code: &str| format!("[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n");
    let text = [
        format!("[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n", folder.join("log.db").display()),
        "[log]\nfilter = \"trace\"\n[declaratie]\nanswer = \"four-eyes\"\n".to_owned(),
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
    settings(folder.path());
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
