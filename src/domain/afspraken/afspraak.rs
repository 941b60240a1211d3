//! An agreement and the ways to break it.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use smol_str::SmolStr;

use crate::domain::berichten::bericht::Berichtsoort;
use crate::domain::finding::{Finding, Level, Place, Severity};
use crate::domain::regels::uitleg::{self, Uitleg};

/// The document of each profile.
pub const DOCUMENTS: [(&str, &str); 4] = [
    (GATEWAY, "Wat deze gateway opmerkt"),
    (MLW, "Werkafspraken maatwerkvoorziening Begeleiding Wmo, Midden-Limburg West, versie 02-02-2018"),
    (HEUSDEN, "10-Stappenplan Wmo Begeleiding 2022, gemeente Heusden"),
    (
        SAP,
        "Standaard administratieprotocollen 3.2 (inspanningsgericht, outputgericht en taakgericht), Ketenbureau i-Sociaal Domein",
    ),
];
/// Stands for a profile where no profile has anything to do with it.
pub const GATEWAY: &str = "gateway";
/// The profile of Midden-Limburg West.
pub const MLW: &str = "mlw-2018";
/// The profile of Heusden.
pub const HEUSDEN: &str = "heusden-2022";
/// The profile of the standard administration protocols.
pub const SAP: &str = "sap-3.2";

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
    pub(super) bron: &'static str,
    /// The ways to break it: at least one.
    pub(super) breaches: &'static [Breach],
}

/// A way to break an agreement.
pub(super) struct Breach {
    /// Of the agreement.
    pub id: &'static str,
    pub retour_code: Option<&'static str>,
    pub severity: Severity,
    /// In Dutch, without any value of a person.
    pub text: &'static str,
}

pub(super) static UITLEG: LazyLock<HashMap<&str, Uitleg>> = LazyLock::new(|| uitleg::read(include_str!("uitleg.txt")));

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

    /// What findings with this retourcode say, of those that reject or those that do not.
    pub fn messages_of(&self, retour_code: Option<&str>, severity: Severity) -> impl Iterator<Item = &'static str> {
        let alike = move |breach: &&Breach| breach.retour_code == retour_code && breach.severity == severity;
        self.breaches.iter().filter(alike).map(|breach| breach.text)
    }

    /// What findings say.
    pub fn messages(&self) -> impl Iterator<Item = &'static str> {
        self.breaches.iter().map(|breach| breach.text)
    }

    /// What it is, in Dutch: who agreed on it, or who remarks it.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self.profile {
            GATEWAY => "wat deze gateway zelf opmerkt naast de regels van iWmo, in elk profiel",
            SAP => "afspraak tussen partijen naast de regels van iWmo",
            _ => "afspraak van een regio naast de regels van iWmo",
        }
    }

    /// The agreement that it stands in.
    #[must_use]
    pub fn source(&self) -> String {
        let document = DOCUMENTS.iter().find(|(profile, _)| *profile == self.profile);
        format!("{}, {}", document.map_or(self.profile, |(_, title)| title), self.bron)
    }

    /// Why it is there, and how it is broken and kept.
    #[must_use]
    pub fn uitleg(&self) -> Option<&'static Uitleg> {
        UITLEG.get(self.id)
    }
}

impl Breach {
    pub fn broken_at(&self, place: Place) -> Finding {
        Finding {
            level: Level::Local,
            severity: self.severity,
            regel: Some(SmolStr::new_static(self.id)),
            retour_code: self.retour_code.map(SmolStr::new_static),
            path: place.element,
            klasse: Some(place.klasse),
            position: None,
            text: self.text.into(),
        }
    }
}
