//! `/v1/deadlines`: what is due, and what is overdue.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::berichten::{DeadlineJson, Page, PageQuery};
use super::error::Problem;
use super::openapi::{BadQuery, ForCallers};
use super::query::Parameters;
use super::{Caller, Server};
use crate::store::{DeadlineQuery, DeadlineState};

/// Which deadlines are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// `open`, `overdue`, `met`, `late` or `void`, several with commas; open and overdue when nothing is said.
    #[param(example = "open,overdue")]
    state: Option<String>,
    /// Due on or before this day.
    due_by: Option<NaiveDate>,
    /// What the page before gave as `next`.
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Lists deadlines, the earliest due first.
#[utoipa::path(
    get,
    path = "/v1/deadlines",
    tag = "deadlines",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<DeadlineJson>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<DeadlineJson>>, Problem> {
    let states = filter.state.as_deref().unwrap_or("open,overdue").split(',').map(state).collect::<Result<_, _>>()?;
    let query = DeadlineQuery { partij: caller.scope().cloned(), states, due_by: filter.due_by };
    let page = PageQuery { after: filter.after, limit: filter.limit };
    let found = server.gateway.store.deadlines(&query, page.after.as_deref(), page.limit()).await?;
    let items = found.into_iter().map(DeadlineJson::from).collect();
    Ok(Json(Page::of(items, page.limit(), |deadline: &DeadlineJson| &deadline.id)))
}

fn state(name: &str) -> Result<DeadlineState, Problem> {
    use DeadlineState::{Late, Met, Open, Overdue, Void};
    [Open, Overdue, Met, Late, Void]
        .into_iter()
        .find(|state| state.name() == name)
        .ok_or_else(|| Problem::Query(format!("state={name} bestaat niet; kies uit open, overdue, met, late en void.")))
}
