//! The links to the network: set up by the settings, and the stories that work with them.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::certificates::Certificates;
use crate::config::{self, Config, Mode, Packing};
use crate::exchange::Gateway;
use crate::exchange::ask::ask;
use crate::exchange::fetch::{Fetcher, fetch};
use crate::exchange::relay::{RetryPolicy, relay};
use crate::hub::Links;
use crate::hub::envelope::{Cpa, Wrapping};
use crate::hub::ggk::{self, Ggk, Timeouts};
use crate::hub::vecozo::mapping::Terms;
use crate::hub::vecozo::{self, Vecozo};
use crate::outward::Outward;
use crate::tls;

/// A link that cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum NotSetUp {
    /// That to the GGK.
    #[error("cannot set up the link to the network (setting ggk.url)")]
    Ggk(#[source] ggk::LinkError),
    /// That to VECOZO.
    #[error("cannot set up the link to VECOZO (setting vecozo.url)")]
    Vecozo(#[source] vecozo::LinkError),
}

/// The links to the network; without one, what should leave by it waits.
pub(super) fn set_up(config: &Config, certificates: &Certificates, outward: Outward) -> Result<Links, NotSetUp> {
    let client = |link: &Option<tls::ends::Link>| link.as_ref().map(|link| link.client.clone());
    let may_leave = |setting: &str, url: &str| {
        if url.is_empty() {
            return false;
        }
        let may = url::Url::parse(url).is_ok_and(|url| outward.may_reach(&url));
        if !may {
            tracing::warn!(
                setting,
                "practice: the address is that of another machine, and nothing leaves; what should leave waits"
            );
        }
        may
    };
    let mut links = Links::default();
    if may_leave("ggk.url", &config.ggk.url) {
        let timeouts = Timeouts { connect: config.ggk.connect_timeout, total: config.ggk.timeout };
        let ggk = Ggk::set_up(&config.ggk.url, timeouts, client(&certificates.ggk), &wrapping(&config.ggk));
        links.ggk = Some(ggk.map_err(NotSetUp::Ggk)?);
    }
    let settings = &config.vecozo;
    if may_leave("vecozo.url", &settings.url) {
        let terms = Terms {
            rol: settings.rol.clone(),
            actie: settings.actie.clone(),
            acties: settings.acties.clone(),
            packed: settings.payload == Packing::Zip,
        };
        let link = Vecozo::new(&settings.url, terms, settings.timeout, client(&certificates.vecozo));
        links.vecozo = Some((link.map_err(NotSetUp::Vecozo)?, settings.partijen.iter().cloned().collect()));
    }
    Ok(links)
}

/// How envelopes are handed over.
pub(super) fn wrapping(ggk: &config::Ggk) -> Wrapping {
    match ggk.mode {
        Mode::Stuf => Wrapping::Stuf,
        Mode::Adapter => Wrapping::Adapter(Cpa {
            service: ggk.cpa.service.clone(),
            di01: ggk.cpa.di01.clone(),
            du01: ggk.cpa.du01.clone(),
            fo01: ggk.cpa.fo01.clone(),
        }),
    }
}

/// Starts what sends, fetches and asks, until a stop is asked for.
pub(super) fn work<Stop>(
    tasks: &mut JoinSet<()>,
    (gateway, links): (&Arc<Gateway>, &Arc<Links>),
    (poll, status_poll): (Duration, Duration),
    retry_policy: RetryPolicy,
    stop: impl Fn() -> Stop,
) where
    Stop: Future<Output = ()> + Send + 'static,
{
    let all = || (Arc::clone(gateway), Arc::clone(links), stop());
    if links.is_empty() {
        tracing::warn!("there is no link to the network (ggk.url, vecozo.url): what should leave waits");
        return;
    }
    let (worker, lasts) = (retry_policy.worker.clone(), retry_policy.lease + poll);
    let (relaying, links, stop) = all();
    tasks.spawn(async move { relay(&relaying, &links, &retry_policy, stop).await });
    let (fetching, links, stop) = all();
    tasks.spawn(async move {
        if let Some((vecozo, partijen)) = &links.vecozo {
            let aanbieders: Vec<&str> = partijen.iter().map(String::as_str).collect();
            let fetcher = Fetcher { aanbieders: aanbieders.join(" "), worker, lasts };
            fetch(&fetching, (vecozo, &fetcher), poll, stop).await;
        }
    });
    let (asking, links, stop) = all();
    tasks.spawn(async move {
        if let Some((vecozo, partijen)) = &links.vecozo {
            let partijen: Vec<String> = partijen.iter().cloned().collect();
            ask(&asking, (vecozo, &partijen), status_poll, stop).await;
        }
    });
}
