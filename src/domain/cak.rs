//! What the CAK is told of support, for the own contribution: by which code, and who tells it (MLW-15, MLW-16, MLW-16b).
//!
//! Products that have a code of the CAK are those of the old method. A client is of the new method as soon as it is assigned
//! any other product: of that client the gemeente tells a price, and nobody tells of what comes on top.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::waarde::{ProductCategorie, ProductCode};

/// How a product of the old method is known to the CAK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CakCode {
    /// WMO020.
    pub categorie: ProductCategorie,
    /// `None`: nobody told.
    pub code: Option<String>,
    /// Shown for this product alone; else for a group of products, and to be checked with the gemeente.
    pub is_certain: bool,
}

/// The products of the old method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CakCodes(HashMap<ProductCode, CakCode>);

/// What a region agreed on the CAK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cak {
    /// The products of the old method.
    pub codes: CakCodes,
    /// Of the new method, in euro cents per four weeks.
    pub cost_price: i64,
    /// From this day on the gemeente tells of everything.
    pub gemeente_from: NaiveDate,
    /// The last day on which there is support under the old method (MLW-21).
    pub old_method_until: NaiveDate,
}

/// By which method a client's own contribution is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By what was delivered.
    Old,
    /// By a price per four weeks.
    New,
}

/// Who tells the CAK.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporter {
    /// What it delivered.
    Aanbieder,
    /// A price per four weeks.
    Gemeente,
}

impl CakCodes {
    /// How this product is known; `None`: it is none of the old method.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<&CakCode> {
        self.0.iter().find(|(known, _)| known.as_str() == code).map(|(_, cak)| cak)
    }

    /// Adds a product; answers whether it was there.
    pub fn insert(&mut self, code: ProductCode, cak: CakCode) -> bool {
        self.0.insert(code, cak).is_some()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Cak {
    /// The method of a client with these products; `None`: no product is known.
    #[must_use]
    pub fn method<'c>(&self, codes: impl IntoIterator<Item = &'c str>) -> Option<Method> {
        let mut are_old = codes.into_iter().map(|code| self.codes.get(code).is_some()).peekable();
        are_old.peek()?;
        Some(if are_old.all(|is_old| is_old) { Method::Old } else { Method::New })
    }

    /// Who tells of support of a client of this method on this day.
    #[must_use]
    pub fn reporter(&self, method: Option<Method>, day: NaiveDate) -> Reporter {
        if method == Some(Method::Old) && day < self.gemeente_from { Reporter::Aanbieder } else { Reporter::Gemeente }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::waarde::Value;

    #[test]
    fn the_gemeente_tells_of_the_new_method_and_of_everything_from_its_day_on() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        let categorie = ProductCategorie::from_text("02").expect("a categorie");
        let mut codes = CakCodes::default();
        let cak = CakCode { categorie, code: Some("403".to_owned()), is_certain: true };
        assert!(!codes.insert(ProductCode::from_text("2704").expect("a code"), cak));
        let gemeente_from = day("2018-12-31");
        let cak = Cak { codes, cost_price: 15_000, gemeente_from, old_method_until: gemeente_from };
        let reporter = |codes: &[&str], on: &str| cak.reporter(cak.method(codes.iter().copied()), day(on));
        assert_eq!(reporter(&["2704"], "2018-12-30"), Reporter::Aanbieder);
        assert_eq!(reporter(&["2704"], "2018-12-31"), Reporter::Gemeente);
        assert_eq!(reporter(&["02N05"], "2018-04-10"), Reporter::Gemeente);
        assert_eq!(reporter(&["2704", "02N05"], "2018-04-10"), Reporter::Gemeente, "extra hours of a new client");
        assert_eq!(reporter(&[], "2018-04-10"), Reporter::Gemeente);
        assert_eq!((cak.method(["2704", "02N05"]), cak.method([])), (Some(Method::New), None));
    }
}
