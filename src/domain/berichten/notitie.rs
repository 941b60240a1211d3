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

/// A text for people, with stars for nine digits in a row that pass the elfproef, but for the last two: software makes
/// names of berichten of what it has, and a name of nine digits may be the Bsn of somebody.
#[must_use]
pub fn without_bsn(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, digits) = rest.split_at(start);
        let end = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
        let (run, after) = digits.split_at(end);
        shown.push_str(before);
        match Bsn::from_text(run).filter(Bsn::passes_elfproef) {
            Some(_) => shown.extend(["*******", &run[7..]]),
            None => shown.push_str(run),
        }
        rest = after;
    }
    shown + rest
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

    #[test]
    fn a_text_for_people_shows_no_nine_digits_that_pass_the_elfproef() {
        for (text, shown) in [
            ("999940004", "*******04"),
            ("WMO301 999940004, toewijzing 700101", "WMO301 *******04, toewijzing 700101"),
            ("999940005", "999940005"),
            ("9999400041", "9999400041"),
            ("A-999940004-999940004", "A-*******04-*******04"),
            ("", ""),
        ] {
            assert_eq!(without_bsn(text), shown);
        }
    }
}
