//! Whose turn it is to fetch what waits at VECOZO.

use async_trait::async_trait;

use super::error::StoreError;
use super::outbox::Lease;
use crate::domain::Timestamp;

/// One process at a time fetches for the same aanbieders: their certificate shows the same list to each.
#[async_trait]
pub trait FetcherStore: Send + Sync {
    /// Takes the turn, or keeps it, until the lease lapses; `false`: it is another's. A turn that lasts beyond `latest` is of a
    /// clock that was ahead, and counts as lapsed.
    async fn take_turn(
        &self,
        aanbieders: &str,
        lease: &Lease,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Gives the turn back; that of another stays.
    async fn end_turn(&self, aanbieders: &str, worker: &str) -> Result<(), StoreError>;
}
