//! How long something runs, and in which days.
//!
//! A deadline is a civil date and lasts until the end of that day in Europe/Amsterdam. Day 0 is the
//! day of the trigger; counting starts the day after.

use chrono::{Days, Months, NaiveDate};

use super::werkdag::{Calendar, Skipped};

/// What a term counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calendar days, without any shift.
    Dagen,
    /// Days that count for work: see [`Calendar`].
    Werkdagen,
    /// Seven days each.
    Weken,
    /// Calendar months; a day that the month lacks becomes its last day.
    Maanden,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Dagen, Self::Werkdagen, Self::Weken, Self::Maanden];
}

/// How long something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// How many of the unit.
    pub count: u32,
    /// What it counts.
    pub unit: Unit,
}

impl Term {
    /// The last day on which the answer is in time, for a trigger on day 0.
    ///
    /// A date that the calendar cannot hold ends at its last day: such a deadline never passes.
    #[must_use]
    pub fn due(self, day_0: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self.unit {
            Unit::Werkdagen => return calendar.werkdagen_after(day_0, self.count),
            Unit::Dagen => day_0.checked_add_days(Days::new(self.count.into())),
            Unit::Weken => day_0.checked_add_days(Days::new(7 * u64::from(self.count))),
            Unit::Maanden => day_0.checked_add_months(Months::new(self.count)),
        }
        .unwrap_or(NaiveDate::MAX)
    }

    /// Why the due date is not sooner: the days on the way that did not count. Only werkdagen skip any.
    #[must_use]
    pub fn skipped(self, day_0: NaiveDate, due: NaiveDate, calendar: &Calendar) -> Vec<Skipped> {
        match self.unit {
            Unit::Werkdagen => calendar.skipped(day_0, due),
            Unit::Dagen | Unit::Weken | Unit::Maanden => Vec::new(),
        }
    }

    /// The day that lies so long before this one. Werkdagen are not counted back: a term of them is taken for dagen.
    #[must_use]
    pub fn due_before(self, day: NaiveDate) -> NaiveDate {
        match self.unit {
            Unit::Dagen | Unit::Werkdagen => day.checked_sub_days(Days::new(self.count.into())),
            Unit::Weken => day.checked_sub_days(Days::new(7 * u64::from(self.count))),
            Unit::Maanden => day.checked_sub_months(Months::new(self.count)),
        }
        .unwrap_or(NaiveDate::MIN)
    }

    /// The same, counted from the last day of a period: so many months after the end of a month end with a month too.
    #[must_use]
    pub fn due_after(self, last: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match (self.unit, last.succ_opt()) {
            (Unit::Maanden, Some(next)) => {
                let ends = next.checked_add_months(Months::new(self.count)).and_then(|day| day.pred_opt());
                ends.unwrap_or(NaiveDate::MAX)
            }
            _ => self.due(last, calendar),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(count: u32, unit: Unit, day_0: &str) -> String {
        Term { count, unit }.due(day_0.parse().expect("a date"), &Calendar::default()).to_string()
    }

    #[test]
    fn each_unit_counts_in_its_own_way() {
        // Thursday before Easter 2026.
        assert_eq!(due(3, Unit::Dagen, "2026-04-02"), "2026-04-05");
        assert_eq!(due(3, Unit::Werkdagen, "2026-04-02"), "2026-04-09");
        assert_eq!(due(8, Unit::Weken, "2026-04-02"), "2026-05-28");
        assert_eq!(due(3, Unit::Maanden, "2025-11-30"), "2026-02-28");
        let day = "2026-12-31".parse().expect("a date");
        assert_eq!(Term { count: 8, unit: Unit::Weken }.due_before(day).to_string(), "2026-11-05");
    }

    #[test]
    fn months_after_the_end_of_a_month_end_with_one() {
        let three_months = Term { count: 3, unit: Unit::Maanden };
        let due = |last: &str| three_months.due_after(last.parse().expect("a date"), &Calendar::default()).to_string();
        assert_eq!(
            [due("2026-02-28"), due("2025-11-30"), due("2026-01-31")],
            ["2026-05-31", "2026-02-28", "2026-04-30"]
        );
        let four_weeks = Term { count: 28, unit: Unit::Dagen };
        let end = "2018-05-20".parse().expect("a date");
        assert_eq!(four_weeks.due_after(end, &Calendar::default()).to_string(), "2018-06-17");
    }

    #[test]
    fn a_date_at_the_end_of_time_does_not_overflow() {
        assert_eq!(Term { count: 3, unit: Unit::Dagen }.due(NaiveDate::MAX, &Calendar::default()), NaiveDate::MAX);
    }
}
