//! Periods that are declared: calendar months, and the four weeks of the CAK.
//!
//! A year of the CAK has thirteen periods of four weeks and begins on the Monday of ISO week 1. In a year of 53 weeks the
//! last one lasts five.

use chrono::{Datelike, Months, NaiveDate, Weekday};

use super::declaratie::GeslotenPeriode;

/// How many weeks a period of the CAK has, but for the last one of a long year.
const WEEKS: u32 = 4;
/// How many periods a year of the CAK has.
const PERIODS: u32 = 13;

/// How long the periods are that two parties declare by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lengte {
    /// Calendar months.
    Maand,
    /// Periods of the CAK.
    VierWeken,
    /// So many days, from a day that only the parties know.
    Dagen(i64),
}

impl Lengte {
    /// The length that a period seems to be of. What is both a month and four weeks, as February 2010 was, counts as a month.
    #[must_use]
    pub fn of(periode: &GeslotenPeriode) -> Self {
        if *periode == month_of(periode.begindatum) {
            Self::Maand
        } else if *periode == cak_of(periode.begindatum) {
            Self::VierWeken
        } else {
            Self::Dagen(days(periode))
        }
    }

    /// Whether `other` is a period of this length that connects to `known`, with whole periods between them or none.
    #[must_use]
    pub fn fits(self, known: &GeslotenPeriode, other: &GeslotenPeriode) -> bool {
        match self {
            Self::Maand => *other == month_of(other.begindatum),
            Self::VierWeken => *other == cak_of(other.begindatum),
            Self::Dagen(length) => {
                let apart = other.begindatum.signed_duration_since(known.begindatum).num_days();
                length > 0 && days(other) == length && apart % length == 0
            }
        }
    }
}

/// The period of a declaratie as people write it: `2026-03` is that month, `2018-04-23` the period of the CAK that begins on
/// that day. `None` for anything else.
#[must_use]
pub fn from_text(text: &str) -> Option<GeslotenPeriode> {
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    match day(&format!("{text}-01")) {
        Some(first) => Some(month_of(first)),
        None => day(text).map(cak_of).filter(|periode| Some(periode.begindatum) == day(text)),
    }
}

/// The calendar month with this day.
#[must_use]
pub fn month_of(day: NaiveDate) -> GeslotenPeriode {
    let begindatum = day.with_day(1).unwrap_or(day);
    let next = begindatum.checked_add_months(Months::new(1));
    GeslotenPeriode { begindatum, einddatum: next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX) }
}

/// The year and place of the period of the CAK with this day, as in `201805`.
#[must_use]
pub fn cak_code(day: NaiveDate) -> String {
    let (year, number) = cak_number(day);
    format!("{year:04}{:02}", number + 1)
}

/// The year of the CAK with this day, and how many of its periods are over then.
fn cak_number(day: NaiveDate) -> (i32, u32) {
    let week = day.iso_week();
    (week.year(), ((week.week() - 1) / WEEKS).min(PERIODS - 1))
}

/// The period of the CAK with this day.
#[must_use]
pub fn cak_of(day: NaiveDate) -> GeslotenPeriode {
    let (year, number) = cak_number(day);
    let begindatum = monday(year, 1 + WEEKS * number).unwrap_or(NaiveDate::MIN);
    let next = if number + 1 == PERIODS { monday(year + 1, 1) } else { monday(year, 1 + WEEKS * (number + 1)) };
    GeslotenPeriode { begindatum, einddatum: next.and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX) }
}

fn monday(year: i32, week: u32) -> Option<NaiveDate> {
    NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)
}

fn days(periode: &GeslotenPeriode) -> i64 {
    periode.einddatum.signed_duration_since(periode.begindatum).num_days() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn periode(begin: &str, end: &str) -> GeslotenPeriode {
        GeslotenPeriode { begindatum: day(begin), einddatum: day(end) }
    }

    #[test]
    fn the_cak_counts_four_weeks_from_iso_week_1() {
        assert_eq!(cak_of(day("2018-01-01")), periode("2018-01-01", "2018-01-28"));
        assert_eq!(cak_of(day("2018-12-30")), periode("2018-12-03", "2018-12-30"));
        assert_eq!(cak_of(day("2018-12-31")), periode("2018-12-31", "2019-01-27"), "period 1 of 2019");
    }

    #[test]
    fn a_year_of_53_weeks_ends_with_five_of_them() {
        assert_eq!(cak_of(day("2021-01-03")), periode("2020-11-30", "2021-01-03"));
        assert_eq!(cak_of(day("2021-01-04")), periode("2021-01-04", "2021-01-31"));
    }

    #[test]
    fn a_period_of_the_cak_has_a_year_and_a_place() {
        let codes = ["2018-01-01", "2018-05-20", "2018-12-30", "2018-12-31", "2021-01-03", "2021-01-04"];
        let codes = codes.map(|text| cak_code(day(text)));
        assert_eq!(codes, ["201801", "201805", "201813", "201901", "202013", "202101"]);
    }

    #[test]
    fn people_write_a_month_or_the_first_day_of_four_weeks() {
        assert_eq!(from_text("2026-02"), Some(periode("2026-02-01", "2026-02-28")));
        assert_eq!(from_text("2018-04-23"), Some(periode("2018-04-23", "2018-05-20")));
        for text in ["2018-04-24", "2026-13", "2026", "2026-02-01-01", "maart 2026", ""] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }

    #[test]
    fn periods_of_one_length_connect() {
        let may = periode("2018-05-01", "2018-05-31");
        assert_eq!(Lengte::of(&may), Lengte::Maand);
        assert!(Lengte::Maand.fits(&may, &periode("2018-07-01", "2018-07-31")));
        assert!(!Lengte::Maand.fits(&may, &periode("2018-06-01", "2018-06-28")));
        let fifth = periode("2018-04-23", "2018-05-20");
        assert_eq!(Lengte::of(&fifth), Lengte::VierWeken);
        assert!(Lengte::VierWeken.fits(&fifth, &periode("2018-05-21", "2018-06-17")));
        assert!(!Lengte::VierWeken.fits(&fifth, &periode("2018-05-22", "2018-06-18")));
        let own = periode("2018-05-03", "2018-05-30");
        assert_eq!(Lengte::of(&own), Lengte::Dagen(28));
        assert!(Lengte::Dagen(28).fits(&own, &periode("2018-05-31", "2018-06-27")));
        assert!(!Lengte::Dagen(28).fits(&own, &periode("2018-06-01", "2018-06-28")));
    }

    #[test]
    fn the_ends_of_the_calendar_have_a_period_too() {
        assert_eq!(month_of(NaiveDate::MAX).einddatum, NaiveDate::MAX);
        assert_eq!(cak_of(NaiveDate::MAX).einddatum, NaiveDate::MAX);
        assert!(cak_of(NaiveDate::MIN).begindatum <= NaiveDate::MIN);
    }
}
