//! What was recorded before, as far as it bears on one bericht.

use std::collections::BTreeSet;

use super::super::Connection;
use super::Result;
use super::row::Fields;
use crate::domain::bericht::Heenbericht;
use crate::domain::history::{Awaited, StartFact, ToewijzingFact};
use crate::domain::levering::StartKey;
use crate::domain::waarde::{Bsn, ToewijzingNummer, Value};
use crate::domain::{Bericht, Header, History, Inhoud, Partij};
use crate::store::{EnvelopeSeen, HeaderColumns, Receipt};

/// See [`crate::store::Store::history`].
pub async fn history(conn: &mut Connection, bericht: &Bericht) -> Result<History> {
    match bericht {
        Bericht::Heen(heen) => of_heenbericht(conn, heen).await,
        Bericht::Retour(retour) => {
            let identificatie_retour = retour.retour.identificatie_retour.as_str();
            Ok(History {
                identificatie_used: identity_used(conn, &retour.header, Some(identificatie_retour)).await?,
                awaited: awaited(conn, &retour.header).await?,
                ..History::default()
            })
        }
    }
}

/// The revision is read before the facts: a bericht that is recorded meanwhile makes the verdict stale.
async fn of_heenbericht(conn: &mut Connection, heen: &Heenbericht) -> Result<History> {
    let (gemeente, aanbieder) = heen.header.pair();
    let mut history = History::default();
    if let Some(bsn) = heen.inhoud.bsn() {
        history.revision = revision(conn, gemeente, aanbieder, bsn).await?;
        history.starts = live_starts(conn, gemeente, aanbieder, bsn).await?;
    }
    history.identificatie_used = identity_used(conn, &heen.header, None).await?;
    for nummer in named_toewijzingen(&heen.inhoud) {
        history.toewijzingen.extend(toewijzing_versions(conn, gemeente, aanbieder, nummer).await?);
    }
    Ok(history)
}

async fn revision(conn: &mut Connection, gemeente: &Partij, aanbieder: &Partij, bsn: &Bsn) -> Result<i64> {
    let known = sqlx::query_scalar("SELECT revision FROM client WHERE gemeente = $1 AND aanbieder = $2 AND bsn = $3")
        .bind(gemeente.code())
        .bind(aanbieder.code())
        .bind(bsn.digits())
        .fetch_optional(conn)
        .await?;
    Ok(known.unwrap_or(0))
}

async fn identity_used(conn: &mut Connection, header: &Header, identificatie_retour: Option<&str>) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM bericht WHERE identity = $1)")
        .bind(HeaderColumns::of(header, identificatie_retour).identity())
        .fetch_one(conn)
        .await?)
}

/// Each number once.
fn named_toewijzingen(inhoud: &Inhoud) -> BTreeSet<ToewijzingNummer> {
    match inhoud {
        Inhoud::Toewijzing(client) => {
            client.toegewezen_producten.iter().map(|product| product.toewijzing_nummer).collect()
        }
        Inhoud::Start(client) => {
            client.start_producten.iter().filter_map(|product| product.toewijzing_nummer).collect()
        }
        Inhoud::Beschikking(client) => {
            client.beschikking.toegewezen_producten.iter().filter_map(|product| product.toewijzing_nummer).collect()
        }
        // No rule that is checked relates these to a toewijzing yet.
        Inhoud::Stop(_)
        | Inhoud::VerzoekOmToewijzing(_)
        | Inhoud::VerzoekOmWijziging(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::DeclaratieAntwoord { .. }
        | Inhoud::Factuur { .. }
        | Inhoud::FactuurAntwoord { .. } => BTreeSet::new(),
    }
}

/// Of each version the one that came first, among those that were not refused.
async fn toewijzing_versions(
    conn: &mut Connection,
    gemeente: &Partij,
    aanbieder: &Partij,
    nummer: ToewijzingNummer,
) -> Result<Vec<ToewijzingFact>> {
    const VERSIONS: &str = "SELECT t.*, b.received_at FROM toewijzing t JOIN bericht b ON b.id = t.bericht_id
        WHERE t.gemeente = $1 AND t.aanbieder = $2 AND t.toewijzing_nummer = $3 AND NOT t.refused
            AND NOT EXISTS (SELECT 1 FROM toewijzing e
                WHERE e.gemeente = t.gemeente AND e.aanbieder = t.aanbieder
                    AND e.toewijzing_nummer = t.toewijzing_nummer AND e.toewijzingsdatum = t.toewijzingsdatum
                    AND e.toewijzingstijd = t.toewijzingstijd AND NOT e.refused
                    AND (e.bericht_id, e.nr) < (t.bericht_id, t.nr))
        ORDER BY t.bericht_id, t.nr";
    let rows =
        sqlx::query(VERSIONS).bind(gemeente.code()).bind(aanbieder.code()).bind(nummer.0).fetch_all(conn).await?;
    let mut facts = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("toewijzing", "bericht_id", row)?;
        facts.push(ToewijzingFact {
            toewijzing_nummer: ToewijzingNummer(fields.get("toewijzing_nummer")?),
            bsn: fields.parse("bsn", Value::from_text)?,
            categorie: fields.get("categorie")?,
            code: fields.get("code")?,
            toewijzingsdatum: fields.parse("toewijzingsdatum", Value::from_text)?,
            toewijzingstijd: fields.parse("toewijzingstijd", Value::from_text)?,
            ingangsdatum: fields.parse("ingangsdatum", Value::from_text)?,
            verwijderd: fields.get("verwijderd")?,
            received_at: fields.get("received_at")?,
        });
    }
    Ok(facts)
}

async fn live_starts(
    conn: &mut Connection,
    gemeente: &Partij,
    aanbieder: &Partij,
    bsn: &Bsn,
) -> Result<Vec<StartFact>> {
    const LIVE: &str = "SELECT bericht_id, toewijzing_nummer, categorie, code, begindatum FROM start
        WHERE gemeente = $1 AND aanbieder = $2 AND bsn = $3 AND NOT refused AND removed_by IS NULL
        ORDER BY bericht_id, nr";
    let rows =
        sqlx::query(LIVE).bind(gemeente.code()).bind(aanbieder.code()).bind(bsn.digits()).fetch_all(conn).await?;
    let mut facts = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("start", "bericht_id", row)?;
        let key = StartKey {
            toewijzing_nummer: fields.get::<Option<i64>>("toewijzing_nummer")?.map(ToewijzingNummer),
            categorie: fields.get("categorie")?,
            code: fields.get("code")?,
            begindatum: fields.parse("begindatum", Value::from_text)?,
        };
        facts.push(StartFact { key });
    }
    Ok(facts)
}

/// The heenberichten that a retour with this header may answer.
async fn awaited(conn: &mut Connection, header: &Header) -> Result<Vec<Awaited>> {
    const AWAITED: &str = "SELECT id, ontvanger, dagtekening, referentienummer, retour_id IS NOT NULL AS answered
        FROM bericht WHERE soort = $1 AND afzender = $2 AND identificatie = $3 AND outcome <> 'refused' ORDER BY id";
    let Some(heen) = header.soort.heen() else { return Ok(Vec::new()) };
    let rows = sqlx::query(AWAITED)
        .bind(heen.name())
        .bind(header.afzender.code())
        .bind(header.bericht_identificatie.identificatie.as_str())
        .fetch_all(conn)
        .await?;
    let mut awaited = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("bericht", "id", row)?;
        awaited.push(Awaited {
            bericht_id: fields.get("id")?,
            ontvanger: fields.get("ontvanger")?,
            dagtekening: fields.parse("dagtekening", Value::from_text)?,
            answered: fields.get("answered")?,
            referentienummer: fields.get("referentienummer")?,
        });
    }
    Ok(awaited)
}

/// See [`crate::store::Store::first_receipt`].
pub async fn first_receipt(conn: &mut Connection, sha256: &str) -> Result<Option<Receipt>> {
    const FIRST: &str =
        "SELECT id, receipt FROM bericht WHERE sha256 = $1 AND outcome <> 'refused' ORDER BY id LIMIT 1";
    let row = sqlx::query(FIRST).bind(sha256).fetch_optional(conn).await?;
    row.map(|row| Fields::of("bericht", "id", &row)?.parse("receipt", |text| serde_json::from_str(text).ok()))
        .transpose()
}

/// See [`crate::store::Store::seen_envelope`].
pub async fn seen_envelope(
    conn: &mut Connection,
    zender: &str,
    referentienummer: &str,
) -> Result<Option<EnvelopeSeen>> {
    let row = sqlx::query("SELECT * FROM envelope_seen WHERE zender = $1 AND referentienummer = $2")
        .bind(zender)
        .bind(referentienummer)
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let fields = Fields::of("envelope_seen", "referentienummer", &row)?;
    Ok(Some(EnvelopeSeen {
        zender: fields.get("zender")?,
        referentienummer: fields.get("referentienummer")?,
        content_sha256: fields.get("content_sha256")?,
        answer: fields.get("answer")?,
    }))
}
