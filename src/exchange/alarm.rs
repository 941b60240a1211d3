//! When the story of what does not come ([`super::watch`]) wakes.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::Timestamp;

/// The moment until which that story sleeps. Whoever starts a clock wakes it only when that one is due before.
#[derive(Debug, Default)]
pub struct Alarm {
    /// None while it looks in the store.
    set_at: Mutex<Option<Timestamp>>,
    sooner: Notify,
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
    }

    fn set_at(&self) -> Option<Timestamp> {
        *self.set_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until a clock starts that is due sooner, or the time is set.
    pub(super) async fn rings_sooner(&self) {
        self.sooner.notified().await;
    }
}
