//! How well deadlines were kept: in time or late, how long before or after the last day in time, and what is still missing.

use std::collections::BTreeMap;

/// Of the deadlines of one kind: how many were answered so many days after their last day in time, and what nobody answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By days after the last day in time; below zero before it.
    days: BTreeMap<i64, i64>,
    met: i64,
    late: i64,
    missing: i64,
}

impl Tally {
    /// So many were answered so many days after their last day in time.
    pub fn answered(&mut self, days: i64, (met, late): (i64, i64)) {
        *self.days.entry(days).or_default() += met + late;
        self.met += met;
        self.late += late;
    }

    /// So many are too late and were not answered yet.
    pub fn missed(&mut self, count: i64) {
        self.missing += count;
    }

    /// The two together.
    pub fn add(&mut self, other: &Self) {
        for (days, count) in &other.days {
            *self.days.entry(*days).or_default() += count;
        }
        self.met += other.met;
        self.late += other.late;
        self.missing += other.missing;
    }

    /// Answered in time.
    #[must_use]
    pub const fn met(&self) -> i64 {
        self.met
    }

    /// Answered too late.
    #[must_use]
    pub const fn late(&self) -> i64 {
        self.late
    }

    /// Too late, and not answered yet.
    #[must_use]
    pub const fn missing(&self) -> i64 {
        self.missing
    }

    /// How many of a thousand were in time, of those that were answered or should have been, rounded down: what is not
    /// all is never told to be all. `None`: there were none.
    #[must_use]
    pub const fn in_time_per_mille(&self) -> Option<i64> {
        let all = self.met + self.late + self.missing;
        if all == 0 { None } else { Some(self.met * 1_000 / all) }
    }

    /// How many days after the last day in time the one in the middle was answered; of two in the middle the later one.
    #[must_use]
    pub fn median_days(&self) -> Option<i64> {
        let answered = self.met + self.late;
        let mut before = 0;
        self.days.iter().find_map(|(days, count)| {
            before += count;
            (2 * before > answered).then_some(*days)
        })
    }

    /// How many days after the last day in time the last one was answered.
    #[must_use]
    pub fn slowest_days(&self) -> Option<i64> {
        self.days.last_key_value().map(|(days, _)| *days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_not_in_time_and_has_no_day() {
        let mut tally = Tally::default();
        assert_eq!((tally.in_time_per_mille(), tally.median_days(), tally.slowest_days()), (None, None, None));
        tally.answered(-2, (3, 0));
        tally.answered(12, (0, 1));
        assert_eq!(
            (tally.in_time_per_mille(), tally.median_days(), tally.slowest_days()),
            (Some(750), Some(-2), Some(12))
        );
        tally.missed(2);
        assert_eq!((tally.in_time_per_mille(), tally.median_days()), (Some(500), Some(-2)));
        let mut late = Tally::default();
        late.answered(1, (0, 4));
        late.add(&tally);
        assert_eq!((late.met(), late.late(), late.missing()), (3, 5, 2));
        assert_eq!((late.median_days(), late.slowest_days()), (Some(1), Some(12)));
    }

    #[test]
    fn almost_all_is_not_all() {
        let mut tally = Tally::default();
        tally.answered(0, (9_999, 1));
        assert_eq!(tally.in_time_per_mille(), Some(999));
    }
}
