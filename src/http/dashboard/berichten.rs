//! The list of berichten, the newest first.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::{ROWS, rendered};
use super::rows::{BerichtRow, MOST_IN_LIST};
use super::visitor::{Frame, Visitor};
use crate::http::Server;
use crate::http::berichten::PageQuery;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators};
use crate::http::query::Parameters;

#[derive(Template)]
#[template(path = "berichten.html")]
struct Page {
    f: Frame,
    rows: Vec<BerichtRow>,
    first: bool,
    next: Option<String>,
}

/// The berichten, the newest first.
#[utoipa::path(get, path = "/berichten", tag = "dashboard", params(PageQuery), responses(ForOperators, BadQuery))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(asked): Parameters<PageQuery>,
) -> Result<Response, Problem> {
    let after = asked.after.as_deref().filter(|after| !after.is_empty());
    let limit = asked.limit.unwrap_or(ROWS);
    let found = server.gateway.store.berichten(visitor.scope(), after, limit).await?;
    let naam = |code: &str| server.naam(code);
    let is_full = found.len() == limit as usize;
    let page = Page {
        rows: found.iter().map(|view| BerichtRow::of(view, &naam, MOST_IN_LIST)).collect(),
        first: after.is_none(),
        next: found.last().filter(|_| is_full).map(|last| format!("/berichten?after={}", last.id)),
        f: server.frame(&visitor, "/berichten"),
    };
    Ok(rendered(StatusCode::OK, &page))
}
