//! By what a due date was counted: enough to count it again, and to tell people why it is the day that it is.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::term::{Term, Unit};
use super::werkdag::Calendar;

/// In which direction a term counts from its day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// On from it.
    After,
    /// On from the last day of a period.
    AfterPeriod,
    /// Back from it.
    Before,
}

impl Direction {
    /// The word for it in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::AfterPeriod => "after-period",
            Self::Before => "before",
        }
    }

    /// What this word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::After, Self::AfterPeriod, Self::Before].into_iter().find(|direction| direction.word() == word)
    }

    /// The due date of a term.
    #[must_use]
    pub fn due(self, term: Term, day_0: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self {
            Self::After => term.due(day_0, calendar),
            Self::AfterPeriod => term.due_after(day_0, calendar),
            Self::Before => term.due_before(day_0),
        }
    }

    /// Why it is that day, in Dutch: the term, from when it counts, and which days did not count.
    #[must_use]
    pub fn explanation(self, term: Term, day_0: NaiveDate, calendar: &Calendar) -> String {
        let side = if self == Self::Before { "voor" } else { "na" };
        let mut text = format!("{} {side} {}", in_words(term), day_0.format("%d-%m-%Y"));
        if self != Self::Before {
            let due = self.due(term, day_0, calendar);
            let skipped = term.skipped(day_0, due, calendar);
            if !skipped.is_empty() {
                let names: Vec<&str> = skipped.iter().map(|one| one.why.as_str()).collect();
                let _ = write!(text, "; niet geteld: {}", names.join(", "));
            }
        }
        text
    }
}

/// A due date with what it was counted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The key of the term in the profile.
    pub term: String,
    /// Day 0, or the day that it counts back from.
    pub day_0: NaiveDate,
    /// On or back.
    pub direction: Direction,
}

fn in_words(term: Term) -> String {
    let (one, several) = match term.unit {
        Unit::Dagen => ("dag", "dagen"),
        Unit::Werkdagen => ("werkdag", "werkdagen"),
        Unit::Weken => ("week", "weken"),
        Unit::Maanden => ("maand", "maanden"),
    };
    format!("{} {}", term.count, if term.count == 1 { one } else { several })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(direction: Direction, count: u32, unit: Unit, day_0: &str) -> String {
        direction.explanation(Term { count, unit }, day_0.parse().expect("a date"), &Calendar::default())
    }

    #[test]
    fn the_days_that_did_not_count_are_named() {
        assert_eq!(
            explained(Direction::After, 2, Unit::Werkdagen, "2026-04-02"),
            "2 werkdagen na 02-04-2026; niet geteld: Goede Vrijdag, weekend, Tweede Paasdag"
        );
        assert_eq!(
            explained(Direction::After, 1, Unit::Werkdagen, "2026-04-24"),
            "1 werkdag na 24-04-2026; niet geteld: weekend, Koningsdag"
        );
        assert_eq!(explained(Direction::After, 3, Unit::Dagen, "2026-04-02"), "3 dagen na 02-04-2026");
        assert_eq!(explained(Direction::Before, 8, Unit::Weken, "2026-12-31"), "8 weken voor 31-12-2026");
    }

    #[test]
    fn each_way_has_a_word() {
        for direction in [Direction::After, Direction::AfterPeriod, Direction::Before] {
            assert_eq!(Direction::from_word(direction.word()), Some(direction));
        }
        assert_eq!(Direction::from_word("sideways"), None);
    }
}
