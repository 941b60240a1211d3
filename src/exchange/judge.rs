//! The one loop in which a bericht is judged and recorded.
//!
//! Races: another bericht about the same may be recorded between the reading of the history and the commit. The store then
//! calls this one stale, and it is judged anew, with what is true by then.

use std::future::Future;

use tokio::time::Instant;

use super::again::MOST_TRIES;
use super::draft::Draft;
use super::format::Readable;
use super::gateway::Gateway;
use super::parties::Route;
use super::received::Received;
use crate::domain::History;
use crate::store::{Entry, Receipt, StoreError};

/// A bericht that was read, and between whom it passes.
pub(super) struct Case<'a> {
    pub received: &'a Received,
    pub readable: &'a Readable<'a>,
    pub route: Route,
}

/// What a story does around the verdict: one for a bericht that comes in, one for a bericht that waited.
pub(super) trait Story {
    /// Why it is not recorded.
    type Stop;

    /// With what is known, before it is judged.
    fn before(
        &self,
        history: &mut History,
        gateway: &Gateway,
    ) -> impl Future<Output = Result<Option<Self::Stop>, StoreError>> + Send;

    /// With the verdict.
    fn after(&self, draft: &Draft<'_>, gateway: &Gateway) -> Next<Self::Stop>;
}

/// What follows from a verdict.
pub(super) enum Next<S> {
    /// All of this becomes true.
    Record(Box<Entry>),
    /// Nothing does.
    Stop(S),
}

/// How it ended.
pub(super) enum Done<S> {
    /// It was recorded; what its sender is told.
    Recorded(Box<Receipt>),
    /// It was not.
    Stopped(S),
}

impl Case<'_> {
    /// Judges the bericht and records what follows; again, when others about the same were recorded meanwhile.
    ///
    /// # Errors
    /// The store failed and nothing was recorded; [`StoreError::Stale`] when others came first too often.
    pub async fn settle<S: Story + Sync>(&self, story: &S, gateway: &Gateway) -> Result<Done<S::Stop>, StoreError> {
        let Readable { bericht, xml } = self.readable;
        let mut tries = 1;
        loop {
            let mut history = gateway.history(bericht, self.route).await?;
            if let Some(stop) = story.before(&mut history, gateway).await? {
                return Ok(Done::Stopped(stop));
            }
            let began = Instant::now();
            let mut verdict = gateway.judge(bericht, &history, self.route);
            gateway.measures.judged(began.elapsed());
            self.received.format.place(&mut verdict.findings, xml);
            let Self { received, route, .. } = *self;
            let draft = Draft { received, xml, bericht, history: &history, verdict: &verdict, route };
            let entry = match story.after(&draft, gateway) {
                Next::Record(entry) => entry,
                Next::Stop(stop) => return Ok(Done::Stopped(stop)),
            };
            match gateway.store.record(&entry).await {
                // Another bericht of this client was committed meanwhile, so somebody made progress.
                Err(StoreError::Stale) if tries < MOST_TRIES => tries += 1,
                Err(error) => return Err(error),
                Ok(()) => {
                    gateway.recorded(bericht, &entry);
                    return Ok(Done::Recorded(Box::new(entry.bericht.receipt)));
                }
            }
        }
    }
}
