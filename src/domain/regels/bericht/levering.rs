//! Rules on the stop of support. All give 0001, on the product.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::finding::Place;

use crate::domain::regels::paths::stop_product_path;

/// TR018: support does not stop before it began; this holds for a removal too.
///
/// - Retourcode: 0001
/// - Berichten: WMO307
pub fn tr018(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::Stop(client) = &heen.inhoud else { return Vec::new() };
    let broken = client.stop_producten.iter().enumerate().filter(|(_, product)| product.einddatum < product.begindatum);
    broken.map(|(index, _)| Place::element(stop_product_path(index), "Einddatum")).collect()
}
