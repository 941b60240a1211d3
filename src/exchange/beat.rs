//! The story of the row that is written now and then, to see whether berichten can be taken in.
//!
//! Reading would not tell: a full disk, a read-only database or a file that was taken away still lets itself be read.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use super::gateway::Gateway;
use crate::store::StoreError;

/// How often the row is written.
const INTERVAL: Duration = Duration::from_secs(5);

/// Tries the store once.
pub async fn try_store(gateway: &Gateway, worker: &str) {
    let tried = if gateway.clock.is_wrong() {
        Err(StoreError::ClockWrong.to_string())
    } else {
        gateway.store.beat(worker, gateway.clock.now()).await.map_err(|error| reason_of(&error))
    };
    gateway.pulse.note(tried);
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

/// The error and its innermost cause.
fn reason_of(error: &StoreError) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}
