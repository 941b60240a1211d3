//! What one verdict makes true: the entry that the store records as a whole.

use chrono::NaiveDate;

use super::parties::{Addressee, Route};
use super::receive::{Carrier, Received, Refused, sha256_hex};
use super::{Gateway, ids, network};
use crate::clock;
use crate::domain::bericht::{Heenbericht, Inhoud, Retourbericht};
use crate::domain::beschikking;
use crate::domain::deadline::Clock;
use crate::domain::levering::StartProduct;
use crate::domain::toewijzing::ToegewezenProduct;
use crate::domain::waarde::ToewijzingNummer;
use crate::domain::{Bericht, Berichtsoort, History, Partij, Verdict, retour};
use crate::store::{
    Closing, DeadlineReceipt, DeadlineState, Destination, Entry, FindingReceipt, HeaderColumns, LedgerChange,
    NewBericht, NewDeadline, NewStart, NewToewijzing, Outcome, Receipt, RetourReceipt, Via,
};
use crate::xml;

/// A judged bericht, before it is recorded.
pub(super) struct Draft<'a> {
    pub received: &'a Received,
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
            bericht: kept(self.received, Some(self.bericht), outcome, self.verdict),
            claims_identity: !self.history.identificatie_used,
            client: None,
            ledger: LedgerChange::default(),
            closes: None,
            retour: None,
            deadlines: Vec::new(),
            postbus: Vec::new(),
            parcels: Vec::new(),
            envelope: self.received.carrier.envelope(),
        };
        if outcome == Outcome::Accepted {
            let addressee = self.bericht.addressee();
            let soort = self.bericht.header().soort;
            if self.route.addressee == Addressee::Elsewhere {
                let asked_by = self.asked_by();
                let parcel = network::parcel(self.bericht, &self.received.id, &self.received.bytes, asked_by, gateway);
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

    /// The retour clock of this heenbericht, and for each start whether it was reported in time.
    fn deadlines(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<NewDeadline> {
        let today = clock::date_of(self.received.at);
        let mut deadlines = Vec::new();
        if let Some(answer) = heen.header.soort.retour() {
            let due = gateway.profile.retour.due(today, &gateway.calendar);
            let answered = self.route.addressee == Addressee::Answered;
            let state = if answered { DeadlineState::Met } else { DeadlineState::Open };
            deadlines.push(self.deadline(Clock::Retour, answer, due, state));
        }
        for (nummer, day_0) in self.reported_starts(heen) {
            let due = gateway.profile.start.due(day_0, &gateway.calendar);
            let state = if today <= due { DeadlineState::Met } else { DeadlineState::Late };
            let deadline = self.deadline(Clock::Start, Berichtsoort::Wmo305, due, state);
            deadlines.push(NewDeadline { subject: Some(nummer.to_string()), ..deadline });
        }
        deadlines
    }

    /// The accepted starts of an accepted bericht, each with the day from which it was to be reported: its
    /// Begindatum, or the receipt of the toewijzing when that was later (OP271).
    fn reported_starts(&self, heen: &Heenbericht) -> Vec<(ToewijzingNummer, NaiveDate)> {
        let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
        if self.verdict.is_rejected() {
            return Vec::new();
        }
        let starts = client.start_producten.iter().filter(|product| product.is_first_delivery());
        starts
            .filter_map(|product| {
                let nummer = product.toewijzing_nummer?;
                let versions = self.history.toewijzingen.iter().filter(|fact| fact.toewijzing_nummer == nummer);
                let received = versions.map(|fact| clock::date_of(fact.received_at)).min();
                Some((nummer, received.map_or(product.begindatum, |received| received.max(product.begindatum))))
            })
            .collect()
    }

    fn deadline(&self, clock: Clock, answer: Berichtsoort, due: NaiveDate, state: DeadlineState) -> NewDeadline {
        let responsible = match clock {
            Clock::Retour => self.bericht.addressee(),
            Clock::Start => self.bericht.poster(),
        };
        NewDeadline {
            id: ids::new_id(self.received.at),
            clock,
            answer,
            responsible: responsible.clone(),
            subject: None,
            due,
            due_at: clock::end_of(due),
            state,
        }
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
        bericht: kept(received, bericht, Outcome::Refused, verdict),
        claims_identity: false,
        client: None,
        ledger: LedgerChange::default(),
        closes: None,
        retour: None,
        deadlines: Vec::new(),
        postbus: Vec::new(),
        parcels: network::fault_parcel(received, why, gateway).into_iter().collect(),
        envelope: received.carrier.envelope(),
    }
}

fn kept(received: &Received, bericht: Option<&Bericht>, outcome: Outcome, verdict: &Verdict) -> NewBericht {
    let (via, poster) = match &received.carrier {
        Carrier::Api { partij, .. } => (Via::Api, Some(partij.clone())),
        Carrier::Ggk { zender, .. } => (Via::Ggk, zender.clone()),
    };
    NewBericht {
        id: received.id.clone(),
        received_at: received.at,
        via,
        poster,
        referentienummer: received.carrier.referentienummer().map(str::to_owned),
        bytes: received.bytes.clone(),
        sha256: received.sha256.clone(),
        header: bericht.map(columns),
        heenbericht_id: None,
        outcome,
        receipt: receipt(&received.id, received, bericht, outcome, verdict),
    }
}

fn columns(bericht: &Bericht) -> HeaderColumns {
    match bericht {
        Bericht::Heen(heen) => HeaderColumns::of(&heen.header, None),
        Bericht::Retour(retour) => HeaderColumns::of(&retour.header, Some(retour.retour.identificatie_retour.as_str())),
    }
}

fn receipt(id: &str, received: &Received, bericht: Option<&Bericht>, outcome: Outcome, verdict: &Verdict) -> Receipt {
    Receipt {
        id: id.to_owned(),
        received_at: received.at,
        berichtsoort: bericht.map(|bericht| bericht.header().soort.to_string()),
        release: bericht.map(|bericht| bericht.header().release.name().to_owned()),
        verdict: outcome.name().to_owned(),
        findings: verdict.findings.iter().map(FindingReceipt::from).collect(),
        toewijzingen: Vec::new(),
        heenbericht: None,
        deadlines: Vec::new(),
        retour: None,
        sent_to: Vec::new(),
    }
}

/// What an accepted bericht changes for its client.
fn ledger_change(inhoud: &Inhoud) -> LedgerChange {
    match inhoud {
        Inhoud::Toewijzing(client) => LedgerChange {
            toewijzingen: client.toegewezen_producten.iter().map(new_toewijzing).collect(),
            ..LedgerChange::default()
        },
        Inhoud::Start(client) => {
            let products = &client.start_producten;
            LedgerChange {
                toewijzingen: Vec::new(),
                starts: products
                    .iter()
                    .filter(|one| one.is_first_delivery())
                    .map(|one| NewStart { key: one.key() })
                    .collect(),
                removed_starts: products.iter().filter(|one| one.is_removal()).map(StartProduct::key).collect(),
            }
        }
        Inhoud::Beschikking(client) => LedgerChange {
            toewijzingen: client.beschikking.toegewezen_producten.iter().filter_map(toewijzing_of_2_3).collect(),
            ..LedgerChange::default()
        },
        // Kept, delivered and answered; what they change is not in the ledger yet.
        Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => LedgerChange::default(),
    }
}

fn new_toewijzing(product: &ToegewezenProduct) -> NewToewijzing {
    NewToewijzing {
        toewijzing_nummer: product.toewijzing_nummer,
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.clone(),
        categorie: product.product.as_ref().map(|product| product.categorie.to_string()),
        code: product.product.as_ref().and_then(|product| product.code.as_ref()).map(ToString::to_string),
        ingangsdatum: product.ingangsdatum,
        einddatum: product.einddatum,
        verwijderd: product.is_verwijderd(),
    }
}

/// One of a beschikking; without a number nothing can be matched to it later.
fn toewijzing_of_2_3(product: &beschikking::ToegewezenProduct) -> Option<NewToewijzing> {
    Some(NewToewijzing {
        toewijzing_nummer: product.toewijzing_nummer?,
        toewijzingsdatum: product.toewijzingsdatum,
        toewijzingstijd: product.toewijzingstijd.clone(),
        categorie: Some(product.product.categorie.to_string()),
        code: product.product.code.as_ref().map(ToString::to_string),
        ingangsdatum: product.ingangsdatum,
        einddatum: product.einddatum,
        verwijderd: product.is_verwijderd(),
    })
}

/// The toewijzingen of earlier berichten that a start was matched to.
fn matched_toewijzingen(inhoud: &Inhoud, history: &History) -> Vec<i64> {
    let Inhoud::Start(client) = inhoud else { return Vec::new() };
    let named = client.start_producten.iter().filter_map(|product| product.toewijzing_nummer);
    named.filter(|nummer| history.has_live_toewijzing(*nummer, &client.bsn)).map(|nummer| nummer.0).collect()
}

fn deadline_receipt(deadline: &NewDeadline) -> DeadlineReceipt {
    DeadlineReceipt {
        clock: deadline.clock.name().to_owned(),
        answer: deadline.answer.to_string(),
        subject: deadline.subject.clone(),
        due: deadline.due.to_string(),
        state: deadline.state.name().to_owned(),
    }
}

fn destination(soort: Berichtsoort, partij: &Partij, via: &str) -> Destination {
    Destination { berichtsoort: soort.to_string(), partij: partij.to_string(), via: via.to_owned() }
}
