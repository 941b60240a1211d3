//! How `validate` prints what it found.

use std::io::{self, StdoutLock, Write};

use quick_xml::escape::escape;
use serde::Serialize;

use super::{Checked, Format, Verdict};
use crate::domain::verdict::{Finding, Severity};
use crate::store::FindingReceipt;

/// Prints file by file, in the order of the arguments.
pub(super) struct Report {
    out: io::LineWriter<StdoutLock<'static>>,
    format: Format,
    /// For junit, which has its totals in front.
    cases: Vec<String>,
    failures: usize,
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    berichtsoort: Option<&'a str>,
    release: Option<&'a str>,
    verdict: &'a str,
    findings: Vec<FindingReceipt>,
}

impl Report {
    pub fn new(format: Format) -> Self {
        Self { out: io::LineWriter::new(io::stdout().lock()), format, cases: Vec::new(), failures: 0 }
    }

    /// Prints what was found in one file; for junit it is kept until [`Report::finish`].
    pub fn add(&mut self, checked: &Checked) -> io::Result<()> {
        match self.format {
            Format::Text => print_text(&mut self.out, checked),
            Format::Json => print_json(&mut self.out, checked),
            Format::Junit => {
                self.failures += usize::from(checked.verdict != Verdict::Valid);
                self.cases.push(junit_case(checked));
                Ok(())
            }
        }
    }

    pub fn finish(&mut self) -> io::Result<()> {
        if self.format == Format::Junit {
            let (tests, failures) = (self.cases.len(), self.failures);
            writeln!(self.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>")?;
            let suite = "<testsuite name=\"iwmo-gateway validate\"";
            writeln!(self.out, "{suite} tests=\"{tests}\" failures=\"{failures}\">")?;
            writeln!(self.out, "{}\n</testsuite>\n</testsuites>", self.cases.join("\n"))?;
        }
        self.out.flush()
    }
}

fn print_json(out: &mut impl Write, checked: &Checked) -> io::Result<()> {
    let line = Line {
        file: &checked.file,
        berichtsoort: checked.berichtsoort,
        release: checked.release,
        verdict: checked.verdict.name(),
        findings: checked.findings.iter().map(FindingReceipt::from).collect(),
    };
    writeln!(out, "{}", serde_json::to_string(&line).expect("a line has only texts and numbers"))
}

/// For people: where, what, and in which element; then the verdict.
fn print_text(out: &mut impl Write, checked: &Checked) -> io::Result<()> {
    for finding in &checked.findings {
        writeln!(out, "{}", text_line(&checked.file, finding))?;
        if finding.path != "/" {
            writeln!(out, "    in {}", finding.path)?;
        }
    }
    let what = match (checked.berichtsoort, checked.release) {
        (Some(soort), Some(release)) => format!("{soort} {release}, "),
        _ => String::new(),
    };
    let verdict = match checked.verdict {
        Verdict::Valid => "in orde".to_owned(),
        Verdict::Invalid => format!("niet in orde: {}", count(checked.findings.len())),
        Verdict::Refused => "niet te lezen".to_owned(),
    };
    writeln!(out, "{}: {what}{verdict}", checked.file)
}

fn count(findings: usize) -> String {
    if findings == 1 { "1 bevinding".to_owned() } else { format!("{findings} bevindingen") }
}

fn text_line(file: &str, finding: &Finding) -> String {
    let place = finding.position.map_or_else(String::new, |at| format!("{}:{}:", at.line, at.column));
    let severity = match finding.severity {
        Severity::Error => "fout",
        Severity::Warning => "waarschuwing",
    };
    let rule = match (finding.regel, finding.retour_code) {
        (Some(regel), Some(code)) => format!(" {regel} (retourcode {code})"),
        (Some(regel), None) => format!(" {regel}"),
        _ => String::new(),
    };
    format!("{file}:{place} {severity}{rule}: {}", finding.text)
}

fn junit_case(checked: &Checked) -> String {
    let name = escape(&checked.file);
    let class = checked.berichtsoort.unwrap_or("onbekend");
    if checked.verdict == Verdict::Valid {
        return format!("<testcase classname=\"{class}\" name=\"{name}\"/>");
    }
    let lines: Vec<String> = checked.findings.iter().map(|finding| text_line(&checked.file, finding)).collect();
    let message = escape(lines.first().map_or("", String::as_str));
    let verdict = checked.verdict.name();
    let all = lines.join("\n");
    let all = escape(&all);
    format!(
        "<testcase classname=\"{class}\" name=\"{name}\"><failure type=\"{verdict}\" message=\"{message}\">{all}</failure></testcase>"
    )
}
