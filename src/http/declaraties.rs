//! `/v1/declaraties`: a declaratie with every line explained, as JSON and as a table for a spreadsheet. Names no client: a
//! line is told by its ReferentieNummer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::antwoord::ProposalJson;
use super::error::Problem;
use super::openapi::{ForCallers, NotThere};
use super::query::Id;
use super::{Caller, Server};
use crate::domain::waarde::Value;
use crate::store::{CalculationReceipt, DeclaratieView, FindingReceipt};

/// Gives one declaratie, with its lines in order and how each was judged.
#[utoipa::path(
    get,
    path = "/v1/declaraties/{id}",
    tag = "declaraties",
    params(Id),
    responses((status = 200, description = "The declaratie", body = DeclaratieJson), NotThere, ForCallers)
)]
pub(super) async fn one(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path(Id { id }): Path<Id>,
) -> Result<Json<DeclaratieJson>, Problem> {
    let found = server.gateway.store.declaratie(&id, caller.scope()).await?;
    found.map(|view| Json(view.into())).ok_or(Problem::NotFound)
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
    let found = server.gateway.store.declaratie(&id, caller.scope()).await?.ok_or(Problem::NotFound)?;
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=declaratie.csv")];
    Ok((headers, table(&found.into())).into_response())
}

/// A declaratie, as the API gives it. Amounts in euro cents, below zero when credit.
#[derive(Serialize, ToSchema)]
pub(super) struct DeclaratieJson {
    id: String,
    gemeente: String,
    aanbieder: String,
    declaratie_nummer: String,
    begindatum: NaiveDate,
    einddatum: NaiveDate,
    ingediend: i64,
    /// What the granted lines add up to, as it stands now.
    toegekend: i64,
    /// Rejected before its lines were judged: it counts as not sent.
    void: bool,
    /// The 325 or 304 that answers it.
    antwoord: Option<String>,
    /// What people proposed to answer, where they decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<ProposalJson>,
    lines: Vec<LineJson>,
}

/// A line: what was declared, what became of it and why.
#[derive(Serialize, ToSchema)]
struct LineJson {
    /// Counted from 1, through all clients.
    line: usize,
    referentie_nummer: String,
    vorig_referentie_nummer: Option<String>,
    toewijzing_nummer: Option<i64>,
    product_categorie: String,
    product_code: String,
    begindatum: NaiveDate,
    einddatum: NaiveDate,
    geleverd_volume: u32,
    eenheid: String,
    product_tarief: Option<u32>,
    ingediend: i64,
    granted: bool,
    findings: Vec<FindingReceipt>,
    calculations: Vec<CalculationReceipt>,
}

impl From<DeclaratieView> for DeclaratieJson {
    fn from(view: DeclaratieView) -> Self {
        let shown = |cents: i128| i64::try_from(cents).unwrap_or(i64::MAX);
        let mut findings = by_line(view.findings);
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
            toegekend += if line.fact.granted { ingediend } else { 0 };
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
                granted: line.fact.granted,
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
            void: declaratie.void,
            antwoord: view.antwoord_id,
            proposal: view.proposal.map(|proposal| ProposalJson::of(proposal, view.approval)),
            lines,
        }
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

/// A line per line, semicolons between, for the spreadsheets of this country.
fn table(declaratie: &DeclaratieJson) -> String {
    const HEADING: &str = "ReferentieNummer;VorigReferentieNummer;ToewijzingNummer;ProductCategorie;ProductCode;Begindatum;Einddatum;\
        GeleverdVolume;Eenheid;ProductTarief (centen);Ingediend (centen);Toegekend;Regels;Toelichting";
    let mut table = format!("{HEADING}\r\n");
    for line in &declaratie.lines {
        let rules = line.findings.iter().filter_map(|finding| finding.rule.as_deref());
        let texts = line.findings.iter().map(|finding| finding.text.as_str());
        let texts = texts.chain(line.calculations.iter().map(|one| one.text.as_str()));
        let cells = [
            cell(&line.referentie_nummer),
            cell(line.vorig_referentie_nummer.as_deref().unwrap_or_default()),
            line.toewijzing_nummer.map_or_else(String::new, |nummer| nummer.to_string()),
            cell(&line.product_categorie),
            cell(&line.product_code),
            line.begindatum.to_string(),
            line.einddatum.to_string(),
            line.geleverd_volume.to_string(),
            cell(&line.eenheid),
            line.product_tarief.map_or_else(String::new, |tarief| tarief.to_string()),
            line.ingediend.to_string(),
            if line.granted { "ja" } else { "nee" }.to_owned(),
            cell(&rules.collect::<Vec<_>>().join(" ")),
            cell(&texts.collect::<Vec<_>>().join(" ")),
        ];
        table.push_str(&cells.join(";"));
        table.push_str("\r\n");
    }
    table
}

/// A text in a cell: quoted, and with an apostrophe in front where a spreadsheet would take it for a formula.
fn cell(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r']);
    format!("\"{}{}\"", if is_formula { "'" } else { "" }, text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{cell, spot};

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("R1"), "\"R1\"");
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        for start in ["=1", "+1", "-1", "@x", " =1", "\t1"] {
            assert!(cell(start).starts_with("\"'"), "{start}");
        }
    }

    #[test]
    fn a_path_names_a_client_and_a_line() {
        let client = "/Bericht/Declaratie/Clienten/Client[2]";
        assert_eq!(spot(&format!("{client}/Bsn")), Some((2, None)));
        assert_eq!(spot(&format!("{client}/Prestaties/Prestatie[13]/Eenheid")), Some((2, Some(13))));
        assert_eq!(spot("/Bericht/Declaratie/DeclaratieNummer"), None);
    }
}
