//! The bytes of berichten, in parts.

use bytes::Bytes;
use futures_util::TryStreamExt;
use sqlx::Row as _;

use super::super::Connection;
use super::Result;
use super::batch::Batch;
use crate::size::HUGE_BYTES;
use crate::store::{NewBericht, StoreError};

/// How large a part is.
pub const PART: usize = HUGE_BYTES;

/// Keeps the bytes of a bericht, and the XML that was made of them.
pub fn insert_payload(batch: &mut Batch, bericht: &NewBericht) {
    let made = bericht.xml.as_ref().map(|xml| (true, xml));
    for (is_made, bytes) in [(false, &bericht.bytes)].into_iter().chain(made) {
        for nr in 0..bytes.len().div_ceil(PART) {
            insert_part(batch, (&bericht.id, is_made), nr, bytes);
        }
    }
}

/// Keeps one part of the bytes of a bericht, or of the XML that was made of them.
pub fn insert_part(batch: &mut Batch, (id, is_made): (&str, bool), nr: usize, bytes: &Bytes) {
    batch
        .statement("INSERT INTO payload (bericht_id, is_made, nr, bytes) VALUES ($1, $2, $3, $4)")
        .bind(id)
        .bind(is_made)
        .bind(i64::try_from(nr).unwrap_or(i64::MAX))
        .bind(bytes.slice(nr * PART..bytes.len().min((nr + 1) * PART)));
}

/// A bericht as it came in, and whether XML was made of it.
pub async fn as_received(conn: &mut Connection, id: &str) -> Result<(Vec<u8>, bool)> {
    let is_made = has_made(conn, id).await?;
    Ok((parts(conn, id, false).await?, is_made))
}

/// A bericht as XML: as it came in, or what was made of it.
pub async fn as_xml(conn: &mut Connection, id: &str) -> Result<Vec<u8>> {
    let is_made = has_made(conn, id).await?;
    parts(conn, id, is_made).await
}

async fn has_made(conn: &mut Connection, id: &str) -> Result<bool> {
    let made = sqlx::query_scalar("SELECT is_made FROM bericht WHERE id = $1").bind(id).fetch_optional(conn).await?;
    Ok(made.unwrap_or(false))
}

async fn parts(conn: &mut Connection, id: &str, is_made: bool) -> Result<Vec<u8>> {
    const PARTS: &str = "SELECT bytes FROM payload WHERE bericht_id = $1 AND is_made = $2 ORDER BY nr";
    let mut bytes = Vec::new();
    let mut rows = sqlx::query(PARTS).bind(id).bind(is_made).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        bytes.extend_from_slice(row.try_get("bytes")?);
    }
    Ok(bytes)
}

/// The receipt of a bericht, as it is kept.
pub fn receipt_text(bericht: &NewBericht) -> Result<String> {
    serde_json::to_string(&bericht.receipt).map_err(|cause| StoreError::Database(sqlx::Error::Encode(Box::new(cause))))
}
