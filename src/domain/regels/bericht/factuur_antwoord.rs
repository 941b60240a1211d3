//! Rules of release 2.3 on the antwoord on a declaratie or factuur. Nobody answers that one: most have no retourcode.

use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::BedragMetDC;
use crate::domain::berichten::factuur::{Client, FactuurAntwoordHeader, Prestatie};
use crate::domain::berichten::klasse::{ElementPath, RetourCodes};
use crate::domain::berichten::waarde::RetourCode;
use crate::domain::finding::Place;

use super::factuur::{broken_lines, clienten, lines, prestatie_path};

/// How an antwoord grants, by the codes on its header.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// 8001: all of it.
    Granted,
    /// 0200: what is not returned as rejected.
    Partly,
    /// Any other code: nothing.
    Rejected,
}

/// CS324: the antwoord is no older than what it answers.
///
/// - Retourcode: 0001
/// - Berichten: WMO304
pub fn cs324(heen: &Heenbericht) -> Vec<Place> {
    let is_older = |header: &&FactuurAntwoordHeader| {
        header.retour_header.retour_dagtekening < header.identificatie.factuur_dagtekening
    };
    let place = Place::within(header_path(), &["RetourHeader", "RetourDagtekening"]);
    header(heen).filter(is_older).map(|_| place).into_iter().collect()
}

/// TR320: what is not granted in total is what the returned lines lack.
///
/// - Retourcode: 0001
/// - Berichten: WMO304
pub fn tr320(heen: &Heenbericht) -> Vec<Place> {
    let Some(header) = header(heen).filter(|header| outcome(header) == Outcome::Partly) else { return Vec::new() };
    let lacking = |line: &Prestatie| line.gevraagd().signed() - line.toegekend().map_or(0, BedragMetDC::signed);
    let sum: i128 = lines(heen).map(|(_, _, line)| lacking(line)).sum();
    if header.retour_bedragen.ingediend_totaal_bedrag.signed() - granted_total(header) == sum {
        return Vec::new();
    }
    vec![total_place()]
}

/// IV056a: of what is granted as a whole the total is that of the declaratie, and no client is returned.
///
/// - Retourcode: none
/// - Berichten: WMO304
pub fn iv056a(heen: &Heenbericht) -> Vec<Place> {
    let Some(header) = header(heen).filter(|header| outcome(header) == Outcome::Granted) else { return Vec::new() };
    let is_all = granted_total(header) == header.retour_bedragen.ingediend_totaal_bedrag.signed();
    wrong_whole(heen, is_all)
}

/// IV056b: of what is rejected as a whole nothing is granted, and no client is returned.
///
/// - Retourcode: none
/// - Berichten: WMO304
pub fn iv056b(heen: &Heenbericht) -> Vec<Place> {
    let Some(header) = header(heen).filter(|header| outcome(header) == Outcome::Rejected) else { return Vec::new() };
    wrong_whole(heen, granted_total(header) == 0)
}

/// IV056c: a returned line was rejected, with a code and nothing granted, or granted for less than was asked.
///
/// - Retourcode: none
/// - Berichten: WMO304
pub fn iv056c(heen: &Heenbericht) -> Vec<Place> {
    broken_where(
        heen,
        |client| !is_wrong(&client.retour_codes),
        |line| {
            let (asked, granted) = (line.gevraagd(), line.toegekend().map_or(0, BedragMetDC::signed));
            let lowered = 1..i128::from(asked.bedrag);
            if is_wrong(&line.retour_codes) {
                granted != 0
            } else {
                !lowered.contains(&(asked.debet_credit.sign() * granted))
            }
        },
    )
}

/// IV056d: of a client that is wrong no line was judged, and nothing is granted.
///
/// - Retourcode: none
/// - Berichten: WMO304
pub fn iv056d(heen: &Heenbericht) -> Vec<Place> {
    broken_where(
        heen,
        |client| is_wrong(&client.retour_codes),
        |line| {
            let is_judged = line.retour_codes.0.iter().all(|code| code.as_str() != RetourCode::NIET_BEOORDEELD);
            is_judged || line.toegekend().is_some_and(|granted| granted.bedrag != 0)
        },
    )
}

/// OP287: of a factuur a line is granted as a whole or not at all.
///
/// - Retourcode: none
/// - Berichten: WMO304, as F
pub fn op287(heen: &Heenbericht) -> Vec<Place> {
    let is_factuur = heen.header.soort == Berichtsoort::Wmo304F;
    broken_lines(heen, &["ToegekendeBedragPrestatie", "ToegekendBedrag"], |line| {
        is_factuur
            && line.toegekend().is_some_and(|granted| granted.bedrag != 0 && granted.bedrag != line.gevraagd().bedrag)
    })
}

/// What must be of an antwoord on the whole.
fn wrong_whole(heen: &Heenbericht, total_is_right: bool) -> Vec<Place> {
    let clients = clienten(heen).next().map(|_| Place::klasse(ElementPath::root().child("Clienten")));
    (!total_is_right).then(total_place).into_iter().chain(clients).collect()
}

/// The lines for which `broken` holds, of the clients that `holds` picks, of an antwoord that grants a part.
fn broken_where(
    heen: &Heenbericht,
    holds: impl Fn(&Client) -> bool,
    broken: impl Fn(&Prestatie) -> bool,
) -> Vec<Place> {
    if header(heen).is_none_or(|header| outcome(header) != Outcome::Partly) {
        return Vec::new();
    }
    let lines = clienten(heen).filter(|(_, client)| holds(client)).flat_map(|(client, lines)| {
        lines.prestaties.iter().enumerate().map(move |(index, line)| (client, index, line))
    });
    let broken = lines.filter(|(_, _, line)| broken(line));
    broken.map(|(client, index, _)| Place::klasse(prestatie_path(client, index))).collect()
}

fn outcome(header: &FactuurAntwoordHeader) -> Outcome {
    let codes = &header.retour_codes.0;
    if codes.iter().any(|code| code.as_str() == RetourCode::DECLARATIE_TOEGEKEND) {
        Outcome::Granted
    } else if is_wrong(&header.retour_codes) {
        Outcome::Rejected
    } else {
        Outcome::Partly
    }
}

/// Whether a code says more than that there is nothing to remark.
fn is_wrong(codes: &RetourCodes) -> bool {
    codes.0.iter().any(|code| code.as_str() != RetourCode::GEEN_OPMERKING)
}

fn granted_total(header: &FactuurAntwoordHeader) -> i128 {
    header.retour_bedragen.toegekend_totaal_bedrag.signed()
}

fn total_place() -> Place {
    Place::within(header_path(), &["RetourBedragen", "ToegekendTotaalBedrag"])
}

fn header(heen: &Heenbericht) -> Option<&FactuurAntwoordHeader> {
    if let Inhoud::FactuurAntwoord { header, .. } = &heen.inhoud { Some(header) } else { None }
}

fn header_path() -> ElementPath {
    ElementPath::root().child("Header")
}
