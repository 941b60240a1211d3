//! What every handler works with.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use serde_json::Value;

use super::body::Turns;
use super::caller::Caller;
use super::dashboard::Sessions;
use super::guesses::Guesses;
use super::query::Known;
use crate::domain::money::betaling::Rekening;
use crate::exchange::Gateway;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The largest bericht taken in, in bytes.
    pub max_bericht_bytes: usize,
    /// Whether the dashboard asks for a login.
    pub dashboard_login: bool,
    /// Who may hand over envelopes of the network; nobody named: whoever reaches the listener.
    pub adapters: Vec<IpAddr>,
    /// Who may call.
    pub callers: Vec<(String, Caller)>,
    /// Accounts, by the code of whose they are.
    pub rekeningen: HashMap<String, Rekening>,
    /// Whom callers turn to.
    pub contact: Contact,
    /// Tokens of the looks that this installation lays over ours, as a stylesheet.
    pub theme: Option<String>,
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
    pub(super) callers: HashMap<String, Caller>,
    pub(super) sessions: Sessions,
    pub(super) rekeningen: HashMap<String, Rekening>,
    /// Laid over our tokens of the looks.
    pub(super) theme: Option<String>,
    /// What the server does, for machines.
    pub(super) document: Value,
    /// What may stand behind the question mark of each call.
    pub(super) known: Known,
}
