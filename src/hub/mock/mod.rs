//! A stand-in for the network and the parties behind it: a real server on a real socket that says it is a mock.
//!
//! Takes envelopes as the GGK does (checks in the order of StUF table 4.1, duplicates by content, confirmation
//! after storing), plays the parties behind it as configured, and sends their answers as a client. It keeps
//! nothing when it stops, has no clock, no timer and no randomness of its own: the caller gives `now` and `ids`,
//! and calls [`Mock::act`] when something is due.
//!
//! Not to be faked: that the real GGK or VECOZO would take what this takes.
//!
//! | file | what |
//! |---|---|
//! | [`config`] | parties and faults |
//! | `server` | the HTTP face |
//! | `intake` | one envelope in, one answer |
//! | `reply` | what goes back |
//! | `faults` | what goes wrong on demand |
//! | `agenda`, `plans` | what is planned, and sending it |
//! | `stand_in` | the stand-in, and all that it remembers |
//! | `damage` | envelopes in another dress, or that nobody may take |
//! | `berichten` | the retouren that played parties compose |
//! | `besluit`, `antwoord` | what played gemeenten decide about a verzoek, and about a declaratie |
//! | `levering` | what played aanbieders report on what is assigned to them |
//! | [`journal`] | what went over the wire |
//! | `line` | connections that can be cut |
//! | `vsp` | the face of VECOZO |
//!
//! Imports `delivery`, `envelope` and `ggk`.

mod agenda;
mod antwoord;
mod berichten;
mod besluit;
pub mod config;
mod damage;
mod faults;
mod handed_in;
mod intake;
pub mod journal;
mod levering;
mod line;
mod plans;
mod reply;
mod server;
mod stand_in;
mod taken;
mod vsp;

pub use agenda::NotABericht;
pub use stand_in::{Codec, Ids, Mock, MockError, Now, SetNow};
