//! How `validate` prints what it found.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, StdoutLock, Write};

use quick_xml::escape::escape;
use serde::Serialize;

use super::{Checked, Format, Verdict};
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::regels::coverage::{Coverage, NotRun, coverage};
use crate::domain::{Berichtsoort, Release};
use crate::store::FindingReceipt;

/// Prints file by file, in the order of the arguments.
pub(super) struct Report {
    out: io::LineWriter<StdoutLock<'static>>,
    format: Format,
    /// For junit, which has its totals in front.
    cases: Vec<String>,
    failures: usize,
    /// The kinds of bericht that were seen, for the last line of text.
    seen: BTreeSet<(Release, Berichtsoort)>,
}

/// One line of `--format json`.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    berichtsoort: Option<&'a str>,
    release: Option<&'a str>,
    verdict: &'a str,
    findings: Vec<FindingReceipt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageLine>,
}

/// How many rules were looked at, and which were not.
#[derive(Serialize)]
struct CoverageLine {
    run: usize,
    not_applicable: usize,
    not_run: BTreeMap<&'static str, Vec<&'static str>>,
}

impl From<Coverage> for CoverageLine {
    fn from(coverage: Coverage) -> Self {
        let not_run = coverage.not_run.into_iter().map(|(why, rules)| (why.name(), rules));
        Self { run: coverage.run.len(), not_applicable: coverage.not_applicable, not_run: not_run.collect() }
    }
}

impl Report {
    pub fn new(format: Format) -> Self {
        Self {
            out: io::LineWriter::new(io::stdout().lock()),
            format,
            cases: Vec::new(),
            failures: 0,
            seen: BTreeSet::new(),
        }
    }

    /// Prints what was found in one file; for junit it is kept until [`Report::finish`].
    pub fn add(&mut self, checked: &Checked) -> io::Result<()> {
        self.seen.extend(checked.release.zip(checked.berichtsoort));
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
        if self.format == Format::Text && !self.seen.is_empty() {
            let mut kinds: Vec<String> =
                self.seen.iter().map(|(release, soort)| coverage_text(*soort, *release)).collect();
            kinds.dedup(); // D and F of a 303 or 304 share rules and name.
            writeln!(self.out, "Regels: {}", kinds.join("; "))?;
        }
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
        berichtsoort: checked.berichtsoort.map(Berichtsoort::name),
        release: checked.release.map(Release::name),
        verdict: checked.verdict.name(),
        findings: checked.findings.iter().map(FindingReceipt::from).collect(),
        coverage: checked
            .berichtsoort
            .zip(checked.release)
            .map(|(soort, release)| coverage(soort, release, checked.reached).into()),
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
        (Some(soort), Some(release)) => format!("{soort} {}, ", release.name()),
        _ => String::new(),
    };
    let verdict = match checked.verdict {
        Verdict::Valid => "in orde".to_owned(),
        Verdict::Invalid => format!("niet in orde: {}", count(checked.findings.len())),
        Verdict::Refused => "niet te lezen".to_owned(),
    };
    writeln!(out, "{}: {what}{verdict}", checked.file)
}

/// What is looked at in a bericht of this kind, as far as no level fails.
fn coverage_text(soort: Berichtsoort, release: Release) -> String {
    let coverage = coverage(soort, release, Level::External);
    let mut parts = vec![format!("{soort} {}: {} gecontroleerd", release.name(), coverage.run.len())];
    parts.extend(coverage.not_run.iter().map(|(why, rules)| format!("{} {}", rules.len(), not_run_text(*why))));
    parts.join(", ")
}

const fn not_run_text(why: NotRun) -> &'static str {
    match why {
        NotRun::EarlierLevel => "niet bereikt",
        NotRun::NeedsContract => "niet zonder contract",
        NotRun::NeedsHistory => "niet zonder eerdere berichten",
        NotRun::NotYet => "nog niet",
        NotRun::Elsewhere => "in een andere regel",
        NotRun::NotCheckable => "niet aan een bericht te zien",
    }
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
    let class = checked.berichtsoort.map_or("onbekend", Berichtsoort::name);
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
