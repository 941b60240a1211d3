//! What this process counts and times, for whoever watches it. Labels are words of ours: nothing that a bericht says of a person,
//! no Identificatie, and no more of them than there are words.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use super::received::{Received, Reply};
use crate::domain::Berichtsoort;
use crate::store::Settlement;

/// What tells the numbers of one family apart.
pub type Labels = Vec<(&'static str, String)>;

/// A berichtsoort that could not be told, or that we do not know.
const UNKNOWN: &str = "unknown";

/// What is counted and timed.
#[derive(Debug)]
pub struct Measures {
    taken_in: Family<Labels, Counter>,
    intake: Histogram,
    judging: Histogram,
    attempts: Family<Labels, Counter>,
    alerts: Family<Labels, Counter>,
}

impl Default for Measures {
    fn default() -> Self {
        // From a millisecond to half a minute.
        let times = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        Self {
            taken_in: Family::default(),
            intake: times(),
            judging: times(),
            attempts: Family::default(),
            alerts: Family::default(),
        }
    }
}

impl Measures {
    /// Lets all of it be read.
    pub fn register(&self, registry: &mut Registry) {
        let intake = "Berichten that came in, by what became of them";
        registry.register("berichten", intake, self.taken_in.clone());
        let time = "From the last byte of a bericht to the commit";
        registry.register_with_unit("intake", time, Unit::Seconds, self.intake.clone());
        let judging = "To judge a bericht once by its history, which is read before";
        registry.register_with_unit("judging", judging, Unit::Seconds, self.judging.clone());
        let attempts = "Attempts to deliver a parcel to the network, by how they ended";
        registry.register("delivery_attempts", attempts, self.attempts.clone());
        let alerts = "Attempts to tell a receiver of alerts something, by how they ended";
        registry.register("alerts", alerts, self.alerts.clone());
    }

    /// Where attempts to tell people are counted.
    #[must_use]
    pub fn alerts(&self) -> Family<Labels, Counter> {
        self.alerts.clone()
    }

    /// A bericht came in, and this became of it.
    pub(super) fn came_in(&self, received: &Received, reply: &Reply, took: Duration) {
        let (outcome, receipt) = match reply {
            Reply::Recorded(receipt) => (receipt.verdict.name(), receipt),
            Reply::Repeated(receipt) => ("repeated", receipt),
            Reply::Refused(_, receipt) => ("refused", receipt),
        };
        let soort = receipt.berichtsoort.as_deref().and_then(Berichtsoort::from_name);
        let labels = vec![
            ("berichtsoort", soort.map_or_else(|| UNKNOWN.to_owned(), |soort| soort.to_string())),
            ("outcome", outcome.to_owned()),
            ("via", received.carrier.word().to_owned()),
        ];
        self.taken_in.get_or_create(&labels).inc();
        self.intake.observe(took.as_secs_f64());
    }

    /// A bericht was judged.
    pub(super) fn judged(&self, took: Duration) {
        self.judging.observe(took.as_secs_f64());
    }

    /// An attempt to deliver ended.
    pub(super) fn attempted(&self, settlement: &Settlement) {
        self.attempts.get_or_create(&vec![("outcome", settlement.word().to_owned())]).inc();
    }
}
