//! What one verdict makes true: the entry that the store records as a whole.

mod case;
mod deadlines;
mod follows;
mod ledger;
mod receipt;

use chrono::NaiveDate;

use super::gateway::Gateway;
use super::parties::Addressee;
use super::received::{Format, Received, Refused, sha256_hex};
use super::seen::Seen;
use super::{ids, parcel};
use crate::domain::berichten::bericht::{Heenbericht, Retourbericht};
use crate::domain::berichten::waarde::{Identificatie, RetourCode};
use crate::domain::deadlines::kinds;
use crate::domain::facts::history::Answers;
use crate::domain::judging::declaratie_antwoord;
use crate::domain::judging::factuur_antwoord;
use crate::domain::judging::retour;
use crate::domain::judging::waiting::waits_on;
use crate::domain::{Bericht, History, Inhoud, Partij, Verdict};
use crate::store::{
    About, Answering, Effect, Entry, KeptRetour, NewBericht, Outcome, Receipt, RefusalReceipt, Via, Wait,
};
use crate::xml;
pub(super) use case::Draft;
use deadlines::closes_opened;
use ledger::matched_toewijzingen;
pub(super) use ledger::{effect_of, ledger_change};
pub(super) use receipt::columns;
use receipt::{deadline_receipt, destination, kept, not_checked, receipt};

impl Draft<'_> {
    /// All that becomes true together when this bericht is recorded: what follows from its verdict, or that it waits.
    pub fn entry(&self, gateway: &Gateway) -> Entry {
        self.waiting(gateway).unwrap_or_else(|| self.judged(gateway))
    }

    /// The same for a bericht that waited, and does so no longer.
    pub fn released(&self, gateway: &Gateway) -> Entry {
        Entry { released: true, ..self.judged(gateway) }
    }

    /// A bericht that waits, where its receiver is judged for: nothing but that it is here.
    fn waiting(&self, gateway: &Gateway) -> Option<Entry> {
        let is_judged_here = match self.bericht {
            Bericht::Heen(_) => matches!(self.route.addressee, Addressee::Answered | Addressee::Replayed),
            Bericht::Retour(_) => self.route.addressee != Addressee::Elsewhere,
        };
        let subjects = waits_on(self.bericht, self.history, self.verdict);
        if subjects.is_empty() || !is_judged_here || gateway.wait_for_earlier.is_zero() {
            return None;
        }
        let (gemeente, aanbieder) = self.bericht.header().pair();
        let until = self.received.at + gateway.wait_for_earlier;
        let wait = Wait { gemeente: gemeente.clone(), aanbieder: aanbieder.clone(), subjects, until };
        let mut entry = Entry {
            wait: Some(wait),
            claims_identity: true,
            envelope: self.received.carrier.envelope(),
            about: match self.bericht {
                Bericht::Heen(heen) => Some(about(heen, self.history)),
                Bericht::Retour(_) => None,
            },
            ..Entry::only(kept(self.received, Some(self.bericht), Outcome::Parked, self.verdict, gateway))
        };
        entry.bericht.xml = (self.received.format == Format::Json).then(|| self.xml.to_vec().into());
        entry.bericht.receipt.waits_until = Some(until);
        Some(entry)
    }

    fn judged(&self, gateway: &Gateway) -> Entry {
        match self.bericht {
            Bericht::Heen(heen) => self.heen_entry(heen, gateway),
            Bericht::Retour(retour) => self.retour_entry(retour, gateway),
        }
    }

    fn heen_entry(&self, heen: &Heenbericht, gateway: &Gateway) -> Entry {
        let mut entry = self.plain_entry(gateway);
        entry.about = Some(about(heen, self.history));
        entry.ledger = ledger_change(heen, self.verdict);
        entry.closes = kinds::closings(&self.case(&entry.ledger.toewijzingen, gateway));
        if !self.verdict.is_rejected() {
            entry.closes_opened = closes_opened(&entry.ledger, gateway);
            self.answer_declaratie(heen, &mut entry);
        }
        if let Some((composed, bericht)) = self.compose_answer(heen, gateway) {
            self.send_answer(&mut entry, &composed, &bericht, gateway);
            entry.retour = Some(bericht);
        }
        entry.follows = self.follows(heen, gateway);
        let openings = kinds::openings(&self.case(&entry.ledger.toewijzingen, gateway));
        let receipt = &mut entry.bericht.receipt;
        receipt.deadlines = openings.iter().filter_map(deadline_receipt).collect();
        receipt.toewijzingen = matched_toewijzingen(&heen.inhoud, self.history);
        receipt.toewijzingen.extend(entry.ledger.toewijzingen.iter().map(|brought| brought.toewijzing_nummer.0));
        receipt.not_checked = not_checked(heen, &gateway.outside(self.bericht));
        entry.deadlines = openings.into_iter().map(|opening| self.deadline(opening, gateway)).collect();
        entry
    }

    fn retour_entry(&self, retourbericht: &Retourbericht, gateway: &Gateway) -> Entry {
        let mut entry = self.plain_entry(gateway);
        entry.closes = kinds::closings(&self.case(&[], gateway));
        if let Some(awaited) = self.history.answered_by(retourbericht).filter(|_| !self.verdict.is_rejected()) {
            let effect = if retour::accepts(retourbericht) { Effect::Accepts } else { Effect::Refuses };
            answer(&mut entry, &awaited.bericht_id, effect);
        }
        entry
    }

    /// A 325 answers its 323, a 304 its 303.
    fn answer_declaratie(&self, heen: &Heenbericht, entry: &mut Entry) {
        let answered = Answers::of(&heen.inhoud).and_then(|answers| self.history.declaraties.answered_by(&answers));
        if let Some(declaratie) = answered {
            answer(entry, &declaratie.bericht_id, effect_of(&heen.inhoud));
        }
    }

    /// The bericht itself, and its way to the addressee.
    fn plain_entry(&self, gateway: &Gateway) -> Entry {
        let outcome = self.outcome(gateway);
        let mut entry = Entry {
            claims_identity: !self.history.identificatie_used && !self.leaves_number_free(),
            envelope: self.received.carrier.envelope(),
            approval: self.received.carrier.approval(),
            ..Entry::only(kept(self.received, Some(self.bericht), outcome, self.verdict, gateway))
        };
        entry.bericht.xml = (self.received.format == Format::Json).then(|| self.xml.to_vec().into());
        if matches!(outcome, Outcome::Accepted | Outcome::Partial) {
            let addressee = self.bericht.addressee();
            let soort = self.bericht.header().soort;
            match self.route.addressee {
                Addressee::Elsewhere => {
                    let asked_by = self.asked_by();
                    let id = &self.received.id;
                    entry.parcels.push(parcel::parcel(self.bericht, id, self.xml, asked_by, gateway));
                    entry.bericht.receipt.digests = parcel::digests(self.received, self.xml);
                    entry.bericht.receipt.sent_to.push(destination(
                        soort,
                        addressee,
                        gateway.envelopes.via(self.bericht.poster()),
                    ));
                }
                Addressee::Answered | Addressee::AnswersItself => {
                    entry.postbus.push((self.received.id.clone(), addressee.clone()));
                    entry.bericht.receipt.sent_to.push(destination(soort, addressee, "postbus"));
                }
                Addressee::Replayed => {}
            }
        }
        entry
    }

    /// The number of a 303 stands for it only once it was judged by its lines: it may be sent again under the same one
    /// (TR324).
    fn leaves_number_free(&self) -> bool {
        let Bericht::Heen(heen) = self.bericht else { return false };
        matches!(heen.inhoud, Inhoud::Factuur { .. }) && self.verdict.declaratie.is_none()
    }

    /// A party that answers itself, or elsewhere, decides itself: what was found is then advice. A retour is judged for
    /// whoever gets it, and a 325 or 304 for every local party: nothing can be answered to it, so one that is wrong is set apart.
    fn outcome(&self, gateway: &Gateway) -> Outcome {
        let decides_here = match self.bericht {
            Bericht::Retour(_) => true,
            Bericht::Heen(heen) => match self.route.addressee {
                Addressee::Answered | Addressee::Replayed => !self.is_for_people(gateway),
                Addressee::AnswersItself => {
                    matches!(heen.inhoud, Inhoud::DeclaratieAntwoord { .. } | Inhoud::FactuurAntwoord { .. })
                }
                Addressee::Elsewhere => false,
            },
        };
        match (decides_here, self.verdict.is_rejected(), self.verdict.is_partial()) {
            (true, true, _) => Outcome::Rejected,
            (true, false, true) => Outcome::Partial,
            _ => Outcome::Accepted,
        }
    }

    /// The referentienummer of the envelope that brought the heenbericht which this retour or antwoord answers.
    fn asked_by(&self) -> Option<&str> {
        match self.bericht {
            Bericht::Heen(heen) => {
                let declaraties = &self.history.declaraties;
                declaraties.answered_by(&Answers::of(&heen.inhoud)?)?.referentienummer.as_deref()
            }
            Bericht::Retour(retour) => self.history.answered_by(retour)?.referentienummer.as_deref(),
        }
    }

    /// The retour, the 325 or the 304 that is owed. In a replay it is shown, and answers nothing.
    fn compose_answer(&self, heen: &Heenbericht, gateway: &Gateway) -> Option<(Bericht, NewBericht)> {
        let answers = match self.route.addressee {
            Addressee::Answered if self.is_for_people(gateway) => return None,
            Addressee::Answered => Some(self.received.id.clone()),
            Addressee::Replayed => None,
            Addressee::AnswersItself | Addressee::Elsewhere => return None,
        };
        // Not when the heenbericht came in: that may have waited.
        let composed_at = gateway.clock.now();
        let id = ids::new_id(composed_at);
        let (identificatie, today) = (ids::identificatie(&id), gateway.clock.today());
        let composed = if heen.inhoud.declaratie().is_some() {
            Bericht::Heen(compose_antwoord(heen, self.verdict, identificatie, today)?)
        } else {
            Bericht::Retour(retour::compose(heen, self.verdict, identificatie, today)?)
        };
        let bytes = xml::encode(&composed);
        let bericht = NewBericht {
            received_at: composed_at,
            via: Via::Gateway,
            poster: None,
            referentienummer: None,
            sha256: sha256_hex(&bytes),
            bytes: bytes.into(),
            xml: None,
            header: Some(columns(&composed)),
            heenbericht_id: answers,
            outcome: Outcome::Accepted,
            receipt: Receipt {
                heenbericht: Some(self.received.id.clone()),
                received_at: composed_at,
                practice: gateway.clock.is_practice(),
                ..receipt(&id, self.received, Some(&composed), Outcome::Accepted, &Verdict::default())
            },
            id,
        };
        Some((composed, bericht))
    }

    fn send_answer(&self, entry: &mut Entry, composed: &Bericht, bericht: &NewBericht, gateway: &Gateway) {
        let poster = self.bericht.poster();
        let soort = composed.header().soort;
        let via = if self.route.addressee == Addressee::Replayed {
            "replay"
        } else if self.route.poster_is_local {
            entry.postbus.push((bericht.id.clone(), poster.clone()));
            "postbus"
        } else {
            let asked_by = self.received.carrier.referentienummer();
            entry.parcels.push(parcel::parcel(composed, &bericht.id, &bericht.bytes, asked_by, gateway));
            gateway.envelopes.via(composed.poster())
        };
        let receipt = &mut entry.bericht.receipt;
        receipt.sent_to.push(destination(soort, poster, via));
        receipt.retour = Some(KeptRetour {
            id: bericht.id.clone(),
            berichtsoort: soort.to_string(),
            retourcodes: codes_in(composed, self.verdict),
        });
    }
}

/// The 325 on a 323, the 304 on a 303.
pub(super) fn compose_antwoord(
    heen: &Heenbericht,
    verdict: &Verdict,
    identificatie: Identificatie,
    today: NaiveDate,
) -> Option<Heenbericht> {
    match &heen.inhoud {
        Inhoud::Declaratie(_) => declaratie_antwoord::compose(heen, verdict, identificatie, today),
        Inhoud::Factuur { .. } => factuur_antwoord::compose(heen, verdict, identificatie, today),
        _ => None,
    }
}

/// The retourcodes in an answer: those on its header, then those of what was found.
fn codes_in(answer: &Bericht, verdict: &Verdict) -> Vec<String> {
    let found = verdict.findings.iter().filter_map(|finding| finding.retour_code.as_deref());
    let all = header_codes(answer).iter().map(RetourCode::as_str).chain(found);
    let mut codes: Vec<String> = Vec::new();
    for code in all {
        if !codes.iter().any(|known| known == code) {
            codes.push(code.to_owned());
        }
    }
    codes
}

/// The retourcodes on the header of an answer.
fn header_codes(answer: &Bericht) -> &[RetourCode] {
    match answer {
        Bericht::Retour(retour) => &retour.retour.retour_codes.0,
        Bericht::Heen(Heenbericht { inhoud: Inhoud::DeclaratieAntwoord { header, .. }, .. }) => &header.retour_codes.0,
        Bericht::Heen(Heenbericht { inhoud: Inhoud::FactuurAntwoord { header, .. }, .. }) => &header.retour_codes.0,
        Bericht::Heen(_) => &[],
    }
}

/// Between whom a heenbericht passes, and what its verdict rests on.
fn about(heen: &Heenbericht, history: &History) -> About {
    let (gemeente, aanbieder) = heen.header.pair();
    About {
        gemeente: gemeente.clone(),
        aanbieder: aanbieder.clone(),
        bsn: heen.inhoud.bsn().cloned(),
        revisions: history.revisions.clone(),
    }
}

/// Makes this entry the answer to a heenbericht.
fn answer(entry: &mut Entry, heenbericht_id: &str, effect: Effect) {
    entry.bericht.heenbericht_id = Some(heenbericht_id.to_owned());
    entry.bericht.receipt.heenbericht = Some(heenbericht_id.to_owned());
    entry.answers = Some(Answering { heenbericht_id: heenbericht_id.to_owned(), effect });
}

/// What is kept of a bericht that is not taken in. A sender on the network is told so with a Fo01.
pub(super) fn refused(
    received: &Received,
    bericht: Option<&Bericht>,
    (why, seen): (Refused, Seen),
    verdict: &Verdict,
    gateway: &Gateway,
) -> Entry {
    let mut entry = Entry {
        parcels: parcel::fault_parcel(received, why, gateway).into_iter().collect(),
        envelope: received.carrier.envelope(),
        ..Entry::only(kept(received, bericht, Outcome::Refused, verdict, gateway))
    };
    let receipt = &mut entry.bericht.receipt;
    let Seen { berichtsoort, release, identificatie, afzender, ontvanger } = seen;
    (receipt.berichtsoort, receipt.release, receipt.identificatie) = (berichtsoort, release, identificatie);
    receipt.refusal = Some(refusal(why, received, [afzender, ontvanger]));
    entry
}

fn refusal(why: Refused, received: &Received, parties: [Option<Partij>; 2]) -> RefusalReceipt {
    let [afzender, ontvanger] = parties.map(|partij| partij.map(|partij| partij.code().to_owned()));
    let (size_bytes, limit_bytes) = match why {
        Refused::TooLargeForNetwork { bytes, most } => (Some(bytes), Some(most)),
        _ => (None, None),
    };
    let by = received.carrier.credential().map(str::to_owned);
    RefusalReceipt { reason: why.name().to_owned(), by, afzender, ontvanger, size_bytes, limit_bytes }
}
