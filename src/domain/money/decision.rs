//! What people decide about a declaratie that was judged and not answered yet, within what the standard allows.
//!
//! A line that the standard rejects stays rejected; one that it allows may be rejected, with a retourcode that the
//! standard knows for a line, or in a declaratie of release 2.3 be granted for less. So the sum that is granted can only
//! become less than the judgement allowed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use smol_str::SmolStr;

use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht};
use crate::domain::berichten::declaratie::{Declaratie, Prestatie};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::release::Release;
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::judging::verdict::Verdict;
use crate::domain::regels::{Check, regels_for};

/// What a person says about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineDecision {
    /// Counted from 1, through all clients.
    pub line: usize,
    /// Whether it is granted.
    pub granted: bool,
    /// Of a line that is granted for less than was asked: how much, in euro cents.
    pub toegekend: Option<u32>,
    /// Of a line that is not granted: what goes into the answer.
    pub retour_code: Option<String>,
    /// For whoever looks later; of a line that is not granted in full.
    pub reason: Option<String>,
}

/// Why a decision on a line cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// The declaratie has fewer lines.
    NoSuchLine(usize),
    /// A line is named more than once.
    Twice(usize),
    /// The line breaks a rule of the standard and cannot be granted.
    BreaksARule(usize),
    /// No retourcode, or one that the standard does not have for a line; these it has.
    RetourCode(usize, BTreeSet<&'static str>),
    /// A line of this kind of declaratie, or a credit, is granted as a whole or not at all (OP287, IV054).
    InPart(usize),
    /// More is granted than nothing and less than is asked; not of a line that is rejected.
    Bedrag(usize),
    /// No reason is given.
    NoReason(usize),
    /// A credit makes room for another line that is granted.
    MakesRoom(usize, usize),
}

/// For people, in Dutch.
impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchLine(line) => write!(f, "Regel {line} bestaat niet in deze declaratie."),
            Self::Twice(line) => write!(f, "Regel {line} staat er meer dan één keer. Noem elke regel één keer."),
            Self::BreaksARule(line) => {
                write!(f, "Regel {line} voldoet niet aan de standaard en kan niet worden toegekend.")
            }
            Self::RetourCode(line, known) => {
                let known = known.iter().copied().collect::<Vec<_>>().join(", ");
                write!(f, "Regel {line}: kies een retourcode die de standaard voor een prestatie kent: {known}.")
            }
            Self::InPart(line) => write!(
                f,
                "Regel {line} wordt geheel toegekend of afgewezen. Alleen een debetregel van een declaratie in release 2.3 (303D) kan voor een deel worden toegekend."
            ),
            Self::Bedrag(line) => write!(
                f,
                "Regel {line}: toegekend moet hoger zijn dan 0 en lager dan wat is gevraagd. Laat het weg om de regel geheel toe te kennen of af te wijzen."
            ),
            Self::NoReason(line) => {
                write!(f, "Regel {line}: geef de reden waarom de regel niet geheel wordt toegekend.")
            }
            Self::MakesRoom(line, other) => write!(
                f,
                "Regel {line} is een creditregel en maakt ruimte voor regel {other}, die is toegekend. Wijs ook regel {other} af."
            ),
        }
    }
}

/// The verdict as people change it. `judged`: of a declaratie or factuur whose lines were judged.
///
/// # Errors
/// Every decision that cannot be taken; nothing is then decided.
pub fn decide(
    heen: &Heenbericht,
    declaratie: &Declaratie,
    judged: Verdict,
    decisions: &[LineDecision],
) -> Result<Verdict, Vec<NotAllowed>> {
    let lines: Vec<_> = heen.inhoud.lines_of(declaratie).map(|(_, line, path)| (path, line)).collect();
    let known = retour_codes(heen.header.soort, heen.header.release);
    let mut verdict = judged;
    let mut verdicts = verdict.declaratie.take().unwrap_or_default();
    let mut problems = Vec::new();
    let (mut named, mut taken_back) = (BTreeSet::new(), BTreeSet::new());
    for decision in decisions {
        let line = decision.line;
        let index = line.wrapping_sub(1);
        let (Some(granted), Some((path, prestatie))) = (verdicts.granted.get_mut(index), lines.get(index)) else {
            problems.push(NotAllowed::NoSuchLine(line));
            continue;
        };
        if !named.insert(line) {
            problems.push(NotAllowed::Twice(line));
        }
        let reason = decision.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if decision.granted {
            problems.extend(granted.is_none().then_some(NotAllowed::BreaksARule(line)));
            if let Some(toegekend) = decision.toegekend {
                let may_be_in_part = heen.header.soort == Berichtsoort::Wmo303D && prestatie.is_debet();
                problems.extend((!may_be_in_part).then_some(NotAllowed::InPart(line)));
                let is_part = (1..prestatie.ingediend_bedrag.bedrag).contains(&toegekend);
                problems.extend((!is_part).then_some(NotAllowed::Bedrag(line)));
                problems.extend(reason.is_none().then_some(NotAllowed::NoReason(line)));
                *granted = Some(toegekend);
            }
            continue;
        }
        problems.extend(decision.toegekend.map(|_| NotAllowed::Bedrag(line)));
        if granted.take().is_some() {
            taken_back.insert(line);
        }
        let code = decision.retour_code.as_deref().and_then(|code| known.get(code).copied());
        problems.extend(code.is_none().then(|| NotAllowed::RetourCode(line, known.clone())));
        problems.extend(reason.is_none().then_some(NotAllowed::NoReason(line)));
        verdict.findings.extend(code.zip(reason).map(|(code, reason)| rejection(path, code, reason)));
    }
    problems.extend(room_that_is_gone(&lines, &verdicts.granted, &taken_back));
    let granted = lines.iter().zip(&verdicts.granted).filter_map(|((_, line), bedrag)| Some((line, (*bedrag)?)));
    verdicts.toegekend =
        granted.map(|(line, bedrag)| line.ingediend_bedrag.debet_credit.sign() * i128::from(bedrag)).sum();
    verdict.declaratie = Some(verdicts);
    if problems.is_empty() { Ok(verdict) } else { Err(problems) }
}

/// The retourcodes that the standard has for a line of this kind of declaratie.
#[must_use]
pub fn retour_codes(soort: Berichtsoort, release: Release) -> BTreeSet<&'static str> {
    of_lines(soort, release).map(|(code, _)| code).collect()
}

/// The same, each with what a rule that gives it says.
#[must_use]
pub fn explained_codes(soort: Berichtsoort, release: Release) -> BTreeMap<&'static str, &'static str> {
    let mut codes = BTreeMap::new();
    for (code, text) in of_lines(soort, release) {
        codes.entry(code).or_insert(text);
    }
    codes
}

fn of_lines(soort: Berichtsoort, release: Release) -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_lines = regels_for(soort, release).iter().filter(|regel| matches!(regel.check, Check::Line(..)));
    of_lines.filter_map(|regel| Some((regel.retour_code?, regel.text)))
}

fn rejection(path: &ElementPath, retour_code: &'static str, reason: &str) -> Finding {
    Finding {
        level: Level::External,
        severity: Severity::Error,
        regel: None,
        retour_code: Some(SmolStr::new_static(retour_code)),
        klasse: Some(path.clone()),
        path: path.clone(),
        position: None,
        text: reason.to_owned().into(),
    }
}

/// Credits that a person rejects, though a line on the same toewijzing is granted: that one was judged with the room that
/// the credit made (OP366).
fn room_that_is_gone(
    lines: &[(ElementPath, &Prestatie)],
    granted: &[Option<u32>],
    taken_back: &BTreeSet<usize>,
) -> Vec<NotAllowed> {
    let numbered =
        || (1..).zip(lines).zip(granted).map(|((line, (_, prestatie)), granted)| (line, *prestatie, granted.is_some()));
    let credits = numbered().filter(|(line, prestatie, _)| taken_back.contains(line) && !prestatie.is_debet());
    let granted_on = |nummer| {
        let mut debets = numbered().filter(|(_, prestatie, granted)| *granted && prestatie.is_debet());
        debets.find(|(_, prestatie, _)| prestatie.toewijzing_nummer == nummer).map(|(line, ..)| line)
    };
    credits
        .filter_map(|(line, prestatie, _)| {
            granted_on(prestatie.toewijzing_nummer).map(|other| NotAllowed::MakesRoom(line, other))
        })
        .collect()
}
