//! What has to go out: parcels are claimed, sent and settled; what stands still is left.

use std::collections::HashMap;

use async_trait::async_trait;

use super::entry::ParcelKind;
use super::error::StoreError;
use super::transport::Step;
use crate::domain::Timestamp;

/// The outbox, for who delivers.
#[async_trait]
pub trait OutboxStore: Send + Sync {
    /// Claims parcels whose time has come, as far as there is room, those first that are due longest. A parcel whose lease
    /// lapsed is due again; what is held with its functie or sender is not.
    async fn claim_due(&self, now: Timestamp, lease: &Lease, room: Room) -> Result<Vec<Parcel>, StoreError>;

    /// Makes due now what is due only after `latest`, and answers how many that were: a clock that was ahead made the pause.
    async fn mend_pauses(&self, now: Timestamp, latest: Timestamp) -> Result<u64, StoreError>;

    /// Records how an attempt ended, and keeps the attempt with its reason.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the parcel was claimed again or settled since.
    async fn settle(&self, parcel: &Parcel, now: Timestamp, settlement: &Settlement) -> Result<(), StoreError>;

    /// Keeps what the network tells of the bericht inside a parcel: how far it came. One that is further stays there, and so does
    /// one that went out anew in another parcel.
    async fn reach(&self, referentienummer: &str, step: &Step) -> Result<(), StoreError>;

    /// Keeps what the network tells besides, of a bericht that came no further by it.
    async fn record_step(&self, referentienummer: &str, step: &Step) -> Result<(), StoreError>;

    /// What these senders sent that the network accepted, and of which nothing more is known, as far as it came in since then:
    /// bericht and referentienummer, by bericht, after this one.
    async fn accepted_of(
        &self,
        zenders: &[String],
        since: Timestamp,
        after: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError>;

    /// The earliest instant after `now` at which a parcel is due or a lease lapses; `None` when there is none.
    async fn next_attempt_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Keeps that something stands still; what stood still before, does so since then.
    async fn hold(&self, hold: &Hold) -> Result<(), StoreError>;

    /// Keeps that it does not any more.
    async fn free(&self, scope: &Scope) -> Result<(), StoreError>;

    /// What stands still, the oldest first.
    async fn holds(&self) -> Result<Vec<Hold>, StoreError>;
}

/// A claim on a parcel: who sends it, and until when nobody else may.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The worker, unique per process.
    pub worker: String,
    /// When the claim lapses by itself.
    pub until: Timestamp,
}

/// A parcel that was claimed: these bytes are to be sent, and nothing else.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its referentienummer: the same for every attempt.
    pub referentienummer: String,
    /// Which envelope it is.
    pub kind: ParcelKind,
    /// As in `WMO306`.
    pub functie: String,
    /// Sender on the envelope.
    pub zender: String,
    /// Receiver on the envelope.
    pub ontvanger: String,
    /// When the attempts began of which the time counts.
    pub tried_since: Timestamp,
    /// Whether an earlier attempt may have arrived.
    pub maybe_arrived: bool,
    /// How many times it was claimed, this one included; fences off a worker whose lease lapsed.
    pub attempt: i64,
    /// The envelope, byte for byte.
    pub envelope: Vec<u8>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The network took responsibility.
    Delivered {
        /// What it answered with: the referentienummer of the confirmation.
        receipt: String,
    },
    /// An adapter took it, and brings it to the network.
    PassedOn {
        /// What it answered with.
        receipt: String,
    },
    /// Try again.
    Retry {
        /// Not before this instant.
        at: Timestamp,
        /// For the operator.
        reason: String,
        /// Whether this attempt may have arrived.
        unclear: bool,
    },
    /// The network will never take it; deadlines that wait for an answer to it become void.
    Refused {
        /// For the operator.
        reason: String,
    },
    /// It was refused for what it shares with others: all of them stand still until somebody releases them.
    Held {
        /// What stands still.
        hold: Hold,
        /// For the operator.
        reason: String,
    },
    /// A person has to look; no further attempt is made by itself.
    HandedOver {
        /// For the operator.
        reason: String,
        /// Whether an attempt may have arrived.
        unclear: bool,
    },
}

impl Settlement {
    /// The word for it in the log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Delivered { .. } | Self::PassedOn { .. } => "delivered",
            Self::Retry { unclear: false, .. } => "later",
            Self::Retry { unclear: true, .. } => "unclear",
            Self::Refused { .. } => "refused",
            Self::Held { .. } => "held",
            Self::HandedOver { .. } => "stuck",
        }
    }
}

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
    /// What stands still with it: all that shares this.
    pub scope: Scope,
    /// From when on.
    pub since: Timestamp,
    /// For the operator.
    pub reason: String,
}
