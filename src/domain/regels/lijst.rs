//! Every rule of the standard, checked here or not, and what it says in our own words.
//!
//! `lijst.csv` holds a line per rule, `uitleg.txt` more about those that are checked. What is checked is
//! not written down a second time: it is what [`REGELS`] has.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{REGELS, Regel};
use crate::domain::Berichtsoort;

/// A rule of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As the standard numbers it.
    pub code: &'static str,
    /// How deep the standard has it checked, or by whom.
    pub level: &'static str,
    /// The numbers of the berichten that it holds for, as in `301 305`.
    numbers: &'static str,
    /// What goes into the retour; the standard gives some rules none.
    pub retour_code: Option<&'static str>,
    /// What it says, in Dutch.
    pub nl: &'static str,
    /// What it says, in English.
    pub en: &'static str,
}

/// Why no function of ours checks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unchecked {
    /// The XSD of the bericht leaves no room to break it.
    Schema,
    /// It says what people and organisations do, not what stands in a bericht.
    Process,
    /// It says how to fill an element; what can be seen of that is in other rules.
    FillInstruction,
    /// Still to be done, under this issue.
    NotYet(u32),
}

impl Unchecked {
    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Process => "process",
            Self::FillInstruction => "fill-instruction",
            Self::NotYet(_) => "not-yet",
        }
    }
}

impl Entry {
    /// The berichten that it holds for, as in `WMO301`; those included that this gateway cannot read yet.
    pub fn berichten(&self) -> impl Iterator<Item = String> + use<> {
        self.numbers.split(' ').map(|number| format!("WMO{number}"))
    }

    /// The numbers of those berichten, as in `301 305`.
    #[must_use]
    pub const fn numbers(&self) -> &'static str {
        self.numbers
    }

    /// Whether it holds for this kind.
    #[must_use]
    pub fn applies_to(&self, soort: Berichtsoort) -> bool {
        self.numbers.split(' ').any(|number| soort.name().ends_with(number))
    }

    /// Our check of it; where several kinds of bericht are checked apart, that of the first.
    ///
    /// # Errors
    /// Why there is none.
    pub fn regel(&self) -> Result<&'static Regel, Unchecked> {
        REGELS.iter().find(|regel| regel.code == self.code).ok_or_else(|| self.why_unchecked())
    }

    /// Our check of it in this kind of bericht.
    ///
    /// # Errors
    /// Why there is none, in berichten of this kind.
    pub fn regel_for(&self, soort: Berichtsoort) -> Result<&'static Regel, Unchecked> {
        let found = REGELS.iter().find(|regel| regel.code == self.code && regel.applies_to(soort));
        found.ok_or_else(|| self.why_unchecked())
    }

    fn why_unchecked(&self) -> Unchecked {
        match self.level {
            "xsd" => Unchecked::Schema,
            "process" => Unchecked::Process,
            "fill-instruction" => Unchecked::FillInstruction,
            "history" if self.numbers.contains("323") || self.numbers == "325" => Unchecked::NotYet(6),
            "history" => Unchecked::NotYet(5),
            _ => Unchecked::NotYet(4),
        }
    }

    /// More about a rule that is checked.
    #[must_use]
    pub fn uitleg(&self) -> Option<&'static Uitleg> {
        UITLEG.get(self.code)
    }
}

/// Why a rule is there, and how it is broken and kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uitleg {
    /// In Dutch.
    pub nl: Explained,
    /// In English.
    pub en: Explained,
}

/// An explanation in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Why the rule is there.
    pub why: &'static str,
    /// What breaks it.
    pub wrong: &'static str,
    /// What keeps it.
    pub right: &'static str,
}

/// Every rule of the standard, in the order of its own tables.
#[must_use]
pub fn lijst() -> &'static [Entry] {
    &LIJST
}

/// The rule with this code, in capitals or not.
#[must_use]
pub fn find(code: &str) -> Option<&'static Entry> {
    LIJST.iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

static LIJST: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("lijst.csv").lines().skip(1);
    lines.map(|line| entry(line).expect("the compiled-in list is checked by a test")).collect()
});

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split(';');
    let (code, level, numbers) = (columns.next()?, columns.next()?, columns.next()?);
    let retour_code = Some(columns.next()?).filter(|code| !code.is_empty());
    let (nl, en) = (columns.next()?, columns.next()?);
    columns.next().is_none().then_some(Entry { code, level, numbers, retour_code, nl, en })
}

static UITLEG: LazyLock<HashMap<&str, Uitleg>> = LazyLock::new(|| {
    let blocks = include_str!("uitleg.txt").trim_end().split("\n\n");
    blocks.map(|block| uitleg(block).expect("the compiled-in explanations are checked by a test")).collect()
});

fn uitleg(block: &'static str) -> Option<(&'static str, Uitleg)> {
    let mut lines = block.lines();
    let code = lines.next()?;
    let mut value = |key| lines.next()?.strip_prefix(key);
    let nl = Explained { why: value("waarom: ")?, wrong: value("fout: ")?, right: value("goed: ")? };
    let en = Explained { why: value("why: ")?, wrong: value("wrong: ")?, right: value("right: ")? };
    lines.next().is_none().then_some((code, Uitleg { nl, en }))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_rule_of_the_standard_is_missing_and_none_is_made_up() {
        let reference: BTreeSet<&str> = include_str!("../../../fixtures/regels.txt").lines().collect();
        let ours: BTreeSet<&str> = lijst().iter().map(|entry| entry.code).collect();
        assert_eq!(ours, reference);
        assert_eq!(lijst().len(), reference.len(), "a code stands in the list twice");
    }

    #[test]
    fn what_is_checked_agrees_with_the_list() {
        for regel in REGELS {
            let entry = find(regel.code).expect("a rule of the standard");
            assert_eq!(entry.level, regel.level().name(), "{}", regel.code);
            assert_eq!(entry.retour_code, regel.retour_code, "{}", regel.code);
            for soort in regel.berichten {
                assert!(entry.applies_to(*soort), "{} does not hold for {soort}", regel.code);
            }
        }
    }

    #[test]
    fn a_rule_has_one_row_per_kind_of_bericht() {
        let rows = REGELS.iter().flat_map(|regel| regel.berichten.iter().map(|soort| (regel.code, *soort)));
        let once: BTreeSet<_> = rows.clone().collect();
        assert_eq!(once.len(), rows.count());
    }

    #[test]
    fn what_is_checked_is_explained_and_nothing_else_is() {
        let explained: BTreeSet<&str> = UITLEG.keys().copied().collect();
        assert_eq!(explained, REGELS.iter().map(|regel| regel.code).collect());
    }

    #[test]
    fn every_level_and_every_kind_is_known() {
        let levels = ["message", "history", "external", "xsd", "process", "fill-instruction"];
        for entry in lijst() {
            assert!(levels.contains(&entry.level), "{}: {}", entry.code, entry.level);
            assert!(entry.berichten().all(|name| name.len() == 6), "{}", entry.code);
            assert!(!entry.nl.is_empty() && !entry.en.is_empty(), "{}", entry.code);
        }
    }
}
