//! What becomes of a bericht.

use serde::{Deserialize, Serialize};

/// What became of a bericht.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Taken in, and right.
    Accepted,
    /// A declaratie of which some lines are granted and others are not.
    Partial,
    /// Taken in, and not judged yet: it waits for a bericht that should have come before it.
    Parked,
    /// Taken in, and answered with retourcodes: it counts as not sent, but its Identificatie is used.
    Rejected,
    /// Not taken in; kept for audit. Its Identificatie stays free.
    Refused,
}
