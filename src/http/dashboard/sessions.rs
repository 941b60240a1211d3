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

struct Session {
    ends: Timestamp,
    /// What its forms carry.
    form_key: String,
}

impl Sessions {
    /// Opens a session; gives the secret that stands for it. Ended ones are forgotten.
    pub fn open(&self, now: Timestamp) -> String {
        let secret = new_secret();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, session| session.ends > now);
        sessions.insert(secret.clone(), Session { ends: now + LASTS, form_key: new_secret() });
        secret
    }

    /// Whether this secret stands for a session that has not ended.
    pub fn holds(&self, secret: &str, now: Timestamp) -> bool {
        self.form_key(secret, now).is_some()
    }

    /// What a form carries that this session sends; `None` when it has ended.
    pub fn form_key(&self, secret: &str, now: Timestamp) -> Option<String> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(secret).filter(|session| session.ends > now).map(|session| session.form_key.clone())
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
        let (one, other) = (sessions.open(now), sessions.open(now));
        assert_ne!(one, other);
        let keys = [&one, &other].map(|secret| sessions.form_key(secret, now).expect("open"));
        assert!(keys[0] != keys[1] && keys.iter().all(|key| *key != one && *key != other), "each its own");
        assert!(sessions.holds(&one, now + TimeDelta::hours(11)));
        assert!(!sessions.holds(&one, now + TimeDelta::hours(12)));
        sessions.end(&one);
        assert!(!sessions.holds(&one, now));
        assert!(sessions.holds(&other, now));
        assert!(!sessions.holds("", now));
    }
}
