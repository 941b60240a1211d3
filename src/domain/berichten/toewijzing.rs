//! WMO301 and its retour WMO302: what the gemeente assigns to the aanbieder.

use chrono::NaiveDate;

use super::client::{Communicatie, Contact, Geboortedatum, Relatie, VolledigeNaam};
use super::klasse::{RetourCodes, klasse};
use super::waarde::{Bsn, Eenheid, Frequentie, ProductCategorie, ProductCode, RedenWijziging, Tijd, ToewijzingNummer};

klasse! {
    /// `CDT_Product`: a product, or with only a categorie any product of it (aspecifiek).
    basis struct Product {
        /// WMO020.
        categorie: ProductCategorie = "Categorie",
        /// The product itself.
        code: Option<ProductCode> = "Code",
    }
}

klasse! {
    /// `CDT_Omvang`: how much, in which unit, how often.
    basis struct Omvang {
        /// In units of `eenheid`.
        volume: i64 = "Volume",
        /// WJ756.
        eenheid: Eenheid = "Eenheid",
        /// WMO757.
        frequentie: Frequentie = "Frequentie",
    }
}

klasse! {
    /// The client of a toewijzing, with all that the aanbieder needs to start.
    struct Client {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// Birth date.
        geboortedatum: Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: String = "Geslacht",
        /// The full form, with given names.
        naam: VolledigeNaam = "Naam",
        /// Interpreter needed.
        communicatie: Option<Communicatie> = "Communicatie",
        /// WJ232.
        juridische_status: Option<String> = "JuridischeStatus",
        /// WJ003.
        wettelijke_vertegenwoordiging: Option<String> = "WettelijkeVertegenwoordiging",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// People around the client.
        relaties: Vec<Relatie> = "Relaties" / "Relatie",
        /// Where to reach the client.
        contactgegevens: Vec<Contact> = "Contactgegevens" / "Contact",
        /// What is assigned.
        toegewezen_producten: Vec<ToegewezenProduct> = "ToegewezenProducten" / "ToegewezenProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One toewijzing, in the version of `toewijzingsdatum` and `toewijzingstijd` (IV013).
    struct ToegewezenProduct {
        /// The key of the class.
        toewijzing_nummer: ToewijzingNummer = "ToewijzingNummer",
        /// The request that this toewijzing honours.
        referentie_aanbieder: Option<String> = "ReferentieAanbieder",
        /// Absent when the aanbieder chooses (generiek).
        product: Option<Product> = "Product",
        /// Day of the decision.
        toewijzingsdatum: NaiveDate = "Toewijzingsdatum",
        /// Time of the decision.
        toewijzingstijd: Tijd = "Toewijzingstijd",
        /// First day of support.
        ingangsdatum: NaiveDate = "Ingangsdatum",
        /// Last day of support; absent when open-ended.
        einddatum: Option<NaiveDate> = "Einddatum",
        /// Why this version differs from the one before.
        reden_wijziging: Option<RedenWijziging> = "RedenWijziging",
        /// How much.
        omvang: Option<Omvang> = "Omvang",
        /// In euro cents.
        budget: Option<i64> = "Budget",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

impl ToegewezenProduct {
    /// Whether this version removes the toewijzing: it then counts as never sent (OP033x1; before release 3.1 reason 01 with one day).
    #[must_use]
    pub fn is_verwijderd(&self) -> bool {
        match self.reden_wijziging {
            Some(RedenWijziging::Verwijderd) => true,
            Some(RedenWijziging::AdministratieveCorrectieVervallen) => self.einddatum == Some(self.ingangsdatum),
            _ => false,
        }
    }
}
