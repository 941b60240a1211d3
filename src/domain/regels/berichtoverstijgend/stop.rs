//! What a WMO307 must agree on with the toewijzing, the start that it ends, and earlier stops.
//!
//! A start is stopped for a while (20), for good, or first the one and then the other; nothing follows a stop for good.

use super::levering::Levering;
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::levering::{StopClient, StopKey, StopProduct};
use crate::domain::facts::history::History;
use crate::domain::finding::Place;

/// TR019: a stop belongs to a toewijzing, by ToewijzingNummer, Bsn and both parties. One that was removed since its start
/// can still be stopped.
///
/// - Retourcode: 9019, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr019(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "ToewijzingNummer", |client, product| {
        product.is_first_delivery()
            && product
                .toewijzing_nummer
                .is_some_and(|nummer| history.toewijzingen.current(nummer).is_none_or(|fact| fact.bsn != client.bsn))
    })
}

/// TR063: what is removed was there, under the same key.
///
/// - Retourcode: 9063, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr063(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "StatusAanlevering", |_, product| {
        let is_it = |key: &StopKey| key.is_same(&product.key(), heen.header.release);
        product.is_removal() && !history.stops.iter().any(|stop| is_it(&stop.key))
    })
}

/// TR074: a stop is reported once; what this bericht itself removes does not count (IV008).
///
/// - Retourcode: 9074, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr074(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "Einddatum", |key, levering| {
        levering.stops.iter().any(|stop| stop.is_same(key, heen.header.release))
    })
}

/// TR069: a stop ends a live start, by ToewijzingNummer, Product and Begindatum; since release 3.1 TR382 says which one.
///
/// - Retourcode: 9069, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr069(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "Begindatum", |key, levering| !levering.starts.contains(&&key.start))
}

/// TR382: a stop ends a live start, by ToewijzingNummer, Product and Begindatum, and the last one on its toewijzing
/// (OP155).
///
/// - Retourcode: 9069, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr382(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "Begindatum", |key, levering| !levering.may_be_stopped(&key.start))
}

/// TR413: after a stop for a while no second one on the same start.
///
/// - Retourcode: 9413, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr413(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "RedenBeeindiging", |key, levering| {
        key.is_temporary() && levering.stops_of(&key.start).any(StopKey::is_temporary)
    })
}

/// TR414: a second stop on the same start does not end before the first.
///
/// - Retourcode: 9414, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr414(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "Einddatum", |key, levering| {
        levering.stops_of(&key.start).any(|stop| key.einddatum < stop.einddatum)
    })
}

/// TR415: nothing follows a stop for good on the same start.
///
/// - Retourcode: 9415, on the `StopProduct`
/// - Berichten: WMO307
pub fn tr415(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_against(heen, history, "RedenBeeindiging", |key, levering| {
        levering.stops_of(&key.start).any(|stop| !stop.is_temporary())
    })
}

/// The new stops for which `broken` holds, each against what lives by then: after all removals in the bericht, and after
/// the new stops before it.
fn broken_against(
    heen: &Heenbericht,
    history: &History,
    element: &'static str,
    broken: impl Fn(&StopKey, &Levering<'_>) -> bool,
) -> Vec<Place> {
    let Inhoud::Stop(client) = &heen.inhoud else { return Vec::new() };
    let keys: Vec<StopKey> = client.stop_producten.iter().map(StopProduct::key).collect();
    let products = || client.stop_producten.iter().zip(&keys);
    let is_removed = |stop: &&StopKey| {
        let mut removed = products().filter(|(product, _)| product.is_removal());
        removed.any(|(_, key)| stop.is_same(key, heen.header.release))
    };
    let mut levering = Levering {
        starts: history.starts.iter().map(|start| &start.key).collect(),
        stops: history.stops.iter().map(|stop| &stop.key).filter(|stop| !is_removed(stop)).collect(),
    };
    let mut places = Vec::new();
    for (index, (_, key)) in products().enumerate().filter(|(_, (product, _))| product.is_first_delivery()) {
        if broken(key, &levering) {
            places.push(place(index, element));
        }
        levering.stops.push(key);
    }
    places
}

/// The `StopProducten` for which `broken` holds, at the element that shows it.
fn broken(heen: &Heenbericht, element: &'static str, broken: impl Fn(&StopClient, &StopProduct) -> bool) -> Vec<Place> {
    let Inhoud::Stop(client) = &heen.inhoud else { return Vec::new() };
    let products = client.stop_producten.iter().enumerate();
    products.filter(|(_, product)| broken(client, product)).map(|(index, _)| place(index, element)).collect()
}

fn place(index: usize, element: &'static str) -> Place {
    let path = ElementPath::root().child("Client").child("StopProducten");
    Place::element(path.nth("StopProduct", index), element)
}
