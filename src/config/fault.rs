//! What is wrong with a value of a file of settings, in words: what stands there, and what may.

use std::fmt::Display;

use serde::de::{Error, Expected, Unexpected};
use strsim::osa_distance;

/// Why a value cannot be used, and where that is told.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub(super) struct Fault {
    /// As in `http.listen` or `credential[2].name`; empty until it is known.
    pub path: String,
    pub what: What,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum What {
    /// The value is not what it has to be.
    #[error("{0}")]
    Unfit(String),
    /// There is no such key.
    #[error("unknown key{}", hint(key, known))]
    UnknownKey { key: String, known: &'static [&'static str] },
    /// A table lacks a key.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl Fault {
    /// The same, at this place if none was known.
    pub(super) fn at(mut self, path: &str) -> Self {
        if self.path.is_empty() {
            path.clone_into(&mut self.path);
        }
        self
    }
}

impl From<What> for Fault {
    fn from(what: What) -> Self {
        Self { path: String::new(), what }
    }
}

impl Error for Fault {
    fn custom<T: Display>(what: T) -> Self {
        What::Unfit(what.to_string()).into()
    }

    fn invalid_type(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        What::Unfit(format!("is {}; it must be {}", in_words(found), wanted_in_words(&wanted.to_string()))).into()
    }

    fn invalid_value(found: Unexpected<'_>, wanted: &dyn Expected) -> Self {
        Self::invalid_type(found, wanted)
    }

    fn unknown_variant(found: &str, known: &'static [&'static str]) -> Self {
        What::Unfit(format!("is {found:?}; it may be {}", choices(known))).into()
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        What::UnknownKey { key: key.to_owned(), known }.into()
    }

    fn missing_field(key: &'static str) -> Self {
        What::Missing(key).into()
    }
}

/// What stands there.
fn in_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) => format!("the text {text:?}"),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

/// What may stand there. The names are those of `serde`; what it does not name so is said as it is.
fn wanted_in_words(wanted: &str) -> String {
    let words = match wanted {
        "a boolean" => "true or false",
        "a string" | "path string" => "a text between quotes",
        "a sequence" => "a list, as in [\"…\"], or for tables a heading in double brackets, as in [[partij]]",
        "a duration" => "a duration, as in \"30s\", \"15m\", \"4h\" or \"2days\"",
        "u16" => "a whole number of 0 to 65535",
        "u32" => "a whole number of 0 to 4294967295",
        "u64" | "usize" => "a whole number, 0 or more",
        "i64" => "a whole number",
        table if table.starts_with("struct ") => "a table, under a heading as in [http]",
        other => other,
    };
    words.to_owned()
}

/// The values that there are.
pub(super) fn choices(known: &[&str]) -> String {
    let quoted: Vec<String> = known.iter().map(|one| format!("{one:?}")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((one, [])) => one.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// Keys that earlier versions had, one that stands beside them, and what is written instead.
const GONE: [(&str, &str, &str); 2] = [
    ("attempts", "budget", "attempts are not counted any more: say in relay.budget for how long a bericht is tried"),
    ("receive", "adapters", "envelopes come in where ggk.listen says; leave this out"),
];

/// The name that was perhaps meant, or all that there are.
pub(super) fn hint(wrong: &str, known: &[&str]) -> String {
    const SLIPS: usize = 3;
    if let Some((_, _, instead)) = GONE.iter().find(|(gone, beside, _)| *gone == wrong && known.contains(beside)) {
        return format!("; {instead}");
    }
    let near = known.iter().map(|one| (osa_distance(wrong, one), one)).min();
    match near {
        Some((far, name)) if far <= SLIPS.min(wrong.len() / 2) => format!("; did you mean {name}?"),
        _ if known.is_empty() => String::new(),
        _ => format!("; there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_gets_the_name_that_was_meant_and_anything_else_all_names() {
        assert_eq!(hint("lissen", &["listen", "max_bericht_bytes"]), "; did you mean listen?");
        assert_eq!(hint("port", &["listen", "receive"]), "; there are listen, receive");
        assert!(hint("attempts", &["at_once", "budget"]).contains("relay.budget"), "what took its place");
        assert_eq!(hint("x", &["y"]), "; there are y", "one letter is no slip of another");
        assert_eq!(choices(&["text", "json", "csv"]), "\"text\", \"json\" or \"csv\"");
    }
}
