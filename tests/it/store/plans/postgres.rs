//! What PostgreSQL says of how it carries out a statement, on tables that were never analysed.

use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::rules::{OPEN_WORK, Step, Tables, grows};
use crate::database::Database;

/// How the store has it; held by a test.
pub const BY_INDEX: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// How many rows the planner is to believe in: of a young store, and of one of years.
pub const SIZES: [f32; 2] = [100_000.0, 10_000_000.0];

/// A connection past the store. What it explains is planned for any values.
pub async fn connect(database: &Database) -> PgConnection {
    let mut conn = PgConnection::connect(&database.url()).await.expect("the database");
    for set in [BY_INDEX, "SET plan_cache_mode = force_generic_plan"] {
        sqlx::raw_sql(set).execute(&mut conn).await.expect("set");
    }
    conn
}

/// Its tables and indexes.
pub async fn tables(conn: &mut PgConnection) -> Tables {
    let rows = "SELECT c.relname::text AS name, COALESCE(i.relname::text, '') AS index FROM pg_class c
        LEFT JOIN pg_index x ON x.indrelid = c.oid LEFT JOIN pg_class i ON i.oid = x.indexrelid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace";
    let rows = sqlx::query(rows).fetch_all(conn).await.expect("tables");
    let of_index = rows.iter().map(|row| (row.get("index"), row.get("name"))).collect();
    Tables { all: rows.iter().map(|row| row.get("name")).collect(), of_index }
}

/// Has the planner take each table that grows for so large. It knows nothing else of what is in it: nobody ran `ANALYZE`.
pub async fn grow(conn: &mut PgConnection, tables: &Tables, rows: f32) {
    const GROW: &str = "UPDATE pg_class SET reltuples = $2, relpages = GREATEST(1, pg_relation_size(oid) / 8192) WHERE oid = $1::regclass OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = $1::regclass AND NOT indexrelid::regclass::text = ANY ($3))";
    for table in tables.all.iter().filter(|table| grows(table)) {
        put_a_row(conn, table).await;
        sqlx::query(GROW).bind(table.as_str()).bind(rows).bind(OPEN_WORK).execute(&mut *conn).await.expect("grown");
    }
}

/// Puts a row into a table that has none: of an empty one nothing makes the planner believe that it is large.
async fn put_a_row(conn: &mut PgConnection, table: &str) {
    const COLUMNS: &str = "SELECT attname::text AS name, format_type(atttypid, NULL) AS kind FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull AND NOT attisdropped AND attidentity = ''";
    let rows = sqlx::query(COLUMNS).bind(table).fetch_all(&mut *conn).await.expect("columns");
    let names: Vec<String> = rows.iter().map(|row| row.get("name")).collect();
    let values = rows.iter().map(|row| match row.get("kind") {
        "text" => "'x'",
        "bigint" => "1",
        "boolean" => "FALSE",
        "bytea" => "''",
        _ => "'2026-03-02'",
    });
    let put = format!(
        "SET session_replication_role = replica; INSERT INTO {table} ({}) SELECT {} WHERE NOT EXISTS (SELECT 1 FROM {table})",
        names.join(", "),
        values.collect::<Vec<_>>().join(", ")
    );
    sqlx::raw_sql(AssertSqlSafe(put)).execute(conn).await.unwrap_or_else(|error| panic!("{table}: {error}"));
}

/// The steps of a plan.
pub async fn steps(
    conn: &mut PgConnection,
    (tables, columns): (&Tables, &HashMap<String, String>),
    sql: &str,
) -> Vec<Step> {
    if sql.starts_with("INSERT") && sql.contains(") VALUES (") {
        return Vec::new();
    }
    let plan = plan(conn, columns, sql).await;
    let mut steps = Vec::new();
    walk(&plan[0]["Plan"], tables, &mut steps);
    steps
}

/// The plan for any values. What is put beside a column has its type; what says nothing of its own is a text.
async fn plan(conn: &mut PgConnection, columns: &HashMap<String, String>, sql: &str) -> Value {
    let mut types = types(columns, sql);
    let unknown = Regex::new(r"type of parameter \$([0-9]+)").expect("a pattern");
    let branch = Regex::new(r"(?:THEN|ELSE) \$([0-9]+)").expect("a pattern");
    loop {
        let listed = if types.is_empty() { String::new() } else { format!("({})", types.join(", ")) };
        let prepare = AssertSqlSafe(format!("PREPARE looked {listed} AS {sql}"));
        let Err(error) = sqlx::raw_sql(prepare).execute(&mut *conn).await else { break };
        let said = error.to_string();
        let (pattern, guess, of) =
            if said.contains("must be type boolean") { (&branch, "boolean", sql) } else { (&unknown, "text", &*said) };
        let mut guessed = 0;
        for found in pattern.captures_iter(of) {
            let nr: usize = found[1].parse().expect("a number");
            assert_eq!(types[nr - 1], "unknown", "{said}: {sql}");
            guess.clone_into(&mut types[nr - 1]);
            guessed += 1;
        }
        assert!(guessed > 0, "{said}: {sql}");
    }
    let nothing = if types.is_empty() { String::new() } else { format!("({})", vec!["NULL"; types.len()].join(", ")) };
    let explain = AssertSqlSafe(format!("EXPLAIN (FORMAT JSON) EXECUTE looked {nothing}"));
    // As text: sqlx is built without a type for JSON.
    let told = sqlx::raw_sql(explain).fetch_one(&mut *conn).await.expect("a plan");
    let plan: String = told.try_get_unchecked(0).expect("a text");
    sqlx::raw_sql("DEALLOCATE looked").execute(conn).await.expect("done");
    serde_json::from_str(&plan).expect("JSON")
}

/// Of each value the type of the column that it is put beside.
fn types(columns: &HashMap<String, String>, sql: &str) -> Vec<String> {
    let value = Regex::new(r"\$([0-9]+)").expect("a pattern");
    let count = value.captures_iter(sql).filter_map(|one| one[1].parse().ok()).max().unwrap_or(0);
    let mut types = vec!["unknown".to_owned(); count];
    let beside = Regex::new(r"(\w+) (?:=|<|>|<=|>=) \$([0-9]+)").expect("a pattern");
    for found in beside.captures_iter(sql) {
        let nr: usize = found[2].parse().expect("a number");
        if let Some(kind) = columns.get(&found[1]).filter(|_| types[nr - 1] == "unknown") {
            types[nr - 1].clone_from(kind);
        }
    }
    types
}

/// The types of the columns, by name, where all of that name have the same.
pub async fn column_types(conn: &mut PgConnection) -> HashMap<String, String> {
    const ALL: &str = "SELECT column_name::text AS name, MIN(data_type::text) AS kind FROM information_schema.columns
        WHERE table_schema = 'public' GROUP BY 1 HAVING COUNT(DISTINCT data_type) = 1";
    let rows = sqlx::query(ALL).fetch_all(conn).await.expect("columns");
    rows.iter().map(|row| (row.get("name"), row.get("kind"))).collect()
}

fn walk(node: &Value, tables: &Tables, steps: &mut Vec<Step>) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let (kind, table, index) = (text("Node Type"), text("Relation Name").to_owned(), text("Index Name").to_owned());
    match kind {
        "Seq Scan" if tables.all.contains(&table) => steps.push(Step::Passes { table, index }),
        "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
            let columns = Regex::new(r"\(?(\w+)\)?(?:::\w+)?\)? (?:=|IS NOT DISTINCT)").expect("a pattern");
            let columns: Vec<String> = columns.captures_iter(text("Index Cond")).map(|one| one[1].to_owned()).collect();
            let table = if table.is_empty() { tables.of_index(&index) } else { table };
            steps.push(if text("Index Cond").is_empty() {
                Step::Passes { table, index }
            } else {
                Step::Finds { table, index, columns }
            });
        }
        "Sort" => steps.push(Step::Sorts),
        "Aggregate" | "Unique" if node["Group Key"].is_array() => steps.push(Step::Gathers),
        _ => {}
    }
    for below in node["Plans"].as_array().into_iter().flatten() {
        walk(below, tables, steps);
    }
}
