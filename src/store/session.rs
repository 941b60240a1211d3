//! Who is logged in on the pages.

use async_trait::async_trait;

use super::error::StoreError;
use crate::domain::Timestamp;

/// That somebody is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Of the secret that the browser holds.
    pub secret_sha256: String,
    /// Of the token that opened it.
    pub token_sha256: String,
    /// What its forms carry.
    pub form_key: String,
    /// From then on it does not count.
    pub ends: Timestamp,
}

/// What somebody searched for.
#[derive(Clone)]
pub struct Search {
    /// Its address, which says nothing of it.
    pub id: String,
    /// The moment of the search.
    pub at: Timestamp,
    /// The name of the credential.
    pub who: String,
    /// As it was typed. May hold a Bsn.
    pub wanted: String,
}

/// Sessions and searches of people.
#[async_trait]
pub trait SessionStore: Send + Sync {
    /// Opens a session. Those that have ended at this moment are taken away.
    async fn open_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError>;

    /// The session with this secret, if it has not ended at this moment.
    async fn session(&self, secret_sha256: &str, now: Timestamp) -> Result<Option<Session>, StoreError>;

    /// Ends a session; one that is not there has ended.
    async fn end_session(&self, secret_sha256: &str) -> Result<(), StoreError>;

    /// Keeps a search for a day, and in the audit log that somebody searched, not for what.
    async fn keep_search(&self, search: &Search) -> Result<(), StoreError>;

    /// A search that this one made.
    async fn search(&self, id: &str, who: &str) -> Result<Option<Search>, StoreError>;
}
