//! Logging in with the token of a credential, logging out, and choosing a party to look at.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{redirect, rendered};
use super::texts::{TEXTS, Texts};
use super::visitor::{Frame, Sent, cookie};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::exchange::sha256_hex;
use crate::http::error::Problem;
use crate::http::openapi::ForAll;
use crate::http::serve::Peer;
use crate::http::{Caller, Server};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    t: &'static Texts,
    f: Frame,
    failed: bool,
}

fn login_form(status: StatusCode, failed: bool) -> Response {
    rendered(status, &LoginPage { t: &TEXTS, f: Frame::outside(), failed })
}

/// The form that asks for a token.
#[utoipa::path(get, path = "/login", tag = "dashboard", responses(ForAll))]
pub(in crate::http) async fn login_page() -> Response {
    login_form(StatusCode::OK, false)
}

/// What the form sends.
#[derive(Deserialize, ToSchema)]
pub(in crate::http) struct Login {
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
pub(in crate::http) async fn login(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    Form(login): Form<Login>,
) -> Response {
    let token = login.token.trim();
    match server.caller(token) {
        Some(Caller::Operator { name }) => {
            tracing::info!(credential = name, "logged in");
            server.sessions.end(cookie(&headers, "session"));
            let session = server.sessions.open(sha256_hex(token.as_bytes()), server.gateway.clock.now());
            to_with_cookie("/", &format!("session={session}"), &headers)
        }
        Some(Caller::Party { name, .. }) => {
            tracing::warn!(credential = name, "refused to log in: not an operator");
            login_form(StatusCode::FORBIDDEN, true)
        }
        None => {
            tracing::warn!("refused to log in: nobody has this token");
            match server.guesses.wrong(peer.map(|Extension(peer)| peer)) {
                Problem::TooManyGuesses => Problem::TooManyGuesses.into_response(),
                _ => login_form(StatusCode::FORBIDDEN, true),
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
pub(in crate::http) async fn logout(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    server.sessions.end(cookie(&headers, "session"));
    redirect("/login")
}

/// Chooses the party of which the pages tell; none: all.
#[utoipa::path(
    post,
    path = "/partij",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Back to the page, with a cookie that says which party"),
        (status = 403, description = "Not from this session; a page"),
    )
)]
pub(in crate::http) async fn choose(headers: HeaderMap, sent: Sent) -> Response {
    let chosen = Partij::from_text(sent.field("partij"));
    let chosen = chosen.as_ref().map_or("", Partij::code);
    to_with_cookie(sent.back(), &format!("partij={chosen}"), &headers)
}

/// Goes to a page, with a cookie that no script reads and no other site sends.
fn to_with_cookie(path: &str, cookie: &str, headers: &HeaderMap) -> Response {
    let secure = if came_over_tls(headers) { "; Secure" } else { "" };
    let cookie = format!("{cookie}; HttpOnly; SameSite=Strict; Path=/{secure}");
    (StatusCode::SEE_OTHER, [(LOCATION, path.to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// Whether the browser speaks TLS, to a proxy in front of us that says so.
fn came_over_tls(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let forwarded = text("forwarded").to_ascii_lowercase();
    text("x-forwarded-proto").eq_ignore_ascii_case("https")
        || forwarded.split([',', ';']).any(|pair| pair.trim().trim_matches('"') == "proto=https")
}
