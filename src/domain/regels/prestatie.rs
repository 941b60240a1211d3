//! Rules on one line of a declaratie or factuur: each has a verdict of its own, and counts for those judged after it.
//!
//! The rules say what is wrong with a line. In which order lines are judged, and which rules of a line stop
//! others: see `domain/judging/lines.rs`.

mod books;
pub(super) mod periode;
pub(super) mod referentie;
pub(super) mod tarief;
pub(super) mod toewijzing;
pub(super) mod volume;

use crate::domain::berichten::contract::Contract;
use crate::domain::berichten::declaratie::{GeslotenPeriode, Prestatie};
use crate::domain::berichten::release::Release;
use crate::domain::berichten::toewijzing::Omvang;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::facts::calculation::Calculation;
use crate::domain::facts::history::ToewijzingFact;
use crate::domain::finding::Level;

pub use books::{Books, granted};

/// The element of a line that shows what is wrong, by the names on the way; none: the line as a whole.
pub type Spot = &'static [&'static str];

/// A line, and what it is judged by.
pub struct Line<'a> {
    /// Of its bericht.
    pub release: Release,
    /// Of the client that it stands under.
    pub bsn: &'a Bsn,
    /// The line itself.
    pub prestatie: &'a Prestatie,
    /// The month, or other period, of its declaratie.
    pub declaratie_periode: &'a GeslotenPeriode,
    /// The toewijzing that it names, in the version that holds.
    pub toewijzing: Option<&'a ToewijzingFact>,
    /// What the two parties agreed, when somebody told.
    pub contract: Option<&'a Contract>,
    /// What was declared before it.
    pub books: &'a Books<'a>,
}

/// What about a line a rule looks at. Some parts are judged only where others are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its own reference; of every line.
    Reference,
    /// The line that a credit takes back; all else about a credit is as it was (IV085).
    Credited,
    /// The toewijzing of a debet line.
    Toewijzing,
    /// The product.
    Product,
    /// Unit, tariff and amount.
    Price,
    /// When it was delivered.
    Periode,
    /// How often it was declared.
    Frequency,
    /// How much was declared.
    Volume,
}

/// On what a rule about a line rests, besides the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// On nothing.
    Line,
    /// On what was agreed.
    Contract,
    /// On the tariffs that were agreed, and the unit of the toewijzing.
    Tarieven,
    /// On what came before.
    Ledger,
}

impl Basis {
    /// How deep a rule on this basis looks.
    #[must_use]
    pub const fn level(self) -> Level {
        match self {
            Self::Line | Self::Contract => Level::External,
            Self::Tarieven | Self::Ledger => Level::History,
        }
    }
}

impl<'a> Line<'a> {
    /// The figures that it is judged by: price, maximum of the period and of the term, budget, as far as they apply.
    #[must_use]
    pub fn calculations(&self) -> Box<[Calculation]> {
        [self.price(), self.period(), self.whole_term(), self.budget()].into_iter().flatten().collect()
    }

    /// How much was assigned, when that is told in a volume.
    fn omvang(&self) -> Option<(&'a ToewijzingFact, &'a Omvang)> {
        let toewijzing = self.toewijzing?;
        Some((toewijzing, toewijzing.omvang.as_ref()?))
    }
}
