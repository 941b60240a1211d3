//! `/v1/declaraties`: a declaratie with every line explained, as JSON and as a table for a spreadsheet. Names no client: a
//! line is told by its ReferentieNummer.

pub(super) mod declare;
mod export;
mod json;

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::berichten::notitie::without_bsn;
use crate::exchange::decide::is_for_people;
use crate::http::berichten::ROWS;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForCallers, NotThere};
use crate::http::query::{Id, Parameters};
pub(super) use crate::http::sheet::WORKBOOK;
use crate::http::sheet::download;
use crate::http::{Caller, Server};
use crate::store::{DeclaratieView, LineQuery, Place};
use export::{Csv, Sheet, Table};
use json::Found;
pub(super) use json::{DeclaratieJson, LineJson};

/// Gives one declaratie, with a page of its lines in order and how each was judged.
#[utoipa::path(
    get,
    path = "/v1/declaraties/{id}",
    tag = "declaraties",
    params(Id, LinePage),
    responses((status = 200, description = "The declaratie", body = DeclaratieJson), BadQuery, NotThere, ForCallers)
)]
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
    Parameters(page): Parameters<LinePage>,
) -> Result<Json<DeclaratieJson>, Problem> {
    server.declaratie_page(&id, &caller, LineQuery::default(), &page).await.map(Json)
}

/// Gives the lines of a declaratie as CSV.
#[utoipa::path(
    get,
    path = "/v1/declaraties/{id}/csv",
    tag = "declaraties",
    params(Id),
    responses(
        (status = 200, description = "A row for each line", body = String, content_type = "text/csv"),
        NotThere,
        ForCallers
    )
)]
pub(super) async fn csv(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    server.declaratie_csv(&id, &caller).await
}

/// Gives the lines of a declaratie as a workbook (XLSX).
#[utoipa::path(
    get,
    path = "/v1/declaraties/{id}/xlsx",
    tag = "declaraties",
    params(Id),
    responses(
        (status = 200, description = "A row for each line", body = Vec<u8>, content_type = WORKBOOK),
        NotThere,
        ForCallers
    )
)]
pub(super) async fn xlsx(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Response, Problem> {
    server.declaratie_xlsx(&id, &caller).await
}

/// Which lines are on a page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct LinePage {
    /// What the page before gave as `next`: the number of its last line.
    #[param(minimum = 0, maximum = 999_999_999)]
    pub after: Option<usize>,
    /// How many there are on a page; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// How many lines a table reads at a time.
pub(super) const LINES: u32 = 1_000;

impl Server {
    /// A declaratie with a page of those of its lines that the query asks for, as this caller may read it.
    pub(super) async fn declaratie_page(
        &self,
        id: &str,
        caller: &Caller,
        query: LineQuery,
        page: &LinePage,
    ) -> Result<DeclaratieJson, Problem> {
        let (store, scope) = (&self.gateway.store, caller.scope());
        let view = self.declaratie_view(id, caller).await?;
        let after = page.after.unwrap_or(0);
        // One more than is shown tells whether there is a next page.
        let limit = page.limit.unwrap_or(ROWS);
        let mut lines = store.declaratie_lines(id, scope, LineQuery { after, ..query }, limit + 1).await?;
        let has_more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| has_more).map(|last| last.line.to_string());
        let places: Vec<Place> = lines.iter().map(|line| line.place).collect();
        let findings = store.declaratie_findings(id, scope, Some(&places)).await?;
        let mut found = Found::of(&view, &findings, caller);
        let lines = lines.into_iter().map(|line| LineJson::of(line, &mut found)).collect();
        let is_for_people = is_for_people(&view, &self.gateway);
        Ok(DeclaratieJson { is_for_people, lines, next, ..DeclaratieJson::from(view) })
    }

    /// A declaratie as this caller may read it: what people of the gemeente say among each other is not for the aanbieder.
    async fn declaratie_view(&self, id: &str, caller: &Caller) -> Result<DeclaratieView, Problem> {
        let view = self.gateway.store.declaratie(id, caller.scope()).await?.ok_or(Problem::NotFound)?;
        Ok(if caller.is_aanbieder() { DeclaratieView { proposal: None, approval: None, ..view } } else { view })
    }

    /// The lines of a declaratie as CSV, as this caller may read them.
    pub(super) async fn declaratie_csv(&self, id: &str, caller: &Caller) -> Result<Response, Problem> {
        let (declaratie, table) = self.table::<Csv>(id, caller).await?;
        let headers =
            [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attached(&declaratie, "csv"))];
        Ok((headers, table.0).into_response())
    }

    /// The same as a workbook.
    pub(super) async fn declaratie_xlsx(&self, id: &str, caller: &Caller) -> Result<Response, Problem> {
        let (declaratie, table) = self.table::<Sheet>(id, caller).await?;
        download(table.bytes(), attached(&declaratie, "xlsx"))
    }

    /// A table of all lines, read page by page. One that was answered meanwhile is read again: no table holds lines of
    /// before and after its antwoord.
    async fn table<T: Table>(&self, id: &str, caller: &Caller) -> Result<(DeclaratieView, T), Problem> {
        let (store, scope) = (&self.gateway.store, caller.scope());
        let mut view = self.declaratie_view(id, caller).await?;
        loop {
            let mut found = Found::of(&view, &store.declaratie_findings(id, scope, None).await?, caller);
            let (mut table, mut query) = (T::new(), LineQuery::default());
            loop {
                let lines = store.declaratie_lines(id, scope, query, LINES).await?;
                let Some(last) = lines.last() else { break };
                query.after = last.line;
                for line in lines {
                    table.add(&LineJson::of(line, &mut found));
                }
            }
            let now = self.declaratie_view(id, caller).await?;
            if now.stand() == view.stand() {
                return Ok((now, table));
            }
            view = now;
        }
    }
}

/// A download whose file is named by the DeclaratieNummer, as far as a file name can hold it.
fn attached(view: &DeclaratieView, extension: &str) -> String {
    let fits = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let fits = |letter: char| if letter == '*' { 'x' } else { fits(letter) };
    let nummer: String = without_bsn(&view.declaratie.declaratie_nummer).chars().map(fits).collect();
    format!("attachment; filename=\"declaratie-{nummer}.{extension}\"")
}
