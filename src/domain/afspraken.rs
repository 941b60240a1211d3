//! What a region agreed beside the standard, as far as a bericht shows whether it is kept, and what this gateway itself remarks
//! under every profile ([`gateway`]).
//!
//! A finding here is of level `local` and carries the name that the agreement has here. It adds to the rules of the
//! standard and switches none off; it carries a retourcode only where the standard has one that says just this.
//!
//! Imports `berichten`, `finding`, `facts`, `cak` and `regels`.

mod afspraak;
pub mod gateway;
mod heusden;
mod mlw;
mod paid;
mod sap;
mod table;

use chrono::NaiveDate;

use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::declaratie::Declaratie;
use crate::domain::berichten::release::Property;
use crate::domain::cak::Cak;
use crate::domain::facts::history::History;
use crate::domain::finding::Finding;
use crate::domain::regels::outside::Outside;

pub use afspraak::{Afspraak, GATEWAY};
pub use mlw::{ChangeOfProfile, LateInvoice, Mlw2018, Require305};
pub use paid::PaymentTerms;
pub use sap::Sap32;

/// The agreements of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Afspraken {
    /// Nothing beside the standard but terms.
    None,
    /// Work agreements Begeleiding of Midden-Limburg West of 2018, on release 2.x.
    Mlw2018(Mlw2018),
    /// The ten-step plan of Heusden of 2022, on release 3.x.
    Heusden2022,
    /// The standard administration protocols, on release 3.2.
    Sap32(Sap32),
}

/// Every agreement that a finding may name, by profile and number.
#[must_use]
pub const fn list() -> &'static [Afspraak] {
    table::AFSPRAKEN
}

/// The agreement with this name, in capitals or not.
#[must_use]
pub fn find(id: &str) -> Option<&'static Afspraak> {
    list().iter().find(|afspraak| afspraak.id.eq_ignore_ascii_case(id))
}

impl Afspraken {
    /// What was agreed on the CAK.
    #[must_use]
    pub const fn cak(&self) -> Option<&Cak> {
        match self {
            Self::Mlw2018(mlw) => Some(&mlw.cak),
            Self::None | Self::Heusden2022 | Self::Sap32(_) => None,
        }
    }

    /// Whether a gemeente has to know what other aanbieders reported of the clients of a factuur (MLW-09).
    #[must_use]
    pub const fn look_elsewhere(&self) -> bool {
        matches!(self, Self::Mlw2018(_))
    }

    /// Whether it matters when the lines were granted that a declaratie credits (SAP-CREDIT).
    #[must_use]
    pub const fn asks_when_granted(&self) -> bool {
        matches!(self, Self::Sap32(_))
    }

    /// What is found on the header: with an error the lines are not looked at.
    #[must_use]
    pub fn on_header(&self, heen: &Heenbericht, today: NaiveDate) -> Vec<Finding> {
        match self {
            Self::Mlw2018(mlw) => mlw.on_header(heen, today),
            Self::None | Self::Heusden2022 | Self::Sap32(_) => Vec::new(),
        }
    }

    /// What is found below it; of a 323 or 303 in its `declaratie`.
    #[must_use]
    pub fn below(
        &self,
        heen: &Heenbericht,
        declaratie: Option<&Declaratie>,
        history: &History,
        outside: &Outside<'_>,
    ) -> Vec<Finding> {
        match (self, declaratie) {
            (Self::Mlw2018(mlw), _) => mlw.below(heen, declaratie, history, outside),
            (Self::Heusden2022, Some(declaratie)) if !heen.header.release.has(Property::Facturen) => {
                heusden::below(heen, declaratie, history)
            }
            (Self::Sap32(sap), _) if !heen.header.release.has(Property::Facturen) => {
                sap.below(heen, declaratie, history, outside.today)
            }
            (Self::Heusden2022 | Self::Sap32(_) | Self::None, _) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_agreement_is_broken_in_its_own_name_and_explained() {
        for afspraak in list() {
            assert!(!afspraak.breaches.is_empty(), "{}", afspraak.id);
            assert!(afspraak.breaches.iter().all(|breach| breach.id == afspraak.id), "{}", afspraak.id);
            assert!(afspraak::DOCUMENTS.iter().any(|(profile, _)| *profile == afspraak.profile), "{}", afspraak.id);
        }
        let known: BTreeSet<&str> = list().iter().map(|afspraak| afspraak.id).collect();
        assert_eq!(known.len(), list().len(), "an agreement stands in the table twice");
        assert_eq!(afspraak::UITLEG.keys().copied().collect::<BTreeSet<_>>(), known);
    }
}
