//! The retour of a heenbericht, counted from its receipt (OP090). One that is rejected owes it too.

use crate::domain::Bericht;
use crate::domain::deadlines::case::{Binds, Case, Closing, DeadlineState, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Retour;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "retourbericht",
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: false,
    binds: Binds::Receiver,
    topic: Topic::Toewijzing,
    awaits: None,
    opens,
    closes,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let state = if case.is_answered { DeadlineState::Met } else { DeadlineState::Open };
    let answer = case.heen().and_then(|heen| heen.header.soort.retour());
    let opening = answer.and_then(|answer| case.from_day(KIND, answer, case.received));
    opening.map(|opening| opening.in_state(state)).into_iter().collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    let Bericht::Retour(retour) = case.bericht else { return Vec::new() };
    let awaited = case.history.answered_by(retour).filter(|_| !case.verdict.is_rejected());
    awaited.map(|awaited| Closing::answered(KIND, &awaited.bericht_id)).into_iter().collect()
}
