//! What a WMO323 as a whole, and its clients, must agree on with what came before. For its lines see
//! [`crate::domain::regels::prestatie`].

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::Declaratie;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::facts::history::{DeclaratieFact, History};
use crate::domain::finding::Place;
use crate::domain::regels::paths::{nth_client_path, prestatie_path};

/// TR304 of a WMO323: the client has, or had, a toewijzing of this gemeente at this aanbieder, and what is asked on a
/// toewijzing is asked for whose it is. A line that takes back another is judged by that one alone (IV085).
pub fn tr304(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let mut places = Vec::new();
    for (index, client) in heen.inhoud.clienten().iter().enumerate() {
        if !history.clients.contains(&client.bsn) {
            places.push(Place::element(nth_client_path(heen, index), "Bsn"));
            continue;
        }
        for (nr, line) in client.prestaties.iter().enumerate().filter(|(_, line)| line.is_debet()) {
            let toewijzing = line.toewijzing_nummer.and_then(|nummer| history.toewijzingen.current(nummer));
            if toewijzing.is_some_and(|toewijzing| toewijzing.bsn != client.bsn) {
                places.push(Place::element(prestatie_path(heen, index, nr), "ToewijzingNummer"));
            }
        }
    }
    places
}

/// TR318: no declaratie is about a month before that of the last one. A gap may be right: perhaps nothing was delivered.
///
/// - Retourcode: 8214, on the `Declaratie`
/// - Berichten: WMO323
pub fn tr318(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let begins = |fact: &DeclaratieFact| fact.declaratie_periode.begindatum;
    let last = accepted(history).map(begins).max();
    broken(heen, "DeclaratiePeriode", |declaratie| {
        last.is_some_and(|last| declaratie.declaratie_periode.begindatum < last)
    })
}

/// TR333: a DeclaratieNummer is used once.
///
/// - Retourcode: 9333, on the `Declaratie`
/// - Berichten: WMO323
pub fn tr333(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "DeclaratieNummer", |declaratie| {
        accepted(history).any(|fact| fact.declaratie_nummer == declaratie.declaratie_nummer)
    })
}

/// Those that count as sent.
fn accepted(history: &History) -> impl Iterator<Item = &DeclaratieFact> {
    history.declaraties.declaraties.iter().filter(|fact| !fact.void)
}

fn broken(heen: &Heenbericht, element: &'static str, broken: impl Fn(&Declaratie) -> bool) -> Vec<Place> {
    match &heen.inhoud {
        Inhoud::Declaratie(declaratie) if broken(declaratie) => {
            vec![Place::element(ElementPath::root().child("Declaratie"), element)]
        }
        _ => Vec::new(),
    }
}
