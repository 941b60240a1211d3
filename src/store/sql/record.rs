//! Makes one verdict true.

use super::super::Connection;
use super::audit::approve;
use super::declaratie::insert_prestaties;
use super::ledger::{advance_revisions, apply, change_ledger, insert_about};
use super::payload::insert_payload;
use super::row::{day_in_order, in_order};
use super::waiting::{insert_waiting, release};
use super::{Result, ahead};
use crate::domain::waarde::Value;
use crate::domain::{Partij, Timestamp};
use crate::store::{
    Closing, DeadlineState, Ends, Entry, EnvelopeSeen, HeaderColumns, NewBericht, NewDeadline, NewParcel, Outcome,
    StoreError,
};

/// See [`crate::store::Store::record`]. Of a large bericht the most was written ahead.
pub async fn record(conn: &mut Connection, entry: &Entry, is_ahead: bool) -> Result<()> {
    let bericht = &entry.bericht;
    if let Some(about) = &entry.about {
        advance_revisions(conn, about).await?;
    }
    if entry.released {
        release(conn, bericht).await?;
        answer_if_any(conn, bericht).await?;
    } else {
        insert_bericht(conn, bericht, entry.claims_identity).await?;
    }
    if is_ahead {
        ahead::settle(conn, entry).await?;
    } else {
        write_rest(conn, entry).await?;
    }
    if let Some(wait) = &entry.wait {
        insert_waiting(conn, &bericht.id, wait).await?;
    } else if bericht.outcome != Outcome::Refused {
        sqlx::query("INSERT INTO journal (bericht_id) VALUES ($1)").bind(&bericht.id).execute(&mut *conn).await?;
    }
    if let Some(about) = &entry.about {
        change_ledger(conn, about, &bericht.id, &entry.ledger).await?;
    }
    if let Some(retour) = &entry.retour {
        insert_bericht(conn, retour, true).await?;
    }
    if let Some(answering) = &entry.answers {
        apply(conn, &answering.heenbericht_id, &answering.effect).await?;
    }
    for closing in &entry.closes {
        close(conn, closing, bericht).await?;
    }
    for deadline in &entry.deadlines {
        insert_deadline(conn, deadline, bericht).await?;
    }
    for (bericht_id, partij) in &entry.postbus {
        sqlx::query("INSERT INTO postbus (bericht_id, partij) VALUES ($1, $2)")
            .bind(bericht_id)
            .bind(partij.code())
            .execute(&mut *conn)
            .await?;
    }
    for parcel in &entry.parcels {
        insert_parcel(conn, parcel, bericht.received_at).await?;
    }
    if let Some(approval) = &entry.approval {
        approve(conn, approval, &bericht.id).await?;
    }
    if let Some(envelope) = &entry.envelope {
        insert_envelope(conn, envelope).await?;
    }
    Ok(())
}

/// What there can be much of: the bytes, what it is about, the lines of a declaratie.
async fn write_rest(conn: &mut Connection, entry: &Entry) -> Result<()> {
    let own = (!entry.released).then_some(&entry.bericht);
    for bericht in own.into_iter().chain(&entry.retour) {
        insert_payload(conn, bericht).await?;
    }
    let Some(about) = &entry.about else { return Ok(()) };
    insert_about(conn, about, &entry.bericht.id, 0..about.revisions.len()).await?;
    if let Some(declaratie) = &entry.ledger.declaratie {
        insert_prestaties(conn, about, &entry.bericht.id, declaratie, 0..declaratie.prestaties.len()).await?;
    }
    Ok(())
}

/// [`StoreError::Stale`] when exactly one change was expected and none was made.
pub fn stale_unless(changed: bool) -> Result<()> {
    if changed { Ok(()) } else { Err(StoreError::Stale) }
}

async fn insert_bericht(conn: &mut Connection, bericht: &NewBericht, claims_identity: bool) -> Result<()> {
    const BERICHT: &str = "INSERT INTO bericht (id, received_at, via, poster, referentienummer, sha256, soort, release,
            afzender, ontvanger, identificatie, dagtekening, identificatie_retour, identity, heenbericht_id, outcome,
            receipt)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (identity) DO NOTHING";
    let header = bericht.header.as_ref();
    // What was refused never uses up an Identificatie, whatever the caller says.
    let identity = header.filter(|_| claims_identity && bericht.outcome != Outcome::Refused);
    let done = sqlx::query(BERICHT)
        .bind(&bericht.id)
        .bind(bericht.received_at)
        .bind(bericht.via.name())
        .bind(bericht.poster.as_ref().map(Partij::code))
        .bind(&bericht.referentienummer)
        .bind(&bericht.sha256)
        .bind(header.map(|header| header.soort.name()))
        .bind(header.map(|header| header.release))
        .bind(header.map(|header| header.afzender.code()))
        .bind(header.map(|header| header.ontvanger.code()))
        .bind(header.map(|header| &header.identificatie))
        .bind(header.map(|header| header.dagtekening.to_text()))
        .bind(header.and_then(|header| header.identificatie_retour.as_ref()))
        .bind(identity.map(HeaderColumns::identity))
        .bind(&bericht.heenbericht_id)
        .bind(bericht.outcome.name())
        .bind(receipt_text(bericht)?)
        .execute(&mut *conn)
        .await?;
    stale_unless(done.rows_affected() == 1)?;
    answer_if_any(conn, bericht).await
}

async fn answer_if_any(conn: &mut Connection, bericht: &NewBericht) -> Result<()> {
    match &bericht.heenbericht_id {
        Some(heenbericht_id) if bericht.outcome == Outcome::Accepted => answer(conn, heenbericht_id, &bericht.id).await,
        _ => Ok(()),
    }
}

pub fn receipt_text(bericht: &NewBericht) -> Result<String> {
    serde_json::to_string(&bericht.receipt).map_err(|cause| StoreError::Database(sqlx::Error::Encode(Box::new(cause))))
}

/// A heenbericht has one accepted retour: whoever comes second judged on a history that is no more.
async fn answer(conn: &mut Connection, heenbericht_id: &str, retour_id: &str) -> Result<()> {
    let done = sqlx::query("UPDATE bericht SET retour_id = $2 WHERE id = $1 AND retour_id IS NULL")
        .bind(heenbericht_id)
        .bind(retour_id)
        .execute(conn)
        .await?;
    stale_unless(done.rows_affected() == 1)
}

/// A clock stops: met, late when its moment is past, or void when no moment counts any more.
async fn close(conn: &mut Connection, closing: &Closing, by: &NewBericht) -> Result<()> {
    const STOP: &str = "UPDATE deadline
        SET state = CASE WHEN $2 < due_at THEN 'met' WHEN $2 IS NULL THEN 'void' ELSE 'late' END,
            closed_at = $3, closed_by = $4
        WHERE bericht_id = $1 AND clock = $5 AND (CAST($6 AS TEXT) IS NULL OR subject = $6) AND state IN ('open', 'overdue')";
    let moment = match closing.ends {
        Ends::Answered => Some(by.received_at),
        Ends::Happened(at) => Some(at),
        Ends::Void => None,
    };
    sqlx::query(STOP)
        .bind(&closing.bericht_id)
        .bind(moment)
        .bind(by.received_at)
        .bind(&by.id)
        .bind(closing.clock.name())
        .bind(&closing.subject)
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert_deadline(conn: &mut Connection, deadline: &NewDeadline, bericht: &NewBericht) -> Result<()> {
    const DEADLINE: &str = "INSERT INTO deadline (id, bericht_id, clock, answer, responsible, subject, due, due_at,
            state, closed_at, closed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let closed = matches!(deadline.state, DeadlineState::Met | DeadlineState::Late);
    sqlx::query(DEADLINE)
        .bind(&deadline.id)
        .bind(&deadline.bericht_id)
        .bind(deadline.clock.name())
        .bind(deadline.answer.name())
        .bind(deadline.responsible.code())
        .bind(&deadline.subject)
        .bind(day_in_order(deadline.due))
        .bind(in_order(deadline.due_at))
        .bind(deadline.state.name())
        .bind(closed.then_some(bericht.received_at))
        .bind(closed.then_some(&bericht.id))
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert_parcel(conn: &mut Connection, parcel: &NewParcel, due_at: Timestamp) -> Result<()> {
    const PARCEL: &str = "INSERT INTO parcel (referentienummer, kind, functie, bericht_id, zender, ontvanger, envelope,
            state, due_at, last_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN CAST($8 AS TEXT) IS NULL THEN 'waiting' ELSE 'held' END,
            CASE WHEN CAST($8 AS TEXT) IS NULL THEN $9 END, $8)";
    sqlx::query(PARCEL)
        .bind(&parcel.referentienummer)
        .bind(parcel.kind.name())
        .bind(&parcel.functie)
        .bind(&parcel.bericht_id)
        .bind(&parcel.zender)
        .bind(&parcel.ontvanger)
        .bind(parcel.envelope.as_ref())
        .bind(&parcel.held)
        .bind(due_at)
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert_envelope(conn: &mut Connection, envelope: &EnvelopeSeen) -> Result<()> {
    sqlx::query("INSERT INTO envelope_seen (zender, referentienummer, content_sha256, answer) VALUES ($1, $2, $3, $4)")
        .bind(&envelope.zender)
        .bind(&envelope.referentienummer)
        .bind(&envelope.content_sha256)
        .bind(&envelope.answer)
        .execute(conn)
        .await?;
    Ok(())
}
