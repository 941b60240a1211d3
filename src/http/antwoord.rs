//! `/v1/declaraties/{id}/antwoord`: people decide about a declaratie.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Problem;
use super::object::{Content, Object};
use super::openapi::{BadDecision, NotThere};
use super::query::Id;
use super::{Caller, Server};
use crate::domain::Timestamp;
use crate::exchange::decide::{approve, propose};
use crate::store::{Approval, LastSeen, LineDecisionReceipt, Proposal, Receipt};

/// What a person does: propose, or approve.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Decision {
    /// Proposes an answer: the lines that fare otherwise than the gateway judged; none: as it judged.
    Lines(Vec<LineDecisionReceipt>),
    /// Approves of what another person proposed, by the id of the proposal; the answer is then sent.
    Approve(String),
}

/// A proposal, as the API gives it.
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalJson {
    /// To approve of it.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
    /// What is said of lines; all others fare as they were judged.
    pub lines: Vec<LineDecisionReceipt>,
    /// Who approved of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<Timestamp>,
}

impl ProposalJson {
    pub(super) fn of(proposal: Proposal, approval: Option<Approval>) -> Self {
        let Proposal { id, at, by, lines } = proposal;
        let (approved_by, approved_at) = approval.map(|approval| (approval.by, approval.at)).unzip();
        Self { id, at, by, lines, approved_by, approved_at }
    }
}

/// Decides about a declaratie: proposes an answer, or approves of one.
///
/// Only a declaratie that waits for people, as those do that come in while the settings ask for four eyes, and only by people of
/// the gemeente whose credential decides. A line that the standard rejects cannot be granted; one that it allows can be rejected,
/// with a retourcode that the standard has for a line and a reason, or in a 303D be granted for less than was asked (`toegekend`,
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
            let proposal = propose(&id, lines, &LastSeen::Any, person, &server.gateway).await?;
            Ok((StatusCode::ACCEPTED, Json(ProposalJson::of(proposal, None))).into_response())
        }
        Decision::Approve(proposal) => {
            let receipt = approve(&id, &proposal, person, &server.gateway).await?;
            Ok(Json(receipt).into_response())
        }
    }
}

impl Content for Decision {
    const EXPECTED: &str = "Stuur JSON: een voorstel als {\"lines\": [{\"line\": 2, \"granted\": false, \"retourcode\": \"…\", \
        \"reason\": \"…\"}]}, of een goedkeuring als {\"approve\": \"id van het voorstel\"}.";
    /// Each of the 35,000 lines of a declaratie of 25 MB with 400 bytes of reason.
    const LIMIT: usize = 16_777_216;
}
