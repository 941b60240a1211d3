//! One message: claimed, sent, settled.

use std::time::Duration;

use super::not_taken::NotTaken;
use super::{Desk, Office, later};
use crate::domain::Timestamp;
use crate::store::{Message, SendOutcome, StoreError};

/// How long a claim holds; longer than an attempt can take.
const LEASE: Duration = Duration::from_secs(90);

/// Between attempts: doubled from one to the other.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(15);

/// How long a pause lasts at most that a receiver asks for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

impl Office {
    /// Sends the oldest message when its time has come. Answers whether there was one.
    pub(super) async fn send(&self, desk: &Desk) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let name = desk.receiver.name.as_str();
        let lease = (self.worker.as_str(), later(now, LEASE));
        // No pause is longer: one that is was made while the clock was ahead.
        let latest = later(now, LONGEST_ASKED + LEASE);
        let Some(message) = self.store.claim_message(name, now, lease, latest).await? else { return Ok(false) };
        let sending = desk.channel.send(&message, &self.source, now);
        let taken = tokio::time::timeout(self.timeout, sending).await;
        let taken = taken.unwrap_or_else(|_| Err(NotTaken::because("no answer in time")));
        let now = self.clock.now();
        let outcome = outcome(&taken, &message, now);
        log(name, &message, &outcome);
        match self.store.settle_message((name, &message), now, &outcome).await {
            // Our lease lapsed while we were sending; whoever has it now sends the same under the same id.
            Err(StoreError::LeaseLost) => {}
            Ok(before) => self.notice(desk, &before, &outcome, now).await?,
            Err(error) => return Err(error),
        }
        Ok(outcome == SendOutcome::Sent)
    }
}

fn outcome(taken: &Result<(), NotTaken>, message: &Message, now: Timestamp) -> SendOutcome {
    let Err(NotTaken { why, wait }) = taken else { return SendOutcome::Sent };
    let doubled = u32::try_from(message.attempt.clamp(1, 16) - 1).unwrap_or_default();
    let pause = FIRST_PAUSE.saturating_mul(1 << doubled).min(LONGEST_PAUSE);
    let asked = wait.unwrap_or_default().min(LONGEST_ASKED);
    SendOutcome::Failed { error: why.clone(), again_at: later(now, pause.max(asked)) }
}

fn log(receiver: &str, message: &Message, outcome: &SendOutcome) {
    let (id, event, attempt) = (&message.id, &message.event, message.attempt);
    match outcome {
        SendOutcome::Sent => tracing::info!(receiver, id, event, attempt, "alert sent"),
        SendOutcome::Failed { error, .. } => tracing::warn!(receiver, id, event, attempt, error, "alert not sent"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause_after(attempt: i64, wait: Option<Duration>) -> i64 {
        let now = Timestamp::UNIX_EPOCH;
        let (id, event, data) = ("m".to_owned(), "deadline.overdue".to_owned(), "{}".to_owned());
        let message = Message { id, event, made_at: now, data, attempt };
        match outcome(&Err(NotTaken { why: "x".to_owned(), wait }), &message, now) {
            SendOutcome::Failed { again_at, .. } => again_at.signed_duration_since(now).num_seconds(),
            SendOutcome::Sent => panic!("it was not"),
        }
    }

    #[test]
    fn pauses_double_and_a_receiver_may_ask_for_more_within_reason() {
        assert_eq!([1, 2, 3, 7, 8, 5000].map(|attempt| pause_after(attempt, None)), [10, 20, 40, 640, 900, 900]);
        assert_eq!(pause_after(1, Some(Duration::from_mins(2))), 120);
        assert_eq!(pause_after(8, Some(Duration::from_secs(1))), 900, "not sooner than it is tried anyway");
        assert_eq!(pause_after(1, Some(Duration::MAX)), 3600, "an hour, whatever it asks");
    }
}
