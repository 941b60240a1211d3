//! `/v1/declaraties/{id}/antwoord`: people decide about a declaratie.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::error::Problem;
use super::object::Object;
use super::openapi::{BadDecision, NotThere};
use super::proposal::{Decision, ProposalJson};
use super::query::Id;
use super::{Caller, Server};
use crate::api::Receipt;
use crate::domain::money::decision::LineDecision;
use crate::exchange::decide::{approve, propose};
use crate::store::LastSeen;

/// Decides about a declaratie: proposes an answer, or approves of one.
///
/// Only a declaratie that waits for people, as those do that come in while the settings ask for four eyes, and only by people of
/// the gemeente whose credential decides. A line that the standard rejects cannot be granted; one that it allows can be rejected,
/// with a retourcode that the standard has for a line and a reason, or in a 303D be granted for less than was asked (`toegekend_bedrag`,
/// with a reason). When a second person approves, the 325 or 304 is composed and sent.
#[utoipa::path(
    post,
    path = "/v1/declaraties/{id}/antwoord",
    tag = "declaraties",
    params(Id),
    request_body(
        content = Decision,
        example = json!({"lines": [{"line": 2, "granted": false, "retourcode": "9307", "reason": "Niet geleverd volgens de wijkverpleging"}]})
    ),
    responses(
        (status = 202, description = "Proposed; another person has to approve", body = ProposalJson),
        (status = 200, description = "Approved; the receipt of the answer that was sent", body = Receipt),
        NotThere,
        BadDecision
    )
)]
pub(super) async fn post(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
    decision: Result<Object<Decision>, Problem>,
) -> Result<Response, Problem> {
    let person = caller.person()?;
    let Object(decision) = decision?;
    match decision {
        Decision::Lines(lines) => {
            let lines = lines.into_iter().map(LineDecision::from).collect();
            let proposal = propose(&id, lines, &LastSeen::Any, person, &server.gateway).await?;
            Ok((StatusCode::ACCEPTED, Json(ProposalJson::of(proposal, None))).into_response())
        }
        Decision::Approve(proposal) => {
            let receipt = approve(&id, &proposal, person, &server.gateway).await?;
            Ok(Json(Receipt::from(receipt)).into_response())
        }
    }
}
