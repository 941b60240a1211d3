//! One cohort as the gateway judged it: every row that it wrote.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use iwmo_gateway::app;
use iwmo_gateway::clock::{Clock, SetClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::berichten::waarde::Value as _;
use iwmo_gateway::domain::deadlines::releases::InForce;
use iwmo_gateway::domain::{Partij, Timestamp};
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{Carrier, Format, Gateway, Received, Reply};
use iwmo_gateway::store::{Sqlite, Store};
use iwmo_gateway::xml::{self, Schemas};
use regex::Regex;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Row as _, SqliteConnection};

use super::chain::{self, Cohort, berichten};
use super::stamp::{Cell, Copy, Marks, Pieces, Value, is_own, month_of};
use crate::world::{AANBIEDER, GEMEENTE};

/// A table that is filled.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    /// Without a number that the database itself gives.
    pub columns: Vec<String>,
}

/// A row, after the number of its table.
type PatternRow = (usize, Vec<Cell>);

pub struct Pattern {
    pub tables: Vec<Table>,
    /// By the month in which they were written, as in 2026-03.
    rows: BTreeMap<String, Vec<PatternRow>>,
    payloads: HashMap<String, Pieces>,
}

impl Pattern {
    /// Has the gateway judge a cohort that began on this day, and reads what it wrote.
    pub async fn judged(first: NaiveDate, today: NaiveDate) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("pattern.db");
        play(&file, first, today).await;
        let options = SqliteConnectOptions::new().filename(&file).disable_statement_logging();
        let mut conn = options.connect().await.expect("the database");
        Self::read(&mut conn).await
    }

    /// How many berichten it has.
    pub fn berichten(&self) -> u64 {
        self.payloads.len() as u64
    }

    /// The months in which something of it was written.
    pub fn months(&self) -> impl Iterator<Item = &String> {
        self.rows.keys()
    }

    /// The rows of a copy that were written in this month.
    pub fn stamped<'a>(&'a self, month: &'a str, cohort: &'a Cohort) -> impl Iterator<Item = (usize, Vec<Value>)> + 'a {
        let copy = Copy { cohort, mark: cohort.mark(), payloads: &self.payloads };
        let rows = self.rows.get(month).into_iter().flatten();
        rows.map(move |(table, cells)| (*table, cells.iter().map(|cell| copy.value(cell)).collect()))
    }

    async fn read(conn: &mut SqliteConnection) -> Self {
        let tables = tables(conn).await;
        let marks = marks(conn).await;
        let first = text(conn, "SELECT substr(MIN(received_at), 1, 7) FROM bericht").await.remove(0);
        let mut rows: BTreeMap<String, Vec<PatternRow>> = BTreeMap::new();
        for (nr, table) in tables.iter().enumerate() {
            for cells in cells(conn, table, &marks).await {
                if cells.iter().any(is_own) {
                    let month = cells.iter().find_map(|cell| match cell {
                        Cell::Text(pieces) => month_of(pieces),
                        _ => None,
                    });
                    rows.entry(month.unwrap_or_else(|| first.clone())).or_default().push((nr, cells));
                }
            }
        }
        Self { payloads: payloads(conn, &marks).await, tables, rows }
    }
}

/// Plays the berichten, each at its moment; both parties fetch what is theirs, but for the last days.
async fn play(file: &Path, first: NaiveDate, today: NaiveDate) {
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(file).await.expect("a database"));
    let partij = |code: &str| format!("[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n");
    let config = Config::parse(&format!("{}{}", partij(GEMEENTE), partij(AANBIEDER))).expect("settings");
    let evening = chain::evening(today);
    let clock = Arc::new(SetClock::at(evening));
    let mut gateway = app::gateway(config, Schemas::compiled_in(), store, Arc::clone(&clock) as Arc<dyn Clock>);
    gateway.releases.in_force = InForce::Any;
    for coming in berichten(first, today) {
        clock.set(coming.at);
        take(&gateway, coming.bytes, coming.at).await;
        if coming.at < evening - chrono::TimeDelta::days(2) {
            fetch(&gateway, coming.at).await;
        }
    }
    // What is late after so long is late for good.
    for week in 0..80 {
        let day = first + Days::new(7 * week);
        gateway.store.raise_overdue(chain::evening(day.min(today))).await.expect("raised");
    }
    gateway.store.close().await;
}

async fn take(gateway: &Gateway, bytes: Vec<u8>, at: Timestamp) {
    let partij: Partij = xml::read(&bytes).expect("a bericht").poster().clone();
    let carrier = Carrier::Api { partij, by: "store".to_owned(), force: false };
    let received = Received::new(bytes, Format::Xml, at, carrier);
    match receive(&received, gateway).await.expect("a store") {
        // The start on a toewijzing that nobody gave.
        Reply::Recorded(receipt) if receipt.findings.iter().all(|one| one.regel.as_deref() == Some("TR019")) => {}
        Reply::Recorded(receipt) | Reply::Repeated(receipt) | Reply::Refused(_, receipt) => {
            panic!("{}: {:?}", String::from_utf8_lossy(&received.bytes), receipt.findings)
        }
    }
}

async fn fetch(gateway: &Gateway, at: Timestamp) {
    for code in [GEMEENTE, AANBIEDER] {
        let partij = Partij::from_text(code).expect("a code");
        for item in gateway.store.postbus(&partij, None, 100).await.expect("read") {
            gateway.store.confirm_pickup(&item.id, &partij, at).await.expect("fetched");
        }
    }
}

/// All tables, but for those that say nothing of clients and those that triggers fill with each row.
async fn tables(conn: &mut SqliteConnection) -> Vec<Table> {
    let triggers =
        text(conn, "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '% AFTER INSERT %'").await;
    let into = Regex::new(r"(?:INSERT INTO|UPDATE) (\w+)").expect("a pattern");
    let kept: Vec<String> = triggers
        .iter()
        .flat_map(|sql| into.captures_iter(sql).map(|one| one[1].to_owned()).collect::<Vec<_>>())
        .collect();
    let mut tables = Vec::new();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations' ORDER BY name";
    for name in text(conn, names).await {
        if !kept.contains(&name) {
            let columns = format!(
                "SELECT name FROM pragma_table_info('{name}') WHERE NOT (pk = 1 AND type = 'INTEGER' AND
                    (SELECT sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE name = '{name}'))"
            );
            tables.push(Table { columns: text(conn, &columns).await, name });
        }
    }
    tables
}

/// What differs from copy to copy: the names that the gateway gave to what it composed, and the digests.
async fn marks(conn: &mut SqliteConnection) -> Marks {
    let names = "SELECT DISTINCT name FROM (SELECT identificatie AS name FROM bericht
        UNION SELECT identificatie_retour FROM bericht UNION SELECT declaratie_nummer FROM declaratie) WHERE name IS NOT NULL";
    let names = text(conn, names).await.into_iter().filter(|name| !name.contains(chain::MARK)).collect();
    let ids = text(conn, "SELECT id FROM bericht ORDER BY id").await;
    let digests = text(conn, "SELECT sha256 FROM bericht ORDER BY id").await;
    Marks::new(names, digests.into_iter().zip(ids).collect())
}

/// The bytes of each bericht as they came in.
async fn payloads(conn: &mut SqliteConnection, marks: &Marks) -> HashMap<String, Pieces> {
    let rows = sqlx::query("SELECT bericht_id, bytes FROM payload WHERE NOT is_made ORDER BY bericht_id, nr");
    let mut bytes: HashMap<String, Vec<u8>> = HashMap::new();
    for row in rows.fetch_all(conn).await.expect("payloads") {
        bytes.entry(row.get("bericht_id")).or_default().extend_from_slice(row.get("bytes"));
    }
    bytes.into_iter().map(|(id, bytes)| (id, marks.pieces(&bytes))).collect()
}

async fn text(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await.expect("texts")
}

/// The rows of a table.
async fn cells(conn: &mut SqliteConnection, table: &Table, marks: &Marks) -> Vec<Vec<Cell>> {
    let kinds = table.columns.iter().map(|column| format!("typeof({column})")).collect::<Vec<_>>().join(", ");
    let sql = format!("SELECT {}, {kinds} FROM {}", table.columns.join(", "), table.name);
    let width = table.columns.len();
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await.expect("rows");
    let cell = |row: &sqlx::sqlite::SqliteRow, at: usize| match row.get::<&str, _>(width + at) {
        "null" => Cell::Same(Value::Null),
        "integer" => {
            let number: i64 = row.try_get_unchecked(at).expect("a number");
            if Marks::is_nummer(number) {
                Cell::Nummer(number.unsigned_abs())
            } else {
                Cell::Same(Value::Number(number))
            }
        }
        "text" => Cell::Text(marks.pieces(row.try_get_unchecked::<&str, _>(at).expect("a text").as_bytes())),
        "blob" => Cell::Bytes(marks.pieces(row.try_get_unchecked(at).expect("bytes"))),
        other => panic!("{} holds a {other}", table.name),
    };
    rows.iter().map(|row| (0..width).map(|at| cell(row, at)).collect()).collect()
}
