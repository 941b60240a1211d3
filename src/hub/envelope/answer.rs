//! Bytes of an answer to what they say.
//!
//! Lenient where [`super::parse()`] is strict: what matters is whether the other side took the envelope, and an
//! answer with a header too few is still an answer, in whatever encoding. Of a confirmation kind and crossRefnummer have to
//! be there; a fault is a fault however little it says.

use super::parse::{body_element, fault};
use super::tree::{self, Node};
use super::{Fault, MAX_INCOMING_BYTES, SOAP, STUF, charset};

/// A StUF answer to an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Bv01, Bv03 or Bv04: the other side holds the envelope that `cross_refnummer` names.
    Taken {
        /// The other side's own number: our receipt.
        referentienummer: String,
        /// Which envelope.
        cross_refnummer: String,
    },
    /// Fo01 or Fo03: the other side does not take the envelope.
    Refused {
        /// Which of the two.
        by: RefusedBy,
        /// Who says so; absent when it does not say.
        zender: Option<String>,
        /// Which envelope; absent when the other side could not read it.
        cross_refnummer: Option<String>,
        /// What is wrong with the envelope, in StUF.
        fault: Fault,
    },
}

/// With which of its faults the other side refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedBy {
    /// For good: to be sent again it needs another referentienummer.
    Fo01,
    /// At once, of what it read of the header.
    Fo03,
}

/// Reads an answer, in a SOAP body or in a SOAP fault; `None` when the bytes are no answer of StUF.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Answer> {
    if bytes.len() > MAX_INCOMING_BYTES {
        return None;
    }
    let soap = tree::read_decoded(&charset::text(bytes)?, "detailsXML").ok()?;
    let root = body_element(&soap).ok()?;
    if root.is(SOAP, "Fault") {
        // The binding writes `detail` as well as `details`.
        let detail = root.children.iter().find(|child| matches!(child.name.as_str(), "detail" | "details"))?;
        return detail.children.iter().find_map(refused);
    }
    match root.name.as_str() {
        "Bv01Bericht" | "Bv03Bericht" | "Bv04Bericht" if root.namespace == STUF => taken(root),
        _ => refused(root),
    }
}

fn taken(root: &Node) -> Option<Answer> {
    let berichtcode = header(root, "berichtcode")?;
    let matches = root.name.strip_suffix("Bericht") == Some(berichtcode);
    matches.then_some(())?;
    Some(Answer::Taken {
        referentienummer: header(root, "referentienummer")?.to_owned(),
        cross_refnummer: header(root, "crossRefnummer")?.to_owned(),
    })
}

fn refused(root: &Node) -> Option<Answer> {
    let by = match root.name.as_str() {
        "Fo01Bericht" if root.namespace == STUF => RefusedBy::Fo01,
        "Fo03Bericht" if root.namespace == STUF => RefusedBy::Fo03,
        _ => return None,
    };
    let zender = root.child(STUF, "stuurgegevens").and_then(|header| header.child(STUF, "zender"));
    let zender = zender.and_then(|zender| zender.child(STUF, "organisatie")).map(|node| node.text.trim().to_owned());
    let fault = fault(root.child(STUF, "body")?);
    Some(Answer::Refused { by, zender, cross_refnummer: header(root, "crossRefnummer").map(str::to_owned), fault })
}

/// One text of the header, without white space around it; an empty one counts as absent.
fn header<'a>(root: &'a Node, name: &str) -> Option<&'a str> {
    let text = root.child(STUF, "stuurgegevens")?.child(STUF, name)?.text.trim();
    Some(text).filter(|text| !text.is_empty())
}
