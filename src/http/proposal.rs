//! What people propose to answer to a declaratie, as the API takes and gives it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::object::Content;
use crate::api::LineDecisionReceipt;
use crate::domain::Timestamp;
use crate::store::{Approval, Proposal};

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
    /// When it was proposed.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
    /// What is said of lines; all others fare as they were judged.
    pub lines: Vec<LineDecisionReceipt>,
    /// Who approved of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// When somebody else approved of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<Timestamp>,
}

impl ProposalJson {
    pub(super) fn of(proposal: Proposal, approval: Option<Approval>) -> Self {
        let Proposal { id, at, by, lines } = proposal;
        let (approved_by, approved_at) = approval.map(|approval| (approval.by, approval.at)).unzip();
        let lines = lines.into_iter().map(LineDecisionReceipt::from).collect();
        Self { id, at, by, lines, approved_by, approved_at }
    }
}

impl Content for Decision {
    const EXPECTED: &str = "Stuur JSON: een voorstel als {\"lines\": [{\"line\": 2, \"granted\": false, \"retourcode\": \"…\", \
        \"reason\": \"…\"}]}, of een goedkeuring als {\"approve\": \"id van het voorstel\"}.";
    /// Each of the 35,000 lines of a declaratie of 25 MB with 400 bytes of reason.
    const LIMIT: usize = 16_777_216;
}
