//! Which rules a judgement looked at, and why not at the others.

use std::collections::BTreeMap;

use super::list::{Unchecked, list};
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
    for entry in list() {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_accounted_for_once() {
        for release in Release::ALL {
            for soort in release.berichtsoorten() {
                for reached in [Level::Xml, Level::Xsd, Level::Message, Level::External] {
                    let coverage = coverage(*soort, release, reached);
                    let not_run: usize = coverage.not_run.values().map(Vec::len).sum();
                    assert_eq!(coverage.run.len() + coverage.not_applicable + not_run, list().len());
                }
            }
        }
    }

    #[test]
    fn what_rests_on_a_contract_is_not_run_without_one() {
        let not_run = |soort, release| coverage(soort, release, Level::External).not_run;
        let start = not_run(Berichtsoort::Wmo305, Release::V3_2);
        assert_eq!(start.get(&NotRun::NeedsContract), Some(&vec!["TR381"]));
        let factuur = not_run(Berichtsoort::Wmo303F, Release::V2_3);
        assert_eq!(factuur.get(&NotRun::NeedsContract), Some(&vec!["CS329", "IV032c", "IV032g"]));
        assert_eq!(not_run(Berichtsoort::Wmo319, Release::V3_2).get(&NotRun::NeedsContract), None);
    }

    #[test]
    fn a_failing_level_stops_the_next() {
        let run = |reached| coverage(Berichtsoort::Wmo305, Release::V3_2, reached).run;
        let holds = |reached, code| run(reached).contains(&code);
        assert_eq!(run(Level::Xml), [""; 0]);
        assert!(holds(Level::Xsd, "CS015") && !holds(Level::Xsd, "CS002"));
        assert!(holds(Level::Message, "CS002") && !holds(Level::Message, "TR135"));
        assert!(holds(Level::External, "TR135") && !holds(Level::External, "TR019"));
    }
}
