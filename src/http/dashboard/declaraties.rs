//! The list of declaraties, the newest first: each leads to its lines.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::{RefOr, Schema};

use super::answer::{ROWS, rendered};
use super::rows::BerichtRow;
use super::visitor::{Frame, Visitor};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators};
use crate::http::query::{self, Parameters};
use crate::store::BerichtQuery;

/// What may be declared with, and what that is called.
const SOORTEN: [(&str, &str); 2] = [("WMO323", "Declaraties"), ("WMO303", "Facturen en declaraties van release 2")];

/// Which declaraties are looked at.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Kind {
    /// `WMO323` when nothing is said.
    #[serde(default)]
    #[param(required = false, schema_with = soorten)]
    soort: String,
}

impl Kind {
    pub(super) fn soort(&self) -> &str {
        if self.soort.is_empty() { SOORTEN[0].0 } else { &self.soort }
    }
}

/// Where the list begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// The bericht before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    after: String,
}

fn soorten() -> RefOr<Schema> {
    query::one_of(&SOORTEN.map(|(soort, _)| soort))
}

#[derive(Template)]
#[template(path = "declaraties.html")]
struct Page {
    f: Frame,
    soorten: Vec<(&'static str, &'static str, bool)>,
    /// Which kind is looked at.
    soort: String,
    rows: Vec<BerichtRow>,
    first: Option<String>,
    next: Option<String>,
}

/// Declaraties, the newest first.
#[utoipa::path(get, path = "/declaraties", tag = "dashboard", params(Kind, Asked), responses(ForOperators, BadQuery))]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(kind): Parameters<Kind>,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Problem> {
    let soort = kind.soort();
    let after = Some(asked.after.as_str()).filter(|after| !after.is_empty());
    let query = BerichtQuery {
        partij: visitor.scope().cloned(),
        berichtsoort: Some(soort.to_owned()),
        ..BerichtQuery::default()
    };
    let found = server.gateway.store.list_berichten(&query, after, ROWS).await?;
    let naam = |code: &str| server.naam(code);
    let is_full = found.len() == ROWS as usize;
    let path = format!("/declaraties?soort={soort}");
    let page = Page {
        soorten: SOORTEN.map(|(one, name)| (one, name, one == soort)).to_vec(),
        rows: found.iter().map(|view| BerichtRow::listed(view, &naam)).collect(),
        next: found.last().filter(|_| is_full).map(|last| format!("{path}&after={}", last.id)),
        first: after.map(|_| path),
        f: server.frame(&visitor, "/declaraties"),
        soort: soort.to_owned(),
    };
    Ok(rendered(StatusCode::OK, &page))
}
