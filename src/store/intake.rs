//! What comes in: whether it came before, and what becomes true with it.

use async_trait::async_trait;

use super::entry::{Entry, EnvelopeSeen};
use super::error::StoreError;
use super::receipt::Receipt;
use crate::domain::{Header, Timestamp};

/// Takes in berichten and envelopes.
#[async_trait]
pub trait IntakeStore: Send + Sync {
    /// The receipt given for these bytes, if they were taken in before (accepted or rejected, not refused).
    /// `sha256` is the lower-case hexadecimal digest of the bytes; `header` what they say as XML, `None` when XML was made of
    /// them, as what is missing in its header may have been filled in.
    async fn first_receipt(&self, sha256: &str, header: Option<&Header>) -> Result<Option<Receipt>, StoreError>;

    /// Whether an envelope of this sender and referentienummer was answered before, and how.
    async fn seen_envelope(&self, zender: &str, referentienummer: &str) -> Result<Option<EnvelopeSeen>, StoreError>;

    /// Makes one verdict true: bericht, ledger, deadlines, composed retour, postbus, outbox, envelope.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the revision of a subject is not the one in `entry`, when a bericht that claims
    /// its Identificatie or IdentificatieRetour comes second, or when an accepted retour answers a heenbericht
    /// that has its accepted retour already. [`StoreError::NotWaiting`] when a released bericht was released before.
    /// [`StoreError::Overtaken`] when the proposal that it approves of is not the last one.
    /// [`StoreError::Database`] when its envelope was recorded
    /// meanwhile: [`IntakeStore::seen_envelope`] then has the answer. Nothing of the entry remains.
    async fn record(&self, entry: &Entry) -> Result<(), StoreError>;

    /// Takes away what was written before this moment of berichten that were not recorded: a large one is written in
    /// several transactions, invisible until the last, and a process may end between them.
    async fn take_away_abandoned(&self, before: Timestamp) -> Result<(), StoreError>;
}
