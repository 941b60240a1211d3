//! The one search box: what is typed goes by POST, the result stands under an address that says nothing of it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;

use super::answer::{redirect, rendered};
use super::client;
use super::rows::BerichtRow;
use super::texts;
use super::visitor::{Frame, Sent, Visitor};
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Bsn, Value as _};
use crate::exchange::new_secret;
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::filter::{behind, first_of, is_retourcode, typed};
use crate::http::openapi::{ForOperators, NotThere};
use crate::http::uitleg::page_of;
use crate::store::{BerichtQuery, Search};

/// How many berichten each reading of the text shows.
const MOST: u32 = 20;

/// How many parties with such a name are told.
const NAMED: usize = 5;

/// What a text may stand for.
struct Reading {
    /// In words; a Bsn is not repeated.
    what: String,
    query: BerichtQuery,
    /// Instead of those: berichten that give a toewijzing of this product.
    product: Option<String>,
    /// A page about it.
    link: Option<(String, String)>,
}

struct Found {
    what: String,
    link: Option<(String, String)>,
    rows: Vec<BerichtRow>,
    is_full: bool,
}

#[derive(Template)]
#[template(path = "zoek.html")]
struct Page {
    f: Frame,
    found: Vec<Found>,
}

/// Keeps what is searched for, and leads to the result.
#[utoipa::path(
    post,
    path = "/zoek",
    tag = "dashboard",
    request_body(content = HashMap<String, String>, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 303, description = "To the result, or to the bericht with this id"),
        (status = 403, description = "Not from this session; a page"),
    )
)]
pub(in crate::http) async fn ask(State(server): State<Arc<Server>>, sent: Sent) -> Result<Response, Problem> {
    let wanted: String = typed(sent.field("zoek")).chars().take(100).collect();
    let store = &server.gateway.store;
    if is_id(&wanted) && store.bericht(&wanted, sent.visitor.caller.scope()).await?.is_some() {
        return Ok(redirect(&format!("/berichten/{wanted}")));
    }
    let who = sent.visitor.name().to_owned();
    let search = Search { id: new_secret(), at: server.gateway.clock.now(), who, wanted };
    store.keep_search(&search).await?;
    Ok(redirect(&format!("/zoek/{}", search.id)))
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The result of a search, for who made it.
#[utoipa::path(
    get,
    path = "/zoek/{id}",
    tag = "dashboard",
    params(("id" = String, Path, description = "Of the search")),
    responses(ForOperators, NotThere)
)]
pub(in crate::http) async fn result(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let store = &server.gateway.store;
    let search = store.search(&id, visitor.name()).await?.ok_or(Problem::NotFound)?;
    let naam = |code: &str| server.naam(code);
    let mut found = Vec::new();
    let named = server.named(&search.wanted);
    for reading in named.into_iter().chain(readings(&search.wanted)) {
        let query = BerichtQuery { partij: visitor.scope().cloned(), ..reading.query };
        let mut link = reading.link;
        if let Some(bsn) = &query.bsn {
            let place = store.client_place(bsn, visitor.caller.scope()).await?;
            link = place.map(|place| (client::link(&place), "Alles over deze cliënt op één pagina".to_owned()));
        }
        let berichten = match &reading.product {
            Some(code) => store.berichten_giving(code, visitor.scope(), MOST).await?,
            None => store.list_berichten(&query, None, MOST).await?,
        };
        // Who is here is told to no party that has nothing to do with them.
        if query.partner.is_some() && berichten.is_empty() && !visitor.is_operator() {
            continue;
        }
        found.push(Found {
            what: reading.what,
            link,
            is_full: berichten.len() == MOST as usize,
            rows: berichten.iter().map(|view| BerichtRow::listed(view, &naam)).collect(),
        });
    }
    // What was found first.
    found.sort_by_key(|one| one.rows.is_empty() && one.link.is_none());
    Ok(rendered(StatusCode::OK, &Page { f: server.frame(&visitor, "/zoek"), found }))
}

impl Server {
    /// The parties of this gateway with such a name. Names of persons stand in the berichten only, where nobody searches.
    fn named(&self, text: &str) -> Vec<Reading> {
        let wanted = text.trim().to_lowercase();
        let is_named = |naam: &str| wanted.chars().count() > 2 && naam.to_lowercase().contains(&wanted);
        let parties = self.gateway.parties.all().filter(|(_, naam)| is_named(naam));
        let reading = |(partij, naam): (&Partij, &str)| Reading {
            what: format!("de naam van een partij: {naam}"),
            query: BerichtQuery { partner: Some(partij.clone()), ..BerichtQuery::default() },
            product: None,
            link: Some((format!("/partners/{}", partij.code()), format!("Alles over {naam}"))),
        };
        let mut found: Vec<Reading> = parties.map(reading).take(NAMED).collect();
        found.sort_by(|one, other| one.what.cmp(&other.what));
        found
    }
}

/// Everything that a text may stand for.
fn readings(text: &str) -> Vec<Reading> {
    let text = typed(text);
    let text = text.as_str();
    let reading = |what: String, query: BerichtQuery| Reading { what, query, product: None, link: None };
    let mut readings = Vec::new();
    if text.is_empty() {
        return readings;
    }
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(bsn) = Bsn::from_text(text).filter(Bsn::passes_elfproef) {
        let query = BerichtQuery { bsn: Some(bsn), ..BerichtQuery::default() };
        readings.push(reading("een BSN: alles over deze cliënt".to_owned(), query));
    }
    if is_number && text.len() <= 9 {
        let query = BerichtQuery { toewijzing_nummer: text.parse().ok(), ..BerichtQuery::default() };
        readings.push(reading(described("een ToewijzingNummer", text), query));
    }
    if let Some(partij) = Partij::from_text(text) {
        let what = if partij.is_gemeente() { "een gemeente" } else { "een aanbieder" };
        let link = Some((format!("/partners/{}", partij.code()), "Alles over deze partner op één pagina".to_owned()));
        let query = BerichtQuery { partner: Some(partij), ..BerichtQuery::default() };
        readings.push(Reading { link, ..reading(described(what, text), query) });
    }
    let upper = text.to_uppercase();
    if is_retourcode(&upper) {
        let query = BerichtQuery { retourcode: Some(upper.clone()), ..BerichtQuery::default() };
        readings.push(reading(described("een retourcode", &upper), query));
    }
    if let Some(page) = page_of(&upper) {
        let query = BerichtQuery { rule: Some(upper.clone()), ..BerichtQuery::default() };
        let link = Some((page, format!("Uitleg van {upper}")));
        readings.push(Reading { link, ..reading(described("een regel", &upper), query) });
    }
    if is_product(&upper) {
        let any = BerichtQuery::default();
        let what = format!("een product: berichten met een toewijzing van {upper}");
        readings.push(Reading { product: Some(upper.clone()), ..reading(what, any) });
    }
    if upper.len() == 6 && upper.starts_with("WMO") {
        let query = BerichtQuery { berichtsoort: Some(upper.clone()), ..BerichtQuery::default() };
        readings.push(reading(described("een berichtsoort", &upper), query));
    }
    if let Some(day) = day(text) {
        let query =
            BerichtQuery { from_id: Some(first_of(day)), before_id: Some(behind(day)), ..BerichtQuery::default() };
        readings.push(reading(format!("een dag: wat op {} binnenkwam", texts::date(day)), query));
    }
    let query = BerichtQuery { identificatie: Some(text.to_owned()), ..BerichtQuery::default() };
    readings.push(reading(described_unless_bsn("een Identificatie", text), query));
    let query = BerichtQuery { declaratie_nummer: Some(text.to_owned()), ..BerichtQuery::default() };
    readings.push(reading(described_unless_bsn("een DeclaratieNummer", text), query));
    readings
}

/// Whether a text has the form of a code of a product: `01A03`.
fn is_product(text: &str) -> bool {
    text.len() == 5
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

fn described(what: &str, text: &str) -> String {
    described_unless_bsn(what, text)
}

/// What a text was taken for, and the text, but for one that may be a Bsn.
fn described_unless_bsn(what: &str, text: &str) -> String {
    let may_be_bsn = Bsn::from_text(text).is_some_and(|bsn| bsn.passes_elfproef());
    if may_be_bsn { what.to_owned() } else { format!("{what}: {text}") }
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok().or_else(|| NaiveDate::parse_from_str(text, "%d-%m-%Y").ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_for_all_that_it_may_be_and_a_bsn_is_not_repeated() {
        let read = |text: &str| readings(text).into_iter().map(|one| one.what).collect::<Vec<_>>();
        let bsn = read("999940004");
        assert_eq!(bsn[0], "een BSN: alles over deze cliënt");
        assert!(bsn.len() == 4 && bsn.iter().all(|what| !what.contains("999940004")), "{bsn:?}");
        assert_eq!(read("0384")[..3], ["een ToewijzingNummer: 0384", "een gemeente: 0384", "een retourcode: 0384"]);
        assert_eq!(read("s329")[0], "een retourcode: S329");
        assert!(read("41005001").contains(&"een aanbieder: 41005001".to_owned()));
        assert_eq!(read("tr019")[0], "een regel: TR019");
        assert_eq!(read("01a03")[0], "een product: berichten met een toewijzing van 01A03");
        assert_eq!(read("wmo305")[0], "een berichtsoort: WMO305");
        assert_eq!(read("04-03-2026")[0], "een dag: wat op 04-03-2026 binnenkwam");
        assert_eq!(read("TOEW-1"), ["een Identificatie: TOEW-1", "een DeclaratieNummer: TOEW-1"]);
        assert!(read("  ").is_empty());
        assert_eq!(read("\u{a0}TOEW-1\u{200b}"), read("TOEW-1"), "what nobody sees");
        assert_eq!(read("\u{feff}\u{2060}7001\u{ad}01"), read("700101"));
    }
}
