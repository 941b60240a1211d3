//! The page of one toewijzing, with its time line, and the list of those on which nothing started yet.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::error::{Explained, Problem};
use super::super::openapi::{BadQuery, ForOperators};
use super::super::query::Parameters;
use super::super::toewijzingen::{Stand, current, days_waiting, find};
use super::super::{Server, toewijzingen};
use super::answer::{ROWS as IN_LIST, redirect, rendered};
use super::problem::problem_page;
use super::rows;
use super::rows::{BerichtRow, MOST_IN_LIST, Party, RefusedRow, TimelineRow};
use super::texts::{self, TEXTS, Texts};
use super::visitor::{Frame, Visitor};
use crate::domain::berichten::waarde::Value;
use crate::domain::facts::calculation::euros;
use crate::domain::facts::history::ToewijzingFact;
use crate::domain::money::stand::ToewijzingStand;
use crate::store::{ToewijzingView, WaitingToewijzing};

/// How many toewijzingen the list shows.
const ROWS: u32 = 200;

#[derive(Template)]
#[template(path = "toewijzing.html")]
struct ToewijzingPage {
    t: &'static Texts,
    f: Frame,
    nummer: i64,
    gemeente: Party,
    aanbieder: Party,
    /// The page of its client.
    client: Option<String>,
    facts: Vec<(&'static str, String)>,
    /// Colours where it stands, which is the first of them.
    class: &'static str,
    timeline: Vec<TimelineRow>,
}

#[derive(Template)]
#[template(path = "wachtlijst.html")]
struct WaitingPage {
    t: &'static Texts,
    f: Frame,
    rows: Vec<WaitingRow>,
}

struct WaitingRow {
    aanbieder: Party,
    gemeente: Party,
    nummer: i64,
    link: String,
    received_at: String,
    ingangsdatum: String,
    days: i64,
}

#[derive(Template)]
#[template(path = "toewijzingen.html")]
struct ListPage {
    f: Frame,
    refused: Vec<RefusedRow>,
    next: Option<String>,
}

/// Where the list of refused toewijzingen begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// The toewijzing before the first.
    #[serde(default)]
    #[param(required = false, schema_with = toewijzingen::refused_key)]
    after: String,
}

/// Toewijzingen: one by its number, and those that the aanbieder refused.
#[utoipa::path(get, path = "/toewijzingen", tag = "dashboard", params(ListQuery), responses(ForOperators, BadQuery))]
pub(crate) async fn list(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Parameters(asked): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let after = asked.after.split_once('/').and_then(|(bericht, nummer)| Some((bericht, nummer.parse().ok()?)));
    let found = server.gateway.store.refused_toewijzingen(visitor.scope(), after, IN_LIST).await?;
    let naam = |code: &str| server.naam(code);
    let is_full = found.len() == IN_LIST as usize;
    let next = found.last().filter(|_| is_full);
    let page = ListPage {
        f: server.frame(&visitor, "/toewijzingen"),
        refused: found.iter().map(|view| RefusedRow::of(view, &naam)).collect(),
        next: next.map(|last| format!("/toewijzingen?after={}/{}", last.bericht_id, last.toewijzing_nummer)),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// What the form on the first page asks for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// CBS code.
    gemeente: String,
    /// ToewijzingNummer.
    nummer: String,
}

/// Goes to the page of the toewijzing that is asked for.
#[utoipa::path(
    get,
    path = "/toewijzing",
    tag = "dashboard",
    params(Search),
    responses((status = 303, description = "To the page of the toewijzing"), BadQuery)
)]
pub(crate) async fn search(Parameters(search): Parameters<Search>) -> Response {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    redirect(&format!("/toewijzingen/{}/{}", digits(&search.gemeente), digits(&search.nummer)))
}

/// Where a toewijzing stands, and its time line.
#[utoipa::path(
    get,
    path = "/toewijzingen/{gemeente}/{nummer}",
    tag = "dashboard",
    params(
        ("gemeente" = String, Path, description = "CBS code, 4 digits", example = "0384"),
        ("nummer" = i64, Path, description = "ToewijzingNummer", example = 700_101),
    ),
    responses(ForOperators)
)]
pub(crate) async fn toewijzing(
    State(server): State<Arc<Server>>,
    Path((gemeente, nummer)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    let Some(view) = find(&server, &gemeente, &nummer, visitor.caller.scope()).await? else {
        let explained = Explained { title: TEXTS.not_found_title, detail: TEXTS.not_found.to_owned() };
        return Ok(problem_page(StatusCode::NOT_FOUND, &explained));
    };
    let naam = |code: &str| server.naam(code);
    let stand = toewijzingen::Stand::of(&view, server.gateway.clock.today());
    let page = ToewijzingPage {
        t: &TEXTS,
        f: server.frame(&visitor, "/toewijzingen"),
        nummer: view.toewijzing_nummer,
        gemeente: Party::of(&view.gemeente, &naam),
        aanbieder: Party::of(&view.aanbieder, &naam),
        client: view.versions.first().map(|version| format!("/clienten/{}", version.bericht_id)),
        facts: facts(&view, &stand),
        class: if stand.toewijzing == ToewijzingStand::Refused { "bad" } else { "" },
        timeline: view.berichten.iter().map(|bericht| timeline_row(&view, bericht, &naam)).collect(),
    };
    Ok(rendered(StatusCode::OK, &page))
}

/// Which product a toewijzing is for.
pub(super) fn product(fact: &ToewijzingFact) -> String {
    fact.product.as_ref().map_or_else(
        || TEXTS.any_product.to_owned(),
        |product| {
            let code = product.code.as_ref().map(|code| format!(" / {code}"));
            format!("{}{}", product.categorie, code.unwrap_or_default())
        },
    )
}

/// What the page says first.
fn facts(view: &ToewijzingView, stand: &Stand) -> Vec<(&'static str, String)> {
    let fact = &current(view).fact;
    let last = fact.einddatum.map_or_else(|| TEXTS.open_ended.to_owned(), texts::date);
    let mut facts = vec![
        (TEXTS.state, texts::toewijzing_stand(stand.toewijzing, stand.withdrawn)),
        (TEXTS.levering, texts::levering_stand(stand.levering).to_owned()),
        (TEXTS.product, product(fact)),
        (TEXTS.periode, format!("{} – {last}", texts::date(fact.ingangsdatum))),
    ];
    if let Some(omvang) = &fact.omvang {
        let (eenheid, frequentie) = (omvang.eenheid.to_text(), omvang.frequentie.to_text());
        facts.push((TEXTS.omvang, texts::omvang(omvang.volume, &eenheid, &frequentie)));
    }
    if let Some(budget) = fact.budget {
        facts.push((TEXTS.budget, euros(budget.into())));
    }
    facts.extend(view.verzoeken.iter().map(|verzoek| (TEXTS.verzoek, texts::verzoek_stand(verzoek))));
    if stand.declared.lines > 0 {
        facts.push((TEXTS.declared, texts::declared(&stand.declared)));
        facts.push((TEXTS.granted, texts::declared(&stand.granted)));
    }
    facts
}

fn timeline_row(
    view: &ToewijzingView,
    bericht: &crate::store::BerichtView,
    naam: &impl Fn(&str) -> String,
) -> TimelineRow {
    let own = |id: &str| id == bericht.id;
    let versions = view.versions.iter().filter(|one| own(&one.bericht_id));
    let starts = view.starts.iter().filter(|one| own(&one.bericht_id));
    let stops = view.stops.iter().filter(|one| own(&one.bericht_id));
    let removed_starts = view.starts.iter().filter(|one| one.removed_by.as_deref().is_some_and(own));
    let removed_stops = view.stops.iter().filter(|one| one.removed_by.as_deref().is_some_and(own));
    let verzoeken = view.verzoeken.iter().filter(|one| own(&one.bericht_id));
    let antwoorden = view.antwoorden.iter().filter(|one| own(&one.bericht_id));
    let what = versions
        .flat_map(|one| texts::version(&one.fact))
        .chain(verzoeken.flat_map(texts::verzoek))
        .chain(antwoorden.flat_map(texts::antwoord))
        .chain(starts.map(|one| texts::start(one.key.begindatum)))
        .chain(stops.map(|one| texts::stop(one.key.einddatum, one.key.is_temporary())))
        .chain(removed_starts.map(|one| texts::taken_back(&texts::start(one.key.begindatum))))
        .chain(removed_stops.map(|one| texts::taken_back(&texts::stop(one.key.einddatum, one.key.is_temporary()))));
    // Of a bericht about several toewijzingen only the clocks of this one.
    let nummer = view.toewijzing_nummer.to_string();
    let namen: Vec<&str> = view.verzoeken.iter().map(|verzoek| verzoek.referentie_aanbieder.as_str()).collect();
    let is_own = |subject: &str| subject == nummer || namen.contains(&subject);
    let deadlines = bericht.deadlines.iter().filter(|one| one.subject.as_deref().is_none_or(is_own));
    let transport = |parcel| texts::transport(parcel, bericht.berichtsoort.as_deref());
    TimelineRow {
        what: what.collect(),
        transport: bericht.parcels.iter().map(transport).collect(),
        deadlines: deadlines.map(texts::deadline).collect(),
        bericht: BerichtRow::of(bericht, naam, MOST_IN_LIST),
    }
}

/// Clients wait between toewijzing and start; where, and how long.
#[utoipa::path(get, path = "/wachtlijst", tag = "dashboard", responses(ForOperators))]
pub(crate) async fn waiting(State(server): State<Arc<Server>>, visitor: Visitor) -> Result<Response, Problem> {
    let today = server.gateway.clock.today();
    let found = server.gateway.store.toewijzingen_without_start(visitor.scope(), today, None, ROWS).await?;
    let row = |view: &WaitingToewijzing| WaitingRow {
        aanbieder: Party::of(&view.aanbieder, &|code: &str| server.naam(code)),
        gemeente: Party::of(&view.gemeente, &|code: &str| server.naam(code)),
        nummer: view.toewijzing_nummer,
        link: format!("/toewijzingen/{}/{}", view.gemeente, view.toewijzing_nummer),
        received_at: rows::moment(view.received_at),
        ingangsdatum: texts::date(view.ingangsdatum),
        days: days_waiting(view, today),
    };
    let f = server.frame(&visitor, "/toewijzingen");
    Ok(rendered(StatusCode::OK, &WaitingPage { t: &TEXTS, f, rows: found.iter().map(row).collect() }))
}
