//! Eighteen years of due dates, against days off that were written down by hand: Christmas, Easter, Koningsdag also where the 27th is
//! a Sunday, Ascension, 5 May, leap days, and both changes of the clock.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, Weekday};
use iwmo_gateway::clock;
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::deadlines::counted::Direction;
use iwmo_gateway::domain::deadlines::term::{Term, Unit};

use crate::store::data::day;

/// The Sundays of Easter, as the calendar of the church has them.
const EASTER: [&str; 18] = [
    "2018-04-01",
    "2019-04-21",
    "2020-04-12",
    "2021-04-04",
    "2022-04-17",
    "2023-04-09",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2027-03-28",
    "2028-04-16",
    "2029-04-01",
    "2030-04-21",
    "2031-04-13",
    "2032-03-28",
    "2033-04-17",
    "2034-04-09",
    "2035-03-25",
];

/// Koningsdag of the years in which the 27th of April is a Sunday.
const EARLY_KONINGSDAG: [&str; 3] = ["2025-04-26", "2031-04-26", "2014-04-26"];

/// Every day off that is no weekend by itself, by its name.
fn days_off() -> BTreeMap<NaiveDate, &'static str> {
    let mut days = BTreeMap::new();
    for sunday in EASTER.map(day) {
        let year = sunday.year();
        let early = EARLY_KONINGSDAG.map(day).into_iter().find(|day| day.year() == year);
        days.insert(early.unwrap_or_else(|| day(&format!("{year}-04-27"))), "Koningsdag");
        for (date, name) in [
            ("01-01", "Nieuwjaarsdag"),
            ("05-05", "Bevrijdingsdag"),
            ("12-25", "Eerste Kerstdag"),
            ("12-26", "Tweede Kerstdag"),
        ] {
            days.insert(day(&format!("{year}-{date}")), name);
        }
        days.insert(sunday - Days::new(2), "Goede Vrijdag");
        for (after, name) in [(1, "Tweede Paasdag"), (39, "Hemelvaartsdag"), (50, "Tweede Pinksterdag")] {
            days.insert(sunday + Days::new(after), name);
        }
    }
    days.insert(day("2036-01-01"), "Nieuwjaarsdag");
    days
}

/// The same by hand: a day at a time.
fn by_hand(term: Term, day_0: NaiveDate, off: &BTreeMap<NaiveDate, &'static str>) -> (NaiveDate, Vec<&'static str>) {
    let (mut due, mut names) = (day_0, Vec::new());
    match term.unit {
        Unit::Dagen => due = day_0 + Days::new(term.count.into()),
        Unit::Weken => due = day_0 + Days::new(7 * u64::from(term.count)),
        Unit::Maanden => due = day_0 + Months::new(term.count),
        Unit::Werkdagen => {
            let (mut left, mut before) = (term.count, None);
            while left > 0 {
                due = due + Days::new(1);
                let is_weekend = matches!(due.weekday(), Weekday::Sat | Weekday::Sun);
                let why = if is_weekend { Some("weekend") } else { off.get(&due).copied() };
                match why {
                    Some(why) if before != Some(why) => names.push(why),
                    Some(_) => {}
                    None => left -= 1,
                }
                before = why;
            }
        }
    }
    (due, names)
}

#[test]
fn every_term_of_every_profile_counts_as_by_hand_for_eighteen_years() {
    let off = days_off();
    let mut terms: Vec<Term> = Vec::new();
    let mut calendar = None;
    for name in ["heusden-2022", "landelijk-3.2", "mlw-2018", "sap-3.2"] {
        let config = Config::parse(&format!("[deadlines]\nprofile = {name:?}")).expect("a profile");
        terms.extend(config.profile.terms.values().copied().chain(config.profile.plain.iter().map(|term| term.term)));
        calendar = Some(config.calendar);
    }
    terms.sort_by_key(|term| (term.unit as u8, term.count));
    terms.dedup();
    assert!(terms.len() > 8, "{terms:?}");
    let (calendar, last) = (calendar.expect("four profiles"), day("2035-09-30"));
    for day_0 in day("2018-01-01").iter_days().take_while(|day_0| *day_0 <= last) {
        for term in &terms {
            let (due, names) = by_hand(*term, day_0, &off);
            assert_eq!(Direction::After.due(*term, day_0, &calendar), due, "{term:?} from {day_0}");
            let told = Direction::After.explanation(*term, day_0, &calendar);
            let skipped = told.split_once("; niet geteld: ").map_or("", |(_, skipped)| skipped);
            assert_eq!(skipped, names.join(", "), "{term:?} from {day_0}");
            let past = clock::local(clock::end_of(due));
            assert_eq!((past.date_naive(), past.time()), (due + Days::new(1), NaiveTime::MIN), "{due}");
        }
    }
}

#[test]
fn a_leap_day_and_the_last_of_a_month_are_counted() {
    let calendar = Config::parse("").expect("the defaults").calendar;
    let due = |count, unit, day_0| Direction::After.due(Term { count, unit }, day(day_0), &calendar).to_string();
    assert_eq!(due(1, Unit::Maanden, "2028-01-31"), "2028-02-29");
    assert_eq!(due(3, Unit::Dagen, "2028-02-27"), "2028-03-01");
    assert_eq!(due(3, Unit::Werkdagen, "2024-02-28"), "2024-03-04");
}
