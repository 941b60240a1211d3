//! Rows as the page shows them: texts only, nothing of a client.

use super::texts;
use crate::domain::Timestamp;
use crate::domain::deadlines::kinds::awaited;
use crate::domain::regels::lijst::lijst;
use crate::exchange::local_time;
use crate::http::uitleg::page_of;
use crate::store::{BerichtView, DeadlineView, FindingReceipt, ParcelView};

/// A moment for people: day, month and time in Amsterdam.
pub(super) fn moment(at: Timestamp) -> String {
    local_time(at).format("%d-%m-%Y %H:%M").to_string()
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
    /// Where it stands.
    pub state: &'static str,
    pub from: String,
    pub about: String,
    /// Who looks after it, and why.
    pub owner: String,
}

impl DeadlineRow {
    pub fn of(view: &DeadlineView, naam: &impl Fn(&str) -> String) -> Self {
        Self {
            due: texts::date(view.due),
            awaited: awaited(&view.clock, &view.answer).to_owned(),
            state: texts::deadline_state(view.state),
            from: naam(&view.responsible),
            about: texts::about(&view.origin, view.subject.as_deref()),
            owner: view.acknowledged.as_ref().map(texts::acknowledged).unwrap_or_default(),
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

/// What is wrong with a bericht, and where that is explained.
pub(super) struct FindingRow {
    pub rule: String,
    pub uitleg: Option<String>,
    pub code: String,
    pub place: String,
    pub path: String,
    pub text: String,
}

impl FindingRow {
    fn of(finding: &FindingReceipt) -> Self {
        let place = finding.line.zip(finding.column).map(|(line, column)| format!("{line}:{column}"));
        Self {
            rule: finding.rule.clone().unwrap_or_else(|| finding.level.clone()),
            uitleg: finding.rule.as_deref().and_then(page_of),
            code: finding.retourcode.clone().unwrap_or_default(),
            place: place.unwrap_or_default(),
            path: finding.path.clone(),
            text: finding.text.clone(),
        }
    }
}

/// What a retour says of one berichtklasse.
pub(super) struct KlasseRow {
    pub path: String,
    pub codes: Vec<CodeRow>,
}

/// A retourcode, what it means, and the rules that give it.
pub(super) struct CodeRow {
    pub code: String,
    pub text: &'static str,
    pub regels: Vec<&'static str>,
}

impl CodeRow {
    pub fn of(code: &str) -> Self {
        // Most rules share 0001; which one it was is in no retour.
        let text = texts::retour_code(code);
        let giving = lijst().iter().filter(|entry| text.is_empty() && entry.retour_code == Some(code));
        Self { code: code.to_owned(), text, regels: giving.map(|entry| entry.code).collect() }
    }
}

/// A bericht that came in or was composed.
pub(super) struct BerichtRow {
    pub id: String,
    pub received_at: String,
    pub bericht: String,
    /// Who sent it.
    pub from: String,
    pub parties: String,
    pub via: &'static str,
    pub outcome: &'static str,
    pub class: &'static str,
    pub findings: Vec<FindingRow>,
}

impl BerichtRow {
    pub fn of(view: &BerichtView, naam: &impl Fn(&str) -> String) -> Self {
        let (outcome, class) = texts::outcome(view.outcome, view.via);
        let party = |code: &Option<String>| code.as_deref().map_or_else(|| "?".to_owned(), naam);
        let (mut from, mut to) = (party(&view.afzender), party(&view.ontvanger));
        if view.is_retour() {
            std::mem::swap(&mut from, &mut to);
        }
        Self {
            id: view.id.clone(),
            received_at: moment(view.received_at),
            bericht: [view.berichtsoort.as_deref().unwrap_or("?"), view.identificatie.as_deref().unwrap_or("")]
                .join(" "),
            parties: format!("{from} → {to}"),
            from,
            via: texts::via(view.via),
            outcome,
            class,
            findings: view.receipt.findings.iter().map(FindingRow::of).collect(),
        }
    }
}
