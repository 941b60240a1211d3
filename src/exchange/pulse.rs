//! Whether berichten can be taken in, as it was seen last: whoever asks is answered from memory.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::store::Counts;

/// After how long without a word the last one counts no more: a database may hang.
const STALE: Duration = Duration::from_secs(20);

/// What the last attempt came to.
#[derive(Debug, Default)]
pub struct Pulse(Mutex<Option<(Instant, Result<Counts, String>)>>);

impl Pulse {
    /// What stood in the store when it was last written to; or why it could not be, in words.
    ///
    /// # Errors
    /// Nothing can be taken in.
    pub fn last(&self) -> Result<Counts, String> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last {
            None => Err("the database was not tried yet".to_owned()),
            Some((at, _)) if at.elapsed() > STALE => {
                Err(format!("the database did not answer for {} seconds", at.elapsed().as_secs()))
            }
            Some((_, last)) => last,
        }
    }

    pub(super) fn note(&self, last: Result<Counts, String>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_well = kept.as_ref().is_none_or(|(_, last)| last.is_ok());
        match &last {
            Err(reason) if was_well => tracing::error!(reason, "nothing can be taken in"),
            Ok(_) if !was_well => tracing::info!("berichten can be taken in again"),
            Ok(_) | Err(_) => {}
        }
        *kept = Some((Instant::now(), last));
    }
}
