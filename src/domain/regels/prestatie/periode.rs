//! When a line was delivered: a calendar month, as far as the toewijzing lasts in it.

use chrono::{Datelike, NaiveDate};

use crate::domain::facts::history::ToewijzingFact;

use super::{Line, Spot};

const BEGIN: Spot = &["ProductPeriode", "Begindatum"];
const END: Spot = &["ProductPeriode", "Einddatum"];

/// TR307: a period does not begin before the toewijzing.
///
/// - Retourcode: 9307, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr307(line: &Line<'_>) -> Option<Spot> {
    (line.prestatie.product_periode.begindatum < line.toewijzing?.ingangsdatum).then_some(BEGIN)
}

/// TR308: a period does not end after the toewijzing.
///
/// - Retourcode: 9308, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr308(line: &Line<'_>) -> Option<Spot> {
    (line.prestatie.product_periode.einddatum > line.toewijzing?.einddatum?).then_some(END)
}

/// TR319: nothing is declared that was delivered after the month of the declaratie.
///
/// - Retourcode: 9319, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr319(line: &Line<'_>) -> Option<Spot> {
    (line.prestatie.product_periode.einddatum > line.declaratie_periode.einddatum).then_some(&["ProductPeriode"])
}

/// TR387: a period begins on the first of its month, or with the toewijzing when it begins later in it. A month
/// without a day of the toewijzing breaks TR307 or TR308, not this.
///
/// - Retourcode: 9387, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr387(line: &Line<'_>) -> Option<Spot> {
    let toewijzing = line.toewijzing?;
    let begin = line.prestatie.product_periode.begindatum;
    let begins_here = month(toewijzing.ingangsdatum) == month(begin);
    let is_right = if begins_here { begin == toewijzing.ingangsdatum } else { begin.day() == 1 };
    (is_touched(toewijzing, begin) && !is_right).then_some(BEGIN)
}

/// TR388: a period ends on the last of its month, or with the toewijzing when it ends earlier in it. A month without a
/// day of the toewijzing breaks TR307 or TR308, not this.
///
/// - Retourcode: 9388, on the `Prestatie`
/// - Berichten: WMO323
pub fn tr388(line: &Line<'_>) -> Option<Spot> {
    let toewijzing = line.toewijzing?;
    let end = line.prestatie.product_periode.einddatum;
    let is_right = match toewijzing.einddatum.filter(|last| month(*last) == month(end)) {
        Some(last) => end == last,
        None => end.succ_opt().is_none_or(|next| next.day() == 1),
    };
    (is_touched(toewijzing, end) && !is_right).then_some(END)
}

/// Whether the toewijzing lasts on some day of the month of this one.
fn is_touched(toewijzing: &ToewijzingFact, day: NaiveDate) -> bool {
    month(toewijzing.ingangsdatum) <= month(day) && toewijzing.einddatum.is_none_or(|last| month(last) >= month(day))
}

fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}
