//! A store as it stands after years: the gateway judges a few cohorts of clients, and copies of all rows that it wrote for them are
//! stamped into the schema of the migrations, each copy with clients, parties, numbers and ids of its own.
//!
//! What the schema has is read from the database, so that a table or a column more is filled as well. What triggers keep of
//! the rows is kept by them here too. Journal and ids stand in the order of time, a month at a time.

pub mod chain;
mod pattern;
mod sink;
mod stamp;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use iwmo_gateway::store::{Postgres, Sqlite, Store};

pub use chain::Cohort;
use pattern::Pattern;
use sink::Sink;

/// The store that is made.
pub struct Plan {
    /// How many berichten, about.
    pub berichten: u64,
    /// The day on which it stands so.
    pub today: NaiveDate,
    /// How many days before that the first cohort began.
    pub days: u64,
    /// How many cohorts the gateway judges; all others are copies of these.
    pub patterns: u64,
}

impl Plan {
    /// Fifteen years, of which the gateway judges 391 cohorts, or fewer where there are to be few berichten.
    #[allow(dead_code, reason = "the tests are content with less")]
    pub fn of_years(berichten: u64, today: NaiveDate) -> Self {
        Self { berichten, today, days: 15 * 365, patterns: (berichten / 640).clamp(12, 391) }
    }

    /// The day on which each pattern begins, the first one first.
    fn starts(&self) -> Vec<NaiveDate> {
        let before = |nr: u64| self.days - self.days * nr / self.patterns;
        (0..self.patterns).map(|nr| self.today - Days::new(before(nr))).collect()
    }
}

/// What was made.
#[derive(Debug)]
#[allow(dead_code, reason = "a bench only prints it")]
pub struct Made {
    /// How many cohorts.
    pub cohorts: u64,
    /// How many berichten, retours and antwoorden included.
    pub berichten: u64,
    /// How many rows, but for those that triggers keep.
    pub rows: u64,
}

/// Where it is made.
pub enum Target<'a> {
    /// A file; the schema is brought into it.
    Sqlite(&'a std::path::Path),
    /// The address of a database.
    Postgres(&'a str),
}

/// Fills an empty database.
pub async fn fill(target: &Target<'_>, plan: &Plan) -> Made {
    let mut patterns = Vec::new();
    for first in plan.starts() {
        patterns.push(Pattern::judged(first, plan.today).await);
    }
    let tables = &patterns[0].tables;
    let store: Arc<dyn Store> = match target {
        Target::Sqlite(file) => Arc::new(Sqlite::open(file).await.expect("a database")),
        Target::Postgres(url) => Arc::new(Postgres::connect(url).await.expect("a database")),
    };
    store.close().await;
    let sink = match target {
        Target::Sqlite(file) => Sink::sqlite(file, tables).await,
        Target::Postgres(url) => Sink::postgres(url, tables).await,
    };
    stamp_all(&patterns, plan, sink).await
}

/// Puts all copies of all patterns into the database, a month at a time.
async fn stamp_all(patterns: &[Pattern], plan: &Plan, mut sink: Sink) -> Made {
    let of_one = patterns.iter().map(Pattern::berichten).max().unwrap_or(1);
    let copies = plan.berichten.div_ceil(of_one * plan.patterns).max(1);
    let cohorts = copies * plan.patterns;
    let mut made = Made { cohorts, berichten: 0, rows: 0 };
    let months = patterns.iter().flat_map(Pattern::months).collect::<BTreeSet<_>>();
    for month in months {
        for (nr, pattern) in (0..).zip(patterns) {
            for copy in 0..copies {
                let cohort = Cohort::of(nr * copies + copy, cohorts);
                for (table, row) in pattern.stamped(month, &cohort) {
                    made.rows += 1;
                    sink.put(table, row).await;
                }
            }
        }
    }
    made.berichten = copies * patterns.iter().map(Pattern::berichten).sum::<u64>();
    sink.finish().await;
    made
}
