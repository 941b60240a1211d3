//! What there is to tell of a bericht of a declaratie: what it holds, and by row what was found.

use crate::domain::berichten::klasse::ElementPath;
use crate::domain::declare::{Line, by_client};
use crate::domain::finding::{ClientLine, Finding, Level, Severity};
use crate::domain::{Berichtsoort, Header, Release};
use crate::store::Receipt;

/// A bericht of a declaratie: what it holds, what was found, what became of it.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Its DeclaratieNummer or DeclarantFactuurNummer, and its Identificatie.
    pub nummer: String,
    /// Its kind.
    pub soort: Berichtsoort,
    /// Its release.
    pub release: Release,
    /// How many clients are in it.
    pub client_count: usize,
    /// How many lines are in it.
    pub line_count: usize,
    /// What the lines add up to, in euro cents; below zero when credit.
    pub ingediend: i64,
    /// What was found beforehand, in the order of the rows, each with where its row stands in what was given; `None`: the
    /// bericht as a whole. Nothing of a bericht that was taken in before.
    pub findings: Vec<(Option<usize>, Finding)>,
    /// How many findings are left out, where there are very many.
    pub findings_left_out: usize,
    /// Whether something was found that rejects a line, or all of them.
    pub has_errors: bool,
    /// What became of it; absent when it was not sent.
    pub receipt: Option<Receipt>,
}

/// How many findings are told at most. What is found in a client is told of each of its rows, so that few become many.
const MOST_FINDINGS: usize = 1_000;

impl Examined {
    pub(super) fn of(header: &Header, lines: &[Line]) -> Self {
        let ingediend: i128 = lines.iter().map(|line| line.prestatie.ingediend_bedrag.signed()).sum();
        Self {
            nummer: header.bericht_identificatie.identificatie.to_string(),
            soort: header.soort,
            release: header.release,
            client_count: by_client(lines).count(),
            line_count: lines.len(),
            ingediend: i64::try_from(ingediend).unwrap_or(i64::MAX),
            findings: Vec::new(),
            findings_left_out: 0,
            has_errors: false,
            receipt: None,
        }
    }

    /// Says of each row what was found in it. What was found in a client is said of all its rows.
    pub(super) fn record(&mut self, findings: &[Finding], lines: &[Line]) {
        let clients: Vec<&[Line]> = by_client(lines).collect();
        for finding in findings {
            let rows = match finding.client_line() {
                Some(ClientLine { client, line }) => {
                    let of_client = clients.get(client).copied().unwrap_or_default();
                    line.map_or(of_client, |line| of_client.get(line..=line).unwrap_or_default())
                }
                None => &[],
            };
            self.has_errors |= finding.is_error();
            let rows = rows.iter().map(|line| Some(line.rij));
            let rows = rows.chain(finding.client_line().is_none().then_some(None));
            let room = MOST_FINDINGS.saturating_sub(self.findings.len());
            self.findings_left_out += rows.clone().count().saturating_sub(room);
            self.findings.extend(rows.take(room).map(|row| (row, finding.clone())));
        }
        self.findings.sort_by_key(|(row, _)| *row);
    }

    /// Says how rows were read that could be read otherwise; what was found in them stands before it.
    pub(super) fn remark(&mut self, lines: &[Line]) {
        let room = MOST_FINDINGS.saturating_sub(self.findings.len());
        let remarks = lines.iter().filter_map(remark);
        self.findings_left_out += remarks.clone().count().saturating_sub(room);
        self.findings.extend(remarks.take(room));
        self.findings.sort_by_key(|(row, _)| *row);
    }
}

/// How a row was read, where that could be read otherwise.
fn remark(line: &Line) -> Option<(Option<usize>, Finding)> {
    let finding = Finding {
        level: Level::Local,
        severity: Severity::Warning,
        regel: None,
        retour_code: None,
        klasse: None,
        path: ElementPath::root(),
        position: None,
        text: line.remark.clone()?.into(),
    };
    Some((Some(line.rij), finding))
}
