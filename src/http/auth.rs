//! Who calls: a bearer token, known here only by its hash.

use std::sync::Arc;

use super::error::Problem;
use super::{Caller, Server};
use crate::domain::Partij;
use crate::exchange::decide::Person;
use crate::exchange::sha256_hex;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

impl Server {
    /// The caller with this token. Tokens are looked up by hash, so that comparing them tells nothing.
    pub fn caller(&self, token: &str) -> Option<&Caller> {
        self.callers.get(&sha256_hex(token.as_bytes()))
    }
}

impl FromRequestParts<Arc<Server>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::NoToken)?;
        server.caller(token.trim()).cloned().ok_or(Problem::UnknownToken)
    }
}

impl Caller {
    /// Whose data this caller may read: its own, or for an operator (`None`) all.
    pub(super) fn scope(&self) -> Option<&Partij> {
        match self {
            Self::Party { partij, .. } => Some(partij),
            Self::Operator => None,
        }
    }

    /// The person of a gemeente who decides about declaraties.
    ///
    /// # Errors
    /// The caller may not.
    pub(super) fn person(&self) -> Result<Person<'_>, Problem> {
        match self {
            Self::Party { partij, decides_as: Some(name) } => Ok(Person { gemeente: partij, name }),
            Self::Party { decides_as: None, .. } | Self::Operator => Err(Problem::MayNotDecide),
        }
    }

    /// The party for whom this caller acts.
    ///
    /// # Errors
    /// An operator acts for nobody.
    pub(super) fn partij(&self) -> Result<&Partij, Problem> {
        self.scope().ok_or(Problem::NotAParty)
    }
}
