//! What became true, in order, to check the ledger against it.

use async_trait::async_trait;

use super::error::StoreError;
use super::receipt::Receipt;
use crate::domain::Timestamp;

/// The journal and the rows that follow from it.
#[async_trait]
pub trait JournalStore: Send + Sync {
    /// The berichten that became true, in that order, after this place.
    async fn journal(&self, after: i64, limit: u32) -> Result<Vec<Journaled>, StoreError>;

    /// The SHA-256 that every bericht came in with, by id, after this one.
    async fn digests(&self, after: &str, limit: u32) -> Result<Vec<Digest>, StoreError>;

    /// The bytes of a bericht as they are kept now, whatever XML was made of them.
    async fn received_bytes(&self, id: &str) -> Result<Vec<u8>, StoreError>;

    /// Whether the list of toewijzingen without a start is not what the ledger says.
    async fn unstarted_differs(&self) -> Result<bool, StoreError>;

    /// The rows of a table of the ledger, by bericht and place, after this one.
    async fn ledger_rows(
        &self,
        table: LedgerTable,
        after: Option<(&str, i64)>,
        limit: u32,
    ) -> Result<Vec<LedgerRow>, StoreError>;
}

/// A bericht that became true.
#[derive(Clone)]
pub struct Journaled {
    /// Its place among all of them.
    pub seq: i64,
    /// Of the bericht.
    pub id: String,
    /// When it came in.
    pub received_at: Timestamp,
    /// The heenbericht that it answers.
    pub heenbericht_id: Option<String>,
    /// What its sender was told.
    pub receipt: Receipt,
    /// The bericht as XML.
    pub xml: Vec<u8>,
}

/// The SHA-256 of the bytes that came in as a bericht.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// Of the bericht, whatever became of it.
    pub bericht_id: String,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// A table of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LedgerTable {
    /// Versions of toewijzingen.
    Toewijzing,
    /// Starts of support.
    Start,
    /// Stops of support.
    Stop,
    /// Verzoeken of aanbieders.
    Verzoek,
    /// What a 319 says.
    Antwoord,
    /// Declaratie and factuur, also those that were rejected as a whole.
    Declaratie,
    /// Their lines.
    Prestatie,
}

impl LedgerTable {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Toewijzing, Self::Start, Self::Stop, Self::Verzoek, Self::Antwoord, Self::Declaratie, Self::Prestatie];
}

/// One row of the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct LedgerRow {
    /// The bericht that put it there.
    pub bericht_id: String,
    /// Its place in that bericht.
    pub nr: i64,
    /// All its columns, as text. Holds a Bsn: to compare, and never to print.
    pub content: String,
}
