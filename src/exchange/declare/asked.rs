//! What an aanbieder asks to be declared.

use super::rows::Rows;
use crate::domain::Partij;
use crate::domain::berichten::bericht::Release;
use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::waarde::Identificatie;

/// What is asked.
pub struct Asked {
    /// Who is to pay.
    pub gemeente: Partij,
    /// Who delivered.
    pub aanbieder: Partij,
    /// The name of the credential that asks.
    pub by: String,
    /// The month, or before release 3.0 the period of the CAK.
    pub periode: GeslotenPeriode,
    /// The number of the declaratie or factuur.
    pub nummer: Identificatie,
    /// In which release.
    pub release: Release,
    /// What was delivered.
    pub rows: Rows,
}
