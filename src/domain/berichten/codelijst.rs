//! Code lists that change without a new release of the standard: which code held on which day.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};

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
pub struct Gemeentecodes {
    codes: BTreeMap<String, Vec<Validity>>,
    /// The day on which somebody compared the list with that of CBS, when it tells one.
    pub checked: Option<NaiveDate>,
}

impl Gemeentecodes {
    /// Whether the list was last checked longer than a year ago, or nobody knows when. Gemeenten merge on 1 January.
    #[must_use]
    pub fn is_old(&self, today: NaiveDate) -> bool {
        let good_until = self.checked.and_then(|checked| checked.checked_add_months(Months::new(12)));
        good_until.is_none_or(|last| last < today)
    }

    /// Whether there ever was a gemeente with this code.
    #[must_use]
    pub fn is_known(&self, code: &str) -> bool {
        self.codes.contains_key(code)
    }

    /// Whether there was a gemeente with this code on this day.
    #[must_use]
    pub fn holds_on(&self, code: &str, day: NaiveDate) -> bool {
        self.codes.get(code).is_some_and(|times| times.iter().any(|validity| validity.holds_on(day)))
    }
}

impl FromIterator<(String, Validity)> for Gemeentecodes {
    fn from_iter<I: IntoIterator<Item = (String, Validity)>>(codes: I) -> Self {
        let mut list = Self::default();
        for (code, validity) in codes {
            list.codes.entry(code).or_default().push(validity);
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

    #[test]
    fn a_list_is_old_a_year_after_it_was_checked_or_when_nobody_knows() {
        let checked = |checked| Gemeentecodes { checked, ..Gemeentecodes::default() };
        assert!(checked(None).is_old(day(2026, 1, 1)));
        let list = checked(Some(day(2025, 11, 21)));
        assert_eq!([day(2026, 11, 21), day(2026, 11, 22)].map(|today| list.is_old(today)), [false, true]);
    }
}
