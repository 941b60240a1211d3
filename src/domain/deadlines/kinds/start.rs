//! The report of a start of support, counted from its Begindatum or, when that is later, the receipt of the toewijzing (OP271). It
//! ends as it starts, in time or late.
//!
//! A start that was taken back and reported again counts from the first report of the same day.

use chrono::NaiveDate;

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::deadlines::case::{Binds, Case, DeadlineState, Opening, Row, Topic, ends_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Start;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "melding van een start",
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: false,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Toewijzing,
    awaits: None,
    opens,
    closes: ends_with_no_bericht,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(Inhoud::Start(client)) = case.counting() else { return Vec::new() };
    let reported = client.start_producten.iter().filter(|product| product.is_first_delivery());
    let reported = reported.filter_map(|product| Some((product.toewijzing_nummer?, product.begindatum)));
    let opening = |(nummer, begindatum)| {
        let opening = case.from_day(KIND, Berichtsoort::Wmo305, known_since(case, nummer, begindatum))?;
        let first = case.history.first_report(nummer, begindatum).map(case.day_of);
        let is_late = opening.due < first.map_or(case.received, |day| day.min(case.received));
        let state = if is_late { DeadlineState::Late } else { DeadlineState::Met };
        Some(opening.about(&nummer).in_state(state))
    };
    reported.filter_map(opening).collect()
}

/// The later of this day and the receipt of the toewijzing: nobody reports on one that it does not have (OP271), nor
/// an end that the gemeente sets afterwards.
pub(super) fn known_since(case: &Case<'_>, nummer: ToewijzingNummer, day: NaiveDate) -> NaiveDate {
    let versions = case.versions(nummer).iter();
    // First the version that set this day, then the first one of all.
    let first = versions.map(|fact| (fact.einddatum != Some(day), (case.day_of)(fact.received_at))).min();
    first.map_or(day, |(_, received)| received.max(day))
}
