//! Every rule of the standard, checked here or not, and what it says in our own words.
//!
//! `list.csv` holds a line per rule, [`uitleg`] more about those that are checked. What is checked is
//! not written down a second time: it is what [`REGELS`] has.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::uitleg::{self, Uitleg};
use super::{REGELS, Regel};
use crate::domain::{Berichtsoort, Release};

/// A rule of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As the standard numbers it.
    pub code: &'static str,
    /// What goes into the retour; the standard gives some rules none.
    pub retour_code: Option<&'static str>,
    /// What it says, in Dutch.
    pub nl: &'static str,
    /// What it says, in English.
    pub en: &'static str,
    in_3_2: Option<Holding>,
    in_2_3: Option<Holding>,
}

/// How a rule holds in one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// How deep the standard has it checked, or by whom.
    pub level: &'static str,
    /// The numbers of the berichten that it holds for, as in `301 305`.
    pub numbers: &'static str,
}

impl Holding {
    /// The berichten, as in `WMO301`.
    pub fn berichten(self) -> impl Iterator<Item = String> {
        self.numbers.split(' ').map(|number| format!("WMO{number}"))
    }

    /// The level in one Dutch word.
    #[must_use]
    pub fn level_nl(self) -> &'static str {
        match self.level {
            "message" => "bericht",
            "history" => "eerder",
            "external" => "extern",
            "xsd" => "schema",
            "process" => "proces",
            _ => "invullen",
        }
    }

    fn is_for(self, soort: Berichtsoort) -> bool {
        self.numbers.split(' ').any(|number| soort.name().ends_with(number))
    }
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
    /// What there is of it in this bericht is in another rule, which is checked.
    Elsewhere,
    /// It rests on a register of persons (BRP) that is not kept here.
    Register,
    /// Still to be done, under this issue.
    NotYet(u32),
}

/// What there is of CS003 in a start or stop is in TR018. A period that has not begun (IV032e) lies after 2020, which
/// CS103 forbids. A toewijzing of another aanbieder (TR311) is none of this one: parties are apart, so TR303 says so.
const ELSEWHERE: [(Release, &str); 3] = [(Release::V2_3, "CS003"), (Release::V2_3, "IV032e"), (Release::V2_3, "TR311")];

/// Whether Bsn and birth date are of one person.
const REGISTER: [(Release, &str); 1] = [(Release::V2_3, "IV032d")];

impl Unchecked {
    /// In one word, for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Process => "process",
            Self::FillInstruction => "fill-instruction",
            Self::Elsewhere => "elsewhere",
            Self::Register => "register",
            Self::NotYet(_) => "not-yet",
        }
    }

    /// For people, in Dutch.
    #[must_use]
    pub fn nl(self) -> String {
        match self {
            Self::Schema => "door het schema: wat deze regel breekt, is geen geldig bericht".to_owned(),
            Self::Process => "nee: gaat over wat partijen doen, niet over wat in een bericht staat".to_owned(),
            Self::FillInstruction => {
                "nee: zegt hoe een element wordt gevuld; wat daarvan te zien is, staat in andere regels".to_owned()
            }
            Self::Elsewhere => "wat daarvan in dat bericht staat, controleert een andere regel".to_owned(),
            Self::Register => "nee: daarvoor is de BRP nodig, en die staat niet in deze gateway".to_owned(),
            Self::NotYet(issue) => format!("nog niet (issue {issue})"),
        }
    }
}

impl Entry {
    /// How it holds in this release; `None` when the release does not have it.
    #[must_use]
    pub const fn holding(&self, release: Release) -> Option<Holding> {
        match release {
            Release::V2_3 => self.in_2_3,
            Release::V3_2 => self.in_3_2,
        }
    }

    /// The releases that have it, newest first.
    pub fn holdings(&self) -> impl Iterator<Item = (Release, Holding)> {
        Release::ALL.into_iter().rev().filter_map(|release| Some((release, self.holding(release)?)))
    }

    /// How it holds in the newest release that has it.
    #[must_use]
    pub fn newest(&self) -> Holding {
        let (_, holding) = self.holdings().next().expect("a rule is of a release: checked by a test");
        holding
    }

    /// Whether it holds for this kind of bericht in this release.
    #[must_use]
    pub fn applies_to(&self, soort: Berichtsoort, release: Release) -> bool {
        self.holding(release).is_some_and(|holding| holding.is_for(soort))
    }

    /// Our checks of it: mostly one, or one per release.
    pub fn regels(&self) -> impl Iterator<Item = &'static Regel> + use<> {
        let code = self.code;
        REGELS.iter().filter(move |regel| regel.code == code)
    }

    /// Our check of it in this kind of bericht.
    ///
    /// # Errors
    /// Why there is none, in berichten of this kind.
    pub fn regel_for(&self, soort: Berichtsoort, release: Release) -> Result<&'static Regel, Unchecked> {
        self.regels().find(|regel| regel.applies_to(soort, release)).ok_or_else(|| self.why_unchecked(release))
    }

    /// The berichten of this release in which we check it, each once: D and F of a 303 or 304 share their name.
    #[must_use]
    pub fn checked_in(&self, release: Release) -> BTreeSet<&'static str> {
        let is_checked = |soort: &&Berichtsoort| self.regel_for(**soort, release).is_ok();
        release.berichtsoorten().iter().filter(is_checked).map(|soort| soort.name()).collect()
    }

    /// What is checked of it in this release and what is not, for people, in Dutch.
    #[must_use]
    pub fn control_nl(&self, release: Release) -> String {
        let checked: Vec<&str> = self.checked_in(release).into_iter().collect();
        let mut parts = Vec::new();
        if !checked.is_empty() {
            parts.push(format!("ja, in {}", checked.join(", ")));
        }
        for soort in release.berichtsoorten().iter().filter(|soort| self.applies_to(**soort, release)) {
            let Err(why) = self.regel_for(*soort, release).map_err(Unchecked::nl) else { continue };
            let why = if checked.is_empty() { why } else { format!("niet in {soort}: {why}") };
            if !parts.contains(&why) {
                parts.push(why);
            }
        }
        parts.join("; ")
    }

    /// Where the official text is.
    #[must_use]
    pub fn source(&self) -> String {
        let releases: Vec<&str> = self.holdings().map(|(release, _)| release.name()).collect();
        format!("iWmo {}, https://informatiemodel.istandaarden.nl", releases.join(" en "))
    }

    /// Why no function of ours checks it, in no bericht; `None` when one does.
    #[must_use]
    pub fn unchecked(&self) -> Option<Unchecked> {
        let (release, _) = self.holdings().next()?;
        self.regels().next().is_none().then(|| self.why_unchecked(release))
    }

    fn why_unchecked(&self, release: Release) -> Unchecked {
        let Holding { level, numbers } = self.holding(release).unwrap_or_else(|| self.newest());
        let of_declaraties = ["303", "323", "325"].iter().any(|number| numbers.contains(number));
        match level {
            _ if ELSEWHERE.contains(&(release, self.code)) => Unchecked::Elsewhere,
            _ if REGISTER.contains(&(release, self.code)) => Unchecked::Register,
            "xsd" => Unchecked::Schema,
            "process" => Unchecked::Process,
            "fill-instruction" => Unchecked::FillInstruction,
            "history" | "external" if of_declaraties => Unchecked::NotYet(6),
            "history" => Unchecked::NotYet(5),
            _ => Unchecked::NotYet(4),
        }
    }

    /// More about a rule that is checked.
    #[must_use]
    pub fn uitleg(&self) -> Option<&'static Uitleg> {
        uitleg::of(self.code)
    }
}

/// Every rule of the standard, in the order of its own tables.
#[must_use]
pub fn list() -> &'static [Entry] {
    &LIJST
}

/// The rule with this code, in capitals or not.
#[must_use]
pub fn find(code: &str) -> Option<&'static Entry> {
    LIJST.iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

static LIJST: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("list.csv").lines().skip(1);
    lines.map(|line| entry(line).expect("the compiled-in list is checked by a test")).collect()
});

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split(';');
    let code = columns.next()?;
    let mut holding = || {
        let (level, numbers) = (columns.next()?, columns.next()?);
        Some((!level.is_empty()).then_some(Holding { level, numbers }))
    };
    let (in_3_2, in_2_3) = (holding()?, holding()?);
    let retour_code = Some(columns.next()?).filter(|code| !code.is_empty());
    let (nl, en) = (columns.next()?, columns.next()?);
    columns.next().is_none().then_some(Entry { code, retour_code, nl, en, in_3_2, in_2_3 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code of the standard's own tables, per release.
    const REFERENCE: [(Release, &str); 2] = [
        (Release::V2_3, include_str!("../../../fixtures/regels-2.x.txt")),
        (Release::V3_2, include_str!("../../../fixtures/regels.txt")),
    ];

    /// In the table of 2.x, and in force from release 2.4 on.
    const AFTER_2_3: [&str; 1] = ["OP295"];

    #[test]
    fn no_rule_of_the_standard_is_missing_and_none_is_made_up() {
        for (release, codes) in REFERENCE {
            let mut reference: BTreeSet<&str> = codes.lines().collect();
            if release == Release::V2_3 {
                reference.retain(|code| !AFTER_2_3.contains(code));
            }
            let ours = list().iter().filter(|entry| entry.holding(release).is_some());
            assert_eq!(ours.map(|entry| entry.code).collect::<BTreeSet<&str>>(), reference, "{}", release.name());
        }
        let codes: BTreeSet<&str> = list().iter().map(|entry| entry.code).collect();
        assert_eq!(list().len(), codes.len(), "a code stands in the list twice");
    }

    #[test]
    fn what_is_checked_agrees_with_the_list() {
        for regel in REGELS {
            let entry = find(regel.code).expect("a rule of the standard");
            assert_eq!(entry.retour_code, regel.retour_code, "{}", regel.code);
            for release in regel.releases {
                let holding = entry.holding(*release).expect("a release that has the rule");
                assert_eq!(holding.level, regel.level().name(), "{} {}", regel.code, release.name());
                for soort in regel.berichten.iter().filter(|soort| release.berichtsoorten().contains(soort)) {
                    assert!(entry.applies_to(*soort, *release), "{} does not hold for {soort}", regel.code);
                }
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
    fn every_level_and_every_kind_is_known() {
        let levels = ["message", "history", "external", "xsd", "process", "fill-instruction"];
        for entry in list() {
            assert!(entry.holdings().next().is_some(), "{}", entry.code);
            for (release, Holding { level, numbers }) in entry.holdings() {
                assert!(levels.contains(&level), "{}: {level}", entry.code);
                let is_known = |number| release.berichtsoorten().iter().any(|soort| soort.name().ends_with(number));
                assert!(numbers.split(' ').all(is_known), "{}: {numbers}", entry.code);
            }
            assert!(!entry.nl.is_empty() && !entry.en.is_empty(), "{}", entry.code);
        }
    }

    #[test]
    fn no_rule_that_only_needs_the_bericht_is_left() {
        for entry in list() {
            for (release, _) in entry.holdings().filter(|(_, holding)| holding.level == "message") {
                for soort in release.berichtsoorten().iter().filter(|soort| entry.applies_to(**soort, release)) {
                    let checked = entry.regel_for(*soort, release);
                    assert!(!matches!(checked, Err(Unchecked::NotYet(_))), "{} in {soort}", entry.code);
                }
            }
        }
    }
}
