//! Rules of level external: what a bericht must agree on with the world.

use chrono::NaiveDate;

use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::contract::Contract;
use crate::domain::klasse::ElementPath;
use crate::domain::toewijzing::Product;
use crate::domain::verdict::{Outside, Place};

/// TR135: the Dagtekening is not after the receiver's date.
///
/// - Retourcode: 8848, on the Header
/// - Berichten: every heenbericht
pub fn tr135(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<Place> {
    if heen.header.bericht_identificatie.dagtekening <= outside.today {
        return Vec::new();
    }
    vec![Place::within(header_path(), &["BerichtIdentificatie", "Dagtekening"])]
}

/// TR378: the gemeente existed when the toewijzing concerned began.
///
/// Where no day is given, any day will do: a code that held once may still stand for a toewijzing of
/// then.
///
/// - Retourcode: S300, on the Header
/// - Berichten: every heenbericht
pub fn tr378(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<Place> {
    let header = &heen.header;
    let (gemeente, _) = header.pair();
    let code = gemeente.code();
    let days = toewijzing_days(&heen.inhoud);
    if outside.gemeenten.is_known(code) && days.into_iter().all(|day| outside.gemeenten.holds_on(code, day)) {
        return Vec::new();
    }
    let side = if header.afzender.is_gemeente() { "Afzender" } else { "Ontvanger" };
    vec![Place::element(header_path(), side)]
}

/// TR381: the product code was agreed, under this categorie. A removal is let pass: it names what was.
///
/// - Retourcode: S329, on the product
/// - Berichten: WMO301, WMO305
pub fn tr381(heen: &Heenbericht, contract: &Contract) -> Vec<Place> {
    let agreed = |product: &Option<Product>| match product {
        Some(Product { categorie, code: Some(code) }) => contract.has(categorie, code),
        Some(Product { code: None, .. }) | None => true,
    };
    let client = ElementPath::root().child("Client");
    let place = |klasse| Place::within(klasse, &["Product", "Code"]);
    match &heen.inhoud {
        Inhoud::Toewijzing(toewijzing) => {
            let wrong = toewijzing.toegewezen_producten.iter().enumerate().filter(|(_, one)| !agreed(&one.product));
            let path = client.child("ToegewezenProducten");
            wrong.map(|(index, _)| place(path.nth("ToegewezenProduct", index))).collect()
        }
        Inhoud::Start(start) => {
            let wrong = start.start_producten.iter().enumerate();
            let wrong = wrong.filter(|(_, one)| one.is_first_delivery() && !agreed(&one.product));
            let path = client.child("StartProducten");
            wrong.map(|(index, _)| place(path.nth("StartProduct", index))).collect()
        }
    }
}

/// The first days of the toewijzingen that the bericht is about, as far as it tells them.
fn toewijzing_days(inhoud: &Inhoud) -> Vec<NaiveDate> {
    match inhoud {
        Inhoud::Toewijzing(client) => client.toegewezen_producten.iter().map(|product| product.ingangsdatum).collect(),
        Inhoud::Start(client) => {
            client.start_producten.iter().filter_map(|product| product.toewijzing_ingangsdatum).collect()
        }
    }
}

fn header_path() -> ElementPath {
    ElementPath::root().child("Header")
}
