//! Rules of level history: what a bericht must agree on with the berichten before it.

pub mod antwoord;
pub mod declaratie;
pub mod declaratie_antwoord;
pub mod factuur;
mod levering;
pub mod start;
pub mod stop;
pub mod toewijzing;
pub mod verzoek;
pub mod wijziging;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::facts::history::History;
use crate::domain::finding::Place;

/// TR056: an Identificatie is used once per sender and kind of bericht, and a declaratie answered once: see
/// [`declaratie_antwoord::tr056`].
///
/// - Retourcode: 9056, on the Header
/// - Berichten: every heenbericht
pub fn tr056(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let header = ElementPath::root().child("Header");
    let own = || Place::within(header, &["BerichtIdentificatie", "Identificatie"]);
    let own = history.identificatie_used.then(own);
    own.into_iter().chain(declaratie_antwoord::tr056(heen, history)).collect()
}

/// TR019: a start or stop belongs to a toewijzing: see [`start::tr019`] and [`stop::tr019`].
pub fn tr019(heen: &Heenbericht, history: &History) -> Vec<Place> {
    [start::tr019(heen, history), stop::tr019(heen, history)].concat()
}

/// TR063: what is removed was there: see [`start::tr063`] and [`stop::tr063`].
pub fn tr063(heen: &Heenbericht, history: &History) -> Vec<Place> {
    [start::tr063(heen, history), stop::tr063(heen, history)].concat()
}

/// TR074: a start or stop is reported once: see [`start::tr074`] and [`stop::tr074`].
pub fn tr074(heen: &Heenbericht, history: &History) -> Vec<Place> {
    [start::tr074(heen, history), stop::tr074(heen, history)].concat()
}

/// TR304: the client is known: see [`verzoek::tr304`], [`declaratie::tr304`] and [`declaratie_antwoord::tr304`].
pub fn tr304(heen: &Heenbericht, history: &History) -> Vec<Place> {
    match &heen.inhoud {
        Inhoud::Declaratie(_) => declaratie::tr304(heen, history),
        Inhoud::DeclaratieAntwoord { .. } => declaratie_antwoord::tr304(heen, history),
        _ => verzoek::tr304(heen, history),
    }
}
