//! What is told to people, each method one transaction.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::super::Database;
use super::{Result, alert_lists, escalate, gather, messages};
use crate::domain::Timestamp;
use crate::domain::alerts::Alerts;
use crate::store::{AlertStore, AlertView, Gather, Group, Health, Message, NewMessage, SendOutcome, Standings};

#[async_trait]
impl AlertStore for Database {
    async fn groups_due(&self, receiver: &str, until: Timestamp, now: Timestamp) -> Result<Vec<Group>> {
        self.read((receiver, until, now), gather::groups).await
    }

    async fn gather(&self, gather: &Gather) -> Result<bool> {
        self.write((gather,), gather::gather).await
    }

    async fn escalate(&self, now: Timestamp, rules: &Alerts) -> Result<usize> {
        self.write((now, rules), escalate::escalate).await
    }

    async fn keep_digest(&self, message: &NewMessage, day: NaiveDate) -> Result<bool> {
        self.write((message, day), messages::keep_digest).await
    }

    async fn has_digest(&self, receiver: &str, day: NaiveDate) -> Result<bool> {
        self.read((receiver, day), messages::has_digest).await
    }

    async fn standings(&self) -> Result<Vec<Standings>> {
        self.read((), alert_lists::standings).await
    }

    async fn claim_message(
        &self,
        receiver: &str,
        now: Timestamp,
        (worker, until): (&str, Timestamp),
        latest: Timestamp,
    ) -> Result<Option<Message>> {
        self.write((receiver, now, (worker, until), latest), messages::claim).await
    }

    async fn settle_message(
        &self,
        (receiver, message): (&str, &Message),
        now: Timestamp,
        outcome: &SendOutcome,
    ) -> Result<Health> {
        self.write(((receiver, message), now, outcome), messages::settle).await
    }

    async fn report_failing(&self, receiver: &str, now: Timestamp, messages: &[NewMessage]) -> Result<bool> {
        self.write((receiver, now, messages), messages::report_failing).await
    }

    async fn keep_message(&self, message: &NewMessage) -> Result<()> {
        self.write((message,), messages::keep).await
    }

    async fn alerts(&self, states: &[&str], before: Option<i64>, limit: u32) -> Result<Vec<AlertView>> {
        let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
        self.read((states.as_slice(), before, limit), alert_lists::list).await
    }
}
