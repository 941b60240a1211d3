//! What was handed in at the face of VECOZO, and what waits there to be fetched.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::Timestamp;

/// Everything that this face remembers.
#[derive(Default)]
pub(super) struct Vsp {
    /// By traceerId.
    pub(super) pushed: HashMap<String, Pushed>,
    pub(super) waiting: Vec<Waiting>,
}

/// A bericht that was handed in.
pub(super) struct Pushed {
    pub(super) metadata: Value,
    pub(super) sha256: String,
    pub(super) at: Timestamp,
    /// The code that it was turned back with afterwards.
    pub(super) refused: Option<String>,
}

/// A bericht that waits until it is fetched and confirmed.
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) due: Timestamp,
    pub(super) metadata: Value,
    pub(super) payload: Vec<u8>,
}
