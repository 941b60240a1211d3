//! The story of what goes out: claim by lease, send, settle.
//!
//! At least once, the same bytes under the same referentienummer each time. A lease is compared and set,
//! never held as a transaction while sending; a dead worker's parcel comes back when its lease lapses.
//! Nothing is thrown away: a parcel that could not be delivered for days is for a person. Nobody waits for another receiver's
//! slowness, and what fails as a whole is held as a whole ([`breaker`]).

pub mod breaker;

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};

use super::gateway::Gateway;
use super::log;
use crate::clock;
use crate::domain::Timestamp;
use crate::hub::codes::{Class, Generation, Holds, Meaning, meaning};
use crate::hub::envelope::Kind;
use crate::hub::{Delivery, Links, NotBefore, Refusal};
use crate::store::{Hold, Lease, Parcel, ParcelKind, Scope, Settlement, StoreError};
use breaker::{Breaker, Change, Limits, Pauses, Reach, Trouble};

/// How long at most until the store is looked at again: another process may have added a parcel.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// When to try again, and until when.
#[derive(Clone, Debug)]
pub struct RetryPolicy {
    /// The name of this worker, unique among all processes.
    pub worker: String,
    /// How long a claim holds; longer than an attempt can take.
    pub lease: Duration,
    /// Between attempts.
    pub pauses: Pauses,
    /// How long a pause lasts at most that the network asks for.
    pub longest_asked: Duration,
    /// For so long after the first attempt; then a person has to look.
    pub budget: Duration,
    /// How many at once.
    pub limits: Limits,
    /// Which list of fault codes the network uses.
    pub generation: Generation,
}

/// One attempt that ended.
struct Sent {
    ontvanger: String,
    at: Timestamp,
    reach: Reach,
    settled: Result<(), StoreError>,
}

/// What one worker remembers between attempts.
#[derive(Default)]
struct Desk {
    breaker: Breaker,
    under_way: HashMap<String, usize>,
    /// The end of the freeze that it is now, if it is.
    frozen_until: Option<NaiveDateTime>,
}

/// Sends what is due until `stop` is done, and then ends what is under way. A fault of the store is logged and tried again.
pub async fn relay(gateway: &Gateway, links: &Links, retry_policy: &RetryPolicy, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let mut desk = Desk::default();
    logged(desk.resume(gateway).await);
    let mut sending = FuturesUnordered::new();
    loop {
        let pause = match desk.claim(gateway, retry_policy).await {
            Ok(parcels) if parcels.is_empty() => desk.pause(gateway, retry_policy).await,
            Ok(parcels) => {
                sending.extend(parcels.into_iter().map(|parcel| send(parcel, gateway, links, retry_policy)));
                Ok(LONGEST_WAIT)
            }
            Err(error) => Err(error),
        };
        let pause = pause.unwrap_or_else(|error| {
            logged(Err(error));
            LONGEST_WAIT
        });
        tokio::select! {
            () = &mut stop => break,
            Some(sent) = sending.next() => {
                logged(desk.take_in(sent, gateway, retry_policy).await);
                // Those that were settled in one commit end together, and make room for one claim.
                while let Some(Some(sent)) = sending.next().now_or_never() {
                    logged(desk.take_in(sent, gateway, retry_policy).await);
                }
            }
            () = gateway.parcel_added.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while let Some(sent) = sending.next().await {
        logged(desk.take_in(sent, gateway, retry_policy).await);
    }
}

fn logged(done: Result<(), StoreError>) {
    if let Err(error) = done {
        tracing::error!(error = &error as &dyn std::error::Error, "cannot relay");
    }
}

impl Desk {
    /// What was held when the process before this one ended.
    async fn resume(&mut self, gateway: &Gateway) -> Result<(), StoreError> {
        let now = gateway.clock.now();
        for hold in gateway.store.holds().await? {
            self.breaker.resume(&hold.scope, now);
        }
        Ok(())
    }

    /// Whether the standard changes to another release now, so that nothing may leave.
    fn is_frozen(&mut self, gateway: &Gateway) -> bool {
        let until = gateway.releases.frozen_until(clock::local(gateway.clock.now()).naive_local());
        if until != self.frozen_until {
            if let Some(until) = until {
                tracing::info!(%until, "a freeze: nothing is sent");
            } else {
                tracing::info!("the freeze is over");
            }
            self.frozen_until = until;
        }
        until.is_some()
    }

    /// Claims what is due, as far as there is room.
    async fn claim(&mut self, gateway: &Gateway, retry_policy: &RetryPolicy) -> Result<Vec<Parcel>, StoreError> {
        let now = gateway.clock.now();
        if self.is_frozen(gateway) {
            return Ok(Vec::new());
        }
        let room = self.breaker.room(now, retry_policy.limits, &self.under_way);
        if room.is_full() {
            return Ok(Vec::new());
        }
        let lease = Lease { worker: retry_policy.worker.clone(), until: later(now, retry_policy.lease) };
        let mut parcels = Vec::new();
        if let Some(others) = self.breaker.room_for_others(&room) {
            parcels = gateway.store.claim_due(now, &lease, others).await?;
        }
        if parcels.is_empty() {
            parcels = gateway.store.claim_due(now, &lease, room).await?;
        }
        for parcel in &parcels {
            *self.under_way.entry(parcel.ontvanger.clone()).or_default() += 1;
        }
        Ok(parcels)
    }

    /// How long nothing can become due, when nothing is due now.
    async fn pause(&self, gateway: &Gateway, retry_policy: &RetryPolicy) -> Result<Duration, StoreError> {
        let now = gateway.clock.now();
        if self.frozen_until.is_some() {
            return Ok(LONGEST_WAIT);
        }
        // No pause and no lease is longer: one that is was made while the clock was ahead.
        let longest =
            retry_policy.pauses.longest.max(retry_policy.longest_asked).max(retry_policy.lease) + LONGEST_WAIT;
        let mended = gateway.store.mend_pauses(now, later(now, longest)).await?;
        if mended > 0 {
            tracing::warn!(parcels = mended, "the clock was ahead: what waited for that is due now");
            return Ok(Duration::ZERO);
        }
        let next = gateway.store.next_attempt_at(now).await?;
        let next = next.into_iter().chain(self.breaker.next_probe_at(now)).min();
        let wait = next.and_then(|next| next.signed_duration_since(now).to_std().ok());
        Ok(wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT))
    }

    /// Remembers how an attempt ended, and tells people what is held since.
    async fn take_in(&mut self, sent: Sent, gateway: &Gateway, retry_policy: &RetryPolicy) -> Result<(), StoreError> {
        if let Some(count) = self.under_way.get_mut(&sent.ontvanger) {
            *count -= 1;
            if *count == 0 {
                self.under_way.remove(&sent.ontvanger);
            }
        }
        for change in self.breaker.note(&sent.ontvanger, sent.reach, sent.at, retry_policy.pauses) {
            match change {
                Change::Held(scope, reason) => {
                    tracing::warn!(scope = scope.word(), name = scope.name(), "held: nothing gets through");
                    gateway.store.hold(&Hold { scope, since: sent.at, reason }).await?;
                }
                Change::Free(scope) => {
                    tracing::info!(scope = scope.word(), name = scope.name(), "no longer held");
                    gateway.store.free(&scope).await?;
                }
            }
        }
        sent.settled
    }
}

/// One attempt, and what came of it on record.
async fn send(mut parcel: Parcel, gateway: &Gateway, links: &Links, retry_policy: &RetryPolicy) -> Sent {
    let envelope = std::mem::take(&mut parcel.envelope);
    let delivery = links.deliver(kind(parcel.kind), &parcel.zender, &parcel.referentienummer, envelope).await;
    let now = gateway.clock.now();
    let reach = reach(&delivery, now, retry_policy);
    let settlement = match settlement(delivery, &parcel, now, retry_policy) {
        Settlement::Delivered { receipt } if links.pass_on(&parcel.zender) => Settlement::PassedOn { receipt },
        settlement => settlement,
    };
    log::sent(&parcel, &settlement);
    gateway.measures.attempted(&settlement);
    let settled = match gateway.store.settle(&parcel, now, &settlement).await {
        // Our lease lapsed while we were sending; whoever has it now sends the same bytes and settles.
        Err(StoreError::LeaseLost) => Ok(()),
        done => done,
    };
    Sent { ontvanger: parcel.ontvanger, at: now, reach, settled }
}

/// What one attempt tells of the receiver and the way there.
fn reach(delivery: &Delivery, now: Timestamp, retry_policy: &RetryPolicy) -> Reach {
    let trouble = |reason: &str, not_before: Option<NotBefore>| Trouble {
        reason: reason.to_owned(),
        not_before: not_before.map(|asked| asked_for(asked, now, retry_policy)),
    };
    match delivery {
        Delivery::Accepted(_) | Delivery::Refused(_) | Delivery::Unsendable(_) => Reach::Through,
        Delivery::Later { reason, not_before } => Reach::Busy(trouble(reason, *not_before)),
        Delivery::Link { reason, not_before } => Reach::Not(trouble(reason, *not_before)),
        Delivery::Unknown(reason) => Reach::Not(trouble(reason, None)),
    }
}

/// What one attempt means for the parcel.
fn settlement(delivery: Delivery, parcel: &Parcel, now: Timestamp, retry_policy: &RetryPolicy) -> Settlement {
    let again = |not_before: Option<NotBefore>, reason, unclear| {
        let tried = now.signed_duration_since(parcel.tried_since).to_std().unwrap_or_default();
        if tried >= retry_policy.budget {
            return Settlement::HandedOver { reason, unclear };
        }
        let at = later(now, retry_policy.pauses.after(parcel.attempt, &parcel.referentienummer));
        let asked = not_before.map(|asked| asked_for(asked, now, retry_policy));
        Settlement::Retry { at: at.max(asked.unwrap_or(at)), reason, unclear }
    };
    match delivery {
        Delivery::Accepted(receipt) => Settlement::Delivered { receipt },
        Delivery::Later { not_before, reason } | Delivery::Link { not_before, reason } => {
            again(not_before, reason, false)
        }
        Delivery::Unknown(reason) => again(None, reason, true),
        Delivery::Unsendable(reason) => Settlement::HandedOver { reason, unclear: false },
        Delivery::Refused(refusal) => {
            let meaning = meaning(&refusal.zender, &refusal.fault.code, retry_policy.generation);
            if meaning.class == Class::RetrySame {
                return again(None, refusal.reason(), false);
            }
            refused(&refusal, meaning, parcel, now)
        }
    }
}

/// What a refusal means for the parcel, when the same bytes are not to be sent again.
fn refused(refusal: &Refusal, meaning: Meaning, parcel: &Parcel, now: Timestamp) -> Settlement {
    let reason = with_advice(&refusal.reason(), meaning);
    match (meaning.class, held_by(meaning, &parcel.functie, &parcel.zender)) {
        // The echo of an attempt that had arrived.
        (Class::Duplicate, _) if parcel.maybe_arrived => Settlement::Delivered { receipt: refusal.fault.code.clone() },
        (Class::Duplicate, _) => Settlement::HandedOver { reason, unclear: true },
        (_, Some(scope)) => Settlement::Held { hold: Hold { scope, since: now, reason: reason.clone() }, reason },
        (Class::RetrySame | Class::Wait | Class::Repair | Class::Config | Class::Operator, None) => {
            Settlement::Refused { reason }
        }
    }
}

/// What stands still with a parcel that got this fault.
pub(super) fn held_by(meaning: Meaning, functie: &str, zender: &str) -> Option<Scope> {
    meaning.holds.map(|holds| match holds {
        Holds::Functie => Scope::Functie(functie.to_owned()),
        Holds::Zender => Scope::Zender(zender.to_owned()),
    })
}

/// A fault for the operator, with what to do about it.
pub(super) fn with_advice(fault: &str, meaning: Meaning) -> String {
    format!("{}. {}", fault.trim_end_matches('.'), meaning.advice)
}

/// Until when the network asks to wait, as far as we go along with that.
fn asked_for(asked: NotBefore, now: Timestamp, retry_policy: &RetryPolicy) -> Timestamp {
    asked.instant(now).min(later(now, retry_policy.longest_asked))
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
    use crate::hub::envelope::answer::RefusedBy;
    use crate::hub::envelope::{Fault, Plek};

    fn parcel(attempt: i64) -> Parcel {
        Parcel {
            referentienummer: "r".to_owned(),
            kind: ParcelKind::Di01,
            functie: "WMO301".to_owned(),
            zender: "0384".to_owned(),
            ontvanger: "41005001".to_owned(),
            attempt,
            tried_since: Timestamp::UNIX_EPOCH,
            maybe_arrived: false,
            envelope: Vec::new(),
        }
    }

    fn retry_policy() -> RetryPolicy {
        RetryPolicy {
            worker: "w".to_owned(),
            lease: Duration::from_mins(2),
            pauses: Pauses { first: Duration::from_secs(30), longest: Duration::from_mins(15) },
            longest_asked: Duration::from_hours(1),
            budget: Duration::from_hours(7 * 24),
            limits: Limits { total: 16, each: 4 },
            generation: Generation::Fo01Of2025,
        }
    }

    fn at(hours: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::hours(hours)
    }

    fn fault(zender: &str, code: &str) -> Delivery {
        let fault = Fault {
            code: code.to_owned(),
            plek: Plek::Client,
            omschrijving: "o".to_owned(),
            details: None,
            details_xml_sha256: None,
        };
        Delivery::Refused(Refusal { by: RefusedBy::Fo01, zender: zender.to_owned(), fault })
    }

    #[test]
    fn attempts_go_on_for_days_however_many_they_are_and_then_a_person_looks() {
        let unknown = || Delivery::Unknown("weg".to_owned());
        let after = |hours, attempt| settlement(unknown(), &parcel(attempt), at(hours), &retry_policy());
        assert!(matches!(after(7 * 24 - 1, 5000), Settlement::Retry { unclear: true, .. }));
        assert!(matches!(after(7 * 24, 3), Settlement::HandedOver { unclear: true, .. }), "unclear to the end");
    }

    #[test]
    fn the_network_may_ask_for_a_longer_pause_but_not_for_a_shorter_nor_for_days() {
        let asked = |seconds| Delivery::Link {
            not_before: Some(NotBefore::After(Duration::from_secs(seconds))),
            reason: String::new(),
        };
        let until = |delivery| match settlement(delivery, &parcel(1), at(0), &retry_policy()) {
            Settlement::Retry { at, .. } => at.timestamp(),
            other => panic!("{other:?}"),
        };
        assert_eq!(until(asked(300)), 300);
        assert!(until(asked(1)) >= 24);
        for far in [99_999_999_999, 8_000_000_000_000, u64::MAX] {
            assert_eq!(until(asked(far)), 3600);
        }
    }

    #[test]
    fn not_unique_on_a_resend_is_the_echo_of_what_had_arrived() {
        let resent = Parcel { maybe_arrived: true, ..parcel(2) };
        for (zender, code) in [("9998", "StUF016"), ("VECOZO", "IB016"), ("VECOZO", "BRS114")] {
            let echo = settlement(fault(zender, code), &resent, at(1), &retry_policy());
            assert_eq!(echo, Settlement::Delivered { receipt: code.to_owned() });
            let first = settlement(fault(zender, code), &parcel(1), at(1), &retry_policy());
            assert!(matches!(first, Settlement::HandedOver { unclear: true, .. }), "nothing had been sent: {first:?}");
        }
    }

    #[test]
    fn a_freeze_holds_its_functie_and_a_missing_authorisation_its_sender() {
        let held = |zender, code| match settlement(fault(zender, code), &parcel(1), at(1), &retry_policy()) {
            Settlement::Held { hold, reason } => (hold.scope, reason.starts_with(code)),
            other => panic!("{other:?}"),
        };
        assert_eq!(held("BIDN", "IB023"), (Scope::Functie("WMO301".to_owned()), true));
        assert_eq!(held("VECOZO", "BRS03"), (Scope::Zender("0384".to_owned()), true));
        let unknown = settlement(fault("VECOZO", "VECMELD007"), &parcel(1), at(1), &retry_policy());
        assert!(matches!(unknown, Settlement::Refused { reason } if reason.contains("niet in onze lijst")));
    }
}
