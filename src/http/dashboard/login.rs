//! Logging in with the token of a credential, logging out, and choosing a party to look at.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Extension, Form, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::{redirect, rendered};
use super::texts::{TEXTS, Texts};
use super::visitor::{Frame, Sent, cookie};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::exchange::{new_secret, sha256_hex};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::ForAll;
use crate::http::serve::Peer;
use crate::store::Session;

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
    /// Of an operator or of a party.
    token: String,
}

/// Opens a session: an operator sees what is of all parties, a party its own.
#[utoipa::path(
    post,
    path = "/login",
    tag = "dashboard",
    request_body(content = Login, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "Logged in, with a cookie for the session"),
        (status = 403, description = "The login page again: nobody has this token"),
    )
)]
pub(in crate::http) async fn login(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
    peer: Option<Extension<Peer>>,
    Form(login): Form<Login>,
) -> Response {
    let token = login.token.trim();
    let Some(caller) = server.caller(token) else {
        tracing::warn!("refused to log in: nobody has this token");
        return match server.guesses.wrong(peer.map(|Extension(peer)| peer)) {
            Problem::TooManyGuesses => Problem::TooManyGuesses.into_response(),
            _ => login_form(StatusCode::FORBIDDEN, true),
        };
    };
    tracing::info!(credential = caller.name(), "logged in");
    match server.open_session(token, cookie(&headers, "session")).await {
        Ok(secret) => to_with_cookie("/", &format!("session={secret}"), &headers),
        Err(problem) => problem.into_response(),
    }
}

/// Ends the session.
#[utoipa::path(
    post,
    path = "/logout",
    tag = "dashboard",
    responses((status = 303, description = "To the login page"))
)]
pub(in crate::http) async fn logout(
    State(server): State<Arc<Server>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    server.gateway.store.end_session(&sha256_hex(cookie(&headers, "session").as_bytes())).await?;
    Ok(redirect("/login"))
}

/// How long a session lasts.
const LASTS: TimeDelta = TimeDelta::hours(12);

impl Server {
    /// Opens a session for who has this token, and ends the one that there was; gives the secret that stands for it.
    async fn open_session(&self, token: &str, before: &str) -> Result<String, Problem> {
        let (store, now, secret) = (&self.gateway.store, self.gateway.clock.now(), new_secret());
        let session = Session {
            secret_sha256: sha256_hex(secret.as_bytes()),
            token_sha256: sha256_hex(token.as_bytes()),
            form_key: new_secret(),
            ends: now.checked_add_signed(LASTS).unwrap_or(now),
        };
        if !before.is_empty() {
            store.end_session(&sha256_hex(before.as_bytes())).await?;
        }
        store.open_session(&session, now).await?;
        Ok(secret)
    }
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
