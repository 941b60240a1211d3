//! The header of a bericht: which kind, from whom to whom, under which identification.

use chrono::NaiveDate;

use super::further::Kept;
use super::klasse::{Element, RetourCodes, Target, klasse};
use super::partij::Partij;
use super::release::Release;
use super::soort::Berichtsoort;
use super::waarde::{Identificatie, Versie};

klasse! {
    /// `CDT_BerichtIdentificatie`.
    basis struct BerichtIdentificatie {
        /// Used once per sender and kind of bericht (TR056).
        identificatie: Identificatie = "Identificatie",
        /// The day on which the bericht was made.
        dagtekening: NaiveDate = "Dagtekening",
    }
}

klasse! {
    /// `CDT_XsdVersie`: the schemas that the sender used.
    basis struct XsdVersie {
        /// Version of the basisschema.
        basisschema_xsd_versie: Versie = "BasisschemaXsdVersie",
        /// Version of the schema of the bericht.
        bericht_xsd_versie: Versie = "BerichtXsdVersie",
    }
}

/// The header that a heenbericht and its retour share. In a retour the parties and the
/// identification are those of the heenbericht (IV028).
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// `BerichtCode`.
    pub soort: Berichtsoort,
    /// `BerichtVersie` and `BerichtSubversie`.
    pub release: Release,
    /// Who sends the heenbericht.
    pub afzender: Partij,
    /// Who receives the heenbericht.
    pub ontvanger: Partij,
    /// Identificatie and Dagtekening of the heenbericht.
    pub bericht_identificatie: BerichtIdentificatie,
    /// Schemas of the heenbericht; absent in release 2.3.
    pub xsd_versie: Option<XsdVersie>,
    /// Elements that only its release has, in the bericht that this is the header of.
    pub further: Kept,
}

impl Header {
    /// Hands over what follows the version in the header of most kinds.
    pub(super) fn write_common<T: Target>(&self, target: &mut T) {
        self.afzender.write("Afzender", false, target);
        self.ontvanger.write("Ontvanger", false, target);
        self.bericht_identificatie.write("BerichtIdentificatie", false, target);
        self.xsd_versie.write("XsdVersie", false, target);
    }

    /// The gemeente and the aanbieder, whichever way the bericht goes.
    #[must_use]
    pub fn pair(&self) -> (&Partij, &Partij) {
        if self.afzender.is_gemeente() { (&self.afzender, &self.ontvanger) } else { (&self.ontvanger, &self.afzender) }
    }
}

klasse! {
    /// What a retour adds to the header.
    struct RetourHeader {
        /// Of the retour itself; unique per sender.
        identificatie_retour: Identificatie = "IdentificatieRetour",
        /// The day on which the retour was made.
        dagtekening_retour: NaiveDate = "DagtekeningRetour",
        /// Of the XSLT that judged, when one did.
        xslt_versie: Option<Versie> = "XsltVersie",
        /// Schemas of the retour; absent in release 2.3.
        xsd_versie_retour: Option<XsdVersie> = "XsdVersieRetour",
        /// None when the heenbericht was accepted.
        retour_codes: RetourCodes = "RetourCodes",
    }
}
