//! What is told of declaraties: how lines fared, what people say of them, and what comes of rows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::receipt::{FindingReceipt, Receipt};
use crate::domain::declare::{Column, RowProblem};
use crate::domain::money::decision::LineDecision;
use crate::exchange::declare::Examined;
use crate::store::KeptCalculation;

/// What a person says about a line of a declaratie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineDecisionReceipt {
    /// Counted from 1, through all clients.
    #[schema(minimum = 1)]
    pub line: usize,
    /// Whether it is granted.
    pub granted: bool,
    /// Of a line of a 303D that is granted for less than was asked: how much, in euro cents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub toegekend_bedrag: Option<u32>,
    /// Of a line that is not granted: what goes into the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retourcode: Option<String>,
    /// Why a line is not granted in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl From<LineDecisionReceipt> for LineDecision {
    fn from(said: LineDecisionReceipt) -> Self {
        let LineDecisionReceipt { line, granted, toegekend_bedrag, retourcode, reason } = said;
        Self { line, granted, toegekend: toegekend_bedrag, retour_code: retourcode, reason }
    }
}

impl From<LineDecision> for LineDecisionReceipt {
    fn from(said: LineDecision) -> Self {
        let LineDecision { line, granted, toegekend, retour_code, reason } = said;
        Self { line, granted, toegekend_bedrag: toegekend, retourcode: retour_code, reason }
    }
}

/// A figure that a line of a declaratie was judged by. Volumes in the smallest unit of their kind, money in euro cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalculationReceipt {
    /// As in `TR321`.
    pub rule: String,
    /// `price`, `period`, `term` or `budget`.
    pub formula: String,
    /// What is multiplied: the volume of the line or of the toewijzing, in its own unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<i64>,
    /// What it is multiplied with: a number of weeks, months or days, or the tariff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<i64>,
    /// What was granted before, where that counts.
    pub used: i64,
    /// What the line asks.
    pub asked: i64,
    /// What it may come to.
    pub allowed: i64,
    /// Whether the rule holds.
    pub holds: bool,
    /// The same in Dutch.
    pub text: String,
}

impl From<KeptCalculation> for CalculationReceipt {
    fn from(kept: KeptCalculation) -> Self {
        let KeptCalculation { rule, formula, volume, times, used, asked, allowed, holds, text } = kept;
        Self { rule, formula, volume, times, used, asked, allowed, holds, text }
    }
}

/// A bericht of a declaratie: what it holds, what was found, what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartReport {
    /// Its DeclaratieNummer or DeclarantFactuurNummer, and its Identificatie.
    pub declaratie_nummer: String,
    /// As in `WMO323`.
    pub berichtsoort: String,
    /// As in `3.2`.
    pub release: String,
    /// How many clients are in it.
    pub client_count: usize,
    /// How many lines are in it.
    pub line_count: usize,
    /// What the lines add up to, in euro cents; below zero when credit.
    pub totaal_ingediend_bedrag: i64,
    /// What was found beforehand, in the order of the rows; nothing of a bericht that was taken in before.
    pub findings: Vec<RowFinding>,
    /// How many findings are left out, where there are very many.
    #[serde(skip_serializing_if = "is_none_left")]
    #[schema(required = false)]
    pub findings_left_out: usize,
    /// What became of it; absent when it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_none_left(count: &usize) -> bool {
    *count == 0
}

impl From<Examined> for PartReport {
    fn from(part: Examined) -> Self {
        let found = part.findings.iter();
        Self {
            declaratie_nummer: part.nummer,
            berichtsoort: part.soort.to_string(),
            release: part.release.name().to_owned(),
            client_count: part.client_count,
            line_count: part.line_count,
            totaal_ingediend_bedrag: part.ingediend,
            findings: found.map(|(row, finding)| RowFinding { row: *row, finding: finding.into() }).collect(),
            findings_left_out: part.findings_left_out,
            receipt: part.receipt.map(Receipt::from),
        }
    }
}

/// What was found in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowFinding {
    /// Where the row stands in what was given; null: the bericht as a whole.
    pub row: Option<usize>,
    /// What was found.
    #[serde(flatten)]
    pub finding: FindingReceipt,
}

/// What is wrong with a row, so that nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowProblemReport {
    /// Where it stands in what was given: the line of a table, heading included, or the place in a list, from 1; null: all.
    pub row: Option<usize>,
    /// The name of the column; null: the row as a whole.
    #[schema(value_type = Option<String>)]
    pub column: Option<&'static str>,
    /// What is wrong and what to do, in Dutch.
    pub text: String,
}

impl From<&RowProblem> for RowProblemReport {
    fn from(problem: &RowProblem) -> Self {
        Self { row: problem.rij, column: problem.column.map(Column::name), text: problem.text.clone() }
    }
}
