//! What a WMO301 must agree on with earlier toewijzingen, verzoeken and declaraties.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::toewijzing::{Client, ToegewezenProduct};
use crate::domain::facts::history::History;
use crate::domain::finding::Place;

/// TR300: who honours a verzoek names that of this client.
///
/// Release 2.3 has no verzoek of its own: a name that nobody used since is let pass.
///
/// - Retourcode: 9300, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr300(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Inhoud::Beschikking(client) = &heen.inhoud else { return Vec::new() };
    let is_of_another = |naam: &String| history.verzoek(naam).is_some_and(|verzoek| verzoek.bsn != client.bsn);
    let path = ElementPath::root().child("Client").child("Beschikking").child("ToegewezenProducten");
    let products = client.beschikking.toegewezen_producten.iter().enumerate();
    products
        .filter(|(_, product)| product.referentie_aanbieder.as_ref().is_some_and(is_of_another))
        .map(|(index, _)| Place::element(path.nth("ToegewezenProduct", index), "ReferentieAanbieder"))
        .collect()
}

/// TR332: a ToewijzingNummer stands for one toewijzing: same Bsn, Product and Ingangsdatum in every version.
///
/// - Retourcode: 9332, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr332(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "ToewijzingNummer", |client, product| {
        history.toewijzingen.current(product.toewijzing_nummer).is_some_and(|fact| {
            fact.bsn != client.bsn || fact.product != product.product || fact.ingangsdatum != product.ingangsdatum
        })
    })
}

/// TR379: a ReferentieAanbieder is that of a verzoek of this aanbieder for this client.
///
/// One that a later version repeats is let pass: the standard has no code for it.
///
/// - Retourcode: 9379, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr379(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "ReferentieAanbieder", |client, product| match &product.referentie_aanbieder {
        Some(naam) => history.verzoek(naam).is_none_or(|verzoek| verzoek.bsn != client.bsn),
        None => false,
    })
}

/// TR385: a toewijzing on which something is granted is not removed, unless all of it was credited.
///
/// - Retourcode: 9385, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr385(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, "RedenWijziging", |_, product| {
        product.is_verwijderd() && history.declaraties.has_granted_lines(product.toewijzing_nummer)
    })
}

/// The `ToegewezenProducten` for which `broken` holds, at the element that shows it.
fn broken(
    heen: &Heenbericht,
    element: &'static str,
    broken: impl Fn(&Client, &ToegewezenProduct) -> bool,
) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    let path = ElementPath::root().child("Client").child("ToegewezenProducten");
    let products = client.toegewezen_producten.iter().enumerate();
    products
        .filter(|(_, product)| broken(client, product))
        .map(|(index, _)| Place::element(path.nth("ToegewezenProduct", index), element))
        .collect()
}
