//! A deadline as the API and the command line give it.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Timestamp;
use crate::domain::deadlines::kinds::awaited;
use crate::store::{Acknowledged, DeadlineState, DeadlineView, Opened, Origin, Waiver};

/// A deadline as it stands, as the API gives it.
#[derive(Serialize, ToSchema)]
pub struct DeadlineJson {
    /// By which the API names it.
    pub id: String,
    /// What is watched, as in `retour` or `ondersteuningsplan`.
    pub clock: String,
    /// The bericht that is awaited, as in `WMO306`; where a person opened it, what is awaited, in Dutch.
    pub answer: String,
    /// What is awaited, in Dutch: the bericht by its name, or what the kind of deadline says.
    pub awaits: String,
    /// What it is about, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Whose turn it is.
    pub responsible: String,
    /// The bericht that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bericht: Option<String>,
    /// Its kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub berichtsoort: Option<String>,
    /// In its header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identificatie: Option<String>,
    /// What a person opened it with, where no bericht started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<OpenedJson>,
    /// The last day in time.
    pub due: String,
    /// The first day on which it is due soon.
    pub warn_from: String,
    /// Why it is due on that day, in Dutch, with the days that did not count.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub explanation: String,
    /// `open`, `due-soon`, `overdue`, `met`, `late`, `waived` or `void`.
    pub state: &'static str,
    /// When it was answered, or told to be done.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Who took it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<AcknowledgedJson>,
    /// Who said that nobody needs to wait for it, where that holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<WaivedJson>,
}

/// Who said that nobody needs to wait for a deadline.
#[derive(Serialize, ToSchema)]
pub struct WaivedJson {
    /// Why nobody needs to wait.
    pub reason: String,
    /// The last day that it holds; absent: for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// When that was said.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

/// What a person opened a deadline with.
#[derive(Serialize, ToSchema)]
pub struct OpenedJson {
    /// Under which who opened it knows it.
    pub name: String,
    /// The agreement, as in `MLW-18`.
    pub agreement: String,
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aanbieder: Option<String>,
    /// The day from which it counts.
    pub from: NaiveDate,
    /// How the parties know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referentie: Option<String>,
    /// The day on which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_on: Option<NaiveDate>,
}

/// Who took a deadline on.
#[derive(Serialize, ToSchema)]
pub struct AcknowledgedJson {
    /// Who looks after it.
    pub owner: String,
    /// What is going on.
    pub reason: String,
    /// The last day; absent: until it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// When that was told.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// By whom, by the name of the credential.
    pub by: String,
}

impl From<DeadlineView> for DeadlineJson {
    fn from(view: DeadlineView) -> Self {
        let warn_from = view.warn_from().to_string();
        let (bericht, berichtsoort, identificatie, opened) = match view.origin {
            Origin::Bericht(by) => (Some(by.id), Some(by.berichtsoort), Some(by.identificatie), None),
            Origin::Person(opened) => (None, None, None, Some(opened.into())),
            Origin::Gateway(_) => (None, None, None, None),
        };
        Self {
            id: view.id,
            awaits: awaited(&view.clock, &view.answer).to_owned(),
            clock: view.clock,
            answer: view.answer,
            subject: view.subject,
            responsible: view.responsible,
            bericht,
            berichtsoort,
            identificatie,
            opened,
            due: view.due.to_string(),
            warn_from,
            explanation: view.explanation,
            state: view.state.name(),
            closed_at: view.closed_at,
            acknowledged: view.acknowledged.map(AcknowledgedJson::from),
            waived: view.waiver.filter(|_| view.state == DeadlineState::Waived).map(WaivedJson::from),
        }
    }
}

impl From<Waiver> for WaivedJson {
    fn from(Waiver { reason, until, at, by }: Waiver) -> Self {
        Self { reason, until, at, by }
    }
}

impl From<Opened> for OpenedJson {
    fn from(opened: Opened) -> Self {
        Self {
            name: opened.kenmerk,
            agreement: opened.afspraak,
            gemeente: opened.asked.gemeente,
            aanbieder: opened.asked.aanbieder,
            from: opened.asked.vanaf,
            referentie: opened.asked.referentie,
            done_on: opened.gereed_op,
        }
    }
}

impl From<Acknowledged> for AcknowledgedJson {
    fn from(taken: Acknowledged) -> Self {
        let until = taken.until.map(|until| until.day);
        Self { owner: taken.owner, reason: taken.reason, until, at: taken.at, by: taken.by }
    }
}
