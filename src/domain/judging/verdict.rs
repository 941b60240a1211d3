//! Findings, and the verdict they make.

mod lines;

use chrono::NaiveDate;

use crate::domain::afspraken::Afspraken;
use crate::domain::berichten::bericht::{Bericht, Heenbericht, Retourbericht};
use crate::domain::berichten::codelijst::Gemeentecodes;
use crate::domain::berichten::contract::Contract;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::facts::calculation::Calculation;
use crate::domain::facts::history::{Answers, Awaited, History};
use crate::domain::regels::{Check, Regel, regels_for};

/// How deep a check looks. A failing level stops the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Not well-formed, or unsafe.
    Xml,
    /// Against the XSD.
    Xsd,
    /// Inside one bericht.
    Message,
    /// Against facts outside the traffic: date, code lists, contracts.
    External,
    /// Against earlier berichten.
    History,
    /// A rule of the profile, not of the standard.
    Local,
}

impl Level {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Xml => "xml",
            Self::Xsd => "xsd",
            Self::Message => "message",
            Self::External => "external",
            Self::History => "history",
            Self::Local => "local",
        }
    }
}

/// Whether a finding rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Rejects.
    Error,
    /// Is told, and nothing more.
    Warning,
}

impl Severity {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A place in a file, both counted from 1; columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One thing that is wrong with a bericht. Holds no value of a person: it is shown, logged and mailed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How deep the check was.
    pub level: Level,
    /// Whether it rejects.
    pub severity: Severity,
    /// The rule of the standard; `None` for levels xml and xsd, and for an answer to nothing.
    pub regel: Option<&'static str>,
    /// The retourcode that the standard gives it.
    pub retour_code: Option<&'static str>,
    /// The berichtklasse that carries the retourcode; `None` where no rule spoke.
    pub klasse: Option<ElementPath>,
    /// The element, as in `/Bericht/Client/Bsn`.
    pub path: String,
    /// Where the element stands in the file, once somebody has looked.
    pub position: Option<Position>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
}

/// Where a rule is broken: the berichtklasse that carries the code, and the element in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Carries the retourcode.
    pub klasse: ElementPath,
    /// The element to look at: the klasse or something in it.
    pub element: ElementPath,
}

impl Place {
    /// The klasse as a whole.
    #[must_use]
    pub fn klasse(klasse: ElementPath) -> Self {
        Self { element: klasse.clone(), klasse }
    }

    /// One element of the klasse.
    #[must_use]
    pub fn element(klasse: ElementPath, name: &'static str) -> Self {
        Self::within(klasse, &[name])
    }

    /// An element deeper in the klasse, by the names on the way.
    #[must_use]
    pub fn within(klasse: ElementPath, names: &[&'static str]) -> Self {
        Self { element: names.iter().fold(klasse.clone(), |path, name| path.child(name)), klasse }
    }
}

impl Finding {
    fn of(regel: &Regel, place: Place) -> Self {
        Self {
            level: regel.level(),
            severity: Severity::Error,
            regel: Some(regel.code),
            retour_code: regel.retour_code,
            path: place.element.to_string(),
            klasse: Some(place.klasse),
            position: None,
            text: regel.text.to_owned(),
        }
    }

    /// Whether it rejects.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// A retour that answers nothing, or nothing any more. The standard has no rule and no code for it.
    fn unanswerable(text: &str) -> Self {
        Self {
            level: Level::History,
            severity: Severity::Error,
            regel: None,
            retour_code: None,
            klasse: None,
            path: ElementPath::root().child("Header").to_string(),
            position: None,
            text: text.to_owned(),
        }
    }
}

/// What was found; nothing found is acceptance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// All findings of the level reached.
    pub findings: Vec<Finding>,
    /// Of a declaratie whose lines were judged: what is granted.
    pub declaratie: Option<Oordeel>,
}

/// What is granted of a declaratie, line by line (IV087).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oordeel {
    /// What is granted of each line, in euro cents and in the order in which they stand in the bericht; `None`: it is
    /// rejected.
    pub granted: Vec<Option<u32>>,
    /// What is granted added up, in euro cents; below zero when credit.
    pub toegekend: i128,
    /// What is to be paid for it as it was judged, in euro cents; below zero when paid back. A credit of a claim that was
    /// rejected, as a factuur may have, takes nothing back.
    pub betaalbaar: i128,
    /// Of each line the figures that it was judged by; none where it did not come to that.
    pub calculations: Vec<Box<[Calculation]>>,
}

impl Verdict {
    /// Whether the bericht counts as not sent: there is no partial acceptance (IV032), but of a declaratie each line
    /// stands by itself.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.has_errors() && !self.grants_a_line()
    }

    /// Whether some lines of a declaratie are granted, and others are not.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.has_errors() && self.grants_a_line()
    }

    fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    fn grants_a_line(&self) -> bool {
        self.declaratie.as_ref().is_some_and(|oordeel| oordeel.granted.iter().any(Option::is_some))
    }
}

impl From<Vec<Finding>> for Verdict {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, declaratie: None }
    }
}

/// Facts that no bericht tells.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// The receiver's date, in Europe/Amsterdam (TR135).
    pub today: NaiveDate,
    /// Which gemeenten there are and were (TR378).
    pub gemeenten: &'a Gemeentecodes,
    /// What the two parties agreed; rules that need it are not run where nobody told.
    pub contract: Option<&'a Contract>,
    /// What the region agreed beside the standard.
    pub afspraken: &'a Afspraken,
}

/// Judges a bericht against the standard, what was recorded before and what holds outside. Pure.
#[must_use]
pub fn judge(bericht: &Bericht, history: &History, outside: &Outside<'_>) -> Verdict {
    match bericht {
        Bericht::Heen(heen) => judge_heen(heen, Some(history), outside),
        Bericht::Retour(retour) => judge_retour(retour, history),
    }
}

/// Judges what can be judged without knowing earlier berichten: levels message and external.
#[must_use]
pub fn judge_alone(bericht: &Bericht, outside: &Outside<'_>) -> Verdict {
    match bericht {
        Bericht::Heen(heen) => judge_heen(heen, None, outside),
        Bericht::Retour(_) => Verdict::default(),
    }
}

/// First the rules inside the bericht, then those on the header, then all others together, with what the region agreed
/// beside them; of a declaratie the lines last, as what was found in their classes decides which are judged.
fn judge_heen(heen: &Heenbericht, history: Option<&History>, outside: &Outside<'_>) -> Verdict {
    let broken = |step: fn(&Regel) -> bool| -> Vec<Finding> {
        let regels = regels_for(heen.header.soort, heen.header.release).iter().filter(|regel| step(regel));
        regels.flat_map(|regel| run(regel, heen, history, outside)).collect()
    };
    let mut found = broken(|regel| regel.level() == Level::Message);
    if !found.is_empty() {
        return found.into();
    }
    found.extend(broken(|regel| regel.level() != Level::Message && regel.on_header));
    found.extend(history.map(|_| outside.afspraken.on_header(heen, outside.today)).into_iter().flatten());
    if found.iter().any(Finding::is_error) {
        return found.into();
    }
    found.extend(broken(|regel| regel.level() != Level::Message && !regel.on_header));
    let declaratie = heen.inhoud.declaratie();
    let declaratie = declaratie.as_deref();
    found.extend(
        history.map(|history| outside.afspraken.below(heen, declaratie, history, outside)).into_iter().flatten(),
    );
    match (declaratie, history) {
        (Some(declaratie), Some(history)) => return lines::judge(heen, declaratie, history, outside, found),
        (Some(declaratie), None) => found.extend(lines::judge_alone(heen, declaratie, outside)),
        (None, Some(history)) if !found.iter().any(Finding::is_error) => found.extend(unanswerable(heen, history)),
        (None, _) => {}
    }
    found.into()
}

/// What nothing can be answered to: a second antwoord on a declaratie, and a 304 on one that was not sent. Of a 325 the
/// second has a rule of its own (TR337).
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
    Some(Finding::unanswerable(text))
}

fn run(regel: &Regel, heen: &Heenbericht, history: Option<&History>, outside: &Outside<'_>) -> Vec<Finding> {
    let places = match (regel.check, history) {
        (Check::Bericht(check), _) => check(heen),
        (Check::Outside(check), _) => check(heen, outside),
        (Check::Contract(check), _) => outside.contract.map(|contract| check(heen, contract)).unwrap_or_default(),
        (Check::History(check), _) => history.map(|history| check(heen, history)).unwrap_or_default(),
        (Check::Line(..), _) => Vec::new(),
    };
    places.into_iter().map(|place| Finding::of(regel, place)).collect()
}

/// At most one retour belongs to each heenbericht (IV028), under an IdentificatieRetour of its own.
fn judge_retour(retour: &Retourbericht, history: &History) -> Verdict {
    if history.identificatie_used {
        let text = "Deze IdentificatieRetour is al gebruikt voor een ander retourbericht. Stuur het retourbericht met een nieuwe IdentificatieRetour.";
        return vec![Finding::unanswerable(text)].into();
    }
    let findings = match history.answered_by(retour) {
        Some(Awaited { answered: false, .. }) => Vec::new(),
        Some(Awaited { answered: true, .. }) => vec![Finding::unanswerable(
            "Op dit heenbericht is al een retourbericht ontvangen. Neem contact op met de afzender van dit retourbericht.",
        )],
        None => vec![Finding::unanswerable(
            "Dit retourbericht hoort bij geen bekend heenbericht. Controleer Afzender, Ontvanger, Identificatie en Dagtekening, en neem zo nodig contact op met de afzender.",
        )],
    };
    findings.into()
}
