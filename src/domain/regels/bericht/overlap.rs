//! When products stand in each other's way: the test that TR302, TR361, TR386 and TR410 share.
//!
//! Two products conflict when both hold on one day and one covers the other. Not pair by pair: a hostile
//! bericht of 25 MB has 40 000 products, and all their pairs took twelve seconds. What holds when is added up
//! per product instead, so that time grows with the number of products.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use chrono::NaiveDate;

use crate::domain::berichten::toewijzing::Product;

/// A product over a time.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    /// Absent when the aanbieder chooses (generiek): it then stands for every product.
    pub product: Option<&'a Product>,
    /// First day.
    pub begin: NaiveDate,
    /// Last day; absent when open-ended.
    pub end: Option<NaiveDate>,
}

/// Rolstoelen, vervoervoorzieningen, woonvoorzieningen, overige hulpmiddelen: of these somebody may have
/// several at once.
const EXEMPT: [&str; 4] = ["11", "12", "13", "14"];

/// The positions in the list of what conflicts with something before it.
#[must_use]
pub fn conflicting(spans: &[Span<'_>]) -> Vec<usize> {
    let mut held: HashMap<Covering<'_>, Days> = HashMap::new();
    let mut found = Vec::new();
    for (index, span) in spans.iter().enumerate().filter(|(_, span)| !span.is_exempt()) {
        let end = span.end.unwrap_or(NaiveDate::MAX);
        if end < span.begin {
            continue; // Holds on no day (CS003).
        }
        let (conflicts, becomes) = Covering::of(span.product);
        if conflicts.iter().any(|covering| held.get(covering).is_some_and(|days| days.meet(span.begin, end))) {
            found.push(index);
        }
        for covering in becomes {
            held.entry(covering).or_default().add(span.begin, end);
        }
    }
    found
}

/// The positions in the list of what holds on a day on which something before it of the same key holds.
#[must_use]
pub fn overlapping<K: Eq + Hash>(spans: impl IntoIterator<Item = (K, NaiveDate, Option<NaiveDate>)>) -> Vec<usize> {
    let mut held: HashMap<K, Days> = HashMap::new();
    let mut found = Vec::new();
    for (index, (key, begin, end)) in spans.into_iter().enumerate() {
        let end = end.unwrap_or(NaiveDate::MAX);
        if end < begin {
            continue; // Holds on no day (CS003).
        }
        let days = held.entry(key).or_default();
        if days.meet(begin, end) {
            found.push(index);
        }
        days.add(begin, end);
    }
    found
}

impl Span<'_> {
    fn is_exempt(&self) -> bool {
        self.product.is_some_and(|product| EXEMPT.contains(&product.categorie.as_str()))
    }
}

/// Products that were met before, by what they cover.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Covering<'a> {
    /// All of them.
    Any,
    /// Those without a product.
    Generiek,
    /// Those of this categorie, with a code or without.
    InCategorie(&'a str),
    /// Those of this categorie without a code.
    WholeCategorie(&'a str),
    /// Those of this categorie and code.
    Code(&'a str, &'a str),
}

impl<'a> Covering<'a> {
    /// What a product conflicts with, and what it becomes for the next.
    fn of(product: Option<&'a Product>) -> (Vec<Self>, Vec<Self>) {
        let Some(product) = product else { return (vec![Self::Any], vec![Self::Any, Self::Generiek]) };
        let categorie = product.categorie.as_str();
        let all = [Self::Any, Self::InCategorie(categorie)];
        let (conflicts, itself) = match &product.code {
            None => (vec![Self::InCategorie(categorie)], Self::WholeCategorie(categorie)),
            Some(code) => {
                let code = Self::Code(categorie, code.as_str());
                (vec![Self::WholeCategorie(categorie), code], code)
            }
        };
        ([vec![Self::Generiek], conflicts].concat(), [all.to_vec(), vec![itself]].concat())
    }
}

/// Days, as periods that do not meet: the last day of each by the first.
#[derive(Default)]
struct Days(BTreeMap<NaiveDate, NaiveDate>);

impl Days {
    /// Whether one of these days lies in this period; first and last day count.
    fn meet(&self, begin: NaiveDate, end: NaiveDate) -> bool {
        self.period_that_meets(begin, end).is_some()
    }

    fn period_that_meets(&self, begin: NaiveDate, end: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let (first, last) = self.0.range(..=end).next_back()?;
        (begin <= *last).then_some((*first, *last))
    }

    fn add(&mut self, mut begin: NaiveDate, mut end: NaiveDate) {
        while let Some((first, last)) = self.period_that_meets(begin, end) {
            self.0.remove(&first);
            (begin, end) = (begin.min(first), end.max(last));
        }
        self.0.insert(begin, end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::berichten::waarde::{ProductCategorie, ProductCode, Value};

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("a day in March")
    }

    fn product(categorie: &str, code: Option<&str>) -> Product {
        Product {
            categorie: ProductCategorie::from_text(categorie).expect("a categorie"),
            code: code.and_then(ProductCode::from_text),
        }
    }

    /// The definition, pair by pair.
    fn conflict(one: &Span<'_>, other: &Span<'_>) -> bool {
        let end = |span: &Span<'_>| span.end.unwrap_or(NaiveDate::MAX);
        let overlap = one.begin.max(other.begin) <= end(one).min(end(other));
        let same = match (one.product, other.product) {
            (Some(one), Some(other)) => {
                one.categorie == other.categorie
                    && (one.code.is_none() || other.code.is_none() || one.code == other.code)
            }
            _ => true,
        };
        overlap && same && !one.is_exempt() && !other.is_exempt()
    }

    #[test]
    fn first_and_last_day_count_and_no_end_means_for_ever() {
        let span = |begin, end: Option<u32>| Span { product: None, begin: day(begin), end: end.map(day) };
        for (other, wanted) in [
            (span(1, Some(9)), false),
            (span(1, Some(10)), true),
            (span(20, Some(25)), true),
            (span(21, Some(25)), false),
            (span(21, None), false),
            (span(1, None), true),
            (span(12, Some(13)), true),
            (span(15, Some(14)), false),
        ] {
            assert_eq!(!conflicting(&[span(10, Some(20)), other]).is_empty(), wanted);
            assert_eq!(!conflicting(&[other, span(10, Some(20))]).is_empty(), wanted);
        }
    }

    #[test]
    fn every_row_of_products_agrees_with_the_definition() {
        let products = [
            product("01", Some("01A03")),
            product("01", Some("01A04")),
            product("01", None),
            product("02", None),
            product("11", Some("11A01")),
        ];
        let products: Vec<Option<&Product>> = products.iter().map(Some).chain([None]).collect();
        let mut state = 1_u32;
        let mut below = |limit: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % limit
        };
        for _ in 0..5_000 {
            let spans: Vec<Span<'_>> = (0..4)
                .map(|_| {
                    let begin = 5 + below(10);
                    let product = products[below(6) as usize];
                    Span { product, begin: day(begin), end: (below(8) > 0).then(|| day(begin + below(5) - 1)) }
                })
                .collect();
            let defined: Vec<usize> = (0..spans.len())
                .filter(|index| spans[..*index].iter().any(|earlier| conflict(earlier, &spans[*index])))
                .collect();
            assert_eq!(conflicting(&spans), defined);
        }
    }

    #[test]
    fn forty_thousand_products_are_no_trouble() {
        let products: Vec<Product> = (0..40_000).map(|code| product("01", Some(&format!("{code:05}")))).collect();
        let spans: Vec<Span<'_>> =
            products.iter().map(|one| Span { product: Some(one), begin: day(1), end: None }).collect();
        assert_eq!(conflicting(&spans), [0; 0]);
    }
}
