//! What is left of a toewijzing, as lines are granted on it: for a person to see when it will run out.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::facts::history::{PrestatieFact, ToewijzingFact};
use crate::domain::facts::volume::{Validity, in_smallest, in_term};
use crate::domain::regels::prestatie::granted;

/// An amount that becomes less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BurnDown {
    /// What was given.
    pub total: i128,
    /// From when to when.
    pub first: NaiveDate,
    /// The last day of the toewijzing, or of what was granted where that is later or there is none.
    pub last: NaiveDate,
    /// What is left from the end of each period in which lines were granted; below zero when too much was.
    pub left: Vec<(NaiveDate, i128)>,
}

impl BurnDown {
    /// Of the volume, in the smallest unit of its kind; `None` when the toewijzing tells none, or is open-ended and no total.
    #[must_use]
    pub fn of_volume(toewijzing: &ToewijzingFact, lines: &[PrestatieFact]) -> Option<Self> {
        let omvang = toewijzing.omvang.as_ref()?;
        let term = Validity { begin: toewijzing.ingangsdatum, end: toewijzing.einddatum };
        let maximum = in_term(omvang, term)?;
        let volume = |line: &PrestatieFact, _| {
            let sign = if line.prestatie.is_debet() { 1 } else { -1 };
            sign * in_smallest(line.prestatie.geleverd_volume.into(), line.prestatie.eenheid)
        };
        Some(Self::of(toewijzing, in_smallest(maximum.value(), omvang.eenheid), lines, volume))
    }

    /// Of the budget, in euro cents; `None` when the toewijzing tells none.
    #[must_use]
    pub fn of_budget(toewijzing: &ToewijzingFact, lines: &[PrestatieFact]) -> Option<Self> {
        let budget = toewijzing.budget?;
        Some(Self::of(toewijzing, budget.into(), lines, |_, bedrag| bedrag))
    }

    /// What is left now.
    #[must_use]
    pub fn left(&self) -> i128 {
        self.left.last().map_or(self.total, |(_, left)| *left)
    }

    fn of(
        toewijzing: &ToewijzingFact,
        total: i128,
        lines: &[PrestatieFact],
        amount: impl Fn(&PrestatieFact, i128) -> i128,
    ) -> Self {
        let mut by_day: BTreeMap<NaiveDate, i128> = BTreeMap::new();
        for (line, bedrag) in granted(lines) {
            *by_day.entry(line.prestatie.product_periode.einddatum).or_default() += amount(line, bedrag);
        }
        let mut left = total;
        let steps: Vec<_> = by_day
            .into_iter()
            .map(|(day, used)| {
                left -= used;
                (day, left)
            })
            .collect();
        let first = toewijzing.ingangsdatum;
        let last_granted = steps.last().map(|(day, _)| *day);
        let last = toewijzing.einddatum.into_iter().chain(last_granted).max().unwrap_or(first);
        Self { total, first, last, left: steps }
    }
}
