//! Messages to receivers: claimed by lease, of each group the oldest first, and settled.

use super::super::{Connection, Row};
use super::Result;
use super::row::{Fields, in_order};
use crate::domain::Timestamp;
use crate::store::{Health, Message, NewMessage, SendOutcome, StoreError};
use chrono::NaiveDate;

/// See [`crate::store::AlertStore::keep_message`].
pub async fn keep(conn: &mut Connection, message: &NewMessage) -> Result<()> {
    const KEEP: &str =
        "INSERT INTO alert_message (id, receiver, event, clock, responsible, made_at, data, state, due_at)
        VALUES ($1, $2, $3, '', $6, $4, $5, 'waiting', $4)";
    let NewMessage { id, receiver, event, about, at, data } = message;
    sqlx::query(KEEP).bind(id).bind(receiver).bind(event).bind(at).bind(data).bind(about).execute(conn).await?;
    Ok(())
}

/// See [`crate::store::AlertStore::keep_digest`].
pub async fn keep_digest(conn: &mut Connection, message: &NewMessage, day: NaiveDate) -> Result<bool> {
    const ONCE: &str = "INSERT INTO alert_digest (receiver, day) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let first = sqlx::query(ONCE).bind(&message.receiver).bind(day).execute(&mut *conn).await?.rows_affected() == 1;
    if first && !message.data.is_empty() {
        keep(conn, message).await?;
    }
    Ok(first)
}

/// See [`crate::store::AlertStore::has_digest`].
pub async fn has_digest(conn: &mut Connection, receiver: &str, day: NaiveDate) -> Result<bool> {
    let found = sqlx::query("SELECT 1 FROM alert_digest WHERE receiver = $1 AND day = $2").bind(receiver).bind(day);
    Ok(found.fetch_optional(conn).await?.is_some())
}

/// See [`crate::store::AlertStore::claim_message`].
pub async fn claim(
    conn: &mut Connection,
    receiver: &str,
    now: Timestamp,
    (worker, until): (&str, Timestamp),
    latest: Timestamp,
) -> Result<Option<Message>> {
    // Whoever comes second finds that it was claimed since.
    const CLAIM: &str = "UPDATE alert_message SET worker = $2, due_at = $3, attempts = attempts + 1
        WHERE id = $1 AND attempts = $4 AND state = 'waiting' RETURNING id, event, made_at, data, attempts";
    // Of its group the oldest, whatever the state of that: nothing overtakes it there.
    const NEXT: &str = "SELECT m.id, m.attempts FROM alert_message m
        WHERE m.receiver = $1 AND m.state <> 'sent' AND m.state = 'waiting' AND (m.due_at <= $2 OR m.due_at > $3)
            AND NOT EXISTS (SELECT 1 FROM alert_message e WHERE e.receiver = m.receiver AND e.clock = m.clock
                AND e.responsible = m.responsible AND e.state <> 'sent' AND e.seq < m.seq)
        ORDER BY CASE WHEN m.last_error IS NULL THEN 0 ELSE 1 END, m.seq LIMIT 1";
    let health = health(conn, receiver).await?;
    if health.quiet_until.is_some_and(|until| until > now && until <= latest) {
        return Ok(None);
    }
    let next = sqlx::query(NEXT).bind(receiver).bind(in_order(now)).bind(in_order(latest));
    let Some(row) = next.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let fields = Fields::of("alert_message", "id", &row);
    let (id, attempts): (String, i64) = (fields.get("id")?, fields.get("attempts")?);
    let claim = sqlx::query(CLAIM).bind(id).bind(worker).bind(in_order(until)).bind(attempts);
    claim.fetch_optional(conn).await?.as_ref().map(|row| message(row, health.failures)).transpose()
}

fn message(row: &Row, failures: i64) -> Result<Message> {
    let fields = Fields::of("alert_message", "id", row);
    Ok(Message {
        id: fields.get("id")?,
        event: fields.get("event")?,
        made_at: fields.get("made_at")?,
        data: fields.get("data")?,
        attempt: fields.get("attempts")?,
        failures,
    })
}

/// See [`crate::store::AlertStore::settle_message`].
pub async fn settle(
    conn: &mut Connection,
    (receiver, message): (&str, &Message),
    now: Timestamp,
    outcome: &SendOutcome,
) -> Result<Health> {
    const SENT: &str = "UPDATE alert_message SET state = 'sent', sent_at = $3, due_at = NULL, worker = NULL
        WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
    const FAILED: &str = "UPDATE alert_message SET last_error = $3, due_at = $4, worker = NULL
        WHERE id = $1 AND attempts = $2 AND state = 'waiting'";
    const WELL: &str = "DELETE FROM alert_receiver WHERE name = $1";
    const ILL: &str = "INSERT INTO alert_receiver (name, failures, failing_since, again_at) VALUES ($1, 1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET failures = alert_receiver.failures + 1, again_at = $3";
    let settled = match outcome {
        SendOutcome::Sent => sqlx::query(SENT).bind(&message.id).bind(message.attempt).bind(now),
        SendOutcome::Failed { error, again_at, .. } => {
            sqlx::query(FAILED).bind(&message.id).bind(message.attempt).bind(error).bind(in_order(*again_at))
        }
    };
    if settled.execute(&mut *conn).await?.rows_affected() == 0 {
        return Err(StoreError::LeaseLost);
    }
    let before = health(conn, receiver).await?;
    match outcome {
        SendOutcome::Sent => {
            // Who knows that it is over needs to know no more.
            let over = sqlx::query("DELETE FROM alert WHERE message_id = $1 AND event = 'resolved'").bind(&message.id);
            over.execute(&mut *conn).await?;
            sqlx::query(WELL).bind(receiver).execute(conn).await?;
        }
        SendOutcome::Failed { quiet_until, .. } => {
            sqlx::query(ILL).bind(receiver).bind(now).bind(quiet_until.map(in_order)).execute(conn).await?;
        }
    }
    Ok(before)
}

async fn health(conn: &mut Connection, receiver: &str) -> Result<Health> {
    const HEALTH: &str = "SELECT name, failures, failing_since, told_at, again_at FROM alert_receiver WHERE name = $1";
    let Some(row) = sqlx::query(HEALTH).bind(receiver).fetch_optional(conn).await? else {
        return Ok(Health::default());
    };
    let fields = Fields::of("alert_receiver", "name", &row);
    let (failing_since, reported_at) = (fields.get("failing_since")?, fields.get("told_at")?);
    Ok(Health { failures: fields.get("failures")?, failing_since, reported_at, quiet_until: fields.get("again_at")? })
}

/// See [`crate::store::AlertStore::report_failing`].
pub async fn report_failing(
    conn: &mut Connection,
    receiver: &str,
    now: Timestamp,
    messages: &[NewMessage],
) -> Result<bool> {
    const ONCE: &str = "UPDATE alert_receiver SET told_at = $2 WHERE name = $1 AND told_at IS NULL";
    if sqlx::query(ONCE).bind(receiver).bind(now).execute(&mut *conn).await?.rows_affected() == 0 {
        return Ok(false);
    }
    for message in messages {
        keep(conn, message).await?;
    }
    Ok(true)
}
