//! WMO315 and WMO317 with their retouren: what the aanbieder asks of the gemeente.

use chrono::NaiveDate;

use super::client::{Geboortedatum, VerkorteNaam};
use super::klasse::{RetourCodes, klasse};
use super::toewijzing::{Omvang, Product};
use super::waarde::{Bsn, ToewijzingNummer, TypeVerwijzer};

klasse! {
    /// `CDT_Verwijzer`: who sent the client to the aanbieder.
    basis struct Verwijzer {
        /// COD327.
        r#type: TypeVerwijzer = "Type",
        /// 1 to 64 characters.
        naam: Option<String> = "Naam",
        /// AGB code, 8 digits.
        zorgverlener_code: Option<String> = "ZorgverlenerCode",
    }
}

klasse! {
    /// The client for whom a toewijzing is asked.
    struct ToewijzingClient {
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
        /// What is asked.
        aangevraagde_producten: Vec<AangevraagdProduct> = "AangevraagdeProducten" / "AangevraagdProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One product that is asked.
    struct AangevraagdProduct {
        /// The key of the class; the toewijzing that honours it repeats it.
        referentie_aanbieder: String = "ReferentieAanbieder",
        /// The open beschikking that it rests on.
        beschikking_nummer: Option<i64> = "BeschikkingNummer",
        /// Absent when the aanbieder chooses (generiek).
        product: Option<Product> = "Product",
        /// First day of the beschikking.
        beschikking_ingangsdatum: Option<NaiveDate> = "BeschikkingIngangsdatum",
        /// First day wanted.
        toewijzing_ingangsdatum: NaiveDate = "ToewijzingIngangsdatum",
        /// Last day wanted; absent when open-ended.
        toewijzing_einddatum: Option<NaiveDate> = "ToewijzingEinddatum",
        /// How much.
        omvang: Option<Omvang> = "Omvang",
        /// In euro cents.
        budget: Option<i64> = "Budget",
        /// Who sent the client.
        verwijzer: Verwijzer = "Verwijzer",
        /// COD260: under the national framework contract.
        raamcontract: Option<String> = "Raamcontract",
        /// Free text.
        commentaar: Option<String> = "Commentaar",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// The client whose toewijzingen are to change.
    struct WijzigingClient {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// What is asked.
        verzoek: Verzoek = "Verzoek",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One verzoek om wijziging: it is honoured or rejected as a whole.
    struct Verzoek {
        /// The key of the class; what answers it repeats it.
        referentie_aanbieder: String = "ReferentieAanbieder",
        /// WJ758.
        reden_verzoek: String = "RedenVerzoek",
        /// Toewijzingen that stay as they are.
        ongewijzigde_producten: Vec<OngewijzigdProduct> = "OngewijzigdeProducten" / "OngewijzigdProduct",
        /// Toewijzingen that are to change.
        te_wijzigen_producten: Vec<TeWijzigenProduct> = "TeWijzigenProducten" / "TeWijzigenProduct",
        /// What is to come beside them.
        nieuwe_producten: Vec<NieuwProduct> = "NieuweProducten" / "NieuwProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// A toewijzing that stays as it is.
    struct OngewijzigdProduct {
        /// The key of the class.
        toewijzing_nummer: ToewijzingNummer = "ToewijzingNummer",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// A toewijzing that is to change.
    struct TeWijzigenProduct {
        /// The key of the class.
        toewijzing_nummer: ToewijzingNummer = "ToewijzingNummer",
        /// From when on.
        gewenste_ingangsdatum: NaiveDate = "GewensteIngangsdatum",
        /// Last day wanted; absent when open-ended.
        einddatum: Option<NaiveDate> = "Einddatum",
        /// How much.
        omvang: Option<Omvang> = "Omvang",
        /// In euro cents.
        budget: Option<i64> = "Budget",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// A product that is to come.
    struct NieuwProduct {
        /// With the first day, the key of the class; absent when the aanbieder chooses (generiek).
        product: Option<Product> = "Product",
        /// From when on.
        gewenste_ingangsdatum: NaiveDate = "GewensteIngangsdatum",
        /// Last day wanted; absent when open-ended.
        einddatum: Option<NaiveDate> = "Einddatum",
        /// How much.
        omvang: Option<Omvang> = "Omvang",
        /// In euro cents.
        budget: Option<i64> = "Budget",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}
