//! WMO303 and WMO304 of release 2.3: a declaratie (D) or factuur (F), and the antwoord of the gemeente on it.
//!
//! Their headers name the parties by role and have identifications of their own; [`FactuurHeader::header`] and
//! [`FactuurAntwoordHeader::header`] say which of them stand for what all berichten have. What is asked in a 303 is judged
//! and kept in the words of the 323: see [`FactuurHeader::declaratie`].

use chrono::NaiveDate;

use super::client::{Geboortedatum, VerkorteNaam};
use super::declaratie::{self, BedragMetDC, Declaratie, GeslotenPeriode, Referentie, TotaalBedragMetDC};
use super::further::Kept;
use super::header::{BerichtIdentificatie, Header};
use super::klasse::{RetourCodes, klasse};
use super::partij::Partij;
use super::release::Release;
use super::soort::Berichtsoort;
use super::waarde::{
    Bsn, DebetCredit, Eenheid, Identificatie, ProductCategorie, ProductCode, ToewijzingNummer, Versie,
};

/// WMO106: exempt from VAT.
pub const VRIJGESTELD: &str = "1";
/// WMO106: not exempt from VAT.
pub const NIET_VRIJGESTELD: &str = "2";

klasse! {
    /// `CDT_DeclaratieFactuurIdentificatie`.
    basis struct FactuurIdentificatie {
        /// The period that it is about; one per bericht.
        declaratie_periode: GeslotenPeriode = "DeclaratiePeriode",
        /// Unique per aanbieder.
        declarant_factuur_nummer: Identificatie = "DeclarantFactuurNummer",
        /// The day on which it was made.
        factuur_dagtekening: NaiveDate = "FactuurDagtekening",
        /// Of an aanbieder that is liable for VAT.
        btw_id_nummer: Option<String> = "BtwIDNummer",
        /// COD363: EUR.
        valuta_code: String = "ValutaCode",
    }
}

klasse! {
    /// `CDT_DeclaratieFactuurBedragen`.
    basis struct FactuurBedragen {
        /// The lines added up.
        declaratie_factuur_totaal_bedrag: TotaalBedragMetDC = "DeclaratieFactuurTotaalBedrag",
        /// The VAT in the lines added up.
        btw_totaal_bedrag: Option<TotaalBedragMetDC> = "BtwTotaalBedrag",
    }
}

klasse! {
    /// `CDT_RetourHeader`: the identification of a 304.
    basis struct GemeenteReferentie {
        /// 1 to 24 characters, chosen by the gemeente.
        gemeente_referentie_nummer: Identificatie = "GemeenteReferentieNummer",
        /// The day on which the antwoord was made.
        retour_dagtekening: NaiveDate = "RetourDagtekening",
    }
}

klasse! {
    /// `CDT_RetourBedragen`.
    basis struct RetourBedragen {
        /// As in the 303.
        ingediend_totaal_bedrag: TotaalBedragMetDC = "IngediendTotaalBedrag",
        /// What will be paid.
        toegekend_totaal_bedrag: TotaalBedragMetDC = "ToegekendTotaalBedrag",
    }
}

klasse! {
    /// The header of a 303, after what all headers begin with.
    struct FactuurHeader {
        /// Who is to pay.
        gemeente: Partij = "Gemeente",
        /// AGB code of the office that declares for the aanbieder.
        servicebureau: Option<String> = "Servicebureau",
        /// Who delivered.
        aanbieder: Partij = "Aanbieder",
        /// COD833: whom to pay.
        betaling_aan_id: String = "BetalingAanID",
        /// Which declaratie or factuur.
        identificatie: FactuurIdentificatie = "DeclaratieFactuurIdentificatie",
        /// What is asked in total.
        bedragen: FactuurBedragen = "DeclaratieFactuurBedragen",
    }
}

klasse! {
    /// The header of a 304, after what all headers begin with.
    struct FactuurAntwoordHeader {
        /// As in the 303.
        gemeente: Partij = "Gemeente",
        /// As in the 303.
        servicebureau: Option<String> = "Servicebureau",
        /// As in the 303.
        aanbieder: Partij = "Aanbieder",
        /// As in the 303.
        betaling_aan_id: String = "BetalingAanID",
        /// Of the 303.
        identificatie: FactuurIdentificatie = "DeclaratieFactuurIdentificatie",
        /// Of the antwoord.
        retour_header: GemeenteReferentie = "RetourHeader",
        /// What is granted in total.
        retour_bedragen: RetourBedragen = "RetourBedragen",
        /// Of the XSLT that judged, when one did.
        xslt_versie: Option<Versie> = "XsltVersie",
        /// At least one.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// A client of a declaratie or factuur, or of the antwoord on it.
    struct Client {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// Birth date.
        geboortedatum: Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: String = "Geslacht",
        /// The short form, without given names.
        naam: VerkorteNaam = "Naam",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// What was delivered; in a 304 what was not granted in full.
        prestaties: Vec<Prestatie> = "Prestaties" / "Prestatie",
        /// In a 304.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One line: so much of a product in one period.
    struct Prestatie {
        /// The beschikking that it was delivered under.
        beschikking_nummer: Option<i64> = "BeschikkingNummer",
        /// The toewijzing that it was delivered under.
        toewijzing_nummer: Option<ToewijzingNummer> = "ToewijzingNummer",
        /// WMO020.
        product_categorie: ProductCategorie = "ProductCategorie",
        /// The product itself.
        product_code: ProductCode = "ProductCode",
        /// When it was delivered.
        product_periode: GeslotenPeriode = "ProductPeriode",
        /// What is asked for it.
        ingediende_bedrag_prestatie: IngediendeBedragPrestatie = "IngediendeBedragPrestatie",
        /// With category and code, the key of the class.
        product_referentie: Referentie = "ProductReferentie",
        /// In a 304: what is granted.
        toegekende_bedrag_prestatie: Option<ToegekendeBedragPrestatie> = "ToegekendeBedragPrestatie",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// In a 304.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// `CDT_IngediendeBedragPrestatie`.
    basis struct IngediendeBedragPrestatie {
        /// In units of `eenheid`.
        geleverd_volume: u32 = "GeleverdVolume",
        /// WMO756.
        eenheid: Eenheid = "Eenheid",
        /// Share of the tariff, in hundredths of a percent.
        verrekenpercentage: Option<i64> = "Verrekenpercentage",
        /// Per unit, in euro cents.
        product_tarief: Option<u32> = "ProductTarief",
        /// Volume times tariff.
        berekend_bedrag: Option<BedragMetDC> = "BerekendBedrag",
        /// WMO106.
        btw_vrijstelling_indicatie: Option<String> = "BtwVrijstellingIndicatie",
        /// In hundredths of a percent.
        btw_percentage: Option<i64> = "BtwPercentage",
        /// The VAT in the amount.
        btw_bedrag: Option<BedragMetDC> = "BtwBedrag",
        /// What is asked, VAT included.
        declaratie_factuur_bedrag: BedragMetDC = "DeclaratieFactuurBedrag",
    }
}

klasse! {
    /// `CDT_ToegekendeBedragPrestatie`.
    basis struct ToegekendeBedragPrestatie {
        /// What the gemeente calculated.
        gemeente_berekend_bedrag: BedragMetDC = "GemeenteBerekendBedrag",
        /// What will be paid.
        toegekend_bedrag: BedragMetDC = "ToegekendBedrag",
    }
}

/// Whether this looks as a BtwIDNummer has to (CS320): NL, nine digits, B and two digits.
#[must_use]
pub fn is_btw_id_nummer(text: &str) -> bool {
    let are_digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.strip_prefix("NL").and_then(|rest| rest.split_once('B'));
    parts.is_some_and(|(of_whom, which)| are_digits(of_whom, 9) && are_digits(which, 2))
}

impl FactuurIdentificatie {
    /// What tells the 303 from others, as all berichten have it.
    #[must_use]
    pub fn bericht(&self) -> BerichtIdentificatie {
        BerichtIdentificatie {
            identificatie: self.declarant_factuur_nummer.clone(),
            dagtekening: self.factuur_dagtekening,
        }
    }
}

impl FactuurHeader {
    /// What all berichten have: the aanbieder sends, under the number of the factuur.
    #[must_use]
    pub fn header(&self, soort: Berichtsoort, release: Release) -> Header {
        Header {
            soort,
            release,
            afzender: self.aanbieder.clone(),
            ontvanger: self.gemeente.clone(),
            bericht_identificatie: self.identificatie.bericht(),
            xsd_versie: None,
            further: Kept::default(),
        }
    }

    /// Whether the servicebureau is paid, and not the aanbieder (BetalingAanID 01).
    #[must_use]
    pub fn is_paid_to_servicebureau(&self) -> bool {
        self.betaling_aan_id == "01"
    }

    /// What is asked, in the words of the 323.
    #[must_use]
    pub fn declaratie(&self, clienten: &[Client]) -> Declaratie {
        let identificatie = &self.identificatie;
        Declaratie {
            declaratie_nummer: identificatie.declarant_factuur_nummer.to_string(),
            declaratie_periode: identificatie.declaratie_periode.clone(),
            declaratie_dagtekening: identificatie.factuur_dagtekening,
            totaal_ingediend_bedrag: self.bedragen.declaratie_factuur_totaal_bedrag.clone(),
            clienten: clienten.iter().map(Client::declared).collect(),
        }
    }
}

impl FactuurAntwoordHeader {
    /// What all berichten have: the gemeente sends, under its own reference.
    #[must_use]
    pub fn header(&self, soort: Berichtsoort, release: Release) -> Header {
        Header {
            soort,
            release,
            afzender: self.gemeente.clone(),
            ontvanger: self.aanbieder.clone(),
            bericht_identificatie: BerichtIdentificatie {
                identificatie: self.retour_header.gemeente_referentie_nummer.clone(),
                dagtekening: self.retour_header.retour_dagtekening,
            },
            xsd_versie: None,
            further: Kept::default(),
        }
    }
}

impl Client {
    fn declared(&self) -> declaratie::Client {
        declaratie::Client {
            bsn: self.bsn.clone(),
            prestaties: self.prestaties.iter().map(Prestatie::declared).collect(),
            retour_codes: RetourCodes::default(),
        }
    }
}

impl Prestatie {
    fn declared(&self) -> declaratie::Prestatie {
        let bedragen = &self.ingediende_bedrag_prestatie;
        declaratie::Prestatie {
            product_referentie: self.product_referentie.clone(),
            toewijzing_nummer: self.toewijzing_nummer,
            product_categorie: self.product_categorie.clone(),
            product_code: self.product_code.clone(),
            product_periode: self.product_periode.clone(),
            geleverd_volume: bedragen.geleverd_volume,
            eenheid: bedragen.eenheid,
            product_tarief: bedragen.product_tarief,
            ingediend_bedrag: bedragen.declaratie_factuur_bedrag.clone(),
            retour_codes: RetourCodes::default(),
        }
    }

    /// What is asked for it.
    #[must_use]
    pub fn gevraagd(&self) -> &BedragMetDC {
        &self.ingediende_bedrag_prestatie.declaratie_factuur_bedrag
    }

    /// What is granted of it; only in a 304.
    #[must_use]
    pub fn toegekend(&self) -> Option<&BedragMetDC> {
        self.toegekende_bedrag_prestatie.as_ref().map(|bedrag| &bedrag.toegekend_bedrag)
    }

    /// Whether this takes back what an earlier line asked.
    #[must_use]
    pub fn is_credit(&self) -> bool {
        self.gevraagd().debet_credit == DebetCredit::Credit
    }
}
