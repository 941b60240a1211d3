//! Our server: the API for parties, the endpoint for the network, the dashboard for operators.
//!
//! Reads go to the store; everything that changes something goes through `exchange`. Every answer that
//! is not a page is JSON, errors as `application/problem+json` in Dutch.

mod alerts;
mod antwoord;
mod auth;
mod berichten;
mod betalingen;
mod body;
mod cak;
mod caller;
mod dashboard;
mod deadlines;
mod declaraties;
mod docs;
mod error;
mod filter;
mod find;
mod gate;
mod guesses;
mod health;
mod log;
mod metrics;
mod object;
mod openapi;
mod outbox;
mod partners;
mod postbus;
mod practice;
mod proposal;
mod query;
pub mod serve;
mod server;
mod sheet;
mod soap;
mod toewijzingen;
mod uitleg;
mod unread;
mod validate;
mod vorderingen;

use std::sync::{Arc, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::exchange::{Gateway, json_schemas};

pub use caller::Caller;
use server::Server;
pub use server::{Contact, Control, Known, Settings};

/// The largest form that is read, in bytes: a page of lines with long reasons.
const FORM_BYTES: usize = 1_000_000;

/// The largest form that holds a bericht, in bytes, as a browser writes it.
const LARGE_FORM_BYTES: usize = 16_000_000;

/// What people see in a browser.
fn pages() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(dashboard::today::page))
        .routes(routes!(dashboard::work::page, dashboard::work::act))
        .routes(routes!(dashboard::netwerk::page, dashboard::netwerk::act))
        .routes(routes!(dashboard::netwerk::group))
        .routes(routes!(dashboard::toewijzing::search))
        .routes(routes!(dashboard::toewijzing::list))
        .routes(routes!(dashboard::berichten::page))
        .routes(routes!(dashboard::toewijzing::toewijzing))
        .routes(routes!(dashboard::toewijzing::waiting))
        .routes(routes!(dashboard::bericht::bericht))
        .routes(routes!(dashboard::bericht::reveal))
        .routes(routes!(dashboard::export::berichten))
        .routes(routes!(dashboard::export::declaraties))
        .routes(routes!(dashboard::export::termijnen))
        .routes(routes!(dashboard::export::netwerk))
        .routes(routes!(dashboard::export::partner))
        .routes(routes!(dashboard::client::page, dashboard::client::reveal))
        .routes(routes!(dashboard::partner::list))
        .routes(routes!(dashboard::partner::page, dashboard::partner::keep_contact))
        .routes(routes!(dashboard::audit::page))
        .routes(routes!(dashboard::zoek::ask))
        .routes(routes!(dashboard::handleiding::contents))
        .routes(routes!(dashboard::handleiding::part))
        .routes(routes!(dashboard::handleiding::picture))
        .routes(routes!(dashboard::zoek::result))
        .routes(routes!(dashboard::controleer::page))
        .routes(routes!(dashboard::declaratie::declaratie, dashboard::decision::decide))
        .routes(routes!(dashboard::declaraties::page))
        .routes(routes!(dashboard::declaratie::csv))
        .routes(routes!(dashboard::declaratie::xlsx))
        .routes(routes!(dashboard::betaling::betalingen))
        .routes(routes!(dashboard::betaling::csv))
        .routes(routes!(dashboard::betaling::pain001))
        .routes(routes!(dashboard::regel::regels))
        .routes(routes!(dashboard::regel::regel))
        .routes(routes!(dashboard::login::login_page, dashboard::login::login))
        .routes(routes!(dashboard::login::logout))
        .routes(routes!(dashboard::login::choose))
        .routes(routes!(dashboard::assets::stylesheet))
        .routes(routes!(dashboard::assets::theme))
        .routes(routes!(dashboard::assets::script))
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .merge(large_forms())
}

/// Forms that hold a bericht.
fn large_forms() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(dashboard::controleer::check)).layer(DefaultBodyLimit::max(LARGE_FORM_BYTES))
}

/// What those who watch over a gateway ask.
fn probes() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new().routes(routes!(health::live)).routes(routes!(health::ready)).routes(routes!(metrics::metrics))
}

/// What is due when.
fn clocks() -> OpenApiRouter<Arc<Server>> {
    OpenApiRouter::new()
        .routes(routes!(deadlines::list, deadlines::post))
        .routes(routes!(deadlines::bulk::post))
        .routes(routes!(deadlines::gereed))
        .routes(routes!(deadlines::acknowledge))
        .routes(routes!(deadlines::waive))
        .routes(routes!(deadlines::spoed::put))
        .routes(routes!(deadlines::spoed::intrekken))
}

/// What is served where.
pub struct Routers {
    /// The API and the pages.
    pub api: Router,
    /// What the network calls.
    pub network: Router,
    /// What may change while they serve.
    pub control: Control,
}

/// The routes of the server.
pub fn routers(gateway: Arc<Gateway>, settings: Settings) -> Routers {
    let (router, described) = OpenApiRouter::with_openapi(openapi::frame())
        .routes(routes!(berichten::post, berichten::list))
        .routes(routes!(berichten::one))
        .routes(routes!(berichten::xml))
        .routes(routes!(berichten::json))
        .routes(routes!(validate::post))
        .routes(routes!(find::post))
        .routes(routes!(postbus::list))
        .routes(routes!(postbus::confirm))
        .routes(routes!(toewijzingen::waiting))
        .routes(routes!(toewijzingen::refused))
        .routes(routes!(toewijzingen::one))
        .routes(routes!(declaraties::declare::post))
        .routes(routes!(declaraties::one))
        .routes(routes!(declaraties::csv))
        .routes(routes!(declaraties::xlsx))
        .routes(routes!(antwoord::post))
        .routes(routes!(vorderingen::list))
        .merge(betalingen::routes())
        .merge(outbox::routes())
        .merge(clocks())
        .routes(routes!(alerts::list))
        .merge(partners::routes())
        .routes(routes!(cak::export))
        .routes(routes!(cak::perioden::export))
        .merge(probes())
        .merge(pages())
        .routes(routes!(openapi::openapi))
        .routes(routes!(docs::docs))
        .routes(routes!(docs::schema))
        .split_for_parts();
    let usual = gateway.releases.choice(gateway.clock.today()).usual;
    let document = openapi::document(&described, json_schemas(&gateway.schemas, usual), &settings.contact);
    let server = Arc::new(Server {
        queries: query::Known::of(&document),
        document,
        gateway,
        max_bericht_bytes: settings.max_bericht_bytes,
        turns: body::Turns::default(),
        guesses: guesses::Guesses::default(),
        adapters: settings.adapters,
        dashboard_login: settings.dashboard_login,
        known: RwLock::new(settings.known),
        metrics_on_loopback: settings.metrics_on_loopback,
        rekeningen: settings.rekeningen,
        theme: settings.theme,
    });
    let (network, _) = OpenApiRouter::new().routes(routes!(soap::receive)).split_for_parts();
    let control = Control(Arc::clone(&server));
    let mut api = dressed(router, Arc::clone(&server));
    if settings.is_https {
        let strict = HeaderValue::from_static("max-age=31536000");
        api = api.layer(SetResponseHeaderLayer::if_not_present(header::STRICT_TRANSPORT_SECURITY, strict));
    }
    Routers { api, network: dressed(network, server), control }
}

/// What holds for every answer.
fn dressed(router: Router<Arc<Server>>, server: Arc<Server>) -> Router {
    let header = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    router
        .route_layer(from_fn_with_state(Arc::clone(&server), gate::check))
        .fallback(|| async { error::Problem::NotFound })
        .method_not_allowed_fallback(gate::other_method)
        .layer(from_fn(gate::answer))
        .layer(from_fn_with_state(Arc::clone(&server), practice::mark))
        .layer(from_fn(log::in_span))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .with_state(server)
}
