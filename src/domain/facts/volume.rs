//! How much of a toewijzing may be declared: per ProductPeriode (IV076, IV077, IV078) and over its whole term.
//!
//! Whole numbers only. A volume is below 2^63 and a calendar has fewer than 2^32 days, so their product fits an `i128`
//! many times over, whatever a bericht says.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::toewijzing::Omvang;
use crate::domain::berichten::waarde::{Eenheid, Frequentie, ProductCategorie};

/// Huishoudelijke hulp: hours may be moved between weeks, so a month holds six times the volume of a week (IV077).
const HUISHOUDELIJKE_HULP: &str = "01";
/// How often the volume of a week may be declared in one month of that.
const WEEKS_OF_HUISHOUDELIJKE_HULP: i64 = 6;

/// Between which days support is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub begin: NaiveDate,
    /// Last day; absent when open-ended.
    pub end: Option<NaiveDate>,
}

/// A maximum, as a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maximum {
    /// Volume of the toewijzing.
    pub volume: i64,
    /// How often it counts.
    pub times: i64,
    /// What is counted.
    pub counted: Counted,
}

/// What the volume of a toewijzing is multiplied with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The volume is the maximum.
    Once,
    /// Calendar days, both ends included.
    Days,
    /// Weeks from Monday to Sunday, broken ones included.
    Weeks,
    /// Sundays, and one more where the last week is broken.
    Sundays,
    /// Calendar months, broken ones included.
    Months,
    /// Six weeks for each month, by agreement.
    SixWeeks,
    /// Stretches of seven days from the first day on, the last one perhaps broken.
    StartedWeeks,
    /// Stretches of 28 days from the first day on, the last one perhaps broken.
    StartedFourWeeks,
    /// Calendar years, broken ones included.
    Years,
}

impl Maximum {
    /// In the unit of the toewijzing.
    #[must_use]
    pub fn value(self) -> i128 {
        i128::from(self.volume) * i128::from(self.times)
    }
}

/// The most that may be declared over one ProductPeriode (TR321); `None` for a frequentie that 3.2 does not have.
#[must_use]
pub fn in_period(
    omvang: &Omvang,
    categorie: &ProductCategorie,
    term: Validity,
    periode: &GeslotenPeriode,
) -> Option<Maximum> {
    let GeslotenPeriode { begindatum, einddatum } = *periode;
    let (times, counted) = match omvang.frequentie {
        Frequentie::PerDag => (days(begindatum, einddatum), Counted::Days),
        Frequentie::PerWeek if is_output(omvang.eenheid) => {
            let last_week = i64::from(ends_broken_week_in(term, periode));
            (sundays(begindatum, einddatum) + last_week, Counted::Sundays)
        }
        Frequentie::PerWeek if categorie.as_str() == HUISHOUDELIJKE_HULP => {
            (WEEKS_OF_HUISHOUDELIJKE_HULP, Counted::SixWeeks)
        }
        Frequentie::PerWeek => (weeks(begindatum, einddatum), Counted::Weeks),
        Frequentie::PerMaand | Frequentie::Totaal => (1, Counted::Once),
        Frequentie::PerVierWeken | Frequentie::PerJaar => return None,
    };
    Some(Maximum { volume: omvang.volume, times, counted })
}

/// The most that may be declared over the whole term (TR322). `None` for one that is open-ended, unless what is assigned is a
/// total: no term, no maximum over it. `None` for a frequentie that 3.2 does not have.
#[must_use]
pub fn in_term(omvang: &Omvang, term: Validity) -> Option<Maximum> {
    let (times, counted) = match omvang.frequentie {
        Frequentie::PerDag => (days(term.begin, term.end?), Counted::Days),
        Frequentie::PerWeek => (weeks(term.begin, term.end?), Counted::Weeks),
        Frequentie::PerMaand => (months(term.begin, term.end?), Counted::Months),
        Frequentie::Totaal => (1, Counted::Once),
        Frequentie::PerVierWeken | Frequentie::PerJaar => return None,
    };
    Some(Maximum { volume: omvang.volume, times, counted })
}

/// As [`in_term`], before release 3.0.
#[must_use]
pub fn started_in_term(omvang: &Omvang, term: Validity) -> Option<Maximum> {
    let last = if omvang.frequentie == Frequentie::Totaal { term.begin } else { term.end? };
    Some(started(omvang, term.begin, last))
}

/// The most that may be declared from the first day to the last, before release 3.0: a unit of time that has begun counts as
/// a whole one, as nothing was laid down about parts of it.
#[must_use]
pub fn started(omvang: &Omvang, first: NaiveDate, last: NaiveDate) -> Maximum {
    let stretches = |length: i64| (days(first, last) + length - 1) / length;
    let (times, counted) = match omvang.frequentie {
        Frequentie::PerDag => (days(first, last), Counted::Days),
        Frequentie::PerWeek => (stretches(7), Counted::StartedWeeks),
        Frequentie::PerVierWeken => (stretches(28), Counted::StartedFourWeeks),
        Frequentie::PerMaand => (months(first, last), Counted::Months),
        Frequentie::PerJaar => ((i64::from(last.year()) - i64::from(first.year()) + 1).max(0), Counted::Years),
        Frequentie::Totaal => (1, Counted::Once),
    };
    Maximum { volume: omvang.volume, times, counted }
}

/// A volume in the smallest unit of its kind: minutes for time that is counted in minutes or hours.
#[must_use]
pub fn in_smallest(volume: i128, eenheid: Eenheid) -> i128 {
    if eenheid == Eenheid::Uur { 60 * volume } else { volume }
}

/// The smallest unit of the kind: what is counted in hours may be declared in minutes (TR341).
#[must_use]
pub const fn smallest(eenheid: Eenheid) -> Eenheid {
    if matches!(eenheid, Eenheid::Uur) { Eenheid::Minuut } else { eenheid }
}

/// Paid by result, not by effort.
const fn is_output(eenheid: Eenheid) -> bool {
    matches!(eenheid, Eenheid::StuksOutput | Eenheid::Euro)
}

/// From the first to the last day, both included; none when they stand the wrong way round.
fn days(first: NaiveDate, last: NaiveDate) -> i64 {
    (last.signed_duration_since(first).num_days() + 1).max(0)
}

/// Weeks from Monday to Sunday that a period touches.
fn weeks(first: NaiveDate, last: NaiveDate) -> i64 {
    if last < first { 0 } else { (monday_number(last) - monday_number(first)) / 7 + 1 }
}

/// Sundays in a period.
fn sundays(first: NaiveDate, last: NaiveDate) -> i64 {
    if last < first {
        return 0;
    }
    let is_sunday = i64::from(last.weekday() == Weekday::Sun);
    weeks(first, last) - 1 + is_sunday
}

/// Calendar months that a period touches.
fn months(first: NaiveDate, last: NaiveDate) -> i64 {
    let number = |day: NaiveDate| 12 * i64::from(day.year()) + i64::from(day.month0());
    (number(last) - number(first) + 1).max(0)
}

/// The day number of the Monday of a week.
fn monday_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce()) - i64::from(day.weekday().num_days_from_monday())
}

/// Whether a term ends in a broken week that is declared in this period: the one with the last Sunday of the term, or
/// with its end when it has no Sunday (IV076).
fn ends_broken_week_in(term: Validity, periode: &GeslotenPeriode) -> bool {
    let Some(end) = term.end.filter(|end| end.weekday() != Weekday::Sun) else { return false };
    let since_sunday = i64::from(end.weekday().num_days_from_sunday());
    let last_sunday = end.checked_sub_signed(chrono::Duration::days(since_sunday));
    let day = last_sunday.filter(|sunday| *sunday >= term.begin).unwrap_or(end);
    (periode.begindatum..=periode.einddatum).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::berichten::waarde::Value;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    /// The maxima of a toewijzing over its months, in order, and that over its term.
    fn maxima(volume: i64, unit: &str, frequency: &str, categorie: &str, term: (&str, &str)) -> (Vec<i128>, i128) {
        let omvang = Omvang {
            volume,
            eenheid: Value::from_text(unit).expect("a unit"),
            frequentie: Value::from_text(frequency).expect("a frequency"),
        };
        let categorie = ProductCategorie::from_text(categorie).expect("a categorie");
        let (first, last) = (day(term.0), day(term.1));
        let term = Validity { begin: first, end: Some(last) };
        let mut in_months = Vec::new();
        let mut begindatum = first;
        while begindatum <= last {
            let next_month = begindatum.with_day(1).expect("a first") + chrono::Months::new(1);
            let einddatum = next_month.pred_opt().expect("a day before").min(last);
            let maximum = in_period(&omvang, &categorie, term, &GeslotenPeriode { begindatum, einddatum });
            in_months.push(maximum.expect("a frequency of 3.2").value());
            begindatum = next_month;
        }
        (in_months, in_term(&omvang, term).expect("a frequency of 3.2").value())
    }

    #[test]
    fn effort_per_week_counts_the_weeks_touched() {
        let weekly = |volume, term| maxima(volume, "04", "2", "02", term);
        assert_eq!(weekly(3, ("2025-10-07", "2025-12-30")), (vec![12, 15, 15], 39));
        assert_eq!(weekly(3, ("2025-07-07", "2025-09-07")), (vec![12, 15, 3], 27));
        assert_eq!(weekly(3, ("2025-11-12", "2025-12-13")), (vec![9, 6], 15));
    }

    #[test]
    fn a_week_counts_once_over_the_turn_of_the_year() {
        assert_eq!(maxima(2, "16", "2", "07", ("2024-12-16", "2025-01-19")), (vec![6, 6], 10));
    }

    #[test]
    fn huishoudelijke_hulp_may_move_hours_between_weeks() {
        assert_eq!(maxima(3, "04", "2", "01", ("2025-07-07", "2025-09-07")), (vec![18, 18, 18], 27));
    }

    #[test]
    fn output_per_week_counts_sundays_and_a_last_week_that_is_broken() {
        let weekly = |term| maxima(30_000, "83", "2", "02", term);
        assert_eq!(weekly(("2025-07-07", "2025-09-07")), (vec![90_000, 150_000, 30_000], 270_000));
        assert_eq!(weekly(("2025-07-07", "2025-09-06")), (vec![90_000, 180_000, 0], 270_000));
        assert_eq!(weekly(("2025-07-07", "2025-09-05")), (vec![90_000, 180_000, 0], 270_000));
        assert_eq!(weekly(("2025-10-07", "2025-12-31")), (vec![90_000, 150_000, 150_000], 390_000));
        assert_eq!(weekly(("2025-10-01", "2025-12-31")), (vec![120_000, 150_000, 150_000], 420_000));
        assert_eq!(weekly(("2025-12-29", "2026-01-02")).0, [0, 30_000], "no Sunday: the week of the end");
    }

    #[test]
    fn a_broken_month_counts_in_full() {
        assert_eq!(maxima(15, "04", "4", "02", ("2025-10-14", "2025-12-13")), (vec![15, 15, 15], 45));
    }

    #[test]
    fn per_day_counts_days() {
        assert_eq!(maxima(30, "01", "1", "02", ("2025-02-10", "2025-03-05")), (vec![570, 150], 720));
    }

    #[test]
    fn a_total_is_one_for_every_month_and_for_all_together() {
        let (in_months, in_term) = maxima(80, "04", "6", "02", ("2025-03-01", "2025-12-31"));
        assert_eq!((in_months, in_term), (vec![80; 10], 80));
    }

    #[test]
    fn what_is_open_ended_has_no_maximum_but_a_total() {
        let term = Validity { begin: day("2025-10-14"), end: None };
        for frequentie in [Frequentie::PerDag, Frequentie::PerMaand, Frequentie::Totaal] {
            let omvang = Omvang { volume: 15, eenheid: Eenheid::Uur, frequentie };
            let expected = (frequentie == Frequentie::Totaal).then_some(15);
            assert_eq!(in_term(&omvang, term).map(Maximum::value), expected);
            assert_eq!(started_in_term(&omvang, term).map(Maximum::value), expected);
        }
    }

    #[test]
    fn nothing_overflows_at_the_ends_of_the_calendar() {
        let omvang = Omvang { volume: i64::MAX, eenheid: Eenheid::Minuut, frequentie: Frequentie::PerDag };
        let term = Validity { begin: NaiveDate::MIN, end: Some(NaiveDate::MAX) };
        let all = GeslotenPeriode { begindatum: NaiveDate::MIN, einddatum: NaiveDate::MAX };
        let none = GeslotenPeriode { begindatum: NaiveDate::MAX, einddatum: NaiveDate::MIN };
        let categorie = ProductCategorie::from_text("02").expect("a categorie");
        let times = |periode| in_period(&omvang, &categorie, term, periode).map(|maximum| maximum.times);
        assert!(times(&all).is_some_and(|times| times > 190_000_000));
        assert_eq!(times(&none), Some(0));
        assert!(in_term(&omvang, term).is_some_and(|maximum| maximum.value() > i128::from(i64::MAX)));
        for frequentie in [Frequentie::PerWeek, Frequentie::PerMaand] {
            assert!(in_term(&Omvang { frequentie, ..omvang.clone() }, term).is_some());
        }
    }
}
