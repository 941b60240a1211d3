//! `demo`: a gateway, a mock network and a played week of berichten, in a temporary folder.
//!
//! Everything is real but the network and the time: three toewijzingen of one gemeente go out over SOAP;
//! the first aanbieder accepts and starts, the second reports a start on a toewijzing that was never given,
//! the third stays silent until its retour is overdue.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use tokio::net::TcpListener;

use super::mock::CODEC;
use super::{Exit, StopSignal, block_on, complain, serve};
use crate::app::{self, Running};
use crate::clock::{Clock, SetClock, local};
use crate::config::{Config, Log, LogFormat};
use crate::domain::Timestamp;
use crate::exchange::new_referentienummer;
use crate::hub::mock::Mock;
use crate::hub::mock::config::MockConfig;
use crate::store::StoreError;

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the dashboard listens; a free port when this one is taken
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// Stop when the week is played, instead of staying up
    #[arg(long)]
    once: bool,
}

/// The berichten of Monday morning.
const TOEWIJZINGEN: [&str; 3] = [
    include_str!("../../fixtures/demo/wmo301-01-accepteert.xml"),
    include_str!("../../fixtures/demo/wmo301-02-start-onbekend.xml"),
    include_str!("../../fixtures/demo/wmo301-03-zwijgt.xml"),
];

/// What the three aanbieders do.
const PARTIES: &str = r#"
[[parties]]
code = "41005001"
after = "1h"
start = { after = "1d", toewijzing = "same" }
[[parties]]
code = "41005002"
after = "4h"
start = { after = "1d", toewijzing = "unknown" }
[[parties]]
code = "41005003"
retour = "never"
"#;

/// The token of the gemeente in this demo, and its SHA-256 in the settings.
const TOKEN: &str = "demo";
const SETTINGS: &str = r#"
[[partij]]
code = "0384"
naam = "Gemeente Diemen"
[[credential]]
name = "backoffice Diemen"
partij = "0384"
token_sha256 = "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea"
"#;

/// How long the traffic of one step may take to come to rest.
const REST: Duration = Duration::from_secs(20);

#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error("the temporary folder or the network's port")]
    System(#[from] std::io::Error),
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    #[error(transparent)]
    Start(#[from] app::StartError),
    #[error(transparent)]
    Mock(#[from] crate::hub::mock::MockError),
    #[error("a bericht could not be posted")]
    Post(#[from] reqwest::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the settings of the mock")]
    MockConfig(#[from] toml::de::Error),
    #[error("the traffic did not come to rest within {} seconds", REST.as_secs())]
    Restless,
}

/// Plays the week and stays up until Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> Exit {
    serve::log_to_stderr(&Log { filter: "warn,iwmo_gateway=error".to_owned(), format: LogFormat::Text });
    block_on(async {
        match demo(arguments).await {
            Ok(()) => Exit::Fine,
            Err(error) => {
                complain(&error);
                Exit::Environment
            }
        }
    })
}

async fn demo(arguments: &Arguments) -> Result<(), DemoError> {
    let mut stop = StopSignal::listen()?;
    let folder = tempfile::tempdir()?;
    let clock = Arc::new(SetClock::at(moment("2026-03-02T09:00:00+01:00")));
    let network = TcpListener::bind(("127.0.0.1", 0)).await?;
    let network_url = format!("http://{}/", network.local_addr()?);
    let running = start(arguments.port, folder.path(), &network_url, &clock).await?;
    let mock = mock(&running, Arc::clone(&clock))?;
    let serving = tokio::spawn({
        let mock = mock.clone();
        async move { mock.serve(network).await }
    });
    println!(
        "Dashboard: http://{}/   (gegevens in {}, netwerk en tijd zijn nagebootst)\n",
        running.address,
        folder.path().display()
    );
    let week = Week { running: &running, mock: &mock, clock: &clock };
    let played = tokio::select! {
        () = stop.received() => false,
        played = week.play() => {
            played?;
            true
        }
    };
    if played && !arguments.once {
        println!(
            "\nDe klok staat stil op dit moment. Bekijk het dashboard op http://{}/ en stop met Ctrl-C.",
            running.address
        );
        stop.received().await;
    }
    running.stop().await;
    serving.abort();
    println!("Gestopt; alles was opgeslagen.");
    Ok(())
}

async fn start(port: u16, folder: &Path, network_url: &str, clock: &Arc<SetClock>) -> Result<Running, DemoError> {
    let settings = |port: u16| {
        format!(
            "[http]\nlisten = \"127.0.0.1:{port}\"\ndashboard_login = false\n[database]\nurl = \"sqlite:{}\"\n[ggk]\nurl = \"{network_url}\"\n{SETTINGS}",
            folder.join("demo.db").display()
        )
    };
    let clock: Arc<dyn Clock> = clock.clone();
    match app::start(Config::parse(&settings(port))?, Arc::clone(&clock)).await {
        Err(app::StartError::Listen { .. }) => Ok(app::start(Config::parse(&settings(0))?, clock).await?),
        started => Ok(started?),
    }
}

fn mock(running: &Running, clock: Arc<SetClock>) -> Result<Mock, DemoError> {
    let text = format!("listen = \"\"\ngateway_url = \"http://{}/soap/ggk\"\n{PARTIES}", running.address);
    let config: MockConfig = toml::from_str(&text)?;
    Ok(Mock::new(config, CODEC, Arc::new(move || clock.now()), Arc::new(new_referentienummer))?)
}

fn moment(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect("the moments of the demo are instants").to_utc()
}

/// The week that is played.
struct Week<'a> {
    running: &'a Running,
    mock: &'a Mock,
    clock: &'a SetClock,
}

impl Week<'_> {
    async fn play(&self) -> Result<(), DemoError> {
        self.at("2026-03-02T09:00:00+01:00", "Gemeente Diemen stuurt drie toewijzingen (WMO301).");
        for toewijzing in TOEWIJZINGEN {
            self.post(toewijzing).await?;
        }
        self.tell_news().await?;
        self.at("2026-03-02T14:00:00+01:00", "Twee aanbieders bevestigen de ontvangst (WMO302); de derde zwijgt.");
        self.tell_news().await?;
        self.at(
            "2026-03-03T15:00:00+01:00",
            "Twee aanbieders melden de start (WMO305), een daarvan op een onbekende toewijzing.",
        );
        self.tell_news().await?;
        self.at("2026-03-06T08:30:00+01:00", "De termijn van drie dagen voor de derde WMO302 is verstreken.");
        self.tell_news().await?;
        self.tell_totals().await
    }

    /// Sets the clock and says what happens then.
    fn at(&self, at: &str, what: &str) {
        self.clock.set(moment(at));
        println!("{}  {what}", local(self.clock.now()).format("%d-%m %H:%M"));
    }

    async fn post(&self, xml: &'static str) -> Result<(), DemoError> {
        let url = format!("http://{}/v1/berichten", self.running.address);
        let request = reqwest::Client::new().post(url).bearer_auth(TOKEN).header("content-type", "application/xml");
        let answer = request.body(xml).send().await?.error_for_status()?.text().await?;
        let receipt: serde_json::Value = serde_json::from_str(&answer).unwrap_or_default();
        println!("             202 ontvangen en opgeslagen als {}", receipt["id"].as_str().unwrap_or("?"));
        Ok(())
    }

    /// Lets all that is due happen, then says which berichten and alerts that gave.
    async fn tell_news(&self) -> Result<(), DemoError> {
        let store = &self.running.gateway.store;
        let before = store.berichten(None, None, 200).await?;
        let overdue_before = store.overview().await?.overdue;
        tokio::time::timeout(REST, self.come_to_rest()).await.map_err(|_| DemoError::Restless)??;
        let mut after = store.berichten(None, None, 200).await?;
        after.retain(|bericht| !before.iter().any(|known| known.id == bericht.id));
        for bericht in after.iter().rev() {
            let codes: Vec<_> =
                bericht.receipt.findings.iter().filter_map(|finding| finding.retourcode.as_deref()).collect();
            let verdict =
                if codes.is_empty() { "in orde".to_owned() } else { format!("afgekeurd met {}", codes.join(", ")) };
            let kind = bericht.berichtsoort.as_deref().unwrap_or("?");
            println!("             {kind} {} {verdict}", bericht.identificatie.as_deref().unwrap_or("?"));
        }
        let overdue = store.overview().await?.overdue - overdue_before;
        if overdue > 0 {
            println!("             signaal: {overdue} antwoord te laat");
        }
        Ok(())
    }

    /// Until nothing is under way in either direction and every deadline was looked at.
    async fn come_to_rest(&self) -> Result<(), DemoError> {
        let gateway = &self.running.gateway;
        gateway.deadline_added.notify_one();
        gateway.parcel_added.notify_one();
        gateway.brought.look_again();
        loop {
            let waiting = gateway.store.overview().await?.waiting;
            let next_deadline = gateway.store.next_deadline_at().await?;
            let unseen = next_deadline.is_some_and(|next| next <= self.clock.now());
            // Last: what was delivered by now has made the network plan its answer.
            let acted = self.mock.act().await;
            if acted == 0 && waiting == 0 && !unseen {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn tell_totals(&self) -> Result<(), DemoError> {
        let overview = self.running.gateway.store.overview().await?;
        println!(
            "\n{} berichten geaccepteerd, {} afgekeurd; {} termijn te laat, {} open; {} in de postbus van de gemeente.",
            overview.accepted, overview.rejected, overview.overdue, overview.open, overview.in_postbus
        );
        Ok(())
    }
}
