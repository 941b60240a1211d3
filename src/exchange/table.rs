//! Tables for a spreadsheet. No text of a bericht becomes a formula in one.

pub use crate::bundle::{Entry as Packed, pack};

/// What stands in a cell.
pub enum Cell {
    /// What somebody wrote, or may have.
    Text(String),
    /// A figure or a date: what cannot be a formula.
    Plain(String),
    /// A whole number.
    Number(i64),
    /// A cell that stays empty.
    Empty,
}

/// A heading and a line per row, semicolons between, for the spreadsheets of this country; they read UTF-8 by its mark in front.
#[must_use]
pub fn csv(heading: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> String {
    let mut table = format!("\u{feff}{}\r\n", heading.join(";"));
    rows.for_each(|row| add_row(&mut table, row));
    table
}

/// Adds a line for this row.
pub fn add_row(table: &mut String, row: Vec<Cell>) {
    let cells = row.into_iter().map(|cell| match cell {
        Cell::Text(text) => quoted(&text),
        Cell::Plain(text) => text,
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    });
    table.push_str(&cells.collect::<Vec<_>>().join(";"));
    table.push_str("\r\n");
}

/// A text in a cell of CSV: quoted, and with an apostrophe in front where a spreadsheet would take it for a formula.
#[must_use]
pub fn quoted(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(quoted("R1"), "\"R1\"");
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for start in ["=1", "+1", "-1", "@x", " =1", "\t1"] {
            assert!(quoted(start).starts_with("\"'"), "{start}");
        }
    }
}
