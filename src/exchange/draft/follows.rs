//! What the gemeente sends of itself once a bericht is recorded: that it rejects what is asked without a contract.

use super::Draft;
use super::receipt::{columns, receipt};
use crate::domain::facts::history::Subject;
use crate::domain::judging::verzoek_antwoord::without_contract;
use crate::domain::{Bericht, Heenbericht, Timestamp, Verdict};
use crate::exchange::gateway::Gateway;
use crate::exchange::ids;
use crate::exchange::parties::Addressee;
use crate::exchange::received::sha256_hex;
use crate::store::{NewBericht, Outcome, Receipt, Via, Wait};
use crate::xml;

impl Draft<'_> {
    /// The 319s on a verzoek that is in order and asked without a contract. They become true together with the verzoek, as
    /// berichten whose wait is over at once: so a crash in between loses none, and each goes its way like any bericht of
    /// the gemeente.
    pub(super) fn follows(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<(NewBericht, Wait)> {
        let is_ours = self.route.addressee == Addressee::Answered && gateway.rejects_without_contract;
        if !is_ours || self.verdict.is_rejected() {
            return Vec::new();
        }
        let composed_at = gateway.clock.now();
        let rejected = without_contract(heen, &gateway.contracten).into_iter();
        let follows = rejected.map(|rejected| {
            let id = ids::new_id(composed_at);
            let antwoord = rejected.compose(&heen.header, ids::identificatie(&id), gateway.clock.today());
            self.follow(id, antwoord, composed_at)
        });
        follows.collect()
    }

    fn follow(&self, id: String, heen: Heenbericht, at: Timestamp) -> (NewBericht, Wait) {
        let (gemeente, aanbieder) = heen.header.pair();
        let (gemeente, aanbieder) = (gemeente.clone(), aanbieder.clone());
        let wait = Wait { gemeente, aanbieder, subjects: Subject::of(&heen.inhoud), until: at };
        let poster = heen.header.afzender.clone();
        let composed = Bericht::Heen(heen);
        let bytes = xml::encode(&composed);
        let outcome = Outcome::Parked;
        let receipt = Receipt {
            received_at: at,
            waits_until: Some(at),
            ..receipt(&id, self.received, Some(&composed), outcome, &Verdict::default())
        };
        let bericht = NewBericht {
            id,
            received_at: at,
            via: Via::Gateway,
            poster: Some(poster),
            referentienummer: None,
            sha256: sha256_hex(&bytes),
            bytes: bytes.into(),
            xml: None,
            header: Some(columns(&composed)),
            heenbericht_id: None,
            outcome,
            receipt,
        };
        (bericht, wait)
    }
}
