//! The story of what came too early: a bericht waits for the one that should have come before it, and is judged when
//! that one is there, or as it stands when its time is up.
//!
//! Whoever records a bericht notes what it brings; this story looks whether somebody waits for that. Any number of
//! processes may do so on one store: the first one to record a verdict wins. A note that is lost with its process
//! costs time, not correctness: the wait ends by itself.

use std::collections::HashSet;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::draft::Draft;
use super::format::{self, Format, Readable};
use super::receive::{Carrier, Received};
use super::{Gateway, until};
use crate::domain::bericht::Heenbericht;
use crate::domain::history::Subject;
use crate::domain::waiting::{brings, waits_on};
use crate::domain::{Partij, judge};
use crate::store::{Receipt, StoreError, Waiting};

/// How long at most until the store is looked at again: another process may have let something wait.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What was recorded since this story last looked.
#[derive(Debug, Default)]
pub struct Brought {
    subjects: Mutex<HashSet<(Partij, Partij, Subject)>>,
    added: Notify,
}

impl Brought {
    /// Notes what a heenbericht brings.
    pub(super) fn add(&self, heen: &Heenbericht) {
        let (gemeente, aanbieder) = heen.header.pair();
        let new = brings(heen).into_iter().map(|subject| (gemeente.clone(), aanbieder.clone(), subject));
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
        self.added.notify_one();
    }

    fn take(&self) -> HashSet<(Partij, Partij, Subject)> {
        std::mem::take(&mut *self.subjects.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Judges what waited, until `stop` is done. A fault of the store is logged and tried again.
pub async fn wait(gateway: &Gateway, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match release(gateway).await {
            Ok(_) => pause(gateway).await.unwrap_or(LONGEST_PAUSE),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot judge what waits");
                LONGEST_PAUSE
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = gateway.brought.added.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Judges all that need not wait any more; gives the receipts, in the order in which they were judged. One that is judged
/// may free another.
///
/// # Errors
/// The store failed; what was judged before stays judged, what was brought and not looked at waits until its time is up.
pub async fn release(gateway: &Gateway) -> Result<Vec<Receipt>, StoreError> {
    let mut released = Vec::new();
    for waiting in gateway.store.waiting_until(gateway.clock.now()).await? {
        released.extend(reconsider(&waiting, true, gateway).await?);
    }
    loop {
        let brought = gateway.brought.take();
        if brought.is_empty() {
            return Ok(released);
        }
        for (gemeente, aanbieder, subject) in brought {
            for waiting in gateway.store.waiting_on(&gemeente, &aanbieder, &[subject]).await? {
                released.extend(reconsider(&waiting, false, gateway).await?);
            }
        }
    }
}

/// Judges one bericht anew; `None` when it still has to wait, or another process was faster.
async fn reconsider(waiting: &Waiting, time_is_up: bool, gateway: &Gateway) -> Result<Option<Receipt>, StoreError> {
    let received = Received::again(waiting);
    let Ok(Readable { bericht, xml }) = format::read(&received, &gateway.schemas) else {
        tracing::error!(bericht = waiting.id, "a bericht that waits cannot be read any more: did its schema change?");
        return Ok(None);
    };
    let route = gateway.parties.route(&bericht);
    loop {
        let mut history = gateway.store.history(&bericht).await?;
        // By itself: a second use of an Identificatie is never let wait.
        history.identificatie_used = false;
        let mut verdict = judge(&bericht, &history, &gateway.outside(&bericht));
        received.format.place(&mut verdict.findings, &xml);
        if !time_is_up && !waits_on(&bericht, &history, &verdict).is_empty() {
            return Ok(None);
        }
        let draft =
            Draft { received: &received, xml: &xml, bericht: &bericht, history: &history, verdict: &verdict, route };
        let entry = draft.released(gateway);
        match gateway.store.record(&entry).await {
            Err(StoreError::Stale) => {}
            Err(StoreError::NotWaiting) => return Ok(None),
            Err(error) => return Err(error),
            Ok(()) => {
                gateway.recorded(&bericht);
                return Ok(Some(entry.bericht.receipt));
            }
        }
    }
}

async fn pause(gateway: &Gateway) -> Result<Duration, StoreError> {
    let next = gateway.store.next_wait_ends_at().await?;
    Ok(next.map_or(LONGEST_PAUSE, |next| until(next, gateway.clock.now()).min(LONGEST_PAUSE)))
}

impl Received {
    /// A bericht that waited, as it came in.
    fn again(waiting: &Waiting) -> Self {
        Self {
            id: waiting.id.clone(),
            at: waiting.received_at,
            bytes: waiting.bytes.clone(),
            format: if waiting.was_json { Format::Json } else { Format::Xml },
            sha256: waiting.sha256.clone(),
            carrier: Carrier::Waited {
                via: waiting.via,
                poster: waiting.poster.clone(),
                referentienummer: waiting.referentienummer.clone(),
            },
        }
    }
}
