//! Toewijzingen as they are shown.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::bericht::BerichtView;
use super::error::StoreError;
use crate::domain::berichten::levering::{StartKey, StopKey};
use crate::domain::berichten::waarde::VerzoekAntwoord;
use crate::domain::facts::history::{PrestatieFact, ToewijzingFact, VerzoekFact};
use crate::domain::{Partij, Timestamp};

/// Toewijzingen, for who looks at them.
#[async_trait]
pub trait ToewijzingStore: Send + Sync {
    /// The toewijzing of this gemeente with this number, if it concerns this party (`None`: an operator). Where a number
    /// was given to several aanbieders, that of the first whose toewijzing counts.
    async fn toewijzing(
        &self,
        gemeente: &Partij,
        nummer: i64,
        partij: Option<&Partij>,
    ) -> Result<Option<ToewijzingView>, StoreError>;

    /// The toewijzingen that concern this party, did not end before this day and have no live start; by aanbieder, the
    /// first to begin first.
    async fn toewijzingen_without_start(
        &self,
        partij: Option<&Partij>,
        today: NaiveDate,
        after: Option<&WaitingKey>,
        limit: u32,
    ) -> Result<Vec<WaitingToewijzing>, StoreError>;

    /// The toewijzingen that concern this party and of which the aanbieder refused the last version, the newest first; those
    /// behind this bericht and number.
    async fn refused_toewijzingen(
        &self,
        partij: Option<&Partij>,
        after: Option<(&str, i64)>,
        limit: u32,
    ) -> Result<Vec<RefusedToewijzing>, StoreError>;
}

/// A toewijzing and all that happened to it. Holds Bsns, for the facts that it is made of; who shows it leaves them out.
#[derive(Clone)]
pub struct ToewijzingView {
    /// CBS code of the gemeente that gave it.
    pub gemeente: String,
    /// AGB code of the aanbieder that has it.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// Every version that came, those of one decision each time it was sent; in the order in which they came.
    pub versions: Vec<VersionView>,
    /// Starts of support on it, in the order in which they were accepted.
    pub starts: Vec<DeliveryView<StartKey>>,
    /// Stops of support on it, in the order in which they were accepted.
    pub stops: Vec<DeliveryView<StopKey>>,
    /// The verzoeken that it honours, and those that ask to change it or to leave it as it is.
    pub verzoeken: Vec<VerzoekFact>,
    /// What the gemeente said to these, other than by a toewijzing; in the order in which it came.
    pub antwoorden: Vec<AntwoordView>,
    /// The lines declared on it.
    pub prestaties: Vec<PrestatieFact>,
    /// The berichten about it, oldest first: what came in, and what was composed.
    pub berichten: Vec<BerichtView>,
}

/// A version of a toewijzing.
#[derive(Clone)]
pub struct VersionView {
    /// What it says.
    pub fact: ToewijzingFact,
    /// The 301 that brought it.
    pub bericht_id: String,
    /// The aanbieder refused that 301: the version counts as not sent.
    pub refused: bool,
    /// The aanbieder accepted that 301.
    pub confirmed: bool,
}

/// What a gemeente said to a verzoek in a 319.
#[derive(Clone, Debug)]
pub struct AntwoordView {
    /// The verzoek.
    pub referentie_aanbieder: String,
    /// What it said.
    pub verzoek_antwoord: VerzoekAntwoord,
    /// The 319.
    pub bericht_id: String,
}

/// A start or a stop, as it was reported.
#[derive(Clone)]
pub struct DeliveryView<K> {
    /// What makes it one and the same.
    pub key: K,
    /// The bericht that brought it.
    pub bericht_id: String,
    /// That bericht counts as not sent.
    pub refused: bool,
    /// The bericht that took it back.
    pub removed_by: Option<String>,
}

impl<K> DeliveryView<K> {
    /// Whether it counts.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.refused && self.removed_by.is_none()
    }
}

/// A toewijzing on which no support started yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingToewijzing {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// When the version that holds came in.
    pub received_at: Timestamp,
}

impl WaitingToewijzing {
    /// Its place.
    #[must_use]
    pub fn key(&self) -> WaitingKey {
        WaitingKey {
            aanbieder: self.aanbieder.clone(),
            ingangsdatum: self.ingangsdatum,
            toewijzing_nummer: self.toewijzing_nummer,
            gemeente: self.gemeente.clone(),
        }
    }
}

/// The place of a [`WaitingToewijzing`] in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingKey {
    /// AGB code.
    pub aanbieder: String,
    /// First day of support.
    pub ingangsdatum: NaiveDate,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// CBS code.
    pub gemeente: String,
}

/// A toewijzing of which the aanbieder refused the last version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedToewijzing {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Its number at the gemeente.
    pub toewijzing_nummer: i64,
    /// The 301 that brought it.
    pub bericht_id: String,
    /// The 302 that refused it.
    pub retour_id: Option<String>,
    /// When that version came in.
    pub received_at: Timestamp,
}
