//! What is kept, in numbers.

use async_trait::async_trait;
use sqlx::AssertSqlSafe;

use super::super::{Connection, DATABASE_BYTES, Database, Row};
use super::Result;
use super::row::Fields;
use super::steer::standing;
use crate::store::figures::{DeadlineFigure, Figures, Measured, Writes};

#[async_trait]
impl Measured for Database {
    async fn figures(&self) -> Result<Figures> {
        self.read((), figures).await
    }

    fn writes(&self) -> &Writes {
        &self.writes
    }
}

async fn figures(conn: &mut Connection) -> Result<Figures> {
    const PARKED: &str = "SELECT COUNT(*) FROM waiting";
    Ok(Figures {
        deadlines: deadlines(conn).await?,
        parcels: parcels(conn).await?,
        alerts: alerts(conn).await?,
        parked: sqlx::query_scalar(PARKED).fetch_one(&mut *conn).await?,
        database_bytes: sqlx::query_scalar(DATABASE_BYTES).fetch_one(conn).await?,
    })
}

/// As the database itself keeps count.
async fn deadlines(conn: &mut Connection) -> Result<Vec<DeadlineFigure>> {
    const STAND: &str = "SELECT clock, responsible, state, CAST(SUM(count) AS BIGINT) AS count FROM deadline_stand
        GROUP BY clock, responsible, state HAVING SUM(count) > 0 ORDER BY clock, responsible, state";
    let rows = sqlx::query(STAND).fetch_all(conn).await?;
    let figure = |row: &Row| {
        let fields = Fields::of("deadline_stand", "clock", row);
        Ok(DeadlineFigure {
            clock: fields.get("clock")?,
            responsible: fields.get("responsible")?,
            state: fields.get("state")?,
            count: fields.get("count")?,
        })
    };
    rows.iter().map(figure).collect()
}

/// By the index of what was not sent.
async fn alerts(conn: &mut Connection) -> Result<Vec<(String, String, i64)>> {
    const UNSENT: &str = "SELECT receiver, CASE WHEN last_error IS NULL THEN 'waiting' ELSE 'failing' END AS standing,
            COUNT(*) AS count
        FROM alert_message WHERE state <> 'sent' GROUP BY 1, 2 ORDER BY 1, 2";
    let rows = sqlx::query(UNSENT).fetch_all(conn).await?;
    let figure = |row: &Row| {
        let fields = Fields::of("alert_message", "receiver", row);
        Ok((fields.get("receiver")?, fields.get("standing")?, fields.get("count")?))
    };
    rows.iter().map(figure).collect()
}

/// By the index of what is not delivered.
async fn parcels(conn: &mut Connection) -> Result<Vec<(String, i64)>> {
    let undelivered = format!(
        "SELECT standing, COUNT(*) AS count FROM ({} WHERE p.state <> 'delivered' AND p.replaced_by IS NULL) u
         GROUP BY standing ORDER BY standing",
        standing()
    );
    let rows = sqlx::query(AssertSqlSafe(undelivered)).fetch_all(conn).await?;
    let figure = |row: &Row| {
        let fields = Fields::of("parcel", "standing", row);
        Ok((fields.get("standing")?, fields.get("count")?))
    };
    rows.iter().map(figure).collect()
}
