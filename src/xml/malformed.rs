//! What makes a text not XML, or XML that is not taken.

use crate::domain::finding::Position;

use super::position::position;

pub(super) use crate::echo::shown;

/// The first thing wrong with the notation. Nothing after it is read.
#[derive(Debug)]
pub(super) struct Malformed {
    /// Where it stands.
    pub(super) position: Position,
    /// What is wrong and what to do, in Dutch.
    pub(super) text: String,
}

impl Malformed {
    /// Found at this offset of `text`.
    pub(super) fn at(text: &str, offset: usize, finding: impl Into<String>) -> Self {
        Self { position: position(text, offset), text: finding.into() }
    }

    /// Found in a text that stands behind another, which ends at `start`.
    pub(super) fn behind(mut self, start: Position) -> Self {
        if self.position.line == 1 {
            self.position.column += start.column - 1;
        }
        self.position.line += start.line - 1;
        self
    }
}
