//! Berichten that wait for one that should have come before them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use sqlx::QueryBuilder;

use super::super::{Connection, Database, Db, Row};
use super::Result;
use super::batch::Batch;
use super::facts::{CHUNK, Pair, of_pair, one_of};
use super::payload::as_received;
use super::payload::receipt_text;
use super::row::{Fields, in_order};
use crate::domain::berichten::waarde::Value;
use crate::domain::facts::history::Subject;
use crate::domain::{Partij, Timestamp};
use crate::store::{NewBericht, StoreError, Via, Wait, Waiting, WaitingStore};

#[async_trait]
impl WaitingStore for Database {
    async fn waiting_on(&self, gemeente: &Partij, aanbieder: &Partij, subjects: &[Subject]) -> Result<Vec<Waiting>> {
        self.read(((gemeente, aanbieder), subjects), waiting_on).await
    }

    async fn waiting_until(&self, now: Timestamp) -> Result<Vec<Waiting>> {
        self.read((now,), waiting_until).await
    }

    async fn next_wait_ends_at(&self) -> Result<Option<Timestamp>> {
        self.read((), next_wait_ends_at).await
    }
}

/// A waiting bericht without its bytes; the caller adds which ones.
const WAITING: &str = "SELECT b.id, w.until, b.received_at, b.via, b.poster, b.referentienummer, b.sha256
    FROM waiting w JOIN bericht b ON b.id = w.bericht_id WHERE ";

/// Keeps for what a bericht waits.
pub fn insert_waiting(batch: &mut Batch, id: &str, wait: &Wait) {
    batch.statement("INSERT INTO waiting (bericht_id, until) VALUES ($1, $2)").bind(id).bind(in_order(wait.until));
    for subject in &wait.subjects {
        batch
            .statement("INSERT INTO waiting_on (bericht_id, gemeente, aanbieder, subject) VALUES ($1, $2, $3, $4)")
            .bind(id)
            .bind(wait.gemeente.code())
            .bind(wait.aanbieder.code())
            .bind(subject.key());
    }
}

/// A bericht that waited was judged: what became of it takes the place of its waiting.
pub async fn release(conn: &mut Connection, bericht: &NewBericht) -> Result<()> {
    const OUTCOME: &str = "UPDATE bericht SET outcome = $2, receipt = $3, heenbericht_id = $4 WHERE id = $1";
    let done = sqlx::query("DELETE FROM waiting WHERE bericht_id = $1").bind(&bericht.id).execute(&mut *conn).await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotWaiting);
    }
    sqlx::query("DELETE FROM waiting_on WHERE bericht_id = $1").bind(&bericht.id).execute(&mut *conn).await?;
    sqlx::query("DELETE FROM about WHERE bericht_id = $1").bind(&bericht.id).execute(&mut *conn).await?;
    sqlx::query("DELETE FROM finding WHERE bericht_id = $1").bind(&bericht.id).execute(&mut *conn).await?;
    sqlx::query(OUTCOME)
        .bind(&bericht.id)
        .bind(bericht.outcome.name())
        .bind(receipt_text(bericht)?)
        .bind(&bericht.heenbericht_id)
        .execute(conn)
        .await?;
    Ok(())
}

/// See [`crate::store::WaitingStore::waiting_on`].
pub async fn waiting_on(conn: &mut Connection, pair: Pair<'_>, subjects: &[Subject]) -> Result<Vec<Waiting>> {
    let mut found = BTreeMap::new();
    // Mostly nobody waits, which is known sooner than who waits for one of these.
    if sqlx::query("SELECT 1 FROM waiting LIMIT 1").fetch_optional(&mut *conn).await?.is_none() {
        return Ok(Vec::new());
    }
    for chunk in subjects.chunks(CHUNK) {
        let mut query = QueryBuilder::new(WAITING);
        query.push("w.bericht_id IN (SELECT o.bericht_id FROM waiting_on o WHERE ");
        of_pair(&mut query, "o.", pair);
        one_of(&mut query, " AND o.subject IN ", chunk.iter().map(Subject::key));
        query.push(")");
        for waiting in fetch(conn, query).await? {
            found.insert(waiting.id.clone(), waiting);
        }
    }
    Ok(found.into_values().collect())
}

/// See [`crate::store::WaitingStore::waiting_until`].
pub async fn waiting_until(conn: &mut Connection, now: Timestamp) -> Result<Vec<Waiting>> {
    let mut query = QueryBuilder::new(WAITING);
    query.push("w.until <= ").push_bind(in_order(now)).push(" ORDER BY b.id");
    fetch(conn, query).await
}

/// See [`crate::store::WaitingStore::next_wait_ends_at`].
pub async fn next_wait_ends_at(conn: &mut Connection) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT MIN(until) FROM waiting").fetch_one(conn).await?)
}

async fn fetch(conn: &mut Connection, mut query: QueryBuilder<Db>) -> Result<Vec<Waiting>> {
    let rows = query.build().fetch_all(&mut *conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        found.push(waiting(conn, row).await?);
    }
    Ok(found)
}

async fn waiting(conn: &mut Connection, row: &Row) -> Result<Waiting> {
    let fields = Fields::of("bericht", "id", row);
    let id: String = fields.get("id")?;
    let (bytes, was_json) = as_received(conn, &id).await?;
    Ok(Waiting {
        id,
        received_at: fields.get("received_at")?,
        via: fields.parse("via", Via::from_name)?,
        poster: fields.parse_if_any("poster", Value::from_text)?,
        referentienummer: fields.get("referentienummer")?,
        sha256: fields.get("sha256")?,
        bytes,
        was_json,
        until: fields.get("until")?,
    })
}
