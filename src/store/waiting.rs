//! Berichten that wait for an earlier one.

use async_trait::async_trait;

use super::entry::Via;
use super::error::StoreError;
use crate::domain::facts::history::Subject;
use crate::domain::{Partij, Timestamp};

/// Who waits, for what and until when.
#[async_trait]
pub trait WaitingStore: Send + Sync {
    /// The berichten between these two that wait for something about one of these subjects, oldest first.
    async fn waiting_on(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        subjects: &[Subject],
    ) -> Result<Vec<Waiting>, StoreError>;

    /// The berichten whose wait is over at this moment, oldest first.
    async fn waiting_until(&self, now: Timestamp) -> Result<Vec<Waiting>, StoreError>;

    /// The moment at which the next wait is over; `None` when nothing waits.
    async fn next_wait_ends_at(&self) -> Result<Option<Timestamp>, StoreError>;
}

/// A bericht that waits, with all that is needed to judge it.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Of the bericht; a UUID that grows with time.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// Which way.
    pub via: Via,
    /// Who posted it.
    pub poster: Option<Partij>,
    /// Of the envelope that brought it.
    pub referentienummer: Option<String>,
    /// Of the bytes.
    pub sha256: String,
    /// The bytes, as they came.
    pub bytes: Vec<u8>,
    /// They are JSON.
    pub was_json: bool,
    /// When it is judged as it stands.
    pub until: Timestamp,
}
