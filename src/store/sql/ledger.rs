//! The ledger: toewijzingen, starts, stops, verzoeken and antwoorden, each as one bericht put it.
//!
//! Nothing is overwritten: a refused bericht is marked, so that what it changed can be taken back. The state of a
//! toewijzing is what can be folded from these rows.

use std::collections::BTreeMap;
use std::ops::Range;

use sqlx::QueryBuilder;

use super::super::{Connection, Db};
use super::Result;
use super::declaratie::{insert_declaratie, reject_lines};
use super::facts::{CHUNK, Pair, of_pair, one_of};
use super::record::stale_unless;
use crate::domain::Release;
use crate::domain::levering::{StartKey, StopKey};
use crate::domain::waarde::{Bsn, Value};
use crate::store::{About, Effect, LedgerChange, NewToewijzing};

/// Where a row comes from: the bericht and the place in it.
type Origin<'a> = (&'a str, i64);

/// The compare-and-set of a verdict. A subject that is not known has revision 0.
///
/// Those of one revision together: a declaratie is about thousands of clients.
pub async fn advance_revisions(conn: &mut Connection, about: &About) -> Result<()> {
    let mut by_revision: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for (subject, revision) in &about.revisions {
        by_revision.entry(*revision).or_default().push(subject.key());
    }
    let pair = (&about.gemeente, &about.aanbieder);
    for (revision, mut subjects) in by_revision {
        subjects.sort();
        for chunk in subjects.chunks(CHUNK) {
            let mut query = if revision == 0 { first(pair, chunk) } else { next(pair, chunk, revision) };
            let done = query.build().execute(&mut *conn).await?;
            stale_unless(done.rows_affected() == chunk.len() as u64)?;
        }
    }
    Ok(())
}

/// Gives these subjects, of which nothing was recorded before, their first revision.
fn first((gemeente, aanbieder): Pair<'_>, subjects: &[String]) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::new("INSERT INTO revision (gemeente, aanbieder, subject, revision) ");
    query.push_values(subjects, |mut row, subject| {
        row.push_bind(gemeente.code().to_owned()).push_bind(aanbieder.code().to_owned());
        row.push_bind(subject.clone()).push("1");
    });
    query.push(" ON CONFLICT (gemeente, aanbieder, subject) DO NOTHING");
    query
}

/// Gives these subjects the revision after this one.
fn next(pair: Pair<'_>, subjects: &[String], revision: i64) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::new("UPDATE revision SET revision = revision + 1 WHERE ");
    of_pair(&mut query, "", pair);
    query.push(" AND revision = ").push_bind(revision);
    one_of(&mut query, " AND subject IN ", subjects.iter().cloned());
    query
}

/// Keeps which bericht was about what, of these subjects.
pub async fn insert_about(conn: &mut Connection, about: &About, bericht_id: &str, range: Range<usize>) -> Result<()> {
    for chunk in about.revisions[range].chunks(CHUNK) {
        let mut query = QueryBuilder::new("INSERT INTO about (bericht_id, gemeente, aanbieder, subject) ");
        query.push_values(chunk, |mut row, (subject, _)| {
            row.push_bind(bericht_id.to_owned());
            row.push_bind(about.gemeente.code().to_owned()).push_bind(about.aanbieder.code().to_owned());
            row.push_bind(subject.key());
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

/// Removals first: a bericht may take back a start or stop and report it anew (IV008).
pub async fn change_ledger(conn: &mut Connection, about: &About, id: &str, ledger: &LedgerChange) -> Result<()> {
    if let Some(bsn) = &about.bsn {
        let client = Client { about, bsn };
        client.remove(conn, id, ledger).await?;
        client.add(conn, id, ledger).await?;
    }
    if let Some((referentie_aanbieder, antwoord)) = &ledger.antwoord {
        const ANTWOORD: &str = "INSERT INTO antwoord (bericht_id, gemeente, aanbieder, referentie_aanbieder,
                verzoek_antwoord)
            VALUES ($1, $2, $3, $4, $5)";
        sqlx::query(ANTWOORD)
            .bind(id)
            .bind(about.gemeente.code())
            .bind(about.aanbieder.code())
            .bind(referentie_aanbieder)
            .bind(antwoord.to_text())
            .execute(&mut *conn)
            .await?;
    }
    if let Some(declaratie) = &ledger.declaratie {
        insert_declaratie(conn, about, id, declaratie).await?;
    }
    Ok(())
}

/// A client between a gemeente and an aanbieder.
struct Client<'a> {
    about: &'a About,
    bsn: &'a Bsn,
}

impl Client<'_> {
    async fn remove(&self, conn: &mut Connection, id: &str, ledger: &LedgerChange) -> Result<()> {
        for key in &ledger.removed_starts {
            self.remove_start(conn, key, id).await?;
        }
        for (key, release) in &ledger.removed_stops {
            self.remove_stop(conn, key, *release, id).await?;
        }
        Ok(())
    }

    async fn add(&self, conn: &mut Connection, id: &str, ledger: &LedgerChange) -> Result<()> {
        for (nr, key) in (0_i64..).zip(&ledger.starts) {
            self.insert_start(conn, key, (id, nr)).await?;
        }
        for (nr, key) in (0_i64..).zip(&ledger.stops) {
            self.insert_stop(conn, key, (id, nr)).await?;
        }
        for (nr, toewijzing) in (0_i64..).zip(&ledger.toewijzingen) {
            self.insert_toewijzing(conn, toewijzing, (id, nr)).await?;
        }
        for (nr, referentie_aanbieder) in (0_i64..).zip(&ledger.verzoeken) {
            self.insert_verzoek(conn, referentie_aanbieder, (id, nr)).await?;
        }
        Ok(())
    }

    async fn remove_start(&self, conn: &mut Connection, key: &StartKey, id: &str) -> Result<()> {
        const REMOVE: &str = "UPDATE start SET removed_by = $1
            WHERE gemeente = $2 AND aanbieder = $3 AND bsn = $4 AND NOT refused AND removed_by IS NULL
                AND toewijzing_nummer IS NOT DISTINCT FROM $5 AND categorie IS NOT DISTINCT FROM $6
                AND code IS NOT DISTINCT FROM $7 AND begindatum = $8";
        sqlx::query(REMOVE)
            .bind(id)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.categorie)
            .bind(&key.code)
            .bind(key.begindatum.to_text())
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn remove_stop(&self, conn: &mut Connection, key: &StopKey, release: Release, id: &str) -> Result<()> {
        const REMOVE: &str = "UPDATE stop SET removed_by = $1
            WHERE gemeente = $2 AND aanbieder = $3 AND bsn = $4 AND NOT refused AND removed_by IS NULL
                AND toewijzing_nummer IS NOT DISTINCT FROM $5 AND categorie IS NOT DISTINCT FROM $6
                AND code IS NOT DISTINCT FROM $7 AND begindatum = $8 AND einddatum = $9
                AND (CAST($10 AS TEXT) IS NULL OR reden_beeindiging = $10)";
        let reden = match release {
            Release::V2_3 => None,
            Release::V3_2 => Some(&key.reden_beeindiging),
        };
        sqlx::query(REMOVE)
            .bind(id)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.start.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.start.categorie)
            .bind(&key.start.code)
            .bind(key.start.begindatum.to_text())
            .bind(key.einddatum.to_text())
            .bind(reden)
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn insert_start(&self, conn: &mut Connection, key: &StartKey, (id, nr): Origin<'_>) -> Result<()> {
        const START: &str = "INSERT INTO start (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, categorie,
                code, begindatum)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        sqlx::query(START)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.categorie)
            .bind(&key.code)
            .bind(key.begindatum.to_text())
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn insert_stop(&self, conn: &mut Connection, key: &StopKey, (id, nr): Origin<'_>) -> Result<()> {
        const STOP: &str = "INSERT INTO stop (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, categorie,
                code, begindatum, reden_beeindiging, einddatum)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        sqlx::query(STOP)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.start.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.start.categorie)
            .bind(&key.start.code)
            .bind(key.start.begindatum.to_text())
            .bind(&key.reden_beeindiging)
            .bind(key.einddatum.to_text())
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn insert_toewijzing(
        &self,
        conn: &mut Connection,
        toewijzing: &NewToewijzing,
        (id, nr): Origin<'_>,
    ) -> Result<()> {
        const TOEWIJZING: &str = "INSERT INTO toewijzing (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer,
                referentie_aanbieder, toewijzingsdatum, toewijzingstijd, categorie, code, ingangsdatum, einddatum,
                volume, eenheid, frequentie, budget, verwijderd)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
        let (product, omvang) = (toewijzing.product.as_ref(), toewijzing.omvang.as_ref());
        sqlx::query(TOEWIJZING)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(toewijzing.toewijzing_nummer.0)
            .bind(&toewijzing.referentie_aanbieder)
            .bind(toewijzing.toewijzingsdatum.to_text())
            .bind(toewijzing.toewijzingstijd.to_text())
            .bind(product.map(|product| product.categorie.to_text()))
            .bind(product.and_then(|product| product.code.as_ref()).map(Value::to_text))
            .bind(toewijzing.ingangsdatum.to_text())
            .bind(toewijzing.einddatum.map(|day| day.to_text()))
            .bind(omvang.map(|omvang| omvang.volume))
            .bind(omvang.map(|omvang| omvang.eenheid.to_text()))
            .bind(omvang.map(|omvang| omvang.frequentie.to_text()))
            .bind(toewijzing.budget)
            .bind(toewijzing.verwijderd)
            .execute(conn)
            .await?;
        Ok(())
    }

    async fn insert_verzoek(&self, conn: &mut Connection, referentie: &str, (id, nr): Origin<'_>) -> Result<()> {
        const VERZOEK: &str = "INSERT INTO verzoek (bericht_id, nr, gemeente, aanbieder, bsn, referentie_aanbieder)
            VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(VERZOEK)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(referentie)
            .execute(conn)
            .await?;
        Ok(())
    }
}

/// What an answer makes of its heenbericht.
pub async fn apply(conn: &mut Connection, heenbericht_id: &str, effect: &Effect) -> Result<()> {
    match effect {
        Effect::Accepts => Ok(()),
        Effect::Refuses => take_out(conn, heenbericht_id).await,
        Effect::Rejects(lines) => reject_lines(conn, heenbericht_id, lines).await,
    }
}

/// Makes this heenbericht count as not sent: what it put in is refused, what it removed comes back.
async fn take_out(conn: &mut Connection, heenbericht_id: &str) -> Result<()> {
    // The subjects first, as for every verdict about them; their history changes as well.
    const STEPS: [&str; 12] = [
        "UPDATE revision SET revision = revision + 1
            WHERE (gemeente, aanbieder, subject) IN (
                SELECT gemeente, aanbieder, subject FROM about WHERE bericht_id = $1)",
        "UPDATE toewijzing SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE start SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE start SET removed_by = NULL WHERE removed_by = $1",
        "UPDATE stop SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE stop SET removed_by = NULL WHERE removed_by = $1",
        "UPDATE verzoek SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE antwoord SET refused = TRUE WHERE bericht_id = $1",
        "UPDATE declaratie SET void = TRUE WHERE bericht_id = $1",
        "UPDATE prestatie SET void = TRUE WHERE bericht_id = $1",
        // The number of a declaratie or factuur that was refused as a whole is free again (TR324).
        "UPDATE bericht SET identity = NULL WHERE id = $1 AND soort = 'WMO303'",
        "UPDATE deadline SET state = 'void' WHERE bericht_id = $1 AND clock NOT IN ('retour', 'declaratie-antwoord')
            AND state IN ('open', 'overdue')",
    ];
    for step in STEPS {
        sqlx::query(step).bind(heenbericht_id).execute(&mut *conn).await?;
    }
    Ok(())
}
