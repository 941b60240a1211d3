//! What was found in berichten, as people read it: on the page Controleer, and as a file by itself.

use askama::Template;

use crate::domain::finding::{Finding, Severity};
use crate::domain::{Berichtsoort, Release};
use crate::echo::grouped;
use crate::exchange::check::CheckVerdict;

/// How many findings of a bericht are told.
const MOST: usize = 500;

/// What is wrong with a bericht, and where that is explained.
pub struct FindingRow {
    /// As in `TR019`, or the level of what is no rule.
    pub rule: String,
    /// The page that explains the rule.
    pub uitleg: Option<String>,
    /// The retourcode; empty where there is none.
    pub code: String,
    /// Line and column in the file.
    pub place: String,
    /// The element.
    pub path: String,
    /// What is wrong and what to do.
    pub text: String,
    /// It does not make the bericht wrong.
    pub is_warning: bool,
}

impl FindingRow {
    /// As it is told; `page_of` knows the pages of rules.
    pub fn of(finding: &Finding, page_of: impl Fn(&str) -> Option<String>) -> Self {
        let place = finding.position.map(|at| format!("{}:{}", at.line, at.column));
        Self {
            rule: finding.regel.as_deref().unwrap_or_else(|| finding.level.name()).to_owned(),
            uitleg: finding.regel.as_deref().and_then(page_of),
            code: finding.retour_code.as_deref().unwrap_or_default().to_owned(),
            place: place.unwrap_or_default(),
            path: finding.path.to_string(),
            text: finding.text.to_string(),
            is_warning: finding.severity == Severity::Warning,
        }
    }
}

/// What was found in one bericht.
pub struct Report {
    /// The name of its file; may be empty.
    pub file: String,
    /// Its kind and release, as far as they could be told.
    pub what: String,
    /// In a sentence.
    pub verdict: &'static str,
    /// Colours it.
    pub class: &'static str,
    /// What was found, in the order in which it was.
    pub findings: Vec<FindingRow>,
    /// That there is more.
    pub left_out: Option<String>,
}

impl Report {
    /// Of a bericht of this kind with this verdict.
    pub fn of(
        file: &str,
        (soort, release): (Option<Berichtsoort>, Option<Release>),
        verdict: CheckVerdict,
        findings: &[Finding],
        page_of: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let (verdict, class) = match verdict {
            CheckVerdict::Valid => {
                ("In orde. Wat is afgesproken en wat eerder is gestuurd, is niet meegenomen.", "good")
            }
            CheckVerdict::Invalid => ("Niet in orde.", "bad"),
            CheckVerdict::Refused => ("Niet te lezen: dit is geen bericht.", "bad"),
        };
        let what = [soort.map(Berichtsoort::name), release.map(Release::name)];
        let more = findings.len().saturating_sub(MOST);
        Self {
            file: file.to_owned(),
            what: what.into_iter().flatten().collect::<Vec<_>>().join(" "),
            verdict,
            class,
            findings: findings.iter().take(MOST).map(|finding| FindingRow::of(finding, &page_of)).collect(),
            left_out: (more > 0).then(|| format!("En {} meer.", grouped(more))),
        }
    }
}

/// Reports as one file that needs nothing beside it and prints.
#[derive(Template)]
#[template(path = "verslag-bestand.html")]
pub struct ReportFile<'r> {
    /// The day on which it was checked.
    pub today: String,
    /// The version of the program.
    pub version: &'static str,
    /// Bericht by bericht.
    pub reports: &'r [Report],
    /// The looks, as on the pages.
    pub css: &'static str,
}

/// The looks of a report by itself.
pub const LOOKS: &str = concat!(
    include_str!("../http/dashboard/templates/thema.css"),
    include_str!("../http/dashboard/templates/dashboard.css")
);
