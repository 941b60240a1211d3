//! Rules on products, their extent and their dates. All give 0001, on the product.

use chrono::{Datelike, NaiveDate};

use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::beschikking as beschikt;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::toewijzing::{Omvang, Product, ToegewezenProduct};
use crate::domain::berichten::verzoek::{AangevraagdProduct, NieuwProduct, TeWijzigenProduct};
use crate::domain::berichten::waarde::{Eenheid, Frequentie, RedenWijziging};
use crate::domain::finding::Place;

use super::contact::contacten;
use super::overlap::{Span, conflicting};
use super::{beschikking, factuur};
use crate::domain::regels::paths::client_path;

/// A product as most rules see it, whatever class and bericht it stands in.
struct ProductLine<'a> {
    /// The berichtklasse; a path is made only of what is wrong.
    path: fn(usize) -> ElementPath,
    index: usize,
    /// The class has a product; one that changes a toewijzing leaves that to its number.
    names_product: bool,
    product: Option<&'a Product>,
    omvang: Option<&'a Omvang>,
    budget: Option<i64>,
    begin: NaiveDate,
    end: Option<NaiveDate>,
    /// What the last day is called in this class.
    end_name: &'static str,
}

impl ProductLine<'_> {
    fn has_code(&self) -> bool {
        self.product.is_some_and(|product| product.code.is_some())
    }

    /// Open-ended or ending after 2020: rules that came with release 3.0 spare what ended before.
    fn ends_after_2020(&self) -> bool {
        self.end.is_none_or(|end| end.year() > 2020)
    }
}

/// CD041: a product with a code has an extent.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd041(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, |line| line.has_code() && line.omvang.is_none(), |_| None)
}

/// CD075: a budget has a last day.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd075(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, |line| line.budget.is_some() && line.end.is_none(), |_| Some("Budget"))
}

/// CD076: an extent per week has a last day.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd076(heen: &Heenbericht) -> Vec<Place> {
    let is_weekly = |omvang: &Omvang| omvang.frequentie == Frequentie::PerWeek;
    broken_lines(heen, |line| line.omvang.is_some_and(is_weekly) && line.end.is_none(), |_| Some("Omvang"))
}

/// CD077: what has a budget has no extent. Breaks together with CD078, which looks from the other side.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd077(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, |line| line.budget.is_some() && line.omvang.is_some(), |_| Some("Omvang"))
}

/// CD078: what has an extent has no budget. Breaks together with CD077, which looks from the other side.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd078(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, |line| line.omvang.is_some() && line.budget.is_some(), |_| Some("Budget"))
}

/// CD079: without a budget it is said which product.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO315, WMO317
pub fn cd079(heen: &Heenbericht) -> Vec<Place> {
    broken_lines(heen, |line| line.names_product && line.budget.is_none() && line.product.is_none(), |_| None)
}

/// CD080: without a product code there is no extent, unless the toewijzing ended before 2021.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cd080(heen: &Heenbericht) -> Vec<Place> {
    extents_without_code(heen)
}

/// The products that have an extent and, where a product can be named, no code.
pub(super) fn extents_without_code(heen: &Heenbericht) -> Vec<Place> {
    let broken = |line: &ProductLine<'_>| {
        line.names_product && !line.has_code() && line.omvang.is_some() && line.ends_after_2020()
    };
    broken_lines(heen, broken, |_| Some("Omvang"))
}

/// CS003: nothing ends before it begins. The period of a contact that ends has begun: an end alone is wrong there.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO303, WMO315, WMO317; the end of a stop is in TR018
pub fn cs003(heen: &Heenbericht) -> Vec<Place> {
    let mut places: Vec<Place> = contacten(heen)
        .filter(|(_, contact)| {
            let periode = contact.periode.as_ref();
            let end = periode.and_then(|periode| Some((periode.begindatum, periode.einddatum?)));
            end.is_some_and(|(begin, end)| begin.is_none_or(|begin| end < begin))
        })
        .map(|(at, _)| Place::within(at.path(), &["Periode", "Einddatum"]))
        .collect();
    let ends_too_early = |line: &ProductLine<'_>| line.end.is_some_and(|end| end < line.begin);
    places.extend(broken_lines(heen, ends_too_early, |line| Some(line.end_name)));
    places.extend(beschikking::ends_too_early(heen));
    places.extend(factuur::ends_too_early(heen));
    places
}

/// CS335: what is removed ends on the day on which it began.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs335(heen: &Heenbericht) -> Vec<Place> {
    broken_reasons(heen, |product| product.reden_wijziging == Some(RedenWijziging::Verwijderd) && !is_one_day(product))
}

/// CS336: reason 01 is no longer in use.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn cs336(heen: &Heenbericht) -> Vec<Place> {
    broken_reasons(heen, |product| product.reden_wijziging == Some(RedenWijziging::AdministratieveCorrectieVervallen))
}

/// CS338: etmalen, dagdelen, euro's and pieces by effort are not counted per day, unless the toewijzing
/// ended before 2021.
///
/// - Retourcode: 0001
/// - Berichten: WMO301, WMO317
pub fn cs338(heen: &Heenbericht) -> Vec<Place> {
    extents_not_for_a_day(heen)
}

/// The products that are counted per day in a unit that does not go with it.
pub(super) fn extents_not_for_a_day(heen: &Heenbericht) -> Vec<Place> {
    let broken = |line: &ProductLine<'_>| {
        line.ends_after_2020()
            && line.omvang.is_some_and(|omvang| {
                omvang.frequentie == Frequentie::PerDag
                    && match omvang.eenheid {
                        Eenheid::Etmaal | Eenheid::Dagdeel | Eenheid::Euro | Eenheid::StuksInspanning => true,
                        // The last two stand in no schema of a release that has this rule.
                        Eenheid::Minuut
                        | Eenheid::Uur
                        | Eenheid::StuksOutput
                        | Eenheid::Week
                        | Eenheid::Tijdsonafhankelijk => false,
                    }
            })
    };
    broken_lines(heen, broken, |_| Some("Omvang"))
}

/// TR302: no product is assigned twice for one day. A toewijzing that was removed does not count.
///
/// - Retourcode: 0001
/// - Berichten: WMO301
pub fn tr302(heen: &Heenbericht) -> Vec<Place> {
    let client = match &heen.inhoud {
        Inhoud::Toewijzing(client) => client,
        Inhoud::Beschikking(client) => return beschikking::tr302(&client.beschikking),
        Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => return Vec::new(),
    };
    let counting = client.toegewezen_producten.iter().enumerate().filter(|(_, product)| {
        let removed = [RedenWijziging::Verwijderd, RedenWijziging::AdministratieveCorrectieVervallen];
        !(is_one_day(product) && product.reden_wijziging.is_some_and(|reden| removed.contains(&reden)))
    });
    let (indices, spans): (Vec<usize>, Vec<Span<'_>>) = counting
        .map(|(index, product)| {
            let span = Span { product: product.product.as_ref(), begin: product.ingangsdatum, end: product.einddatum };
            (index, span)
        })
        .unzip();
    let places = conflicting(&spans).into_iter().filter_map(|at| indices.get(at));
    places.map(|index| Place::klasse(toegewezen_product_path(*index))).collect()
}

fn is_one_day(product: &ToegewezenProduct) -> bool {
    product.einddatum == Some(product.ingangsdatum)
}

/// Every product in the bericht.
fn product_lines(heen: &Heenbericht) -> Vec<ProductLine<'_>> {
    match &heen.inhoud {
        Inhoud::Toewijzing(client) => {
            let products = client.toegewezen_producten.iter().enumerate();
            products.map(|(index, product)| toegewezen_line(index, product)).collect()
        }
        Inhoud::VerzoekOmToewijzing(client) => {
            let products = client.aangevraagde_producten.iter().enumerate();
            products.map(|(index, product)| aangevraagd_line(index, product)).collect()
        }
        Inhoud::VerzoekOmWijziging(client) => {
            let changed = client.verzoek.te_wijzigen_producten.iter().enumerate();
            let new = client.verzoek.nieuwe_producten.iter().enumerate();
            let changed = changed.map(|(index, product)| te_wijzigen_line(index, product));
            changed.chain(new.map(|(index, product)| nieuw_line(index, product))).collect()
        }
        Inhoud::Beschikking(client) => {
            let products = client.beschikking.toegewezen_producten.iter().enumerate();
            products.map(|(index, product)| beschikt_line(index, product)).collect()
        }
        Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => Vec::new(),
    }
}

fn toegewezen_line(index: usize, product: &ToegewezenProduct) -> ProductLine<'_> {
    ProductLine {
        path: toegewezen_product_path,
        index,
        names_product: true,
        product: product.product.as_ref(),
        omvang: product.omvang.as_ref(),
        budget: product.budget,
        begin: product.ingangsdatum,
        end: product.einddatum,
        end_name: "Einddatum",
    }
}

fn beschikt_line(index: usize, product: &beschikt::ToegewezenProduct) -> ProductLine<'_> {
    ProductLine {
        path: beschikking::toegewezen_product_path,
        index,
        names_product: true,
        product: Some(&product.product),
        omvang: product.omvang.as_ref(),
        budget: None,
        begin: product.ingangsdatum,
        end: product.einddatum,
        end_name: "Einddatum",
    }
}

fn aangevraagd_line(index: usize, product: &AangevraagdProduct) -> ProductLine<'_> {
    ProductLine {
        path: |index| client_path().child("AangevraagdeProducten").nth("AangevraagdProduct", index),
        index,
        names_product: true,
        product: product.product.as_ref(),
        omvang: product.omvang.as_ref(),
        budget: product.budget,
        begin: product.toewijzing_ingangsdatum,
        end: product.toewijzing_einddatum,
        end_name: "ToewijzingEinddatum",
    }
}

fn te_wijzigen_line(index: usize, product: &TeWijzigenProduct) -> ProductLine<'_> {
    ProductLine {
        path: |index| client_path().child("Verzoek").child("TeWijzigenProducten").nth("TeWijzigenProduct", index),
        index,
        names_product: false,
        product: None,
        omvang: product.omvang.as_ref(),
        budget: product.budget,
        begin: product.gewenste_ingangsdatum,
        end: product.einddatum,
        end_name: "Einddatum",
    }
}

fn nieuw_line(index: usize, product: &NieuwProduct) -> ProductLine<'_> {
    ProductLine {
        path: |index| client_path().child("Verzoek").child("NieuweProducten").nth("NieuwProduct", index),
        index,
        names_product: true,
        product: product.product.as_ref(),
        omvang: product.omvang.as_ref(),
        budget: product.budget,
        begin: product.gewenste_ingangsdatum,
        end: product.einddatum,
        end_name: "Einddatum",
    }
}

/// The products for which `broken` holds, at the element that shows it or else as a whole.
fn broken_lines(
    heen: &Heenbericht,
    broken: impl Fn(&ProductLine<'_>) -> bool,
    element: impl Fn(&ProductLine<'_>) -> Option<&'static str>,
) -> Vec<Place> {
    let broken = product_lines(heen).into_iter().filter(|line| broken(line));
    broken
        .map(|line| {
            let path = (line.path)(line.index);
            match element(&line) {
                Some(name) => Place::element(path, name),
                None => Place::klasse(path),
            }
        })
        .collect()
}

/// The `ToegewezenProducten` of which the RedenWijziging is wrong.
fn broken_reasons(heen: &Heenbericht, broken: impl Fn(&ToegewezenProduct) -> bool) -> Vec<Place> {
    let Inhoud::Toewijzing(client) = &heen.inhoud else { return Vec::new() };
    let broken = client.toegewezen_producten.iter().enumerate().filter(|(_, product)| broken(product));
    broken.map(|(index, _)| Place::element(toegewezen_product_path(index), "RedenWijziging")).collect()
}

fn toegewezen_product_path(index: usize) -> ElementPath {
    client_path().child("ToegewezenProducten").nth("ToegewezenProduct", index)
}
