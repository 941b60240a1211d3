//! Declaraties and their lines.

use std::collections::HashMap;
use std::ops::Range;

use async_trait::async_trait;

use super::super::{Connection, Database, Row};
use super::batch::Batch;
use super::betaling::{PAYABLE, keep_clocks};
use super::facts::{Pair, lines_named, toewijzingen_numbered};
use super::prestatie::{GRANTED, LINE, prestatie};
use super::row::Fields;
use super::{Result, audit, finding, sums};
use crate::domain::berichten::bericht::{BerichtIdentificatie, XsdVersie};
use crate::domain::berichten::declaratie::{GeslotenPeriode, TotaalBedragMetDC};
use crate::domain::berichten::waarde::{ReferentieNummer, ToewijzingNummer, Value};
use crate::domain::facts::calculation::Calculation;
use crate::domain::facts::history::{DeclaratieFact, PrestatieFact};
use crate::domain::finding::Finding;
use crate::domain::{Berichtsoort, Partij, Timestamp};
use crate::store::{
    About, Declarable, DeclaratieStore, DeclaratieView, KeptCalculation, LastSeen, LineQuery, LineSums, LineView,
    NewDeclaratie, Place, Proposal, Returned,
};

#[async_trait]
impl DeclaratieStore for Database {
    async fn declaratie(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeclaratieView>> {
        self.read((id, partij), view).await
    }

    async fn declaratie_lines(
        &self,
        id: &str,
        partij: Option<&Partij>,
        query: LineQuery,
        limit: u32,
    ) -> Result<Vec<LineView>> {
        self.read(((id, partij), query, limit), lines).await
    }

    async fn line_sums(&self, id: &str, partij: Option<&Partij>, most: u32) -> Result<LineSums> {
        self.read(((id, partij), most), sums::line_sums).await
    }

    async fn declaratie_findings(
        &self,
        id: &str,
        partij: Option<&Partij>,
        lines: Option<&[Place]>,
    ) -> Result<Vec<Finding>> {
        self.read(((id, partij), lines), finding::of_declaratie).await
    }

    async fn propose(&self, declaratie_id: &str, proposal: &Proposal, seen: &LastSeen) -> Result<()> {
        self.write((declaratie_id, proposal, seen), audit::propose).await
    }
}

/// Keeps a declaratie, without its lines.
pub fn insert_declaratie(batch: &mut Batch, about: &About, id: &str, new: &NewDeclaratie) {
    const DECLARATIE: &str = "INSERT INTO declaratie (bericht_id, gemeente, aanbieder, declaratie_nummer, begindatum,
            einddatum, totaal_bedrag, debet_credit, basisschema_xsd_versie, bericht_xsd_versie, is_factuur, begunstigde,
            void)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    let versie = new.xsd_versie.as_ref();
    batch
        .statement(DECLARATIE)
        .bind(id)
        .bind(about.gemeente.code())
        .bind(about.aanbieder.code())
        .bind(&new.declaratie_nummer)
        .bind(new.declaratie_periode.begindatum.to_text())
        .bind(new.declaratie_periode.einddatum.to_text())
        .bind(new.totaal_ingediend_bedrag.totaal_bedrag)
        .bind(new.totaal_ingediend_bedrag.debet_credit.to_text())
        .bind(versie.map(|versie| versie.basisschema_xsd_versie.to_text()))
        .bind(versie.map(|versie| versie.bericht_xsd_versie.to_text()))
        .bind(new.is_factuur)
        .bind(&new.begunstigde)
        .bind(new.void);
}

/// Keeps these lines of a declaratie, and what became of them.
pub fn insert_prestaties(
    batch: &mut Batch,
    about: &About,
    id: &str,
    declaratie: &NewDeclaratie,
    range: Range<usize>,
) -> Result<()> {
    const PRESTATIE: &str =
        "INSERT INTO prestatie (bericht_id, nr, gemeente, aanbieder, bsn, referentie_nummer, vorig_referentie_nummer,
            toewijzing_nummer, product_categorie, product_code, begindatum, einddatum, geleverd_volume, eenheid,
            product_tarief, bedrag, debet_credit, toegekend, void, calculations, client, in_client)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    for (nr, line) in range.clone().zip(&declaratie.prestaties[range]) {
        let PrestatieFact { bsn, toegekend, prestatie } = &line.fact;
        batch
            .statement(PRESTATIE)
            .bind(id)
            .bind(i64::try_from(nr).unwrap_or(i64::MAX))
            .bind(about.gemeente.code())
            .bind(about.aanbieder.code())
            .bind(bsn.digits())
            .bind(prestatie.product_referentie.referentie_nummer.as_str())
            .bind(prestatie.product_referentie.vorig())
            .bind(prestatie.toewijzing_nummer.map(|nummer| nummer.0))
            .bind(prestatie.product_categorie.as_str())
            .bind(prestatie.product_code.as_str())
            .bind(prestatie.product_periode.begindatum.to_text())
            .bind(prestatie.product_periode.einddatum.to_text())
            .bind(i64::from(prestatie.geleverd_volume))
            .bind(prestatie.eenheid.to_text())
            .bind(prestatie.product_tarief.map(i64::from))
            .bind(i64::from(prestatie.ingediend_bedrag.bedrag))
            .bind(prestatie.ingediend_bedrag.debet_credit.to_text())
            .bind(toegekend.map(i64::from))
            .bind(declaratie.void)
            .bind(calculations_text(&line.calculations)?)
            .bind(i64::from(line.place.client))
            .bind(i64::from(line.place.in_client));
    }
    Ok(())
}

fn calculations_text(calculations: &[Calculation]) -> Result<String> {
    let receipts: Vec<KeptCalculation> = calculations.iter().map(KeptCalculation::from).collect();
    Ok(serde_json::to_string(&receipts).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?)
}

/// An antwoord came: of the lines that it returns so much is granted, all others of its declaratie are granted in full.
pub async fn grant_lines(
    conn: &mut Connection,
    declaratie_id: &str,
    returned: &[Returned],
    at: Timestamp,
) -> Result<()> {
    const ALL: &str = "UPDATE prestatie SET toegekend = bedrag WHERE bericht_id = $1 AND NOT void";
    // Many in one statement: one for each line would hold up all other writers for seconds.
    const RETURNED: &str = "UPDATE prestatie SET toegekend = returned.column3
        FROM (VALUES ($1, CAST($2 AS BIGINT), CAST($3 AS BIGINT))) AS returned
        WHERE bericht_id = returned.column1 AND nr = returned.column2";
    const KEYS: &str =
        "SELECT nr, bsn, referentie_nummer, vorig_referentie_nummer FROM prestatie WHERE bericht_id = $1";
    let mut batch = Batch::default();
    batch.statement(ALL).bind(declaratie_id);
    if !returned.is_empty() {
        let returned: HashMap<_, _> = returned.iter().map(|line| (line_key(line), line.toegekend)).collect();
        let lines: Vec<(i64, String, String, Option<String>)> =
            sqlx::query_as(KEYS).bind(declaratie_id).fetch_all(&mut *conn).await?;
        for (nr, bsn, referentie, vorig) in &lines {
            if let Some(toegekend) = returned.get(&(bsn.as_str(), referentie.as_str(), vorig.as_deref())) {
                batch.statement(RETURNED).bind(declaratie_id).bind(*nr).bind(toegekend.map(i64::from));
            }
        }
    }
    batch.run(conn).await?;
    keep_clocks(conn, declaratie_id, at).await
}

/// What tells a line from the others of its declaratie (TR101).
fn line_key(line: &Returned) -> (&str, &str, Option<&str>) {
    (line.bsn.digits(), line.referentie.referentie_nummer.as_str(), line.referentie.vorig())
}

/// What a declaratie is read from: those between two parties, in a 323 or in a 303. The caller adds which ones. The kind is no
/// way in: the index by it would be of all years.
const DECLARATIE: &str =
    "SELECT d.*, b.referentienummer, b.identificatie, b.dagtekening, b.retour_id IS NOT NULL AS answered,
        b.identity IS NULL AS is_second_use
    FROM declaratie d JOIN bericht b ON b.id = d.bericht_id
    WHERE d.gemeente = $1 AND d.aanbieder = $2 AND b.soort || '' = $3";

/// The declaraties of one kind between two parties.
#[derive(Clone, Copy)]
pub struct Declared<'a> {
    pub pair: Pair<'a>,
    /// WMO323, or WMO303 for both of its kinds.
    pub soort: &'static str,
}

/// Those under this DeclaratieNummer, oldest first.
pub async fn declaraties_under(
    conn: &mut Connection,
    Declared { pair: (gemeente, aanbieder), soort }: Declared<'_>,
    nummer: &str,
) -> Result<Vec<DeclaratieFact>> {
    let sql = format!("{DECLARATIE} AND d.declaratie_nummer = $4 ORDER BY d.bericht_id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(soort)
        .bind(nummer)
        .fetch_all(conn)
        .await?;
    rows.iter().map(declaratie).collect()
}

/// Those whose 323 is identified so, oldest first.
pub async fn declaraties_of(
    conn: &mut Connection,
    Declared { pair: (gemeente, aanbieder), soort }: Declared<'_>,
    identificatie: &str,
) -> Result<Vec<DeclaratieFact>> {
    // By the name, and not by passing all that is between the two.
    let by_name =
        DECLARATIE.replace("d.gemeente = $1 AND d.aanbieder = $2", "d.gemeente || '' = $1 AND d.aanbieder || '' = $2");
    let sql = format!("{by_name} AND b.identificatie = $4 ORDER BY d.bericht_id");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(soort)
        .bind(identificatie)
        .fetch_all(conn)
        .await?;
    rows.iter().map(declaratie).collect()
}

/// The one of the latest period that counts. Periods before the year 10000 sort as text, as CS340 and TR137 let no
/// later one count.
pub async fn latest_declaratie(
    conn: &mut Connection,
    Declared { pair: (gemeente, aanbieder), soort }: Declared<'_>,
) -> Result<Option<DeclaratieFact>> {
    let sql = format!("{DECLARATIE} AND NOT d.void ORDER BY d.begindatum DESC, d.bericht_id DESC LIMIT 1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(soort)
        .fetch_optional(conn)
        .await?;
    row.as_ref().map(declaratie).transpose()
}

/// All lines of a declaratie, in order.
pub async fn lines_of(conn: &mut Connection, declaratie_id: &str) -> Result<Vec<PrestatieFact>> {
    let sql = format!("SELECT {LINE} FROM prestatie p WHERE p.bericht_id = $1 ORDER BY p.nr");
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(declaratie_id).fetch_all(conn).await?;
    rows.iter().map(prestatie).collect()
}

/// See [`crate::store::DeclaratieStore::declaratie`].
pub async fn view(conn: &mut Connection, id: &str, partij: Option<&Partij>) -> Result<Option<DeclaratieView>> {
    const ONE: &str =
        "SELECT d.*, b.referentienummer, b.identificatie, b.dagtekening, b.retour_id IS NOT NULL AS answered,
            b.identity IS NULL AS is_second_use, b.retour_id, b.soort, b.release, t.kenmerk, t.betaald_op
        FROM declaratie d JOIN bericht b ON b.id = d.bericht_id
            LEFT JOIN betaalde_declaratie i ON i.declaratie_id = d.bericht_id
            LEFT JOIN betaling t ON t.gemeente = i.gemeente AND t.kenmerk = i.kenmerk
        WHERE d.bericht_id = $1 AND ($2 IS NULL OR $2 IN (d.gemeente, d.aanbieder))";
    let row = sqlx::query(ONE).bind(id).bind(partij.map(Partij::code)).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::of("declaratie", "bericht_id", &row);
    let (proposal, approval) = (audit::proposal(conn, id).await?, audit::approval(conn, id).await?);
    let totals = totals(conn, id).await?;
    let totals = Fields::of("prestatie", "bericht_id", &totals);
    let (first, last): (Option<i64>, Option<i64>) = (totals.get("first")?, totals.get("last")?);
    let is_on_one = first == last && totals.get::<i64>("numbered")? == totals.get::<i64>("line_count")?;
    Ok(Some(DeclaratieView {
        declaratie: declaratie(&row)?,
        soort: soort(&fields)?,
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        antwoord_id: fields.get("retour_id")?,
        proposal,
        approval,
        betaalbaar: totals.get("betaalbaar")?,
        betaling: fields.get("kenmerk")?,
        betaald_op: fields.parse_if_any("betaald_op", Value::from_text)?,
        line_count: totals.number("line_count")?,
        granted_count: totals.number("granted_count")?,
        toegekend: totals.get("toegekend")?,
        toewijzing_nummer: first.filter(|_| is_on_one).map(ToewijzingNummer),
    }))
}

fn soort(fields: &Fields<'_>) -> Result<(Berichtsoort, String)> {
    let soort = match fields.parse("soort", Berichtsoort::from_name)? {
        // Its two kinds have one name.
        Berichtsoort::Wmo303D if fields.get("is_factuur")? => Berichtsoort::Wmo303F,
        other => other,
    };
    Ok((soort, fields.get("release")?))
}

/// What the lines of a declaratie add up to.
async fn totals(conn: &mut Connection, id: &str) -> Result<Row> {
    let betaalbaar = betaalbaar();
    let sql = format!(
        "SELECT $1 AS bericht_id, COUNT(*) AS line_count, COUNT({GRANTED}) AS granted_count,
            CAST(COALESCE(SUM(CASE p.debet_credit WHEN 'C' THEN -{GRANTED} ELSE {GRANTED} END), 0) AS BIGINT)
                AS toegekend,
            CAST(COALESCE(SUM({betaalbaar}), 0) AS BIGINT) AS betaalbaar,
            MIN(p.toewijzing_nummer) AS first, MAX(p.toewijzing_nummer) AS last, COUNT(p.toewijzing_nummer) AS numbered
        FROM prestatie p WHERE p.bericht_id = $1"
    );
    Ok(sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(conn).await?)
}

/// What line `p` adds to what is payable; of a declaratie that counts as not sent nothing is.
fn betaalbaar() -> String {
    format!("CASE WHEN p.void THEN 0 ELSE {PAYABLE} END")
}

/// See [`crate::store::DeclaratieStore::declaratie_lines`].
pub async fn lines(
    conn: &mut Connection,
    (id, partij): (&str, Option<&Partij>),
    query: LineQuery,
    limit: u32,
) -> Result<Vec<LineView>> {
    // Those that were written ahead of their declaratie are not there yet.
    let sql = format!(
        "SELECT p.*, {} AS betaalbaar FROM prestatie p JOIN declaratie d ON d.bericht_id = p.bericht_id
        WHERE p.bericht_id = $1 AND p.nr >= $3 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (d.gemeente, d.aanbieder))
            AND (CAST($4 AS BOOLEAN) IS NULL OR ({GRANTED} IS NOT NULL) = $4)
            AND (CAST($5 AS BIGINT) IS NULL OR p.toewijzing_nummer = $5)
            AND (CAST($7 AS TEXT) IS NULL
                OR (p.client, p.in_client) IN (SELECT f.client, f.in_client FROM finding f
                    WHERE f.bericht_id = $1 AND f.rule = $7 AND f.severity = 'error')
                OR p.client IN (SELECT f.client FROM finding f WHERE f.bericht_id = $1 AND f.rule = $7
                    AND f.severity = 'error' AND f.in_client IS NULL AND f.client IS NOT NULL))
        ORDER BY p.nr LIMIT $6",
        betaalbaar()
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(partij.map(Partij::code))
        .bind(i64::try_from(query.after).unwrap_or(i64::MAX))
        .bind(query.granted)
        .bind(query.toewijzing_nummer)
        .bind(i64::from(limit))
        .bind(query.rule)
        .fetch_all(conn)
        .await?;
    rows.iter().map(line).collect()
}

fn line(row: &Row) -> Result<LineView> {
    let fields = Fields::of("prestatie", "bericht_id", row);
    let fact = prestatie(row)?;
    let counts = !fields.get::<bool>("void")?;
    Ok(LineView {
        line: fields.number::<usize>("nr")? + 1,
        place: Place { client: fields.number("client")?, in_client: fields.number("in_client")? },
        fact: PrestatieFact { toegekend: fact.toegekend.filter(|_| counts), ..fact },
        betaalbaar: fields.get("betaalbaar")?,
        calculations: fields.parse("calculations", |text| serde_json::from_str(text).ok())?,
    })
}

/// See [`crate::store::FactStore::declarable`].
pub async fn declarable(
    conn: &mut Connection,
    pair: Pair<'_>,
    nummers: &[ToewijzingNummer],
    referenties: &[ReferentieNummer],
) -> Result<Declarable> {
    let nummers: Vec<i64> = nummers.iter().map(|nummer| nummer.0).collect();
    Ok(Declarable {
        toewijzingen: toewijzingen_numbered(conn, pair, &nummers).await?.into_iter().collect(),
        lines: lines_named(conn, pair, referenties).await?,
    })
}

fn declaratie(row: &Row) -> Result<DeclaratieFact> {
    let fields = Fields::of("declaratie", "bericht_id", row);
    let versie: Option<String> = fields.get("bericht_xsd_versie")?;
    Ok(DeclaratieFact {
        bericht_id: fields.get("bericht_id")?,
        referentienummer: fields.get("referentienummer")?,
        bericht_identificatie: BerichtIdentificatie {
            identificatie: fields.parse("identificatie", Value::from_text)?,
            dagtekening: fields.parse("dagtekening", Value::from_text)?,
        },
        xsd_versie: match versie {
            None => None,
            Some(_) => Some(XsdVersie {
                basisschema_xsd_versie: fields.parse("basisschema_xsd_versie", Value::from_text)?,
                bericht_xsd_versie: fields.parse("bericht_xsd_versie", Value::from_text)?,
            }),
        },
        declaratie_nummer: fields.get("declaratie_nummer")?,
        declaratie_periode: GeslotenPeriode {
            begindatum: fields.parse("begindatum", Value::from_text)?,
            einddatum: fields.parse("einddatum", Value::from_text)?,
        },
        totaal_ingediend_bedrag: TotaalBedragMetDC {
            totaal_bedrag: fields.get("totaal_bedrag")?,
            debet_credit: fields.parse("debet_credit", Value::from_text)?,
        },
        void: fields.get("void")?,
        answered: fields.get("answered")?,
        is_second_use: fields.get("is_second_use")?,
    })
}
