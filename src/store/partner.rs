//! Who a partner is to the people here: whom they call, and how what it sends fares.

use async_trait::async_trait;

use super::error::StoreError;
use super::outcome::Outcome;
use crate::domain::{Partij, Timestamp};

/// Whom people call at a partner. Of people at work, never of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contact {
    /// Of the organisation; may be empty, as all that follows.
    pub naam: String,
    /// Of a person or a team.
    pub person: String,
    /// As it is dialled.
    pub telephone: String,
    /// Without a client in it.
    pub mail: String,
    /// What else there is to know.
    pub remark: String,
}

/// How many berichten of one kind fared alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes {
    /// As in `WMO305`.
    pub berichtsoort: String,
    /// How they fared.
    pub outcome: Outcome,
    /// How many.
    pub count: i64,
}

/// In how many berichten a retourcode was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frequent {
    /// The retourcode.
    pub retourcode: String,
    /// A rule that gave it; several may.
    pub rule: Option<String>,
    /// In how many berichten.
    pub berichten: i64,
}

/// What one party still has to do, of all that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerStand {
    /// Its code.
    pub code: String,
    /// How many deadlines it let pass.
    pub overdue: i64,
    /// How many others wait for it.
    pub open: i64,
}

/// What there is to know of partners.
#[async_trait]
pub trait PartnerStore: Send + Sync {
    /// Every party that ever had to do something, as the counts that are kept say: who let the most pass first.
    async fn partners(&self, limit: u32) -> Result<Vec<PartnerStand>, StoreError>;

    /// How the last `most` berichten with this party as sender in their header fared, of those that concern this party (`None`:
    /// all). Retours repeat the parties of their heenbericht, and are among them.
    async fn partner_outcomes(
        &self,
        code: &str,
        partij: Option<&Partij>,
        most: u32,
    ) -> Result<Vec<Outcomes>, StoreError>;

    /// The retourcodes found in the same berichten, the most frequent first.
    async fn partner_retourcodes(
        &self,
        code: &str,
        partij: Option<&Partij>,
        most: u32,
    ) -> Result<Vec<Frequent>, StoreError>;

    /// Whom people call there.
    async fn contact(&self, code: &str) -> Result<Option<Contact>, StoreError>;

    /// Keeps whom people call there, and in the audit log that somebody said so.
    async fn keep_contact(&self, code: &str, contact: &Contact, by: (Timestamp, &str)) -> Result<(), StoreError>;
}
