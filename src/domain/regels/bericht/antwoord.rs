//! Rules on the antwoord on a verzoek. All give 0001, on the `Antwoord`.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::finding::Place;

/// CD085: a rejection has a reason.
///
/// - Retourcode: 0001
/// - Berichten: WMO319
pub fn cd085(heen: &Heenbericht) -> Vec<Place> {
    broken_reason(heen, VerzoekAntwoord::Afgewezen, false).then(|| Place::klasse(path())).into_iter().collect()
}

/// CD086: what is being looked into has no reason for rejection.
///
/// - Retourcode: 0001
/// - Berichten: WMO319
pub fn cd086(heen: &Heenbericht) -> Vec<Place> {
    broken_reason(heen, VerzoekAntwoord::InOnderzoek, true)
        .then(|| Place::element(path(), "RedenAfwijzingVerzoek"))
        .into_iter()
        .collect()
}

/// Whether the bericht gives this antwoord and a reason for rejection is there, or is not.
fn broken_reason(heen: &Heenbericht, given: VerzoekAntwoord, has_reason: bool) -> bool {
    let Inhoud::Antwoord(antwoord) = &heen.inhoud else { return false };
    antwoord.verzoek_antwoord == given && antwoord.reden_afwijzing_verzoek.is_some() == has_reason
}

fn path() -> ElementPath {
    ElementPath::root().child("Antwoord")
}
