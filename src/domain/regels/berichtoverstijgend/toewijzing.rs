//! What a WMO301 must agree on with earlier toewijzingen, verzoeken and declaraties.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::toewijzing::{Client, Product, ToegewezenProduct};
use crate::domain::berichten::verzoek::Verzoek;
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

/// TR379: a ReferentieAanbieder is that of a verzoek of this aanbieder for this client, and stands in the first 301 that
/// honours it. In that one it stands on all that a verzoek om wijziging names or asks; what that leaves out may go without.
///
/// A toewijzing that is sent again as it was is let pass with its ReferentieAanbieder.
///
/// - Retourcode: 9379, on the `ToegewezenProduct`
/// - Berichten: WMO301
pub fn tr379(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Inhoud::Toewijzing(body) = &heen.inhoud else { return Vec::new() };
    let named = body.toegewezen_producten.iter().filter_map(|product| product.referentie_aanbieder.as_deref());
    let honoured: Vec<&Verzoek> =
        named.filter_map(|naam| history.verzoek(naam)).filter_map(|verzoek| verzoek.wijziging.as_ref()).collect();
    broken(heen, "ReferentieAanbieder", |client, product| match &product.referentie_aanbieder {
        Some(naam) => history.verzoek(naam).is_none_or(|verzoek| {
            verzoek.bsn != client.bsn || verzoek.honoured && !is_sent_again(product, naam, history)
        }),
        None => honoured.iter().any(|verzoek| carries_out(product, verzoek, history)),
    })
}

/// Whether this is the version of the toewijzing that honoured the verzoek, once more.
fn is_sent_again(product: &ToegewezenProduct, naam: &str, history: &History) -> bool {
    history.toewijzingen.versions(product.toewijzing_nummer).iter().any(|version| {
        version.referentie_aanbieder.as_deref() == Some(naam)
            && (version.toewijzingsdatum, &version.toewijzingstijd)
                == (product.toewijzingsdatum, &product.toewijzingstijd)
    })
}

/// Whether this toewijzing is one that the verzoek names, or a new one for what it asks: of the product that is asked, from
/// the day that is asked or, where that is agreed, a later one.
fn carries_out(product: &ToegewezenProduct, verzoek: &Verzoek, history: &History) -> bool {
    let nummer = product.toewijzing_nummer;
    let changed = || verzoek.te_wijzigen_producten.iter();
    let is_named = verzoek.ongewijzigde_producten.iter().any(|one| one.toewijzing_nummer == nummer)
        || changed().any(|one| one.toewijzing_nummer == nummer);
    let is_known = history.toewijzingen.current(nummer).is_some();
    let asks = |asked: Option<&Product>, wished| asked == product.product.as_ref() && product.ingangsdatum >= wished;
    let takes_over = || {
        changed().any(|one| {
            let fact = history.toewijzingen.current(one.toewijzing_nummer);
            fact.is_some_and(|fact| asks(fact.product.as_ref(), one.gewenste_ingangsdatum))
        })
    };
    let is_new = || verzoek.nieuwe_producten.iter().any(|one| asks(one.product.as_ref(), one.gewenste_ingangsdatum));
    is_named || !is_known && (takes_over() || is_new())
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
