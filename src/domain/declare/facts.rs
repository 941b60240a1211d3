//! What rows rest on besides themselves.

use std::collections::HashMap;

use super::{Billed, Frame, Persoon};
use crate::domain::berichten::contract::Contract;
use crate::domain::berichten::declaratie::Prestatie;
use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer};
use crate::domain::facts::history::Toewijzingen;

/// What rows rest on: what the aanbieder itself recorded, and what it agreed with the gemeente.
pub struct Facts<'a> {
    /// What is made.
    pub frame: &'a Frame,
    /// Those that the gemeente gave to this aanbieder.
    pub toewijzingen: &'a Toewijzingen,
    /// Debet lines that were declared before, by their ReferentieNummer.
    pub declared: &'a HashMap<ReferentieNummer, Declared>,
    /// Who the clients of the toewijzingen are; only a 303 asks.
    pub personen: &'a HashMap<ToewijzingNummer, Persoon>,
    /// What was agreed, when somebody told.
    pub contract: Option<&'a Contract>,
}

/// A line that was declared before.
pub struct Declared {
    /// Whose it is.
    pub bsn: Bsn,
    /// In the words of the 323.
    pub prestatie: Prestatie,
    /// The same as it stands in a 303.
    pub factuur: Option<Billed>,
}
