//! Rules on where client and relations can be reached. All give 0001, on the `Contact`.

use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::client::{Adres, Contact};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::waarde::AdresSoort::{Brp, Correspondentie, TijdelijkVerblijf, Verblijf};
use crate::domain::finding::Place;

use super::persoon::Persoon;
use crate::domain::regels::paths::{client_path, relatie_path};

/// The country for which address rules hold.
const NEDERLAND: &str = "NL";

/// CD005: a postcode has a country, and without one there is none.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd005(heen: &Heenbericht) -> Vec<Place> {
    broken_adressen(heen, &["Adres"], |adres| adres.postcode.is_some() != adres.land_code.is_some())
}

/// CD009: only a temporary address has a period.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd009(heen: &Heenbericht) -> Vec<Place> {
    broken_contacten(heen, &["Periode"], |contact| contact.periode.is_some() && contact.soort != TijdelijkVerblijf)
}

/// CD025: an address in the Netherlands has a house number.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd025(heen: &Heenbericht) -> Vec<Place> {
    broken_adressen(heen, &["Adres"], |adres| is_in_nederland(adres) && adres.huis.is_none())
}

/// CD034: of the place where somebody is registered or lives the address is told, with a postcode. A telephone number does
/// not stand in for it.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd034(heen: &Heenbericht) -> Vec<Place> {
    let without_postcode = contacten(heen).filter(|(_, contact)| {
        let postcode = contact.adres.as_ref().and_then(|adres| adres.postcode.as_ref());
        [Brp, Verblijf].contains(&contact.soort) && postcode.is_none()
    });
    without_postcode
        .map(|(at, contact)| Place::within(at.path(), if contact.adres.is_some() { &["Adres"] } else { &[] }))
        .collect()
}

/// CS089: a postcode in the Netherlands is four digits, the first not 0, and two letters, without a blank. Lower case is let
/// pass.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs089(heen: &Heenbericht) -> Vec<Place> {
    broken_adressen(heen, &["Adres", "Postcode"], |adres| {
        is_in_nederland(adres) && adres.postcode.as_deref().is_some_and(|postcode| !is_dutch(postcode))
    })
}

/// TR006: a contact can be telephoned, or found by house number and postcode.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn tr006(heen: &Heenbericht) -> Vec<Place> {
    broken_contacten(heen, &[], |contact| {
        let found = contact.adres.as_ref().is_some_and(|adres| adres.huis.is_some() && adres.postcode.is_some());
        contact.telefoon.is_none() && !found
    })
}

/// TR061: of the client an address is known that lasts.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn tr061(heen: &Heenbericht) -> Vec<Place> {
    let Some(persoon) = Persoon::of(heen) else { return Vec::new() };
    let lasting = [Brp, Correspondentie, Verblijf];
    if persoon.contactgegevens.iter().any(|contact| lasting.contains(&contact.soort)) {
        return Vec::new();
    }
    vec![Place::element(client_path(), "Contactgegevens")]
}

/// Whose contact it is; a path is made only of what is wrong.
#[derive(Clone, Copy)]
pub(super) enum ContactOf {
    /// One of the client's.
    Client(usize),
    /// The one of this relation.
    Relatie(usize),
}

impl ContactOf {
    pub(super) fn path(self) -> ElementPath {
        match self {
            Self::Client(index) => client_path().child("Contactgegevens").nth("Contact", index),
            Self::Relatie(index) => relatie_path(index).child("Contact"),
        }
    }
}

/// Every contact in the bericht: of the client first, then of the relations.
pub(super) fn contacten(heen: &Heenbericht) -> impl Iterator<Item = (ContactOf, &Contact)> {
    Persoon::of(heen).into_iter().flat_map(|persoon| {
        let own = persoon.contactgegevens.iter().enumerate();
        let own = own.map(|(index, contact)| (ContactOf::Client(index), contact));
        let relaties = persoon.relaties.iter().enumerate();
        own.chain(relaties.map(|(index, relatie)| (ContactOf::Relatie(index), &relatie.contact)))
    })
}

fn broken_contacten(heen: &Heenbericht, element: &[&'static str], broken: impl Fn(&Contact) -> bool) -> Vec<Place> {
    let broken = contacten(heen).filter(|(_, contact)| broken(contact));
    broken.map(|(at, _)| Place::within(at.path(), element)).collect()
}

fn broken_adressen(heen: &Heenbericht, element: &[&'static str], broken: impl Fn(&Adres) -> bool) -> Vec<Place> {
    broken_contacten(heen, element, |contact| contact.adres.as_ref().is_some_and(&broken))
}

fn is_in_nederland(adres: &Adres) -> bool {
    adres.land_code.as_deref() == Some(NEDERLAND)
}

fn is_dutch(postcode: &str) -> bool {
    let (digits, letters) = postcode.split_at_checked(4).unwrap_or_default();
    digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
        && letters.len() == 2
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
}
