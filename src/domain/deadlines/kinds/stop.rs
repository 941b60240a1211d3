//! The report of a stop of support, counted from its Einddatum or, when that is later, the receipt of the toewijzing (OP272). It
//! ends as it starts, in time or late.

use chrono::NaiveDate;

use super::start::known_since;
use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::levering::{StopKey, StopProduct};
use crate::domain::deadlines::case::{Binds, Case, Opening, Row, Topic, ends_with_no_bericht};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Stop;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "melding van een stop",
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
    let Some(Inhoud::Stop(client)) = case.counting() else { return Vec::new() };
    let reported = client.stop_producten.iter().filter(|product| product.is_first_delivery());
    let opening = |product: &StopProduct| {
        let nummer = product.toewijzing_nummer?;
        let day_0 = known_since(case, nummer, final_since(case, product));
        let opening = case.from_day(KIND, Berichtsoort::Wmo307, day_0)?;
        let state = case.in_time(opening.due);
        Some(opening.about(&nummer).in_state(state))
    };
    reported.filter_map(opening).collect()
}

/// The day from which a stop is to be reported. That a stop for a while became one for good is known on a day that no
/// bericht tells, at the latest that of the Dagtekening (OP272).
fn final_since(case: &Case<'_>, product: &StopProduct) -> NaiveDate {
    let StopKey { start, .. } = product.key();
    let was_paused = case.history.stops.iter().any(|stop| stop.key.start == start && stop.key.is_temporary());
    let known = was_paused.then_some(case.bericht.header().bericht_identificatie.dagtekening);
    known.map_or(product.einddatum, |known| known.max(product.einddatum))
}
