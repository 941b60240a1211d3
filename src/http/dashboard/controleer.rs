//! A bericht is looked at on a page: dropped as a file or pasted, and nothing of it is kept.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;

use super::answer::rendered;
use super::rows::FindingRow;
use super::texts;
use super::visitor::{Frame, Sent, Visitor};
use crate::domain::{Berichtsoort, Release};
use crate::exchange::check::Looked;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::ForOperators;

/// How many findings a page shows.
const MOST: usize = 500;

#[derive(Template)]
#[template(path = "controleer.html")]
struct Page {
    f: Frame,
    report: Option<Report>,
}

/// What was found.
struct Report {
    file: String,
    what: String,
    verdict: &'static str,
    class: &'static str,
    findings: Vec<FindingRow>,
    left_out: Option<String>,
}

impl Report {
    fn of(looked: &Looked, file: &str) -> Self {
        let (verdict, class) = match looked.verdict {
            "valid" => ("In orde. Wat is afgesproken en wat eerder is gestuurd, is niet meegenomen.", "good"),
            "invalid" => ("Niet in orde.", "bad"),
            _ => ("Niet te lezen: dit is geen bericht.", "bad"),
        };
        let what = [looked.berichtsoort.map(Berichtsoort::name), looked.release.map(Release::name)];
        Self {
            file: file.to_owned(),
            what: what.into_iter().flatten().collect::<Vec<_>>().join(" "),
            verdict,
            class,
            findings: looked.findings.iter().take(MOST).map(FindingRow::of).collect(),
            left_out: texts::left_out(looked.findings.len().saturating_sub(MOST)),
        }
    }
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
    let report = Report::of(&looked, sent.field("bestand"));
    let page = Page { f: server.frame(&sent.visitor, "/controleer"), report: Some(report) };
    Ok(rendered(StatusCode::OK, &page))
}
