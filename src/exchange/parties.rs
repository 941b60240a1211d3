//! Who is local, and where a bericht therefore goes.

use std::collections::HashMap;

use crate::domain::{Bericht, Partij};

/// For whom this gateway acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalParties {
    known: HashMap<Partij, LocalParty>,
    /// Every party is local, and brings its own answers.
    replayed: bool,
}

/// A party for whom this gateway acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalParty {
    /// For people.
    pub naam: String,
    /// Its own software answers heenberichten; else the gateway does, in its name.
    pub answers_itself: bool,
    /// Of an aanbieder that is liable for VAT.
    pub btw_id_nummer: Option<String>,
}

/// Who stands at the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressee {
    /// A local party; the gateway judges and answers in its name.
    Answered,
    /// A local party that answers with its own software.
    AnswersItself,
    /// A party of a replay: the gateway judges in its name and shows the answer that it owes, but what it did answer
    /// is among what is replayed.
    Replayed,
    /// Somebody on the network.
    Elsewhere,
}

/// The two ends of one bericht.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The one who posts it is local.
    pub poster_is_local: bool,
    /// The one whom it is for.
    pub addressee: Addressee,
}

impl LocalParties {
    /// These parties.
    #[must_use]
    pub fn new(parties: impl IntoIterator<Item = (Partij, LocalParty)>) -> Self {
        Self { known: parties.into_iter().collect(), replayed: false }
    }

    /// Everybody, for a replay.
    #[must_use]
    pub fn replayed() -> Self {
        Self { known: HashMap::new(), replayed: true }
    }

    /// The party, if it is local.
    #[must_use]
    pub fn get(&self, partij: &Partij) -> Option<&LocalParty> {
        self.known.get(partij)
    }

    /// Every local party and its name.
    pub fn all(&self) -> impl Iterator<Item = (&Partij, &str)> {
        self.known.iter().map(|(partij, local)| (partij, local.naam.as_str()))
    }

    /// The name of a party for people: its own when it is local, else its code.
    #[must_use]
    pub fn naam(&self, code: &str) -> Option<&str> {
        self.known.iter().find(|(partij, _)| partij.code() == code).map(|(_, local)| local.naam.as_str())
    }

    /// The two ends of a bericht.
    #[must_use]
    pub fn route(&self, bericht: &Bericht) -> Route {
        if self.replayed {
            return Route { poster_is_local: true, addressee: Addressee::Replayed };
        }
        let addressee = match self.get(bericht.addressee()) {
            None => Addressee::Elsewhere,
            Some(local) if local.answers_itself => Addressee::AnswersItself,
            Some(_) => Addressee::Answered,
        };
        Route { poster_is_local: self.get(bericht.poster()).is_some(), addressee }
    }
}
