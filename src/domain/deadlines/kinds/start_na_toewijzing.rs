//! That support starts at all after a toewijzing, counted from the receipt of the toewijzing and never before its Ingangsdatum;
//! or, where that was agreed, from the Ingangsdatum, and never before the receipt.
//!
//! It starts with the first version that comes, and looks at the day on which support began, whenever that is reported.
//! A toewijzing that is taken back, or ends no later than the term does, needs no start any more. Where support begins on a
//! written order, nobody waits (MLW-12b): somebody does once the order is taken back.

use chrono::NaiveDate;

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::deadlines::case::{Binds, Case, Closing, DeadlineState, Ends, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::new_toewijzing::NewToewijzing;

const KIND: DeadlineKind = DeadlineKind::StartNaToewijzing;
const FROM_FIRST_DAY: &str = "start-na-ingangsdatum";

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "start na toewijzing",
    terms: &[KIND.name(), FROM_FIRST_DAY],
    units: &Unit::ALL,
    is_optional: true,
    binds: Binds::Side(Side::Aanbieder),
    topic: Topic::Toewijzing,
    awaits: Some("start van ondersteuning"),
    opens,
    closes,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let first = |new: &&NewToewijzing| !new.verwijderd && case.versions(new.toewijzing_nummer).is_empty();
    let opening = |new: &NewToewijzing| {
        let is_on_order = case.history.with_spoed.contains(&new.toewijzing_nummer);
        let state = if is_on_order { DeadlineState::Void } else { DeadlineState::Open };
        let due = due(new, case.received, case)?;
        Some(Opening::due_on(KIND, Berichtsoort::Wmo305, due).about(&new.toewijzing_nummer).in_state(state))
    };
    case.toewijzingen.iter().filter(first).filter_map(opening).collect()
}

/// Support began, or need not begin any more.
fn closes(case: &Case<'_>) -> Vec<Closing> {
    let started = match case.counting() {
        Some(Inhoud::Start(client)) => {
            client.start_producten.iter().filter(|product| product.is_first_delivery()).collect()
        }
        _ => Vec::new(),
    };
    let started = started
        .into_iter()
        .filter_map(|product| Some((product.toewijzing_nummer?, Ends::Happened(product.begindatum))));
    let over = case.toewijzingen.iter().filter(|new| needs_no_start(new, case));
    let over = over.map(|new| (new.toewijzing_nummer, Ends::Void));
    started.chain(over).flat_map(|(nummer, ends)| case.closings_on(KIND, nummer, ends)).collect()
}

/// Whether by this version, if it holds (IV013), no support is to begin within the term.
fn needs_no_start(new: &NewToewijzing, case: &Case<'_>) -> bool {
    let versions = case.versions(new.toewijzing_nummer);
    let received = versions.iter().map(|known| (case.day_of)(known.received_at)).min();
    let due = received.and_then(|received| due(new, received, case));
    let is_over = |due| new.einddatum.is_some_and(|last| last <= due);
    case.holds(new) && (new.verwijderd || due.is_some_and(is_over))
}

/// The last day for a toewijzing that came in on this day.
fn due(new: &NewToewijzing, received: NaiveDate, case: &Case<'_>) -> Option<NaiveDate> {
    let from_receipt = case.profile.term_of(KIND);
    let from_receipt = from_receipt.map(|term| term.due(received, case.calendar).max(new.ingangsdatum));
    from_receipt.or_else(|| {
        let term = case.profile.term(FROM_FIRST_DAY)?;
        Some(term.due(received.max(new.ingangsdatum), case.calendar))
    })
}
