//! Which characters and names XML 1.0 (fifth edition) and its namespaces allow.

/// Blank, tab, CR and LF: all that XML calls white space.
pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a text holds nothing but white space.
pub(super) fn is_all_blank(text: &str) -> bool {
    text.bytes().all(is_blank)
}

/// Without white space around it.
pub(super) fn trim(text: &str) -> &str {
    match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(&first), Some(&last)) if is_blank(first) || is_blank(last) => text.trim_matches([' ', '\t', '\r', '\n']),
        _ => text,
    }
}

/// `Char`: what may stand in a document at all.
pub(super) fn is_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// `NCName`: a name without a colon.
pub(super) fn is_ncname(name: &str) -> bool {
    // Nearly every name there is.
    if let [first, rest @ ..] = name.as_bytes()
        && first.is_ascii_alphabetic()
        && rest.iter().all(u8::is_ascii_alphanumeric)
    {
        return true;
    }
    let mut characters = name.chars();
    characters.next().is_some_and(is_name_start) && characters.all(is_name_part)
}

fn is_name_start(character: char) -> bool {
    matches!(character,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

/// `NameChar` without the colon.
pub(super) fn is_name_part(character: char) -> bool {
    is_name_start(character)
        || matches!(character, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Prefix and local name of a qualified name; `None` when it is not one.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    match name.split_once(':') {
        None => is_ncname(name).then_some(("", name)),
        Some((prefix, local)) => (is_ncname(prefix) && is_ncname(local)).then_some((prefix, local)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expected) in [
            ("a", Some(("", "a"))),
            ("p:a", Some(("p", "a"))),
            ("é.1-b", Some(("", "é.1-b"))),
            ("1a", None),
            ("a:b:c", None),
            (":a", None),
            ("a:", None),
            ("", None),
            ("-a", None),
            ("a/b", None),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }
}
