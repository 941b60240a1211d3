//! What waits for a local party until it confirms that it has it.

use super::super::{Connection, Row};
use super::Result;
use super::row::Fields;
use super::transport::reach_by_postbus;
use crate::domain::{Partij, Timestamp};
use crate::store::PostbusItem;

/// See [`crate::store::BerichtStore::postbus`].
pub async fn postbus(
    conn: &mut Connection,
    partij: &Partij,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<PostbusItem>> {
    const WAITING: &str = "SELECT b.* FROM postbus p JOIN bericht b ON b.id = p.bericht_id
        WHERE p.partij = $1 AND p.picked_up_at IS NULL AND ($2 IS NULL OR p.bericht_id > $2)
        ORDER BY p.bericht_id LIMIT $3";
    let page = sqlx::query(WAITING).bind(partij.code()).bind(after).bind(i64::from(limit));
    page.fetch_all(conn).await?.iter().map(item).collect()
}

fn item(row: &Row) -> Result<PostbusItem> {
    let fields = Fields::of("bericht", "id", row);
    Ok(PostbusItem {
        id: fields.get("id")?,
        received_at: fields.get("received_at")?,
        berichtsoort: fields.get("soort")?,
        afzender: fields.get("afzender")?,
        ontvanger: fields.get("ontvanger")?,
        identificatie: fields.get("identificatie")?,
    })
}

/// See [`crate::store::BerichtStore::confirm_pickup`].
pub async fn confirm_pickup(conn: &mut Connection, id: &str, partij: &Partij, now: Timestamp) -> Result<bool> {
    const PICKED_UP: &str = "UPDATE postbus SET picked_up_at = COALESCE(picked_up_at, $3)
        WHERE bericht_id = $1 AND partij = $2";
    let done = sqlx::query(PICKED_UP).bind(id).bind(partij.code()).bind(now).execute(&mut *conn).await?;
    let was_there = done.rows_affected() == 1;
    if was_there {
        reach_by_postbus(conn, id).await?;
    }
    Ok(was_there)
}
