//! What is left of a toewijzing as a line that goes down, drawn here: no script, nothing to load.

use std::fmt::Write;

use chrono::NaiveDate;

use super::texts;
use crate::domain::money::burn_down::BurnDown;

/// The size of the drawing, in its own units.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 120;

/// A drawing, ready for its template.
pub(super) struct Chart {
    pub title: &'static str,
    /// The same for who does not see it.
    pub summary: String,
    pub width: i64,
    pub height: i64,
    /// The points of the line.
    pub points: String,
    pub first: String,
    pub last: String,
}

impl Chart {
    /// What is left, with amounts as `shown` says them.
    pub fn of(left: &BurnDown, title: &'static str, shown: impl Fn(i128) -> String) -> Self {
        let mut points = format!("0,{}", height_of(left.total, left.total));
        let mut before = left.total;
        for (day, now) in &left.left {
            let x = place_of(*day, left);
            // Straight on until the day, then down.
            for amount in [before, *now] {
                write!(points, " {x},{}", height_of(amount, left.total)).expect("a text takes all that is written");
            }
            before = *now;
        }
        write!(points, " {WIDTH},{}", height_of(before, left.total)).expect("a text takes all that is written");
        Self {
            title,
            summary: texts::left(&shown(left.left()), &shown(left.total)),
            width: WIDTH,
            height: HEIGHT,
            points,
            first: texts::date(left.first),
            last: texts::date(left.last),
        }
    }
}

/// From the left: a day between the first and the last.
fn place_of(day: NaiveDate, left: &BurnDown) -> i64 {
    let days = left.last.signed_duration_since(left.first).num_days().max(1);
    let at = day.signed_duration_since(left.first).num_days().clamp(0, days);
    at * WIDTH / days
}

/// From the top: all of it is on top, nothing or less at the bottom.
fn height_of(amount: i128, total: i128) -> i64 {
    let total = total.max(1);
    let gone = (total - amount).clamp(0, total);
    i64::try_from(gone * i128::from(HEIGHT) / total).unwrap_or(HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_goes_down_by_steps_and_never_below_the_bottom() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let left = BurnDown {
            total: 100,
            first: day("2026-01-01"),
            last: day("2026-01-11"),
            left: vec![(day("2026-01-06"), 75), (day("2026-01-08"), -20)],
        };
        let chart = Chart::of(&left, "", |amount| amount.to_string());
        assert_eq!(chart.points, "0,0 300,0 300,30 420,30 420,120 600,120");
        assert_eq!((chart.summary.as_str(), chart.first.as_str()), ("Over: -20 van 100.", "01-01-2026"));
    }
}
