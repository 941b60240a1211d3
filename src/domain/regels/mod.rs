//! The rules of the standard: one function and one row each.
//!
//! A rule says *where* it is broken; its row says what that means. The order of rows is the order of
//! findings, no more.

mod bericht;
mod berichtoverstijgend;
mod externe_bron;

use chrono::NaiveDate;

use super::Berichtsoort::{self, Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325};
use super::bericht::{Header, Heenbericht, Release};
use super::history::History;
use super::verdict::{Level, Place};

/// How a rule looks at a bericht.
#[derive(Clone, Copy)]
pub enum Check {
    /// At the bericht alone.
    Bericht(fn(&Heenbericht) -> Vec<Place>),
    /// At the bericht and today's date.
    Vandaag(fn(&Heenbericht, NaiveDate) -> Vec<Place>),
    /// At the bericht and what came before.
    History(fn(&Heenbericht, &History) -> Vec<Place>),
}

/// A rule of the standard.
pub struct Regel {
    /// As the standard numbers it.
    pub code: &'static str,
    /// Goes into the retour.
    pub retour_code: &'static str,
    /// The berichten that it holds for.
    pub berichten: &'static [Berichtsoort],
    /// Its retourcode belongs on the Header.
    pub on_header: bool,
    /// What is wrong and what to do, in Dutch, without any value from the bericht.
    pub text: &'static str,
    /// Where it is broken.
    pub check: Check,
}

impl Regel {
    /// How deep this rule looks.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.check {
            Check::Bericht(_) => Level::Message,
            Check::Vandaag(_) => Level::External,
            Check::History(_) => Level::History,
        }
    }

    /// Whether the rule holds for this kind of bericht in its release.
    #[must_use]
    pub fn applies_to(&self, header: &Header) -> bool {
        let in_release = match header.release {
            Release::V2_3 => IN_2_3.contains(&self.code),
            Release::V3_2 => true,
        };
        in_release && self.berichten.contains(&header.soort)
    }
}

/// The rules that release 2.3 had already, for the same berichten.
const IN_2_3: [&str; 9] = ["CS002", "CS058", "TR002", "TR019", "TR056", "TR063", "TR074", "TR101", "TR326"];

/// Every kind that asks for an answer or is one in its own right.
const HEENBERICHTEN: &[Berichtsoort] = &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325];

/// Every rule that this gateway checks.
pub const REGELS: &[Regel] = &[
    Regel {
        code: "CS002",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo323, Wmo325],
        on_header: false,
        text: "Het Bsn voldoet niet aan de elfproef. Controleer het nummer op een tikfout.",
        check: Check::Bericht(bericht::cs002),
    },
    Regel {
        code: "CS058",
        retour_code: "0001",
        berichten: &[Wmo305, Wmo307],
        on_header: false,
        text: "StatusAanlevering mag hier alleen 1 (eerste aanlevering) of 3 (verwijderen) zijn.",
        check: Check::Bericht(bericht::cs058),
    },
    Regel {
        code: "CS139",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315],
        on_header: false,
        text: "De geboortedatum past niet bij DatumGebruik: een onbekende dag of maand wordt 01, een onbekende datum 1900-01-01.",
        check: Check::Bericht(bericht::cs139),
    },
    Regel {
        code: "TR002",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315],
        on_header: false,
        text: "De geboortedatum ligt meer dan 120 jaar voor de Dagtekening.",
        check: Check::Bericht(bericht::tr002),
    },
    Regel {
        code: "TR101",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo323, Wmo325],
        on_header: false,
        text: "Deze sleutel komt in het bericht meer dan een keer voor. Neem elk gegeven een keer op.",
        check: Check::Bericht(bericht::tr101),
    },
    Regel {
        code: "TR134",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo323, Wmo325],
        on_header: false,
        text: "De geboortedatum of het begin van de periode ligt na de Dagtekening.",
        check: Check::Bericht(bericht::tr134),
    },
    Regel {
        code: "TR056",
        retour_code: "9056",
        berichten: HEENBERICHTEN,
        on_header: true,
        text: "Deze Identificatie is door deze afzender al gebruikt voor een ander bericht van deze soort. Stuur het bericht met een nieuwe Identificatie.",
        check: Check::History(berichtoverstijgend::tr056),
    },
    Regel {
        code: "TR135",
        retour_code: "8848",
        berichten: HEENBERICHTEN,
        on_header: true,
        text: "De Dagtekening ligt in de toekomst. Controleer de datum van het verzendende systeem.",
        check: Check::Vandaag(externe_bron::tr135),
    },
    Regel {
        code: "TR332",
        retour_code: "9332",
        berichten: &[Wmo301],
        on_header: false,
        text: "Dit ToewijzingNummer is eerder gebruikt met een ander Bsn, een ander Product of een andere Ingangsdatum. Gebruik een nieuw nummer.",
        check: Check::History(berichtoverstijgend::tr332),
    },
    Regel {
        code: "TR019",
        retour_code: "9019",
        berichten: &[Wmo305],
        on_header: false,
        text: "Er is voor deze client geen geldige toewijzing met dit ToewijzingNummer van deze gemeente aan deze aanbieder. Controleer het nummer, het Bsn en de AGB-code.",
        check: Check::History(berichtoverstijgend::tr019),
    },
    Regel {
        code: "TR063",
        retour_code: "9063",
        berichten: &[Wmo305],
        on_header: false,
        text: "De te verwijderen start is niet bekend: er is geen geldige start met dezelfde sleutel.",
        check: Check::History(berichtoverstijgend::tr063),
    },
    Regel {
        code: "TR074",
        retour_code: "9074",
        berichten: &[Wmo305],
        on_header: false,
        text: "Deze start is al eerder gemeld. Meld een start een keer, of verwijder eerst de eerdere.",
        check: Check::History(berichtoverstijgend::tr074),
    },
    Regel {
        code: "TR326",
        retour_code: "9326",
        berichten: &[Wmo305],
        on_header: false,
        text: "Op deze toewijzing loopt al levering die nog niet met een stopbericht is beeindigd.",
        check: Check::History(berichtoverstijgend::tr326),
    },
];
