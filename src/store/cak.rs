//! What the CAK is told of support.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::error::StoreError;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::cak::Support;
use crate::domain::{Partij, Timestamp};

/// Support, for the exports for the CAK.
#[async_trait]
pub trait CakStore: Send + Sync {
    /// The starts and stops that count of this party, whose day lies from `first` to `last`, and the lines that were granted and
    /// not taken back of which the first day does; by day, starts first.
    async fn leveringen(
        &self,
        partij: &Partij,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<LeveringView>, StoreError>;

    /// The support of clients of this gemeente that began no later than `last` and lasted to `first` or longer: a live start
    /// each, up to its stop or the end of its toewijzing and those that take over from it. What stands on a toewijzing that was taken back does not count.
    async fn support(&self, gemeente: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<Support>, StoreError>;

    /// Keeps in the audit log that somebody took an export for the CAK.
    async fn record_export(&self, export: &CakExport) -> Result<(), StoreError>;
}

/// A start or stop that counts, or what was delivered, for an export. Names its client.
#[derive(Clone, Debug)]
pub struct LeveringView {
    /// Whose support.
    pub bsn: Bsn,
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Absent when taakgericht.
    pub toewijzing_nummer: Option<i64>,
    /// As reported, else as assigned.
    pub product_categorie: Option<String>,
    /// As reported, else as assigned.
    pub product_code: Option<String>,
    /// The first day of support, or the last one; of what was delivered, the first one of its period.
    pub day: NaiveDate,
    /// What is told.
    pub what: Levering,
    /// The codes of the products that are assigned to this client on that day, between these two.
    pub assigned: Vec<String>,
}

/// What is told of support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Levering {
    /// It begins.
    Start,
    /// It ends.
    Stop {
        /// WMO588, as reported.
        reden_beeindiging: String,
    },
    /// A line that was granted and not taken back.
    Geleverd {
        /// The last day of its period.
        einddatum: NaiveDate,
        /// What was delivered, in its eenheid.
        volume: i64,
        /// Its code (WJ756).
        eenheid: String,
    },
}

/// That somebody took an export for the CAK.
#[derive(Clone, Debug)]
pub struct CakExport {
    /// Under which name.
    pub file: &'static str,
    /// The gemeente or aanbieder whose support it is about.
    pub partij: Partij,
    /// The first day.
    pub van: NaiveDate,
    /// The last day.
    pub tot: NaiveDate,
    /// How many rows.
    pub rows: usize,
    /// When it was taken.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
}
