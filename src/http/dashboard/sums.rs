//! What the lines of a declaratie add up to: how many each rule rejects, and of each toewijzing what is granted and what is not.

use super::line_filter::LineFilter;
use super::texts;
use crate::domain::facts::calculation::euros;
use crate::store::{LineSums, ToewijzingSum};

/// How many toewijzingen are shown.
pub(super) const MOST: u32 = 20;

/// How wide a bar is, in its own units.
const WIDTH: i64 = 100;

/// How many lines a rule rejects, and the page with these.
pub(super) struct RuleRow {
    pub rule: String,
    pub lines: i64,
    pub link: String,
}

/// What is granted and what is not of the lines on one toewijzing.
pub(super) struct SumRow {
    pub nummer: Option<i64>,
    /// The page with its lines.
    pub link: String,
    pub lines: String,
    pub declared: String,
    pub granted: String,
    pub rejected: String,
    pub volume: String,
    /// Of the bar, what is granted, from the left.
    pub granted_width: i64,
    /// And what is not.
    pub rejected_width: i64,
}

/// Each rule with a link to the lines that it rejects.
pub(super) fn rules(sums: &LineSums, id: &str) -> Vec<RuleRow> {
    let link = |rule: &str| {
        LineFilter { uitkomst: "afgewezen".to_owned(), regel: rule.to_owned(), ..LineFilter::default() }.path(id)
    };
    let row = |(rule, lines): &(String, i64)| RuleRow { rule: rule.clone(), lines: *lines, link: link(rule) };
    sums.rules.iter().map(row).collect()
}

/// Each toewijzing; the longest bar is of the one with the most euros.
pub(super) fn toewijzingen(sums: &LineSums, id: &str) -> Vec<SumRow> {
    let most = sums.toewijzingen.iter().map(|sum| sum.bedrag.abs()).max().unwrap_or(0).max(1);
    sums.toewijzingen.iter().map(|sum| SumRow::of(sum, most, id)).collect()
}

impl SumRow {
    fn of(sum: &ToewijzingSum, most: i64, id: &str) -> Self {
        let rejected = sum.bedrag - sum.toegekend;
        let width = |cents: i64| cents.max(0).saturating_mul(WIDTH) / most;
        let volume = |amount: i64| texts::volume(u32::try_from(amount.max(0)).unwrap_or(u32::MAX), &sum.eenheid);
        Self {
            nummer: sum.toewijzing_nummer,
            link: LineFilter { toewijzing: sum.toewijzing_nummer, ..LineFilter::default() }.path(id),
            lines: texts::line_counts(sum.granted_lines, sum.lines - sum.granted_lines),
            declared: euros(sum.bedrag.into()),
            granted: euros(sum.toegekend.into()),
            rejected: euros(rejected.into()),
            volume: format!("{} van {}", volume(sum.granted_volume), volume(sum.volume)),
            granted_width: width(sum.toegekend),
            rejected_width: width(rejected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(nummer: i64, bedrag: i64, toegekend: i64) -> ToewijzingSum {
        ToewijzingSum {
            toewijzing_nummer: Some(nummer),
            eenheid: "04".to_owned(),
            lines: 3,
            granted_lines: 2,
            volume: 12,
            granted_volume: 8,
            bedrag,
            toegekend,
        }
    }

    #[test]
    fn bars_share_one_measure_and_numbers_say_the_same() {
        let sums = LineSums {
            rules: vec![("TR338".to_owned(), 60)],
            toewijzingen: vec![sum(1, 20_000, 5_000), sum(2, 1_000, 1_000)],
        };
        let rows = toewijzingen(&sums, "d1");
        assert_eq!((rows[0].granted_width, rows[0].rejected_width), (25, 75));
        assert_eq!((rows[1].granted_width, rows[1].rejected_width), (5, 0));
        assert_eq!((rows[0].declared.as_str(), rows[0].rejected.as_str()), ("€ 200,00", "€ 150,00"));
        assert_eq!(rows[0].volume, "8 uur van 12 uur");
        assert_eq!(rows[0].link, "/declaraties/d1?toewijzing=1");
        assert_eq!(rules(&sums, "d1")[0].link, "/declaraties/d1?uitkomst=afgewezen&regel=TR338");
    }
}
