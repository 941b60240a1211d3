//! Rules of release 2.3 on what is declared or invoiced, and those that hold for the antwoord on it too. All give 0001.

use std::collections::HashSet;

use chrono::Datelike;

use crate::domain::berichten::bericht::{Berichtsoort, Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{BedragMetDC, GeslotenPeriode, TotaalBedragMetDC};
use crate::domain::berichten::factuur::{
    Client, FactuurHeader, IngediendeBedragPrestatie, NIET_VRIJGESTELD, Prestatie, VRIJGESTELD,
};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::waarde::{DebetCredit, Eenheid};
use crate::domain::finding::Place;

use super::eenheid::may_be_counted;
use crate::domain::regels::paths::nth_factuur_client_path;

/// COD833: the servicebureau is paid.
const AAN_SERVICEBUREAU: &str = "01";

/// CD055: where a line is not exempt from VAT, all about VAT is told.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cd055(heen: &Heenbericht) -> Vec<Place> {
    let is_taxed = |line: &Prestatie| indicatie(line) == Some(NIET_VRIJGESTELD);
    let Some(header) = header(heen).filter(|_| lines(heen).any(|(_, _, line)| is_taxed(line))) else {
        return Vec::new();
    };
    let of_header = [
        (header.identificatie.btw_id_nummer.is_none(), "DeclaratieFactuurIdentificatie"),
        (header.bedragen.btw_totaal_bedrag.is_none(), "DeclaratieFactuurBedragen"),
    ];
    let of_header = of_header.into_iter().filter(|(is_missing, _)| *is_missing);
    let of_lines = broken_amounts(heen, &[], |bedragen| {
        bedragen.btw_vrijstelling_indicatie.as_deref() == Some(NIET_VRIJGESTELD)
            && (bedragen.btw_percentage.is_none() || bedragen.btw_bedrag.is_none())
    });
    of_header.map(|(_, name)| Place::element(header_path(), name)).chain(of_lines).collect()
}

/// CD056: a line that is exempt tells no VAT.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cd056(heen: &Heenbericht) -> Vec<Place> {
    broken_amounts(heen, &[], |bedragen| {
        bedragen.btw_vrijstelling_indicatie.as_deref() == Some(VRIJGESTELD)
            && (bedragen.btw_percentage.is_some() || bedragen.btw_bedrag.is_some())
    })
}

/// CD058: who has a servicebureau paid says which.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, WMO304
pub fn cd058(heen: &Heenbericht) -> Vec<Place> {
    let (betaling_aan, servicebureau) = match &heen.inhoud {
        Inhoud::Factuur { header, .. } => (&header.betaling_aan_id, &header.servicebureau),
        Inhoud::FactuurAntwoord { header, .. } => (&header.betaling_aan_id, &header.servicebureau),
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => return Vec::new(),
    };
    if betaling_aan != AAN_SERVICEBUREAU || servicebureau.is_some() {
        return Vec::new();
    }
    vec![Place::element(header_path(), "BetalingAanID")]
}

/// CD059: a factuur says of each line whether it is exempt from VAT.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, as F
pub fn cd059(heen: &Heenbericht) -> Vec<Place> {
    let is_factuur = heen.header.soort == Berichtsoort::Wmo303F;
    broken_amounts(heen, &[], |bedragen| is_factuur && bedragen.btw_vrijstelling_indicatie.is_none())
}

/// CD060 in release 2.3: a credit line says which line it takes back, a debit line takes nothing back.
pub(super) fn cd060(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, &["ProductReferentie"], |line| line.product_referentie.vorig().is_some() != line.is_credit())
}

/// CD062: a line has a tariff and what it comes to, unless it counts in euros.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cd062(heen: &Heenbericht) -> Vec<Place> {
    broken_amounts(heen, &[], |bedragen| {
        let is_euro = bedragen.eenheid == Eenheid::Euro;
        bedragen.product_tarief.is_some() == is_euro || bedragen.berekend_bedrag.is_some() == is_euro
    })
}

/// CS103: what was delivered from 2021 on is declared with a WMO323.
///
/// It came with release 3.0, as the last word on a bericht that has not changed since 2.3.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cs103(heen: &Heenbericht) -> Vec<Place> {
    broken_periode(heen, &[], |periode| periode.begindatum.year() > 2020 || periode.einddatum.year() > 2020)
}

/// CS323: no more is asked than was calculated.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cs323(heen: &Heenbericht) -> Vec<Place> {
    broken_amounts(heen, &["DeclaratieFactuurBedrag"], |bedragen| {
        let asked = bedragen.declaratie_factuur_bedrag.bedrag;
        bedragen.berekend_bedrag.as_ref().is_some_and(|berekend| asked > berekend.bedrag)
    })
}

/// CS325 in release 2.3: an amount of zero is debit.
pub(super) fn cs325(heen: &Heenbericht) -> Vec<Place> {
    let is_wrong = |total: &TotaalBedragMetDC| total.totaal_bedrag == 0 && total.debet_credit == DebetCredit::Credit;
    let mut places: Vec<Place> = totals(heen)
        .into_iter()
        .filter(|(_, total)| is_wrong(total))
        .map(|(names, _)| Place::within(header_path(), &[&names[..], &["DebetCredit"]].concat()))
        .collect();
    let is_wrong = |bedrag: &BedragMetDC| bedrag.bedrag == 0 && bedrag.debet_credit == DebetCredit::Credit;
    for (client, index, line) in lines(heen) {
        let wrong = amounts(line).into_iter().filter(|(_, bedrag)| is_wrong(bedrag));
        places.extend(
            wrong.map(|(names, _)| {
                Place::within(prestatie_path(client, index), &[&names[..], &["DebetCredit"]].concat())
            }),
        );
    }
    places
}

/// CS327: the amounts of a line have one sign. One of zero is debit in any case (CS325).
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cs327(heen: &Heenbericht) -> Vec<Place> {
    broken_amounts(heen, &["DeclaratieFactuurBedrag", "DebetCredit"], |bedragen| {
        let sign = bedragen.declaratie_factuur_bedrag.debet_credit;
        let others = [&bedragen.berekend_bedrag, &bedragen.btw_bedrag];
        others.into_iter().flatten().any(|other| other.bedrag != 0 && other.debet_credit != sign)
    })
}

/// CS328: before 2015 there was no Wmo of this kind.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cs328(heen: &Heenbericht) -> Vec<Place> {
    broken_periode(heen, &["Begindatum"], |periode| periode.begindatum.year() < 2015)
}

/// CS331: what is delivered from April 2019 on is not counted in weeks or independent of time.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn cs331(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, &["IngediendeBedragPrestatie", "Eenheid"], |line| {
        !may_be_counted(line.ingediende_bedrag_prestatie.eenheid, line.product_periode.begindatum)
    })
}

/// TR312: the total is what the lines add up to.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn tr312(heen: &Heenbericht) -> Vec<Place> {
    let total = header(heen).map(|header| &header.bedragen.declaratie_factuur_totaal_bedrag);
    let sum: i128 = lines(heen).map(|(_, _, line)| line.gevraagd().signed()).sum();
    wrong_total(total, sum, "DeclaratieFactuurTotaalBedrag")
}

/// TR313: the VAT total is what the VAT in the lines adds up to.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn tr313(heen: &Heenbericht) -> Vec<Place> {
    let total = header(heen).and_then(|header| header.bedragen.btw_totaal_bedrag.as_ref());
    let amounts = lines(heen).filter_map(|(_, _, line)| line.ingediende_bedrag_prestatie.btw_bedrag.as_ref());
    wrong_total(total, amounts.map(BedragMetDC::signed).sum(), "BtwTotaalBedrag")
}

fn wrong_total(total: Option<&TotaalBedragMetDC>, sum: i128, name: &'static str) -> Vec<Place> {
    if total.is_none_or(|total| total.signed() == sum) {
        return Vec::new();
    }
    vec![Place::within(header_path(), &["DeclaratieFactuurBedragen", name])]
}

/// TR315 in release 2.3: one line is taken back once.
pub(super) fn tr315(heen: &Heenbericht) -> Vec<Place> {
    let mut seen = HashSet::new();
    broken_lines(heen, &["ProductReferentie", "VorigReferentieNummer"], |line| {
        line.product_referentie.vorig().is_some_and(|nummer| !seen.insert(nummer))
    })
}

/// TR316 in release 2.3: no line of this bericht is taken back in it.
pub(super) fn tr316(heen: &Heenbericht) -> Vec<Place> {
    let own: HashSet<&str> =
        lines(heen).map(|(_, _, line)| line.product_referentie.referentie_nummer.as_str()).collect();
    broken_lines(heen, &["ProductReferentie", "VorigReferentieNummer"], |line| {
        line.product_referentie.vorig().is_some_and(|nummer| own.contains(nummer))
    })
}

/// TR317: what was calculated is volume times tariff.
///
/// - Retourcode: 0001
/// - Berichten: WMO303
pub fn tr317(heen: &Heenbericht) -> Vec<Place> {
    broken_amounts(heen, &["BerekendBedrag"], |bedragen| {
        bedragen.berekend_bedrag.as_ref().zip(bedragen.product_tarief).is_some_and(|(berekend, tarief)| {
            i128::from(berekend.bedrag) != i128::from(bedragen.geleverd_volume) * i128::from(tarief)
        })
    })
}

/// The periods that end before they begin (CS003).
pub(super) fn ends_too_early(heen: &Heenbericht) -> Vec<Place> {
    let is_wrong = |periode: &GeslotenPeriode| periode.einddatum < periode.begindatum;
    let mut places = broken_periode(heen, &["Einddatum"], is_wrong);
    if header(heen).is_some() {
        places.extend(broken_lines(heen, &["ProductPeriode", "Einddatum"], |line| is_wrong(&line.product_periode)));
    }
    places
}

/// The clients of a 303 or 304, numbered from 0.
pub(super) fn clienten(heen: &Heenbericht) -> impl Iterator<Item = (usize, &Client)> {
    let clienten: &[Client] = match &heen.inhoud {
        Inhoud::Factuur { clienten, .. } | Inhoud::FactuurAntwoord { clienten, .. } => clienten,
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => &[],
    };
    clienten.iter().enumerate()
}

/// Every line of a 303 or 304, with the number of its client and its own number there.
pub(in crate::domain::regels) fn lines(heen: &Heenbericht) -> impl Iterator<Item = (usize, usize, &Prestatie)> {
    clienten(heen).flat_map(|(client, lines)| {
        lines.prestaties.iter().enumerate().map(move |(index, prestatie)| (client, index, prestatie))
    })
}

/// The lines for which `broken` holds, at this element in each.
pub(super) fn broken_lines<'a>(
    heen: &'a Heenbericht,
    element: &[&'static str],
    mut broken: impl FnMut(&'a Prestatie) -> bool,
) -> Vec<Place> {
    lines(heen)
        .filter(|(_, _, line)| broken(line))
        .map(|(client, index, _)| Place::within(prestatie_path(client, index), element))
        .collect()
}

/// The lines of which the amounts break a rule, at this element among them.
fn broken_amounts(
    heen: &Heenbericht,
    element: &[&'static str],
    broken: impl Fn(&IngediendeBedragPrestatie) -> bool,
) -> Vec<Place> {
    let element = [&["IngediendeBedragPrestatie"], element].concat();
    broken_lines(heen, &element, |line| broken(&line.ingediende_bedrag_prestatie))
}

/// The period of a 303, where `broken` holds for it.
fn broken_periode(
    heen: &Heenbericht,
    element: &[&'static str],
    broken: impl Fn(&GeslotenPeriode) -> bool,
) -> Vec<Place> {
    let periode = header(heen).map(|header| &header.identificatie.declaratie_periode);
    let names = [&["DeclaratieFactuurIdentificatie", "DeclaratiePeriode"], element].concat();
    periode.filter(|periode| broken(periode)).map(|_| Place::within(header_path(), &names)).into_iter().collect()
}

fn indicatie(line: &Prestatie) -> Option<&str> {
    line.ingediende_bedrag_prestatie.btw_vrijstelling_indicatie.as_deref()
}

/// The totals in the header of a 303 or 304, by the names on the way to them.
fn totals(heen: &Heenbericht) -> Vec<([&'static str; 2], &TotaalBedragMetDC)> {
    match &heen.inhoud {
        Inhoud::Factuur { header, .. } => {
            let asked = &header.bedragen.declaratie_factuur_totaal_bedrag;
            let btw = header.bedragen.btw_totaal_bedrag.as_ref();
            let asked = (["DeclaratieFactuurBedragen", "DeclaratieFactuurTotaalBedrag"], asked);
            std::iter::once(asked)
                .chain(btw.map(|btw| (["DeclaratieFactuurBedragen", "BtwTotaalBedrag"], btw)))
                .collect()
        }
        Inhoud::FactuurAntwoord { header, .. } => vec![
            (["RetourBedragen", "IngediendTotaalBedrag"], &header.retour_bedragen.ingediend_totaal_bedrag),
            (["RetourBedragen", "ToegekendTotaalBedrag"], &header.retour_bedragen.toegekend_totaal_bedrag),
        ],
        Inhoud::Beschikking(_)
        | Inhoud::Toewijzing(_)
        | Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. } => Vec::new(),
    }
}

/// The amounts of a line, by the names on the way to them.
fn amounts(line: &Prestatie) -> Vec<([&'static str; 2], &BedragMetDC)> {
    let bedragen = &line.ingediende_bedrag_prestatie;
    let asked = [
        ("BerekendBedrag", bedragen.berekend_bedrag.as_ref()),
        ("BtwBedrag", bedragen.btw_bedrag.as_ref()),
        ("DeclaratieFactuurBedrag", Some(&bedragen.declaratie_factuur_bedrag)),
    ];
    let asked = asked.into_iter().filter_map(|(name, bedrag)| Some((["IngediendeBedragPrestatie", name], bedrag?)));
    let granted = line.toegekende_bedrag_prestatie.iter().flat_map(|granted| {
        [
            (["ToegekendeBedragPrestatie", "GemeenteBerekendBedrag"], &granted.gemeente_berekend_bedrag),
            (["ToegekendeBedragPrestatie", "ToegekendBedrag"], &granted.toegekend_bedrag),
        ]
    });
    asked.chain(granted).collect()
}

/// The header of a 303.
pub(in crate::domain::regels) fn header(heen: &Heenbericht) -> Option<&FactuurHeader> {
    if let Inhoud::Factuur { header, .. } = &heen.inhoud { Some(header) } else { None }
}

fn header_path() -> ElementPath {
    ElementPath::root().child("Header")
}

pub(in crate::domain::regels) fn prestatie_path(client: usize, prestatie: usize) -> ElementPath {
    nth_factuur_client_path(client).child("Prestaties").nth("Prestatie", prestatie)
}
