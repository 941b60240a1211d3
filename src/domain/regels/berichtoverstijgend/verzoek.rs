//! What a WMO315 or WMO317 must agree on with earlier verzoeken of the aanbieder.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::facts::history::History;
use crate::domain::finding::Place;

/// TR304: a verzoek om wijziging is about a client who has, or had, a toewijzing of this gemeente at this aanbieder.
///
/// - Retourcode: 8187, on the `Client`
/// - Berichten: WMO317
pub fn tr304(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Inhoud::VerzoekOmWijziging(client) = &heen.inhoud else { return Vec::new() };
    if history.clients.contains(&client.bsn) {
        return Vec::new();
    }
    vec![Place::element(ElementPath::root().child("Client"), "Bsn")]
}

/// TR347: a ReferentieAanbieder is used once, for a 315 or a 317.
///
/// - Retourcode: 9347, on the `AangevraagdProduct` or the `Verzoek`
/// - Berichten: WMO315, WMO317
pub fn tr347(heen: &Heenbericht, history: &History) -> Vec<Place> {
    asked(heen, |naam| history.verzoek(naam).is_some())
        .into_iter()
        .map(|klasse| Place::element(klasse, "ReferentieAanbieder"))
        .collect()
}

/// TR374: while a verzoek of the aanbieder for a client is open, no other is made. One that is being looked into is open;
/// the products of one 315 do not stand in each other's way.
///
/// - Retourcode: 9374, on the `AangevraagdProduct` or the `Verzoek`
/// - Berichten: WMO315, WMO317
pub fn tr374(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let is_open = history.verzoeken.iter().any(|verzoek| Some(&verzoek.bsn) == heen.inhoud.bsn() && verzoek.is_open());
    asked(heen, |_| is_open).into_iter().map(Place::klasse).collect()
}

/// The classes of what is asked, for whose ReferentieAanbieder `wanted` holds.
fn asked(heen: &Heenbericht, wanted: impl Fn(&str) -> bool) -> Vec<ElementPath> {
    let client = ElementPath::root().child("Client");
    match &heen.inhoud {
        Inhoud::VerzoekOmToewijzing(vot) => {
            let producten = client.child("AangevraagdeProducten");
            let asked = vot.aangevraagde_producten.iter().enumerate();
            asked
                .filter(|(_, product)| wanted(&product.referentie_aanbieder))
                .map(|(index, _)| producten.nth("AangevraagdProduct", index))
                .collect()
        }
        Inhoud::VerzoekOmWijziging(vow) if wanted(&vow.verzoek.referentie_aanbieder) => vec![client.child("Verzoek")],
        _ => Vec::new(),
    }
}
