//! Who looks at the pages, and what stands around every page.
//!
//! A form counts only when it carries the key of the session that sends it: no other site can send one.

use std::sync::Arc;

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::answer::redirect;
use super::rows;
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::exchange::keep::Keeper;
use crate::exchange::sha256_hex;
use crate::http::error::Problem;
use crate::http::{Caller, Server};

/// The pages in the header, by their paths; see [`Visitor::has_page`].
const MENU: [(&str, &str); 9] = [
    ("/", "Vandaag"),
    ("/berichten", "Berichten"),
    ("/toewijzingen", "Toewijzingen"),
    ("/declaraties", "Declaraties"),
    ("/betalingen", "Betalingen"),
    ("/partners", "Partners"),
    ("/netwerk", "Netwerk"),
    ("/regels", "Regels"),
    ("/controleer", "Controleer"),
];

/// Who looks at a page.
pub(in crate::http) struct Visitor {
    /// With which credential.
    pub caller: Caller,
    /// What the forms of this session carry; `None` where nobody logs in, and nothing can be changed.
    key: Option<String>,
    /// The party that the chooser stands on.
    chosen: Option<Partij>,
    /// The page that is looked at, with what stands behind the question mark.
    path: String,
}

impl Visitor {
    /// Whose data the page shows; `None`: of all parties.
    pub fn scope(&self) -> Option<&Partij> {
        self.caller.scope().or(self.chosen.as_ref())
    }

    /// Whether this visitor sees what is of all parties together.
    pub fn is_operator(&self) -> bool {
        self.caller.scope().is_none()
    }

    /// Whether a page of the menu has something for this visitor.
    fn has_page(&self, path: &str) -> bool {
        match path {
            "/partners" | "/netwerk" => self.is_operator(),
            "/betalingen" => !self.caller.is_aanbieder(),
            _ => true,
        }
    }

    /// Who changes something here.
    ///
    /// # Errors
    /// Nobody logged in.
    pub fn keeper(&self) -> Result<Keeper<'_>, Problem> {
        if self.may_act() { Ok(self.caller.keeper()) } else { Err(Problem::NotFound) }
    }

    /// Whether this visitor may change something.
    pub const fn may_act(&self) -> bool {
        self.key.is_some()
    }

    /// The name of the credential.
    pub fn name(&self) -> &str {
        self.caller.name()
    }

    /// What a form carries.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }
}

impl FromRequestParts<Arc<Server>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Response> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let visitor = server.visitor(&parts.headers).await.map_err(IntoResponse::into_response)?;
        let visitor = visitor.ok_or_else(|| redirect("/login"))?;
        Ok(Self { path, ..visitor })
    }
}

/// A form of a page, from a session that may send it.
pub(in crate::http) struct Sent {
    pub visitor: Visitor,
    fields: Vec<(String, String)>,
}

impl Sent {
    /// What stands in the field of this name; empty when there is none.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.trim())
    }

    /// Everything that stands in fields of this name.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let named = self.fields.iter().filter(move |(field, _)| field == name);
        named.map(|(_, value)| value.trim())
    }

    /// The page that the form says it stands on; the first one when that is none of ours.
    pub fn back(&self) -> &str {
        let back = self.field("terug");
        let is_ours = back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
        if is_ours { back } else { "/" }
    }
}

impl FromRequest<Arc<Server>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, server: &Arc<Server>) -> Result<Self, Response> {
        let visitor = server.visitor(request.headers()).await.map_err(IntoResponse::into_response)?;
        let visitor = visitor.ok_or_else(|| redirect("/login"))?;
        let form = Form::<Vec<(String, String)>>::from_request(request, server).await;
        let Form(fields) = form.map_err(IntoResponse::into_response)?;
        let sent = Self { visitor, fields };
        // By their hashes, so that comparing them tells nothing.
        if sha256_hex(sent.field("sleutel").as_bytes()) == sha256_hex(sent.visitor.key().as_bytes()) {
            Ok(sent)
        } else {
            Err(Problem::OtherSession.into_response())
        }
    }
}

/// What stands around a page.
pub(in crate::http) struct Frame {
    /// When the page was made.
    pub now: String,
    /// Path, name, and whether it is the page that is looked at.
    pub menu: Vec<(&'static str, &'static str, bool)>,
    /// Who is logged in.
    pub user: Option<String>,
    /// Whether that is an operator, who sees what is of all parties together.
    pub is_operator: bool,
    /// What forms carry; empty where nobody logs in.
    pub key: String,
    /// Code and name of each party that may be chosen, and whether it is.
    pub parties: Vec<(String, String, bool)>,
    /// The page that is looked at.
    pub path: String,
}

impl Frame {
    /// Of a page for whoever comes by.
    pub fn outside() -> Self {
        let nothing = String::new;
        Self {
            now: nothing(),
            menu: Vec::new(),
            user: None,
            is_operator: false,
            key: nothing(),
            parties: Vec::new(),
            path: nothing(),
        }
    }
}

impl Server {
    /// A party for people: its name where we know it, and its code.
    pub(super) fn naam(&self, code: &str) -> String {
        self.gateway.parties.naam(code).map_or_else(|| code.to_owned(), |naam| format!("{naam} ({code})"))
    }

    /// Who sent these headers; `None`: somebody who has not logged in.
    pub(super) async fn visitor(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Problem> {
        let chosen = Partij::from_text(cookie(headers, "partij"));
        let chosen = chosen.filter(|partij| self.gateway.parties.get(partij).is_some());
        if !self.dashboard_login {
            return Ok(Some(Visitor { caller: Caller::at_dashboard(), key: None, chosen, path: "/".to_owned() }));
        }
        let secret = cookie(headers, "session");
        if secret.is_empty() {
            return Ok(None);
        }
        let found = self.gateway.store.session(&sha256_hex(secret.as_bytes()), self.gateway.clock.now()).await?;
        let known = found.and_then(|session| Some((self.caller_by(&session.token_sha256)?, session.form_key)));
        Ok(known.map(|(caller, key)| Visitor { caller, key: Some(key), chosen, path: "/".to_owned() }))
    }

    /// What stands around the page at this path.
    pub(super) fn frame(&self, visitor: &Visitor, path: &str) -> Frame {
        let mut parties: Vec<(String, String, bool)> = Vec::new();
        if visitor.is_operator() {
            let chosen = |partij: &Partij| visitor.chosen.as_ref() == Some(partij);
            parties = self
                .gateway
                .parties
                .all()
                .map(|(partij, naam)| (partij.code().to_owned(), naam.to_owned(), chosen(partij)))
                .collect();
            parties.sort();
        }
        let menu = MENU.into_iter().filter(|(to, _)| visitor.has_page(to)).map(|(to, name)| (to, name, to == path));
        Frame {
            now: rows::time(self.gateway.clock.now()),
            menu: menu.collect(),
            user: self.dashboard_login.then(|| visitor.name().to_owned()),
            is_operator: visitor.is_operator(),
            key: visitor.key().to_owned(),
            parties,
            path: visitor.path.clone(),
        }
    }

    /// The same for a page that needs no login: with the menu for who has logged in.
    pub(super) async fn open_frame(&self, headers: &HeaderMap, path: &str) -> Frame {
        // Who cannot be told is somebody who comes by.
        let visitor = self.visitor(headers).await.ok().flatten();
        visitor.map_or_else(Frame::outside, |visitor| self.frame(&visitor, path))
    }
}

/// What stands in the cookie of this name; empty when there is none.
pub(super) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let cookies = headers.get(COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut cookies = cookies.split(';').filter_map(|cookie| cookie.trim().split_once('='));
    cookies.find(|(known, _)| *known == name).map_or("", |(_, value)| value)
}
