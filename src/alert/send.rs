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
    /// Sends a message whose time has come. Answers whether another one may be sent at once.
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
        self.count(name, &outcome);
        match self.store.settle_message((name, &message), now, &outcome).await {
            // Our lease lapsed while we were sending; whoever has it now sends the same under the same id.
            Err(StoreError::LeaseLost) => {}
            Ok(before) => self.notice(desk, &before, &outcome, now).await?,
            Err(error) => return Err(error),
        }
        Ok(!matches!(outcome, SendOutcome::Failed { quiet_until: Some(_), .. }))
    }

    fn count(&self, receiver: &str, outcome: &SendOutcome) {
        let word = if *outcome == SendOutcome::Sent { "sent" } else { "failed" };
        let labels = vec![("outcome", word.to_owned()), ("receiver", receiver.to_owned())];
        self.attempts.get_or_create(&labels).inc();
    }
}

fn outcome(taken: &Result<(), NotTaken>, message: &Message, now: Timestamp) -> SendOutcome {
    let Err(NotTaken { why, wait }) = taken else { return SendOutcome::Sent };
    let asked = wait.map(|wait| wait.min(LONGEST_ASKED));
    // After the first failure something else is tried at once: perhaps only this message is not taken.
    let quiet = (message.failures > 0).then(|| doubled(message.failures));
    SendOutcome::Failed {
        error: why.clone(),
        again_at: later(now, doubled(message.attempt).max(asked.unwrap_or_default())),
        quiet_until: quiet.max(asked).map(|pause| later(now, pause)),
    }
}

/// The pause after so many attempts.
fn doubled(attempts: i64) -> Duration {
    let times = u32::try_from(attempts.clamp(1, 16) - 1).unwrap_or_default();
    FIRST_PAUSE.saturating_mul(1 << times).min(LONGEST_PAUSE)
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

    /// In seconds: until it is tried again, and until its receiver is told anything.
    fn pauses(attempt: i64, failures: i64, wait: Option<Duration>) -> (i64, Option<i64>) {
        let now = Timestamp::UNIX_EPOCH;
        let (id, event, data) = ("m".to_owned(), "deadline.overdue".to_owned(), "{}".to_owned());
        let message = Message { id, event, made_at: now, data, attempt, failures };
        let seconds = |until: Timestamp| until.signed_duration_since(now).num_seconds();
        match outcome(&Err(NotTaken { why: "x".to_owned(), wait }), &message, now) {
            SendOutcome::Failed { again_at, quiet_until, .. } => (seconds(again_at), quiet_until.map(seconds)),
            SendOutcome::Sent => panic!("it was not"),
        }
    }

    #[test]
    fn pauses_double_and_a_receiver_may_ask_for_more_within_reason() {
        let own = |attempt, wait| pauses(attempt, 0, wait).0;
        assert_eq!([1, 2, 3, 7, 8, 5000].map(|attempt| own(attempt, None)), [10, 20, 40, 640, 900, 900]);
        assert_eq!(own(1, Some(Duration::from_mins(2))), 120);
        assert_eq!(own(8, Some(Duration::from_secs(1))), 900, "not sooner than it is tried anyway");
        assert_eq!(own(1, Some(Duration::MAX)), 3600, "an hour, whatever it asks");
    }

    #[test]
    fn a_receiver_is_left_alone_once_it_takes_nothing_at_all() {
        let quiet = |failures, wait| pauses(9, failures, wait).1;
        assert_eq!(
            [0, 1, 2, 7, 8].map(|failures| quiet(failures, None)),
            [None, Some(10), Some(20), Some(640), Some(900)]
        );
        assert_eq!(quiet(0, Some(Duration::from_mins(2))), Some(120), "who asks to wait means all");
    }
}
