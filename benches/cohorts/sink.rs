//! How rows reach a database fast: many in one statement on SQLite, by COPY on PostgreSQL; indexes are made when all are there, but
//! for those of tables with a trigger, which finds by them. Foreign keys are not looked at meanwhile; triggers of the schema are. Nothing is logged: whoever looks at the statements of the
//! store is to see none of these.

use std::fmt::Write as _;
use std::path::Path;

use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, SqliteConnection};

use super::pattern::Table;
use super::stamp::Value;

/// How many rows of a table go together, and how many values at most.
const ROWS: usize = 400;
const VALUES: usize = 30_000;
/// After how many of these there is a commit.
const GROUPS: u32 = 200;
/// How many bytes of a table are copied at once.
const COPIED: usize = 1 << 20;

/// An open database.
pub struct Sink {
    kind: Kind,
    tables: Vec<Table>,
    /// What makes the indexes that were taken away.
    indexes: Vec<String>,
}

enum Kind {
    Sqlite { conn: SqliteConnection, waiting: Vec<Vec<Vec<Value>>>, groups: u32 },
    Postgres { conn: PgConnection, waiting: Vec<String> },
}

impl Sink {
    /// Of a file that has the schema.
    pub async fn sqlite(file: &Path, tables: &[Table]) -> Self {
        const NAMES: &str = "SELECT name FROM sqlite_master i WHERE type = 'index' AND sql IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM sqlite_master t WHERE t.type = 'trigger' AND t.tbl_name = i.tbl_name)";
        const INDEXES: &str = "SELECT sql FROM sqlite_master i WHERE type = 'index' AND sql IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM sqlite_master t WHERE t.type = 'trigger' AND t.tbl_name = i.tbl_name)";
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
            .pragma("cache_size", "-262144")
            .pragma("temp_store", "FILE")
            .disable_statement_logging();
        let mut conn = options.connect().await.expect("the database");
        let indexes: Vec<String> = sqlx::query_scalar(INDEXES).fetch_all(&mut conn).await.expect("indexes");
        let names: Vec<String> = sqlx::query_scalar(NAMES).fetch_all(&mut conn).await.expect("indexes");
        for name in names {
            carry_out(&mut conn, format!("DROP INDEX {name}")).await;
        }
        carry_out(&mut conn, "BEGIN".to_owned()).await;
        let waiting = tables.iter().map(|_| Vec::new()).collect();
        Self { kind: Kind::Sqlite { conn, waiting, groups: 0 }, tables: tables.to_vec(), indexes }
    }

    /// Of a database that has the schema.
    pub async fn postgres(url: &str, tables: &[Table]) -> Self {
        const INDEXES: &str =
            "SELECT i.indexdef, quote_ident(i.indexname) FROM pg_indexes i JOIN pg_class c ON c.relname = i.indexname
            WHERE i.schemaname = 'public' AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = c.oid)
                AND NOT EXISTS (SELECT 1 FROM pg_inherits h WHERE h.inhrelid = c.oid)
                AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = i.tablename::regclass AND NOT t.tgisinternal)";
        let options: PgConnectOptions = url.parse().expect("an address");
        let mut conn = options.disable_statement_logging().connect().await.expect("the database");
        let found: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(&mut conn).await.expect("indexes");
        for (_, name) in &found {
            carry_out_there(&mut conn, format!("DROP INDEX {name}")).await;
        }
        carry_out_there(&mut conn, "SET synchronous_commit = off; SET maintenance_work_mem = '256MB'".to_owned()).await;
        for Table { name, .. } in tables {
            let off = format!("ALTER TABLE {name} DISABLE TRIGGER ALL; ALTER TABLE {name} ENABLE TRIGGER USER");
            carry_out_there(&mut conn, off).await;
        }
        let waiting = tables.iter().map(|_| String::new()).collect();
        let indexes = found.into_iter().map(|(made, _)| made).collect();
        Self { kind: Kind::Postgres { conn, waiting }, tables: tables.to_vec(), indexes }
    }

    /// Puts a row into the table with this number.
    pub async fn put(&mut self, table: usize, row: Vec<Value>) {
        match &mut self.kind {
            Kind::Sqlite { conn, waiting, groups } => {
                let most = ROWS.min(VALUES / row.len());
                waiting[table].push(row);
                if waiting[table].len() >= most {
                    insert(conn, &self.tables[table], std::mem::take(&mut waiting[table])).await;
                    *groups += 1;
                    if (*groups).is_multiple_of(GROUPS) {
                        carry_out(conn, "COMMIT; BEGIN".to_owned()).await;
                    }
                }
            }
            Kind::Postgres { conn, waiting } => {
                copied(&row, &mut waiting[table]);
                if waiting[table].len() >= COPIED {
                    copy(conn, &self.tables[table], std::mem::take(&mut waiting[table])).await;
                }
            }
        }
    }

    /// Puts the last rows in, and makes the indexes.
    pub async fn finish(self) {
        let Self { kind, tables, indexes } = self;
        match kind {
            Kind::Sqlite { mut conn, waiting, .. } => {
                for (table, rows) in tables.iter().zip(waiting) {
                    insert(&mut conn, table, rows).await;
                }
                carry_out(&mut conn, "COMMIT".to_owned()).await;
                for index in indexes {
                    carry_out(&mut conn, index).await;
                }
                conn.close().await.expect("closed");
            }
            Kind::Postgres { mut conn, waiting } => {
                for (table, rows) in tables.iter().zip(waiting) {
                    copy(&mut conn, table, rows).await;
                    carry_out_there(&mut conn, format!("ALTER TABLE {} ENABLE TRIGGER ALL", table.name)).await;
                }
                for index in indexes {
                    carry_out_there(&mut conn, index).await;
                }
                conn.close().await.expect("closed");
            }
        }
    }
}

async fn carry_out(conn: &mut SqliteConnection, sql: String) {
    let told = sql.clone();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.unwrap_or_else(|error| panic!("{told}: {error}"));
}

async fn carry_out_there(conn: &mut PgConnection, sql: String) {
    let told = sql.clone();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.unwrap_or_else(|error| panic!("{told}: {error}"));
}

async fn insert(conn: &mut SqliteConnection, table: &Table, rows: Vec<Vec<Value>>) {
    if rows.is_empty() {
        return;
    }
    let one = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let all = vec![one; rows.len()].join(", ");
    let sql = format!("INSERT INTO {} ({}) VALUES {all}", table.name, table.columns.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for value in rows.into_iter().flatten() {
        query = match value {
            Value::Null => query.bind(None::<i64>),
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
        };
    }
    query.execute(conn).await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
}

async fn copy(conn: &mut PgConnection, table: &Table, rows: String) {
    if rows.is_empty() {
        return;
    }
    let sql = format!("COPY {} ({}) FROM STDIN", table.name, table.columns.join(", "));
    let told = |error: sqlx::Error| panic!("{}: {error}", table.name);
    let mut copying = conn.copy_in_raw(&sql).await.unwrap_or_else(told);
    copying.send(rows.into_bytes()).await.expect("sent");
    copying.finish().await.unwrap_or_else(|error| panic!("{}: {error}", table.name));
}

/// Adds a row as COPY reads it.
fn copied(row: &[Value], rows: &mut String) {
    for (nr, value) in row.iter().enumerate() {
        if nr > 0 {
            rows.push('\t');
        }
        match value {
            Value::Null => rows.push_str("\\N"),
            Value::Number(number) => write!(rows, "{number}").expect("text"),
            Value::Text(text) => text.chars().for_each(|one| match one {
                '\\' => rows.push_str("\\\\"),
                '\t' => rows.push_str("\\t"),
                '\n' => rows.push_str("\\n"),
                '\r' => rows.push_str("\\r"),
                one => rows.push(one),
            }),
            Value::Bytes(bytes) => {
                rows.push_str("\\\\x");
                rows.push_str(&hex::encode(bytes));
            }
        }
    }
    rows.push('\n');
}
