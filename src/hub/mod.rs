//! The national network: envelopes, the links that carry them, and a stand-in for it all.
//!
//! Turns one attempt to deliver into one [`Delivery`]. May not store anything and has no clock and no
//! randomness: instants and identifiers come in as arguments. A retry sends the same bytes; when to retry
//! is the caller's business.
//!
//! | file | what |
//! |---|---|
//! | [`envelope`] | StUF-GGk 2.1 in SOAP 1.1: compose, parse, check |
//! | [`ggk`] | the link to the GGK: one POST, and what its answer means |
//! | [`vecozo`] | the link to VECOZO: hand in, fetch, confirm |
//! | `links` | those that there are, as one |
//! | [`codes`] | what a fault code of the network asks of us |
//! | [`mock`] | the network and the parties behind it, for tests and demo |

pub mod codes;
mod delivery;
pub mod envelope;
pub mod ggk;
mod links;
pub mod mock;
pub mod vecozo;

pub use delivery::{Attempt, Delivery, NotBefore, Refusal, judge};
pub use links::Links;
