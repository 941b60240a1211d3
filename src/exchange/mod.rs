//! The three stories: [`receive`] takes in a bericht, [`relay`] sends what has to go out, [`watch`] raises
//! what is overdue.
//!
//! Each story fits on one screen. What surrounds them: [`parties`] (who is local), `draft` (what one
//! verdict makes true), [`network`] (envelopes that come in), `ids` (the only source of randomness).

mod draft;
pub mod format;
mod ids;
pub mod network;
pub mod parties;
pub mod receive;
pub mod relay;
pub mod watch;

use std::sync::Arc;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::domain::codelijst::Gemeentecodes;
use crate::domain::contract::Contracten;
use crate::domain::deadline::Profile;
use crate::domain::werkdag::Calendar;
use crate::domain::{Bericht, Outside};
use crate::store::Store;
use crate::xml::Schemas;

pub use crate::clock::local as local_time;
pub use format::{Format, as_json};
pub use ids::{new_referentienummer, new_secret};
pub use parties::LocalParties;
pub use receive::{Carrier, Received, Refused, Reply, sha256_hex};

/// What the stories work with.
pub struct Gateway {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What a bericht has to look like.
    pub schemas: Arc<Schemas>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// For whom this gateway acts.
    pub parties: LocalParties,
    /// The terms that hold.
    pub profile: Profile,
    /// The days that count.
    pub calendar: Calendar,
    /// Which gemeenten there are and were.
    pub gemeenten: Gemeentecodes,
    /// What gemeenten and aanbieders agreed, as far as we were told.
    pub contracten: Contracten,
    /// How envelopes are made.
    pub envelopes: Envelopes,
    /// Wakes [`relay`]: something is to go out.
    pub parcel_added: Notify,
    /// Wakes [`watch`]: a clock started, or the time was set.
    pub deadline_added: Notify,
}

impl Gateway {
    /// What holds now, outside the traffic, for the parties of this bericht.
    fn outside(&self, bericht: &Bericht) -> Outside<'_> {
        let (gemeente, aanbieder) = bericht.header().pair();
        Outside {
            today: self.clock.today(),
            gemeenten: &self.gemeenten,
            contract: self.contracten.of(gemeente.code(), aanbieder.code()),
        }
    }
}

/// How envelopes are made.
#[derive(Clone, Debug)]
pub struct Envelopes {
    /// The name of the application on them.
    pub applicatie: String,
    /// The largest one that is sent, in bytes.
    pub max_bytes: usize,
}
