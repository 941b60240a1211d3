//! What a WMO317 must agree on with the toewijzingen that it leaves as they are or wants to change.

use std::collections::HashSet;

use chrono::NaiveDate;

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::verzoek::{TeWijzigenProduct, Verzoek, WijzigingClient};
use crate::domain::berichten::waarde::{Frequentie, ToewijzingNummer};
use crate::domain::facts::history::{History, ToewijzingFact};
use crate::domain::finding::Place;
use crate::domain::regels::bericht::overlap::{Span, conflicting};

/// TR349: the verzoek names every toewijzing of the client that is actueel. One of which the aanbieder could not know,
/// because its 301 is of a later day, does not count (OP095).
///
/// - Retourcode: 9349, on the `Verzoek`
/// - Berichten: WMO317
pub fn tr349(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some(vow) = Wijziging::of(heen, history) else { return Vec::new() };
    let named: HashSet<ToewijzingNummer> = vow.named().collect();
    let known = |fact: &ToewijzingFact| {
        let versions = history.toewijzingen.versions(fact.toewijzing_nummer);
        versions.iter().any(|version| version.dagtekening <= vow.dagtekening)
    };
    let missing = history.toewijzingen.all_current().into_iter().any(|fact| {
        fact.bsn == vow.client.bsn
            && fact.is_actueel(vow.dagtekening)
            && known(fact)
            && !named.contains(&fact.toewijzing_nummer)
    });
    if missing { vec![Place::klasse(verzoek_path())] } else { Vec::new() }
}

/// TR350: what stays as it is, is an actuele toewijzing of this client.
///
/// - Retourcode: 9350, on the `OngewijzigdProduct`
/// - Berichten: WMO317
pub fn tr350(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some(vow) = Wijziging::of(heen, history) else { return Vec::new() };
    let products = vow.verzoek().ongewijzigde_producten.iter().enumerate();
    products
        .filter(|(_, product)| vow.actueel(product.toewijzing_nummer).is_none())
        .map(|(index, _)| Place::element(ongewijzigd_path(index), "ToewijzingNummer"))
        .collect()
}

/// TR351: what is to change, is an actuele toewijzing of this client.
///
/// - Retourcode: 9351, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr351(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some(vow) = Wijziging::of(heen, history) else { return Vec::new() };
    let products = vow.verzoek().te_wijzigen_producten.iter().enumerate();
    products
        .filter(|(_, product)| vow.actueel(product.toewijzing_nummer).is_none())
        .map(|(index, _)| Place::element(te_wijzigen_path(index), "ToewijzingNummer"))
        .collect()
}

/// TR357: a change that begins on the Dagtekening or before it, holds for the whole toewijzing.
///
/// - Retourcode: 9357, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr357(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "GewensteIngangsdatum", |vow, product, fact| {
        product.gewenste_ingangsdatum <= vow.dagtekening && product.gewenste_ingangsdatum != fact.ingangsdatum
    })
}

/// TR361: what is wanted as a whole has no product twice on one day. What stays counts with the days of its toewijzing; what
/// changes with those that are wanted, and until the day before them with the toewijzing as it is (IV093). A number that is
/// not an actuele toewijzing is passed over.
///
/// - Retourcode: 9361, on the `Verzoek`
/// - Berichten: WMO317
pub fn tr361(heen: &Heenbericht, history: &History) -> Vec<Place> {
    let Some(vow) = Wijziging::of(heen, history) else { return Vec::new() };
    if conflicting(&vow.wanted()).is_empty() { Vec::new() } else { vec![Place::klasse(verzoek_path())] }
}

/// TR373: another budget, or another volume in total, holds for the whole toewijzing.
///
/// - Retourcode: 9373, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr373(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "GewensteIngangsdatum", |_, product, fact| {
        let other_budget = product.budget.is_some() && product.budget != fact.budget;
        let in_total = fact.omvang.as_ref().is_some_and(|omvang| omvang.frequentie == Frequentie::Totaal);
        let other_total = in_total && product.omvang.is_some() && product.omvang != fact.omvang;
        (other_budget || other_total) && product.gewenste_ingangsdatum != fact.ingangsdatum
    })
}

/// TR375: of a toewijzing without a product, no omvang is asked.
///
/// - Retourcode: 9375, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr375(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "Omvang", |_, product, fact| {
        fact.product.is_none() && is_after_2020(fact) && product.omvang.is_some()
    })
}

/// TR411: of a toewijzing with a product code, an omvang is asked.
///
/// - Retourcode: 9411, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr411(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "Omvang", |_, product, fact| has_code(fact) && product.omvang.is_none())
}

/// TR412: of a toewijzing without a product code, no omvang is asked.
///
/// - Retourcode: 9412, on the `TeWijzigenProduct`
/// - Berichten: WMO317
pub fn tr412(heen: &Heenbericht, history: &History) -> Vec<Place> {
    broken(heen, history, "Omvang", |_, product, fact| {
        !has_code(fact) && is_after_2020(fact) && product.omvang.is_some()
    })
}

/// A verzoek om wijziging, beside the toewijzingen that it names.
struct Wijziging<'a> {
    client: &'a WijzigingClient,
    dagtekening: NaiveDate,
    history: &'a History,
}

impl<'a> Wijziging<'a> {
    fn of(heen: &'a Heenbericht, history: &'a History) -> Option<Self> {
        let Inhoud::VerzoekOmWijziging(client) = &heen.inhoud else { return None };
        Some(Self { client, dagtekening: heen.header.bericht_identificatie.dagtekening, history })
    }

    fn verzoek(&self) -> &'a Verzoek {
        &self.client.verzoek
    }

    fn named(&self) -> impl Iterator<Item = ToewijzingNummer> {
        let ongewijzigd = self.verzoek().ongewijzigde_producten.iter().map(|product| product.toewijzing_nummer);
        ongewijzigd.chain(self.verzoek().te_wijzigen_producten.iter().map(|product| product.toewijzing_nummer))
    }

    /// What there would be of each product, and when.
    fn wanted(&self) -> Vec<Span<'a>> {
        let mut spans = Vec::new();
        for product in &self.verzoek().ongewijzigde_producten {
            if let Some(fact) = self.actueel(product.toewijzing_nummer) {
                spans.push(Span { product: fact.product.as_ref(), begin: fact.ingangsdatum, end: fact.einddatum });
            }
        }
        for product in &self.verzoek().te_wijzigen_producten {
            if let Some(fact) = self.actueel(product.toewijzing_nummer) {
                let (toegewezen, wished) = (fact.product.as_ref(), product.gewenste_ingangsdatum);
                let day_before = wished.pred_opt().unwrap_or(wished);
                let end_before = fact.einddatum.map_or(day_before, |last| last.min(day_before));
                spans.push(Span { product: toegewezen, begin: fact.ingangsdatum, end: Some(end_before) });
                spans.push(Span { product: toegewezen, begin: wished, end: product.einddatum });
            }
        }
        let new = self.verzoek().nieuwe_producten.iter();
        spans.extend(new.map(|product| Span {
            product: product.product.as_ref(),
            begin: product.gewenste_ingangsdatum,
            end: product.einddatum,
        }));
        spans
    }

    /// The toewijzing of this client under this number, when it is actueel.
    fn actueel(&self, nummer: ToewijzingNummer) -> Option<&'a ToewijzingFact> {
        let fact = self.history.toewijzingen.current(nummer)?;
        (fact.bsn == self.client.bsn && fact.is_actueel(self.dagtekening)).then_some(fact)
    }
}

fn has_code(fact: &ToewijzingFact) -> bool {
    fact.product.as_ref().is_some_and(|product| product.code.is_some())
}

/// Whether the toewijzing outlasts 2020, the year in which an omvang could still stand without a code.
fn is_after_2020(fact: &ToewijzingFact) -> bool {
    const LAST: NaiveDate = NaiveDate::from_ymd_opt(2020, 12, 31).expect("a day of the calendar");
    fact.einddatum.is_none_or(|last| last > LAST)
}

/// The `TeWijzigenProducten` on an actuele toewijzing for which `broken` holds, at the element that shows it.
fn broken(
    heen: &Heenbericht,
    history: &History,
    element: &'static str,
    broken: impl Fn(&Wijziging<'_>, &TeWijzigenProduct, &ToewijzingFact) -> bool,
) -> Vec<Place> {
    let Some(vow) = Wijziging::of(heen, history) else { return Vec::new() };
    let products = vow.verzoek().te_wijzigen_producten.iter().enumerate();
    products
        .filter(|(_, product)| vow.actueel(product.toewijzing_nummer).is_some_and(|fact| broken(&vow, product, fact)))
        .map(|(index, _)| Place::element(te_wijzigen_path(index), element))
        .collect()
}

fn verzoek_path() -> ElementPath {
    ElementPath::root().child("Client").child("Verzoek")
}

fn ongewijzigd_path(index: usize) -> ElementPath {
    verzoek_path().child("OngewijzigdeProducten").nth("OngewijzigdProduct", index)
}

fn te_wijzigen_path(index: usize) -> ElementPath {
    verzoek_path().child("TeWijzigenProducten").nth("TeWijzigenProduct", index)
}
