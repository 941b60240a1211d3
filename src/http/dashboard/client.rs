//! Everything about one client. Its address names a bericht about it, never its Bsn; who looks is kept in the audit log.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answer::{ROWS, rendered};
use super::rows::{BerichtRow, Party};
use super::texts;
use super::toewijzing::product;
use super::visitor::{Frame, Sent, Visitor};
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::facts::calculation::euros;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForOperators, NotThere};
use crate::http::query::{self, Id, Parameters};
use crate::store::{BerichtQuery, ClientDeclaratie, ClientPlace, ClientToewijzing, Look};

/// How many toewijzingen a page shows.
const TOEWIJZINGEN: u32 = 100;

/// Which client of the bericht, and where its lists begin.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// The line of the declaratie that is for this client; absent: the bericht is about one client.
    #[serde(default)]
    #[param(minimum = 1, maximum = 999_999_999)]
    regel: Option<u32>,
    /// The bericht before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    after: String,
    /// The declaratie before the first.
    #[serde(default)]
    #[param(required = false, schema_with = query::cursor)]
    declaratie: String,
}

#[derive(Template)]
#[template(path = "client.html")]
struct Page {
    f: Frame,
    /// This page, without where its lists begin.
    path: String,
    /// Shown once it was asked for.
    bsn: Option<String>,
    may_reveal: bool,
    toewijzingen: Vec<ToewijzingRow>,
    /// Whether there may be more than these.
    is_full: bool,
    declaraties: Vec<DeclaratieRow>,
    next_declaratie: Option<String>,
    berichten: Vec<BerichtRow>,
    next: Option<String>,
}

struct ToewijzingRow {
    link: String,
    nummer: i64,
    gemeente: Party,
    aanbieder: Party,
    product: String,
    periode: String,
    verwijderd: bool,
}

struct DeclaratieRow {
    link: String,
    nummer: String,
    periode: String,
    gemeente: Party,
    aanbieder: Party,
    lines: i64,
    rejected: i64,
    /// The page with the lines that are rejected.
    rejected_link: String,
    ingediend: String,
    toegekend: String,
}

/// The page of the client that this place is about.
pub(super) fn link(place: &ClientPlace) -> String {
    let line = place.line.map(|line| format!("?regel={line}"));
    format!("/clienten/{}{}", place.bericht_id, line.unwrap_or_default())
}

/// Everything about a client; that somebody looked is kept in the audit log.
#[utoipa::path(
    get,
    path = "/clienten/{id}",
    tag = "dashboard",
    params(Id, Asked),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn page(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Problem> {
    server.client_html(id, &asked, &visitor, false).await
}

/// The page with the Bsn. Who asks for it is kept in the audit log.
#[utoipa::path(
    post,
    path = "/clienten/{id}",
    tag = "dashboard",
    params(Id, Asked),
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The page, with the Bsn", body = String, content_type = "text/html"),
        (status = 403, description = "Not from this session; a page"),
        BadQuery,
        NotThere
    )
)]
pub(in crate::http) async fn reveal(
    State(server): State<Arc<Server>>,
    Path(Id { id }): Path<Id>,
    Parameters(asked): Parameters<Asked>,
    sent: Sent,
) -> Result<Response, Problem> {
    sent.visitor.keeper()?;
    server.client_html(id, &asked, &sent.visitor, true).await
}

impl Server {
    async fn client_html(
        &self,
        id: String,
        asked: &Asked,
        visitor: &Visitor,
        reveal: bool,
    ) -> Result<Response, Problem> {
        let (store, scope) = (&self.gateway.store, visitor.scope());
        let place = ClientPlace { bericht_id: id, line: asked.regel };
        let bsn = store.client(&place, visitor.caller.scope()).await?.ok_or(Problem::NotFound)?;
        self.keep_client_look(&place, visitor, reveal).await?;
        let cursor = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let toewijzingen = store.client_toewijzingen(&bsn, scope, TOEWIJZINGEN).await?;
        let declaraties = store.client_declaraties(&bsn, scope, cursor(&asked.declaratie).as_deref(), ROWS).await?;
        let query = BerichtQuery { partij: scope.cloned(), bsn: Some(bsn.clone()), ..BerichtQuery::default() };
        let berichten = store.list_berichten(&query, cursor(&asked.after).as_deref(), ROWS).await?;
        let path = link(&place);
        let more = |name: &str, id: &str| format!("{path}{}{name}={id}", if place.line.is_some() { '&' } else { '?' });
        let is_full = |count: usize| count == ROWS as usize;
        let naam = |code: &str| self.naam(code);
        let page = Page {
            next: berichten.last().filter(|_| is_full(berichten.len())).map(|last| more("after", &last.id)),
            next_declaratie: declaraties
                .last()
                .filter(|_| is_full(declaraties.len()))
                .map(|last| more("declaratie", &last.bericht_id)),
            is_full: toewijzingen.len() == TOEWIJZINGEN as usize,
            toewijzingen: toewijzingen.iter().map(|one| ToewijzingRow::of(one, &naam)).collect(),
            declaraties: declaraties.iter().map(|one| DeclaratieRow::of(one, &naam)).collect(),
            berichten: berichten.iter().map(|view| BerichtRow::listed(view, &naam)).collect(),
            bsn: reveal.then(|| Bsn::digits(&bsn).to_owned()),
            may_reveal: visitor.may_act() && !reveal,
            f: self.frame(visitor, "/berichten"),
            path,
        };
        Ok(rendered(StatusCode::OK, &page))
    }

    async fn keep_client_look(&self, place: &ClientPlace, visitor: &Visitor, reveal: bool) -> Result<(), Problem> {
        let look = Look {
            at: self.gateway.clock.now(),
            who: visitor.name().to_owned(),
            what: if reveal { "client.revealed" } else { "client.seen" },
            bericht_id: Some(place.bericht_id.clone()),
            detail: serde_json::json!({ "line": place.line }).to_string(),
        };
        Ok(self.gateway.store.keep_look(&look).await?)
    }
}

impl ToewijzingRow {
    fn of(one: &ClientToewijzing, naam: &impl Fn(&str) -> String) -> Self {
        let fact = &one.fact;
        let nummer = fact.toewijzing_nummer.0;
        let last = fact.einddatum.map_or_else(|| texts::TEXTS.open_ended.to_owned(), texts::date);
        Self {
            link: format!("/toewijzingen/{}/{nummer}", one.gemeente),
            nummer,
            gemeente: Party::of(&one.gemeente, naam),
            aanbieder: Party::of(&one.aanbieder, naam),
            product: product(fact),
            periode: format!("{} – {last}", texts::date(fact.ingangsdatum)),
            verwijderd: fact.verwijderd,
        }
    }
}

impl DeclaratieRow {
    fn of(one: &ClientDeclaratie, naam: &impl Fn(&str) -> String) -> Self {
        let page = format!("/declaraties/{}", one.bericht_id);
        let on = one.toewijzing_nummer.map(|nummer| format!("toewijzing={nummer}"));
        let on = on.unwrap_or_default();
        Self {
            link: if on.is_empty() { page.clone() } else { format!("{page}?{on}") },
            rejected_link: format!("{page}?uitkomst=afgewezen{}{on}", if on.is_empty() { "" } else { "&" }),
            nummer: without_bsn(&one.declaratie_nummer),
            periode: format!("{} – {}", texts::date(one.begindatum), texts::date(one.einddatum)),
            gemeente: Party::of(&one.gemeente, naam),
            aanbieder: Party::of(&one.aanbieder, naam),
            lines: one.lines,
            rejected: one.lines - one.granted,
            ingediend: euros(one.ingediend.into()),
            toegekend: euros(one.toegekend.into()),
        }
    }
}
