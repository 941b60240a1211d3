//! How deadlines between a party and its partner were kept.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::StoreError;
use crate::domain::Partij;

/// Which service levels are asked for.
#[derive(Clone, Debug)]
pub struct LevelQuery {
    /// The other end.
    pub partner: Partij,
    /// This end; `None`: an operator, who sees all.
    pub partij: Option<Partij>,
    /// The first day of the first month.
    pub first: NaiveDate,
    /// Today: the last month is this one, and what was due before it and is not answered is missing.
    pub today: NaiveDate,
}

/// How many deadlines were answered, or not, that are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelRow {
    /// CBS code.
    pub gemeente: String,
    /// AGB code; empty: there was none.
    pub aanbieder: String,
    /// Whose turn it was.
    pub responsible: String,
    /// As in `retour`.
    pub clock: String,
    /// In which their last day in time lies, as in `2026-03`.
    pub month: String,
    /// Deadlines in that month, by what became of them.
    pub counted: Counted,
}

/// How many, of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Answered so many days after their last day in time.
    Answered {
        /// Below zero before it.
        days: i64,
        /// In time.
        met: i64,
        /// Too late.
        late: i64,
    },
    /// Too late, and not answered yet.
    Missing(i64),
}

/// How deadlines between a party and its partner were kept.
#[async_trait]
pub trait LevelStore {
    /// By month, kind and whose turn it was: what was answered as it is kept, what is missing by its index.
    async fn levels(&self, query: &LevelQuery) -> Result<Vec<LevelRow>, StoreError>;
}
