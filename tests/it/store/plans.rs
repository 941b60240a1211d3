//! Every statement of the store has its index: none reads more than it shows, on either database.
//!
//! All cases of the store are played once more while sqlx tells which statements it carries out, and after them what no case
//! asks (`tour`). Each statement is then explained by the database that carried it out. A statement that stands in the source
//! and was not seen fails the test as well: what is new has to be played to be looked at.
//!
//! PostgreSQL plans by the size of its tables and by statistics, of which a new database has none
//! and a busy one those of yesterday: there each
//! statement is explained as in a young store and as in one of years, neither ever analysed.

mod postgres;
mod rules;
mod source;
mod sqlite;
mod tour;

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};

use rules::{Step, faults};

use super::World;

/// What each database was asked since the first of these tests began.
#[derive(Default)]
pub struct Seen {
    pub sqlite: BTreeSet<String>,
    pub postgres: BTreeSet<String>,
}

static SEEN: Mutex<Seen> = Mutex::new(Seen { sqlite: BTreeSet::new(), postgres: BTreeSet::new() });

/// Has every statement noted from now on, of whatever test.
fn note_statements() {
    static BEGUN: OnceLock<()> = OnceLock::new();
    BEGUN.get_or_init(|| {
        let statements = Targets::new().with_target("sqlx::query", tracing::Level::DEBUG);
        let noted = tracing_subscriber::registry().with(Noted.with_filter(statements));
        tracing::subscriber::set_global_default(noted).expect("no other test listens");
    });
}

/// Keeps each statement that sqlx tells of.
struct Noted;

impl<S: Subscriber> Layer<S> for Noted {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        // A short one stands in the summary alone.
        let text = if told.statement.is_empty() { told.summary } else { told.statement };
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        // SQLite works on threads of its own.
        let is_sqlite = std::thread::current().name().is_some_and(|name| name.starts_with("sqlx-sqlite"));
        let of_database = if is_sqlite { &mut seen.sqlite } else { &mut seen.postgres };
        of_database.extend(text.split(";\n").map(source::in_one_line));
    }
}

#[derive(Default)]
struct Told {
    statement: String,
    summary: String,
}

impl Visit for Told {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "db.statement" => value.clone_into(&mut self.statement),
            "summary" => value.clone_into(&mut self.summary),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Those of the store among what was seen.
fn of_the_store(choose: impl FnOnce(&Seen) -> BTreeSet<String>) -> Vec<String> {
    let seen = choose(&SEEN.lock().unwrap_or_else(PoisonError::into_inner));
    let known = source::statements();
    seen.into_iter().filter(|sql| known.iter().any(|one| one.begins(sql))).collect()
}

/// What is wrong with a statement, after its text.
fn told(sql: &str, steps: &[Step]) -> Option<String> {
    let faults = faults(steps, sql);
    (!faults.is_empty()).then(|| format!("{sql}\n    {}", faults.join("\n    ")))
}

/// Fails with all that is wrong, and with what stands in the source and was not seen.
fn conclude(faults: &[String], statements: &[String]) {
    let is_unseen = |one: &&source::Literal| !statements.iter().any(|sql| one.stands_in(sql));
    let unseen: Vec<String> = source::statements().iter().filter(is_unseen).map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{} statements look at more than they show:\n{}", faults.len(), faults.join("\n"));
    assert!(unseen.is_empty(), "no case plays these, have `tour` do it:\n{}", unseen.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_statement_has_its_index_on_sqlite() {
    note_statements();
    super::play_all_on_sqlite().await;
    let world = World::sqlite().await.expect("SQLite is built in");
    tour::take(&world).await;
    let statements = of_the_store(|seen| seen.sqlite.clone());
    let mut conn = sqlite::connect(&world.raw).await;
    let tables = sqlite::tables(&mut conn).await;
    let mut faults = Vec::new();
    for sql in &statements {
        faults.extend(told(sql, &sqlite::steps(&mut conn, &tables, sql).await));
    }
    conclude(&faults, &statements);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_statement_has_its_index_on_postgres() {
    note_statements();
    let Some(world) = World::postgres().await else { return };
    super::play_all_on_postgres().await;
    tour::take(&world).await;
    let statements = of_the_store(|seen| seen.postgres.clone());
    let mut conn = postgres::connect(&world.raw).await;
    let tables = postgres::tables(&mut conn).await;
    let columns = postgres::column_types(&mut conn).await;
    let mut faults = Vec::new();
    for rows in postgres::SIZES {
        postgres::grow(&mut conn, &tables, rows).await;
        for sql in &statements {
            let steps = postgres::steps(&mut conn, (&tables, &columns), sql).await;
            faults.extend(told(sql, &steps).map(|told| format!("of {rows}: {told}")));
        }
    }
    conclude(&faults, &statements);
}

#[test]
fn what_is_explained_is_set_as_the_store_has_it() {
    for (source, set) in [
        (include_str!("../../../src/store/sqlite.rs"), r#".pragma("automatic_index", "OFF")"#),
        (include_str!("../../../src/store/postgres.rs"), postgres::BY_INDEX),
    ] {
        assert!(source.contains(set), "{set}");
    }
}
