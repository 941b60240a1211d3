//! Service levels for a spreadsheet: a row for each month of each kind.

use crate::domain::Partij;
use crate::domain::deadlines::levels::Tally;
use crate::exchange::levels::{KindLevel, ServiceLevels};
use crate::exchange::table::Cell;

pub(in crate::http) const HEADING: [&str; 11] = [
    "Partner",
    "Partij",
    "Van wie",
    "Termijn",
    "Maand",
    "Op tijd",
    "Te laat",
    "Ontbreekt",
    "Op tijd (promille)",
    "Mediaan (dagen na de laatste dag)",
    "Traagste (dagen na de laatste dag)",
];

pub(in crate::http) fn rows<'a>(
    partner: &'a Partij,
    levels: &'a ServiceLevels,
) -> impl Iterator<Item = Vec<Cell>> + 'a {
    levels.kinds.iter().flat_map(move |kind| {
        let months = levels.months.iter().zip(&kind.months);
        months.map(move |(month, tally)| row(partner, kind, month, tally))
    })
}

fn row(partner: &Partij, kind: &KindLevel, month: &str, tally: &Tally) -> Vec<Cell> {
    let number = |number: Option<i64>| number.map_or(Cell::Empty, Cell::Number);
    vec![
        Cell::Text(partner.code().to_owned()),
        Cell::Text(kind.partij.clone()),
        Cell::Plain(whose(kind).to_owned()),
        Cell::Text(kind.clock.clone()),
        Cell::Text(month.to_owned()),
        Cell::Number(tally.met()),
        Cell::Number(tally.late()),
        Cell::Number(tally.missing()),
        number(tally.in_time_per_mille()),
        number(tally.median_days()),
        number(tally.slowest_days()),
    ]
}

/// The word for who has to keep it.
pub(super) const fn whose(kind: &KindLevel) -> &'static str {
    if kind.is_theirs { "theirs" } else { "ours" }
}
