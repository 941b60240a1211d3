//! The story of what goes out: claim by lease, send, settle.
//!
//! At least once, the same bytes under the same referentienummer each time. A lease is compared and set,
//! never held as a transaction while sending; a dead worker's parcel comes back when its lease lapses.
//! Nothing is thrown away: after the last attempt a person has to look.

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;

use super::Gateway;
use crate::domain::Timestamp;
use crate::hub::Delivery;
use crate::hub::envelope::Kind;
use crate::hub::ggk::Ggk;
use crate::store::{Lease, Parcel, ParcelKind, Settlement, StoreError};

/// How many parcels are under way at once.
const AT_ONCE: u32 = 8;

/// How long at most until the store is looked at again: another process may have added a parcel.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// When to try again, and until when.
#[derive(Clone, Debug)]
pub struct Rhythm {
    /// The name of this worker, unique among all processes.
    pub worker: String,
    /// How long a claim holds; longer than an attempt can take.
    pub lease: Duration,
    /// After the first failed attempt; doubles with each next one.
    pub first_pause: Duration,
    /// Pauses double up to here.
    pub longest_pause: Duration,
    /// Then a person has to look.
    pub attempts: u32,
}

/// Sends what is due until `stop` is done. A fault of the store is logged and tried again.
pub async fn relay(gateway: &Gateway, link: &Ggk, rhythm: &Rhythm, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        let pause = match send_due(gateway, link, rhythm).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot relay");
                LONGEST_WAIT
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = gateway.parcel_added.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Sends all that is due; gives the time until something can be due again.
async fn send_due(gateway: &Gateway, link: &Ggk, rhythm: &Rhythm) -> Result<Duration, StoreError> {
    loop {
        let now = gateway.clock.now();
        let lease = Lease { worker: rhythm.worker.clone(), until: later(now, rhythm.lease) };
        let parcels = gateway.store.claim_due(now, &lease, AT_ONCE).await?;
        if parcels.is_empty() {
            let next = gateway.store.next_attempt_at().await?;
            let wait = next.and_then(|next| next.signed_duration_since(now).to_std().ok());
            return Ok(wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT));
        }
        let sent = join_all(parcels.iter().map(|parcel| send(parcel, gateway, link, rhythm))).await;
        sent.into_iter().collect::<Result<(), _>>()?;
    }
}

/// One attempt, and what came of it on record.
async fn send(parcel: &Parcel, gateway: &Gateway, link: &Ggk, rhythm: &Rhythm) -> Result<(), StoreError> {
    let delivery = link.deliver(kind(parcel.kind), &parcel.referentienummer, parcel.envelope.clone()).await;
    let now = gateway.clock.now();
    let settlement = settlement(delivery, parcel, now, rhythm);
    tracing::info!(parcel = parcel.referentienummer, attempt = parcel.attempt, result = ?settlement, "sent");
    match gateway.store.settle(parcel, now, &settlement).await {
        // Our lease lapsed while we were sending; whoever has it now sends the same bytes and settles.
        Err(StoreError::LeaseLost) => Ok(()),
        done => done,
    }
}

/// What one attempt means for the parcel.
fn settlement(delivery: Delivery, parcel: &Parcel, now: Timestamp, rhythm: &Rhythm) -> Settlement {
    let again = |not_before: Option<Timestamp>, reason, unclear| {
        if parcel.attempt >= rhythm.attempts.into() {
            return Settlement::HandedOver { reason, unclear };
        }
        let at = later(now, pause_after(parcel, rhythm));
        Settlement::Retry { at: not_before.map_or(at, |not_before| at.max(not_before)), reason, unclear }
    };
    match delivery {
        Delivery::Accepted(receipt) => Settlement::Delivered { receipt },
        Delivery::Later { not_before, reason } => again(not_before.map(|asked| asked.instant(now)), reason, false),
        Delivery::Refused(reason) => Settlement::Refused { reason },
        // Most likely the echo of an attempt that had arrived. That is for a person to confirm.
        Delivery::Duplicate(reason) => Settlement::HandedOver { reason, unclear: true },
        Delivery::Unknown(reason) => again(None, reason, true),
    }
}

/// The pause doubles with every attempt, and differs up to a fifth between parcels, so that what failed
/// together does not come back together.
fn pause_after(parcel: &Parcel, rhythm: &Rhythm) -> Duration {
    let doublings = u32::try_from(parcel.attempt - 1).unwrap_or_default().min(20);
    let pause = rhythm.first_pause.saturating_mul(1 << doublings).min(rhythm.longest_pause);
    let mut hasher = DefaultHasher::new();
    (&parcel.referentienummer, parcel.attempt).hash(&mut hasher);
    let percent = u32::try_from(hasher.finish() % 21).unwrap_or_default();
    pause.saturating_mul(100 - percent) / 100
}

fn later(now: Timestamp, pause: Duration) -> Timestamp {
    let pause = TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX);
    now.checked_add_signed(pause).unwrap_or(Timestamp::MAX_UTC)
}

fn kind(kind: ParcelKind) -> Kind {
    match kind {
        ParcelKind::Di01 => Kind::Di01,
        ParcelKind::Du01 => Kind::Du01,
        ParcelKind::Fo01 => Kind::Fo01,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parcel(attempt: i64) -> Parcel {
        Parcel { referentienummer: "r".to_owned(), kind: ParcelKind::Di01, attempt, envelope: Vec::new() }
    }

    fn rhythm() -> Rhythm {
        Rhythm {
            worker: "w".to_owned(),
            lease: Duration::from_mins(2),
            first_pause: Duration::from_secs(30),
            longest_pause: Duration::from_mins(15),
            attempts: 10,
        }
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_shrink_by_a_fifth_at_most() {
        for (attempt, full) in [(1, 30), (2, 60), (3, 120), (6, 900), (9, 900), (1000, 900)] {
            let pause = pause_after(&parcel(attempt), &rhythm()).as_secs_f64();
            assert!((0.8 * f64::from(full)..=f64::from(full)).contains(&pause), "attempt {attempt}: {pause}");
        }
    }

    #[test]
    fn what_was_sent_without_an_answer_stays_unclear_to_the_end() {
        let now = Timestamp::UNIX_EPOCH;
        let unknown = || Delivery::Unknown("weg".to_owned());
        assert!(matches!(settlement(unknown(), &parcel(9), now, &rhythm()), Settlement::Retry { unclear: true, .. }));
        assert!(matches!(
            settlement(unknown(), &parcel(10), now, &rhythm()),
            Settlement::HandedOver { unclear: true, .. }
        ));
    }

    #[test]
    fn the_network_may_ask_for_a_longer_pause_but_not_for_a_shorter() {
        let now = Timestamp::UNIX_EPOCH;
        let asked = |seconds| Delivery::Later {
            not_before: Some(crate::hub::NotBefore::After(Duration::from_secs(seconds))),
            reason: String::new(),
        };
        let at = |delivery| match settlement(delivery, &parcel(1), now, &rhythm()) {
            Settlement::Retry { at, .. } => at.timestamp(),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(asked(3600)), 3600);
        assert!(at(asked(1)) >= 24);
    }
}
