//! What is told to people about deadlines, as use cases: gathered into messages, claimed, sent.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::deadline::DeadlineView;
use super::error::StoreError;
use crate::domain::Timestamp;
use crate::domain::alerts::{Alerts, Event, Receiver};

/// What goes into one message: what one receiver is told of one party and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What happened.
    pub event: Event,
    /// As in `retour`.
    pub clock: String,
    /// Whose turn it is.
    pub responsible: String,
    /// It was told before, and nobody took it on.
    pub is_again: bool,
}

/// What one message is about.
#[derive(Clone, Debug)]
pub struct Contents {
    /// How many deadlines.
    pub count: i64,
    /// The first of them.
    pub first: Vec<DeadlineView>,
    /// How many of this party and kind the receiver knows to be overdue now, by gemeente; none where the last was resolved.
    pub by_gemeente: Vec<(String, i64)>,
}

/// Writes the data of a message.
pub type Compose = fn(&Group, &Contents, link: &str) -> String;

/// How to gather.
#[derive(Clone)]
pub struct Gather {
    /// The receiver whose message it is.
    pub receiver: Receiver,
    /// What the message is about.
    pub group: Group,
    /// The id of the message, when a new one begins.
    pub id: String,
    /// The moment of gathering.
    pub now: Timestamp,
    /// How often it is told again.
    pub rules: Alerts,
    /// How many deadlines at most in one transaction.
    pub limit: u32,
    /// How its data are written.
    pub compose: Compose,
    /// What links begin with.
    pub link: String,
}

/// A message that is not about deadlines of one kind: a summary, that a receiver fails, or that something is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// The same on each attempt.
    pub id: String,
    /// The name of a receiver.
    pub receiver: String,
    /// As in `receiver.failing`.
    pub event: String,
    /// What it is about, as in the name of another receiver: of what is about the same nothing overtakes.
    pub about: String,
    /// The moment at which it was made.
    pub at: Timestamp,
    /// JSON.
    pub data: String,
}

/// A message that was claimed.
#[derive(Clone, Debug)]
pub struct Message {
    /// The same on each attempt.
    pub id: String,
    /// As in `deadline.overdue`.
    pub event: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// JSON.
    pub data: String,
    /// How many times it was claimed, this one included; fences off a worker whose lease lapsed.
    pub attempt: i64,
    /// How many attempts to tell its receiver anything failed since one did not.
    pub failures: i64,
}

/// How an attempt to tell ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// It was taken.
    Sent,
    /// It was not; try again, not before this instant.
    Failed {
        /// For the operator.
        error: String,
        /// No earlier than this.
        again_at: Timestamp,
        /// Until when its receiver is told nothing at all; `None`: it may take something else.
        quiet_until: Option<Timestamp>,
    },
}

/// How it goes with a receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// How many attempts failed in a row.
    pub failures: i64,
    /// The first of those attempts; `None`: the last one was taken.
    pub failing_since: Option<Timestamp>,
    /// When others were told.
    pub reported_at: Option<Timestamp>,
    /// Until when it is told nothing.
    pub quiet_until: Option<Timestamp>,
}

/// How many deadlines of one kind and party stand in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    /// As in `retour`.
    pub clock: String,
    /// Whose turn it is.
    pub responsible: String,
    /// As in `overdue`.
    pub state: String,
    /// Deadlines of that kind, party and state.
    pub count: i64,
}

/// What was told to whom.
#[derive(Clone, Debug)]
pub struct AlertView {
    /// Its place in the list.
    pub seq: i64,
    /// The same on each attempt.
    pub id: String,
    /// The name of a receiver.
    pub receiver: String,
    /// As in `deadline.overdue`.
    pub event: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// JSON.
    pub data: String,
    /// How many attempts there were.
    pub attempts: i64,
    /// Why the last one failed.
    pub last_error: Option<String>,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    /// When it was taken.
    pub sent_at: Option<Timestamp>,
}

impl AlertView {
    /// `waiting`, `failing` or `sent`.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match (self.sent_at, &self.last_error) {
            (Some(_), _) => "sent",
            (None, Some(_)) => "failing",
            (None, None) => "waiting",
        }
    }
}

/// What is told to people.
#[async_trait]
pub trait AlertStore: Send + Sync {
    /// What this receiver is to be told, of which the first came no later than `until`, or that is told again now.
    async fn groups_due(&self, receiver: &str, until: Timestamp, now: Timestamp) -> Result<Vec<Group>, StoreError>;

    /// Puts deadlines of a group into its message, and closes that when no more are left. Answers whether it is closed. A
    /// deadline is in one message of each kind only, whatever the number of processes.
    async fn gather(&self, gather: &Gather) -> Result<bool, StoreError>;

    /// Lets other receivers know of what nobody took on in time. Answers how many that were.
    async fn escalate(&self, now: Timestamp, rules: &Alerts) -> Result<usize, StoreError>;

    /// Keeps a summary, once for a receiver and day. Answers whether this was the first.
    async fn keep_digest(&self, message: &NewMessage, day: NaiveDate) -> Result<bool, StoreError>;

    /// Whether a receiver got its summary of this day.
    async fn has_digest(&self, receiver: &str, day: NaiveDate) -> Result<bool, StoreError>;

    /// What is waited for, counted.
    async fn standings(&self) -> Result<Vec<Standings>, StoreError>;

    /// Claims a message of a receiver whose time has come, when the receiver may be told something: of what is about the same
    /// (party and kind, or another receiver) the oldest, so that nobody hears the end before the beginning; one that was not
    /// tried yet before those that were, so that one that is never taken holds up no others. One whose lease lapsed is due
    /// again; so is one that waits until after `latest`, which a clock that was ahead made.
    async fn claim_message(
        &self,
        receiver: &str,
        now: Timestamp,
        (worker, until): (&str, Timestamp),
        latest: Timestamp,
    ) -> Result<Option<Message>, StoreError>;

    /// Records how an attempt ended; gives how it goes with the receiver, as it was before.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the message was claimed again or settled since.
    async fn settle_message(
        &self,
        (receiver, message): (&str, &Message),
        now: Timestamp,
        outcome: &SendOutcome,
    ) -> Result<Health, StoreError>;

    /// Tells others that a receiver fails, once until it takes something again.
    async fn report_failing(&self, receiver: &str, now: Timestamp, messages: &[NewMessage])
    -> Result<bool, StoreError>;

    /// Keeps a message.
    async fn keep_message(&self, message: &NewMessage) -> Result<(), StoreError>;

    /// Messages, the newest first, before this place, in one of these states (`waiting`, `failing`, `sent`); none: any.
    async fn alerts(&self, states: &[&str], before: Option<i64>, limit: u32) -> Result<Vec<AlertView>, StoreError>;
}
