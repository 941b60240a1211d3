//! What the gateway notices by itself, as use cases: a deadline opens while something is so, and ends when it is so no more.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::alerts::NewMessage;
use super::deadline::Moments;
use super::error::StoreError;
use super::transport::Stage;
use crate::domain::Timestamp;

/// What was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Of the deadline: a UUID that grows with time.
    pub id: String,
    /// As in `transport`.
    pub clock: &'static str,
    /// Which one: of those that hold there is one.
    pub key: String,
    /// The bericht that it is about.
    pub bericht_id: Option<String>,
    /// Between whom, where it is between parties.
    pub gemeente: Option<String>,
    /// The other one.
    pub aanbieder: Option<String>,
    /// Who has to act: the code of a party, or [`OPERATOR`].
    pub responsible: String,
    /// What is awaited, in Dutch.
    pub answer: String,
    /// What it is about, in a word of ours.
    pub subject: String,
    /// The last day in time.
    pub due: NaiveDate,
    /// The first instant that is too late.
    pub due_at: Timestamp,
    /// When it changes by itself.
    pub moments: Moments,
    /// What is told at once, besides the deadline, when it opens.
    pub messages: Vec<NewMessage>,
}

/// What is so no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Which one.
    pub key: String,
    /// What is told at once when it ends.
    pub messages: Vec<NewMessage>,
}

/// Who looks after the gateway itself, where a party would stand.
pub const OPERATOR: &str = "beheer";

/// A bericht that stands at a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standstill {
    /// Of the bericht.
    pub id: String,
    /// Its kind.
    pub berichtsoort: String,
    /// Sender in its header.
    pub afzender: String,
    /// Receiver in its header.
    pub ontvanger: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// When it came to the stage, where that was told.
    pub reached_at: Option<Timestamp>,
    /// Until when it waits for another bericht.
    pub waits_until: Option<Timestamp>,
    /// It goes to the network, not to a postbus here.
    pub is_for_network: bool,
    /// The link told that it took it, and tells what comes after.
    pub is_told_of: bool,
}

/// A sender of whom much was refused for one cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedSender {
    /// Its code.
    pub partij: String,
    /// The first of them.
    pub since: Timestamp,
}

/// A proposal that nobody approved of yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unapproved {
    /// The declaratie.
    pub bericht_id: String,
    /// Its gemeente.
    pub gemeente: Option<String>,
    /// Its aanbieder.
    pub aanbieder: Option<String>,
    /// When it was proposed last.
    pub since: Timestamp,
}

/// What the gateway notices by itself.
#[async_trait]
pub trait NoticeStore: Send + Sync {
    /// Opens a deadline for each that has none; gives the ids of those. What is there stays as it is.
    async fn notice(&self, notices: &[Notice]) -> Result<Vec<String>, StoreError>;

    /// The keys of what holds, of one kind, after this key.
    async fn noticed(&self, clock: &str, after: &str, limit: u32) -> Result<Vec<String>, StoreError>;

    /// These are so no more: who waits for them waits no longer.
    async fn no_more(&self, clock: &str, gone: &[Gone], at: Timestamp) -> Result<(), StoreError>;

    /// Berichten that stand at this stage, by id: after one id and before another.
    async fn standstills(
        &self,
        stage: Stage,
        (after, before): (&str, &str),
        limit: u32,
    ) -> Result<Vec<Standstill>, StoreError>;

    /// The keys among what holds of kind `transport`, after this key, and whether its bericht is further by now.
    async fn came_further(&self, after: &str, limit: u32) -> Result<Vec<(String, bool)>, StoreError>;

    /// Who reused an Identificatie so many times or more, in berichten from this id on.
    async fn reusing_senders(&self, from_id: &str, at_least: u32) -> Result<Vec<RefusedSender>, StoreError>;

    /// When each of the envelopes since this moment was refused as it came in, and with which code; the oldest first.
    async fn refused_envelopes(&self, since: Timestamp, limit: u32) -> Result<Vec<(Timestamp, String)>, StoreError>;

    /// What should have been judged before this moment and still waits: since when the first of it does.
    async fn overslept(&self, before: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Declaraties that wait for a second person since before this moment.
    async fn unapproved(&self, before: Timestamp, limit: u32) -> Result<Vec<Unapproved>, StoreError>;

    /// Receivers of alerts that fail since before this moment, each with that moment.
    async fn failing_receivers(&self, before: Timestamp) -> Result<Vec<(String, Timestamp)>, StoreError>;

    /// Receivers that did not take a message that was made before this moment, each with the moment of the oldest.
    async fn not_taking(&self, before: Timestamp) -> Result<Vec<(String, Timestamp)>, StoreError>;
}
