//! The payment of what is granted: of a factuur counted from its receipt, of a WMO323 from its Dagtekening. No bericht tells of it:
//! a person does.
//!
//! It is there, though nobody waits, also where nothing is payable as it was judged: the antwoord on it, or on what it
//! credits, may say otherwise.

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::deadlines::case::{Binds, Case, DeadlineState, Opening, Row, Topic, ends_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Betaling;
const OF_DECLARATIE: &str = "betaling-declaratie";

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "betaling",
    terms: &[KIND.name(), OF_DECLARATIE],
    units: &Unit::ALL,
    is_optional: true,
    binds: Binds::Side(Side::Gemeente),
    topic: Topic::Declaratie,
    awaits: Some("betaling van wat is toegekend"),
    opens,
    closes: ends_with_no_bericht,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let (Some(heen), Some(verdicts)) = (case.heen(), &case.verdict.declaratie) else { return Vec::new() };
    let (term, nummer, answer, day_0) = match &heen.inhoud {
        Inhoud::Factuur { header, .. } if heen.header.soort == Berichtsoort::Wmo303F => {
            let nummer = header.identificatie.declarant_factuur_nummer.to_string();
            (KIND.name(), nummer, Berichtsoort::Wmo304F, case.received)
        }
        Inhoud::Declaratie(declaratie) => {
            let day_0 = heen.header.bericht_identificatie.dagtekening;
            (OF_DECLARATIE, declaratie.declaratie_nummer.clone(), Berichtsoort::Wmo325, day_0)
        }
        _ => return Vec::new(),
    };
    let state = if verdicts.betaalbaar > 0 { DeadlineState::Open } else { DeadlineState::Void };
    let opening = case.under(term, (KIND, answer), day_0);
    opening.map(|opening| opening.about(&nummer).in_state(state)).into_iter().collect()
}
