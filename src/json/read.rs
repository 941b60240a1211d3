//! JSON to domain.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::domain::berichten::klasse::Source;
use crate::domain::berichten::waarde;
use crate::echo::{nearest, shown};

/// Why JSON is not a bericht. Names the place, never a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct JsonError {
    /// The member, as in `/Bericht/Client/Bsn`.
    pub path: String,
    /// Line and column, when it is not JSON at all.
    pub position: Option<(usize, usize)>,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text is not JSON.
    NotJson,
    /// The text is JSON, but no object.
    NotAnObject,
    /// It should be there; names of members beside it that nobody took.
    Missing(Vec<String>),
    /// It should not be there, or not so often; what was probably meant.
    Unknown(Option<&'static str>),
    /// It is not of the type that the standard asks for, which is this, in Dutch.
    Unfit(&'static str),
}

/// For people, in Dutch.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotJson => f.write_str("Dit is geen leesbare JSON."),
            Self::NotAnObject => f.write_str(
                "Dit is geen JSON-object. Stuur een object als {\"berichtsoort\": \"WMO305\", \"Bericht\": {…}}; een bericht per keer.",
            ),
            Self::Missing(_) => f.write_str("Dit gegeven ontbreekt."),
            Self::Unknown(None) => f.write_str("Dit gegeven hoort hier niet, of komt te vaak voor."),
            Self::Unknown(Some(meant)) => write!(f, "Dit gegeven is hier niet bekend. Bedoelt u {meant}?"),
            Self::Unfit(expected) => write!(f, "Deze waarde past niet bij het gegeven: verwacht wordt {expected}."),
        }
    }
}

impl JsonError {
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        match error.classify() {
            Category::Data => Self::at("/".to_owned(), Problem::NotAnObject),
            Category::Io | Category::Syntax | Category::Eof => {
                Self { path: "/".to_owned(), position: Some((error.line(), error.column())), problem: Problem::NotJson }
            }
        }
    }

    pub(super) fn missing(path: &str) -> Self {
        Self::at(path.to_owned(), Problem::Missing(Vec::new()))
    }

    pub(super) fn unknown(path: String, meant: Option<&'static str>) -> Self {
        Self::at(path, Problem::Unknown(meant))
    }

    pub(super) fn unfit(path: &str, expected: &'static str) -> Self {
        Self::at(path.to_owned(), Problem::Unfit(expected))
    }

    const fn at(path: String, problem: Problem) -> Self {
        Self { path, position: None, problem }
    }
}

/// Hands out the members of a document.
pub(super) struct JsonSource<'a> {
    /// The objects that were entered, the outermost first.
    entered: Vec<Entered<'a>>,
    /// The number taken last, as text.
    number: String,
}

/// One object, and how far it was read.
struct Entered<'a> {
    /// As it stands in a path: name, and position in a list.
    step: String,
    object: &'a Map<String, Value>,
    /// Members that were taken whole.
    taken: BTreeSet<&'static str>,
    /// The list that is being read, and how many of it were taken.
    list: Option<(&'static str, usize)>,
    /// What was looked for in it.
    asked: Vec<&'static str>,
}

impl<'a> Entered<'a> {
    fn new(step: String, object: &'a Map<String, Value>) -> Self {
        Self { step, object, taken: BTreeSet::new(), list: None, asked: Vec::new() }
    }

    /// The next value of this name, without taking it.
    fn next(&mut self, name: &'static str) -> Option<&'a Value> {
        if self.asked.last() != Some(&name) {
            self.asked.push(name);
        }
        if self.taken.contains(name) {
            return None;
        }
        match self.object.get(name)? {
            Value::Null => None,
            Value::Array(list) => list.get(self.read_of(name)),
            single => Some(single),
        }
    }

    fn read_of(&self, name: &str) -> usize {
        self.list.filter(|(list, _)| *list == name).map_or(0, |(_, read)| read)
    }

    /// Takes the next value; gives its step in a path.
    fn take(&mut self, name: &'static str) -> String {
        let read = self.read_of(name);
        let length = self.object.get(name).and_then(Value::as_array).map(Vec::len);
        if length.is_none_or(|length| read + 1 >= length) {
            self.taken.insert(name);
        }
        self.list = Some((name, read + 1));
        if length.is_some() { format!("{name}[{}]", read + 1) } else { name.to_owned() }
    }

    /// The members that nobody took; null and an empty list are no members.
    fn left(&self) -> impl Iterator<Item = &'a String> {
        let is_nothing = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        let is_left =
            move |(name, value): &(&'a String, &'a Value)| !is_nothing(value) && !self.taken.contains(name.as_str());
        self.object.iter().filter(is_left).map(|(name, _)| name)
    }
}

impl<'a> JsonSource<'a> {
    pub fn new(document: &'a Map<String, Value>) -> Self {
        Self { entered: vec![Entered::new(String::new(), document)], number: String::new() }
    }

    fn path(&self, last: &str) -> String {
        let steps = self.entered.iter().skip(1).map(|entered| entered.step.as_str());
        steps.chain([last]).flat_map(|step| ["/", step]).collect()
    }

    fn here(&mut self) -> &mut Entered<'a> {
        self.entered.last_mut().expect("the document itself is never left")
    }

    fn next(&mut self, name: &'static str) -> Result<(&'a Value, String), JsonError> {
        match self.here().next(name) {
            None => {
                // Enough to find a slip of the pen among them.
                const MOST_LEFT: usize = 100;
                let left = self.here().left().take(MOST_LEFT).map(|name| shown(name)).collect();
                Err(JsonError::at(self.path(name), Problem::Missing(left)))
            }
            Some(value) => Ok((value, self.here().take(name))),
        }
    }
}

impl Source for JsonSource<'_> {
    type Error = JsonError;

    fn has(&mut self, name: &'static str) -> bool {
        self.here().next(name).is_some()
    }

    fn text(&mut self, name: &'static str) -> Result<&str, JsonError> {
        match self.next(name)? {
            (Value::String(text), _) => Ok(text),
            (_, step) => Err(JsonError::unfit(&self.path(&step), "een tekst, tussen aanhalingstekens")),
        }
    }

    fn number(&mut self, name: &'static str) -> Result<&str, JsonError> {
        match self.next(name)? {
            (Value::Number(number), _) if number.is_i64() => {
                self.number = number.to_string();
                Ok(&self.number)
            }
            (_, step) => Err(JsonError::unfit(&self.path(&step), <i64 as waarde::Value>::EXPECTED)),
        }
    }

    fn enter(&mut self, name: &'static str) -> Result<(), JsonError> {
        match self.next(name)? {
            (Value::Object(object), step) => {
                self.entered.push(Entered::new(step, object));
                Ok(())
            }
            (_, step) => Err(JsonError::unfit(&self.path(&step), "een object, als {…}")),
        }
    }

    fn leave(&mut self) -> Result<(), JsonError> {
        let here = self.here();
        let left = here.left().next().cloned();
        if let Some(left) = left {
            let meant = nearest(&left, here.asked.iter().copied().filter(|name| *name != left));
            return Err(JsonError::unknown(self.path(&shown(&left)), meant));
        }
        self.entered.pop();
        Ok(())
    }

    fn unfit(&self, name: &'static str, expected: &'static str) -> JsonError {
        JsonError::unfit(&self.path(name), expected)
    }
}
