//! A dead man's switch: an address that is asked every minute while all is well. Whoever watches it hears nothing any more when
//! this process is gone, cannot write, or does not look at its deadlines.

use std::future::Future;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::gateway::Gateway;

/// How often it is asked.
pub const EVERY: Duration = Duration::from_mins(1);

/// How soon it is tried again when all was not well: at the start the deadlines are not looked at yet.
const SOON: Duration = Duration::from_secs(1);

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// It was asked, and answered well.
    Heard,
    /// It was asked, and nobody answered, or not well.
    NotHeard,
    /// All is not well here: it was not asked.
    NotWell,
    /// It is practice, and the address is elsewhere: it was not asked.
    Practice,
}

/// Asks every so often, until `stop` is done.
pub async fn heartbeat(gateway: &Gateway, url: &Url, every: Duration, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut before = Beat::Heard;
    loop {
        let beat = beat(gateway, url).await;
        if beat != before {
            match beat {
                Beat::Heard => tracing::info!("the heartbeat is heard again"),
                Beat::NotHeard => tracing::warn!("nobody hears the heartbeat (alerts.heartbeat_url)"),
                Beat::NotWell => tracing::warn!("all is not well: no heartbeat"),
                Beat::Practice => tracing::warn!("practice: no heartbeat to another machine"),
            }
            before = beat;
        }
        let pause = if beat == Beat::NotWell { every.min(SOON) } else { every };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Asks once, if all is well.
pub async fn beat(gateway: &Gateway, url: &Url) -> Beat {
    if !gateway.outward.may_reach(url) {
        return Beat::Practice;
    }
    if gateway.pulse.last().is_err() || !gateway.alarm.is_watched() {
        return Beat::NotWell;
    }
    let client = Client::builder().redirect(Policy::none()).no_proxy().timeout(TIMEOUT).build();
    let asked = match client {
        Ok(client) => client.get(url.clone()).send().await,
        Err(error) => Err(error),
    };
    if asked.is_ok_and(|answer| answer.status().is_success()) { Beat::Heard } else { Beat::NotHeard }
}
