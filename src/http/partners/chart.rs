//! What was in time, a bar for each month, drawn here: no script, nothing to load. What it shows stands in it as text as well.

use askama::Template;

use crate::domain::deadlines::levels::Tally;

/// The size of the drawing, in its own units.
const HEIGHT: i64 = 120;
const BAR: i64 = 50;
/// Below the bars there is room for the months.
const FOOT: i64 = 34;

#[derive(Template)]
#[template(path = "in-time.svg")]
struct Chart<'a> {
    title: &'a str,
    /// The same for who does not see it.
    summary: String,
    width: i64,
    height: i64,
    base: i64,
    bars: Vec<Bar>,
}

/// One month.
struct Bar {
    x: i64,
    y: i64,
    height: i64,
    middle: i64,
    /// As in `97%`; empty: there was nothing to keep.
    share: String,
    month: String,
}

/// The drawing, with this title.
pub(in crate::http) fn in_time<'a>(title: &str, months: impl Iterator<Item = (&'a str, &'a Tally)>) -> String {
    let bars: Vec<Bar> = (0_i64..).zip(months).map(|(nr, (month, tally))| Bar::of(nr * BAR, month, tally)).collect();
    let labels = bars.iter().filter(|bar| !bar.share.is_empty()).map(|bar| format!("{} {}", bar.month, bar.share));
    let summary = labels.collect::<Vec<_>>().join(", ");
    let width = BAR * i64::try_from(bars.len()).unwrap_or_default();
    let chart = Chart { title, summary, width, height: HEIGHT + FOOT, base: HEIGHT, bars };
    chart.render().expect("a text takes every write")
}

impl Bar {
    fn of(x: i64, month: &str, tally: &Tally) -> Self {
        let per_mille = tally.in_time_per_mille();
        let height = per_mille.unwrap_or_default() * HEIGHT / 1_000;
        let share = per_mille.map(|per_mille| format!("{}%", per_mille / 10)).unwrap_or_default();
        let month = month.split_once('-').map_or_else(|| month.to_owned(), |(year, nr)| format!("{nr}-{year}"));
        Self { x: x + 6, y: HEIGHT - height, height, middle: x + BAR / 2, share, month }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_what_was_in_time_and_nothing_is_no_bar() {
        let mut tally = Tally::default();
        tally.answered(-1, (3, 0));
        tally.answered(4, (0, 1));
        let none = Tally::default();
        let drawing = in_time("41005001: <retour>", [("2026-02", &none), ("2026-03", &tally)].into_iter());
        for part in [
            "viewBox=\"0 0 100 154\"",
            "<title>41005001: &#60;retour&#62;</title>",
            "<desc>03-2026 75%</desc>",
            "<rect x=\"56\" y=\"30\" width=\"38\" height=\"90\"",
            ">02-2026</text>",
        ] {
            assert!(drawing.contains(part), "{part} is missing: {drawing}");
        }
        assert_eq!((drawing.matches("<rect").count(), drawing.matches('%').count()), (1, 2), "{drawing}");
    }
}
