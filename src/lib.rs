//! iwmo-gateway: a message hub for the Dutch Wmo message standard iWmo.
//!
//! | module | what it is for |
//! |---|---|
//! | [`domain`] | what the standard says, pure |
//! | [`xml`] | bytes ↔ domain: schema check, read, write |
//! | [`standard`] | which releases of the standard there are |
//! | [`json`] | bericht ↔ JSON, by the same names |
//! | [`store`] | what is kept, as use cases over SQLite and PostgreSQL |
//! | [`hub`] | the national network: envelopes, links, a stand-in |
//! | [`tls`] | TLS of both ends: files, and who the other side is |
//! | [`exchange`] | the three stories: receive, relay, watch |
//! | [`http`] | our server: API, network endpoint, dashboard |
//! | [`alert`] | telling people what happened to deadlines |
//! | [`address`] | which addresses are public |
//! | [`channel`] | how a receiver of alerts is reached, as it was set up |
//! | [`echo`] | names that are repeated of what somebody sent |
//! | [`bundle`] | berichten in a ZIP |
//! | [`size`] | what is small and what is large |
//! | [`api`] | the types of the API, shared by server and command line |
//! | [`clock`] | the only source of time |
//! | [`outward`] | what may leave: the one place that decides |
//! | [`config`] | the settings, checked |
//! | [`app`] | wiring and orderly stop |
//! | [`cli`] | the command line |

pub mod address;
pub mod alert;
pub mod api;
pub mod app;
pub mod bundle;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod echo;
pub mod exchange;
pub mod http;
pub mod hub;
pub mod json;
pub mod outward;
pub mod size;
pub mod standard;
pub mod store;
pub mod tls;
pub mod xml;
