//! Rows that tell minutes: those for one line are added up, so that what becomes hours is rounded once (IV079).

use std::collections::HashMap;

use chrono::NaiveDate;

use super::row::{Column, MAX_FIGURE, Row, RowProblem};
use crate::domain::berichten::waarde::{ProductCode, ToewijzingNummer};

/// What rows of minutes have in common that are one line.
type Key<'a> = (Option<ToewijzingNummer>, Option<NaiveDate>, Option<NaiveDate>, Option<&'a ProductCode>);

/// The rows, with minutes for the same toewijzing, product and period in the first of them.
///
/// # Errors
/// A row that cannot be added to the one before it: it asks another price, or the sum is too large.
pub(super) fn merged(rows: &[Row]) -> Result<Vec<Row>, RowProblem> {
    let mut lines: Vec<Row> = Vec::with_capacity(rows.len());
    let mut seen: HashMap<Key<'_>, usize> = HashMap::new();
    for row in rows {
        let Some(minuten) = row.minuten.filter(|_| row.vorig_referentie_nummer.is_none()) else {
            lines.push(row.clone());
            continue;
        };
        let key = (row.toewijzing_nummer, row.begindatum, row.einddatum, row.product_code.as_ref());
        let Some(index) = seen.get(&key) else {
            seen.insert(key, lines.len());
            lines.push(row.clone());
            continue;
        };
        let first = &mut lines[*index];
        if !is_same(first, row) {
            let text = format!(
                "Rij {} telt minuten voor dezelfde toewijzing en periode, met een andere eenheid, prijs of een ander nummer. Maak die gelijk.",
                first.rij
            );
            return Err(row.problem(Column::Minuten, text));
        }
        let sum = first.minuten.and_then(|sum| sum.checked_add(minuten)).filter(|sum| *sum <= MAX_FIGURE);
        let too_many = || row.problem(Column::Minuten, "Met deze rij zijn het meer minuten dan in een regel passen.");
        first.minuten = Some(sum.ok_or_else(too_many)?);
    }
    Ok(lines)
}

/// Whether two rows ask the same but for the minutes; the name of the line stands in one of them at most.
fn is_same(first: &Row, row: &Row) -> bool {
    (first.eenheid, &first.product_categorie, first.tarief, first.tarief_per_uur)
        == (row.eenheid, &row.product_categorie, row.tarief, row.tarief_per_uur)
        && (first.bedrag, row.bedrag, first.volume, row.volume) == (None, None, None, None)
        && first.btw_percentage == row.btw_percentage
        && row.referentie_nummer.is_none()
        && row.bsn.as_ref().is_none_or(|bsn| first.bsn.as_ref().is_none_or(|other| other == bsn))
}
