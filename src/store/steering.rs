//! The outbox as an operator sees it, and what people do about a parcel.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;

use super::entry::{EnvelopeSeen, NewParcel, ParcelKind};
use super::error::StoreError;
use super::outbox::{Hold, Scope};
use super::page::After;
use crate::domain::{Partij, Timestamp};

/// The outbox, for who looks after it.
#[async_trait]
pub trait SteeringStore: Send + Sync {
    /// Parcels, the newest first, after the one with this referentienummer.
    async fn outbox(&self, query: &OutboxQuery, after: After<'_>, limit: u32) -> Result<Vec<ParcelView>, StoreError>;

    /// Parcels that are not delivered: waiting, unclear, refused or in front of the operator; oldest first.
    async fn undelivered(&self, limit: u32) -> Result<Vec<ParcelView>, StoreError>;

    /// One parcel with its envelope.
    async fn parcel(&self, referentienummer: &str) -> Result<Option<KeptParcel>, StoreError>;

    /// Does what a person wants with a parcel. In the audit log.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not in the state that was seen.
    async fn steer(&self, steering: &Steering) -> Result<(), StoreError>;

    /// Lets go what a person released: what waited goes out in the order in which it came, so many in a second. In the audit log.
    /// Answers whether it stood still.
    async fn release(&self, letting_go: &LettingGo) -> Result<bool, StoreError>;

    /// Keeps a fault of the network about a parcel, byte for byte, with the answer that it gets, and what follows for the parcel.
    /// In the audit log.
    ///
    /// # Errors
    /// [`StoreError::Database`] when its envelope was recorded meanwhile: [`super::IntakeStore::seen_envelope`] then has the answer.
    async fn take_fault(&self, fault: &NewFault) -> Result<(), StoreError>;

    /// Faults of the network, the newest first: those that were put apart, or those about this parcel.
    async fn faults(&self, about: Option<&str>, limit: u32) -> Result<Vec<FaultView>, StoreError>;
}

/// That a person lets go what stands still.
#[derive(Clone, Debug)]
pub struct LettingGo {
    /// What stood still.
    pub scope: Scope,
    /// The moment at which the person did so.
    pub at: Timestamp,
    /// The name of the credential.
    pub who: String,
    /// In words.
    pub reason: String,
    /// How many parcels of those that waited go out in a second.
    pub per_second: u32,
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
    /// When it was asked.
    pub at: Timestamp,
    /// The name of the credential.
    pub who: String,
    /// In words.
    pub reason: String,
    /// The state that was seen, by its word: another one by then means that something happened meanwhile.
    pub seen: &'static str,
    /// What is to become of it.
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
        /// The clocks that run again.
        clocks: Vec<ClockAgain>,
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
    /// A UUID that grows with time.
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
    /// A UUID that grows with time.
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

/// Where a parcel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParcelState {
    /// Will be sent.
    Waiting {
        /// Not before this instant.
        due_at: Timestamp,
    },
    /// Is being sent.
    Sending {
        /// By this worker.
        worker: String,
        /// The claim lapses here.
        until: Timestamp,
    },
    /// May have arrived or not.
    Unclear {
        /// The next attempt; `None`: in front of the operator.
        due_at: Option<Timestamp>,
    },
    /// The network has it.
    Delivered {
        /// When the network confirmed it.
        at: Timestamp,
    },
    /// The network will never take it.
    Refused {
        /// When it said so.
        at: Timestamp,
    },
    /// Somebody holds it, or what it shares with others stands still.
    Held,
    /// In front of the operator.
    Stuck,
    /// Somebody gave it up.
    GivenUp,
}

impl ParcelState {
    /// The word for it, in JSON.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting { .. } => "waiting",
            Self::Sending { .. } => "sending",
            Self::Unclear { .. } => "unclear",
            Self::Delivered { .. } => "delivered",
            Self::Refused { .. } => "refused",
            Self::Held => "held",
            Self::Stuck => "stuck",
            Self::GivenUp => "given-up",
        }
    }

    /// Every word.
    pub const WORDS: [&str; 8] = ["waiting", "sending", "unclear", "held", "refused", "stuck", "delivered", "given-up"];
}

/// A parcel as it stands.
#[derive(Clone, Debug)]
pub struct ParcelView {
    /// Of the envelope.
    pub referentienummer: String,
    /// Which envelope.
    pub kind: ParcelKind,
    /// As in `WMO306`.
    pub functie: String,
    /// The bericht inside.
    pub bericht_id: String,
    /// Sender on the envelope.
    pub zender: String,
    /// Receiver on the envelope.
    pub ontvanger: String,
    /// Where it stands.
    pub state: ParcelState,
    /// How many attempts were begun.
    pub attempts: i64,
    /// Whether it may have arrived although nobody said so.
    pub maybe_arrived: bool,
    /// Whether a fault refused its referentienummer: what is inside can only be sent in a new envelope.
    pub used_up: bool,
    /// The parcel that took its place.
    pub replaced_by: Option<String>,
    /// Why the last attempt did not succeed; nothing once one did.
    pub last_reason: Option<String>,
}

/// A clock that had stood still, and runs again.
#[derive(Clone, Debug)]
pub struct ClockAgain {
    /// Of the deadline.
    pub id: String,
    /// Its new last day.
    pub due: NaiveDate,
    /// The first instant after it.
    pub due_at: Timestamp,
    /// The days from which it is due soon.
    pub warns: Vec<NaiveDate>,
}
