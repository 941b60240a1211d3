//! What people did: appended, never changed.

use async_trait::async_trait;
use serde_json::json;

use super::super::{Connection, Database, Row};
use super::Result;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::store::{Approval, AuditStore, AuditView, LastSeen, Proposal, RefusedEnvelope, StoreError};

#[async_trait]
impl AuditStore for Database {
    async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditView>> {
        self.read((after, limit), audit).await
    }

    async fn note_refused(&self, envelope: &RefusedEnvelope) -> Result<()> {
        self.write((envelope,), note_refused).await
    }
}

const PROPOSED: &str = "declaratie.proposed";
const APPROVED: &str = "declaratie.approved";

/// See [`crate::store::DeclaratieStore::propose`].
pub async fn propose(conn: &mut Connection, declaratie_id: &str, new: &Proposal, seen: &LastSeen) -> Result<()> {
    // Taken for writing, so that an answer cannot come in between.
    let open = sqlx::query("UPDATE bericht SET retour_id = NULL WHERE id = $1 AND retour_id IS NULL")
        .bind(declaratie_id)
        .execute(&mut *conn)
        .await?;
    if open.rows_affected() == 0 {
        return Err(StoreError::Overtaken);
    }
    if let LastSeen::This(seen) = seen
        && proposal(conn, declaratie_id).await?.map(|last| last.id) != *seen
    {
        return Err(StoreError::Overtaken);
    }
    append(conn, (new.at, &new.by), PROPOSED, Some(declaratie_id), &encoded(new)?).await
}

/// Keeps who approved of the answer that is recorded.
pub async fn approve(conn: &mut Connection, approval: &Approval, antwoord_id: &str) -> Result<()> {
    let last = proposal(conn, &approval.declaratie_id).await?;
    if last.is_none_or(|last| last.id != approval.proposal) {
        return Err(StoreError::Overtaken);
    }
    let mut detail = serde_json::to_value(approval).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
    detail["antwoord"] = json!(antwoord_id);
    append(conn, (approval.at, &approval.by), APPROVED, Some(&approval.declaratie_id), &detail.to_string()).await
}

/// What was proposed last for this declaratie.
pub async fn proposal(conn: &mut Connection, declaratie_id: &str) -> Result<Option<Proposal>> {
    last(conn, PROPOSED, declaratie_id).await
}

/// Who approved of the answer to this declaratie.
pub async fn approval(conn: &mut Connection, declaratie_id: &str) -> Result<Option<Approval>> {
    last(conn, APPROVED, declaratie_id).await
}

/// See [`crate::store::PagesStore::deeds`].
pub async fn deeds(
    conn: &mut Connection,
    bericht_id: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AuditView>> {
    const ALL: &str = "SELECT a.*, CAST(seq AS TEXT) AS place FROM audit a
        WHERE CAST($1 AS TEXT) IS NULL AND seq < $2 ORDER BY seq DESC LIMIT $3";
    const ABOUT: &str = "SELECT a.*, CAST(seq AS TEXT) AS place FROM audit a
        WHERE bericht_id = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3";
    let asked = sqlx::query(if bericht_id.is_some() { ABOUT } else { ALL });
    let asked = asked.bind(bericht_id).bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit));
    asked.fetch_all(conn).await?.iter().map(view).collect()
}

/// See [`crate::store::AuditStore::note_refused`].
pub async fn note_refused(conn: &mut Connection, envelope: &RefusedEnvelope) -> Result<()> {
    let RefusedEnvelope { at, code, size_bytes, sha256 } = envelope;
    let detail = json!({"code": code, "size_bytes": size_bytes, "sha256": sha256});
    append(conn, (*at, "netwerk"), "envelope.refused", None, &detail.to_string()).await
}

/// See [`crate::store::AuditStore::audit`].
pub async fn audit(conn: &mut Connection, after: i64, limit: u32) -> Result<Vec<AuditView>> {
    let rows = sqlx::query("SELECT a.*, CAST(seq AS TEXT) AS place FROM audit a WHERE seq > $1 ORDER BY seq LIMIT $2")
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.iter().map(view).collect()
}

fn view(row: &Row) -> Result<AuditView> {
    let fields = Fields::of("audit", "place", row);
    Ok(AuditView {
        seq: fields.get("seq")?,
        at: fields.get("at")?,
        who: fields.get("who")?,
        what: fields.get("what")?,
        bericht_id: fields.get("bericht_id")?,
        detail: fields.get("detail")?,
    })
}

/// Keeps what somebody did; about which bericht, where it is about one.
pub async fn append(
    conn: &mut Connection,
    (at, who): (Timestamp, &str),
    what: &str,
    bericht_id: Option<&str>,
    detail: &str,
) -> Result<()> {
    sqlx::query("INSERT INTO audit (at, who, what, bericht_id, detail) VALUES ($1, $2, $3, $4, $5)")
        .bind(at)
        .bind(who)
        .bind(what)
        .bind(bericht_id)
        .bind(detail)
        .execute(conn)
        .await?;
    Ok(())
}

/// The last of its kind about a bericht.
async fn last<T: serde::de::DeserializeOwned>(
    conn: &mut Connection,
    what: &str,
    bericht_id: &str,
) -> Result<Option<T>> {
    let row = sqlx::query(
        "SELECT bericht_id, detail FROM audit WHERE bericht_id = $1 AND what = $2 ORDER BY seq DESC LIMIT 1",
    )
    .bind(bericht_id)
    .bind(what)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::of("audit", "bericht_id", &row);
    fields.parse("detail", |text| serde_json::from_str(text).ok()).map(Some)
}

fn encoded(proposal: &Proposal) -> Result<String> {
    serde_json::to_string(proposal).map_err(|cause| StoreError::Database(sqlx::Error::Encode(Box::new(cause))))
}
