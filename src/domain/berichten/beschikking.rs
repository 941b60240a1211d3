//! WMO301 and WMO302 of release 2.3: the beschikking of the gemeente, with what it assigns to the aanbieder.

use chrono::NaiveDate;

use super::client::{Communicatie, Contact, Geboortedatum, Relatie, VolledigeNaam};
use super::klasse::{RetourCodes, klasse};
use super::toewijzing::{Omvang, Product};
use super::waarde::{Bsn, RedenWijziging, Tijd, ToewijzingNummer};

klasse! {
    /// `CDT_Grondslagen`: what makes support necessary.
    basis struct Grondslagen {
        /// COD736.
        grondslag01: String = "Grondslag01",
        /// COD736.
        grondslag02: Option<String> = "Grondslag02",
    }
}

klasse! {
    /// The client of a beschikking.
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
        /// COD232.
        juridische_status: Option<String> = "JuridischeStatus",
        /// WJ003.
        wettelijke_vertegenwoordiging: Option<String> = "WettelijkeVertegenwoordiging",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// People around the client.
        relaties: Vec<Relatie> = "Relaties" / "Relatie",
        /// Where to reach the client.
        contactgegevens: Vec<Contact> = "Contactgegevens" / "Contact",
        /// What the gemeente decided.
        beschikking: Beschikking = "Beschikking",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// The decision of the gemeente.
    struct Beschikking {
        /// Unique per gemeente.
        beschikking_nummer: i64 = "BeschikkingNummer",
        /// What makes support necessary.
        grondslagen: Option<Grondslagen> = "Grondslagen",
        /// Day of the decision.
        afgiftedatum: NaiveDate = "Afgiftedatum",
        /// First day that it covers.
        ingangsdatum: NaiveDate = "Ingangsdatum",
        /// Last day that it covers; absent when open-ended.
        einddatum: Option<NaiveDate> = "Einddatum",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// What the client cannot do alone.
        beperkingen: Vec<Beperking> = "Beperkingen" / "Beperking",
        /// What is assigned.
        toegewezen_producten: Vec<ToegewezenProduct> = "ToegewezenProducten" / "ToegewezenProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// Something that the client cannot do alone.
    struct Beperking {
        /// COD539.
        categorie: String = "Categorie",
        /// COD749: for how long.
        duur: Option<String> = "Duur",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// How much, per question.
        beperking_scores: Vec<BeperkingScore> = "BeperkingScores" / "BeperkingScore",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// The answer to one question about a beperking.
    struct BeperkingScore {
        /// COD825.
        vraag: String = "Vraag",
        /// COD828.
        score: String = "Score",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One toewijzing, in the version of `toewijzingsdatum` and `toewijzingstijd`.
    struct ToegewezenProduct {
        /// The key of the class; absent on toewijzingen from before June 2017.
        toewijzing_nummer: Option<ToewijzingNummer> = "ToewijzingNummer",
        /// The request that this toewijzing honours.
        referentie_aanbieder: Option<String> = "ReferentieAanbieder",
        /// What is assigned.
        product: Product = "Product",
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
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

impl ToegewezenProduct {
    /// Whether this version removes the toewijzing: it then counts as never sent.
    #[must_use]
    pub fn is_verwijderd(&self) -> bool {
        self.reden_wijziging == Some(RedenWijziging::AdministratieveCorrectieVervallen)
            && self.einddatum == Some(self.ingangsdatum)
    }
}
