//! What `declare` prints.

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::json;

use crate::api::{PartReport, RowFinding, RowProblemReport};
use crate::cli::Exit;
use crate::domain::declare::RowProblem;
use crate::domain::facts::calculation::euros;
use crate::exchange::declare::Proof;

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A bericht, and the file that it was written to.
#[derive(Serialize)]
struct Written {
    file: Option<String>,
    #[serde(flatten)]
    report: PartReport,
}

/// Tells what keeps the declaratie from being made.
pub fn refuse(problems: &[RowProblem], format: Format) -> Result<Exit, Box<dyn Error>> {
    let problems: Vec<_> = problems.iter().map(RowProblemReport::from).collect();
    let mut out = io::stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", json!({"berichten": [], "rows": problems}))?,
        Format::Text => {
            for problem in &problems {
                let place = [problem.row.map(|row| format!("rij {row}")), problem.column.map(str::to_owned)];
                let place: Vec<String> = place.into_iter().flatten().chain(["fout".to_owned()]).collect();
                writeln!(out, "{}: {}", place.join(", "), problem.text)?;
            }
            writeln!(out, "Er is niets gemaakt. Verbeter dit en probeer het opnieuw.")?;
        }
    }
    Ok(Exit::Findings)
}

/// Tells of each row what was found, and of each bericht what it holds. `files`: where they are; `None`: they were not
/// written.
pub fn print(proofs: &[Proof], files: Option<&Vec<PathBuf>>, format: Format) -> Result<Exit, Box<dyn Error>> {
    let mut files = files.into_iter().flatten().map(|file| file.display().to_string());
    let written: Vec<_> =
        proofs.iter().map(|proof| Written { file: files.next(), report: proof.report.clone().into() }).collect();
    let mut out = io::stdout().lock();
    match format {
        Format::Json => writeln!(out, "{}", json!({"berichten": written, "rows": []}))?,
        Format::Text => {
            for one in &written {
                one.print(&mut out)?;
            }
        }
    }
    let has_errors = proofs.iter().any(|proof| proof.report.has_errors);
    Ok(if has_errors { Exit::Findings } else { Exit::Fine })
}

impl Written {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let report = &self.report;
        for found in &report.findings {
            writeln!(out, "{}", line(found))?;
        }
        let PartReport { berichtsoort, release, declaratie_nummer, line_count, client_count, .. } = report;
        let bedrag = euros(report.totaal_ingediend_bedrag.into());
        let lines = if *line_count == 1 { "regel" } else { "regels" };
        let clients = if *client_count == 1 { "client" } else { "clienten" };
        write!(
            out,
            "{berichtsoort} {release} {declaratie_nummer}: {line_count} {lines} van {client_count} {clients}, {bedrag}"
        )?;
        match (&self.file, &report.receipt) {
            (Some(file), None) => writeln!(out, ", in {file}"),
            (Some(file), Some(_)) => writeln!(out, ", in {file}; dit bericht is al verstuurd"),
            (None, _) => writeln!(out, "; niet geschreven: de gemeente zal dit niet aannemen"),
        }
    }
}

fn line(RowFinding { row, finding }: &RowFinding) -> String {
    let place = row.map_or_else(|| "bericht".to_owned(), |row| format!("rij {row}"));
    let severity = if finding.severity.is_some() { "let op" } else { "fout" };
    let rule = finding.rule.as_deref().map_or_else(String::new, |rule| format!(" {rule}"));
    let code = finding.retourcode.as_deref().map_or_else(String::new, |code| format!(" (retourcode {code})"));
    format!("{place}: {severity}{rule}{code}: {}", finding.text)
}
