//! Rules of level external: what a bericht must agree on with the world.

use chrono::NaiveDate;

use crate::domain::bericht::Heenbericht;
use crate::domain::klasse::ElementPath;
use crate::domain::verdict::Place;

/// TR135: the Dagtekening is not after the receiver's date.
///
/// - Retourcode: 8848, on the Header
/// - Berichten: every heenbericht
pub fn tr135(heen: &Heenbericht, today: NaiveDate) -> Vec<Place> {
    if heen.header.bericht_identificatie.dagtekening <= today {
        return Vec::new();
    }
    let header = ElementPath::root().child("Header");
    let element = header.child("BerichtIdentificatie").child("Dagtekening");
    vec![Place { klasse: header, element }]
}
