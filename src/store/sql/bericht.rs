//! Berichten as they are shown, to the parties that they concern.

use super::super::{Connection, Row};
use super::Result;
use super::deadline::deadlines_of;
use super::finding::{Found, findings_in};
use super::payload::as_xml;
use super::refused::{count_refused, is_turned_down};
use super::row::Fields;
use super::steer::parcels_of;
use super::transport::{Told, told};
use crate::domain::{Partij, Timestamp};
use crate::store::{BerichtView, Counts, Outcome, Overview, Stage, Transport, Via};

/// Whom a bericht concerns: the parties in its header and who posted it; an operator (NULL) sees all.
macro_rules! concerning {
    ($select:literal, $rest:literal) => {
        concat!($select, " AND ($2 IS NULL OR $2 IN (b.afzender, b.ontvanger, b.poster)) ", $rest)
    };
}

/// See [`crate::store::Store::bericht`].
pub async fn bericht(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>> {
    const ONE: &str = concerning!("SELECT b.* FROM bericht b WHERE b.id = $1", "");
    let rows = sqlx::query(ONE).bind(id).bind(partij.map(Partij::code)).fetch_all(&mut *conn).await?;
    Ok(views(conn, &rows).await?.pop())
}

/// See [`crate::store::Store::payload`].
pub async fn payload(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>> {
    const IS_THEIRS: &str = concerning!("SELECT 1 FROM bericht b WHERE b.id = $1", "");
    let found = sqlx::query(IS_THEIRS).bind(id).bind(partij.map(Partij::code)).fetch_optional(&mut *conn).await?;
    if found.is_none() {
        return Ok(None);
    }
    as_xml(conn, id).await.map(Some)
}

/// See [`crate::store::Store::berichten`].
pub async fn berichten(
    conn: &mut Connection,
    partij: Option<&Partij>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<BerichtView>> {
    const PAGE: &str =
        concerning!("SELECT b.* FROM bericht b WHERE ($1 IS NULL OR b.id < $1)", "ORDER BY b.id DESC LIMIT $3");
    let page = sqlx::query(PAGE).bind(after).bind(partij.map(Partij::code)).bind(i64::from(limit));
    let rows = page.fetch_all(&mut *conn).await?;
    views(conn, &rows).await
}

/// See [`crate::store::Store::berichten_at`].
pub async fn berichten_at(
    conn: &mut Connection,
    stage: Stage,
    partij: Option<&Partij>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<BerichtView>> {
    const PAGE: &str =
        concerning!("SELECT b.* FROM bericht b WHERE b.transport = $4 AND b.id < $1", "ORDER BY b.id DESC LIMIT $3");
    // Behind every id.
    let after = after.unwrap_or("g");
    let page = sqlx::query(PAGE).bind(after).bind(partij.map(Partij::code)).bind(i64::from(limit)).bind(stage.word());
    let rows = page.fetch_all(&mut *conn).await?;
    views(conn, &rows).await
}

/// These rows of `bericht`, each with what was found, its clocks and envelopes.
pub async fn views(conn: &mut Connection, rows: &[Row]) -> Result<Vec<BerichtView>> {
    let mut views = Vec::with_capacity(rows.len());
    let mut found = findings_in(conn, rows).await?;
    let mut told = told(conn, rows).await?;
    for row in rows {
        views.push(view(conn, row, &mut found, &mut told).await?);
    }
    Ok(views)
}

async fn view(conn: &mut Connection, row: &Row, found: &mut Found, told: &mut Told) -> Result<BerichtView> {
    let fields = Fields::of("bericht", "id", row);
    let id: String = fields.get("id")?;
    let (heenbericht_id, retour_id): (Option<String>, Option<String>) =
        (fields.get("heenbericht_id")?, fields.get("retour_id")?);
    let heen_id = heenbericht_id.as_ref().or(retour_id.as_ref().map(|_| &id));
    let is_turned_down = match heen_id {
        Some(heen_id) => is_turned_down(conn, heen_id).await?,
        None => false,
    };
    let receipt = found.receipt(row)?;
    let stage = fields.parse_if_any("transport", Stage::from_word)?;
    // Of what was refused nothing stands in the columns but what may be found by; the receipt knows what could be read.
    let seen = receipt.refusal.clone().unwrap_or_default();
    let or_seen = |column: Option<String>, seen: Option<String>| column.or(seen);
    Ok(BerichtView {
        received_at: fields.get("received_at")?,
        via: fields.parse("via", Via::from_name)?,
        berichtsoort: or_seen(fields.get("soort")?, receipt.berichtsoort.clone()),
        release: or_seen(fields.get("release")?, receipt.release.clone()),
        afzender: or_seen(fields.get("afzender")?, seen.afzender),
        ontvanger: or_seen(fields.get("ontvanger")?, seen.ontvanger),
        identificatie: or_seen(fields.get("identificatie")?, receipt.identificatie.clone()),
        outcome: fields.parse("outcome", Outcome::from_name)?,
        receipt,
        heenbericht_id,
        retour_id,
        is_turned_down,
        deadlines: deadlines_of(conn, &id).await?,
        parcels: parcels_of(conn, &id).await?,
        transport: stage.map(|stage| Transport { stage, steps: told.of(&id) }),
        id,
    })
}

/// See [`crate::store::Store::overview`].
pub async fn overview(conn: &mut Connection) -> Result<Overview> {
    const COUNTS: &str = "SELECT 'counts' AS id,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'accepted') AS accepted,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'rejected') AS rejected,
        (SELECT COUNT(*) FROM bericht WHERE outcome = 'refused') AS refused,
        (SELECT COUNT(*) FROM deadline WHERE state = 'open') AS open,
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
pub async fn beat(conn: &mut Connection, worker: &str, now: Timestamp) -> Result<()> {
    const BEAT: &str = "INSERT INTO heartbeat (worker, at) VALUES ($1, $2) ON CONFLICT (worker) DO UPDATE SET at = $2";
    sqlx::query(BEAT).bind(worker).bind(now).execute(&mut *conn).await?;
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
