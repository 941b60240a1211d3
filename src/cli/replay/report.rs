//! How `replay` prints what became of each step.

use std::io::{self, StdoutLock, Write};

use serde::{Serialize, Serializer};

use crate::api::{DeadlineReceipt, FindingReceipt};
use crate::domain::berichten::notitie::without_bsn;
use crate::domain::deadlines::kinds::awaited;
use crate::domain::facts::calculation::euros;
use crate::store::{DeadlineView, DeclaratieView, Outcome, Receipt};

/// What became of the bericht of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was looked at.
    Judged(Outcome),
    /// The same bytes came before.
    Again,
}

impl StepOutcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Judged(outcome) => outcome.name(),
            Self::Again => "duplicate",
        }
    }

    /// For people, in Dutch.
    const fn nl(self) -> &'static str {
        match self {
            Self::Judged(Outcome::Accepted) => "geaccepteerd",
            Self::Judged(Outcome::Partial) => "gedeeltelijk toegekend",
            Self::Judged(Outcome::Rejected) => "afgekeurd",
            Self::Judged(Outcome::Refused) => "geweigerd",
            Self::Judged(Outcome::Parked) => "wacht op een eerder bericht",
            Self::Again => "al ontvangen",
        }
    }
}

impl Serialize for StepOutcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// What became of one step.
#[derive(Serialize)]
pub struct Step {
    #[serde(rename = "step")]
    number: Option<usize>,
    file: String,
    berichtsoort: Option<String>,
    outcome: StepOutcome,
    findings: Vec<FindingReceipt>,
    /// The kind of the answer that the gateway composes.
    retour: Option<String>,
    deadlines: Vec<DeadlineReceipt>,
    /// What of a declaratie is granted, for people.
    #[serde(skip)]
    granted: Option<String>,
    /// What waited, and was judged now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub released: Vec<Step>,
}

impl Step {
    /// What became of this bericht; `changed` are the deadlines that it started, stopped or came too late for.
    /// `number` is `None` for one that still waits at the end.
    pub fn of(
        number: Option<usize>,
        file: &str,
        outcome: StepOutcome,
        receipt: &Receipt,
        changed: &[DeadlineView],
    ) -> Self {
        let mut step = Self {
            number,
            file: file.to_owned(),
            berichtsoort: receipt.berichtsoort.clone(),
            findings: receipt.findings.iter().map(FindingReceipt::from).collect(),
            retour: receipt.retour.as_ref().map(|retour| retour.berichtsoort.clone()),
            deadlines: changed.iter().map(deadline).collect(),
            granted: None,
            released: Vec::new(),
            outcome,
        };
        if !step.shows_answer() {
            step.retour = None;
            step.findings.retain(|_| step.outcome != StepOutcome::Again);
        }
        step
    }

    /// The same, with what of this declaratie is granted.
    pub fn with_granted(mut self, declaratie: Option<&DeclaratieView>) -> Self {
        self.granted = declaratie.filter(|_| self.shows_answer()).map(|declaratie| {
            let DeclaratieView { granted_count, line_count, toegekend, .. } = declaratie;
            let regels = if *line_count == 1 { "regel" } else { "regels" };
            format!(", {granted_count} van {line_count} {regels} toegekend: {}", euros((*toegekend).into()))
        });
        self
    }

    /// Whether this step calls for an answer: the same bytes again, and what is refused, do not.
    pub fn shows_answer(&self) -> bool {
        matches!(self.outcome, StepOutcome::Judged(Outcome::Accepted | Outcome::Partial | Outcome::Rejected))
    }
}

fn deadline(view: &DeadlineView) -> DeadlineReceipt {
    DeadlineReceipt {
        clock: view.clock.clone(),
        answer: view.answer.clone(),
        subject: view.subject.clone(),
        due: view.due.to_string(),
        state: view.state.name().to_owned(),
        skipped: Vec::new(),
    }
}

/// Prints step by step.
pub struct Report {
    out: io::LineWriter<StdoutLock<'static>>,
    json: bool,
    /// No step was anything but accepted.
    pub all_accepted: bool,
}

impl Report {
    /// Prints for programs, or for people.
    pub fn new(json: bool) -> Self {
        Self { out: io::LineWriter::new(io::stdout().lock()), json, all_accepted: true }
    }

    /// Prints one step.
    ///
    /// # Errors
    /// When stdout cannot be written to.
    pub fn add(&mut self, step: &Step) -> io::Result<()> {
        for one in step.released.iter().chain([step]) {
            // One that is parked is counted when it is released, or at the end.
            let is_done = one.outcome != StepOutcome::Judged(Outcome::Parked) || one.number.is_none();
            self.all_accepted &=
                !is_done || matches!(one.outcome, StepOutcome::Judged(Outcome::Accepted) | StepOutcome::Again);
        }
        if self.json {
            let line = serde_json::to_string(step).expect("a step has only texts and numbers");
            return writeln!(self.out, "{line}");
        }
        self.print(step)?;
        for released in &step.released {
            write!(self.out, "   nu beoordeeld: ")?;
            self.print(released)?;
        }
        Ok(())
    }

    fn print(&mut self, step: &Step) -> io::Result<()> {
        let number = step.number.map_or_else(String::new, |number| format!("{number}. "));
        let soort = step.berichtsoort.as_deref().unwrap_or("?");
        let answer = step.retour.as_ref().map_or_else(String::new, |retour| format!(", antwoord {retour}"));
        let granted = step.granted.as_deref().unwrap_or_default();
        writeln!(self.out, "{number}{} {soort}: {}{granted}{answer}", step.file, step.outcome.nl())?;
        for finding in &step.findings {
            writeln!(self.out, "   {}", finding_text(finding))?;
            writeln!(self.out, "      in {}", finding.path)?;
        }
        for deadline in &step.deadlines {
            writeln!(self.out, "   {}", deadline_text(deadline))?;
        }
        Ok(())
    }
}

fn finding_text(finding: &FindingReceipt) -> String {
    let rule = match (&finding.rule, &finding.retourcode) {
        (Some(rule), Some(code)) => format!("{rule} (retourcode {code}): "),
        (Some(rule), None) => format!("{rule}: "),
        _ => String::new(),
    };
    format!("{rule}{}", finding.text)
}

fn deadline_text(deadline: &DeadlineReceipt) -> String {
    let subject = deadline.subject.as_ref().map_or_else(String::new, |subject| format!(" {}", without_bsn(subject)));
    let state = match deadline.state.as_str() {
        "open" => "loopt",
        "met" => "gehaald",
        "late" => "te laat",
        "overdue" => "verstreken",
        "void" => "vervallen",
        other => other,
    };
    let awaited = awaited(&deadline.clock, &deadline.answer);
    format!("termijn {}{subject}: {awaited} uiterlijk {}, {state}", deadline.clock, deadline.due)
}
