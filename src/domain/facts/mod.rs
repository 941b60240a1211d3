//! What is known: what was recorded before, and the figures that follow from it.
//!
//! Imports `berichten`.

pub mod calculation;
pub mod history;
pub mod new_toewijzing;
pub mod support;
pub mod volume;
