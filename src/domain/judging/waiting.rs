//! Which berichten wait for one that should have come before them.
//!
//! Order carries no meaning (OP080) where a bericht names another one that was sent before it: a retour or an antwoord its
//! heenbericht, a toewijzing or an antwoord its verzoek, a stop its start, a removal its record. All else is judged as
//! it comes in.

use chrono::NaiveDate;

use super::verdict::Verdict;
use crate::domain::Release;
use crate::domain::berichten::bericht::{Bericht, Berichtsoort, Heenbericht, Inhoud, Retourbericht};
use crate::domain::berichten::levering::{StartProduct, StopProduct};
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::facts::history::{Answers, History, Subject, named_verzoeken};

/// What the missing bericht will be about; nothing when none is missing.
#[must_use]
pub fn waits_on(bericht: &Bericht, history: &History, verdict: &Verdict) -> Vec<Subject> {
    // A second use of an Identificatie is wrong whatever still comes.
    if history.identificatie_used {
        return Vec::new();
    }
    match bericht {
        Bericht::Heen(heen) if matches!(heen.inhoud, Inhoud::FactuurAntwoord { .. }) => {
            factuur(heen, history).into_iter().collect()
        }
        Bericht::Heen(heen) => {
            let mut broken = verdict.findings.iter().filter_map(|finding| finding.regel.as_deref());
            let waits = broken.any(|regel| is_for_want_of_an_earlier(regel, heen, history));
            if waits { Subject::of(&heen.inhoud) } else { Vec::new() }
        }
        Bericht::Retour(retour) if history.answered_by(retour).is_none() => heenbericht(retour).into_iter().collect(),
        Bericht::Retour(_) => Vec::new(),
    }
}

/// What somebody may wait for that this heenbericht brings.
#[must_use]
pub fn brings(heen: &Heenbericht) -> Vec<Subject> {
    let header = &heen.header;
    let identificatie = header.bericht_identificatie.identificatie.to_string();
    let mut subjects = Subject::of(&heen.inhoud);
    subjects.push(Subject::Heenbericht(header.soort, header.afzender.clone(), identificatie));
    subjects
}

/// In which order berichten that waited for the same one are judged: as they were meant, as far as they tell. A stop for a
/// while comes before the one for good, and "in research" before a decision.
#[must_use]
pub fn meant_order(bericht: &Bericht) -> (NaiveDate, Option<NaiveDate>, bool) {
    let dagtekening = bericht.header().bericht_identificatie.dagtekening;
    let Bericht::Heen(heen) = bericht else { return (dagtekening, None, false) };
    match &heen.inhoud {
        Inhoud::Stop(client) => {
            let last = client.stop_producten.iter().map(|product| product.einddatum).max();
            (dagtekening, last, client.stop_producten.iter().any(|product| !product.is_temporary()))
        }
        Inhoud::Antwoord(antwoord) => (dagtekening, None, antwoord.verzoek_antwoord != VerzoekAntwoord::InOnderzoek),
        Inhoud::Toewijzing(_) => (dagtekening, None, true),
        Inhoud::Beschikking(_)
        | Inhoud::Start(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => (dagtekening, None, false),
    }
}

/// Whether a rule is broken because something did not come yet, and not because it came and disagrees.
fn is_for_want_of_an_earlier(regel: &str, heen: &Heenbericht, history: &History) -> bool {
    match (regel, &heen.inhoud) {
        // The record to remove.
        ("TR063", Inhoud::Start(client)) => removed_starts(&client.start_producten, history),
        ("TR063", Inhoud::Stop(client)) => removed_stops(&client.stop_producten, heen.header.release, history),
        // The declaratie.
        ("TR337", _) => true,
        // The verzoek.
        ("TR355" | "TR379", inhoud) => named_verzoeken(inhoud).iter().any(|naam| history.verzoek(naam).is_none()),
        // The start.
        ("TR382", Inhoud::Stop(client)) => client
            .stop_producten
            .iter()
            .filter(|product| product.is_first_delivery())
            .any(|product| history.starts.iter().all(|start| start.key != product.key().start)),
        _ => false,
    }
}

fn removed_starts(products: &[StartProduct], history: &History) -> bool {
    let mut removals = products.iter().filter(|product| product.is_removal());
    removals.any(|product| history.starts.iter().all(|start| start.key != product.key()))
}

fn removed_stops(products: &[StopProduct], release: Release, history: &History) -> bool {
    let mut removals = products.iter().filter(|product| product.is_removal());
    removals.any(|product| history.stops.iter().all(|stop| !stop.key.is_same(&product.key(), release)))
}

/// The declaratie or factuur that a 304 answers, when it did not come yet. Of a 325 a rule says so: TR337.
fn factuur(heen: &Heenbericht, history: &History) -> Option<Subject> {
    let answers = Answers::of(&heen.inhoud).filter(|answers| history.declaraties.answered_by(answers).is_none())?;
    let asked = Berichtsoort::ALL.into_iter().find(|soort| soort.declaratie_antwoord() == Some(heen.header.soort))?;
    let aanbieder = heen.header.ontvanger.clone();
    Some(Subject::Heenbericht(asked, aanbieder, answers.identificatie.identificatie.to_string()))
}

/// The heenbericht that a retour answers.
fn heenbericht(retour: &Retourbericht) -> Option<Subject> {
    let header = &retour.header;
    let identificatie = header.bericht_identificatie.identificatie.to_string();
    Some(Subject::Heenbericht(header.soort.heen()?, header.afzender.clone(), identificatie))
}
