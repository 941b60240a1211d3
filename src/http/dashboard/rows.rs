//! Rows as the page shows them: texts only, nothing of a client.

use chrono::NaiveDate;

use super::{texts, words};
pub(super) use crate::api::report::FindingRow;
use crate::domain::Timestamp;
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::deadlines::case::Topic;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::kinds::{self, awaited};
use crate::domain::finding::Finding;
use crate::domain::regels::list;
use crate::exchange::{Refused, local_time};
use crate::http::error::refused_texts;
use crate::http::uitleg::page_of;
use crate::store::{
    BerichtView, DeadlineView, IN_LIST, Origin, ParcelState, ParcelView, RefusalReceipt, RefusedToewijzing,
};

/// A moment for people: day, month and time in Amsterdam.
pub(super) fn moment(at: Timestamp) -> String {
    local_time(at).format("%d-%m-%Y %H:%M").to_string()
}

/// The time of day in Amsterdam.
pub(super) fn time(at: Timestamp) -> String {
    local_time(at).format("%H:%M").to_string()
}

/// A party: its name, and its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Party {
    pub naam: String,
    /// Empty where it is not known who it is.
    pub link: String,
}

impl Party {
    pub fn of(code: &str, naam: &impl Fn(&str) -> String) -> Self {
        let is_code = [4, 8].contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
        Self { naam: naam(code), link: if is_code { format!("/partners/{code}") } else { String::new() } }
    }

    fn of_any(code: Option<&str>, naam: &impl Fn(&str) -> String) -> Self {
        code.map_or_else(|| Self { naam: "?".to_owned(), link: String::new() }, |code| Self::of(code, naam))
    }
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
    pub id: String,
    /// The bericht that started it.
    pub bericht_id: Option<String>,
    pub due: String,
    /// How many days it is late, or how many are left.
    pub since: String,
    pub is_late: bool,
    pub awaited: String,
    /// Where it stands.
    pub state: &'static str,
    pub from: Party,
    pub about: String,
    /// The page of what it is about, and what that is.
    pub subject: Option<(String, String)>,
    /// Who looks after it, and why.
    pub owner: String,
}

impl DeadlineRow {
    pub fn of(view: &DeadlineView, naam: &impl Fn(&str) -> String, today: NaiveDate) -> Self {
        Self {
            id: view.id.clone(),
            bericht_id: view.started_by().map(|bericht| bericht.id.clone()),
            due: texts::date(view.due),
            since: if view.is_awaited() { words::since(view.due, today) } else { String::new() },
            is_late: view.is_awaited() && view.due < today,
            awaited: awaited(&view.clock, &view.answer).to_owned(),
            state: texts::deadline_state(view.state),
            from: Party::of(&view.responsible, naam),
            about: about(view),
            subject: subject(view),
            owner: view.acknowledged.as_ref().map(texts::acknowledged).unwrap_or_default(),
        }
    }
}

/// The bericht that a deadline is about, what a person opened it for, or what the gateway noticed.
fn about(view: &DeadlineView) -> String {
    match (&view.origin, &view.subject) {
        (Origin::Gateway(_), Some(subject)) => subject.clone(),
        (Origin::Gateway(_) | Origin::Bericht(_) | Origin::Person(_), _) => texts::about(&view.origin),
    }
}

/// What a deadline is about where it is about one of several: its page, if it has one, and its name.
fn subject(view: &DeadlineView) -> Option<(String, String)> {
    let is_noticed = DeadlineKind::from_name(&view.clock).is_some_and(DeadlineKind::is_noticed);
    let subject = view.subject.as_deref().filter(|_| !is_noticed)?;
    let bericht = view.started_by()?;
    let gemeente = [&bericht.afzender, &bericht.ontvanger].into_iter().find(|code| code.len() == 4)?;
    let is_named = kinds::topic(&view.clock) != Topic::Toewijzing;
    let nummer = subject.split(' ').next().filter(|nummer| !is_named && nummer.parse::<i64>().is_ok());
    let link = match nummer {
        Some(nummer) => format!("/toewijzingen/{gemeente}/{nummer}"),
        None => format!("/berichten/{}", bericht.id),
    };
    Some((link, words::subject(&view.clock, subject)))
}

/// An envelope that is not delivered.
pub(super) struct ParcelRow {
    /// Its referentienummer.
    pub id: String,
    /// Of the bericht inside.
    pub bericht_id: String,
    /// When it is tried again.
    pub next: String,
    pub functie: String,
    pub to: Party,
    pub state: &'static str,
    pub attempts: i64,
    pub reason: String,
}

impl ParcelRow {
    pub fn of(view: &ParcelView, naam: &impl Fn(&str) -> String) -> Self {
        let next = match &view.state {
            ParcelState::Waiting { due_at } | ParcelState::Unclear { due_at: Some(due_at) } => moment(*due_at),
            ParcelState::Sending { .. }
            | ParcelState::Unclear { due_at: None }
            | ParcelState::Delivered { .. }
            | ParcelState::Refused { .. }
            | ParcelState::Held
            | ParcelState::Stuck
            | ParcelState::GivenUp => String::new(),
        };
        Self {
            id: view.referentienummer.clone(),
            bericht_id: view.bericht_id.clone(),
            next,
            functie: view.functie.clone(),
            to: Party::of(&view.ontvanger, naam),
            state: texts::parcel_state(&view.state),
            attempts: view.attempts,
            reason: view.last_reason.clone().unwrap_or_default(),
        }
    }
}

/// What is wrong with a bericht, and the page that explains it.
pub(super) fn finding_row(finding: &Finding) -> FindingRow {
    FindingRow::of(finding, page_of)
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
        let giving = list::giving(code).filter(|_| text.is_empty());
        Self { code: code.to_owned(), text, regels: giving.collect() }
    }
}

/// A bericht that came in or was composed.
pub(super) struct BerichtRow {
    pub id: String,
    pub received_at: String,
    pub bericht: String,
    /// Who sent it.
    pub from: Party,
    /// Whom it is for.
    pub to: Party,
    pub via: &'static str,
    pub outcome: &'static str,
    pub class: &'static str,
    pub refusal: Option<RefusalRow>,
    pub findings: Vec<FindingRow>,
    /// How many findings are not shown.
    pub left_out: Option<String>,
}

/// How many findings a list shows of a bericht.
pub(super) const MOST_IN_LIST: usize = IN_LIST;

/// How many findings the page of a bericht shows.
pub(super) const MOST_ON_PAGE: usize = 200;

impl BerichtRow {
    /// In a list, which knows that there are more findings and not how many.
    pub fn listed(view: &BerichtView, naam: &impl Fn(&str) -> String) -> Self {
        let has_more = view.receipt.findings.len() > MOST_IN_LIST;
        let left_out = has_more.then(|| "Er is meer gevonden: zie het bericht.".to_owned());
        Self { left_out, ..Self::of(view, naam, MOST_IN_LIST) }
    }

    pub fn of(view: &BerichtView, naam: &impl Fn(&str) -> String, most: usize) -> Self {
        let (outcome, class) = texts::outcome(view);
        let party = |code: &Option<String>| Party::of_any(code.as_deref(), naam);
        let (mut from, mut to) = (party(&view.afzender), party(&view.ontvanger));
        if view.is_retour() {
            std::mem::swap(&mut from, &mut to);
        }
        Self {
            id: view.id.clone(),
            received_at: moment(view.received_at),
            bericht: name(view),
            from,
            to,
            via: texts::via(view.via),
            outcome,
            class,
            refusal: view.receipt.refusal.as_ref().map(RefusalRow::of),
            findings: view.receipt.findings.iter().take(most).map(finding_row).collect(),
            left_out: texts::left_out(view.receipt.findings.len().saturating_sub(most)),
        }
    }
}

/// What a bericht is called: its kind and its Identificatie.
pub(super) fn name(view: &BerichtView) -> String {
    let identificatie = without_bsn(view.identificatie.as_deref().unwrap_or_default());
    [view.berichtsoort.as_deref().unwrap_or("?"), &identificatie].join(" ")
}

/// Why a bericht was not taken in.
pub(super) struct RefusalRow {
    pub title: &'static str,
    pub text: String,
    /// The name of the credential that posted it.
    pub by: String,
}

impl RefusalRow {
    fn of(refusal: &RefusalReceipt) -> Self {
        let by = refusal.by.clone().unwrap_or_default();
        match Refused::of_receipt(refusal) {
            Some(why) => {
                let (_, title, text) = refused_texts(why);
                Self { title, text, by }
            }
            None => Self { title: "", text: refusal.reason.clone(), by },
        }
    }
}

/// A toewijzing that its aanbieder refused.
pub(super) struct RefusedRow {
    pub nummer: i64,
    pub link: String,
    pub gemeente: Party,
    pub aanbieder: Party,
    pub received_at: String,
    /// The bericht that says why.
    pub retour: Option<String>,
}

impl RefusedRow {
    pub fn of(view: &RefusedToewijzing, naam: &impl Fn(&str) -> String) -> Self {
        Self {
            nummer: view.toewijzing_nummer,
            link: format!("/toewijzingen/{}/{}", view.gemeente, view.toewijzing_nummer),
            gemeente: Party::of(&view.gemeente, naam),
            aanbieder: Party::of(&view.aanbieder, naam),
            received_at: moment(view.received_at),
            retour: view.retour_id.clone(),
        }
    }
}
