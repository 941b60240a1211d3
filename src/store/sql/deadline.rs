//! Deadlines and the alerts about them.

use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Db, Row, SKIP_LOCKED};
use super::Result;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::store::view::DeadlineQuery;
use crate::store::{DeadlineState, DeadlineView};

/// A deadline with the header of the bericht that started it.
const VIEW: &str = "SELECT d.*, b.soort, b.afzender, b.ontvanger, b.identificatie
    FROM deadline d JOIN bericht b ON b.id = d.bericht_id WHERE ";

/// See [`crate::store::Store::raise_overdue`].
pub async fn raise_overdue(conn: &mut Connection, now: Timestamp) -> Result<Vec<DeadlineView>> {
    // A row that somebody else holds is being raised or closed there; a closing that fails leaves it for the next call.
    let passed =
        format!("SELECT id FROM deadline WHERE state = 'open' AND due_at <= $1 ORDER BY due_at, id {SKIP_LOCKED}");
    let ids: Vec<String> = sqlx::query_scalar(AssertSqlSafe(passed)).bind(now).fetch_all(&mut *conn).await?;
    let mut raised = Vec::with_capacity(ids.len());
    for id in ids {
        sqlx::query("UPDATE deadline SET state = 'overdue' WHERE id = $1").bind(&id).execute(&mut *conn).await?;
        sqlx::query("INSERT INTO alert (deadline_id, raised_at) VALUES ($1, $2)")
            .bind(&id)
            .bind(now)
            .execute(&mut *conn)
            .await?;
        raised.append(&mut views(conn, QueryBuilder::new(VIEW).push("d.id = ").push_bind(id)).await?);
    }
    Ok(raised)
}

/// See [`crate::store::Store::next_deadline_at`].
pub async fn next_deadline_at(conn: &mut Connection) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT MIN(due_at) FROM deadline WHERE state = 'open'").fetch_one(conn).await?)
}

/// The clocks that this bericht started.
pub async fn deadlines_of(conn: &mut Connection, bericht_id: &str) -> Result<Vec<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.bericht_id = ").push_bind(bericht_id.to_owned()).push(" ORDER BY d.due, d.id");
    views(conn, &mut query).await
}

/// See [`crate::store::Store::deadlines`].
pub async fn deadlines(
    conn: &mut Connection,
    wanted: &DeadlineQuery,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("1 = 1");
    if let Some(partij) = &wanted.partij {
        query.push(" AND ").push_bind(partij.code().to_owned()).push(" IN (b.afzender, b.ontvanger)");
    }
    if !wanted.states.is_empty() {
        query.push(" AND d.state IN (");
        let mut states = query.separated(", ");
        for state in &wanted.states {
            states.push_bind(state.name());
        }
        states.push_unseparated(")");
    }
    if let Some(day) = wanted.due_by {
        query.push(" AND d.due <= ").push_bind(super::row::day_in_order(day));
    }
    if let Some(id) = after {
        query.push(" AND (d.due, d.id) > (SELECT due, id FROM deadline WHERE id = ").push_bind(id.to_owned()).push(")");
    }
    query.push(" ORDER BY d.due, d.id LIMIT ").push_bind(i64::from(limit));
    views(conn, &mut query).await
}

async fn views(conn: &mut Connection, query: &mut QueryBuilder<Db>) -> Result<Vec<DeadlineView>> {
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

fn view(row: &Row) -> Result<DeadlineView> {
    let fields = Fields::of("deadline", "id", row)?;
    Ok(DeadlineView {
        id: fields.get("id")?,
        clock: fields.get("clock")?,
        answer: fields.get("answer")?,
        subject: fields.get("subject")?,
        responsible: fields.get("responsible")?,
        bericht_id: fields.get("bericht_id")?,
        berichtsoort: fields.get("soort")?,
        afzender: fields.get("afzender")?,
        ontvanger: fields.get("ontvanger")?,
        identificatie: fields.get("identificatie")?,
        due: fields.get("due")?,
        state: fields.parse("state", DeadlineState::from_name)?,
        closed_at: fields.get("closed_at")?,
        closed_by: fields.get("closed_by")?,
    })
}
