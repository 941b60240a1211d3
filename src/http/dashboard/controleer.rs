//! A bericht is looked at on a page: dropped as a file or pasted, and nothing of it is kept.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use super::answer::rendered;
use super::visitor::{Frame, Sent, Visitor};
use crate::api::report::Report;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::ForOperators;
use crate::http::uitleg::page_of;

#[derive(Template)]
#[template(path = "controleer.html")]
struct Page {
    f: Frame,
    report: Option<Report>,
}

/// The page that takes a bericht.
#[utoipa::path(get, path = "/controleer", tag = "dashboard", responses(ForOperators))]
pub(in crate::http) async fn page(State(server): State<Arc<Server>>, visitor: Visitor) -> Response {
    rendered(StatusCode::OK, &Page { f: server.frame(&visitor, "/controleer"), report: None })
}

/// The report. Nothing of the bericht is kept.
#[utoipa::path(
    post,
    path = "/controleer",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "What was found", body = String, content_type = "text/html"),
        (status = 403, description = "Not from this session; a page"),
    )
)]
pub(in crate::http) async fn check(State(server): State<Arc<Server>>, sent: Sent) -> Result<Response, Problem> {
    let looked = server.look_at(Bytes::from(sent.field("bericht").to_owned())).await?;
    let kind = (looked.berichtsoort, looked.release);
    let report = Report::of(sent.field("bestand"), kind, looked.verdict, &looked.findings, page_of);
    let page = Page { f: server.frame(&sent.visitor, "/controleer"), report: Some(report) };
    Ok(rendered(StatusCode::OK, &page))
}
