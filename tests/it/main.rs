//! Stories, store, berichten, network: everything that needs more than one module.

mod xml;
