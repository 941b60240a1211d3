//! What a list shows, as a file: a table (CSV, XLSX), or the berichten themselves (ZIP). With the filters of the list, no more than
//! fits a file, and in the audit log, as it leaves the pages.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use super::berichten::outcome;
use super::declaraties::Kind;
use super::rows::{DeadlineRow, moment};
use super::texts;
use super::verdict::stage;
use super::visitor::Visitor;
use super::words;
use super::work::Filter;
use crate::domain::Partij;
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::berichten::waarde::Value as _;
use crate::domain::finding::Finding;
use crate::exchange::levels::service_levels;
use crate::exchange::table::{Cell, Packed, csv, pack};
use crate::http::Server;
use crate::http::error::Problem;
use crate::http::filter::BerichtFilter;
use crate::http::openapi::{BadQuery, ForOperators, NotThere};
use crate::http::partners::{HEADING as LEVELS, rows as level_rows};
use crate::http::query::Parameters;
use crate::http::sheet::{download, not_packed, workbook};
use crate::store::{BerichtQuery, BerichtView, DeadlineView, Look, ParcelGroup, ParcelView, StoreError};

/// How many rows a table holds at most.
const MOST_ROWS: usize = 10_000;

/// How many rows are read at a time.
const PAGE: u32 = 500;

/// How many berichten a ZIP holds at most.
const MOST_BERICHTEN: u32 = 500;

/// What they weigh at most together, in bytes.
const MOST_BYTES: usize = 50_000_000;

/// The last part of an address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(in crate::http) struct Form {
    /// As which file: csv, xlsx, or zip where there are berichten.
    #[param(example = "csv")]
    vorm: String,
}

/// What of a list may leave as a table.
#[derive(Default)]
struct Rows {
    rows: Vec<Vec<Cell>>,
    /// Whether there was more than fits.
    is_cut: bool,
}

impl Rows {
    /// Reads a list a page at a time, each behind the row that the one before gave, as far as still fits.
    async fn add<F>(&mut self, read: impl Fn(Option<String>) -> F) -> Result<(), Problem>
    where
        F: Future<Output = Result<(Vec<Vec<Cell>>, Option<String>), StoreError>> + Send,
    {
        let mut after = None;
        while !self.is_cut {
            let (page, next) = read(after).await?;
            self.rows.extend(page);
            self.is_cut = self.rows.len() > MOST_ROWS;
            self.rows.truncate(MOST_ROWS);
            if next.is_none() {
                break;
            }
            after = next;
        }
        Ok(())
    }
}

/// The page behind this one begins after its last row; where it was not full there is none.
fn next<V>(found: &[V], key: impl Fn(&V) -> &String) -> Option<String> {
    found.last().filter(|_| found.len() == PAGE as usize).map(|last| key(last).clone())
}

/// The berichten of a list as a file.
#[utoipa::path(
    get,
    path = "/berichten/als/{vorm}",
    tag = "dashboard",
    params(Form, BerichtFilter),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn berichten(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Form { vorm }): Path<Form>,
    Parameters(filter): Parameters<BerichtFilter>,
) -> Result<Response, Problem> {
    let query = BerichtQuery { partij: visitor.scope().cloned(), ..filter.query() };
    server.berichten_as("berichten", &vorm, &query, &visitor).await
}

/// The declaraties of a list as a file.
#[utoipa::path(
    get,
    path = "/declaraties/als/{vorm}",
    tag = "dashboard",
    params(Form, Kind),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn declaraties(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Form { vorm }): Path<Form>,
    Parameters(kind): Parameters<Kind>,
) -> Result<Response, Problem> {
    let query = BerichtQuery {
        partij: visitor.scope().cloned(),
        berichtsoort: Some(kind.soort().to_owned()),
        ..BerichtQuery::default()
    };
    server.berichten_as("declaraties", &vorm, &query, &visitor).await
}

/// The deadlines of a list as a file.
#[utoipa::path(
    get,
    path = "/termijnen/als/{vorm}",
    tag = "dashboard",
    params(Form, Filter),
    responses(ForOperators, BadQuery, NotThere)
)]
pub(in crate::http) async fn termijnen(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Form { vorm }): Path<Form>,
    Parameters(filter): Parameters<Filter>,
) -> Result<Response, Problem> {
    let (server, query, mut rows) = (&*server, &filter.query(&visitor), Rows::default());
    rows.add(|after| async move {
        let found = server.gateway.store.work(query, after.as_deref(), PAGE).await?;
        let page = found.iter().map(|view| server.deadline_cells(view)).collect();
        Ok((page, next(&found, |view| &view.id)))
    })
    .await?;
    let heading =
        vec!["Uiterlijk", "Verwacht", "Van wie", "Partij", "Gaat over", "Waarover", "Stand", "Dagen", "Opgepakt door"];
    server.table_as(("termijnen", &vorm), &heading, rows, &visitor).await
}

/// What is not delivered, as a file.
#[utoipa::path(get, path = "/netwerk/als/{vorm}", tag = "dashboard", params(Form), responses(ForOperators, NotThere))]
pub(in crate::http) async fn netwerk(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path(Form { vorm }): Path<Form>,
) -> Result<Response, Problem> {
    visitor.caller.operator()?;
    let (server, mut rows) = (&*server, Rows::default());
    for group in &server.gateway.store.parcel_groups().await? {
        rows.add(|after| async move {
            let found = server.gateway.store.parcels_of_group(group, after.as_deref(), PAGE).await?;
            let page = found.iter().map(|view| server.parcel_cells(group, view)).collect();
            Ok((page, next(&found, |view| &view.referentienummer)))
        })
        .await?;
    }
    let heading = vec!["Referentienummer", "Soort", "Aan", "Partij", "Stand", "Pogingen", "Reden", "Bericht"];
    server.table_as(("netwerk", &vorm), &heading, rows, &visitor).await
}

/// How terms were kept with a partner, as a file.
#[utoipa::path(
    get,
    path = "/partners/{code}/als/{vorm}",
    tag = "dashboard",
    params(("code" = String, Path, description = "CBS or AGB code", example = "41005001"), ("vorm" = String, Path, description = "As which file: csv or xlsx", example = "csv")),
    responses(ForOperators, NotThere)
)]
pub(in crate::http) async fn partner(
    State(server): State<Arc<Server>>,
    visitor: Visitor,
    Path((code, vorm)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let partner = Partij::from_text(&code).ok_or(Problem::NotFound)?;
    let other = visitor.scope().filter(|partij| **partij != partner);
    let levels = service_levels(&partner, other, &server.gateway).await?;
    let rows = Rows { rows: level_rows(&partner, &levels).collect(), is_cut: false };
    server.table_as(("partner", &vorm), &LEVELS, rows, &visitor).await
}

impl Server {
    async fn berichten_as(
        &self,
        name: &'static str,
        form: &str,
        query: &BerichtQuery,
        visitor: &Visitor,
    ) -> Result<Response, Problem> {
        if form == "zip" {
            return self.packed(name, query, visitor).await;
        }
        let mut rows = Rows::default();
        rows.add(|after| async move {
            let found = self.gateway.store.list_berichten(query, after.as_deref(), PAGE).await?;
            let page = found.iter().map(|view| self.bericht_cells(view)).collect();
            Ok((page, next(&found, |view| &view.id)))
        })
        .await?;
        let heading = vec![
            "Moment",
            "Soort",
            "Identificatie",
            "Afzender",
            "Naam afzender",
            "Ontvanger",
            "Naam ontvanger",
            "Langs",
            "Uitkomst",
            "Verzending",
            "Retourcodes",
            "Bevindingen",
            "Bericht",
        ];
        self.table_as((name, form), &heading, rows, visitor).await
    }

    async fn table_as(
        &self,
        (name, form): (&str, &str),
        heading: &[&str],
        Rows { mut rows, is_cut }: Rows,
        visitor: &Visitor,
    ) -> Result<Response, Problem> {
        if !matches!(form, "csv" | "xlsx") {
            return Err(Problem::NotFound);
        }
        self.keep_export((name, form), rows.len(), visitor).await?;
        if is_cut {
            rows.push(vec![Cell::Text(there_is_more(MOST_ROWS))]);
        }
        let attached = attached(name, form);
        if form == "xlsx" {
            return download(workbook(name, heading, rows.into_iter()), attached);
        }
        let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attached)];
        Ok((headers, csv(heading, rows.into_iter())).into_response())
    }

    /// The berichten as XML, which hold what is of persons: only for who logged in.
    async fn packed(&self, name: &'static str, query: &BerichtQuery, visitor: &Visitor) -> Result<Response, Problem> {
        visitor.keeper()?;
        let store = &self.gateway.store;
        // One more than fits tells that there are more.
        let found = store.list_berichten(query, None, MOST_BERICHTEN + 1).await?;
        let (mut files, mut size) = (Vec::new(), 0);
        for view in found.iter().take(MOST_BERICHTEN as usize) {
            let bytes = store.payload(&view.id, query.partij.as_ref()).await?.unwrap_or_default();
            size += bytes.len();
            if size > MOST_BYTES {
                break;
            }
            files.push(Packed { name: file_name(view), bytes });
        }
        let count = files.len();
        self.keep_export((name, "zip"), count, visitor).await?;
        if count < found.len() {
            files.push(Packed { name: "LEES-MIJ.txt".to_owned(), bytes: there_is_more(count).into_bytes() });
        }
        let packing = tokio::task::spawn_blocking(move || pack(&files)).await;
        let packed = packing.map_err(|error| not_packed(&error))?.map_err(|error| not_packed(&error))?;
        let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, attached(name, "zip"))];
        Ok((headers, packed).into_response())
    }

    async fn keep_export(&self, (name, form): (&str, &str), count: usize, visitor: &Visitor) -> Result<(), Problem> {
        let look = Look {
            at: self.gateway.clock.now(),
            who: visitor.name().to_owned(),
            what: "list.exported",
            bericht_id: None,
            detail: serde_json::json!({ "list": name, "form": form, "count": count }).to_string(),
        };
        Ok(self.gateway.store.keep_look(&look).await?)
    }

    fn bericht_cells(&self, view: &BerichtView) -> Vec<Cell> {
        let party = |code: &Option<String>| code.clone().unwrap_or_default();
        let naam = |code: &Option<String>| code.as_deref().and_then(|code| self.gateway.parties.naam(code));
        let findings = &view.receipt.findings;
        let codes = findings.iter().filter_map(|finding| finding.retour_code.as_deref());
        let text = |finding: &Finding| finding.text.to_string();
        vec![
            Cell::Plain(moment(view.received_at)),
            Cell::Plain(party(&view.berichtsoort)),
            Cell::Text(without_bsn(view.identificatie.as_deref().unwrap_or_default())),
            Cell::Text(party(&view.afzender)),
            Cell::Text(naam(&view.afzender).unwrap_or_default().to_owned()),
            Cell::Text(party(&view.ontvanger)),
            Cell::Text(naam(&view.ontvanger).unwrap_or_default().to_owned()),
            Cell::Plain(texts::via(view.via).to_owned()),
            Cell::Plain(outcome(view.outcome).to_owned()),
            Cell::Plain(view.transport.as_ref().map_or("", |transport| stage(transport.stage)).to_owned()),
            Cell::Text(codes.collect::<Vec<_>>().join(" ")),
            Cell::Text(findings.iter().map(text).collect::<Vec<_>>().join(" ")),
            Cell::Plain(view.id.clone()),
        ]
    }

    fn deadline_cells(&self, view: &DeadlineView) -> Vec<Cell> {
        let today = self.gateway.clock.today();
        let row = DeadlineRow::of(view, &|code: &str| self.naam(code), today);
        vec![
            Cell::Plain(view.due.to_string()),
            Cell::Text(row.awaited),
            Cell::Text(view.responsible.clone()),
            Cell::Text(row.from.naam),
            Cell::Text(row.about),
            Cell::Text(row.subject.map(|(_, name)| name).unwrap_or_default()),
            Cell::Plain(row.state.to_owned()),
            Cell::Number(today.signed_duration_since(view.due).num_days()),
            Cell::Text(row.owner),
        ]
    }

    fn parcel_cells(&self, group: &ParcelGroup, view: &ParcelView) -> Vec<Cell> {
        vec![
            Cell::Text(view.referentienummer.clone()),
            Cell::Plain(view.functie.clone()),
            Cell::Text(view.ontvanger.clone()),
            Cell::Text(self.naam(&view.ontvanger)),
            Cell::Plain(words::standing(&group.standing).to_owned()),
            Cell::Number(view.attempts),
            Cell::Text(words::reason(group.reason.as_deref())),
            Cell::Plain(view.bericht_id.clone()),
        ]
    }
}

/// What stands in a file that holds no more than so many of a list.
fn there_is_more(count: usize) -> String {
    format!("Hier staan er {count}; er zijn er meer. Kies in de lijst een kortere periode.")
}

fn attached(name: &str, extension: &str) -> String {
    format!("attachment; filename=\"{name}.{extension}\"")
}

/// A name that is no path, and no Bsn.
fn file_name(view: &BerichtView) -> String {
    let fits = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let identificatie = without_bsn(view.identificatie.as_deref().unwrap_or_default());
    let identificatie: String =
        identificatie.chars().map(|letter| if letter == '*' { 'x' } else { fits(letter) }).collect();
    format!("{}-{identificatie}-{}.xml", view.berichtsoort.as_deref().unwrap_or("onbekend"), view.id)
}
