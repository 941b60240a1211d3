//! Deadlines: lists of them, and what people do about them.

use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::QueryBuilder;

use super::super::{Connection, Database, Db, Row};
use super::batch::Batch;
use super::recount::{warns, warns_text};
use super::row::{Fields, day_in_order, in_order};
use super::{Result, audit, spoed};
use crate::domain::berichten::waarde::Value;
use crate::domain::{Partij, Timestamp};
use crate::store::{
    Acknowledged, After, DeadlineAsked, DeadlineQuery, DeadlineState, DeadlineStore, DeadlineView, Done, Moments,
    NewOpened, Opened, Opening, Origin, Parties, Spoed, SpoedWithdrawal, StartedBy, StoreError, TakenUntil, Waiver,
};

#[async_trait]
impl DeadlineStore for Database {
    async fn deadlines(&self, query: &DeadlineQuery, after: After<'_>, limit: u32) -> Result<Vec<DeadlineView>> {
        self.read((query, after, limit), deadlines).await
    }

    async fn deadline(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeadlineView>> {
        self.read((id, partij), one).await
    }

    async fn open_deadline(&self, new: &NewOpened) -> Result<Opening> {
        self.write((new,), open).await
    }

    async fn finish_deadline(&self, done: &Done) -> Result<Option<DeadlineView>> {
        self.write((done,), finish).await
    }

    async fn acknowledge_deadline(&self, id: &str, taken: &Acknowledged) -> Result<Option<DeadlineView>> {
        self.write((id, taken), acknowledge).await
    }

    async fn record_spoed(&self, spoed: &Spoed) -> Result<Spoed> {
        self.write((spoed,), spoed::record_spoed).await
    }

    async fn withdraw_spoed(&self, withdrawal: &SpoedWithdrawal) -> Result<Option<Spoed>> {
        self.write((withdrawal,), spoed::withdraw_spoed).await
    }
}

/// A deadline with the header of the bericht that started it, or what a person opened it with, and who took it on.
pub const VIEW: &str = "SELECT d.*, b.soort, b.afzender, b.ontvanger, b.identificatie, o.kenmerk, o.afspraak, o.vanaf,
        o.toewijzing_nummer, o.referentie, o.gereed_op, a.owner, a.reason, a.acknowledged_at,
        a.acknowledged_by, a.until AS taken_until, a.free_at, w.reason AS waiver_reason, w.until, w.waived_at, w.waived_by
    FROM deadline d LEFT JOIN bericht b ON b.id = d.bericht_id LEFT JOIN opened o ON o.deadline_id = d.id
        LEFT JOIN acknowledged a ON a.deadline_id = d.id LEFT JOIN waiver w ON w.deadline_id = d.id WHERE ";

/// Somebody waits.
const AWAITED: [DeadlineState; 3] = [DeadlineState::Open, DeadlineState::DueSoon, DeadlineState::Overdue];

const OPENED: &str = "deadline.opened";
const DONE: &str = "deadline.done";
const ACKNOWLEDGED: &str = "deadline.acknowledged";
const HANDED_OVER: &str = "deadline.handed-over";

/// The clocks that this bericht started.
pub async fn deadlines_of(conn: &mut Connection, bericht_id: &str) -> Result<Vec<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.bericht_id = ").push_bind(bericht_id.to_owned()).push(" ORDER BY d.due, d.id");
    views(conn, &mut query).await
}

/// See [`crate::store::DeadlineStore::deadlines`].
pub async fn deadlines(
    conn: &mut Connection,
    wanted: &DeadlineQuery,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("1 = 1");
    concerning(&mut query, wanted.partij.as_ref());
    concerning(&mut query, wanted.with.as_ref());
    if let Some(clock) = &wanted.clock {
        query.push(" AND d.clock = ").push_bind(clock.clone());
    }
    if let Some(owner) = &wanted.owner {
        query.push(" AND a.owner = ").push_bind(owner.clone());
    }
    if !wanted.states.is_empty() {
        if wanted.states.iter().all(|state| AWAITED.contains(state)) {
            // In so many words, as the indexes of what is awaited have it.
            query.push(" AND d.state IN ('open', 'due-soon', 'overdue')");
        }
        query.push(" AND d.state IN (");
        let mut states = query.separated(", ");
        for state in &wanted.states {
            states.push_bind(state.name());
        }
        states.push_unseparated(")");
    }
    if let Some(day) = wanted.due_from {
        query.push(" AND d.due >= ").push_bind(day_in_order(day));
    }
    if let Some(day) = wanted.due_by {
        query.push(" AND d.due <= ").push_bind(day_in_order(day));
    }
    if let Some(id) = after {
        query.push(" AND (d.due, d.id) > (SELECT due, id FROM deadline WHERE id = ").push_bind(id.to_owned()).push(")");
    }
    query.push(" ORDER BY d.due, d.id LIMIT ").push_bind(i64::from(limit));
    views(conn, &mut query).await
}

/// Only what is between this party and another.
pub fn concerning(query: &mut QueryBuilder<Db>, partij: Option<&Partij>) {
    if let Some(partij) = partij {
        let end = if partij.is_gemeente() { "gemeente" } else { "aanbieder" };
        query.push(" AND d.").push(end).push(" = ").push_bind(partij.code().to_owned());
    }
}

/// See [`crate::store::DeadlineStore::deadline`].
pub async fn one(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.id = ").push_bind(id.to_owned());
    concerning(&mut query, partij);
    Ok(views(conn, &mut query).await?.pop())
}

/// See [`crate::store::DeadlineStore::open_deadline`].
///
/// Two at once: whoever comes second finds the name taken, and nothing of it remains.
pub async fn open(conn: &mut Connection, new: &NewOpened) -> Result<Opening> {
    const DEADLINE: &str =
        "INSERT INTO deadline (id, clock, answer, responsible, subject, due, due_at, state, gemeente, aanbieder, warns, next_at,
            term, day_0, way, explanation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9, $10, $11, $12, $13, $14, $15)";
    const OPEN: &str = "INSERT INTO opened (deadline_id, opener, kenmerk, afspraak, gemeente, aanbieder, vanaf,
            toewijzing_nummer, referentie)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (opener, kenmerk) DO NOTHING";
    let opener = new.opener.as_ref().map_or("", Partij::code);
    let mut query = QueryBuilder::new(VIEW);
    query.push("o.opener = ").push_bind(opener.to_owned());
    query.push(" AND o.kenmerk = ").push_bind(new.kenmerk.as_str().to_owned());
    if let Some(there) = views(conn, &mut query).await?.pop() {
        return Ok(Opening::There(there));
    }
    let asked = &new.asked;
    let mut batch = Batch::default();
    batch
        .statement(DEADLINE)
        .bind(&new.id)
        .bind(&asked.clock)
        .bind(&new.answer)
        .bind(&new.responsible)
        .bind(asked.toewijzing_nummer.map(|nummer| nummer.to_string()))
        .bind(day_in_order(new.due))
        .bind(in_order(new.due_at))
        .bind(&asked.gemeente)
        .bind(&asked.aanbieder);
    bind_moments(&mut batch, &new.moments);
    batch
        .statement(OPEN)
        .bind(&new.id)
        .bind(opener)
        .bind(new.kenmerk.as_str())
        .bind(&new.afspraak)
        .bind(&asked.gemeente)
        .bind(&asked.aanbieder)
        .bind(asked.vanaf.to_text())
        .bind(asked.toewijzing_nummer)
        .bind(&asked.referentie)
        .exactly_one();
    batch.run(conn).await?;
    let detail = json!({"deadline": new.id, "kenmerk": new.kenmerk.as_str(), "afspraak": new.afspraak, "asked": asked});
    audit::append(conn, (new.at, &new.by), OPENED, None, &detail.to_string()).await?;
    one(conn, &new.id, None).await?.map(Opening::New).ok_or(StoreError::Stale)
}

/// Adds its moments to a statement: warns, next_at, term, day_0, way and explanation, in that order.
pub fn bind_moments(batch: &mut Batch, moments: &Moments) {
    let counted = moments.counted.as_ref();
    batch
        .bind(warns_text(&moments.warns))
        .bind(in_order(moments.next_at))
        .bind(counted.map(|counted| &counted.term))
        .bind(counted.map(|counted| counted.day_0))
        .bind(counted.map(|counted| counted.direction.word()))
        .bind(&moments.explanation);
}

/// See [`crate::store::DeadlineStore::finish_deadline`].
pub async fn finish(conn: &mut Connection, done: &Done) -> Result<Option<DeadlineView>> {
    const FINISH: &str = "UPDATE deadline SET state = CASE WHEN $2 <= due THEN 'met' ELSE 'late' END, closed_at = $3,
            changed_at = $3
        WHERE id = $1 AND bericht_id IS NULL AND state IN ('open', 'due-soon', 'overdue', 'waived')";
    let Done { id, day, reason, at, by } = done;
    let finished = sqlx::query(FINISH).bind(id).bind(day).bind(at).execute(&mut *conn).await?;
    if finished.rows_affected() == 1 {
        sqlx::query("UPDATE opened SET gereed_op = $2 WHERE deadline_id = $1")
            .bind(id)
            .bind(day.to_text())
            .execute(&mut *conn)
            .await?;
        let detail = json!({"deadline": id, "dag": day, "reason": reason});
        audit::append(conn, (*at, by), DONE, None, &detail.to_string()).await?;
    }
    one(conn, id, None).await
}

/// See [`crate::store::DeadlineStore::acknowledge_deadline`].
pub async fn acknowledge(conn: &mut Connection, id: &str, taken: &Acknowledged) -> Result<Option<DeadlineView>> {
    const TAKE: &str =
        "INSERT INTO acknowledged (deadline_id, owner, reason, acknowledged_at, acknowledged_by, until, free_at)
        SELECT id, $2, $3, $4, $5, $6, $7 FROM deadline WHERE id = $1 AND state IN ('open', 'due-soon', 'overdue')
        ON CONFLICT (deadline_id) DO UPDATE SET owner = $2, reason = $3, acknowledged_at = $4, acknowledged_by = $5,
                until = $6, free_at = $7
            WHERE (acknowledged.owner, acknowledged.reason) <> ($2, $3) OR acknowledged.until IS DISTINCT FROM $6";
    let Acknowledged { owner, reason, until, at, by } = taken;
    let (day, free_at) = (until.map(|until| until.day), until.map(|until| in_order(until.free_at)));
    let had: Option<String> = sqlx::query_scalar("SELECT owner FROM acknowledged WHERE deadline_id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let take = sqlx::query(TAKE).bind(id).bind(owner).bind(reason).bind(at).bind(by).bind(day).bind(free_at);
    let kept = take.execute(&mut *conn).await?;
    let view = one(conn, id, None).await?;
    if kept.rows_affected() == 1 {
        let started_by = view.as_ref().and_then(DeadlineView::started_by);
        let bericht_id = started_by.map(|bericht| bericht.id.as_str());
        let had = had.filter(|had| had != owner);
        let what = if had.is_some() { HANDED_OVER } else { ACKNOWLEDGED };
        let detail = json!({"deadline": id, "owner": owner, "reason": reason, "until": day, "from": had});
        audit::append(conn, (*at, by), what, bericht_id, &detail.to_string()).await?;
    }
    Ok(view)
}

/// The deadlines that a query finds that begins with [`VIEW`].
pub async fn views(conn: &mut Connection, query: &mut QueryBuilder<Db>) -> Result<Vec<DeadlineView>> {
    let rows = query.build().fetch_all(conn).await?;
    rows.iter().map(view).collect()
}

fn view(row: &Row) -> Result<DeadlineView> {
    let fields = Fields::of("deadline", "id", row);
    Ok(DeadlineView {
        id: fields.get("id")?,
        clock: fields.get("clock")?,
        answer: fields.get("answer")?,
        subject: fields.get("subject")?,
        responsible: fields.get("responsible")?,
        origin: origin(&fields)?,
        due: fields.get("due")?,
        state: fields.parse("state", DeadlineState::from_name)?,
        closed_at: fields.get("closed_at")?,
        closed_by: fields.get("closed_by")?,
        due_at: fields.get("due_at")?,
        warns: fields.parse("warns", warns)?,
        explanation: fields.get("explanation")?,
        acknowledged: acknowledged(&fields)?,
        waiver: waiver(&fields)?,
    })
}

fn origin(fields: &Fields<'_>) -> Result<Origin> {
    Ok(match fields.get("bericht_id")? {
        Some(id) => Origin::Bericht(StartedBy {
            id,
            berichtsoort: fields.get("soort")?,
            afzender: fields.get("afzender")?,
            ontvanger: fields.get("ontvanger")?,
            identificatie: fields.get("identificatie")?,
        }),
        None => opened(fields)?,
    })
}

/// Who opened one that no bericht started: a person under a kenmerk, or the gateway.
fn opened(fields: &Fields<'_>) -> Result<Origin> {
    Ok(match fields.get("kenmerk")? {
        None => Origin::Gateway(Parties { gemeente: fields.get("gemeente")?, aanbieder: fields.get("aanbieder")? }),
        Some(kenmerk) => Origin::Person(Opened {
            kenmerk,
            afspraak: fields.get("afspraak")?,
            asked: DeadlineAsked {
                clock: fields.get("clock")?,
                gemeente: fields.get("gemeente")?,
                aanbieder: fields.get("aanbieder")?,
                vanaf: fields.parse("vanaf", Value::from_text)?,
                toewijzing_nummer: fields.get("toewijzing_nummer")?,
                referentie: fields.get("referentie")?,
            },
            gereed_op: fields.parse_if_any("gereed_op", Value::from_text)?,
        }),
    })
}

fn acknowledged(fields: &Fields<'_>) -> Result<Option<Acknowledged>> {
    let Some(owner) = fields.get("owner")? else { return Ok(None) };
    let (reason, at, by) = (fields.get("reason")?, fields.get("acknowledged_at")?, fields.get("acknowledged_by")?);
    let (day, free_at): (Option<NaiveDate>, Option<Timestamp>) = (fields.get("taken_until")?, fields.get("free_at")?);
    let until = day.zip(free_at).map(|(day, free_at)| TakenUntil { day, free_at });
    Ok(Some(Acknowledged { owner, reason, until, at, by }))
}

fn waiver(fields: &Fields<'_>) -> Result<Option<Waiver>> {
    let Some(reason) = fields.get("waiver_reason")? else { return Ok(None) };
    let (until, at, by) = (fields.get("until")?, fields.get("waived_at")?, fields.get("waived_by")?);
    Ok(Some(Waiver { reason, until, at, by }))
}
