//! What pages load, all from our own address: the stylesheet, the tokens of its looks, which a gemeente may replace with a
//! file of its own, and a script that no page needs for reading.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::http::Server;

const CSS: &str = "text/css; charset=utf-8";

/// The stylesheet.
#[utoipa::path(
    get,
    path = "/assets/dashboard.css",
    tag = "dashboard",
    responses((status = 200, description = "The stylesheet", body = String, content_type = "text/css"))
)]
pub(in crate::http) async fn stylesheet() -> Response {
    ([(CONTENT_TYPE, CSS)], include_str!("templates/dashboard.css")).into_response()
}

/// The tokens: colours, sizes and type, as this installation has them.
#[utoipa::path(
    get,
    path = "/assets/thema.css",
    tag = "dashboard",
    responses((status = 200, description = "The tokens of the looks", body = String, content_type = "text/css"))
)]
pub(in crate::http) async fn theme(State(server): State<Arc<Server>>) -> Response {
    let ours = include_str!("templates/thema.css");
    let text = server.theme.as_ref().map_or_else(|| ours.to_owned(), |theirs| format!("{ours}\n{theirs}"));
    ([(CONTENT_TYPE, CSS)], text).into_response()
}

/// What makes forms quicker for who has a mouse: no page needs it for reading.
#[utoipa::path(
    get,
    path = "/assets/dashboard.js",
    tag = "dashboard",
    responses((status = 200, description = "The script", body = String, content_type = "text/javascript"))
)]
pub(in crate::http) async fn script() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("templates/dashboard.js")).into_response()
}
