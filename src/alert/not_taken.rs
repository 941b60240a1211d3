//! That a receiver did not take a message.

use std::time::Duration;

/// Why a receiver did not take a message.
#[derive(Debug, PartialEq, Eq)]
pub struct NotTaken {
    /// For the operator. Holds nothing of what was sent.
    pub why: String,
    /// How long the receiver asks to wait.
    pub wait: Option<Duration>,
}

impl NotTaken {
    pub fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), wait: None }
    }
}
