//! Written orders on which support begins: how soon after the toewijzing is then not watched (MLW-12b).

use chrono::NaiveDate;
use serde_json::json;

use super::super::{Connection, Row};
use super::batch::Batch;
use super::facts::{Pair, toewijzingen_numbered};
use super::row::Fields;
use super::{Result, audit};
use crate::domain::Timestamp;
use crate::domain::berichten::waarde::{ToewijzingNummer, Value};
use crate::domain::facts::history::{Subject, ToewijzingFact, Toewijzingen};
use crate::store::{DeadlineState, Spoed, SpoedWithdrawal};

const SPOED: &str = "toewijzing.spoed";
const WITHDRAWN: &str = "toewijzing.spoed-withdrawn";

/// See [`crate::store::DeadlineStore::record_spoed`].
///
/// The revision of the toewijzing advances, so that a toewijzing that is judged meanwhile is judged again.
pub async fn record_spoed(conn: &mut Connection, spoed: &Spoed) -> Result<Spoed> {
    const RECORD: &str = "INSERT INTO spoed (gemeente, aanbieder, toewijzing_nummer, dag, referentie, told_at, told_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (gemeente, aanbieder, toewijzing_nummer) DO NOTHING";
    const KEPT: &str = "SELECT * FROM spoed WHERE gemeente = $1 AND aanbieder = $2 AND toewijzing_nummer = $3";
    const VOID: &str = "UPDATE deadline SET state = 'void', closed_at = $4, changed_at = $4
        WHERE clock || '' = 'start-na-toewijzing' AND subject = $3 AND state IN ('open', 'due-soon', 'overdue', 'waived')
            AND bericht_id IN (SELECT bericht_id FROM toewijzing WHERE gemeente = $1 AND aanbieder = $2
                AND toewijzing_nummer = $5)";
    let (gemeente, aanbieder, nummer) = (spoed.gemeente.code(), spoed.aanbieder.code(), spoed.toewijzing_nummer);
    let recorded = sqlx::query(RECORD)
        .bind(gemeente)
        .bind(aanbieder)
        .bind(nummer.0)
        .bind(spoed.dag.to_text())
        .bind(&spoed.referentie)
        .bind(spoed.at)
        .bind(&spoed.by)
        .execute(&mut *conn)
        .await?;
    if recorded.rows_affected() == 1 {
        advance_revision(conn, (&spoed.gemeente, &spoed.aanbieder), nummer).await?;
        sqlx::query(VOID)
            .bind(gemeente)
            .bind(aanbieder)
            .bind(nummer.to_string())
            .bind(spoed.at)
            .bind(nummer.0)
            .execute(&mut *conn)
            .await?;
        let detail = json!({"gemeente": gemeente, "aanbieder": aanbieder, "toewijzing_nummer": nummer.0, "dag": spoed.dag,
            "referentie": spoed.referentie});
        audit::append(conn, (spoed.at, &spoed.by), SPOED, None, &detail.to_string()).await?;
    }
    let row = sqlx::query(KEPT).bind(gemeente).bind(aanbieder).bind(nummer.0).fetch_one(conn).await?;
    kept(&row, (&spoed.gemeente, &spoed.aanbieder), nummer)
}

async fn advance_revision(
    conn: &mut Connection,
    (gemeente, aanbieder): Pair<'_>,
    nummer: ToewijzingNummer,
) -> Result<()> {
    const REVISION: &str = "INSERT INTO revision (gemeente, aanbieder, subject, revision) VALUES ($1, $2, $3, 1)
        ON CONFLICT (gemeente, aanbieder, subject) DO UPDATE SET revision = revision.revision + 1";
    let subject = Subject::Toewijzing(nummer).key();
    sqlx::query(REVISION).bind(gemeente.code()).bind(aanbieder.code()).bind(subject).execute(conn).await?;
    Ok(())
}

fn kept(row: &Row, (gemeente, aanbieder): Pair<'_>, toewijzing_nummer: ToewijzingNummer) -> Result<Spoed> {
    let fields = Fields::of("spoed", "gemeente", row);
    Ok(Spoed {
        gemeente: gemeente.clone(),
        aanbieder: aanbieder.clone(),
        toewijzing_nummer,
        dag: fields.parse("dag", Value::from_text)?,
        referentie: fields.get("referentie")?,
        at: fields.get("told_at")?,
        by: fields.get("told_by")?,
    })
}

/// See [`crate::store::DeadlineStore::withdraw_spoed`].
///
/// The revision advances before starts are looked for: one that is recorded at the same time is seen here, or is judged again
/// and stops the clock itself.
pub async fn withdraw_spoed(conn: &mut Connection, withdrawal: &SpoedWithdrawal) -> Result<Option<Spoed>> {
    const TAKE: &str =
        "DELETE FROM spoed WHERE gemeente = $1 AND aanbieder = $2 AND toewijzing_nummer = $3 RETURNING *";
    let SpoedWithdrawal { gemeente, aanbieder, toewijzing_nummer: nummer, withdrawn } = withdrawal;
    let pair = (gemeente, aanbieder);
    let take = sqlx::query(TAKE).bind(gemeente.code()).bind(aanbieder.code()).bind(nummer.0);
    let Some(row) = take.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let spoed = kept(&row, pair, *nummer)?;
    advance_revision(conn, pair, *nummer).await?;
    watch_again(conn, pair, *nummer, withdrawn.at).await?;
    let detail = json!({"gemeente": gemeente.code(), "aanbieder": aanbieder.code(), "toewijzing_nummer": nummer.0,
        "dag": spoed.dag, "referentie": spoed.referentie, "reason": withdrawn.reason});
    audit::append(conn, (withdrawn.at, &withdrawn.by), WITHDRAWN, None, &detail.to_string()).await?;
    Ok(Some(spoed))
}

/// A start that was reported: its day, the bericht, and when that came in.
type Reported = (NaiveDate, String, Timestamp);

/// The clock that did not run for an order runs again, or is where it would stand.
async fn watch_again(conn: &mut Connection, pair: Pair<'_>, nummer: ToewijzingNummer, at: Timestamp) -> Result<()> {
    // What a bericht or the network made void stays so.
    const CLOCKS: &str = "SELECT k.id, k.due, EXISTS (SELECT 1 FROM transition t
            WHERE t.deadline_id = k.id AND t.state = 'overdue') AS raised
        FROM deadline k WHERE k.bericht_id = $1 AND k.clock || '' = 'start-na-toewijzing' AND k.subject = $2
            AND k.state = 'void' AND k.closed_by IS NULL AND NOT EXISTS (SELECT 1 FROM parcel p
                WHERE p.bericht_id = k.bericht_id AND p.state = 'refused' AND p.kind <> 'Fo01')";
    const SET: &str = "UPDATE deadline SET state = $2, closed_at = $3, closed_by = $4, changed_at = $5, next_at = $5
        WHERE id = $1";
    let toewijzingen: Toewijzingen = toewijzingen_numbered(conn, pair, &[nummer.0]).await?.into_iter().collect();
    let Some(current) = toewijzingen.current(nummer) else { return Ok(()) };
    let started = first_start(conn, pair, nummer).await?;
    for version in toewijzingen.versions(nummer) {
        let clocks = sqlx::query(CLOCKS).bind(&version.bericht_id).bind(nummer.to_string());
        for row in clocks.fetch_all(&mut *conn).await? {
            let fields = Fields::of("deadline", "id", &row);
            let (id, due): (String, NaiveDate) = (fields.get("id")?, fields.get("due")?);
            let state = match &started {
                Some((begindatum, ..)) if *begindatum <= due => DeadlineState::Met,
                Some(_) => DeadlineState::Late,
                None if !needs_start(current, due) => continue,
                None if fields.get("raised")? => DeadlineState::Overdue,
                None => DeadlineState::Open,
            };
            let (closed_at, closed_by) = started.clone().map(|(_, by, at)| (at, by)).unzip();
            let set = sqlx::query(SET).bind(id).bind(state.name()).bind(closed_at).bind(closed_by).bind(at);
            set.execute(&mut *conn).await?;
        }
    }
    Ok(())
}

/// Whether support is to begin within the term by the version that holds.
fn needs_start(current: &ToewijzingFact, due: NaiveDate) -> bool {
    !current.verwijderd && current.einddatum.is_none_or(|last| last > due.max(current.ingangsdatum))
}

/// The first day on which support on a toewijzing began, as far as that was reported.
async fn first_start(
    conn: &mut Connection,
    (gemeente, aanbieder): Pair<'_>,
    nummer: ToewijzingNummer,
) -> Result<Option<Reported>> {
    const FIRST: &str = "SELECT s.bericht_id, s.begindatum, b.received_at FROM start s JOIN bericht b ON b.id = s.bericht_id
        WHERE s.gemeente = $1 AND s.aanbieder = $2 AND s.toewijzing_nummer = $3 AND NOT s.refused AND s.removed_by IS NULL
        ORDER BY s.begindatum, s.bericht_id LIMIT 1";
    let first = sqlx::query(FIRST).bind(gemeente.code()).bind(aanbieder.code()).bind(nummer.0);
    let Some(row) = first.fetch_optional(conn).await? else { return Ok(None) };
    let fields = Fields::of("start", "bericht_id", &row);
    let begindatum = fields.parse("begindatum", Value::from_text)?;
    Ok(Some((begindatum, fields.get("bericht_id")?, fields.get("received_at")?)))
}

/// Asks for those of these toewijzingen on which support begins on a written order.
pub fn ask_spoed(batch: &mut Batch, (gemeente, aanbieder): Pair<'_>, nummers: &[i64]) {
    batch.statement("SELECT gemeente, toewijzing_nummer FROM spoed WHERE gemeente = ").push_bind(gemeente.code());
    batch.push(" AND aanbieder = ").push_bind(aanbieder.code());
    batch.push(" AND toewijzing_nummer IN ").list(nummers.iter().copied());
}

/// Their numbers.
pub fn read_spoed(rows: &[Row]) -> Result<Vec<ToewijzingNummer>> {
    rows.iter()
        .map(|row| Ok(ToewijzingNummer(Fields::of("spoed", "gemeente", row).get("toewijzing_nummer")?)))
        .collect()
}
