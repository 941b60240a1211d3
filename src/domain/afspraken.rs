//! What a region agreed beside the standard, as far as a bericht shows whether it is kept.
//!
//! A finding here is of level `local` and carries the name that the agreement has here. It adds to the rules of the
//! standard and switches none off; it carries a retourcode only where the standard has one that says just this.

mod heusden;
mod mlw;
mod steun;

use chrono::NaiveDate;

use super::bericht::{Heenbericht, Release};
use super::declaratie::{Declaratie, Prestatie};
use super::history::History;
use super::klasse::ElementPath;
use super::verdict::{Finding, Level, Place, Severity};
use super::waarde::Bsn;

pub use mlw::Mlw2018;

/// The agreements of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Afspraken {
    /// Nothing beside the standard but terms.
    None,
    /// Work agreements Begeleiding of Midden-Limburg West of 2018, on release 2.x.
    Mlw2018(Mlw2018),
    /// The ten-step plan of Heusden of 2022, on release 3.x.
    Heusden2022,
}

/// What to make of a line about support that no WMO305 reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Require305 {
    /// Tell, and pay. Since release 3.2 nothing else is allowed (OP364).
    Warn,
    /// Do not grant the line.
    Reject,
}

/// One agreement.
struct Afspraak {
    id: &'static str,
    retour_code: Option<&'static str>,
    severity: Severity,
    /// In Dutch, without any value of a person.
    text: &'static str,
}

impl Afspraak {
    fn broken_at(&self, place: Place) -> Finding {
        Finding {
            level: Level::Local,
            severity: self.severity,
            regel: Some(self.id),
            retour_code: self.retour_code,
            path: place.element.to_string(),
            klasse: Some(place.klasse),
            position: None,
            text: self.text.to_owned(),
        }
    }
}

impl Afspraken {
    /// What is found on the header: with an error the lines are not looked at.
    #[must_use]
    pub fn on_header(&self, heen: &Heenbericht, today: NaiveDate) -> Vec<Finding> {
        match self {
            Self::Mlw2018(mlw) => mlw.on_header(heen, today),
            Self::None | Self::Heusden2022 => Vec::new(),
        }
    }

    /// What is found below it; of a 323 or 303 in its `declaratie`.
    #[must_use]
    pub fn below(&self, heen: &Heenbericht, declaratie: Option<&Declaratie>, history: &History) -> Vec<Finding> {
        match (self, declaratie) {
            (Self::Mlw2018(mlw), _) => mlw.below(heen, declaratie, history),
            (Self::Heusden2022, Some(declaratie)) if heen.header.release == Release::V3_2 => {
                heusden::below(heen, declaratie, history)
            }
            (Self::Heusden2022 | Self::None, _) => Vec::new(),
        }
    }
}

/// The debet lines, each with its client and the place of an element in it.
fn debets<'a>(
    heen: &'a Heenbericht,
    declaratie: &'a Declaratie,
) -> impl Iterator<Item = (&'a Bsn, &'a Prestatie, ElementPath)> {
    heen.inhoud.lines_of(declaratie).filter(|(_, line, _)| line.is_debet())
}
