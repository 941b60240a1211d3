//! Parameters behind the question mark. What a call takes is what its description says; all else is refused, by name.

use std::collections::{HashMap, HashSet};

use axum::extract::{FromRequestParts, MatchedPath, Query};
use axum::http::request::Parts;
use axum::http::{Extensions, Method};
use chrono::NaiveDate;
use regex::Regex;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

use super::error::Problem;
use super::unread::{Fault, Unread};
use crate::echo::{nearest, shown};

/// The bericht that a path names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Id {
    /// As in the receipt.
    #[param(example = "019cb7f4-7a80-7000-8000-5b1f0c2d9e11")]
    pub id: String,
}

/// The parameters behind the question mark, once they are known to be what the description of the call says.
pub(super) struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(values)| Self(values)).map_err(|rejection| said(&rejection.body_text()))
    }
}

/// A value that our own types say a sentence about, of what the crate that reads them says around it.
fn said(message: &str) -> Problem {
    let message = message.split_once("query string: ").map_or(message, |(_, message)| message);
    let (name, text) = message.split_once(": ").unwrap_or(("", "deze waarde is niet te lezen. Zie /docs."));
    unfit(name, text)
}

/// A value that is not what it may be, which follows the name in the text.
pub(super) fn unfit(name: &str, text: &str) -> Problem {
    one(Fault::Unfit, name, format!("{name}: {text}"))
}

/// A parameter that this caller has to name.
pub(super) fn missing(name: &str, text: &str) -> Problem {
    one(Fault::Missing, name, format!("{name} ontbreekt: {text}"))
}

/// A page that would begin after what is not there.
pub(super) fn no_such_page() -> Problem {
    unfit("after", NEXT)
}

/// What stands behind `after`.
const NEXT: &str = "geef wat de vorige bladzijde als next gaf.";

fn one(kind: Fault, name: &str, text: String) -> Problem {
    Problem::Query(vec![Unread { kind, name: name.to_owned(), text }])
}

/// Where the next page begins: the id of the last one on this page.
pub(super) fn cursor() -> RefOr<Schema> {
    text("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "019cb7f4-7a80-7000-8000-5b1f0c2d9e11")
}

/// A gemeente, by its CBS code.
pub(super) fn gemeente() -> RefOr<Schema> {
    text("^[0-9]{4}$", "0384")
}

/// An aanbieder, by its AGB code.
pub(super) fn aanbieder() -> RefOr<Schema> {
    text("^[0-9]{8}$", "41005001")
}

/// A gemeente or an aanbieder, by its code.
pub(super) fn partij() -> RefOr<Schema> {
    text("^([0-9]{4}|[0-9]{8})$", "0384")
}

/// A text of this form, as in this example.
pub(super) fn text(pattern: &str, example: &str) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).examples([json!(example)]).into()
}

/// A day, as in `2026-03-04`.
pub(super) fn day() -> RefOr<Schema> {
    let format = utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::Date);
    ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
}

/// One of these words.
pub(super) fn one_of(words: &[&str]) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.iter().map(|word| (*word).to_owned()))).into()
}

/// Some of these words, with commas between.
pub(super) fn some_of(words: &[&str]) -> RefOr<Schema> {
    ArrayBuilder::new().items(one_of(words)).into()
}

/// The parameters of every call.
pub(super) struct Known(HashMap<String, Call>);

/// What a call takes.
struct Call {
    parameters: Vec<Parameter>,
    /// A form of a page sends what was left empty as well.
    may_be_empty: bool,
}

/// A parameter of a call.
struct Parameter {
    name: String,
    is_required: bool,
    kind: Kind,
}

/// What a value may be.
enum Kind {
    Flag,
    Number {
        from: u64,
        to: u64,
    },
    Day,
    OneOf(Vec<String>),
    SomeOf(Vec<String>),
    /// Of this form, as in this example.
    Pattern(Regex, String),
    Text,
}

impl Known {
    /// As the description says.
    pub fn of(document: &Value) -> Self {
        let mut known = HashMap::new();
        for (path, operations) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in operations.as_object().into_iter().flatten() {
                let parameters = operation["parameters"].as_array().into_iter().flatten();
                let in_query = parameters.filter(|parameter| parameter["in"] == "query").map(Parameter::of);
                let may_be_empty = operation["tags"][0] == "dashboard";
                known.insert(format!("{method} {path}"), Call { parameters: in_query.collect(), may_be_empty });
            }
        }
        Self(known)
    }

    /// Whether the call may be made with this query.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn check(&self, method: &Method, extensions: &Extensions, query: Option<&str>) -> Result<(), Problem> {
        let Some(path) = extensions.get::<MatchedPath>().map(MatchedPath::as_str) else { return Ok(()) };
        let method = if *method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
        let Some(known) = self.0.get(&format!("{method} {path}")) else { return Ok(()) };
        let unread = unread(known, query.unwrap_or_default());
        if unread.is_empty() { Ok(()) } else { Err(Problem::Query(unread)) }
    }

    /// The methods that this path knows, as in `GET`.
    pub fn methods(&self, path: &str) -> Vec<String> {
        let of_path = self.0.keys().filter_map(|call| call.split_once(' ').filter(|(_, known)| *known == path));
        let mut methods: Vec<_> = of_path.map(|(method, _)| method.to_uppercase()).collect();
        methods.sort();
        methods
    }
}

/// All that is wrong with a query.
fn unread(Call { parameters: known, may_be_empty }: &Call, query: &str) -> Vec<Unread> {
    let mut unread = Vec::new();
    let mut seen = HashSet::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(parameter) = known.iter().find(|one| one.is_called(&name)) else {
            unread.push(unknown(&name, known));
            continue;
        };
        let value = if *may_be_empty { value.trim() } else { &value };
        let (name, wrong) = (parameter.name.as_str(), parameter.kind.misfit(name == "after", value));
        let (kind, text) = match wrong {
            _ if !seen.insert(name) => (Fault::Repeated, "staat er twee keer. Noem het één keer.".to_owned()),
            Some(wrong) if !(*may_be_empty && value.is_empty()) => (Fault::Unfit, wrong),
            Some(_) | None => continue,
        };
        unread.push(Unread { kind, name: name.to_owned(), text: format!("{name}: {text}") });
    }
    let missing = known.iter().filter(|one| one.is_required && !seen.contains(one.name.as_str()));
    unread.extend(missing.map(|one| Unread {
        kind: Fault::Missing,
        name: one.name.clone(),
        text: format!("{} ontbreekt: {}", one.name, one.kind.wanted(false)),
    }));
    unread
}

fn unknown(name: &str, known: &[Parameter]) -> Unread {
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    let meant = nearest(name, names.iter().copied()).map(|meant| format!(" Bedoelt u {meant}?"));
    let may_be = match names.as_slice() {
        [] => "Hier mag niets achter het vraagteken staan.".to_owned(),
        names => format!("Hier mag staan: {}.", names.join(", ")),
    };
    let name = shown(name);
    let text = format!("{name} bestaat hier niet.{} {may_be}", meant.unwrap_or_default());
    Unread { kind: Fault::Unknown, name, text }
}

impl Parameter {
    /// By its name, or by the same words with underscores between, as they were written before.
    fn is_called(&self, name: &str) -> bool {
        let mut letters = name.chars();
        let same = self.name.chars().all(|letter| match letters.next() {
            Some('_') if letter.is_ascii_uppercase() => letters.next() == Some(letter.to_ascii_lowercase()),
            written => written == Some(letter),
        });
        same && letters.next().is_none()
    }

    fn of(parameter: &Value) -> Self {
        Self {
            name: parameter["name"].as_str().unwrap_or_default().to_owned(),
            is_required: parameter["required"] == true,
            kind: Kind::of(&parameter["schema"]),
        }
    }
}

impl Kind {
    fn of(schema: &Value) -> Self {
        let is = |wanted: &str| match &schema["type"] {
            Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
            kind => kind == wanted,
        };
        let words = |schema: &Value| -> Vec<String> {
            schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        if is("boolean") {
            Self::Flag
        } else if is("integer") {
            let bound =
                |name: &str| schema[name].as_u64().or_else(|| format!("{:.0}", schema[name].as_f64()?).parse().ok());
            Self::Number { from: bound("minimum").unwrap_or(0), to: bound("maximum").unwrap_or(u64::MAX) }
        } else if is("array") {
            Self::SomeOf(words(&schema["items"]))
        } else if schema["enum"].is_array() {
            Self::OneOf(words(schema))
        } else if schema["format"] == "date" {
            Self::Day
        } else if let Some(pattern) = schema["pattern"].as_str() {
            let example = schema["examples"][0].as_str().unwrap_or_default().to_owned();
            Self::Pattern(Regex::new(pattern).expect("a pattern of our own"), example)
        } else {
            Self::Text
        }
    }

    /// What is wrong with a value, if anything.
    fn misfit(&self, is_cursor: bool, value: &str) -> Option<String> {
        let fits = match self {
            Self::Flag => ["true", "false"].contains(&value),
            Self::Number { from, to } => {
                let is_figure = value.bytes().all(|byte| byte.is_ascii_digit());
                is_figure && value.parse().is_ok_and(|number: u64| (*from..=*to).contains(&number))
            }
            Self::Day => value.len() == 10 && value.parse::<NaiveDate>().is_ok(),
            Self::OneOf(words) => words.iter().any(|word| word == value),
            Self::SomeOf(words) => value.split(',').all(|one| words.iter().any(|word| word == one)),
            Self::Pattern(pattern, _) => pattern.is_match(value),
            Self::Text => true,
        };
        (!fits).then(|| self.wanted(is_cursor))
    }

    /// What to write.
    fn wanted(&self, is_cursor: bool) -> String {
        match self {
            _ if is_cursor => NEXT.to_owned(),
            Self::Flag => "geef true of false.".to_owned(),
            Self::Number { from, to: u64::MAX } => format!("geef een geheel getal vanaf {from}."),
            Self::Number { from, to } => format!("geef een geheel getal van {from} tot en met {to}."),
            Self::Day => "geef een dag die bestaat, als 2026-03-04.".to_owned(),
            Self::OneOf(words) => format!("kies uit {}.", words.join(", ")),
            Self::SomeOf(words) => format!("kies uit {}; meer mag ook, met komma's ertussen.", words.join(", ")),
            Self::Pattern(_, example) => format!("schrijf het als {example}."),
            Self::Text => "zie /docs.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Call {
        let parameters = [
            json!({"name": "van", "required": true, "schema": {"type": "string", "format": "date"}}),
            json!({"name": "limit", "schema": {"type": ["integer", "null"], "minimum": 1, "maximum": 200}}),
            json!({"name": "side", "schema": {"type": "string", "enum": ["left", "right"]}}),
            json!({"name": "state", "schema": {"type": "array", "items": {"type": "string", "enum": ["open", "met"]}}}),
            json!({"name": "force", "schema": {"type": "boolean"}}),
            json!({"name": "gemeente", "schema": {"type": "string", "pattern": "^[0-9]{4}$", "examples": ["0384"]}}),
            json!({"name": "after", "schema": {"type": "string", "pattern": "^[0-9a-f]{8}$"}}),
        ]
        .iter()
        .map(Parameter::of)
        .collect();
        Call { parameters, may_be_empty: false }
    }

    #[test]
    fn what_may_not_stand_there_is_told_by_name_with_what_may() {
        let all = "Hier mag staan: van, limit, side, state, force, gemeente, after.";
        for (query, message) in [
            ("limit=3", vec!["van ontbreekt: geef een dag die bestaat, als 2026-03-04."]),
            ("van=2026-13-01", vec!["van: geef een dag die bestaat, als 2026-03-04."]),
            ("van=2026-1-1", vec!["van: geef een dag die bestaat, als 2026-03-04."]),
            ("van=2026-01-01&limit=0", vec!["limit: geef een geheel getal van 1 tot en met 200."]),
            ("van=2026-01-01&limit=%2B5", vec!["limit: geef een geheel getal van 1 tot en met 200."]),
            (
                "van=2026-01-01&limit=201&side=up",
                vec!["limit: geef een geheel getal van 1 tot en met 200.", "side: kies uit left, right."],
            ),
            ("van=2026-01-01&state=open,late", vec!["state: kies uit open, met; meer mag ook, met komma's ertussen."]),
            ("van=2026-01-01&state=open,met&force=true&gemeente=0384&after=0019cb7f", vec![]),
            ("van=2026-01-01&force=ja", vec!["force: geef true of false."]),
            ("van=2026-01-01&gemeente=384", vec!["gemeente: schrijf het als 0384."]),
            ("van=2026-01-01&after=zzz", vec!["after: geef wat de vorige bladzijde als next gaf."]),
            ("van=2026-01-01&van=2026-01-02", vec!["van: staat er twee keer. Noem het één keer."]),
            ("van=2026-01-01&stat=open", vec![&*format!("stat bestaat hier niet. Bedoelt u state? {all}")]),
            ("van=2026-01-01&bsn999940004=1", vec![&*format!("bsn********* bestaat hier niet. {all}")]),
        ] {
            let found = unread(&known(), query);
            assert_eq!(found.iter().map(|one| one.text.as_str()).collect::<Vec<_>>(), message, "{query}");
        }
        let none = unread(&Call { parameters: Vec::new(), may_be_empty: false }, "x=1");
        assert_eq!(none[0].text, "x bestaat hier niet. Hier mag niets achter het vraagteken staan.");
    }
}
