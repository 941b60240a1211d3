//! Whether berichten can be taken in, as it was seen last: whoever asks is answered from memory.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::{Counts, StoreError};

/// After how long without a word the last one counts no more: a database may hang.
const STALE: Duration = Duration::from_secs(20);

/// What the last attempt came to.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    last: Option<(Instant, Result<Counts, String>)>,
    /// Why a bericht could not be kept, until something of that size could: a small row may find a place where it does not.
    not_kept: Option<String>,
}

impl Pulse {
    /// What stood in the store when it was last written to; or why it could not be, in words.
    ///
    /// # Errors
    /// Nothing can be taken in.
    pub fn last(&self) -> Result<Counts, String> {
        let seen = self.seen();
        if let Some(reason) = &seen.not_kept {
            return Err(reason.clone());
        }
        match &seen.last {
            None => Err("the database was not tried yet".to_owned()),
            Some((at, _)) if at.elapsed() > STALE => {
                Err(format!("the database did not answer for {} seconds", at.elapsed().as_secs()))
            }
            Some((_, last)) => last.clone(),
        }
    }

    /// Whether a bericht could not be kept, and nothing of its size since.
    pub(super) fn lacks_room(&self) -> bool {
        self.seen().not_kept.is_some()
    }

    /// The store was tried. `had_room`: with as much as a bericht needs.
    pub(super) fn note(&self, last: Result<Counts, String>, had_room: bool) {
        let mut seen = self.seen();
        let was_well = seen.not_kept.is_none() && seen.last.as_ref().is_none_or(|(_, last)| last.is_ok());
        if had_room && last.is_ok() {
            seen.not_kept = None;
        }
        match &last {
            Err(reason) if was_well => tracing::error!(reason, "nothing can be taken in"),
            Ok(_) if !was_well && seen.not_kept.is_none() => tracing::info!("berichten can be taken in again"),
            Ok(_) | Err(_) => {}
        }
        seen.last = Some((Instant::now(), last));
    }

    /// A bericht could not be kept. That others came first is no fault of the database.
    pub(super) fn could_not_keep(&self, error: &StoreError) {
        let StoreError::Database(_) = error else { return };
        let reason = reason_of(error);
        let mut seen = self.seen();
        if seen.not_kept.is_none() {
            tracing::error!(
                reason,
                "a bericht could not be kept: nothing can be taken in until something of its size can"
            );
        }
        seen.not_kept = Some(reason);
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error and its innermost cause.
pub(super) fn reason_of(error: &StoreError) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
