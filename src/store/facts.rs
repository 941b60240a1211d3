//! What was recorded before, for who judges or composes a bericht.

use std::collections::HashMap;

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer};
use crate::domain::facts::history::{Elsewhere, PrestatieFact, Toewijzingen};
use crate::domain::{Bericht, History, Partij, Timestamp};

/// What was recorded before.
#[async_trait]
pub trait FactStore: Send + Sync {
    /// What was recorded before, as far as it bears on this bericht: see the fields of [`History`].
    async fn history(&self, bericht: &Bericht) -> Result<History, StoreError>;

    /// What other aanbieders than this one reported of these clients, and were granted. For the gemeente alone:
    /// an aanbieder never learns of it. No verdict is stale for want of it.
    async fn elsewhere(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        bsns: &[Bsn],
    ) -> Result<HashMap<Bsn, Elsewhere>, StoreError>;

    /// Of the debet lines under these ReferentieNummers that are granted: when the antwoord came that says so. No verdict is
    /// stale for want of it.
    async fn granted_at(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        referenties: &[String],
    ) -> Result<HashMap<String, Timestamp>, StoreError>;

    /// What a declaratie between these two may be made of: the toewijzingen with these numbers in every version that counts,
    /// and the lines under these ReferentieNummers that count.
    async fn declarable(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        nummers: &[ToewijzingNummer],
        referenties: &[ReferentieNummer],
    ) -> Result<Declarable, StoreError>;
}

/// What a declaratie may be made of.
#[derive(Clone, Default)]
pub struct Declarable {
    /// By number, each in every version that counts.
    pub toewijzingen: Toewijzingen,
    /// Lines that were declared before, in the order in which they were judged.
    pub lines: Vec<DeclaredLine>,
}

/// A line that was declared before.
#[derive(Clone)]
pub struct DeclaredLine {
    /// The 323 or 303 that it stands in.
    pub bericht_id: String,
    /// As it was declared.
    pub fact: PrestatieFact,
}
