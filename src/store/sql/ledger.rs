//! The ledger: toewijzingen, starts, stops, verzoeken and antwoorden, each as one bericht put it.
//!
//! Nothing is overwritten: a refused bericht is marked, so that what it changed can be taken back. The state of a
//! toewijzing is what can be folded from these rows.

use std::ops::Range;

use super::super::Connection;
use super::Result;
use super::batch::Batch;
use super::declaratie::{grant_lines, insert_declaratie};
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::release::Property;
use crate::domain::berichten::waarde::{Bsn, Value};
use crate::domain::{Release, Timestamp};
use crate::store::{About, Effect, LedgerChange, NewToewijzing};

/// Where a row comes from: the bericht and the place in it.
type Origin<'a> = (&'a str, i64);

/// The compare-and-set of a verdict. A subject that is not known has revision 0.
pub fn advance_revisions(batch: &mut Batch, about: &About) {
    const FIRST: &str = "INSERT INTO revision (gemeente, aanbieder, subject, revision) VALUES ($1, $2, $3, 1)
        ON CONFLICT (gemeente, aanbieder, subject) DO NOTHING";
    // Joined, as SQLite looks at all rows for an IN of several.
    const NEXT: &str = "UPDATE revision SET revision = revision.revision + 1
        FROM (VALUES ($1, $2, $3, CAST($4 AS BIGINT))) AS known
        WHERE gemeente = known.column1 AND aanbieder = known.column2 AND subject = known.column3
            AND revision.revision = known.column4";
    let mut subjects: Vec<(String, i64)> =
        about.revisions.iter().map(|(subject, revision)| (subject.key(), *revision)).collect();
    // Whoever waits for a row of another waits in the same order; and those that are new stand together.
    subjects.sort_by(|one, other| (one.1 > 0, &one.0).cmp(&(other.1 > 0, &other.0)));
    for (subject, revision) in subjects {
        batch.statement(if revision == 0 { FIRST } else { NEXT });
        batch.bind(about.gemeente.code()).bind(about.aanbieder.code()).bind(subject);
        if revision > 0 {
            batch.bind(revision);
        }
        batch.exactly_one();
    }
}

/// Keeps which bericht was about what, of these subjects.
pub fn insert_about(batch: &mut Batch, about: &About, bericht_id: &str, range: Range<usize>) {
    for (subject, _) in &about.revisions[range] {
        batch
            .statement("INSERT INTO about (bericht_id, gemeente, aanbieder, subject) VALUES ($1, $2, $3, $4)")
            .bind(bericht_id)
            .bind(about.gemeente.code())
            .bind(about.aanbieder.code())
            .bind(subject.key());
    }
}

/// Removals first: a bericht may take back a start or stop and report it anew (IV008).
pub fn change_ledger(batch: &mut Batch, about: &About, id: &str, ledger: &LedgerChange) {
    if let Some(bsn) = &about.bsn {
        let client = Client { about, bsn };
        client.remove(batch, id, ledger);
        client.add(batch, id, ledger);
    }
    if let Some((referentie_aanbieder, antwoord)) = &ledger.antwoord {
        const ANTWOORD: &str = "INSERT INTO antwoord (bericht_id, gemeente, aanbieder, referentie_aanbieder,
                verzoek_antwoord)
            VALUES ($1, $2, $3, $4, $5)";
        batch
            .statement(ANTWOORD)
            .bind(id)
            .bind(about.gemeente.code())
            .bind(about.aanbieder.code())
            .bind(referentie_aanbieder)
            .bind(antwoord.to_text());
    }
    if let Some(declaratie) = &ledger.declaratie {
        insert_declaratie(batch, about, id, declaratie);
    }
}

/// A client between a gemeente and an aanbieder.
struct Client<'a> {
    about: &'a About,
    bsn: &'a Bsn,
}

impl Client<'_> {
    fn remove(&self, batch: &mut Batch, id: &str, ledger: &LedgerChange) {
        for key in &ledger.removed_starts {
            self.remove_start(batch, key, id);
        }
        for (key, release) in &ledger.removed_stops {
            self.remove_stop(batch, key, *release, id);
        }
    }

    fn add(&self, batch: &mut Batch, id: &str, ledger: &LedgerChange) {
        for (nr, key) in (0_i64..).zip(&ledger.starts) {
            self.insert_start(batch, key, (id, nr));
        }
        for (nr, key) in (0_i64..).zip(&ledger.stops) {
            self.insert_stop(batch, key, (id, nr));
        }
        for (nr, toewijzing) in (0_i64..).zip(&ledger.toewijzingen) {
            self.insert_toewijzing(batch, toewijzing, (id, nr));
        }
        for (nr, referentie_aanbieder) in (0_i64..).zip(&ledger.verzoeken) {
            self.insert_verzoek(batch, referentie_aanbieder, (id, nr));
        }
    }

    fn remove_start(&self, batch: &mut Batch, key: &StartKey, id: &str) {
        const REMOVE: &str = "UPDATE start SET removed_by = $1
            WHERE gemeente = $2 AND aanbieder = $3 AND bsn = $4 AND NOT refused AND removed_by IS NULL
                AND toewijzing_nummer IS NOT DISTINCT FROM $5 AND categorie IS NOT DISTINCT FROM $6
                AND code IS NOT DISTINCT FROM $7 AND begindatum = $8";
        batch
            .statement(REMOVE)
            .bind(id)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.categorie)
            .bind(&key.code)
            .bind(key.begindatum.to_text());
    }

    fn remove_stop(&self, batch: &mut Batch, key: &StopKey, release: Release, id: &str) {
        const REMOVE: &str = "UPDATE stop SET removed_by = $1
            WHERE gemeente = $2 AND aanbieder = $3 AND bsn = $4 AND NOT refused AND removed_by IS NULL
                AND toewijzing_nummer IS NOT DISTINCT FROM $5 AND categorie IS NOT DISTINCT FROM $6
                AND code IS NOT DISTINCT FROM $7 AND begindatum = $8 AND einddatum = $9
                AND (CAST($10 AS TEXT) IS NULL OR reden_beeindiging = $10)";
        let reden = release.has(Property::RedenInStopKey).then_some(&key.reden_beeindiging);
        batch
            .statement(REMOVE)
            .bind(id)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.start.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.start.categorie)
            .bind(&key.start.code)
            .bind(key.start.begindatum.to_text())
            .bind(key.einddatum.to_text())
            .bind(reden);
    }

    fn insert_start(&self, batch: &mut Batch, key: &StartKey, (id, nr): Origin<'_>) {
        const START: &str = "INSERT INTO start (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, categorie,
                code, begindatum)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        batch
            .statement(START)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(key.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(&key.categorie)
            .bind(&key.code)
            .bind(key.begindatum.to_text());
    }

    fn insert_stop(&self, batch: &mut Batch, key: &StopKey, (id, nr): Origin<'_>) {
        const STOP: &str = "INSERT INTO stop (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, categorie,
                code, begindatum, reden_beeindiging, einddatum)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        batch
            .statement(STOP)
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
            .bind(key.einddatum.to_text());
    }

    fn insert_toewijzing(&self, batch: &mut Batch, toewijzing: &NewToewijzing, (id, nr): Origin<'_>) {
        const TOEWIJZING: &str = "INSERT INTO toewijzing (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer,
                referentie_aanbieder, toewijzingsdatum, toewijzingstijd, categorie, code, ingangsdatum, einddatum,
                volume, eenheid, frequentie, budget, verwijderd)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
        let (product, omvang) = (toewijzing.product.as_ref(), toewijzing.omvang.as_ref());
        batch
            .statement(TOEWIJZING)
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
            .bind(toewijzing.verwijderd);
    }

    fn insert_verzoek(&self, batch: &mut Batch, referentie: &str, (id, nr): Origin<'_>) {
        const VERZOEK: &str = "INSERT INTO verzoek (bericht_id, nr, gemeente, aanbieder, bsn, referentie_aanbieder)
            VALUES ($1, $2, $3, $4, $5, $6)";
        batch
            .statement(VERZOEK)
            .bind(id)
            .bind(nr)
            .bind(self.about.gemeente.code())
            .bind(self.about.aanbieder.code())
            .bind(self.bsn.digits())
            .bind(referentie);
    }
}

/// What an answer makes of its heenbericht.
pub async fn apply(conn: &mut Connection, heenbericht_id: &str, effect: &Effect, at: Timestamp) -> Result<()> {
    match effect {
        Effect::Accepts => Ok(()),
        Effect::Refuses => take_out(conn, heenbericht_id, at).await,
        Effect::Returns(lines) => grant_lines(conn, heenbericht_id, lines, at).await,
    }
}

/// Makes this heenbericht count as not sent: what it put in is refused, what it removed comes back.
async fn take_out(conn: &mut Connection, heenbericht_id: &str, at: Timestamp) -> Result<()> {
    // The subjects first, as for every verdict about them; their history changes as well.
    const STEPS: [&str; 11] = [
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
    ];
    const CLOCKS: &str = "UPDATE deadline SET state = 'void', changed_at = $2 WHERE bericht_id = $1
        AND clock NOT IN ('retour', 'declaratie-antwoord') AND state IN ('open', 'due-soon', 'overdue', 'waived')";
    for step in STEPS {
        sqlx::query(step).bind(heenbericht_id).execute(&mut *conn).await?;
    }
    sqlx::query(CLOCKS).bind(heenbericht_id).bind(at).execute(conn).await?;
    Ok(())
}
