//! One bericht: the verdict in a sentence and what to do now, what was found, what it holds, what it belongs to, where it went,
//! and what people did about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::answer::rendered;
use super::audit::DeedRow;
use super::client;
use super::content::{Content, content};
use super::rows::{self, BerichtRow, CodeRow, DeadlineRow, FindingRow, KlasseRow, MOST_ON_PAGE, ParcelRow};
use super::texts::{self, TEXTS, Texts};
use super::verdict::{self, Todo};
use super::visitor::{Frame, Sent, Visitor};
use crate::domain::Partij;
use crate::domain::finding::Finding;
use crate::exchange::{as_json, retour_codes};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{ForOperators, NotThere};
use crate::http::query::Id;
use crate::http::uitleg::page_of;
use crate::store::{BerichtView, ClientPlace, Look, Outcome};

/// How many findings are open on the page; the others are one click away.
const OPEN: usize = 20;

/// How many of its deadlines are shown: a 301 may start one for each of a thousand toewijzingen.
const DEADLINES: usize = 20;

/// How many things that people did are shown.
const DEEDS: u32 = 50;

#[derive(Template)]
#[template(path = "bericht.html")]
struct Page {
    t: &'static Texts,
    f: Frame,
    row: BerichtRow,
    /// What became of it, in a sentence.
    verdict: String,
    todo: Vec<Todo>,
    /// Whether its sender looks at it, and may send a better one from here.
    may_correct: bool,
    release: String,
    is_declaratie: bool,
    /// The page of the client that it is about, where that is one.
    client: Option<String>,
    heenbericht: Option<ChainRow>,
    retour: Option<ChainRow>,
    /// How often each rule was broken, the most often first.
    counts: Vec<(String, Option<String>, usize)>,
    /// Findings that are not open on the page.
    others: Vec<FindingRow>,
    retourcodes: Vec<KlasseRow>,
    content: Option<Content>,
    /// Whether what is of a person may be asked for.
    may_reveal: bool,
    deadlines: Vec<DeadlineRow>,
    deadlines_left_out: Option<String>,
    steps: Vec<StepRow>,
    parcels: Vec<ParcelRow>,
    deeds: Vec<DeedRow>,
}

/// A bericht that it belongs to.
struct ChainRow {
    id: String,
    bericht: String,
    outcome: &'static str,
    class: &'static str,
}

/// How far it came, and what proves it.
struct StepRow {
    stage: &'static str,
    at: String,
    evidence: String,
}

/// The page of a bericht.
#[utoipa::path(get, path = "/berichten/{id}", tag = "dashboard", params(Id), responses(ForOperators, NotThere))]
pub(in crate::http) async fn bericht(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    server.bericht_html(&id, &visitor, false).await
}

/// The page with what is of a person. Who asks for it is kept in the audit log.
#[utoipa::path(
    post,
    path = "/berichten/{id}/inhoud",
    tag = "dashboard",
    params(Id),
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The page, with what is of a person", body = String, content_type = "text/html"),
        (status = 403, description = "Not from this session; a page"),
        NotThere
    )
)]
pub(in crate::http) async fn reveal(
    State(server): State<Arc<Server>>,
    Path(Id { id }): Path<Id>,
    sent: Sent,
) -> Result<Response, Problem> {
    let who = sent.visitor.keeper()?.name;
    let store = &server.gateway.store;
    store.bericht(&id, sent.visitor.caller.scope()).await?.ok_or(Problem::NotFound)?;
    let look = Look {
        at: server.gateway.clock.now(),
        who: who.to_owned(),
        what: "bericht.revealed",
        bericht_id: Some(id.clone()),
        detail: "{}".to_owned(),
    };
    store.keep_look(&look).await?;
    server.bericht_html(&id, &sent.visitor, true).await
}

impl Server {
    async fn bericht_html(&self, id: &str, visitor: &Visitor, reveal: bool) -> Result<Response, Problem> {
        let (store, scope) = (&self.gateway.store, visitor.caller.scope());
        let mut view = store.bericht(id, scope).await?.ok_or(Problem::NotFound)?;
        // What is wrong before what is remarked.
        view.receipt.findings.sort_by_key(|finding| !finding.is_error());
        let bytes = store.payload(id, scope).await?.unwrap_or_default();
        let schemas = &self.gateway.schemas;
        let codes = if view.is_retour() { retour_codes(&bytes, schemas) } else { Vec::new() };
        let retourcodes = codes
            .into_iter()
            .map(|(path, codes)| KlasseRow { path, codes: codes.iter().map(|code| CodeRow::of(code)).collect() });
        let naam = |code: &str| self.naam(code);
        let today = self.gateway.clock.today();
        let mut row = BerichtRow::of(&view, &naam, MOST_ON_PAGE);
        let counts = counts(&view.receipt.findings);
        let others = row.findings.split_off(OPEN.min(row.findings.len()));
        let place = ClientPlace { bericht_id: id.to_owned(), line: None };
        // Both ends of a bericht may look at it, each at what its own people did.
        let mut deeds = store.deeds(Some(id), None, DEEDS).await?;
        deeds.retain(|deed| scope.is_none_or(|partij| self.speaks_as(&deed.who, partij)));
        let page = Page {
            verdict: verdict::sentence(&view),
            todo: verdict::todo(&view, visitor.is_operator()),
            may_correct: visitor.may_act() && is_to_correct(&view, scope),
            release: view.release.clone().unwrap_or_default(),
            is_declaratie: verdict::is_declaratie(&view),
            client: store.client(&place, scope).await?.map(|_| client::link(&place)),
            heenbericht: self.chain_row(view.heenbericht_id.as_deref(), scope).await?,
            retour: self.chain_row(view.retour_id.as_deref(), scope).await?,
            counts,
            others,
            retourcodes: retourcodes.collect(),
            content: as_json(&bytes, schemas).map(|json| content(&json, &view.receipt.findings, reveal)),
            may_reveal: visitor.may_act() && !reveal,
            deadlines_left_out: texts::left_out(view.deadlines.len().saturating_sub(DEADLINES)),
            deadlines: view.deadlines.iter().take(DEADLINES).map(|view| DeadlineRow::of(view, &naam, today)).collect(),
            steps: steps(&view),
            parcels: view.parcels.iter().map(|view| ParcelRow::of(view, &naam)).collect(),
            deeds: deeds.iter().map(DeedRow::of).collect(),
            t: &TEXTS,
            f: self.frame(visitor, "/berichten"),
            row,
        };
        Ok(rendered(StatusCode::OK, &page))
    }

    /// What the page says of a bericht beside it.
    async fn chain_row(&self, id: Option<&str>, scope: Option<&Partij>) -> Result<Option<ChainRow>, Problem> {
        let Some(id) = id else { return Ok(None) };
        let view = self.gateway.store.bericht(id, scope).await?;
        Ok(view.map(|view| {
            let (outcome, class) = texts::outcome(&view);
            ChainRow { bericht: rows::name(&view), outcome, class, id: view.id }
        }))
    }
}

/// Whether this party sent it, and it was not right.
fn is_to_correct(view: &BerichtView, partij: Option<&Partij>) -> bool {
    let is_own = partij.is_some_and(|partij| view.afzender.as_deref() == Some(partij.code()));
    is_own && !view.is_retour() && matches!(view.outcome, Outcome::Rejected | Outcome::Refused)
}

/// How often each rule was broken, the most often first; what is no rule counts as its level.
fn counts(findings: &[Finding]) -> Vec<(String, Option<String>, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.regel.as_deref().unwrap_or_else(|| finding.level.name())).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().map(|(rule, count)| (rule.to_owned(), page_of(rule), count)).collect();
    counts.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
    counts
}

fn steps(view: &BerichtView) -> Vec<StepRow> {
    let steps = view.transport.iter().flat_map(|transport| &transport.steps);
    steps
        .map(|step| StepRow {
            stage: verdict::stage(step.stage),
            at: rows::moment(step.at),
            evidence: step.evidence.clone(),
        })
        .collect()
}
