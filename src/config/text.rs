//! A file of settings as it is written: its values, the line of each, and what in it is not TOML.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::Error as _;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::fault::Fault;
use super::node::{index_path, key_path};
use super::origins::Origins;

/// What tables that may stand there more than once are told apart by.
const NAMED_BY: [&str; 3] = ["name", "code", "partij"];

/// A file of settings, as far as it can be read.
pub(super) struct Text {
    pub table: Table,
    pub origins: Origins,
    /// The places of what cannot be read. That was told.
    pub passed_over: BTreeSet<String>,
}

impl Text {
    /// Reads a text. Adds what is wrong with its form, once per line.
    pub(super) fn read(text: &str, file: Option<&Path>, problems: &mut Vec<String>) -> Self {
        let (document, errors) = DeTable::parse_recoverable(text);
        let origins = Origins::of(file.map(|file| file.display().to_string()));
        let mut reading = Reading { text, faulty: BTreeSet::new(), problems, found: Self::empty(origins) };
        for error in errors {
            let line = reading.line(error.span().unwrap_or_default().start);
            if reading.faulty.insert(line) {
                let place = format!("line {line}");
                reading.problems.push(format!("{place}: {}", in_words(error.message())));
                reading.found.origins.in_line(place, line);
            }
        }
        reading.found.table = reading.table("", document.get_ref());
        reading.found
    }

    fn empty(origins: Origins) -> Self {
        Self { table: Table::new(), origins, passed_over: BTreeSet::new() }
    }

    /// Puts a value that was said outside the file in the place of the one in it.
    pub(super) fn put_from(&mut self, origin: &str, section: &str, key: &str, value: Value) {
        self.origins.outside(key_path(section, key), origin.to_owned());
        let table = self.table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(table) = table {
            table.insert(key.to_owned(), value);
        }
    }
}

/// A text while it is read.
struct Reading<'a> {
    text: &'a str,
    /// The lines that are not TOML.
    faulty: BTreeSet<usize>,
    problems: &'a mut Vec<String>,
    found: Text,
}

impl Reading<'_> {
    /// The line that this byte is in.
    fn line(&self, offset: usize) -> usize {
        self.text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }

    fn table(&mut self, place: &str, table: &DeTable<'_>) -> Table {
        let mut read = Table::new();
        for (key, value) in table {
            let place = key_path(place, key.get_ref());
            let line = self.line(key.span().start);
            self.found.origins.in_line(place.clone(), line);
            read.extend(self.value(&place, value).map(|value| (key.get_ref().to_string(), value)));
        }
        read
    }

    /// A value; `None` when it cannot be read, which was told.
    fn value(&mut self, place: &str, value: &Spanned<DeValue<'_>>) -> Option<Value> {
        let line = self.line(value.span().start);
        match value.get_ref() {
            DeValue::Table(table) => return Some(Value::Table(self.table(place, table))),
            DeValue::Array(values) => return Some(Value::Array(self.list(place, values))),
            _ => {}
        }
        let read = match value.get_ref() {
            _ if self.faulty.contains(&line) => None,
            DeValue::String(text) => Some(Value::String(text.to_string())),
            DeValue::Integer(number) => {
                let read = i64::from_str_radix(number.as_str(), number.radix()).ok().map(Value::Integer);
                self.or_too_large(read, place)
            }
            DeValue::Float(number) => self.or_too_large(number.as_str().parse().ok().map(Value::Float), place),
            DeValue::Boolean(value) => Some(Value::Boolean(*value)),
            DeValue::Datetime(date) => Some(Value::Datetime(*date)),
            DeValue::Table(_) | DeValue::Array(_) => None,
        };
        if read.is_none() {
            self.found.passed_over.insert(place.to_owned());
        }
        read
    }

    fn or_too_large(&mut self, read: Option<Value>, place: &str) -> Option<Value> {
        if read.is_none() {
            self.problems.push(Fault::custom("is a number that is too large").at(place).to_string());
        }
        read
    }

    /// The values of a list. One that cannot be read keeps its place, so that those behind it have theirs.
    fn list(&mut self, place: &str, values: &[Spanned<DeValue<'_>>]) -> Vec<Value> {
        let mut read = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let one = index_path(place, index);
            let line = self.line(value.span().start);
            self.found.origins.in_line(one.clone(), line);
            if let DeValue::Table(table) = value.get_ref() {
                self.name(place, &one, table);
            }
            read.push(self.value(&one, value).unwrap_or(Value::Boolean(false)));
        }
        read
    }

    /// Makes a table in a list known by its name, as problems call it: `credential "backoffice"`.
    fn name(&mut self, list: &str, one: &str, table: &DeTable<'_>) {
        let named = NAMED_BY.iter().find_map(|key| table.get(*key)?.get_ref().as_str());
        let Some(name) = named.map(|name| format!("{list} {name:?}")) else { return };
        self.found.origins.same(&name, one);
        for key in table.keys() {
            let line = self.line(key.span().start);
            self.found.origins.in_line(key_path(&name, key.get_ref()), line);
        }
    }
}

/// What the parser says of a text that is not TOML, with what to do where that is known.
fn in_words(message: &str) -> String {
    let advice = match message {
        _ if message.starts_with("string values must be quoted") => "a text stands between quotes",
        _ if message.starts_with("unexpected leading zero") => {
            "a number does not begin with 0; a code is a text and stands between quotes, as in \"0384\""
        }
        _ if message.starts_with("invalid ") => "a text or an address stands between quotes",
        _ if message.starts_with("duplicate key") => "this stands there before",
        _ => return format!("is not TOML: {message}"),
    };
    format!("is not TOML: {advice} ({message})")
}
