//! What was found in a file, and how it is to be printed.

use clap::ValueEnum;

use crate::domain::finding::{Finding, Level};
use crate::domain::{Berichtsoort, Release};
use crate::exchange::check::CheckVerdict;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Junit,
    Html,
}

/// What was found in one file.
pub(super) struct Checked {
    pub(super) file: String,
    pub(super) berichtsoort: Option<Berichtsoort>,
    pub(super) release: Option<Release>,
    pub(super) verdict: CheckVerdict,
    pub(super) findings: Vec<Finding>,
    /// The deepest level that was looked at.
    pub(super) reached: Level,
    /// The file could not be read at all.
    pub(super) unreadable: bool,
}
