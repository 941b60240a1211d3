//! What one verdict makes true: the entry that the store records as a whole.

mod deadlines;
mod ledger;
mod receipt;

use super::format::Format;
use super::parties::{Addressee, Route};
use super::receive::{Received, Refused, sha256_hex};
use super::{Gateway, ids, network};
use crate::domain::bericht::{Heenbericht, Retourbericht};
use crate::domain::{Bericht, History, Verdict, retour};
use crate::store::{Closing, Entry, NewBericht, Outcome, Receipt, RetourReceipt, Via};
use crate::xml;
use ledger::{ledger_change, matched_toewijzingen};
use receipt::{columns, deadline_receipt, destination, kept, receipt};

/// A judged bericht, before it is recorded.
pub(super) struct Draft<'a> {
    pub received: &'a Received,
    /// The bericht as it goes on: the bytes received, or what was made of them.
    pub xml: &'a [u8],
    pub bericht: &'a Bericht,
    pub history: &'a History,
    pub verdict: &'a Verdict,
    pub route: Route,
}

impl Draft<'_> {
    /// All that becomes true together when this bericht is recorded.
    pub fn entry(&self, gateway: &Gateway) -> Entry {
        match self.bericht {
            Bericht::Heen(heen) => self.heen_entry(heen, gateway),
            Bericht::Retour(retour) => self.retour_entry(retour, gateway),
        }
    }

    fn heen_entry(&self, heen: &Heenbericht, gateway: &Gateway) -> Entry {
        let (gemeente, aanbieder) = heen.header.pair();
        let mut entry = self.plain_entry(gateway);
        let revision = self.history.revision;
        entry.client = heen.inhoud.bsn().map(|bsn| (gemeente.clone(), aanbieder.clone(), bsn.clone(), revision));
        if self.verdict.findings.is_empty() {
            entry.ledger = ledger_change(&heen.inhoud);
        }
        if self.route.addressee == Addressee::Answered
            && let Some((composed, bericht)) = self.compose_retour(heen, gateway)
        {
            self.send_retour(&mut entry, &composed, &bericht, gateway);
            entry.retour = Some(bericht);
        }
        entry.deadlines = self.deadlines(heen, gateway);
        let receipt = &mut entry.bericht.receipt;
        receipt.deadlines = entry.deadlines.iter().map(deadline_receipt).collect();
        receipt.toewijzingen = matched_toewijzingen(&heen.inhoud, self.history);
        entry
    }

    fn retour_entry(&self, retourbericht: &Retourbericht, gateway: &Gateway) -> Entry {
        let mut entry = self.plain_entry(gateway);
        if let Some(awaited) = self.history.answered_by(retourbericht).filter(|_| !self.verdict.is_rejected()) {
            entry.bericht.heenbericht_id = Some(awaited.bericht_id.clone());
            entry.bericht.receipt.heenbericht = Some(awaited.bericht_id.clone());
            entry.closes =
                Some(Closing { heenbericht_id: awaited.bericht_id.clone(), refused: !retour::accepts(retourbericht) });
        }
        entry
    }

    /// The bericht itself, and its way to the addressee.
    fn plain_entry(&self, gateway: &Gateway) -> Entry {
        let outcome = self.outcome();
        let mut entry = Entry {
            claims_identity: !self.history.identificatie_used,
            envelope: self.received.carrier.envelope(),
            ..Entry::only(kept(self.received, Some(self.bericht), outcome, self.verdict))
        };
        entry.bericht.xml = (self.received.format == Format::Json).then(|| self.xml.to_vec());
        if outcome == Outcome::Accepted {
            let addressee = self.bericht.addressee();
            let soort = self.bericht.header().soort;
            if self.route.addressee == Addressee::Elsewhere {
                let asked_by = self.asked_by();
                let parcel = network::parcel(self.bericht, &self.received.id, self.xml, asked_by, gateway);
                entry.parcels.push(parcel);
                entry.bericht.receipt.sent_to.push(destination(soort, addressee, "ggk"));
            } else {
                entry.postbus.push((self.received.id.clone(), addressee.clone()));
                entry.bericht.receipt.sent_to.push(destination(soort, addressee, "postbus"));
            }
        }
        entry
    }

    /// A party that answers itself, or elsewhere, decides itself: what was found is then advice.
    fn outcome(&self) -> Outcome {
        let decides_here = self.route.addressee == Addressee::Answered || matches!(self.bericht, Bericht::Retour(_));
        if self.verdict.is_rejected() && decides_here { Outcome::Rejected } else { Outcome::Accepted }
    }

    /// The referentienummer of the envelope that brought the heenbericht which this retour answers.
    fn asked_by(&self) -> Option<&str> {
        match self.bericht {
            Bericht::Heen(_) => None,
            Bericht::Retour(retour) => self.history.answered_by(retour)?.referentienummer.as_deref(),
        }
    }

    fn compose_retour(&self, heen: &Heenbericht, gateway: &Gateway) -> Option<(Bericht, NewBericht)> {
        let id = ids::new_id(self.received.at);
        let identificatie = ids::identificatie_retour(&id);
        let composed = Bericht::Retour(retour::compose(heen, self.verdict, identificatie, gateway.clock.today())?);
        let bytes = xml::encode(&composed);
        let bericht = NewBericht {
            received_at: self.received.at,
            via: Via::Gateway,
            poster: None,
            referentienummer: None,
            sha256: sha256_hex(&bytes),
            bytes,
            xml: None,
            header: Some(columns(&composed)),
            heenbericht_id: Some(self.received.id.clone()),
            outcome: Outcome::Accepted,
            receipt: Receipt {
                heenbericht: Some(self.received.id.clone()),
                ..receipt(&id, self.received, Some(&composed), Outcome::Accepted, &Verdict::default())
            },
            id,
        };
        Some((composed, bericht))
    }

    fn send_retour(&self, entry: &mut Entry, composed: &Bericht, bericht: &NewBericht, gateway: &Gateway) {
        let poster = self.bericht.poster();
        let soort = composed.header().soort;
        let via = if self.route.poster_is_local {
            entry.postbus.push((bericht.id.clone(), poster.clone()));
            "postbus"
        } else {
            let asked_by = self.received.carrier.referentienummer();
            entry.parcels.push(network::parcel(composed, &bericht.id, &bericht.bytes, asked_by, gateway));
            "ggk"
        };
        let receipt = &mut entry.bericht.receipt;
        receipt.sent_to.push(destination(soort, poster, via));
        let Bericht::Retour(retour) = composed else { return };
        receipt.retour = Some(RetourReceipt {
            id: bericht.id.clone(),
            berichtsoort: soort.to_string(),
            retourcodes: retour.retour.retour_codes.0.iter().map(ToString::to_string).collect(),
        });
    }
}

/// What is kept of a bericht that is not taken in. A sender on the network is told so with a Fo01.
pub(super) fn refused(
    received: &Received,
    bericht: Option<&Bericht>,
    why: Refused,
    verdict: &Verdict,
    gateway: &Gateway,
) -> Entry {
    Entry {
        parcels: network::fault_parcel(received, why, gateway).into_iter().collect(),
        envelope: received.carrier.envelope(),
        ..Entry::only(kept(received, bericht, Outcome::Refused, verdict))
    }
}
