//! A receiver that fails for long: the others are told, once, and again when it takes something.

use std::time::Duration;

use serde_json::json;

use super::{Desk, Office, earlier};
use crate::domain::Timestamp;
use crate::store::{Health, NewMessage, SendOutcome, StoreError};

/// From when on.
const LONG: Duration = Duration::from_hours(1);

impl Office {
    /// Looks at how it goes with a receiver after an attempt.
    pub(super) async fn notice(
        &self,
        desk: &Desk,
        before: &Health,
        outcome: &SendOutcome,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let name = &desk.receiver.name;
        match outcome {
            SendOutcome::Sent if before.reported_at.is_some() => {
                tracing::info!(receiver = name, "the receiver of alerts takes them again");
                for message in
                    self.to_others(name, "receiver.resolved", &json!({"state": "resolved", "receiver": name}), now)
                {
                    self.store.keep_message(&message).await?;
                }
            }
            SendOutcome::Failed { error, .. } if before.reported_at.is_none() => {
                let Some(since) = before.failing_since.filter(|since| *since <= earlier(now, LONG)) else {
                    return Ok(());
                };
                let data = json!({"state": "failing", "receiver": name, "since": since, "attempts": before.failures + 1,
                    "error": error});
                let messages = self.to_others(name, "receiver.failing", &data, now);
                if self.store.report_failing(name, now, &messages).await? {
                    tracing::error!(receiver = name, %since, error, "a receiver of alerts fails; the others are told");
                }
            }
            SendOutcome::Sent | SendOutcome::Failed { .. } => {}
        }
        Ok(())
    }

    fn to_others(&self, name: &str, event: &str, data: &serde_json::Value, now: Timestamp) -> Vec<NewMessage> {
        let others = self.rules.receivers.iter().filter(|receiver| receiver.name != name);
        let message = |receiver: &crate::domain::alerts::Receiver| NewMessage {
            id: (self.new_id)(now),
            receiver: receiver.name.clone(),
            event: event.to_owned(),
            about: name.to_owned(),
            at: now,
            data: data.to_string(),
        };
        others.map(message).collect()
    }
}
