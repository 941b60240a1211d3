//! A simple type: its facets, whether a value fits, and what to tell people.

use crate::xml::names::{is_all_blank, is_blank, trim};

use super::lexical::{self, Date};
use super::pattern::Pattern;

/// The built-in type underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Primitive {
    String,
    Integer,
    Date,
    Time,
}

impl Primitive {
    pub(super) fn of(local: &str) -> Option<Self> {
        match local {
            "string" => Some(Self::String),
            "integer" => Some(Self::Integer),
            "date" => Some(Self::Date),
            "time" => Some(Self::Time),
            _ => None,
        }
    }
}

/// All facets of a type and the types it restricts, taken together.
#[derive(Clone, Debug)]
pub(super) struct Simple {
    pub(super) primitive: Primitive,
    /// In characters.
    pub(super) min_length: usize,
    pub(super) max_length: usize,
    pub(super) low: Option<i128>,
    pub(super) high: Option<i128>,
    /// What an enumeration allows, sorted to be searched.
    pub(super) codes: Option<Vec<String>>,
    /// One for each step of derivation; a value must fit all.
    pub(super) patterns: Vec<std::sync::Arc<Pattern>>,
    /// The values say nothing about a person and may be shown.
    pub(super) may_be_shown: bool,
}

/// How a value relates to its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    /// XML Schema refuses it.
    Misfit,
    /// XML Schema accepts it, but the domain cannot hold it.
    TooFar,
}

impl Simple {
    pub(super) fn of(primitive: Primitive) -> Self {
        Self {
            primitive,
            min_length: 0,
            max_length: usize::MAX,
            low: None,
            high: None,
            codes: None,
            patterns: Vec::new(),
            may_be_shown: false,
        }
    }

    /// Judges a value as it stands between the tags, references resolved.
    pub(super) fn judge(&self, value: &str) -> Fit {
        let value = if self.primitive == Primitive::String { value } else { trim(value) };
        if !self.patterns.iter().all(|pattern| pattern.fits(value)) {
            return Fit::Misfit;
        }
        match self.primitive {
            Primitive::String => self.judge_string(value),
            Primitive::Integer => match lexical::integer(value) {
                Some(number)
                    if self.low.is_none_or(|low| number >= low) && self.high.is_none_or(|high| number <= high) =>
                {
                    if i64::try_from(number).is_ok() {
                        Fit::Fits
                    } else {
                        Fit::TooFar
                    }
                }
                _ => Fit::Misfit,
            },
            Primitive::Date => match lexical::date(value) {
                Some(Date::Fine) => Fit::Fits,
                Some(Date::TooFar) => Fit::TooFar,
                None => Fit::Misfit,
            },
            Primitive::Time => {
                if lexical::is_time(value) {
                    Fit::Fits
                } else {
                    Fit::Misfit
                }
            }
        }
    }

    fn judge_string(&self, value: &str) -> Fit {
        if let Some(codes) = &self.codes
            && codes.binary_search_by(|code| code.as_str().cmp(value)).is_err()
        {
            return Fit::Misfit;
        }
        // Bytes bound characters from above: count only where that does not decide.
        if value.len() > self.max_length && value.chars().count() > self.max_length {
            return Fit::Misfit;
        }
        let long_enough = match self.min_length {
            0 => true,
            1 => !value.is_empty(),
            least => value.chars().count() >= least,
        };
        if long_enough { Fit::Fits } else { Fit::Misfit }
    }

    /// What was found, as the predicate of a sentence. Shows the value of a code, and of anything else
    /// only the shape.
    pub(super) fn found(&self, value: &str) -> String {
        const LONGEST_CODE: usize = 4;
        const LONGEST_VERSION: usize = 8;
        let shape = if self.primitive == Primitive::String { value } else { trim(value) };
        let count = shape.chars().count();
        // Longer ones may be something else, put in the wrong place.
        let is_code = count <= LONGEST_CODE && shape.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_version = count <= LONGEST_VERSION
            && shape.contains('.')
            && shape.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if shape.is_empty() {
            return "is leeg".to_owned();
        }
        if self.may_be_shown && (is_code || is_version) {
            return format!("is {shape}");
        }
        if is_all_blank(shape) {
            return "bevat alleen spaties".to_owned();
        }
        // How long it is would lead astray: it is written as a date or time, and there is none such.
        let is_as = |form: &str| {
            let same =
                |(letter, place): (u8, u8)| if place == b'0' { letter.is_ascii_digit() } else { letter == place };
            shape.len() == form.len() && shape.bytes().zip(form.bytes()).all(same)
        };
        if self.primitive == Primitive::Date && is_as("0000-00-00") {
            return "is een datum die niet bestaat".to_owned();
        }
        if self.primitive == Primitive::Time && is_as("00:00:00") {
            return "is een tijd die niet bestaat".to_owned();
        }
        let characters = if count == 1 { "1 teken".to_owned() } else { format!("{count} tekens") };
        let odd = if shape.contains(['\n', '\r']) {
            ", waaronder een regeleinde"
        } else if !self.wants_digits() {
            ""
        } else if shape.bytes().any(is_blank) {
            ", waaronder een spatie"
        } else if shape.chars().any(char::is_alphabetic) {
            ", waaronder een letter"
        } else if !shape.bytes().all(|byte| byte.is_ascii_digit()) {
            ", waaronder een ander teken dan een cijfer"
        } else {
            ""
        };
        format!("heeft {characters}{odd}")
    }

    fn wants_digits(&self) -> bool {
        let digits = self.patterns.iter().any(|pattern| matches!(**pattern, Pattern::Digits { .. }));
        self.primitive == Primitive::Integer || digits
    }

    /// What is allowed, as the object of a sentence.
    pub(super) fn allowed(&self) -> String {
        const MOST_LISTED: usize = 12;
        if let Some(codes) = &self.codes {
            return match codes.split_last() {
                Some((last, rest)) if !rest.is_empty() && rest.len() < MOST_LISTED => {
                    format!("een van de codes {} of {last}", rest.join(", "))
                }
                Some((only, [])) => format!("de code {only}"),
                _ => format!("een code uit de codelijst ({} codes)", codes.len()),
            };
        }
        let literal = self.patterns.iter().find_map(|pattern| match &**pattern {
            Pattern::Literal(literal) => Some(literal.clone()),
            _ => None,
        });
        if let Some(literal) = literal {
            return literal;
        }
        match self.primitive {
            Primitive::Integer => self.allowed_numbers(),
            Primitive::Date => "een bestaande datum, geschreven als 2026-01-31, zonder tijdzone".to_owned(),
            Primitive::Time => "een tijd, geschreven als 13:45:00, zonder tijdzone".to_owned(),
            Primitive::String => self.allowed_text(),
        }
    }

    fn allowed_numbers(&self) -> String {
        match (self.low, self.high) {
            (Some(low), Some(high)) => format!("een geheel getal van {low} tot en met {high}"),
            (Some(low), None) => format!("een geheel getal vanaf {low}"),
            (None, Some(high)) => format!("een geheel getal tot en met {high}"),
            (None, None) => "een geheel getal".to_owned(),
        }
    }

    fn allowed_text(&self) -> String {
        let mut unit = "tekens";
        let mut conditions = Vec::new();
        for pattern in &self.patterns {
            match &**pattern {
                Pattern::Digits { least, most } if least == most => return format!("precies {least} cijfers"),
                Pattern::Digits { .. } => unit = "cijfers",
                Pattern::Line => conditions.push("niet alleen spaties en zonder regeleinde".to_owned()),
                Pattern::Ink => conditions.push("niet alleen spaties".to_owned()),
                Pattern::Without { .. } | Pattern::Literal(_) => {}
                Pattern::Regex(_) if self.may_be_shown => return "een versie, geschreven als 1.0.0".to_owned(),
                Pattern::Regex(_) => conditions.push("volgens het patroon van het schema".to_owned()),
            }
        }
        let length = match (self.min_length, self.max_length) {
            (0, usize::MAX) => "tekst".to_owned(),
            (1, usize::MAX) => "minstens 1 teken".to_owned(),
            (least, usize::MAX) => format!("minstens {least} {unit}"),
            (1, 1) => "precies 1 teken".to_owned(),
            (least, most) if least == most => format!("precies {most} {unit}"),
            (least, most) => format!("{least} tot en met {most} {unit}"),
        };
        let mut parts = vec![length];
        parts.append(&mut conditions);
        parts.join(", ")
    }
}
