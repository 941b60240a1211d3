//! What steers the outbox: how much may be claimed, what is held, and what people do about a parcel.

use std::collections::HashMap;

use bytes::Bytes;
use chrono::NaiveDate;

use super::entry::{EnvelopeSeen, NewParcel};
use super::view::ParcelView;
use crate::domain::{Partij, Timestamp};

/// How many parcels may be claimed, in all and to each receiver.
#[derive(Clone, Debug)]
pub struct Room {
    total: usize,
    each: usize,
    /// To those for whom it is not `each`.
    left: HashMap<String, usize>,
}

impl Room {
    /// So many in all, and to each receiver.
    #[must_use]
    pub fn of(total: usize, each: usize) -> Self {
        Self { total, each, left: HashMap::new() }
    }

    /// Leaves so many to this receiver.
    pub fn leave(&mut self, ontvanger: &str, left: usize) {
        self.left.insert(ontvanger.to_owned(), left);
    }

    /// Whether nothing may be claimed.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.total == 0
    }

    /// Takes the place of one parcel to this receiver; answers whether there was one.
    pub fn take(&mut self, ontvanger: &str) -> bool {
        let left = self.left.entry(ontvanger.to_owned()).or_insert(self.each);
        let is_free = self.total > 0 && *left > 0;
        if is_free {
            self.total -= 1;
            *left -= 1;
        }
        is_free
    }

    /// Those to whom nothing may be sent.
    pub(super) fn full(&self) -> Vec<String> {
        self.left.iter().filter(|(_, left)| **left == 0).map(|(ontvanger, _)| ontvanger.clone()).collect()
    }
}

/// What stands still as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everything that goes to the network.
    Netwerk,
    /// Everything to this receiver.
    Ontvanger(String),
    /// Everything with this functie, until it is released.
    Functie(String),
    /// Everything of this sender, until it is released.
    Zender(String),
}

impl Scope {
    /// The word for it, in the store and in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Netwerk => "netwerk",
            Self::Ontvanger(_) => "ontvanger",
            Self::Functie(_) => "functie",
            Self::Zender(_) => "zender",
        }
    }

    /// Which one; empty for the network.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Netwerk => "",
            Self::Ontvanger(name) | Self::Functie(name) | Self::Zender(name) => name,
        }
    }

    /// What these words stand for.
    #[must_use]
    pub fn from_words(word: &str, name: &str) -> Option<Self> {
        match word {
            "netwerk" => Some(Self::Netwerk),
            "ontvanger" => Some(Self::Ontvanger(name.to_owned())),
            "functie" => Some(Self::Functie(name.to_owned())),
            "zender" => Some(Self::Zender(name.to_owned())),
            _ => None,
        }
    }
}

/// That something stands still: one item for a person, whatever waits behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// What.
    pub scope: Scope,
    /// From when on.
    pub since: Timestamp,
    /// For the operator.
    pub reason: String,
}

/// Which parcels are asked for.
#[derive(Clone, Debug, Default)]
pub struct OutboxQuery {
    /// In these states, by their word; none: in any.
    pub states: Vec<String>,
    /// From or for this party.
    pub partij: Option<Partij>,
    /// With this functie.
    pub functie: Option<String>,
}

/// What a person does about a parcel.
#[derive(Clone, Debug)]
pub struct Steering {
    /// Of the parcel.
    pub referentienummer: String,
    /// When.
    pub at: Timestamp,
    /// The name of the credential.
    pub who: String,
    /// In words.
    pub reason: String,
    /// The state that was seen, by its word: another one by then means that something happened meanwhile.
    pub seen: &'static str,
    /// What.
    pub action: Action,
}

/// What can be done about a parcel.
#[derive(Clone, Debug)]
pub enum Action {
    /// Send the same bytes again, from now on.
    Again,
    /// Send what is inside in a new envelope: the number of the old one is used up. The old one stays as it is.
    Anew {
        /// The new one.
        parcel: Box<NewParcel>,
        /// The clocks that run again, with their new last day and the first instant after it.
        clocks: Vec<(String, NaiveDate, Timestamp)>,
    },
    /// Do not send it until it is released.
    Hold,
    /// Never send it; nobody waits for an answer to it any more.
    GiveUp,
}

impl Action {
    /// As it stands in the audit log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Again => "parcel.sent-again",
            Self::Anew { .. } => "parcel.sent-anew",
            Self::Hold => "parcel.held",
            Self::GiveUp => "parcel.given-up",
        }
    }
}

/// A parcel with its envelope.
#[derive(Clone, Debug)]
pub struct KeptParcel {
    /// Where it stands.
    pub view: ParcelView,
    /// Byte for byte.
    pub envelope: Vec<u8>,
    /// When it was refused.
    pub refused_at: Option<Timestamp>,
    /// Whether the bericht inside got its retour.
    pub is_answered: bool,
    /// It is not itself held, but its functie or sender stands still.
    pub stands_still: bool,
}

/// A fault of the network about a parcel (Fo01), and what it does.
#[derive(Clone, Debug)]
pub struct NewFault {
    /// Ours.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// Sender, receiver and number on its envelope, and what it got as an answer.
    pub seen: EnvelopeSeen,
    /// Receiver on its envelope.
    pub ontvanger: String,
    /// The referentienummer of the parcel that it is about.
    pub about: String,
    /// Of the fault.
    pub code: String,
    /// With omschrijving and details.
    pub text: String,
    /// As it came in.
    pub bytes: Bytes,
    /// What follows.
    pub effect: FaultEffect,
}

/// What a fault does to the parcel that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultEffect {
    /// It is refused; nobody waits for an answer to it any more.
    Refuse(String),
    /// It is held with everything that shares this.
    Hold(Hold),
    /// It is for a person, and may have arrived.
    HandOver(String),
    /// Nothing: it only tells what was known.
    Nothing,
    /// Nothing: it does not fit what was sent. A person has to look at it, for this reason.
    PutApart(String),
}

/// A fault that was put apart.
#[derive(Clone, Debug)]
pub struct FaultView {
    /// Ours.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// Sender on its envelope.
    pub zender: String,
    /// The referentienummer that it names.
    pub about: String,
    /// Its code.
    pub code: String,
    /// With omschrijving and details.
    pub text: String,
    /// Why it was put apart; `None`: it fitted.
    pub why: Option<String>,
}
