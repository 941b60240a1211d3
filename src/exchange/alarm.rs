//! When the story of what does not come ([`super::watch`]) wakes.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::domain::Timestamp;

/// The story looks every half minute at least; after so long without, it does so no more.
const UNWATCHED: Duration = Duration::from_mins(2);

/// The moment until which that story sleeps. Whoever starts a clock wakes it only when that one is due before.
#[derive(Debug, Default)]
pub struct Alarm {
    /// None while it looks in the store.
    set_at: Mutex<Option<Timestamp>>,
    sooner: Notify,
    /// When it last had looked, and nothing was wrong.
    looked: Mutex<Option<Instant>>,
}

impl Alarm {
    /// A clock started that is due at this moment.
    pub(super) fn note(&self, due_at: Timestamp) {
        if self.set_at().is_none_or(|set_at| due_at < set_at) {
            self.sooner.notify_one();
        }
    }

    /// Wakes the story: the time was set.
    pub fn look_again(&self) {
        self.sooner.notify_one();
    }

    pub(super) fn set(&self, at: Option<Timestamp>) {
        *self.set_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
        if at.is_some() {
            *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
    }

    /// Whether the story looked of late.
    pub(super) fn is_watched(&self) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.is_some_and(|looked| looked.elapsed() < UNWATCHED)
    }

    fn set_at(&self) -> Option<Timestamp> {
        *self.set_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a clock starts that is due sooner, or the time is set.
    pub(super) async fn rings_sooner(&self) {
        self.sooner.notified().await;
    }
}
