//! What was agreed between parties: how long each kind of deadline runs, and what else.

use std::collections::BTreeMap;

use super::kind::DeadlineKind;
use super::term::Term;
use super::warn::Warn;
use crate::domain::afspraken::Afspraken;

/// One end of the traffic between a gemeente and an aanbieder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The gemeente.
    Gemeente,
    /// The aanbieder.
    Aanbieder,
}

/// A term that no bericht starts: a person opens a deadline with the day from which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainTerm {
    /// The name in JSON and in the store: `ondersteuningsplan`. No [`DeadlineKind`] has it.
    pub name: String,
    /// The agreement that it comes from: `MLW-18`. Several terms may come from one.
    pub afspraak: String,
    /// Whose turn it is.
    pub binds: Side,
    /// What is awaited, in Dutch.
    pub awaits: String,
    /// How long it runs.
    pub term: Term,
    /// When it is due soon.
    pub warns: Vec<Warn>,
    /// A stop that is reported on its toewijzing ends it.
    pub ends_with_stop: bool,
}

/// The terms that hold between parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// As in the configuration: `heusden-2022`.
    pub name: String,
    /// How long deadlines run, by the key of the term. A kind without a term is not kept.
    pub terms: BTreeMap<String, Term>,
    /// Terms that no bericht starts.
    pub plain: Vec<PlainTerm>,
    /// What was agreed besides terms.
    pub afspraken: Afspraken,
    /// When deadlines are due soon, by the key of the term.
    pub warns: BTreeMap<String, Vec<Warn>>,
    /// The same of those that say nothing of it.
    pub other_warns: Vec<Warn>,
}

impl Profile {
    /// The term with this key: the name of a kind, or another key of its row. `None`: nothing was agreed.
    #[must_use]
    pub fn term(&self, key: &str) -> Option<Term> {
        self.terms.get(key).copied()
    }

    /// The term of a kind that has only one.
    #[must_use]
    pub fn term_of(&self, kind: DeadlineKind) -> Option<Term> {
        self.term(kind.name())
    }

    /// When deadlines under the term with this key are due soon.
    #[must_use]
    pub fn warns_of(&self, key: &str) -> &[Warn] {
        let plain = || self.plain.iter().find(|term| term.name == key).map(|term| &term.warns);
        self.warns.get(key).or_else(plain).unwrap_or(&self.other_warns)
    }

    /// The term with this key or name, started by a bericht or by a person.
    #[must_use]
    pub fn any_term(&self, key: &str) -> Option<Term> {
        self.term(key).or_else(|| self.plain.iter().find(|term| term.name == key).map(|term| term.term))
    }

    /// The term that no bericht starts, by its name or by that of its agreement; `None` when this profile has no such term, or
    /// several of that agreement.
    #[must_use]
    pub fn plain_term(&self, named: &str) -> Option<&PlainTerm> {
        let by_name = self.plain.iter().find(|term| term.name == named);
        let mut of_afspraak = self.plain.iter().filter(|term| term.afspraak == named);
        by_name.or_else(|| of_afspraak.next().filter(|_| of_afspraak.next().is_none()))
    }
}
