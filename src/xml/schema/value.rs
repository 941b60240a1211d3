//! The value of an element, put together from the pieces between its tags.

/// The text of the element that is open, when it holds text.
#[derive(Default)]
pub(super) struct Value<'a> {
    /// The only piece so far, as it stands in the input, and where.
    pub(super) piece: Option<(&'a str, usize)>,
    /// Used as soon as there is more than that.
    pub(super) joined: String,
    is_joined: bool,
}

impl<'a> Value<'a> {
    pub(super) fn clear(&mut self) {
        self.piece = None;
        self.joined.clear();
        self.is_joined = false;
    }

    pub(super) fn push(&mut self, raw: &'a str, at: usize) {
        if self.piece.is_none() && !self.is_joined && !raw.as_bytes().contains(&b'\r') {
            self.piece = Some((raw, at));
            return;
        }
        self.join();
        // What XML does with line ends before anything else sees them.
        let mut rest = raw;
        while let Some((line, after)) = rest.split_once('\r') {
            self.joined.push_str(line);
            self.joined.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
        }
        self.joined.push_str(rest);
    }

    pub(super) fn push_character(&mut self, character: char) {
        self.join();
        self.joined.push(character);
    }

    fn join(&mut self) {
        if let Some((piece, _)) = self.piece.take() {
            self.joined.push_str(piece);
        }
        self.is_joined = true;
    }

    pub(super) fn as_str(&self) -> &str {
        match self.piece {
            Some((piece, _)) => piece,
            None => &self.joined,
        }
    }
}
