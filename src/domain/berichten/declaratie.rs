//! WMO323 and WMO325: what the aanbieder declares, and which part of it the gemeente grants.

use std::hash::{Hash, Hasher};

use chrono::NaiveDate;

use super::header::{BerichtIdentificatie, XsdVersie};
use super::klasse::{RetourCodes, klasse};
use super::waarde::{
    Bsn, DebetCredit, Eenheid, ProductCategorie, ProductCode, ReferentieNummer, RetourCode, ToewijzingNummer, Versie,
};

klasse! {
    /// `CDT_GeslotenPeriode`.
    basis struct GeslotenPeriode {
        /// First day.
        begindatum: NaiveDate = "Begindatum",
        /// Last day.
        einddatum: NaiveDate = "Einddatum",
    }
}

klasse! {
    /// `CDT_BedragMetDC`.
    basis struct BedragMetDC {
        /// In euro cents.
        bedrag: u32 = "Bedrag",
        /// The sign.
        debet_credit: DebetCredit = "DebetCredit",
    }
}

klasse! {
    /// `CDT_TotaalBedragMetDC`.
    basis struct TotaalBedragMetDC {
        /// In euro cents, never negative.
        totaal_bedrag: i64 = "TotaalBedrag",
        /// The sign.
        debet_credit: DebetCredit = "DebetCredit",
    }
}

klasse! {
    /// `CDT_Referentie`: which line this is, and which one it takes back.
    basis struct Referentie {
        /// Used once per aanbieder.
        referentie_nummer: ReferentieNummer = "ReferentieNummer",
        /// Of the line that a credit takes back. In a box: few lines are credits.
        vorig_referentie_nummer: Option<Box<ReferentieNummer>> = "VorigReferentieNummer",
    }
}

klasse! {
    /// Everything that an aanbieder declares of one gemeente over one month.
    struct Declaratie {
        /// The key of the class.
        declaratie_nummer: String = "DeclaratieNummer",
        /// A whole calendar month (CS340).
        declaratie_periode: GeslotenPeriode = "DeclaratiePeriode",
        /// The day on which the declaratie was made.
        declaratie_dagtekening: NaiveDate = "DeclaratieDagtekening",
        /// The lines added up.
        totaal_ingediend_bedrag: TotaalBedragMetDC = "TotaalIngediendBedrag",
        /// The clients whose support is declared.
        clienten: Vec<Client> = "Clienten" / "Client",
    }
}

klasse! {
    /// A client of a declaratie, or of the antwoord on it.
    struct Client {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// What was delivered.
        prestaties: Vec<Prestatie> = "Prestaties" / "Prestatie",
        /// In a 325.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One line: so much of a product in one period.
    struct Prestatie {
        /// The key of the class.
        product_referentie: Referentie = "ProductReferentie",
        /// The toewijzing that it was delivered under; absent only in release 2.3.
        toewijzing_nummer: Option<ToewijzingNummer> = "ToewijzingNummer",
        /// WMO020.
        product_categorie: ProductCategorie = "ProductCategorie",
        /// The product itself, also when the toewijzing left it open.
        product_code: ProductCode = "ProductCode",
        /// When it was delivered.
        product_periode: GeslotenPeriode = "ProductPeriode",
        /// In units of `eenheid`.
        geleverd_volume: u32 = "GeleverdVolume",
        /// WJ756.
        eenheid: Eenheid = "Eenheid",
        /// Per unit, in euro cents.
        product_tarief: Option<u32> = "ProductTarief",
        /// What is asked for it.
        ingediend_bedrag: BedragMetDC = "IngediendBedrag",
        /// In a 325.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// What a 325 adds to the header: which declaratie it answers, and how it fared.
    struct AntwoordHeader {
        /// BerichtIdentificatie of the 323.
        declaratie_identificatie: BerichtIdentificatie = "DeclaratieIdentificatie",
        /// Of the XSLT that judged, when one did.
        xslt_versie: Option<Versie> = "XsltVersie",
        /// Schemas of the 323.
        xsd_versie_declaratie: XsdVersie = "XsdVersieDeclaratie",
        /// At least one.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// The antwoord on a declaratie that could be judged line by line.
    struct DeclaratieAntwoord {
        /// The key of the class.
        declaratie_nummer: String = "DeclaratieNummer",
        /// As in the 323.
        totaal_ingediend_bedrag: TotaalBedragMetDC = "TotaalIngediendBedrag",
        /// What will be paid.
        totaal_toegekend_bedrag: TotaalBedragMetDC = "TotaalToegekendBedrag",
        /// Those with a rejected line, each with its rejected lines only.
        clienten: Vec<Client> = "Clienten" / "Client",
        /// At least one.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

/// Who decides about a declaratie that was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decides {
    /// The gateway, at once, as the standard says.
    Gateway,
    /// One person proposes, another approves.
    TwoPeople,
}

impl Referentie {
    /// The name of the line that a credit takes back. One of blanks alone names none, though the schema lets it pass.
    #[must_use]
    pub fn vorig(&self) -> Option<&str> {
        self.vorig_referentie_nummer.as_ref().map(|nummer| nummer.as_str()).filter(|nummer| !nummer.trim().is_empty())
    }
}

impl BedragMetDC {
    /// In euro cents, below zero when credit.
    #[must_use]
    pub fn signed(&self) -> i128 {
        self.debet_credit.sign() * i128::from(self.bedrag)
    }
}

impl TotaalBedragMetDC {
    /// A sum in euro cents, below zero when credit; zero is debet (CS325). One too large for the element becomes the
    /// largest: no declaratie that passes its schema adds up to so much.
    #[must_use]
    pub fn of(signed: i128) -> Self {
        let totaal_bedrag = i64::try_from(signed.unsigned_abs()).unwrap_or(i64::MAX);
        Self { totaal_bedrag, debet_credit: if signed < 0 { DebetCredit::Credit } else { DebetCredit::Debet } }
    }

    /// In euro cents, below zero when credit.
    #[must_use]
    pub fn signed(&self) -> i128 {
        self.debet_credit.sign() * i128::from(self.totaal_bedrag)
    }
}

impl DeclaratieAntwoord {
    /// Whether the declaratie was rejected as a whole, not line by line.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        let granting = [RetourCode::GEEN_OPMERKING, RetourCode::DECLARATIE_TOEGEKEND];
        self.retour_codes.0.iter().any(|code| !granting.contains(&code.as_str()))
    }
}

impl Client {
    /// Whether it is left to us to find the toewijzing of a line (IV051).
    #[must_use]
    pub fn has_line_without_number(&self) -> bool {
        self.prestaties.iter().any(|line| line.toewijzing_nummer.is_none())
    }
}

impl Prestatie {
    /// Whether this asks for money; a credit takes back what an earlier line asked.
    #[must_use]
    pub fn is_debet(&self) -> bool {
        self.ingediend_bedrag.debet_credit == DebetCredit::Debet
    }
}

/// A line, equal to another that declares the same product for the same toewijzing and period: that is done once.
#[derive(Clone, Copy)]
pub struct Delivered<'a>(pub &'a Prestatie);

impl<'a> Delivered<'a> {
    fn key(self) -> (Option<ToewijzingNummer>, &'a GeslotenPeriode, &'a ProductCategorie, &'a ProductCode) {
        let line = self.0;
        (line.toewijzing_nummer, &line.product_periode, &line.product_categorie, &line.product_code)
    }
}

impl PartialEq for Delivered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Delivered<'_> {}

impl Hash for Delivered<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (nummer, periode, categorie, code) = self.key();
        (nummer, periode.begindatum, periode.einddatum, categorie, code).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A declaratie of 250 MB has 385 000 lines, which are in memory together.
    #[test]
    fn a_line_takes_little_memory() {
        assert!(size_of::<Prestatie>() <= 120, "{}", size_of::<Prestatie>());
        assert!(size_of::<Client>() <= 56, "{}", size_of::<Client>());
    }
}
