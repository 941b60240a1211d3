//! Wiring and orderly stop, and reading anew: opens the store, starts the stories and the server, and on a signal lets
//! each finish what it has in hand.

pub mod alerts;
mod certificates;
mod links;

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::alert::ChannelError;
use crate::clock::Clock;
use crate::config::{self, Config, Credential, Database, FaultCodes, MetricsFor};
use crate::exchange::beat::{pulse, try_store};
use crate::exchange::heartbeat::{self, heartbeat};
use crate::exchange::measures::Measures;
use crate::exchange::notice::notice;
use crate::exchange::parties::LocalParty;
use crate::exchange::recount::recount;
use crate::exchange::relay::RetryPolicy;
use crate::exchange::relay::breaker::{Limits, Pauses};
use crate::exchange::wait::wait as wait_for_earlier;
use crate::exchange::watch::watch as watch_deadlines;
use crate::exchange::{Alarm, Brought, Envelopes, Gateway, LocalParties, OwnCertificates, Pulse, new_referentienummer};
use crate::http::serve::{Limits as HttpLimits, Listening, serve};
use crate::http::{self, Caller, Control};
use crate::hub::Links;
use crate::hub::codes::Generation;
use crate::outward::Outward;
use crate::store::{IfOlder, Postgres, Sqlite, Store, StoreError};
use crate::tls::Problems;
use crate::xml::{LoadError, Replacement, Schemas};
use alerts::Receivers;
use certificates::{Certificates, Shown};
pub use links::NotSetUp;

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
    /// The address for the network is taken or not ours.
    #[error("cannot listen on {address} (setting ggk.listen)")]
    ListenToNetwork {
        /// As configured.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Another process works on this file.
    #[error("another process uses the database {} (setting database.url)", .0.display())]
    InUse(PathBuf),
    /// The file beside the database cannot be made.
    #[error("cannot make the file {} that keeps other processes off (setting database.url)", .path.display())]
    Lock {
        /// The file that was asked for.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A receiver of alerts cannot be set up.
    #[error("cannot set up a receiver of alerts (tables [[alert]])")]
    Alerts(#[source] ChannelError),
    /// The database cannot be opened.
    #[error("cannot open the database (setting database.url)")]
    Store(#[source] StoreError),
    /// A link to the network cannot be set up.
    #[error(transparent)]
    Links(#[from] NotSetUp),
    /// Certificates, keys or roots cannot be used.
    #[error("{}", .0.join("\n"))]
    Certificates(Vec<String>),
    /// The XSD files cannot be used.
    #[error("cannot use the XSD files (section [schemas])")]
    Schemas(#[source] LoadError),
}

/// A gateway that runs.
pub struct Running {
    /// Where the API and the dashboard are.
    pub address: SocketAddr,
    /// Where envelopes are taken in.
    pub network_address: Option<SocketAddr>,
    /// What the stories work with.
    pub gateway: Arc<Gateway>,
    /// Whether `address` speaks TLS.
    pub is_https: bool,
    control: Control,
    shown: Shown,
    links: Arc<Links>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    /// Held as long as this process works on the database.
    _lock: Option<File>,
}

/// Starts a gateway.
///
/// # Errors
/// When it cannot listen, use its XSD files, open its database or set up its link.
pub async fn start(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let schemas = schemas(&config).map_err(StartError::Schemas)?;
    let certificates = certificates(&config, &clock)?;
    let address = config.http.listen;
    let (listener, address) = listen(address).await.map_err(|source| StartError::Listen { address, source })?;
    let network = match config.ggk.listens() {
        None => None,
        Some(address) => Some(listen(address).await.map_err(|source| StartError::ListenToNetwork { address, source })?),
    };
    let lock = lock(&config.database)?;
    for remark in config.in_the_clear() {
        tracing::warn!("{remark}");
    }
    let links = Arc::new(links::set_up(&config, &certificates, Outward::of(clock.as_ref()))?);
    let polls = (config.vecozo.poll, config.vecozo.status_poll);
    let receivers = Receivers::of(&config, address, Outward::of(clock.as_ref())).map_err(StartError::Alerts)?;
    let store = open(&config.database, IfOlder::Upgrade).await.map_err(StartError::Store)?;
    store.take_away_abandoned(clock.now() - ABANDONED).await.map_err(StartError::Store)?;
    let retry_policy = retry_policy(&config);
    let (settings, limits) = (http_settings(&config), limits(&config.http));
    let (is_https, proxies) = (config.http.tls.is_some(), config.http.proxies.clone());
    let heartbeat_url = config.alerts.heartbeat_url.clone();
    let gateway = Arc::new(gateway(config, schemas, store, clock));
    gateway.certificates.replace(certificates.named());
    recount(&gateway).await.map_err(StartError::Store)?;
    try_store(&gateway, &retry_policy.worker).await;
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let network_address = network.as_ref().map(|(_, address)| *address);
    let routers = http::routers(Arc::clone(&gateway), settings);
    let shown = certificates.shown();
    let only_from = (!is_https && !proxies.is_empty()).then_some(proxies);
    let listening = Listening { listener, tls: shown.to_http(), only_from };
    tasks.spawn(serve(listening, routers.api, limits, when(stopped.clone())));
    if let Some((listener, _)) = network {
        let listening = Listening { listener, tls: shown.to_network(), only_from: None };
        tasks.spawn(serve(listening, routers.network, limits, when(stopped.clone())));
    }
    let (beating, pulse_stopped, worker) = (Arc::clone(&gateway), stopped.clone(), retry_policy.worker.clone());
    tasks.spawn(async move { pulse(&beating, &worker, when(pulse_stopped)).await });
    let (watching, watch_stopped) = (Arc::clone(&gateway), stopped.clone());
    tasks.spawn(async move { watch_deadlines(&watching, when(watch_stopped)).await });
    let (noticing, notice_stopped) = (Arc::clone(&gateway), stopped.clone());
    tasks.spawn(async move { notice(&noticing, when(notice_stopped)).await });
    beat_heart(&heartbeat_url, &gateway, &stopped, &mut tasks);
    receivers.start(&gateway, &retry_policy.worker, &mut tasks, &stopped);
    let (waiting, wait_stopped) = (Arc::clone(&gateway), stopped.clone());
    tasks.spawn(async move { wait_for_earlier(&waiting, when(wait_stopped)).await });
    links::work(&mut tasks, (&gateway, &links), polls, retry_policy, || when(stopped.clone()));
    let control = routers.control;
    Ok(Running { address, network_address, gateway, is_https, control, shown, links, stop, tasks, _lock: lock })
}

/// Lets others hear that all is well, where somebody wants to.
fn beat_heart(url: &str, gateway: &Arc<Gateway>, stopped: &watch::Receiver<bool>, tasks: &mut JoinSet<()>) {
    if let Ok(url) = url::Url::parse(url) {
        let (gateway, stopped) = (Arc::clone(gateway), stopped.clone());
        tasks.spawn(async move { heartbeat(&gateway, &url, heartbeat::EVERY, when(stopped)).await });
    }
}

impl Running {
    /// Goes on with the certificates and tokens that these settings name, and answers which other settings changed as well: those
    /// take a restart, as what was judged by them stands.
    ///
    /// # Errors
    /// Why not, a line each; nothing was replaced.
    pub fn reload(&self, config: &Config) -> Result<Vec<&'static str>, Vec<String>> {
        let mut problems = Problems::default();
        let certificates = Certificates::read(config, &self.gateway.clock, &mut problems);
        // An expired one never takes the place of one that holds.
        let to_mend = problems.to_mend();
        let certificates = certificates.filter(|_| to_mend.is_empty()).ok_or(to_mend)?;
        self.shown.replace(&certificates, &self.links)?;
        self.gateway.certificates.replace(certificates.named());
        self.control.replace(known(config));
        Ok(self.changed(config))
    }

    /// Which settings are not those that the stories work with.
    fn changed(&self, config: &Config) -> Vec<&'static str> {
        let gateway = &self.gateway;
        let compared = [
            ("[[partij]]", gateway.parties != parties(&config.partijen)),
            ("[deadlines] profile", gateway.profile != config.profile),
            ("[deadlines] days that count", gateway.calendar != config.calendar),
            ("[deadlines] limits", gateway.limits != config.limits),
            ("[codelijsten]", gateway.gemeenten != config.codelijsten.gemeenten),
            ("[contracten]", gateway.contracten != config.contracten),
            ("[releases]", gateway.releases != config.releases),
            ("[alerts] and [[alert]]", gateway.alerts != config.alerts.rules),
        ];
        compared.into_iter().filter(|(_, is_other)| *is_other).map(|(section, _)| section).collect()
    }

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
    let known = config.releases.known;
    if config.schemas.is_empty() {
        return Schemas::of(known);
    }
    let sets = config.schemas.iter();
    let replacements: Vec<_> = sets.map(|set| Replacement { release: set.release, files: set.files.clone() }).collect();
    Schemas::load(known, &replacements).map(Arc::new)
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

/// What is wrong with the certificates of these settings.
#[must_use]
pub fn check_certificates(config: &Config, clock: &Arc<dyn Clock>) -> Problems {
    let mut problems = Problems::default();
    // What can be used is not needed here.
    let _ = Certificates::read(config, clock, &mut problems);
    problems
}

/// The certificates to start with. One that expired does not keep the gateway from its other work.
fn certificates(config: &Config, clock: &Arc<dyn Clock>) -> Result<Certificates, StartError> {
    let mut problems = Problems::default();
    let certificates = Certificates::read(config, clock, &mut problems);
    let certificates = certificates.ok_or(StartError::Certificates(problems.faults))?;
    for remark in problems.remarks {
        tracing::error!(remark, "a certificate will be refused");
    }
    Ok(certificates)
}

/// How long an attempt may take on a link that there is.
fn longest_attempt(config: &Config) -> Duration {
    if config.vecozo.url.is_empty() { config.ggk.timeout } else { config.ggk.timeout.max(config.vecozo.timeout) }
}

fn retry_policy(config: &Config) -> RetryPolicy {
    RetryPolicy {
        worker: new_referentienummer(),
        lease: longest_attempt(config) * 2 + Duration::from_secs(1),
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

async fn listen(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Keeps other processes off the file of a SQLite database; it goes with the process, however that ends.
fn lock(database: &Database) -> Result<Option<File>, StartError> {
    let Database::Sqlite(path) = database else { return Ok(None) };
    let mut beside = path.clone().into_os_string();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let file = match File::options().create(true).truncate(false).write(true).mode(0o600).open(&beside) {
        Ok(file) => file,
        // There is no folder; who opens the database says so.
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StartError::Lock { path: beside, source }),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(path.clone())),
        Err(TryLockError::Error(source)) => Err(StartError::Lock { path: beside, source }),
    }
}

fn limits(http: &config::Http) -> HttpLimits {
    HttpLimits {
        header_timeout: http.header_timeout,
        body_timeout: http.body_timeout,
        connections: http.connections,
        connections_per_address: http.connections_per_address,
    }
}

/// Who may call, and who speaks for whom.
fn known(config: &Config) -> http::Known {
    let caller = |one: &Credential| match &one.partij {
        None => Caller::Operator { name: one.name.clone() },
        Some(partij) => Caller::Party { partij: partij.clone(), name: one.name.clone(), decides: one.decides },
    };
    let credentials = config.credentials.iter();
    http::Known {
        callers: credentials.map(|one| (one.token_sha256.clone(), caller(one))).collect(),
        speaks_for: config.ggk.tls.as_ref().map(|files| files.speaks_for.clone()).unwrap_or_default(),
    }
}

fn http_settings(config: &Config) -> http::Settings {
    http::Settings {
        max_bericht_bytes: config.http.max_bericht_bytes,
        dashboard_login: config.http.dashboard_login,
        metrics_on_loopback: config.http.metrics == MetricsFor::Loopback,
        adapters: config.ggk.adapters.clone(),
        known: known(config),
        is_https: config.http.tls.is_some(),
        rekeningen: config.rekeningen.clone(),
        theme: config.theme.clone(),
        contact: http::Contact {
            name: config.http.contact.name.clone(),
            email: config.http.contact.email.clone(),
            url: config.http.contact.url.clone(),
        },
    }
}

fn parties(known: &[config::LocalParty]) -> LocalParties {
    LocalParties::new(known.iter().cloned().map(
        |config::LocalParty { partij, naam, answers_itself, btw_id_nummer }| {
            (partij, LocalParty { naam, answers_itself, btw_id_nummer })
        },
    ))
}

/// What the stories work with, from the settings.
#[must_use]
pub fn gateway(config: Config, schemas: Arc<Schemas>, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Gateway {
    let wrapping = links::wrapping(&config.ggk);
    Gateway {
        store,
        schemas,
        outward: Outward::of(clock.as_ref()),
        clock,
        parties: parties(&config.partijen),
        profile: config.profile,
        calendar: config.calendar,
        limits: config.limits,
        alerts: config.alerts.rules,
        gemeenten: config.codelijsten.gemeenten,
        releases: config.releases,
        contracten: config.contracten,
        rejects_without_contract: config.rejects_without_contract,
        envelopes: Envelopes {
            applicatie: config.ggk.applicatie,
            max_bytes: config.ggk.max_envelope_bytes,
            generation: generation(config.ggk.fault_codes),
            wrapping,
            du01: config.ggk.du01.into_iter().collect(),
            by_vecozo: if config.vecozo.url.is_empty() {
                BTreeSet::new()
            } else {
                config.vecozo.partijen.into_iter().collect()
            },
            released_per_second: config.relay.released_per_second,
        },
        wait_for_earlier: config.wait_for_earlier,
        declaraties: config.declaraties,
        brought: Brought::default(),
        parcel_added: Notify::new(),
        measures: Measures::default(),
        pulse: Pulse::default(),
        alarm: Alarm::default(),
        certificates: OwnCertificates::default(),
    }
}
