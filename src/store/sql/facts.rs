//! Facts of the ledger, as a history needs them: only what counts, oldest first.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use sqlx::QueryBuilder;

use super::super::{Connection, Db, Row};
use super::Result;
use super::batch::Batch;
use super::prestatie::{LINE, prestatie};
use super::row::Fields;
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::toewijzing::{Omvang, Product};
use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer, Value, VerzoekAntwoord};
use crate::domain::facts::history::{
    Elsewhere, GrantedElsewhere, Leveringen, PrestatieFact, ReportedStart, StartFact, StopFact, Subject,
    SupportElsewhere, ToewijzingFact, VerzoekFact,
};
use crate::domain::{Berichtsoort, Partij, Timestamp};
use crate::store::DeclaredLine;

/// A gemeente and an aanbieder.
pub type Pair<'a> = (&'a Partij, &'a Partij);

/// How many values one query asks for at most.
pub const CHUNK: usize = 500;

/// Asks how often something was recorded about these subjects; at most [`CHUNK`].
pub fn ask_revisions(batch: &mut Batch, pair: Pair<'_>, subjects: &[Subject]) {
    const REVISIONS: &str = "SELECT subject, revision FROM revision WHERE gemeente = $1 AND aanbieder = $2
        AND subject IN ";
    of(batch.statement(REVISIONS), pair).list(subjects.iter().map(Subject::key));
}

/// Adds what was answered, by the key of the subject; one of which nothing was recorded has none.
pub fn read_revisions(rows: &[Row], revisions: &mut HashMap<String, i64>) -> Result<()> {
    for row in rows {
        let fields = Fields::of("revision", "subject", row);
        revisions.insert(fields.get("subject")?, fields.get("revision")?);
    }
    Ok(())
}

/// Of each version the one that came first, among those that were not refused. The caller adds which ones.
const VERSIONS: &str =
    "SELECT t.*, b.received_at, b.dagtekening FROM toewijzing t JOIN bericht b ON b.id = t.bericht_id
    WHERE NOT t.refused AND NOT EXISTS (SELECT 1 FROM toewijzing e
        WHERE e.gemeente = t.gemeente AND e.aanbieder = t.aanbieder
            AND e.toewijzing_nummer = t.toewijzing_nummer AND e.toewijzingsdatum = t.toewijzingsdatum
            AND e.toewijzingstijd = t.toewijzingstijd AND NOT e.refused
            AND (e.bericht_id, e.nr) < (t.bericht_id, t.nr)) AND t.gemeente = $1 AND t.aanbieder = $2 AND ";

/// Asks for all versions of the toewijzingen with these numbers; at most [`CHUNK`].
pub fn ask_toewijzingen(batch: &mut Batch, pair: Pair<'_>, nummers: &[i64]) {
    of(batch.statement(VERSIONS), pair).push("t.toewijzing_nummer IN ").list(nummers.iter().copied());
    batch.push(" ORDER BY t.bericht_id, t.nr");
}

/// Asks for all versions of the toewijzingen of a client.
pub fn ask_toewijzingen_of_client(batch: &mut Batch, pair: Pair<'_>, bsn: &Bsn) {
    of(batch.statement(VERSIONS), pair).push("t.bsn = ").push_bind(bsn.digits());
    batch.push(" ORDER BY t.bericht_id, t.nr");
}

/// The versions that were asked for.
pub fn read_toewijzingen(rows: &[Row]) -> Result<Vec<ToewijzingFact>> {
    rows.iter().map(toewijzing).collect()
}

/// All versions of the toewijzingen with these numbers.
pub async fn toewijzingen_numbered(
    conn: &mut Connection,
    pair: Pair<'_>,
    nummers: &[i64],
) -> Result<Vec<ToewijzingFact>> {
    let mut facts = Vec::new();
    for chunk in nummers.chunks(CHUNK) {
        let mut batch = Batch::default();
        ask_toewijzingen(&mut batch, pair, chunk);
        facts.append(&mut read_toewijzingen(&batch.fetch_one(conn).await?)?);
    }
    Ok(facts)
}

/// All versions of the toewijzingen of a client.
pub async fn toewijzingen_of_client(conn: &mut Connection, pair: Pair<'_>, bsn: &Bsn) -> Result<Vec<ToewijzingFact>> {
    let mut batch = Batch::default();
    ask_toewijzingen_of_client(&mut batch, pair, bsn);
    read_toewijzingen(&batch.fetch_one(conn).await?)
}

/// All versions of the toewijzingen of these clients.
pub async fn toewijzingen_of_clients(
    conn: &mut Connection,
    pair: Pair<'_>,
    bsns: &BTreeSet<&str>,
) -> Result<Vec<ToewijzingFact>> {
    let bsns: Vec<&str> = bsns.iter().copied().collect();
    let mut facts = Vec::new();
    for chunk in bsns.chunks(CHUNK) {
        let mut batch = Batch::default();
        of(batch.statement(VERSIONS), pair).push("t.bsn IN ").list(chunk.iter().copied());
        batch.push(" ORDER BY t.bericht_id, t.nr");
        facts.extend(read_toewijzingen(&batch.fetch_one(conn).await?)?);
    }
    Ok(facts)
}

/// Those of these clients who ever had a toewijzing that was not refused.
pub async fn clients_with_toewijzing(conn: &mut Connection, pair: Pair<'_>, bsns: &[&Bsn]) -> Result<HashSet<Bsn>> {
    let mut clients = HashSet::new();
    for chunk in bsns.chunks(CHUNK) {
        let mut query = between("SELECT DISTINCT bsn FROM toewijzing WHERE NOT refused AND", "", pair);
        one_of(&mut query, " AND bsn IN ", chunk.iter().map(|bsn| bsn.digits().to_owned()));
        for row in query.build().fetch_all(&mut *conn).await? {
            let fields = Fields::of("toewijzing", "bsn", &row);
            clients.insert(fields.parse("bsn", Value::from_text)?);
        }
    }
    Ok(clients)
}

/// Asks for the live starts or stops of a client, in the order in which they were accepted.
pub fn ask_live(batch: &mut Batch, pair: Pair<'_>, table: &str, bsn: &Bsn) {
    let live = format!(
        "SELECT s.* FROM {table} s JOIN journal j ON j.bericht_id = s.bericht_id
        WHERE NOT s.refused AND s.removed_by IS NULL AND s.gemeente = $1 AND s.aanbieder = $2 AND s.bsn = $3
        ORDER BY j.seq, s.nr"
    );
    of(batch.statement(live), pair).bind(bsn.digits());
}

/// The starts that were asked for.
pub fn read_starts(rows: &[Row]) -> Result<Vec<StartFact>> {
    rows.iter().map(|row| Ok(StartFact { key: start_key(&Fields::of("start", "bericht_id", row))? })).collect()
}

/// Asks for every start that was reported on these toewijzingen and not refused; at most [`CHUNK`].
pub fn ask_reported_starts(batch: &mut Batch, pair: Pair<'_>, nummers: &[i64]) {
    const REPORTED: &str = "SELECT s.bericht_id, s.toewijzing_nummer, s.begindatum, b.received_at FROM start s
        JOIN bericht b ON b.id = s.bericht_id
        WHERE NOT s.refused AND s.gemeente = $1 AND s.aanbieder = $2 AND s.toewijzing_nummer IN ";
    of(batch.statement(REPORTED), pair).list(nummers.iter().copied());
}

/// The starts that were asked for.
pub fn read_reported_starts(rows: &[Row]) -> Result<Vec<ReportedStart>> {
    let reported = |row| {
        let fields = Fields::of("start", "bericht_id", row);
        Ok(ReportedStart {
            toewijzing_nummer: ToewijzingNummer(fields.get("toewijzing_nummer")?),
            begindatum: fields.parse("begindatum", Value::from_text)?,
            received_at: fields.get("received_at")?,
        })
    };
    rows.iter().map(reported).collect()
}

/// The stops that were asked for.
pub fn read_stops(rows: &[Row]) -> Result<Vec<StopFact>> {
    rows.iter().map(|row| Ok(StopFact { key: stop_key(&Fields::of("stop", "bericht_id", row))? })).collect()
}

/// The live starts and stops of each of these clients.
pub async fn leveringen(conn: &mut Connection, pair: Pair<'_>, bsns: &[&Bsn]) -> Result<HashMap<Bsn, Leveringen>> {
    let mut found: HashMap<Bsn, Leveringen> = HashMap::new();
    for chunk in bsns.chunks(CHUNK) {
        for table in ["start", "stop"] {
            let live = format!("SELECT * FROM {table} WHERE NOT refused AND removed_by IS NULL AND");
            let mut query = between(&live, "", pair);
            one_of(&mut query, " AND bsn IN ", chunk.iter().map(|bsn| bsn.digits().to_owned()));
            query.push(" ORDER BY bericht_id, nr");
            for row in query.build().fetch_all(&mut *conn).await? {
                let fields = Fields::of(table, "bericht_id", &row);
                let of_client = found.entry(fields.parse("bsn", Value::from_text)?).or_default();
                if table == "start" {
                    of_client.starts.push(start_key(&fields)?);
                } else {
                    of_client.stops.push(stop_key(&fields)?);
                }
            }
        }
    }
    Ok(found)
}

/// What other aanbieders of this gemeente told of these clients.
pub async fn elsewhere(conn: &mut Connection, pair: Pair<'_>, bsns: &[Bsn]) -> Result<HashMap<Bsn, Elsewhere>> {
    let mut found: HashMap<Bsn, Elsewhere> = HashMap::new();
    for chunk in bsns.chunks(CHUNK) {
        for (bsn, support) in support_elsewhere(conn, pair, chunk).await? {
            found.entry(bsn).or_default().support.push(support);
        }
        for (bsn, granted) in granted_elsewhere(conn, pair, chunk).await? {
            found.entry(bsn).or_default().granted.push(granted);
        }
    }
    Ok(found)
}

/// The support that they reported.
async fn support_elsewhere(
    conn: &mut Connection,
    pair: Pair<'_>,
    bsns: &[Bsn],
) -> Result<Vec<(Bsn, SupportElsewhere)>> {
    // The first stop of these few, not of all that end first. The last version of the toewijzing by the text of its day and time: those of this century sort.
    const SUPPORT: &str = "SELECT s.*, (SELECT MIN(p.einddatum || '') FROM stop p
            WHERE p.gemeente = s.gemeente AND p.aanbieder = s.aanbieder AND p.bsn = s.bsn AND NOT p.refused
                AND p.removed_by IS NULL AND p.begindatum = s.begindatum
                AND (p.toewijzing_nummer = s.toewijzing_nummer
                    OR (p.toewijzing_nummer IS NULL AND s.toewijzing_nummer IS NULL AND p.code = s.code))) AS stopped,
            (SELECT t.einddatum FROM toewijzing t
            WHERE t.gemeente = s.gemeente AND t.aanbieder = s.aanbieder AND t.toewijzing_nummer = s.toewijzing_nummer
                AND NOT t.refused ORDER BY t.toewijzingsdatum DESC, t.toewijzingstijd DESC LIMIT 1) AS ends
        FROM start s WHERE NOT s.refused AND s.removed_by IS NULL";
    let mut query = QueryBuilder::new(SUPPORT);
    at_others(&mut query, "s.", pair, bsns);
    let rows = query.push(" ORDER BY s.bericht_id, s.nr").build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| {
            let fields = Fields::of("start", "bericht_id", row);
            let stopped: Option<NaiveDate> = fields.parse_if_any("stopped", Value::from_text)?;
            let ends: Option<NaiveDate> = fields.parse_if_any("ends", Value::from_text)?;
            let support = SupportElsewhere {
                categorie: fields.get("categorie")?,
                begindatum: fields.parse("begindatum", Value::from_text)?,
                einddatum: stopped.into_iter().chain(ends).min(),
            };
            Ok((fields.parse("bsn", Value::from_text)?, support))
        })
        .collect()
}

/// The lines that were granted to them, but for those that a granted credit took back. A start need not be reported.
async fn granted_elsewhere(
    conn: &mut Connection,
    pair: Pair<'_>,
    bsns: &[Bsn],
) -> Result<Vec<(Bsn, GrantedElsewhere)>> {
    // Lines have no index by client of their own: those with a number are found by the toewijzingen of the client.
    const ON_TOEWIJZING: &str = "toewijzing t JOIN prestatie p ON p.gemeente = t.gemeente AND p.aanbieder = t.aanbieder
            AND p.toewijzing_nummer = t.toewijzing_nummer AND p.bsn = t.bsn WHERE NOT t.refused";
    const WITHOUT_NUMBER: &str = "prestatie p WHERE p.toewijzing_nummer IS NULL";
    let mut granted = Vec::new();
    for (from, prefix) in [(ON_TOEWIJZING, "t."), (WITHOUT_NUMBER, "p.")] {
        let mut query = QueryBuilder::new(format!(
            "SELECT DISTINCT p.bericht_id, p.bsn, p.product_categorie, p.begindatum FROM {from}
                AND NOT p.void AND p.debet_credit = 'D' AND p.toegekend > 0 AND NOT EXISTS (SELECT 1 FROM prestatie c
                    WHERE c.vorig_referentie_nummer = p.referentie_nummer AND c.gemeente || '' = p.gemeente
                        AND c.aanbieder = p.aanbieder AND NOT c.void AND c.toegekend IS NOT NULL)"
        ));
        at_others(&mut query, prefix, pair, bsns);
        for row in query.build().fetch_all(&mut *conn).await? {
            let fields = Fields::of("prestatie", "bericht_id", &row);
            let line = GrantedElsewhere {
                categorie: fields.get("product_categorie")?,
                begindatum: fields.parse("begindatum", Value::from_text)?,
            };
            granted.push((fields.parse("bsn", Value::from_text)?, line));
        }
    }
    Ok(granted)
}

/// Narrows a query to these clients at other aanbieders of this gemeente.
fn at_others(query: &mut QueryBuilder<Db>, prefix: &str, (gemeente, aanbieder): Pair<'_>, bsns: &[Bsn]) {
    query.push(" AND ").push(prefix).push("gemeente = ").push_bind(gemeente.code().to_owned());
    query.push(" AND ").push(prefix).push("aanbieder <> ").push_bind(aanbieder.code().to_owned());
    query.push(" AND ").push(prefix);
    one_of(query, "bsn IN ", bsns.iter().map(|bsn| bsn.digits().to_owned()));
}

/// A verzoek, and whether a toewijzing honours it. The caller adds which ones.
const VERZOEK: &str = "SELECT v.*, b.soort, b.dagtekening, EXISTS (SELECT 1 FROM toewijzing t
            WHERE t.gemeente = v.gemeente AND t.aanbieder = v.aanbieder
                AND t.referentie_aanbieder = v.referentie_aanbieder AND NOT t.refused) AS honoured
    FROM verzoek v JOIN bericht b ON b.id = v.bericht_id WHERE NOT v.refused AND";

/// The verzoeken of a client.
pub async fn verzoeken_of_client(conn: &mut Connection, pair: Pair<'_>, bsn: &Bsn) -> Result<Vec<VerzoekFact>> {
    let mut query = between(VERZOEK, "v.", pair);
    query.push(" AND v.bsn = ").push_bind(bsn.digits().to_owned()).push(" ORDER BY v.bericht_id, v.nr");
    verzoeken(conn, pair, query).await
}

/// The verzoek of this name; at most one, as the name is used once (TR347).
pub async fn verzoeken_named(conn: &mut Connection, pair: Pair<'_>, naam: &str) -> Result<Vec<VerzoekFact>> {
    let mut query = between(VERZOEK, "v.", pair);
    query.push(" AND v.referentie_aanbieder = ").push_bind(naam.to_owned()).push(" ORDER BY v.bericht_id, v.nr");
    verzoeken(conn, pair, query).await
}

async fn verzoeken(conn: &mut Connection, pair: Pair<'_>, mut query: QueryBuilder<Db>) -> Result<Vec<VerzoekFact>> {
    let mut facts = Vec::new();
    for row in query.build().fetch_all(&mut *conn).await? {
        let fields = Fields::of("verzoek", "bericht_id", &row);
        let referentie_aanbieder: String = fields.get("referentie_aanbieder")?;
        facts.push(VerzoekFact {
            soort: fields.parse("soort", Berichtsoort::from_name)?,
            bsn: fields.parse("bsn", Value::from_text)?,
            dagtekening: fields.parse("dagtekening", Value::from_text)?,
            bericht_id: fields.get("bericht_id")?,
            antwoorden: antwoorden(conn, pair, &referentie_aanbieder).await?,
            honoured: fields.get("honoured")?,
            wijziging: None,
            referentie_aanbieder,
        });
    }
    Ok(facts)
}

/// What the gemeente said to a verzoek in a 319, in the order in which it came.
pub fn antwoorden_to(pair: Pair<'_>, naam: &str) -> QueryBuilder<Db> {
    const ANTWOORD: &str = "SELECT a.* FROM antwoord a JOIN journal j ON j.bericht_id = a.bericht_id
        WHERE NOT a.refused AND";
    let mut query = between(ANTWOORD, "a.", pair);
    query.push(" AND a.referentie_aanbieder = ").push_bind(naam.to_owned()).push(" ORDER BY j.seq");
    query
}

async fn antwoorden(conn: &mut Connection, pair: Pair<'_>, naam: &str) -> Result<Vec<VerzoekAntwoord>> {
    let mut query = antwoorden_to(pair, naam);
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| Fields::of("antwoord", "bericht_id", row).parse("verzoek_antwoord", Value::from_text))
        .collect()
}

/// The lines that were declared on these toewijzingen.
pub async fn lines_on(conn: &mut Connection, pair: Pair<'_>, nummers: &[i64]) -> Result<Vec<PrestatieFact>> {
    lines_about(conn, pair, nummers, &[]).await
}

/// Lines that count, with their place in the order in which they were judged. The caller adds which ones.
fn lines_between() -> String {
    format!("SELECT {LINE}, j.seq FROM prestatie p JOIN journal j ON j.bericht_id = p.bericht_id WHERE NOT p.void AND")
}

/// The lines under these ReferentieNummers, each with its bericht, oldest first.
pub async fn lines_named(
    conn: &mut Connection,
    pair: Pair<'_>,
    referenties: &[ReferentieNummer],
) -> Result<Vec<DeclaredLine>> {
    let mut lines = Vec::new();
    for chunk in referenties.chunks(CHUNK) {
        let mut query = between(&lines_between(), "p.", pair);
        one_of(&mut query, " AND p.referentie_nummer IN ", chunk.iter().map(ToString::to_string));
        query.push(" ORDER BY j.seq, p.nr");
        for row in query.build().fetch_all(&mut *conn).await? {
            let bericht_id = Fields::of("prestatie", "bericht_id", &row).get("bericht_id")?;
            lines.push(DeclaredLine { bericht_id, fact: prestatie(&row)? });
        }
    }
    Ok(lines)
}

/// Of the granted debet lines under these ReferentieNummers: when their antwoord came.
pub async fn granted_at(
    conn: &mut Connection,
    pair: Pair<'_>,
    referenties: &[String],
) -> Result<HashMap<String, Timestamp>> {
    const GRANTED: &str = "SELECT p.referentie_nummer, a.received_at FROM prestatie p
        JOIN bericht d ON d.id = p.bericht_id JOIN bericht a ON a.id = d.retour_id
        WHERE NOT p.void AND p.toegekend IS NOT NULL AND p.debet_credit = 'D' AND";
    let mut granted = HashMap::new();
    for chunk in referenties.chunks(CHUNK) {
        let mut query = between(GRANTED, "p.", pair);
        one_of(&mut query, " AND p.referentie_nummer IN ", chunk.iter().cloned());
        for row in query.build().fetch_all(&mut *conn).await? {
            let fields = Fields::of("prestatie", "referentie_nummer", &row);
            granted.insert(fields.get("referentie_nummer")?, fields.get("received_at")?);
        }
    }
    Ok(granted)
}

/// The lines on these toewijzingen, those under these ReferentieNummers and those that take them back, each once, oldest
/// first.
pub async fn lines_about(
    conn: &mut Connection,
    pair: Pair<'_>,
    nummers: &[i64],
    referenties: &[&str],
) -> Result<Vec<PrestatieFact>> {
    let (lines, mut found) = (lines_between(), Vec::new());
    for chunk in nummers.chunks(CHUNK) {
        let mut query = between(&lines, "p.", pair);
        one_of(&mut query, " AND p.toewijzing_nummer IN ", chunk.iter().copied());
        collect_lines(conn, query, &mut found).await?;
    }
    for chunk in referenties.chunks(CHUNK) {
        let mut query = between(&lines, "p.", pair);
        one_of(&mut query, " AND p.referentie_nummer IN ", chunk.iter().map(|one| (*one).to_owned()));
        collect_lines(conn, query, &mut found).await?;
        let mut query = between(&lines, "p.", pair);
        one_of(&mut query, " AND p.vorig_referentie_nummer IN ", chunk.iter().map(|one| (*one).to_owned()));
        collect_lines(conn, query, &mut found).await?;
    }
    found.sort_unstable_by_key(|(place, _)| *place);
    found.dedup_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

async fn collect_lines(
    conn: &mut Connection,
    mut query: QueryBuilder<Db>,
    found: &mut Vec<((i64, i64), PrestatieFact)>,
) -> Result<()> {
    for row in query.build().fetch_all(conn).await? {
        let fields = Fields::of("prestatie", "bericht_id", &row);
        found.push(((fields.get("seq")?, fields.get("nr")?), prestatie(&row)?));
    }
    Ok(())
}

/// Binds the gemeente and the aanbieder as the first two values of a statement.
fn of<'b>(batch: &'b mut Batch, (gemeente, aanbieder): Pair<'_>) -> &'b mut Batch {
    batch.bind(gemeente.code()).bind(aanbieder.code())
}

/// A query about what is between this gemeente and this aanbieder.
fn between(start: &str, prefix: &str, pair: Pair<'_>) -> QueryBuilder<Db> {
    let mut query = QueryBuilder::new(start);
    query.push(" ");
    of_pair(&mut query, prefix, pair);
    query
}

/// Narrows a query to what is between this gemeente and this aanbieder.
pub fn of_pair(query: &mut QueryBuilder<Db>, prefix: &str, (gemeente, aanbieder): Pair<'_>) {
    query.push(prefix).push("gemeente = ").push_bind(gemeente.code().to_owned());
    query.push(" AND ").push(prefix).push("aanbieder = ").push_bind(aanbieder.code().to_owned());
}

/// Narrows a query to these values of a column.
pub fn one_of<T>(query: &mut QueryBuilder<Db>, column_in: &str, values: impl IntoIterator<Item = T>)
where
    T: for<'q> sqlx::Encode<'q, Db> + sqlx::Type<Db> + Send + 'static,
{
    query.push(column_in).push("(");
    let mut list = query.separated(", ");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// What makes a start one and the same.
pub fn start_key(fields: &Fields<'_>) -> Result<StartKey> {
    Ok(StartKey {
        toewijzing_nummer: fields.get::<Option<i64>>("toewijzing_nummer")?.map(ToewijzingNummer),
        categorie: fields.get("categorie")?,
        code: fields.get("code")?,
        begindatum: fields.parse("begindatum", Value::from_text)?,
    })
}

/// What makes a stop one and the same.
pub fn stop_key(fields: &Fields<'_>) -> Result<StopKey> {
    Ok(StopKey {
        start: start_key(fields)?,
        reden_beeindiging: fields.get("reden_beeindiging")?,
        einddatum: fields.parse("einddatum", Value::from_text)?,
    })
}

/// A row of `toewijzing`, with what the bericht says of it.
pub fn toewijzing(row: &Row) -> Result<ToewijzingFact> {
    let fields = Fields::of("toewijzing", "bericht_id", row);
    Ok(ToewijzingFact {
        toewijzing_nummer: ToewijzingNummer(fields.get("toewijzing_nummer")?),
        bsn: fields.parse("bsn", Value::from_text)?,
        referentie_aanbieder: fields.get("referentie_aanbieder")?,
        product: product(&fields)?,
        toewijzingsdatum: fields.parse("toewijzingsdatum", Value::from_text)?,
        toewijzingstijd: fields.parse("toewijzingstijd", Value::from_text)?,
        ingangsdatum: fields.parse("ingangsdatum", Value::from_text)?,
        einddatum: fields.parse_if_any("einddatum", Value::from_text)?,
        omvang: omvang(&fields)?,
        budget: fields.get("budget")?,
        verwijderd: fields.get("verwijderd")?,
        dagtekening: fields.parse("dagtekening", Value::from_text)?,
        bericht_id: fields.get("bericht_id")?,
        received_at: fields.get("received_at")?,
    })
}

fn product(fields: &Fields<'_>) -> Result<Option<Product>> {
    let Some(categorie) = fields.parse_if_any("categorie", Value::from_text)? else { return Ok(None) };
    Ok(Some(Product { categorie, code: fields.parse_if_any("code", Value::from_text)? }))
}

fn omvang(fields: &Fields<'_>) -> Result<Option<Omvang>> {
    let Some(volume) = fields.get("volume")? else { return Ok(None) };
    Ok(Some(Omvang {
        volume,
        eenheid: fields.parse("eenheid", Value::from_text)?,
        frequentie: fields.parse("frequentie", Value::from_text)?,
    }))
}
