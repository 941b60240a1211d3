//! What nobody took on in time is told to others.

use sqlx::AssertSqlSafe;

use super::super::{Connection, SKIP_LOCKED};
use super::Result;
use super::batch::Batch;
use super::raise::alert;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::domain::alerts::{Alerts, Event};

/// How many at most in one transaction.
const AT_ONCE: i64 = 500;

/// See [`crate::store::AlertStore::escalate`].
pub async fn escalate(conn: &mut Connection, now: Timestamp, rules: &Alerts) -> Result<usize> {
    let due = format!(
        "SELECT deadline_id, receiver, clock, responsible, gemeente,
            EXISTS (SELECT 1 FROM acknowledged k WHERE k.deadline_id = alert.deadline_id) AS taken
        FROM alert WHERE escalate_at <= $1 ORDER BY escalate_at LIMIT $2 {SKIP_LOCKED}"
    );
    let rows = sqlx::query(AssertSqlSafe(due)).bind(now).bind(AT_ONCE).fetch_all(&mut *conn).await?;
    let mut batch = Batch::default();
    for row in &rows {
        let fields = Fields::of("alert", "deadline_id", row);
        let (deadline, name): (String, String) = (fields.get("deadline_id")?, fields.get("receiver")?);
        batch
            .statement("UPDATE alert SET escalate_at = NULL WHERE deadline_id = $1 AND receiver = $2")
            .bind(&deadline)
            .bind(&name);
        if fields.get("taken")? {
            continue;
        }
        let named = |name: &str| rules.receivers.iter().find(|receiver| receiver.name == name);
        let escalation = named(&name).and_then(|receiver| receiver.escalation.as_ref());
        let Some(next) = escalation.and_then(|escalation| named(&escalation.to)) else { continue };
        let there = sqlx::query("SELECT 1 FROM alert WHERE deadline_id = $1 AND receiver = $2 AND event = 'overdue'");
        if there.bind(&deadline).bind(&next.name).fetch_optional(&mut *conn).await?.is_none() {
            let (clock, responsible): (String, String) = (fields.get("clock")?, fields.get("responsible")?);
            let gemeente: String = fields.get("gemeente")?;
            alert(&mut batch, &deadline, next, (&clock, &responsible, &gemeente), (Event::Overdue, now));
        }
    }
    batch.run(conn).await?;
    Ok(rows.len())
}
