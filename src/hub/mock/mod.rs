//! A stand-in for the network and the parties behind it: a real server on a real socket that says it is a mock.
//!
//! Takes envelopes as the GGK does (checks in the order of StUF table 4.1, duplicates by content, confirmation
//! after storing), plays the parties behind it as configured, and sends their answers as a client. It keeps
//! nothing when it stops, has no clock, no timer and no randomness of its own: the caller gives `now` and `ids`,
//! and calls [`Mock::act`] when something is due.
//!
//! Not to be faked: that the real GGK or VECOZO would take what this takes.
//!
//! | file | what |
//! |---|---|
//! | [`config`] | parties and faults |
//! | `server` | the HTTP face |
//! | `intake` | one envelope in, one answer |
//! | `agenda` | what is planned, and sending it |
//! | `berichten` | the retouren that played parties compose |
//! | `levering` | what played aanbieders report on what is assigned to them |
//! | [`journal`] | what went over the wire |
//! | `line` | connections that can be cut |

mod agenda;
mod berichten;
pub mod config;
mod intake;
pub mod journal;
mod levering;
mod line;
mod server;

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono_tz::Europe::Amsterdam;
use tokio::sync::Notify;

use self::agenda::Agenda;
pub use self::agenda::NotABericht;
use self::config::{FaultOrder, MockConfig, PlayedParty, Retour};
use self::intake::{Key, Taken};
use self::journal::{Journal, Line};
use super::envelope::compose::Stamp;
use super::envelope::tijdstip_bericht;
use super::ggk::{Ggk, LinkError, Patience};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::{Bericht, Partij, Timestamp};

/// How the played parties read and write a bericht.
#[derive(Clone, Copy)]
pub struct Codec {
    /// The bericht in these bytes; `None` when its schema does not accept them.
    pub read: fn(&[u8]) -> Option<Bericht>,
    /// The bytes of a bericht.
    pub encode: fn(&Bericht) -> Vec<u8>,
}

/// Tells the stand-in the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Gives the stand-in its identifiers: UUID v4, lower case, each once.
pub type Ids = Arc<dyn Fn() -> String + Send + Sync>;

/// The stand-in cannot start; its configuration is at fault.
#[derive(Debug, thiserror::Error)]
pub enum MockError {
    /// A party whose code is neither a gemeente's nor an aanbieder's.
    #[error("`{0}` is geen gemeentecode (4 cijfers) of AGB-code (8 cijfers)")]
    Party(String),
    /// A party that is played twice.
    #[error("partij {0} staat er twee keer in")]
    Twice(String),
    /// A party that rejects without saying why.
    #[error("partij {0} wijst af zonder retourcode")]
    NoCodes(String),
    /// The address of the gateway is not one.
    #[error("gateway_url: {0}")]
    Link(#[from] LinkError),
}

/// The stand-in. Clones are the same one.
#[derive(Clone)]
pub struct Mock(Arc<Inner>);

struct Inner {
    config: MockConfig,
    codec: Codec,
    now: Now,
    ids: Ids,
    link: Ggk,
    state: Mutex<State>,
    planned: Notify,
    /// Held by whoever acts, so that two callers do not send the same envelope at once.
    acting: tokio::sync::Mutex<()>,
}

/// All that the stand-in remembers.
#[derive(Default)]
struct State {
    journal: Journal,
    faults: VecDeque<FaultOrder>,
    taken: HashMap<Key, Taken>,
    /// Referentienummers of what was sent, answered or not.
    sent: HashSet<String>,
    agenda: Agenda,
}

impl Mock {
    /// A stand-in that has seen nothing yet.
    ///
    /// # Errors
    /// When the configuration does not hold together; nothing is listened to.
    pub fn new(config: MockConfig, codec: Codec, now: Now, ids: Ids) -> Result<Self, MockError> {
        let mut played = HashSet::new();
        for party in &config.parties {
            if party.retour == Retour::Reject(Vec::new()) {
                return Err(MockError::NoCodes(party.code.clone()));
            }
            if Partij::from_text(&party.code).is_none() {
                return Err(MockError::Party(party.code.clone()));
            }
            if !played.insert(&party.code) {
                return Err(MockError::Twice(party.code.clone()));
            }
        }
        let link = Ggk::new(&config.gateway_url, Patience::default())?;
        let state = State { faults: config.faults.clone().into(), ..State::default() };
        let (planned, acting) = (Notify::new(), tokio::sync::Mutex::new(()));
        Ok(Self(Arc::new(Inner { config, codec, now, ids, link, state: Mutex::new(state), planned, acting })))
    }

    /// Everything that went over the wire, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<Line> {
        self.state().journal.lines()
    }

    /// Adds faults behind those that still wait.
    pub fn misbehave(&self, orders: impl IntoIterator<Item = FaultOrder>) {
        self.state().faults.extend(orders);
    }

    /// Faults that still wait, next one first.
    #[must_use]
    pub fn faults(&self) -> Vec<FaultOrder> {
        self.state().faults.iter().cloned().collect()
    }

    /// When the next envelope is due; `None` when nothing is planned.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state().agenda.next_due()
    }

    /// Is told whenever something was planned.
    #[must_use]
    pub fn planned(&self) -> &Notify {
        &self.0.planned
    }

    /// No `.await` while this is held. A panic elsewhere leaves a state that is whole enough for a mock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    fn stamp(&self) -> Stamp {
        let local = self.now().with_timezone(&Amsterdam).naive_local();
        Stamp { referentienummer: (self.0.ids)(), tijdstip_bericht: tijdstip_bericht(local) }
    }

    /// How this party is played; one that is not listed obliges.
    fn party(&self, code: &str) -> PlayedParty {
        let listed = self.0.config.parties.iter().find(|party| party.code == code);
        listed.cloned().unwrap_or_else(|| PlayedParty::obliging(code))
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("config", &self.0.config).finish_non_exhaustive()
    }
}
