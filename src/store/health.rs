//! Whether the store is well, and what is in it.

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::Timestamp;

/// The store as a whole.
#[async_trait]
pub trait HealthStore: Send + Sync {
    /// Writes the row that this worker writes now and then, to see that it can; and counts what waits for people. `room` is
    /// written along, until the next time: a row by itself finds a place where a bericht does not.
    async fn beat(&self, worker: &str, now: Timestamp, room: Option<&[u8]>) -> Result<Counts, StoreError>;

    /// Counts for the dashboard.
    async fn overview(&self) -> Result<Overview, StoreError>;

    /// Finishes what was begun and closes the database. Later calls give [`StoreError::Closed`] or a
    /// database error.
    async fn close(&self);
}

/// What waits for people and for the network, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Parcels that wait or are under way.
    pub waiting: i64,
    /// Parcels in front of the operator.
    pub stuck: i64,
    /// Overdue deadlines.
    pub overdue: i64,
}

/// Counts of what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overview {
    /// Berichten accepted.
    pub accepted: i64,
    /// Berichten rejected with retourcodes.
    pub rejected: i64,
    /// Attempts refused.
    pub refused: i64,
    /// Open deadlines.
    pub open: i64,
    /// Overdue deadlines.
    pub overdue: i64,
    /// Parcels that wait or are under way.
    pub waiting: i64,
    /// Parcels refused, held, or unclear without a next attempt.
    pub stuck: i64,
    /// Berichten in postbussen.
    pub in_postbus: i64,
    /// Toewijzingen of which the aanbieder refused the last version.
    pub refused_toewijzingen: i64,
}
