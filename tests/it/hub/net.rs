//! A network of two on loopback: the stand-in, and a gateway of a few lines that keeps what it is sent.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::hub::envelope::compose::{self, Stamp};
use iwmo_gateway::hub::envelope::{Envelope, parse};
use iwmo_gateway::hub::ggk::{Ggk, Timeouts};
use iwmo_gateway::hub::mock::Mock;
use iwmo_gateway::hub::mock::config::MockConfig;
use iwmo_gateway::hub::{Delivery, envelope};
use tokio::net::TcpListener;

use super::codec;

/// Everything that a test holds in its hands.
pub struct Net {
    pub mock: Mock,
    pub link: Ggk,
    pub url: String,
    pub gateway: Gateway,
    now: Arc<Mutex<Timestamp>>,
}

impl Net {
    /// Starts a stand-in with this TOML besides the addresses. It is 12 January 2026, nine o'clock in Amsterdam.
    pub async fn start(extra: &str) -> Self {
        let gateway = Gateway::start().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let config = format!("listen = \"{address}\"\ngateway_url = \"{}\"\n{extra}", gateway.url);
        let config: MockConfig = toml::from_str(&config).expect("a configuration");
        let start: Timestamp = "2026-01-12T08:00:00Z".parse().expect("an instant");
        let now = Arc::new(Mutex::new(start));
        let (told, made) = (now.clone(), AtomicU64::new(1));
        let mock = Mock::new(
            config,
            codec::lines(),
            Arc::new(move || *told.lock().unwrap_or_else(PoisonError::into_inner)),
            Arc::new(move || uuid(made.fetch_add(1, Ordering::Relaxed))),
        )
        .expect("a stand-in");
        let server = mock.clone();
        tokio::spawn(async move { server.serve(listener).await });
        let url = format!("http://{address}");
        let link = Ggk::new(&url, Timeouts::default()).expect("a link");
        Self { mock, link, url, gateway, now }
    }

    /// Lets time pass.
    pub fn pass(&self, delta: TimeDelta) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += delta;
    }

    pub async fn deliver(&self, envelope: &Envelope) -> Delivery {
        let bytes = compose::envelope(envelope);
        self.link.deliver(envelope.kind(), &envelope.stuurgegevens.referentienummer, bytes).await
    }

    /// Direction, berichtcode, functie, attempt and outcome of everything on the wire.
    pub fn story(&self) -> Vec<String> {
        let short = |line: iwmo_gateway::hub::mock::journal::Line| {
            let functie = line.functie.unwrap_or_default();
            let code = line.berichtcode.unwrap_or("?");
            format!("{:?} {code} {functie} #{} {}", line.direction, line.attempt, line.outcome)
        };
        self.mock.journal().into_iter().map(short).collect()
    }
}

/// UUID v4 number so-and-so.
fn uuid(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Takes envelopes in, and answers as it is told.
#[derive(Clone)]
pub struct Gateway {
    pub url: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
    statuses: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Gateway {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/soap/ggk", listener.local_addr().expect("an address"));
        let gateway = Self { url, seen: Arc::default(), statuses: Arc::default() };
        let router = axum::Router::new().fallback(take).with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gateway
    }

    /// Answers the next requests with these, without taking them.
    pub fn answer_with(&self, statuses: impl IntoIterator<Item = StatusCode>) {
        self.statuses.lock().unwrap_or_else(PoisonError::into_inner).extend(statuses);
    }

    /// The bytes of every request, oldest first.
    pub fn seen(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The envelopes of every request.
    pub fn envelopes(&self) -> Vec<Envelope> {
        self.seen().iter().map(|bytes| parse(bytes).expect("an envelope")).collect()
    }
}

async fn take(State(gateway): State<Gateway>, body: Bytes) -> Response {
    gateway.seen.lock().unwrap_or_else(PoisonError::into_inner).push(body.to_vec());
    if let Some(status) = gateway.statuses.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
        return status.into_response();
    }
    let envelope = parse(&body).expect("an envelope");
    let local = chrono::NaiveDateTime::default();
    let stamp = Stamp { referentienummer: uuid(u64::MAX >> 16), tijdstip_bericht: envelope::tijdstip_bericht(local) };
    compose::bv03(&envelope.stuurgegevens, &stamp).into_response()
}
