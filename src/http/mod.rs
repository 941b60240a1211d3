//! Our server: the API for parties, the endpoint for the network, the dashboard for operators.
//!
//! Reads go to the store; everything that changes something goes through `exchange`. Every answer that
//! is not a page is JSON, errors as `application/problem+json` in Dutch.

mod auth;
mod berichten;
mod dashboard;
mod deadlines;
mod declaraties;
mod error;
mod health;
mod postbus;
mod query;
mod soap;
mod toewijzingen;
mod uitleg;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::routing::{get, post};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::domain::Partij;
use crate::exchange::Gateway;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest bericht taken in, in bytes.
    pub max_bericht_bytes: usize,
    /// Whether the dashboard asks for a login.
    pub dashboard_login: bool,
    /// Whether envelopes of the network are taken in.
    pub takes_envelopes: bool,
    /// Who may call.
    pub callers: Vec<(String, Caller)>,
}

/// Who calls, by the SHA-256 of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A party, and only its own berichten.
    Party(Partij),
    /// An operator, who sees all and posts nothing.
    Operator,
}

/// What every handler works with.
struct Server {
    gateway: Arc<Gateway>,
    max_bericht_bytes: usize,
    dashboard_login: bool,
    callers: HashMap<String, Caller>,
    sessions: dashboard::Sessions,
}

/// The routes of the server.
pub fn router(gateway: Arc<Gateway>, settings: Settings) -> Router {
    let server = Arc::new(Server {
        gateway,
        max_bericht_bytes: settings.max_bericht_bytes,
        dashboard_login: settings.dashboard_login,
        callers: settings.callers.into_iter().collect(),
        sessions: dashboard::Sessions::default(),
    });
    let network = Router::new().route("/soap/ggk", post(soap::receive));
    Router::new()
        .merge(if settings.takes_envelopes { network } else { Router::new() })
        .route("/v1/berichten", post(berichten::post).get(berichten::list))
        .route("/v1/berichten/{id}", get(berichten::one))
        .route("/v1/berichten/{id}/xml", get(berichten::xml))
        .route("/v1/berichten/{id}/json", get(berichten::json))
        .route("/v1/postbus", get(postbus::list))
        .route("/v1/postbus/{id}/ontvangen", post(postbus::confirm))
        .route("/v1/toewijzingen/wachtend", get(toewijzingen::waiting))
        .route("/v1/toewijzingen/{gemeente}/{nummer}", get(toewijzingen::one))
        .route("/v1/declaraties/{id}", get(declaraties::one))
        .route("/v1/declaraties/{id}/csv", get(declaraties::csv))
        .route("/v1/deadlines", get(deadlines::list))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/", get(dashboard::page))
        .route("/toewijzing", get(dashboard::search))
        .route("/toewijzingen/{gemeente}/{nummer}", get(dashboard::toewijzing))
        .route("/wachtlijst", get(dashboard::waiting))
        .route("/berichten/{id}", get(dashboard::bericht))
        .route("/regels", get(dashboard::regels))
        .route("/regels/{code}", get(dashboard::regel))
        .route("/login", get(dashboard::login_page).post(dashboard::login))
        .route("/logout", post(dashboard::logout))
        .route("/dashboard.css", get(dashboard::stylesheet))
        .fallback(|| async { error::Problem::NotFound })
        // The limit on berichten is ours, so that the refusal can name its setting.
        .layer(DefaultBodyLimit::disable())
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .with_state(server)
}
