//! Berichten by what is known of them. Each condition has an index; the rarest leads.

use sqlx::QueryBuilder;

use super::super::{Connection, Db, Row};
use super::Result;
use super::bericht::{listed, views};
use crate::domain::Partij;
use crate::store::{BerichtQuery, BerichtView};

/// See [`crate::store::PagesStore::find_berichten`].
pub async fn find_berichten(
    conn: &mut Connection,
    wanted: &BerichtQuery,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<BerichtView>> {
    let rows = found(conn, wanted, after, limit).await?;
    views(conn, &rows).await
}

/// See [`crate::store::PagesStore::list_berichten`].
pub async fn list_berichten(
    conn: &mut Connection,
    wanted: &BerichtQuery,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<BerichtView>> {
    let rows = found(conn, wanted, after, limit).await?;
    listed(conn, &rows).await
}

/// See [`crate::store::PagesStore::berichten_giving`].
pub async fn berichten_giving(
    conn: &mut Connection,
    code: &str,
    partij: Option<&Partij>,
    limit: u32,
) -> Result<Vec<BerichtView>> {
    const GIVING: &str = "SELECT b.* FROM (SELECT DISTINCT bericht_id FROM toewijzing
            WHERE code = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (gemeente, aanbieder))
            ORDER BY bericht_id DESC LIMIT $3) t JOIN bericht b ON b.id = t.bericht_id ORDER BY b.id DESC";
    let asked = sqlx::query(GIVING).bind(code).bind(partij.map(Partij::code)).bind(i64::from(limit));
    let rows = asked.fetch_all(&mut *conn).await?;
    listed(conn, &rows).await
}

async fn found(conn: &mut Connection, wanted: &BerichtQuery, after: Option<&str>, limit: u32) -> Result<Vec<Row>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new("SELECT b.* FROM ");
    match &wanted.partner {
        None => {
            query.push("bericht b WHERE 1 = 1");
            conditions(&mut query, wanted, after);
        }
        // Each end by its own index, in order, and no more of it than a page.
        Some(partner) => {
            for (before, end, rest) in
                [("(", "afzender", ""), (" UNION ALL ", "ontvanger", "b.afzender IS NULL OR b.afzender <> ")]
            {
                query.push(before).push("SELECT * FROM (SELECT b.* FROM bericht b WHERE b.").push(end).push(" = ");
                query.push_bind(partner.code().to_owned());
                if !rest.is_empty() {
                    query.push(" AND (").push(rest).push_bind(partner.code().to_owned()).push(")");
                }
                conditions(&mut query, wanted, after);
                in_order(&mut query, wanted, limit);
                query.push(") ").push(end);
            }
            query.push(") b");
        }
    }
    in_order(&mut query, wanted, limit);
    let mut rows = query.build().fetch_all(conn).await?;
    if wanted.backwards {
        rows.reverse();
    }
    Ok(rows)
}

fn conditions(query: &mut QueryBuilder<Db>, wanted: &BerichtQuery, after: Option<&str>) {
    columns(query, wanted);
    if let Some(partij) = &wanted.partij {
        query.push(" AND ").push_bind(partij.code().to_owned()).push(" IN (b.afzender, b.ontvanger, b.poster)");
    }
    subjects(query, wanted);
    if let Some(first) = &wanted.from_id {
        query.push(" AND b.id >= ").push_bind(first.clone());
    }
    if let Some(end) = &wanted.before_id {
        query.push(" AND b.id < ").push_bind(end.clone());
    }
    if let Some(id) = after {
        let side = if is_ascending(wanted) { " AND b.id > " } else { " AND b.id < " };
        query.push(side).push_bind(id.to_owned());
    }
}

/// Whether the oldest of what is read comes first: a page before another is read from its end.
const fn is_ascending(wanted: &BerichtQuery) -> bool {
    wanted.oldest_first != wanted.backwards
}

fn in_order(query: &mut QueryBuilder<Db>, wanted: &BerichtQuery, limit: u32) {
    query.push(if is_ascending(wanted) { " ORDER BY b.id LIMIT " } else { " ORDER BY b.id DESC LIMIT " });
    query.push_bind(i64::from(limit));
}

fn columns(query: &mut QueryBuilder<Db>, wanted: &BerichtQuery) {
    let columns = [
        ("soort", wanted.berichtsoort.clone()),
        ("outcome", wanted.outcome.map(|outcome| outcome.name().to_owned())),
        ("transport", wanted.transport.map(|stage| stage.word().to_owned())),
        ("identificatie", wanted.identificatie.clone()),
        ("afzender", wanted.afzender.clone()),
        ("ontvanger", wanted.ontvanger.clone()),
    ];
    for (column, value) in columns {
        if let Some(value) = value {
            query.push(format!(" AND b.{column} = ")).push_bind(value);
        }
    }
    // A partial index is used only where its own condition stands.
    if wanted.outcome.is_some_and(|outcome| outcome != crate::store::Outcome::Accepted) {
        query.push(" AND b.outcome <> 'accepted'");
    }
}

fn subjects(query: &mut QueryBuilder<Db>, wanted: &BerichtQuery) {
    for (column, value) in [("retourcode", &wanted.retourcode), ("rule", &wanted.rule)] {
        if let Some(value) = value {
            query.push(format!(" AND b.id IN (SELECT bericht_id FROM finding WHERE {column} = "));
            query.push_bind(value.clone()).push(")");
        }
    }
    if let Some(nummer) = &wanted.declaratie_nummer {
        query.push(" AND b.id IN (SELECT bericht_id FROM declaratie WHERE declaratie_nummer = ");
        query.push_bind(nummer.clone()).push(")");
    }
    if let Some(nummer) = wanted.toewijzing_nummer {
        let subject = format!("toewijzing/{nummer}");
        query.push(" AND b.id IN (SELECT bericht_id FROM about WHERE subject = ").push_bind(subject.clone());
        query.push(
            " UNION SELECT p.bericht_id FROM about a JOIN prestatie p ON p.gemeente = a.gemeente
                AND p.aanbieder = a.aanbieder AND NOT p.void AND p.toewijzing_nummer = ",
        );
        query.push_bind(nummer).push(" WHERE a.subject = ").push_bind(subject).push(")");
    }
    if let Some(bsn) = &wanted.bsn {
        let subject = format!("client/{}", bsn.digits());
        query.push(" AND b.id IN (SELECT bericht_id FROM about WHERE subject = ").push_bind(subject);
        query.push(" UNION SELECT bericht_id FROM prestatie WHERE bsn = ").push_bind(bsn.digits().to_owned()).push(")");
    }
}
