//! Which namespace a prefix stands for, and the attributes of a tag, by the letter of XML 1.0 and
//! Namespaces in XML 1.0.

use std::borrow::Cow;

use super::names::{is_blank, is_char, is_ncname, split};

pub(super) const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

const MOST_ATTRIBUTES: usize = 64;
const MOST_BINDINGS: usize = 128;

/// An attribute that is not a namespace declaration.
#[derive(Debug)]
pub(super) struct Attribute {
    /// Empty without prefix.
    pub(super) namespace: String,
    pub(super) local: String,
    pub(super) value: String,
}

/// The prefixes in force.
#[derive(Debug, Default)]
pub(super) struct Namespaces {
    bindings: Vec<(String, String)>,
    /// Changes whenever a prefix may have got another meaning.
    pub(super) generation: u32,
}

/// An attribute as written.
type Written<'a> = (&'a str, Cow<'a, str>);

impl Namespaces {
    pub(super) fn len(&self) -> usize {
        self.bindings.len()
    }

    /// Forgets what was declared since there were `len` bindings.
    pub(super) fn truncate(&mut self, len: usize) {
        if self.bindings.len() > len {
            self.bindings.truncate(len);
            self.generation = self.generation.wrapping_add(1);
        }
    }

    /// The namespace of a prefix; the empty prefix is the default namespace, `""` no namespace.
    pub(super) fn lookup(&self, prefix: &str) -> Option<&str> {
        match prefix {
            "xml" => Some(XML),
            "xmlns" => None,
            _ => match self.bindings.iter().rev().find(|(bound, _)| *bound == prefix) {
                Some((_, uri)) => Some(uri),
                None => prefix.is_empty().then_some(""),
            },
        }
    }

    /// Reads what stands in a tag after the name, and takes the namespace declarations in it.
    ///
    /// # Errors
    /// What is wrong, in Dutch.
    pub(super) fn read_attributes(&mut self, raw: &str) -> Result<Vec<Attribute>, String> {
        let written = parse(raw)?;
        for (index, (name, _)) in written.iter().enumerate() {
            if written.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err("Een attribuut staat twee keer in dezelfde tag. Verwijder er een.".to_owned());
            }
        }
        let mut others = Vec::new();
        for (name, value) in written {
            match split(name) {
                None => return Err("Een attribuut heeft een ongeldige naam. Verbeter of verwijder het.".to_owned()),
                Some(("", "xmlns")) => self.bind("", value)?,
                Some(("xmlns", prefix)) => self.bind(prefix, value)?,
                Some((prefix, local)) => others.push((prefix, local, value)),
            }
        }
        let mut attributes: Vec<Attribute> = Vec::with_capacity(others.len());
        for (prefix, local, value) in others {
            let namespace = if prefix.is_empty() { Some("") } else { self.lookup(prefix) };
            let Some(namespace) = namespace else {
                return Err("Een attribuut gebruikt een prefix die niet is gedeclareerd. Declareer de prefix of verwijder het attribuut.".to_owned());
            };
            if attributes.iter().any(|earlier| earlier.local == local && earlier.namespace == namespace) {
                return Err("Een attribuut staat onder twee prefixen in dezelfde tag. Verwijder er een.".to_owned());
            }
            let (namespace, local) = (namespace.to_owned(), local.to_owned());
            attributes.push(Attribute { namespace, local, value: value.into_owned() });
        }
        Ok(attributes)
    }

    fn bind(&mut self, prefix: &str, uri: Cow<'_, str>) -> Result<(), String> {
        let allowed = match prefix {
            "xml" => uri == XML,
            "xmlns" => false,
            "" => uri != XML && uri != XMLNS,
            _ => !uri.is_empty() && uri != XML && uri != XMLNS,
        };
        if !allowed {
            return Err("Een namespace-declaratie is niet toegestaan (xml, xmlns of een lege namespace). Verwijder de declaratie.".to_owned());
        }
        if self.bindings.len() >= MOST_BINDINGS {
            return Err(format!(
                "Er zijn meer dan {MOST_BINDINGS} namespaces gedeclareerd. Declareer alleen de namespaces van het bericht."
            ));
        }
        self.bindings.push((prefix.to_owned(), uri.into_owned()));
        self.generation = self.generation.wrapping_add(1);
        Ok(())
    }
}

/// Splits `name="value"` pairs, each after white space, quoted, and without `<`.
fn parse(raw: &str) -> Result<Vec<Written<'_>>, String> {
    const WRONG: &str = "Een attribuut is onjuist geschreven. Schrijf naam=\"waarde\", met een spatie ervoor.";
    let mut written = Vec::new();
    let mut rest = raw;
    loop {
        let trimmed = rest.trim_start_matches(|character| u8::try_from(character).is_ok_and(is_blank));
        if trimmed.is_empty() {
            return Ok(written);
        }
        if trimmed.len() == rest.len() {
            return Err(WRONG.to_owned());
        }
        if written.len() >= MOST_ATTRIBUTES {
            return Err(format!("Een element heeft meer dan {MOST_ATTRIBUTES} attributen. Verwijder ze."));
        }
        let (name, after) = trimmed.split_once('=').ok_or(WRONG)?;
        let name = super::names::trim(name);
        let after = after.trim_start_matches(|character| u8::try_from(character).is_ok_and(is_blank));
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\'')).ok_or(WRONG)?;
        let (value, after) = after.split_at(1).1.split_once(quote).ok_or(WRONG)?;
        if !name.split(':').all(is_ncname) {
            return Err("Een attribuut heeft een ongeldige naam. Verbeter of verwijder het.".to_owned());
        }
        written.push((name, normalize(value)?));
        rest = after;
    }
}

/// The value of an attribute: references resolved, white space made blanks.
fn normalize(raw: &str) -> Result<Cow<'_, str>, String> {
    if raw.contains('<') {
        return Err("In de waarde van een attribuut staat een <. Schrijf &lt;.".to_owned());
    }
    if !raw.contains(['&', '\t', '\r', '\n']) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let plain = raw.replace("\r\n", "\n");
    let mut rest = plain.as_str();
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        value.extend(before.chars().map(blank_for_white_space));
        let (name, after) = reference.split_at(1).1.split_once(';').ok_or_else(|| LOOSE_AMPERSAND.to_owned())?;
        value.push(resolve(name)?);
        rest = after;
    }
    value.extend(rest.chars().map(blank_for_white_space));
    Ok(Cow::Owned(value))
}

fn blank_for_white_space(character: char) -> char {
    if matches!(character, '\t' | '\r' | '\n') { ' ' } else { character }
}

pub(super) const LOOSE_AMPERSAND: &str = "Er staat een losse & in de tekst. Schrijf &amp;.";

/// The character that a reference stands for: one of the five names, or a number.
pub(super) fn resolve(name: &str) -> Result<char, String> {
    const NOT_A_CHARACTER: &str =
        "Een tekenverwijzing (&#…;) noemt een teken dat in XML niet mag voorkomen. Verwijder de verwijzing.";
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "apos" => return Ok('\''),
        "quot" => return Ok('"'),
        _ => match name.strip_prefix('#') {
            Some(number) => number,
            None if is_ncname(name) => {
                let name = super::malformed::shown(name);
                return Err(format!("De entiteit &{name}; bestaat niet in XML. Schrijf het teken zelf, in UTF-8."));
            }
            None => return Err(LOOSE_AMPERSAND.to_owned()),
        },
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err("Een tekenverwijzing is onjuist geschreven. Schrijf &#233; of &#xE9;.".to_owned());
    }
    // Nothing above the highest character is one, however many digits it has.
    let code = digits.chars().try_fold(0_u32, |code, digit| {
        let code = code * radix + digit.to_digit(radix)?;
        (code <= 0x0010_ffff).then_some(code)
    });
    code.and_then(char::from_u32).filter(|&character| is_char(character)).ok_or_else(|| NOT_A_CHARACTER.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<usize, String> {
        Namespaces::default().read_attributes(raw).map(|attributes| attributes.len())
    }

    #[test]
    fn attributes_by_the_letter() {
        assert_eq!(read(" a=\"1\" b = '2'\n"), Ok(2));
        assert_eq!(read(" xmlns:p=\"u\" p:a=\"1\" a=\"2\""), Ok(2));
        for wrong in [
            " a=1",
            " a",
            " a=\"1\"b=\"2\"",
            " a=\"<\"",
            " a=\"1\" a=\"2\"",
            " 1a=\"1\"",
            " p:a=\"1\"",
            " a=\"&x;\"",
            " a=\"&\"",
            " xmlns:p=\"\"",
            " xmlns:xml=\"u\"",
            " xmlns:xmlns=\"u\"",
            " a:b:c=\"1\"",
            " a=\"1",
            " xmlns:p=\"u\" xmlns:q=\"u\" p:a=\"1\" q:a=\"2\"",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn references() {
        assert_eq!(resolve("#x41"), Ok('A'));
        assert_eq!(resolve("#0000000000000000000065"), Ok('A'));
        for wrong in
            ["#", "#x", "#X41", "#0", "#xD800", "#xFFFE", "#1114112", "#99999999999999999999", "euml", " amp", "#+65"]
        {
            assert!(resolve(wrong).is_err(), "{wrong}");
        }
    }
}
