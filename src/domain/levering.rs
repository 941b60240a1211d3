//! WMO305 and its retour WMO306: support that started.

use chrono::NaiveDate;

use super::client::{Geboortedatum, VerkorteNaam};
use super::klasse::{RetourCodes, klasse};
use super::toewijzing::Product;
use super::waarde::{Bsn, StatusAanlevering, ToewijzingNummer};

klasse! {
    /// The client whose support started.
    struct Client {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// Birth date.
        geboortedatum: Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: String = "Geslacht",
        /// Name.
        naam: VerkorteNaam = "Naam",
        /// What started.
        start_producten: Vec<StartProduct> = "StartProducten" / "StartProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One start of support.
    struct StartProduct {
        /// Absent only when the work is taakgericht.
        toewijzing_nummer: Option<ToewijzingNummer> = "ToewijzingNummer",
        /// In the same form as in the toewijzing (IV075).
        product: Option<Product> = "Product",
        /// Informative copy of the toewijzing's Ingangsdatum; not in the key.
        toewijzing_ingangsdatum: Option<NaiveDate> = "ToewijzingIngangsdatum",
        /// The day on which support really began (OP011).
        begindatum: NaiveDate = "Begindatum",
        /// New, or to be removed.
        status_aanlevering: StatusAanlevering = "StatusAanlevering",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

/// What makes a start one and the same: with the Bsn, the logical key of `StartProduct` (TR101).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StartKey {
    /// Absent when taakgericht.
    pub toewijzing_nummer: Option<ToewijzingNummer>,
    /// Categorie of the product, when given.
    pub categorie: Option<String>,
    /// Code of the product, when given.
    pub code: Option<String>,
    /// The day on which support began.
    pub begindatum: NaiveDate,
}

impl StartProduct {
    /// The logical key, without the Bsn of the client. Absent parts equal absent parts.
    #[must_use]
    pub fn key(&self) -> StartKey {
        StartKey {
            toewijzing_nummer: self.toewijzing_nummer,
            categorie: self.product.as_ref().map(|product| product.categorie.to_string()),
            code: self.product.as_ref().and_then(|product| product.code.as_ref()).map(ToString::to_string),
            begindatum: self.begindatum,
        }
    }

    /// Whether this reports a start for the first time, not a removal.
    #[must_use]
    pub fn is_first_delivery(&self) -> bool {
        self.status_aanlevering == StatusAanlevering::EersteAanlevering
    }

    /// Whether this takes back a start that was reported.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        self.status_aanlevering == StatusAanlevering::Verwijderen
    }
}
