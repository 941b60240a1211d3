//! One bericht: what was found, what its retour says of each berichtklasse, what it belongs to, where it went.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::rendered;
use super::rows::{BerichtRow, CodeRow, DeadlineRow, KlasseRow, MOST_ON_PAGE, ParcelRow};
use super::texts::{TEXTS, Texts};
use super::visitor::{Frame, Visitor};
use crate::exchange::retour_codes;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{ForOperators, NotThere};
use crate::http::query::Id;

#[derive(Template)]
#[template(path = "bericht.html")]
struct Page {
    t: &'static Texts,
    f: Frame,
    row: BerichtRow,
    release: String,
    is_declaratie: bool,
    heenbericht: Option<String>,
    retour: Option<String>,
    retourcodes: Vec<KlasseRow>,
    deadlines: Vec<DeadlineRow>,
    parcels: Vec<ParcelRow>,
}

/// The page of a bericht.
#[utoipa::path(get, path = "/berichten/{id}", tag = "dashboard", params(Id), responses(ForOperators, NotThere))]
pub(in crate::http) async fn bericht(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    let store = &server.gateway.store;
    let view = store.bericht(&id, None).await?.ok_or(Problem::NotFound)?;
    let bytes = if view.is_retour() { store.payload(&id, None).await?.unwrap_or_default() } else { Vec::new() };
    let rows = retour_codes(&bytes, &server.gateway.schemas)
        .into_iter()
        .map(|(path, codes)| KlasseRow { path, codes: codes.iter().map(|code| CodeRow::of(code)).collect() });
    let naam = |code: &str| server.naam(code);
    let today = server.gateway.clock.today();
    let page = Page {
        t: &TEXTS,
        f: server.frame(&visitor, "/berichten"),
        row: BerichtRow::of(&view, &naam, MOST_ON_PAGE),
        release: view.release.clone().unwrap_or_default(),
        is_declaratie: matches!(view.berichtsoort.as_deref(), Some("WMO323" | "WMO303")),
        heenbericht: view.heenbericht_id.clone(),
        retour: view.retour_id.clone(),
        retourcodes: rows.collect(),
        deadlines: view.deadlines.iter().map(|view| DeadlineRow::of(view, &naam, today)).collect(),
        parcels: view.parcels.iter().map(|view| ParcelRow::of(view, &naam)).collect(),
    };
    Ok(rendered(StatusCode::OK, &page))
}
