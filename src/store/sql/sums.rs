//! What the lines of one declaratie add up to.

use std::collections::BTreeMap;

use super::super::{Connection, Row};
use super::Result;
use super::prestatie::GRANTED;
use super::row::Fields;
use crate::domain::Partij;
use crate::store::{LineSums, ToewijzingSum};

/// See [`crate::store::DeclaratieStore::line_sums`].
pub async fn line_sums(conn: &mut Connection, (id, partij): (&str, Option<&Partij>), most: u32) -> Result<LineSums> {
    const IS_THEIRS: &str = "SELECT 1 FROM declaratie d
        WHERE d.bericht_id = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (d.gemeente, d.aanbieder))";
    let asked = sqlx::query(IS_THEIRS).bind(id).bind(partij.map(Partij::code));
    if asked.fetch_optional(&mut *conn).await?.is_none() {
        return Ok(LineSums::default());
    }
    Ok(LineSums { rules: rules(conn, id).await?, toewijzingen: toewijzingen(conn, id, most).await? })
}

/// By what was found in lines, and by what was found in a client as a whole: that holds for all lines of the client.
async fn rules(conn: &mut Connection, id: &str) -> Result<Vec<(String, i64)>> {
    const OF_LINES: &str = "SELECT f.rule, COUNT(*) AS lines FROM (SELECT DISTINCT rule, client, in_client FROM finding
            WHERE bericht_id = $1 AND severity = 'error' AND rule IS NOT NULL AND in_client IS NOT NULL) f
        GROUP BY f.rule";
    const OF_CLIENTS: &str = "SELECT f.rule, COUNT(*) AS lines FROM (SELECT DISTINCT rule, client FROM finding
            WHERE bericht_id = $1 AND severity = 'error' AND rule IS NOT NULL AND in_client IS NULL
                AND client IS NOT NULL) f
        JOIN prestatie p ON p.bericht_id = $1 AND p.client = f.client GROUP BY f.rule";
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for statement in [OF_LINES, OF_CLIENTS] {
        for row in &sqlx::query(statement).bind(id).fetch_all(&mut *conn).await? {
            let fields = Fields::of("finding", "rule", row);
            *counts.entry(fields.get("rule")?).or_default() += fields.get::<i64>("lines")?;
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
    Ok(counts)
}

async fn toewijzingen(conn: &mut Connection, id: &str, most: u32) -> Result<Vec<ToewijzingSum>> {
    let sign = "CASE p.debet_credit WHEN 'C' THEN -1 ELSE 1 END";
    let sql = format!(
        "SELECT p.toewijzing_nummer, p.eenheid, COUNT(*) AS lines, COUNT({GRANTED}) AS granted_lines,
            CAST(SUM({sign} * p.geleverd_volume) AS BIGINT) AS volume,
            CAST(COALESCE(SUM(CASE WHEN {GRANTED} IS NOT NULL THEN {sign} * p.geleverd_volume END), 0) AS BIGINT)
                AS granted_volume,
            CAST(SUM({sign} * p.bedrag) AS BIGINT) AS bedrag,
            CAST(COALESCE(SUM({sign} * {GRANTED}), 0) AS BIGINT) AS toegekend
        FROM prestatie p WHERE p.bericht_id = $1 GROUP BY p.toewijzing_nummer, p.eenheid
        ORDER BY SUM({sign} * (p.bedrag - COALESCE({GRANTED}, 0))) DESC, p.toewijzing_nummer LIMIT $2"
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(i64::from(most)).fetch_all(conn).await?;
    rows.iter().map(toewijzing).collect()
}

fn toewijzing(row: &Row) -> Result<ToewijzingSum> {
    let fields = Fields::of("prestatie", "toewijzing_nummer", row);
    Ok(ToewijzingSum {
        toewijzing_nummer: fields.get("toewijzing_nummer")?,
        eenheid: fields.get("eenheid")?,
        lines: fields.number("lines")?,
        granted_lines: fields.number("granted_lines")?,
        volume: fields.get("volume")?,
        granted_volume: fields.get("granted_volume")?,
        bedrag: fields.get("bedrag")?,
        toegekend: fields.get("toegekend")?,
    })
}
