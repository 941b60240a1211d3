//! What a WMO305 must agree on with the toewijzing, and with earlier starts and stops.

use super::levering::Levering;
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::levering::{StartClient, StartKey, StartProduct};
use crate::domain::facts::history::History;
use crate::domain::finding::Place;

/// TR019: a start belongs to a toewijzing, by ToewijzingNummer, Bsn and both parties.
///
/// - Retourcode: 9019, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr019(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "ToewijzingNummer", |client, product| {
        product.is_first_delivery()
            && match product.toewijzing_nummer {
                Some(nummer) => !history.toewijzingen.has_live(nummer, &client.bsn),
                // Taakgericht: nothing to relate to.
                None => false,
            }
    })
}

/// TR063: what is removed was there, under the same key.
///
/// - Retourcode: 9063, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr063(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "StatusAanlevering", |_, product| {
        product.is_removal() && !history.starts.iter().any(|start| start.key == product.key())
    })
}

/// TR071: a start that still has a stop is not removed: first the stop.
///
/// - Retourcode: 9071, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr071(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "StatusAanlevering", |_, product| {
        product.is_removal() && history.stops.iter().any(|stop| stop.key.start == product.key())
    })
}

/// TR074: a start is reported once; what this bericht itself removes does not count (IV008).
///
/// - Retourcode: 9074, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr074(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "Begindatum", |client, product| {
        product.is_first_delivery() && levering(client, history).starts.contains(&&product.key())
    })
}

/// TR326: one current start per toewijzing, taakgericht per product. A start that was stopped, be it for a while, is not
/// current.
///
/// - Retourcode: 9326, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr326(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "Begindatum", |client, product| {
        product.is_first_delivery()
            && (levering(client, history).runs_beside(&product.key()) || is_second(client, product))
    })
}

/// Whether an earlier start in the same bericht is on the same toewijzing.
fn is_second(client: &StartClient, product: &StartProduct) -> bool {
    let key = product.key();
    let earlier = client.start_producten.iter().take_while(|other| !std::ptr::eq(*other, product));
    earlier.filter(|other| other.is_first_delivery()).any(|other| other.key().is_beside(&key))
}

/// What lives once the removals in this bericht are carried out.
fn levering<'a>(client: &StartClient, history: &'a History) -> Levering<'a> {
    let removed: Vec<StartKey> =
        client.start_producten.iter().filter(|product| product.is_removal()).map(StartProduct::key).collect();
    Levering {
        starts: history.starts.iter().map(|start| &start.key).filter(|key| !removed.contains(key)).collect(),
        stops: history.stops.iter().map(|stop| &stop.key).collect(),
    }
}

/// The `StartProducten` for which `broken` holds, at the element that shows it.
fn broken(
    heen: &Heenbericht,
    element: &'static str,
    broken: impl Fn(&StartClient, &StartProduct) -> bool,
) -> Vec<Place> {
    let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
    let path = ElementPath::root().child("Client").child("StartProducten");
    let products = client.start_producten.iter().enumerate();
    products
        .filter(|(_, product)| broken(client, product))
        .map(|(index, _)| Place::element(path.nth("StartProduct", index), element))
        .collect()
}
