//! Elements to values, held to the order and the lengths of the schema.

use super::tree::{self, Node};
use super::{FaultCode, STUF};

/// What is wrong, and where; the header is added by [`super::parse()`].
pub type Wrong = (FaultCode, String);

pub fn schema(details: String) -> Wrong {
    (FaultCode::StUF055, details)
}

/// A UUID v4 in lower case, which the schema asks of Di01 and Du01.
pub fn uuid(name: &str, parts: &mut Parts<'_>) -> Result<String, Wrong> {
    let text = parts.text(STUF, name)?;
    let fits = |(index, byte): (usize, u8)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    if text.len() == 36 && text.bytes().enumerate().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(schema(format!("{name} is geen UUID versie 4 in kleine letters")))
    }
}

pub fn digits(
    name: &str,
    namespace: &str,
    length: std::ops::RangeInclusive<usize>,
    parts: &mut Parts<'_>,
) -> Result<String, Wrong> {
    let text = parts.text(namespace, name)?;
    if length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(schema(format!("{name} heeft niet het juiste aantal cijfers")))
    }
}

pub fn limited(name: &str, length: std::ops::RangeInclusive<usize>, parts: &mut Parts<'_>) -> Result<String, Wrong> {
    let text = parts.text(STUF, name)?;
    check_length(name, length, text)
}

pub fn limited_optional(name: &str, most: usize, parts: &mut Parts<'_>) -> Result<Option<String>, Wrong> {
    match parts.optional(STUF, name) {
        None => Ok(None),
        Some(node) => check_length(name, 0..=most, text_of(node)?).map(Some),
    }
}

fn check_length(name: &str, length: std::ops::RangeInclusive<usize>, text: &str) -> Result<String, Wrong> {
    if length.contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(schema(format!("{name} heeft niet de juiste lengte")))
    }
}

pub fn no_attributes(node: &Node) -> Result<(), Wrong> {
    match node.attributes.first() {
        None => Ok(()),
        Some(_) => Err(schema(format!("{} heeft een onbekend attribuut", node.name))),
    }
}

pub fn text_of(node: &Node) -> Result<&str, Wrong> {
    if node.children.is_empty() {
        no_attributes(node)?;
        Ok(node.text.trim_matches([' ', '\t', '\r', '\n']))
    } else {
        Err(schema(format!("{} hoort alleen tekst te bevatten", node.name)))
    }
}

/// The children of one element, taken in the order of the schema.
pub struct Parts<'a> {
    of: &'a str,
    rest: std::slice::Iter<'a, Node>,
}

impl<'a> Parts<'a> {
    pub fn of(node: &'a Node) -> Result<Self, Wrong> {
        no_attributes(node)?;
        if tree::is_blank(&node.text) {
            Ok(Self { of: &node.name, rest: node.children.iter() })
        } else {
            Err(schema(format!("{} bevat tekst tussen de elementen", node.name)))
        }
    }

    pub fn optional(&mut self, namespace: &str, name: &str) -> Option<&'a Node> {
        let next = self.rest.as_slice().first().filter(|next| next.is(namespace, name))?;
        self.rest.next();
        Some(next)
    }

    pub fn required(&mut self, namespace: &str, name: &str) -> Result<&'a Node, Wrong> {
        let of = self.of;
        self.optional(namespace, name)
            .ok_or_else(|| schema(format!("{name} ontbreekt in {of} of staat niet op zijn plaats")))
    }

    pub fn text(&mut self, namespace: &str, name: &str) -> Result<&'a str, Wrong> {
        text_of(self.required(namespace, name)?)
    }

    pub fn done(mut self) -> Result<(), Wrong> {
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(schema(format!("{} bevat een onbekend, dubbel of verplaatst element", self.of))),
        }
    }
}
