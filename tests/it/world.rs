//! A gateway on a real socket with a fresh database and a set clock, for one story; with a mock network if
//! the story needs one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use iwmo_gateway::app::{self, Running};
use iwmo_gateway::clock::{Clock, SetClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::exchange::{new_referentienummer, sha256_hex};
use iwmo_gateway::hub::mock::config::MockConfig;
use iwmo_gateway::hub::mock::journal::{Direction, Line};
use iwmo_gateway::hub::mock::{Codec, Mock};
use iwmo_gateway::store::{DeadlineQuery, ParcelState, Store};
use iwmo_gateway::xml;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub const GEMEENTE: &str = "0384";
pub const AANBIEDER: &str = "41005001";
/// A gemeente that is local as well and has nothing to do with the story.
pub const ANDERE: &str = "1684";

pub const WMO301: &str = include_str!("../../fixtures/verhaal/wmo301.xml");
pub const WMO302: &str = include_str!("../../fixtures/verhaal/wmo302.xml");
pub const WMO305: &str = include_str!("../../fixtures/verhaal/wmo305.xml");

/// The Bsn in the fixtures of the stories: it may stand in no log, URL or error.
pub const BSN: &str = "999940004";

pub struct World {
    pub running: Running,
    pub clock: Arc<SetClock>,
    pub mock: Option<Mock>,
    client: reqwest::Client,
    serving: Option<JoinHandle<()>>,
    folder: TempDir,
}

/// What the API answered.
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub text: String,
    pub headers: reqwest::header::HeaderMap,
}

impl World {
    /// Gemeente, aanbieder and another gemeente are local; there is no network.
    pub async fn both_local() -> Self {
        Self::start(&[GEMEENTE, AANBIEDER, ANDERE], "", None).await
    }

    /// The gemeenten are local; the aanbieders live behind a mock network, as `parties` says.
    pub async fn with_network(parties: &str) -> Self {
        Self::start(&[GEMEENTE, ANDERE], "", Some(parties)).await
    }

    /// `settings` come after the address in the section `[http]`, and may go on with other sections, `[ggk]` last.
    pub async fn start(local: &[&str], settings: &str, parties: Option<&str>) -> Self {
        let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let network = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = parties.map_or_else(String::new, |_| format!("http://{}/", network.local_addr().expect("bound")));
        let config = config(folder.path(), local, settings, &url);
        let running = app::start(config, clock.clone()).await.expect("a gateway");
        let mut world = Self { running, clock, mock: None, client: reqwest::Client::new(), serving: None, folder };
        if let Some(parties) = parties {
            world.play(parties, network);
        }
        world
    }

    /// These are local; what leaves goes to this address.
    pub async fn against(url: &str, local: &[&str], settings: &str) -> Self {
        let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let running = app::start(config(folder.path(), local, settings, url), clock.clone()).await.expect("a gateway");
        Self { running, clock, mock: None, client: reqwest::Client::new(), serving: None, folder }
    }

    /// Gemeente and aanbieder are local; the database is in this folder.
    pub async fn in_folder(folder: TempDir) -> Self {
        let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
        let config = config(folder.path(), &[GEMEENTE, AANBIEDER], "", "");
        let running = app::start(config, clock.clone()).await.expect("a gateway");
        Self { running, clock, mock: None, client: reqwest::Client::new(), serving: None, folder }
    }

    /// The same on this database of PostgreSQL.
    pub async fn on_postgres(url: &str) -> Self {
        let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = config(folder.path(), &[GEMEENTE, AANBIEDER], "", "");
        config.database = iwmo_gateway::config::Database::Postgres(url.to_owned());
        let running = app::start(config, clock.clone()).await.expect("a gateway");
        Self { running, clock, mock: None, client: reqwest::Client::new(), serving: None, folder }
    }

    /// Stops, and goes on over the same database with these settings; there is no network.
    pub async fn restart(mut self, local: &[&str], settings: &str) -> Self {
        self.running.stop().await;
        let config = config(self.folder.path(), local, settings, "");
        self.running = app::start(config, self.clock.clone()).await.expect("a gateway");
        self
    }

    fn play(&mut self, parties: &str, network: TcpListener) {
        let text = format!("listen = \"\"\ngateway_url = \"{}\"\n{parties}", self.network_url());
        let config: MockConfig = toml::from_str(&text).expect("settings of a mock");
        let clock = Arc::clone(&self.clock);
        let codec = Codec::of(xml::Schemas::compiled_in());
        let mock =
            Mock::new(config, codec, Arc::new(move || clock.now()), Arc::new(new_referentienummer)).expect("a mock");
        let serving = mock.clone();
        self.serving = Some(tokio::spawn(async move { serving.serve(network).await.expect("a network that serves") }));
        self.mock = Some(mock);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// Where the network hands over envelopes.
    pub fn network_url(&self) -> String {
        format!("http://{}/soap/ggk", self.running.network_address.expect("a listener for the network"))
    }

    /// The folder with its database, `test.db`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.running.gateway.store
    }

    /// Posts XML as a party; its code is its token.
    pub async fn post(&self, partij: &str, xml: impl Into<reqwest::Body>) -> Answer {
        self.post_to("/v1/berichten", partij, xml).await
    }

    pub async fn post_to(&self, path: &str, partij: &str, xml: impl Into<reqwest::Body>) -> Answer {
        let request = self.client.post(self.url(path)).bearer_auth(partij).header("content-type", "application/xml");
        answer(request.body(xml)).await
    }

    /// Posts JSON as a party.
    pub async fn post_json(&self, partij: &str, json: &Value) -> Answer {
        let request = self.client.post(self.url("/v1/berichten")).bearer_auth(partij);
        answer(request.header("content-type", "application/json").body(json.to_string())).await
    }

    /// Posts JSON to any call.
    pub async fn call(&self, token: &str, path: &str, json: &Value) -> Answer {
        let request = self.client.post(self.url(path)).bearer_auth(token);
        answer(request.header("content-type", "application/json").body(json.to_string())).await
    }

    pub async fn get(&self, partij: &str, path: &str) -> Answer {
        answer(self.client.get(self.url(path)).bearer_auth(partij)).await
    }

    pub async fn request(&self, request: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder) -> Answer {
        answer(request(&self.client)).await
    }

    /// Sets the clock and wakes whoever waits for it.
    pub fn at(&self, moment: &str) {
        self.clock.set(instant(moment));
        self.running.gateway.alarm.look_again();
        self.running.gateway.parcel_added.notify_one();
        self.running.gateway.brought.look_again();
    }

    /// Until nothing is under way or due in either direction.
    pub async fn rest(&self) {
        within_a_minute("nothing is under way", self.at_rest()).await;
    }

    async fn at_rest(&self) {
        loop {
            let now = self.clock.now();
            let parcels = self.store().undelivered(200).await.expect("parcels");
            let busy = parcels.iter().any(|parcel| match parcel.state {
                ParcelState::Sending { .. } => true,
                ParcelState::Waiting { due_at } | ParcelState::Unclear { due_at: Some(due_at) } => due_at <= now,
                _ => false,
            });
            let deadline = self.store().next_deadline_at().await.expect("deadlines");
            // Last: what was delivered by now has made the network plan its answer.
            let acted = match &self.mock {
                Some(mock) => mock.act().await,
                None => 0,
            };
            if acted == 0 && !busy && deadline.is_none_or(|deadline| deadline > now) {
                return;
            }
            a_moment().await;
        }
    }

    /// Hands over an envelope as the network does.
    pub async fn envelope(&self, envelope: impl Into<reqwest::Body>) -> Answer {
        answer(self.client.post(self.network_url()).header("content-type", "text/xml; charset=utf-8").body(envelope))
            .await
    }

    /// Until nothing is under way to the network and nothing more is claimed: the relay looks again for as long as it can.
    pub async fn rest_at_network(&self) {
        let mut still = 0;
        while still < 20 {
            let parcels = self.store().undelivered(500).await.expect("parcels");
            let sending = parcels.iter().any(|parcel| matches!(parcel.state, ParcelState::Sending { .. }));
            still = if sending { 0 } else { still + 1 };
            self.running.gateway.parcel_added.notify_one();
            a_moment().await;
        }
    }

    /// Until nothing waits any more for a bericht that should have come before it.
    pub async fn nothing_waits(&self) {
        let waited = async {
            while self.store().next_wait_ends_at().await.expect("waits").is_some() {
                a_moment().await;
            }
        };
        within_a_minute("nothing waits", waited).await;
    }

    /// Every bericht, oldest first: kind, Identificatie, outcome, retourcodes found, and how it came in.
    pub async fn berichten(&self) -> Vec<String> {
        let mut found = self.store().berichten(None, None, 200).await.expect("berichten");
        found.reverse();
        let line = |view: &iwmo_gateway::store::BerichtView| {
            let codes: Vec<_> =
                view.receipt.findings.iter().filter_map(|finding| finding.retour_code.clone()).collect();
            let kind = view.berichtsoort.as_deref().unwrap_or("?");
            let identificatie = view.identificatie.as_deref().unwrap_or("?");
            format!("{kind} {identificatie} {} {} {}", view.outcome.name(), view.via.name(), codes.join(","))
        };
        found.iter().map(|view| line(view).trim_end().to_owned()).collect()
    }

    /// Every deadline: clock, what is awaited, until when, where it stands.
    pub async fn deadlines(&self) -> Vec<String> {
        let found = self.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("deadlines");
        let line = |view: &iwmo_gateway::store::DeadlineView| {
            format!("{} {} {} {}", view.clock, view.answer, view.due, view.state.name())
        };
        found.iter().map(line).collect()
    }

    /// What went over the wire, in the order of the wire.
    pub fn wire(&self) -> Vec<String> {
        let line = |line: &Line| {
            let arrow = match line.direction {
                Direction::In => "→",
                Direction::Out => "←",
            };
            let kind = line.functie.as_deref().or(line.berichtcode).unwrap_or("?");
            format!("{arrow} {kind} {} {}", line.attempt, line.outcome)
        };
        self.journal().iter().map(line).collect()
    }

    pub fn journal(&self) -> Vec<Line> {
        self.mock.as_ref().expect("a mock").journal()
    }

    pub async fn stop(self) {
        self.running.stop().await;
        if let Some(serving) = self.serving {
            serving.abort();
        }
    }
}

pub fn config(folder: &Path, local: &[&str], settings: &str, network: &str) -> Config {
    let (settings, of_ggk) = settings.split_once("[ggk]").unwrap_or((settings, ""));
    let mut text = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n{settings}\n[database]\nurl = \"sqlite:{}\"\n[ggk]\nlisten = \"127.0.0.1:0\"\nurl = \"{network}\"\n{of_ggk}\n",
        folder.join("test.db").display()
    );
    for code in local {
        text += &credential(code);
    }
    text += &operator();
    Config::parse(&text).expect("settings of a test")
}

fn credential(code: &str) -> String {
    let hash = sha256_hex(code.as_bytes());
    format!(
        "[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n[[credential]]\nname = \"{code}\"\npartij = \"{code}\"\ntoken_sha256 = \"{hash}\"\n"
    )
}

fn operator() -> String {
    format!("[[credential]]\nname = \"operator\"\noperator = true\ntoken_sha256 = \"{}\"\n", sha256_hex(b"operator"))
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.expect("a body");
    Answer { status, body: serde_json::from_str(&text).unwrap_or_default(), text, headers }
}

/// A look at the world costs others time: not more often than this.
pub async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// Waits for what must come.
pub async fn within_a_minute<T>(what: &str, waited: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(Duration::from_mins(1), waited).await;
    came.unwrap_or_else(|_| panic!("not within a minute: {what}"))
}

pub fn instant(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
}
