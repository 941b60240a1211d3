//! What stands still, for the gateway to notice: each found by an index of what stands there.

use super::super::{Connection, Row};
use super::Result;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::domain::berichten::waarde::RetourCode;
use crate::store::{RefusedSender, Standstill, Unapproved};

/// See [`crate::store::NoticeStore::standstills`].
pub async fn at_stage(
    conn: &mut Connection,
    stage: &str,
    (after, before): (&str, &str),
    limit: u32,
) -> Result<Vec<Standstill>> {
    const STANDING: &str = "SELECT b.id, b.soort, b.afzender, b.ontvanger, b.received_at,
            (SELECT MAX(t.at) FROM transport t WHERE t.bericht_id = b.id AND t.stage = $1) AS reached_at,
            (SELECT w.until FROM waiting w WHERE w.bericht_id = b.id) AS waits_until,
            EXISTS (SELECT 1 FROM parcel p WHERE p.bericht_id = b.id AND p.kind <> 'Fo01') AS is_for_network,
            EXISTS (SELECT 1 FROM transport t WHERE t.bericht_id = b.id AND t.stage = 'handed-over') AS is_told_of
        FROM bericht b WHERE b.transport = $1 AND b.id > $2 AND b.id < $3 AND b.soort IS NOT NULL ORDER BY b.id LIMIT $4";
    let query = sqlx::query(STANDING).bind(stage).bind(after).bind(before).bind(i64::from(limit));
    let read = |row: &Row| {
        let fields = Fields::of("bericht", "id", row);
        Ok(Standstill {
            id: fields.get("id")?,
            berichtsoort: fields.get("soort")?,
            afzender: fields.get("afzender")?,
            ontvanger: fields.get("ontvanger")?,
            received_at: fields.get("received_at")?,
            reached_at: fields.get("reached_at")?,
            waits_until: fields.get("waits_until")?,
            is_for_network: fields.get("is_for_network")?,
            is_told_of: fields.get("is_told_of")?,
        })
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// See [`crate::store::NoticeStore::came_further`].
pub async fn came_further(conn: &mut Connection, after: &str, limit: u32) -> Result<Vec<(String, bool)>> {
    // One that ended by itself is noticed anew, where its bericht stands there still.
    const STANDING: &str = "SELECT n.key, b.id IS NULL
            OR d.state NOT IN ('open', 'due-soon', 'overdue', 'waived')
            OR b.transport NOT IN (CASE d.subject WHEN 'handed-over' THEN 'stored' WHEN 'accepted' THEN 'handed-over'
                    ELSE 'accepted' END,
                CASE d.subject WHEN 'handed-over' THEN 'unclear' ELSE '' END) AS is_further
        FROM noticed n JOIN deadline d ON d.id = n.deadline_id LEFT JOIN bericht b ON b.id = d.bericht_id
        WHERE n.holds AND n.clock = 'transport' AND n.key > $1 ORDER BY n.key LIMIT $2";
    let rows = sqlx::query(STANDING).bind(after).bind(i64::from(limit)).fetch_all(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("noticed", "key", row);
        Ok((fields.get("key")?, fields.get("is_further")?))
    };
    rows.iter().map(read).collect()
}

/// See [`crate::store::NoticeStore::reusing_senders`].
pub async fn reusing_senders(conn: &mut Connection, from_id: &str, at_least: u32) -> Result<Vec<RefusedSender>> {
    const REUSING: &str =
        "SELECT b.afzender, MIN(b.received_at) AS since FROM finding f JOIN bericht b ON b.id = f.bericht_id
        WHERE f.retourcode = $1 AND f.bericht_id >= $2 AND b.afzender IS NOT NULL
        GROUP BY b.afzender HAVING COUNT(*) >= $3 ORDER BY b.afzender";
    let query = sqlx::query(REUSING).bind(RetourCode::IDENTIFICATIE_GEBRUIKT).bind(from_id).bind(i64::from(at_least));
    let read = |row: &Row| {
        let fields = Fields::of("bericht", "afzender", row);
        Ok(RefusedSender { partij: fields.get("afzender")?, since: fields.get("since")? })
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// See [`crate::store::NoticeStore::refused_envelopes`].
pub async fn refused_envelopes(
    conn: &mut Connection,
    since: Timestamp,
    limit: u32,
) -> Result<Vec<(Timestamp, String)>> {
    const REFUSED: &str =
        "SELECT what, at, detail FROM audit WHERE what = 'envelope.refused' AND at >= $1 ORDER BY at LIMIT $2";
    let rows = sqlx::query(REFUSED).bind(since).bind(i64::from(limit)).fetch_all(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("audit", "what", row);
        let code = |text: &str| {
            let detail: serde_json::Value = serde_json::from_str(text).ok()?;
            detail["code"].as_str().map(str::to_owned)
        };
        Ok((fields.get("at")?, fields.parse("detail", code)?))
    };
    rows.iter().map(read).collect()
}

/// See [`crate::store::NoticeStore::overslept`].
pub async fn overslept(conn: &mut Connection, before: Timestamp) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT MIN(until) FROM waiting WHERE until < $1").bind(before).fetch_one(conn).await?)
}

/// See [`crate::store::NoticeStore::unapproved`].
pub async fn unapproved(conn: &mut Connection, before: Timestamp, limit: u32) -> Result<Vec<Unapproved>> {
    // What is proposed waits for its antwoord: looked for among those that do.
    const UNAPPROVED: &str = "SELECT bericht_id, gemeente, aanbieder, since FROM (
            SELECT d.bericht_id, d.gemeente, d.aanbieder, (SELECT MAX(a.at) FROM audit a
                WHERE a.bericht_id = d.bericht_id AND a.what = 'declaratie.proposed') AS since
            FROM deadline d WHERE d.clock = 'declaratie-antwoord' AND d.state IN ('open', 'due-soon', 'overdue')) u
        WHERE since < $1 ORDER BY since, bericht_id LIMIT $2";
    let rows = sqlx::query(UNAPPROVED).bind(before).bind(i64::from(limit)).fetch_all(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("audit", "bericht_id", row);
        Ok(Unapproved {
            bericht_id: fields.get("bericht_id")?,
            gemeente: fields.get("gemeente")?,
            aanbieder: fields.get("aanbieder")?,
            since: fields.get("since")?,
        })
    };
    rows.iter().map(read).collect()
}

/// See [`crate::store::NoticeStore::failing_receivers`].
pub async fn failing_receivers(conn: &mut Connection, before: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    const FAILING: &str =
        "SELECT name, failing_since AS since FROM alert_receiver WHERE failing_since <= $1 ORDER BY name";
    named_since(conn, FAILING, before).await
}

/// See [`crate::store::NoticeStore::not_taking`].
pub async fn not_taking(conn: &mut Connection, before: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    const NOT_TAKING: &str = "SELECT receiver AS name, MIN(made_at) AS since FROM alert_message
        WHERE state <> 'sent' AND last_error IS NOT NULL AND made_at <= $1 GROUP BY receiver ORDER BY receiver";
    named_since(conn, NOT_TAKING, before).await
}

async fn named_since(conn: &mut Connection, sql: &'static str, before: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    let rows = sqlx::query(sql).bind(before).fetch_all(conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("alert_receiver", "name", row);
        Ok((fields.get("name")?, fields.get("since")?))
    };
    rows.iter().map(read).collect()
}
