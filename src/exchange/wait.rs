//! The story of what came too early: a bericht waits for the one that should have come before it, and is judged when
//! that one is there, or as it stands when its time is up.
//!
//! Whoever records a bericht notes what it brings, and whoever parks one what it waits for: what it waits for may have come
//! while it was judged. This story looks whether somebody waits for that. Any number of processes may do so on one
//! store: the first one to record a verdict wins. A note that is lost with its process is made up for when one starts, or
//! else when the wait ends by itself.

use std::future::Future;
use std::time::Duration;

use super::draft::Draft;
use super::format::{self, Readable};
use super::gateway::{Gateway, until};
use super::judge::{Case, Done, Next, Story};
use super::log;
use super::received::{Carrier, Format, Received};
use crate::domain::facts::history::Subject;
use crate::domain::judging::waiting::{meant_order, waits_on};
use crate::domain::{History, Timestamp};
use crate::store::{Receipt, StoreError, Waiting};

/// How long at most until the store is looked at again: another process may have let something wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Judges what waited, until `stop` is done. A fault of the store is logged and tried again.
pub async fn wait(gateway: &Gateway, stop: impl Future<Output = ()>) {
    let timer = tokio::time::sleep(Duration::ZERO);
    tokio::pin!(stop, timer);
    // The first time all of them: a process may have ended before it looked.
    let (mut ends_by, mut time_is_up) = (Timestamp::MAX_UTC, true);
    loop {
        let released = if time_is_up { release_until(ends_by, gateway).await } else { release_freed(gateway).await };
        if let Err(error) = &released {
            tracing::error!(error = error as &dyn std::error::Error, "cannot judge what waits");
        }
        if time_is_up || released.is_err() {
            timer.set(tokio::time::sleep(pause(gateway).await.unwrap_or(LONGEST_PAUSE)));
        }
        tokio::select! {
            () = &mut stop => return,
            () = gateway.brought.changed() => {}
            () = &mut timer => {}
        }
        time_is_up = gateway.brought.may_end_sooner() || timer.is_elapsed();
        ends_by = gateway.clock.now();
    }
}

/// Judges all that need not wait any more; gives the receipts, in the order in which they were judged. One that is judged
/// may free another.
///
/// # Errors
/// The store failed; what was judged before stays judged, what was brought and not looked at waits until its time is up.
pub async fn release(gateway: &Gateway) -> Result<Vec<Receipt>, StoreError> {
    release_until(gateway.clock.now(), gateway).await
}

/// The same, and looks besides at those whose wait ends by this moment.
async fn release_until(moment: Timestamp, gateway: &Gateway) -> Result<Vec<Receipt>, StoreError> {
    let mut released = Vec::new();
    reconsider_all(gateway.store.waiting_until(moment).await?, gateway, &mut released).await?;
    released.extend(release_freed(gateway).await?);
    Ok(released)
}

/// Judges those that wait for what was brought.
async fn release_freed(gateway: &Gateway) -> Result<Vec<Receipt>, StoreError> {
    let mut released = Vec::new();
    loop {
        let brought = gateway.brought.take();
        if brought.is_empty() {
            return Ok(released);
        }
        for ((gemeente, aanbieder), subjects) in brought {
            let subjects: Vec<Subject> = subjects.into_iter().collect();
            let waiting = gateway.store.waiting_on(&gemeente, &aanbieder, &subjects).await?;
            reconsider_all(waiting, gateway, &mut released).await?;
        }
    }
}

/// Judges these anew, in the order in which they were meant.
async fn reconsider_all(
    waiting: Vec<Waiting>,
    gateway: &Gateway,
    released: &mut Vec<Receipt>,
) -> Result<(), StoreError> {
    let now = gateway.clock.now();
    let again: Vec<_> = waiting.into_iter().map(|one| (one.until <= now, Received::again(one))).collect();
    let parked = again.iter().filter_map(|(time_is_up, received)| Parked::read(received, *time_is_up, gateway));
    let mut parked: Vec<_> = parked.collect();
    parked.sort_by_key(|one| meant_order(&one.readable.bericht));
    for one in parked {
        released.extend(one.reconsider(gateway).await?);
    }
    Ok(())
}

/// A bericht that waits, read again.
struct Parked<'a> {
    received: &'a Received,
    readable: Readable<'a>,
    time_is_up: bool,
}

impl<'a> Parked<'a> {
    fn read(received: &'a Received, time_is_up: bool, gateway: &Gateway) -> Option<Self> {
        let readable = format::read(received, gateway).inspect_err(|_| {
            tracing::error!(bericht = received.id, "a bericht that waits cannot be read: did its schema change?");
        });
        Some(Self { received, readable: readable.ok()?, time_is_up })
    }

    /// Judges it anew; `None` when it still has to wait, or another process was faster.
    async fn reconsider(&self, gateway: &Gateway) -> Result<Option<Receipt>, StoreError> {
        let route = gateway.parties.route(&self.readable.bericht);
        let case = Case { received: self.received, readable: &self.readable, route };
        match case.settle(self, gateway).await {
            Ok(Done::Recorded(receipt)) => {
                log::judged(&receipt);
                Ok(Some(*receipt))
            }
            Ok(Done::Stopped(StillWaiting)) | Err(StoreError::NotWaiting) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What it waits for has not come yet.
struct StillWaiting;

impl Story for Parked<'_> {
    type Stop = StillWaiting;

    async fn before(&self, history: &mut History, _: &Gateway) -> Result<Option<StillWaiting>, StoreError> {
        // By itself: a second use of an Identificatie is never let wait.
        history.identificatie_used = false;
        Ok(None)
    }

    fn after(&self, draft: &Draft<'_>, gateway: &Gateway) -> Next<StillWaiting> {
        if !self.time_is_up && !waits_on(draft.bericht, draft.history, draft.verdict).is_empty() {
            return Next::Stop(StillWaiting);
        }
        Next::Record(Box::new(draft.released(gateway)))
    }
}

async fn pause(gateway: &Gateway) -> Result<Duration, StoreError> {
    let next = gateway.store.next_wait_ends_at().await?;
    Ok(next.map_or(LONGEST_PAUSE, |next| until(next, gateway.clock.now()).min(LONGEST_PAUSE)))
}

impl Received {
    /// A bericht that waited, as it came in.
    fn again(waiting: Waiting) -> Self {
        Self {
            id: waiting.id,
            at: waiting.received_at,
            bytes: waiting.bytes.into(),
            format: if waiting.was_json { Format::Json } else { Format::Xml },
            sha256: waiting.sha256,
            carrier: Carrier::Waited {
                via: waiting.via,
                poster: waiting.poster,
                referentienummer: waiting.referentienummer,
            },
        }
    }
}
