//! That a rejected line is sent again, corrected: by the end of the month after that of the antwoord. Agreed between parties.
//!
//! It belongs to the declaratie with the rejected line, and ends with a new debet line on the same toewijzing, product and month.
//! A line that is rejected again starts it again; of a rejected credit there is nothing to send.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::deadlines::case::{Binds, Case, Closing, Ends, Of, Opening, Row, Topic};
use crate::domain::deadlines::counted::Direction;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::history::Answers;

const KIND: DeadlineKind = DeadlineKind::Correctie;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "correctie van een regel",
    terms: &[KIND.name()],
    units: &[Unit::Maanden],
    is_optional: true,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Toewijzing,
    awaits: Some("een verbeterde debetregel in een WMO323"),
    opens,
    closes,
};

/// What a line is about, as it is sent again: toewijzing, product and month.
type About = (ToewijzingNummer, String);

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(term) = case.profile.term_of(KIND) else { return Vec::new() };
    let Some((bericht_id, rejected)) = rejected(case) else { return Vec::new() };
    let last = last_of_month(case.received);
    let due = term.due_after(last, case.calendar);
    let opening = |(_, about): About| Opening {
        bericht_id: bericht_id.clone(),
        ..Opening::due_on(KIND, Berichtsoort::Wmo323, due).about(&about).counted(
            KIND.name(),
            last,
            Direction::AfterPeriod,
        )
    };
    abouts(rejected.into_iter()).into_iter().map(opening).collect()
}

/// The rejected lines, and the declaratie that they stand in; `None` for the one at hand. It is answered here at once, or its
/// antwoord comes in.
fn rejected<'a>(case: &Case<'a>) -> Option<(Option<String>, Vec<&'a Prestatie>)> {
    match &case.heen()?.inhoud {
        Inhoud::Declaratie(declaratie) if case.is_answered => {
            let granted = &case.verdict.declaratie.as_ref()?.granted;
            let lines = declaratie.clienten.iter().flat_map(|client| &client.prestaties);
            Some((None, lines.zip(granted).filter(|(_, granted)| granted.is_none()).map(|(line, _)| line).collect()))
        }
        inhoud @ Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. } if !case.verdict.is_rejected() => {
            let declaratie = case.history.declaraties.answered_by(&Answers::of(inhoud)?)?;
            let lines = antwoord.clienten.iter().flat_map(|client| &client.prestaties);
            Some((Some(declaratie.bericht_id.clone()), lines.collect()))
        }
        _ => None,
    }
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    if case.profile.term_of(KIND).is_none() {
        return Vec::new();
    }
    // Also one of which every line is rejected: it was sent again, and starts anew.
    let judged = case.heen().filter(|_| case.verdict.declaratie.is_some());
    let Some(Inhoud::Declaratie(declaratie)) = judged.map(|heen| &heen.inhoud) else { return Vec::new() };
    let lines = declaratie.clienten.iter().flat_map(|client| &client.prestaties);
    let closing =
        |(nummer, about)| Closing { of: Of::LinesOn(nummer), kind: KIND, subject: Some(about), ends: Ends::Answered };
    abouts(lines).into_iter().map(closing).collect()
}

/// What the debet lines among these are about, each once.
fn abouts<'a>(lines: impl Iterator<Item = &'a Prestatie>) -> BTreeSet<About> {
    let about = |line: &Prestatie| {
        let nummer = line.toewijzing_nummer?;
        let month = line.product_periode.begindatum.format("%Y-%m");
        Some((nummer, format!("{nummer} {} {month}", line.product_code)))
    };
    lines.filter(|line| line.is_debet()).filter_map(about).collect()
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let next = day.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    next.and_then(|next| next.pred_opt()).unwrap_or(day)
}
