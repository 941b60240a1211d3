//! What makes a text not XML, or XML that is not taken.

use crate::domain::finding::Position;

use super::position::position;

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

/// A name for people: only what may stand in a name, because anything else may be a value in the wrong
/// place, and cut to a length that fits a line.
pub(super) fn shown(name: &str) -> String {
    const LONGEST: usize = 60;
    let end = name.char_indices().enumerate().find(|(count, (_, character))| {
        let in_name = *character == ':' || super::names::is_name_part(*character);
        *count >= LONGEST || !in_name
    });
    match end {
        None => name.to_owned(),
        Some((_, (end, _))) => format!("{}…", name.get(..end).unwrap_or_default()),
    }
}
