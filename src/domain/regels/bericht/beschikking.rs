//! Rules of release 2.3 on what is assigned and delivered. All give 0001.

use chrono::NaiveDate;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::beschikking::{Beschikking, Client, ToegewezenProduct};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::levering::{StartProduct, StopProduct};
use crate::domain::finding::Place;

use super::eenheid::may_be_counted;
use super::overlap::overlapping;
use super::places_of_birth;
use crate::domain::regels::paths::{client_path, start_product_path, stop_product_path};

/// CD044: a toewijzing that changes says until when it holds.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd044(heen: &Heenbericht) -> Vec<Place> {
    broken_products(heen, None, |product| product.reden_wijziging.is_some() && product.einddatum.is_none())
}

/// CS023: nothing was decided, started or stopped after the Dagtekening, and nobody was born.
///
/// What is removed is named as it was reported: it has no other checks (TR063).
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305, WMO307
pub fn cs023(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    let mut places = places_of_birth(heen, |birth| birth.datum > dagtekening);
    places.extend(broken_products(heen, Some("Toewijzingsdatum"), |product| product.toewijzingsdatum > dagtekening));
    places.extend(late_starts(heen, dagtekening));
    places.extend(late_stops(heen, dagtekening));
    places
}

fn late_starts(heen: &Heenbericht, dagtekening: NaiveDate) -> Vec<Place> {
    let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
    let is_late = |product: &StartProduct| !product.is_removal() && product.begindatum > dagtekening;
    let late = client.start_producten.iter().enumerate().filter(|(_, product)| is_late(product));
    late.map(|(index, _)| Place::element(start_product_path(index), "Begindatum")).collect()
}

/// A stop of which both dates lie too late is wrong at both.
fn late_stops(heen: &Heenbericht, dagtekening: NaiveDate) -> Vec<Place> {
    let Inhoud::Stop(client) = &heen.inhoud else { return Vec::new() };
    let dates = |product: &StopProduct| [("Begindatum", product.begindatum), ("Einddatum", product.einddatum)];
    let products = client.stop_producten.iter().enumerate().filter(|(_, product)| !product.is_removal());
    let dates = products.flat_map(|(index, product)| dates(product).map(|(name, date)| (index, name, date)));
    let late = dates.filter(|(_, _, date)| *date > dagtekening);
    late.map(|(index, name, _)| Place::element(stop_product_path(index), name)).collect()
}

/// CS330: what is assigned from April 2019 on is not counted in weeks or independent of time.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs330(heen: &Heenbericht) -> Vec<Place> {
    broken_products(heen, Some("Omvang"), |product| {
        product.omvang.as_ref().is_some_and(|omvang| !may_be_counted(omvang.eenheid, product.ingangsdatum))
    })
}

/// TR302 as it was in release 2.3: the same product, or without code the same categorie, is not assigned twice for one
/// day. What was withdrawn does not count.
pub(super) fn tr302(beschikking: &Beschikking) -> Vec<Place> {
    let products = beschikking.toegewezen_producten.iter().enumerate();
    let counting: Vec<(usize, &ToegewezenProduct)> = products.filter(|(_, product)| !product.is_verwijderd()).collect();
    let spans =
        counting.iter().map(|(_, one)| ((&one.product.categorie, &one.product.code), one.ingangsdatum, one.einddatum));
    let places = overlapping(spans).into_iter().filter_map(|at| counting.get(at));
    places.map(|(index, _)| Place::klasse(toegewezen_product_path(*index))).collect()
}

/// The decision itself, where it ends before it begins (CS003).
pub(super) fn ends_too_early(heen: &Heenbericht) -> Vec<Place> {
    let Some(Client { beschikking, .. }) = client(heen) else { return Vec::new() };
    if beschikking.einddatum.is_none_or(|end| end >= beschikking.ingangsdatum) {
        return Vec::new();
    }
    vec![Place::element(beschikking_path(), "Einddatum")]
}

/// The `ToegewezenProducten` of a beschikking for which `broken` holds, at the element that shows it or else as a whole.
fn broken_products(
    heen: &Heenbericht,
    element: Option<&'static str>,
    broken: impl Fn(&ToegewezenProduct) -> bool,
) -> Vec<Place> {
    let producten = client(heen).map_or(&[][..], |client| &client.beschikking.toegewezen_producten);
    let broken = producten.iter().enumerate().filter(|(_, product)| broken(product));
    broken.map(|(index, _)| Place::within(toegewezen_product_path(index), element.as_slice())).collect()
}

fn client(heen: &Heenbericht) -> Option<&Client> {
    if let Inhoud::Beschikking(client) = &heen.inhoud { Some(client) } else { None }
}

fn beschikking_path() -> ElementPath {
    client_path().child("Beschikking")
}

pub(super) fn toegewezen_product_path(index: usize) -> ElementPath {
    beschikking_path().child("ToegewezenProducten").nth("ToegewezenProduct", index)
}
