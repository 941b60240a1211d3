//! What the pages ask for: groups and counts instead of rows, each by an index that holds no more than what is shown.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::audit::AuditView;
use super::bericht::BerichtView;
use super::deadline::DeadlineView;
use super::error::StoreError;
use super::outcome::Outcome;
use super::page::After;
use super::steering::ParcelView;
use super::transport::Stage;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::{Partij, Timestamp};

/// How many findings of a bericht a list shows.
pub const IN_LIST: usize = 3;

/// Deadlines with which one party has to do one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkGroup {
    /// Whose turn it is.
    pub responsible: String,
    /// As in `retour`.
    pub clock: String,
    /// What is awaited, as in `WMO306`.
    pub answer: String,
    /// How many of them are overdue.
    pub late: i64,
    /// How many are due soon.
    pub soon: i64,
    /// How many somebody took on.
    pub taken: i64,
    /// The earliest due date.
    pub first_due: NaiveDate,
}

/// Which deadlines of a group are asked for.
#[derive(Clone, Debug)]
pub struct WorkQuery {
    /// Those that concern this party; `None`: all.
    pub partij: Option<Partij>,
    /// Whose turn it is; `None`: anybody's.
    pub responsible: Option<String>,
    /// As in `retour`; `None`: any.
    pub clock: Option<String>,
    /// What is awaited; `None`: anything.
    pub answer: Option<String>,
    /// Only what is overdue.
    pub only_late: bool,
    /// Those due on or after this day.
    pub due_from: Option<NaiveDate>,
    /// Those due on or before this day.
    pub due_by: Option<NaiveDate>,
    /// Who looks after them.
    pub owner: Owner,
}

/// Who looks after a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Anybody or nobody.
    Any,
    /// Nobody yet.
    Nobody,
    /// This one.
    Named(String),
}

/// Envelopes that stand still for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelGroup {
    /// As in `stuck`: see [`super::ParcelState::WORDS`].
    pub standing: String,
    /// Why the last attempt did not succeed.
    pub reason: Option<String>,
    /// How many they are.
    pub count: i64,
    /// How many receivers they are for.
    pub receivers: i64,
}

/// Which berichten are asked for: all that is said must hold.
#[derive(Clone, Debug, Default)]
pub struct BerichtQuery {
    /// Those that concern this party; `None`: all.
    pub partij: Option<Partij>,
    /// From or to this party, besides.
    pub partner: Option<Partij>,
    /// As in `WMO305`.
    pub berichtsoort: Option<String>,
    /// What became of them.
    pub outcome: Option<Outcome>,
    /// How far they came on their way.
    pub transport: Option<Stage>,
    /// In the header.
    pub identificatie: Option<String>,
    /// Sender in the header.
    pub afzender: Option<String>,
    /// Receiver in the header.
    pub ontvanger: Option<String>,
    /// Among what was found.
    pub retourcode: Option<String>,
    /// Among what was found.
    pub rule: Option<String>,
    /// Of the declaratie in it.
    pub declaratie_nummer: Option<String>,
    /// That they are about, or declare on.
    pub toewijzing_nummer: Option<i64>,
    /// Of a client that they are about, or declare for.
    pub bsn: Option<Bsn>,
    /// With this id or a later one.
    pub from_id: Option<String>,
    /// With an earlier id than this.
    pub before_id: Option<String>,
    /// The oldest first.
    pub oldest_first: bool,
    /// The page before a bericht instead of the one behind it.
    pub backwards: bool,
}

/// That somebody looked at what is personal.
#[derive(Clone, Debug)]
pub struct Look {
    /// The moment at which somebody looked.
    pub at: Timestamp,
    /// The name of the credential.
    pub who: String,
    /// As in `bericht.revealed`.
    pub what: &'static str,
    /// Of which bericht, where it is one.
    pub bericht_id: Option<String>,
    /// The rest, as JSON. Holds no Bsn.
    pub detail: String,
}

/// What the pages ask for.
#[async_trait]
pub trait PagesStore: Send + Sync {
    /// What is overdue, and what is due before this instant, by whose turn it is and what is awaited.
    async fn work_groups(&self, partij: Option<&Partij>, before: Timestamp) -> Result<Vec<WorkGroup>, StoreError>;

    /// The deadlines of a group that somebody waits for, the earliest due first, after the deadline with this id.
    async fn work(&self, query: &WorkQuery, after: After<'_>, limit: u32) -> Result<Vec<DeadlineView>, StoreError>;

    /// How many open deadlines are due on each day from `first` to `last`; days without any are left out.
    async fn due_days(
        &self,
        partij: Option<&Partij>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>, StoreError>;

    /// What is not delivered and not given up, by where it stands and why.
    async fn parcel_groups(&self) -> Result<Vec<ParcelGroup>, StoreError>;

    /// The envelopes of a group, the newest first, after the one with this referentienummer.
    async fn parcels_of_group(
        &self,
        group: &ParcelGroup,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<ParcelView>, StoreError>;

    /// What somebody did, the newest first, before this place: about this bericht, or about anything (`None`).
    async fn deeds(
        &self,
        bericht_id: Option<&str>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditView>, StoreError>;

    /// Berichten, the newest first, after the bericht with this id; of `backwards` those before it.
    async fn find_berichten(
        &self,
        query: &BerichtQuery,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// The same for a list: without their clocks, envelopes and steps, and of what was found in each the first
    /// [`IN_LIST`] and one more, which tells that there are more.
    async fn list_berichten(
        &self,
        query: &BerichtQuery,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// Berichten with a toewijzing of the product with this code, the newest first; as of a list.
    async fn berichten_giving(
        &self,
        code: &str,
        partij: Option<&Partij>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// Keeps in the audit log that somebody looked.
    async fn keep_look(&self, look: &Look) -> Result<(), StoreError>;
}
