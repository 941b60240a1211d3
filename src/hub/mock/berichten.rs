//! The berichten that a played party composes: its retour, and its start.
//!
//! Own hands on purpose, not [`crate::domain::retour::compose`]: the other side of the network is other software.

use chrono::NaiveDate;

use super::config::{Retour, Toewijzing};
use crate::domain::bericht::{BerichtIdentificatie, Header, Heenbericht, RetourHeader, Retourbericht, XsdVersie};
use crate::domain::client::VerkorteNaam;
use crate::domain::klasse::{ElementPath, RetourCodes};
use crate::domain::levering::{self, StartProduct};
use crate::domain::toewijzing::ToegewezenProduct;
use crate::domain::waarde::{Identificatie, RetourCode, StatusAanlevering, ToewijzingNummer, Value, Versie};
use crate::domain::{Bericht, Berichtsoort, Inhoud};

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

/// The first day on which the start of everything in this toewijzing can be told; `None` when nothing starts.
pub(super) fn first_day(heen: &Heenbericht) -> Option<NaiveDate> {
    startable(heen).map(|product| product.ingangsdatum).max()
}

/// The start that an aanbieder reports on a toewijzing, on the Ingangsdatum of each product; `None` when the
/// bericht assigns nothing.
pub(super) fn start(heen: &Heenbericht, which: Toewijzing, id: &str, today: NaiveDate) -> Option<Bericht> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return None };
    let start_producten: Vec<StartProduct> = startable(heen).map(|product| start_product(product, which)).collect();
    if start_producten.is_empty() {
        return None;
    }
    let header = Header {
        soort: Berichtsoort::Wmo305,
        release: heen.header.release,
        afzender: heen.header.ontvanger.clone(),
        ontvanger: heen.header.afzender.clone(),
        bericht_identificatie: BerichtIdentificatie { identificatie: identificatie(id), dagtekening: today },
        xsd_versie: Some(XsdVersie { basisschema_xsd_versie: versie(), bericht_xsd_versie: versie() }),
    };
    let inhoud = Inhoud::Start(levering::StartClient {
        bsn: client.bsn.clone(),
        geboortedatum: client.geboortedatum.clone(),
        geslacht: client.geslacht.clone(),
        naam: VerkorteNaam {
            geslachtsnaam: client.naam.geslachtsnaam.clone(),
            voornamen: client.naam.voornamen.clone(),
            voorletters: client.naam.voorletters.clone(),
        },
        status_aanlevering: None,
        start_producten,
        retour_codes: RetourCodes::default(),
    });
    Some(Bericht::Heen(Heenbericht { header, inhoud }))
}

fn startable(heen: &Heenbericht) -> impl Iterator<Item = &ToegewezenProduct> {
    let producten: &[ToegewezenProduct] = match &heen.inhoud {
        Inhoud::Toewijzing(client) => &client.toegewezen_producten,
        Inhoud::Beschikking(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => &[],
    };
    producten.iter().filter(|product| !product.is_verwijderd())
}

fn start_product(product: &ToegewezenProduct, which: Toewijzing) -> StartProduct {
    let ToewijzingNummer(number) = product.toewijzing_nummer;
    let number = match which {
        Toewijzing::Same => number,
        // Half the range away, so that it stays a valid number and no neighbour is hit.
        Toewijzing::Unknown => (number + 500_000_000) % 1_000_000_000,
    };
    StartProduct {
        beschikking_nummer: None,
        toewijzing_nummer: Some(ToewijzingNummer(number)),
        product: product.product.clone(),
        toewijzing_ingangsdatum: Some(product.ingangsdatum),
        begindatum: product.ingangsdatum,
        status_aanlevering: StatusAanlevering::EersteAanlevering,
        retour_codes: RetourCodes::default(),
    }
}

/// Twelve characters of a UUID: used once, as far as it matters here.
fn identificatie(uuid: &str) -> Identificatie {
    let short: String = uuid.chars().filter(char::is_ascii_alphanumeric).take(12).collect();
    Identificatie::from_text(&short).expect("any text is an Identificatie to the domain")
}

fn versie() -> Versie {
    Versie::from_text("1.0.0").expect("any text is a Versie to the domain")
}
