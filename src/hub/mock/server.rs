//! The HTTP face of the stand-in.
//!
//! | call | meaning |
//! |---|---|
//! | `POST` anywhere else | an envelope |
//! | `GET /` | says that this is a mock, and what it plays |
//! | `GET /journal` | what went over the wire, as JSON |
//! | `GET /faults`, `POST /faults` | faults that wait; add some |
//! | `POST /berichten` | a heenbericht that its Afzender, a played party, sends now |

use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Json, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, SERVER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio::net::TcpListener;

use super::Mock;
use super::config::{FaultOrder, PlayedParty};
use super::intake::Reply;
use super::journal::Line;
use super::line::{Lines, Scissors};
use crate::hub::envelope::MAX_INCOMING_BYTES;

/// So that nobody takes it for the network.
const SERVER_NAME: HeaderValue = HeaderValue::from_static("iwmo-gateway-mock");

impl Mock {
    /// The HTTP face. Served without [`Mock::serve`] it cannot cut a connection and answers 500 instead.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", get(banner).post(envelope))
            .route("/journal", get(journal))
            .route("/faults", get(faults).post(add_faults))
            .route("/berichten", post(send))
            .fallback(envelope)
            .layer(DefaultBodyLimit::max(MAX_INCOMING_BYTES + 1))
            .layer(from_fn(sign))
            .with_state(self.clone())
    }

    /// Serves until dropped.
    ///
    /// # Errors
    /// When the listener fails for good.
    pub async fn serve(&self, listener: TcpListener) -> std::io::Result<()> {
        let service = self.router().into_make_service_with_connect_info::<Scissors>();
        axum::serve(Lines(listener), service).await
    }
}

const WHAT_IT_IS: &str = "iwmo-gateway mock: dit is NIET het landelijke netwerk, maar een nabootsing om mee te testen.

POST /           envelop (elk ander pad mag ook)
GET  /journal    wat er over de lijn ging
GET  /faults     bestelde fouten; POST om er te bestellen
POST /berichten  een heenbericht dat de Afzender ervan nu verstuurt
";

async fn sign(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().insert(SERVER, SERVER_NAME);
    response
}

async fn banner(State(mock): State<Mock>) -> String {
    let config = &mock.0.config;
    let parties: Vec<String> = config
        .parties
        .iter()
        .map(|party| {
            let PlayedParty { code, retour, after, start, then } = party;
            format!("{code}: {retour:?} na {after:?}, start {start:?}, daarna {then:?}")
        })
        .collect();
    format!(
        "{WHAT_IT_IS}\nAntwoorden gaan naar {}\nKent alleen eigen crossRefnummers: {}\n\
         Partijen die niet genoemd zijn accepteren alles meteen.\n{}\n",
        config.gateway_url,
        config.check_cross_refnummer,
        parties.join("\n")
    )
}

async fn journal(State(mock): State<Mock>) -> Json<Vec<Line>> {
    Json(mock.journal())
}

async fn faults(State(mock): State<Mock>) -> Json<Vec<FaultOrder>> {
    Json(mock.faults())
}

async fn add_faults(State(mock): State<Mock>, Json(orders): Json<Vec<FaultOrder>>) -> Json<Vec<FaultOrder>> {
    mock.misbehave(orders);
    Json(mock.faults())
}

async fn send(State(mock): State<Mock>, body: Bytes) -> Response {
    match mock.send(body.to_vec()) {
        Ok(()) => (StatusCode::ACCEPTED, "gepland\n").into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

async fn envelope(
    State(mock): State<Mock>,
    scissors: Option<Extension<ConnectInfo<Scissors>>>,
    method: Method,
    body: Bytes,
) -> Response {
    if method != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, "Alleen POST van een envelop\n").into_response();
    }
    let xml = [(CONTENT_TYPE, "text/xml; charset=utf-8")];
    match mock.take(&body) {
        Reply::Confirmed(answer) => (xml, answer).into_response(),
        Reply::Refused(answer) => (StatusCode::INTERNAL_SERVER_ERROR, xml, answer).into_response(),
        Reply::Unavailable { retry_after: None } => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Reply::Unavailable { retry_after: Some(seconds) } => {
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, seconds.to_string())]).into_response()
        }
        Reply::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "kapot, op bestelling\n").into_response(),
        Reply::WebPage => axum::response::Html("<!doctype html><title>Onderhoud</title>").into_response(),
        Reply::Cut => {
            if let Some(Extension(ConnectInfo(scissors))) = scissors {
                scissors.cut();
            }
            (StatusCode::INTERNAL_SERVER_ERROR, "zonder antwoord, op bestelling\n").into_response()
        }
    }
}
