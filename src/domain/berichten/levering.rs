//! WMO305 and WMO307 with their retouren: support that started, and that stopped.

use chrono::NaiveDate;

use super::client::{Geboortedatum, VerkorteNaam};
use super::klasse::{RetourCodes, klasse};
use super::release::{Property, Release};
use super::toewijzing::Product;
use super::waarde::{Bsn, StatusAanlevering, ToewijzingNummer};

klasse! {
    /// The client whose support started.
    struct StartClient {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// Birth date.
        geboortedatum: Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: String = "Geslacht",
        /// The short form, without given names.
        naam: VerkorteNaam = "Naam",
        /// Only in release 2.3.
        status_aanlevering: Option<StatusAanlevering> = "StatusAanlevering",
        /// What started.
        start_producten: Vec<StartProduct> = "StartProducten" / "StartProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One start of support.
    struct StartProduct {
        /// Only in release 2.3.
        beschikking_nummer: Option<i64> = "BeschikkingNummer",
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

klasse! {
    /// The client whose support stopped.
    struct StopClient {
        /// The key of the class.
        bsn: Bsn = "Bsn",
        /// Birth date.
        geboortedatum: Geboortedatum = "Geboortedatum",
        /// COD046.
        geslacht: String = "Geslacht",
        /// The short form, without given names.
        naam: VerkorteNaam = "Naam",
        /// Only in release 2.3.
        status_aanlevering: Option<StatusAanlevering> = "StatusAanlevering",
        /// What stopped.
        stop_producten: Vec<StopProduct> = "StopProducten" / "StopProduct",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

klasse! {
    /// One stop of support, for a while or for good.
    struct StopProduct {
        /// Only in release 2.3.
        beschikking_nummer: Option<i64> = "BeschikkingNummer",
        /// Absent only when the work is taakgericht.
        toewijzing_nummer: Option<ToewijzingNummer> = "ToewijzingNummer",
        /// In the same form as in the toewijzing (IV075).
        product: Option<Product> = "Product",
        /// Informative copy of the toewijzing's Ingangsdatum; not in the key.
        toewijzing_ingangsdatum: Option<NaiveDate> = "ToewijzingIngangsdatum",
        /// Begindatum of the start that it ends.
        begindatum: NaiveDate = "Begindatum",
        /// WMO588; 20 is for a while.
        reden_beeindiging: String = "RedenBeeindiging",
        /// The last day of support.
        einddatum: NaiveDate = "Einddatum",
        /// New, or to be removed.
        status_aanlevering: StatusAanlevering = "StatusAanlevering",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}

/// WMO588: support stops for a while, and may be taken up again.
const TIJDELIJK: &str = "20";

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

/// What makes a stop one and the same: with the Bsn, the logical key of `StopProduct` (TR101).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StopKey {
    /// The start that it ends.
    pub start: StartKey,
    /// Why: two stops of one start may differ in this alone.
    pub reden_beeindiging: String,
    /// The last day of support.
    pub einddatum: NaiveDate,
}

impl StartKey {
    fn of(toewijzing_nummer: Option<ToewijzingNummer>, product: Option<&Product>, begindatum: NaiveDate) -> Self {
        Self {
            toewijzing_nummer,
            categorie: product.map(|product| product.categorie.to_string()),
            code: product.and_then(|product| product.code.as_ref()).map(ToString::to_string),
            begindatum,
        }
    }
}

impl StartKey {
    /// Whether both are starts on one toewijzing; taakgericht, of one product.
    #[must_use]
    pub fn is_beside(&self, other: &Self) -> bool {
        self.toewijzing_nummer == other.toewijzing_nummer
            && (self.toewijzing_nummer.is_some() || (&self.categorie, &self.code) == (&other.categorie, &other.code))
    }
}

impl StopKey {
    /// Whether both are one and the same stop to this release: before 3.2 the reason was no part of the key.
    #[must_use]
    pub fn is_same(&self, other: &Self, release: Release) -> bool {
        let has_same_reason =
            !release.has(Property::RedenInStopKey) || self.reden_beeindiging == other.reden_beeindiging;
        self.start == other.start && self.einddatum == other.einddatum && has_same_reason
    }

    /// Whether support stopped for a while only (OP377).
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.reden_beeindiging == TIJDELIJK
    }
}

impl StopProduct {
    /// The logical key, without the Bsn of the client. Absent parts equal absent parts.
    #[must_use]
    pub fn key(&self) -> StopKey {
        StopKey {
            start: StartKey::of(self.toewijzing_nummer, self.product.as_ref(), self.begindatum),
            reden_beeindiging: self.reden_beeindiging.clone(),
            einddatum: self.einddatum,
        }
    }

    /// Whether this reports a stop for the first time, not a removal.
    #[must_use]
    pub fn is_first_delivery(&self) -> bool {
        self.status_aanlevering == StatusAanlevering::EersteAanlevering
    }

    /// Whether this takes back a stop that was reported.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        self.status_aanlevering == StatusAanlevering::Verwijderen
    }

    /// Whether support stops for a while only (OP377).
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.reden_beeindiging == TIJDELIJK
    }
}

impl StartProduct {
    /// The logical key, without the Bsn of the client. Absent parts equal absent parts.
    #[must_use]
    pub fn key(&self) -> StartKey {
        StartKey::of(self.toewijzing_nummer, self.product.as_ref(), self.begindatum)
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
