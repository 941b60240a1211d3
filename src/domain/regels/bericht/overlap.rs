//! When two products stand in each other's way: the test that TR302, TR361, TR386 and TR410 share.

use chrono::NaiveDate;

use crate::domain::toewijzing::Product;

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

impl Span<'_> {
    /// Whether both hold on one day and one covers the other's product. First and last day count.
    #[must_use]
    pub fn conflicts_with(&self, other: &Span<'_>) -> bool {
        self.overlaps(other) && !self.is_exempt() && !other.is_exempt() && self.covers_same_as(other)
    }

    fn overlaps(&self, other: &Span<'_>) -> bool {
        self.end.is_none_or(|end| other.begin <= end) && other.end.is_none_or(|end| self.begin <= end)
    }

    fn is_exempt(&self) -> bool {
        self.product.is_some_and(|product| EXEMPT.contains(&product.categorie.as_str()))
    }

    fn covers_same_as(&self, other: &Span<'_>) -> bool {
        let (Some(ours), Some(theirs)) = (self.product, other.product) else { return true };
        ours.categorie == theirs.categorie
            && match (&ours.code, &theirs.code) {
                (Some(ours), Some(theirs)) => ours == theirs,
                _ => true,
            }
    }
}

/// The positions in the list of what conflicts with something before it.
#[must_use]
pub fn conflicting(spans: &[Span<'_>]) -> Vec<usize> {
    let conflicts = |index: &usize| {
        let (before, from) = spans.split_at(*index);
        from.first().is_some_and(|span| before.iter().any(|earlier| earlier.conflicts_with(span)))
    };
    (0..spans.len()).filter(conflicts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::waarde::{ProductCategorie, ProductCode, Value};

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("a day in March")
    }

    fn product(categorie: &str, code: Option<&str>) -> Product {
        Product {
            categorie: ProductCategorie::from_text(categorie).expect("a categorie"),
            code: code.and_then(ProductCode::from_text),
        }
    }

    #[test]
    fn first_and_last_day_count_and_no_end_means_for_ever() {
        let span = |begin, end: Option<u32>| Span { product: None, begin: day(begin), end: end.map(day) };
        let middle = span(10, Some(20));
        for (other, wanted) in [
            (span(1, Some(9)), false),
            (span(1, Some(10)), true),
            (span(20, Some(25)), true),
            (span(21, Some(25)), false),
            (span(21, None), false),
            (span(1, None), true),
            (span(12, Some(13)), true),
        ] {
            assert_eq!(middle.conflicts_with(&other), wanted);
            assert_eq!(other.conflicts_with(&middle), wanted);
        }
    }

    #[test]
    fn a_wider_product_covers_a_narrower_one_unless_several_are_allowed() {
        let (code, other_code) = (product("01", Some("01A03")), product("01", Some("01A04")));
        let (categorie, other_categorie) = (product("01", None), product("02", None));
        let wheelchair = product("11", Some("11A01"));
        for (one, other, wanted) in [
            (Some(&code), Some(&code), true),
            (Some(&code), Some(&other_code), false),
            (Some(&code), Some(&categorie), true),
            (Some(&code), Some(&other_categorie), false),
            (Some(&code), None, true),
            (None, None, true),
            (Some(&wheelchair), Some(&wheelchair), false),
            (Some(&wheelchair), None, false),
        ] {
            let span = |product| Span { product, begin: day(1), end: None };
            assert_eq!(span(one).conflicts_with(&span(other)), wanted);
            assert_eq!(span(other).conflicts_with(&span(one)), wanted);
        }
    }

    #[test]
    fn what_comes_later_in_the_list_is_pointed_at() {
        let span = |begin| Span { product: None, begin: day(begin), end: Some(day(begin + 1)) };
        assert_eq!(conflicting(&[span(1), span(5), span(2), span(6)]), [2, 3]);
    }
}
