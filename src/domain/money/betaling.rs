//! Payments: what a gemeente pays for what it granted, several declaraties in one batch.

use std::collections::BTreeMap;

use smol_str::SmolStr;

/// The name of a batch, chosen by who makes it: 1 to 35 characters that SEPA allows in a reference, the first a letter or a
/// digit. No slash: it names a resource of the API as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kenmerk(SmolStr);

/// The longest reference in SEPA, in characters.
const LONGEST: usize = 35;

impl Kenmerk {
    /// The name, if it is one.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&text.len())
            && is_sepa_text(text)
            && !text.contains('/')
            && text.starts_with(|first: char| first.is_ascii_alphanumeric());
        fits.then(|| Self(text.into()))
    }

    /// As it was chosen.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The most that one transfer in SEPA can be, in euro cents.
pub const MOST: i64 = 99_999_999_999;

/// Whether every bank in SEPA takes this character.
fn is_sepa(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(letter)
}

/// Whether every bank in SEPA takes this text as it is: its characters, no space at an end, and slashes only where the rules for
/// references (EPC230-15) allow them, at neither end and never two in a row.
#[must_use]
pub fn is_sepa_text(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(is_sepa)
        && !text.starts_with([' ', '/'])
        && !text.ends_with([' ', '/'])
        && !text.contains("//")
}

/// A text as every bank in SEPA takes it: a point for each character that makes it another one.
#[must_use]
pub fn sepa_text(text: &str) -> String {
    let text = text.trim();
    let mut before = '/';
    let mut taken: String = text
        .chars()
        .map(|letter| {
            before = if is_sepa(letter) && (letter, before) != ('/', '/') { letter } else { '.' };
            before
        })
        .collect();
    if taken.ends_with('/') {
        taken.pop();
        taken.push('.');
    }
    taken
}

/// An account, as a bank wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekening {
    /// Whose: a text of SEPA of 1 to 70 characters.
    pub naam: String,
    /// Its number, without spaces; valid.
    pub iban: String,
    /// Of the bank, where that has to be told.
    pub bic: Option<String>,
}

/// What is payable of one declaratie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payable {
    /// Its 323 or 303 in the store.
    pub declaratie_id: String,
    /// Who is paid, and for whom.
    pub payee: Payee,
    /// In euro cents; below zero when more is taken back than granted.
    pub bedrag: i64,
}

/// Who is paid, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payee {
    /// AGB code of who declared.
    pub aanbieder: String,
    /// AGB code of whose account it goes to: the aanbieder, or its servicebureau (BetalingAanID).
    pub begunstigde: String,
}

/// One amount for each payee: what is taken back is set off against what is granted.
#[must_use]
pub fn net(payable: &[Payable]) -> BTreeMap<&Payee, i64> {
    let mut sums = BTreeMap::new();
    for one in payable {
        *sums.entry(&one.payee).or_default() += one.bedrag;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_made_one_that_every_bank_takes() {
        for (text, taken) in [
            ("Zorg (Oost) 1/2", "Zorg (Oost) 1/2"),
            ("/a//b/", ".a/.b."),
            ("///", "./."),
            (" a ", "a"),
            ("F_é&1", "F...1"),
            ("a/ ", "a."),
        ] {
            assert_eq!(sepa_text(text), taken, "{text:?}");
            assert_eq!(is_sepa_text(text), text == taken, "{text:?}");
            assert!(is_sepa_text(taken), "{taken:?}");
        }
        assert!(!is_sepa_text(""));
    }

    #[test]
    fn a_kenmerk_is_what_a_bank_takes_as_a_reference() {
        for good in ["2026-06", "W", "Wmo juni (1)", &"x".repeat(35)] {
            assert_eq!(Kenmerk::from_text(good).map(|kenmerk| kenmerk.as_str().to_owned()).as_deref(), Some(good));
        }
        for bad in ["", " x", "x ", "-x", "..", "a/b", "juni_1", "één", "a\nb", &"x".repeat(36)] {
            assert_eq!(Kenmerk::from_text(bad), None, "{bad:?}");
        }
    }
}
