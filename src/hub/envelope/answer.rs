//! Bytes of an answer to what they say.
//!
//! Lenient where [`super::parse()`] is strict: what matters is whether the other side took the envelope, and an
//! answer with a header too few is still an answer. What decides (kind, crossRefnummer, code) has to be there.

use super::parse::{body_element, fault};
use super::tree::{self, Node};
use super::{Fault, MAX_INCOMING_BYTES, SOAP, STUF};

/// A StUF answer to an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Bv03 or Bv04: the other side holds the envelope that `cross_refnummer` names.
    Taken {
        /// The other side's own number: our receipt.
        referentienummer: String,
        /// Which envelope.
        cross_refnummer: String,
    },
    /// Fo03: the other side does not take the envelope.
    Refused {
        /// Which envelope; absent when the other side could not read it.
        cross_refnummer: Option<String>,
        /// Why.
        fault: Fault,
    },
}

/// Reads an answer, in a SOAP body or in a SOAP fault; `None` when the bytes are no answer of StUF.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Answer> {
    if bytes.len() > MAX_INCOMING_BYTES {
        return None;
    }
    let soap = tree::read(bytes, "detailsXML").ok()?;
    let root = body_element(&soap).ok()?;
    if root.is(SOAP, "Fault") {
        // The binding writes `detail` as well as `details`.
        let detail = root.children.iter().find(|child| matches!(child.name.as_str(), "detail" | "details"))?;
        return refused(detail.child(STUF, "Fo03Bericht")?);
    }
    match root.name.as_str() {
        "Bv03Bericht" | "Bv04Bericht" if root.namespace == STUF => taken(root),
        "Fo03Bericht" if root.namespace == STUF => refused(root),
        _ => None,
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
    let fault = fault(root.child(STUF, "body")?).ok()?;
    Some(Answer::Refused { cross_refnummer: header(root, "crossRefnummer").map(str::to_owned), fault })
}

/// One text of the header, without white space around it; an empty one counts as absent.
fn header<'a>(root: &'a Node, name: &str) -> Option<&'a str> {
    let text = root.child(STUF, "stuurgegevens")?.child(STUF, name)?.text.trim();
    Some(text).filter(|text| !text.is_empty())
}
