//! The engine: runs the table of rules and the agreements, level by level.

use super::lines;
use super::verdict::Verdict;
use crate::domain::afspraken::{Afspraken, gateway};
use crate::domain::berichten::bericht::{Bericht, Heenbericht, Retourbericht};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::facts::history::{Answers, Awaited, History};
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::regels::outside::Outside;
use crate::domain::regels::{Check, Regel, regels_for};

/// Judges a bericht against the standard, what the region agreed beside it, what was recorded before and what holds
/// outside; what the gateway itself remarks comes last. Pure.
#[must_use]
pub fn judge(bericht: &Bericht, history: &History, outside: &Outside<'_>, afspraken: &Afspraken) -> Verdict {
    match bericht {
        Bericht::Heen(heen) => {
            let mut verdict = judge_heen(heen, Some((history, afspraken)), outside);
            verdict.findings.extend(gateway::alone(heen));
            verdict.findings.extend(gateway::beside(heen, history));
            verdict
        }
        Bericht::Retour(retour) => judge_retour(retour, history),
    }
}

/// Judges what can be judged without knowing earlier berichten: levels message and external.
#[must_use]
pub fn judge_alone(bericht: &Bericht, outside: &Outside<'_>) -> Verdict {
    match bericht {
        Bericht::Heen(heen) => {
            let mut verdict = judge_heen(heen, None, outside);
            verdict.findings.extend(gateway::alone(heen));
            verdict
        }
        Bericht::Retour(_) => Verdict::default(),
    }
}

/// First the rules inside the bericht, then those on the header, then all others together, with what the region agreed
/// beside them; of a declaratie the lines last, as what was found in their classes decides which are judged.
fn judge_heen(heen: &Heenbericht, earlier: Option<(&History, &Afspraken)>, outside: &Outside<'_>) -> Verdict {
    let history = earlier.map(|(history, _)| history);
    let broken = |step: fn(&Regel) -> bool| -> Vec<Finding> {
        let regels = regels_for(heen.header.soort, heen.header.release).iter().filter(|regel| step(regel));
        regels.flat_map(|regel| run(regel, heen, history, outside)).collect()
    };
    let mut found = broken(|regel| regel.level() == Level::Message);
    if !found.is_empty() {
        return found.into();
    }
    found.extend(broken(|regel| regel.level() != Level::Message && regel.on_header));
    found.extend(earlier.map(|(_, afspraken)| afspraken.on_header(heen, outside.today)).into_iter().flatten());
    if found.iter().any(Finding::is_error) {
        return found.into();
    }
    found.extend(broken(|regel| regel.level() != Level::Message && !regel.on_header));
    let declaratie = heen.inhoud.declaratie();
    let declaratie = declaratie.as_deref();
    let of_region = earlier.map(|(history, afspraken)| afspraken.below(heen, declaratie, history, outside));
    found.extend(of_region.into_iter().flatten());
    match (declaratie, history) {
        (Some(declaratie), Some(history)) => return lines::judge(heen, declaratie, history, outside, found),
        (Some(declaratie), None) => found.extend(lines::judge_alone(heen, declaratie, outside)),
        (None, Some(history)) if !found.iter().any(Finding::is_error) => found.extend(unanswerable(heen, history)),
        (None, _) => {}
    }
    found.into()
}

/// What nothing can be answered to: a second 304 on a declaratie or factuur, and one on what was not sent. Of a 325 both have
/// a rule (TR056, TR337).
fn unanswerable(heen: &Heenbericht, history: &History) -> Option<Finding> {
    let answers = Answers::of(&heen.inhoud)?;
    let text = match history.declaraties.answered_by(&answers) {
        Some(declaratie) if declaratie.answered => {
            "Op deze declaratie is al een antwoord ontvangen. Dit antwoord is niet verwerkt; neem contact op met de gemeente."
        }
        None => {
            "Dit antwoord hoort bij geen bekende declaratie of factuur. Het is niet verwerkt; neem contact op met de gemeente."
        }
        Some(_) => return None,
    };
    Some(no_answer(text))
}

fn run(regel: &Regel, heen: &Heenbericht, history: Option<&History>, outside: &Outside<'_>) -> Vec<Finding> {
    let places = match (regel.check, history) {
        (Check::Bericht(check), _) => check(heen),
        (Check::Outside(check), _) => check(heen, outside),
        (Check::Contract(check), _) => outside.contract.map(|contract| check(heen, contract)).unwrap_or_default(),
        (Check::History(check), _) => history.map(|history| check(heen, history)).unwrap_or_default(),
        (Check::Line(..), _) => Vec::new(),
    };
    places.into_iter().map(|place| regel.broken_at(place)).collect()
}

/// At most one retour belongs to each heenbericht (IV028), under an IdentificatieRetour of its own.
fn judge_retour(retour: &Retourbericht, history: &History) -> Verdict {
    if history.identificatie_used {
        let text = "Deze IdentificatieRetour is al gebruikt voor een ander retourbericht. Stuur het retourbericht met een nieuwe IdentificatieRetour.";
        return vec![no_answer(text)].into();
    }
    let findings = match history.answered_by(retour) {
        Some(Awaited { answered: false, .. }) => Vec::new(),
        Some(Awaited { answered: true, .. }) => vec![no_answer(
            "Op dit heenbericht is al een retourbericht ontvangen. Neem contact op met de afzender van dit retourbericht.",
        )],
        None => vec![no_answer(
            "Dit retourbericht hoort bij geen bekend heenbericht. Controleer Afzender, Ontvanger, Identificatie en Dagtekening, en neem zo nodig contact op met de afzender.",
        )],
    };
    findings.into()
}

/// A retour that answers nothing, or nothing any more. The standard has no rule and no code for it.
fn no_answer(text: &'static str) -> Finding {
    Finding {
        level: Level::History,
        severity: Severity::Error,
        regel: None,
        retour_code: None,
        klasse: None,
        path: ElementPath::root().child("Header"),
        position: None,
        text: text.into(),
    }
}
