//! Written orders on which support begins: how soon after the toewijzing is then not watched (MLW-12b).

use serde_json::json;

use super::super::{Connection, Row};
use super::batch::Batch;
use super::facts::Pair;
use super::row::Fields;
use super::{Result, audit};
use crate::domain::history::Subject;
use crate::domain::waarde::{ToewijzingNummer, Value};
use crate::store::Spoed;

const SPOED: &str = "toewijzing.spoed";

/// See [`crate::store::Store::tell_spoed`].
///
/// The revision of the toewijzing advances, so that a toewijzing that is judged meanwhile is judged again.
pub async fn tell_spoed(conn: &mut Connection, spoed: &Spoed) -> Result<Spoed> {
    const REVISION: &str = "INSERT INTO revision (gemeente, aanbieder, subject, revision) VALUES ($1, $2, $3, 1)
        ON CONFLICT (gemeente, aanbieder, subject) DO UPDATE SET revision = revision.revision + 1";
    const TELL: &str = "INSERT INTO spoed (gemeente, aanbieder, toewijzing_nummer, dag, referentie, told_at, told_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (gemeente, aanbieder, toewijzing_nummer) DO NOTHING";
    const KEPT: &str = "SELECT * FROM spoed WHERE gemeente = $1 AND aanbieder = $2 AND toewijzing_nummer = $3";
    const VOID: &str = "UPDATE deadline SET state = 'void', closed_at = $4
        WHERE clock = 'start-na-toewijzing' AND subject = $3 AND state IN ('open', 'overdue')
            AND bericht_id IN (SELECT bericht_id FROM toewijzing WHERE gemeente = $1 AND aanbieder = $2
                AND toewijzing_nummer = $5)";
    let (gemeente, aanbieder, nummer) = (spoed.gemeente.code(), spoed.aanbieder.code(), spoed.toewijzing_nummer);
    let told = sqlx::query(TELL)
        .bind(gemeente)
        .bind(aanbieder)
        .bind(nummer.0)
        .bind(spoed.dag.to_text())
        .bind(&spoed.referentie)
        .bind(spoed.at)
        .bind(&spoed.by)
        .execute(&mut *conn)
        .await?;
    if told.rows_affected() == 1 {
        let subject = Subject::Toewijzing(nummer).key();
        sqlx::query(REVISION).bind(gemeente).bind(aanbieder).bind(subject).execute(&mut *conn).await?;
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
    let fields = Fields::of("spoed", "gemeente", &row);
    Ok(Spoed {
        dag: fields.parse("dag", Value::from_text)?,
        referentie: fields.get("referentie")?,
        at: fields.get("told_at")?,
        by: fields.get("told_by")?,
        ..spoed.clone()
    })
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
