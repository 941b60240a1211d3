//! WMO319 and its retour WMO320: the antwoord of the gemeente on a verzoek that no toewijzing honours (yet).

use super::klasse::{RetourCodes, klasse};
use super::waarde::VerzoekAntwoord;

klasse! {
    /// The antwoord. It names no client: who that is follows from the verzoek.
    struct Antwoord {
        /// Of the verzoek; with the antwoord, the key of the class.
        referentie_aanbieder: String = "ReferentieAanbieder",
        /// WJ760: rejected, or being looked into.
        verzoek_antwoord: VerzoekAntwoord = "VerzoekAntwoord",
        /// WJ759.
        reden_afwijzing_verzoek: Option<String> = "RedenAfwijzingVerzoek",
        /// In a retour.
        retour_codes: RetourCodes = "RetourCodes",
    }
}
