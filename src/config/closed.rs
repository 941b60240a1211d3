//! The days on which nobody works besides those of the law, as they stand in a file of settings.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::parsed::Parsed;
use crate::domain::berichten::release::Freeze;
use crate::domain::deadlines::werkdag::{CLOSED, FREEZE};

/// One line of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// A day, and why if that is said.
    Day(NaiveDate, Option<String>),
    /// Every day on which nothing leaves for the network.
    Freezes,
}

impl<'de> Deserialize<'de> for Closed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wanted = "a day, as in \"2026-05-15\", a day and why, as in \"2026-05-15 brugdag\", or \"freeze\"";
        deserializer.deserialize_str(Parsed { wanted, parse: read })
    }
}

fn read(text: &str) -> Option<Closed> {
    if text == "freeze" {
        return Some(Closed::Freezes);
    }
    let (day, why) = text.split_once(' ').map_or((text, None), |(day, why)| (day, Some(why.trim())));
    let why = why.filter(|why| !why.is_empty()).map(str::to_owned);
    Some(Closed::Day(day.parse().ok()?, why))
}

/// Each day with why: what is said of it, else that of the freeze that it lies in.
pub(super) fn days(closed: Vec<Closed>, freezes: &[Freeze]) -> BTreeMap<NaiveDate, String> {
    let mut days: BTreeMap<NaiveDate, String> = BTreeMap::new();
    let frozen: Vec<NaiveDate> = freezes.iter().flat_map(|freeze| freeze.days()).collect();
    for one in closed {
        match one {
            Closed::Freezes => {
                for day in &frozen {
                    days.entry(*day).or_insert_with(|| FREEZE.to_owned());
                }
            }
            Closed::Day(day, Some(why)) => _ = days.insert(day, why),
            Closed::Day(day, None) => {
                let why = if frozen.contains(&day) { FREEZE } else { CLOSED };
                days.entry(day).or_insert_with(|| why.to_owned());
            }
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;

    use super::*;

    #[test]
    fn a_closed_day_tells_why_and_that_of_a_freeze_by_itself() {
        let moment = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a moment");
        let freezes = [Freeze { from: moment("2022-03-30T13:00"), until: moment("2022-04-01T13:00") }];
        let named = |lines: &[&str]| {
            let closed = lines.iter().map(|line| read(line).expect("a line")).collect();
            days(closed, &freezes).into_iter().map(|(day, why)| format!("{day} {why}")).collect::<Vec<_>>()
        };
        let frozen = ["2022-03-30 freeze van het berichtenverkeer", "2022-03-31 freeze van het berichtenverkeer"];
        assert_eq!(named(&["freeze"]), frozen, "on the last day there is still time after it");
        assert_eq!(named(&["2022-03-31", "2022-05-27"]), [frozen[1], "2022-05-27 eigen vrije dag"]);
        assert_eq!(named(&["freeze", "2022-03-31 overgang 3.1"]), [frozen[0], "2022-03-31 overgang 3.1"]);
        for wrong in ["", "overgang", "2022-02-30", "2022-03-31brugdag"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
