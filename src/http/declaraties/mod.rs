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

use crate::domain::waarde::Value;
use crate::http::antwoord::ProposalJson;
use crate::http::berichten::PageQuery;
use crate::http::error::Problem;
use crate::http::openapi::{BadQuery, ForCallers, NotThere};
use crate::http::query::{Id, Parameters};
use crate::http::uitleg::readable;
use crate::http::{Caller, Server};
use crate::store::{CalculationReceipt, DeclaratieView, FindingReceipt};

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
    server.declaratie_for(&id, &caller).await?.page(&page).map(Json)
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

/// The media type of a workbook.
pub(super) const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Server {
    /// The lines of a declaratie as CSV, as this caller may read them.
    pub(super) async fn declaratie_csv(&self, id: &str, caller: &Caller) -> Result<Response, Problem> {
        let declaratie = self.declaratie_for(id, caller).await?;
        let headers =
            [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, attached(&declaratie, "csv"))];
        Ok((headers, export::csv(&declaratie)).into_response())
    }

    /// The same as a workbook.
    pub(super) async fn declaratie_xlsx(&self, id: &str, caller: &Caller) -> Result<Response, Problem> {
        let declaratie = self.declaratie_for(id, caller).await?;
        let headers = [(CONTENT_TYPE, WORKBOOK.to_owned()), (CONTENT_DISPOSITION, attached(&declaratie, "xlsx"))];
        Ok(match export::xlsx(&declaratie) {
            Ok(bytes) => (headers, bytes).into_response(),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a workbook could not be made");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        })
    }

    async fn declaratie_for(&self, id: &str, caller: &Caller) -> Result<DeclaratieJson, Problem> {
        let found = self.gateway.store.declaratie(id, caller.scope()).await?.ok_or(Problem::NotFound)?;
        Ok(DeclaratieJson::of(found, caller))
    }
}

/// A download whose file is named by the DeclaratieNummer, as far as a file name can hold it.
fn attached(declaratie: &DeclaratieJson, extension: &str) -> String {
    let fits = |letter: char| if letter.is_ascii_alphanumeric() || letter == '_' { letter } else { '-' };
    let nummer: String = declaratie.declaratie_nummer.chars().map(fits).collect();
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
    /// What people proposed to answer, where they decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalJson>,
    /// How many lines there are in all.
    pub line_count: usize,
    /// How many of them are granted, in full or in part.
    pub granted_count: usize,
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

impl DeclaratieJson {
    /// As this caller may read it.
    pub(super) fn of(view: DeclaratieView, caller: &Caller) -> Self {
        let shown = |cents: i128| i64::try_from(cents).unwrap_or(i64::MAX);
        let mut findings = by_line(readable(view.findings, caller));
        let (mut client, mut in_client, mut bsn) = (0, 0, None);
        let mut toegekend = 0;
        let mut lines = Vec::with_capacity(view.lines.len());
        for line in view.lines {
            let prestatie = line.fact.prestatie;
            if bsn.as_ref() != Some(&line.fact.bsn) {
                (client, in_client, bsn) = (client + 1, 0, Some(line.fact.bsn));
            }
            in_client += 1;
            let ingediend = prestatie.ingediend_bedrag.signed();
            let bedrag = prestatie.ingediend_bedrag.debet_credit.sign() * i128::from(line.fact.toegekend.unwrap_or(0));
            toegekend += bedrag;
            let mut own = findings.get(&(client, None)).cloned().unwrap_or_default();
            own.extend(findings.remove(&(client, Some(in_client))).unwrap_or_default());
            lines.push(LineJson {
                line: lines.len() + 1,
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
                ingediend: shown(ingediend),
                granted: line.fact.toegekend.is_some(),
                toegekend: shown(bedrag),
                findings: own,
                calculations: line.calculations,
            });
        }
        let declaratie = view.declaratie;
        Self {
            id: declaratie.bericht_id,
            gemeente: view.gemeente,
            aanbieder: view.aanbieder,
            declaratie_nummer: declaratie.declaratie_nummer,
            begindatum: declaratie.declaratie_periode.begindatum,
            einddatum: declaratie.declaratie_periode.einddatum,
            ingediend: shown(declaratie.totaal_ingediend_bedrag.signed()),
            toegekend: shown(toegekend),
            betaalbaar: view.betaalbaar,
            betaling: view.betaling,
            betaald_op: view.betaald_op,
            void: declaratie.void,
            antwoord: view.antwoord_id,
            proposal: view.proposal.map(|proposal| ProposalJson::of(proposal, view.approval)),
            line_count: lines.len(),
            granted_count: lines.iter().filter(|line| line.granted).count(),
            lines,
            next: None,
        }
    }
}

impl DeclaratieJson {
    /// The same with one page of its lines.
    ///
    /// # Errors
    /// `after` is not the number of a line.
    pub(super) fn page(mut self, page: &PageQuery) -> Result<Self, Problem> {
        let after = match page.after.as_deref().map(str::parse::<usize>) {
            None => 0,
            Some(Ok(line)) => line,
            Some(Err(_)) => return Err(Problem::Query("after moet het nummer van een regel zijn.".to_owned())),
        };
        self.lines.retain(|line| line.line > after);
        let limit = page.limit() as usize;
        let has_more = self.lines.len() > limit;
        self.lines.truncate(limit);
        self.next = self.lines.last().filter(|_| has_more).map(|last| last.line.to_string());
        Ok(self)
    }
}

/// A client, counted from 1, and a line in it; no line: the client as a whole.
type Spot = (usize, Option<usize>);

/// What was found in the lines and the clients.
fn by_line(findings: Vec<FindingReceipt>) -> HashMap<Spot, Vec<FindingReceipt>> {
    let mut by_line: HashMap<Spot, Vec<FindingReceipt>> = HashMap::new();
    for finding in findings {
        if let Some(spot) = spot(&finding.path) {
            by_line.entry(spot).or_default().push(finding);
        }
    }
    by_line
}

fn spot(path: &str) -> Option<Spot> {
    let below = path.strip_prefix("/Bericht/Declaratie").or_else(|| path.strip_prefix("/Bericht"))?;
    let (client, rest) = below.strip_prefix("/Clienten/Client[")?.split_once(']')?;
    let line = rest.strip_prefix("/Prestaties/Prestatie[").and_then(|rest| rest.split_once(']')?.0.parse().ok());
    Some((client.parse().ok()?, line))
}

#[cfg(test)]
mod tests {
    use super::spot;

    #[test]
    fn a_path_names_a_client_and_a_line() {
        let client = "/Bericht/Declaratie/Clienten/Client[2]";
        assert_eq!(spot(&format!("{client}/Bsn")), Some((2, None)));
        assert_eq!(spot(&format!("{client}/Prestaties/Prestatie[13]/Eenheid")), Some((2, Some(13))));
        assert_eq!(spot("/Bericht/Declaratie/DeclaratieNummer"), None);
    }
}
