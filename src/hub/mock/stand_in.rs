//! The stand-in, and all that it remembers.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chrono_tz::Europe::Amsterdam;
use tokio::sync::Notify;

use super::config::{FaultOrder, MockConfig, PlayedParty, Retour};
use super::handed_in::Vsp;
use super::journal::{Direction, Journal, Line};
use super::plans::Agenda;
use super::taken::{Key, Taken};
use crate::domain::berichten::waarde::Value as _;
use crate::domain::{Bericht, Partij, Timestamp};
use crate::hub::envelope::compose::Stamp;
use crate::hub::envelope::{Envelope, tijdstip_bericht};
use crate::hub::ggk::{Ggk, LinkError, Timeouts};
use crate::xml::{self, Schemas};

/// Makes a bericht of bytes.
type Read = dyn Fn(&[u8]) -> Option<Bericht> + Send + Sync;

/// How the played parties read and write a bericht.
#[derive(Clone)]
pub struct Codec {
    /// The bericht in these bytes; `None` when its schema does not accept them.
    pub read: Arc<Read>,
    /// The bytes of a bericht.
    pub encode: fn(&Bericht) -> Vec<u8>,
}

impl Codec {
    /// By these schemas.
    #[must_use]
    pub fn of(schemas: Arc<Schemas>) -> Self {
        Self { read: Arc::new(move |bytes| schemas.read(bytes).ok()), encode: xml::encode }
    }
}

/// Tells the stand-in the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Sets the clock that the stand-in looks at.
pub type SetNow = Arc<dyn Fn(Timestamp) + Send + Sync>;
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
pub struct Mock(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) config: MockConfig,
    pub(super) codec: Codec,
    pub(super) now: Now,
    pub(super) ids: Ids,
    pub(super) link: Mutex<Arc<Ggk>>,
    pub(super) state: Mutex<State>,
    pub(super) planned: Notify,
    pub(super) set_now: OnceLock<SetNow>,
    /// Held by whoever acts, so that two callers do not send the same envelope at once.
    pub(super) acting: tokio::sync::Mutex<()>,
}

/// All that the stand-in remembers.
#[derive(Default)]
pub(super) struct State {
    pub(super) journal: Journal,
    pub(super) faults: VecDeque<FaultOrder>,
    /// What the next draw follows from.
    pub(super) draws: u64,
    pub(super) taken: HashMap<Key, Taken>,
    /// Referentienummers of what was sent, answered or not.
    pub(super) sent: HashSet<String>,
    pub(super) agenda: Agenda,
    pub(super) vsp: Vsp,
}

impl State {
    /// Whether the fault at this place happens now: always, unless it happens to some in a hundred.
    pub(super) fn is_drawn(&mut self, at: usize) -> bool {
        let Some(percent) = self.faults[at].percent else { return true };
        // SplitMix64.
        self.draws = self.draws.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.draws ^ (self.draws >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100 < u64::from(percent)
    }
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
        let link = Mutex::new(Arc::new(link(&config.gateway_url, &config)?));
        let draws = config.seed.unwrap_or_default();
        let state = State { faults: config.faults.clone().into(), draws, ..State::default() };
        let (planned, acting) = (Notify::new(), tokio::sync::Mutex::new(()));
        Ok(Self(Arc::new(Inner {
            config,
            codec,
            now,
            ids,
            link,
            state: Mutex::new(state),
            planned,
            set_now: OnceLock::new(),
            acting,
        })))
    }

    /// Its clock may be set, with this.
    pub fn let_clock_be_set(&self, set_now: SetNow) {
        // A second one changes nothing.
        let _ = self.0.set_now.set(set_now);
    }

    /// Everything that went over the wire, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<Line> {
        self.state().journal.lines()
    }

    /// The bytes of a line of the journal; `None`: there is no such line, or they were let go.
    #[must_use]
    pub fn bytes(&self, nr: usize) -> Option<Vec<u8>> {
        self.state().journal.bytes(nr)
    }

    /// Adds faults behind those that still wait.
    pub fn misbehave(&self, orders: impl IntoIterator<Item = FaultOrder>) {
        self.state().faults.extend(orders);
    }

    /// How many berichten were handed in at VECOZO and how many wait there to be fetched and confirmed.
    #[must_use]
    pub fn at_vecozo(&self) -> (usize, usize) {
        let state = self.state();
        (state.vsp.pushed.len(), state.vsp.waiting.len())
    }

    /// How many envelopes it stored, each counted once.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.state().taken.len()
    }

    /// Forgets the faults that still wait.
    pub fn behave(&self) {
        self.state().faults.clear();
    }

    /// From now on the gateway takes envelopes in here.
    ///
    /// # Errors
    /// When that is not an address.
    pub fn lead_to(&self, gateway_url: &str) -> Result<(), MockError> {
        let link = Arc::new(link(gateway_url, &self.0.config)?);
        *self.0.link.lock().unwrap_or_else(PoisonError::into_inner) = link;
        Ok(())
    }

    pub(super) fn link(&self) -> Arc<Ggk> {
        Arc::clone(&self.0.link.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A line of the journal about an envelope, with the name of the bericht inside where that can be read.
    pub(super) fn line(&self, direction: Direction, envelope: &Envelope, bytes_sha256: String) -> Line {
        let bericht = envelope.parameters().and_then(|parameters| (self.0.codec.read)(parameters.payload.bytes()));
        let identificatie = bericht.map(|one| one.header().bericht_identificatie.identificatie.to_string());
        Line { identificatie, ..Line::of(self.now(), direction, envelope, bytes_sha256) }
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
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        (self.0.now)()
    }

    pub(super) fn stamp(&self) -> Stamp {
        let local = self.now().with_timezone(&Amsterdam).naive_local();
        Stamp { referentienummer: (self.0.ids)(), tijdstip_bericht: tijdstip_bericht(local) }
    }

    /// How this party is played; one that is not listed obliges.
    pub(super) fn party(&self, code: &str) -> PlayedParty {
        let listed = self.0.config.parties.iter().find(|party| party.code == code);
        listed.cloned().unwrap_or_else(|| PlayedParty::obliging(code))
    }
}

fn link(gateway_url: &str, config: &MockConfig) -> Result<Ggk, LinkError> {
    Ggk::set_up(gateway_url, Timeouts::default(), None, &config.face.wrapping())
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("config", &self.0.config).finish_non_exhaustive()
    }
}
