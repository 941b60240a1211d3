//! Judging: what is wrong with a bericht, which answer the standard prescribes, and what has to wait.
//!
//! Imports `berichten`, `finding`, `facts`, `regels` and `afspraken`.

pub mod declaratie_antwoord;
pub mod factuur_antwoord;
pub mod judge;
mod lines;
pub mod retour;
pub mod text;
pub mod verdict;
pub mod verzoek_antwoord;
pub mod waiting;
