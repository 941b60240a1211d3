//! The agreements that a bericht can break: what each says, and what is told where it is broken.
//!
//! Why they are there stands in `uitleg.txt`, in the form of the explanations of the rules.

use super::afspraak::{Afspraak, Breach, GATEWAY, HEUSDEN, MLW, SAP};
use crate::domain::Berichtsoort::{
    self, Wmo301, Wmo303D, Wmo303F, Wmo304D, Wmo304F, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325,
};
use crate::domain::finding::Severity;

pub const NO_START: Breach = Breach {
    id: "MLW-01b",
    retour_code: None,
    severity: Severity::Warning,
    text: "Van deze ondersteuning is geen start gemeld. Stuur eerst het startbericht; de gemeente houdt de regel aan tot zij beslist.",
};
pub const NOT_A_DECLARATIE: Breach = Breach {
    id: "MLW-02",
    retour_code: Some("8855"),
    severity: Severity::Error,
    text: "Er zijn facturen afgesproken. Stuur een factuur (448) in plaats van een declaratie (416).",
};
pub const NOT_A_FACTUUR: Breach = Breach {
    id: "MLW-02",
    retour_code: Some("8856"),
    severity: Severity::Error,
    text: "Er zijn declaraties afgesproken. Stuur een declaratie (416) in plaats van een factuur (448).",
};
pub const NO_CAK_PERIODE: Breach = Breach {
    id: "MLW-03",
    retour_code: Some("8214"),
    severity: Severity::Error,
    text: "De DeclaratiePeriode is geen periode van vier weken van het CAK. Neem begin en einde over uit de kalender van het CAK.",
};
pub const LATE: Breach = Breach {
    id: "MLW-04",
    retour_code: None,
    severity: Severity::Warning,
    text: "De factuur komt later na haar periode dan is afgesproken. Stuur de volgende eerder.",
};
pub const EARLY: Breach = Breach {
    id: "MLW-04",
    retour_code: None,
    severity: Severity::Warning,
    text: "De factuur komt voordat de periode voorbij is. Factureer een periode na haar laatste dag.",
};
pub const PART_OF_A_PERIOD: Breach = Breach {
    id: "MLW-05",
    retour_code: Some("0611"),
    severity: Severity::Error,
    text: "Een periode wordt in haar geheel betaald. Vraag volume maal tarief, zonder er iets af te halen.",
};
pub const OTHER_TOEWIJZING: Breach = Breach {
    id: "MLW-05",
    retour_code: None,
    severity: Severity::Warning,
    text: "Op de eerste dag van deze periode gold een andere toewijzing voor deze ondersteuning. Factureer de periode eenmaal, op die toewijzing.",
};
pub const START_PERIOD: Breach = Breach {
    id: "MLW-06",
    retour_code: None,
    severity: Severity::Warning,
    text: "De ondersteuning begint in deze periode: die wordt niet betaald, de laatste daarvoor in haar geheel. De gemeente beslist over de regel.",
};
pub const START_AND_END_PAID: Breach = Breach {
    id: "MLW-07b",
    retour_code: None,
    severity: Severity::Warning,
    text: "Start en einde van de ondersteuning vallen in deze ene periode. Zij wordt eenmaal in haar geheel betaald.",
};
pub const START_AND_END: Breach = Breach {
    id: "MLW-07b",
    retour_code: None,
    severity: Severity::Warning,
    text: "Start en einde van de ondersteuning vallen in deze ene periode: die wordt niet betaald. De gemeente beslist over de regel.",
};
pub const NO_SUPPORT: Breach = Breach {
    id: "MLW-08",
    retour_code: None,
    severity: Severity::Warning,
    text: "In deze periode is geen ondersteuning gemeld. Controleer start en stop; de gemeente beslist over de regel.",
};
pub const SWITCHED: Breach = Breach {
    id: "MLW-09",
    retour_code: None,
    severity: Severity::Warning,
    text: "In deze periode is de client van een andere aanbieder gekomen: zij is voor die aanbieder. De gemeente beslist over de regel.",
};
pub const GRANTED_ELSEWHERE: Breach = Breach {
    id: "MLW-09",
    retour_code: None,
    severity: Severity::Warning,
    text: "Deze periode is voor deze client en categorie al aan een andere aanbieder toegekend. Zij is voor die van wie de client kwam; de gemeente beslist welke regel blijft.",
};
pub const STILL_CLAIMED: Breach = Breach {
    id: "MLW-10",
    retour_code: None,
    severity: Severity::Warning,
    text: "Een eerdere, afgekeurde regel over dit product en deze periode staat nog open. Crediteer die; tot dan wordt deze aangehouden.",
};
pub const UNKNOWN_CODE: Breach = Breach {
    id: "MLW-14",
    retour_code: Some("1142"),
    severity: Severity::Error,
    text: "Deze productcode is niet afgesproken, of niet onder deze categorie. Controleer de ProductCode met het contract.",
};
pub const OTHER_PRODUCT: Breach = Breach {
    id: "MLW-14",
    retour_code: None,
    severity: Severity::Warning,
    text: "Product, eenheid of frequentie van deze toewijzing is niet zoals met de aanbieder afgesproken. Controleer het contract.",
};
pub const OLD_METHOD: Breach = Breach {
    id: "MLW-21",
    retour_code: None,
    severity: Severity::Warning,
    text: "Dit product is van voor de overgang, die voor deze periode is afgelopen. Controleer welk product is toegewezen.",
};
pub const LONG: Breach = Breach {
    id: "MLW-20",
    retour_code: None,
    severity: Severity::Warning,
    text: "Deze toewijzing duurt langer dan vijf jaar. Afgesproken is ten hoogste vijf.",
};
/// HVB-04.
pub const NOT_STARTED: Breach = Breach {
    id: "HVB-04",
    retour_code: None,
    severity: Severity::Warning,
    text: "Van deze ondersteuning is geen start gemeld. De regel wordt beoordeeld; stuur alsnog het startbericht.",
};

pub const LATE_CREDIT: Breach = Breach {
    id: "SAP-CREDIT",
    retour_code: None,
    severity: Severity::Warning,
    text: "Deze creditregel komt later dan is afgesproken na de toekenning van de regel die zij terugneemt. Zij wordt wel beoordeeld; stuur een correctie de volgende keer eerder.",
};
pub const SHORT_NOTICE: Breach = Breach {
    id: "SAP-VOW",
    retour_code: None,
    severity: Severity::Warning,
    text: "De gewenste ingangsdatum ligt dichterbij dan de tijd die de gemeente voor een besluit heeft. Bel de gemeente als het besluit niet kan wachten.",
};
pub const START_IN_ONE: Breach = Breach {
    id: "SAP-START",
    retour_code: None,
    severity: Severity::Warning,
    text: "Dit bericht trekt een start in en meldt meteen een nieuwe. Afgesproken is: eerst intrekken, wachten op het WMO306, en dan de nieuwe start sturen.",
};
pub const FREE_TEXT: Breach = Breach {
    id: "SAP-TEKST",
    retour_code: None,
    severity: Severity::Warning,
    text: "Commentaar is gevuld. Zet daarin geen gegevens van personen en niets over de zorg; laat het leeg als het niet nodig is.",
};
pub const FILLER_BSN: Breach = Breach {
    id: "GW-01",
    retour_code: None,
    severity: Severity::Warning,
    text: "Dit Bsn klopt volgens de elfproef, maar wordt aan niemand uitgegeven. Waarschijnlijk is het ingevuld omdat het echte ontbrak; controleer het.",
};
pub const INVISIBLE_NAAM: Breach = Breach {
    id: "GW-02",
    retour_code: None,
    severity: Severity::Warning,
    text: "In deze naam staat iets onzichtbaars: een harde spatie, een teken zonder breedte, of alleen witruimte. Typ de naam opnieuw in het systeem waar zij vandaan komt.",
};
pub const LIKE_BSN: Breach = Breach {
    id: "GW-03",
    retour_code: None,
    severity: Severity::Warning,
    text: "Dit nummer heeft negen cijfers en voldoet aan de elfproef: het kan een Bsn zijn. Zet geen persoonsgegevens in een kenmerk; dat is te zien in lijsten, bestandsnamen en enveloppen.",
};
pub const SHORTENED: Breach = Breach {
    id: "GW-04",
    retour_code: None,
    severity: Severity::Warning,
    text: "De aanbieder kan dat crediteren en het deel voor de nieuwe Einddatum opnieuw declareren. Beeindig met terugwerkende kracht alleen in overleg.",
};
pub const SENT_AGAIN: Breach = Breach {
    id: "GW-05",
    retour_code: None,
    severity: Severity::Warning,
    text: "Deze ReferentieAanbieder stond al in het bericht dat het verzoek honoreerde. Laat haar weg als u een bericht nog eens stuurt; naar de letter van TR379 mag zij daar niet meer staan.",
};
pub const LINES_BESIDE_REJECTION: Breach = Breach {
    id: "GW-06",
    retour_code: None,
    severity: Severity::Warning,
    text: "De declaratie is in haar geheel afgewezen; dan noemt het antwoord geen clienten (IV087). Zij zijn niet meegeteld.",
};
pub const ANSWERED_TOTAL: Breach = Breach {
    id: "GW-07",
    retour_code: None,
    severity: Severity::Warning,
    text: "Het ingediende bedrag is anders dan dat van de declaratie. Vraag de gemeente of het antwoord bij deze declaratie hoort.",
};
pub const NEXT_MONTH: Breach = Breach {
    id: "GW-08",
    retour_code: None,
    severity: Severity::Warning,
    text: "Een ontvanger die met de officiele stylesheets controleert, keurt om deze regel het hele bericht af met 0001 (TR319): zij eindigt na de DeclaratiePeriode. Declareer haar in een latere maand.",
};
pub const BLANK_REFERENTIE: Breach = Breach {
    id: "GW-08",
    retour_code: None,
    severity: Severity::Warning,
    text: "Een ontvanger die met de officiele stylesheets controleert, kan om dit referentienummer het hele bericht afkeuren met 0001 (TR316): er staan alleen spaties in. Geef de regel een eigen nummer.",
};
pub const NAAM_OF_ORGANISATIE: Breach = Breach {
    id: "GW-08",
    retour_code: None,
    severity: Severity::Warning,
    text: "Een ontvanger die met de officiele stylesheets controleert, keurt NaamGebruik 6 van een relatie af met 0001 (CS050). Overleg met de ontvanger, of gebruik 1.",
};

const OF_303: &[Berichtsoort] = &[Wmo303D, Wmo303F];

/// Every agreement that a finding may name, by profile and number.
pub const AFSPRAKEN: &[Afspraak] = &[
    Afspraak {
        id: "MLW-01b",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 6",
        is_for_gemeente: false,
        nl: "Wat wordt gefactureerd, is gestart en met een startbericht gemeld.",
        en: "What is invoiced has started, and a start was sent.",
        breaches: &[NO_START],
    },
    Afspraak {
        id: "MLW-02",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9",
        is_for_gemeente: false,
        nl: "De aanbieder stuurt facturen (303F), geen declaraties (303D); of andersom, zoals afgesproken.",
        en: "The aanbieder sends facturen (303F) and no declaraties (303D); or the other way round, as agreed.",
        breaches: &[NOT_A_DECLARATIE, NOT_A_FACTUUR],
    },
    Afspraak {
        id: "MLW-03",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 6 en 9",
        is_for_gemeente: false,
        nl: "Een factuur gaat over een periode van vier weken van het CAK.",
        en: "A factuur is about one period of four weeks of the CAK.",
        breaches: &[NO_CAK_PERIODE],
    },
    Afspraak {
        id: "MLW-04",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 6",
        is_for_gemeente: false,
        nl: "Een factuur komt na haar periode, binnen vier weken.",
        en: "A factuur comes after its period, within four weeks.",
        breaches: &[LATE, EARLY],
    },
    Afspraak {
        id: "MLW-05",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9",
        is_for_gemeente: false,
        nl: "Een periode wordt eenmaal en in haar geheel betaald, voor de vaste prijs van haar eerste dag.",
        en: "A period is paid once and as a whole, at the fixed price of its first day.",
        breaches: &[PART_OF_A_PERIOD, OTHER_TOEWIJZING],
    },
    Afspraak {
        id: "MLW-06",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9",
        is_for_gemeente: false,
        nl: "De periode waarin de ondersteuning begint, wordt niet betaald.",
        en: "The period in which support begins is not paid.",
        breaches: &[START_PERIOD],
    },
    Afspraak {
        id: "MLW-07b",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9, dat hier in tweeën te lezen is",
        is_for_gemeente: false,
        nl: "Van een periode waarin de ondersteuning begint en eindigt, wordt gemeld of zij betaald wordt.",
        en: "Of a period in which support both begins and ends it is told whether it is paid.",
        breaches: &[START_AND_END_PAID, START_AND_END],
    },
    Afspraak {
        id: "MLW-08",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9",
        is_for_gemeente: false,
        nl: "Na de periode waarin de ondersteuning eindigt of onderbroken wordt, is niets te betalen tot zij weer begint.",
        en: "After the period in which support ends or is interrupted nothing is paid until it begins again.",
        breaches: &[NO_SUPPORT],
    },
    Afspraak {
        id: "MLW-09",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 9",
        is_for_gemeente: true,
        nl: "Gaat een client naar een andere aanbieder, dan is die periode voor de oude; de nieuwe factureert vanaf de volgende.",
        en: "When a client goes to another aanbieder, that period is for the old one; the new one invoices from the next on.",
        breaches: &[SWITCHED, GRANTED_ELSEWHERE],
    },
    Afspraak {
        id: "MLW-10",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 6",
        is_for_gemeente: false,
        nl: "Een afgekeurde factuurregel wordt eerst gecrediteerd en dan pas opnieuw gestuurd.",
        en: "A rejected line of a factuur is credited first, and only then sent again.",
        breaches: &[STILL_CLAIMED],
    },
    Afspraak {
        id: "MLW-14",
        profile: MLW,
        berichten: &[Wmo301, Wmo303D, Wmo303F],
        bron: "hoofdstuk 6 en bijlage 5",
        is_for_gemeente: false,
        nl: "Wat wordt toegewezen en gefactureerd, is met de aanbieder afgesproken: productcode, eenheid, frequentie en tarief.",
        en: "What is assigned and invoiced was agreed with the aanbieder: product code, unit, frequency and tariff.",
        breaches: &[UNKNOWN_CODE, OTHER_PRODUCT],
    },
    Afspraak {
        id: "MLW-20",
        profile: MLW,
        berichten: &[Wmo301],
        bron: "hoofdstuk 11",
        is_for_gemeente: false,
        nl: "Een toewijzing duurt ten hoogste vijf jaar.",
        en: "A toewijzing lasts five years at most.",
        breaches: &[LONG],
    },
    Afspraak {
        id: "MLW-21",
        profile: MLW,
        berichten: OF_303,
        bron: "hoofdstuk 11",
        is_for_gemeente: false,
        nl: "Na 31 december 2018 is er geen ondersteuning meer volgens de oude methode.",
        en: "After 31 December 2018 there is no support under the old method any more.",
        breaches: &[OLD_METHOD],
    },
    Afspraak {
        id: "HVB-04",
        profile: HEUSDEN,
        berichten: &[Wmo323],
        bron: "stap 7",
        is_for_gemeente: false,
        nl: "Wat wordt gedeclareerd, is gestart en met een startbericht gemeld.",
        en: "What is declared has started, and a start was sent.",
        breaches: &[NOT_STARTED],
    },
    Afspraak {
        id: "SAP-CREDIT",
        profile: SAP,
        berichten: &[Wmo323],
        bron: "inspanningsgericht 2.5.3, outputgericht 2.5.4",
        is_for_gemeente: false,
        nl: "Een toegekende regel wordt binnen twee maanden na de toekenning gecrediteerd.",
        en: "A granted line is credited within two months after it was granted.",
        breaches: &[LATE_CREDIT],
    },
    Afspraak {
        id: "SAP-START",
        profile: SAP,
        berichten: &[Wmo305],
        bron: "paragraaf 3.1.2",
        is_for_gemeente: false,
        nl: "Een start wordt verbeterd in twee berichten: eerst intrekken, en na het retourbericht de nieuwe start.",
        en: "A start is corrected in two berichten: first it is taken back, and after the retour the new one is sent.",
        breaches: &[START_IN_ONE],
    },
    Afspraak {
        id: "SAP-TEKST",
        profile: SAP,
        berichten: &[Wmo301, Wmo315],
        bron: "hoofdstuk 2 (taakgericht: hoofdstuk 1)",
        is_for_gemeente: false,
        nl: "In Commentaar staan geen gegevens van personen en niets over de zorg.",
        en: "A Commentaar holds no personal data and nothing about the care.",
        breaches: &[FREE_TEXT],
    },
    Afspraak {
        id: "SAP-VOW",
        profile: SAP,
        berichten: &[Wmo317],
        bron: "paragraaf 3.1.7",
        is_for_gemeente: false,
        nl: "Een verzoek om wijziging komt acht weken voor de gewenste dag, of er wordt gebeld.",
        en: "A verzoek om wijziging comes eight weeks before the wished day, or somebody calls.",
        breaches: &[SHORT_NOTICE],
    },
    Afspraak {
        id: "GW-01",
        profile: GATEWAY,
        berichten: &[Wmo301, Wmo303D, Wmo303F, Wmo305, Wmo307, Wmo315, Wmo317, Wmo323],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Een Bsn is dat van een mens, niet een getal dat toevallig aan de elfproef voldoet.",
        en: "A Bsn is that of a person, not a number that happens to pass the elfproef.",
        breaches: &[FILLER_BSN],
    },
    Afspraak {
        id: "GW-02",
        profile: GATEWAY,
        berichten: &[Wmo301, Wmo303D, Wmo303F, Wmo305, Wmo307, Wmo315],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "In een naam staat wat te zien is.",
        en: "A name holds what can be seen.",
        breaches: &[INVISIBLE_NAAM],
    },
    Afspraak {
        id: "GW-03",
        profile: GATEWAY,
        berichten: &[
            Wmo301, Wmo303D, Wmo303F, Wmo304D, Wmo304F, Wmo305, Wmo307, Wmo315, Wmo317, Wmo319, Wmo323, Wmo325,
        ],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Een kenmerk van een bericht is geen Bsn.",
        en: "The name of a bericht is no Bsn.",
        breaches: &[LIKE_BSN],
    },
    Afspraak {
        id: "GW-04",
        profile: GATEWAY,
        berichten: &[Wmo301],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Een toewijzing wordt niet korter dan wat erop is toegekend, zonder dat beide partijen het zien.",
        en: "A toewijzing does not become shorter than what was granted on it unseen by either party.",
        breaches: &[SHORTENED],
    },
    Afspraak {
        id: "GW-05",
        profile: GATEWAY,
        berichten: &[Wmo301],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Een bericht dat nog eens wordt gestuurd, noemt het verzoek niet meer.",
        en: "A bericht that is sent once more names the request no more.",
        breaches: &[SENT_AGAIN],
    },
    Afspraak {
        id: "GW-06",
        profile: GATEWAY,
        berichten: &[Wmo325],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Bij een declaratie die in haar geheel is afgewezen, staan geen clienten.",
        en: "Beside a declaratie that was rejected as a whole no clients stand.",
        breaches: &[LINES_BESIDE_REJECTION],
    },
    Afspraak {
        id: "GW-07",
        profile: GATEWAY,
        berichten: &[Wmo325],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Een antwoord herhaalt het ingediende totaal.",
        en: "An antwoord repeats the total that was submitted.",
        breaches: &[ANSWERED_TOTAL],
    },
    Afspraak {
        id: "GW-08",
        profile: GATEWAY,
        berichten: &[Wmo301, Wmo323],
        bron: "in elk profiel",
        is_for_gemeente: false,
        nl: "Wat de standaard toelaat en de officiele stylesheets niet, weet de afzender voor hij het stuurt.",
        en: "What the standard allows and the official stylesheets do not, its sender knows before it leaves.",
        breaches: &[NEXT_MONTH, BLANK_REFERENTIE, NAAM_OF_ORGANISATIE],
    },
];
