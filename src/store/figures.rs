//! What is kept, in numbers.

use std::time::Duration;

use async_trait::async_trait;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};

use super::StoreError;

/// How many deadlines stand where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadlineFigure {
    /// As in `retour`.
    pub clock: String,
    /// Whose turn it is.
    pub responsible: String,
    /// As in `overdue`.
    pub state: String,
    /// Deadlines of that kind, party and state.
    pub count: i64,
}

/// What is kept, in numbers: each kept as such, or counted by an index that holds no more than what is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Deadlines, in every state that there are any in.
    pub deadlines: Vec<DeadlineFigure>,
    /// Parcels that are not delivered, by the word for where they stand.
    pub parcels: Vec<(String, i64)>,
    /// Messages to receivers of alerts that were not taken yet, by receiver and by `waiting` or `failing`.
    pub alerts: Vec<(String, String, i64)>,
    /// Berichten that wait for one that should have come before them.
    pub parked: i64,
    /// How large the database is, in bytes.
    pub database_bytes: i64,
}

/// What is kept, in numbers.
#[async_trait]
pub trait Measured {
    /// As it stands now.
    async fn figures(&self) -> Result<Figures, StoreError>;

    /// How long whoever wrote had to wait, until what was written was on disk.
    fn writes(&self) -> &Writes;
}

/// How long writes took in this process.
#[derive(Clone, Debug)]
pub struct Writes(Histogram);

impl Default for Writes {
    fn default() -> Self {
        // From a tenth of a millisecond to half a minute.
        Self(Histogram::new(exponential_buckets(0.000_1, 2.0, 19)))
    }
}

impl Writes {
    /// All of them.
    #[must_use]
    pub fn histogram(&self) -> Histogram {
        self.0.clone()
    }

    /// One took so long.
    pub(super) fn took(&self, time: Duration) {
        self.0.observe(time.as_secs_f64());
    }
}
