//! The rules of the standard: one function and one row each.
//!
//! A rule says *where* it is broken; its row says what that means. The order of rows is the order of
//! findings, no more.

mod bericht;
mod berichtoverstijgend;
pub mod coverage;
mod externe_bron;
pub mod lijst;
mod tarief;

use super::Berichtsoort::{self, Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325};
use super::bericht::{Heenbericht, Release};
use super::contract::Contract;
use super::history::History;
use super::verdict::{Level, Outside, Place};

/// How a rule looks at a bericht.
#[derive(Clone, Copy)]
pub enum Check {
    /// At the bericht alone.
    Bericht(fn(&Heenbericht) -> Vec<Place>),
    /// At the bericht and facts that no bericht tells.
    Outside(fn(&Heenbericht, &Outside<'_>) -> Vec<Place>),
    /// At the bericht and what the two parties agreed; not run where nobody told.
    Contract(fn(&Heenbericht, &Contract) -> Vec<Place>),
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
            Check::Outside(_) | Check::Contract(_) => Level::External,
            Check::History(_) => Level::History,
        }
    }

    /// Whether the rule holds for this kind of bericht.
    #[must_use]
    pub fn applies_to(&self, soort: Berichtsoort) -> bool {
        self.berichten.contains(&soort)
    }

    /// Whether a release has the rule.
    #[must_use]
    pub fn is_in(&self, release: Release) -> bool {
        match release {
            Release::V2_3 => IN_2_3.contains(&self.code),
            Release::V3_2 => true,
        }
    }
}

/// The rules that release 2.3 had already, for the same berichten.
const IN_2_3: [&str; 9] = ["CS002", "CS058", "TR002", "TR019", "TR056", "TR063", "TR074", "TR101", "TR326"];

/// Every kind that asks for an answer or is one in its own right.
const HEENBERICHTEN: &[Berichtsoort] = &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325];

/// Every rule that this gateway checks.
pub const REGELS: &[Regel] = &[
    Regel {
        code: "CD005",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Postcode en LandCode horen bij elkaar: vul beide in of laat beide weg.",
        check: Check::Bericht(bericht::contact::cd005),
    },
    Regel {
        code: "CD007",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Vul Taal in als Vorm 1 (tolk taal) is, en laat Taal anders weg.",
        check: Check::Bericht(bericht::persoon::cd007),
    },
    Regel {
        code: "CD009",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Een Periode hoort alleen bij een tijdelijk verblijfadres (Soort 04). Laat Periode weg of pas Soort aan.",
        check: Check::Bericht(bericht::contact::cd009),
    },
    Regel {
        code: "CD025",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Een adres in Nederland heeft een huisnummer. Vul Huis in.",
        check: Check::Bericht(bericht::contact::cd025),
    },
    Regel {
        code: "CD034",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Een BRP-adres of verblijfadres (Soort 01 of 03) heeft een postcode. Vul Postcode in.",
        check: Check::Bericht(bericht::contact::cd034),
    },
    Regel {
        code: "CD041",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Bij een product met een Code hoort een Omvang. Vul Omvang in.",
        check: Check::Bericht(bericht::product::cd041),
    },
    Regel {
        code: "CD043",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "BeschikkingNummer en BeschikkingIngangsdatum horen bij elkaar: vul beide in of laat beide weg.",
        check: Check::Bericht(bericht::verzoek::cd043),
    },
    Regel {
        code: "CD060",
        retour_code: "0001",
        berichten: &[Wmo323, Wmo325],
        on_header: false,
        text: "VorigReferentieNummer hoort bij een creditregel en alleen daarbij. Vul het in bij DebetCredit C, en laat het weg bij D.",
        check: Check::Bericht(bericht::declaratie::cd060),
    },
    Regel {
        code: "CD066",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Een verwijzer met een ZorgverlenerCode heeft geen Naam. Laat Naam weg.",
        check: Check::Bericht(bericht::verzoek::cd066),
    },
    Regel {
        code: "CD067",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Van een zorgverlener die verwijst ontbreekt de ZorgverlenerCode. Vul de ZorgverlenerCode in, of anders Naam.",
        check: Check::Bericht(bericht::verzoek::cd067),
    },
    Regel {
        code: "CD068",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Alleen een zorgverlener (Type 02, 03, 04 of 05) heeft een ZorgverlenerCode. Laat ZorgverlenerCode weg of pas Type aan.",
        check: Check::Bericht(bericht::verzoek::cd068),
    },
    Regel {
        code: "CD075",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Bij een Budget hoort een Einddatum. Vul de Einddatum in.",
        check: Check::Bericht(bericht::product::cd075),
    },
    Regel {
        code: "CD076",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Bij een Omvang per week (Frequentie 2) hoort een Einddatum. Vul de Einddatum in.",
        check: Check::Bericht(bericht::product::cd076),
    },
    Regel {
        code: "CD077",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Een product met een Budget heeft geen Omvang. Kies een van beide.",
        check: Check::Bericht(bericht::product::cd077),
    },
    Regel {
        code: "CD078",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Een product met een Omvang heeft geen Budget. Kies een van beide.",
        check: Check::Bericht(bericht::product::cd078),
    },
    Regel {
        code: "CD079",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "Zonder Budget moet vaststaan om welk Product het gaat. Vul Product in.",
        check: Check::Bericht(bericht::product::cd079),
    },
    Regel {
        code: "CD080",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Zonder productcode is er geen Omvang. Vul de Code in, of laat Omvang weg.",
        check: Check::Bericht(bericht::product::cd080),
    },
    Regel {
        code: "CD085",
        retour_code: "0001",
        berichten: &[Wmo319],
        on_header: false,
        text: "Bij een afwijzing (VerzoekAntwoord 1) hoort een reden. Vul RedenAfwijzingVerzoek in.",
        check: Check::Bericht(bericht::antwoord::cd085),
    },
    Regel {
        code: "CD086",
        retour_code: "0001",
        berichten: &[Wmo319],
        on_header: false,
        text: "Een verzoek dat in onderzoek is (VerzoekAntwoord 2) heeft nog geen reden van afwijzing. Laat RedenAfwijzingVerzoek weg.",
        check: Check::Bericht(bericht::antwoord::cd086),
    },
    Regel {
        code: "CD087",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "Een prestatie heeft een ProductTarief, behalve in euro's (Eenheid 83). Vul ProductTarief in, of laat het bij euro's weg.",
        check: Check::Bericht(bericht::declaratie::cd087),
    },
    Regel {
        code: "CD095",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Zonder productcode wordt er geen Omvang aangevraagd. Vul de Code in, of laat Omvang weg.",
        check: Check::Bericht(bericht::verzoek::cd095),
    },
    Regel {
        code: "CD096",
        retour_code: "0001",
        berichten: &[Wmo317],
        on_header: false,
        text: "Een nieuw product zonder productcode heeft geen Omvang. Vul de Code in, of laat Omvang weg.",
        check: Check::Bericht(bericht::verzoek::cd096),
    },
    Regel {
        code: "CS002",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317, Wmo323, Wmo325],
        on_header: false,
        text: "Het Bsn voldoet niet aan de elfproef. Controleer het nummer op een tikfout.",
        check: Check::Bericht(bericht::cs002),
    },
    Regel {
        code: "CS003",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo315, Wmo317],
        on_header: false,
        text: "De einddatum ligt voor de begindatum.",
        check: Check::Bericht(bericht::product::cs003),
    },
    Regel {
        code: "CS050",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "NaamGebruik past niet bij de naam: met een Partnernaam is het 1, 2, 3 of 4, zonder Partnernaam 1 of 6.",
        check: Check::Bericht(bericht::persoon::cs050),
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
        code: "CS089",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Een Nederlandse postcode bestaat uit vier cijfers, waarvan het eerste geen 0 is, en twee letters.",
        check: Check::Bericht(bericht::contact::cs089),
    },
    Regel {
        code: "CS100",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "Deze periode ligt voor 2021. Declareer met dit bericht alleen wat vanaf 2021 is geleverd.",
        check: Check::Bericht(bericht::declaratie::cs100),
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
        code: "CS318",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "NaamGebruik 6 (niet-natuurlijk persoon) kan niet bij een client.",
        check: Check::Bericht(bericht::persoon::cs318),
    },
    Regel {
        code: "CS325",
        retour_code: "0001",
        berichten: &[Wmo323, Wmo325],
        on_header: false,
        text: "Een bedrag van nul is debet. Vul bij DebetCredit D in.",
        check: Check::Bericht(bericht::declaratie::cs325),
    },
    Regel {
        code: "CS335",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Een toewijzing die verwijderd wordt (RedenWijziging 13) eindigt op haar Ingangsdatum.",
        check: Check::Bericht(bericht::product::cs335),
    },
    Regel {
        code: "CS336",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "RedenWijziging 01 is vervallen. Gebruik 13 om te verwijderen of 14 om te corrigeren.",
        check: Check::Bericht(bericht::product::cs336),
    },
    Regel {
        code: "CS337",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "ProductPeriode loopt over een maandgrens. Declareer elke maand in een eigen prestatie.",
        check: Check::Bericht(bericht::declaratie::cs337),
    },
    Regel {
        code: "CS338",
        retour_code: "0001",
        berichten: &[Wmo301, Wmo317],
        on_header: false,
        text: "Etmalen, dagdelen, euro's en stuks (inspanning) worden niet per dag toegewezen. Kies Frequentie 2, 4 of 6.",
        check: Check::Bericht(bericht::product::cs338),
    },
    Regel {
        code: "CS339",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "In euro's (Eenheid 83) zijn GeleverdVolume en Bedrag gelijk, beide in centen. Maak ze gelijk.",
        check: Check::Bericht(bericht::declaratie::cs339),
    },
    Regel {
        code: "CS340",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "DeclaratiePeriode is geen hele kalendermaand. Laat de periode lopen van de eerste tot en met de laatste dag van een maand.",
        check: Check::Bericht(bericht::declaratie::cs340),
    },
    Regel {
        code: "CS343",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Etmalen, dagdelen, euro's en stuks (inspanning) worden niet per dag aangevraagd. Kies Frequentie 2, 4 of 6.",
        check: Check::Bericht(bericht::verzoek::cs343),
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
        code: "TR006",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Dit contact is niet te bereiken: vul een telefoonnummer in, of een adres met huisnummer en postcode.",
        check: Check::Bericht(bericht::contact::tr006),
    },
    Regel {
        code: "TR018",
        retour_code: "0001",
        berichten: &[Wmo307],
        on_header: false,
        text: "De Einddatum van de stop ligt voor de Begindatum. Controleer beide.",
        check: Check::Bericht(bericht::levering::tr018),
    },
    Regel {
        code: "TR061",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Van de client ontbreekt een BRP-, correspondentie- of verblijfadres (Soort 01, 02 of 03).",
        check: Check::Bericht(bericht::contact::tr061),
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
        code: "TR137",
        retour_code: "0001",
        berichten: &[Wmo323, Wmo325],
        on_header: false,
        text: "De periode eindigt na de Dagtekening of voor haar eigen begin. Declareer pas als de periode voorbij is.",
        check: Check::Bericht(bericht::declaratie::tr137),
    },
    Regel {
        code: "TR302",
        retour_code: "0001",
        berichten: &[Wmo301],
        on_header: false,
        text: "Dit product is voor dezelfde dagen al toegewezen in dit bericht. Laat de perioden op elkaar aansluiten, of laat een van beide weg.",
        check: Check::Bericht(bericht::product::tr302),
    },
    Regel {
        code: "TR315",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "Dit VorigReferentieNummer komt in het bericht meer dan een keer voor. Crediteer een eerdere prestatie een keer.",
        check: Check::Bericht(bericht::declaratie::tr315),
    },
    Regel {
        code: "TR316",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "De prestatie die hier gecrediteerd wordt, staat in hetzelfde bericht. Laat beide weg.",
        check: Check::Bericht(bericht::declaratie::tr316),
    },
    Regel {
        code: "TR335",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "De ProductPeriode is meer dan vijf jaar voor de DeclaratieDagtekening geeindigd. Zo oude prestaties worden niet meer gedeclareerd.",
        check: Check::Bericht(bericht::declaratie::tr335),
    },
    Regel {
        code: "TR342",
        retour_code: "0001",
        berichten: &[Wmo325],
        on_header: false,
        text: "De bedragen kloppen niet: ingediend min toegekend is de som van de afgewezen prestaties. Van een geheel afgewezen declaratie is niets toegekend en staat er geen client in.",
        check: Check::Bericht(bericht::declaratie::tr342),
    },
    Regel {
        code: "TR352",
        retour_code: "0001",
        berichten: &[Wmo317],
        on_header: false,
        text: "Het verzoek noemt geen bestaande toewijzing. Neem ten minste een product op dat ongewijzigd blijft of wijzigt, of doe een verzoek om toewijzing.",
        check: Check::Bericht(bericht::verzoek::tr352),
    },
    Regel {
        code: "TR353",
        retour_code: "0001",
        berichten: &[Wmo317],
        on_header: false,
        text: "Het verzoek vraagt niets. Neem ten minste een te wijzigen of een nieuw product op.",
        check: Check::Bericht(bericht::verzoek::tr353),
    },
    Regel {
        code: "TR358",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "TotaalIngediendBedrag is niet de som van de prestaties, met credit als aftrek. Tel opnieuw op.",
        check: Check::Bericht(bericht::declaratie::tr358),
    },
    Regel {
        code: "TR380",
        retour_code: "0001",
        berichten: &[Wmo317],
        on_header: false,
        text: "Een nieuw product gaat in na de Dagtekening van het verzoek. Kies een latere GewensteIngangsdatum.",
        check: Check::Bericht(bericht::verzoek::tr380),
    },
    Regel {
        code: "TR383",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Deze ReferentieAanbieder staat al bij een ander product in dit verzoek. Geef elk product een eigen referentie.",
        check: Check::Bericht(bericht::verzoek::tr383),
    },
    Regel {
        code: "TR386",
        retour_code: "0001",
        berichten: &[Wmo315],
        on_header: false,
        text: "Dit product is voor dezelfde dagen al aangevraagd in dit bericht. Laat de perioden op elkaar aansluiten, of laat een van beide weg.",
        check: Check::Bericht(bericht::verzoek::tr386),
    },
    Regel {
        code: "TR410",
        retour_code: "0001",
        berichten: &[Wmo317],
        on_header: false,
        text: "Dit nieuwe product is voor dezelfde dagen al gevraagd in dit verzoek. Laat de perioden op elkaar aansluiten, of laat een van beide weg.",
        check: Check::Bericht(bericht::verzoek::tr410),
    },
    Regel {
        code: "TR416",
        retour_code: "0001",
        berichten: &[Wmo323],
        on_header: false,
        text: "Dit product is voor dezelfde toewijzing en periode al gedeclareerd in dit bericht. Voeg de regels samen of laat er een weg.",
        check: Check::Bericht(bericht::declaratie::tr416),
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
        check: Check::Outside(externe_bron::tr135),
    },
    Regel {
        code: "TR346",
        retour_code: "9346",
        berichten: &[Wmo323],
        on_header: false,
        text: "Het Bedrag is niet GeleverdVolume maal ProductTarief. Controleer volume, tarief en bedrag.",
        check: Check::Outside(tarief::tr346),
    },
    Regel {
        code: "TR378",
        retour_code: "S300",
        berichten: HEENBERICHTEN,
        on_header: true,
        text: "De gemeentecode bestond niet op de Ingangsdatum van de toewijzing. Controleer de code, en bij een herindeling de datum.",
        check: Check::Outside(externe_bron::tr378),
    },
    Regel {
        code: "TR381",
        retour_code: "S329",
        berichten: &[Wmo301, Wmo305, Wmo307, Wmo315, Wmo317],
        on_header: false,
        text: "Deze productcode is niet afgesproken, of niet onder deze categorie. Controleer de Code met het contract.",
        check: Check::Contract(externe_bron::tr381),
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
