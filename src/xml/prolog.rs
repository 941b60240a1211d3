//! From bytes to text: encoding, forbidden characters and the XML declaration.

use std::sync::LazyLock;

use regex::Regex;

use super::malformed::{Malformed, shown};

/// A text that may be XML: UTF-8 without byte order mark, and no character that XML forbids.
#[derive(Clone, Copy)]
pub(super) struct Opened<'a> {
    /// All of it, without byte order mark.
    pub(super) text: &'a str,
    /// Where what follows the XML declaration begins.
    pub(super) body: usize,
    /// It declares itself to be ASCII.
    pub(super) is_ascii: bool,
}

const TEXT_BEFORE_ROOT: &str =
    "Er staat tekst vóór het hoofdelement (een tweede byte order mark). Verwijder die tekens.";
const NOT_UTF8: &str = "Het bestand is geen geldige UTF-8. Lever het bericht aan in UTF-8.";
const NOT_ASCII: &str = "Het bestand noemt zich ASCII en is dat niet. Lever het bericht aan in UTF-8.";
const FORBIDDEN: &str = "Er staat een teken dat in XML niet mag voorkomen (een stuurteken). Verwijder het teken.";
const UTF16: &str = "Het bestand is in UTF-16 of UTF-32. Lever het bericht aan in UTF-8.";
const USUAL_DECLARATIONS: [&str; 2] =
    [r#"<?xml version="1.0" encoding="UTF-8"?>"#, r#"<?xml version="1.0" encoding="utf-8"?>"#];

/// Makes a text of the bytes.
///
/// # Errors
/// Another encoding than UTF-8, a byte sequence that is not UTF-8, a character that XML does not
/// allow, or an XML declaration that is wrong.
pub(super) fn open(bytes: &[u8]) -> Result<Opened<'_>, Malformed> {
    if [&[0xfe, 0xff][..], &[0xff, 0xfe], &[0, 0, 0xfe, 0xff], &[0, b'<', 0], &[b'<', 0, b'?', 0], &[0, 0, 0, b'<']]
        .iter()
        .any(|start| bytes.starts_with(start))
    {
        return Err(Malformed::at("", 0, UTF16));
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    let readable = readable(bytes);
    let (body, is_ascii) = declaration(readable)?;
    // A reader that starts here would drop a byte order mark without a word.
    for start in [0, body] {
        if readable.get(start..).is_some_and(|rest| rest.starts_with('\u{feff}')) {
            return Err(Malformed::at(readable, start, TEXT_BEFORE_ROOT));
        }
    }
    check(readable, bytes, is_ascii)?;
    Ok(Opened { text: readable, body, is_ascii })
}

/// Makes a text of bytes further on.
///
/// # Errors
/// As [`open`], at a place counted from these bytes.
pub(super) fn text(bytes: &[u8], is_ascii: bool) -> Result<&str, Malformed> {
    let readable = readable(bytes);
    check(readable, bytes, is_ascii)?;
    Ok(readable)
}

/// The bytes as text, up to the first that are not UTF-8.
fn readable(bytes: &[u8]) -> &str {
    let valid =
        |error: std::str::Utf8Error| bytes.get(..error.valid_up_to()).and_then(|start| str::from_utf8(start).ok());
    str::from_utf8(bytes).or_else(|error| valid(error).ok_or(error)).unwrap_or_default()
}

/// Checks that all bytes could be read, and what was read. What stands first in the text counts: then it does not
/// matter how much of the text was at hand.
fn check(readable: &str, bytes: &[u8], is_ascii: bool) -> Result<(), Malformed> {
    let foreign = if is_ascii { readable.bytes().position(|byte| !byte.is_ascii()) } else { None };
    let wrong = [
        foreign.map(|place| (place, NOT_ASCII)),
        forbidden_character(readable).map(|place| (place, FORBIDDEN)),
        (readable.len() < bytes.len()).then_some((readable.len(), NOT_UTF8)),
    ];
    match wrong.into_iter().flatten().min() {
        Some((place, finding)) => Err(Malformed::at(readable, place, finding)),
        None => Ok(()),
    }
}

/// Gives the length of the XML declaration, 0 when there is none, and whether it says ASCII.
fn declaration(text: &str) -> Result<(usize, bool), Malformed> {
    static DECLARATION: LazyLock<Regex> = LazyLock::new(|| {
        let version = r#"(?:"1\.[0-9]+"|'1\.[0-9]+')"#;
        let encoding = r#"(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)')"#;
        let standalone = r#"(?:"(?:yes|no)"|'(?:yes|no)')"#;
        let (s, eq) = ("[ \t\r\n]+", "[ \t\r\n]*=[ \t\r\n]*");
        let pattern = format!(
            r"\A<\?xml{s}version{eq}{version}(?:{s}encoding{eq}{encoding})?(?:{s}standalone{eq}{standalone})?[ \t\r\n]*\?>"
        );
        Regex::new(&pattern).expect("the pattern of the XML declaration is a regex")
    });
    if let Some(usual) = USUAL_DECLARATIONS.iter().find(|usual| text.starts_with(**usual)) {
        return Ok((usual.len(), false));
    }
    let starts = text.strip_prefix("<?xml").is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '?']));
    if !starts {
        return Ok((0, false));
    }
    let Some(found) = DECLARATION.captures(text) else {
        let wanted = r#"Gebruik <?xml version="1.0" encoding="UTF-8"?>."#;
        return Err(Malformed::at(
            text,
            0,
            format!("De XML-declaratie is onjuist of de XML-versie is niet 1.0. {wanted}"),
        ));
    };
    let mut says_ascii = false;
    if let Some(encoding) = found.get(1).or_else(|| found.get(2)) {
        let name = encoding.as_str();
        let is_ascii = ["US-ASCII", "ASCII"].iter().any(|known| known.eq_ignore_ascii_case(name));
        let is_utf8 = ["UTF-8", "UTF8"].iter().any(|known| known.eq_ignore_ascii_case(name));
        if !is_utf8 && !is_ascii {
            let name = shown(name);
            let finding = format!("De codering {name} wordt niet gelezen. Lever het bericht aan in UTF-8.");
            return Err(Malformed::at(text, encoding.start(), finding));
        }
        says_ascii = is_ascii;
    }
    Ok((found.get(0).map_or(0, |whole| whole.end()), says_ascii))
}

/// Whether a block may hold something that is not allowed. Without branches, so that it becomes vector
/// code: this looks at every byte of every bericht.
fn is_suspect(block: &[u8]) -> bool {
    let of = |byte: u8| {
        let control =
            u8::from(byte < b' ') & u8::from(byte != b'\t') & u8::from(byte != b'\n') & u8::from(byte != b'\r');
        control | u8::from(byte == 0xef)
    };
    block.iter().fold(0, |suspect, &byte| suspect | of(byte)) != 0
}

/// Where the first control character or non-character stands: neither is allowed anywhere, not even in a comment.
fn forbidden_character(text: &str) -> Option<usize> {
    const BLOCK: usize = 64;
    for (index, block) in text.as_bytes().chunks(BLOCK).enumerate() {
        if !is_suspect(block) {
            continue;
        }
        for (place, &byte) in block.iter().enumerate() {
            let offset = index * BLOCK + place;
            let control = byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
            let non_character =
                byte == 0xef && matches!(text.as_bytes().get(offset + 1..offset + 3), Some([0xbf, 0xbe | 0xbf]));
            if control || non_character {
                return Some(offset);
            }
        }
    }
    None
}
