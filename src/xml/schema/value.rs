//! The value of an element, put together from the pieces between its tags.

use crate::xml::window::{Span, Window};

/// The text of the element that is open, when it holds text.
#[derive(Default)]
pub(super) struct Value {
    /// The only piece so far, as it stands in the text.
    piece: Option<Span>,
    /// Used as soon as there is more than that.
    joined: String,
    is_joined: bool,
}

impl Value {
    pub(super) fn clear(&mut self) {
        self.piece = None;
        self.joined.clear();
        self.is_joined = false;
    }

    /// Holds nothing but this stretch, in which there is no CR.
    pub(super) fn set(&mut self, piece: Span) {
        self.clear();
        self.piece = Some(piece);
    }

    pub(super) fn push(&mut self, piece: Span, window: &Window<'_>) {
        let raw = window.get(piece);
        if self.piece.is_none() && !self.is_joined && !raw.as_bytes().contains(&b'\r') {
            self.piece = Some(piece);
            return;
        }
        self.join(window);
        // What XML does with line ends before anything else sees them.
        let mut rest = raw;
        while let Some((line, after)) = rest.split_once('\r') {
            self.joined.push_str(line);
            self.joined.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
        }
        self.joined.push_str(rest);
    }

    pub(super) fn push_character(&mut self, character: char, window: &Window<'_>) {
        self.join(window);
        self.joined.push(character);
    }

    fn join(&mut self, window: &Window<'_>) {
        if let Some(piece) = self.piece.take() {
            self.joined.push_str(window.get(piece));
        }
        self.is_joined = true;
    }

    pub(super) fn in_text<'v>(&'v self, window: &'v Window<'_>) -> &'v str {
        match self.piece {
            Some(piece) => window.get(piece),
            None => &self.joined,
        }
    }
}
