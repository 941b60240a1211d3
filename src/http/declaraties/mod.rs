//! `/v1/declaraties`: a declaratie with every line explained, as JSON and as a table for a spreadsheet. Names no client: a
//! line is told by its ReferentieNummer.

pub(super) mod declare;
mod export;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::berichten::waarde::Value;
use crate::domain::{Berichtsoort, Release};
use crate::exchange::decide::is_for_people;
use crate::http::antwoord::ProposalJson;
use crate::http::berichten::PageQuery;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForCallers, NotThere};
use crate::http::query::{Id, Parameters};
use crate::http::uitleg::readable;
use crate::http::{Caller, Server};
use crate::store::{
    CalculationReceipt, DeclaratieView, FindingReceipt, LineDecisionReceipt, LineQuery, LineView, Place,
};
use export::{Csv, Sheet, Table};

/// Gives one declaratie, with a page of its lines in order and how each was judged.
#[utoipa::path(
    get,
    path = "/v1/declaraties/{id}",
    tag = "declaraties",
    params(Id, PageQuery),
    responses((status = 200, description = "The declaratie", body = DeclaratieJson), BadQuery, NotThere, ForCallers)
)]
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
    Parameters(page): Parameters<PageQuery>,
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

/// How many lines a table reads at a time.
pub(super) const LINES: u32 = 1_000;

/// The media type of a workbook.
pub(super) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Server {
    /// A declaratie with a page of those of its lines that the query asks for, as this caller may read it.
    pub(super) async fn declaratie_page(
        &self,
        id: &str,
        caller: &Caller,
        query: LineQuery,
        page: &PageQuery,
    ) -> Result<DeclaratieJson, Problem> {
        let (store, scope) = (&self.gateway.store, caller.scope());
        let view = self.declaratie_view(id, caller).await?;
        let after = match page.after.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(line)) => line,
            Some(Err(_)) => return Err(Problem::Query("after moet het nummer van een regel zijn.".to_owned())),
        };
        // One more than is shown tells whether there is a next page.
        let limit = page.limit();
        let mut lines = store.declaratie_lines(id, scope, LineQuery { after, ..query }, limit + 1).await?;
        let has_more = lines.len() > limit as usize;
        lines.truncate(limit as usize);
        let next = lines.last().filter(|_| has_more).map(|last| last.line.to_string());
        let places: Vec<Place> = lines.iter().map(|line| line.place).collect();
        let findings = readable(store.declaratie_findings(id, scope, Some(&places)).await?, caller);
        let mut found = Found::of(&view, findings);
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
        let headers = [(CONTENT_TYPE, WORKBOOK.to_owned()), (CONTENT_DISPOSITION, attached(&declaratie, "xlsx"))];
        Ok(match table.bytes() {
            Ok(bytes) => (headers, bytes).into_response(),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a workbook could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        })
    }

    /// A table of all lines, read page by page. One that was answered meanwhile is read again: no table holds lines of
    /// before and after its antwoord.
    async fn table<T: Table>(&self, id: &str, caller: &Caller) -> Result<(DeclaratieView, T), Problem> {
        let (store, scope) = (&self.gateway.store, caller.scope());
        let mut view = self.declaratie_view(id, caller).await?;
        loop {
            let mut found = Found::of(&view, readable(store.declaratie_findings(id, scope, None).await?, caller));
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
    let nummer: String = view.declaratie.declaratie_nummer.chars().map(fits).collect();
    format!("attachment; filename=\"declaratie-{nummer}.{extension}\"")
}

/// A declaratie, as the API gives it. Amounts in euro cents, below zero when credit.
#[derive(Serialize, ToSchema)]
pub(super) struct DeclaratieJson {
    pub id: String,
    pub gemeente: String,
    pub aanbieder: String,
    pub declaratie_nummer: String,
    pub begindatum: NaiveDate,
    pub einddatum: NaiveDate,
    pub ingediend: i64,
    /// What is granted adds up to this, as it stands now.
    pub toegekend: i64,
    /// What is to be paid for it: granted debets less what granted credits take back, which of a rejected line is nothing.
    pub betaalbaar: i64,
    /// The kenmerk of the batch that pays it.
    pub betaling: Option<String>,
    /// The day on which it was paid.
    pub betaald_op: Option<NaiveDate>,
    /// Rejected before its lines were judged: it counts as not sent.
    pub void: bool,
    /// The 325 or 304 that answers it.
    pub antwoord: Option<String>,
    /// What people proposed to answer, where they decide. Not for the aanbieder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalJson>,
    /// How many lines there are in all.
    pub line_count: usize,
    /// How many of them are granted, in full or in part.
    pub granted_count: usize,
    /// The toewijzing that all lines are on.
    #[serde(skip)]
    pub toewijzing_nummer: Option<i64>,
    #[serde(skip)]
    pub soort: (Berichtsoort, Release),
    /// Whether people may decide about it now.
    #[serde(skip)]
    pub is_for_people: bool,
    pub lines: Vec<LineJson>,
    /// Ask for the next lines with `after` set to this; null on the last page.
    pub next: Option<String>,
}

/// A line: what was declared, what became of it and why.
#[derive(Serialize, ToSchema)]
pub(super) struct LineJson {
    /// Counted from 1, through all clients.
    pub line: usize,
    pub referentie_nummer: String,
    pub vorig_referentie_nummer: Option<String>,
    pub toewijzing_nummer: Option<i64>,
    pub product_categorie: String,
    pub product_code: String,
    pub begindatum: NaiveDate,
    pub einddatum: NaiveDate,
    pub geleverd_volume: u32,
    pub eenheid: String,
    pub product_tarief: Option<u32>,
    pub ingediend: i64,
    /// Whether it is granted, in full or in part.
    pub granted: bool,
    /// What is granted of it.
    pub toegekend: i64,
    pub findings: Vec<FindingReceipt>,
    pub calculations: Vec<CalculationReceipt>,
    /// What people said of it in the proposal that was approved. Not for the aanbieder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<LineDecisionReceipt>,
}

impl LineJson {
    /// How it fared, in a word.
    pub(super) const fn in_a_word(&self) -> &'static str {
        match self.granted {
            false => "nee",
            true if self.toegekend == self.ingediend => "ja",
            true => "deels",
        }
    }
}

impl LineJson {
    /// With what was found in it and in its client, and what people said of it; of the line that is taken out.
    fn of(view: LineView, found: &mut Found) -> Self {
        let prestatie = view.fact.prestatie;
        let bedrag = prestatie.ingediend_bedrag.debet_credit.sign() * i128::from(view.fact.toegekend.unwrap_or(0));
        Self {
            line: view.line,
            referentie_nummer: prestatie.product_referentie.referentie_nummer.to_string(),
            vorig_referentie_nummer: prestatie.product_referentie.vorig().map(str::to_owned),
            toewijzing_nummer: prestatie.toewijzing_nummer.map(|nummer| nummer.0),
            product_categorie: prestatie.product_categorie.to_string(),
            product_code: prestatie.product_code.to_string(),
            begindatum: prestatie.product_periode.begindatum,
            einddatum: prestatie.product_periode.einddatum,
            geleverd_volume: prestatie.geleverd_volume,
            eenheid: prestatie.eenheid.to_text(),
            product_tarief: prestatie.product_tarief,
            ingediend: shown(prestatie.ingediend_bedrag.signed()),
            granted: view.fact.toegekend.is_some(),
            toegekend: shown(bedrag),
            findings: found.take(view.place),
            calculations: view.calculations,
            decision: found.decisions.remove(&view.line),
        }
    }
}

/// Without lines.
impl From<DeclaratieView> for DeclaratieJson {
    fn from(view: DeclaratieView) -> Self {
        let declaratie = view.declaratie;
        Self {
            id: declaratie.bericht_id,
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
            declaratie_nummer: declaratie.declaratie_nummer,
            begindatum: declaratie.declaratie_periode.begindatum,
            einddatum: declaratie.declaratie_periode.einddatum,
            ingediend: shown(declaratie.totaal_ingediend_bedrag.signed()),
            toegekend: view.toegekend,
            betaalbaar: view.betaalbaar,
            betaling: view.betaling,
            betaald_op: view.betaald_op,
            void: declaratie.void,
            antwoord: view.antwoord_id,
            proposal: view.proposal.map(|proposal| ProposalJson::of(proposal, view.approval)),
            line_count: view.line_count,
            granted_count: view.granted_count,
            toewijzing_nummer: view.toewijzing_nummer.map(|nummer| nummer.0),
            soort: view.soort,
            is_for_people: false,
            lines: Vec::new(),
            next: None,
        }
    }
}

fn shown(cents: i128) -> i64 {
    i64::try_from(cents).unwrap_or(i64::MAX)
}

/// What was found in lines and in clients as a whole.
struct Found {
    findings: HashMap<(u32, Option<u32>), Vec<FindingReceipt>>,
    /// What people said, by the number of the line.
    decisions: HashMap<usize, LineDecisionReceipt>,
}

impl Found {
    fn of(view: &DeclaratieView, findings: Vec<FindingReceipt>) -> Self {
        let mut by_spot: HashMap<_, Vec<FindingReceipt>> = HashMap::new();
        for finding in findings {
            if let Some(spot) = finding.client_and_line() {
                by_spot.entry(spot).or_default().push(finding);
            }
        }
        let approved = view.proposal.as_ref().filter(|_| view.approval.is_some());
        let said = approved.into_iter().flat_map(|proposal| &proposal.lines);
        Self { findings: by_spot, decisions: said.map(|said| (said.line, said.clone())).collect() }
    }

    /// What concerns this line, that of its client first.
    fn take(&mut self, at: Place) -> Vec<FindingReceipt> {
        let mut own = self.findings.get(&(at.client, None)).cloned().unwrap_or_default();
        own.extend(self.findings.remove(&(at.client, Some(at.in_client))).unwrap_or_default());
        own
    }
}
