//! Wiring and orderly stop: opens the store, starts the stories and the server, and on a signal lets
//! each finish what it has in hand.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::config::{self, Config, Credential, Database, FaultCodes};
use crate::exchange::parties::LocalParty;
use crate::exchange::relay::breaker::{Limits, Pauses};
use crate::exchange::relay::{RetryPolicy, relay};
use crate::exchange::wait::wait as wait_for_earlier;
use crate::exchange::watch::watch as watch_deadlines;
use crate::exchange::{Alarm, Brought, Envelopes, Gateway, LocalParties, new_referentienummer};
use crate::http::{self, Caller};
use crate::hub::codes::Generation;
use crate::hub::ggk::{Ggk, LinkError, Timeouts};
use crate::store::{IfOlder, Postgres, Sqlite, Store, StoreError};
use crate::xml::{LoadError, Replacement, Schemas};

/// How long running requests and attempts may take after a stop was asked for. What is cut off then is
/// not lost: its lease lapses and it is sent again.
const GRACE: Duration = Duration::from_secs(10);

/// How long a large bericht is written at most: what was begun earlier and is not there yet was abandoned.
const ABANDONED: TimeDelta = TimeDelta::days(1);

/// Why the gateway did not start. Nothing is left running.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address} (setting http.listen)")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open the database (setting database.url)")]
    Store(#[source] StoreError),
    /// The link to the network cannot be set up.
    #[error("cannot set up the link to the network (setting ggk.url)")]
    Link(#[source] LinkError),
    /// The XSD files cannot be used.
    #[error("cannot use the XSD files (section [schemas])")]
    Schemas(#[source] LoadError),
}

/// A gateway that runs.
pub struct Running {
    /// Where the API and the dashboard are.
    pub address: SocketAddr,
    /// What the stories work with.
    pub gateway: Arc<Gateway>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Starts a gateway.
///
/// # Errors
/// When it cannot listen, use its XSD files, open its database or set up its link.
pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let schemas = schemas(&config).map_err(StartError::Schemas)?;
    let address = config.http.listen;
    let listener = TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })?;
    let address = listener.local_addr().map_err(|source| StartError::Listen { address, source })?;
    let link = link(&config).map_err(StartError::Link)?;
    let store = open(&config.database, IfOlder::Upgrade).await.map_err(StartError::Store)?;
    store.take_away_abandoned(clock.now() - ABANDONED).await.map_err(StartError::Store)?;
    let retry_policy = retry_policy(&config);
    let settings = http_settings(&config);
    let gateway = Arc::new(gateway(config, schemas, store, clock));
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let router = http::router(Arc::clone(&gateway), settings);
    let server = axum::serve(listener, router).with_graceful_shutdown(when(stopped.clone())).into_future();
    tasks.spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the server ended");
        }
    });
    let (watching, watch_stopped) = (Arc::clone(&gateway), stopped.clone());
    tasks.spawn(async move { watch_deadlines(&watching, when(watch_stopped)).await });
    let (waiting, wait_stopped) = (Arc::clone(&gateway), stopped.clone());
    tasks.spawn(async move { wait_for_earlier(&waiting, when(wait_stopped)).await });
    if let Some(link) = link {
        let relaying = Arc::clone(&gateway);
        tasks.spawn(async move { relay(&relaying, &link, &retry_policy, when(stopped)).await });
    } else {
        tracing::warn!("ggk.url is empty: what should leave waits");
    }
    Ok(Running { address, gateway, stop, tasks })
}

impl Running {
    /// Stops: takes no new requests, finishes what is in hand, closes the store.
    pub async fn stop(mut self) {
        // Nobody left to tell means that all tasks ended already.
        let _ = self.stop.send(true);
        let finished = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finished).await.is_err() {
            tracing::warn!("some work did not finish in time and will be taken up again at the next start");
            self.tasks.shutdown().await;
        }
        self.gateway.store.close().await;
    }
}

/// Done when a stop was asked for.
async fn when(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// The schemas by which berichten are checked.
///
/// # Errors
/// The first thing in the files of section `[schemas]` that cannot be used.
pub fn schemas(config: &Config) -> Result<Arc<Schemas>, LoadError> {
    if config.schemas.is_empty() {
        return Ok(Schemas::compiled_in());
    }
    let sets = config.schemas.iter();
    let replacements: Vec<_> = sets.map(|set| Replacement { release: set.release, files: set.files.clone() }).collect();
    Schemas::load(&replacements).map(Arc::new)
}

/// Opens the database, or creates it; one that an earlier program made is brought up to date or refused.
///
/// # Errors
/// When it cannot be used, or its schema is not ours.
pub async fn open(database: &Database, if_older: IfOlder) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match database {
        Database::Sqlite(path) => Arc::new(Sqlite::opened(path, if_older).await?),
        Database::Postgres(url) => Arc::new(Postgres::connected(url, if_older).await?),
    })
}

fn link(config: &Config) -> Result<Option<Ggk>, LinkError> {
    if config.ggk.url.is_empty() {
        return Ok(None);
    }
    let timeouts = Timeouts { connect: config.ggk.connect_timeout, total: config.ggk.timeout };
    Ggk::new(&config.ggk.url, timeouts).map(Some)
}

fn retry_policy(config: &Config) -> RetryPolicy {
    RetryPolicy {
        worker: new_referentienummer(),
        lease: config.ggk.timeout * 2 + Duration::from_secs(1),
        pauses: Pauses { first: config.relay.first_pause, longest: config.relay.longest_pause },
        longest_asked: config.relay.longest_retry_after,
        budget: config.relay.budget,
        limits: Limits { total: config.relay.at_once, each: config.relay.at_once_each },
        generation: generation(config.ggk.fault_codes),
    }
}

fn generation(codes: FaultCodes) -> Generation {
    match codes {
        FaultCodes::Isd2018 => Generation::Isd2018,
        FaultCodes::Fo01Of2025 => Generation::Fo01Of2025,
    }
}

fn http_settings(config: &Config) -> http::Settings {
    let caller = |one: &Credential| match &one.partij {
        None => Caller::Operator { name: one.name.clone() },
        Some(partij) => Caller::Party { partij: partij.clone(), name: one.name.clone(), decides: one.decides },
    };
    let credentials = config.credentials.iter();
    http::Settings {
        max_bericht_bytes: config.http.max_bericht_bytes,
        dashboard_login: config.http.dashboard_login,
        takes_envelopes: config.ggk.receive,
        callers: credentials.map(|one| (one.token_sha256.clone(), caller(one))).collect(),
        rekeningen: config.rekeningen.clone(),
        contact: http::Contact {
            name: config.http.contact.name.clone(),
            email: config.http.contact.email.clone(),
            url: config.http.contact.url.clone(),
        },
    }
}

/// What the stories work with, from the settings.
#[must_use]
pub fn gateway(config: Config, schemas: Arc<Schemas>, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Gateway {
    let parties = config.partijen.into_iter();
    Gateway {
        store,
        schemas,
        clock,
        parties: LocalParties::new(parties.map(
            |config::LocalParty { partij, naam, answers_itself, btw_id_nummer }| {
                (partij, LocalParty { naam, answers_itself, btw_id_nummer })
            },
        )),
        profile: config.profile,
        calendar: config.calendar,
        gemeenten: config.codelijsten.gemeenten,
        releases: config.releases,
        contracten: config.contracten,
        envelopes: Envelopes {
            applicatie: config.ggk.applicatie,
            max_bytes: config.ggk.max_envelope_bytes,
            generation: generation(config.ggk.fault_codes),
        },
        wait_for_earlier: config.wait_for_earlier,
        declaraties: config.declaraties,
        brought: Brought::default(),
        parcel_added: Notify::new(),
        alarm: Alarm::default(),
    }
}
