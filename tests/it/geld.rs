//! Money: what is granted of a line, what is payable, and what was paid.

mod betaalbaar;
mod betalingen;
mod deels;
mod maker;
mod opdracht;
mod vier_ogen;
