//! The clocks of deadlines, each method one transaction.

use async_trait::async_trait;
use serde_json::json;

use super::super::{Connection, Database};
use super::{Result, audit, deadline, raise, recount};
use crate::domain::Timestamp;
use crate::store::{ClockStore, CountedBy, DeadlineView, Raise, Raised, Recount, Standing, Waiving};

const WAIVED: &str = "deadline.waived";

#[async_trait]
impl ClockStore for Database {
    async fn raise(&self, raise: &Raise) -> Result<Raised> {
        self.write((raise,), raise::raise).await
    }

    async fn next_deadline_at(&self) -> Result<Option<Timestamp>> {
        self.read((), raise::next_deadline_at).await
    }

    async fn waive_deadline(&self, waiving: &Waiving) -> Result<Option<DeadlineView>> {
        self.write((waiving,), waive).await
    }

    async fn counted_by(&self) -> Result<Option<CountedBy>> {
        self.read((), recount::counted_by).await
    }

    async fn standing(&self, after: Option<&str>, limit: u32) -> Result<Vec<Standing>> {
        self.read((after.unwrap_or_default(), limit), recount::standing).await
    }

    async fn recount(&self, recounts: &[Recount], at: Timestamp, by: &CountedBy) -> Result<usize> {
        self.write((recounts, at, by), recount::recount).await
    }

    async fn keep_counted_by(&self, by: &CountedBy) -> Result<()> {
        self.write((by,), recount::keep_counted_by).await
    }
}

/// See [`ClockStore::waive_deadline`].
async fn waive(conn: &mut Connection, waiving: &Waiving) -> Result<Option<DeadlineView>> {
    const WAIVE: &str = "UPDATE deadline SET state = 'waived', next_at = $2, changed_at = $3
        WHERE id = $1 AND state IN ('open', 'due-soon', 'overdue')";
    const WAIVER: &str =
        "INSERT INTO waiver (deadline_id, reason, until, waived_at, waived_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (deadline_id) DO UPDATE SET reason = $2, until = $3, waived_at = $4, waived_by = $5";
    let (id, waiver) = (&waiving.id, &waiving.waiver);
    let done = sqlx::query(WAIVE).bind(id).bind(waiving.back_at).bind(waiver.at).execute(&mut *conn).await?;
    if done.rows_affected() == 1 {
        sqlx::query(WAIVER)
            .bind(id)
            .bind(&waiver.reason)
            .bind(waiver.until)
            .bind(waiver.at)
            .bind(&waiver.by)
            .execute(&mut *conn)
            .await?;
        let detail = json!({"deadline": id, "reason": waiver.reason, "until": waiver.until});
        audit::append(conn, (waiver.at, &waiver.by), WAIVED, None, &detail.to_string()).await?;
    }
    deadline::one(conn, id, None).await
}
