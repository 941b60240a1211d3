//! The payment of what is granted of a factuur, counted from its receipt. No bericht tells of it: a person does.
//!
//! It is there, though nobody waits, also where nothing is payable as the factuur was judged: the antwoord on it, or on what it
//! credits, may say otherwise.

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::deadlines::case::{Binds, Case, DeadlineState, Opening, Row, ends_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Betaling;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: true,
    binds: Binds::Side(Side::Gemeente),
    awaits: Some("betaling van wat is toegekend"),
    opens,
    closes: ends_with_no_bericht,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(heen) = case.heen() else { return Vec::new() };
    let (Inhoud::Factuur { header, .. }, Berichtsoort::Wmo303F) = (&heen.inhoud, heen.header.soort) else {
        return Vec::new();
    };
    let Some(oordeel) = &case.verdict.declaratie else { return Vec::new() };
    let state = if oordeel.betaalbaar > 0 { DeadlineState::Open } else { DeadlineState::Void };
    let opening = case.from_day(KIND, Berichtsoort::Wmo304F, case.received);
    let nummer = &header.identificatie.declarant_factuur_nummer;
    opening.map(|opening| opening.about(nummer).in_state(state)).into_iter().collect()
}
