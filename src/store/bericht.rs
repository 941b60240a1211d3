//! Berichten as they are shown, and those that wait in a postbus.

use async_trait::async_trait;

use super::deadline::DeadlineView;
use super::entry::Via;
use super::error::StoreError;
use super::outcome::Outcome;
use super::page::After;
use super::receipt::Receipt;
use super::steering::ParcelView;
use super::transport::Transport;
use crate::domain::{Berichtsoort, Partij, Timestamp};

/// Berichten, for who looks at them or picks them up.
#[async_trait]
pub trait BerichtStore: Send + Sync {
    /// One bericht, if it concerns this party (`None`: an operator, who sees all).
    async fn bericht(&self, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>, StoreError>;

    /// One bericht as XML, under the same condition: the bytes as they were received or composed, or what was made
    /// of them when they were not XML.
    async fn payload(&self, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>, StoreError>;

    /// The newest berichten first, after the bericht with this id.
    async fn berichten(
        &self,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// What waits for this party, oldest first, after the bericht with this id.
    async fn postbus(&self, partij: &Partij, after: After<'_>, limit: u32) -> Result<Vec<PostbusItem>, StoreError>;

    /// The party confirms that it has this bericht. Answers whether it was in its postbus; confirming twice
    /// is fine.
    async fn confirm_pickup(&self, id: &str, partij: &Partij, now: Timestamp) -> Result<bool, StoreError>;
}

/// A bericht and what became of it. Holds nothing of the client.
#[derive(Clone, Debug)]
pub struct BerichtView {
    /// A UUID that grows with time; the API names a bericht by it.
    pub id: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// Which way.
    pub via: Via,
    /// As in `WMO305`; `None` when it could not be read.
    pub berichtsoort: Option<String>,
    /// As in `3.2`.
    pub release: Option<String>,
    /// Sender in the header.
    pub afzender: Option<String>,
    /// Receiver in the header.
    pub ontvanger: Option<String>,
    /// In the header.
    pub identificatie: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// What its sender was told.
    pub receipt: Receipt,
    /// The heenbericht that it answers.
    pub heenbericht_id: Option<String>,
    /// The retour that answers it.
    pub retour_id: Option<String>,
    /// Whether the other party refused what it brought; of a retour, what its heenbericht brought.
    pub is_turned_down: bool,
    /// Its clocks, as they stand now.
    pub deadlines: Vec<DeadlineView>,
    /// Its envelopes, as they stand now.
    pub parcels: Vec<ParcelView>,
    /// How far it came on its way to its addressee; `None`: it was refused here, and goes nowhere.
    pub transport: Option<Transport>,
}

impl BerichtView {
    /// Whether it answers a heenbericht by repeating its parties and going the other way.
    #[must_use]
    pub fn is_retour(&self) -> bool {
        self.berichtsoort.as_deref().and_then(Berichtsoort::from_name).is_some_and(Berichtsoort::is_retour)
    }
}

/// A bericht that waits in a postbus.
#[derive(Clone, Debug)]
pub struct PostbusItem {
    /// Of the bericht.
    pub id: String,
    /// When it came in or was composed.
    pub received_at: Timestamp,
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// Sender in the header.
    pub afzender: String,
    /// Receiver in the header.
    pub ontvanger: String,
    /// In the header.
    pub identificatie: String,
}
