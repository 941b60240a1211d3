//! Parcels: claimed by lease, settled with the attempt as fencing token.
//!
//! `due_at` is the one moment that counts: from then on a worker may take the parcel. While it is being sent
//! that is the end of the lease, so the row of a dead worker comes back by itself; NULL means never by itself, and `stopped` why.
//! A parcel that may have arrived stays `unclear` until the network answers: it is never shown as merely waiting.

use async_trait::async_trait;
use sqlx::query::QueryAs;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Database, Row, SKIP_LOCKED};
use super::Result;
use super::row::Fields;
use super::transport::{reach_inside, record_inside};
use crate::domain::Timestamp;
use crate::store::{Hold, Lease, OutboxStore, Parcel, ParcelKind, Room, Scope, Settlement, Stage, Step, StoreError};

#[async_trait]
impl OutboxStore for Database {
    async fn claim_due(&self, now: Timestamp, lease: &Lease, room: Room) -> Result<Vec<Parcel>> {
        self.write((now, lease, &room), claim_due).await
    }

    async fn mend_pauses(&self, now: Timestamp, latest: Timestamp) -> Result<u64> {
        self.write((now, latest), mend_pauses).await
    }

    async fn settle(&self, parcel: &Parcel, now: Timestamp, settlement: &Settlement) -> Result<()> {
        self.write((parcel.referentienummer.as_str(), parcel.attempt, now, settlement), settle).await
    }

    async fn reach(&self, referentienummer: &str, step: &Step) -> Result<()> {
        self.write((referentienummer, step), reach_inside).await
    }

    async fn record_step(&self, referentienummer: &str, step: &Step) -> Result<()> {
        self.write((referentienummer, step), record_inside).await
    }

    async fn accepted_of(
        &self,
        zenders: &[String],
        since: Timestamp,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>> {
        self.read((zenders, since, after, limit), accepted_of).await
    }

    async fn next_attempt_at(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read((now,), next_attempt_at).await
    }

    async fn hold(&self, new: &Hold) -> Result<()> {
        self.write((new,), hold).await
    }

    async fn free(&self, scope: &Scope) -> Result<()> {
        self.write((scope,), free).await.map(|_| ())
    }

    async fn holds(&self) -> Result<Vec<Hold>> {
        self.read((), holds).await
    }
}

/// How many parcels are looked at for one claim, before it is known for whom there is room.
const CANDIDATES: i64 = 256;

/// Holds for this parcel `p`: it is not sent by itself.
pub(super) const UNDER_HOLD: &str = "EXISTS (SELECT 1 FROM hold h WHERE (h.scope = 'functie' AND h.name = p.functie)
    OR (h.scope = 'zender' AND h.name = p.zender))";

/// See [`crate::store::OutboxStore::claim_due`].
pub async fn claim_due(conn: &mut Connection, now: Timestamp, lease: &Lease, room: &Room) -> Result<Vec<Parcel>> {
    let (mut parcels, mut room) = (Vec::new(), room.clone());
    while !room.is_full() {
        let mut chosen = Vec::new();
        let mut is_end = true;
        for (seen, (referentienummer, ontvanger)) in candidates(conn, now, &room).await?.into_iter().enumerate() {
            is_end = i64::try_from(seen).unwrap_or(CANDIDATES) + 1 < CANDIDATES;
            if room.take(&ontvanger) {
                chosen.push(referentienummer);
            }
        }
        for referentienummer in &chosen {
            parcels.extend(claim(conn, referentienummer, now, lease).await?);
        }
        if is_end || chosen.is_empty() {
            break;
        }
    }
    Ok(parcels)
}

/// What is due longest, of those for whom there is room: their number and receiver.
async fn candidates(conn: &mut Connection, now: Timestamp, room: &Room) -> Result<Vec<(String, String)>> {
    let full = room.full();
    let others: Vec<String> = (0..full.len()).map(|nr| format!("${}", nr + 3)).collect();
    let others =
        if full.is_empty() { String::new() } else { format!("AND p.ontvanger NOT IN ({})", others.join(", ")) };
    let due = format!(
        "SELECT p.referentienummer, p.ontvanger FROM parcel p
         WHERE p.due_at <= $1 AND NOT {UNDER_HOLD} {others} ORDER BY p.due_at, p.seq LIMIT $2"
    );
    let query = sqlx::query_as(AssertSqlSafe(due)).bind(now).bind(CANDIDATES);
    Ok(full.iter().fold(query, QueryAs::bind).fetch_all(conn).await?)
}

/// See [`crate::store::OutboxStore::accepted_of`].
async fn accepted_of(
    conn: &mut Connection,
    zenders: &[String],
    since: Timestamp,
    after: &str,
    limit: u32,
) -> Result<Vec<(String, String)>> {
    const ACCEPTED: &str = "SELECT b.id, p.referentienummer FROM bericht b JOIN parcel p ON p.bericht_id = b.id
        WHERE b.transport = 'accepted' AND b.id > ";
    const INSIDE: &str = " AND p.state = 'delivered' AND p.kind <> 'Fo01' AND p.replaced_by IS NULL";
    let mut query = QueryBuilder::new(ACCEPTED);
    query.push_bind(after).push(" AND b.received_at >= ").push_bind(since).push(INSIDE).push(" AND p.zender IN (");
    let mut list = query.separated(", ");
    for zender in zenders {
        list.push_bind(zender);
    }
    query.push(") ORDER BY b.id LIMIT ").push_bind(i64::from(limit));
    Ok(query.build_query_as().fetch_all(conn).await?)
}

/// Claims one, unless another worker was first.
async fn claim(conn: &mut Connection, referentienummer: &str, now: Timestamp, lease: &Lease) -> Result<Option<Parcel>> {
    let due = format!(
        "SELECT referentienummer, kind, functie, zender, ontvanger, attempts, tried_since, envelope,
             maybe_arrived OR state = 'sending' AS maybe_arrived
         FROM parcel WHERE referentienummer = $1 AND due_at <= $2 {SKIP_LOCKED}"
    );
    let row = sqlx::query(AssertSqlSafe(due)).bind(referentienummer).bind(now).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::of("parcel", "referentienummer", &row);
    let parcel = Parcel {
        referentienummer: fields.get("referentienummer")?,
        kind: fields.parse("kind", ParcelKind::from_name)?,
        functie: fields.get("functie")?,
        zender: fields.get("zender")?,
        ontvanger: fields.get("ontvanger")?,
        tried_since: fields.get::<Option<Timestamp>>("tried_since")?.unwrap_or(now),
        maybe_arrived: fields.get("maybe_arrived")?,
        attempt: fields.get::<i64>("attempts")? + 1,
        envelope: fields.get("envelope")?,
    };
    begin_attempt(conn, &parcel, now, lease).await?;
    Ok(Some(parcel))
}

async fn begin_attempt(conn: &mut Connection, parcel: &Parcel, now: Timestamp, lease: &Lease) -> Result<()> {
    // Whoever held a lease that lapsed may have sent the envelope.
    const LAPSED: &str = "UPDATE attempt SET outcome = 'lapsed', ended_at = $2
        WHERE referentienummer = $1 AND outcome IS NULL";
    const CLAIM: &str =
        "UPDATE parcel SET maybe_arrived = $6, state = 'sending', worker = $2, due_at = $3, attempts = $4,
            tried_since = $5
        WHERE referentienummer = $1";
    const ATTEMPT: &str = "INSERT INTO attempt (referentienummer, attempt, worker, started_at) VALUES ($1, $2, $3, $4)";
    sqlx::query(LAPSED).bind(&parcel.referentienummer).bind(now).execute(&mut *conn).await?;
    sqlx::query(CLAIM)
        .bind(&parcel.referentienummer)
        .bind(&lease.worker)
        .bind(lease.until)
        .bind(parcel.attempt)
        .bind(parcel.tried_since)
        .bind(parcel.maybe_arrived)
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

/// See [`crate::store::OutboxStore::mend_pauses`].
pub async fn mend_pauses(conn: &mut Connection, now: Timestamp, latest: Timestamp) -> Result<u64> {
    let mended = sqlx::query("UPDATE parcel SET due_at = $1 WHERE due_at > $2").bind(now).bind(latest);
    Ok(mended.execute(conn).await?.rows_affected())
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
    stopped: Option<&'static str>,
    hold: Option<&'s Hold>,
    /// This envelope is never sent again.
    used_up: bool,
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
            stopped: None,
            hold: None,
            used_up: false,
        };
        match settlement {
            Settlement::Delivered { receipt } | Settlement::PassedOn { receipt } => Self {
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
                used_up: true,
                closed_at: Some(now),
                reason: Some(reason),
                ..open
            },
            Settlement::Held { hold, reason } => Self {
                state: "held",
                attempt_outcome: "refused",
                used_up: true,
                closed_at: Some(now),
                reason: Some(reason),
                stopped: Some("held"),
                hold: Some(hold),
                ..open
            },
            Settlement::HandedOver { reason, unclear } => Self {
                state: "held",
                attempt_outcome: if *unclear { "unclear" } else { "held" },
                reason: Some(reason),
                unclear: *unclear,
                stopped: Some("stuck"),
                ..open
            },
        }
    }
}

/// See [`crate::store::OutboxStore::settle`].
pub async fn settle(
    conn: &mut Connection,
    referentienummer: &str,
    attempt: i64,
    now: Timestamp,
    settlement: &Settlement,
) -> Result<()> {
    const SETTLE: &str = "UPDATE parcel
        SET state = CASE WHEN $3 IN ('waiting', 'held') AND (maybe_arrived OR $4) THEN 'unclear' ELSE $3 END,
            maybe_arrived = (maybe_arrived OR $4), worker = NULL, due_at = $5, settled_at = $6, receipt = $7,
            last_reason = COALESCE($8, last_reason), stopped = $9, used_up = (used_up OR $10)
        WHERE referentienummer = $1 AND attempts = $2 AND state = 'sending'";
    const ATTEMPT: &str = "UPDATE attempt SET outcome = $3, reason = $4, ended_at = $5
        WHERE referentienummer = $1 AND attempt = $2";
    let settled = Settled::of(settlement, now);
    let done = sqlx::query(SETTLE)
        .bind(referentienummer)
        .bind(attempt)
        .bind(settled.state)
        .bind(settled.unclear)
        .bind(settled.due_at)
        .bind(settled.closed_at)
        .bind(settled.receipt)
        .bind(settled.reason)
        .bind(settled.stopped)
        .bind(settled.used_up)
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::LeaseLost);
    }
    sqlx::query(ATTEMPT)
        .bind(referentienummer)
        .bind(attempt)
        .bind(settled.attempt_outcome)
        .bind(settled.reason)
        .bind(now)
        .execute(&mut *conn)
        .await?;
    if let Some((stage, evidence)) = reached_by(settlement, referentienummer) {
        reach_inside(conn, referentienummer, &Step { stage, at: now, evidence }).await?;
    }
    if let Some(new) = settled.hold {
        hold(conn, new).await?;
    }
    if matches!(settlement, Settlement::Refused { .. }) && !may_have_arrived(conn, referentienummer).await? {
        void_deadlines(conn, referentienummer, now).await?;
    }
    Ok(())
}

/// How far the bericht inside came by this attempt, and the evidence; `None`: no further.
fn reached_by(settlement: &Settlement, number: &str) -> Option<(Stage, String)> {
    match settlement {
        Settlement::Delivered { receipt } => Some((Stage::Accepted, receipt.clone())),
        Settlement::PassedOn { receipt } => Some((Stage::HandedOver, receipt.clone())),
        Settlement::Refused { .. } => Some((Stage::Refused, number.to_owned())),
        Settlement::Retry { unclear: true, .. } | Settlement::HandedOver { unclear: true, .. } => {
            Some((Stage::Unclear, number.to_owned()))
        }
        Settlement::Retry { unclear: false, .. }
        | Settlement::HandedOver { unclear: false, .. }
        | Settlement::Held { .. } => None,
    }
}

/// See [`crate::store::OutboxStore::hold`].
pub async fn hold(conn: &mut Connection, hold: &Hold) -> Result<()> {
    const HOLD: &str = "INSERT INTO hold (scope, name, since, reason) VALUES ($1, $2, $3, $4)
        ON CONFLICT (scope, name) DO NOTHING";
    sqlx::query(HOLD)
        .bind(hold.scope.word())
        .bind(hold.scope.name())
        .bind(hold.since)
        .bind(&hold.reason)
        .execute(conn)
        .await?;
    Ok(())
}

/// See [`crate::store::OutboxStore::free`]. Answers whether it stood still.
pub async fn free(conn: &mut Connection, scope: &Scope) -> Result<bool> {
    let free = sqlx::query("DELETE FROM hold WHERE scope = $1 AND name = $2").bind(scope.word()).bind(scope.name());
    Ok(free.execute(conn).await?.rows_affected() == 1)
}

/// See [`crate::store::OutboxStore::holds`].
pub async fn holds(conn: &mut Connection) -> Result<Vec<Hold>> {
    let rows = sqlx::query("SELECT * FROM hold ORDER BY since, scope, name").fetch_all(conn).await?;
    let hold = |row: &Row| {
        let fields = Fields::of("hold", "name", row);
        let name: String = fields.get("name")?;
        Ok(Hold {
            scope: fields.parse("scope", |word| Scope::from_words(word, &name))?,
            since: fields.get("since")?,
            reason: fields.get("reason")?,
        })
    };
    rows.iter().map(hold).collect()
}

/// Whether an attempt before the last one may have arrived: then an answer is still owed.
async fn may_have_arrived(conn: &mut Connection, referentienummer: &str) -> Result<bool> {
    let asked = sqlx::query_scalar("SELECT maybe_arrived FROM parcel WHERE referentienummer = $1");
    Ok(asked.bind(referentienummer).fetch_one(conn).await?)
}

/// What the network refused will never be answered, nor followed by what it asked for. A Fo01 only tells about a bericht, and voids nothing of it.
pub(super) async fn void_deadlines(conn: &mut Connection, referentienummer: &str, at: Timestamp) -> Result<()> {
    const VOID: &str = "UPDATE deadline SET state = 'void', changed_at = $2
        WHERE state IN ('open', 'due-soon', 'overdue', 'waived') AND bericht_id =
            (SELECT bericht_id FROM parcel WHERE referentienummer = $1 AND kind <> 'Fo01')";
    sqlx::query(VOID).bind(referentienummer).bind(at).execute(conn).await?;
    Ok(())
}

/// See [`crate::store::OutboxStore::next_attempt_at`].
pub async fn next_attempt_at(conn: &mut Connection, now: Timestamp) -> Result<Option<Timestamp>> {
    Ok(sqlx::query_scalar("SELECT MIN(due_at) FROM parcel WHERE due_at > $1").bind(now).fetch_one(conn).await?)
}
