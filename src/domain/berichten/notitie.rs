//! What people write beside what they do: a reference, a reason, who looks after it.

use super::waarde::{Bsn, Value};

/// A text without a Bsn in it, of at least one character that is not white space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notitie(String);

/// Why a text is no [`Notitie`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Empty, or of more characters than it may have.
    Length,
    /// Nine digits in it may be a Bsn.
    Bsn,
}

impl Notitie {
    /// The text without white space around it, of at most so many characters.
    ///
    /// # Errors
    /// It is empty, too long, or has nine digits in a row that pass the elfproef.
    pub fn from_text(text: &str, longest: usize) -> Result<Self, Unfit> {
        let text = text.trim();
        if !(1..=longest).contains(&text.chars().count()) {
            return Err(Unfit::Length);
        }
        let mut digits = text.split(|letter: char| !letter.is_ascii_digit());
        let has_bsn = digits.any(|run| Bsn::from_text(run).is_some_and(|bsn| bsn.passes_elfproef()));
        if has_bsn { Err(Unfit::Bsn) } else { Ok(Self(text.to_owned())) }
    }

    /// As it was written.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_short_and_names_no_client() {
        let read = |text: &str| Notitie::from_text(text, 20).map(Notitie::into_text);
        assert_eq!(read("  brief 2018-112 "), Ok("brief 2018-112".to_owned()));
        assert_eq!(read("zaak 999940005"), Ok("zaak 999940005".to_owned()), "fails the elfproef");
        assert_eq!(read("client 999940004"), Err(Unfit::Bsn));
        assert_eq!((read(" "), read(&"x".repeat(21))), (Err(Unfit::Length), Err(Unfit::Length)));
    }
}
