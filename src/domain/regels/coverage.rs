//! Which rules a judgement looked at, and why not at the others.

use std::collections::BTreeMap;

use super::list::{Unchecked, every};
use super::prestatie::Basis;
use super::{Check, Regel};
use crate::domain::finding::Level;
use crate::domain::{Berichtsoort, Release};

/// What was looked at in a bericht, and what was not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Rules looked at, by the schema or by us.
    pub run: Vec<&'static str>,
    /// How many rules do not hold for this kind of bericht, or not in its release.
    pub not_applicable: usize,
    /// The others, by why they were not.
    pub not_run: BTreeMap<NotRun, Vec<&'static str>>,
}

/// Why a rule was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotRun {
    /// An earlier level failed, which stops the next.
    EarlierLevel,
    /// It needs what the two parties agreed.
    NeedsContract,
    /// It needs berichten that came before.
    NeedsHistory,
    /// It is still to be done.
    NotYet,
    /// What there is of it in this bericht is in another rule.
    Elsewhere,
    /// It says what parties do or how to fill an element, or rests on a register: nothing to see in a bericht.
    NotCheckable,
}

impl NotRun {
    /// In a word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EarlierLevel => "earlier-level-failed",
            Self::NeedsContract => "needs-contract",
            Self::NeedsHistory => "needs-history",
            Self::NotYet => "not-yet",
            Self::Elsewhere => "in-another-rule",
            Self::NotCheckable => "not-checkable",
        }
    }
}

/// The coverage of a bericht that was judged as far as this level, alone: without what came before and
/// without a contract.
#[must_use]
pub fn coverage(soort: Berichtsoort, release: Release, reached: Level) -> Coverage {
    let mut found = Coverage { run: Vec::new(), not_applicable: 0, not_run: BTreeMap::new() };
    for entry in every() {
        if !entry.applies_to(soort, release) {
            found.not_applicable += 1;
            continue;
        }
        let why = match entry.regel_for(soort, release) {
            Ok(Regel { check: Check::History(_) | Check::Line(_, Basis::Ledger, _), .. }) => Some(NotRun::NeedsHistory),
            Ok(regel) if regel.needs_contract() => Some(NotRun::NeedsContract),
            Ok(regel) => (regel.level() > reached).then_some(NotRun::EarlierLevel),
            Err(Unchecked::Elsewhere) => Some(NotRun::Elsewhere),
            Err(Unchecked::Schema) => (Level::Xsd > reached).then_some(NotRun::EarlierLevel),
            Err(Unchecked::NotYet(_)) => Some(NotRun::NotYet),
            Err(Unchecked::Process | Unchecked::FillInstruction | Unchecked::Register) => Some(NotRun::NotCheckable),
        };
        match why {
            None => found.run.push(entry.code),
            Some(why) => found.not_run.entry(why).or_default().push(entry.code),
        }
    }
    found
}
