//! What the other party refused in its retour.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::super::{Connection, Db, Row};
use super::Result;
use super::facts::{CHUNK, one_of};
use super::row::Fields;
use crate::domain::Partij;
use crate::store::RefusedToewijzing;

/// Of which of these heenberichten what they brought counts as not sent, because their retour refused it.
pub async fn turned_down(conn: &mut Connection, heen_ids: &[String]) -> Result<HashSet<String>> {
    const BROUGHT: [&str; 5] = [
        "SELECT bericht_id FROM toewijzing WHERE refused AND bericht_id IN ",
        "SELECT bericht_id FROM start WHERE refused AND bericht_id IN ",
        "SELECT bericht_id FROM stop WHERE refused AND bericht_id IN ",
        "SELECT bericht_id FROM verzoek WHERE refused AND bericht_id IN ",
        "SELECT bericht_id FROM antwoord WHERE refused AND bericht_id IN ",
    ];
    let mut found = HashSet::new();
    for chunk in heen_ids.chunks(CHUNK) {
        let mut query: QueryBuilder<Db> = QueryBuilder::new("");
        for (nr, brought) in BROUGHT.into_iter().enumerate() {
            query.push(if nr == 0 { "" } else { " UNION " });
            one_of(&mut query, brought, chunk.iter().cloned());
        }
        let ids: Vec<String> = query.build_query_scalar().fetch_all(&mut *conn).await?;
        found.extend(ids);
    }
    Ok(found)
}

/// A version `t` that was refused, and none came after it.
macro_rules! refused {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " bericht b ON b.id = t.bericht_id WHERE t.refused
                AND NOT EXISTS (SELECT 1 FROM toewijzing o WHERE o.gemeente = t.gemeente
                    AND o.toewijzing_nummer = t.toewijzing_nummer AND o.aanbieder = t.aanbieder
                    AND o.bericht_id > t.bericht_id) ",
            $rest
        )
    };
}

/// How many there are of [`refused_toewijzingen`].
pub async fn count_refused(conn: &mut Connection) -> Result<i64> {
    Ok(sqlx::query_scalar(refused!("SELECT COUNT(*) FROM toewijzing t JOIN", "")).fetch_one(conn).await?)
}

/// See [`crate::store::ToewijzingStore::refused_toewijzingen`].
pub async fn refused_toewijzingen(
    conn: &mut Connection,
    partij: Option<&Partij>,
    after: Option<(&str, i64)>,
    limit: u32,
) -> Result<Vec<RefusedToewijzing>> {
    const PAGE: &str = refused!(
        "SELECT t.*, b.received_at, b.retour_id FROM toewijzing t JOIN",
        "AND (CAST($1 AS TEXT) IS NULL OR $1 IN (t.gemeente, t.aanbieder))
            AND (CAST($2 AS TEXT) IS NULL OR (t.bericht_id, t.toewijzing_nummer) < ($2, CAST($3 AS BIGINT)))
        ORDER BY t.bericht_id DESC, t.toewijzing_nummer DESC LIMIT $4"
    );
    let (bericht_id, nummer) = after.unzip();
    let page = sqlx::query(PAGE).bind(partij.map(Partij::code)).bind(bericht_id).bind(nummer).bind(i64::from(limit));
    let refused = |row: &Row| {
        let fields = Fields::of("toewijzing", "bericht_id", row);
        Ok(RefusedToewijzing {
            gemeente: fields.get("gemeente")?,
            aanbieder: fields.get("aanbieder")?,
            toewijzing_nummer: fields.get("toewijzing_nummer")?,
            bericht_id: fields.get("bericht_id")?,
            retour_id: fields.get("retour_id")?,
            received_at: fields.get("received_at")?,
        })
    };
    page.fetch_all(conn).await?.iter().map(refused).collect()
}
