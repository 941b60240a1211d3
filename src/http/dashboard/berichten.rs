//! The list of berichten, the newest first: those that a filter lets through, page by page in both directions.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use super::answer::{ROWS, rendered};
use super::rows::BerichtRow;
use super::verdict::stage;
use super::visitor::{Frame, Visitor};
use crate::domain::Berichtsoort;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::filter::{BerichtFilter, OUTCOMES};
use crate::http::openapi::{BadQuery, ForOperators};
use crate::http::query::{self, Parameters};
use crate::store::{BerichtQuery, Outcome, Stage};

/// Where the page begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Place {
    /// The bericht before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    after: String,
    /// The bericht behind the last.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    voor: String,
    /// The newest first when nothing is said.
    #[serde(default)]
    #[param(required = false, schema_with = orders)]
    volgorde: String,
}

fn orders() -> RefOr<Schema> {
    query::one_of(&[OLDEST_FIRST])
}

const OLDEST_FIRST: &str = "oudste";

/// A choice in a list of choices: its value, its name, and whether it is chosen.
type Choice = (&'static str, &'static str, bool);

#[derive(Template)]
#[template(path = "berichten.html")]
struct Page {
    f: Frame,
    filter: BerichtFilter,
    soorten: Vec<(String, bool)>,
    outcomes: Vec<Choice>,
    stages: Vec<Choice>,
    rows: Vec<BerichtRow>,
    /// What stands behind the address of a download of this list.
    query: String,
    oldest_first: bool,
    first: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

/// The berichten, the newest first.
#[utoipa::path(
    get,
    path = "/berichten",
    tag = "dashboard",
    params(BerichtFilter, Place),
    responses(ForOperators, BadQuery)
)]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(filter): Parameters<BerichtFilter>,
    Parameters(place): Parameters<Place>,
) -> Result<Response, Problem> {
    let (backwards, oldest_first) = (!place.voor.is_empty(), place.volgorde == OLDEST_FIRST);
    let from = [&place.voor, &place.after].into_iter().find(|id| !id.is_empty()).map(String::as_str);
    let query = BerichtQuery { partij: visitor.scope().cloned(), backwards, oldest_first, ..filter.query() };
    // One more than is shown tells whether there are more on that side.
    let mut found = server.gateway.store.list_berichten(&query, from, ROWS + 1).await?;
    let has_more = found.len() > ROWS as usize;
    if has_more {
        let extra = if backwards { 0 } else { found.len() - 1 };
        found.remove(extra);
    }
    let naam = |code: &str| server.naam(code);
    let order = oldest_first.then_some(("volgorde", OLDEST_FIRST));
    let path = |place| format!("/berichten{}", asked(&filter, order.into_iter().chain(place)));
    let has_next = if backwards { true } else { has_more };
    let has_previous = if backwards { has_more } else { from.is_some() };
    let page = Page {
        soorten: soorten(&filter),
        outcomes: OUTCOMES.map(|one| (one.name(), outcome(one), one.name() == filter.verdict)).to_vec(),
        stages: Stage::ALL.map(|one| (one.word(), stage(one), one.word() == filter.transport)).to_vec(),
        rows: found.iter().map(|view| BerichtRow::listed(view, &naam)).collect(),
        query: asked(&filter, None),
        oldest_first,
        first: from.map(|_| path(None)),
        previous: found.first().filter(|_| has_previous).map(|first| path(Some(("voor", &first.id)))),
        next: found.last().filter(|_| has_next).map(|last| path(Some(("after", &last.id)))),
        f: server.frame(&visitor, "/berichten"),
        filter: filter.clone(),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// What stands behind the address, with its question mark; empty for all from the first on.
fn asked<'a>(filter: &'a BerichtFilter, more: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(filter.pairs()).extend_pairs(more).finish();
    if query.is_empty() { query } else { format!("?{query}") }
}

/// Every kind of bericht, each once: D and F of a 303 share a name.
fn soorten(filter: &BerichtFilter) -> Vec<(String, bool)> {
    let mut names: Vec<&str> = Berichtsoort::ALL.iter().map(|soort| soort.name()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().map(|name| (name.to_owned(), name == filter.berichtsoort)).collect()
}

pub(super) const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted => "geaccepteerd",
        Outcome::Partial => "deels toegekend",
        Outcome::Parked => "wacht op een eerder bericht",
        Outcome::Rejected => "afgekeurd",
        Outcome::Refused => "geweigerd",
    }
}
