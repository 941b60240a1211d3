//! Batches of payments, and what is claimed.

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::page::After;
use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::deadlines::case::DeadlineState;
use crate::domain::money::betaling::{Kenmerk, MOST, Payee};
use crate::domain::{Partij, Timestamp};

/// Batches of payments and claims.
#[async_trait]
pub trait BetalingStore: Send + Sync {
    /// Makes a batch of what is payable at its gemeente and stands in none yet: what was granted in answered declaraties,
    /// less what granted credits take back. What is in it is then fixed: an answered declaratie does not change any more. A
    /// declaratie stands in one batch at most. In the audit log. One of this name that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another batch was made meanwhile.
    async fn make_betaling(&self, new: &NewBetaling) -> Result<Made, StoreError>;

    /// Keeps that the bank paid a batch: the clocks on its declaraties stop, met or late by that day. In the audit log. One
    /// that was paid before, or withdrawn, stays as it was. `None` when there is no such batch.
    async fn settle_betaling(&self, payment: &Payment) -> Result<Option<BetalingView>, StoreError>;

    /// Withdraws a batch: its declaraties stand in none any more, and it stays to be seen under its name. In the audit log. One
    /// that was withdrawn before, or paid, stays as it was. `None` when there is no such batch.
    async fn withdraw_betaling(&self, withdrawal: &Withdrawal) -> Result<Option<BetalingView>, StoreError>;

    /// The batch of this gemeente with this name.
    async fn betaling(&self, gemeente: &Partij, kenmerk: &Kenmerk) -> Result<Option<BetalingView>, StoreError>;

    /// Batches of this gemeente (`None`: of all), the newest first, after the one with this `gemeente/kenmerk`.
    async fn betalingen(
        &self,
        gemeente: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BetalingView>, StoreError>;

    /// What aanbieders claim in declaraties that were answered, if it concerns this party (`None`: an operator) and this
    /// aanbieder (`None`: any); by `gemeente/aanbieder`, after this one.
    async fn vorderingen(
        &self,
        partij: Option<&Partij>,
        aanbieder: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<VorderingView>, StoreError>;
}

/// What is asked of a batch besides its name. Empty: all that is payable, on the day on which it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BetalingAsked {
    /// Pay this aanbieder only: its AGB code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aanbieder: Option<String>,
    /// The day on which the bank is to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uitvoerdatum: Option<NaiveDate>,
}

/// A batch to make.
#[derive(Clone, Debug)]
pub struct NewBetaling {
    /// Who pays.
    pub gemeente: Partij,
    /// Its name, unique at its gemeente.
    pub kenmerk: Kenmerk,
    /// What was asked.
    pub asked: BetalingAsked,
    /// The day on which the bank is to pay.
    pub uitvoerdatum: NaiveDate,
    /// When it was made.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
}

/// That the bank paid a batch.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Who paid.
    pub gemeente: Partij,
    /// The batch.
    pub kenmerk: Kenmerk,
    /// The day of payment.
    pub day: NaiveDate,
    /// When that was told.
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

/// That a batch is not to be paid after all.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// Who would have paid.
    pub gemeente: Partij,
    /// The batch.
    pub kenmerk: Kenmerk,
    /// When, by whom and why.
    pub withdrawn: Withdrawn,
}

/// When something was withdrawn, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// When it was made.
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
    /// Why, in words.
    pub reason: String,
}

/// What came of making a batch.
#[derive(Clone, Debug)]
pub enum Made {
    /// It was made.
    New(BetalingView),
    /// There is one of this name already; it stays as it was.
    There(BetalingView),
    /// There is nothing to pay: no batch was made. These are not paid.
    Nothing(Vec<LeftOut>),
}

/// Who is not paid in a batch; what is payable stays for a later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// AGB code.
    pub aanbieder: String,
    /// AGB code of whose account it goes to.
    pub begunstigde: String,
    /// What it comes to, in euro cents.
    pub bedrag: i64,
    /// What stands in the way of a transfer.
    pub reden: Reden,
}

/// Why somebody is not paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reden {
    /// No more was granted than taken back: it is set off later.
    NietMeerDanTeruggenomen,
    /// It is more than one transfer in SEPA can be: 999,999,999.99 euro.
    MeerDanEenOverboeking,
}

impl Reden {
    /// Why this amount, in euro cents, is not paid; `None`: it is.
    #[must_use]
    pub fn of(bedrag: i64) -> Option<Self> {
        match bedrag {
            ..=0 => Some(Self::NietMeerDanTeruggenomen),
            1..=MOST => None,
            _ => Some(Self::MeerDanEenOverboeking),
        }
    }
}

/// A batch as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetalingView {
    /// CBS code of who pays.
    pub gemeente: String,
    /// The name that its maker gave it.
    pub kenmerk: String,
    /// What was asked.
    pub asked: BetalingAsked,
    /// The day on which the bank is to pay.
    pub uitvoerdatum: NaiveDate,
    /// When it was made.
    pub at: Timestamp,
    /// The name of a credential.
    pub by: String,
    /// The day on which the bank paid.
    pub betaald_op: Option<NaiveDate>,
    /// That it is not to be paid after all; never of one that was paid.
    pub withdrawn: Option<Withdrawn>,
    /// What it pays, or was to pay before it was withdrawn; by aanbieder and as it came in.
    pub declaraties: Vec<BetaaldeDeclaratie>,
    /// Who was left out.
    pub left_out: Vec<LeftOut>,
}

/// A declaratie in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetaaldeDeclaratie {
    /// Its 323 or 303 in the store.
    pub id: String,
    /// The DeclaratieNummer of its aanbieder.
    pub declaratie_nummer: String,
    /// What it is about.
    pub declaratie_periode: GeslotenPeriode,
    /// Who is paid.
    pub payee: Payee,
    /// In euro cents; below zero when it is set off.
    pub bedrag: i64,
    /// Until when it is to be paid, and where that clock stands; where one was agreed.
    pub due: Option<(NaiveDate, DeadlineState)>,
}

/// What an aanbieder claims of a gemeente.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VorderingView {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// In the declaraties and facturen that were answered, in euro cents: of a factuur what was asked less what was credited,
    /// of a declaratie what was granted.
    pub claimed: i64,
    /// What was paid, in euro cents.
    pub paid: i64,
    /// What stands in a batch that is not paid yet, in euro cents.
    pub in_batch: i64,
}
