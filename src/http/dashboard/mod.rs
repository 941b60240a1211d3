//! The operator's page: what came in, what is due and overdue, what is stuck. Rendered here, readable
//! without JavaScript, in Dutch.

pub(super) mod bericht;
pub(super) mod betaling;
mod burn_down;
pub(super) mod decision;
pub(super) mod declaratie;
mod line_filter;
pub(super) mod regel;
mod rows;
mod sessions;
mod texts;
pub(super) mod toewijzing;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::error::{Problem, Told};
use super::openapi::{ForAll, ForOperators};
use super::serve::Peer;
use super::{Caller, Server};
use crate::domain::Timestamp;
use crate::store::{DeadlineQuery, DeadlineState, Overview};
use rows::{BerichtRow, DeadlineRow, MOST_IN_LIST, ParcelRow, RefusedRow};
pub(super) use texts::decided;
use texts::{TEXTS, Texts};

pub(super) use sessions::Sessions;

/// Nothing but our own stylesheet and forms.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How many rows a table shows.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Page {
    t: &'static Texts,
    now: String,
    login: bool,
    overview: Overview,
    overdue: Vec<DeadlineRow>,
    open: Vec<DeadlineRow>,
    undelivered: Vec<ParcelRow>,
    refused: Vec<RefusedRow>,
    berichten: Vec<BerichtRow>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    t: &'static Texts,
    failed: bool,
}

#[derive(Template)]
#[template(path = "probleem.html")]
struct ProblemPage<'a> {
    t: &'static Texts,
    title: &'static str,
    detail: &'a str,
}

#[derive(Template)]
#[template(path = "oefening.html")]
struct PracticeBanner {
    t: &'static Texts,
    now: String,
}

/// That it is practice, and what the clock shows.
pub(super) fn practice_banner(now: Timestamp) -> String {
    PracticeBanner { t: &TEXTS, now: rows::moment(now) }.render().expect("a text takes every write")
}

/// What went wrong, for people.
pub(super) fn problem_page(status: StatusCode, told: &Told) -> Response {
    rendered(status, &ProblemPage { t: &TEXTS, title: told.title, detail: &told.detail })
}

/// The overview: what is overdue, what is stuck, what came in.
#[utoipa::path(get, path = "/", tag = "dashboard", responses(ForOperators))]
pub(super) async fn page(State(server): State<Arc<Server>>, headers: HeaderMap) -> Result<Response, Problem> {
    if !server.may_look(&headers) {
        return Ok(redirect("/login"));
    }
    let store = &server.gateway.store;
    let with_state = |state| DeadlineQuery { states: vec![state], ..DeadlineQuery::default() };
    let naam = |code: &str| server.naam(code);
    let overdue = store.deadlines(&with_state(DeadlineState::Overdue), None, ROWS).await?;
    let open = store.deadlines(&with_state(DeadlineState::Open), None, ROWS).await?;
    let undelivered = store.undelivered(ROWS).await?;
    let refused = store.refused_toewijzingen(None, None, ROWS).await?;
    let berichten = store.berichten(None, None, ROWS).await?;
    let page = Page {
        t: &TEXTS,
        now: rows::moment(server.gateway.clock.now()),
        login: server.dashboard_login,
        overview: store.overview().await?,
        overdue: overdue.iter().map(|view| DeadlineRow::of(view, &naam)).collect(),
        open: open.iter().map(|view| DeadlineRow::of(view, &naam)).collect(),
        undelivered: undelivered.iter().map(|view| ParcelRow::of(view, &naam)).collect(),
        refused: refused.iter().map(|view| RefusedRow::of(view, &naam)).collect(),
        berichten: berichten.iter().map(|view| BerichtRow::of(view, &naam, MOST_IN_LIST)).collect(),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// The form that asks for a token.
#[utoipa::path(get, path = "/login", tag = "dashboard", responses(ForAll))]
pub(super) async fn login_page() -> Response {
    rendered(StatusCode::OK, &LoginPage { t: &TEXTS, failed: false })
}

/// What the form sends.
#[derive(Deserialize, ToSchema)]
pub(super) struct Login {
    /// Of an operator.
    token: String,
}

/// Opens a session for an operator.
#[utoipa::path(
    post,
    path = "/login",
    tag = "dashboard",
    request_body(content = Login, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Logged in, with a cookie for the session"),
        (status = 403, description = "The login page again: not the token of an operator"),
    )
)]
pub(super) async fn login(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    Form(login): Form<Login>,
) -> Response {
    match server.caller(login.token.trim()) {
        Some(Caller::Operator { name }) => {
            tracing::info!(credential = name, "logged in");
            let session = server.sessions.open(server.gateway.clock.now());
            let secure = if came_over_tls(&headers) { "; Secure" } else { "" };
            let cookie = format!("session={session}; HttpOnly; SameSite=Strict; Path=/{secure}");
            (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
        }
        Some(Caller::Party { name, .. }) => {
            tracing::warn!(credential = name, "refused to log in: not an operator");
            rendered(StatusCode::FORBIDDEN, &LoginPage { t: &TEXTS, failed: true })
        }
        None => {
            tracing::warn!("refused to log in: nobody has this token");
            match server.guesses.wrong(peer.map(|Extension(peer)| peer)) {
                Problem::TooManyGuesses => Problem::TooManyGuesses.into_response(),
                _ => rendered(StatusCode::FORBIDDEN, &LoginPage { t: &TEXTS, failed: true }),
            }
        }
    }
}

/// Ends the session.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "dashboard",
    responses((status = 303, description = "To the login page"))
)]
pub(super) async fn logout(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    server.sessions.end(session_of(&headers));
    redirect("/login")
}

/// The stylesheet, from our own address: the page may load nothing else.
#[utoipa::path(
    get,
    path = "/assets/dashboard.css",
    tag = "dashboard",
    responses((status = 200, description = "The stylesheet", body = String, content_type = "text/css"))
)]
pub(super) async fn stylesheet() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("templates/dashboard.css")).into_response()
}

impl Server {
    /// Whether whoever sent these headers has logged in, or need not.
    fn may_look(&self, headers: &HeaderMap) -> bool {
        !self.dashboard_login || self.sessions.holds(session_of(headers), self.gateway.clock.now())
    }

    /// What a form carries that whoever sent these headers may send; `None` for who has not logged in.
    fn form_key(&self, headers: &HeaderMap) -> Option<String> {
        let of_session = self.sessions.form_key(session_of(headers), self.gateway.clock.now());
        of_session.filter(|_| self.dashboard_login)
    }

    /// A party for people: its name where we know it, and its code.
    fn naam(&self, code: &str) -> String {
        self.gateway.parties.naam(code).map_or_else(|| code.to_owned(), |naam| format!("{naam} ({code})"))
    }
}

/// Whether the browser speaks TLS, to a proxy in front of us that says so.
fn came_over_tls(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let forwarded = text("forwarded").to_ascii_lowercase();
    text("x-forwarded-proto").eq_ignore_ascii_case("https")
        || forwarded.split([',', ';']).any(|pair| pair.trim().trim_matches('"') == "proto=https")
}

fn session_of(headers: &HeaderMap) -> &str {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    cookies.split(';').find_map(|cookie| cookie.trim().strip_prefix("session=")).unwrap_or_default()
}

fn redirect(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

pub(super) fn rendered(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, [(CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
