//! Rules on what is declared and what is granted of it. All give 0001.

use std::collections::HashSet;

use chrono::{Datelike, Months, NaiveDate};

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::declaratie::{
    Declaratie, DeclaratieAntwoord, Delivered, GeslotenPeriode, Prestatie, TotaalBedragMetDC,
};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::waarde::{DebetCredit, Eenheid};
use crate::domain::finding::Place;

use super::factuur;
use crate::domain::regels::paths::{clienten, prestatie_path};

/// CD060: a credit line says which line it takes back, a debit line takes nothing back.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, WMO323, WMO325
pub fn cd060(heen: &Heenbericht) -> Vec<Place> {
    let mut places = broken_prestaties(heen, &["ProductReferentie"], |prestatie| {
        prestatie.product_referentie.vorig().is_some() == prestatie.is_debet()
    });
    places.extend(factuur::cd060(heen));
    places
}

/// CD087: a line has a tariff, unless it counts in euros.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn cd087(heen: &Heenbericht) -> Vec<Place> {
    let is_euro = |prestatie: &Prestatie| prestatie.eenheid == Eenheid::Euro;
    broken_prestaties(heen, &[], |prestatie| prestatie.product_tarief.is_some() == is_euro(prestatie))
}

/// CS100: no period that begins before 2021 is declared: until then another bericht did that. When it ends is in TR137.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn cs100(heen: &Heenbericht) -> Vec<Place> {
    broken_perioden(heen, &["Begindatum"], |periode| periode.begindatum.year() < 2021)
}

/// CS325: an amount of zero is debit.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, WMO304, WMO323, WMO325
pub fn cs325(heen: &Heenbericht) -> Vec<Place> {
    let wrong = |total: &TotaalBedragMetDC| total.totaal_bedrag == 0 && total.debet_credit == DebetCredit::Credit;
    let mut places: Vec<Place> = totals(heen)
        .into_iter()
        .filter(|(_, total)| wrong(total))
        .map(|(name, _)| Place::within(top_path(heen), &[name, "DebetCredit"]))
        .collect();
    places.extend(broken_prestaties(heen, &["IngediendBedrag", "DebetCredit"], |prestatie| {
        prestatie.ingediend_bedrag.bedrag == 0 && !prestatie.is_debet()
    }));
    places.extend(factuur::cs325(heen));
    places
}

/// CS337: a line ends in the month in which it begins.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn cs337(heen: &Heenbericht) -> Vec<Place> {
    broken_prestaties(heen, &["ProductPeriode"], |prestatie| {
        let periode = &prestatie.product_periode;
        month(periode.begindatum) != month(periode.einddatum)
    })
}

/// CS339: who counts in euros asks for what was counted.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn cs339(heen: &Heenbericht) -> Vec<Place> {
    broken_prestaties(heen, &["IngediendBedrag"], |prestatie| {
        prestatie.eenheid == Eenheid::Euro && prestatie.ingediend_bedrag.bedrag != prestatie.geleverd_volume
    })
}

/// CS340: a declaratie is about one whole month.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn cs340(heen: &Heenbericht) -> Vec<Place> {
    let Some(declaratie) = declaratie(heen) else { return Vec::new() };
    let GeslotenPeriode { begindatum, einddatum } = &declaratie.declaratie_periode;
    let is_month = begindatum.day() == 1
        && month(*begindatum) == month(*einddatum)
        && einddatum.succ_opt().is_none_or(|next| next.day() == 1);
    if is_month { Vec::new() } else { vec![Place::element(top_path(heen), "DeclaratiePeriode")] }
}

/// TR137: a period does not end before it begins, nor after the Dagtekening.
///
/// - Retourcode: 0001
/// - Berichten: WMO323, WMO325
pub fn tr137(heen: &Heenbericht) -> Vec<Place> {
    let dagtekening = heen.header.bericht_identificatie.dagtekening;
    broken_perioden(heen, &["Einddatum"], |periode| {
        periode.einddatum < periode.begindatum || periode.einddatum > dagtekening
    })
}

/// TR315: one line is taken back once.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, WMO323
pub fn tr315(heen: &Heenbericht) -> Vec<Place> {
    let mut seen = HashSet::new();
    let mut places = broken_prestaties(heen, &["ProductReferentie", "VorigReferentieNummer"], |prestatie| {
        prestatie.product_referentie.vorig().is_some_and(|nummer| !seen.insert(nummer))
    });
    places.extend(factuur::tr315(heen));
    places
}

/// TR316: no line of this bericht is taken back in it.
///
/// - Retourcode: 0001
/// - Berichten: WMO303, WMO323
pub fn tr316(heen: &Heenbericht) -> Vec<Place> {
    let own: HashSet<&str> =
        prestaties(heen).map(|(_, _, prestatie)| prestatie.product_referentie.referentie_nummer.as_str()).collect();
    let mut places = broken_prestaties(heen, &["ProductReferentie", "VorigReferentieNummer"], |prestatie| {
        prestatie.product_referentie.vorig().is_some_and(|nummer| own.contains(nummer))
    });
    places.extend(factuur::tr316(heen));
    places
}

/// TR335: what ended more than five years before the declaratie is declared no more.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn tr335(heen: &Heenbericht) -> Vec<Place> {
    let Some(declaratie) = declaratie(heen) else { return Vec::new() };
    let five_years = Months::new(5 * 12);
    let Some(oldest) = declaratie.declaratie_dagtekening.checked_sub_months(five_years) else { return Vec::new() };
    broken_prestaties(heen, &["ProductPeriode", "Einddatum"], |prestatie| prestatie.product_periode.einddatum < oldest)
}

/// TR342: what was asked less what was granted is what was rejected; of a declaratie that was rejected as a
/// whole nothing is granted.
///
/// - Retourcode: 0001
/// - Berichten: WMO325
pub fn tr342(heen: &Heenbericht) -> Vec<Place> {
    let Some(antwoord) = antwoord(heen) else { return Vec::new() };
    let granted = antwoord.totaal_toegekend_bedrag.signed();
    let is_wrong = if antwoord.is_rejected() {
        granted != 0
    } else {
        antwoord.totaal_ingediend_bedrag.signed() - granted != sum(heen)
    };
    is_wrong.then(|| Place::element(top_path(heen), "TotaalToegekendBedrag")).into_iter().collect()
}

/// TR358: the total is what the lines add up to.
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn tr358(heen: &Heenbericht) -> Vec<Place> {
    let Some(declaratie) = declaratie(heen) else { return Vec::new() };
    if declaratie.totaal_ingediend_bedrag.signed() == sum(heen) {
        return Vec::new();
    }
    vec![Place::element(top_path(heen), "TotaalIngediendBedrag")]
}

/// TR416: a product is asked once per client, toewijzing and period; what is taken back does not count. A line under the
/// wrong client is wrong by itself (TR304, TR338).
///
/// - Retourcode: 0001
/// - Berichten: WMO323
pub fn tr416(heen: &Heenbericht) -> Vec<Place> {
    let mut seen = HashSet::new();
    prestaties(heen)
        .filter(|(client, _, prestatie)| prestatie.is_debet() && !seen.insert((*client, Delivered(prestatie))))
        .map(|(client, index, _)| Place::klasse(prestatie_path(heen, client, index)))
        .collect()
}

fn month(date: NaiveDate) -> (i32, u32) {
    (date.year(), date.month())
}

/// What the lines add up to, in euro cents.
fn sum(heen: &Heenbericht) -> i128 {
    prestaties(heen).map(|(_, _, prestatie)| prestatie.ingediend_bedrag.signed()).sum()
}

fn declaratie(heen: &Heenbericht) -> Option<&Declaratie> {
    if let Inhoud::Declaratie(declaratie) = &heen.inhoud { Some(declaratie) } else { None }
}

fn antwoord(heen: &Heenbericht) -> Option<&DeclaratieAntwoord> {
    if let Inhoud::DeclaratieAntwoord { antwoord, .. } = &heen.inhoud { antwoord.as_ref() } else { None }
}

/// The totals of a declaratie or of the antwoord on it, by name.
fn totals(heen: &Heenbericht) -> Vec<(&'static str, &TotaalBedragMetDC)> {
    let asked = declaratie(heen).map(|declaratie| ("TotaalIngediendBedrag", &declaratie.totaal_ingediend_bedrag));
    let answered = antwoord(heen).into_iter().flat_map(|antwoord| {
        [
            ("TotaalIngediendBedrag", &antwoord.totaal_ingediend_bedrag),
            ("TotaalToegekendBedrag", &antwoord.totaal_toegekend_bedrag),
        ]
    });
    asked.into_iter().chain(answered).collect()
}

/// Every line, with the number of its client and its own number there.
fn prestaties(heen: &Heenbericht) -> impl Iterator<Item = (usize, usize, &Prestatie)> {
    clienten(heen).flat_map(|(client, lines)| {
        lines.prestaties.iter().enumerate().map(move |(index, prestatie)| (client, index, prestatie))
    })
}

/// The lines for which `broken` holds, at this element in each.
fn broken_prestaties<'a>(
    heen: &'a Heenbericht,
    element: &[&'static str],
    mut broken: impl FnMut(&'a Prestatie) -> bool,
) -> Vec<Place> {
    prestaties(heen)
        .filter(|(_, _, prestatie)| broken(prestatie))
        .map(|(client, index, _)| Place::within(prestatie_path(heen, client, index), element))
        .collect()
}

/// The period of the declaratie and those of its lines for which `broken` holds, at this element in each.
fn broken_perioden(
    heen: &Heenbericht,
    element: &[&'static str],
    broken: impl Fn(&GeslotenPeriode) -> bool,
) -> Vec<Place> {
    let of_all = declaratie(heen).filter(|declaratie| broken(&declaratie.declaratie_periode));
    let of_all = of_all.map(|_| Place::within(top_path(heen), &[&["DeclaratiePeriode"], element].concat()));
    let of_lines = broken_prestaties(heen, &[&["ProductPeriode"], element].concat(), |prestatie| {
        broken(&prestatie.product_periode)
    });
    of_all.into_iter().chain(of_lines).collect()
}

/// The declaratie, or the antwoord on it.
fn top_path(heen: &Heenbericht) -> ElementPath {
    ElementPath::root().child(heen.inhoud.name())
}
