//! Wrong tokens, counted by the address that they come from.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::Problem;
use super::serve::Peer;

/// How many wrong tokens an address may send in a minute. Right ones are taken all the same: behind a proxy all come from one
/// address.
const GUESSES: u32 = 20;

/// How long wrong tokens are counted.
const WINDOW: Duration = Duration::from_mins(1);

/// Who sent wrong tokens of late.
#[derive(Default)]
pub(super) struct Guesses(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Guesses {
    /// Counts a wrong token, and gives what its sender is told.
    pub(super) fn wrong(&self, peer: Option<Peer>) -> Problem {
        let Some(Peer(address)) = peer else { return Problem::UnknownToken };
        let now = Instant::now();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, since)| now.duration_since(*since) < WINDOW);
        let (count, _) = all.entry(address).or_insert((0, now));
        *count += 1;
        if *count == GUESSES {
            tracing::warn!(%address, "many wrong tokens come from this address");
        }
        if *count > GUESSES { Problem::TooManyGuesses } else { Problem::UnknownToken }
    }
}
