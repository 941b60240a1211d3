//! Deadlines as they stand, and what people do about them.

use async_trait::async_trait;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::betaling::Withdrawn;
use super::error::StoreError;
use super::page::After;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::deadlines::case::DeadlineState;
use crate::domain::deadlines::counted::Counted;
use crate::domain::money::betaling::Kenmerk;
use crate::domain::{Partij, Timestamp};

/// Deadlines, for people.
#[async_trait]
pub trait DeadlineStore: Send + Sync {
    /// Deadlines, the earliest due first, after the deadline with this id.
    async fn deadlines(
        &self,
        query: &DeadlineQuery,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<DeadlineView>, StoreError>;

    /// The deadline with this id, if it concerns this party (`None`: an operator).
    async fn deadline(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeadlineView>, StoreError>;

    /// Opens a deadline that no bericht starts. In the audit log. One that its opener gave this name before stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one of this name was opened meanwhile.
    async fn open_deadline(&self, new: &NewOpened) -> Result<Opening, StoreError>;

    /// Keeps that what a person opened a deadline for was done: met or late by that day. In the audit log. One that stopped
    /// before, or that a bericht started, stays as it was. `None` when there is no such deadline.
    async fn finish_deadline(&self, done: &Done) -> Result<Option<DeadlineView>, StoreError>;

    /// Keeps who takes a deadline on; of several the last one counts. In the audit log. One that nobody waits for any more
    /// stays as it was. `None` when there is no such deadline.
    async fn acknowledge_deadline(&self, id: &str, taken: &Acknowledged) -> Result<Option<DeadlineView>, StoreError>;

    /// Keeps that support on a toewijzing begins on a written order, and gives what is kept: what was told first stays. Its
    /// clock `start-na-toewijzing` becomes void, and is so from the start with a toewijzing that comes later. In the audit log.
    async fn record_spoed(&self, spoed: &Spoed) -> Result<Spoed, StoreError>;

    /// Takes a written order back, and gives it as it was. The clock `start-na-toewijzing` that did not run for it runs again:
    /// met or late when a start was reported meanwhile, and not where no start is needed any more. In the audit log. `None`
    /// when there is no such order.
    async fn withdraw_spoed(&self, withdrawal: &SpoedWithdrawal) -> Result<Option<Spoed>, StoreError>;
}

/// Which deadlines are asked for.
#[derive(Clone, Debug, Default)]
pub struct DeadlineQuery {
    /// Those that concern this party; `None`: all.
    pub partij: Option<Partij>,
    /// Those in one of these states; empty: any.
    pub states: Vec<DeadlineState>,
    /// Those between this party and another; `None`: whoever they are between.
    pub with: Option<Partij>,
    /// Those of this kind, as in `retour`.
    pub clock: Option<String>,
    /// Those that this person took on, by the name that was told.
    pub owner: Option<String>,
    /// Those due on or after this day.
    pub due_from: Option<NaiveDate>,
    /// Those due on or before this day.
    pub due_by: Option<NaiveDate>,
}

/// A deadline as it stands.
#[derive(Clone, Debug)]
pub struct DeadlineView {
    /// A UUID that grows with time.
    pub id: String,
    /// As in `retour`.
    pub clock: String,
    /// The bericht awaited, as in `WMO306`; of one that a person opened, what is awaited, in words.
    pub answer: String,
    /// What it is about, when there are several.
    pub subject: Option<String>,
    /// Whose turn it is.
    pub responsible: String,
    /// What started it.
    pub origin: Origin,
    /// The last day in time.
    pub due: NaiveDate,
    /// The first instant that is too late.
    pub due_at: Timestamp,
    /// The days from which it is due soon, the first one first.
    pub warns: Vec<NaiveDate>,
    /// Why it is due on that day, in Dutch; empty: that was not kept.
    pub explanation: String,
    /// Where it stands.
    pub state: DeadlineState,
    /// When it was answered.
    pub closed_at: Option<Timestamp>,
    /// The bericht that answered it.
    pub closed_by: Option<String>,
    /// Who took it on.
    pub acknowledged: Option<Acknowledged>,
    /// That nobody needs to wait for it, as somebody said last.
    pub waiver: Option<Waiver>,
}

impl DeadlineView {
    /// The first day on which it is due soon.
    #[must_use]
    pub fn warn_from(&self) -> NaiveDate {
        self.warns.first().copied().unwrap_or(self.due)
    }

    /// The gemeente among its parties; empty: there is none.
    #[must_use]
    pub fn gemeente(&self) -> &str {
        match &self.origin {
            Origin::Bericht(by) if by.afzender.len() == GEMEENTE => &by.afzender,
            Origin::Bericht(by) => &by.ontvanger,
            Origin::Person(opened) => &opened.asked.gemeente,
            Origin::Gateway(parties) => parties.gemeente.as_deref().unwrap_or_default(),
        }
    }

    /// The bericht that started it; `None`: a person or the gateway opened it.
    #[must_use]
    pub const fn started_by(&self) -> Option<&StartedBy> {
        match &self.origin {
            Origin::Bericht(bericht) => Some(bericht),
            Origin::Person(_) | Origin::Gateway(_) => None,
        }
    }

    /// Whether somebody still waits.
    #[must_use]
    pub const fn is_awaited(&self) -> bool {
        self.state.is_awaited()
    }
}

/// How many digits a CBS code has.
const GEMEENTE: usize = 4;

/// When a deadline changes by itself, and what its due date was counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moments {
    /// The days from which it is due soon, the first one first.
    pub warns: Vec<NaiveDate>,
    /// When it changes next: it is due soon, or overdue.
    pub next_at: Timestamp,
    /// What it was counted by; `None`: by nothing that can be counted again.
    pub counted: Option<Counted>,
    /// Why it is due on that day, in Dutch.
    pub explanation: String,
}

/// That nobody needs to wait for a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Why. Holds no Bsn.
    pub reason: String,
    /// The last day that it holds; `None`: for good.
    pub until: Option<NaiveDate>,
    /// When that was said.
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

/// What started a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A bericht.
    Bericht(StartedBy),
    /// A person, as no bericht does.
    Person(Opened),
    /// The gateway, which noticed something that no bericht tells.
    Gateway(Parties),
}

/// Between whom the gateway noticed something, as far as it is between parties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// CBS code.
    pub gemeente: Option<String>,
    /// AGB code.
    pub aanbieder: Option<String>,
}

/// The bericht that started a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedBy {
    /// A UUID that grows with time.
    pub id: String,
    /// Its kind.
    pub berichtsoort: String,
    /// Sender in its header.
    pub afzender: String,
    /// Receiver in its header.
    pub ontvanger: String,
    /// In its header.
    pub identificatie: String,
}

/// What a person opened a deadline with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The name that it was given.
    pub kenmerk: String,
    /// The agreement, as in `MLW-18`.
    pub afspraak: String,
    /// Between whom, and from when.
    pub asked: DeadlineAsked,
    /// The day on which it was done.
    pub gereed_op: Option<NaiveDate>,
}

/// What a deadline is opened with besides its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadlineAsked {
    /// As in `ondersteuningsplan`.
    pub clock: String,
    /// CBS code.
    pub gemeente: String,
    /// AGB code; there may be no aanbieder yet.
    pub aanbieder: Option<String>,
    /// Day 0: counting starts the day after.
    pub vanaf: NaiveDate,
    /// The toewijzing that it is about.
    pub toewijzing_nummer: Option<i64>,
    /// How the parties know it. Holds no Bsn.
    pub referentie: Option<String>,
}

/// A deadline to open.
#[derive(Clone, Debug)]
pub struct NewOpened {
    /// A UUID that grows with time.
    pub id: String,
    /// For whom it is opened; `None`: an operator opens it.
    pub opener: Option<Partij>,
    /// Its name, unique for its opener.
    pub kenmerk: Kenmerk,
    /// The agreement, as in `MLW-18`.
    pub afspraak: String,
    /// What was asked.
    pub asked: DeadlineAsked,
    /// What is awaited, in words.
    pub answer: String,
    /// Whose turn it is.
    pub responsible: String,
    /// The last day in time.
    pub due: NaiveDate,
    /// The first instant that is too late.
    pub due_at: Timestamp,
    /// When it changes by itself.
    pub moments: Moments,
    /// By the clock of the gateway, when it was said.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
}

/// What came of opening a deadline.
#[derive(Clone, Debug)]
pub enum Opening {
    /// It was opened.
    New(DeadlineView),
    /// There is one of this name already; it stays as it was.
    There(DeadlineView),
}

/// That what is awaited was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// Of the deadline.
    pub id: String,
    /// The day on which it was done.
    pub day: NaiveDate,
    /// What was done, where somebody said it. Holds no Bsn.
    pub reason: Option<String>,
    /// When that was told.
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

/// That somebody takes a deadline on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Who looks after it.
    pub owner: String,
    /// What is going on.
    pub reason: String,
    /// Until when; `None`: until it is answered.
    pub until: Option<TakenUntil>,
    /// By the clock of the gateway, when it was said.
    pub at: Timestamp,
    /// Who told, by the name of the credential.
    pub by: String,
}

/// Until when somebody takes a deadline on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenUntil {
    /// The last day.
    pub day: NaiveDate,
    /// The first instant after it, from which on it is nobody's.
    pub free_at: Timestamp,
}

/// That support on a toewijzing begins on a written order of its gemeente.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoed {
    /// Who gives the toewijzing.
    pub gemeente: Partij,
    /// Who has it.
    pub aanbieder: Partij,
    /// Its number, which need not be known yet.
    pub toewijzing_nummer: ToewijzingNummer,
    /// The day of the order.
    pub dag: NaiveDate,
    /// Where the order is. Holds no Bsn.
    pub referentie: String,
    /// When that was told.
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

/// That a written order is taken back.
#[derive(Clone, Debug)]
pub struct SpoedWithdrawal {
    /// Who gives the toewijzing.
    pub gemeente: Partij,
    /// Who has it.
    pub aanbieder: Partij,
    /// Its number.
    pub toewijzing_nummer: ToewijzingNummer,
    /// When, by whom and why. Holds no Bsn.
    pub withdrawn: Withdrawn,
}
