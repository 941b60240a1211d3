//! `demo`: a gateway, a mock network and three months of berichten, played at the pace of a reader, in a temporary folder.
//!
//! Everything is real but the network and the time: [`SCENES`] is the story of a gemeente and four aanbieders, and every
//! bericht in it goes over SOAP.

mod scenes;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use tokio::net::TcpListener;

use super::{Exit, StopSignal, block_on, complain, serve};
use crate::app::{self, Running};
use crate::clock::{Clock, SetClock, local};
use crate::config::{Config, Log, LogFormat};
use crate::domain::Timestamp;
use crate::exchange::new_referentienummer;
use crate::hub::mock::config::MockConfig;
use crate::hub::mock::{Codec, Mock};
use crate::store::{BerichtView, StoreError};
use crate::xml::Schemas;
use scenes::{PARTIES, SCENES};

/// What `demo` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the dashboard listens; a free port when this one is taken
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
    /// How long each scene stays before the next one, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pace: u64,
    /// Stop when the story is played, instead of staying up
    #[arg(long)]
    once: bool,
}

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

/// Plays the story and stays up until Ctrl-C.
pub(super) fn run(arguments: &Arguments) -> Exit {
    serve::log_to_stderr(&Log { filter: "warn,iwmo_gateway=error".to_owned(), format: LogFormat::Text });
    block_on(async {
        match Box::pin(demo(arguments)).await {
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
    let clock = Arc::new(SetClock::at(moment(SCENES[0].at)));
    let network = TcpListener::bind(("127.0.0.1", 0)).await?;
    let network_url = format!("http://{}/", network.local_addr()?);
    let running = start(arguments.port, folder.path(), &network_url, &clock).await?;
    let mock = mock(&running, Arc::clone(&clock))?;
    let serving = tokio::spawn({
        let mock = mock.clone();
        async move { mock.serve(network).await }
    });
    println!(
        "Dashboard: http://{}/   (gegevens in {}, netwerk en tijd zijn nagebootst)",
        running.address,
        folder.path().display()
    );
    println!("Een toewijzing van begin tot eind: http://{}/toewijzingen/0384/700101\n", running.address);
    let story = Story { running: &running, mock: &mock, clock: &clock };
    let played = tokio::select! {
        () = stop.received() => false,
        played = story.play(Duration::from_secs(arguments.pace)) => {
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
    println!(
        "Gestopt. De map {} was tijdelijk en is nu verwijderd; een volgende demo begint opnieuw.",
        folder.path().display()
    );
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
    let text = format!(
        "listen = \"\"\ngateway_url = \"http://{}/soap/ggk\"\n{PARTIES}",
        running.network_address.expect("the demo has a link")
    );
    let config: MockConfig = toml::from_str(&text)?;
    Ok(Mock::new(
        config,
        Codec::of(Schemas::compiled_in()),
        Arc::new(move || clock.now()),
        Arc::new(new_referentienummer),
    )?)
}

fn moment(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect("the moments of the demo are instants").to_utc()
}

fn day_and_time(at: Timestamp) -> String {
    local(at).format("%d-%m %H:%M").to_string()
}

/// One bericht in a line: when, what, from whom, and what became of it.
fn described(bericht: &BerichtView) -> String {
    let codes: Vec<_> = bericht.receipt.findings.iter().filter_map(|finding| finding.retour_code.as_deref()).collect();
    let verdict = if codes.is_empty() { "in orde".to_owned() } else { format!("afgekeurd met {}", codes.join(", ")) };
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let from = if bericht.is_retour() { &bericht.ontvanger } else { &bericht.afzender };
    let (at, kind, name) =
        (day_and_time(bericht.received_at), text(&bericht.berichtsoort), text(&bericht.identificatie));
    format!("{at} {kind} {name} van {}: {verdict}", text(from))
}

/// The story while it is played.
struct Story<'a> {
    running: &'a Running,
    mock: &'a Mock,
    clock: &'a SetClock,
}

impl Story<'_> {
    async fn play(&self, pace: Duration) -> Result<(), DemoError> {
        for (number, scene) in SCENES.iter().enumerate() {
            if number > 0 {
                tokio::time::sleep(pace).await;
            }
            println!("{}  {}", day_and_time(moment(scene.at)), scene.what);
            let known = self.known().await?;
            self.pass_time(moment(scene.at)).await?;
            if let Some(xml) = scene.asked {
                self.mock.send(xml.as_bytes().to_vec()).expect("the fixtures of the demo are berichten");
            }
            for xml in scene.posted {
                self.post(xml).await?;
            }
            self.rest().await?;
            self.print_news(&known).await?;
        }
        self.print_totals().await
    }

    /// Sets the clock to all moments up to this one at which an aanbieder does something, and then to this one.
    async fn pass_time(&self, until: Timestamp) -> Result<(), DemoError> {
        while let Some(due) = self.mock.next_due().filter(|due| *due < until) {
            self.clock.set(due.max(self.clock.now()));
            self.rest().await?;
        }
        self.clock.set(until);
        self.rest().await
    }

    async fn post(&self, xml: &'static str) -> Result<(), DemoError> {
        let url = format!("http://{}/v1/berichten", self.running.address);
        let request = reqwest::Client::new().post(url).bearer_auth(TOKEN).header("content-type", "application/xml");
        request.body(xml).send().await?.error_for_status()?;
        Ok(())
    }

    /// What was there before a scene: the ids of the berichten, and how many deadlines were overdue.
    async fn known(&self) -> Result<(Vec<String>, i64), DemoError> {
        let store = &self.running.gateway.store;
        let ids = store.berichten(None, None, 200).await?.into_iter().map(|bericht| bericht.id).collect();
        Ok((ids, store.overview().await?.overdue))
    }

    /// Says which berichten and alerts are new.
    async fn print_news(&self, (ids, overdue_before): &(Vec<String>, i64)) -> Result<(), DemoError> {
        let store = &self.running.gateway.store;
        let mut berichten = store.berichten(None, None, 200).await?;
        berichten.retain(|bericht| !ids.contains(&bericht.id));
        for bericht in berichten.iter().rev() {
            println!("             {}", described(bericht));
        }
        let overdue = store.overview().await?.overdue - overdue_before;
        if overdue > 0 {
            println!("             signaal: {overdue} antwoord te laat");
        }
        Ok(())
    }

    /// Lets all that is due happen.
    async fn rest(&self) -> Result<(), DemoError> {
        tokio::time::timeout(REST, self.come_to_rest()).await.map_err(|_| DemoError::Restless)?
    }

    /// Until nothing is under way in either direction and every deadline was looked at.
    async fn come_to_rest(&self) -> Result<(), DemoError> {
        let gateway = &self.running.gateway;
        gateway.alarm.look_again();
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

    async fn print_totals(&self) -> Result<(), DemoError> {
        let overview = self.running.gateway.store.overview().await?;
        println!(
            "\n{} berichten geaccepteerd, {} afgekeurd; {} termijn te laat, {} open; {} in de postbus van de gemeente.",
            overview.accepted, overview.rejected, overview.overdue, overview.open, overview.in_postbus
        );
        Ok(())
    }
}
