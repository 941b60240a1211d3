//! What a WMO319 must agree on with the verzoek and with what was said to it before.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::facts::history::{History, VerzoekFact};
use crate::domain::finding::Place;

/// TR355: an antwoord belongs to a verzoek of this aanbieder.
///
/// - Retourcode: 9355, on the `Antwoord`
/// - Berichten: WMO319
pub fn tr355(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "ReferentieAanbieder", |_, verzoek| verzoek.is_none())
}

/// TR359: once a toewijzing honours a verzoek, no antwoord follows.
///
/// - Retourcode: 9359, on the `Antwoord`
/// - Berichten: WMO319
pub fn tr359(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "ReferentieAanbieder", |_, verzoek| verzoek.is_some_and(|verzoek| verzoek.honoured))
}

/// TR360: that a verzoek is being looked into is said once, and first.
///
/// - Retourcode: 9360, on the `Antwoord`
/// - Berichten: WMO319
pub fn tr360(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "VerzoekAntwoord", |antwoord, verzoek| {
        antwoord == VerzoekAntwoord::InOnderzoek && verzoek.is_some_and(|verzoek| !verzoek.antwoorden.is_empty())
    })
}

/// TR365: a rejection is final.
///
/// - Retourcode: 9365, on the `Antwoord`
/// - Berichten: WMO319
pub fn tr365(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "ReferentieAanbieder", |_, verzoek| {
        verzoek.is_some_and(|verzoek| verzoek.antwoorden.contains(&VerzoekAntwoord::Afgewezen))
    })
}

fn broken(
    heen: &Heenbericht,
    history: &History,
    element: &'static str,
    broken: impl Fn(VerzoekAntwoord, Option<&VerzoekFact>) -> bool,
) -> Vec<Place> {
    let Inhoud::Antwoord(antwoord) = &heen.inhoud else { return Vec::new() };
    if !broken(antwoord.verzoek_antwoord, history.verzoek(&antwoord.referentie_aanbieder)) {
        return Vec::new();
    }
    vec![Place::element(ElementPath::root().child("Antwoord"), element)]
}
