//! What SQLite says of how it carries out a statement. Without `ANALYZE`, which the gateway never runs, its plan does not depend
//! on what is in the tables.

use std::collections::HashMap;

use regex::Regex;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use super::rules::{Step, Tables};
use crate::database::Database;

/// The steps of a plan.
pub async fn steps(conn: &mut SqliteConnection, tables: &Tables, sql: &str) -> Vec<Step> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
    let rows = sqlx::query(explain).fetch_all(conn).await.unwrap_or_else(|error| panic!("{error}: {sql}"));
    rows.iter().filter_map(|row| step(row.get("detail"), tables, sql)).collect()
}

/// A connection past the store.
pub async fn connect(database: &Database) -> SqliteConnection {
    let mut conn = SqliteConnection::connect(&database.url()).await.expect("the database");
    // As the store has it.
    sqlx::query("PRAGMA automatic_index = OFF").execute(&mut conn).await.expect("set");
    conn
}

/// Its tables.
pub async fn tables(conn: &mut SqliteConnection) -> Tables {
    let names = |sql: &'static str| sqlx::query_scalar::<_, String>(sql);
    let tables = names("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(conn).await;
    Tables { all: tables.expect("tables"), of_index: HashMap::new() }
}

fn step(detail: &str, tables: &Tables, sql: &str) -> Option<Step> {
    if let Some(what) = detail.strip_prefix("USE TEMP B-TREE FOR ") {
        // What has the same first columns is put in order by the last.
        let is_almost_in_order = what.starts_with("LAST");
        return (!is_almost_in_order).then(|| if what.ends_with("ORDER BY") { Step::Sorts } else { Step::Gathers });
    }
    let pattern =
        Regex::new(r"^(SCAN|SEARCH) (\w+)(?: USING (AUTOMATIC )?.*?INDEX (\w+))?(?:.*\((.*)\))?").expect("a pattern");
    let found = pattern.captures(detail)?;
    let table = tables.named(&found[2], sql)?;
    let text = |nr| found.get(nr).map_or(String::new(), |text| text.as_str().to_owned());
    let index = text(4);
    if &found[1] == "SCAN" || found.get(3).is_some() {
        return Some(Step::Passes { table, index });
    }
    let columns = text(5);
    let columns = columns.split(" AND ").filter_map(|one| Some(one.split_once('=')?.0.to_owned()));
    Some(Step::Finds { table, index, columns: columns.collect() })
}
