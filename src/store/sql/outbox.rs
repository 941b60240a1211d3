//! Parcels: claimed by lease, settled with the attempt as fencing token.
//!
//! `due_at` is the one moment that counts: from then on a worker may take the parcel. While it is being sent
//! that is the end of the lease, so the row of a dead worker comes back by itself; NULL means never by itself.
//! A parcel that may have arrived stays `unclear` until the network answers: it is never shown as merely waiting.

use sqlx::AssertSqlSafe;

use super::super::{Connection, Row, SKIP_LOCKED};
use super::Result;
use super::row::Fields;
use crate::domain::Timestamp;
use crate::store::{Lease, Parcel, ParcelKind, ParcelState, ParcelView, Settlement, StoreError};

/// See [`crate::store::Store::claim_due`].
pub async fn claim_due(conn: &mut Connection, now: Timestamp, lease: &Lease, limit: u32) -> Result<Vec<Parcel>> {
    let due = format!(
        "SELECT referentienummer, kind, attempts, envelope FROM parcel WHERE due_at <= $1
         ORDER BY seq LIMIT $2 {SKIP_LOCKED}"
    );
    let rows = sqlx::query(AssertSqlSafe(due)).bind(now).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    let mut parcels = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("parcel", "referentienummer", row);
        let parcel = Parcel {
            referentienummer: fields.get("referentienummer")?,
            kind: fields.parse("kind", ParcelKind::from_name)?,
            attempt: fields.get::<i64>("attempts")? + 1,
            envelope: fields.get("envelope")?,
        };
        begin_attempt(conn, &parcel, now, lease).await?;
        parcels.push(parcel);
    }
    Ok(parcels)
}

async fn begin_attempt(conn: &mut Connection, parcel: &Parcel, now: Timestamp, lease: &Lease) -> Result<()> {
    // Whoever held a lease that lapsed may have sent the envelope.
    const LAPSED: &str = "UPDATE attempt SET outcome = 'lapsed', ended_at = $2
        WHERE referentienummer = $1 AND outcome IS NULL";
    const CLAIM: &str = "UPDATE parcel SET maybe_arrived = (maybe_arrived OR state = 'sending'), state = 'sending',
            worker = $2, due_at = $3, attempts = $4
        WHERE referentienummer = $1";
    const ATTEMPT: &str = "INSERT INTO attempt (referentienummer, attempt, worker, started_at) VALUES ($1, $2, $3, $4)";
    sqlx::query(LAPSED).bind(&parcel.referentienummer).bind(now).execute(&mut *conn).await?;
    sqlx::query(CLAIM)
        .bind(&parcel.referentienummer)
        .bind(&lease.worker)
        .bind(lease.until)
        .bind(parcel.attempt)
        .execute(&mut *conn)
        .await?;
    sqlx::query(ATTEMPT)
        .bind(&parcel.referentienummer)
        .bind(parcel.attempt)
        .bind(&lease.worker)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// What a settlement makes of a parcel. `unclear` concerns this attempt; an earlier one counts as well.
struct Settled<'s> {
    state: &'static str,
    attempt_outcome: &'static str,
    due_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    receipt: Option<&'s str>,
    reason: Option<&'s str>,
    unclear: bool,
}

impl<'s> Settled<'s> {
    fn of(settlement: &'s Settlement, now: Timestamp) -> Self {
        let open = Self {
            state: "waiting",
            attempt_outcome: "later",
            due_at: None,
            closed_at: None,
            receipt: None,
            reason: None,
            unclear: false,
        };
        match settlement {
            Settlement::Delivered { receipt } => Self {
                state: "delivered",
                attempt_outcome: "delivered",
                closed_at: Some(now),
                receipt: Some(receipt),
                ..open
            },
            Settlement::Retry { at, reason, unclear } => Self {
                attempt_outcome: if *unclear { "unclear" } else { "later" },
                due_at: Some(*at),
                reason: Some(reason),
                unclear: *unclear,
                ..open
            },
            Settlement::Refused { reason } => Self {
                state: "refused",
                attempt_outcome: "refused",
                closed_at: Some(now),
                reason: Some(reason),
                ..open
            },
            Settlement::HandedOver { reason, unclear } => Self {
                state: "held",
                attempt_outcome: if *unclear { "unclear" } else { "held" },
                reason: Some(reason),
                unclear: *unclear,
                ..open
            },
        }
    }
}

/// See [`crate::store::Store::settle`].
pub async fn settle(conn: &mut Connection, parcel: &Parcel, now: Timestamp, settlement: &Settlement) -> Result<()> {
    const SETTLE: &str = "UPDATE parcel
        SET state = CASE WHEN $3 IN ('waiting', 'held') AND (maybe_arrived OR $4) THEN 'unclear' ELSE $3 END,
            maybe_arrived = (maybe_arrived OR $4), worker = NULL, due_at = $5, settled_at = $6, receipt = $7,
            last_reason = COALESCE($8, last_reason)
        WHERE referentienummer = $1 AND attempts = $2 AND state = 'sending'";
    const ATTEMPT: &str = "UPDATE attempt SET outcome = $3, reason = $4, ended_at = $5
        WHERE referentienummer = $1 AND attempt = $2";
    let settled = Settled::of(settlement, now);
    let done = sqlx::query(SETTLE)
        .bind(&parcel.referentienummer)
        .bind(parcel.attempt)
        .bind(settled.state)
        .bind(settled.unclear)
        .bind(settled.due_at)
        .bind(settled.closed_at)
        .bind(settled.receipt)
        .bind(settled.reason)
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::LeaseLost);
    }
    sqlx::query(ATTEMPT)
        .bind(&parcel.referentienummer)
        .bind(parcel.attempt)
        .bind(settled.attempt_outcome)
        .bind(settled.reason)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    if settled.state == "refused" {
        void_deadlines(conn, &parcel.referentienummer).await?;
    }
    Ok(())
}

/// See [`crate::store::Store::refuse_afterwards`].
pub async fn refuse_afterwards(
    conn: &mut Connection,
    referentienummer: &str,
    now: Timestamp,
    reason: &str,
) -> Result<bool> {
    const REFUSE: &str = "UPDATE parcel
        SET state = 'refused', worker = NULL, due_at = NULL, settled_at = $2, last_reason = $3
        WHERE referentienummer = $1";
    let done = sqlx::query(REFUSE).bind(referentienummer).bind(now).bind(reason).execute(&mut *conn).await?;
    void_deadlines(conn, referentienummer).await?;
    Ok(done.rows_affected() == 1)
}

/// What the network refused will never be answered, nor followed by what it asked for. A Fo01 only tells about a bericht, and voids nothing of it.
async fn void_deadlines(conn: &mut Connection, referentienummer: &str) -> Result<()> {
    const VOID: &str = "UPDATE deadline SET state = 'void'
        WHERE state IN ('open', 'overdue') AND bericht_id =
            (SELECT bericht_id FROM parcel WHERE referentienummer = $1 AND kind <> 'Fo01')";
    sqlx::query(VOID).bind(referentienummer).execute(conn).await?;
    Ok(())
}

/// See [`crate::store::Store::next_attempt_at`].
pub async fn next_attempt_at(conn: &mut Connection) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT MIN(due_at) FROM parcel").fetch_one(conn).await?)
}

/// The parcels with this bericht inside, in the order in which they were made.
pub async fn parcels_of(conn: &mut Connection, bericht_id: &str) -> Result<Vec<ParcelView>> {
    const OF: &str = "SELECT * FROM parcel WHERE bericht_id = $1 ORDER BY seq";
    let rows = sqlx::query(OF).bind(bericht_id).fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

/// See [`crate::store::Store::undelivered`].
pub async fn undelivered(conn: &mut Connection, limit: u32) -> Result<Vec<ParcelView>> {
    const UNDELIVERED: &str = "SELECT * FROM parcel WHERE state <> 'delivered' ORDER BY seq LIMIT $1";
    let rows = sqlx::query(UNDELIVERED).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

fn view(row: &Row) -> Result<ParcelView> {
    let fields = Fields::of("parcel", "referentienummer", row);
    Ok(ParcelView {
        referentienummer: fields.get("referentienummer")?,
        kind: fields.parse("kind", ParcelKind::from_name)?,
        functie: fields.get("functie")?,
        bericht_id: fields.get("bericht_id")?,
        ontvanger: fields.get("ontvanger")?,
        state: state(&fields)?,
        attempts: fields.get("attempts")?,
        last_reason: fields.get("last_reason")?,
    })
}

fn state(fields: &Fields<'_>) -> Result<ParcelState> {
    match fields.get("state")? {
        "waiting" => Ok(ParcelState::Waiting { due_at: fields.get("due_at")? }),
        "sending" => Ok(ParcelState::Sending { worker: fields.get("worker")?, until: fields.get("due_at")? }),
        "unclear" => Ok(ParcelState::Unclear { due_at: fields.get("due_at")? }),
        "delivered" => Ok(ParcelState::Delivered { at: fields.get("settled_at")? }),
        "refused" => Ok(ParcelState::Refused { at: fields.get("settled_at")? }),
        "held" => Ok(ParcelState::Held),
        _ => Err(fields.unreadable("state")),
    }
}
