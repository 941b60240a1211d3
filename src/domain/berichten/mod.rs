//! The berichten of the standard and the values in them: the ground that every other room stands on.
//!
//! Imports no other room.

pub mod antwoord;
pub mod bericht;
pub mod beschikking;
pub mod client;
pub mod codelijst;
pub mod contract;
pub mod declaratie;
pub mod factuur;
pub mod further;
pub mod header;
pub mod inhoud;
pub mod klasse;
pub mod levering;
pub mod notitie;
pub mod partij;
pub mod periode;
pub mod release;
pub mod soort;
pub mod toewijzing;
pub mod verzoek;
pub mod waarde;
