//! Fills a database as it stands after fifteen years: 200,000 clients, 400 aanbieders, chains whole, most of them over.
//!
//! ```text
//! cargo bench --bench store -- sqlite FILE 10000000
//! cargo bench --bench store -- postgres URL 1000000
//! ```
//!
//! The fifteen years end on 2 June 2036: lines of a WMO323 are of 2021 or later. FILE must not be there, the database at URL must be empty. How it is made: `cohorts/mod.rs`.
#![expect(clippy::disallowed_methods, reason = "a bench takes the time")]

mod cohorts;
#[path = "../tests/it/maker.rs"]
#[allow(dead_code, reason = "a bench makes other berichten than the tests do")]
mod maker;
mod world;

use std::path::Path;
use std::time::Instant;

use cohorts::{Plan, Target, fill};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (target, count) = match words[..] {
        ["sqlite", file, count] => (Target::Sqlite(Path::new(file)), count),
        ["postgres", url, count] => (Target::Postgres(url), count),
        // `cargo bench` runs all of them.
        _ => {
            eprintln!("store: sqlite FILE COUNT, or postgres URL COUNT");
            return;
        }
    };
    let today = "2036-06-02".parse().expect("a day");
    let begun = Instant::now();
    let made = fill(&target, &Plan::of_years(count.parse().expect("a number of berichten"), today)).await;
    println!("{made:?} in {:.0} s", begun.elapsed().as_secs_f64());
}
