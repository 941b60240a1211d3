//! The retour that a played party composes.
//!
//! Own hands on purpose, not [`crate::domain::judging::retour::compose`]: the other side of the network is other software.

use chrono::NaiveDate;

use super::config::Retour;
use crate::domain::Bericht;
use crate::domain::berichten::bericht::{Header, Heenbericht, RetourHeader, Retourbericht};
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::waarde::{Identificatie, RetourCode, Value, Versie};

/// The retour of a heenbericht; `None` when the party gives none, or this kind asks for none.
pub(super) fn retour(heen: &Heenbericht, how: &Retour, id: &str, today: NaiveDate) -> Option<Bericht> {
    let soort = heen.header.soort.retour()?;
    let (codes, inhoud) = match how {
        Retour::Never | Retour::Bounce(_) => return None,
        Retour::Accept => (RetourCodes::default(), None),
        Retour::Reject(codes) if codes.iter().any(|code| code == RetourCode::AFGEKEURD) => {
            (codes_of(&[RetourCode::AFGEKEURD]), None)
        }
        Retour::Reject(codes) => {
            let mut inhoud = heen.inhoud.clone();
            inhoud.each_retour_codes(&mut |klasse, on_klasse| {
                *on_klasse = if is_product(klasse) { codes_of(codes) } else { no_remark() };
            });
            (no_remark(), Some(inhoud))
        }
    };
    Some(Bericht::Retour(Retourbericht {
        header: Header { soort, ..heen.header.clone() },
        retour: RetourHeader {
            identificatie_retour: identificatie(id),
            dagtekening_retour: today,
            xslt_versie: None,
            xsd_versie_retour: heen.header.xsd_versie.clone(),
            retour_codes: codes,
        },
        inhoud,
    }))
}

fn is_product(klasse: &ElementPath) -> bool {
    const PRODUCTS: [&str; 8] = [
        "ToegewezenProduct",
        "StartProduct",
        "StopProduct",
        "AangevraagdProduct",
        "OngewijzigdProduct",
        "TeWijzigenProduct",
        "NieuwProduct",
        // Has no products: it is the one thing to reject.
        "Antwoord",
    ];
    klasse.steps().last().is_some_and(|(name, _)| PRODUCTS.contains(&name))
}

fn no_remark() -> RetourCodes {
    codes_of(&[RetourCode::GEEN_OPMERKING])
}

fn codes_of<T: AsRef<str>>(codes: &[T]) -> RetourCodes {
    RetourCodes(codes.iter().map(|code| RetourCode::of(code.as_ref())).collect())
}

/// Twelve characters of a UUID: used once, as far as it matters here.
pub(super) fn identificatie(uuid: &str) -> Identificatie {
    let short: String = uuid.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    Identificatie::from_text(&short).expect("any text is an Identificatie to the domain")
}

/// The versions of the schemas that it claims to write by.
pub(super) fn versie() -> Versie {
    Versie::from_text("1.0.0").expect("any text is a Versie to the domain")
}
