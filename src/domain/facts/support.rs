//! When a client had support: what was started and stopped, and how long toewijzingen lasted.

use chrono::NaiveDate;

use super::history::{Leveringen, ToewijzingFact, Toewijzingen};
use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::levering::StartKey;

/// From the first day of support to the last, without a day between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub begin: NaiveDate,
    /// Last day; none while it lasts.
    pub end: Option<NaiveDate>,
    /// It takes up what had stopped for a while.
    pub is_resumed: bool,
}

/// The support of a client in the categorie of this line. Spans that touch are one: another toewijzing is no new start, and one
/// that takes over goes on with what was not stopped.
#[must_use]
pub fn spans(leveringen: &Leveringen, line: &Prestatie, toewijzingen: &Toewijzingen) -> Vec<Span> {
    let toewijzing = |start: &StartKey| start.toewijzing_nummer.and_then(|nummer| toewijzingen.current(nummer));
    let is_same = |start: &&StartKey| {
        start.toewijzing_nummer.is_some() && start.toewijzing_nummer == line.toewijzing_nummer
            || start.categorie.as_deref() == Some(line.product_categorie.as_str())
    };
    let of_line = line.toewijzing_nummer.and_then(|nummer| toewijzingen.current(nummer));
    let known: Vec<&ToewijzingFact> = leveringen.starts.iter().filter_map(toewijzing).chain(of_line).collect();
    let mut spans: Vec<Span> = leveringen
        .starts
        .iter()
        .filter(is_same)
        .map(|start| {
            let stops = leveringen.stops.iter().filter(|stop| stop.start == *start).map(|stop| stop.einddatum);
            let end_of_toewijzing = toewijzing(start).and_then(|fact| last_day(fact, &known));
            let is_resumed = leveringen
                .stops
                .iter()
                .any(|stop| stop.is_temporary() && stop.start.is_beside(start) && stop.einddatum < start.begindatum);
            Span { begin: start.begindatum, end: stops.chain(end_of_toewijzing).min(), is_resumed }
        })
        .collect();
    spans.sort_by_key(|span| span.begin);
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if last.end.is_none_or(|end| end.succ_opt().is_none_or(|next| span.begin <= next)) => {
                last.end = last.end.zip(span.end).map(|(one, other)| one.max(other));
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// The last day of a toewijzing and of those known that take over from it without a day between; none while one lasts.
#[must_use]
pub fn last_day(toewijzing: &ToewijzingFact, known: &[&ToewijzingFact]) -> Option<NaiveDate> {
    let categorie = |fact: &ToewijzingFact| fact.product.as_ref().map(|product| product.categorie.clone());
    let mut last = toewijzing.einddatum?;
    let takes_over = |other: &&&ToewijzingFact, last: NaiveDate| {
        !other.verwijderd
            && categorie(other) == categorie(toewijzing)
            && last.succ_opt().is_none_or(|next| other.ingangsdatum <= next)
            && other.einddatum.is_none_or(|end| end > last)
    };
    while let Some(other) = known.iter().find(|other| takes_over(other, last)) {
        last = other.einddatum?;
    }
    Some(last)
}
