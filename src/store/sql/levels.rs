//! How deadlines were kept. What was answered is counted by the database itself, as it changes.

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::AssertSqlSafe;

use super::super::{Connection, Database, Row};
use super::Result;
use super::row::Fields;
use crate::domain::Partij;
use crate::store::levels::{Counted, LevelQuery, LevelRow, LevelStore};

#[async_trait]
impl LevelStore for Database {
    async fn levels(&self, query: &LevelQuery) -> Result<Vec<LevelRow>> {
        self.read((query,), levels).await
    }
}

async fn levels(conn: &mut Connection, query: &LevelQuery) -> Result<Vec<LevelRow>> {
    let mut rows = answered(conn, query).await?;
    rows.extend(missing(conn, query).await?);
    Ok(rows)
}

/// The columns of the partner and of the other end.
fn ends(partner: &Partij) -> (&'static str, &'static str) {
    if partner.is_gemeente() { ("gemeente", "aanbieder") } else { ("aanbieder", "gemeente") }
}

async fn answered(conn: &mut Connection, query: &LevelQuery) -> Result<Vec<LevelRow>> {
    let (partner, other) = ends(&query.partner);
    let sql = format!(
        "SELECT gemeente, aanbieder, responsible, clock, month, days, CAST(SUM(met) AS BIGINT) AS met,
            CAST(SUM(late) AS BIGINT) AS late
         FROM service_level WHERE {partner} = $1 AND month >= $2 AND month <= $3
            AND (CAST($4 AS TEXT) IS NULL OR {other} = $4)
         GROUP BY gemeente, aanbieder, responsible, clock, month, days"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(query.partner.code())
        .bind(month(query.first))
        .bind(month(query.today))
        .bind(query.partij.as_ref().map(Partij::code));
    let counted = |fields: &Fields<'_>| {
        Ok(Counted::Answered { days: fields.get("days")?, met: fields.get("met")?, late: fields.get("late")? })
    };
    rows.fetch_all(conn).await?.iter().map(|row| level(row, |fields| fields.get("month"), counted)).collect()
}

async fn missing(conn: &mut Connection, query: &LevelQuery) -> Result<Vec<LevelRow>> {
    let (partner, other) = ends(&query.partner);
    let sql = format!(
        "SELECT gemeente, COALESCE(aanbieder, '') AS aanbieder, responsible, clock, due, COUNT(*) AS count
         FROM deadline WHERE {partner} = $1 AND state IN ('open', 'due-soon', 'overdue') AND due >= $2 AND due < $3
            AND (CAST($4 AS TEXT) IS NULL OR {other} = $4)
         GROUP BY gemeente, aanbieder, responsible, clock, due"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(query.partner.code())
        .bind(query.first)
        .bind(query.today)
        .bind(query.partij.as_ref().map(Partij::code));
    let due = |fields: &Fields<'_>| Ok(month(fields.get("due")?));
    let counted = |fields: &Fields<'_>| Ok(Counted::Missing(fields.get("count")?));
    rows.fetch_all(conn).await?.iter().map(|row| level(row, due, counted)).collect()
}

fn level(
    row: &Row,
    month: impl FnOnce(&Fields<'_>) -> Result<String>,
    counted: impl FnOnce(&Fields<'_>) -> Result<Counted>,
) -> Result<LevelRow> {
    let fields = Fields::of("service_level", "clock", row);
    Ok(LevelRow {
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        responsible: fields.get("responsible")?,
        clock: fields.get("clock")?,
        month: month(&fields)?,
        counted: counted(&fields)?,
    })
}

/// The month of a day, as in `2026-03`.
fn month(day: NaiveDate) -> String {
    day.format("%Y-%m").to_string()
}
