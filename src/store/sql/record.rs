//! Makes one verdict true.

use super::super::Connection;
use super::audit::approve;
use super::batch::Batch;
use super::deadline::bind_moments;
use super::declaratie::insert_prestaties;
use super::finding::insert_findings;
use super::ledger::{advance_revisions, apply, change_ledger, insert_about};
use super::payload::{insert_payload, receipt_text};
use super::row::{day_in_order, in_order};
use super::transport::{answer_verzoek, answered, hand_over, lying, stage_of};
use super::waiting::{insert_waiting, release};
use super::{Result, staging};
use crate::domain::berichten::waarde::Value;
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::{Partij, Timestamp};
use crate::store::{
    About, Closing, ClosingOpened, DeadlineState, Ends, Entry, EnvelopeSeen, HeaderColumns, NewBericht, NewDeadline,
    NewParcel, Of, Outcome, Stage, StoreError,
};

/// See [`crate::store::IntakeStore::record`]. Of a large bericht the most was written ahead.
pub async fn record(conn: &mut Connection, entry: &Entry, is_staged: bool) -> Result<()> {
    let bericht = &entry.bericht;
    if entry.released {
        release(conn, bericht).await?;
    }
    let mut batch = write(entry, is_staged)?;
    if let Some(answering) = &entry.answers {
        batch.run(conn).await.map_err(stale_if_taken)?;
        apply(conn, &answering.heenbericht_id, &answering.effect, bericht.received_at).await?;
        batch = Batch::default();
    }
    write_deadlines(&mut batch, entry);
    batch.run(conn).await.map_err(stale_if_taken)?;
    if let Some(approval) = &entry.approval {
        approve(conn, approval, &bericht.id).await?;
    }
    Ok(())
}

/// The same, where it takes no more than statements that are known beforehand: it may go together with others.
pub fn plan(entry: &Entry, is_staged: bool) -> Result<Option<Batch>> {
    if entry.released || entry.answers.is_some() || entry.approval.is_some() {
        return Ok(None);
    }
    let mut batch = write(entry, is_staged)?;
    write_deadlines(&mut batch, entry);
    Ok(Some(batch))
}

/// What is written of every bericht.
fn write(entry: &Entry, is_staged: bool) -> Result<Batch> {
    let bericht = &entry.bericht;
    let mut batch = Batch::default();
    if let Some(about) = &entry.about {
        advance_revisions(&mut batch, about);
    }
    if !entry.released {
        let answer = (entry.answered_by(), stage_of(entry));
        insert_bericht(&mut batch, bericht, entry.claims_identity, answer)?;
    } else if lying(entry, &bericht.id) == Stage::HandedOver {
        hand_over(&mut batch, &bericht.id);
    }
    answer_if_any(&mut batch, bericht, entry);
    if let Some(wait) = &entry.wait {
        insert_waiting(&mut batch, &bericht.id, wait);
    } else if bericht.outcome != Outcome::Refused {
        batch.statement("INSERT INTO journal (bericht_id) VALUES ($1)").bind(&bericht.id);
    }
    if is_staged {
        staging::settle(&mut batch, entry);
    } else {
        write_rest(&mut batch, entry)?;
    }
    if let Some(about) = &entry.about {
        change_ledger(&mut batch, about, &bericht.id, &entry.ledger);
    }
    if let Some(retour) = &entry.retour {
        insert_bericht(&mut batch, retour, true, (None, Some(lying(entry, &retour.id))))?;
        if entry.answered_by().is_none() {
            answer_if_any(&mut batch, retour, entry);
        }
    }
    for (follows, wait) in &entry.follows {
        insert_bericht(&mut batch, follows, true, (None, Some(Stage::Stored)))?;
        insert_payload(&mut batch, follows);
        insert_waiting(&mut batch, &follows.id, wait);
    }
    for (bericht_id, partij) in &entry.postbus {
        batch
            .statement("INSERT INTO postbus (bericht_id, partij) VALUES ($1, $2)")
            .bind(bericht_id)
            .bind(partij.code());
    }
    for parcel in &entry.parcels {
        insert_parcel(&mut batch, parcel, bericht.received_at);
    }
    if let Some(envelope) = &entry.envelope {
        insert_envelope(&mut batch, envelope);
    }
    Ok(batch)
}

/// Clocks that stop, and that start.
fn write_deadlines(batch: &mut Batch, entry: &Entry) {
    for closing in &entry.closes {
        close(batch, closing, entry.about.as_ref(), &entry.bericht);
        if let (DeadlineKind::Verzoek, Ends::Answered, Of::Bericht(id)) = (closing.kind, &closing.ends, &closing.of) {
            answer_verzoek(batch, id, &entry.bericht);
        }
    }
    if let Some(about) = &entry.about {
        for closing in &entry.closes_opened {
            close_opened(batch, closing, about, &entry.bericht);
        }
    }
    insert_deadlines(batch, &entry.deadlines, &entry.bericht);
}

/// What there can be much of: the bytes, what was found, what it is about, the lines of a declaratie.
fn write_rest(batch: &mut Batch, entry: &Entry) -> Result<()> {
    let own = (!entry.released).then_some(&entry.bericht);
    for bericht in own.into_iter().chain(&entry.retour) {
        insert_payload(batch, bericht);
    }
    insert_findings(batch, &entry.bericht, 0..entry.bericht.receipt.findings.len());
    let Some(about) = &entry.about else { return Ok(()) };
    insert_about(batch, about, &entry.bericht.id, 0..about.revisions.len());
    if let Some(declaratie) = &entry.ledger.declaratie {
        insert_prestaties(batch, about, &entry.bericht.id, declaratie, 0..declaratie.prestaties.len())?;
    }
    Ok(())
}

/// Somebody used the Identificatie meanwhile: the verdict rests on a history that is no more.
fn stale_if_taken(error: StoreError) -> StoreError {
    const IDENTITY: [&str; 2] = ["bericht.identity", "bericht_identity_key"];
    let names_identity = |cause: &sqlx::Error| {
        let said = cause.as_database_error().filter(|said| said.is_unique_violation());
        said.is_some_and(|said| IDENTITY.iter().any(|name| said.message().contains(name)))
    };
    match error {
        StoreError::Database(cause) if names_identity(&cause) => StoreError::Stale,
        other => other,
    }
}

fn insert_bericht(
    batch: &mut Batch,
    bericht: &NewBericht,
    claims_identity: bool,
    (retour_id, stage): (Option<&String>, Option<Stage>),
) -> Result<()> {
    const BERICHT: &str = "INSERT INTO bericht (id, received_at, via, poster, referentienummer, sha256, is_made, soort,
            release, afzender, ontvanger, identificatie, dagtekening, identificatie_retour, identity, heenbericht_id,
            retour_id, outcome, receipt, transport)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let header = bericht.header.as_ref();
    // What was refused never uses up an Identificatie, whatever the caller says.
    let identity = header.filter(|_| claims_identity && bericht.outcome != Outcome::Refused);
    batch
        .statement(BERICHT)
        .bind(&bericht.id)
        .bind(bericht.received_at)
        .bind(bericht.via.name())
        .bind(bericht.poster.as_ref().map(Partij::code))
        .bind(&bericht.referentienummer)
        .bind(&bericht.sha256)
        .bind(bericht.xml.is_some())
        .bind(header.map(|header| header.soort.name()))
        .bind(header.map(|header| header.release))
        .bind(header.map(|header| header.afzender.code()))
        .bind(header.map(|header| header.ontvanger.code()))
        .bind(header.map(|header| &header.identificatie))
        .bind(header.map(|header| header.dagtekening.to_text()))
        .bind(header.and_then(|header| header.identificatie_retour.as_ref()))
        .bind(identity.map(HeaderColumns::identity))
        .bind(&bericht.heenbericht_id)
        .bind(retour_id)
        .bind(bericht.outcome.name())
        .bind(receipt_text(bericht)?)
        .bind(stage.map(Stage::word));
    Ok(())
}

/// A heenbericht has one accepted retour: whoever comes second judged on a history that is no more.
fn answer_if_any(batch: &mut Batch, bericht: &NewBericht, entry: &Entry) {
    const ANSWER: &str = "UPDATE bericht SET retour_id = $2,
            transport = CASE WHEN transport = 'answered' THEN transport ELSE $3 END
        WHERE id = $1 AND retour_id IS NULL";
    if let (Some(heenbericht_id), Outcome::Accepted) = (&bericht.heenbericht_id, bericht.outcome) {
        batch
            .statement(ANSWER)
            .bind(heenbericht_id)
            .bind(&bericht.id)
            .bind(answered(entry, bericht).word())
            .exactly_one();
    }
}

/// A deadline ends: met, late when its moment or day is past, or void when none counts any more.
fn close(batch: &mut Batch, closing: &Closing, about: Option<&About>, by: &NewBericht) {
    // The kind is no way in: the index by it would be of all years.
    const STOP: &str = "UPDATE deadline
        SET state = CASE WHEN $1 < due_at THEN 'met' WHEN $1 IS NULL THEN 'void' ELSE 'late' END,
            closed_at = $2, changed_at = $2, closed_by = $3
        WHERE clock || '' = $4 AND (CAST($5 AS TEXT) IS NULL OR subject = $5) AND state IN ('open', 'due-soon', 'overdue', 'waived')";
    const STOP_BY_DAY: &str = "UPDATE deadline
        SET state = CASE WHEN $1 <= due THEN 'met' ELSE 'late' END, closed_at = $2, changed_at = $2, closed_by = $3
        WHERE clock || '' = $4 AND (CAST($5 AS TEXT) IS NULL OR subject = $5) AND state IN ('open', 'due-soon', 'overdue', 'waived')";
    // Between whom a bericht passes is known of every one that ends a deadline about lines.
    let pair = about.map(|about| (about.gemeente.code(), about.aanbieder.code()));
    let statement = match closing.ends {
        Ends::Answered => batch.statement(STOP).bind(Some(by.received_at)),
        Ends::Void => batch.statement(STOP).bind(None::<Timestamp>),
        Ends::Happened(day) => batch.statement(STOP_BY_DAY).bind(day_in_order(day)),
    };
    statement.bind(by.received_at).bind(&by.id).bind(closing.kind.name()).bind(&closing.subject);
    match (&closing.of, pair) {
        (Of::Bericht(id), _) => batch.push(" AND bericht_id = ").push_bind(id),
        (Of::LinesOn(nummer), Some((gemeente, aanbieder))) => {
            batch.push(" AND bericht_id IN (SELECT bericht_id FROM prestatie WHERE NOT void AND gemeente = ");
            batch.push_bind(gemeente).push(" AND aanbieder = ").push_bind(aanbieder);
            batch.push(" AND toewijzing_nummer = ").push_bind(nummer.0).push(")")
        }
        (Of::Toewijzing(nummer), Some((gemeente, aanbieder))) => {
            batch.push(" AND bericht_id IN (SELECT bericht_id FROM toewijzing WHERE NOT refused AND gemeente = ");
            batch.push_bind(gemeente).push(" AND aanbieder = ").push_bind(aanbieder);
            batch.push(" AND toewijzing_nummer = ").push_bind(nummer.0).push(")")
        }
        (Of::LinesOn(_) | Of::Toewijzing(_), None) => batch.push(" AND 1 = 0"),
    };
}

/// A clock that a person started stops: met, or late when its moment is past.
fn close_opened(batch: &mut Batch, closing: &ClosingOpened, about: &About, by: &NewBericht) {
    const STOP: &str = "UPDATE deadline
        SET state = CASE WHEN $1 < due_at THEN 'met' ELSE 'late' END, closed_at = $2, changed_at = $2, closed_by = $3
        WHERE clock || '' = $4 AND state IN ('open', 'due-soon', 'overdue', 'waived') AND id IN (SELECT deadline_id FROM opened
            WHERE gemeente = $5 AND aanbieder = $6 AND toewijzing_nummer = $7)";
    batch
        .statement(STOP)
        .bind(by.received_at)
        .bind(by.received_at)
        .bind(&by.id)
        .bind(&closing.clock)
        .bind(about.gemeente.code())
        .bind(about.aanbieder.code())
        .bind(closing.toewijzing_nummer.0);
}

fn insert_deadlines(batch: &mut Batch, deadlines: &[NewDeadline], bericht: &NewBericht) {
    const DEADLINE: &str = "INSERT INTO deadline (id, bericht_id, clock, answer, responsible, subject, due, due_at,
            state, closed_at, closed_by, gemeente, aanbieder, warns, next_at, term, day_0, way, explanation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    for deadline in deadlines {
        let closed = matches!(deadline.state, DeadlineState::Met | DeadlineState::Late);
        batch
            .statement(DEADLINE)
            .bind(&deadline.id)
            .bind(&deadline.bericht_id)
            .bind(deadline.kind.name())
            .bind(deadline.answer.name())
            .bind(deadline.responsible.code())
            .bind(&deadline.subject)
            .bind(day_in_order(deadline.due))
            .bind(in_order(deadline.due_at))
            .bind(deadline.state.name())
            .bind(closed.then_some(bericht.received_at))
            .bind(closed.then_some(&bericht.id))
            .bind(deadline.gemeente.code())
            .bind(deadline.aanbieder.code());
        bind_moments(batch, &deadline.moments);
    }
}

pub(super) fn insert_parcel(batch: &mut Batch, parcel: &NewParcel, due_at: Timestamp) {
    const PARCEL: &str = "INSERT INTO parcel (referentienummer, kind, functie, bericht_id, zender, ontvanger, envelope,
            state, stopped, due_at, last_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN CAST($8 AS TEXT) IS NULL THEN 'waiting' ELSE 'held' END,
            CASE WHEN CAST($8 AS TEXT) IS NULL THEN NULL ELSE 'stuck' END, CASE WHEN CAST($8 AS TEXT) IS NULL THEN $9 END, $8)";
    batch
        .statement(PARCEL)
        .bind(&parcel.referentienummer)
        .bind(parcel.kind.name())
        .bind(&parcel.functie)
        .bind(&parcel.bericht_id)
        .bind(&parcel.zender)
        .bind(&parcel.ontvanger)
        .bind(parcel.envelope.as_ref())
        .bind(&parcel.held)
        .bind(due_at);
}

pub(super) fn insert_envelope(batch: &mut Batch, envelope: &EnvelopeSeen) {
    batch
        .statement(
            "INSERT INTO envelope_seen (zender, referentienummer, content_sha256, answer) VALUES ($1, $2, $3, $4)",
        )
        .bind(&envelope.zender)
        .bind(&envelope.referentienummer)
        .bind(&envelope.content_sha256)
        .bind(&envelope.answer[..]);
}
