//! What people did.

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::Timestamp;

/// The audit log.
#[async_trait]
pub trait AuditStore: Send + Sync {
    /// What somebody did, oldest first, after this place.
    async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditView>, StoreError>;

    /// Keeps in the audit log that an envelope was refused.
    async fn note_refused(&self, envelope: &RefusedEnvelope) -> Result<(), StoreError>;
}

/// An envelope that was refused as it came in: nothing of it was kept.
#[derive(Clone, Debug)]
pub struct RefusedEnvelope {
    /// The moment at which it came in.
    pub at: Timestamp,
    /// The code that it was refused with.
    pub code: &'static str,
    /// How large it was.
    pub size_bytes: usize,
    /// Of its bytes.
    pub sha256: String,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditView {
    /// Its place.
    pub seq: i64,
    /// By the clock of the gateway, when it was done.
    pub at: Timestamp,
    /// Who, by the name of the credential.
    pub who: String,
    /// As in `declaratie.proposed`.
    pub what: String,
    /// About which bericht, where it is about one.
    pub bericht_id: Option<String>,
    /// The rest, as JSON.
    pub detail: String,
}
