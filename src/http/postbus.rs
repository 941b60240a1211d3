//! `/v1/postbus`: what waits for the caller's party, and the confirmation that it was fetched.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::berichten::{Page, PageQuery};
use super::error::Problem;
use super::openapi::{BadQuery, ForParties, NotThere};
use super::query::{Id, Parameters};
use super::{Caller, Server};
use crate::domain::Timestamp;

/// A bericht that waits.
#[derive(Serialize, ToSchema)]
pub(super) struct Waiting {
    id: String,
    #[schema(value_type = String, format = DateTime)]
    received_at: Timestamp,
    berichtsoort: String,
    afzender: String,
    ontvanger: String,
    identificatie: String,
    /// Where the bytes are.
    xml: String,
}

/// Lists what waits for the party, the oldest first.
#[utoipa::path(
    get,
    path = "/v1/postbus",
    tag = "postbus",
    params(PageQuery),
    responses((status = 200, description = "A page", body = Page<Waiting>), BadQuery, ForParties)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(page): Parameters<PageQuery>,
) -> Result<Json<Page<Waiting>>, Problem> {
    let found = server.gateway.store.postbus(caller.partij()?, page.after.as_deref(), page.limit()).await?;
    let items = found
        .into_iter()
        .map(|item| Waiting {
            xml: format!("/v1/berichten/{}/xml", item.id),
            id: item.id,
            received_at: item.received_at,
            berichtsoort: item.berichtsoort,
            afzender: item.afzender,
            ontvanger: item.ontvanger,
            identificatie: item.identificatie,
        })
        .collect();
    Ok(Json(Page::of(items, page.limit(), |waiting: &Waiting| &waiting.id)))
}

/// Confirms that the party has the bericht; it waits no longer.
///
/// Confirming twice is fine.
#[utoipa::path(
    post,
    path = "/v1/postbus/{id}/ontvangen",
    tag = "postbus",
    params(Id),
    responses((status = 204, description = "Confirmed"), NotThere, ForParties)
)]
pub(super) async fn confirm(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<StatusCode, Problem> {
    let now = server.gateway.clock.now();
    let known = server.gateway.store.confirm_pickup(&id, caller.partij()?, now).await?;
    if known { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NotFound) }
}
