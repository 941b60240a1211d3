//! What goes together becomes one message: whose data are written when nothing more is put into it, and stay.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Row, SKIP_LOCKED};
use super::Result;
use super::batch::Batch;
use super::deadline::{VIEW, views};
use super::row::{Fields, in_order};
use crate::domain::Timestamp;
use crate::domain::alerts::Event;
use crate::store::{Contents, Gather, Group};

/// How many deadlines a message names.
const NAMED: i64 = 10;

/// How soon one that forgets is told again.
const REMINDED: TimeDelta = TimeDelta::hours(1);

/// See [`crate::store::AlertStore::groups_due`].
pub async fn groups(conn: &mut Connection, receiver: &str, until: Timestamp, now: Timestamp) -> Result<Vec<Group>> {
    const NEW: &str = "SELECT receiver, clock, responsible, event, FALSE AS is_again FROM alert
        WHERE message_id IS NULL AND receiver = $1 GROUP BY receiver, clock, responsible, event HAVING MIN(since) <= $2";
    const BEGUN: &str = "SELECT receiver, clock, responsible, SUBSTR(event, 10) AS event, FALSE AS is_again
        FROM alert_message WHERE receiver = $1 AND state <> 'sent' AND state = 'gathering'";
    // What the receiver did not take yet is not told it again.
    const AGAIN: &str = "SELECT DISTINCT receiver, clock, responsible, event, TRUE AS is_again FROM alert a
        WHERE again_at <= $2 AND receiver = $1 AND event = 'overdue' AND NOT EXISTS (SELECT 1 FROM alert_message m
            WHERE m.receiver = a.receiver AND m.state <> 'sent' AND m.clock = a.clock AND m.responsible = a.responsible)";
    let read = |row: &Row| {
        let fields = Fields::of("alert", "receiver", row);
        Ok(Group {
            event: fields.parse("event", Event::from_word)?,
            clock: fields.get("clock")?,
            responsible: fields.get("responsible")?,
            is_again: fields.get("is_again")?,
        })
    };
    let mut rows = sqlx::query(BEGUN).bind(receiver).fetch_all(&mut *conn).await?;
    rows.extend(sqlx::query(NEW).bind(receiver).bind(until).fetch_all(&mut *conn).await?);
    rows.extend(sqlx::query(AGAIN).bind(receiver).bind(now).fetch_all(conn).await?);
    rows.iter().map(read).collect()
}

/// See [`crate::store::AlertStore::gather`].
pub async fn gather(conn: &mut Connection, gather: &Gather) -> Result<bool> {
    // Another process gathered it since.
    let Some(id) = message(conn, gather).await? else { return Ok(true) };
    let found = waiting(conn, gather).await?;
    let is_all = found.len() < gather.limit as usize;
    put(conn, gather, &id, found).await?;
    if is_all {
        close(conn, gather, &id).await?;
    }
    Ok(is_all)
}

/// The message that is gathered for this group, or a new one.
async fn message(conn: &mut Connection, gather: &Gather) -> Result<Option<String>> {
    const NEW: &str = "INSERT INTO alert_message (id, receiver, event, clock, responsible, made_at, data, state)
        VALUES ($1, $2, $3, $4, $5, $6, '', 'gathering')
        ON CONFLICT (receiver, clock, responsible, event) WHERE state = 'gathering' DO NOTHING";
    const BEGUN: &str = "SELECT id FROM alert_message WHERE receiver = $1 AND state <> 'sent' AND state = 'gathering'
        AND clock = $2 AND responsible = $3 AND event = $4";
    let (group, event) = (&gather.group, event_of(&gather.group));
    sqlx::query(NEW)
        .bind(&gather.id)
        .bind(&gather.receiver.name)
        .bind(&event)
        .bind(&group.clock)
        .bind(&group.responsible)
        .bind(gather.now)
        .execute(&mut *conn)
        .await?;
    let begun = sqlx::query_scalar(BEGUN).bind(&gather.receiver.name).bind(&group.clock).bind(&group.responsible);
    Ok(begun.bind(&event).fetch_optional(conn).await?)
}

/// As events are called outside.
fn event_of(group: &Group) -> String {
    format!("deadline.{}", group.event.word())
}

/// A deadline to put in: its id, how many times it was told that it is overdue, and whether somebody took it on.
type Waiting = (String, i64, bool);

async fn waiting(conn: &mut Connection, gather: &Gather) -> Result<Vec<Waiting>> {
    let which = if gather.group.is_again { "again_at <= $5" } else { "message_id IS NULL AND since <= $5" };
    let sql = format!(
        "SELECT deadline_id, repeats, EXISTS (SELECT 1 FROM acknowledged k WHERE k.deadline_id = alert.deadline_id) AS taken
        FROM alert WHERE receiver = $1 AND clock = $2 AND responsible = $3 AND event = $4 AND {which}
        ORDER BY since, deadline_id LIMIT $6 {SKIP_LOCKED}"
    );
    let group = &gather.group;
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(&gather.receiver.name)
        .bind(&group.clock)
        .bind(&group.responsible)
        .bind(group.event.word())
        .bind(gather.now)
        .bind(i64::from(gather.limit));
    let read = |row: &Row| {
        let fields = Fields::of("alert", "deadline_id", row);
        Ok((fields.get("deadline_id")?, fields.get("repeats")?, fields.get("taken")?))
    };
    query.fetch_all(conn).await?.iter().map(read).collect()
}

/// Those that are told, and when they are told again; what somebody took on is not.
async fn put(conn: &mut Connection, gather: &Gather, id: &str, found: Vec<Waiting>) -> Result<()> {
    const PUT: &str = "UPDATE alert SET told = told + 1, message_id = ";
    const QUIET: &str = "UPDATE alert SET again_at = NULL WHERE receiver = ";
    let (receiver, event) = (&gather.receiver, gather.group.event);
    let mut together: BTreeMap<(i64, bool), Vec<String>> = BTreeMap::new();
    for (deadline, repeats, taken) in found {
        together.entry((repeats, taken)).or_default().push(deadline);
    }
    let mut batch = Batch::default();
    for ((repeats, taken), deadlines) in together {
        if gather.group.is_again && taken && !receiver.forgets {
            batch.statement(QUIET).push_bind(&receiver.name).push(" AND deadline_id IN ").list(deadlines);
            continue;
        }
        let again_at =
            (event == Event::Overdue && (!taken || receiver.forgets)).then(|| again_at(gather, repeats)).flatten();
        batch.statement(PUT).push_bind(id).push(", repeats = ").push_bind(repeats + i64::from(event == Event::Overdue));
        batch.push(", again_at = ").push_bind(again_at.map(in_order));
        batch.push(" WHERE receiver = ").push_bind(&receiver.name).push(" AND deadline_id IN ").list(deadlines);
    }
    batch.run(conn).await
}

fn again_at(gather: &Gather, repeats: i64) -> Option<Timestamp> {
    let times = u32::try_from(repeats + 1).unwrap_or(u32::MAX);
    let pause = gather.rules.pause_after(times).and_then(|pause| TimeDelta::from_std(pause).ok());
    let pause = if gather.receiver.forgets { Some(REMINDED) } else { pause };
    gather.now.checked_add_signed(pause?)
}

/// Writes what the message says. One that says nothing is none.
async fn close(conn: &mut Connection, gather: &Gather, id: &str) -> Result<()> {
    const COUNT: &str = "SELECT COUNT(*) FROM alert WHERE message_id = $1";
    const CLOSE: &str = "UPDATE alert_message SET state = 'waiting', data = $2, due_at = $3 WHERE id = $1";
    const BY_GEMEENTE: &str = "SELECT receiver, gemeente, SUM(CASE WHEN event = $4 THEN 1 ELSE 0 END) AS live
        FROM alert WHERE receiver = $1 AND clock = $2 AND responsible = $3 GROUP BY receiver, gemeente ORDER BY gemeente";
    let count: i64 = sqlx::query_scalar(COUNT).bind(id).fetch_one(&mut *conn).await?;
    if count == 0 {
        sqlx::query("DELETE FROM alert_message WHERE id = $1").bind(id).execute(conn).await?;
        return Ok(());
    }
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.id IN (SELECT deadline_id FROM alert WHERE message_id = ").push_bind(id.to_owned());
    query.push(") ORDER BY d.due, d.id LIMIT ").push_bind(NAMED);
    let first = views(conn, &mut query).await?;
    let mut by_gemeente = Vec::new();
    if gather.receiver.forgets {
        let group = &gather.group;
        let rows = sqlx::query(BY_GEMEENTE).bind(&gather.receiver.name).bind(&group.clock).bind(&group.responsible);
        let live = if group.event == Event::Resolved { Event::Overdue } else { group.event };
        let rows = rows.bind(live.word());
        for row in rows.fetch_all(&mut *conn).await? {
            let fields = Fields::of("alert", "receiver", &row);
            by_gemeente.push((fields.get("gemeente")?, fields.get("live")?));
        }
    }
    let data = (gather.compose)(&gather.group, &Contents { count, first, by_gemeente }, &gather.link);
    sqlx::query(CLOSE).bind(id).bind(data).bind(gather.now).execute(conn).await?;
    Ok(())
}
