//! What a region agreed beside the standard, as far as a bericht shows whether it is kept.
//!
//! A finding here is of level `local` and carries the name that the agreement has here. It adds to the rules of the
//! standard and switches none off; it carries a retourcode only where the standard has one that says just this.

mod heusden;
mod mlw;
mod sap;
mod steun;
mod tabel;

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht};
use crate::domain::berichten::declaratie::{Declaratie, Prestatie};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::release::Property;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::cak::Cak;
use crate::domain::facts::history::History;
use crate::domain::finding::{Finding, Level, Place, Severity};
use crate::domain::regels::outside::Outside;
use crate::domain::regels::uitleg::{self, Uitleg};

pub use mlw::Mlw2018;
pub use sap::Sap32;
pub use steun::Terms;
pub(in crate::domain) use steun::last_day;

/// The agreements of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Afspraken {
    /// Nothing beside the standard but terms.
    None,
    /// Work agreements Begeleiding of Midden-Limburg West of 2018, on release 2.x.
    Mlw2018(Mlw2018),
    /// The ten-step plan of Heusden of 2022, on release 3.x.
    Heusden2022,
    /// The standard administration protocols, on release 3.2.
    Sap32(Sap32),
}

/// What to make of a line about support that no WMO305 reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Require305 {
    /// Tell, and pay. Since release 3.2 nothing else is allowed (OP364).
    Warn,
    /// Do not grant the line.
    Reject,
}

/// What to make of a factuur that comes later than was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateInvoice {
    /// Tell, and deal with it.
    Report,
    /// Grant none of its debet lines.
    Refuse,
}

/// Which toewijzing a period belongs to in which another one takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOfProfile {
    /// The one that held on its first day.
    FirstDay,
    /// Whichever the line names.
    Any,
}

/// One agreement that a bericht can break.
pub struct Afspraak {
    /// The name that it has here.
    pub id: &'static str,
    /// The profile that it belongs to.
    pub profile: &'static str,
    /// The berichten that it looks at.
    pub berichten: &'static [Berichtsoort],
    /// It rests on what another aanbieder reported: only the gemeente learns that it is broken.
    pub is_for_gemeente: bool,
    /// What it says, in Dutch.
    pub nl: &'static str,
    /// What it says, in English.
    pub en: &'static str,
    /// Where in the agreement.
    bron: &'static str,
    /// The ways to break it: at least one.
    breaches: &'static [Breach],
}

/// A way to break an agreement.
struct Breach {
    /// Of the agreement.
    id: &'static str,
    retour_code: Option<&'static str>,
    severity: Severity,
    /// In Dutch, without any value of a person.
    text: &'static str,
}

/// Every agreement that a finding may name, by profile and number.
#[must_use]
pub const fn lijst() -> &'static [Afspraak] {
    tabel::AFSPRAKEN
}

/// The agreement with this name, in capitals or not.
#[must_use]
pub fn find(id: &str) -> Option<&'static Afspraak> {
    lijst().iter().find(|afspraak| afspraak.id.eq_ignore_ascii_case(id))
}

static UITLEG: LazyLock<HashMap<&str, Uitleg>> = LazyLock::new(|| uitleg::read(include_str!("afspraken/uitleg.txt")));

impl Afspraak {
    /// The names of the berichten, each once: D and F of a 303 share theirs.
    #[must_use]
    pub fn bericht_names(&self) -> Vec<&'static str> {
        self.berichten.iter().map(|soort| soort.name()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The retourcodes of the standard that say just this; most have none.
    #[must_use]
    pub fn retour_codes(&self) -> Vec<&'static str> {
        self.breaches.iter().filter_map(|breach| breach.retour_code).collect()
    }

    /// Whether breaking it rejects.
    #[must_use]
    pub fn severity(&self) -> Severity {
        let rejects = self.breaches.iter().any(|breach| breach.severity == Severity::Error);
        if rejects { Severity::Error } else { Severity::Warning }
    }

    /// What comes of breaking it, in one Dutch word.
    #[must_use]
    pub fn gevolg(&self) -> &'static str {
        match self.severity() {
            Severity::Error => "afkeuring",
            Severity::Warning => "waarschuwing",
        }
    }

    /// What findings say.
    pub fn messages(&self) -> impl Iterator<Item = &'static str> {
        self.breaches.iter().map(|breach| breach.text)
    }

    /// The agreement that it stands in.
    #[must_use]
    pub fn source(&self) -> String {
        let document = tabel::DOCUMENTS.iter().find(|(profile, _)| *profile == self.profile);
        format!("{}, {}", document.map_or(self.profile, |(_, title)| title), self.bron)
    }

    /// Why it is there, and how it is broken and kept.
    #[must_use]
    pub fn uitleg(&self) -> Option<&'static Uitleg> {
        UITLEG.get(self.id)
    }
}

impl Breach {
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
    /// What was agreed on the CAK.
    #[must_use]
    pub const fn cak(&self) -> Option<&Cak> {
        match self {
            Self::Mlw2018(mlw) => Some(&mlw.cak),
            Self::None | Self::Heusden2022 | Self::Sap32(_) => None,
        }
    }

    /// Whether a gemeente has to know what other aanbieders reported of the clients of a factuur (MLW-09).
    #[must_use]
    pub const fn look_elsewhere(&self) -> bool {
        matches!(self, Self::Mlw2018(_))
    }

    /// Whether it matters when the lines were granted that a declaratie credits (SAP-CREDIT).
    #[must_use]
    pub const fn asks_when_granted(&self) -> bool {
        matches!(self, Self::Sap32(_))
    }

    /// What is found on the header: with an error the lines are not looked at.
    #[must_use]
    pub fn on_header(&self, heen: &Heenbericht, today: NaiveDate) -> Vec<Finding> {
        match self {
            Self::Mlw2018(mlw) => mlw.on_header(heen, today),
            Self::None | Self::Heusden2022 | Self::Sap32(_) => Vec::new(),
        }
    }

    /// What is found below it; of a 323 or 303 in its `declaratie`.
    #[must_use]
    pub fn below(
        &self,
        heen: &Heenbericht,
        declaratie: Option<&Declaratie>,
        history: &History,
        outside: &Outside<'_>,
    ) -> Vec<Finding> {
        match (self, declaratie) {
            (Self::Mlw2018(mlw), _) => mlw.below(heen, declaratie, history, outside),
            (Self::Heusden2022, Some(declaratie)) if !heen.header.release.has(Property::Facturen) => {
                heusden::below(heen, declaratie, history)
            }
            (Self::Sap32(sap), _) if !heen.header.release.has(Property::Facturen) => {
                sap.below(heen, declaratie, history, outside.today)
            }
            (Self::Heusden2022 | Self::Sap32(_) | Self::None, _) => Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_agreement_is_broken_in_its_own_name_and_explained() {
        for afspraak in lijst() {
            assert!(!afspraak.breaches.is_empty(), "{}", afspraak.id);
            assert!(afspraak.breaches.iter().all(|breach| breach.id == afspraak.id), "{}", afspraak.id);
            assert!(tabel::DOCUMENTS.iter().any(|(profile, _)| *profile == afspraak.profile), "{}", afspraak.id);
        }
        let known: BTreeSet<&str> = lijst().iter().map(|afspraak| afspraak.id).collect();
        assert_eq!(known.len(), lijst().len(), "an agreement stands in the table twice");
        assert_eq!(UITLEG.keys().copied().collect::<BTreeSet<_>>(), known);
    }
}
