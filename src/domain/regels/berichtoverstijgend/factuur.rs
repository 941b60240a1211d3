//! What a WMO303 as a whole must agree on with what came before. For its lines see [`crate::domain::regels::prestatie`].

use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::periode::Lengte;
use crate::domain::facts::history::History;
use crate::domain::finding::Place;
use crate::domain::regels::bericht::factuur;

/// TR324: a number stands for one declaratie or factuur. One that was rejected on a rule inside it leaves its number free.
///
/// The standard lets a number return after five years; here it does not.
///
/// - Retourcode: 0030, on the Header
/// - Berichten: WMO303
pub fn tr324(_: &Heenbericht, history: &History) -> Vec<Place> {
    if !history.identificatie_used {
        return Vec::new();
    }
    vec![Place::within(header_path(), &["DeclaratieFactuurIdentificatie", "DeclarantFactuurNummer"])]
}

/// TR318 of a WMO303: it is about the period after the last one, one a whole number of periods later, or the last one once
/// more (IV064, OP284).
///
/// - Retourcode: 8214, on the Header
/// - Berichten: WMO303; of a WMO323 see [`super::declaratie::tr318`]
pub fn tr318(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let earlier = history.declaraties.declaraties.iter().filter(|fact| !fact.void);
    let Some(header) = factuur::header(heen) else { return Vec::new() };
    let Some(last) = earlier.map(|fact| &fact.declaratie_periode).max_by_key(|periode| periode.begindatum) else {
        return Vec::new();
    };
    let periode = &header.identificatie.declaratie_periode;
    if periode.begindatum >= last.begindatum && Lengte::of(last).fits(last, periode) {
        return Vec::new();
    }
    vec![Place::within(header_path(), &["DeclaratieFactuurIdentificatie", "DeclaratiePeriode"])]
}

fn header_path() -> ElementPath {
    ElementPath::root().child("Header")
}
