//! Stories, store, berichten, network: everything that needs more than one module.
#![expect(clippy::disallowed_methods, reason = "the environment says what tests may not skip")]

mod hub;
mod postgres;
mod store;
mod xml;
