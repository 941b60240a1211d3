//! All about one client. See [`crate::store::ClientStore`].

use async_trait::async_trait;
use sqlx::QueryBuilder;

use super::super::{Connection, Database, Db, Row};
use super::Result;
use super::facts::toewijzing;
use super::row::Fields;
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Bsn, Value};
use crate::store::{After, ClientDeclaratie, ClientPlace, ClientStore, ClientToewijzing};

#[async_trait]
impl ClientStore for Database {
    async fn client(&self, place: &ClientPlace, partij: Option<&Partij>) -> Result<Option<Bsn>> {
        self.read((place, partij), client).await
    }

    async fn client_place(&self, bsn: &Bsn, partij: Option<&Partij>) -> Result<Option<ClientPlace>> {
        self.read((bsn, partij), client_place).await
    }

    async fn client_toewijzingen(
        &self,
        bsn: &Bsn,
        partij: Option<&Partij>,
        limit: u32,
    ) -> Result<Vec<ClientToewijzing>> {
        self.read((bsn, partij, limit), client_toewijzingen).await
    }

    async fn client_declaraties(
        &self,
        bsn: &Bsn,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<ClientDeclaratie>> {
        self.read((bsn, partij, after, limit), client_declaraties).await
    }
}

/// What a row of `about` says of a client, in front of its Bsn.
const CLIENT: &str = "client/";

async fn client(conn: &mut Connection, place: &ClientPlace, partij: Option<&Partij>) -> Result<Option<Bsn>> {
    const OF_BERICHT: &str = "SELECT a.subject FROM bericht b
            JOIN about a ON a.bericht_id = COALESCE(b.heenbericht_id, b.id) AND a.subject LIKE 'client/%'
        WHERE b.id = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (b.afzender, b.ontvanger, b.poster))";
    const OF_LINE: &str = "SELECT p.bsn FROM declaratie d JOIN prestatie p ON p.bericht_id = d.bericht_id AND p.nr = $3
        WHERE d.bericht_id = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (d.gemeente, d.aanbieder))";
    let asked = |sql| sqlx::query_scalar(sql).bind(&place.bericht_id).bind(partij.map(Partij::code));
    let found: Vec<String> = match place.line {
        Some(line) => asked(OF_LINE).bind(i64::from(line) - 1).fetch_all(conn).await?,
        None => asked(OF_BERICHT).fetch_all(conn).await?,
    };
    // A bericht about several clients is about none of them as a whole.
    let [one] = &found[..] else { return Ok(None) };
    Ok(Bsn::from_text(one.strip_prefix(CLIENT).unwrap_or(one)))
}

async fn client_place(conn: &mut Connection, bsn: &Bsn, partij: Option<&Partij>) -> Result<Option<ClientPlace>> {
    const BERICHT: &str = "SELECT bericht_id FROM about
        WHERE subject = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (gemeente, aanbieder)) LIMIT 1";
    const LINE: &str = "SELECT p.bericht_id, p.nr FROM prestatie p JOIN declaratie d ON d.bericht_id = p.bericht_id
        WHERE p.bsn = $1 AND (CAST($2 AS TEXT) IS NULL OR $2 IN (d.gemeente, d.aanbieder)) LIMIT 1";
    let subject = format!("{CLIENT}{}", bsn.digits());
    let code = partij.map(Partij::code);
    let found: Option<String> = sqlx::query_scalar(BERICHT).bind(subject).bind(code).fetch_optional(&mut *conn).await?;
    if let Some(bericht_id) = found {
        return Ok(Some(ClientPlace { bericht_id, line: None }));
    }
    let row = sqlx::query(LINE).bind(bsn.digits()).bind(code).fetch_optional(conn).await?;
    let place = |row: &Row| {
        let fields = Fields::of("prestatie", "bericht_id", row);
        Ok(ClientPlace { bericht_id: fields.get("bericht_id")?, line: Some(fields.number::<u32>("nr")? + 1) })
    };
    row.as_ref().map(place).transpose()
}

async fn client_toewijzingen(
    conn: &mut Connection,
    bsn: &Bsn,
    partij: Option<&Partij>,
    limit: u32,
) -> Result<Vec<ClientToewijzing>> {
    const LAST: &str =
        "SELECT t.*, b.dagtekening, b.received_at FROM (SELECT DISTINCT gemeente, aanbieder FROM about WHERE subject = $1) a
            JOIN toewijzing t ON t.gemeente = a.gemeente AND t.bsn = $2 AND t.aanbieder = a.aanbieder AND NOT t.refused
            JOIN bericht b ON b.id = t.bericht_id
        WHERE (CAST($3 AS TEXT) IS NULL OR $3 IN (t.gemeente, t.aanbieder))
            AND NOT EXISTS (SELECT 1 FROM toewijzing o WHERE o.gemeente = t.gemeente AND o.aanbieder = t.aanbieder
                AND o.toewijzing_nummer = t.toewijzing_nummer AND NOT o.refused
                AND (o.toewijzingsdatum, o.toewijzingstijd, t.bericht_id)
                    > (t.toewijzingsdatum, t.toewijzingstijd, o.bericht_id))
        ORDER BY t.ingangsdatum DESC, t.toewijzing_nummer DESC LIMIT $4";
    let asked = sqlx::query(LAST)
        .bind(format!("{CLIENT}{}", bsn.digits()))
        .bind(bsn.digits())
        .bind(partij.map(Partij::code))
        .bind(i64::from(limit));
    let one = |row: &Row| {
        let fields = Fields::of("toewijzing", "bericht_id", row);
        let (gemeente, aanbieder) = (fields.get("gemeente")?, fields.get("aanbieder")?);
        Ok(ClientToewijzing { gemeente, aanbieder, fact: toewijzing(row)? })
    };
    asked.fetch_all(conn).await?.iter().map(one).collect()
}

async fn client_declaraties(
    conn: &mut Connection,
    bsn: &Bsn,
    partij: Option<&Partij>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<ClientDeclaratie>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new(
        "SELECT d.bericht_id, d.gemeente, d.aanbieder, d.declaratie_nummer, d.begindatum, d.einddatum,
            COUNT(*) AS lines, COUNT(p.toegekend) AS granted, MIN(p.nr) AS line,
            CAST(SUM(CASE p.debet_credit WHEN 'C' THEN -p.bedrag ELSE p.bedrag END) AS BIGINT) AS ingediend,
            CAST(COALESCE(SUM(CASE p.debet_credit WHEN 'C' THEN -p.toegekend ELSE p.toegekend END), 0) AS BIGINT) AS toegekend,
            MIN(p.toewijzing_nummer) AS first, MAX(p.toewijzing_nummer) AS last
        FROM prestatie p JOIN declaratie d ON d.bericht_id = p.bericht_id WHERE p.bsn = ",
    );
    query.push_bind(bsn.digits().to_owned());
    if let Some(partij) = partij {
        query.push(" AND ").push_bind(partij.code().to_owned()).push(" IN (d.gemeente, d.aanbieder)");
    }
    if let Some(id) = after {
        query.push(" AND p.bericht_id < ").push_bind(id.to_owned());
    }
    query.push(" GROUP BY p.bericht_id, d.bericht_id ORDER BY p.bericht_id DESC LIMIT ").push_bind(i64::from(limit));
    query.build().fetch_all(conn).await?.iter().map(client_declaratie).collect()
}

fn client_declaratie(row: &Row) -> Result<ClientDeclaratie> {
    let fields = Fields::of("declaratie", "bericht_id", row);
    let (first, last): (Option<i64>, Option<i64>) = (fields.get("first")?, fields.get("last")?);
    Ok(ClientDeclaratie {
        bericht_id: fields.get("bericht_id")?,
        gemeente: fields.get("gemeente")?,
        aanbieder: fields.get("aanbieder")?,
        declaratie_nummer: fields.get("declaratie_nummer")?,
        begindatum: fields.parse("begindatum", Value::from_text)?,
        einddatum: fields.parse("einddatum", Value::from_text)?,
        lines: fields.get("lines")?,
        granted: fields.get("granted")?,
        ingediend: fields.get("ingediend")?,
        toegekend: fields.get("toegekend")?,
        line: fields.number::<u32>("line")? + 1,
        toewijzing_nummer: first.filter(|_| first == last),
    })
}
