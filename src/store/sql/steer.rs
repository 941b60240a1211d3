//! What people do about parcels, what stands still, and what the network says about a parcel afterwards.

use async_trait::async_trait;
use chrono::TimeDelta;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::query::Query;

use super::super::{Connection, Database, Row};
use super::Result;
use super::audit::append;
use super::batch::Batch;
use super::outbox::{UNDER_HOLD, free, hold, void_deadlines};
use super::record::{insert_envelope, insert_parcel};
use super::recount::warns_text;
use super::row::{Fields, day_in_order, in_order};
use super::transport::{reach, reach_inside};
use crate::domain::Timestamp;
use crate::store::{
    Action, After, ClockAgain, FaultEffect, FaultView, KeptParcel, LettingGo, NewFault, OutboxQuery, ParcelKind,
    ParcelState, ParcelView, Scope, Stage, Steering, SteeringStore, Step, StoreError,
};

#[async_trait]
impl SteeringStore for Database {
    async fn outbox(&self, query: &OutboxQuery, after: After<'_>, limit: u32) -> Result<Vec<ParcelView>> {
        self.read((query, after, limit), outbox).await
    }

    async fn undelivered(&self, limit: u32) -> Result<Vec<ParcelView>> {
        self.read((limit,), undelivered).await
    }

    async fn parcel(&self, referentienummer: &str) -> Result<Option<KeptParcel>> {
        self.read((referentienummer,), parcel).await
    }

    async fn steer(&self, steering: &Steering) -> Result<()> {
        self.write((steering,), steer).await
    }

    async fn release(&self, letting_go: &LettingGo) -> Result<bool> {
        self.write((letting_go,), release).await
    }

    async fn take_fault(&self, fault: &NewFault) -> Result<()> {
        self.write((fault,), take_fault).await
    }

    async fn faults(&self, about: Option<&str>, limit: u32) -> Result<Vec<FaultView>> {
        self.read((about, limit), faults).await
    }
}

/// Over how many seconds what waited is spread at most: a pause that is longer would be taken for that of a clock that was ahead.
const MOST_SECONDS: i64 = 3_000;

/// A parcel `p` with where it stands, as people see it.
pub fn standing() -> String {
    format!(
        "SELECT p.*, CASE WHEN p.stopped = 'given-up' THEN 'given-up'
            WHEN p.state = 'held' AND p.stopped = 'held' THEN 'held'
            WHEN p.state = 'held' THEN 'stuck'
            WHEN p.state IN ('waiting', 'unclear') AND p.due_at IS NOT NULL AND {UNDER_HOLD} THEN 'held'
            ELSE p.state END AS standing FROM parcel p"
    )
}

/// The parcels with this bericht inside, in the order in which they were made.
pub async fn parcels_of(conn: &mut Connection, bericht_id: &str) -> Result<Vec<ParcelView>> {
    let of = format!("{} WHERE p.bericht_id = $1 ORDER BY p.seq", standing());
    let rows = sqlx::query(AssertSqlSafe(of)).bind(bericht_id).fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

/// See [`crate::store::SteeringStore::undelivered`].
pub async fn undelivered(conn: &mut Connection, limit: u32) -> Result<Vec<ParcelView>> {
    // What somebody has to look at first, and of that the newest: it may be what goes wrong now.
    let undelivered = format!(
        "SELECT * FROM ({} WHERE p.state <> 'delivered' AND p.replaced_by IS NULL
            AND (p.stopped IS NULL OR p.stopped <> 'given-up')) u
         ORDER BY CASE u.standing WHEN 'unclear' THEN 0 WHEN 'stuck' THEN 1 WHEN 'held' THEN 2 WHEN 'refused' THEN 3 ELSE 4 END,
            u.seq DESC LIMIT $1",
        standing()
    );
    let rows = sqlx::query(AssertSqlSafe(undelivered)).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

/// See [`crate::store::SteeringStore::outbox`].
pub async fn outbox(
    conn: &mut Connection,
    query: &OutboxQuery,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ParcelView>> {
    let states: Vec<String> = (0..query.states.len()).map(|nr| format!("${}", nr + 5)).collect();
    let in_states =
        if states.is_empty() { String::new() } else { format!("WHERE o.standing IN ({})", states.join(", ")) };
    let is_open = !states.is_empty() && !query.states.iter().any(|state| state == "delivered");
    let sql = format!(
        "SELECT o.* FROM ({} WHERE (CAST($1 AS TEXT) IS NULL OR p.zender = $1 OR p.ontvanger = $1)
            AND (CAST($2 AS TEXT) IS NULL OR p.functie = $2)
            AND (CAST($3 AS TEXT) IS NULL OR p.seq < (SELECT seq FROM parcel WHERE referentienummer = $3)) {}) o
         {in_states} ORDER BY o.seq DESC LIMIT $4",
        standing(),
        if is_open { "AND p.state <> 'delivered'" } else { "" }
    );
    let asked = sqlx::query(AssertSqlSafe(sql))
        .bind(query.partij.as_ref().map(|partij| partij.code().to_owned()))
        .bind(query.functie.as_deref())
        .bind(after)
        .bind(i64::from(limit));
    let rows = query.states.iter().fold(asked, Query::bind).fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

/// See [`crate::store::SteeringStore::parcel`].
pub async fn parcel(conn: &mut Connection, referentienummer: &str) -> Result<Option<KeptParcel>> {
    let of = format!("{} WHERE p.referentienummer = $1", standing());
    let row = sqlx::query(AssertSqlSafe(of)).bind(referentienummer).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let view = view(&row)?;
    let fields = Fields::of("parcel", "referentienummer", &row);
    let answered = "SELECT COUNT(*) FROM bericht WHERE id = $1 AND retour_id IS NOT NULL";
    let answers: i64 = sqlx::query_scalar(answered).bind(&view.bericht_id).fetch_one(&mut *conn).await?;
    let is_refused = view.used_up;
    Ok(Some(KeptParcel {
        envelope: fields.get("envelope")?,
        refused_at: fields.get::<Option<Timestamp>>("settled_at")?.filter(|_| is_refused),
        is_answered: answers > 0,
        stands_still: view.state == ParcelState::Held && fields.get::<Option<&str>>("stopped")?.is_none(),
        view,
    }))
}

pub fn view(row: &Row) -> Result<ParcelView> {
    let fields = Fields::of("parcel", "referentienummer", row);
    // What went wrong before says nothing of what is there.
    let (state, last_reason): (_, Option<String>) = (state(&fields)?, fields.get("last_reason")?);
    Ok(ParcelView {
        referentienummer: fields.get("referentienummer")?,
        kind: fields.parse("kind", ParcelKind::from_name)?,
        functie: fields.get("functie")?,
        bericht_id: fields.get("bericht_id")?,
        zender: fields.get("zender")?,
        ontvanger: fields.get("ontvanger")?,
        last_reason: last_reason.filter(|_| !matches!(state, ParcelState::Delivered { .. })),
        state,
        attempts: fields.get("attempts")?,
        maybe_arrived: fields.get("maybe_arrived")?,
        used_up: fields.get("used_up")?,
        replaced_by: fields.get("replaced_by")?,
    })
}

fn state(fields: &Fields<'_>) -> Result<ParcelState> {
    match fields.get("standing")? {
        "waiting" => Ok(ParcelState::Waiting { due_at: fields.get("due_at")? }),
        "sending" => Ok(ParcelState::Sending { worker: fields.get("worker")?, until: fields.get("due_at")? }),
        "unclear" => Ok(ParcelState::Unclear { due_at: fields.get("due_at")? }),
        "delivered" => Ok(ParcelState::Delivered { at: fields.get("settled_at")? }),
        "refused" => Ok(ParcelState::Refused { at: fields.get("settled_at")? }),
        "held" => Ok(ParcelState::Held),
        "stuck" => Ok(ParcelState::Stuck),
        "given-up" => Ok(ParcelState::GivenUp),
        _ => Err(fields.unreadable("state")),
    }
}

/// Clocks that had stood still run on; the next look at them finds where they stand. Not one that another bericht ended, nor one
/// that a written order stopped meanwhile, nor one of the way itself, which is noticed anew.
async fn run_again(conn: &mut Connection, clocks: &[ClockAgain], at: Timestamp) -> Result<()> {
    const AGAIN: &str =
        "UPDATE deadline SET state = 'open', due = $2, due_at = $3, warns = $4, next_at = $5, changed_at = $5
        WHERE id = $1 AND state = 'void' AND closed_by IS NULL AND clock <> 'transport'
            AND NOT (clock = 'start-na-toewijzing' AND EXISTS (SELECT 1 FROM toewijzing t
                JOIN spoed s ON s.gemeente = t.gemeente AND s.aanbieder = t.aanbieder
                    AND s.toewijzing_nummer = t.toewijzing_nummer
                WHERE t.bericht_id = deadline.bericht_id AND CAST(t.toewijzing_nummer AS TEXT) = deadline.subject))";
    for clock in clocks {
        sqlx::query(AGAIN)
            .bind(&clock.id)
            .bind(day_in_order(clock.due))
            .bind(in_order(clock.due_at))
            .bind(warns_text(&clock.warns))
            .bind(at)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// See [`crate::store::SteeringStore::steer`].
pub async fn steer(conn: &mut Connection, steering: &Steering) -> Result<()> {
    const AGAIN: &str = "UPDATE parcel SET state = CASE WHEN maybe_arrived THEN 'unclear' ELSE 'waiting' END,
            stopped = NULL, due_at = $2, tried_since = NULL WHERE referentienummer = $1";
    const REPLACED: &str = "UPDATE parcel SET replaced_by = $2, due_at = NULL WHERE referentienummer = $1";
    const HELD: &str = "UPDATE parcel SET state = 'held', stopped = 'held', due_at = NULL WHERE referentienummer = $1";
    const GIVEN_UP: &str = "UPDATE parcel SET state = CASE WHEN state = 'refused' THEN state ELSE 'held' END,
            stopped = 'given-up', due_at = NULL WHERE referentienummer = $1";
    let number = &steering.referentienummer;
    let seen = parcel(conn, number).await?.map(|kept| kept.view).filter(|view| view.state.word() == steering.seen);
    let Some(seen) = seen else { return Err(StoreError::Stale) };
    // Taken for writing, so that no worker claims it in between.
    let taken = "UPDATE parcel SET attempts = attempts WHERE referentienummer = $1 AND attempts = $2 AND worker IS NULL
        AND replaced_by IS NULL";
    let taken = sqlx::query(taken).bind(number).bind(seen.attempts).execute(&mut *conn).await?;
    if taken.rows_affected() == 0 {
        return Err(StoreError::Stale);
    }
    let mut new_number = None;
    let step = |stage, evidence: &str| Step { stage, at: steering.at, evidence: evidence.to_owned() };
    match &steering.action {
        Action::Again => {
            sqlx::query(AGAIN).bind(number).bind(steering.at).execute(&mut *conn).await?;
            let stage = if seen.maybe_arrived { Stage::Unclear } else { Stage::Stored };
            reach_inside(conn, number, &step(stage, number)).await?;
        }
        Action::Hold => _ = sqlx::query(HELD).bind(number).execute(&mut *conn).await?,
        Action::GiveUp => {
            sqlx::query(GIVEN_UP).bind(number).execute(&mut *conn).await?;
            void_deadlines(conn, number, steering.at).await?;
            reach_inside(conn, number, &step(Stage::GivenUp, number)).await?;
        }
        Action::Anew { parcel, clocks } => {
            let mut batch = Batch::default();
            insert_parcel(&mut batch, parcel, steering.at);
            batch.run(conn).await?;
            sqlx::query(REPLACED).bind(number).bind(&parcel.referentienummer).execute(&mut *conn).await?;
            run_again(conn, clocks, steering.at).await?;
            if seen.kind != ParcelKind::Fo01 {
                reach(conn, &seen.bericht_id, &step(Stage::Stored, &parcel.referentienummer)).await?;
            }
            new_number = Some(&parcel.referentienummer);
        }
    }
    let detail = json!({
        "referentienummer": number, "reason": steering.reason, "was": steering.seen,
        "maybe_arrived": seen.maybe_arrived, "replaced_by": new_number,
    });
    let by = (steering.at, steering.who.as_str());
    append(conn, by, steering.action.word(), Some(&seen.bericht_id), &detail.to_string()).await
}

/// See [`crate::store::SteeringStore::release`].
pub async fn release(conn: &mut Connection, letting_go: &LettingGo) -> Result<bool> {
    let LettingGo { scope, at, who, reason, per_second } = letting_go;
    let stood_still = free(conn, scope).await?;
    if stood_still {
        let waited = spread(conn, scope, *at, *per_second).await?;
        let detail = json!({"scope": scope.word(), "name": scope.name(), "reason": reason, "waited": waited});
        append(conn, (*at, who), "outbox.released", None, &detail.to_string()).await?;
    }
    Ok(stood_still)
}

/// What waited goes out in the order in which its berichten came, so many in a second. Answers how many those are.
async fn spread(conn: &mut Connection, scope: &Scope, at: Timestamp, per_second: u32) -> Result<usize> {
    let column = match scope {
        Scope::Functie(_) => "functie",
        Scope::Zender(_) => "zender",
        Scope::Netwerk | Scope::Ontvanger(_) => return Ok(0),
    };
    let waiting = format!(
        "SELECT p.referentienummer FROM parcel p
         WHERE p.due_at IS NOT NULL AND p.state IN ('waiting', 'unclear') AND p.{column} = $1 AND NOT {UNDER_HOLD}
         ORDER BY (SELECT MIN(o.seq) FROM parcel o WHERE o.bericht_id = p.bericht_id), p.seq"
    );
    let waiting: Vec<String> =
        sqlx::query_scalar(AssertSqlSafe(waiting)).bind(scope.name()).fetch_all(&mut *conn).await?;
    for (nr, number) in waiting.iter().enumerate() {
        let second = i64::try_from(nr / per_second.max(1) as usize).unwrap_or(i64::MAX);
        let due_at = at.checked_add_signed(TimeDelta::seconds(second.min(MOST_SECONDS))).unwrap_or(at);
        let later = "UPDATE parcel SET due_at = $2 WHERE referentienummer = $1";
        sqlx::query(later).bind(number).bind(due_at).execute(&mut *conn).await?;
    }
    Ok(waiting.len())
}

/// See [`crate::store::SteeringStore::take_fault`].
pub async fn take_fault(conn: &mut Connection, new: &NewFault) -> Result<()> {
    const REFUSE: &str =
        "UPDATE parcel SET state = 'refused', worker = NULL, due_at = NULL, stopped = NULL, used_up = TRUE,
            settled_at = $2, last_reason = $3 WHERE referentienummer = $1";
    const STOP: &str = "UPDATE parcel SET state = 'held', worker = NULL, due_at = NULL, stopped = $4, used_up = $5,
            maybe_arrived = (maybe_arrived OR $6), settled_at = $2, last_reason = $3 WHERE referentienummer = $1";
    let mut batch = Batch::default();
    insert_envelope(&mut batch, &new.seen);
    batch.run(conn).await?;
    insert_fault(conn, new).await?;
    let stage = match &new.effect {
        FaultEffect::Refuse(_) => Some(Stage::Refused),
        // It goes out anew once somebody lets it go.
        FaultEffect::Hold(_) => Some(Stage::Stored),
        FaultEffect::HandOver(_) => Some(Stage::Unclear),
        FaultEffect::Nothing | FaultEffect::PutApart(_) => None,
    };
    if let Some(stage) = stage {
        let step = Step { stage, at: new.received_at, evidence: new.seen.referentienummer.clone() };
        reach_inside(conn, &new.about, &step).await?;
    }
    let stop = |reason| sqlx::query(STOP).bind(&new.about).bind(new.received_at).bind(reason);
    match &new.effect {
        FaultEffect::Refuse(reason) => {
            sqlx::query(REFUSE).bind(&new.about).bind(new.received_at).bind(reason).execute(&mut *conn).await?;
            void_deadlines(conn, &new.about, new.received_at).await?;
        }
        FaultEffect::Hold(new_hold) => {
            stop(&new_hold.reason).bind("held").bind(true).bind(false).execute(&mut *conn).await?;
            hold(conn, new_hold).await?;
        }
        FaultEffect::HandOver(reason) => {
            stop(reason).bind("stuck").bind(true).bind(true).execute(&mut *conn).await?;
        }
        FaultEffect::Nothing | FaultEffect::PutApart(_) => {}
    }
    let about = "SELECT bericht_id FROM parcel WHERE referentienummer = $1";
    let bericht_id: Option<String> = sqlx::query_scalar(about).bind(&new.about).fetch_optional(&mut *conn).await?;
    let what = if let FaultEffect::PutApart(_) = new.effect { "fault.put-apart" } else { "fault.taken" };
    let detail = json!({"fault": new.id, "about": new.about, "code": new.code, "zender": new.seen.zender});
    append(conn, (new.received_at, "netwerk"), what, bericht_id.as_deref(), &detail.to_string()).await
}

async fn insert_fault(conn: &mut Connection, new: &NewFault) -> Result<()> {
    const FAULT: &str =
        "INSERT INTO fault (id, received_at, zender, referentienummer, ontvanger, about, code, said, bytes, why)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let why = if let FaultEffect::PutApart(why) = &new.effect { Some(why) } else { None };
    sqlx::query(FAULT)
        .bind(&new.id)
        .bind(new.received_at)
        .bind(&new.seen.zender)
        .bind(&new.seen.referentienummer)
        .bind(&new.ontvanger)
        .bind(&new.about)
        .bind(&new.code)
        .bind(&new.text)
        .bind(new.bytes.as_ref())
        .bind(why)
        .execute(conn)
        .await?;
    Ok(())
}

/// See [`crate::store::SteeringStore::faults`].
pub async fn faults(conn: &mut Connection, about: Option<&str>, limit: u32) -> Result<Vec<FaultView>> {
    const APART: &str =
        "SELECT * FROM fault WHERE why IS NOT NULL AND CAST($1 AS TEXT) IS NULL ORDER BY id DESC LIMIT $2";
    const ABOUT: &str = "SELECT * FROM fault WHERE about = $1 ORDER BY id DESC LIMIT $2";
    let asked = sqlx::query(if about.is_some() { ABOUT } else { APART }).bind(about).bind(i64::from(limit));
    let fault = |row: &Row| {
        let fields = Fields::of("fault", "id", row);
        Ok(FaultView {
            id: fields.get("id")?,
            received_at: fields.get("received_at")?,
            zender: fields.get("zender")?,
            about: fields.get("about")?,
            code: fields.get("code")?,
            text: fields.get("said")?,
            why: fields.get("why")?,
        })
    };
    asked.fetch_all(conn).await?.iter().map(fault).collect()
}
