//! Bytes of an answer to text, whatever their encoding.
//!
//! Only for what others answer to us: a request has to be UTF-8.

use std::borrow::Cow;

/// The text, without a byte order mark; `None` when the bytes are not what they say.
pub(super) fn text(bytes: &[u8]) -> Option<Cow<'_, str>> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf_16(bytes, u16::from_le_bytes),
        [0, b'<', ..] => utf_16(bytes, u16::from_be_bytes),
        _ if says_latin_1(bytes) => Some(Cow::Owned(bytes.iter().copied().map(char::from).collect())),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    }
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<Cow<'_, str>> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    String::from_utf16(&units).ok().map(Cow::Owned)
}

/// Whether the prolog names an encoding in which each byte is the character with its number, or nearly so.
fn says_latin_1(bytes: &[u8]) -> bool {
    const NAMES: [&str; 5] = ["iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "us-ascii"];
    let end = bytes.iter().take(200).position(|byte| *byte == b'>').unwrap_or_default();
    let prolog = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    prolog.trim_start().starts_with("<?xml") && NAMES.iter().any(|name| prolog.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_in_every_dress() {
        let plain = "<a>geweigerd: één</a>";
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a>geweigerd: één</a>";
        let latin_bytes: Vec<u8> = latin.chars().map(|one| u8::try_from(one).expect("latin 1")).collect();
        assert_eq!(text(&latin_bytes).as_deref(), Some(latin));
        assert_eq!(text(format!("\u{feff}{plain}").as_bytes()).as_deref(), Some(plain));
        for (mark, bytes) in [
            (&[0xff, 0xfe][..], plain.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
            (&[0xfe, 0xff], plain.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ] {
            assert_eq!(text(&bytes).as_deref(), Some(plain), "without a mark");
            assert_eq!(text(&[mark, &bytes].concat()).as_deref(), Some(plain));
        }
        assert_eq!(text(b"<a>\xe9</a>"), None, "not UTF-8, and it does not say what it is");
        assert_eq!(text(b"\xff\xfe<"), None, "half a character");
    }
}
