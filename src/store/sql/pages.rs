//! What the pages ask for. See [`crate::store::PagesStore`].

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Database, Db, Row};
use super::deadline::{VIEW, concerning, views};
use super::find::{berichten_giving, find_berichten, list_berichten};
use super::row::{Fields, day_in_order};
use super::steer::{standing, view};
use super::{Result, audit};
use crate::domain::{Partij, Timestamp};
use crate::store::{
    After, AuditView, BerichtQuery, BerichtView, DeadlineView, Look, Owner, PagesStore, ParcelGroup, ParcelView,
    WorkGroup, WorkQuery,
};

#[async_trait]
impl PagesStore for Database {
    async fn work_groups(&self, partij: Option<&Partij>, before: Timestamp) -> Result<Vec<WorkGroup>> {
        self.read((partij, before), work_groups).await
    }

    async fn work(&self, query: &WorkQuery, after: After<'_>, limit: u32) -> Result<Vec<DeadlineView>> {
        self.read((query, after, limit), work).await
    }

    async fn due_days(
        &self,
        partij: Option<&Partij>,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<(NaiveDate, i64)>> {
        self.read((partij, first, last), due_days).await
    }

    async fn parcel_groups(&self) -> Result<Vec<ParcelGroup>> {
        self.read((), parcel_groups).await
    }

    async fn parcels_of_group(&self, group: &ParcelGroup, after: After<'_>, limit: u32) -> Result<Vec<ParcelView>> {
        self.read((group, after, limit), parcels_of_group).await
    }

    async fn deeds(&self, bericht_id: Option<&str>, before: Option<i64>, limit: u32) -> Result<Vec<AuditView>> {
        self.read((bericht_id, before, limit), audit::deeds).await
    }

    async fn find_berichten(&self, query: &BerichtQuery, after: After<'_>, limit: u32) -> Result<Vec<BerichtView>> {
        self.read((query, after, limit), find_berichten).await
    }

    async fn list_berichten(&self, query: &BerichtQuery, after: After<'_>, limit: u32) -> Result<Vec<BerichtView>> {
        self.read((query, after, limit), list_berichten).await
    }

    async fn berichten_giving(&self, code: &str, partij: Option<&Partij>, limit: u32) -> Result<Vec<BerichtView>> {
        self.read((code, partij, limit), berichten_giving).await
    }

    async fn keep_look(&self, look: &Look) -> Result<()> {
        self.write((look,), keep_look).await
    }
}

async fn work_groups(conn: &mut Connection, partij: Option<&Partij>, before: Timestamp) -> Result<Vec<WorkGroup>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new(
        "SELECT u.responsible, u.clock, u.answer, COUNT(CASE WHEN u.state = 'overdue' THEN 1 END) AS late,
            COUNT(CASE WHEN u.state <> 'overdue' THEN 1 END) AS soon, COUNT(a.deadline_id) AS taken, MIN(u.due) AS first_due
        FROM (SELECT * FROM deadline d WHERE d.state IN ('open', 'due-soon', 'overdue') AND d.state = 'overdue'",
    );
    concerning(&mut query, partij);
    // In so many words, as the indexes of what is awaited have it.
    query.push(
        " UNION ALL SELECT * FROM deadline d WHERE d.state IN ('open', 'due-soon', 'overdue') AND d.state <> 'overdue'",
    );
    concerning(&mut query, partij);
    query.push(" AND d.due_at <= ").push_bind(before);
    query.push(") u LEFT JOIN acknowledged a ON a.deadline_id = u.id");
    query.push(" GROUP BY u.responsible, u.clock, u.answer ORDER BY 7, 1, 2, 3");
    query.build().fetch_all(conn).await?.iter().map(work_group).collect()
}

fn work_group(row: &Row) -> Result<WorkGroup> {
    let fields = Fields::of("deadline", "responsible", row);
    Ok(WorkGroup {
        responsible: fields.get("responsible")?,
        clock: fields.get("clock")?,
        answer: fields.get("answer")?,
        late: fields.get("late")?,
        soon: fields.get("soon")?,
        taken: fields.get("taken")?,
        first_due: fields.get("first_due")?,
    })
}

async fn work(conn: &mut Connection, wanted: &WorkQuery, after: Option<&str>, limit: u32) -> Result<Vec<DeadlineView>> {
    let mut query = QueryBuilder::new(VIEW);
    query.push("d.state IN ('open', 'due-soon', 'overdue')");
    if wanted.only_late {
        query.push(" AND d.state = 'overdue'");
    }
    concerning(&mut query, wanted.partij.as_ref());
    let named = [("responsible", &wanted.responsible), ("clock", &wanted.clock), ("answer", &wanted.answer)];
    for (column, value) in named {
        if let Some(value) = value {
            query.push(format!(" AND d.{column} = ")).push_bind(value.clone());
        }
    }
    if let Some(day) = wanted.due_from {
        query.push(" AND d.due >= ").push_bind(day_in_order(day));
    }
    if let Some(day) = wanted.due_by {
        query.push(" AND d.due <= ").push_bind(day_in_order(day));
    }
    match &wanted.owner {
        Owner::Any => {}
        Owner::Nobody => {
            query.push(" AND a.owner IS NULL");
        }
        Owner::Named(name) => {
            query.push(" AND a.owner = ").push_bind(name.clone());
        }
    }
    if let Some(id) = after {
        query.push(" AND (d.due, d.id) > (SELECT due, id FROM deadline WHERE id = ").push_bind(id.to_owned()).push(")");
    }
    query.push(" ORDER BY d.due, d.id LIMIT ").push_bind(i64::from(limit));
    views(conn, &mut query).await
}

async fn due_days(
    conn: &mut Connection,
    partij: Option<&Partij>,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(NaiveDate, i64)>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new("SELECT d.due, COUNT(*) AS waiting FROM deadline d");
    query
        .push(" WHERE d.state IN ('open', 'due-soon', 'overdue') AND d.state <> 'overdue' AND d.due >= ")
        .push_bind(first)
        .push(" AND d.due <= ")
        .push_bind(last);
    concerning(&mut query, partij);
    query.push(" GROUP BY d.due ORDER BY d.due");
    let day = |row: &Row| {
        let fields = Fields::of("deadline", "due", row);
        Ok((fields.get("due")?, fields.get("waiting")?))
    };
    query.build().fetch_all(conn).await?.iter().map(day).collect()
}

/// What is not delivered, and what nobody gave up or sent anew.
const UNDELIVERED: &str =
    "WHERE p.state <> 'delivered' AND p.replaced_by IS NULL AND (p.stopped IS NULL OR p.stopped <> 'given-up')";

async fn parcel_groups(conn: &mut Connection) -> Result<Vec<ParcelGroup>> {
    let groups = format!(
        "SELECT u.standing, u.last_reason, COUNT(*) AS count, COUNT(DISTINCT u.ontvanger) AS receivers
         FROM ({} {UNDELIVERED}) u GROUP BY u.standing, u.last_reason
         ORDER BY CASE u.standing WHEN 'unclear' THEN 0 WHEN 'stuck' THEN 1 WHEN 'refused' THEN 2 WHEN 'held' THEN 3 ELSE 4 END,
            MAX(u.seq) DESC",
        standing()
    );
    let group = |row: &Row| {
        let fields = Fields::of("parcel", "standing", row);
        Ok(ParcelGroup {
            standing: fields.get("standing")?,
            reason: fields.get("last_reason")?,
            count: fields.get("count")?,
            receivers: fields.get("receivers")?,
        })
    };
    sqlx::query(AssertSqlSafe(groups)).fetch_all(conn).await?.iter().map(group).collect()
}

async fn parcels_of_group(
    conn: &mut Connection,
    group: &ParcelGroup,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ParcelView>> {
    let parcels = format!(
        "SELECT u.* FROM ({} {UNDELIVERED}
            AND (CAST($3 AS TEXT) IS NULL OR p.seq < (SELECT seq FROM parcel WHERE referentienummer = $3))) u
         WHERE u.standing = $1 AND (u.last_reason = $2 OR (u.last_reason IS NULL AND CAST($2 AS TEXT) IS NULL))
         ORDER BY u.seq DESC LIMIT $4",
        standing()
    );
    let asked = sqlx::query(AssertSqlSafe(parcels))
        .bind(&group.standing)
        .bind(group.reason.as_deref())
        .bind(after)
        .bind(i64::from(limit));
    asked.fetch_all(conn).await?.iter().map(view).collect()
}

async fn keep_look(conn: &mut Connection, look: &Look) -> Result<()> {
    audit::append(conn, (look.at, &look.who), look.what, look.bericht_id.as_deref(), &look.detail).await
}
