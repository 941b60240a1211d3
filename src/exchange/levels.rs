//! The story of how well deadlines were kept between a party and its partner, over twelve months: theirs and ours.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};

use super::gateway::Gateway;
use crate::domain::Partij;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::levels::Tally;
use crate::store::StoreError;
use crate::store::levels::{Counted, LevelQuery, LevelRow};

/// How many months there are, this one included.
const MONTHS: u32 = 12;

/// How well deadlines were kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceLevels {
    /// The months, the first one first, as in `2026-03`.
    pub months: Vec<String>,
    /// Each kind by itself, between each two parties, of each of the two.
    pub kinds: Vec<KindLevel>,
}

/// How well deadlines of one kind were kept by one of two parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindLevel {
    /// This end.
    pub partij: String,
    /// Whether it is for the partner to keep them; else for this end.
    pub is_theirs: bool,
    /// As in `retour`.
    pub clock: String,
    /// In each of the months.
    pub months: Vec<Tally>,
}

impl KindLevel {
    /// All months together.
    #[must_use]
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        self.months.iter().for_each(|month| total.add(month));
        total
    }
}

/// How well deadlines were kept between this partner and this party (`None`: every one).
///
/// # Errors
/// The store failed.
pub async fn service_levels(
    partner: &Partij,
    partij: Option<&Partij>,
    gateway: &Gateway,
) -> Result<ServiceLevels, StoreError> {
    let today = gateway.clock.today();
    let this_month = today.with_day(1).unwrap_or(today);
    let first = this_month.checked_sub_months(Months::new(MONTHS - 1)).unwrap_or(this_month);
    let query = LevelQuery { partner: partner.clone(), partij: partij.cloned(), first, today };
    Ok(by_kind_and_month(gateway.store.levels(&query).await?, partner, first))
}

fn by_kind_and_month(rows: Vec<LevelRow>, partner: &Partij, first: NaiveDate) -> ServiceLevels {
    let month = |nr| first.checked_add_months(Months::new(nr)).unwrap_or(first).format("%Y-%m").to_string();
    let months: Vec<String> = (0..MONTHS).map(month).collect();
    let mut kinds: BTreeMap<(String, bool, String), Vec<Tally>> = BTreeMap::new();
    // What the gateway noticed is there only because it was too late.
    let is_agreed = |row: &LevelRow| !DeadlineKind::from_name(&row.clock).is_some_and(DeadlineKind::is_noticed);
    for row in rows.into_iter().filter(is_agreed) {
        let Some(nr) = months.iter().position(|month| *month == row.month) else { continue };
        let is_theirs = row.responsible == partner.code();
        let partij = if partner.is_gemeente() { row.aanbieder } else { row.gemeente };
        let tallies =
            kinds.entry((partij, is_theirs, row.clock)).or_insert_with(|| vec![Tally::default(); months.len()]);
        let Some(tally) = tallies.get_mut(nr) else { continue };
        match row.counted {
            Counted::Answered { days, met, late } => tally.answered(days, (met, late)),
            Counted::Missing(count) => tally.missed(count),
        }
    }
    let kinds = kinds.into_iter();
    let kinds = kinds.map(|((partij, is_theirs, clock), months)| KindLevel { partij, is_theirs, clock, months });
    ServiceLevels { months, kinds: kinds.collect() }
}
