//! The rules of the standard and the agreements of the profiles: all in tables, and one explained. For everybody: there is
//! nothing in it of anybody.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::answer::rendered;
use super::texts::{TEXTS, Texts};
use super::visitor::Frame;
use crate::domain::afspraken::{self, Afspraak};
use crate::domain::regels::list::{Entry, find, list};
use crate::domain::regels::uitleg::Uitleg;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::openapi::{ForAll, NotThere};

#[derive(Template)]
#[template(path = "regels.html")]
struct TablePage {
    t: &'static Texts,
    f: Frame,
    /// When the gemeentecodes were compared with those of CBS.
    gemeenten_checked: String,
    gemeenten_are_old: bool,
    entries: Vec<Entry>,
    afspraken: &'static [Afspraak],
}

#[derive(Template)]
#[template(path = "regel.html")]
struct Page {
    t: &'static Texts,
    f: Frame,
    entry: Entry,
    uitleg: Option<&'static Uitleg>,
    releases: Vec<ReleaseRow>,
    /// What a finding says.
    message: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "afspraak.html")]
struct AfspraakPage {
    t: &'static Texts,
    f: Frame,
    afspraak: &'static Afspraak,
    uitleg: Option<&'static Uitleg>,
}

/// How a rule holds in one release.
struct ReleaseRow {
    release: &'static str,
    level: &'static str,
    berichten: String,
    check: String,
}

/// Every rule of the standard, and every agreement of a profile that a bericht can break.
#[utoipa::path(get, path = "/regels", tag = "dashboard", responses(ForAll))]
pub(in crate::http) async fn regels(State(server): State<Arc<Server>>, headers: HeaderMap) -> Response {
    let gateway = &server.gateway;
    let checked = gateway.gemeenten.checked;
    let page = TablePage {
        t: &TEXTS,
        f: server.open_frame(&headers, "/regels").await,
        gemeenten_checked: checked.map_or_else(|| TEXTS.unknown_day.to_owned(), |day| day.to_string()),
        gemeenten_are_old: gateway.gemeenten.is_old(gateway.clock.today()),
        entries: list(gateway.releases.known).collect(),
        afspraken: afspraken::list(),
    };
    rendered(StatusCode::OK, &page)
}

/// One rule or agreement, explained.
#[utoipa::path(
    get,
    path = "/regels/{code}",
    tag = "dashboard",
    params(("code" = String, Path, description = "Code of the rule or name of the agreement, as in MLW-06", example = "TR019")),
    responses(ForAll, NotThere)
)]
pub(in crate::http) async fn regel(
    State(server): State<Arc<Server>>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(afspraak) = afspraken::find(&code) {
        let page = AfspraakPage {
            t: &TEXTS,
            f: server.open_frame(&headers, "/regels").await,
            afspraak,
            uitleg: afspraak.uitleg(),
        };
        return Ok(rendered(StatusCode::OK, &page));
    }
    let entry = find(&code, server.gateway.releases.known).ok_or(Problem::NotFound)?;
    let releases = entry.holdings().map(|(release, holding)| ReleaseRow {
        release: release.name(),
        level: holding.level_nl(),
        berichten: holding.berichten().collect::<Vec<_>>().join(", "),
        check: entry.control_nl(release),
    });
    let page = Page {
        t: &TEXTS,
        f: server.open_frame(&headers, "/regels").await,
        entry,
        uitleg: entry.uitleg(),
        releases: releases.collect(),
        message: entry.regels().next().map(|regel| regel.text),
    };
    Ok(rendered(StatusCode::OK, &page))
}
