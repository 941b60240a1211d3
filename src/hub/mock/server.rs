//! The HTTP face of the stand-in.
//!
//! | call | meaning |
//! |---|---|
//! | `POST` anywhere else | an envelope |
//! | `GET /` | says that this is a mock, and what it plays |
//! | `GET /journal`, `GET /journal/{nr}` | what went over the wire, as JSON; the bytes of one line |
//! | `GET /faults`, `POST /faults`, `DELETE /faults` | faults that wait; add some; forget them |
//! | `GET /clock`, `POST /clock` | what time it is; set the clock, where it stands still: `{"to": "2026-03-09T09:00:00+01:00"}` |
//! | `POST /berichten` | a heenbericht that its Afzender, a played party, sends now |
//!
//! All but envelopes may stand at an address of its own (`control`).

use axum::body::{Bytes, to_bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, Json, Path, Request, State};
use axum::http::header::{CONTENT_TYPE, SERVER};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use super::config::{FaultOrder, PlayedParty};
use super::journal::Line;
use super::line::{Lines, Scissors};
use super::reply::{Reply, answer};
use super::{Mock, vsp};
use crate::domain::Timestamp;
use crate::hub::envelope::MAX_INCOMING_BYTES;

/// So that nobody takes it for the network.
const SERVER_NAME: HeaderValue = HeaderValue::from_static("iwmo-gateway-mock");

impl Mock {
    /// The HTTP face. Served without [`Mock::serve`] it cannot cut a connection and answers 500 instead.
    pub fn router(&self) -> Router {
        let network = Router::new().route("/", get(banner).post(envelope)).merge(vsp::routes()).fallback(envelope);
        self.finished(if self.0.config.control.is_some() { network } else { network.merge(control_routes()) })
    }

    /// Where it is told what to do, where that has an address of its own.
    pub fn control_router(&self) -> Router {
        self.finished(control_routes().route("/", get(banner)))
    }

    fn finished(&self, router: Router<Self>) -> Router {
        let limited = router.layer(DefaultBodyLimit::max(MAX_INCOMING_BYTES + 1)).layer(from_fn(sign));
        limited.with_state(self.clone())
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

fn control_routes() -> Router<Mock> {
    Router::new()
        .route("/journal", get(journal))
        .route("/journal/{nr}", get(bytes))
        .route("/faults", get(faults).post(add_faults).delete(forget_faults))
        .route("/clock", get(clock).post(set_clock))
        .route("/berichten", post(send))
}

/// What time it is, or is to be.
#[derive(Deserialize, Serialize)]
struct Clock {
    to: Timestamp,
}

const WHAT_IT_IS: &str = "iwmo-gateway mock: dit is NIET het landelijke netwerk, maar een nabootsing om mee te testen.

POST /           envelop (elk ander pad mag ook)
/berichtenservice  de REST-koppeling van VECOZO
GET  /journal    wat er over de lijn ging; /journal/0 geeft de bytes van de eerste regel
GET  /faults     bestelde fouten; POST om er te bestellen, DELETE om ze te vergeten
GET  /clock      hoe laat het is; POST {\"to\": \"2026-03-09T09:00:00+01:00\"} zet de klok, als die stilstaat
POST /berichten  een heenbericht dat de Afzender ervan nu verstuurt

Aannames die hier vastliggen, en die het echte netwerk niet hoeft te delen:
- een envelop krijgt Bv03 (van een adapter Bv04: face = \"adapter\") als die is opgeslagen, en Fo03 volgens tabel 4.1 van StUF als dat niet zo is
- hetzelfde nummer met dezelfde inhoud krijgt dezelfde bevestiging, met andere inhoud StUF016
- het GGK kijkt niet in het bericht; wat niet aan het schema voldoet komt terug als Fo01 IB014 van VECOZO
- een aanbieder of gemeente antwoordt onder het nummer van de envelop die het bericht bracht
- wat bij VECOZO (/berichtenservice) binnenkomt, krijgt elke minuut de volgende status; de inhoud is XML, los of in een ZIP, en wat wordt opgehaald is niet ingepakt
- er is geen ebMS2 en geen certificaat: alleen StUF en de REST-koppeling van VECOZO, over HTTP
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
            let PlayedParty { code, retour, after, start, decides, then } = party;
            format!("{code}: {retour:?} na {after:?}, start {start:?}, besluit {decides:?}, daarna {then:?}")
        })
        .collect();
    format!(
        "{WHAT_IT_IS}\nSpeelt: {:?}\nAntwoorden gaan naar {}\nKent alleen eigen crossRefnummers: {}\n\
         Partijen die niet genoemd zijn accepteren alles meteen.\n{}\n",
        config.face,
        config.gateway_url,
        config.check_cross_refnummer,
        parties.join("\n")
    )
}

async fn journal(State(mock): State<Mock>) -> Json<Vec<Line>> {
    Json(mock.journal())
}

async fn bytes(State(mock): State<Mock>, Path(nr): Path<usize>) -> Response {
    match mock.bytes(nr) {
        Some(bytes) => ([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response(),
        None => (StatusCode::NOT_FOUND, "Deze regel is er niet, of zijn bytes zijn niet bewaard\n").into_response(),
    }
}

async fn faults(State(mock): State<Mock>) -> Json<Vec<FaultOrder>> {
    Json(mock.faults())
}

async fn add_faults(State(mock): State<Mock>, Json(orders): Json<Vec<FaultOrder>>) -> Json<Vec<FaultOrder>> {
    mock.misbehave(orders);
    Json(mock.faults())
}

async fn forget_faults(State(mock): State<Mock>) -> StatusCode {
    mock.behave();
    StatusCode::NO_CONTENT
}

async fn clock(State(mock): State<Mock>) -> Json<Clock> {
    Json(Clock { to: mock.now() })
}

async fn set_clock(State(mock): State<Mock>, Json(Clock { to }): Json<Clock>) -> Response {
    match mock.0.set_now.get() {
        Some(set_now) => {
            set_now(to);
            mock.0.planned.notify_one();
            Json(Clock { to }).into_response()
        }
        None => (StatusCode::CONFLICT, "De klok is die van de machine: zeg clock = \"...\" in het bestand\n")
            .into_response(),
    }
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
    request: Request,
) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, "Alleen POST van een envelop\n").into_response();
    }
    if mock.closes_unread() {
        return answer(Reply::Cut, scissors);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_INCOMING_BYTES + 1).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    match mock.take(&body) {
        Reply::AfterActing(confirmation) => {
            mock.act().await;
            answer(Reply::Confirmed(confirmation), scissors)
        }
        Reply::Hang => std::future::pending().await,
        reply => answer(reply, scissors),
    }
}
