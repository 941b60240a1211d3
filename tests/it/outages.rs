//! The database goes away, or its disk is full, while berichten come in and go out: who posts is told to come again, nothing half is
//! kept, and all goes on by itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use iwmo_gateway::clock::{Clock as _, SetClock};
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::hub::envelope::compose::{self, Stamp};
use iwmo_gateway::hub::envelope::parse;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::chaos::side::Side;
use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, a_moment, instant, within_a_minute};

/// A network that keeps what it gets, and confirms it when its gate is open.
#[derive(Clone)]
struct Gated {
    url: String,
    seen: Arc<Mutex<Vec<Bytes>>>,
    gate: Arc<watch::Sender<bool>>,
}

impl Gated {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let network = Self { url, seen: Arc::default(), gate: Arc::new(watch::channel(true).0) };
        let router = axum::Router::new().fallback(confirm).with_state(network.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        network
    }

    fn seen(&self) -> Vec<Bytes> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many envelopes it got, each counted once.
    fn distinct(&self) -> usize {
        let mut seen = self.seen();
        seen.sort();
        seen.dedup();
        seen.len()
    }
}

async fn confirm(State(network): State<Gated>, body: Bytes) -> Response {
    network.seen.lock().unwrap_or_else(PoisonError::into_inner).push(body.clone());
    let mut gate = network.gate.subscribe();
    if gate.wait_for(|is_open| *is_open).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let envelope = parse(&body).expect("an envelope");
    let stamp = Stamp { referentienummer: "r".to_owned(), tijdstip_bericht: "20260304090000000".to_owned() };
    compose::bv03(&envelope.stuurgegevens, &stamp).into_response()
}

fn bericht(number: usize) -> String {
    WMO301.replace("700101", &format!("{}", 730_000 + number)).replace("TOEW-1", &format!("T{number}"))
}

async fn post(client: &reqwest::Client, url: &str, number: usize) -> (u16, bool) {
    let request = client.post(url).bearer_auth(GEMEENTE).header("content-type", "application/xml");
    let answer = request.body(bericht(number)).send().await.expect("an answer");
    (answer.status().as_u16(), answer.headers().contains_key("retry-after"))
}

/// Until it is so.
async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let waited = async {
        while !is_so().await {
            a_moment().await;
        }
    };
    within_a_minute(what, waited).await;
}

async fn delivered(side: &Side) -> usize {
    let parcels = side.store().undelivered(50).await.map_or(usize::MAX, |open| open.len());
    let all = side.store().berichten(None, None, 50).await.map_or(0, |all| all.len());
    all.saturating_sub(parcels)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_for_a_while_keeps_nothing_half_and_all_goes_on() {
    let Some(mut server) = crate::own_postgres::own_server().await else { return };
    let network = Gated::start().await;
    let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
    let side = Side::start(&server.url, &network.url, "", clock.clone()).await;
    let (client, url) = (reqwest::Client::new(), side.url("/v1/berichten"));
    assert_eq!(post(&client, &url, 0).await.0, 202);
    until("delivered", async || delivered(&side).await == 1).await;

    // One is on its way when the database goes, and is confirmed while that is gone.
    network.gate.send_replace(false);
    assert_eq!(post(&client, &url, 1).await.0, 202);
    until("on its way", async || network.seen().len() == 2).await;
    server.stop();
    network.gate.send_replace(true);
    assert_eq!(post(&client, &url, 2).await, (503, true), "come again");
    let envelope = crate::network::envelope(WMO305, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1c01", AANBIEDER);
    let request = || client.post(side.network_url()).header("content-type", "text/xml; charset=utf-8");
    let refused = request().body(envelope.clone()).send().await.expect("an answer");
    let text = refused.text().await.expect("a body");
    assert!(text.contains("StUF046") && !text.contains("Bv03"), "not confirmed: {text}");

    server.start();
    until("taken in again", async || matches!(post(&client, &url, 2).await.0, 200 | 202)).await;
    let taken = request().body(envelope).send().await.expect("an answer").text().await.expect("a body");
    assert!(taken.contains("Bv03"), "{taken}");
    // What was on its way comes back when its lease is over.
    clock.set(clock.now() + chrono::TimeDelta::minutes(20));
    side.wake();
    until("all delivered", async || side.store().undelivered(50).await.is_ok_and(|open| open.is_empty())).await;
    let kinds = side.store().berichten(None, None, 50).await.expect("read");
    let count = |soort: &str| kinds.iter().filter(|view| view.berichtsoort.as_deref() == Some(soort)).count();
    assert_eq!(
        (count("WMO301"), count("WMO305"), count("WMO306"), kinds.len()),
        (3, 1, 1, 5),
        "each once, and nothing half"
    );
    assert_eq!(network.distinct(), 4, "three toewijzingen and a retour, each under its own number");
    side.kill().await;
}

/// A gateway of its own, whose files can be kept from growing.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(folder: &std::path::Path, network: &str) -> Self {
        let settings = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n[ggk]\nurl = \"{network}\"\n\
             listen = \"127.0.0.1:0\"\ntimeout = \"1s\"\n[relay]\nfirst_pause = \"1s\"\nlongest_pause = \"1s\"\n\
             [[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Gemeente\"\n\
             [[credential]]\nname = \"test\"\npartij = \"{GEMEENTE}\"\ntoken_sha256 = \"{}\"\n\
             [[credential]]\nname = \"operator\"\noperator = true\ntoken_sha256 = \"{}\"\n",
            folder.join("full.db").display(),
            sha256_hex(GEMEENTE.as_bytes()),
            sha256_hex(b"operator")
        );
        std::fs::write(folder.join("config.toml"), settings).expect("settings");
        // A write that is too much then fails, instead of ending the process.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_iwmo-gateway"), "serve", "--config"])
            .arg(folder.join("config.toml"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a daemon");
        let mut url = String::new();
        BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut url).expect("its address");
        Self { child, url: format!("{}v1/berichten", url.trim()) }
    }

    /// From now on no file grows beyond so many bytes.
    fn limit(&self, most: &str) {
        let pid = self.child.id().to_string();
        let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={most}:unlimited")]).status();
        assert!(done.is_ok_and(|status| status.success()), "prlimit of util-linux");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_while_something_is_sent_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let network = Gated::start().await;
    let process = Process::start(folder.path(), &network.url);
    let client = reqwest::Client::new();
    assert_eq!(post(&client, &process.url, 0).await.0, 202);
    until("on its way", async || network.seen().len() == 1).await;
    network.gate.send_replace(false);
    assert_eq!(post(&client, &process.url, 1).await.0, 202);
    until("on its way", async || network.seen().len() == 2).await;
    process.limit("4096");
    network.gate.send_replace(true);
    assert_eq!(post(&client, &process.url, 2).await, (503, true), "come again");
    process.limit("unlimited");
    all_arrive_once(&client, &process, &network).await;
}

/// What was refused is taken in, and all three arrive, each under one number in the same bytes.
async fn all_arrive_once(client: &reqwest::Client, process: &Process, network: &Gated) {
    until("taken in again", async || matches!(post(client, &process.url, 2).await.0, 200 | 202)).await;
    assert_eq!(post(client, &process.url, 2).await.0, 200, "once");
    let outbox = process.url.replace("berichten", "outbox?state=delivered");
    until("all delivered", async || {
        let asked = client.get(&outbox).bearer_auth("operator").send().await.expect("an answer");
        let list: serde_json::Value = serde_json::from_str(&asked.text().await.expect("a body")).expect("a list");
        list["items"].as_array().is_some_and(|items| items.len() == 3)
    })
    .await;
    assert_eq!(network.distinct(), 3, "in the same bytes, however often");
    let mut numbers: Vec<String> =
        network.seen().iter().map(|bytes| parse(bytes).expect("an envelope").stuurgegevens.referentienummer).collect();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "each under its own number, in the same bytes each time");
}

/// Whether files may be kept from being written here, and whether they were. Not that of the shared memory: Linux ends a process
/// that writes in memory of such a file.
fn keep_from_writing(folder: &std::path::Path, flag: &str) -> bool {
    let files = ["full.db", "full.db-wal"].map(|name| folder.join(name));
    Command::new("chattr").arg(flag).args(files).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_may_not_be_written_while_something_is_sent_loses_nothing_and_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let network = Gated::start().await;
    let process = Process::start(folder.path(), &network.url);
    let client = reqwest::Client::new();
    assert_eq!(post(&client, &process.url, 0).await.0, 202);
    until("on its way", async || network.seen().len() == 1).await;
    network.gate.send_replace(false);
    assert_eq!(post(&client, &process.url, 1).await.0, 202);
    until("on its way", async || network.seen().len() == 2).await;
    if !keep_from_writing(folder.path(), "+i") {
        keep_from_writing(folder.path(), "-i");
        eprintln!("skipped: this file system keeps no file from being written");
        return;
    }
    network.gate.send_replace(true);
    let refused = post(&client, &process.url, 2).await;
    assert!(keep_from_writing(folder.path(), "-i"), "the files can be written again");
    assert_eq!(refused, (503, true), "come again");
    all_arrive_once(&client, &process, &network).await;
}
