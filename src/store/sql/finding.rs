//! What was found in berichten: a row each. A bericht in which nothing was found has none.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use sqlx::QueryBuilder;

use super::super::{Connection, Row};
use super::Result;
use super::batch::Batch;
use super::facts::{CHUNK, one_of};
use super::row::Fields;
use crate::domain::Partij;
use crate::domain::finding::{ClientLine, Finding, Level, Position, Severity};
use crate::domain::judging::text::{Kept, text_of};
use crate::store::{NewBericht, Place, Receipt};

/// A finding, and in which kind of bericht it was.
const FINDING: &str = "SELECT f.*, b.soort, b.release FROM finding f JOIN bericht b ON b.id = f.bericht_id ";

/// Keeps some of what was found in this bericht.
pub fn insert_findings(batch: &mut Batch, bericht: &NewBericht, range: Range<usize>) {
    const INSERT: &str = "INSERT INTO finding (bericht_id, nr, level, severity, rule, retourcode, klasse, path, client,
            in_client, file_line, file_column, text)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let kind = bericht.header.as_ref().map_or(("", ""), |header| (header.soort.name(), header.release));
    for (nr, finding) in bericht.receipt.findings.iter().enumerate().skip(range.start).take(range.len()) {
        let at = finding.client_line();
        let is_what_the_rule_says = said_by_rule(finding, kind).is_some_and(|text| text == finding.text);
        batch
            .statement(INSERT)
            .bind(&bericht.id)
            .bind(number(nr))
            .bind(finding.level.name())
            .bind(finding.severity.name())
            .bind(finding.regel.as_deref())
            .bind(finding.retour_code.as_deref())
            .bind(finding.klasse.as_ref().map(ToString::to_string))
            .bind(finding.path.as_str())
            .bind(at.map(|at| number(at.client + 1)))
            .bind(at.and_then(|at| at.line).map(|line| number(line + 1)))
            .bind(finding.position.map(|position| number(position.line)))
            .bind(finding.position.map(|position| number(position.column)))
            .bind((!is_what_the_rule_says).then_some(finding.text.as_ref()));
    }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn said_by_rule(finding: &Finding, (berichtsoort, release): (&str, &str)) -> Option<&'static str> {
    let (regel, retour_code) = (finding.regel.as_deref()?, finding.retour_code.as_deref());
    text_of(&Kept { regel, retour_code, severity: finding.severity, berichtsoort, release })
}

/// What was found, by bericht.
pub struct Found(HashMap<String, Vec<Finding>>);

/// What was found in the berichten of these rows, of which `id` is a column; the first `most` in each (`None`: all).
pub async fn findings_in(conn: &mut Connection, rows: &[Row], most: Option<usize>) -> Result<Found> {
    let ids = rows.iter().map(|row| Fields::of("bericht", "id", row).get("id")).collect::<Result<Vec<String>>>()?;
    let mut found = Found(HashMap::new());
    for chunk in ids.chunks(CHUNK) {
        let mut query = QueryBuilder::new(FINDING);
        one_of(&mut query, "WHERE f.bericht_id IN ", chunk.iter().cloned());
        if let Some(most) = most {
            query.push(" AND f.nr < ").push_bind(number(most));
        }
        query.push(" ORDER BY f.bericht_id, f.nr");
        for row in &query.build().fetch_all(&mut *conn).await? {
            let bericht_id = Fields::of("finding", "bericht_id", row).get("bericht_id")?;
            found.0.entry(bericht_id).or_default().push(finding(row)?);
        }
    }
    Ok(found)
}

impl Found {
    /// The receipt in a row of `bericht`, with what was found; that is taken out.
    pub fn receipt(&mut self, row: &Row) -> Result<Receipt> {
        let fields = Fields::of("bericht", "id", row);
        let receipt: Receipt = fields.parse("receipt", |text| serde_json::from_str(text).ok())?;
        let id: String = fields.get("id")?;
        Ok(Receipt { findings: self.0.remove(&id).unwrap_or_default(), ..receipt })
    }
}

/// See [`crate::store::DeclaratieStore::declaratie_findings`].
pub async fn of_declaratie(
    conn: &mut Connection,
    (id, partij): (&str, Option<&Partij>),
    lines: Option<&[Place]>,
) -> Result<Vec<Finding>> {
    let mut query = QueryBuilder::new(FINDING);
    query.push("JOIN declaratie d ON d.bericht_id = f.bericht_id WHERE f.bericht_id = ").push_bind(id.to_owned());
    if let Some(partij) = partij {
        query.push(" AND ").push_bind(partij.code().to_owned()).push(" IN (d.gemeente, d.aanbieder)");
    }
    let clients = lines.map(|lines| lines.iter().map(|at| i64::from(at.client)).collect::<BTreeSet<_>>());
    if let Some(clients) = clients.filter(|clients| clients.len() <= CHUNK) {
        if clients.is_empty() {
            return Ok(Vec::new());
        }
        one_of(&mut query, " AND f.client IN ", clients);
    }
    query.push(" ORDER BY f.nr");
    let wanted: Option<HashSet<ClientLine>> =
        lines.map(|lines| lines.iter().flat_map(|at| [at.client(), at.line()]).collect());
    let is_wanted = |finding: &Finding| {
        wanted.as_ref().is_none_or(|wanted| finding.client_line().is_some_and(|at| wanted.contains(&at)))
    };
    let found = query.build().fetch_all(conn).await?;
    let found = found.iter().map(finding).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(is_wanted).collect())
}

fn finding(row: &Row) -> Result<Finding> {
    let fields = Fields::of("finding", "bericht_id", row);
    let (soort, release): (Option<String>, Option<String>) = (fields.get("soort")?, fields.get("release")?);
    let position = fields.number_if_any("file_line")?.zip(fields.number_if_any("file_column")?);
    let mut finding = Finding {
        level: fields.parse("level", Level::from_name)?,
        severity: fields.parse("severity", Severity::from_name)?,
        regel: fields.get::<Option<&str>>("rule")?.map(Into::into),
        retour_code: fields.get::<Option<&str>>("retourcode")?.map(Into::into),
        klasse: fields.parse_if_any("klasse", |text| text.parse().ok())?,
        path: fields.parse("path", |text| text.parse().ok())?,
        position: position.map(|(line, column)| Position { line, column }),
        text: Cow::default(),
    };
    let kind = (soort.as_deref().unwrap_or_default(), release.as_deref().unwrap_or_default());
    let (kept, said): (Option<String>, _) = (fields.get("text")?, said_by_rule(&finding, kind));
    finding.text = match (finding.level, kept, said) {
        // An agreement may say more than its text: which amount, for instance.
        (Level::Local, Some(kept), _) | (_, Some(kept), None) => Cow::Owned(kept),
        (_, _, Some(said)) => Cow::Borrowed(said),
        (_, None, None) => Cow::default(),
    };
    Ok(finding)
}
