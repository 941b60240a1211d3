//! All about one client. Which client is told by a bericht about it, never by its Bsn: what asks for these has an address.

use async_trait::async_trait;
use chrono::NaiveDate;

use super::StoreError;
use super::page::After;
use crate::domain::Partij;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::facts::history::ToewijzingFact;

/// What names a client without its Bsn: a bericht about it, or a line of a declaratie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPlace {
    /// The bericht.
    pub bericht_id: String,
    /// The number of the line, counted from 1; `None`: the bericht is about one client.
    pub line: Option<u32>,
}

/// The last version of a toewijzing of a client.
#[derive(Clone)]
pub struct ClientToewijzing {
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// What it says.
    pub fact: ToewijzingFact,
}

/// What one declaratie holds for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDeclaratie {
    /// Of its bericht.
    pub bericht_id: String,
    /// CBS code.
    pub gemeente: String,
    /// AGB code.
    pub aanbieder: String,
    /// Its number.
    pub declaratie_nummer: String,
    /// The first day of its period.
    pub begindatum: NaiveDate,
    /// The last day.
    pub einddatum: NaiveDate,
    /// How many of its lines are for this client.
    pub lines: i64,
    /// How many of them are granted, in full or in part.
    pub granted: i64,
    /// What these lines add up to, in euro cents; below zero when credit.
    pub ingediend: i64,
    /// What is granted of them, in euro cents.
    pub toegekend: i64,
    /// The first of these lines, counted from 1.
    pub line: u32,
    /// The toewijzing that they say they are on, where it is one.
    pub toewijzing_nummer: Option<i64>,
}

/// All about one client.
#[async_trait]
pub trait ClientStore: Send + Sync {
    /// Whom a place is about, if its bericht concerns this party (`None`: an operator); of a retour whom its heenbericht is about.
    async fn client(&self, place: &ClientPlace, partij: Option<&Partij>) -> Result<Option<Bsn>, StoreError>;

    /// A place that is about this client, under the same condition; `None`: there is nothing about it.
    async fn client_place(&self, bsn: &Bsn, partij: Option<&Partij>) -> Result<Option<ClientPlace>, StoreError>;

    /// The last version of each toewijzing of a client that concerns this party, the one that begins last first.
    async fn client_toewijzingen(
        &self,
        bsn: &Bsn,
        partij: Option<&Partij>,
        limit: u32,
    ) -> Result<Vec<ClientToewijzing>, StoreError>;

    /// What was declared for a client, under the same condition, the newest first, after the declaratie with this id.
    async fn client_declaraties(
        &self,
        bsn: &Bsn,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<ClientDeclaratie>, StoreError>;
}
