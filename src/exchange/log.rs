//! What the log tells of the stories: our own ids, kinds of bericht, codes of parties, rules and retourcodes. Nothing that a
//! bericht says of a person, and no Identificatie: software makes those of what it has.

use super::received::{Carrier, Received, Refused, Reply};
use crate::store::{FaultEffect, Parcel, Receipt, Settlement};

/// A bericht came in, and this became of it.
pub(super) fn came_in(received: &Received, reply: &Reply) {
    let via = received.carrier.word();
    match reply {
        Reply::Recorded(receipt) => {
            let (soort, codes) = (receipt.berichtsoort.as_deref(), retourcodes(receipt));
            let retour = receipt.retour.as_ref().map(|retour| retour.id.as_str());
            let (bericht, verdict) = (&receipt.id, receipt.verdict.name());
            tracing::info!(bericht, soort, verdict, codes, retour, via, "taken in");
        }
        Reply::Repeated(receipt) => tracing::info!(bericht = receipt.id, via, "taken in before"),
        Reply::Refused(why, receipt) => {
            let (soort, codes) = (receipt.berichtsoort.as_deref(), retourcodes(receipt));
            tracing::warn!(bericht = receipt.id, soort, why = why.word(), codes, via, "refused");
        }
    }
}

/// A bericht that waited was judged.
pub(super) fn judged(receipt: &Receipt) {
    let (bericht, soort, verdict) = (&receipt.id, receipt.berichtsoort.as_deref(), receipt.verdict.name());
    tracing::info!(bericht, soort, verdict, codes = retourcodes(receipt), "judged after waiting");
}

/// An attempt to send a parcel ended.
pub(super) fn sent(parcel: &Parcel, settlement: &Settlement) {
    let (attempt, result) = (parcel.attempt, settlement.word());
    let parcel = &parcel.referentienummer;
    match settlement {
        Settlement::Delivered { .. } | Settlement::PassedOn { .. } => tracing::info!(parcel, attempt, "delivered"),
        Settlement::Retry { at, .. } => {
            tracing::warn!(parcel, attempt, result, again = %at, "not delivered, tried again later");
        }
        Settlement::Refused { .. } | Settlement::Held { .. } => {
            tracing::warn!(parcel, attempt, result, "not delivered");
        }
        Settlement::HandedOver { .. } => tracing::warn!(parcel, attempt, result, "given up: a person has to look"),
    }
}

/// The network told of a fault in what was delivered to it.
pub(super) fn bounced(parcel: &str, effect: &FaultEffect) {
    match effect {
        FaultEffect::Refuse(_) => tracing::warn!(parcel, "turned back by the network"),
        FaultEffect::Hold(_) => tracing::warn!(parcel, "turned back by the network, and held"),
        FaultEffect::HandOver(_) => tracing::warn!(parcel, "turned back by the network: a person has to look"),
        FaultEffect::Nothing => tracing::info!(parcel, "turned back by the network, as was known"),
        // What stands in it is not ours.
        FaultEffect::PutApart(_) => tracing::warn!("a fault does not fit what was sent: put apart"),
    }
}

/// The retourcodes of what was found, each once; `None` where there are none.
fn retourcodes(receipt: &Receipt) -> Option<String> {
    let mut codes: Vec<&str> = receipt.findings.iter().filter_map(|finding| finding.retour_code.as_deref()).collect();
    codes.sort_unstable();
    codes.dedup();
    (!codes.is_empty()).then(|| codes.join(" "))
}

impl Carrier {
    /// How it came in.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Api { .. } => "api",
            Self::File => "file",
            Self::Decided { .. } => "decision",
            Self::Waited { .. } => "wait",
            Self::Network { .. } => "network",
        }
    }
}

impl Refused {
    /// Why, for the log.
    const fn word(self) -> &'static str {
        match self {
            Self::NotXml => "not-readable",
            Self::NotValid => "not-as-its-schema-says",
            Self::WrongParty => "wrong-party",
            Self::ReleaseNotInForce => "release-not-in-force",
            Self::IdentificatieUsed => "identificatie-used",
            Self::SureRejection => "sure-rejection",
            Self::TooLargeForNetwork { .. } => "too-large-for-the-network",
        }
    }
}
