//! Whether the store is well, and what is in it, in numbers.

use async_trait::async_trait;

use super::super::{Connection, Database};
use super::Result;
use super::refused::count_refused;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::store::{Counts, HealthStore, Overview};

#[async_trait]
impl HealthStore for Database {
    async fn beat(&self, worker: &str, now: Timestamp, room: Option<&[u8]>) -> Result<Counts> {
        self.write((worker, now, room), beat).await?;
        self.read((), counts).await
    }

    async fn overview(&self) -> Result<Overview> {
        self.read((), overview).await
    }

    async fn close(&self) {
        self.shut().await;
    }
}

/// See [`crate::store::HealthStore::overview`].
pub async fn overview(conn: &mut Connection) -> Result<Overview> {
    const COUNTS: &str = "SELECT 'counts' AS id,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'accepted') AS accepted,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'rejected') AS rejected,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'refused') AS refused,
        (SELECT COUNT(*) FROM deadline WHERE state IN ('open', 'due-soon', 'waived') AND state <> 'waived') AS open,
        (SELECT COUNT(*) FROM deadline WHERE state = 'overdue') AS overdue,
        (SELECT COUNT(*) FROM parcel WHERE due_at IS NOT NULL) AS waiting,
        (SELECT COUNT(*) FROM parcel WHERE due_at IS NULL AND state <> 'delivered' AND replaced_by IS NULL
            AND (stopped IS NULL OR stopped <> 'given-up')) AS stuck,
        (SELECT COUNT(*) FROM postbus WHERE picked_up_at IS NULL) AS in_postbus";
    let row = sqlx::query(COUNTS).fetch_one(&mut *conn).await?;
    let fields = Fields::of("overview", "id", &row);
    Ok(Overview {
        accepted: fields.get("accepted")?,
        rejected: fields.get("rejected")?,
        refused: fields.get("refused")?,
        open: fields.get("open")?,
        overdue: fields.get("overdue")?,
        waiting: fields.get("waiting")?,
        stuck: fields.get("stuck")?,
        in_postbus: fields.get("in_postbus")?,
        refused_toewijzingen: count_refused(conn).await?,
    })
}

/// Writes the row of this worker, and takes away those of workers that are gone.
pub async fn beat(conn: &mut Connection, worker: &str, now: Timestamp, room: Option<&[u8]>) -> Result<()> {
    const BEAT: &str = "INSERT INTO heartbeat (worker, at, room) VALUES ($1, $2, $3)
        ON CONFLICT (worker) DO UPDATE SET at = $2, room = $3";
    sqlx::query(BEAT).bind(worker).bind(now).bind(room).execute(&mut *conn).await?;
    let gone = now.checked_sub_signed(chrono::TimeDelta::days(1)).unwrap_or(now);
    sqlx::query("DELETE FROM heartbeat WHERE at < $1").bind(gone).execute(conn).await?;
    Ok(())
}

/// What waits, by indexes that hold no more than that.
pub async fn counts(conn: &mut Connection) -> Result<Counts> {
    const COUNTS: &str = "SELECT 'counts' AS id,
        (SELECT COUNT(*) FROM parcel WHERE due_at IS NOT NULL) AS waiting,
        (SELECT COUNT(*) FROM parcel WHERE due_at IS NULL AND state <> 'delivered' AND replaced_by IS NULL
            AND (stopped IS NULL OR stopped <> 'given-up')) AS stuck,
        (SELECT COUNT(*) FROM deadline WHERE state = 'overdue') AS overdue";
    let row = sqlx::query(COUNTS).fetch_one(conn).await?;
    let fields = Fields::of("counts", "id", &row);
    Ok(Counts { waiting: fields.get("waiting")?, stuck: fields.get("stuck")?, overdue: fields.get("overdue")? })
}
