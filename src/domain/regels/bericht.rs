//! Rules of level message: what one bericht must agree on with itself. All give 0001.

pub mod antwoord;
pub mod beschikking;
pub mod contact;
pub mod declaratie;
pub mod eenheid;
pub mod factuur;
pub mod factuur_antwoord;
pub mod levering;
pub mod overlap;
pub mod persoon;
pub mod product;
pub mod verzoek;

use chrono::{Datelike, Months, NaiveDate};

use super::paths::{
    client_path, clienten, nth_client_path, nth_factuur_client_path, prestatie_path, relatie_path, repeated,
    start_product_path, stop_product_path,
};
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::beschikking::Beschikking;
use crate::domain::berichten::client::{Contact, Geboortedatum, Relatie};
use crate::domain::berichten::declaratie::Referentie;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::levering::{StartKey, StartProduct, StopKey, StopProduct};
use crate::domain::berichten::release::Property;
use crate::domain::berichten::verzoek::Verzoek;
use crate::domain::berichten::waarde::{Bsn, DatumGebruik, StatusAanlevering, ToewijzingNummer};
use crate::domain::finding::Place;
use persoon::Persoon;

/// CS002: a Bsn passes the elfproef.
///
/// - Retourcode: 0001
/// - Berichten: every heenbericht that names a client
pub fn cs002(heen: &Heenbericht) -> Vec<Place> {
    let wrong = |bsn: &Bsn| !bsn.passes_elfproef();
    let of_one = heen.inhoud.bsn().filter(|bsn| wrong(bsn)).map(|_| client_path());
    let of_several = clienten(heen).filter(|(_, client)| wrong(&client.bsn));
    let of_several = of_several.map(|(index, _)| nth_client_path(heen, index));
    let of_factuur = factuur::clienten(heen).filter(|(_, client)| wrong(&client.bsn));
    let of_factuur = of_factuur.map(|(index, _)| nth_factuur_client_path(index));
    of_one.into_iter().chain(of_several).chain(of_factuur).map(|path| Place::element(path, "Bsn")).collect()
}

/// CS058: in a start and a stop the StatusAanlevering is 1 or 3.
///
/// - Retourcode: 0001
/// - Berichten: WMO305, WMO307
pub fn cs058(heen: &Heenbericht) -> Vec<Place> {
    let (statuses, path): (Vec<StatusAanlevering>, fn(usize) -> ElementPath) = match &heen.inhoud {
        Inhoud::Start(client) => {
            (client.start_producten.iter().map(|product| product.status_aanlevering).collect(), start_product_path)
        }
        Inhoud::Stop(client) => {
            (client.stop_producten.iter().map(|product| product.status_aanlevering).collect(), stop_product_path)
        }
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => return Vec::new(),
    };
    let allowed = [StatusAanlevering::EersteAanlevering, StatusAanlevering::Verwijderen];
    let wrong = statuses.iter().enumerate().filter(|(_, status)| !allowed.contains(status));
    wrong.map(|(index, _)| Place::element(path(index), "StatusAanlevering")).collect()
}

/// CS139: a birth date agrees with what its DatumGebruik says is unknown.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305, WMO307, WMO315, since release 3.0
pub fn cs139(heen: &Heenbericht) -> Vec<Place> {
    dates_that_disagree(heen)
}

/// TR097: as CS139, before release 3.0.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO303, WMO305, WMO307
pub fn tr097(heen: &Heenbericht) -> Vec<Place> {
    dates_that_disagree(heen)
}

fn dates_that_disagree(heen: &Heenbericht) -> Vec<Place> {
    places_of_birth(heen, |birth| match birth.datum_gebruik {
        None => false,
        Some(DatumGebruik::DagOnbekend) => birth.datum.day() != 1,
        Some(DatumGebruik::MaandOnbekend) => (birth.datum.month(), birth.datum.day()) != (1, 1),
        Some(DatumGebruik::Onbekend) => !is_unknown_date(birth.datum),
    })
}

/// TR002: clients and relations are at most 120 years old on the Dagtekening; an unknown birth date is passed over. The
/// years are added to the birth date: who was born on 28 February is too old on the 29th. Release 2.3 has the rule in the same
/// words; its table names the client alone, and is read as that of 3.2.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305, WMO307, WMO315
pub fn tr002(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    places_of_birth(heen, |birth| {
        let is_unknown = birth.datum_gebruik == Some(DatumGebruik::Onbekend) && is_unknown_date(birth.datum);
        let oldest = birth.datum.checked_add_months(Months::new(120 * 12));
        !is_unknown && oldest.is_some_and(|oldest| oldest < dagtekening)
    })
}

/// TR101: the logical key of a class occurs once in a bericht.
///
/// - Retourcode: 0001
/// - Berichten: every heenbericht with a key that could repeat, and WMO304
pub fn tr101(heen: &Heenbericht) -> Vec<Place> {
    match &heen.inhoud {
        Inhoud::Beschikking(client) => {
            [repeated_people(&client.relaties, &client.contactgegevens), repeated_in_beschikking(&client.beschikking)]
                .concat()
        }
        Inhoud::Toewijzing(client) => [
            repeated_people(&client.relaties, &client.contactgegevens),
            repeated(client.toegewezen_producten.iter().map(|product| product.toewijzing_nummer), |index| {
                client_path().child("ToegewezenProducten").nth("ToegewezenProduct", index)
            }),
        ]
        .concat(),
        Inhoud::Start(client) => repeated(client.start_producten.iter().map(StartProduct::key), start_product_path),
        Inhoud::Stop(client) => {
            repeated(client.stop_producten.iter().map(|one| key_of_stop(heen, one)), stop_product_path)
        }
        Inhoud::VerzoekOmToewijzing(client) => {
            repeated(client.aangevraagde_producten.iter().map(|product| &product.referentie_aanbieder), |index| {
                client_path().child("AangevraagdeProducten").nth("AangevraagdProduct", index)
            })
        }
        Inhoud::VerzoekOmWijziging(client) => repeated_in_verzoek(&client.verzoek),
        Inhoud::Declaratie(_) | Inhoud::DeclaratieAntwoord { .. } => repeated_in_declaratie(heen),
        Inhoud::Factuur { .. } | Inhoud::FactuurAntwoord { .. } => repeated_in_factuur(heen),
        Inhoud::Antwoord(_) => Vec::new(),
    }
}

/// Before release 3.0 the reason was not part of the key.
fn key_of_stop(heen: &Heenbericht, product: &StopProduct) -> (StartKey, NaiveDate, Option<String>) {
    let StopKey { start, einddatum, reden_beeindiging } = product.key();
    let is_part = heen.header.release.has(Property::RedenInStopKey);
    (start, einddatum, is_part.then_some(reden_beeindiging))
}

fn repeated_people(relaties: &[Relatie], contactgegevens: &[Contact]) -> Vec<Place> {
    [
        repeated(relaties.iter().map(|relatie| &relatie.nummer), relatie_path),
        repeated(contactgegevens.iter().map(|contact| &contact.soort), |index| {
            client_path().child("Contactgegevens").nth("Contact", index)
        }),
    ]
    .concat()
}

/// Products without a number are told apart by what they assign.
fn repeated_in_beschikking(beschikking: &Beschikking) -> Vec<Place> {
    let path = client_path().child("Beschikking").child("ToegewezenProducten");
    let producten = beschikking.toegewezen_producten.iter().enumerate();
    let numbered: Vec<(usize, ToewijzingNummer)> =
        producten.filter_map(|(index, product)| Some((index, product.toewijzing_nummer?))).collect();
    repeated(numbered.iter().map(|(_, nummer)| nummer), |nth| {
        let index = numbered.get(nth).map_or(nth, |(index, _)| *index);
        path.nth("ToegewezenProduct", index)
    })
}

fn repeated_in_verzoek(verzoek: &Verzoek) -> Vec<Place> {
    let path = client_path().child("Verzoek");
    let keys_of_new = verzoek.nieuwe_producten.iter().map(|nieuw| {
        let product = nieuw.product.as_ref().map(|product| (&product.categorie, &product.code));
        (product, nieuw.gewenste_ingangsdatum)
    });
    [
        repeated(verzoek.ongewijzigde_producten.iter().map(|product| product.toewijzing_nummer), |index| {
            path.child("OngewijzigdeProducten").nth("OngewijzigdProduct", index)
        }),
        repeated(verzoek.te_wijzigen_producten.iter().map(|product| product.toewijzing_nummer), |index| {
            path.child("TeWijzigenProducten").nth("TeWijzigenProduct", index)
        }),
        repeated(keys_of_new, |index| path.child("NieuweProducten").nth("NieuwProduct", index)),
    ]
    .concat()
}

/// The key of a Prestatie is one within its client.
fn repeated_in_declaratie(heen: &Heenbericht) -> Vec<Place> {
    let mut places = repeated(clienten(heen).map(|(_, client)| &client.bsn), |index| nth_client_path(heen, index));
    for (index, client) in clienten(heen) {
        let keys = client.prestaties.iter().map(|prestatie| {
            let referentie = &prestatie.product_referentie;
            (&referentie.referentie_nummer, &referentie.vorig_referentie_nummer)
        });
        places.extend(repeated(keys, |prestatie| prestatie_path(heen, index, prestatie)));
    }
    places
}

/// The key of a Prestatie is one within its client.
fn repeated_in_factuur(heen: &Heenbericht) -> Vec<Place> {
    let mut places = repeated(factuur::clienten(heen).map(|(_, client)| &client.bsn), nth_factuur_client_path);
    for (index, client) in factuur::clienten(heen) {
        let keys = client.prestaties.iter().map(|prestatie| {
            let Referentie { referentie_nummer, vorig_referentie_nummer } = &prestatie.product_referentie;
            (&prestatie.product_categorie, &prestatie.product_code, referentie_nummer, vorig_referentie_nummer)
        });
        places.extend(repeated(keys, |prestatie| factuur::prestatie_path(index, prestatie)));
    }
    places
}

/// TR134: what a bericht reports lies not after its Dagtekening: a birth, a decision to assign, a start, an end of support,
/// the begin of a declared period. A removal repeats dates that were reported, so it is held to this as well.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO305, WMO307, WMO315, WMO323, WMO325
pub fn tr134(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    let mut places = places_of_birth(heen, |birth| birth.datum > dagtekening);
    let reported = reported_days(&heen.inhoud).into_iter().filter(|(day, _)| *day > dagtekening);
    places.extend(reported.map(|(_, place)| place));
    if let Inhoud::Declaratie(declaratie) = &heen.inhoud
        && declaratie.declaratie_periode.begindatum > dagtekening
    {
        places.push(Place::element(ElementPath::root().child("Declaratie"), "DeclaratiePeriode"));
    }
    for (index, client) in clienten(heen) {
        for (prestatie_index, prestatie) in client.prestaties.iter().enumerate() {
            if prestatie.product_periode.begindatum > dagtekening {
                places.push(Place::element(prestatie_path(heen, index, prestatie_index), "ProductPeriode"));
            }
        }
    }
    places
}

/// The days on which something is said to have been decided, begun or ended, each with its place.
fn reported_days(inhoud: &Inhoud) -> Vec<(NaiveDate, Place)> {
    match inhoud {
        Inhoud::Toewijzing(client) => {
            let path = client_path().child("ToegewezenProducten");
            let products = client.toegewezen_producten.iter().enumerate();
            let place = |index| Place::element(path.nth("ToegewezenProduct", index), "Toewijzingsdatum");
            products.map(|(index, product)| (product.toewijzingsdatum, place(index))).collect()
        }
        Inhoud::Start(client) => {
            let products = client.start_producten.iter().enumerate();
            let place = |index| Place::element(start_product_path(index), "Begindatum");
            products.map(|(index, product)| (product.begindatum, place(index))).collect()
        }
        Inhoud::Stop(client) => {
            let products = client.stop_producten.iter().enumerate();
            let place = |index| Place::element(stop_product_path(index), "Einddatum");
            products.map(|(index, product)| (product.einddatum, place(index))).collect()
        }
        Inhoud::Beschikking(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

/// The birth dates of clients and relations for which `broken` holds.
fn places_of_birth(heen: &Heenbericht, broken: impl Fn(&Geboortedatum) -> bool) -> Vec<Place> {
    let of_one = heen.inhoud.geboortedatum().filter(|birth| broken(birth)).map(|_| client_path());
    let relaties = Persoon::of(heen).map_or(&[][..], |persoon| persoon.relaties).iter().enumerate();
    let relaties = relaties.filter(|(_, relatie)| relatie.geboortedatum.as_ref().is_some_and(&broken));
    let of_factuur = factuur::clienten(heen).filter(|(_, client)| broken(&client.geboortedatum));
    of_one
        .into_iter()
        .chain(relaties.map(|(index, _)| relatie_path(index)))
        .chain(of_factuur.map(|(index, _)| nth_factuur_client_path(index)))
        .map(|path| Place::element(path, "Geboortedatum"))
        .collect()
}

/// The date that stands for an unknown one (IV009).
fn is_unknown_date(date: NaiveDate) -> bool {
    (date.year(), date.month(), date.day()) == (1900, 1, 1)
}
