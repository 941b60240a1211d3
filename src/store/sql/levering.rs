//! Starts, stops and what was delivered, as an export needs them.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::QueryBuilder;

use super::super::{Connection, Database, Row};
use super::facts::toewijzingen_of_clients;
use super::row::{Fields, day_in_order};
use super::{Result, audit, support};
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Bsn, Value};
use crate::domain::cak::Support;
use crate::domain::facts::history::Toewijzingen;
use crate::store::{CakExport, CakStore, Levering, LeveringView};

#[async_trait]
impl CakStore for Database {
    async fn leveringen(&self, partij: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<LeveringView>> {
        self.read((partij, (first, last)), leveringen_of).await
    }

    async fn support(&self, gemeente: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<Support>> {
        self.read((gemeente, (first, last)), support::support).await
    }

    async fn record_export(&self, export: &CakExport) -> Result<()> {
        self.write((export,), record_export).await
    }
}

const EXPORTED: &str = "cak.exported";

/// A table, and the day in it that counts.
type Table = (&'static str, &'static str);

const TABLES: [Table; 2] = [("start", "begindatum"), ("stop", "einddatum")];

/// See [`crate::store::CakStore::leveringen`].
pub async fn leveringen_of(
    conn: &mut Connection,
    partij: &Partij,
    days: (NaiveDate, NaiveDate),
) -> Result<Vec<LeveringView>> {
    let mut found = Vec::new();
    for table in TABLES {
        found.extend(reported(conn, partij, days, table).await?);
    }
    found.extend(delivered(conn, partij, days).await?);
    add_assigned(conn, &mut found).await?;
    found.sort_by_key(key);
    Ok(found)
}

/// By day; of one day starts, then what was delivered, then stops.
fn key(view: &LeveringView) -> (NaiveDate, u8, Option<i64>) {
    let place = match view.what {
        Levering::Start => 0,
        Levering::Geleverd { .. } => 1,
        Levering::Stop { .. } => 2,
    };
    (view.day, place, view.toewijzing_nummer)
}

/// The column that names this party.
fn side(partij: &Partij) -> &'static str {
    if partij.is_gemeente() { "gemeente" } else { "aanbieder" }
}

/// What stands in one of the tables of starts and stops.
async fn reported(
    conn: &mut Connection,
    partij: &Partij,
    (first, last): (NaiveDate, NaiveDate),
    table: Table,
) -> Result<Vec<LeveringView>> {
    let (name, day) = table;
    let mut query = QueryBuilder::new(format!(
        "SELECT s.*, {} AS assigned_code, {} AS assigned_categorie FROM {name} s
        WHERE NOT s.refused AND s.removed_by IS NULL AND s.{} || '' = ",
        assigned("code"),
        assigned("categorie"),
        side(partij)
    ));
    query.push_bind(partij.code().to_owned());
    query.push(format!(" AND s.{day} >= ")).push_bind(day_in_order(first).to_text());
    query.push(format!(" AND s.{day} <= ")).push_bind(day_in_order(last).to_text());
    query.push(" ORDER BY s.bericht_id, s.nr");
    query.build().fetch_all(conn).await?.iter().map(|row| view(row, table)).collect()
}

/// The granted lines, but for those that a granted credit took back.
async fn delivered(
    conn: &mut Connection,
    partij: &Partij,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<LeveringView>> {
    let mut query = QueryBuilder::new(format!(
        "SELECT p.* FROM declaratie d JOIN prestatie p ON p.bericht_id = d.bericht_id
        WHERE NOT d.void AND p.debet_credit = 'D' AND p.toegekend > 0 AND NOT EXISTS (SELECT 1 FROM prestatie c
                WHERE c.gemeente = p.gemeente AND c.aanbieder = p.aanbieder
                    AND c.vorig_referentie_nummer = p.referentie_nummer AND NOT c.void AND c.toegekend IS NOT NULL)
            AND d.{} = ",
        side(partij)
    ));
    query.push_bind(partij.code().to_owned());
    // No line is about days after the period of its declaratie.
    query.push(" AND d.einddatum >= ").push_bind(day_in_order(first).to_text());
    query.push(" AND p.begindatum >= ").push_bind(day_in_order(first).to_text());
    query.push(" AND p.begindatum <= ").push_bind(day_in_order(last).to_text());
    query.push(" ORDER BY p.bericht_id, p.nr");
    query.build().fetch_all(conn).await?.iter().map(line).collect()
}

/// Adds what is assigned on the day of each.
async fn add_assigned(conn: &mut Connection, found: &mut [LeveringView]) -> Result<()> {
    let mut bsns: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for view in &*found {
        bsns.entry((&view.gemeente, &view.aanbieder)).or_default().insert(view.bsn.digits());
    }
    let mut known: BTreeMap<(String, String), Toewijzingen> = BTreeMap::new();
    for ((gemeente, aanbieder), bsns) in bsns {
        let parties = Partij::from_text(gemeente).zip(Partij::from_text(aanbieder));
        let Some((one, other)) = parties else { continue };
        let facts = toewijzingen_of_clients(conn, (&one, &other), &bsns).await?;
        known.insert((gemeente.to_owned(), aanbieder.to_owned()), facts.into_iter().collect());
    }
    for view in found {
        let toewijzingen = known.get(&(view.gemeente.clone(), view.aanbieder.clone()));
        view.assigned = toewijzingen.map(|all| codes_on(all, &view.bsn, view.day)).unwrap_or_default();
    }
    Ok(())
}

/// The codes of what is assigned to this client on this day.
fn codes_on(toewijzingen: &Toewijzingen, bsn: &Bsn, day: NaiveDate) -> Vec<String> {
    let holds = toewijzingen.all_current().into_iter().filter(|fact| {
        fact.bsn == *bsn
            && !fact.verwijderd
            && fact.ingangsdatum <= day
            && fact.einddatum.is_none_or(|last| day <= last)
    });
    let codes = holds.filter_map(|fact| fact.product.as_ref()?.code.as_ref());
    codes.map(ToString::to_string).collect()
}

/// What the last version of the toewijzing says, by the text of its day and time: those of this century sort.
fn assigned(column: &str) -> String {
    format!(
        "(SELECT t.{column} FROM toewijzing t WHERE t.gemeente = s.gemeente AND t.aanbieder = s.aanbieder
            AND t.toewijzing_nummer = s.toewijzing_nummer AND NOT t.refused
            ORDER BY t.toewijzingsdatum DESC, t.toewijzingstijd DESC LIMIT 1)"
    )
}

fn view(row: &Row, (table, day): Table) -> Result<LeveringView> {
    let fields = Fields::of(table, "bericht_id", row);
    let reported = |column: &'static str, assigned: &'static str| -> Result<Option<String>> {
        Ok(fields.get::<Option<String>>(column)?.or(fields.get(assigned)?))
    };
    Ok(LeveringView {
        bsn: fields.parse("bsn", Value::from_text)?,
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        toewijzing_nummer: fields.get("toewijzing_nummer")?,
        product_categorie: reported("categorie", "assigned_categorie")?,
        product_code: reported("code", "assigned_code")?,
        day: fields.parse(day, Value::from_text)?,
        what: if table == "stop" {
            Levering::Stop { reden_beeindiging: fields.get("reden_beeindiging")? }
        } else {
            Levering::Start
        },
        assigned: Vec::new(),
    })
}

fn line(row: &Row) -> Result<LeveringView> {
    let fields = Fields::of("prestatie", "bericht_id", row);
    Ok(LeveringView {
        bsn: fields.parse("bsn", Value::from_text)?,
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        toewijzing_nummer: fields.get("toewijzing_nummer")?,
        product_categorie: Some(fields.get("product_categorie")?),
        product_code: Some(fields.get("product_code")?),
        day: fields.parse("begindatum", Value::from_text)?,
        what: Levering::Geleverd {
            einddatum: fields.parse("einddatum", Value::from_text)?,
            volume: fields.get("geleverd_volume")?,
            eenheid: fields.get("eenheid")?,
        },
        assigned: Vec::new(),
    })
}

/// See [`crate::store::CakStore::record_export`].
pub async fn record_export(conn: &mut Connection, export: &CakExport) -> Result<()> {
    let CakExport { file, partij, van, tot, rows, at, by } = export;
    let detail = json!({"file": file, "partij": partij.code(), "van": van, "tot": tot, "rows": rows});
    audit::append(conn, (*at, by), EXPORTED, None, &detail.to_string()).await
}
