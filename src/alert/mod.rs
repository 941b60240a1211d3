//! Telling people: rows that say what is to be told become messages, and messages are sent, each receiver by itself.
//!
//! What is to be told was written together with what happened ([`crate::store::ClockStore::raise`]); nothing calls this module. A
//! message has one id and the same data on every attempt, and is marked as sent afterwards: a receiver may get it twice, and
//! knows that by its id. Of what one receiver hears of one party and kind nothing overtakes; no receiver waits for another, and no
//! message for one of another group that is never taken. Nothing is ever given up: a receiver that fails is tried less often, and
//! the others are told.
//!
//! Races: two processes that gather at once put each deadline into one message, as rows that one holds the other passes over.
//! Two that send at once: a message is claimed by lease.

mod body;
mod channel;
mod digest;
mod dns;
mod failing;
mod gather;
mod not_taken;
mod send;
mod texts;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::{self, Clock};
use crate::domain::Timestamp;
use crate::domain::alerts::{Alerts, Receiver};
use crate::domain::deadlines::werkdag::Calendar;
use crate::store::{Store, StoreError};
use chrono::TimeDelta;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

pub use channel::{Channel, ChannelError};

/// How long at most until the store is looked at again.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Attempts to tell somebody, counted.
pub type Attempts = Family<Vec<(&'static str, String)>, Counter>;

/// What all receivers have in common.
pub struct Office {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Who is told what, and when.
    pub rules: Alerts,
    /// The days that count.
    pub calendar: Calendar,
    /// How long an attempt may take, whatever the receiver does.
    pub timeout: Duration,
    /// The name of this worker, unique among all processes.
    pub worker: String,
    /// Where events come from.
    pub source: String,
    /// What links begin with.
    pub link: String,
    /// Makes an id that grows with time.
    pub new_id: fn(Timestamp) -> String,
    /// How many attempts there were in this process, by receiver and outcome.
    pub attempts: Attempts,
}

/// One receiver, and the way to it.
pub struct Desk {
    /// Who hears of what, and when.
    pub receiver: Receiver,
    /// The way to it.
    pub channel: Channel,
}

/// Tells a receiver what it is to know until `stop` is done. A fault of the store is logged and tried again.
pub async fn notify(office: &Office, desk: &Desk, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match office.round(desk).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => LONGEST_WAIT,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(receiver = desk.receiver.name, error, "cannot tell what there is to tell");
                LONGEST_WAIT
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Office {
    /// Gathers what is to be told to one receiver now, and sends one message. Answers whether there may be more.
    ///
    /// # Errors
    /// The store failed; what was done stays done.
    pub async fn round(&self, desk: &Desk) -> Result<bool, StoreError> {
        let now = self.clock.now();
        if desk.receiver.hours.is_some_and(|hours| !hours.hold(clock::local(now).time())) {
            return Ok(false);
        }
        let escalated = self.store.escalate(now, &self.rules).await? > 0;
        self.gather(&desk.receiver, now).await?;
        self.keep_digest(&desk.receiver, now).await?;
        Ok(self.send(desk).await? || escalated)
    }
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    TimeDelta::from_std(pause).ok().and_then(|pause| now.checked_add_signed(pause)).unwrap_or(Timestamp::MAX_UTC)
}

fn earlier(now: Timestamp, pause: Duration) -> Timestamp {
    TimeDelta::from_std(pause).ok().and_then(|pause| now.checked_sub_signed(pause)).unwrap_or(Timestamp::MIN_UTC)
}
