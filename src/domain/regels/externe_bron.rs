//! Rules of level external: what a bericht must agree on with the world.

use chrono::NaiveDate;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::contract::{Contract, Wijze};
use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::toewijzing::Product;
use crate::domain::berichten::waarde::StatusAanlevering;
use crate::domain::finding::Place;
use crate::domain::regels::outside::Outside;

use super::bericht::factuur;

/// TR135: the Dagtekening is not after the receiver's date; in a 325 neither is that of the declaratie that it names. The
/// DeclaratieDagtekening of a 323 is free.
///
/// - Retourcode: 8848, on the Header
/// - Berichten: every heenbericht
pub fn tr135(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<Place> {
    let own = ("BerichtIdentificatie", heen.header.bericht_identificatie.dagtekening);
    let named = match &heen.inhoud {
        Inhoud::DeclaratieAntwoord { header, .. } => {
            Some(("DeclaratieIdentificatie", header.declaratie_identificatie.dagtekening))
        }
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => None,
    };
    let dates = std::iter::once(own).chain(named).filter(|(_, dagtekening)| *dagtekening > outside.today);
    dates.map(|(name, _)| Place::within(header_path(), &[name, "Dagtekening"])).collect()
}

/// CS064: as TR135, before release 3.0.
///
/// - Retourcode: 8848, on the Header
/// - Berichten: WMO301, WMO303, WMO304, WMO305, WMO307
pub fn cs064(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<Place> {
    let own: &[&str] = match &heen.inhoud {
        Inhoud::Factuur { .. } => &["DeclaratieFactuurIdentificatie", "FactuurDagtekening"],
        Inhoud::FactuurAntwoord { .. } => &["RetourHeader", "RetourDagtekening"],
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => &["BerichtIdentificatie", "Dagtekening"],
    };
    if heen.header.bericht_identificatie.dagtekening <= outside.today {
        return Vec::new();
    }
    vec![Place::within(header_path(), own)]
}

/// IV032f: who agreed on facturen sends no declaratie.
///
/// - Retourcode: 8855, on the Header
/// - Berichten: WMO303, the declaratie
pub fn iv032f(_: &Heenbericht, contract: &Contract) -> Vec<Place> {
    where_agreed(contract, Wijze::Factuur)
}

/// IV032g: who agreed on declaraties sends no factuur.
///
/// - Retourcode: 8856, on the Header
/// - Berichten: WMO303, the factuur
pub fn iv032g(_: &Heenbericht, contract: &Contract) -> Vec<Place> {
    where_agreed(contract, Wijze::Declaratie)
}

/// The BerichtCode tells a declaratie from a factuur.
fn where_agreed(contract: &Contract, wijze: Wijze) -> Vec<Place> {
    let is_agreed = contract.wijze == Some(wijze);
    is_agreed.then(|| Place::element(header_path(), "BerichtCode")).into_iter().collect()
}

/// CS300: there is or was a gemeente with this code.
///
/// - Retourcode: S300, on the Header
/// - Berichten: WMO301, WMO303, WMO305, WMO307
pub fn cs300(heen: &Heenbericht, outside: &Outside<'_>) -> Vec<Place> {
    let header = &heen.header;
    let (gemeente, _) = header.pair();
    if outside.gemeenten.is_known(gemeente.code()) {
        return Vec::new();
    }
    let name = match &heen.inhoud {
        Inhoud::Factuur { .. } => "Gemeente",
        _ if header.afzender.is_gemeente() => "Afzender",
        _ => "Ontvanger",
    };
    vec![Place::element(header_path(), name)]
}

/// TR319 as far as one bericht shows it: a line lies inside the period that is declared, or wholly before it. Where
/// earlier periods begin and end is in no bericht.
///
/// The standard counts it among the rules inside the bericht, but with a code for the line and not 0001: so a bericht
/// that breaks one of those is told that first.
///
/// - Retourcode: 9319, on the `Prestatie`
/// - Berichten: WMO303
pub fn tr319(heen: &Heenbericht, _: &Outside<'_>) -> Vec<Place> {
    let Some(header) = factuur::header(heen) else { return Vec::new() };
    let GeslotenPeriode { begindatum, einddatum } = &header.identificatie.declaratie_periode;
    let lines = factuur::lines(heen).filter(|(_, _, line)| {
        let periode = &line.product_periode;
        let is_across = periode.begindatum < *begindatum && periode.einddatum >= *begindatum;
        is_across || periode.einddatum > *einddatum
    });
    lines.map(|(client, index, _)| Place::element(factuur::prestatie_path(client, index), "ProductPeriode")).collect()
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
/// - Berichten: WMO301, WMO305, WMO307, WMO315, WMO317; of a WMO323 see [`crate::domain::regels::prestatie::toewijzing::tr381`]
pub fn tr381(heen: &Heenbericht, contract: &Contract) -> Vec<Place> {
    let client = ElementPath::root().child("Client");
    let place = |klasse| Place::within(klasse, &["Product", "Code"]);
    let wrong = |products: Vec<Option<&Product>>, path: ElementPath, name: &'static str| {
        let wrong = products.into_iter().enumerate().filter(|(_, product)| !is_agreed(*product, contract));
        wrong.map(|(index, _)| place(path.nth(name, index))).collect()
    };
    match &heen.inhoud {
        Inhoud::Toewijzing(body) => {
            let products = body.toegewezen_producten.iter().map(|one| one.product.as_ref()).collect();
            wrong(products, client.child("ToegewezenProducten"), "ToegewezenProduct")
        }
        Inhoud::Start(body) => {
            let products = body.start_producten.iter();
            let products = products.map(|one| one.product.as_ref().filter(|_| !one.is_removal())).collect();
            wrong(products, client.child("StartProducten"), "StartProduct")
        }
        Inhoud::Stop(body) => {
            let removal = StatusAanlevering::Verwijderen;
            let products = body.stop_producten.iter();
            let products = products.map(|one| one.product.as_ref().filter(|_| one.status_aanlevering != removal));
            wrong(products.collect(), client.child("StopProducten"), "StopProduct")
        }
        Inhoud::VerzoekOmToewijzing(body) => {
            let products = body.aangevraagde_producten.iter().map(|one| one.product.as_ref()).collect();
            wrong(products, client.child("AangevraagdeProducten"), "AangevraagdProduct")
        }
        Inhoud::VerzoekOmWijziging(body) => {
            let products = body.verzoek.nieuwe_producten.iter().map(|one| one.product.as_ref()).collect();
            wrong(products, client.child("Verzoek").child("NieuweProducten"), "NieuwProduct")
        }
        Inhoud::Beschikking(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

/// CS329: the product code of a line was agreed, under this categorie.
///
/// - Retourcode: S329, on the `Prestatie`
/// - Berichten: WMO303
pub fn cs329(heen: &Heenbericht, contract: &Contract) -> Vec<Place> {
    let lines = factuur::lines(heen);
    let wrong = lines.filter(|(_, _, line)| !contract.has(&line.product_categorie, &line.product_code));
    wrong.map(|(client, index, _)| Place::element(factuur::prestatie_path(client, index), "ProductCode")).collect()
}

fn is_agreed(product: Option<&Product>, contract: &Contract) -> bool {
    match product {
        Some(Product { categorie, code: Some(code) }) => contract.has(categorie, code),
        Some(Product { code: None, .. }) | None => true,
    }
}

/// The first days of the toewijzingen that the bericht is about, as far as it tells them.
fn toewijzing_days(inhoud: &Inhoud) -> Vec<NaiveDate> {
    match inhoud {
        Inhoud::Toewijzing(client) => client.toegewezen_producten.iter().map(|product| product.ingangsdatum).collect(),
        Inhoud::Start(client) => {
            client.start_producten.iter().filter_map(|product| product.toewijzing_ingangsdatum).collect()
        }
        Inhoud::Stop(client) => {
            client.stop_producten.iter().filter_map(|product| product.toewijzing_ingangsdatum).collect()
        }
        Inhoud::VerzoekOmToewijzing(client) => {
            client.aangevraagde_producten.iter().map(|product| product.toewijzing_ingangsdatum).collect()
        }
        Inhoud::Beschikking(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

fn header_path() -> ElementPath {
    ElementPath::root().child("Header")
}
