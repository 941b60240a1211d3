//! The face of VECOZO for aanbieders: VSP-Koppeling over REST, as far as it is public. Payloads are XML, by itself or in a ZIP; what is fetched is not packed.
//!
//! | call | meaning |
//! |---|---|
//! | `POST /berichtenservice/berichten/rest-push/v1/berichten` | one bericht, with what is said of it |
//! | `GET …/rest-pull/v1/berichten`, `…/{traceerId}/payload`, `DELETE …/{traceerId}` | what waits, its bytes, and that it was stored |
//! | `GET /berichtenservice/berichtstatus/rest-pull/v3/berichtstatussen` | how far one came; a minute for each stage |

mod multipart;
mod post;

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post as posted};
use axum::{Extension, Json, Router};
use serde_json::{Value, json};

use super::Mock;
use super::config::When;
use super::faults::next_fault;
use super::handed_in::{Pushed, Waiting};
use super::line::Scissors;
use super::reply::{Reply, answer};
use crate::domain::Timestamp;
use crate::hub::envelope::digest;

const PUSH: &str = "/berichtenservice/berichten/rest-push/v1/berichten";
const PULL: &str = "/berichtenservice/berichten/rest-pull/v1/berichten";
const STATUS: &str = "/berichtenservice/berichtstatus/rest-pull/v3/berichtstatussen";

/// What becomes of a bericht that is taken, a minute each.
const STAGES: [&str; 5] = ["Ontvangen", "WordtVerwerkt", "VerwerkingVoltooid", "WordtAangeboden", "Bezorgd"];

/// How many are listed when nothing is said, which is the most.
const PAGE: usize = 250;

pub(super) fn routes() -> Router<Mock> {
    Router::new()
        .route(PUSH, posted(push))
        .route(PULL, get(list))
        .route(&format!("{PULL}/{{id}}/payload"), get(payload))
        .route(&format!("{PULL}/{{id}}"), delete(confirm))
        .route(STATUS, get(statuses))
}

async fn push(
    State(mock): State<Mock>,
    scissors: Option<Extension<ConnectInfo<Scissors>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fault = next_fault(&mut mock.state(), None, When::Taking);
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts = multipart::parts(content_type, &body);
    let metadata = parts.get("berichtMetadata").and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok());
    let line = mock.handed_in(metadata.as_ref(), parts.get("payload").map(|bytes| &bytes[..]), &body);
    if let Some((reply, outcome)) = fault.as_ref().and_then(|fault| mock.misbehave_before(fault)) {
        mock.state().journal.write(line.outcome(outcome), &body);
        return answer(reply, scissors);
    }
    let (Some(metadata), Some(payload)) = (metadata, parts.get("payload")) else {
        mock.state().journal.write(line.outcome("400"), &body);
        return wrong(StatusCode::BAD_REQUEST, "berichtMetadata of payload ontbreekt");
    };
    let taken = mock.take_push(metadata, payload);
    let outcome = match taken {
        Ok(true) => "accepted",
        Ok(false) => "duplicate",
        Err(code) => code,
    };
    mock.state().journal.write(line.outcome(outcome), &body);
    match taken {
        Ok(_) if fault.is_some_and(|fault| fault.loses_the_answer()) => answer(Reply::Cut, scissors),
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(code) => wrong(StatusCode::UNPROCESSABLE_ENTITY, code),
    }
}

fn wrong(status: StatusCode, code: &str) -> Response {
    let problem = json!({"title": "Niet aangenomen", "status": status.as_u16(), "errors": {"bericht": [code]}});
    (status, Json(problem)).into_response()
}

async fn list(
    State(mock): State<Mock>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Vec<Value>>, StatusCode> {
    let limit = query.get("limit").map_or(Ok(PAGE), |limit| limit.parse()).map_err(|_| StatusCode::BAD_REQUEST)?;
    if !(1..=PAGE).contains(&limit) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let host = headers.get(HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost").to_owned();
    let now = mock.now();
    let mut state = mock.state();
    state.vsp.waiting.sort_by_key(|one| one.due);
    let due = state.vsp.waiting.iter().filter(|one| one.due <= now).take(limit);
    Ok(Json(due.map(|one| listed(one, &host)).collect()))
}

fn listed(one: &Waiting, host: &str) -> Value {
    let mut metadata = one.metadata.clone();
    metadata["basisgegevens"] = json!({
        "ontvangenOp": one.due,
        "payload": {
            "url": format!("http://{host}{PULL}/{}/payload", one.id),
            "grootte": one.payload.len(),
            "checksum": {"algoritme": "SHA256", "waarde": digest::sha256(&one.payload)},
        },
    });
    metadata
}

async fn payload(State(mock): State<Mock>, Path(id): Path<String>) -> Result<Vec<u8>, StatusCode> {
    let found = mock.state().vsp.waiting.iter().find(|one| one.id == id).map(|one| one.payload.clone());
    let payload = found.ok_or(StatusCode::NOT_FOUND)?;
    mock.note_fetched(&id, &payload, "downloaded");
    Ok(payload)
}

async fn confirm(State(mock): State<Mock>, Path(id): Path<String>) -> StatusCode {
    let found = mock.state().vsp.waiting.extract_if(.., |one| one.id == id).next();
    let Some(one) = found else { return StatusCode::NOT_FOUND };
    mock.note_fetched(&id, &one.payload, "confirmed");
    StatusCode::ACCEPTED
}

async fn statuses(
    State(mock): State<Mock>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Value>>, StatusCode> {
    let (by, wanted) = match (query.get("traceerId"), query.get("conversatieId")) {
        (Some(id), None) => ("traceerId", id),
        (None, Some(id)) => ("conversatieId", id),
        _ => return Err(StatusCode::BAD_REQUEST),
    };
    let now = mock.now();
    let state = mock.state();
    let found = state.vsp.pushed.values().filter(|one| one.metadata["referentiegegevens"][by] == **wanted);
    Ok(Json(found.take(PAGE).map(|one| status(one, now)).collect()))
}

fn status(one: &Pushed, now: Timestamp) -> Value {
    let minutes = usize::try_from(now.signed_duration_since(one.at).num_minutes()).unwrap_or(0);
    let mut status = json!({
        "referentiegegevens": one.metadata["referentiegegevens"],
        "berichtstroom": one.metadata["routeringgegevens"]["berichtstroom"],
        "berichtOntvangenOp": one.at,
        "berichtstatusGewijzigdOp": now,
        "berichtstatus": STAGES[minutes.min(STAGES.len() - 1)],
    });
    if let Some(code) = &one.refused {
        status["berichtstatus"] = json!("AfgekeurdDoorDienst");
        status["meldingen"] = json!([{"code": code, "omschrijving": "Afgekeurd door het nepnetwerk"}]);
    }
    status
}
