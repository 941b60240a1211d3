//! How what people say about the lines of a declaratie is kept, as JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::Timestamp;
use crate::domain::money::decision::LineDecision;

#[derive(Serialize, Deserialize)]
#[serde(remote = "LineDecision")]
struct KeptDecision {
    line: usize,
    granted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    toegekend: Option<u32>,
    #[serde(rename = "retourcode", default, skip_serializing_if = "Option::is_none")]
    retour_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Written<'a>(#[serde(with = "KeptDecision")] &'a LineDecision);

#[derive(Deserialize)]
struct Read(#[serde(with = "KeptDecision")] LineDecision);

pub fn serialize<S: Serializer>(lines: &[LineDecision], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lines.iter().map(Written))
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LineDecision>, D::Error> {
    Ok(Vec::<Read>::deserialize(deserializer)?.into_iter().map(|Read(line)| line).collect())
}

/// Which proposal has to be the last one for another to come after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastSeen {
    /// Whichever it is.
    Any,
    /// The one with this id; `None`: none was made yet.
    This(Option<String>),
}

/// What a person proposes to answer to a declaratie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// A UUID that grows with time; a later proposal names the one that it saw.
    pub id: String,
    /// By the clock of the gateway, when it came in.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
    /// The lines that are decided otherwise than they were judged, or confirmed.
    #[serde(with = "self")]
    pub lines: Vec<LineDecision>,
}

/// That somebody approves of a proposal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The proposal.
    pub proposal: String,
    /// Of this declaratie: its 323 or 303.
    pub declaratie_id: String,
    /// By the clock of the gateway, when it came in.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub by: String,
}
