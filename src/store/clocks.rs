//! The clocks of deadlines as use cases: what time and people make of them.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::NaiveDate;

use super::deadline::{DeadlineView, Waiver};
use super::error::StoreError;
use crate::domain::alerts::Receiver;
use crate::domain::deadlines::case::DeadlineState;
use crate::domain::deadlines::counted::Counted;
use crate::domain::{Partij, Timestamp};

/// A look at the clocks.
#[derive(Clone)]
pub struct Raise {
    /// The moment at which deadlines are looked at.
    pub now: Timestamp,
    /// What was raised by a clock that was so far ahead is taken back: overdue deadlines whose moment is not before this.
    pub too_early: Timestamp,
    /// How many deadlines at most.
    pub limit: u32,
    /// The first instant of a day.
    pub start_of: fn(NaiveDate) -> Timestamp,
    /// Who is told.
    pub receivers: Arc<[Receiver]>,
}

/// What a look found.
#[derive(Debug, Default)]
pub struct Raised {
    /// Those that became overdue.
    pub overdue: Vec<DeadlineView>,
    /// How many were looked at.
    pub seen: usize,
}

/// A deadline that somebody wants to waive.
#[derive(Clone, Debug)]
pub struct Waiving {
    /// Of the deadline.
    pub id: String,
    /// What is said.
    pub waiver: Waiver,
    /// When it comes back: the end of the last day of the waiver.
    pub back_at: Option<Timestamp>,
}

/// By which terms and days off open deadlines are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedBy {
    /// The name of the profile.
    pub profile: String,
    /// Of all terms and days off.
    pub sha256: String,
}

/// A deadline that can be counted again.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Of the deadline.
    pub id: String,
    /// The last day in time.
    pub due: NaiveDate,
    /// The days from which it is due soon.
    pub warns: Vec<NaiveDate>,
    /// What it was counted by.
    pub counted: Counted,
}

/// A deadline that was counted again.
#[derive(Clone, Debug)]
pub struct Recount {
    /// As it was.
    pub was: Standing,
    /// The last day in time.
    pub due: NaiveDate,
    /// The first instant that is too late.
    pub due_at: Timestamp,
    /// The days from which it is due soon.
    pub warns: Vec<NaiveDate>,
    /// Why, in Dutch.
    pub explanation: String,
}

/// The clocks of deadlines.
#[async_trait]
pub trait ClockStore: Send + Sync {
    /// Looks at the deadlines whose moment came, those first that are due longest: due soon, overdue, or waited for again. What
    /// is to be told of them is written in the same transaction, a row for each receiver. A deadline comes into a state in one
    /// call only, whatever the number of processes.
    async fn raise(&self, raise: &Raise) -> Result<Raised, StoreError>;

    /// The earliest moment at which a deadline changes by itself; `None` when none does.
    async fn next_deadline_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Keeps that nobody needs to wait for a deadline, for good or until a day. In the audit log. One that nobody waits for
    /// stays as it was. `None` when there is no such deadline.
    async fn waive_deadline(&self, waiving: &Waiving) -> Result<Option<DeadlineView>, StoreError>;

    /// By which terms open deadlines are counted; `None`: nobody said so yet.
    async fn counted_by(&self) -> Result<Option<CountedBy>, StoreError>;

    /// Those that are waited for and can be counted again, by id, after this one.
    async fn standing(&self, after: Option<&str>, limit: u32) -> Result<Vec<Standing>, StoreError>;

    /// Moves the due dates of deadlines that are waited for and stand as they stood. One that is not late any more is waited
    /// for in time again. In the audit log, each. Answers how many moved.
    async fn recount(&self, recounts: &[Recount], at: Timestamp, by: &CountedBy) -> Result<usize, StoreError>;

    /// Keeps by which terms open deadlines are counted now.
    async fn keep_counted_by(&self, by: &CountedBy) -> Result<(), StoreError>;

    /// Marks every deadline overdue whose moment is past, and gives those that became so by this call.
    async fn raise_overdue(&self, now: Timestamp) -> Result<Vec<DeadlineView>, StoreError> {
        const AT_ONCE: u32 = 1_000;
        let start_of = |_: NaiveDate| Timestamp::MAX_UTC;
        let raise = Raise { now, too_early: Timestamp::MAX_UTC, limit: AT_ONCE, start_of, receivers: Arc::default() };
        let mut overdue = Vec::new();
        loop {
            let raised = self.raise(&raise).await?;
            overdue.extend(raised.overdue);
            if raised.seen < AT_ONCE as usize {
                return Ok(overdue);
            }
        }
    }
}

impl DeadlineView {
    /// Where it stands at a moment, and when that changes by itself next.
    #[must_use]
    pub fn stands(&self, now: Timestamp, start_of: fn(NaiveDate) -> Timestamp) -> (DeadlineState, Option<Timestamp>) {
        if self.due_at <= now {
            return (DeadlineState::Overdue, None);
        }
        let moments = || self.warns.iter().map(|day| start_of(*day));
        let is_near = moments().any(|moment| moment <= now);
        let next = moments().find(|moment| *moment > now).unwrap_or(self.due_at);
        (if is_near { DeadlineState::DueSoon } else { DeadlineState::Open }, Some(next.min(self.due_at)))
    }
}

/// Whom a deadline concerns, for those who may waive it.
impl DeadlineView {
    /// Whether this party is the one who has to act.
    #[must_use]
    pub fn is_up_to(&self, partij: &Partij) -> bool {
        self.responsible == partij.code()
    }
}
