//! Our own certificates, by the settings that name them, and when each ends.

use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::domain::Timestamp;
use crate::tls::Named;

/// How long before its end a certificate is told of: a new one takes its issuer days.
const SOON: TimeDelta = TimeDelta::days(30);

/// Those in use.
#[derive(Debug, Default)]
pub struct OwnCertificates(Mutex<Vec<Named>>);

impl OwnCertificates {
    /// From now on these.
    pub fn replace(&self, named: Vec<Named>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = named;
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> Vec<Named> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Those that end soon, or have ended.
    #[must_use]
    pub fn ending(&self, now: Timestamp) -> Vec<Named> {
        self.all().into_iter().filter(|one| one.ends_at <= now + SOON).collect()
    }
}
