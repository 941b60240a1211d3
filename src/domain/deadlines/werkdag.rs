//! Werkdagen: Monday to Friday without the days that article 3 of the Algemene termijnenwet names.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};

/// Whether 5 May is a day off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bevrijdingsdag {
    /// Every year, as article 3 of the Algemene termijnenwet has it.
    #[default]
    Always,
    /// Only in years that end in 0 or 5.
    Lustrum,
    /// An ordinary day.
    Never,
}

/// Which days are werkdagen for a party. The default is the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Good Friday is a day off.
    pub goede_vrijdag: bool,
    /// When 5 May is a day off.
    pub bevrijdingsdag: Bevrijdingsdag,
    /// Days on which this party is closed besides.
    pub closed: BTreeSet<NaiveDate>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { goede_vrijdag: true, bevrijdingsdag: Bevrijdingsdag::Always, closed: BTreeSet::new() }
    }
}

impl Calendar {
    /// Whether work is done on this day.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use iwmo_gateway::domain::deadlines::werkdag::Calendar;
    /// let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    /// let law = Calendar::default();
    /// assert!(law.is_werkdag(day("2026-04-28")));
    /// assert!(!law.is_werkdag(day("2026-04-27")), "Koningsdag");
    /// assert!(!law.is_werkdag(day("2025-04-26")), "Koningsdag, a day early: the 27th is a Sunday");
    /// ```
    #[must_use]
    pub fn is_werkdag(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.is_feestdag(day) && !self.closed.contains(&day)
    }

    /// The `count`th werkdag after `day`; `day` itself is day 0, whatever day it is.
    #[must_use]
    pub fn werkdagen_after(&self, day: NaiveDate, count: u32) -> NaiveDate {
        day.iter_days().skip(1).filter(|day| self.is_werkdag(*day)).take(count as usize).last().unwrap_or(day)
    }

    fn is_feestdag(&self, day: NaiveDate) -> bool {
        let year = day.year();
        match (day.month(), day.day()) {
            (1, 1) | (12, 25 | 26) => return true,
            (4, 26) => return is_sunday(year, 4, 27),
            (4, 27) => return !is_sunday(year, 4, 27),
            (5, 5) if self.is_bevrijdingsdag(year) => return true,
            _ => {}
        }
        match day.signed_duration_since(easter(year)).num_days() {
            -2 => self.goede_vrijdag,
            1 | 39 | 50 => true,
            _ => false,
        }
    }

    fn is_bevrijdingsdag(&self, year: i32) -> bool {
        match self.bevrijdingsdag {
            Bevrijdingsdag::Always => true,
            Bevrijdingsdag::Lustrum => year % 5 == 0,
            Bevrijdingsdag::Never => false,
        }
    }
}

fn is_sunday(year: i32, month: u32, day: u32) -> bool {
    NaiveDate::from_ymd_opt(year, month, day).is_some_and(|day| day.weekday() == Weekday::Sun)
}

/// Easter Sunday of a year, by the Gregorian computus (Meeus, Jones and Butcher).
fn easter(year: i32) -> NaiveDate {
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let golden = year.rem_euclid(19);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let days_after_march_21 = epact + weekday - 7 * late + 1;
    let march_21 = NaiveDate::from_ymd_opt(year, 3, 21).unwrap_or(NaiveDate::MIN);
    march_21 + Days::new(u64::try_from(days_after_march_21).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn easter_falls_where_the_church_keeps_it() {
        for known in ["1961-04-02", "2000-04-23", "2008-03-23", "2019-04-21", "2026-04-05", "2038-04-25", "2285-03-22"]
        {
            assert_eq!(easter(day(known).year()), day(known));
        }
    }

    #[test]
    fn the_days_of_the_termijnenwet_are_no_werkdagen() {
        let law = Calendar::default();
        let of_2026 = ["01-01", "04-03", "04-06", "04-27", "05-05", "05-14", "05-25", "12-25"];
        for feestdag in of_2026 {
            assert!(!law.is_werkdag(day(&format!("2026-{feestdag}"))), "{feestdag}");
        }
        let weekdays = day("2025-12-31").iter_days().skip(1).take(365);
        let free =
            weekdays.filter(|day| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !law.is_werkdag(*day));
        assert_eq!(free.count(), of_2026.len(), "26 December 2026 is a Saturday, and there are no others");
    }

    #[test]
    fn counting_starts_the_day_after_and_skips_what_does_not_count() {
        let law = Calendar::default();
        // Friday 24 April 2026, then a weekend and Koningsdag.
        assert_eq!(law.werkdagen_after(day("2026-04-24"), 3), day("2026-04-30"));
        assert_eq!(law.werkdagen_after(day("2026-04-24"), 0), day("2026-04-24"));
    }

    #[test]
    fn a_party_may_work_on_good_friday_and_close_when_it_likes() {
        let own = Calendar {
            goede_vrijdag: false,
            bevrijdingsdag: Bevrijdingsdag::Lustrum,
            closed: BTreeSet::from([day("2026-05-15")]),
        };
        assert!(own.is_werkdag(day("2026-04-03")));
        assert!(own.is_werkdag(day("2026-05-05")));
        assert!(!own.is_werkdag(day("2025-05-05")));
        assert!(!own.is_werkdag(day("2026-05-15")));
    }
}
