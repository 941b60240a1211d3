//! What the CAK is told of support, for the own contribution: by which code, and who tells it (MLW-15, MLW-16, MLW-16b).
//!
//! Products that have a code of the CAK are those of the old method. A client is of the new method as soon as it is assigned
//! any other product: of that client the gemeente tells a price, and nobody tells of what comes on top.
//!
//! Imports `berichten` and `facts`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::iter::successors;

use chrono::NaiveDate;

use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::levering::StartKey;
use crate::domain::berichten::periode::cak_of;
use crate::domain::berichten::waarde::{Bsn, ProductCategorie, ProductCode};
use crate::domain::facts::history::{Leveringen, ToewijzingFact};
use crate::domain::facts::support::last_day;

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

/// Support of a client at one aanbieder.
#[derive(Clone, Debug)]
pub struct Support {
    /// The client whose support it is.
    pub bsn: Bsn,
    /// The first day.
    pub begindatum: NaiveDate,
    /// The last day; none while it lasts.
    pub einddatum: Option<NaiveDate>,
    /// What is assigned to the client there, and what began.
    pub assigned: Vec<Assigned>,
}

/// That a product is assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assigned {
    /// Of the product.
    pub code: String,
    /// The first day.
    pub ingangsdatum: NaiveDate,
    /// The last day, if any.
    pub einddatum: Option<NaiveDate>,
}

/// A period of which the gemeente tells the CAK the cost price of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CostPeriode {
    /// The client whose support it is.
    pub bsn: Bsn,
    /// Of the CAK, as a whole.
    pub periode: GeslotenPeriode,
    /// By which method the client is; `None`: no product is known.
    pub method: Option<Method>,
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

    /// The periods of the CAK with a day of support from `first` to `last` of which the gemeente tells the cost price, each once
    /// for a client: by period, then by client.
    ///
    /// Who tells of a period is decided on the first day of support in it.
    #[must_use]
    pub fn cost_perioden(&self, support: &[Support], (first, last): (NaiveDate, NaiveDate)) -> Vec<CostPeriode> {
        let mut found: BTreeMap<(NaiveDate, &str), CostPeriode> = BTreeMap::new();
        for one in support {
            for periode in one.perioden(first, last) {
                let day = one.begindatum.max(periode.begindatum);
                let method = self.method(one.codes_on(day));
                if self.reporter(method, day) == Reporter::Gemeente {
                    let key = (periode.begindatum, one.bsn.digits());
                    let reported = CostPeriode { bsn: one.bsn.clone(), periode, method };
                    found.entry(key).and_modify(|there| there.method = there.method.or(method)).or_insert(reported);
                }
            }
        }
        found.into_values().collect()
    }
}

impl Support {
    /// What each live start of a client at one aanbieder began, of what is assigned to the client there; nothing on a toewijzing
    /// that was taken back.
    #[must_use]
    pub fn of(bsn: &Bsn, leveringen: &Leveringen, toewijzingen: &[&ToewijzingFact]) -> Vec<Self> {
        let starts = &leveringen.starts;
        let on: HashSet<_> = starts.iter().filter_map(|start| start.toewijzing_nummer).collect();
        // One with a start of its own does not take over: its support is told by that.
        let others: Vec<&ToewijzingFact> =
            toewijzingen.iter().copied().filter(|fact| !on.contains(&fact.toewijzing_nummer)).collect();
        let began = |start: &StartKey| {
            let is_own = |fact: &&&ToewijzingFact| Some(fact.toewijzing_nummer) == start.toewijzing_nummer;
            let own = toewijzingen.iter().find(is_own).copied();
            if own.is_some_and(|own| own.verwijderd) {
                return None;
            }
            let stops = leveringen.stops.iter().filter(|stop| stop.start == *start).map(|stop| stop.einddatum);
            Some(Self {
                bsn: bsn.clone(),
                begindatum: start.begindatum,
                einddatum: stops.chain(own.and_then(|own| last_day(own, &others))).min(),
                assigned: assigned(start, own, toewijzingen),
            })
        };
        starts.iter().filter_map(began).collect()
    }

    /// The periods of the CAK with a day of it from `first` to `last`.
    fn perioden(&self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = GeslotenPeriode> {
        let begin = self.begindatum.max(first);
        let end = self.einddatum.map_or(last, |own| own.min(last));
        let next = |periode: &GeslotenPeriode| periode.einddatum.succ_opt().map(cak_of);
        let perioden = successors((begin <= end).then(|| cak_of(begin)), next);
        perioden.take_while(move |periode| periode.begindatum <= end)
    }

    /// The codes of what is assigned on this day.
    fn codes_on(&self, day: NaiveDate) -> impl Iterator<Item = &str> {
        let holds =
            move |one: &&Assigned| one.ingangsdatum <= day && one.einddatum.is_none_or(|einddatum| day <= einddatum);
        self.assigned.iter().filter(holds).map(|one| one.code.as_str())
    }
}

/// What is assigned, and what began, on this toewijzing if it is known.
fn assigned(start: &StartKey, own: Option<&ToewijzingFact>, toewijzingen: &[&ToewijzingFact]) -> Vec<Assigned> {
    let assigned = toewijzingen.iter().filter(|fact| !fact.verwijderd).filter_map(|fact| {
        Some(Assigned { code: code_of(fact)?, ingangsdatum: fact.ingangsdatum, einddatum: fact.einddatum })
    });
    let code = start.code.clone().or_else(|| code_of(own?));
    let einddatum = own.and_then(|own| own.einddatum);
    let began = code.map(|code| Assigned { code, ingangsdatum: start.begindatum, einddatum });
    assigned.chain(began).collect()
}

fn code_of(toewijzing: &ToewijzingFact) -> Option<String> {
    toewijzing.product.as_ref()?.code.as_ref().map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::berichten::waarde::Value;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn value<V: Value>(text: &str) -> V {
        V::from_text(text).expect("a value of the standard")
    }

    #[test]
    fn the_gemeente_tells_of_the_new_method_and_of_everything_from_its_day_on() {
        let mut codes = CakCodes::default();
        let cak = CakCode { categorie: value("02"), code: Some("403".to_owned()), is_certain: true };
        assert!(!codes.insert(value("2704"), cak));
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

    #[test]
    fn each_period_of_a_client_is_told_once_by_who_tells_of_its_first_day() {
        let mut codes = CakCodes::default();
        codes.insert(value("2704"), CakCode { categorie: value("02"), code: None, is_certain: true });
        let gemeente_from = day("2018-12-31");
        let cak = Cak { codes, cost_price: 15_000, gemeente_from, old_method_until: gemeente_from };
        let assigned = |code: &str, from: &str, einddatum: Option<&str>| Assigned {
            code: code.to_owned(),
            ingangsdatum: day(from),
            einddatum: einddatum.map(day),
        };
        let support = |bsn: &str, code: Option<&str>, begin: &str, end: Option<&str>| Support {
            bsn: value(bsn),
            begindatum: day(begin),
            einddatum: end.map(day),
            assigned: code.map(|code| assigned(code, begin, None)).into_iter().collect(),
        };
        let perioden = |support: &[&Support], van: &str, tot: &str| {
            let support: Vec<Support> = support.iter().copied().cloned().collect();
            cak.cost_perioden(&support, (day(van), day(tot)))
        };
        let reported = |support: &[&Support], van: &str, tot: &str| -> Vec<String> {
            let reported = perioden(support, van, tot);
            reported.iter().map(|one| format!("{} {}", &one.bsn.digits()[5..], one.periode.begindatum)).collect()
        };
        let (a, b) = ("999990019", "999940004");
        let new = support(a, Some("02N05"), "2018-11-10", None);
        let year_end = ["0019 2018-11-05", "0019 2018-12-03", "0019 2018-12-31"];
        assert_eq!(reported(&[&new], "2018-11-01", "2019-01-27"), year_end);
        assert_eq!(reported(&[&new], "2018-12-03", "2018-12-30"), year_end[1..2], "as far as was asked");
        assert_eq!(reported(&[&new], "2018-12-30", "2018-12-31"), year_end[1..], "a day of each");
        assert_eq!(reported(&[&new], "2018-10-08", "2018-11-09"), [""; 0], "before it began");
        let ended = support(a, Some("02N06"), "2018-12-01", Some("2018-12-03"));
        assert_eq!(reported(&[&ended], "2018-01-01", "2019-12-31"), year_end[..2], "up to its last day");
        assert_eq!(reported(&[&ended, &new], "2018-11-01", "2019-01-27"), year_end, "two products, and once");
        let old = support(b, Some("2704"), "2018-04-10", None);
        assert_eq!(reported(&[&old], "2018-01-01", "2019-02-24"), ["0004 2018-12-31", "0004 2019-01-28"]);
        let with = |from: &str| {
            let assigned = [old.assigned.clone(), vec![assigned("02N05", from, Some("2018-12-02"))]].concat();
            Support { assigned, ..old.clone() }
        };
        let of_year = ("2018-10-08", "2018-12-30");
        assert_eq!(reported(&[&with("2018-11-05")], of_year.0, of_year.1), ["0004 2018-11-05"]);
        assert_eq!(reported(&[&with("2018-11-06")], of_year.0, of_year.1), [""; 0], "old on the first day");
        let unknown = support(a, None, "2018-11-10", None);
        let method = |support: &[&Support]| perioden(support, "2018-11-10", "2018-11-10")[0].method;
        assert_eq!((method(&[&unknown]), method(&[&unknown, &new])), (None, Some(Method::New)));
        assert_eq!(reported(&[&old], "9999-12-31", "9999-12-31").len(), 1);
    }
}
