//! Takes in what comes: in one transaction, or what is large in several, unseen until the last.

use std::sync::Arc;

use async_trait::async_trait;

use super::super::Database;
use super::{Result, history, record, staging};
use crate::domain::{Header, Timestamp};
use crate::store::{Entry, EnvelopeSeen, IntakeStore, Receipt};

#[async_trait]
impl IntakeStore for Database {
    async fn first_receipt(&self, sha256: &str, header: Option<&Header>) -> Result<Option<Receipt>> {
        self.read((sha256, header), history::first_receipt).await
    }

    async fn seen_envelope(&self, zender: &str, referentienummer: &str) -> Result<Option<EnvelopeSeen>> {
        self.read((zender, referentienummer), history::seen_envelope).await
    }

    async fn record(&self, entry: &Entry) -> Result<()> {
        let entry = Arc::new(entry.clone());
        let portions = staging::portions(&entry);
        let is_staged = !portions.is_empty();
        let recorded = match self.stage(&entry, portions).await {
            Ok(()) => {
                let plan = || record::plan(&entry, is_staged);
                self.write_planned(plan, (Arc::clone(&entry), is_staged), record::record).await
            }
            failed => failed,
        };
        if is_staged && recorded.is_err() {
            self.take_away(staging::ids(&entry)).await?;
        }
        recorded
    }

    async fn take_away_abandoned(&self, before: Timestamp) -> Result<()> {
        let abandoned = self.read((before,), staging::abandoned).await?;
        self.take_away(abandoned).await
    }
}

impl Database {
    async fn stage(&self, entry: &Arc<Entry>, portions: Vec<staging::Portion>) -> Result<()> {
        for portion in portions {
            let plan = || staging::plan(entry, &portion).map(Some);
            self.write_planned(plan, (Arc::clone(entry), &portion), staging::write).await?;
        }
        Ok(())
    }

    /// Takes away what was written ahead of these berichten, a part at a time.
    async fn take_away(&self, ids: Vec<String>) -> Result<()> {
        for id in ids {
            while !self.write((id.as_str(),), staging::take_away).await? {}
        }
        Ok(())
    }
}
