//! An envelope for a Digikoppeling adapter: in `dai:bericht`, under WS-Addressing headers from which the adapter makes those of
//! ebMS (koppelvlak Digikoppeling adapter intern 1.0).
//!
//! Deterministic as the envelope itself: what the headers say follows from its stuurgegevens and from the CPA.

use super::names::DAI;
use super::tree::{self, Node};
use super::{Content, Envelope, Kind, Systeem};

/// How an envelope is handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wrapping {
    /// As it is, to a party that speaks StUF.
    #[default]
    Stuf,
    /// To an adapter, with what stands in the CPA.
    Adapter(Cpa),
}

/// What the CPA calls our service and what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpa {
    /// Service.
    pub service: String,
    /// Action of a Di01.
    pub di01: String,
    /// Action of a Du01.
    pub du01: String,
    /// Action of a Fo01.
    pub fo01: String,
}

/// One header: its name in WS-Addressing, and what it says. `wsa:From` says it one level deeper.
pub(super) struct Header {
    pub name: &'static str,
    pub relationship: Option<&'static str>,
    pub text: String,
}

/// The headers of an envelope, in the order of the standard.
pub(super) fn headers(envelope: &Envelope, cpa: &Cpa) -> Vec<Header> {
    let stuurgegevens = &envelope.stuurgegevens;
    let action = match envelope.kind() {
        Kind::Di01 => &cpa.di01,
        Kind::Du01 => &cpa.du01,
        Kind::Fo01 => &cpa.fo01,
    };
    let own = message_id(&stuurgegevens.referentienummer, &stuurgegevens.zender);
    let answered = match &envelope.content {
        Content::Di01(_) => None,
        Content::Du01 { cross_refnummer, .. } | Content::Fo01 { cross_refnummer, .. } => {
            Some(message_id(cross_refnummer, &stuurgegevens.ontvanger))
        }
    };
    let conversation = answered.clone().unwrap_or_else(|| own.clone());
    let plain = |name, text| Header { name, relationship: None, text: format!("urn:dkintern:{text}") };
    let mut headers = vec![
        plain("To", address(&stuurgegevens.ontvanger)),
        plain("From", address(&stuurgegevens.zender)),
        plain("Action", format!("{}:{action}", cpa.service)),
        plain("MessageID", own),
    ];
    headers.extend(answered.map(|answered| plain("RelatesTo", answered)));
    let of_conversation = Some("urn:dkintern:ConversationId");
    headers.push(Header { relationship: of_conversation, ..plain("RelatesTo", conversation) });
    headers
}

fn address(systeem: &Systeem) -> String {
    let administratie = systeem.administratie.as_deref().unwrap_or_default();
    format!("{}:{}:{administratie}", systeem.organisatie, systeem.applicatie)
}

/// The MessageId that ebMS gets. Without an administratie there is no dot for it.
fn message_id(referentienummer: &str, systeem: &Systeem) -> String {
    let of_administratie = systeem.administratie.as_ref().map(|name| format!("{name}.")).unwrap_or_default();
    format!("{referentienummer}@{}.{}.{of_administratie}dkintern.nl", systeem.organisatie, systeem.applicatie)
}

/// What is inside a `dai:bericht`; anything else is what it is.
pub(super) fn unwrapped(root: &Node) -> Option<&Node> {
    if !root.is(DAI, "bericht") {
        return Some(root);
    }
    match root.children.as_slice() {
        [inside] if tree::is_blank(&root.text) => Some(inside),
        _ => None,
    }
}
