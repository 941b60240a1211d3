//! The story of what no bericht tells: the gateway looks now and then at what stands still, ends or is refused again and again, opens
//! a deadline for it, and ends that when it is so no more.
//!
//! One cause is one deadline, whatever waits behind it; only a bericht that does not come on has one of its own. What people say of
//! such a deadline (taken on, waived) holds as of any other. They do not finish it: it would come back.
//!
//! Races: two processes that notice the same. The store takes the first; the other one finds it there at its next look.

mod receivers;
mod refusals;
mod standing;
mod transport;
mod validity;

use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;

use chrono::{NaiveDate, TimeDelta};

use super::gateway::Gateway;
use super::ids;
use crate::clock;
use crate::domain::Timestamp;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::kinds::row;
use crate::store::{Moments, Notice, StoreError};

/// How often is looked.
const EVERY: Duration = Duration::from_mins(1);

/// How many are read or written in one transaction.
const AT_ONCE: u32 = 500;

/// Looks now and then until `stop` is done. A fault of the store is logged; the next look tries again.
pub async fn notice(gateway: &Gateway, stop: impl Future<Output = ()>) {
    let mut looked = Looked::default();
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        if let Err(error) = look(gateway, &mut looked).await {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot look for what stands still");
        }
    }
}

/// How far berichten were looked at.
#[derive(Debug, Default)]
pub struct Looked(transport::Cursors);

/// Looks once.
///
/// # Errors
/// The store failed. What was opened and ended stays so; the next look goes on.
pub async fn look(gateway: &Gateway, looked: &mut Looked) -> Result<(), StoreError> {
    keep_to(DeadlineKind::Certificaat, validity::certificates(gateway), gateway).await?;
    keep_to(DeadlineKind::Codelijst, validity::codelijsten(gateway), gateway).await?;
    keep_to(DeadlineKind::Afzender, refusals::senders(gateway).await?, gateway).await?;
    keep_to(DeadlineKind::Wachten, standing::still(gateway).await?, gateway).await?;
    keep_to(DeadlineKind::AlertOntvanger, receivers::failing(gateway).await?, gateway).await?;
    transport::look(gateway, &mut looked.0).await
}

/// All that is so of one kind now: what is new opens, and what holds no more ends.
async fn keep_to(kind: DeadlineKind, seen: Vec<Notice>, gateway: &Gateway) -> Result<(), StoreError> {
    let keys: HashSet<&str> = seen.iter().map(|notice| notice.key.as_str()).collect();
    let mut held = HashSet::new();
    let mut after = String::new();
    loop {
        let page = gateway.store.noticed(kind.name(), &after, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(last);
        let gone: Vec<String> = page.iter().filter(|key| !keys.contains(key.as_str())).cloned().collect();
        if !gone.is_empty() {
            gateway.store.no_more(kind.name(), &gone, gateway.clock.now()).await?;
        }
        held.extend(page);
    }
    let new: Vec<Notice> = seen.iter().filter(|notice| !held.contains(&notice.key)).cloned().collect();
    open(&new, gateway).await
}

/// Opens those that have no deadline yet, and lets the clocks be looked at.
async fn open(new: &[Notice], gateway: &Gateway) -> Result<(), StoreError> {
    for portion in new.chunks(AT_ONCE as usize) {
        if !gateway.store.notice(portion).await?.is_empty() {
            gateway.alarm.look_again();
        }
    }
    Ok(())
}

/// What was seen, as its source tells it.
struct Seen<'a> {
    kind: DeadlineKind,
    /// Which one.
    key: String,
    /// In a word of ours.
    subject: &'a str,
    /// What is awaited, in Dutch; the row of the kind may say it for all of them.
    awaits: &'a str,
    /// The code of who has to act.
    responsible: &'a str,
    /// When it is too late.
    due_at: Timestamp,
    /// Why then, in Dutch.
    explanation: String,
}

impl Seen<'_> {
    /// A deadline that is late at an instant.
    fn notice(self, gateway: &Gateway) -> Notice {
        let due_at = self.due_at;
        self.with_warns((clock::date_of(due_at), due_at), Vec::new(), gateway)
    }

    /// A deadline with the days from which it is due soon.
    fn with_warns(self, (due, due_at): (NaiveDate, Timestamp), warns: Vec<NaiveDate>, gateway: &Gateway) -> Notice {
        let next_at = warns.first().map_or(due_at, |day| clock::start_of(*day));
        Notice {
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

/// So long after a moment.
fn after(moment: Timestamp, limit: Duration) -> Timestamp {
    TimeDelta::from_std(limit).ok().and_then(|limit| moment.checked_add_signed(limit)).unwrap_or(Timestamp::MAX_UTC)
}

/// So long before now.
fn before(limit: Duration, gateway: &Gateway) -> Timestamp {
    let now = gateway.clock.now();
    TimeDelta::from_std(limit).ok().and_then(|limit| now.checked_sub_signed(limit)).unwrap_or(Timestamp::MIN_UTC)
}

/// Why a deadline is late at that instant, in Dutch.
fn counted_from(since: Timestamp, limit: Duration) -> String {
    let since = clock::local(since).format("%d-%m-%Y %H:%M");
    format!("{} na {since}", words(limit))
}

/// In Dutch: hours where it is whole hours, else minutes.
fn words(limit: Duration) -> String {
    let minutes = limit.as_secs() / 60;
    if minutes.is_multiple_of(60) { format!("{} uur", minutes / 60) } else { format!("{minutes} minuten") }
}
