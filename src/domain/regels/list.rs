//! Every rule of the standard, checked here or not, and what it says in our own words.
//!
//! `list.csv` holds a line per rule, [`uitleg`] more about those that are checked, and each release tells which rules it
//! has. What is checked is not written down a second time: it is what [`REGELS`] has.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::uitleg::{self, Uitleg};
use super::{REGELS, Regel};
use crate::domain::Berichtsoort;
use crate::domain::berichten::release::{Holding, Release};

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
    /// The releases that are looked at, the earliest first.
    known: &'static [Release],
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
    pub fn holding(&self, release: Release) -> Option<Holding> {
        release.edition().regels.get(self.code).copied()
    }

    /// The releases that have it, newest first.
    pub fn holdings(&self) -> impl Iterator<Item = (Release, Holding)> {
        self.known.iter().rev().filter_map(|release| Some((*release, self.holding(*release)?)))
    }

    /// What goes into a retour of this release.
    #[must_use]
    pub fn retour_code_in(&self, release: Release) -> Option<&'static str> {
        release.edition().changes.retour_codes.get(self.code).copied().or(self.retour_code)
    }

    /// The releases that give it another retourcode than it mostly has.
    pub fn other_retour_codes(&self) -> impl Iterator<Item = (Release, &'static str)> {
        let all = self.holdings().filter_map(|(release, _)| Some((release, self.retour_code_in(release)?)));
        all.filter(|(_, code)| Some(*code) != self.retour_code)
    }

    /// What goes into retours, of whatever release.
    #[must_use]
    pub fn retour_codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<_> = self.retour_code.into_iter().collect();
        codes.extend(self.other_retour_codes().map(|(_, code)| code));
        codes.dedup();
        codes
    }

    /// How it holds in the newest release that has it.
    #[must_use]
    pub fn newest(&self) -> Holding {
        let (_, holding) = self.holdings().next().expect("a rule is of a release: it is not listed otherwise");
        holding
    }

    /// Whether it holds for this kind of bericht in this release.
    #[must_use]
    pub fn applies_to(&self, soort: Berichtsoort, release: Release) -> bool {
        self.holding(release).is_some_and(|holding| holding.is_for(soort))
    }

    /// Our checks of it, in all releases: mostly one.
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
        let Holding { level, numbers, unchecked } = self.holding(release).unwrap_or_else(|| self.newest());
        let of_declaraties = ["303", "323", "325"].iter().any(|number| numbers.contains(number));
        match level {
            _ if unchecked == "elsewhere" => Unchecked::Elsewhere,
            _ if unchecked == "register" => Unchecked::Register,
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

/// Every rule that one of these releases has, in the order of the standard's own tables.
pub fn list(known: &'static [Release]) -> impl Iterator<Item = Entry> {
    LIJST.iter().map(move |entry| Entry { known, ..*entry }).filter(|entry| entry.holdings().next().is_some())
}

/// The rule with this code, in capitals or not, if one of these releases has it.
#[must_use]
pub fn find(code: &str, known: &'static [Release]) -> Option<Entry> {
    list(known).find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// The code of a rule as the standard writes it, in capitals or not.
#[must_use]
pub fn code(text: &str) -> Option<&'static str> {
    LIJST.iter().find(|entry| entry.code.eq_ignore_ascii_case(text)).map(|entry| entry.code)
}

/// The rules that give this retourcode.
pub fn giving(retour_code: &str) -> impl Iterator<Item = &'static str> {
    LIJST.iter().filter(move |entry| entry.retour_code == Some(retour_code)).map(|entry| entry.code)
}

/// Every rule of any release.
pub(super) fn every() -> &'static [Entry] {
    &LIJST
}

static LIJST: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let lines = include_str!("list.csv").lines().skip(1);
    lines.map(|line| entry(line).expect("the compiled-in list is checked by a test")).collect()
});

fn entry(line: &'static str) -> Option<Entry> {
    let mut columns = line.split(';');
    let (code, retour_code, nl, en) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let retour_code = Some(retour_code).filter(|code| !code.is_empty());
    columns.next().is_none().then_some(Entry { code, retour_code, nl, en, known: &[] })
}
