//! The story of what does not come: a deadline that comes near or passes is raised, once, and what is to be told of it is written
//! down with it.
//!
//! Due moments are stored; the timer only wakes. Any number of processes may watch one store. However many pass at once, they are
//! raised in portions, so that berichten are taken in between.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::gateway::{Gateway, until};
use crate::clock;
use crate::domain::Timestamp;
use crate::store::{DeadlineView, Origin, Raise, StoreError};

/// How long at most until the store is looked at again: another process may have added a deadline.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How many are raised in one transaction.
const AT_ONCE: u32 = 500;

/// How many of those get a line in the log.
const LOGGED: usize = 10;

/// What a clock raised that was more than this ahead is taken back; less than that is no reason to tell people twice.
const AHEAD: TimeDelta = TimeDelta::hours(1);

/// Raises deadlines until `stop` is done. A fault of the store is logged and tried again.
pub async fn watch(gateway: &Gateway, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match raise(gateway).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot look for overdue deadlines");
                LONGEST_WAIT
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = gateway.alarm.rings_sooner() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Raises a portion of what is due now; gives the time until the next deadline can be.
async fn raise(gateway: &Gateway) -> Result<Duration, StoreError> {
    let now = gateway.clock.now();
    gateway.alarm.set(None);
    let too_early = now.checked_add_signed(AHEAD).unwrap_or(Timestamp::MAX_UTC);
    let receivers = Arc::clone(&gateway.alerts.receivers);
    let raised =
        gateway.store.raise(&Raise { now, too_early, limit: AT_ONCE, start_of: clock::start_of, receivers }).await?;
    raised.overdue.iter().take(LOGGED).for_each(log);
    if raised.overdue.len() > LOGGED {
        tracing::warn!(more = raised.overdue.len() - LOGGED, "deadlines overdue");
    }
    if raised.seen > 0 {
        return Ok(Duration::ZERO);
    }
    let next = gateway.store.next_deadline_at().await?;
    gateway.alarm.set(Some(next.unwrap_or(Timestamp::MAX_UTC)));
    Ok(next.map_or(LONGEST_WAIT, |next| until(next, now).min(LONGEST_WAIT)))
}

fn log(deadline: &DeadlineView) {
    let (bericht, kenmerk) = match &deadline.origin {
        Origin::Bericht(bericht) => (Some(&bericht.id), None),
        Origin::Person(opened) => (None, Some(&opened.kenmerk)),
        Origin::Gateway(_) => (None, None),
    };
    tracing::warn!(
        clock = deadline.clock,
        awaited = deadline.answer,
        from = deadline.responsible,
        due = %deadline.due,
        bericht,
        kenmerk,
        "deadline overdue"
    );
}
