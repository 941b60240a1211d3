//! What was recorded before, as far as it bears on one bericht.

use std::collections::BTreeSet;

use super::super::Connection;
use super::Result;
use super::declaratie::{Declared, declaraties_of, declaraties_under, latest_declaratie, lines_of};
use super::facts::{
    Pair, clients_with_toewijzing, leveringen, lines_about, lines_on, live_starts, live_stops, revisions,
    toewijzingen_numbered, toewijzingen_of_client, verzoeken_named, verzoeken_of_client,
};
use super::row::Fields;
use crate::domain::bericht::{BerichtIdentificatie, Heenbericht};
use crate::domain::declaratie::Declaratie;
use crate::domain::history::{Awaited, DeclaratieHistory, Subject, named_toewijzingen, named_verzoeken};
use crate::domain::waarde::{Bsn, ToewijzingNummer, Value};
use crate::domain::{Bericht, Berichtsoort, Header, History, Inhoud};
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

/// The revisions are read before the facts: a bericht that is recorded meanwhile makes the verdict stale.
async fn of_heenbericht(conn: &mut Connection, heen: &Heenbericht) -> Result<History> {
    let pair = heen.header.pair();
    let subjects = Subject::of(&heen.inhoud);
    let mut history = History { revisions: revisions(conn, pair, subjects).await?, ..History::default() };
    history.identificatie_used = identity_used(conn, &heen.header, None).await?;
    match &heen.inhoud {
        Inhoud::Start(client) => levering_of(conn, pair, &client.bsn, &mut history).await?,
        Inhoud::Stop(client) => levering_of(conn, pair, &client.bsn, &mut history).await?,
        Inhoud::VerzoekOmToewijzing(client) => {
            history.verzoeken = verzoeken_of_client(conn, pair, &client.bsn).await?;
            history.toewijzingen.extend(toewijzingen_of_client(conn, pair, &client.bsn).await?);
        }
        Inhoud::VerzoekOmWijziging(client) => {
            history.verzoeken = verzoeken_of_client(conn, pair, &client.bsn).await?;
            history.toewijzingen.extend(toewijzingen_of_client(conn, pair, &client.bsn).await?);
            history.clients = clients_with_toewijzing(conn, pair, &[&client.bsn]).await?;
        }
        Inhoud::DeclaratieAntwoord { header, antwoord } => {
            let nummer = antwoord.as_ref().map(|antwoord| antwoord.declaratie_nummer.as_str());
            let declared = Declared { pair, soort: Berichtsoort::Wmo323.name() };
            history.declaraties = of_antwoord(conn, declared, &header.declaratie_identificatie, nummer).await?;
        }
        Inhoud::FactuurAntwoord { header, .. } => {
            let declared = Declared { pair, soort: Berichtsoort::Wmo303F.name() };
            history.declaraties = of_antwoord(conn, declared, &header.identificatie.bericht(), None).await?;
        }
        Inhoud::Toewijzing(client) => {
            let nummers = client.toegewezen_producten.iter().filter(|product| product.is_verwijderd());
            let nummers: Vec<i64> = nummers.map(|product| product.toewijzing_nummer.0).collect();
            history.declaraties.prestaties = lines_on(conn, pair, &nummers).await?;
            history.toewijzingen.extend(toewijzingen_of_client(conn, pair, &client.bsn).await?);
        }
        Inhoud::Beschikking(client) => {
            history.toewijzingen.extend(toewijzingen_of_client(conn, pair, &client.bsn).await?);
        }
        Inhoud::Antwoord(_) | Inhoud::Declaratie(_) | Inhoud::Factuur { .. } => {}
    }
    if let Some(declaratie) = heen.inhoud.declaratie() {
        of_declaratie(conn, Declared { pair, soort: heen.header.soort.name() }, &declaratie, &mut history).await?;
    }
    let nummers: Vec<i64> = named_toewijzingen(&heen.inhoud).iter().map(|nummer| nummer.0).collect();
    add_toewijzingen(conn, pair, &nummers, &mut history).await?;
    add_verzoeken(conn, pair, &named_verzoeken(&heen.inhoud), &mut history).await?;
    Ok(history)
}

async fn levering_of(conn: &mut Connection, pair: Pair<'_>, bsn: &Bsn, history: &mut History) -> Result<()> {
    history.starts = live_starts(conn, pair, bsn).await?;
    history.stops = live_stops(conn, pair, bsn).await?;
    Ok(())
}

/// What the lines of a declaratie are judged against.
async fn of_declaratie(
    conn: &mut Connection,
    declared: Declared<'_>,
    declaratie: &Declaratie,
    history: &mut History,
) -> Result<()> {
    let pair = declared.pair;
    let bsns: Vec<&Bsn> = declaratie.clienten.iter().map(|client| &client.bsn).collect();
    history.clients = clients_with_toewijzing(conn, pair, &bsns).await?;
    let lines = || declaratie.clienten.iter().flat_map(|client| &client.prestaties);
    let nummers: BTreeSet<i64> = lines().filter_map(|line| line.toewijzing_nummer).map(|nummer| nummer.0).collect();
    let nummers: Vec<i64> = nummers.into_iter().collect();
    add_toewijzingen(conn, pair, &nummers, history).await?;
    for client in declaratie.clienten.iter().filter(|client| client.has_line_without_number()) {
        let of_client = toewijzingen_of_client(conn, pair, &client.bsn).await?;
        let of_client: Vec<i64> = of_client.iter().map(|fact| fact.toewijzing_nummer.0).collect();
        add_toewijzingen(conn, pair, &of_client, history).await?;
    }
    let referenties: BTreeSet<&str> = lines()
        .flat_map(|line| {
            let referentie = &line.product_referentie;
            [Some(referentie.referentie_nummer.as_str()), referentie.vorig()]
        })
        .flatten()
        .collect();
    let mut declaraties = declaraties_under(conn, declared, &declaratie.declaratie_nummer).await?;
    declaraties.extend(latest_declaratie(conn, declared).await?);
    let prestaties = lines_about(conn, pair, &nummers, &referenties.into_iter().collect::<Vec<_>>()).await?;
    let leveringen = leveringen(conn, pair, &bsns).await?;
    history.declaraties = DeclaratieHistory { declaraties, prestaties, leveringen, ..DeclaratieHistory::default() };
    Ok(())
}

/// The declaraties that a 325 may answer: by the Identificatie of the 323 first, else by DeclaratieNummer; with the
/// lines of the one that it answers.
async fn of_antwoord(
    conn: &mut Connection,
    declared: Declared<'_>,
    identificatie: &BerichtIdentificatie,
    nummer: Option<&str>,
) -> Result<DeclaratieHistory> {
    let mut declaraties = declaraties_of(conn, declared, identificatie.identificatie.as_str()).await?;
    if let Some(nummer) = nummer {
        for other in declaraties_under(conn, declared, nummer).await? {
            if declaraties.iter().all(|known| known.bericht_id != other.bericht_id) {
                declaraties.push(other);
            }
        }
    }
    let answered = declaraties.iter().find(|one| one.bericht_identificatie == *identificatie);
    let prestaties = match answered {
        Some(declaratie) => lines_of(conn, &declaratie.bericht_id).await?,
        None => Vec::new(),
    };
    Ok(DeclaratieHistory { declaraties, prestaties, ..DeclaratieHistory::default() })
}

async fn identity_used(conn: &mut Connection, header: &Header, identificatie_retour: Option<&str>) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM bericht WHERE identity = $1)")
        .bind(HeaderColumns::of(header, identificatie_retour).identity())
        .fetch_one(conn)
        .await?)
}

/// Adds those of these numbers that are not there yet.
async fn add_toewijzingen(conn: &mut Connection, pair: Pair<'_>, nummers: &[i64], history: &mut History) -> Result<()> {
    let missing: BTreeSet<i64> = nummers
        .iter()
        .copied()
        .filter(|nummer| history.toewijzingen.versions(ToewijzingNummer(*nummer)).is_empty())
        .collect();
    let missing: Vec<i64> = missing.into_iter().collect();
    history.toewijzingen.extend(toewijzingen_numbered(conn, pair, &missing).await?);
    Ok(())
}

/// Adds those under these names that are not there yet.
async fn add_verzoeken(conn: &mut Connection, pair: Pair<'_>, namen: &[&str], history: &mut History) -> Result<()> {
    for naam in namen.iter().copied().collect::<BTreeSet<&str>>() {
        if history.verzoek(naam).is_none() {
            history.verzoeken.extend(verzoeken_named(conn, pair, naam).await?);
        }
    }
    Ok(())
}

/// The heenberichten that a retour with this header may answer.
async fn awaited(conn: &mut Connection, header: &Header) -> Result<Vec<Awaited>> {
    const AWAITED: &str = "SELECT id, ontvanger, dagtekening, referentienummer, retour_id IS NOT NULL AS answered,
            identity IS NULL AS is_second_use
        FROM bericht WHERE soort = $1 AND afzender = $2 AND identificatie = $3 AND outcome NOT IN ('refused', 'parked') ORDER BY id";
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
            is_second_use: fields.get("is_second_use")?,
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
