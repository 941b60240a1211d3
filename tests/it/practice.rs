//! Practice: the clock starts where it was set and runs on, everything says so, and nothing leaves but to this machine.

use std::fs;
use std::sync::Arc;

use iwmo_gateway::app;
use iwmo_gateway::clock::{Clock, PracticeClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::store::IfOlder;
use serde_json::Value;
use tempfile::TempDir;

use crate::crash::Daemon;
use crate::world::{GEMEENTE, WMO301, instant};

const NOW: &str = "2026-03-04T09:00:00+01:00";

fn settings(folder: &TempDir, network: &str) -> String {
    let hash = sha256_hex(GEMEENTE.as_bytes());
    format!(
        "[http]\nlisten = \"127.0.0.1:0\"\ndashboard_login = false\n[database]\nurl = \"sqlite:{}\"\n[ggk]\nlisten = \
         \"127.0.0.1:0\"\nurl = \"{network}\"\n[[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Gemeente\"\n[[credential]]\nname = \
         \"test\"\npartij = \"{GEMEENTE}\"\ntoken_sha256 = \"{hash}\"\n",
        folder.path().join("test.db").display()
    )
}

fn post(url: &str, token: &str) -> reqwest::RequestBuilder {
    reqwest::Client::new().post(url).bearer_auth(token).header("content-type", "application/xml").body(WMO301)
}

async fn json(answer: reqwest::Response) -> Value {
    serde_json::from_str(&answer.text().await.expect("all of it")).expect("JSON")
}

#[tokio::test]
async fn serve_with_now_counts_from_that_moment_and_everything_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("config.toml"), settings(&folder, "")).expect("settings");
    let daemon = Daemon::start_with(folder.path(), &["--now", NOW]);
    let at = |path: &str| format!("http://{}{path}", daemon.address);
    let answer = post(&at("/v1/berichten"), GEMEENTE).send().await.expect("an answer");
    let shown = answer.headers()["practice-clock"].to_str().expect("text").to_owned();
    assert!(shown.starts_with("2026-03-04T09:") && shown.ends_with("+01:00"), "{shown}");
    let receipt = json(answer).await;
    assert_eq!((&receipt["practice"], &receipt["deadlines"][0]["due"]), (&Value::Bool(true), &"2026-03-07".into()));
    for path in ["/", "/regels", "/nergens"] {
        let page = reqwest::get(at(path)).await.expect("an answer").text().await.expect("all of it");
        let body = page.split_once("<body>").expect("a page").1.trim_start();
        assert!(body.starts_with("<p class=\"practice\"") && body.contains("04-03-2026 09:"), "{path}: {page}");
        assert!(page.trim_end().ends_with("</html>"), "whole: {page}");
    }
    let bericht = receipt["id"].as_str().expect("an id").to_owned();
    daemon.kill();
    let again = Daemon::start(folder.path());
    let url = format!("http://{}/v1/berichten/{bericht}", again.address);
    let kept = reqwest::Client::new().get(&url).bearer_auth(GEMEENTE).send().await.expect("an answer");
    assert!(kept.headers().get("practice-clock").is_none(), "the clock of the machine");
    let kept = json(kept).await;
    assert_eq!(kept["receipt"]["practice"], true, "what was received in practice stays so: {kept}");
    let page = reqwest::get(format!("http://{}/", again.address)).await.expect("a page").text().await.expect("all");
    assert!(!page.contains("class=\"practice\""));
    again.kill();
}

#[tokio::test]
async fn in_practice_nothing_leaves_for_another_machine() {
    // Both lead to this machine, where nobody listens; the first does not say so.
    for (network, attempts) in [("http://0.0.0.0:9/", 0), ("http://127.0.0.1:9/", 1)] {
        let folder = tempfile::tempdir().expect("a folder");
        let clock: Arc<dyn Clock> = Arc::new(PracticeClock::set_to(instant(NOW)));
        let start = || app::start(Config::parse(&settings(&folder, network)).expect("settings"), Arc::clone(&clock));
        let running = start().await.expect("a gateway");
        let url = format!("http://{}/v1/berichten", running.address);
        let receipt = json(post(&url, GEMEENTE).send().await.expect("an answer")).await;
        assert_eq!(receipt["sent_to"][0]["via"], "ggk", "{receipt}");
        running.stop().await;
        // Whoever relays takes up what is due before it looks whether to stop, and ends what it took up.
        start().await.expect("a gateway").stop().await;
        let database = Config::parse(&settings(&folder, network)).expect("settings").database;
        let store = app::open(&database, IfOlder::Refuse).await.expect("the database");
        let parcels = store.undelivered(9).await.expect("read");
        assert_eq!((parcels.len(), parcels[0].attempts.min(1)), (1, attempts), "{network}: {parcels:?}");
    }
}

#[test]
fn a_moment_that_is_none_is_told() {
    for moment in ["morgen", "2027-03-28T02:30", "2027-13-01"] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
            .args(["serve", "--now", moment])
            .output()
            .expect("a process");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), told.contains("2027-03-01T09:00")), (Some(2), true), "{told}");
    }
}
