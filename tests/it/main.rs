//! Stories, store, berichten, network: everything that needs more than one module.
#![expect(clippy::disallowed_methods, reason = "the environment says what tests may not skip")]

mod afspraken;
mod browser;
mod cases;
mod chain;
mod clocks;
mod command_line;
mod crash;
mod decide;
mod declaraties;
mod facturen;
mod geld;
mod hub;
mod json;
mod large;
mod lines;
mod maker;
mod network;
mod openapi;
mod order;
mod postgres;
mod rebuild;
mod regels;
mod release_2_3;
mod replay;
mod retour;
mod stage;
mod store;
mod stories;
mod taakgericht;
mod toewijzingen;
mod together;
mod voorbeelden;
mod waiting;
mod world;
mod xml;
