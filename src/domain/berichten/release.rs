//! A release of the standard, and what it has that another one has not.
//!
//! No other file asks a release for its name or number to decide something: it asks for a [`Property`], so that a
//! release that is added later cannot fall into the branch of another one unseen.

use super::soort::Berichtsoort;

/// Something in which releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// Support is declared with a 303, which a 304 answers; where not, with a 323, which a 325 answers.
    Facturen,
    /// A 301 holds a beschikking, with the toewijzingen in it.
    Beschikkingen,
    /// Headers tell which schemas were used.
    XsdVersie,
    /// The reason is part of the key of a stop.
    RedenInStopKey,
    /// What a toewijzing allows is counted in periods that have begun; where not, in proportion to their days.
    StartedPeriods,
    /// A line tells what was calculated, volume times tariff, beside what is asked, which may be less (TR317, CS323). Where
    /// not, all of it is asked, and minutes may have a tariff that was agreed per hour (TR346, IV081).
    BerekendBedrag,
    /// A line that was rejected can be credited as well (IV054).
    RejectedIsCredited,
}

/// A release of the standard; a later one is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// iWmo 2.3, in force from 2019-04-01 to 2020-03-30.
    V2_3,
    /// iWmo 3.2, in force since 2023-04-03.
    V3_2,
}

impl Release {
    /// Every release that this gateway knows.
    pub const ALL: [Self; 2] = [Self::V2_3, Self::V3_2];

    /// The one that is meant when nothing is said.
    pub const NEWEST: Self = Self::V3_2;

    /// As people write it: `3.2`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2_3 => "2.3",
            Self::V3_2 => "3.2",
        }
    }

    /// `BerichtVersie` and `BerichtSubversie` in the header.
    #[must_use]
    pub const fn versie(self) -> (i64, i64) {
        match self {
            Self::V2_3 => (2, 3),
            Self::V3_2 => (3, 2),
        }
    }

    /// Whether it has this.
    #[must_use]
    pub const fn has(self, property: Property) -> bool {
        match property {
            Property::XsdVersie | Property::RedenInStopKey => matches!(self, Self::V3_2),
            Property::Facturen
            | Property::Beschikkingen
            | Property::StartedPeriods
            | Property::BerekendBedrag
            | Property::RejectedIsCredited => matches!(self, Self::V2_3),
        }
    }

    /// The kinds of bericht that this gateway knows of this release.
    #[must_use]
    pub const fn berichtsoorten(self) -> &'static [Berichtsoort] {
        use Berichtsoort::{
            Wmo301, Wmo302, Wmo303D, Wmo303F, Wmo304D, Wmo304F, Wmo305, Wmo306, Wmo307, Wmo308, Wmo315, Wmo316, Wmo317,
            Wmo318, Wmo319, Wmo320, Wmo323, Wmo325,
        };
        match self {
            Self::V2_3 => &[Wmo301, Wmo302, Wmo303D, Wmo303F, Wmo304D, Wmo304F, Wmo305, Wmo306, Wmo307, Wmo308],
            Self::V3_2 => &[
                Wmo301, Wmo302, Wmo305, Wmo306, Wmo307, Wmo308, Wmo315, Wmo316, Wmo317, Wmo318, Wmo319, Wmo320, Wmo323,
                Wmo325,
            ],
        }
    }
}
