//! Rows as they come in: a table (CSV), or a list in JSON. All that is wrong with them is told at once.

use std::collections::HashSet;

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value};

use crate::domain::declare::{Column, Row, RowProblem};
use crate::echo::{grouped, nearest, shown};

/// What a spreadsheet takes for a formula; our own tables put an apostrophe in front of it.
const STARTS_A_FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// The rows in this file: JSON when it begins as a list does, else CSV.
///
/// # Errors
/// Everything that is wrong with it, where no row of it can be read.
pub fn read(bytes: &[u8]) -> Result<Rows, Vec<RowProblem>> {
    match bytes.trim_ascii_start().first() {
        Some(b'[') => from_json(&serde_json::from_slice(bytes).map_err(|error| {
            whole(format!("Dit is geen leesbare JSON: zie regel {}, kolom {}.", error.line(), error.column()))
        })?),
        _ => from_csv(bytes),
    }
}

/// The rows of a table with a heading, semicolons or commas between.
///
/// # Errors
/// Everything that is wrong with it, where no row of it can be read.
pub fn from_csv(bytes: &[u8]) -> Result<Rows, Vec<RowProblem>> {
    let text = text_of(bytes).map_err(whole)?;
    let (text, separator, before) = without_separator(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = separator.unwrap_or(if first.contains(';') { b';' } else { b',' });
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records().flatten().filter(|record| record.iter().any(|cell| !cell.is_empty()));
    let heading = records.next().ok_or_else(|| whole(EMPTY.to_owned()))?;
    let columns = columns(&heading)?;
    let mut lines = Lines { text, byte: 0, line: 1 + before };
    Rows::of(records.map(|record| {
        let rij = lines.of(&record);
        of_record(rij, &record, &columns)
    }))
}

/// A table below the line `sep=;`, which some spreadsheets write in front; the separator that it names, and how many lines that is.
fn without_separator(text: &str) -> (&str, Option<u8>, usize) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let separator = first.trim().trim_matches('"').to_ascii_lowercase();
    match separator.strip_prefix("sep=").map(str::as_bytes) {
        Some(&[separator]) => (rest, Some(separator), 1),
        Some(_) | None => (text, None, 0),
    }
}

/// On which line of a text a record begins; a reader says where it began to look, which may be a blank line before it.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of this record, which stands behind those asked for before.
    fn of(&mut self, record: &StringRecord) -> usize {
        let bytes = self.text.as_bytes();
        let looked = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.byte);
        let blank = bytes[looked..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.line += self.text[self.byte..looked + blank].matches('\n').count();
        self.byte = looked + blank;
        self.line
    }
}

/// The rows in a list of objects.
///
/// # Errors
/// Everything that is wrong with it, where no row of it can be read.
pub fn from_json(list: &Value) -> Result<Rows, Vec<RowProblem>> {
    let Value::Array(items) = list else {
        return Err(whole("Verwacht wordt een lijst van regels, als [{\"toewijzing_nummer\": 1, …}].".to_owned()));
    };
    Rows::of((1..).zip(items).map(|(rij, item)| match item {
        Value::Object(members) => of_members(rij, members),
        _ => Err(vec![problem(rij, None, "Verwacht wordt een object, als {\"toewijzing_nummer\": 1, …}.")]),
    }))
}

const EMPTY: &str = "Er staan geen rijen in. Zet onder de kop een rij voor elk geleverd volume.";

/// How many problems are told at most: nobody reads more, and a table that is none has one in every row.
const MOST_PROBLEMS: usize = 1_000;

/// Rows, and what is wrong with those that cannot be read.
pub struct Rows {
    /// In their order.
    pub read: Vec<Row>,
    /// Of the others.
    pub unread: Vec<RowProblem>,
}

impl Rows {
    fn of(found: impl Iterator<Item = Result<Row, Vec<RowProblem>>>) -> Result<Self, Vec<RowProblem>> {
        let (mut read, mut unread, mut left_out) = (Vec::new(), Vec::new(), 0);
        for row in found {
            match row {
                Ok(row) => read.push(row),
                Err(found) => {
                    let room = MOST_PROBLEMS - unread.len();
                    left_out += found.len().saturating_sub(room);
                    unread.extend(found.into_iter().take(room));
                }
            }
        }
        if left_out > 0 {
            let text = format!("En {} meer. Verbeter eerst wat hierboven staat.", grouped(left_out));
            unread.extend(whole(text));
        }
        match (read.is_empty(), unread.is_empty()) {
            (true, false) => Err(unread),
            (true, true) => Err(whole(EMPTY.to_owned())),
            (false, _) => Ok(Self { read, unread }),
        }
    }

    /// What became of the rows that could be read, or all that is wrong with them and with the others, in their order.
    pub(super) fn and_unread<T>(&self, made: Result<T, Vec<RowProblem>>) -> Result<T, Vec<RowProblem>> {
        match made {
            Ok(made) if self.unread.is_empty() => Ok(made),
            made => {
                let mut problems: Vec<RowProblem> =
                    self.unread.iter().cloned().chain(made.err().into_iter().flatten()).collect();
                problems.sort_by_key(|problem| problem.rij.unwrap_or(usize::MAX));
                Err(problems)
            }
        }
    }
}

/// The text of a file in UTF-8, without its byte order mark.
fn text_of(bytes: &[u8]) -> Result<&str, String> {
    const HOW: &str = "Sla het bestand op als UTF-8 (in Excel: CSV UTF-8) en probeer het opnieuw.";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Err(format!("Dit bestand is UTF-16 of geen tekst. {HOW}"));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    std::str::from_utf8(bytes)
        .map_err(|_| format!("Dit bestand is geen UTF-8; waarschijnlijk is het Windows-1252. {HOW}"))
}

/// What stands under each name of the heading.
fn columns(heading: &StringRecord) -> Result<Vec<Column>, Vec<RowProblem>> {
    let (count, most) = (heading.len(), Column::ALL.len());
    if count > 2 * most {
        let text = format!(
            "De kop heeft {count} kolommen, en er zijn er {most} bekend. Controleer de kop en het scheidingsteken."
        );
        return Err(vec![of_heading(text)]);
    }
    let mut problems = Vec::new();
    let mut columns = Vec::new();
    let mut seen = HashSet::new();
    for name in heading {
        match Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name)) {
            Some(column) if !seen.insert(column) => {
                problems.push(of_heading(format!("De kolom {} staat er twee keer.", column.name())));
            }
            Some(column) => columns.push(column),
            None => {
                let known: Vec<_> = Column::ALL.iter().map(|column| column.name()).collect();
                let nth = columns.len() + problems.len() + 1;
                let known = known.join(", ");
                problems.push(of_heading(format!("De naam van kolom {nth} is onbekend. Bekend zijn: {known}.")));
            }
        }
    }
    if !seen.contains(&Column::VorigReferentieNummer) {
        let is_told =
            |column: &Column| seen.contains(column) || *column == Column::Volume && seen.contains(&Column::Minuten);
        let missing = Column::NEEDED.iter().filter(|column| !is_told(column));
        problems.extend(missing.map(|column| of_heading(format!("De kolom {} ontbreekt.", column.name()))));
    }
    if problems.is_empty() { Ok(columns) } else { Err(problems) }
}

fn of_record(rij: usize, record: &StringRecord, columns: &[Column]) -> Result<Row, Vec<RowProblem>> {
    if record.len() != columns.len() {
        let (cells, columns) = (record.len(), columns.len());
        let text = format!(
            "Deze rij heeft {cells} waarden en de kop {columns} kolommen. Controleer scheidingstekens en aanhalingstekens."
        );
        return Err(vec![problem(rij, None, &text)]);
    }
    let mut row = Row { rij, ..Row::default() };
    let mut problems = Vec::new();
    for (column, cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        if let Err(text) = unescaped(cell).and_then(|cell| row.put(*column, cell)) {
            problems.push(problem(rij, Some(*column), text));
        }
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

/// What a cell says, without the apostrophe that keeps a spreadsheet from counting.
fn unescaped(cell: &str) -> Result<&str, &'static str> {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(STARTS_A_FORMULA) => Ok(rest),
        _ if cell.starts_with('=') => Err("Hier staat een formule. Sla de uitkomst op als waarde."),
        _ => Ok(cell),
    }
}

fn of_members(rij: usize, members: &Map<String, Value>) -> Result<Row, Vec<RowProblem>> {
    let mut row = Row { rij, ..Row::default() };
    let (mut problems, mut is_told) = (Vec::new(), false);
    for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
        let Some(column) = Column::ALL.into_iter().find(|column| column.member() == name) else {
            // Once for a row, however many there are.
            if !std::mem::replace(&mut is_told, true) {
                let known = Column::ALL.map(Column::member);
                let meant = nearest(name, known).map(|meant| format!(" Bedoelt u {meant}?")).unwrap_or_default();
                let (name, known) = (shown(name), known.join(", "));
                let text = format!("Deze regel heeft een onbekend gegeven: {name}.{meant} Bekend zijn: {known}.");
                problems.push(problem(rij, None, &text));
            }
            continue;
        };
        let put = match value {
            Value::Number(number) if column.is_number() => row.put(column, &number.to_string()),
            Value::String(text) if !column.is_number() => row.put(column, text),
            _ if column.is_number() => Err("Verwacht wordt een getal, zonder aanhalingstekens."),
            _ => Err("Verwacht wordt een tekst, tussen aanhalingstekens."),
        };
        problems.extend(put.err().map(|text| problem(rij, Some(column), text)));
    }
    if problems.is_empty() { Ok(row) } else { Err(problems) }
}

fn problem(rij: usize, column: Option<Column>, text: &str) -> RowProblem {
    RowProblem { rij: Some(rij), column, text: text.to_owned() }
}

fn of_heading(text: String) -> RowProblem {
    RowProblem { rij: Some(1), column: None, text }
}

/// The file as a whole.
fn whole(text: String) -> Vec<RowProblem> {
    vec![RowProblem { rij: None, column: None, text }]
}
