//! The lines of a declaratie for a spreadsheet, as CSV and as XLSX. No text of a bericht becomes a formula in either.

use std::iter;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::LineJson;
use crate::exchange::table::{self, Cell};
use crate::http::dashboard::decided;
use crate::http::sheet;

const HEADING: [&str; 15] = [
    "ReferentieNummer",
    "VorigReferentieNummer",
    "ToewijzingNummer",
    "ProductCategorie",
    "ProductCode",
    "Begindatum",
    "Einddatum",
    "GeleverdVolume",
    "Eenheid",
    "ProductTarief (centen)",
    "Ingediend (centen)",
    "Toegekend",
    "Toegekend (centen)",
    "Regels",
    "Toelichting",
];

fn row(line: &LineJson) -> Vec<Cell> {
    let number = |number: Option<i64>| number.map_or(Cell::Empty, Cell::Number);
    let rules = line.findings.iter().filter_map(|finding| finding.rule.as_deref());
    let texts = line.findings.iter().map(|finding| finding.text.clone());
    let texts = texts.chain(line.calculations.iter().map(|one| one.text.clone()));
    let texts = texts.chain(line.decision.as_ref().map(decided));
    vec![
        Cell::Text(line.referentie_nummer.clone()),
        Cell::Text(line.vorig_referentie_nummer.clone().unwrap_or_default()),
        number(line.toewijzing_nummer),
        Cell::Text(line.product_categorie.clone()),
        Cell::Text(line.product_code.clone()),
        Cell::Plain(line.begindatum.to_string()),
        Cell::Plain(line.einddatum.to_string()),
        Cell::Number(line.geleverd_volume.into()),
        Cell::Text(line.eenheid.clone()),
        number(line.product_tarief.map(i64::from)),
        Cell::Number(line.ingediend_bedrag),
        Cell::Plain(line.in_a_word().to_owned()),
        Cell::Number(line.toegekend_bedrag),
        Cell::Text(rules.collect::<Vec<_>>().join(" ")),
        Cell::Text(texts.collect::<Vec<_>>().join(" ")),
    ]
}

/// A table that is made line by line.
pub trait Table {
    /// With a heading and no rows.
    fn new() -> Self;
    /// Adds the row of a line.
    fn add(&mut self, line: &LineJson);
}

/// A row for each line.
pub struct Csv(pub String);

impl Table for Csv {
    fn new() -> Self {
        Self(table::csv(&HEADING, iter::empty()))
    }

    fn add(&mut self, line: &LineJson) {
        table::add_row(&mut self.0, row(line));
    }
}

/// A sheet with a row for each line. A text is written as a text, which no spreadsheet takes for a formula.
pub struct Sheet {
    sheet: Result<Worksheet, XlsxError>,
    rows: u32,
}

impl Table for Sheet {
    fn new() -> Self {
        Self { sheet: sheet::headed("Declaratie", &HEADING), rows: 1 }
    }

    fn add(&mut self, line: &LineJson) {
        let Ok(written) = &mut self.sheet else { return };
        match sheet::write_row(written, self.rows, row(line)) {
            Ok(()) => self.rows += 1,
            Err(error) => self.sheet = Err(error),
        }
    }
}

impl Sheet {
    /// The workbook.
    ///
    /// # Errors
    /// More lines than a sheet holds, or a text that is longer than a cell.
    pub fn bytes(self) -> Result<Vec<u8>, XlsxError> {
        self.sheet.and_then(sheet::saved)
    }
}
