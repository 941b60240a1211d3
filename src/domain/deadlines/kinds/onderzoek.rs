//! The decision on a verzoek that is being looked into, counted from the Dagtekening of the verzoek (OP274, OP346). It belongs to
//! the verzoek.

use super::verzoek::closings;
use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::deadlines::case::{Binds, Case, Closing, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;

const KIND: DeadlineKind = DeadlineKind::Onderzoek;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "besluit na onderzoek",
    terms: &[KIND.name()],
    units: &Unit::ALL,
    is_optional: false,
    binds: Binds::Side(Side::Gemeente),
    topic: Topic::Verzoek,
    awaits: None,
    opens,
    closes,
};

fn opens(case: &Case<'_>) -> Vec<Opening> {
    let Some(Inhoud::Antwoord(antwoord)) = case.counting() else { return Vec::new() };
    if antwoord.verzoek_antwoord != VerzoekAntwoord::InOnderzoek {
        return Vec::new();
    }
    let Some(verzoek) = case.history.verzoek(&antwoord.referentie_aanbieder) else { return Vec::new() };
    let opening = case.from_day(KIND, Berichtsoort::Wmo301, verzoek.dagtekening);
    let opening = opening.map(|opening| Opening {
        bericht_id: Some(verzoek.bericht_id.clone()),
        ..opening.about(&verzoek.referentie_aanbieder)
    });
    opening.into_iter().collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    let named = match case.counting() {
        Some(Inhoud::Toewijzing(client)) => {
            client.toegewezen_producten.iter().filter_map(|one| one.referentie_aanbieder.as_deref()).collect()
        }
        Some(Inhoud::Antwoord(antwoord)) if antwoord.verzoek_antwoord == VerzoekAntwoord::Afgewezen => {
            vec![antwoord.referentie_aanbieder.as_str()]
        }
        _ => return Vec::new(),
    };
    closings(KIND, named, case)
}
