//! Declaraties as they are shown, and what people propose about them.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::decisions::{Approval, LastSeen, Proposal};
use super::entry::Place;
use super::error::StoreError;
use super::receipt::KeptCalculation;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::facts::history::{DeclaratieFact, PrestatieFact};
use crate::domain::finding::Finding;
use crate::domain::{Berichtsoort, Partij};

/// Declaraties and facturen, line by line.
#[async_trait]
pub trait DeclaratieStore: Send + Sync {
    /// The declaratie that this 323 or 303 holds, and what its lines add up to, if it concerns this party (`None`: an
    /// operator).
    async fn declaratie(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeclaratieView>, StoreError>;

    /// Up to `limit` of its lines, in order, under the same condition. What stands in a later page may have changed since
    /// an earlier one was read: see [`DeclaratieView::stand`].
    async fn declaratie_lines(
        &self,
        id: &str,
        partij: Option<&Partij>,
        query: LineQuery,
        limit: u32,
    ) -> Result<Vec<LineView>, StoreError>;

    /// What its lines add up to, under the same condition; of at most so many toewijzingen.
    async fn line_sums(&self, id: &str, partij: Option<&Partij>, most: u32) -> Result<LineSums, StoreError>;

    /// What was found when it was judged, under the same condition: in these lines and in the clients that they are of,
    /// or everything (`None`). This never changes.
    async fn declaratie_findings(
        &self,
        id: &str,
        partij: Option<&Partij>,
        lines: Option<&[Place]>,
    ) -> Result<Vec<Finding>, StoreError>;

    /// Keeps what somebody proposes to answer to this declaratie; of several the last one counts. In the audit log, with
    /// name and reasons.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] when it was answered meanwhile, or the last one is not `seen`.
    async fn propose(&self, declaratie_id: &str, proposal: &Proposal, seen: &LastSeen) -> Result<(), StoreError>;
}

/// A declaratie and what its lines add up to, as they stand now.
#[derive(Clone)]
pub struct DeclaratieView {
    /// The declaratie.
    pub declaratie: DeclaratieFact,
    /// A declaratie or factuur, and the name of its release.
    pub soort: (Berichtsoort, String),
    /// Whom it is for.
    pub gemeente: String,
    /// Who declares.
    pub aanbieder: String,
    /// The 325 that answers it.
    pub antwoord_id: Option<String>,
    /// What was proposed last, where people decide.
    pub proposal: Option<Proposal>,
    /// Who approved of it.
    pub approval: Option<Approval>,
    /// What is to be paid for it, in euro cents; below zero when paid back. Final once it is answered, and what it credits too.
    pub betaalbaar: i64,
    /// The batch that pays it, by its kenmerk.
    pub betaling: Option<String>,
    /// The day on which that was paid.
    pub betaald_op: Option<NaiveDate>,
    /// How many lines it has.
    pub line_count: usize,
    /// How many of them are granted, in full or in part.
    pub granted_count: usize,
    /// What is granted adds up to this, in euro cents; below zero when credit.
    pub toegekend: i64,
    /// The toewijzing that all its lines are on; `None` when they are on several, or some on none.
    pub toewijzing_nummer: Option<ToewijzingNummer>,
}

impl DeclaratieView {
    /// What its lines hang on: they change together, when it is answered or counts as not sent, and never by themselves.
    #[must_use]
    pub fn stand(&self) -> (Option<&str>, bool) {
        (self.antwoord_id.as_deref(), self.declaratie.void)
    }
}

/// Which lines of a declaratie are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineQuery {
    /// Those that are granted, in full or in part, or those that are not; `None`: both.
    pub granted: Option<bool>,
    /// Those on this toewijzing; `None`: all.
    pub toewijzing_nummer: Option<i64>,
    /// Those of which this rule says that they are wrong, themselves or with all lines of their client; `None`: all.
    pub rule: Option<&'static str>,
    /// Those after this one, counted from 1.
    pub after: usize,
}

/// What the lines of a declaratie add up to: by rule, and by toewijzing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineSums {
    /// Of each rule how many lines it says to be wrong, the most first.
    pub rules: Vec<(String, i64)>,
    /// By toewijzing and unit, the most rejected euros first.
    pub toewijzingen: Vec<ToewijzingSum>,
}

/// What the lines on one toewijzing add up to, in one unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToewijzingSum {
    /// `None`: lines that name no toewijzing.
    pub toewijzing_nummer: Option<i64>,
    /// As in the XSD.
    pub eenheid: String,
    /// How many lines there are.
    pub lines: usize,
    /// How many of them are granted, in full or in part.
    pub granted_lines: usize,
    /// What was delivered, in that unit.
    pub volume: i64,
    /// Of the lines that are granted.
    pub granted_volume: i64,
    /// What was declared, in euro cents; what is taken back counts below zero.
    pub bedrag: i64,
    /// What is granted of it.
    pub toegekend: i64,
}

/// A line of a declaratie.
#[derive(Clone)]
pub struct LineView {
    /// Its number, counted from 1 through all clients.
    pub line: usize,
    /// Where it stands in its bericht.
    pub place: Place,
    /// As it was declared, and what is granted of it.
    pub fact: PrestatieFact,
    /// What it adds to what is payable, in euro cents.
    pub betaalbaar: i64,
    /// The figures that it was judged by.
    pub calculations: Vec<KeptCalculation>,
}
