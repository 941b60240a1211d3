//! The parties that exchange berichten: gemeenten and aanbieders.

use std::fmt;

use smol_str::SmolStr;

use super::waarde::Value;

/// A party: a gemeente by its CBS code (`LDT_Gemeente`, 4 digits) or an aanbieder by its AGB code
/// (`LDT_AgbCode`, 8 digits). The code decides which.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Partij {
    /// CBS code, 4 digits.
    Gemeente(SmolStr),
    /// AGB code, 8 digits.
    Aanbieder(SmolStr),
}

impl Partij {
    /// The code as it stands in a header.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Gemeente(code) | Self::Aanbieder(code) => code,
        }
    }

    /// Whether this party is a gemeente.
    #[must_use]
    pub fn is_gemeente(&self) -> bool {
        matches!(self, Self::Gemeente(_))
    }
}

impl Value for Partij {
    const EXPECTED: &'static str = "een gemeentecode van 4 of een AGB-code van 8 cijfers";

    fn from_text(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        match text.len() {
            4 => Some(Self::Gemeente(text.into())),
            8 => Some(Self::Aanbieder(text.into())),
            _ => None,
        }
    }

    fn to_text(&self) -> String {
        self.code().to_owned()
    }
}

impl fmt::Display for Partij {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Partij {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
