//! What every handler works with.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::body::Turns;
use super::caller::Caller;
use super::guesses::Guesses;
use super::query::Known as Queries;
use crate::domain::Partij;
use crate::domain::money::betaling::Rekening;
use crate::exchange::Gateway;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest bericht taken in, in bytes.
    pub max_bericht_bytes: usize,
    /// Whether the dashboard asks for a login.
    pub dashboard_login: bool,
    /// Whether `/metrics` is told to this machine without a token.
    pub metrics_on_loopback: bool,
    /// Who may hand over envelopes of the network; nobody named: whoever reaches the listener.
    pub adapters: Vec<IpAddr>,
    /// Who may call, and who speaks for whom on the network.
    pub known: Known,
    /// Whether the API and the pages are reached over our own TLS.
    pub is_https: bool,
    /// Accounts, by the code of whose they are.
    pub rekeningen: HashMap<String, Rekening>,
    /// Whom callers turn to.
    pub contact: Contact,
    /// Tokens of the looks that this installation lays over ours, as a stylesheet.
    pub theme: Option<String>,
}

/// Who may call, and who speaks for whom: what is read anew while the server runs.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By the SHA-256 of a token.
    pub callers: HashMap<String, Caller>,
    /// By the OIN of a certificate, the parties that may stand as sender on its envelopes. Who is not named is a node of the
    /// network, and speaks for all.
    pub speaks_for: BTreeMap<String, Vec<String>>,
}

/// Whom callers of this server turn to, as its description says.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Of a person or a team.
    pub name: String,
    /// Where to write to.
    pub email: String,
    /// Where to read more.
    pub url: String,
}

/// What every handler works with.
pub(super) struct Server {
    pub(super) gateway: Arc<Gateway>,
    pub(super) max_bericht_bytes: usize,
    pub(super) turns: Turns,
    pub(super) guesses: Guesses,
    pub(super) adapters: Vec<IpAddr>,
    pub(super) dashboard_login: bool,
    pub(super) known: RwLock<Known>,
    pub(super) metrics_on_loopback: bool,
    pub(super) rekeningen: HashMap<String, Rekening>,
    /// Laid over our tokens of the looks.
    pub(super) theme: Option<String>,
    /// What the server does, for machines.
    pub(super) document: Value,
    /// What may stand behind the question mark of each call.
    pub(super) queries: Queries,
}

/// Tells a server that runs who may call from now on.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Server>);

impl Control {
    /// Replaces what was known. Sessions on the dashboard go on.
    pub fn replace(&self, known: Known) {
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Server {
    /// For whom the holder of this certificate speaks; `None`: for all.
    pub(super) fn speaks_for(&self, oin: &str) -> Option<Vec<String>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).speaks_for.get(oin).cloned()
    }

    /// Whether a credential with this name acts for this party.
    pub(super) fn speaks_as(&self, name: &str, partij: &Partij) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.callers.values().any(|caller| caller.name() == name && caller.scope() == Some(partij))
    }

    /// The caller whose token has this SHA-256.
    pub(super) fn caller_by(&self, sha256: &str) -> Option<Caller> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).callers.get(sha256).cloned()
    }
}
