//! What has to be answered by when, in days that count.
//!
//! Imports `berichten` and `afspraken`.

pub mod deadline;
pub mod werkdag;
