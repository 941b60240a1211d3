//! From which day on a deadline is due soon.

use chrono::NaiveDate;

use super::term::{Term, Unit};
use super::werkdag::Calendar;

/// A moment before a due date at which people are warned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warn {
    /// When so many percent of the days have passed.
    Percent(u32),
    /// So long before the due date.
    Before(Term),
}

impl Warn {
    /// As profiles write it: `50%`, `1 werkdag`, `3 dagen`, `2 weken` or `1 maand`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        if let Some(percent) = text.strip_suffix('%') {
            return percent.parse().ok().filter(|percent| (1..100).contains(percent)).map(Self::Percent);
        }
        let (count, unit) = text.split_once(' ')?;
        let unit = match unit {
            "dag" | "dagen" => Unit::Dagen,
            "werkdag" | "werkdagen" => Unit::Werkdagen,
            "week" | "weken" => Unit::Weken,
            "maand" | "maanden" => Unit::Maanden,
            _ => return None,
        };
        Some(Self::Before(Term { count: count.parse().ok()?, unit }))
    }

    /// The day from which a deadline that runs from day 0 is due soon.
    fn day(self, day_0: NaiveDate, due: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self {
            Self::Percent(percent) => {
                let days = due.signed_duration_since(day_0).num_days() * i64::from(percent);
                let passed = days / 100 + i64::from(days % 100 > 0);
                day_0.checked_add_signed(chrono::TimeDelta::days(passed)).unwrap_or(due)
            }
            Self::Before(Term { count, unit: Unit::Werkdagen }) => calendar.werkdagen_before(due, count),
            Self::Before(term) => term.due_before(due),
        }
    }

    /// The days from which a deadline is due soon, the first one first, each once; none after the due date.
    #[must_use]
    pub fn days(all: &[Self], day_0: NaiveDate, due: NaiveDate, calendar: &Calendar) -> Vec<NaiveDate> {
        // A due date at the end of time never passes, and nobody is warned of it.
        if due.checked_add_days(chrono::Days::new(366)).is_none() {
            return Vec::new();
        }
        let mut days: Vec<_> =
            all.iter().map(|warn| warn.day(day_0, due, calendar)).filter(|day| *day <= due).collect();
        days.sort_unstable();
        days.dedup();
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(warns: &[&str], day_0: &str, due: &str) -> Vec<String> {
        let warns: Vec<_> = warns.iter().map(|text| Warn::from_text(text).expect("a moment")).collect();
        let (day_0, due) = (day_0.parse().expect("a date"), due.parse().expect("a date"));
        Warn::days(&warns, day_0, due, &Calendar::default()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn people_are_warned_halfway_and_the_werkdag_before() {
        // Due on the Tuesday after Easter 2026; the werkdag before it is Thursday.
        assert_eq!(days(&["50%", "1 werkdag"], "2026-03-24", "2026-04-07"), ["2026-03-31", "2026-04-02"]);
        assert_eq!(days(&["1 werkdag", "1 werkdag", "1 dag"], "2026-03-24", "2026-03-27"), ["2026-03-26"], "each once");
        assert_eq!(days(&["50%"], "2026-03-24", "2026-03-27"), ["2026-03-26"], "a day and a half is two days");
        assert_eq!(days(&["2 weken", "1 maand"], "2026-01-31", "2026-03-31"), ["2026-02-28", "2026-03-17"]);
        assert_eq!(days(&["1 dag"], "2026-01-01", "+262142-12-31"), [""; 0], "it never comes");
    }

    #[test]
    fn anything_else_is_no_moment() {
        for text in ["", "50", "0%", "100%", "-1 dag", "1", "1 uur", "1  dag", "dag"] {
            assert_eq!(Warn::from_text(text), None, "{text}");
        }
    }
}
