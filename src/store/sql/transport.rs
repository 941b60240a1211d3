//! How far a bericht came: the stage in its row, to be found by, and what told so.
//!
//! Of a postbus and of a retour their own rows tell; here stand what the network said, and the answer to a verzoek.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Row};
use super::Result;
use super::batch::Batch;
use super::facts::one_of;
use super::row::Fields;
use crate::domain::{Berichtsoort, Timestamp};
use crate::store::{Effect, Entry, NewBericht, Outcome, Stage, Step, StoreError};

const STEP: &str =
    "INSERT INTO transport (bericht_id, stage, at, evidence) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";

/// Where the bericht of an entry stands once all of the entry is true; `None`: it goes nowhere.
pub fn stage_of(entry: &Entry) -> Option<Stage> {
    let bericht = &entry.bericht;
    match &entry.retour {
        _ if bericht.outcome == Outcome::Refused => None,
        Some(retour) if entry.answered_by().is_some() => Some(answered(entry, retour)),
        Some(_) | None => Some(lying(entry, &bericht.id)),
    }
}

/// Where a bericht lies that is recorded for the first time and not answered yet.
pub fn lying(entry: &Entry, id: &str) -> Stage {
    if entry.postbus.iter().any(|(bericht_id, _)| bericht_id == id) { Stage::HandedOver } else { Stage::Stored }
}

/// What an answer makes of the bericht that it answers.
pub fn answered(entry: &Entry, answer: &NewBericht) -> Stage {
    let refuses = match &entry.answers {
        Some(answering) => answering.effect == Effect::Refuses,
        // Of a declaratie with rejected lines alone the antwoord answers; one that was not judged by line was refused.
        None => match &entry.ledger.declaratie {
            Some(declaratie) => declaratie.void,
            None => entry.bericht.outcome == Outcome::Rejected,
        },
    };
    let is_retour = answer.header.as_ref().is_some_and(|header| header.soort.is_retour());
    match (is_retour, refuses) {
        (_, true) => Stage::Refused,
        (true, false) => Stage::Retour,
        (false, false) => Stage::Answered,
    }
}

/// Which earlier stages a bericht may come to this one from, as SQL.
fn earlier(stage: Stage) -> String {
    let words = Stage::ALL.into_iter().filter(|earlier| stage.may_follow(*earlier));
    words.map(|earlier| format!("'{}'", earlier.word())).collect::<Vec<_>>().join(", ")
}

/// A bericht that waited lies in the postbus now.
pub fn hand_over(batch: &mut Batch, id: &str) {
    let sql = format!(
        "UPDATE bericht SET transport = 'handed-over' WHERE id = $1 AND transport IN ({})",
        earlier(Stage::HandedOver)
    );
    batch.statement(sql).bind(id);
}

/// The answer to a verzoek came.
pub fn answer_verzoek(batch: &mut Batch, id: &str, by: &NewBericht) {
    batch.statement(STEP).bind(id).bind(Stage::Answered.word()).bind(Some(by.received_at)).bind(&by.id);
    let sql = format!(
        "UPDATE bericht SET transport = 'answered' WHERE id = $1 AND transport IN ({})",
        earlier(Stage::Answered)
    );
    batch.statement(sql).bind(id);
}

/// Keeps that a bericht came so far, unless it is further; the same again is kept once.
pub async fn reach(conn: &mut Connection, bericht_id: &str, step: &Step) -> Result<()> {
    let sql = format!("UPDATE bericht SET transport = $2 WHERE id = $1 AND transport IN ({})", earlier(step.stage));
    let moved = sqlx::query(AssertSqlSafe(sql)).bind(bericht_id).bind(step.stage.word()).execute(&mut *conn).await?;
    if moved.rows_affected() == 1 {
        let kept = sqlx::query(STEP).bind(bericht_id).bind(step.stage.word()).bind(step.at).bind(&step.evidence);
        kept.execute(conn).await?;
    }
    Ok(())
}

/// The addressee took it out of its postbus.
pub async fn reach_by_postbus(conn: &mut Connection, bericht_id: &str) -> Result<()> {
    let sql = format!(
        "UPDATE bericht SET transport = 'fetched' WHERE id = $1 AND transport IN ({})",
        earlier(Stage::Fetched)
    );
    sqlx::query(AssertSqlSafe(sql)).bind(bericht_id).execute(conn).await?;
    Ok(())
}

/// The same for the bericht inside a parcel, while no other parcel took its place. A Fo01 only tells about a bericht.
pub async fn reach_inside(conn: &mut Connection, referentienummer: &str, step: &Step) -> Result<()> {
    const INSIDE: &str =
        "SELECT bericht_id FROM parcel WHERE referentienummer = $1 AND kind <> 'Fo01' AND replaced_by IS NULL";
    let inside: Option<String> = sqlx::query_scalar(INSIDE).bind(referentienummer).fetch_optional(&mut *conn).await?;
    match inside {
        Some(bericht_id) => reach(conn, &bericht_id, step).await,
        None => Ok(()),
    }
}

/// What is told besides of the bericht inside a parcel.
pub async fn record_inside(conn: &mut Connection, referentienummer: &str, step: &Step) -> Result<()> {
    const TELL: &str = "INSERT INTO transport (bericht_id, stage, at, evidence)
        SELECT bericht_id, $2, $3, $4 FROM parcel WHERE referentienummer = $1 AND kind <> 'Fo01' AND replaced_by IS NULL
        ON CONFLICT DO NOTHING";
    let kept = sqlx::query(TELL).bind(referentienummer).bind(step.stage.word()).bind(step.at).bind(&step.evidence);
    kept.execute(conn).await?;
    Ok(())
}

/// What told how far berichten came, by their id.
#[derive(Default)]
pub struct Steps(HashMap<String, Vec<Step>>);

/// What told so of these rows of `bericht`.
pub async fn steps_of(conn: &mut Connection, rows: &[Row]) -> Result<Steps> {
    const NETWORK: &str = "SELECT bericht_id, stage, at, evidence FROM transport";
    const POSTBUS: &str = "SELECT p.bericht_id, b.received_at, p.picked_up_at FROM bericht b
        JOIN postbus p ON p.bericht_id = b.id AND p.partij IN (b.afzender, b.ontvanger)";
    const RETOUR: &str = "SELECT b.id AS bericht_id, b.transport, r.id, r.received_at, r.soort FROM bericht b
        JOIN bericht r ON r.id = b.retour_id";
    let ids = rows.iter().map(|row| Fields::of("bericht", "id", row).get("id")).collect::<Result<Vec<String>>>()?;
    let mut steps = Steps(HashMap::new());
    if ids.is_empty() {
        return Ok(steps);
    }
    for row in &rows_of(conn, NETWORK, " WHERE bericht_id IN ", &ids).await? {
        let fields = Fields::of("transport", "bericht_id", row);
        let (at, evidence): (Timestamp, String) = (fields.get("at")?, fields.get("evidence")?);
        steps.add(&fields, fields.parse("stage", Stage::from_word)?, at, &evidence)?;
    }
    for row in &rows_of(conn, POSTBUS, " WHERE b.id IN ", &ids).await? {
        let fields = Fields::of("postbus", "bericht_id", row);
        steps.add(&fields, Stage::HandedOver, fields.get("received_at")?, "postbus")?;
        if let Some(at) = fields.get("picked_up_at")? {
            steps.add(&fields, Stage::Fetched, at, "postbus")?;
        }
    }
    for row in &rows_of(conn, RETOUR, " WHERE b.id IN ", &ids).await? {
        let fields = Fields::of("bericht", "bericht_id", row);
        let evidence: String = fields.get("id")?;
        steps.add(&fields, said_by(&fields)?, fields.get("received_at")?, &evidence)?;
    }
    for of_one in steps.0.values_mut() {
        of_one.sort_by_key(|step| step.at);
    }
    Ok(steps)
}

/// What the retour or antwoord of a row says of its heenbericht.
fn said_by(fields: &Fields<'_>) -> Result<Stage> {
    let soort: Option<Berichtsoort> = fields.parse_if_any("soort", Berichtsoort::from_name)?;
    let stage = fields.parse_if_any("transport", Stage::from_word)?;
    Ok(match (soort.is_some_and(Berichtsoort::is_retour), stage) {
        (_, Some(Stage::Refused)) => Stage::Refused,
        (true, _) => Stage::Retour,
        (false, _) => Stage::Answered,
    })
}

async fn rows_of(conn: &mut Connection, select: &str, column_in: &str, ids: &[String]) -> Result<Vec<Row>, StoreError> {
    let mut query = QueryBuilder::new(select);
    one_of(&mut query, column_in, ids.iter().cloned());
    Ok(query.build().fetch_all(conn).await?)
}

impl Steps {
    fn add(&mut self, fields: &Fields<'_>, stage: Stage, at: Timestamp, evidence: &str) -> Result<()> {
        let step = Step { stage, at, evidence: evidence.to_owned() };
        self.0.entry(fields.get("bericht_id")?).or_default().push(step);
        Ok(())
    }

    /// Of this bericht; that is taken out.
    pub fn of(&mut self, id: &str) -> Vec<Step> {
        self.0.remove(id).unwrap_or_default()
    }
}
