//! Who is logged in on the dashboard. In memory: after a restart one logs in again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;

use crate::domain::Timestamp;
use crate::exchange::new_secret;

/// How long a session lasts.
const LASTS: TimeDelta = TimeDelta::hours(12);

/// Open sessions, by the secret that stands for each.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

/// That somebody is logged in.
#[derive(Clone)]
pub struct Session {
    ends: Timestamp,
    /// What its forms carry.
    pub form_key: String,
    /// Of the token that opened it: a token that counts no more ends its sessions.
    pub token_sha256: String,
}

impl Sessions {
    /// Opens a session for who has this token; gives the secret that stands for it. Ended ones are forgotten.
    pub fn open(&self, token_sha256: String, now: Timestamp) -> String {
        let secret = new_secret();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.ends > now);
        sessions.insert(secret.clone(), Session { ends: now + LASTS, form_key: new_secret(), token_sha256 });
        secret
    }

    /// The session that this secret stands for; `None` when it has ended.
    pub fn of(&self, secret: &str, now: Timestamp) -> Option<Session> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(secret).filter(|session| session.ends > now).cloned()
    }

    /// Ends a session; one that is not there has ended.
    pub fn end(&self, secret: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(secret);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_itself_or_by_hand() {
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
        let sessions = Sessions::default();
        let (one, other) = (sessions.open("a".to_owned(), now), sessions.open("b".to_owned(), now));
        assert_ne!(one, other);
        let keys = [&one, &other].map(|secret| sessions.of(secret, now).expect("open").form_key);
        assert!(keys[0] != keys[1] && keys.iter().all(|key| *key != one && *key != other), "each its own");
        assert_eq!(sessions.of(&one, now + TimeDelta::hours(11)).expect("open").token_sha256, "a");
        assert!(sessions.of(&one, now + TimeDelta::hours(12)).is_none());
        sessions.end(&one);
        assert!(sessions.of(&one, now).is_none());
        assert!(sessions.of(&other, now).is_some());
        assert!(sessions.of("", now).is_none());
    }
}
