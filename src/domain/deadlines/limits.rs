//! How long something may stand still before the gateway opens a deadline for it by itself.

use std::time::Duration;

/// Each since the moment of the step before; zero: it is not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From when a bericht is kept until it is handed over to the network.
    pub handed_over: Duration,
    /// From when the link took it until the network accepted it.
    pub accepted: Duration,
    /// From when it lies ready, in the network or in a postbus, until its addressee has it.
    pub fetched: Duration,
    /// Some link tells more of a bericht than that the network accepted it.
    pub is_told: bool,
    /// What is held, waits for a second person, or should have been judged.
    pub waiting: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let day = Duration::from_hours(24);
        Self { handed_over: day, accepted: day, fetched: day, is_told: true, waiting: day }
    }
}
