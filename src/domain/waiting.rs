//! Which berichten wait for one that should have come before them.
//!
//! Order carries no meaning (OP080) where a bericht names another one that was sent before it: a retour or an antwoord its
//! heenbericht, a toewijzing or an antwoord its verzoek, a stop its start, a removal its record. All else is judged as
//! it comes in.

use super::bericht::{Bericht, Heenbericht, Retourbericht};
use super::history::{History, Subject};
use super::verdict::Verdict;

/// Rules that say that an earlier bericht is missing: no record to remove (TR063), no 323 to answer (TR337, TR376), no
/// verzoek (TR355, TR379), no start (TR382).
const MISSING: [&str; 6] = ["TR063", "TR337", "TR355", "TR376", "TR379", "TR382"];

/// What the missing bericht will be about; nothing when none is missing.
#[must_use]
pub fn waits_on(bericht: &Bericht, history: &History, verdict: &Verdict) -> Vec<Subject> {
    match bericht {
        Bericht::Heen(heen) => {
            let is_missing = |regel: &str| MISSING.contains(&regel);
            if verdict.findings.iter().filter_map(|finding| finding.regel).any(is_missing) {
                Subject::of(&heen.inhoud)
            } else {
                Vec::new()
            }
        }
        Bericht::Retour(retour) => {
            if history.identificatie_used || history.answered_by(retour).is_some() {
                Vec::new()
            } else {
                heenbericht(retour).into_iter().collect()
            }
        }
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

/// The heenbericht that a retour answers.
fn heenbericht(retour: &Retourbericht) -> Option<Subject> {
    let header = &retour.header;
    let identificatie = header.bericht_identificatie.identificatie.to_string();
    Some(Subject::Heenbericht(header.soort.heen()?, header.afzender.clone(), identificatie))
}
