//! `/v1/berichten`: post one, list them, read one.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body;
use super::error::Problem;
use super::filter::BerichtFilter;
use super::openapi::examples::{EXAMPLE_XML, example_json, example_receipt};
use super::openapi::{BadQuery, ForCallers, Intake, NotThere, PostedBericht, WrittenBericht};
use super::query::{self, Id, Parameters};
use super::uitleg::{MOST_OF_MANY, MOST_OF_ONE, linked};
use super::{Caller, Server};
use crate::api::{DeadlineJson, Receipt};
use crate::domain::Timestamp;
use crate::exchange::receive::receive;
use crate::exchange::{Carrier, Format, Received, Reply, as_json, retour_codes};
use crate::size::HUGE_BYTES;
use crate::store::{BerichtQuery, BerichtView, ParcelView, Step, Transport};

/// What may stand behind the question mark of a post.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PostQuery {
    /// Send it even if the receiver will surely reject it.
    #[serde(default)]
    #[param(required = false)]
    force: bool,
}

/// Takes in one bericht.
///
/// As XML or as JSON. One that a local receiver rejects is taken in as well: its retour is then composed. The same bytes again get
/// the first receipt. JSON may leave out what is the header's own: Identificatie, Dagtekening, XsdVersie, code and version.
#[utoipa::path(
    post,
    path = "/v1/berichten",
    tag = "berichten",
    params(PostQuery),
    request_body(
        content(
            (String = "application/xml", example = json!(EXAMPLE_XML)),
            (PostedBericht = "application/json", example = json!(example_json())),
        ),
        description = "A bericht of the standard, not larger than http.max_bericht_bytes",
    ),
    responses(
        (
            status = 202,
            description = "Taken in and judged",
            body = Receipt,
            headers(("Location" = String, description = "Where the bericht is")),
            example = json!(example_receipt())
        ),
        (status = 200, description = "Taken in before; the receipt of then", body = Receipt),
        Intake
    )
)]
pub(super) async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(query): Parameters<PostQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let partij = caller.partij()?.clone();
    let by = caller.keeper().name.to_owned();
    let format = format_of(&headers)?;
    let whole = body::read(body, &headers, (server.max_bericht_bytes, HUGE_BYTES), &server.turns).await?;
    let received = Received::new(
        whole.bytes.clone(),
        format,
        server.gateway.clock.now(),
        Carrier::Api { partij, by, force: query.force },
    );
    match receive(&received, &server.gateway).await? {
        Reply::Recorded(receipt) => Ok(answer(StatusCode::ACCEPTED, receipt.into(), &caller)),
        Reply::Repeated(receipt) => Ok(answer(StatusCode::OK, receipt.into(), &caller)),
        Reply::Refused(why, receipt) => {
            Err(Problem::Refused(why, Box::new(linked(receipt.into(), &caller, MOST_OF_ONE))))
        }
    }
}

fn answer(status: StatusCode, receipt: Receipt, caller: &Caller) -> Response {
    let location = format!("/v1/berichten/{}", receipt.id);
    (status, [(header::LOCATION, location)], Json(linked(receipt, caller, MOST_OF_ONE))).into_response()
}

fn format_of(headers: &HeaderMap) -> Result<Format, Problem> {
    const WANTED: &str = "Stuur het bericht als application/xml of application/json.";
    match body::media_type(headers, WANTED)?.as_str() {
        "application/xml" | "text/xml" => Ok(Format::Xml),
        "application/json" => Ok(Format::Json),
        _ => Err(Problem::MediaType(WANTED.to_owned())),
    }
}

/// Where a page starts and how long it is.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// What the page before gave as `next`.
    #[param(schema_with = query::cursor)]
    pub after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// How many there are on a page when nothing is said.
pub(super) const ROWS: u32 = 50;

impl PageQuery {
    /// 1 to 200 rows, 50 when nothing is said.
    pub fn limit(&self) -> u32 {
        self.limit.unwrap_or(ROWS).clamp(1, 200)
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page<T> {
    pub items: Vec<T>,
    /// Ask for the next page with `after` set to this; null on the last page.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of at most `limit` items; a full one may have a next.
    pub fn of(items: Vec<T>, limit: u32, key: impl Fn(&T) -> &str) -> Self {
        let full = items.len() >= limit as usize;
        let next = items.last().filter(|_| full).map(|last| key(last).to_owned());
        Self { items, next }
    }
}

/// Lists berichten, the newest first.
///
/// A party sees its own, an operator all.
#[utoipa::path(
    get,
    path = "/v1/berichten",
    tag = "berichten",
    params(BerichtFilter, PageQuery),
    responses((status = 200, description = "A page", body = Page<BerichtJson>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<BerichtFilter>,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<Page<BerichtJson>>, Problem> {
    let (store, after, limit) = (&server.gateway.store, page.after.as_deref(), page.limit());
    let found = if filter.is_empty() {
        store.berichten(caller.scope(), after, limit).await?
    } else {
        let query = BerichtQuery { partij: caller.scope().cloned(), ..filter.query() };
        store.find_berichten(&query, after, limit).await?
    };
    let items = found.into_iter().map(|view| BerichtJson::of(view, &caller, MOST_OF_MANY)).collect();
    Ok(Json(Page::of(items, page.limit(), |bericht: &BerichtJson| &bericht.id)))
}

/// Gives one bericht with its chain: heenbericht and retour, transport, deadlines.
#[utoipa::path(
    get,
    path = "/v1/berichten/{id}",
    tag = "berichten",
    params(Id),
    responses((status = 200, description = "The bericht", body = BerichtJson), NotThere, ForCallers)
)]
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Json<BerichtJson>, Problem> {
    let store = &server.gateway.store;
    let view = store.bericht(&id, caller.scope()).await?.ok_or(Problem::NotFound)?;
    let retourcodes = if view.is_retour() {
        let bytes = store.payload(&id, caller.scope()).await?.unwrap_or_default();
        retour_codes(&bytes, &server.gateway.schemas)
            .into_iter()
            .map(|(path, codes)| KlasseJson { path, codes })
            .collect()
    } else {
        Vec::new()
    };
    Ok(Json(BerichtJson { retourcodes, ..BerichtJson::of(view, &caller, MOST_OF_ONE) }))
}

/// Gives one bericht as XML: the bytes as they came in or were composed, or what was made of JSON.
#[utoipa::path(
    get,
    path = "/v1/berichten/{id}/xml",
    tag = "berichten",
    params(Id),
    responses(
        (status = 200, description = "The bericht", body = String, content_type = "application/xml"),
        NotThere,
        ForCallers
    )
)]
pub(super) async fn xml(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    let bytes = server.gateway.store.payload(&id, caller.scope()).await?.ok_or(Problem::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/xml")], bytes).into_response())
}

/// Gives one bericht as JSON, by the names of the XSD.
#[utoipa::path(
    get,
    path = "/v1/berichten/{id}/json",
    tag = "berichten",
    params(Id),
    responses((status = 200, description = "The bericht", body = WrittenBericht), NotThere, ForCallers)
)]
pub(super) async fn json(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Json<serde_json::Value>, Problem> {
    let bytes = server.gateway.store.payload(&id, caller.scope()).await?.ok_or(Problem::NotFound)?;
    as_json(&bytes, &server.gateway.schemas).map(Json).ok_or(Problem::NotFound)
}

/// A bericht and its chain, as the API gives it.
#[derive(Serialize, ToSchema)]
pub(super) struct BerichtJson {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    berichtsoort: Option<String>,
    release: Option<String>,
    afzender: Option<String>,
    ontvanger: Option<String>,
    identificatie: Option<String>,
    /// The heenbericht that it answers.
    heenbericht: Option<String>,
    /// The retour that answers it.
    retour: Option<String>,
    /// `refused`: the other party refused what it brought; of a retour, what its heenbericht brought. Else null.
    answer: Option<&'static str>,
    deadlines: Vec<DeadlineJson>,
    /// Its envelopes.
    transport: Vec<ParcelJson>,
    /// How far it came on its way to its addressee; null when it was refused here, and goes nowhere.
    transport_state: Option<TransportJson>,
    /// What the sender was told.
    receipt: Receipt,
    /// Of a retour, read one by one: what it says of each berichtklasse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retourcodes: Vec<KlasseJson>,
}

/// What a retour says of a berichtklasse.
#[derive(Serialize, ToSchema)]
struct KlasseJson {
    path: String,
    codes: Vec<String>,
}

impl BerichtJson {
    /// Ours.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// As this caller may read it, with so many findings at most.
    pub(super) fn of(view: BerichtView, caller: &Caller, most: usize) -> Self {
        Self {
            id: view.id,
            received_at: view.received_at,
            berichtsoort: view.berichtsoort,
            release: view.release,
            afzender: view.afzender,
            ontvanger: view.ontvanger,
            identificatie: view.identificatie,
            heenbericht: view.heenbericht_id,
            retour: view.retour_id,
            answer: view.is_turned_down.then_some("refused"),
            deadlines: view.deadlines.into_iter().map(DeadlineJson::from).collect(),
            transport: view.parcels.into_iter().map(ParcelJson::from).collect(),
            transport_state: view.transport.map(TransportJson::from),
            receipt: linked(view.receipt.into(), caller, most),
            retourcodes: Vec::new(),
        }
    }
}

/// How far a bericht came, as the API gives it.
#[derive(Serialize, ToSchema)]
struct TransportJson {
    /// `stored`, `unclear` (sent, and nobody said that it arrived), `handed-over` (in the postbus, or taken by the link), `accepted`
    /// (by the network), `fetched` (by its addressee), `retour` (taken, says its retour), `answered`, `refused` or `given-up`.
    state: &'static str,
    /// What told so, the oldest first. That it is kept here says the bericht itself.
    steps: Vec<StepJson>,
}

/// What told that a bericht came so far.
#[derive(Serialize, ToSchema)]
struct StepJson {
    /// How far, as in `state` of the whole.
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The number of an envelope or a bericht, what the other side answered, or `postbus`.
    evidence: String,
}

impl From<Transport> for TransportJson {
    fn from(transport: Transport) -> Self {
        let steps = transport.steps.into_iter();
        let step = |step: Step| StepJson { state: step.stage.word(), at: step.at, evidence: step.evidence };
        Self { state: transport.stage.word(), steps: steps.map(step).collect() }
    }
}

/// An envelope as it stands, as the API gives it.
#[derive(Serialize, ToSchema)]
struct ParcelJson {
    referentienummer: String,
    functie: String,
    ontvanger: String,
    /// `waiting`, `sending`, `unclear`, `held`, `refused`, `stuck`, `delivered` or `given-up`.
    state: &'static str,
    attempts: i64,
    reason: Option<String>,
}

impl From<ParcelView> for ParcelJson {
    fn from(view: ParcelView) -> Self {
        Self {
            referentienummer: view.referentienummer,
            functie: view.functie,
            ontvanger: view.ontvanger,
            state: view.state.word(),
            attempts: view.attempts,
            reason: view.last_reason,
        }
    }
}
