//! The envelope of the network: StUF-GGk 2.1 (`ggk0210`) in SOAP 1.1, by itself or in the `dai:bericht` of an adapter.
//!
//! Composing is deterministic: the same value gives the same bytes. Parsing is strict about what the schema
//! says and indifferent to prefixes, white space and line ends. The payload is bytes: nobody here looks inside.
//!
//! | file | what |
//! |---|---|
//! | [`compose`] | envelope or answer to bytes |
//! | [`parse()`] | bytes of a request to [`Envelope`], or a [`Refusal`] |
//! | [`answer`] | bytes of an answer to [`answer::Answer`] |
//! | [`fault`] | faults, and the codes of StUF table 4.1 |
//! | [`check`] | what table 4.1 asks of a header that the schema accepts |
//! | `dai` | an envelope as a Digikoppeling adapter takes it |
//! | `charset` | answers in any encoding to text |
//! | `parts` | elements to values |
//! | `tree` | XML to elements, within limits |
//!
//! Imports no other room.

pub mod answer;
mod charset;
pub mod check;
pub mod compose;
mod content;
mod dai;
pub(in crate::hub) mod digest;
pub mod fault;
mod names;
mod parse;
mod parts;
mod stuurgegevens;
mod tree;

pub use content::{Content, Envelope, Kind, Parameters, Payload, functie_versie};
pub use dai::{Cpa, Wrapping};
pub use fault::{Fault, FaultCode, Plek, Refusal};
use names::{GGK, SOAP, SOAP_1_2, STUF, WS_ADDRESSING};
pub use names::{MAX_FAULT_BYTES, MAX_INCOMING_BYTES, MAX_OUTGOING_BYTES};
pub use parse::parse;
pub use stuurgegevens::{Stuurgegevens, Systeem, tijdstip_bericht};
