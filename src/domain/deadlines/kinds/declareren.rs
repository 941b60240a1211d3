//! That a period is declared soon after it, counted from its last day. It starts and ends with the declaratie, in time or late.

use crate::domain::deadlines::case::{Binds, Case, Opening, Row, Topic, ends_with_no_bericht};
use crate::domain::deadlines::counted::Direction;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Declareren;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "declareren",
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: true,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Declaratie,
    awaits: None,
    opens,
    closes: ends_with_no_bericht,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(term) = case.profile.term_of(KIND) else { return Vec::new() };
    let (Some(inhoud), soort) = (case.counting(), case.bericht.header().soort) else { return Vec::new() };
    let Some(declaratie) = inhoud.declaratie() else { return Vec::new() };
    let last = declaratie.declaratie_periode.einddatum;
    let due = term.due_after(last, case.calendar);
    let opening = Opening::due_on(KIND, soort, due).counted(KIND.name(), last, Direction::AfterPeriod);
    let opening = opening.in_state(case.in_time(due));
    vec![opening.about(&declaratie.declaratie_nummer)]
}
