//! What is kept: berichten, their state, what is due and what has to go out.
//!
//! Methods are use cases, each one transaction; no transaction and no connection leaves this module. Only what
//! [`IntakeStore::record`] has much to write of is written before its transaction, where nobody sees it yet.
//! Two implementations keep one contract: SQLite and PostgreSQL.
//!
//! The use cases fall into parts, by who asks: each a trait in a file here, beside what it takes and gives, and a file of
//! SQL below `sql/`. [`Store`] joins them.
//!
//! Properties that live here: *store before yes* (a method that returned `Ok` has reached the disk),
//! *one verdict, one transaction* ([`IntakeStore::record`]), *byte-exact* (payloads and envelopes are kept as
//! they were), *parties are apart* (reads name the party they are for).

mod alerts;
mod audit;
mod bericht;
mod betaling;
mod cak;
mod client;
mod clocks;
mod deadline;
mod decisions;
mod declaratie;
mod entry;
mod error;
mod facts;
mod fetcher;
pub mod figures;
mod health;
mod intake;
mod journal;
pub mod levels;
mod migrations;
mod names;
mod notice;
mod outbox;
mod outcome;
mod page;
mod pages;
mod partner;
mod postgres;
mod receipt;
mod session;
mod sqlite;
mod steering;
mod toewijzing;
mod transport;
mod use_case;
mod waiting;

pub use crate::domain::deadlines::case::{Closing, DeadlineState, Ends, Of};
pub use crate::domain::facts::new_toewijzing::NewToewijzing;
pub use alerts::{
    AlertStore, AlertView, Compose, Contents, Gather, Group, Health, Message, NewMessage, SendOutcome, Standings,
};
pub use audit::{AuditStore, AuditView, RefusedEnvelope};
pub use bericht::{BerichtStore, BerichtView, PostbusItem};
pub use betaling::{
    BetaaldeDeclaratie, BetalingAsked, BetalingStore, BetalingView, LeftOut, Made, NewBetaling, Payment, Reden,
    VorderingView, Withdrawal, Withdrawn,
};
pub use cak::{CakExport, CakStore, Levering, LeveringView};
pub use client::{ClientDeclaratie, ClientPlace, ClientStore, ClientToewijzing};
pub use clocks::{ClockStore, CountedBy, Raise, Raised, Recount, Standing, Waiving};
pub use deadline::{
    Acknowledged, DeadlineAsked, DeadlineQuery, DeadlineStore, DeadlineView, Done, Moments, NewOpened, Opened, Opening,
    Origin, Parties, Spoed, SpoedWithdrawal, StartedBy, TakenUntil, Waiver,
};
pub use decisions::{Approval, LastSeen, Proposal};
pub use declaratie::{DeclaratieStore, DeclaratieView, LineQuery, LineSums, LineView, ToewijzingSum};
pub use entry::{
    About, Answering, ClosingOpened, Effect, Entry, EnvelopeSeen, HeaderColumns, LedgerChange, NewBericht, NewDeadline,
    NewDeclaratie, NewParcel, NewPrestatie, ParcelKind, Place, Returned, Via, Wait,
};
pub use error::StoreError;
pub use facts::{Declarable, DeclaredLine, FactStore};
pub use fetcher::FetcherStore;
pub use figures::Measured;
pub use health::{Counts, HealthStore, Overview};
pub use intake::IntakeStore;
pub use journal::{Digest, JournalStore, Journaled, LedgerRow, LedgerTable};
pub use levels::LevelStore;
pub use migrations::{IfOlder, ours as schema};
pub use notice::{Gone, Notice, NoticeStore, OPERATOR, RefusedSender, Standstill, Unapproved};
pub use outbox::{Hold, Lease, OutboxStore, Parcel, Room, Scope, Settlement};
pub use outcome::Outcome;
pub use page::After;
pub use pages::{BerichtQuery, IN_LIST, Look, Owner, PagesStore, ParcelGroup, WorkGroup, WorkQuery};
pub use partner::{Contact, Frequent, Outcomes, PartnerStand, PartnerStore};
pub use postgres::Postgres;
pub use receipt::{Digests, KeptCalculation, KeptDeadline, KeptRetour, Receipt, RefusalReceipt, SentTo};
pub use session::{Search, Session, SessionStore};
pub use sqlite::Sqlite;
pub use steering::{
    Action, ClockAgain, FaultEffect, FaultView, KeptParcel, LettingGo, NewFault, OutboxQuery, ParcelState, ParcelView,
    Steering, SteeringStore,
};
pub use toewijzing::{
    AntwoordView, DeliveryView, RefusedToewijzing, ToewijzingStore, ToewijzingView, VersionView, WaitingKey,
    WaitingToewijzing,
};
pub use transport::{Stage, Step, Transport};
pub use waiting::{Waiting, WaitingStore};

/// Everything that is kept: all parts. Who takes a `dyn Store` has the use cases of each.
pub trait Store:
    AlertStore
    + AuditStore
    + BerichtStore
    + BetalingStore
    + CakStore
    + ClientStore
    + ClockStore
    + DeadlineStore
    + DeclaratieStore
    + FactStore
    + FetcherStore
    + HealthStore
    + IntakeStore
    + JournalStore
    + LevelStore
    + Measured
    + NoticeStore
    + OutboxStore
    + PagesStore
    + PartnerStore
    + SessionStore
    + SteeringStore
    + ToewijzingStore
    + WaitingStore
{
}

impl Store for Sqlite {}

impl Store for Postgres {}
