//! What somebody took on until a day that is past: it is nobody's again, and people are told of it again.

use serde_json::json;
use sqlx::AssertSqlSafe;

use super::super::{Connection, Row, SKIP_LOCKED};
use super::batch::Batch;
use super::row::{Fields, in_order};
use super::{Result, audit};
use crate::domain::Timestamp;
use crate::domain::alerts::Receiver;
use crate::store::Raise;

const LET_GO: &str = "deadline.let-go";
/// Who lets it go, in the audit log.
const GATEWAY: &str = "iwmo-gateway";

/// Lets go what was taken on until a day that is past. In the audit log, each.
pub async fn let_go(conn: &mut Connection, raise: &Raise) -> Result<()> {
    let free = format!(
        "SELECT deadline_id, owner FROM acknowledged WHERE free_at <= $1 ORDER BY free_at LIMIT $2 {SKIP_LOCKED}"
    );
    let rows =
        sqlx::query(AssertSqlSafe(free)).bind(raise.now).bind(i64::from(raise.limit)).fetch_all(&mut *conn).await?;
    let read = |row: &Row| {
        let fields = Fields::of("acknowledged", "deadline_id", row);
        Ok((fields.get("deadline_id")?, fields.get("owner")?))
    };
    let found: Vec<(String, String)> = rows.iter().map(read).collect::<Result<_>>()?;
    let mut batch = Batch::default();
    for (deadline, owner) in &found {
        batch.statement("DELETE FROM acknowledged WHERE deadline_id = $1").bind(deadline);
        tell_again(&mut batch, deadline, raise);
        let detail = json!({"deadline": deadline, "owner": owner});
        audit::append(conn, (raise.now, GATEWAY), LET_GO, None, &detail.to_string()).await?;
    }
    batch.run(conn).await
}

/// Whoever knows that it is overdue hears it again, and goes on to others in its time.
fn tell_again(batch: &mut Batch, deadline: &str, raise: &Raise) {
    const AGAIN: &str =
        "UPDATE alert SET again_at = $2 WHERE deadline_id = $1 AND event = 'overdue' AND message_id IS NOT NULL";
    const ON: &str = "UPDATE alert SET escalate_at = $3 WHERE deadline_id = $1 AND receiver = $2 AND event = 'overdue'";
    batch.statement(AGAIN).bind(deadline).bind(raise.now);
    for receiver in raise.receivers.iter() {
        if let Some(at) = escalates_at(receiver, raise.now) {
            batch.statement(ON).bind(deadline).bind(&receiver.name).bind(in_order(at));
        }
    }
}

fn escalates_at(receiver: &Receiver, now: Timestamp) -> Option<Timestamp> {
    let after = receiver.escalation.as_ref()?.after;
    now.checked_add_signed(chrono::TimeDelta::from_std(after).ok()?)
}
