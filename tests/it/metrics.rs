//! What Prometheus reads, and what is shipped for it: every name that a rule or a panel asks for is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use futures_util::FutureExt as _;
use iwmo_gateway::exchange::heartbeat::{Beat, beat};
use iwmo_gateway::store::NewMessage;
use iwmo_gateway::tls::Named;
use regex::Regex;
use reqwest::{RequestBuilder, Url};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::stage::Stage;
use crate::world::{AANBIEDER, BSN, GEMEENTE, WMO301, World, instant};

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/prometheus").join(name)
}

async fn told(world: &World) -> String {
    world.request(|client| client.get(world.url("/metrics"))).await.text
}

/// The number behind these labels; `None`: there is no such line.
fn number(text: &str, line: &str) -> Option<f64> {
    text.lines().find_map(|one| one.strip_prefix(line)?.trim().parse().ok())
}

/// The value of a line with these labels, in whatever order they stand.
fn labelled(text: &str, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let is_it = |line: &&str| labels.iter().all(|(key, value)| line.contains(&format!("{key}=\"{value}\"")));
    let line = text.lines().filter(|line| line.starts_with(&format!("{name}{{"))).find(is_it)?;
    line.rsplit_once(' ')?.1.parse().ok()
}

#[tokio::test]
async fn what_came_in_what_is_due_and_what_waits_is_measured() {
    let world = World::against("http://127.0.0.1:9/", &[GEMEENTE], "").await;
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 200);
    assert_eq!(world.post(GEMEENTE, "<x>").await.status, 400);
    let text = told(&world).await;
    let came = |outcome: &str, soort: &str| {
        labelled(&text, "iwmo_berichten_total", &[("outcome", outcome), ("berichtsoort", soort), ("via", "api")])
    };
    assert_eq!(
        [came("accepted", "WMO301"), came("repeated", "WMO301"), came("refused", "unknown")],
        [Some(1.0); 3],
        "{text}"
    );
    let retour = |state: &str, text: &str| {
        let labels = [("clock", "retour"), ("party", AANBIEDER), ("state", state), ("whose", "theirs")];
        labelled(text, "iwmo_deadlines", &labels)
    };
    assert_eq!((retour("open", &text), retour("overdue", &text)), (Some(1.0), None), "{text}");
    assert_eq!(number(&text, "iwmo_ready"), Some(1.0));
    assert_eq!(number(&text, "iwmo_practice"), Some(0.0));
    assert_eq!(number(&text, "iwmo_intake_seconds_count"), Some(3.0));
    assert!(number(&text, "iwmo_judging_seconds_count") >= Some(1.0));
    assert!(number(&text, "iwmo_database_write_seconds_count") >= Some(2.0));
    assert!(number(&text, "iwmo_database_size_bytes") > Some(10_000.0), "{text}");
    assert!(text.ends_with("# EOF\n") && !text.contains(BSN) && !text.contains("TOEW-1"), "{text}");

    world.at("2026-03-09T09:00:00+01:00");
    let id = world.store().deadlines(&iwmo_gateway::store::DeadlineQuery::default(), None, 1).await.expect("read");
    while world.store().deadline(&id[0].id, None).await.expect("read").expect("there").state.name() != "overdue" {
        tokio::task::yield_now().await;
    }
    let text = told(&world).await;
    assert_eq!((retour("open", &text), retour("overdue", &text)), (None, Some(1.0)), "{text}");
    world.stop().await;
}

#[tokio::test]
async fn it_is_read_here_or_by_an_operator() {
    for (settings, without_a_token) in [("", 200), ("metrics = \"token\"", 401)] {
        let world = World::start(&[GEMEENTE], settings, None).await;
        let get = |token: Option<&'static str>, header: Option<&'static str>| {
            let url = world.url("/metrics");
            world.request(move |client| {
                let request = client.get(url);
                let request = token.into_iter().fold(request, RequestBuilder::bearer_auth);
                header.into_iter().fold(request, |request, name| request.header(name, "10.0.0.1"))
            })
        };
        assert_eq!(get(None, None).await.status, without_a_token, "{settings}");
        for passed_on in ["x-forwarded-for", "forwarded", "x-real-ip", "via"] {
            assert_eq!(get(None, Some(passed_on)).await.status, 401, "{passed_on}");
        }
        assert_eq!(get(Some("operator"), Some("x-forwarded-for")).await.status, 200);
        assert_eq!(get(Some(GEMEENTE), Some("x-forwarded-for")).await.status, 403, "a party");
        let kind = get(Some("operator"), None).await.headers["content-type"].clone();
        assert_eq!(kind, "application/openmetrics-text; version=1.0.0; charset=utf-8");
        world.stop().await;
    }
}

#[tokio::test]
async fn every_name_that_is_asked_for_is_measured() {
    let world = World::against("http://127.0.0.1:9/", &[GEMEENTE], "").await;
    world.post(GEMEENTE, WMO301).await;
    let (setting, ends_at) = ("ggk.tls.certificate_file".to_owned(), instant("2027-01-01T00:00:00Z"));
    world.running.gateway.certificates.replace(vec![Named { setting, ends_at }]);
    let (id, event, data) = ("m1".to_owned(), "receiver.failing".to_owned(), "{}".to_owned());
    let (receiver, about) = ("team".to_owned(), String::new());
    let message = NewMessage { id, receiver, event, about, at: instant("2026-03-04T08:00:00Z"), data };
    world.store().keep_message(&message).await.expect("kept");
    while labelled(&told(&world).await, "iwmo_delivery_attempts_total", &[("outcome", "later")]).is_none() {
        tokio::task::yield_now().await;
    }
    let text = told(&world).await;
    let unsent = [("receiver", "team"), ("state", "waiting")];
    assert_eq!(labelled(&text, "iwmo_alerts_unsent", &unsent), Some(1.0));
    let ends = [("setting", "ggk.tls.certificate_file")];
    assert_eq!(labelled(&text, "iwmo_certificate_ends_timestamp_seconds", &ends), Some(1_798_761_600.0));
    let there: BTreeSet<&str> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split(['{', ' ']).next()).collect();
    let named = Regex::new(r"\biwmo_[a-z_]+").expect("a pattern");
    let dashboard = fs::read_to_string(shipped("grafana-dashboard.json")).expect("a file");
    let panels: Value = serde_json::from_str(&dashboard).expect("JSON");
    let panels = panels["panels"].as_array().expect("panels");
    assert!(panels.iter().all(|panel| panel["targets"].as_array().is_some_and(|targets| !targets.is_empty())));
    for file in ["grafana-dashboard.json", "alerts.yml"] {
        let content = fs::read_to_string(shipped(file)).expect("a file");
        let asked: BTreeSet<&str> = named.find_iter(&content).map(|found| found.as_str()).collect();
        let missing: Vec<_> = asked.difference(&there).collect();
        assert!(missing.is_empty() && asked.len() > 4, "{file} asks for {missing:?}, which is not among {there:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn the_heartbeat_is_heard_while_all_is_well_and_not_otherwise() {
    let watcher = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = Url::parse(&format!("http://{}/ping/1", watcher.local_addr().expect("bound"))).expect("an address");
    let asleep = Stage::new().await;
    assert_eq!(beat(&asleep.gateway, &url).await, Beat::NotWell, "nobody tried the store, nobody watches");
    assert!(watcher.accept().now_or_never().is_none(), "nobody was asked");

    let settings = format!("[alerts]\nheartbeat_url = \"{url}\"\n");
    let world = World::start(&[GEMEENTE], &settings, None).await;
    let (mut asked, _) = watcher.accept().await.expect("asked");
    let mut head = vec![0; 16];
    asked.read_exact(&mut head).await.expect("a request");
    assert_eq!(head, b"GET /ping/1 HTTP");
    asked.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.expect("answered");
    let gateway = &world.running.gateway;
    for (answer, came) in
        [("204 No Content", Beat::Heard), ("503 Busy", Beat::NotHeard), ("302 Found\r\nlocation: /", Beat::NotHeard)]
    {
        let answering = async {
            let (mut asked, _) = watcher.accept().await.expect("asked");
            let mut head = [0; 16];
            asked.read_exact(&mut head).await.expect("a request");
            let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            asked.write_all(answer.as_bytes()).await.expect("answered");
        };
        assert_eq!(tokio::join!(beat(gateway, &url), answering).0, came, "{answer}");
    }
    drop(watcher);
    assert_eq!(beat(gateway, &url).await, Beat::NotHeard, "nobody is there");
    world.stop().await;
}

#[test]
fn the_rules_do_what_they_say() {
    for (tool, arguments) in [
        ("promtool", vec!["check", "rules", "alerts.yml"]),
        ("promtool", vec!["check", "config", "--syntax-only", "prometheus.yml"]),
        ("promtool", vec!["test", "rules", "alerts_test.yml"]),
        ("amtool", vec!["check-config", "alertmanager.yml"]),
    ] {
        let folder = shipped("");
        let Ok(output) = Command::new(tool).args(&arguments).current_dir(folder).output() else {
            let required = required();
            assert!(!required, "IWMO_REQUIRE_PROMTOOL=1, but there is no {tool}");
            eprintln!("skipped: no {tool} (Debian has it in prometheus and prometheus-alertmanager)");
            continue;
        };
        let told = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
        assert!(output.status.success(), "{tool} {arguments:?}:\n{told}");
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment says whether a missing tool is a failure")]
fn required() -> bool {
    std::env::var("IWMO_REQUIRE_PROMTOOL").is_ok_and(|value| value == "1")
}
