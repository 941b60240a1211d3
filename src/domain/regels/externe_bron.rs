//! Rules of level external: what a bericht must agree on with the world.

use chrono::NaiveDate;

use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::klasse::ElementPath;
use crate::domain::verdict::Place;

/// TR135: the Dagtekening, and that of a declaratie, is not after the receiver's date.
///
/// - Retourcode: 8848, on the Header or the Declaratie
/// - Berichten: every heenbericht
pub fn tr135(heen: &Heenbericht, today: NaiveDate) -> Vec<Place> {
    let mut places = Vec::new();
    if heen.header.bericht_identificatie.dagtekening > today {
        let header = ElementPath::root().child("Header");
        let element = header.child("BerichtIdentificatie").child("Dagtekening");
        places.push(Place { klasse: header, element });
    }
    if let Inhoud::Declaratie(declaratie) = &heen.inhoud
        && declaratie.declaratie_dagtekening > today
    {
        places.push(Place::element(ElementPath::root().child("Declaratie"), "DeclaratieDagtekening"));
    }
    places
}
