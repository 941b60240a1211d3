//! Tables as workbooks. A text is written as a text, which no spreadsheet takes for a formula.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::error::Problem;
use crate::exchange::table::Cell;

/// The media type of a workbook.
pub(super) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A workbook of one sheet, with a row for each of these.
///
/// # Errors
/// More rows than a sheet holds, or a text that is longer than a cell.
pub(super) fn workbook(
    name: &str,
    heading: &[&str],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<Vec<u8>, XlsxError> {
    let mut sheet = headed(name, heading);
    for (nr, row) in (1..).zip(rows) {
        sheet = sheet.and_then(|mut sheet| write_row(&mut sheet, nr, row).map(|()| sheet));
    }
    sheet.and_then(saved)
}

/// A workbook as a download, under this name.
///
/// # Errors
/// It could not be made.
pub(super) fn download(workbook: Result<Vec<u8>, XlsxError>, attached: String) -> Result<Response, Problem> {
    let bytes = workbook.map_err(|error| not_packed(&error))?;
    Ok(([(CONTENT_TYPE, WORKBOOK.to_owned()), (CONTENT_DISPOSITION, attached)], bytes).into_response())
}

/// Tells the log why a file could not be made.
pub(super) fn not_packed(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::error!(error, "a file could not be made");
    Problem::NotPacked
}

/// A sheet with this name, and in its first row these words.
pub(super) fn headed(name: &str, heading: &[&str]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (column, name) in (0..).zip(heading) {
        sheet.write_string_with_format(0, column, *name, &Format::new().set_bold())?;
    }
    Ok(sheet)
}

/// Writes the row with this number.
pub(super) fn write_row(sheet: &mut Worksheet, nr: u32, row: Vec<Cell>) -> Result<(), XlsxError> {
    for (column, cell) in (0..).zip(row) {
        match cell {
            Cell::Text(text) | Cell::Plain(text) => sheet.write_string(nr, column, text)?,
            #[expect(
                clippy::cast_precision_loss,
                reason = "a sheet has no other numbers; these have 12 digits at most"
            )]
            Cell::Number(number) => sheet.write_number(nr, column, number as f64)?,
            Cell::Empty => sheet,
        };
    }
    Ok(())
}

/// The workbook of this sheet.
pub(super) fn saved(sheet: Worksheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.push_worksheet(sheet);
    workbook.save_to_buffer()
}
