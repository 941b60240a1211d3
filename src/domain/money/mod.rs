//! What became of what was declared: decided, granted, paid, and what is left of a toewijzing.
//!
//! Imports `berichten`, `finding`, `facts`, `regels` and `judging`.

pub mod betaling;
pub mod burn_down;
pub mod decision;
pub mod stand;
