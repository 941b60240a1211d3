//! Werkdagen: Monday to Friday without the days that article 3 of the Algemene termijnenwet names.

use std::collections::BTreeMap;

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
    /// Days on which this party is closed besides, each with why, in Dutch: [`CLOSED`] where nobody said.
    pub closed: BTreeMap<NaiveDate, String>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { goede_vrijdag: true, bevrijdingsdag: Bevrijdingsdag::Always, closed: BTreeMap::new() }
    }
}

/// Days in a row that do not count, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The first of them.
    pub first: NaiveDate,
    /// The last of them.
    pub last: NaiveDate,
    /// Why, in Dutch: `weekend`, or the name of the day.
    pub why: String,
}

/// A day on which a party is closed, as people read it.
pub const CLOSED: &str = "eigen vrije dag";

/// A day on which it is closed because nothing is sent: all change to another release.
pub const FREEZE: &str = "freeze van het berichtenverkeer";

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
        self.day_off(day).is_none()
    }

    /// Why this day does not count, in Dutch; `None`: it does.
    #[must_use]
    pub fn day_off(&self, day: NaiveDate) -> Option<&str> {
        match day.weekday() {
            Weekday::Sat | Weekday::Sun => Some("weekend"),
            Weekday::Mon | Weekday::Tue | Weekday::Wed | Weekday::Thu | Weekday::Fri => {
                self.feestdag(day).or_else(|| self.closed.get(&day).map(String::as_str))
            }
        }
    }

    /// The days after day 0, up to the due date, that do not count: why that date is not sooner.
    ///
    /// ```
    /// use chrono::NaiveDate;
    /// use iwmo_gateway::domain::deadlines::werkdag::Calendar;
    /// let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    /// let skipped = Calendar::default().skipped(day("2025-04-17"), day("2025-04-23"));
    /// let why: Vec<&str> = skipped.iter().map(|skipped| skipped.why.as_str()).collect();
    /// assert_eq!(why, ["Goede Vrijdag", "weekend", "Tweede Paasdag"]);
    /// assert!(Calendar::default().skipped(day("2025-04-22"), day("2025-04-24")).is_empty());
    /// ```
    #[must_use]
    pub fn skipped(&self, day_0: NaiveDate, due: NaiveDate) -> Vec<Skipped> {
        let mut skipped: Vec<Skipped> = Vec::new();
        for day in day_0.iter_days().skip(1).take_while(|day| *day <= due) {
            let Some(why) = self.day_off(day) else { continue };
            match skipped.last_mut() {
                Some(before) if before.why == why && before.last.succ_opt() == Some(day) => before.last = day,
                _ => skipped.push(Skipped { first: day, last: day, why: why.to_owned() }),
            }
        }
        skipped
    }

    /// The `count`th werkdag after `day`; `day` itself is day 0, whatever day it is.
    #[must_use]
    pub fn werkdagen_after(&self, day: NaiveDate, count: u32) -> NaiveDate {
        day.iter_days().skip(1).filter(|day| self.is_werkdag(*day)).take(count as usize).last().unwrap_or(day)
    }

    /// The `count`th werkdag before `day`.
    #[must_use]
    pub fn werkdagen_before(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut before = std::iter::successors(day.pred_opt(), NaiveDate::pred_opt).filter(|day| self.is_werkdag(*day));
        count.checked_sub(1).map_or(day, |skip| before.nth(skip as usize).unwrap_or(day))
    }

    fn feestdag(&self, day: NaiveDate) -> Option<&'static str> {
        let year = day.year();
        match (day.month(), day.day()) {
            (1, 1) => return Some("Nieuwjaarsdag"),
            (12, 25) => return Some("Eerste Kerstdag"),
            (12, 26) => return Some("Tweede Kerstdag"),
            (4, 26) if is_sunday(year, 4, 27) => return Some("Koningsdag"),
            (4, 27) if !is_sunday(year, 4, 27) => return Some("Koningsdag"),
            (5, 5) if self.is_bevrijdingsdag(year) => return Some("Bevrijdingsdag"),
            _ => {}
        }
        match day.signed_duration_since(easter(year)).num_days() {
            -2 if self.goede_vrijdag => Some("Goede Vrijdag"),
            1 => Some("Tweede Paasdag"),
            39 => Some("Hemelvaartsdag"),
            50 => Some("Tweede Pinksterdag"),
            _ => None,
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
    fn what_is_skipped_is_named_in_its_order() {
        let of = |calendar: &Calendar, day_0: &str, count| {
            let due = calendar.werkdagen_after(day(day_0), count);
            let skipped = calendar.skipped(day(day_0), due);
            skipped.iter().map(|one| format!("{} {} {}", one.why, one.first, one.last)).collect::<Vec<_>>()
        };
        let law = Calendar::default();
        assert_eq!(
            of(&law, "2026-04-02", 2),
            [
                "Goede Vrijdag 2026-04-03 2026-04-03",
                "weekend 2026-04-04 2026-04-05",
                "Tweede Paasdag 2026-04-06 2026-04-06"
            ]
        );
        assert_eq!(of(&law, "2026-04-24", 1), ["weekend 2026-04-25 2026-04-26", "Koningsdag 2026-04-27 2026-04-27"]);
        assert_eq!(of(&law, "2026-04-25", 1)[0], "weekend 2026-04-26 2026-04-26", "day 0 itself is not counted anyway");
        let own = |why: &str| BTreeMap::from([(day("2026-05-15"), why.to_owned())]);
        let own = Calendar { closed: own(CLOSED), ..Calendar::default() };
        assert_eq!(
            of(&own, "2026-05-13", 1)[..2],
            ["Hemelvaartsdag 2026-05-14 2026-05-14", "eigen vrije dag 2026-05-15 2026-05-15"]
        );
    }

    #[test]
    fn a_party_may_work_on_good_friday_and_close_when_it_likes() {
        let own = Calendar {
            goede_vrijdag: false,
            bevrijdingsdag: Bevrijdingsdag::Lustrum,
            closed: BTreeMap::from([(day("2026-05-15"), CLOSED.to_owned())]),
        };
        assert!(own.is_werkdag(day("2026-04-03")));
        assert!(own.is_werkdag(day("2026-05-05")));
        assert!(!own.is_werkdag(day("2025-05-05")));
        assert!(!own.is_werkdag(day("2026-05-15")));
    }
}
