//! How `validate` prints what it found.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, StdoutLock, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use askama::Template as _;
use chrono::NaiveDate;
use quick_xml::escape::escape;
use serde::Serialize;

use super::{Checked, Format, source};
use crate::api::FindingReceipt;
use crate::api::report::{LOOKS, Report as FileReport, ReportFile};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::regels::coverage::{Coverage, NotRun, coverage};
use crate::domain::{Berichtsoort, Release};
use crate::exchange::check::CheckVerdict;

/// Prints file by file, in the order of the arguments.
pub(super) struct Report {
    out: io::LineWriter<StdoutLock<'static>>,
    format: Format,
    /// For junit, which has its totals in front.
    cases: Vec<String>,
    failures: usize,
    /// For HTML, which has a list of them in front.
    reports: Vec<FileReport>,
    /// The day for which the berichten were checked.
    today: NaiveDate,
    /// For the eyes of who sits at a terminal: the line of the source below what is wrong with it.
    shows_source: bool,
    paint: Paint,
    /// How many files of each kind were looked at as far as which level, for a line at the end of text.
    ///
    /// By name: D and F of a 303 or 304 share rules and name.
    seen: BTreeMap<(Release, &'static str, Level), (Berichtsoort, usize)>,
    counts: Counts,
}

/// What there is to count at the end.
#[derive(Default)]
struct Counts {
    files: usize,
    valid: usize,
    errors: usize,
    warnings: usize,
}

/// Colours, where there is somebody to see them.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    /// A text in this style.
    fn on(self, style: Style, text: &str) -> String {
        if self.0 { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

const WRONG: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();
const RIGHT: Style = AnsiColor::Green.on_default().bold();

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
    pub fn new(format: Format, today: NaiveDate) -> Self {
        // Knows of NO_COLOR and CLICOLOR_FORCE.
        let colours = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        Self {
            out: io::LineWriter::new(io::stdout().lock()),
            format,
            cases: Vec::new(),
            failures: 0,
            reports: Vec::new(),
            today,
            shows_source: colours || io::stdout().is_terminal(),
            paint: Paint(colours),
            seen: BTreeMap::new(),
            counts: Counts::default(),
        }
    }

    /// Prints what was found in one file; for junit it is kept until [`Report::finish`].
    pub fn add(&mut self, checked: &Checked) -> io::Result<()> {
        self.counts.add(checked);
        match self.format {
            Format::Text => {
                if let (Some(release), Some(soort)) = (checked.release, checked.berichtsoort) {
                    self.seen.entry((release, soort.name(), checked.reached)).or_insert((soort, 0)).1 += 1;
                }
                self.print_text(checked)
            }
            Format::Json => print_json(&mut self.out, checked),
            Format::Junit => {
                self.failures += usize::from(checked.verdict != CheckVerdict::Valid);
                self.cases.push(junit_case(checked));
                Ok(())
            }
            Format::Html => {
                let kind = (checked.berichtsoort, checked.release);
                let no_page = |_: &str| None;
                self.reports.push(FileReport::of(&checked.file, kind, checked.verdict, &checked.findings, no_page));
                Ok(())
            }
        }
    }

    pub fn finish(&mut self) -> io::Result<()> {
        if self.format == Format::Text && !self.seen.is_empty() {
            let kinds: Vec<String> = self
                .seen
                .iter()
                .map(|((release, _, reached), seen)| coverage_text(*release, *reached, *seen))
                .collect();
            writeln!(self.out, "Regels: {}", kinds.join("; "))?;
        }
        if self.format == Format::Text && self.counts.files > 0 {
            writeln!(self.out, "{}", self.counts.text())?;
        }
        if self.format == Format::Html {
            let today = self.today.format("%d-%m-%Y").to_string();
            let file = ReportFile { today, version: env!("CARGO_PKG_VERSION"), reports: &self.reports, css: LOOKS };
            writeln!(self.out, "{}", file.render().expect("a text takes every write"))?;
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

    /// For people: where, what, and in which element; then the verdict.
    fn print_text(&mut self, checked: &Checked) -> io::Result<()> {
        let lines = if self.shows_source { source::lines(checked) } else { BTreeMap::new() };
        for finding in &checked.findings {
            writeln!(self.out, "{}", text_line(&checked.file, finding, self.paint))?;
            if finding.path != ElementPath::document() {
                writeln!(self.out, "    in {}", finding.path)?;
            }
            if let Some((at, line)) = finding.position.and_then(|at| Some((at, lines.get(&at.line)?))) {
                source::show(&mut self.out, at, line)?;
            }
        }
        let what = match (checked.berichtsoort, checked.release) {
            (Some(soort), Some(release)) => format!("{soort} {}, ", release.name()),
            _ => String::new(),
        };
        let verdict = match checked.verdict {
            CheckVerdict::Valid => self.paint.on(RIGHT, "in orde"),
            CheckVerdict::Invalid => self
                .paint
                .on(WRONG, &format!("niet in orde: {}", counted(checked.findings.len(), "bevinding", "bevindingen"))),
            CheckVerdict::Refused => self.paint.on(WRONG, "niet te lezen"),
        };
        writeln!(self.out, "{}: {what}{verdict}", checked.file)
    }
}

impl Counts {
    fn add(&mut self, checked: &Checked) {
        self.files += 1;
        self.valid += usize::from(checked.verdict == CheckVerdict::Valid);
        let warnings = checked.findings.iter().filter(|finding| finding.severity == Severity::Warning).count();
        self.warnings += warnings;
        self.errors += checked.findings.len() - warnings;
    }

    fn text(&self) -> String {
        let Self { files, valid, errors, warnings } = *self;
        format!(
            "{}: {valid} in orde, {} niet; {}, {}",
            counted(files, "bestand", "bestanden"),
            files - valid,
            counted(errors, "fout", "fouten"),
            counted(warnings, "waarschuwing", "waarschuwingen")
        )
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

/// What was looked at in berichten of this kind, and what was not.
fn coverage_text(release: Release, reached: Level, (soort, files): (Berichtsoort, usize)) -> String {
    let coverage = coverage(soort, release, reached);
    let of = if files == 1 { String::new() } else { format!(" ({files} bestanden)") };
    let mut parts = vec![format!("{soort} {}{of}: {} gecontroleerd", release.name(), coverage.run.len())];
    parts.extend(coverage.not_run.iter().map(|(why, rules)| format!("{} {}", rules.len(), not_run_text(*why))));
    parts.join(", ")
}

const fn not_run_text(why: NotRun) -> &'static str {
    match why {
        NotRun::EarlierLevel => "niet bereikt na een eerdere fout",
        NotRun::NeedsContract => "niet zonder contract",
        NotRun::NeedsHistory => "niet zonder eerdere berichten",
        NotRun::NotYet => "nog niet",
        NotRun::Elsewhere => "in een andere regel",
        NotRun::NotCheckable => "niet aan een bericht te zien",
    }
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn text_line(file: &str, finding: &Finding, paint: Paint) -> String {
    let place = finding.position.map_or_else(String::new, |at| format!("{}:{}:", at.line, at.column));
    let severity = match finding.severity {
        Severity::Error => paint.on(WRONG, "fout"),
        Severity::Warning => paint.on(DOUBTFUL, "waarschuwing"),
    };
    let rule = match (&finding.regel, &finding.retour_code) {
        (Some(regel), Some(code)) => format!(" {regel} (retourcode {code})"),
        (Some(regel), None) => format!(" {regel}"),
        _ => String::new(),
    };
    format!("{file}:{place} {severity}{rule}: {}", finding.text)
}

fn junit_case(checked: &Checked) -> String {
    let name = escape(&checked.file);
    let class = checked.berichtsoort.map_or("onbekend", Berichtsoort::name);
    if checked.verdict == CheckVerdict::Valid {
        return format!("<testcase classname=\"{class}\" name=\"{name}\"/>");
    }
    let lines: Vec<String> =
        checked.findings.iter().map(|finding| text_line(&checked.file, finding, Paint(false))).collect();
    let message = escape(lines.first().map_or("", String::as_str));
    let verdict = checked.verdict.name();
    let all = lines.join("\n");
    let all = escape(&all);
    format!(
        "<testcase classname=\"{class}\" name=\"{name}\"><failure type=\"{verdict}\" message=\"{message}\">{all}</failure></testcase>"
    )
}
