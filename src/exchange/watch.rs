//! The story of what does not come: a deadline that passes is raised, once.
//!
//! Due moments are stored; the timer only wakes. Any number of processes may watch one store.

use std::future::Future;
use std::time::Duration;

use super::gateway::{Gateway, until};
use crate::domain::Timestamp;
use crate::store::{DeadlineView, Origin, StoreError};

/// How long at most until the store is looked at again: another process may have added a deadline.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Raises overdue deadlines until `stop` is done. A fault of the store is logged and tried again.
pub async fn watch(gateway: &Gateway, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match raise_overdue(gateway).await {
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

/// Raises what is overdue now; gives the time until the next deadline can be.
async fn raise_overdue(gateway: &Gateway) -> Result<Duration, StoreError> {
    let now = gateway.clock.now();
    gateway.alarm.set(None);
    for deadline in gateway.store.raise_overdue(now).await? {
        log(&deadline);
    }
    let next = gateway.store.next_deadline_at().await?;
    gateway.alarm.set(Some(next.unwrap_or(Timestamp::MAX_UTC)));
    Ok(next.map_or(LONGEST_WAIT, |next| until(next, now).min(LONGEST_WAIT)))
}

fn log(deadline: &DeadlineView) {
    let (bericht, kenmerk) = match &deadline.origin {
        Origin::Bericht(bericht) => (Some(&bericht.id), None),
        Origin::Person(opened) => (None, Some(&opened.kenmerk)),
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
