//! `/v1/deadlines/bulk`: the same with many deadlines at once. Each is done by itself, with its reason in the audit log; what cannot
//! be done with one holds up no other.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Acknowledge, Finished, Waive};
use crate::api::DeadlineJson;
use crate::exchange::keep::{self, KeepError, Taking};
use crate::http::error::{Body, Problem};
use crate::http::object::{Content, Object};
use crate::http::openapi::{BadBody, ForCallers};
use crate::http::{Caller, Server};
use crate::store::DeadlineView;

/// How many at once at most.
const MOST: usize = 500;

/// What is done with which deadlines: one of the three.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ToDo {
    /// Which, each once; 1 to 500.
    #[schema(min_items = 1, max_items = 500)]
    ids: BTreeSet<String>,
    /// Take them on, or hand them over to somebody else.
    acknowledge: Option<Acknowledge>,
    /// Tell that what a person opened them for was done.
    finish: Option<Finished>,
    /// Say that nobody needs to wait for them.
    waive: Option<Waive>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct DoneInBulk {
    /// Each by itself, by id.
    items: Vec<DoneOrNot>,
}

/// What came of one deadline.
#[derive(Serialize, ToSchema)]
struct DoneOrNot {
    /// Of the deadline.
    id: String,
    /// The status that the call for this one alone would have had.
    status: u16,
    /// The deadline, where it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline: Option<DeadlineJson>,
    /// Why not, where it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Body>,
}

impl Content for ToDo {
    const EXPECTED: &str = "Stuur JSON met \"ids\" (1 tot 500 termijnen) en wat er met elk moet gebeuren: \"acknowledge\" (met \"owner\" en \"reason\"), \
        \"finish\" (met \"day\") of \"waive\" (met \"reason\" en zo nodig \"until\").";
}

/// Takes many deadlines on, hands them over, tells that they were done, or that nobody needs to wait for them.
///
/// Each is done by itself, as the call for it alone does, and stands in the audit log with its reason. The answer tells of each
/// what came of it.
#[utoipa::path(
    post,
    path = "/v1/deadlines/bulk",
    tag = "deadlines",
    request_body(
        content = ToDo,
        example = json!({
            "ids": ["019cb7f4-7a80-7000-8000-5b1f0c2d9e12", "019cb7f4-7a80-7000-8000-5b1f0c2d9e13"],
            "acknowledge": {"owner": "Team Wmo, A. de Boer", "reason": "Gebeld; de berichten komen deze week."}
        })
    ),
    responses((status = 200, description = "What came of each", body = DoneInBulk), BadBody, ForCallers)
)]
pub(in crate::http) async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Object(to_do): Object<ToDo>,
) -> Result<Json<DoneInBulk>, Problem> {
    let unclear = || Problem::Body(ToDo::EXPECTED.to_owned());
    if !(1..=MOST).contains(&to_do.ids.len()) {
        return Err(unclear());
    }
    let what = match (to_do.acknowledge, to_do.finish, to_do.waive) {
        (Some(taken), None, None) => What::Acknowledge(taken.checked()?),
        (None, Some(finished), None) => What::Finish(finished.checked()?),
        (None, None, Some(waive)) => What::Waive(waive.checked()?),
        _ => return Err(unclear()),
    };
    let mut items = Vec::with_capacity(to_do.ids.len());
    for id in to_do.ids {
        let done = what.with(&id, &caller, &server).await;
        items.push(DoneOrNot::of(id, done));
    }
    Ok(Json(DoneInBulk { items }))
}

/// What is done with each.
enum What {
    Acknowledge(Taking),
    Finish((NaiveDate, Option<String>)),
    Waive((String, Option<NaiveDate>)),
}

impl What {
    async fn with(&self, id: &str, caller: &Caller, server: &Server) -> Result<DeadlineView, KeepError> {
        let (keeper, gateway) = (caller.keeper(), &server.gateway);
        match self {
            Self::Acknowledge(taken) => keep::acknowledge(id, taken.clone(), keeper, gateway).await,
            Self::Finish(done) => keep::finish(id, done.clone(), keeper, gateway).await,
            Self::Waive(said) => keep::waive(id, said.clone(), keeper, gateway).await,
        }
    }
}

impl DoneOrNot {
    fn of(id: String, done: Result<DeadlineView, KeepError>) -> Self {
        match done {
            Ok(view) => Self { id, status: 200, deadline: Some(view.into()), problem: None },
            Err(why) => {
                let problem = Problem::from(why);
                Self { id, status: problem.status().as_u16(), deadline: None, problem: Some(problem.body()) }
            }
        }
    }
}
