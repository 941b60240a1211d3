//! Rows as the page shows them: texts only, nothing of a client.

use chrono::NaiveDate;

use super::texts;
use crate::domain::{Berichtsoort, Timestamp};
use crate::exchange::local_time;
use crate::store::{BerichtView, DeadlineView, ParcelView};

/// A moment for people: day, month and time in Amsterdam.
pub(super) fn moment(at: Timestamp) -> String {
    local_time(at).format("%d-%m-%Y %H:%M").to_string()
}

/// A day for people.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%d-%m-%Y").to_string()
}

/// A bericht on the time line of a toewijzing, and what came of it.
pub(super) struct TimelineRow {
    pub bericht: BerichtRow,
    pub what: Vec<String>,
    pub transport: Vec<String>,
    pub deadlines: Vec<String>,
}

/// A clock that runs.
pub(super) struct DeadlineRow {
    pub due: String,
    pub awaited: String,
    pub from: String,
    pub about: String,
}

impl DeadlineRow {
    pub fn of(view: &DeadlineView, naam: &impl Fn(&str) -> String) -> Self {
        Self {
            due: date(view.due),
            awaited: view.answer.clone(),
            from: naam(&view.responsible),
            about: texts::about(&view.berichtsoort, &view.identificatie, view.subject.as_deref()),
        }
    }
}

/// An envelope that is not delivered.
pub(super) struct ParcelRow {
    pub functie: String,
    pub to: String,
    pub state: &'static str,
    pub attempts: i64,
    pub reason: String,
}

impl ParcelRow {
    pub fn of(view: &ParcelView, naam: &impl Fn(&str) -> String) -> Self {
        Self {
            functie: view.functie.clone(),
            to: naam(&view.ontvanger),
            state: texts::parcel_state(&view.state),
            attempts: view.attempts,
            reason: view.last_reason.clone().unwrap_or_default(),
        }
    }
}

/// A bericht that came in or was composed.
pub(super) struct BerichtRow {
    pub received_at: String,
    pub bericht: String,
    pub parties: String,
    pub via: &'static str,
    pub outcome: &'static str,
    pub class: &'static str,
    pub findings: Vec<String>,
}

impl BerichtRow {
    pub fn of(view: &BerichtView, naam: &impl Fn(&str) -> String) -> Self {
        let (outcome, class) = texts::outcome(view.outcome, view.via);
        let party = |code: &Option<String>| code.as_deref().map_or_else(|| "?".to_owned(), naam);
        let (mut from, mut to) = (party(&view.afzender), party(&view.ontvanger));
        let soort = view.berichtsoort.as_deref().and_then(Berichtsoort::from_name);
        if soort.is_some_and(Berichtsoort::is_retour) {
            // A retour repeats the parties of its heenbericht and goes the other way.
            std::mem::swap(&mut from, &mut to);
        }
        let findings = view.receipt.findings.iter().map(|finding| match &finding.retourcode {
            Some(code) => format!("{code}: {}", finding.text),
            None => finding.text.clone(),
        });
        Self {
            received_at: moment(view.received_at),
            bericht: [view.berichtsoort.as_deref().unwrap_or("?"), view.identificatie.as_deref().unwrap_or("")]
                .join(" "),
            parties: format!("{from} → {to}"),
            via: texts::via(view.via),
            outcome,
            class,
            findings: findings.collect(),
        }
    }
}
