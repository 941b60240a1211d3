//! The delivery of support as it stands while a start or stop is judged: starts and stops that live, after what the
//! bericht itself takes back (IV008).

use crate::domain::berichten::levering::{StartKey, StopKey};

/// Live starts and stops of one client, each in the order in which they were accepted.
pub struct Levering<'a> {
    /// Starts that count, of this client between these parties.
    pub starts: Vec<&'a StartKey>,
    /// Stops that count, likewise.
    pub stops: Vec<&'a StopKey>,
}

impl Levering<'_> {
    /// Whether a live stop ends this start, for a while or for good.
    pub fn is_stopped(&self, start: &StartKey) -> bool {
        self.stops_of(start).next().is_some()
    }

    /// The live stops of this start. The Product of a stop is that of its start (TR382).
    pub fn stops_of(&self, start: &StartKey) -> impl Iterator<Item = &StopKey> {
        self.stops.iter().copied().filter(move |stop| stop.start == *start)
    }

    /// Whether a live start on the same toewijzing has no stop: support runs (TR326).
    pub fn runs_beside(&self, start: &StartKey) -> bool {
        self.starts.iter().any(|live| live.is_beside(start) && !self.is_stopped(live))
    }

    /// Whether this start lives and is the last one on its toewijzing (OP155), or was reopened because its stop was
    /// taken back.
    pub fn may_be_stopped(&self, start: &StartKey) -> bool {
        let last = self.starts.iter().rfind(|live| live.is_beside(start));
        self.starts.contains(&start) && (last == Some(&start) || !self.is_stopped(start))
    }
}
