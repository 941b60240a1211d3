//! Who calls: a bearer token, known here only by its hash.

use std::sync::Arc;

use super::error::Problem;
use super::query::missing;
use super::serve::Peer;
use super::{Caller, Server, log};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value;
use crate::exchange::decide::Person;
use crate::exchange::keep::Keeper;
use crate::exchange::sha256_hex;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

impl Server {
    /// The caller with this token. Tokens are looked up by hash, so that comparing them tells nothing.
    pub fn caller(&self, token: &str) -> Option<Caller> {
        if token.is_empty() { None } else { self.caller_by(&sha256_hex(token.as_bytes())) }
    }
}

impl FromRequestParts<Arc<Server>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Problem> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::NoToken)?;
        let peer = parts.extensions.get::<Peer>().copied();
        let caller = server.caller(token.trim()).ok_or_else(|| server.guesses.wrong(peer))?;
        log::by(caller.name());
        Ok(caller)
    }
}

impl Caller {
    /// Of its credential.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Party { name, .. } | Self::Operator { name } => name,
        }
    }

    /// Whoever looks at the dashboard: an operator, of whom the session keeps no name.
    pub(super) fn at_dashboard() -> Self {
        Self::Operator { name: "dashboard".to_owned() }
    }

    /// Whose data this caller may read: its own, or for an operator (`None`) all.
    pub(super) fn scope(&self) -> Option<&Partij> {
        match self {
            Self::Party { partij, .. } => Some(partij),
            Self::Operator { .. } => None,
        }
    }

    /// Whether it acts for an aanbieder: some of what a gateway knows is for gemeenten and operators.
    pub(super) fn is_aanbieder(&self) -> bool {
        self.scope().is_some_and(|partij| !partij.is_gemeente())
    }

    /// The person of a gemeente who decides about declaraties.
    ///
    /// # Errors
    /// The caller may not.
    pub(super) fn person(&self) -> Result<Person<'_>, Problem> {
        match self {
            Self::Party { partij, name, decides: true } => Ok(Person { gemeente: partij, name }),
            Self::Party { decides: false, .. } | Self::Operator { .. } => Err(Problem::MayNotDecide),
        }
    }

    /// Who pays for a gemeente.
    ///
    /// # Errors
    /// The caller acts for no gemeente.
    pub(super) fn of_gemeente(&self) -> Result<Person<'_>, Problem> {
        match self {
            Self::Party { partij, name, .. } if partij.is_gemeente() => Ok(Person { gemeente: partij, name }),
            Self::Party { .. } | Self::Operator { .. } => Err(Problem::NotAGemeente),
        }
    }

    /// Whose payments this caller may read: its own, or for an operator those of the gemeente that it names (`None`: all).
    ///
    /// # Errors
    /// The caller acts for no gemeente, or for another one than it names.
    pub(super) fn gemeente(&self, named: Option<&str>) -> Result<Option<Partij>, Problem> {
        let parse = |code: &str| Partij::from_text(code).filter(Partij::is_gemeente).ok_or(Problem::NotFound);
        let named = named.map(parse).transpose()?;
        let Self::Party { .. } = self else { return Ok(named) };
        let own = self.of_gemeente()?.gemeente.clone();
        if named.is_some_and(|named| named != own) { Err(Problem::NotFound) } else { Ok(Some(own)) }
    }

    /// The same where it has to be one, by this parameter.
    ///
    /// # Errors
    /// As above, or an operator names none.
    pub(super) fn one_gemeente(&self, parameter: &str, named: Option<&str>) -> Result<Partij, Problem> {
        let missing = || missing(parameter, "zeg van welke, met de CBS-code van 4 cijfers.");
        self.gemeente(named)?.ok_or_else(missing)
    }

    /// Who looks after deadlines: of its party, or as an operator of all.
    pub(super) fn keeper(&self) -> Keeper<'_> {
        match self {
            Self::Party { partij, name, .. } => Keeper { partij: Some(partij), name },
            Self::Operator { name } => Keeper { partij: None, name },
        }
    }

    /// The name of an operator, who alone sees what is of all parties together.
    ///
    /// # Errors
    /// The caller acts for a party.
    pub(super) fn operator(&self) -> Result<&str, Problem> {
        match self {
            Self::Operator { name } => Ok(name),
            Self::Party { .. } => Err(Problem::NotAnOperator),
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
