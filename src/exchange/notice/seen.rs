//! What was seen, as a deadline to open.

use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};

use super::held;
use crate::clock;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::kinds::row;
use crate::domain::{Partij, Timestamp};
use crate::exchange::gateway::Gateway;
use crate::exchange::ids;
use crate::store::{Moments, Notice, StoreError};

/// How many are read or written in one transaction.
pub(super) const AT_ONCE: u32 = 500;

/// Opens those that have no deadline yet, and lets the clocks be looked at.
pub(super) async fn open(new: &[Notice], gateway: &Gateway) -> Result<(), StoreError> {
    for portion in new.chunks(AT_ONCE as usize) {
        if !gateway.store.notice(portion).await?.is_empty() {
            gateway.alarm.look_again();
        }
    }
    Ok(())
}

/// What was seen, as its source tells it.
pub(super) struct Seen<'a> {
    pub kind: DeadlineKind,
    /// Which one.
    pub key: String,
    /// In a word of ours.
    pub subject: &'a str,
    /// What is awaited, in Dutch; the row of the kind may say it for all of them.
    pub awaits: &'a str,
    /// The code of who has to act.
    pub responsible: &'a str,
    /// When it is too late.
    pub due_at: Timestamp,
    /// Why then, in Dutch.
    pub explanation: String,
}

impl Seen<'_> {
    /// A deadline that is late at an instant.
    pub fn notice(self, gateway: &Gateway) -> Notice {
        let due_at = self.due_at;
        self.with_warns((clock::date_of(due_at), due_at), Vec::new(), gateway)
    }

    /// A deadline with the days from which it is due soon.
    pub fn with_warns(self, (due, due_at): (NaiveDate, Timestamp), warns: Vec<NaiveDate>, gateway: &Gateway) -> Notice {
        let next_at = warns.first().map_or(due_at, |day| clock::start_of(*day));
        let messages = held::begun(self.kind.name(), &self.key, gateway);
        Notice {
            messages,
            id: ids::new_id(gateway.clock.now()),
            clock: self.kind.name(),
            key: self.key,
            bericht_id: None,
            gemeente: None,
            aanbieder: None,
            responsible: self.responsible.to_owned(),
            answer: row(self.kind).awaits.unwrap_or(self.awaits).to_owned(),
            subject: self.subject.to_owned(),
            due,
            due_at,
            moments: Moments { warns, next_at, counted: None, explanation: self.explanation },
        }
    }
}

/// It concerns this party, so that it sees it itself.
pub(super) fn of_party(notice: Notice, code: &str) -> Notice {
    let partij = Partij::from_text(code);
    let own = |is_gemeente: bool| {
        partij.as_ref().filter(|partij| partij.is_gemeente() == is_gemeente).map(|partij| partij.code().to_owned())
    };
    Notice { gemeente: own(true), aanbieder: own(false), ..notice }
}

/// So long after a moment.
pub(super) fn after(moment: Timestamp, limit: Duration) -> Timestamp {
    TimeDelta::from_std(limit).ok().and_then(|limit| moment.checked_add_signed(limit)).unwrap_or(Timestamp::MAX_UTC)
}

/// So long before now.
pub(super) fn before(limit: Duration, gateway: &Gateway) -> Timestamp {
    let now = gateway.clock.now();
    TimeDelta::from_std(limit).ok().and_then(|limit| now.checked_sub_signed(limit)).unwrap_or(Timestamp::MIN_UTC)
}

/// Why a deadline is late at that instant, in Dutch.
pub(super) fn counted_from(since: Timestamp, limit: Duration) -> String {
    let since = clock::local(since).format("%d-%m-%Y %H:%M");
    format!("{} na {since}", words(limit))
}

/// In Dutch: hours where it is whole hours, else minutes.
fn words(limit: Duration) -> String {
    let minutes = limit.as_secs() / 60;
    if minutes.is_multiple_of(60) { format!("{} uur", minutes / 60) } else { format!("{minutes} minuten") }
}
