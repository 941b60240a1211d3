//! Rules of level history: what a bericht must agree on with the berichten before it.

use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::history::{History, StartFact};
use crate::domain::klasse::ElementPath;
use crate::domain::levering::{self, StartProduct};
use crate::domain::verdict::Place;
use crate::domain::waarde::ProductCode;

/// TR056: an Identificatie is used once per sender and kind of bericht.
///
/// - Retourcode: 9056, on the Header
/// - Berichten: every heenbericht
pub fn tr056(_: &Heenbericht, history: &History) -> Vec<Place> {
    if !history.identificatie_used {
        return Vec::new();
    }
    let header = ElementPath::root().child("Header");
    let element = header.child("BerichtIdentificatie").child("Identificatie");
    vec![Place { klasse: header, element }]
}

/// TR332: a ToewijzingNummer stands for one toewijzing: same Bsn, Product and Ingangsdatum in every version.
///
/// - Retourcode: 9332, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr332(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    client
        .toegewezen_producten
        .iter()
        .enumerate()
        .filter(|(_, product)| {
            let (categorie, code) = match &product.product {
                Some(product) => (Some(product.categorie.as_str()), product.code.as_ref().map(ProductCode::as_str)),
                None => (None, None),
            };
            history.current_toewijzing(product.toewijzing_nummer).is_some_and(|fact| {
                fact.bsn != client.bsn
                    || fact.categorie.as_deref() != categorie
                    || fact.code.as_deref() != code
                    || fact.ingangsdatum != product.ingangsdatum
            })
        })
        .map(|(index, _)| {
            let path = ElementPath::root().child("Client").child("ToegewezenProducten").nth("ToegewezenProduct", index);
            Place::element(path, "ToewijzingNummer")
        })
        .collect()
}

/// TR019: a start belongs to a toewijzing, by ToewijzingNummer, Bsn and both parties.
///
/// - Retourcode: 9019, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr019(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_starts(heen, "ToewijzingNummer", |client, product| {
        product.is_first_delivery()
            && match product.toewijzing_nummer {
                Some(nummer) => !history.has_live_toewijzing(nummer, &client.bsn),
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
    broken_starts(heen, "StatusAanlevering", |_, product| {
        product.is_removal() && !history.starts.iter().any(|start| start.key == product.key())
    })
}

/// TR074: a start is reported once; what this bericht itself removes does not count (IV008).
///
/// - Retourcode: 9074, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr074(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_starts(heen, "Begindatum", |client, product| {
        product.is_first_delivery() && remaining_starts(client, history).any(|start| start.key == product.key())
    })
}

/// TR326: one current start per toewijzing; taakgericht per product.
///
/// - Retourcode: 9326, on the `StartProduct`
/// - Berichten: WMO305
pub fn tr326(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken_starts(heen, "Begindatum", |client, product| {
        let key = product.key();
        product.is_first_delivery()
            && remaining_starts(client, history).any(|start| match key.toewijzing_nummer {
                Some(nummer) => start.key.toewijzing_nummer == Some(nummer),
                None => {
                    start.key.toewijzing_nummer.is_none()
                        && (&start.key.categorie, &start.key.code) == (&key.categorie, &key.code)
                }
            })
    })
}

/// The live starts that stay when the removals in this bericht are carried out first.
fn remaining_starts<'a>(
    client: &'a levering::StartClient,
    history: &'a History,
) -> impl Iterator<Item = &'a StartFact> {
    history.starts.iter().filter(|start| {
        !client.start_producten.iter().any(|product| product.is_removal() && product.key() == start.key)
    })
}

/// The `StartProducten` for which `broken` holds, at the element that shows it.
fn broken_starts(
    heen: &Heenbericht,
    element: &'static str,
    broken: impl Fn(&levering::StartClient, &StartProduct) -> bool,
) -> Vec<Place> {
    let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
    let path = ElementPath::root().child("Client").child("StartProducten");
    client
        .start_producten
        .iter()
        .enumerate()
        .filter(|(_, product)| broken(client, product))
        .map(|(index, _)| Place::element(path.nth("StartProduct", index), element))
        .collect()
}
