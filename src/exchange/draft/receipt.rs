//! What is kept of a bericht, and what its sender is told.

use crate::domain::deadlines::case::Opening;
use crate::domain::regels::outside::Outside;
use crate::domain::regels::{Regel, regels_for};
use crate::domain::{Bericht, Berichtsoort, Heenbericht, Partij, Verdict};
use crate::exchange::Gateway;
use crate::exchange::received::{Carrier, Link, Received};
use crate::store::{DeadlineState, HeaderColumns, KeptDeadline, NewBericht, Outcome, Receipt, SentTo, Via};

pub fn kept(
    received: &Received,
    bericht: Option<&Bericht>,
    outcome: Outcome,
    verdict: &Verdict,
    gateway: &Gateway,
) -> NewBericht {
    let (via, poster) = match &received.carrier {
        Carrier::Api { partij, .. } => (Via::Api, Some(partij.clone())),
        Carrier::File => (Via::File, None),
        Carrier::Decided { partij, .. } => (Via::Gateway, Some(partij.clone())),
        Carrier::Waited { via, poster, .. } => (*via, poster.clone()),
        Carrier::Network { link: Link::Ggk, zender, .. } => (Via::Ggk, zender.clone()),
        Carrier::Network { link: Link::Vecozo, zender, .. } => (Via::Vecozo, zender.clone()),
    };
    NewBericht {
        id: received.id.clone(),
        received_at: received.at,
        via,
        poster,
        referentienummer: received.carrier.referentienummer().map(str::to_owned),
        bytes: received.bytes.clone(),
        xml: None,
        sha256: received.sha256.clone(),
        header: bericht.map(columns),
        heenbericht_id: None,
        outcome,
        receipt: Receipt {
            practice: gateway.clock.is_practice(),
            ..receipt(&received.id, received, bericht, outcome, verdict)
        },
    }
}

pub fn columns(bericht: &Bericht) -> HeaderColumns {
    match bericht {
        Bericht::Heen(heen) => HeaderColumns::of(&heen.header, None),
        Bericht::Retour(retour) => HeaderColumns::of(&retour.header, Some(retour.retour.identificatie_retour.as_str())),
    }
}

pub fn receipt(
    id: &str,
    received: &Received,
    bericht: Option<&Bericht>,
    outcome: Outcome,
    verdict: &Verdict,
) -> Receipt {
    Receipt {
        id: id.to_owned(),
        received_at: received.at,
        berichtsoort: bericht.map(|bericht| bericht.header().soort.to_string()),
        release: bericht.map(|bericht| bericht.header().release.name().to_owned()),
        verdict: outcome,
        identificatie: bericht.map(|bericht| columns(bericht).own_identificatie().to_owned()),
        waits_until: None,
        refusal: None,
        findings: verdict.findings.clone(),
        not_checked: Vec::new(),
        toewijzingen: Vec::new(),
        heenbericht: None,
        deadlines: Vec::new(),
        retour: None,
        sent_to: Vec::new(),
        digests: None,
        practice: false,
    }
}

/// The rules that hold for this bericht and rest on a contract that nobody told us.
pub fn not_checked(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<String> {
    let rests_on_nothing = |regel: &&&Regel| outside.contract.is_none() && regel.needs_contract();
    let regels = regels_for(heen.header.soort, heen.header.release).iter().filter(rests_on_nothing);
    regels.map(|regel| regel.code.to_owned()).collect()
}

/// A clock that runs or ran; one that nobody waits for is not told.
pub fn deadline_receipt(deadline: &Opening) -> Option<KeptDeadline> {
    (deadline.state != DeadlineState::Void).then(|| KeptDeadline {
        clock: deadline.kind.name().to_owned(),
        answer: deadline.answer.to_string(),
        subject: deadline.subject.clone(),
        due: deadline.due.to_string(),
        state: deadline.state.name().to_owned(),
        skipped: deadline.skipped.iter().map(|skipped| skipped.why.clone()).collect(),
    })
}

pub fn destination(soort: Berichtsoort, partij: &Partij, via: &str) -> SentTo {
    SentTo { berichtsoort: soort.to_string(), partij: partij.to_string(), via: via.to_owned() }
}
