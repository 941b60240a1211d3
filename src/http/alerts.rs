//! `/v1/alerts`: what was told to whom about deadlines, and what does not get through.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, ToSchema};

use super::berichten::{Page, PageQuery};
use super::error::Problem;
use super::openapi::{BadQuery, ForCallers};
use super::query::{self, Parameters, no_such_page};
use super::{Caller, Server};
use crate::domain::Timestamp;
use crate::store::AlertView;

/// Which alerts are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// One or several; all when nothing is said.
    #[param(style = Form, explode = false, schema_with = states)]
    state: Option<String>,
    /// What the page before gave as `next`.
    #[param(schema_with = after)]
    after: Option<String>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A message to a receiver of alerts.
#[derive(Serialize, ToSchema)]
pub(super) struct Alert {
    /// The same on each attempt: the `webhook-id`, and what stands before the `@` of the Message-ID.
    id: String,
    /// Its place in the list.
    seq: String,
    /// The name of the receiver, as in `[[alert]]`.
    receiver: String,
    /// As in `deadline.overdue`.
    event: String,
    /// `waiting`, `failing` or `sent`.
    state: &'static str,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    attempts: i64,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    next_attempt: Option<Timestamp>,
    /// When the receiver took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// What it says.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<AlertView> for Alert {
    fn from(view: AlertView) -> Self {
        Self {
            state: view.state(),
            seq: view.seq.to_string(),
            id: view.id,
            receiver: view.receiver,
            event: view.event,
            made_at: view.made_at,
            attempts: view.attempts,
            last_error: view.last_error.filter(|_| view.sent_at.is_none()),
            next_attempt: view.due_at,
            sent_at: view.sent_at,
            data: serde_json::from_str(&view.data).unwrap_or_default(),
        }
    }
}

/// Lists what was told to whom, the newest first. For operators.
///
/// `waiting` is what was not tried yet, `failing` what was not taken and is tried again: a receiver is never switched off.
#[utoipa::path(
    get,
    path = "/v1/alerts",
    tag = "deadlines",
    params(Filter),
    responses((status = 200, description = "A page", body = Page<Alert>), BadQuery, ForCallers)
)]
pub(super) async fn list(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Parameters(filter): Parameters<Filter>,
) -> Result<Json<Page<Alert>>, Problem> {
    caller.operator()?;
    let states: Vec<&str> = filter.state.as_deref().map(|states| states.split(',').collect()).unwrap_or_default();
    let before = filter.after.as_deref().map(|seq| seq.parse().map_err(|_| no_such_page())).transpose()?;
    let page = PageQuery { after: None, limit: filter.limit };
    let found = server.gateway.store.alerts(&states, before, page.limit()).await?;
    let items = found.into_iter().map(Alert::from).collect();
    Ok(Json(Page::of(items, page.limit(), |alert: &Alert| &alert.seq)))
}

fn states() -> RefOr<Schema> {
    query::some_of(&["waiting", "failing", "sent"])
}

fn after() -> RefOr<Schema> {
    query::text("^[0-9]{1,18}$", "1024")
}
