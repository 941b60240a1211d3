//! Rules on names and on talking with the client. All give 0001, on the `Client` or the `Relatie`.

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::client::{Communicatie, Contact, Relatie, VolledigeNaam};
use crate::domain::berichten::waarde::{Communicatievorm, NaamGebruik};
use crate::domain::finding::Place;

use crate::domain::regels::paths::{client_path, relatie_path};

/// The client of a toewijzing, whatever the release.
#[derive(Clone, Copy)]
pub(super) struct Persoon<'a> {
    pub naam: &'a VolledigeNaam,
    pub communicatie: Option<&'a Communicatie>,
    pub relaties: &'a [Relatie],
    pub contactgegevens: &'a [Contact],
}

impl<'a> Persoon<'a> {
    /// `None` for berichten that tell less of a client.
    pub(super) fn of(heen: &'a Heenbericht) -> Option<Self> {
        match &heen.inhoud {
            Inhoud::Toewijzing(client) => Some(Self {
                naam: &client.naam,
                communicatie: client.communicatie.as_ref(),
                relaties: &client.relaties,
                contactgegevens: &client.contactgegevens,
            }),
            Inhoud::Beschikking(client) => Some(Self {
                naam: &client.naam,
                communicatie: client.communicatie.as_ref(),
                relaties: &client.relaties,
                contactgegevens: &client.contactgegevens,
            }),
            Inhoud::Start(_)
            | Inhoud::Stop(_)
            | Inhoud::VerzoekOmToewijzing(_)
            | Inhoud::VerzoekOmWijziging(_)
            | Inhoud::Antwoord(_)
            | Inhoud::Declaratie(_)
            | Inhoud::DeclaratieAntwoord { .. }
            | Inhoud::Factuur { .. }
            | Inhoud::FactuurAntwoord { .. } => None,
        }
    }
}

/// CD007: a language stands there when the interpreter is for a spoken language, and only then.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd007(heen: &Heenbericht) -> Vec<Place> {
    let Some(communicatie) = Persoon::of(heen).and_then(|persoon| persoon.communicatie) else { return Vec::new() };
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
    let Some(persoon) = Persoon::of(heen) else { return Vec::new() };
    let relaties = persoon.relaties.iter().enumerate().map(|(index, relatie)| (relatie_path(index), &relatie.naam));
    std::iter::once((client_path(), persoon.naam))
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
    let is_organisation = |persoon: Persoon<'_>| persoon.naam.naam_gebruik == NaamGebruik::NietNatuurlijkPersoon;
    if !Persoon::of(heen).is_some_and(is_organisation) {
        return Vec::new();
    }
    vec![Place::within(client_path(), &["Naam", "NaamGebruik"])]
}
