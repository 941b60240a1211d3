//! Rules of level message: what one bericht must agree on with itself. All give 0001.

pub mod contact;
pub mod overlap;
pub mod persoon;
pub mod product;

use std::collections::HashSet;
use std::hash::Hash;

use chrono::{Datelike, Months, NaiveDate};

use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::client::Geboortedatum;
use crate::domain::klasse::ElementPath;
use crate::domain::levering::StartProduct;
use crate::domain::verdict::Place;
use crate::domain::waarde::{Bsn, DatumGebruik, StatusAanlevering};

/// CS002: a Bsn passes the elfproef.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305
pub fn cs002(heen: &Heenbericht) -> Vec<Place> {
    if passes_elfproef(heen.inhoud.bsn()) {
        return Vec::new();
    }
    vec![Place::element(client_path(), "Bsn")]
}

/// Nine digits, weighed 9 down to 2 and the last one -1, add up to a multiple of 11.
fn passes_elfproef(bsn: &Bsn) -> bool {
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
    let sum: i32 = bsn.digits().bytes().zip(weights).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    sum % 11 == 0
}

/// CS058: in a start the StatusAanlevering is 1 or 3.
///
/// - Retourcode: 0001
/// - Berichten: WMO305
pub fn cs058(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
    let allowed = [StatusAanlevering::EersteAanlevering, StatusAanlevering::Verwijderen];
    client
        .start_producten
        .iter()
        .enumerate()
        .filter(|(_, product)| !allowed.contains(&product.status_aanlevering))
        .map(|(index, _)| Place::element(start_product_path(index), "StatusAanlevering"))
        .collect()
}

/// CS139: a birth date agrees with what its DatumGebruik says is unknown.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305
pub fn cs139(heen: &Heenbericht) -> Vec<Place> {
    places_of_birth(heen, |birth| match birth.datum_gebruik {
        None => false,
        Some(DatumGebruik::DagOnbekend) => birth.datum.day() != 1,
        Some(DatumGebruik::MaandOnbekend) => (birth.datum.month(), birth.datum.day()) != (1, 1),
        Some(DatumGebruik::Onbekend) => !is_unknown_date(birth.datum),
    })
}

/// TR002: a client is at most 120 years old on the Dagtekening; an unknown birth date is passed over.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305
pub fn tr002(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    let Some(oldest) = dagtekening.checked_sub_months(Months::new(120 * 12)) else { return Vec::new() };
    let birth = heen.inhoud.geboortedatum();
    let unknown = birth.datum_gebruik == Some(DatumGebruik::Onbekend) && is_unknown_date(birth.datum);
    if unknown || birth.datum >= oldest {
        return Vec::new();
    }
    vec![Place::element(client_path(), "Geboortedatum")]
}

/// TR101: the logical key of a class occurs once in a bericht.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305
pub fn tr101(heen: &Heenbericht) -> Vec<Place> {
    match &heen.inhoud {
        Inhoud::Toewijzing(client) => [
            repeated(client.relaties.iter().map(|relatie| &relatie.nummer), relatie_path),
            repeated(client.contactgegevens.iter().map(|contact| &contact.soort), |index| {
                client_path().child("Contactgegevens").nth("Contact", index)
            }),
            repeated(client.toegewezen_producten.iter().map(|product| product.toewijzing_nummer), |index| {
                client_path().child("ToegewezenProducten").nth("ToegewezenProduct", index)
            }),
        ]
        .concat(),
        Inhoud::Start(client) => repeated(client.start_producten.iter().map(StartProduct::key), start_product_path),
    }
}

/// TR134: nobody is born after the Dagtekening.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305
pub fn tr134(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    places_of_birth(heen, |birth| birth.datum > dagtekening)
}

/// The birth dates of client and relations for which `broken` holds.
fn places_of_birth(heen: &Heenbericht, broken: impl Fn(&Geboortedatum) -> bool) -> Vec<Place> {
    let mut places = Vec::new();
    if broken(heen.inhoud.geboortedatum()) {
        places.push(Place::element(client_path(), "Geboortedatum"));
    }
    if let Inhoud::Toewijzing(client) = &heen.inhoud {
        for (index, relatie) in client.relaties.iter().enumerate() {
            if relatie.geboortedatum.as_ref().is_some_and(&broken) {
                places.push(Place::element(relatie_path(index), "Geboortedatum"));
            }
        }
    }
    places
}

/// The places of keys that stood in the bericht before.
fn repeated<K: Eq + Hash>(keys: impl Iterator<Item = K>, path: impl Fn(usize) -> ElementPath) -> Vec<Place> {
    let mut seen = HashSet::new();
    keys.enumerate().filter_map(|(index, key)| (!seen.insert(key)).then(|| Place::klasse(path(index)))).collect()
}

/// The date that stands for an unknown one (IV009).
fn is_unknown_date(date: NaiveDate) -> bool {
    (date.year(), date.month(), date.day()) == (1900, 1, 1)
}

fn client_path() -> ElementPath {
    ElementPath::root().child("Client")
}

fn relatie_path(index: usize) -> ElementPath {
    client_path().child("Relaties").nth("Relatie", index)
}

fn start_product_path(index: usize) -> ElementPath {
    client_path().child("StartProducten").nth("StartProduct", index)
}
