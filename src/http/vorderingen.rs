//! `/v1/vorderingen`: what aanbieders claim of gemeenten, and how much of it was paid.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::berichten::{Page, PageQuery};
use super::error::Problem;
use super::openapi::{BadQuery, ForCallers};
use super::query::{self, Parameters};
use super::{Caller, Server};
use crate::store::VorderingView;

/// Whose claims are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Those of this aanbieder: its AGB code.
    #[param(schema_with = query::aanbieder)]
    aanbieder: Option<String>,
    /// What the page before gave as `next`.
    #[param(schema_with = key)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A gemeente and an aanbieder.
fn key() -> RefOr<Schema> {
    query::text("^[0-9]{4}/[0-9]{8}$", "0384/41005001")
}

/// What an aanbieder claims of a gemeente, as the API gives it. Amounts in euro cents.
#[derive(Serialize, ToSchema)]
pub(super) struct VorderingJson {
    #[serde(skip)]
    key: String,
    gemeente: String,
    aanbieder: String,
    /// In what was answered: of facturen (303F) what was asked less what was credited, of declaraties (303D, 323) what was
    /// granted. What was rejected as a whole is no claim.
    claimed: i64,
    paid: i64,
    /// In a batch that is not paid yet.
    in_batch: i64,
    /// Claimed and not paid; below zero when the aanbieder has to pay back.
    open: i64,
}

impl From<VorderingView> for VorderingJson {
    fn from(view: VorderingView) -> Self {
        Self {
            key: format!("{}/{}", view.gemeente, view.aanbieder),
            claimed: view.claimed,
            paid: view.paid,
            in_batch: view.in_batch,
            open: view.claimed - view.paid,
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
        }
    }
}

/// Lists what aanbieders claim, by gemeente and aanbieder.
///
/// Open is what was asked in all facturen that were answered, debet less credit, less what was paid: what is granted and not
/// paid yet, and of facturen what was rejected and not credited yet.
#[utoipa::path(
    get,
    path = "/v1/vorderingen",
    tag = "betalingen",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<VorderingJson>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<VorderingJson>>, Problem> {
    let page = PageQuery { after: filter.after, limit: filter.limit };
    let store = &server.gateway.store;
    let found = store.vorderingen(caller.scope(), filter.aanbieder.as_deref(), page.after.as_deref(), page.limit());
    let items = found.await?.into_iter().map(VorderingJson::from).collect();
    Ok(Json(Page::of(items, page.limit(), |one: &VorderingJson| &one.key)))
}
