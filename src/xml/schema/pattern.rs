//! The facet `pattern`: regular expressions of XML Schema 1.0 as regular expressions of Rust.
//!
//! The two differ: an XSD pattern matches the whole value, `\s` is four characters, `.` leaves out CR
//! as well as LF, `^` and `$` are letters like any other, and `.` in a class is a full stop. A
//! construct that is not translated makes loading fail. The crate `regex` takes linear time, also on
//! patterns that are exponential elsewhere.

use regex::Regex;

use crate::xml::names::{is_all_blank, is_blank};

/// One step of derivation: a value fits when it fits one of the patterns of the step.
#[derive(Debug)]
pub(super) enum Pattern {
    /// Between so many and so many digits 0 to 9.
    Digits { least: usize, most: usize },
    /// `.*[^\s].*`: something that is not blank, all on one line.
    Line,
    /// `([.\s]*\S+[.\s]*)+`: something that is not blank.
    Ink,
    /// None of these ASCII characters.
    Without { excluded: &'static [u8], least: usize },
    /// This text and no other.
    Literal(String),
    /// Anything else.
    Regex(Regex),
}

impl Pattern {
    /// Reads the patterns of one step.
    ///
    /// # Errors
    /// The construct that is not supported.
    pub(super) fn read(sources: &[String]) -> Result<Self, String> {
        if let [source] = sources
            && let Some(known) = Self::known(source)
        {
            return Ok(known);
        }
        let translated = sources.iter().map(|source| translate(source)).collect::<Result<Vec<_>, _>>()?;
        let whole = format!(r"\A(?:{})\z", translated.join("|"));
        Regex::new(&whole).map(Self::Regex).map_err(|error| format!("pattern {sources:?}: {error}"))
    }

    /// The patterns that iWmo uses most, without a regex engine.
    fn known(source: &str) -> Option<Self> {
        match source {
            r".*[^\s].*" => Some(Self::Line),
            r"([.\s]*\S+[.\s]*)+" => Some(Self::Ink),
            "[^:Z]*" => Some(Self::Without { excluded: b":Z", least: 0 }),
            "[^Z+-]+" => Some(Self::Without { excluded: b"Z+-", least: 1 }),
            "[0-9]*" => Some(Self::Digits { least: 0, most: usize::MAX }),
            _ => {
                let exactly = source.strip_prefix("[0-9]{").and_then(|rest| rest.strip_suffix('}'));
                if let Some(count) = exactly.and_then(|count| count.parse().ok()) {
                    return Some(Self::Digits { least: count, most: count });
                }
                let is_plain = !source.is_empty() && source.bytes().all(|byte| byte.is_ascii_alphanumeric());
                is_plain.then(|| Self::Literal(source.to_owned()))
            }
        }
    }

    pub(super) fn fits(&self, value: &str) -> bool {
        let bytes = value.as_bytes();
        match self {
            Self::Digits { least, most } => {
                (*least..=*most).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit)
            }
            Self::Line => {
                let mut ink = false;
                for &byte in bytes {
                    if matches!(byte, b'\n' | b'\r') {
                        return false;
                    }
                    ink |= !is_blank(byte);
                }
                ink
            }
            Self::Ink => !is_all_blank(value),
            Self::Without { excluded, least } => {
                bytes.len() >= *least && !bytes.iter().any(|byte| excluded.contains(byte))
            }
            Self::Literal(literal) => value == literal,
            Self::Regex(regex) => regex.is_match(value),
        }
    }
}

impl Pattern {
    /// As a regular expression of JSON Schema (ECMA-262), anchored.
    pub(super) fn ecma(&self) -> String {
        match self {
            Self::Digits { least, most } if *most == usize::MAX => format!("^[0-9]{{{least},}}$"),
            Self::Digits { least, most } if least == most => format!("^[0-9]{{{least}}}$"),
            Self::Digits { least, most } => format!("^[0-9]{{{least},{most}}}$"),
            Self::Line => r"^[^\n\r]*[^ \t\n\r][^\n\r]*$".to_owned(),
            Self::Ink => r"[^ \t\n\r]".to_owned(),
            Self::Without { excluded, least } => {
                let excluded: Vec<_> = excluded.iter().map(|&byte| format!(r"\x{byte:02x}")).collect();
                format!("^[^{}]{{{least},}}$", excluded.concat())
            }
            Self::Literal(literal) => format!("^{literal}$"),
            // Escapes that Rust allows and ECMA-262 does not.
            Self::Regex(regex) => regex
                .as_str()
                .replace(r"\A", "^")
                .replace(r"\z", "$")
                .replace(r"\-", r"\x2d")
                .replace(r"\&", "&")
                .replace(r"\~", "~")
                .replace(r"\#", "#"),
        }
    }
}

/// Rewrites an XSD pattern for Rust, not yet anchored.
fn translate(source: &str) -> Result<String, String> {
    let unsupported = |what: &str| format!("pattern {source}: {what}");
    let mut out = String::new();
    let mut characters = source.chars().peekable();
    let mut quantifiable = false;
    while let Some(character) = characters.next() {
        match character {
            '.' => out.push_str(r"[^\n\r]"),
            '\\' => out.push_str(&escape(&mut characters, false).map_err(|what| unsupported(&what))?),
            '[' => out.push_str(&class(&mut characters).map_err(|what| unsupported(&what))?),
            '(' => out.push_str("(?:"),
            '?' | '*' | '+' | '{' if !quantifiable => return Err(unsupported("quantifier after nothing")),
            ')' | '|' | '?' | '*' | '+' => out.push(character),
            '{' => {
                let inside: String = characters.by_ref().take_while(|&inside| inside != '}').collect();
                let numbers: Vec<_> = inside.splitn(2, ',').collect();
                let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let fine = numbers.first().is_some_and(is_number)
                    && numbers.get(1).is_none_or(|most| most.is_empty() || is_number(most));
                if !fine {
                    return Err(unsupported("quantifier"));
                }
                out.push('{');
                out.push_str(&inside);
                out.push('}');
            }
            ']' | '}' => return Err(unsupported("bracket without its partner")),
            _ => out.push_str(&regex::escape(&character.to_string())),
        }
        quantifiable = !matches!(character, '(' | '|' | '?' | '*' | '+' | '{');
    }
    Ok(out)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What follows a backslash.
fn escape(characters: &mut Characters<'_>, in_class: bool) -> Result<String, String> {
    let bracket = |inside: &str| if in_class { inside.to_owned() } else { format!("[{inside}]") };
    match characters.next() {
        Some('s') => Ok(bracket(r" \t\n\r")),
        Some('S') => Ok(r"[^ \t\n\r]".to_owned()),
        Some('d') => Ok(r"\p{Nd}".to_owned()),
        Some('D') => Ok(r"\P{Nd}".to_owned()),
        Some('w') => Ok(r"[^\p{P}\p{Z}\p{C}]".to_owned()),
        Some('W') => Ok(bracket(r"\p{P}\p{Z}\p{C}")),
        Some(letter @ ('n' | 'r' | 't')) => Ok(format!(r"\{letter}")),
        Some(literal) if r"\|.-^?*+{}()[]".contains(literal) => Ok(regex::escape(&literal.to_string())),
        Some(letter) => Err(format!(r"\{letter}")),
        None => Err("backslash at the end".to_owned()),
    }
}

/// A class, after its `[`.
fn class(characters: &mut Characters<'_>) -> Result<String, String> {
    let mut out = String::from("[");
    if characters.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut empty = true;
    loop {
        let Some(character) = characters.next() else { return Err("class without ]".to_owned()) };
        match character {
            ']' if !empty => {
                out.push(']');
                return Ok(out);
            }
            ']' => return Err("empty class".to_owned()),
            '[' => return Err("class in a class".to_owned()),
            '\\' => out.push_str(&escape(characters, true)?),
            '-' if characters.peek() == Some(&'[') => return Err("class subtraction".to_owned()),
            // First or last it is a hyphen, in between it makes a range.
            '-' if empty || characters.peek() == Some(&']') => out.push_str(r"\-"),
            '-' => out.push('-'),
            _ => out.push_str(&regex::escape(&character.to_string())),
        }
        empty = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Pattern {
        Pattern::read(&[source.to_owned()]).expect("the pattern is supported")
    }

    fn slow(source: &str) -> Regex {
        Regex::new(&format!(r"\A(?:{})\z", translate(source).expect("translates"))).expect("is a regex")
    }

    #[test]
    fn as_xml_schema_reads_them() {
        for (source, value, fits) in [
            (r"a.c", "abc", true),
            (r"a.c", "a\rc", false),
            (r"a.c", "a\u{85}c", true),
            (r"\s", "\u{a0}", false),
            (r"\S", "\u{3000}", true),
            (r"^a$", "a", false),
            (r"^a$", "^a$", true),
            (r"[.]", "x", false),
            (r"[a\-z]+", "a-z", true),
            (r"[^Z+-]", "-", false),
            (r"[a-c]|x", "x", true),
            (r"[a-c]|x", "xx", false),
            (r"\d", "\u{663}", true),
            (r"[0-9]", "\u{663}", false),
            (r"[&&a]", "&", true),
            (r"a{2,3}", "aaaa", false),
            (r"([a-zA-ZÀ-ỳ])+", "Éñ", true),
            (r"([a-zA-ZÀ-ỳ])+", "J.", false),
        ] {
            assert_eq!(read(source).fits(value), fits, "{source} {value:?}");
        }
    }

    #[test]
    fn in_json_schema_a_pattern_says_the_same() {
        let values = [
            "",
            " ",
            "a",
            "12",
            "123456789",
            "٣",
            "a\n",
            " \u{a0}",
            "a:b",
            "Z",
            "1-2",
            "418",
            "417",
            "1.0.0",
            "01.0",
            "À",
        ];
        let sources =
            [".*[^\\s].*", r"([.\s]*\S+[.\s]*)+", "[^:Z]*", "[^Z+-]+", "[0-9]*", "[0-9]{9}", "418", "417|449"];
        let more = [r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", "([a-zA-ZÀ-ỳ])+", "a:b|1-2|&#~"];
        for source in sources.iter().chain(&more) {
            let pattern = read(source);
            let ecma = Regex::new(&pattern.ecma()).expect("is a regex");
            for value in values {
                assert_eq!(ecma.is_match(value), pattern.fits(value), "{source} {value:?} {}", pattern.ecma());
            }
        }
    }

    #[test]
    fn what_is_not_translated_is_refused() {
        for source in [r"[a-z-[b]]", r"\i", r"\p{IsBasicLatin}", r"a**", r"[a", r"a]", r"\b", r"*a", "[]"] {
            assert!(Pattern::read(&[source.to_owned()]).is_err(), "{source}");
        }
    }

    #[test]
    fn shortcuts_agree_with_the_regex() {
        let values =
            ["", " ", "a", "12", "123456789", "1234567890", "٣", "a\n", "\n", " \u{a0}", "a:b", "Z", "1-2", "\u{85}"];
        for source in [r".*[^\s].*", r"([.\s]*\S+[.\s]*)+", "[^:Z]*", "[^Z+-]+", "[0-9]*", "[0-9]{9}", "418"] {
            for value in values {
                assert_eq!(read(source).fits(value), slow(source).is_match(value), "{source} {value:?}");
            }
        }
    }
}
