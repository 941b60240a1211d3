//! What is known of clients: toewijzingen and starts, each as one bericht put it.
//!
//! Nothing is overwritten: a refused bericht is marked, so that what it changed can be taken back.

use super::super::Connection;
use super::Result;
use super::record::stale_unless;
use crate::domain::Partij;
use crate::domain::levering::StartKey;
use crate::domain::waarde::{Bsn, Value};
use crate::store::{LedgerChange, NewToewijzing};

/// Gemeente, aanbieder and Bsn, and the revision that the verdict was based on.
type Client = (Partij, Partij, Bsn, i64);

/// The compare-and-set of a verdict. A client that is not known has revision 0.
pub async fn advance_revision(conn: &mut Connection, (gemeente, aanbieder, bsn, revision): &Client) -> Result<()> {
    const FIRST: &str = "INSERT INTO client (gemeente, aanbieder, bsn, revision) VALUES ($1, $2, $3, $4 + 1)
        ON CONFLICT (gemeente, aanbieder, bsn) DO NOTHING";
    const NEXT: &str = "UPDATE client SET revision = revision + 1
        WHERE gemeente = $1 AND aanbieder = $2 AND bsn = $3 AND revision = $4";
    let done = sqlx::query(if *revision == 0 { FIRST } else { NEXT })
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(bsn.digits())
        .bind(revision)
        .execute(conn)
        .await?;
    stale_unless(done.rows_affected() == 1)
}

/// Removals first: a bericht may take back a start and report it anew.
pub async fn change_ledger(
    conn: &mut Connection,
    client: &Client,
    bericht_id: &str,
    ledger: &LedgerChange,
) -> Result<()> {
    const START: &str = "INSERT INTO start (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, categorie,
            code, begindatum)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    for key in &ledger.removed_starts {
        remove_start(conn, client, key, bericht_id).await?;
    }
    let (gemeente, aanbieder, bsn, _) = client;
    for (nr, start) in (0_i64..).zip(&ledger.starts) {
        sqlx::query(START)
            .bind(bericht_id)
            .bind(nr)
            .bind(gemeente.code())
            .bind(aanbieder.code())
            .bind(bsn.digits())
            .bind(start.key.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&start.key.categorie)
            .bind(&start.key.code)
            .bind(start.key.begindatum.to_text())
            .execute(&mut *conn)
            .await?;
    }
    for (nr, toewijzing) in (0_i64..).zip(&ledger.toewijzingen) {
        insert_toewijzing(conn, client, toewijzing, (bericht_id, nr)).await?;
    }
    Ok(())
}

async fn remove_start(conn: &mut Connection, client: &Client, key: &StartKey, bericht_id: &str) -> Result<()> {
    const REMOVE: &str = "UPDATE start SET removed_by = $1
        WHERE gemeente = $2 AND aanbieder = $3 AND bsn = $4 AND NOT refused AND removed_by IS NULL
            AND toewijzing_nummer IS NOT DISTINCT FROM $5 AND categorie IS NOT DISTINCT FROM $6
            AND code IS NOT DISTINCT FROM $7 AND begindatum = $8";
    let (gemeente, aanbieder, bsn, _) = client;
    sqlx::query(REMOVE)
        .bind(bericht_id)
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(bsn.digits())
        .bind(key.toewijzing_nummer.map(|nummer| nummer.0))
        .bind(&key.categorie)
        .bind(&key.code)
        .bind(key.begindatum.to_text())
        .execute(conn)
        .await?;
    Ok(())
}

async fn insert_toewijzing(
    conn: &mut Connection,
    (gemeente, aanbieder, bsn, _): &Client,
    toewijzing: &NewToewijzing,
    (bericht_id, nr): (&str, i64),
) -> Result<()> {
    const TOEWIJZING: &str = "INSERT INTO toewijzing (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer,
            toewijzingsdatum, toewijzingstijd, categorie, code, ingangsdatum, einddatum, verwijderd)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    sqlx::query(TOEWIJZING)
        .bind(bericht_id)
        .bind(nr)
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(bsn.digits())
        .bind(toewijzing.toewijzing_nummer.0)
        .bind(toewijzing.toewijzingsdatum.to_text())
        .bind(toewijzing.toewijzingstijd.to_text())
        .bind(&toewijzing.categorie)
        .bind(&toewijzing.code)
        .bind(toewijzing.ingangsdatum.to_text())
        .bind(toewijzing.einddatum.map(|day| day.to_text()))
        .bind(toewijzing.verwijderd)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes this heenbericht count as not sent: what it put in is refused, what it removed comes back.
pub async fn take_out(conn: &mut Connection, heenbericht_id: &str) -> Result<()> {
    // The client first, as for every verdict about it; its history changes as well.
    const STEPS: [&str; 4] = [
        "UPDATE client SET revision = revision + 1
            WHERE (gemeente, aanbieder, bsn) IN (
                SELECT gemeente, aanbieder, bsn FROM toewijzing WHERE bericht_id = $1
                UNION SELECT gemeente, aanbieder, bsn FROM start WHERE bericht_id = $1 OR removed_by = $1)",
        "UPDATE toewijzing SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE start SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE start SET removed_by = NULL WHERE removed_by = $1",
    ];
    for step in STEPS {
        sqlx::query(step).bind(heenbericht_id).execute(&mut *conn).await?;
    }
    Ok(())
}
