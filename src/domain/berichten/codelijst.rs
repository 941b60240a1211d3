//! Code lists that change without a new release of the standard: which code held on which day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

/// The days on which a code holds, first and last included; without a date, as far as anyone asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
}

impl Validity {
    fn holds_on(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }
}

/// The gemeentecodes of CBS (TR378). A code may hold more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gemeentecodes(BTreeMap<String, Vec<Validity>>);

impl Gemeentecodes {
    /// Whether there ever was a gemeente with this code.
    #[must_use]
    pub fn is_known(&self, code: &str) -> bool {
        self.0.contains_key(code)
    }

    /// Whether there was a gemeente with this code on this day.
    #[must_use]
    pub fn holds_on(&self, code: &str, day: NaiveDate) -> bool {
        self.0.get(code).is_some_and(|times| times.iter().any(|validity| validity.holds_on(day)))
    }
}

impl FromIterator<(String, Validity)> for Gemeentecodes {
    fn from_iter<I: IntoIterator<Item = (String, Validity)>>(codes: I) -> Self {
        let mut list = Self::default();
        for (code, validity) in codes {
            list.0.entry(code).or_default().push(validity);
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn first_and_last_day_count_and_a_code_may_return() {
        let codes: Gemeentecodes = [
            ("0001".to_owned(), Validity { from: Some(day(2020, 1, 1)), to: Some(day(2020, 12, 31)) }),
            ("0001".to_owned(), Validity { from: Some(day(2023, 1, 1)), to: None }),
        ]
        .into_iter()
        .collect();
        for (on, wanted) in [
            (day(2019, 12, 31), false),
            (day(2020, 1, 1), true),
            (day(2020, 12, 31), true),
            (day(2021, 1, 1), false),
            (day(2022, 12, 31), false),
            (day(2023, 1, 1), true),
            (day(2099, 1, 1), true),
        ] {
            assert_eq!(codes.holds_on("0001", on), wanted, "{on}");
        }
        assert!(codes.is_known("0001") && !codes.is_known("0002"));
        assert!(!codes.holds_on("0002", day(2024, 1, 1)));
    }
}
