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
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let readable = bytes.get(..error.valid_up_to()).and_then(|start| std::str::from_utf8(start).ok());
            let readable = readable.unwrap_or_default();
            declaration(readable, false)?;
            return Err(Malformed::at(readable, readable.len(), NOT_UTF8));
        }
    };
    let (body, is_ascii) = declaration(text, text.is_ascii())?;
    // A reader that starts here would drop a byte order mark without a word.
    for start in [0, body] {
        if text.get(start..).is_some_and(|rest| rest.starts_with('\u{feff}')) {
            return Err(Malformed::at(text, start, TEXT_BEFORE_ROOT));
        }
    }
    check_characters(text)?;
    Ok(Opened { text, body, is_ascii })
}

/// Makes a text of bytes further on.
///
/// # Errors
/// As [`open`], at a place counted from these bytes.
pub(super) fn text(bytes: &[u8], is_ascii: bool) -> Result<&str, Malformed> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !is_ascii || text.is_ascii() => text,
        Ok(text) => return Err(Malformed::at(text, text.bytes().take_while(u8::is_ascii).count(), NOT_ASCII)),
        Err(error) => {
            let readable = bytes.get(..error.valid_up_to()).and_then(|start| std::str::from_utf8(start).ok());
            let readable = readable.unwrap_or_default();
            return Err(Malformed::at(readable, readable.len(), NOT_UTF8));
        }
    };
    check_characters(text)?;
    Ok(text)
}

/// Gives the length of the XML declaration, 0 when there is none, and whether it says ASCII.
fn declaration(text: &str, ascii: bool) -> Result<(usize, bool), Malformed> {
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
        if !(is_utf8 || is_ascii && ascii) {
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

/// Control characters and the two non-characters are not allowed anywhere, not even in a comment.
fn check_characters(text: &str) -> Result<(), Malformed> {
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
                let finding = "Er staat een teken dat in XML niet mag voorkomen (een stuurteken). Verwijder het teken.";
                return Err(Malformed::at(text, offset, finding));
            }
        }
    }
    Ok(())
}
