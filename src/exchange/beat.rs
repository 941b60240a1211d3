//! The story of the row that is written now and then, to see whether berichten can be taken in.
//!
//! Reading would not tell: a full disk, a read-only database or a file that was taken away still lets itself be read. Nor does a
//! small row where a disk is nearly full: once a bericht could not be kept, as much as a bericht needs is written along.

use std::future::Future;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::gateway::Gateway;
use super::pulse::reason_of;
use crate::store::StoreError;

/// How often the row is written.
const INTERVAL: Duration = Duration::from_secs(5);

/// Tries the store once.
pub async fn try_store(gateway: &Gateway, worker: &str) {
    let room = gateway.pulse.lacks_room().then(room);
    let tried = if gateway.clock.is_wrong() {
        Err(StoreError::ClockWrong.to_string())
    } else {
        let beat = gateway.store.beat(worker, gateway.clock.now(), room.as_deref());
        beat.await.map_err(|error| reason_of(&error))
    };
    gateway.pulse.note(tried, room.is_some());
}

/// Tries the store now and then, until `stop` is done.
pub async fn pulse(gateway: &Gateway, worker: &str, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
        try_store(gateway, worker).await;
    }
}

/// As many bytes as a bericht with its rows needs, which do not get smaller by packing.
fn room() -> Vec<u8> {
    const PIECES: u32 = 8192;
    (0..PIECES).flat_map(|nr| Sha256::digest(nr.to_be_bytes())).collect()
}
