//! The use cases, in SQL that both databases understand.
//!
//! Compiled twice: inside `sqlite` and inside `postgres`, which give this module their `Connection`, `Row`
//! and the few words of SQL that differ. Every function here runs inside one transaction that its caller
//! opened and will end: what a function did before it failed does not remain.

mod alert_lists;
mod alerts;
mod audit;
mod batch;
mod bericht;
mod betaling;
mod client;
mod clocks;
mod deadline;
mod declaratie;
mod escalate;
mod facts;
mod fetcher;
mod figures;
mod find;
mod finding;
mod gather;
mod health;
mod history;
mod intake;
mod journal;
mod ledger;
mod levels;
mod levering;
mod messages;
mod notice;
mod outbox;
mod pages;
mod partner;
mod payload;
mod postbus;
mod prestatie;
mod raise;
mod record;
mod recount;
mod refused;
mod row;
mod schema;
mod session;
mod spoed;
mod staging;
mod standstill;
mod steer;
mod sums;
mod support;
mod taken;
mod toewijzing;
mod transport;
mod waiting;

pub use batch::Batch;
pub use schema::make_ours;

use crate::store::StoreError;

type Result<T, E = StoreError> = std::result::Result<T, E>;
