//! Rules on names and on talking with the client. All give 0001, on the `Client` or the `Relatie`.

use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::client::VolledigeNaam;
use crate::domain::verdict::Place;
use crate::domain::waarde::{Communicatievorm, NaamGebruik};

use super::{client_path, relatie_path};

/// CD007: a language stands there when the interpreter is for a spoken language, and only then.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd007(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    let Some(communicatie) = &client.communicatie else { return Vec::new() };
    if (communicatie.vorm == Communicatievorm::TolkTaal) == communicatie.taal.is_some() {
        return Vec::new();
    }
    vec![Place::element(client_path(), "Communicatie")]
}

/// CS050: the use of names fits the names that are there.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs050(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    let relaties = client.relaties.iter().enumerate().map(|(index, relatie)| (relatie_path(index), &relatie.naam));
    std::iter::once((client_path(), &client.naam))
        .chain(relaties)
        .filter(|(_, naam)| !fits(naam))
        .map(|(path, _)| Place::within(path, &["Naam", "NaamGebruik"]))
        .collect()
}

fn fits(naam: &VolledigeNaam) -> bool {
    match naam.naam_gebruik {
        NaamGebruik::EigenNaam => true,
        NaamGebruik::NaamPartner | NaamGebruik::PartnerEigen | NaamGebruik::EigenPartner => naam.partnernaam.is_some(),
        NaamGebruik::NietNatuurlijkPersoon => naam.partnernaam.is_none(),
        NaamGebruik::Pseudoniem => false,
    }
}

/// CS318: a client is a person, not an organisation.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs318(heen: &Heenbericht) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    if client.naam.naam_gebruik != NaamGebruik::NietNatuurlijkPersoon {
        return Vec::new();
    }
    vec![Place::within(client_path(), &["Naam", "NaamGebruik"])]
}
