//! The antwoord on a declaratie or factuur, counted from its receipt (OP090x4; of release 2.3 OP090x3).

use crate::domain::Berichtsoort;
use crate::domain::deadlines::case::{Binds, Case, Closing, DeadlineState, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::history::Answers;

const KIND: DeadlineKind = DeadlineKind::DeclaratieAntwoord;
const OF_RELEASE_2_3: &str = "factuur-antwoord";

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "antwoord op declaratie",
    terms: &[KIND.name(), OF_RELEASE_2_3],
    units: &Unit::ALL,
    is_optional: false,
    binds: Binds::Side(Side::Gemeente),
    topic: Topic::Declaratie,
    awaits: None,
    opens,
    closes,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(answer) = case.heen().and_then(|heen| heen.header.soort.declaratie_antwoord()) else { return Vec::new() };
    let is_2_3 = matches!(answer, Berichtsoort::Wmo304D | Berichtsoort::Wmo304F);
    let term = if is_2_3 { OF_RELEASE_2_3 } else { KIND.name() };
    let state = if case.is_answered { DeadlineState::Met } else { DeadlineState::Open };
    let opening = case.under(term, (KIND, answer), case.received);
    opening.map(|opening| opening.in_state(state)).into_iter().collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    let answers = case.counting().and_then(Answers::of);
    let answered = answers.and_then(|answers| case.history.declaraties.answered_by(&answers));
    answered.map(|declaratie| Closing::answered(KIND, &declaratie.bericht_id)).into_iter().collect()
}
