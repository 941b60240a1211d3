//! Who calls.

use crate::domain::Partij;

/// Who calls, by the SHA-256 of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A party, and only its own berichten.
    Party {
        /// The party that the token belongs to.
        partij: Partij,
        /// The name of the credential.
        name: String,
        /// Whether it may decide about declaraties.
        decides: bool,
    },
    /// An operator, who sees all and posts nothing.
    Operator {
        /// The name of the credential.
        name: String,
    },
}
