//! Rules on what an aanbieder asks of the gemeente. All give 0001, on the product or the `Verzoek`.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::verzoek::{AangevraagdProduct, Verwijzer, Verzoek};
use crate::domain::berichten::waarde::TypeVerwijzer;
use crate::domain::finding::Place;

use super::overlap::{Span, conflicting};
use super::product::{extents_not_for_a_day, extents_without_code};
use crate::domain::regels::paths::{client_path, repeated};

/// CD043: number and first day of the open beschikking go together.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cd043(heen: &Heenbericht) -> Vec<Place> {
    let broken = |product: &AangevraagdProduct| {
        product.beschikking_nummer.is_some() != product.beschikking_ingangsdatum.is_some()
    };
    broken_aanvragen(heen, broken).map(Place::klasse).collect()
}

/// CD066: who is known by AGB code is not named as well.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cd066(heen: &Heenbericht) -> Vec<Place> {
    broken_verwijzers(heen, "Naam", |verwijzer| {
        is_zorgverlener(verwijzer) && verwijzer.zorgverlener_code.is_some() && verwijzer.naam.is_some()
    })
}

/// CD067: a care professional without AGB code is named.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cd067(heen: &Heenbericht) -> Vec<Place> {
    let broken = |product: &AangevraagdProduct| {
        let verwijzer = &product.verwijzer;
        is_zorgverlener(verwijzer) && verwijzer.zorgverlener_code.is_none() && verwijzer.naam.is_none()
    };
    broken_aanvragen(heen, broken).map(|path| Place::element(path, "Verwijzer")).collect()
}

/// CD068: only a care professional has an AGB code.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cd068(heen: &Heenbericht) -> Vec<Place> {
    broken_verwijzers(heen, "ZorgverlenerCode", |verwijzer| {
        !is_zorgverlener(verwijzer) && verwijzer.zorgverlener_code.is_some()
    })
}

/// CD095: without a product code no extent is asked, unless the toewijzing is to end before 2021.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cd095(heen: &Heenbericht) -> Vec<Place> {
    extents_without_code(heen)
}

/// CD096: a new product without a product code has no extent, unless it is to end before 2021.
///
/// - Retourcode: 0001
/// - Berichten: WMO317
pub fn cd096(heen: &Heenbericht) -> Vec<Place> {
    extents_without_code(heen)
}

/// CS343: etmalen, dagdelen, euro's and pieces by effort are not asked per day, unless the toewijzing is to
/// end before 2021.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn cs343(heen: &Heenbericht) -> Vec<Place> {
    extents_not_for_a_day(heen)
}

/// TR352: a verzoek om wijziging is about at least one toewijzing that there is.
///
/// - Retourcode: 0001
/// - Berichten: WMO317
pub fn tr352(heen: &Heenbericht) -> Vec<Place> {
    broken_verzoek(heen, |verzoek| {
        verzoek.ongewijzigde_producten.is_empty() && verzoek.te_wijzigen_producten.is_empty()
    })
}

/// TR353: a verzoek om wijziging asks for a change or for something new.
///
/// - Retourcode: 0001
/// - Berichten: WMO317
pub fn tr353(heen: &Heenbericht) -> Vec<Place> {
    broken_verzoek(heen, |verzoek| verzoek.te_wijzigen_producten.is_empty() && verzoek.nieuwe_producten.is_empty())
}

/// TR380: a new product begins after the day of the verzoek, not on it.
///
/// - Retourcode: 0001
/// - Berichten: WMO317
pub fn tr380(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::VerzoekOmWijziging(client) = &heen.inhoud else { return Vec::new() };
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    let new = client.verzoek.nieuwe_producten.iter().enumerate();
    let broken = new.filter(|(_, product)| product.gewenste_ingangsdatum <= dagtekening);
    broken.map(|(index, _)| Place::element(nieuw_product_path(index), "GewensteIngangsdatum")).collect()
}

/// TR383: every product that is asked has a ReferentieAanbieder of its own. Breaks together with TR101, of
/// which it is the key.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn tr383(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::VerzoekOmToewijzing(client) = &heen.inhoud else { return Vec::new() };
    repeated(
        client.aangevraagde_producten.iter().map(|product| &product.referentie_aanbieder),
        aangevraagd_product_path,
    )
    .into_iter()
    .map(|place| Place::element(place.klasse, "ReferentieAanbieder"))
    .collect()
}

/// TR386: no product is asked twice for one day.
///
/// - Retourcode: 0001
/// - Berichten: WMO315
pub fn tr386(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::VerzoekOmToewijzing(client) = &heen.inhoud else { return Vec::new() };
    let spans: Vec<Span<'_>> = client
        .aangevraagde_producten
        .iter()
        .map(|asked| Span {
            product: asked.product.as_ref(),
            begin: asked.toewijzing_ingangsdatum,
            end: asked.toewijzing_einddatum,
        })
        .collect();
    conflicting(&spans).into_iter().map(|index| Place::klasse(aangevraagd_product_path(index))).collect()
}

/// TR410: no new product is asked twice for one day.
///
/// - Retourcode: 0001
/// - Berichten: WMO317
pub fn tr410(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::VerzoekOmWijziging(client) = &heen.inhoud else { return Vec::new() };
    let spans: Vec<Span<'_>> = client
        .verzoek
        .nieuwe_producten
        .iter()
        .map(|new| Span { product: new.product.as_ref(), begin: new.gewenste_ingangsdatum, end: new.einddatum })
        .collect();
    conflicting(&spans).into_iter().map(|index| Place::klasse(nieuw_product_path(index))).collect()
}

/// Whether this is somebody to whom an AGB code is given.
fn is_zorgverlener(verwijzer: &Verwijzer) -> bool {
    match verwijzer.r#type {
        TypeVerwijzer::Huisarts
        | TypeVerwijzer::Jeugdarts
        | TypeVerwijzer::GecertificeerdeInstelling
        | TypeVerwijzer::MedischSpecialist => true,
        TypeVerwijzer::Gemeente | TypeVerwijzer::Zelfverwijzer | TypeVerwijzer::Justitie => false,
    }
}

fn broken_verwijzers(heen: &Heenbericht, element: &'static str, broken: impl Fn(&Verwijzer) -> bool) -> Vec<Place> {
    let broken = broken_aanvragen(heen, |product| broken(&product.verwijzer));
    broken.map(|path| Place::within(path, &["Verwijzer", element])).collect()
}

/// The places of the products asked for in a 315 for which `broken` holds.
fn broken_aanvragen(
    heen: &Heenbericht,
    broken: impl Fn(&AangevraagdProduct) -> bool,
) -> impl Iterator<Item = ElementPath> {
    let products = match &heen.inhoud {
        Inhoud::VerzoekOmToewijzing(client) => client.aangevraagde_producten.as_slice(),
        _ => &[],
    };
    let broken = products.iter().enumerate().filter(move |(_, product)| broken(product));
    broken.map(|(index, _)| aangevraagd_product_path(index))
}

fn broken_verzoek(heen: &Heenbericht, broken: impl Fn(&Verzoek) -> bool) -> Vec<Place> {
    match &heen.inhoud {
        Inhoud::VerzoekOmWijziging(client) if broken(&client.verzoek) => {
            vec![Place::klasse(client_path().child("Verzoek"))]
        }
        _ => Vec::new(),
    }
}

fn aangevraagd_product_path(index: usize) -> ElementPath {
    client_path().child("AangevraagdeProducten").nth("AangevraagdProduct", index)
}

fn nieuw_product_path(index: usize) -> ElementPath {
    client_path().child("Verzoek").child("NieuweProducten").nth("NieuwProduct", index)
}
