//! The verdict that findings make.

use crate::domain::facts::calculation::Calculation;
use crate::domain::finding::Finding;

/// What was found; nothing found is acceptance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// All findings of the level reached.
    pub findings: Vec<Finding>,
    /// Of a declaratie whose lines were judged: what is granted.
    pub declaratie: Option<LineVerdicts>,
}

/// What is granted of a declaratie, line by line (IV087).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineVerdicts {
    /// What is granted of each line, in euro cents and in the order in which they stand in the bericht; `None`: it is
    /// rejected.
    pub granted: Vec<Option<u32>>,
    /// What is granted added up, in euro cents; below zero when credit.
    pub toegekend: i128,
    /// What is to be paid for it as it was judged, in euro cents; below zero when paid back. A credit of a claim that was
    /// rejected, as a factuur may have, takes nothing back.
    pub betaalbaar: i128,
    /// Of each line the figures that it was judged by; none where it did not come to that.
    pub calculations: Vec<Box<[Calculation]>>,
}

impl Verdict {
    /// Whether the bericht counts as not sent: there is no partial acceptance (IV032), but of a declaratie each line
    /// stands by itself.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.has_errors() && !self.grants_a_line()
    }

    /// Whether some lines of a declaratie are granted, and others are not.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.has_errors() && self.grants_a_line()
    }

    fn has_errors(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    fn grants_a_line(&self) -> bool {
        self.declaratie.as_ref().is_some_and(|verdicts| verdicts.granted.iter().any(Option::is_some))
    }
}

impl From<Vec<Finding>> for Verdict {
    fn from(findings: Vec<Finding>) -> Self {
        Self { findings, declaratie: None }
    }
}
