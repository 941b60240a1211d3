//! Money: what is granted of a line, what is payable, and what was paid.

mod betaalbaar;
mod betalingen;
pub mod deels;
pub mod maker;
mod opdracht;
mod vier_ogen;
