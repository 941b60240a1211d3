//! What is told of a declaratie: by bericht what it holds, by row what was found.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Header;
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::declare::{Column, Line, RowProblem, by_client};
use crate::domain::finding::{Finding, Level, Severity};
use crate::store::{FindingReceipt, Receipt};

/// A bericht of a declaratie: what it holds, what was found, what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartReport {
    /// Its DeclaratieNummer or DeclarantFactuurNummer, and its Identificatie.
    pub nummer: String,
    /// As in `WMO323`.
    pub berichtsoort: String,
    /// As in `3.2`.
    pub release: String,
    /// How many clients are in it.
    pub client_count: usize,
    /// How many lines are in it.
    pub line_count: usize,
    /// What the lines add up to, in euro cents; below zero when credit.
    pub ingediend: i64,
    /// What was found beforehand, in the order of the rows; nothing of a bericht that was taken in before.
    pub findings: Vec<RowFinding>,
    /// How many findings are left out, where there are very many.
    #[serde(skip_serializing_if = "is_none_left")]
    #[schema(required = false)]
    pub findings_left_out: usize,
    /// Whether something was found that rejects a line, or all of them.
    #[serde(skip)]
    pub has_errors: bool,
    /// What became of it; absent when it was not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// How many findings are told at most. What is found in a client is told of each of its rows, so that few become many.
const MOST_FINDINGS: usize = 1_000;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_none_left(count: &usize) -> bool {
    *count == 0
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

impl PartReport {
    pub(super) fn of(header: &Header, lines: &[Line]) -> Self {
        let ingediend: i128 = lines.iter().map(|line| line.prestatie.ingediend_bedrag.signed()).sum();
        Self {
            nummer: header.bericht_identificatie.identificatie.to_string(),
            berichtsoort: header.soort.to_string(),
            release: header.release.name().to_owned(),
            client_count: by_client(lines).count(),
            line_count: lines.len(),
            ingediend: i64::try_from(ingediend).unwrap_or(i64::MAX),
            findings: Vec::new(),
            findings_left_out: 0,
            has_errors: false,
            receipt: None,
        }
    }

    /// Says of each row what was found in it. What was found in a client is told of all its rows.
    pub(super) fn record(&mut self, findings: &[Finding], lines: &[Line]) {
        let clients: Vec<&[Line]> = by_client(lines).collect();
        for finding in findings {
            let receipt = FindingReceipt::from(finding);
            let rows = match spot(&finding.path) {
                Some((client, line)) => {
                    let of_client = clients.get(client).copied().unwrap_or_default();
                    line.map_or(of_client, |line| of_client.get(line..=line).unwrap_or_default())
                }
                None => &[],
            };
            self.has_errors |= receipt.severity.is_none();
            let rows = rows.iter().map(|line| Some(line.rij));
            let rows = rows.chain(spot(&finding.path).is_none().then_some(None));
            let room = MOST_FINDINGS.saturating_sub(self.findings.len());
            self.findings_left_out += rows.clone().count().saturating_sub(room);
            self.findings.extend(rows.take(room).map(|row| RowFinding { row, finding: receipt.clone() }));
        }
        self.findings.sort_by_key(|finding| finding.row);
    }

    /// Says how rows were read that could be read otherwise; what was found in them stands before it.
    pub(super) fn remark(&mut self, lines: &[Line]) {
        let room = MOST_FINDINGS.saturating_sub(self.findings.len());
        let remarks = lines.iter().filter_map(remark);
        self.findings_left_out += remarks.clone().count().saturating_sub(room);
        self.findings.extend(remarks.take(room));
        self.findings.sort_by_key(|finding| finding.row);
    }
}

/// How a row was read, where that could be read otherwise.
fn remark(line: &Line) -> Option<RowFinding> {
    let finding = Finding {
        level: Level::Local,
        severity: Severity::Warning,
        regel: None,
        retour_code: None,
        klasse: None,
        path: ElementPath::root().to_string(),
        position: None,
        text: line.remark.clone()?,
    };
    Some(RowFinding { row: Some(line.rij), finding: FindingReceipt::from(&finding) })
}

/// The client that a path is about, and the line in it, both counted from 0.
fn spot(path: &str) -> Option<(usize, Option<usize>)> {
    let nth = |name: &str| {
        let mut steps = path.split('/').filter_map(|step| step.strip_prefix(name));
        let index = steps.find_map(|rest| rest.strip_prefix('[')?.strip_suffix(']')?.parse::<usize>().ok());
        index?.checked_sub(1)
    };
    nth("Client").map(|client| (client, nth("Prestatie")))
}
