//! `/v1/validate`: a bericht is looked at, and nothing of it is kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::error::Problem;
use super::openapi::examples::EXAMPLE_XML;
use super::openapi::{ForCallers, Intake};
use super::uitleg::{MOST_OF_ONE, page_of};
use super::{Caller, Server};
use crate::api::FindingReceipt;
use crate::domain::regels::coverage::coverage;
use crate::domain::{Berichtsoort, Release};
use crate::exchange::check::{Looked, check};
use crate::size::HUGE_BYTES;

/// What is to be said of a bericht by itself.
#[derive(Serialize, ToSchema)]
pub(super) struct Checked {
    /// As in `WMO305`; null when it could not be told.
    berichtsoort: Option<&'static str>,
    /// As in `3.2`; null when it could not be told.
    release: Option<&'static str>,
    /// `valid`, `invalid` (by the schema or a rule) or `refused` (cannot be read).
    verdict: &'static str,
    findings: Vec<FindingReceipt>,
    /// How many findings are left out, where there are very many.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings_left_out: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageJson>,
}

/// How many rules were looked at, and which were not.
#[derive(Serialize, ToSchema)]
struct CoverageJson {
    run: usize,
    not_applicable: usize,
    /// The others, by why they were not.
    not_run: BTreeMap<&'static str, Vec<&'static str>>,
}

impl From<&Looked> for Checked {
    fn from(looked: &Looked) -> Self {
        let left_out = looked.findings.len().saturating_sub(MOST_OF_ONE);
        let finding = |found| {
            let mut shown = FindingReceipt::from(found);
            shown.explanation = shown.rule.as_deref().and_then(page_of);
            shown
        };
        let of_kind = looked.berichtsoort.zip(looked.release).map(|(soort, release)| {
            let found = coverage(soort, release, looked.reached);
            let not_run = found.not_run.into_iter().map(|(why, rules)| (why.name(), rules)).collect();
            CoverageJson { run: found.run.len(), not_applicable: found.not_applicable, not_run }
        });
        Self {
            berichtsoort: looked.berichtsoort.map(Berichtsoort::name),
            release: looked.release.map(Release::name),
            verdict: looked.verdict.name(),
            findings: looked.findings.iter().take(MOST_OF_ONE).map(finding).collect(),
            findings_left_out: Some(left_out).filter(|left_out| *left_out > 0),
            coverage: of_kind,
        }
    }
}

/// Checks one bericht as `validate` does. Nothing of it is kept.
///
/// Schema, rules inside the bericht and code lists; not what the parties agreed, nor what came before.
#[utoipa::path(
    post,
    path = "/v1/validate",
    tag = "berichten",
    request_body(content = String, content_type = "application/xml", example = json!(EXAMPLE_XML)),
    responses((status = 200, description = "What was found", body = Checked), Intake, ForCallers)
)]
pub(super) async fn post(
    State(server): State<Arc<Server>>,
    _: Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Checked>, Problem> {
    const WANTED: &str = "Stuur het bericht als application/xml.";
    if !matches!(body::media_type(&headers, WANTED)?.as_str(), "application/xml" | "text/xml") {
        return Err(Problem::MediaType(WANTED.to_owned()));
    }
    let whole = body::read(body, &headers, (server.max_bericht_bytes, HUGE_BYTES), &server.turns).await?;
    let looked = server.look_at(whole.bytes.clone()).await?;
    Ok(Json(Checked::from(&looked)))
}

impl Server {
    /// Looks at a bericht, out of the way of other calls.
    pub(super) async fn look_at(&self, bytes: Bytes) -> Result<Looked, Problem> {
        let gateway = Arc::clone(&self.gateway);
        tokio::task::spawn_blocking(move || check(&bytes, &gateway)).await.map_err(|_| Problem::BrokenBody)
    }
}
