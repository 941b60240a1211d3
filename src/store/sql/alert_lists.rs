//! What was told to whom, and what there is to tell in a summary.

use sqlx::QueryBuilder;

use super::super::{Connection, Row};
use super::Result;
use super::row::Fields;
use crate::store::{AlertView, Standings};

/// See [`crate::store::AlertStore::standings`].
pub async fn standings(conn: &mut Connection) -> Result<Vec<Standings>> {
    // Kept with each change: nothing is counted that was counted before.
    const COUNTS: &str = "SELECT clock, responsible, state, CAST(SUM(count) AS BIGINT) AS number FROM deadline_stand
        WHERE state IN ('open', 'due-soon', 'overdue') GROUP BY clock, responsible, state HAVING SUM(count) > 0
        ORDER BY clock, responsible, state";
    let read = |row: &Row| {
        let fields = Fields::of("deadline", "clock", row);
        let (clock, responsible) = (fields.get("clock")?, fields.get("responsible")?);
        Ok(Standings { clock, responsible, state: fields.get("state")?, count: fields.get("number")? })
    };
    sqlx::query(COUNTS).fetch_all(conn).await?.iter().map(read).collect()
}

/// See [`crate::store::AlertStore::alerts`].
pub async fn list(conn: &mut Connection, states: &[String], before: Option<i64>, limit: u32) -> Result<Vec<AlertView>> {
    let mut query = QueryBuilder::new("SELECT * FROM alert_message WHERE 1 = 1");
    let wants = |state: &str| states.is_empty() || states.iter().any(|one| one == state);
    if !wants("sent") {
        // As the index of those that were not sent says it.
        query.push(" AND state <> 'sent'");
    }
    query.push(" AND CASE WHEN state = 'sent' THEN ").push_bind(wants("sent"));
    query.push(" WHEN last_error IS NULL THEN ").push_bind(wants("waiting"));
    query.push(" ELSE ").push_bind(wants("failing")).push(" END");
    if let Some(seq) = before {
        query.push(" AND seq < ").push_bind(seq);
    }
    query.push(" ORDER BY seq DESC LIMIT ").push_bind(i64::from(limit));
    query.build().fetch_all(conn).await?.iter().map(view).collect()
}

fn view(row: &Row) -> Result<AlertView> {
    let fields = Fields::of("alert_message", "id", row);
    Ok(AlertView {
        seq: fields.get("seq")?,
        id: fields.get("id")?,
        receiver: fields.get("receiver")?,
        event: fields.get("event")?,
        made_at: fields.get("made_at")?,
        data: fields.get("data")?,
        attempts: fields.get("attempts")?,
        last_error: fields.get("last_error")?,
        due_at: fields.get("due_at")?,
        sent_at: fields.get("sent_at")?,
    })
}
