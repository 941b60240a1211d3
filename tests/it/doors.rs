//! How the gateway is reached, and what it says of itself: listeners, connections, tokens, readiness, the clock.

use std::sync::Arc;

use base64::Engine as _;
use chrono::{DateTime, Utc};
use iwmo_gateway::app::{self, StartError};
use iwmo_gateway::clock::Clock;
use iwmo_gateway::exchange::beat::try_store;
use iwmo_gateway::store::Counts;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{AANBIEDER, ANDERE, GEMEENTE, WMO301, WMO305, World, config};

fn di01() -> String {
    let base64 = base64::engine::general_purpose::STANDARD.encode(WMO305);
    include_str!("../../fixtures/verhaal/di01.xml")
        .replace("ZENDER", AANBIEDER)
        .replace("NUMMER", "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a10")
        .replace("BASE64", &base64)
}

#[tokio::test]
async fn envelopes_come_in_at_a_door_of_their_own_from_software_alone() {
    let world = World::start(&[GEMEENTE], "", None).await;
    let post = async |url: &str, headers: &[(&'static str, &'static str)]| {
        let with = |request: reqwest::RequestBuilder, (name, value): &(&'static str, &'static str)| {
            request.header(*name, *value)
        };
        world.request(|client| headers.iter().fold(client.post(url).body(di01()), with)).await
    };
    let (network, soap) = (world.network_url(), ("content-type", "text/xml; charset=utf-8"));
    assert_eq!(post(&world.url("/soap/ggk"), &[soap]).await.status, 404, "not where the API is");
    let plain = post(&network, &[("content-type", "text/plain")]).await;
    assert!(plain.status == 415 && plain.text.contains("text/xml"), "{}", plain.text);
    assert_eq!(post(&network, &[]).await.status, 415);
    let browser = post(&network, &[soap, ("origin", "https://elders.example")]).await;
    assert_eq!((browser.status, &browser.body["title"]), (403, &json!("Niet toegestaan")), "{}", browser.text);
    assert!(world.berichten().await.is_empty(), "nothing was taken in");
    assert_eq!(post(&network.replace("/soap/ggk", "/v1/berichten"), &[soap]).await.status, 404, "nor the API here");
    let taken = post(&network, &[soap]).await;
    assert!(taken.status == 200 && taken.text.contains("Bv03"), "{}", taken.text);
    world.stop().await;
}

#[tokio::test]
async fn only_a_named_adapter_hands_over_envelopes() {
    let world = World::start(&[GEMEENTE], "[ggk]\nadapters = [\"10.1.2.3\"]", None).await;
    let refused = world.envelope(di01()).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    world.stop().await;
}

#[tokio::test]
async fn silent_connections_are_few_and_do_not_stay() {
    let settings = "header_timeout = \"300ms\"\nconnections_per_address = 3";
    let world = World::start(&[GEMEENTE], settings, None).await;
    let mut silent = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(world.running.address).await.expect("a connection");
        stream.write_all(b"POST /v1/berichten HTTP/1.1\r\nHost: x\r\n").await.expect("half a head");
        silent.push(stream);
    }
    let mut one_more = TcpStream::connect(world.running.address).await.expect("the system takes it");
    let mut answer = Vec::new();
    assert_eq!(one_more.read_to_end(&mut answer).await.unwrap_or_default(), 0, "closed without a word");
    for mut stream in silent {
        let mut answer = Vec::new();
        // Ends only when the gateway closes it.
        stream.read_to_end(&mut answer).await.expect("closed");
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert_eq!(world.get("", "/health/live").await.status, 200, "there is room again");
    world.stop().await;
}

#[tokio::test]
async fn a_body_that_stands_still_is_not_waited_for() {
    let world = World::start(&[GEMEENTE], "body_timeout = \"200ms\"", None).await;
    let mut stream = TcpStream::connect(world.running.address).await.expect("a connection");
    let head = format!(
        "POST /v1/berichten HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GEMEENTE}\r\nContent-Type: application/xml\r\n\
         Content-Length: 5000\r\n\r\n<Bericht"
    );
    stream.write_all(head.as_bytes()).await.expect("half a request");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("an answer");
    assert_eq!(&answer, b"HTTP/1.1 400");
    world.stop().await;
}

#[tokio::test]
async fn wrong_tokens_are_told_to_wait_and_right_ones_never() {
    let world = World::start(&[GEMEENTE], "", None).await;
    for _ in 0..20 {
        assert_eq!(world.get("geraden", "/v1/berichten").await.status, 401);
    }
    let many = world.get("geraden", "/v1/berichten").await;
    assert_eq!((many.status, many.headers["retry-after"].as_bytes()), (429, &b"60"[..]), "{}", many.text);
    let login = world.request(|client| client.post(world.url("/login")).form(&[("token", "geraden")])).await;
    assert_eq!(login.status, 429, "the same tokens at another door");
    assert_eq!(world.get(GEMEENTE, "/v1/berichten").await.status, 200);
    let page = world.request(|client| client.get(world.url("/login"))).await;
    assert_eq!(page.headers["referrer-policy"].as_bytes(), b"no-referrer");
    world.stop().await;
}

#[tokio::test]
async fn readiness_is_what_was_written_last_and_a_file_that_is_gone_takes_nothing_in() {
    let world = World::both_local().await;
    let ready = async || {
        try_store(&world.running.gateway, "test").await;
        world.get("", "/health/ready").await
    };
    let well = ready().await;
    assert_eq!((well.status, &well.body), (200, &json!({"status": "ok", "waiting": 0, "stuck": 0, "overdue": 0})));
    let (file, elsewhere) = (world.folder().join("test.db"), world.folder().join("elders.db"));
    std::fs::rename(&file, &elsewhere).expect("taken away");
    let ill = ready().await;
    assert_eq!(ill.status, 503, "{}", ill.text);
    assert!(ill.body["reason"].as_str().is_some_and(|reason| reason.contains("removed or replaced")), "{}", ill.text);
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 503, "no yes to what would be gone");
    std::fs::rename(&elsewhere, &file).expect("put back");
    assert_eq!((ready().await.status, world.post(GEMEENTE, WMO301).await.status), (200, 202));
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_people_is_counted() {
    let world = World::start(&[GEMEENTE, ANDERE], "", None).await;
    world.post(GEMEENTE, WMO301).await;
    world.at("2026-03-20T09:00:00+01:00");
    world.store().raise_overdue(world.clock.now()).await.expect("raised");
    let counts = world.store().beat("test", world.clock.now(), None).await.expect("written");
    assert_eq!(counts, Counts { waiting: 1, stuck: 0, overdue: 1 });
    world.stop().await;
}

#[tokio::test]
async fn a_second_process_on_the_same_file_does_not_start() {
    let world = World::both_local().await;
    let settings = || config(world.folder(), &[GEMEENTE], "", "");
    let second = app::start(settings(), world.clock.clone()).await;
    assert!(matches!(second.map(drop), Err(StartError::InUse(path)) if path.ends_with("test.db")));
    world.restart(&[GEMEENTE], "").await.stop().await;
}

/// A machine that does not know what time it is.
struct Nineteen70;

impl Clock for Nineteen70 {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn is_wrong(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_and_nothing_is_judged_by_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let running =
        app::start(config(folder.path(), &[GEMEENTE, AANBIEDER], "", ""), Arc::new(Nineteen70)).await.expect("started");
    let url = format!("http://{}", running.address);
    let client = reqwest::Client::new();
    let post =
        client.post(format!("{url}/v1/berichten")).bearer_auth(GEMEENTE).header("content-type", "application/xml");
    let answer = post.body(WMO301).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].as_bytes()), (503, &b"5"[..]));
    let body = answer.text().await.expect("a problem");
    assert!(body.contains("De klok staat verkeerd"), "{body}");
    let ready = client.get(format!("{url}/health/ready")).send().await.expect("an answer");
    assert_eq!(ready.status().as_u16(), 503);
    assert!(ready.text().await.expect("a body").contains("the clock of this machine is wrong"));
    assert!(running.gateway.store.berichten(None, None, 9).await.expect("read").is_empty(), "not even refused");
    running.stop().await;
}
