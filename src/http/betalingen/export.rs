//! The lines that a batch pays, for a spreadsheet. Names no client.

use std::iter;

use crate::exchange::table::{Cell, add_row, csv};
use crate::store::{BetaaldeDeclaratie, LineView};

const HEADING: [&str; 13] = [
    "Kenmerk",
    "Aanbieder",
    "Begunstigde",
    "DeclaratieNummer",
    "ReferentieNummer",
    "VorigReferentieNummer",
    "ToewijzingNummer",
    "ProductCode",
    "Begindatum",
    "Einddatum",
    "Ingediend (centen)",
    "Toegekend (centen)",
    "Te betalen (centen)",
];

/// The heading, and no rows.
pub fn table() -> String {
    csv(&HEADING, iter::empty())
}

/// Adds a row for each of these lines of a declaratie that is paid, or set off.
pub fn add_lines(table: &mut String, kenmerk: &str, paid: &BetaaldeDeclaratie, lines: &[LineView]) {
    for line in lines.iter().filter(|line| line.betaalbaar != 0) {
        let prestatie = &line.fact.prestatie;
        let sign = if prestatie.is_debet() { 1 } else { -1 };
        let referentie = &prestatie.product_referentie;
        let row = vec![
            Cell::Text(kenmerk.to_owned()),
            Cell::Plain(paid.payee.aanbieder.clone()),
            Cell::Plain(paid.payee.begunstigde.clone()),
            Cell::Text(paid.declaratie_nummer.clone()),
            Cell::Text(referentie.referentie_nummer.to_string()),
            Cell::Text(referentie.vorig().unwrap_or_default().to_owned()),
            prestatie.toewijzing_nummer.map_or(Cell::Empty, |nummer| Cell::Number(nummer.0)),
            Cell::Text(prestatie.product_code.to_string()),
            Cell::Plain(prestatie.product_periode.begindatum.to_string()),
            Cell::Plain(prestatie.product_periode.einddatum.to_string()),
            Cell::Number(sign * i64::from(prestatie.ingediend_bedrag.bedrag)),
            Cell::Number(sign * i64::from(line.fact.toegekend.unwrap_or(0))),
            Cell::Number(line.betaalbaar),
        ];
        add_row(table, row);
    }
}
