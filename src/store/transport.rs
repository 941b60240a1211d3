//! How far a bericht came on its way to its addressee, and what tells so.

use crate::domain::Timestamp;

/// How far a bericht came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is kept here, and nothing left yet.
    Stored,
    /// It was sent and nobody said that it arrived.
    Unclear,
    /// It lies in the postbus of its addressee, or the link to the network took it.
    HandedOver,
    /// The network has it.
    Accepted,
    /// Its addressee has it.
    Fetched,
    /// Its retour came, and takes it.
    Retour,
    /// What it asks for came: of a declaratie its antwoord, of a verzoek the first answer.
    Answered,
    /// The network or its addressee does not take it.
    Refused,
    /// Somebody gave it up.
    GivenUp,
}

/// What told that a bericht came so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How far.
    pub stage: Stage,
    /// When we learned of it; of a postbus, when it was put there or fetched.
    pub at: Timestamp,
    /// The number of an envelope or a bericht, what the other side answered, or `postbus`.
    pub evidence: String,
}

/// Where a bericht is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transport {
    /// How far it came.
    pub stage: Stage,
    /// What told so, the oldest first. That it is kept here says the bericht itself.
    pub steps: Vec<Step>,
}

impl Stage {
    /// All of them, in the order in which they follow one another; the ends last.
    pub const ALL: [Self; 9] = [
        Self::Stored,
        Self::Unclear,
        Self::HandedOver,
        Self::Accepted,
        Self::Fetched,
        Self::Retour,
        Self::Answered,
        Self::Refused,
        Self::GivenUp,
    ];

    /// The words of all of them.
    pub const WORDS: [&str; 9] = {
        let mut words = [""; 9];
        let mut nr = 0;
        while nr < words.len() {
            words[nr] = Self::ALL[nr].word();
            nr += 1;
        }
        words
    };

    /// The word for it, in the store and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Unclear => "unclear",
            Self::HandedOver => "handed-over",
            Self::Accepted => "accepted",
            Self::Fetched => "fetched",
            Self::Retour => "retour",
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::GivenUp => "given-up",
        }
    }

    /// The stage with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// Whether a bericht that stood at `earlier` may come here. What its addressee answered outlives what the network says.
    #[must_use]
    pub const fn may_follow(self, earlier: Self) -> bool {
        let is_open = !matches!(earlier, Self::Retour | Self::Answered);
        match self {
            Self::Unclear => is_open && !matches!(earlier, Self::Unclear),
            Self::HandedOver => matches!(earlier, Self::Stored | Self::Unclear),
            Self::Accepted => matches!(earlier, Self::Stored | Self::Unclear | Self::HandedOver),
            Self::Fetched => matches!(earlier, Self::Stored | Self::Unclear | Self::HandedOver | Self::Accepted),
            Self::Stored | Self::Retour => is_open,
            Self::Answered => !matches!(earlier, Self::Answered),
            Self::Refused => is_open && !matches!(earlier, Self::Refused),
            Self::GivenUp => is_open && !matches!(earlier, Self::GivenUp),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_is_read_back_from_its_word() {
        for (stage, word) in Stage::ALL.into_iter().zip(Stage::WORDS) {
            assert_eq!(Stage::from_word(word), Some(stage));
        }
        assert_eq!(Stage::from_word("sent"), None);
    }

    #[test]
    fn what_the_addressee_said_outlives_what_the_network_says() {
        for late in [Stage::Accepted, Stage::Fetched, Stage::Refused, Stage::Stored, Stage::Unclear] {
            assert!(!late.may_follow(Stage::Retour) && !late.may_follow(Stage::Answered), "{late:?}");
        }
        assert!(Stage::Answered.may_follow(Stage::Retour), "a verzoek is answered after its retour");
        assert!(Stage::Retour.may_follow(Stage::Refused), "a retour proves that it arrived after all");
        assert!(!Stage::HandedOver.may_follow(Stage::Accepted), "no way back by itself");
    }
}
