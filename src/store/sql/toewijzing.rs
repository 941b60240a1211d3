//! One toewijzing with all that happened to it, and the toewijzingen on which nothing started yet.

use std::collections::{BTreeSet, HashSet};

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Database, Row};
use super::bericht::views;
use super::facts::{Pair, antwoorden_to, lines_on, of_pair, one_of, start_key, stop_key, toewijzing, verzoeken_named};
use super::row::{Fields, day_in_order};
use super::{Result, refused};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value;
use crate::domain::finding::ClientLine;
use crate::store::{
    AntwoordView, BerichtView, DeliveryView, Place, RefusedToewijzing, ToewijzingStore, ToewijzingView, VersionView,
    WaitingKey, WaitingToewijzing,
};

#[async_trait]
impl ToewijzingStore for Database {
    async fn toewijzing(
        &self,
        gemeente: &Partij,
        nummer: i64,
        partij: Option<&Partij>,
    ) -> Result<Option<ToewijzingView>> {
        self.read((gemeente, nummer, partij), toewijzing_view).await
    }

    async fn toewijzingen_without_start(
        &self,
        partij: Option<&Partij>,
        today: NaiveDate,
        after: Option<&WaitingKey>,
        limit: u32,
    ) -> Result<Vec<WaitingToewijzing>> {
        self.read((partij, today, (after, limit)), toewijzingen_without_start).await
    }

    async fn refused_toewijzingen(
        &self,
        partij: Option<&Partij>,
        after: Option<(&str, i64)>,
        limit: u32,
    ) -> Result<Vec<RefusedToewijzing>> {
        self.read((partij, after, limit), refused::refused_toewijzingen).await
    }
}

/// See [`crate::store::ToewijzingStore::toewijzing`].
pub async fn toewijzing_view(
    conn: &mut Connection,
    gemeente: &Partij,
    nummer: i64,
    partij: Option<&Partij>,
) -> Result<Option<ToewijzingView>> {
    const WHOSE: &str = "SELECT aanbieder FROM toewijzing WHERE gemeente = $1 AND toewijzing_nummer = $2
        AND ($3 IS NULL OR $3 IN (gemeente, aanbieder)) ORDER BY refused, bericht_id LIMIT 1";
    let code: Option<String> = sqlx::query_scalar(WHOSE)
        .bind(gemeente.code())
        .bind(nummer)
        .bind(partij.map(Partij::code))
        .fetch_optional(&mut *conn)
        .await?;
    let Some(aanbieder) = code.as_deref().and_then(Partij::from_text) else { return Ok(None) };
    let pair = (gemeente, &aanbieder);
    let versions = versions(conn, pair, nummer).await?;
    let honoured = versions.iter().filter_map(|version| version.fact.referentie_aanbieder.clone());
    let mut namen: BTreeSet<String> = honoured.collect();
    namen.extend(verzoeken_about(conn, pair, nummer).await?);
    let mut verzoeken = Vec::new();
    let mut antwoorden = Vec::new();
    for naam in &namen {
        verzoeken.extend(verzoeken_named(conn, pair, naam).await?);
        antwoorden.extend(antwoorden_on(conn, pair, naam).await?);
    }
    let namen: Vec<&str> = verzoeken.iter().map(|verzoek| verzoek.referentie_aanbieder.as_str()).collect();
    Ok(Some(ToewijzingView {
        starts: deliveries(conn, pair, nummer, "start", start_key).await?,
        stops: deliveries(conn, pair, nummer, "stop", stop_key).await?,
        prestaties: lines_on(conn, pair, &[nummer]).await?,
        berichten: berichten_about(conn, pair, nummer, &namen).await?,
        gemeente: gemeente.code().to_owned(),
        aanbieder: aanbieder.code().to_owned(),
        toewijzing_nummer: nummer,
        versions,
        verzoeken,
        antwoorden,
    }))
}

async fn versions(conn: &mut Connection, pair: Pair<'_>, nummer: i64) -> Result<Vec<VersionView>> {
    let mut query = QueryBuilder::new(
        "SELECT t.*, b.received_at, b.dagtekening, b.retour_id IS NOT NULL AND NOT t.refused AS confirmed
        FROM toewijzing t JOIN bericht b ON b.id = t.bericht_id WHERE ",
    );
    of_pair(&mut query, "t.", pair);
    query.push(" AND t.toewijzing_nummer = ").push_bind(nummer).push(" ORDER BY t.bericht_id, t.nr");
    let version = |row: &Row| {
        let fields = Fields::of("toewijzing", "bericht_id", row);
        Ok(VersionView {
            fact: toewijzing(row)?,
            bericht_id: fields.get("bericht_id")?,
            refused: fields.get("refused")?,
            confirmed: fields.get("confirmed")?,
        })
    };
    query.build().fetch_all(conn).await?.iter().map(version).collect()
}

/// Starts or stops on a toewijzing, in the order in which they were accepted.
async fn deliveries<K>(
    conn: &mut Connection,
    pair: Pair<'_>,
    nummer: i64,
    table: &'static str,
    key: fn(&Fields<'_>) -> Result<K>,
) -> Result<Vec<DeliveryView<K>>> {
    let mut query = QueryBuilder::new("SELECT d.* FROM ");
    query.push(table).push(" d JOIN journal j ON j.bericht_id = d.bericht_id WHERE ");
    of_pair(&mut query, "d.", pair);
    query.push(" AND d.toewijzing_nummer = ").push_bind(nummer).push(" ORDER BY j.seq, d.nr");
    let delivery = |row: &Row| {
        let fields = Fields::of(table, "bericht_id", row);
        Ok(DeliveryView {
            key: key(&fields)?,
            bericht_id: fields.get("bericht_id")?,
            refused: fields.get("refused")?,
            removed_by: fields.get("removed_by")?,
        })
    };
    query.build().fetch_all(conn).await?.iter().map(delivery).collect()
}

/// The names of the verzoeken om wijziging that name a toewijzing.
async fn verzoeken_about(conn: &mut Connection, pair: Pair<'_>, nummer: i64) -> Result<Vec<String>> {
    let mut query = QueryBuilder::new(
        "SELECT v.referentie_aanbieder FROM about a JOIN verzoek v ON v.bericht_id = a.bericht_id
        WHERE NOT v.refused AND ",
    );
    of_pair(&mut query, "a.", pair);
    query.push(" AND a.subject = ").push_bind(format!("toewijzing/{nummer}"));
    Ok(query.build_query_scalar().fetch_all(conn).await?)
}

/// What the gemeente said to a verzoek, in the order in which it came.
async fn antwoorden_on(conn: &mut Connection, pair: Pair<'_>, naam: &str) -> Result<Vec<AntwoordView>> {
    let mut query = antwoorden_to(pair, naam);
    let antwoord = |row: &Row| {
        let fields = Fields::of("antwoord", "bericht_id", row);
        Ok(AntwoordView {
            referentie_aanbieder: fields.get("referentie_aanbieder")?,
            verzoek_antwoord: fields.parse("verzoek_antwoord", Value::from_text)?,
            bericht_id: fields.get("bericht_id")?,
        })
    };
    query.build().fetch_all(conn).await?.iter().map(antwoord).collect()
}

/// The berichten about a toewijzing, about these verzoeken, and the answers to these; oldest first.
async fn berichten_about(
    conn: &mut Connection,
    pair: Pair<'_>,
    nummer: i64,
    verzoeken: &[&str],
) -> Result<Vec<BerichtView>> {
    let mut query = QueryBuilder::new("WITH own (id) AS (SELECT bericht_id FROM about WHERE ");
    of_pair(&mut query, "", pair);
    let subjects = verzoeken.iter().map(|naam| format!("verzoek/{naam}"));
    one_of(&mut query, " AND subject IN ", subjects.chain([format!("toewijzing/{nummer}")]));
    query.push(" UNION SELECT bericht_id FROM prestatie WHERE ");
    of_pair(&mut query, "", pair);
    query.push(" AND toewijzing_nummer = ").push_bind(nummer);
    query.push(
        ") SELECT b.* FROM bericht b WHERE b.id IN (SELECT id FROM own
            UNION SELECT h.id FROM own JOIN bericht h ON h.heenbericht_id = own.id)
        ORDER BY b.id",
    );
    let rows = query.build().fetch_all(&mut *conn).await?;
    let mut berichten = views(conn, &rows).await?;
    keep_own(&mut berichten, &places_on(conn, pair, nummer).await?);
    Ok(berichten)
}

/// The lines on a toewijzing, and the clients that they are of, by declaratie.
async fn places_on(conn: &mut Connection, pair: Pair<'_>, nummer: i64) -> Result<HashSet<(String, ClientLine)>> {
    let mut query = QueryBuilder::new("SELECT bericht_id, client, in_client FROM prestatie WHERE ");
    of_pair(&mut query, "", pair);
    query.push(" AND toewijzing_nummer = ").push_bind(nummer);
    let mut places = HashSet::new();
    for row in &query.build().fetch_all(conn).await? {
        let fields = Fields::of("prestatie", "bericht_id", row);
        let place = Place { client: fields.number("client")?, in_client: fields.number("in_client")? };
        let id: String = fields.get("bericht_id")?;
        places.extend([(id.clone(), place.client()), (id, place.line())]);
    }
    Ok(places)
}

/// Leaves out what was found in lines on other toewijzingen: a declaratie has thousands of them.
fn keep_own(berichten: &mut [BerichtView], places: &HashSet<(String, ClientLine)>) {
    for bericht in berichten {
        let id = bericht.id.clone();
        let is_own = |at| places.contains(&(id.clone(), at));
        bericht.receipt.findings.retain(|finding| finding.client_line().is_none_or(is_own));
    }
}

/// See [`crate::store::ToewijzingStore::toewijzingen_without_start`].
pub async fn toewijzingen_without_start(
    conn: &mut Connection,
    partij: Option<&Partij>,
    today: NaiveDate,
    (after, limit): (Option<&WaitingKey>, u32),
) -> Result<Vec<WaitingToewijzing>> {
    const LIST: &str = "SELECT u.aanbieder, u.ingangsdatum, u.toewijzing_nummer, u.gemeente, b.received_at
        FROM unstarted u JOIN bericht b ON b.id = u.bericht_id WHERE (u.einddatum IS NULL OR u.einddatum >= $1)
            AND (u.aanbieder, u.ingangsdatum, u.toewijzing_nummer, u.gemeente) > ($2, $3, $4, $5)";
    const ORDER: &str = "ORDER BY u.aanbieder, u.ingangsdatum, u.toewijzing_nummer, u.gemeente LIMIT $6";
    // A gemeente passes what waits for others on the way to its own: few gemeenten share a gateway.
    let own = match partij {
        None => "",
        Some(partij) if partij.is_gemeente() => "AND u.gemeente = $7",
        Some(_) => "AND u.aanbieder = $7",
    };
    let sql = format!("{LIST} {own} {ORDER}");
    let query = sqlx::query(AssertSqlSafe(sql))
        .bind(day_in_order(today).to_text())
        .bind(after.map_or("", |after| &after.aanbieder))
        .bind(after.map_or_else(String::new, |after| after.ingangsdatum.to_text()))
        .bind(after.map_or(i64::MIN, |after| after.toewijzing_nummer))
        .bind(after.map_or("", |after| &after.gemeente))
        .bind(i64::from(limit));
    let query = partij.into_iter().fold(query, |query, partij| query.bind(partij.code()));
    let rows = query.fetch_all(conn).await?;
    let waiting = |row: &Row| {
        let fields = Fields::of("unstarted", "toewijzing_nummer", row);
        Ok(WaitingToewijzing {
            gemeente: fields.get("gemeente")?,
            aanbieder: fields.get("aanbieder")?,
            toewijzing_nummer: fields.get("toewijzing_nummer")?,
            ingangsdatum: fields.parse("ingangsdatum", Value::from_text)?,
            received_at: fields.get("received_at")?,
        })
    };
    rows.iter().map(waiting).collect()
}
