//! What was recorded before, as far as it bears on one bericht.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;

use super::super::{Connection, Database, Row};
use super::batch::Batch;
use super::declaratie::{Declared, declaraties_of, declaraties_under, latest_declaratie, lines_of};
use super::facts::{
    CHUNK, Pair, ask_live, ask_reported_starts, ask_revisions, ask_toewijzingen, ask_toewijzingen_of_client,
    clients_with_toewijzing, leveringen, lines_about, lines_on, read_reported_starts, read_revisions, read_starts,
    read_stops, read_toewijzingen, toewijzingen_numbered, toewijzingen_of_client, verzoeken_named, verzoeken_of_client,
};
use super::finding::findings_in;
use super::row::Fields;
use super::spoed::{ask_spoed, read_spoed};
use super::{Result, declaratie, facts};
use crate::domain::berichten::bericht::{BerichtIdentificatie, Heenbericht};
use crate::domain::berichten::declaratie::Declaratie;
use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer, Value};
use crate::domain::facts::history::{
    Awaited, DeclaratieHistory, Elsewhere, Subject, ToewijzingFact, named_toewijzingen, named_verzoeken,
};
use crate::domain::{Bericht, Berichtsoort, Header, History, Inhoud, Partij, Timestamp};
use crate::store::{Declarable, EnvelopeSeen, FactStore, HeaderColumns, Receipt};

#[async_trait]
impl FactStore for Database {
    async fn history(&self, bericht: &Bericht) -> Result<History> {
        self.read((bericht,), history).await
    }

    async fn elsewhere(&self, gemeente: &Partij, aanbieder: &Partij, bsns: &[Bsn]) -> Result<HashMap<Bsn, Elsewhere>> {
        self.read(((gemeente, aanbieder), bsns), facts::elsewhere).await
    }

    async fn granted_at(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        referenties: &[String],
    ) -> Result<HashMap<String, Timestamp>> {
        self.read(((gemeente, aanbieder), referenties), facts::granted_at).await
    }

    async fn declarable(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        nummers: &[ToewijzingNummer],
        referenties: &[ReferentieNummer],
    ) -> Result<Declarable> {
        self.read(((gemeente, aanbieder), nummers, referenties), declaratie::declarable).await
    }
}

/// How many questions go to the database at once.
const AT_ONCE: usize = 8;

/// See [`crate::store::FactStore::history`].
pub async fn history(conn: &mut Connection, bericht: &Bericht) -> Result<History> {
    match bericht {
        Bericht::Heen(heen) => of_heenbericht(conn, heen).await,
        Bericht::Retour(retour) => {
            let mut identity = Batch::default();
            ask_identity(&mut identity, &retour.header, Some(retour.retour.identificatie_retour.as_str()));
            Ok(History {
                identificatie_used: !identity.fetch_one(conn).await?.is_empty(),
                awaited: awaited(conn, &retour.header).await?,
                ..History::default()
            })
        }
    }
}

async fn of_heenbericht(conn: &mut Connection, heen: &Heenbericht) -> Result<History> {
    let pair = heen.header.pair();
    let mut history = first(conn, heen).await?;
    match &heen.inhoud {
        Inhoud::VerzoekOmToewijzing(client) => history.verzoeken = verzoeken_of_client(conn, pair, &client.bsn).await?,
        Inhoud::VerzoekOmWijziging(client) => {
            history.verzoeken = verzoeken_of_client(conn, pair, &client.bsn).await?;
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
            let is_known = |nummer| history.toewijzingen.current(nummer).is_some();
            let nummers = client.toegewezen_producten.iter().filter(|product| is_known(product.toewijzing_nummer));
            let nummers: Vec<i64> = nummers.map(|product| product.toewijzing_nummer.0).collect();
            history.declaraties.prestaties = lines_on(conn, pair, &nummers).await?;
        }
        Inhoud::Start(_)
        | Inhoud::Stop(_)
        | Inhoud::Beschikking(_)
        | Inhoud::Antwoord(_)
        | Inhoud::Declaratie(_)
        | Inhoud::Factuur { .. } => {}
    }
    if let Some(declaratie) = heen.inhoud.declaratie() {
        of_declaratie(conn, Declared { pair, soort: heen.header.soort.name() }, &declaratie, &mut history).await?;
    }
    add_verzoeken(conn, pair, &named_verzoeken(&heen.inhoud), &mut history).await?;
    Ok(history)
}

/// What most verdicts rest on: the Identificatie, the toewijzingen that the bericht names, and of its client all
/// toewijzingen, or the starts and stops.
///
/// The revisions are read before the facts: a bericht that is recorded meanwhile makes the verdict stale.
async fn first(conn: &mut Connection, heen: &Heenbericht) -> Result<History> {
    let subjects = Subject::of(&heen.inhoud);
    let nummers: BTreeSet<i64> = named_toewijzingen(&heen.inhoud).iter().map(|nummer| nummer.0).collect();
    let nummers: Vec<i64> = nummers.into_iter().collect();
    let mut questions: Vec<Question<'_>> = subjects.chunks(CHUNK).map(Question::Revisions).collect();
    questions.push(Question::Identity);
    match &heen.inhoud {
        Inhoud::Start(_) | Inhoud::Stop(_) => {
            let levering = |bsn| [Question::Starts(bsn), Question::Stops(bsn)];
            questions.extend(heen.inhoud.bsn().into_iter().flat_map(levering));
        }
        inhoud => questions.extend(inhoud.bsn().map(Question::ToewijzingenOfClient)),
    }
    questions.extend(nummers.chunks(CHUNK).map(Question::Toewijzingen));
    if matches!(heen.inhoud, Inhoud::Toewijzing(_) | Inhoud::Beschikking(_)) {
        questions.extend(nummers.chunks(CHUNK).map(Question::Spoed));
    }
    if matches!(heen.inhoud, Inhoud::Start(_)) {
        questions.extend(nummers.chunks(CHUNK).map(Question::ReportedStarts));
    }

    let (mut history, mut revisions) = (History::default(), HashMap::new());
    // Few are asked at once; many would fill the cache of prepared statements with what is never asked again.
    let at_once = if questions.len() <= AT_ONCE { AT_ONCE } else { 1 };
    for asked in questions.chunks(at_once) {
        let mut batch = Batch::default();
        for question in asked {
            question.ask(&mut batch, &heen.header);
        }
        for (question, rows) in asked.iter().zip(batch.fetch(conn).await?) {
            question.answer(&rows, &mut history, &mut revisions)?;
        }
    }
    let revision = |subject: &Subject| revisions.get(&subject.key()).copied().unwrap_or(0);
    history.revisions = subjects.iter().map(|subject| (subject.clone(), revision(subject))).collect();
    Ok(history)
}

/// One statement of [`first`].
enum Question<'a> {
    Revisions(&'a [Subject]),
    Identity,
    ToewijzingenOfClient(&'a Bsn),
    Starts(&'a Bsn),
    Stops(&'a Bsn),
    Toewijzingen(&'a [i64]),
    Spoed(&'a [i64]),
    ReportedStarts(&'a [i64]),
}

impl Question<'_> {
    fn ask(&self, batch: &mut Batch, header: &Header) {
        let pair = header.pair();
        match *self {
            Self::Revisions(subjects) => ask_revisions(batch, pair, subjects),
            Self::Identity => ask_identity(batch, header, None),
            Self::ToewijzingenOfClient(bsn) => ask_toewijzingen_of_client(batch, pair, bsn),
            Self::Starts(bsn) => ask_live(batch, pair, "start", bsn),
            Self::Stops(bsn) => ask_live(batch, pair, "stop", bsn),
            Self::Toewijzingen(nummers) => ask_toewijzingen(batch, pair, nummers),
            Self::Spoed(nummers) => ask_spoed(batch, pair, nummers),
            Self::ReportedStarts(nummers) => ask_reported_starts(batch, pair, nummers),
        }
    }

    fn answer(&self, rows: &[Row], history: &mut History, revisions: &mut HashMap<String, i64>) -> Result<()> {
        match self {
            Self::Revisions(_) => read_revisions(rows, revisions)?,
            Self::Identity => history.identificatie_used = !rows.is_empty(),
            Self::ToewijzingenOfClient(_) => history.toewijzingen.extend(read_toewijzingen(rows)?),
            Self::Starts(_) => history.starts = read_starts(rows)?,
            Self::Stops(_) => history.stops = read_stops(rows)?,
            Self::Toewijzingen(_) => add_toewijzingen(read_toewijzingen(rows)?, history),
            Self::Spoed(_) => history.with_spoed.extend(read_spoed(rows)?),
            Self::ReportedStarts(_) => history.reported_starts.extend(read_reported_starts(rows)?),
        }
        Ok(())
    }
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
    add_toewijzingen(toewijzingen_numbered(conn, pair, &nummers).await?, history);
    for client in declaratie.clienten.iter().filter(|client| client.has_line_without_number()) {
        let of_client = toewijzingen_of_client(conn, pair, &client.bsn).await?;
        let of_client: BTreeSet<i64> = of_client.iter().map(|fact| fact.toewijzing_nummer.0).collect();
        let of_client: Vec<i64> = of_client.into_iter().collect();
        add_toewijzingen(toewijzingen_numbered(conn, pair, &of_client).await?, history);
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
    if declared.soort != Berichtsoort::Wmo323.name() {
        let started = leveringen.values().flat_map(|of_client| &of_client.starts);
        let started: BTreeSet<i64> =
            started.filter_map(|start| start.toewijzing_nummer).map(|nummer| nummer.0).collect();
        let started: Vec<i64> = started.into_iter().collect();
        add_toewijzingen(toewijzingen_numbered(conn, pair, &started).await?, history);
    }
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

/// Asks for a bericht that used the Identificatie.
fn ask_identity(batch: &mut Batch, header: &Header, identificatie_retour: Option<&str>) {
    let identity = HeaderColumns::of(header, identificatie_retour).identity();
    batch.statement("SELECT 1 FROM bericht WHERE identity = $1").bind(identity);
}

/// Adds those whose number is not there yet.
fn add_toewijzingen(mut facts: Vec<ToewijzingFact>, history: &mut History) {
    facts.retain(|fact| history.toewijzingen.versions(fact.toewijzing_nummer).is_empty());
    history.toewijzingen.extend(facts);
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

/// The heenberichten that a retour with this header may answer: of its own release, as the two of a pair always are.
async fn awaited(conn: &mut Connection, header: &Header) -> Result<Vec<Awaited>> {
    // By its name: kind and sender are no way in, as the indexes by these are of all years.
    const AWAITED: &str = "SELECT id, ontvanger, dagtekening, referentienummer, retour_id IS NOT NULL AS answered,
            identity IS NULL AS is_second_use
        FROM bericht WHERE soort || '' = $1 AND afzender || '' = $2 AND identificatie = $3 AND release = $4
            AND outcome NOT IN ('refused', 'parked') ORDER BY id";
    let Some(heen) = header.soort.heen() else { return Ok(Vec::new()) };
    let rows = sqlx::query(AWAITED)
        .bind(heen.name())
        .bind(header.afzender.code())
        .bind(header.bericht_identificatie.identificatie.as_str())
        .bind(header.release.name())
        .fetch_all(conn)
        .await?;
    let mut awaited = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("bericht", "id", row);
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

/// See [`crate::store::IntakeStore::first_receipt`].
pub async fn first_receipt(conn: &mut Connection, sha256: &str, header: Option<&Header>) -> Result<Option<Receipt>> {
    const NAMED: &str = "SELECT id, receipt FROM bericht
        WHERE afzender = $2 AND identificatie = $3 AND sha256 = $1 AND outcome <> 'refused' ORDER BY id LIMIT 1";
    const MADE: &str =
        "SELECT id, receipt FROM bericht WHERE sha256 = $1 AND is_made AND outcome <> 'refused' ORDER BY id LIMIT 1";
    let query = match header {
        Some(header) => sqlx::query(NAMED)
            .bind(sha256)
            .bind(header.afzender.code())
            .bind(header.bericht_identificatie.identificatie.to_string()),
        None => sqlx::query(MADE).bind(sha256),
    };
    let rows = query.fetch_all(&mut *conn).await?;
    let mut found = findings_in(conn, &rows, None).await?;
    rows.first().map(|row| found.receipt(row)).transpose()
}

/// See [`crate::store::IntakeStore::seen_envelope`].
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
    let fields = Fields::of("envelope_seen", "referentienummer", &row);
    Ok(Some(EnvelopeSeen {
        zender: fields.get("zender")?,
        referentienummer: fields.get("referentienummer")?,
        content_sha256: fields.get("content_sha256")?,
        answer: fields.get("answer")?,
    }))
}
