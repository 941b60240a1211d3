//! Berichten as they are shown, to the parties that they concern.

use std::collections::HashSet;

use async_trait::async_trait;

use super::super::{Connection, Database, Row};
use super::deadline::deadlines_of;
use super::finding::{Found, findings_in};
use super::payload::as_xml;
use super::refused::turned_down;
use super::row::Fields;
use super::steer::parcels_of;
use super::transport::{Steps, steps_of};
use super::{Result, postbus};
use crate::domain::{Partij, Timestamp};
use crate::store::{After, BerichtStore, BerichtView, IN_LIST, Outcome, PostbusItem, Stage, Transport, Via};

#[async_trait]
impl BerichtStore for Database {
    async fn bericht(&self, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>> {
        self.read((id, partij), bericht).await
    }

    async fn payload(&self, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>> {
        self.read((id, partij), payload).await
    }

    async fn berichten(&self, partij: Option<&Partij>, after: After<'_>, limit: u32) -> Result<Vec<BerichtView>> {
        self.read((partij, after, limit), berichten).await
    }

    async fn postbus(&self, partij: &Partij, after: After<'_>, limit: u32) -> Result<Vec<PostbusItem>> {
        self.read((partij, after, limit), postbus::postbus).await
    }

    async fn confirm_pickup(&self, id: &str, partij: &Partij, now: Timestamp) -> Result<bool> {
        self.write((id, partij, now), postbus::confirm_pickup).await
    }
}

/// Whom a bericht concerns: the parties in its header and who posted it; an operator (NULL) sees all.
macro_rules! concerning {
    ($select:literal, $rest:literal) => {
        concat!($select, " AND ($2 IS NULL OR $2 IN (b.afzender, b.ontvanger, b.poster)) ", $rest)
    };
}

/// See [`crate::store::BerichtStore::bericht`].
pub async fn bericht(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>> {
    const ONE: &str = concerning!("SELECT b.* FROM bericht b WHERE b.id = $1", "");
    let rows = sqlx::query(ONE).bind(id).bind(partij.map(Partij::code)).fetch_all(&mut *conn).await?;
    Ok(views(conn, &rows).await?.pop())
}

/// See [`crate::store::BerichtStore::payload`].
pub async fn payload(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>> {
    const IS_THEIRS: &str = concerning!("SELECT 1 FROM bericht b WHERE b.id = $1", "");
    let found = sqlx::query(IS_THEIRS).bind(id).bind(partij.map(Partij::code)).fetch_optional(&mut *conn).await?;
    if found.is_none() {
        return Ok(None);
    }
    as_xml(conn, id).await.map(Some)
}

/// See [`crate::store::BerichtStore::berichten`].
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

/// These rows of `bericht`, each with what was found, its clocks and envelopes.
pub async fn views(conn: &mut Connection, rows: &[Row]) -> Result<Vec<BerichtView>> {
    let mut views = Vec::with_capacity(rows.len());
    let mut found = findings_in(conn, rows, None).await?;
    let mut steps = steps_of(conn, rows).await?;
    let refused = refused_among(conn, rows).await?;
    for row in rows {
        let view = view(row, &mut found, (&mut steps, &refused))?;
        let (deadlines, parcels) = (deadlines_of(conn, &view.id).await?, parcels_of(conn, &view.id).await?);
        views.push(BerichtView { deadlines, parcels, ..view });
    }
    Ok(views)
}

/// The same rows for a list: only what it shows.
pub async fn listed(conn: &mut Connection, rows: &[Row]) -> Result<Vec<BerichtView>> {
    let mut views = Vec::with_capacity(rows.len());
    let mut found = findings_in(conn, rows, Some(IN_LIST + 1)).await?;
    let mut steps = Steps::default();
    let refused = refused_among(conn, rows).await?;
    for row in rows {
        views.push(view(row, &mut found, (&mut steps, &refused))?);
    }
    Ok(views)
}

/// The heenbericht of a row that has a retour or is one: itself, or the one that it answers.
fn heen_id(row: &Row) -> Result<Option<String>> {
    let fields = Fields::of("bericht", "id", row);
    let (heen_id, retour_id): (Option<String>, Option<String>) =
        (fields.get("heenbericht_id")?, fields.get("retour_id")?);
    Ok(match (heen_id, retour_id) {
        (Some(heen_id), _) => Some(heen_id),
        (None, Some(_)) => Some(fields.get("id")?),
        (None, None) => None,
    })
}

/// The heenberichten of these rows of which the other party refused what they brought.
async fn refused_among(conn: &mut Connection, rows: &[Row]) -> Result<HashSet<String>> {
    let ids = rows.iter().filter_map(|row| heen_id(row).transpose()).collect::<Result<Vec<_>>>()?;
    turned_down(conn, &ids).await
}

/// Without its clocks and envelopes.
fn view(row: &Row, found: &mut Found, (steps, refused): (&mut Steps, &HashSet<String>)) -> Result<BerichtView> {
    let fields = Fields::of("bericht", "id", row);
    let id: String = fields.get("id")?;
    let is_turned_down = heen_id(row)?.is_some_and(|heen_id| refused.contains(&heen_id));
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
        heenbericht_id: fields.get("heenbericht_id")?,
        retour_id: fields.get("retour_id")?,
        is_turned_down,
        deadlines: Vec::new(),
        parcels: Vec::new(),
        transport: stage.map(|stage| Transport { stage, steps: steps.of(&id) }),
        id,
    })
}
