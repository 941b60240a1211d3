//! A look at the clocks: what time makes of deadlines, and what is to be told of it.

use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, SKIP_LOCKED};
use super::batch::Batch;
use super::deadline::{VIEW, views};
use super::row::in_order;
use super::{Result, taken};
use crate::domain::Timestamp;
use crate::domain::alerts::{Event, Receiver};
use crate::store::{DeadlineState, DeadlineView, Raise, Raised};

/// See [`crate::store::ClockStore::next_deadline_at`].
pub async fn next_deadline_at(conn: &mut Connection) -> Result<Option<Timestamp>> {
    const NEXT: &str = "SELECT MIN(next_at) FROM deadline WHERE state IN ('open', 'due-soon', 'waived')";
    Ok(sqlx::query_scalar(NEXT).fetch_one(conn).await?)
}

/// See [`crate::store::ClockStore::raise`].
pub async fn raise(conn: &mut Connection, raise: &Raise) -> Result<Raised> {
    taken::let_go(conn, raise).await?;
    let ids = due(conn, raise).await?;
    if ids.is_empty() {
        return Ok(Raised::default());
    }
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.id IN (");
    let mut list = query.separated(", ");
    for id in &ids {
        list.push_bind(id.clone());
    }
    query.push(") ORDER BY d.due, d.id");
    let mut batch = Batch::default();
    let mut raised = Raised { overdue: Vec::new(), seen: ids.len() };
    let mut changed = Vec::new();
    for mut view in views(conn, &mut query).await? {
        let was = view.state;
        let (state, next_at) = view.stands(raise.now, raise.start_of);
        set(&mut batch, &view.id, (state, next_at), raise.now);
        view.state = state;
        match state {
            DeadlineState::DueSoon => changed.push((view, Event::DueSoon)),
            DeadlineState::Overdue if was != DeadlineState::Overdue => changed.push((view, Event::Overdue)),
            _ => {}
        }
    }
    for (view, event) in &changed {
        write_alerts(&mut batch, view, *event, raise);
    }
    batch.run(conn).await?;
    let overdue = changed.into_iter().filter(|(_, event)| *event == Event::Overdue);
    raised.overdue = overdue.map(|(view, _)| view).collect();
    Ok(raised)
}

/// Those whose moment came. A row that somebody else holds is raised or closed there; a closing that fails leaves it for the
/// next look.
async fn due(conn: &mut Connection, raise: &Raise) -> Result<Vec<String>> {
    let passed = format!(
        "SELECT id FROM deadline WHERE state IN ('open', 'due-soon', 'waived') AND next_at <= $1
        ORDER BY next_at, id LIMIT $2 {SKIP_LOCKED}"
    );
    let ahead = format!("SELECT id FROM deadline WHERE state = 'overdue' AND due_at > $1 LIMIT $2 {SKIP_LOCKED}");
    let limit = i64::from(raise.limit);
    let passed = sqlx::query_scalar(AssertSqlSafe(passed)).bind(raise.now).bind(limit);
    let mut ids: Vec<String> = passed.fetch_all(&mut *conn).await?;
    let ahead = sqlx::query_scalar(AssertSqlSafe(ahead)).bind(in_order(raise.too_early)).bind(limit);
    ids.extend(ahead.fetch_all(conn).await?);
    Ok(ids)
}

fn set(batch: &mut Batch, id: &str, (state, next_at): (DeadlineState, Option<Timestamp>), now: Timestamp) {
    const SET: &str = "UPDATE deadline SET state = $2, next_at = $3,
        changed_at = CASE WHEN state = $2 THEN changed_at ELSE $4 END WHERE id = $1";
    batch.statement(SET).bind(id).bind(state.name()).bind(next_at.map(in_order)).bind(now);
}

/// What each receiver is to be told, in the place of what it was told before.
fn write_alerts(batch: &mut Batch, view: &DeadlineView, event: Event, raise: &Raise) {
    for receiver in raise.receivers.iter().filter(|receiver| receiver.wants(event, &view.clock, &view.responsible)) {
        let group = (view.clock.as_str(), view.responsible.as_str(), view.gemeente());
        alert(batch, &view.id, receiver, group, (event, raise.now));
    }
}

/// A row for one receiver.
pub fn alert(
    batch: &mut Batch,
    deadline_id: &str,
    receiver: &Receiver,
    (clock, responsible, gemeente): (&str, &str, &str),
    (event, now): (Event, Timestamp),
) {
    const ALERT: &str = "INSERT INTO alert (deadline_id, receiver, clock, responsible, gemeente, event, since, escalate_at,
            wants_resolved)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (deadline_id, receiver) DO UPDATE SET event = excluded.event, since = excluded.since, message_id = NULL,
            again_at = NULL, escalate_at = excluded.escalate_at, wants_resolved = excluded.wants_resolved";
    let escalation = receiver.escalation.as_ref().filter(|_| event == Event::Overdue);
    let escalate_at = escalation.and_then(|one| now.checked_add_signed(chrono::TimeDelta::from_std(one.after).ok()?));
    batch
        .statement(ALERT)
        .bind(deadline_id)
        .bind(&receiver.name)
        .bind(clock)
        .bind(responsible)
        .bind(gemeente)
        .bind(event.word())
        .bind(now)
        .bind(escalate_at.map(in_order))
        .bind(receiver.on.contains(&Event::Resolved));
}
