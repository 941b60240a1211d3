//! What no bericht tells and a rule has to know.

use chrono::NaiveDate;

use crate::domain::berichten::codelijst::Gemeentecodes;
use crate::domain::berichten::contract::Contract;

/// Facts that no bericht tells.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    /// The receiver's date, in Europe/Amsterdam (TR135).
    pub today: NaiveDate,
    /// Which gemeenten there are and were (TR378).
    pub gemeenten: &'a Gemeentecodes,
    /// What the two parties agreed; rules that need it are not run where nobody told.
    pub contract: Option<&'a Contract>,
}
