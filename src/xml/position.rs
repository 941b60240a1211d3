//! Byte offsets to lines and columns, only when somebody asks.

use crate::domain::finding::Position;

/// A cursor over the text that only goes forward, so any number of questions costs one pass.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The offset of the begin of `text`.
    base: usize,
    /// Counted from the begin of `text`.
    offset: usize,
    position: Position,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self::from(text, 0, Position { line: 1, column: 1 })
    }

    /// Over a part of a text that begins at this offset and place.
    pub(super) fn from(text: &'a str, base: usize, position: Position) -> Self {
        Self { text, base, offset: 0, position }
    }

    /// The place of the character at `offset`, which may not lie before the offset asked last.
    ///
    /// CR LF, LF and a lone CR each end a line, as XML reads them.
    pub(super) fn at(&mut self, offset: usize) -> Position {
        let ahead = self.text.get(self.offset..offset - self.base).unwrap_or_default();
        let mut before = self.text.as_bytes().get(self.offset.wrapping_sub(1)).copied();
        for character in ahead.chars() {
            match character {
                '\n' if before == Some(b'\r') => self.position.column = 1,
                '\n' | '\r' => {
                    self.position.line += 1;
                    self.position.column = 1;
                }
                _ => self.position.column += 1,
            }
            before = u8::try_from(character).ok();
        }
        self.offset += ahead.len();
        self.position
    }
}

/// The place of one offset.
pub(super) fn position(text: &str, offset: usize) -> Position {
    Lines::new(text).at(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_characters_and_every_kind_of_line_end() {
        let text = "é<\r\n<\r<\n\n<";
        let mut lines = Lines::new(text);
        let found: Vec<_> = text.match_indices('<').map(|(offset, _)| lines.at(offset)).collect();
        let expected = [(1, 2), (2, 1), (3, 1), (5, 1)].map(|(line, column)| Position { line, column });
        assert_eq!(found, expected);
    }
}
