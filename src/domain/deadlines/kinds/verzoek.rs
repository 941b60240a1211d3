//! The first answer to a verzoek, counted from its receipt: a toewijzing, or an antwoord that rejects it or looks into it (OP274,
//! OP346).

use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::Inhoud;
use crate::domain::deadlines::case::{Binds, Case, Closing, Ends, Of, Opening, Row, Topic};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::profile::Side;
use crate::domain::deadlines::term::Unit;
use crate::domain::facts::history::VerzoekFact;

const KIND: DeadlineKind = DeadlineKind::Verzoek;

/// See the head of this file.
pub const ROW: Row = Row {
    kind: KIND,
    title: "antwoord op verzoek",
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
    let asked: Vec<&String> = match case.counting() {
        Some(Inhoud::VerzoekOmToewijzing(client)) => {
            client.aangevraagde_producten.iter().map(|product| &product.referentie_aanbieder).collect()
        }
        Some(Inhoud::VerzoekOmWijziging(client)) => vec![&client.verzoek.referentie_aanbieder],
        _ => return Vec::new(),
    };
    let opening = |naam| Some(case.from_day(KIND, Berichtsoort::Wmo301, case.received)?.about(naam));
    asked.into_iter().filter_map(opening).collect()
}

fn closes(case: &Case<'_>) -> Vec<Closing> {
    let named = match case.counting() {
        Some(Inhoud::Toewijzing(client)) => {
            client.toegewezen_producten.iter().filter_map(|one| one.referentie_aanbieder.as_deref()).collect()
        }
        Some(Inhoud::Antwoord(antwoord)) => vec![antwoord.referentie_aanbieder.as_str()],
        _ => return Vec::new(),
    };
    closings(KIND, named, case)
}

/// Ends a deadline of each of these verzoeken.
pub(super) fn closings(kind: DeadlineKind, named: Vec<&str>, case: &Case<'_>) -> Vec<Closing> {
    let verzoeken = named.into_iter().filter_map(|naam| case.history.verzoek(naam));
    let closing = |verzoek: &VerzoekFact| Closing {
        of: Of::Bericht(verzoek.bericht_id.clone()),
        kind,
        subject: Some(verzoek.referentie_aanbieder.clone()),
        ends: Ends::Answered,
    };
    verzoeken.map(closing).collect()
}
