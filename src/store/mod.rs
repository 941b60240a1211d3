//! What is kept: berichten, their state, what is due and what has to go out.
//!
//! Methods are use cases, each one transaction; no transaction and no connection leaves this module. Only what
//! [`Store::record`] has much to write of is written before its transaction, where nobody sees it yet.
//! Two implementations keep one contract: SQLite and PostgreSQL.
//!
//! Properties that live here: *store before yes* (a method that returned `Ok` has reached the disk),
//! *one verdict, one transaction* ([`Store::record`]), *byte-exact* (payloads and envelopes are kept as
//! they were), *parties are apart* (reads name the party they are for).

mod betaling;
mod deadline;
mod decisions;
mod entry;
mod migrations;
mod names;
mod outbox;
mod outcome;
mod postgres;
mod receipt;
mod sqlite;
mod transport;
mod view;

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::domain::berichten::waarde::{Bsn, ReferentieNummer, ToewijzingNummer};
use crate::domain::cak::Support;
use crate::domain::facts::history::{Elsewhere, Subject};
use crate::domain::finding::Finding;
use crate::domain::money::betaling::Kenmerk;
use crate::domain::{Bericht, Header, History, Partij, Timestamp};

pub use crate::domain::deadlines::case::{Closing, DeadlineState, Ends, Of};
pub use crate::domain::facts::new_toewijzing::NewToewijzing;
pub use betaling::{
    BetaaldeDeclaratie, BetalingAsked, BetalingView, LeftOut, Made, NewBetaling, Payment, Reden, VorderingView,
    Withdrawal, Withdrawn,
};
pub use deadline::{
    Acknowledged, DeadlineAsked, DeadlineQuery, DeadlineView, Done, NewOpened, Opened, Opening, Origin, Spoed,
    SpoedWithdrawal, StartedBy,
};
pub use entry::{
    About, Answering, Approval, ClosingOpened, Digest, Effect, Entry, EnvelopeSeen, HeaderColumns, Journaled, LastSeen,
    LedgerChange, LedgerRow, LedgerTable, NewBericht, NewDeadline, NewDeclaratie, NewParcel, NewPrestatie, ParcelKind,
    Place, Proposal, Returned, Via, Wait, Waiting,
};
use migrations::PROGRAM;
pub use migrations::{IfOlder, ours as schema};
pub use outbox::{Action, FaultEffect, FaultView, Hold, KeptParcel, NewFault, OutboxQuery, Room, Scope, Steering};
pub use outcome::Outcome;
pub use postgres::Postgres;
pub use receipt::{Digests, KeptCalculation, KeptDeadline, KeptRetour, Receipt, RefusalReceipt, SentTo};
pub use sqlite::Sqlite;
pub use transport::{Stage, Step, Transport};
pub use view::{
    AntwoordView, AuditView, BerichtView, CakExport, Counts, Declarable, DeclaratieView, DeclaredLine, DeliveryView,
    Levering, LeveringView, LineQuery, LineView, Overview, ParcelState, ParcelView, PostbusItem, RefusedToewijzing,
    ToewijzingView, VersionView, WaitingKey, WaitingToewijzing,
};

/// What a method could not do. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another bericht of this client, or with this Identificatie, was recorded since the history was
    /// read. Read it again and judge anew.
    #[error("the history changed since it was read")]
    Stale,
    /// The lease on this parcel ran out and another worker has it, or it was settled already.
    #[error("the lease on this parcel is no longer held")]
    LeaseLost,
    /// The database did not do it.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database is not where it was said to be, or does not let us in.
    #[error("{place}")]
    Unreachable {
        /// Where it should be, without a password.
        place: String,
        /// What the system says.
        #[source]
        source: sqlx::Error,
    },
    /// The schema of the database could not be brought up to date.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// A later program made the database, or brought it up to date.
    #[error(
        "the database has schema {found}, made by {}; this is iwmo-gateway {PROGRAM}, which knows schemas up to {ours}. \
         Start that program or a later one, or put back the copy that was made before the upgrade (see docs/upgrading.md)",
        program.as_ref().map_or_else(|| "a later program".to_owned(), |version| format!("iwmo-gateway {version}"))
    )]
    LaterSchema {
        /// Its schema.
        found: i64,
        /// The last one that we know.
        ours: i64,
        /// The version of the program that used it last.
        program: Option<String>,
    },
    /// An earlier program made the database, and whoever opened it did not ask to bring it up to date.
    #[error(
        "the database has schema {found}, and iwmo-gateway {PROGRAM} works with schema {ours}: start `iwmo-gateway serve`, \
         which brings it up to date (see docs/upgrading.md)"
    )]
    EarlierSchema {
        /// Its schema; 0 when there is nothing in it.
        found: i64,
        /// The one that we work with.
        ours: i64,
    },
    /// A stored row does not hold what was written there.
    #[error("row {row} of {table} has an unreadable {column}")]
    Unreadable {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Its primary key.
        row: String,
    },
    /// The declaratie was answered, or somebody proposed another answer.
    #[error("another answer to this declaratie was proposed or sent")]
    Overtaken,
    /// This bericht does not wait any more: another worker judged it.
    #[error("this bericht does not wait any more")]
    NotWaiting,
    /// The clock of this machine shows a time before this program was made: nothing can be judged by it.
    #[error("the clock of this machine is wrong")]
    ClockWrong,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
}

/// A claim on a parcel: who sends it, and until when nobody else may.
#[derive(Clone, Debug)]
pub struct Lease {
    /// The worker, unique per process.
    pub worker: String,
    /// When the claim lapses by itself.
    pub until: Timestamp,
}

/// A parcel that was claimed: these bytes are to be sent, and nothing else.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Its referentienummer: the same for every attempt.
    pub referentienummer: String,
    /// Which envelope it is.
    pub kind: ParcelKind,
    /// As in `WMO306`.
    pub functie: String,
    /// Sender on the envelope.
    pub zender: String,
    /// Receiver on the envelope.
    pub ontvanger: String,
    /// When the attempts began of which the time counts.
    pub tried_since: Timestamp,
    /// Whether an earlier attempt may have arrived.
    pub maybe_arrived: bool,
    /// How many times it was claimed, this one included; fences off a worker whose lease lapsed.
    pub attempt: i64,
    /// The envelope, byte for byte.
    pub envelope: Vec<u8>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The network took responsibility.
    Delivered {
        /// What it answered with: the referentienummer of the confirmation.
        receipt: String,
    },
    /// Try again.
    Retry {
        /// Not before this instant.
        at: Timestamp,
        /// For the operator.
        reason: String,
        /// Whether this attempt may have arrived.
        unclear: bool,
    },
    /// The network will never take it; deadlines that wait for an answer to it become void.
    Refused {
        /// For the operator.
        reason: String,
    },
    /// It was refused for what it shares with others: all of them stand still until somebody releases them.
    Held {
        /// What stands still.
        hold: Hold,
        /// For the operator.
        reason: String,
    },
    /// A person has to look; no further attempt is made by itself.
    HandedOver {
        /// For the operator.
        reason: String,
        /// Whether an attempt may have arrived.
        unclear: bool,
    },
}

impl Settlement {
    /// The word for it in the log.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::Retry { unclear: false, .. } => "later",
            Self::Retry { unclear: true, .. } => "unclear",
            Self::Refused { .. } => "refused",
            Self::Held { .. } => "held",
            Self::HandedOver { .. } => "stuck",
        }
    }
}

/// Where a page of a list starts: after this key, in the order of the list.
pub type After<'a> = Option<&'a str>;

/// Everything that is kept, as use cases.
#[async_trait]
pub trait Store: Send + Sync {
    /// What was recorded before, as far as it bears on this bericht: see the fields of [`History`].
    async fn history(&self, bericht: &Bericht) -> Result<History, StoreError>;

    /// What other aanbieders than this one reported of these clients, and were granted. For the gemeente alone:
    /// an aanbieder never learns of it. No verdict is stale for want of it.
    async fn elsewhere(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        bsns: &[&Bsn],
    ) -> Result<HashMap<Bsn, Elsewhere>, StoreError>;

    /// Of the debet lines under these ReferentieNummers that are granted: when the antwoord came that says so. No verdict is
    /// stale for want of it.
    async fn granted_at(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        referenties: &[&str],
    ) -> Result<HashMap<String, Timestamp>, StoreError>;

    /// The receipt given for these bytes, if they were taken in before (accepted or rejected, not refused).
    /// `sha256` is the lower-case hexadecimal digest of the bytes; `header` what they say as XML, `None` when XML was made of
    /// them, as what is missing in its header may have been filled in.
    async fn first_receipt(&self, sha256: &str, header: Option<&Header>) -> Result<Option<Receipt>, StoreError>;

    /// Makes one verdict true: bericht, ledger, deadlines, composed retour, postbus, outbox, envelope.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the revision of a subject is not the one in `entry`, when a bericht that claims
    /// its Identificatie or IdentificatieRetour comes second, or when an accepted retour answers a heenbericht
    /// that has its accepted retour already. [`StoreError::NotWaiting`] when a released bericht was released before.
    /// [`StoreError::Overtaken`] when the proposal that it approves of is not the last one.
    /// [`StoreError::Database`] when its envelope was recorded
    /// meanwhile: [`Store::seen_envelope`] then has the answer. Nothing of the entry remains.
    async fn record(&self, entry: &Entry) -> Result<(), StoreError>;

    /// The berichten between these two that wait for something about one of these subjects, oldest first.
    async fn waiting_on(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        subjects: &[Subject],
    ) -> Result<Vec<Waiting>, StoreError>;

    /// Takes away what was written before this moment of berichten that were not recorded: a large one is written in
    /// several transactions, invisible until the last, and a process may end between them.
    async fn take_away_abandoned(&self, before: Timestamp) -> Result<(), StoreError>;

    /// The berichten whose wait is over at this moment, oldest first.
    async fn waiting_until(&self, now: Timestamp) -> Result<Vec<Waiting>, StoreError>;

    /// The moment at which the next wait is over; `None` when nothing waits.
    async fn next_wait_ends_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Whether an envelope of this sender and referentienummer was answered before, and how.
    async fn seen_envelope(&self, zender: &str, referentienummer: &str) -> Result<Option<EnvelopeSeen>, StoreError>;

    /// Claims parcels whose time has come, as far as there is room, those first that are due longest. A parcel whose lease
    /// lapsed is due again; what is held with its functie or sender is not.
    async fn claim_due(&self, now: Timestamp, lease: &Lease, room: Room) -> Result<Vec<Parcel>, StoreError>;

    /// Makes due now what is due only after `latest`, and answers how many that were: a clock that was ahead made the pause.
    async fn mend_pauses(&self, now: Timestamp, latest: Timestamp) -> Result<u64, StoreError>;

    /// Records how an attempt ended, and keeps the attempt with its reason.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] when the parcel was claimed again or settled since.
    async fn settle(&self, parcel: &Parcel, now: Timestamp, settlement: &Settlement) -> Result<(), StoreError>;

    /// Keeps a fault of the network about a parcel, byte for byte, with the answer that it gets, and what follows for the parcel.
    /// In the audit log.
    ///
    /// # Errors
    /// [`StoreError::Database`] when its envelope was recorded meanwhile: [`Store::seen_envelope`] then has the answer.
    async fn take_fault(&self, fault: &NewFault) -> Result<(), StoreError>;

    /// Faults of the network, the newest first: those that were put apart, or those about this parcel.
    async fn faults(&self, about: Option<&str>, limit: u32) -> Result<Vec<FaultView>, StoreError>;

    /// The earliest instant after `now` at which a parcel is due or a lease lapses; `None` when there is none.
    async fn next_attempt_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError>;

    /// Keeps that something stands still; what stood still before, does so since then.
    async fn hold(&self, hold: &Hold) -> Result<(), StoreError>;

    /// Keeps that it does not any more.
    async fn free(&self, scope: &Scope) -> Result<(), StoreError>;

    /// What stands still, the oldest first.
    async fn holds(&self) -> Result<Vec<Hold>, StoreError>;

    /// Lets go what a person released. In the audit log. Answers whether it stood still.
    async fn release(&self, scope: &Scope, at: Timestamp, who: &str, reason: &str) -> Result<bool, StoreError>;

    /// Parcels, the newest first, after the one with this referentienummer.
    async fn outbox(&self, query: &OutboxQuery, after: After<'_>, limit: u32) -> Result<Vec<ParcelView>, StoreError>;

    /// One parcel with its envelope.
    async fn parcel(&self, referentienummer: &str) -> Result<Option<KeptParcel>, StoreError>;

    /// Does what a person wants with a parcel. In the audit log.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not in the state that was seen.
    async fn steer(&self, steering: &Steering) -> Result<(), StoreError>;

    /// Marks every open deadline overdue whose moment is past, and writes one alert for each. A deadline is
    /// returned by one call only, whatever the number of processes.
    async fn raise_overdue(&self, now: Timestamp) -> Result<Vec<DeadlineView>, StoreError>;

    /// The earliest moment of an open deadline; `None` when none is open.
    async fn next_deadline_at(&self) -> Result<Option<Timestamp>, StoreError>;

    /// One bericht, if it concerns this party (`None`: an operator, who sees all).
    async fn bericht(&self, id: &str, partij: Option<&Partij>) -> Result<Option<BerichtView>, StoreError>;

    /// One bericht as XML, under the same condition: the bytes as they were received or composed, or what was made
    /// of them when they were not XML.
    async fn payload(&self, id: &str, partij: Option<&Partij>) -> Result<Option<Vec<u8>>, StoreError>;

    /// The newest berichten first, after the bericht with this id.
    async fn berichten(
        &self,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// The same of those that came so far on their way to their addressee.
    async fn berichten_at(
        &self,
        stage: Stage,
        partij: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BerichtView>, StoreError>;

    /// Keeps what the network tells of the bericht inside a parcel: how far it came. One that is further stays there, and so does
    /// one that went out anew in another parcel.
    async fn reach(&self, referentienummer: &str, step: &Step) -> Result<(), StoreError>;

    /// What waits for this party, oldest first, after the bericht with this id.
    async fn postbus(&self, partij: &Partij, after: After<'_>, limit: u32) -> Result<Vec<PostbusItem>, StoreError>;

    /// The party confirms that it has this bericht. Answers whether it was in its postbus; confirming twice
    /// is fine.
    async fn confirm_pickup(&self, id: &str, partij: &Partij, now: Timestamp) -> Result<bool, StoreError>;

    /// Deadlines, the earliest due first, after the deadline with this id.
    async fn deadlines(
        &self,
        query: &DeadlineQuery,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<DeadlineView>, StoreError>;

    /// The deadline with this id, if it concerns this party (`None`: an operator).
    async fn deadline(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeadlineView>, StoreError>;

    /// Opens a deadline that no bericht starts. In the audit log. One that its opener gave this name before stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when one of this name was opened meanwhile.
    async fn open_deadline(&self, new: &NewOpened) -> Result<Opening, StoreError>;

    /// Keeps that what a person opened a deadline for was done: met or late by that day. In the audit log. One that stopped
    /// before, or that a bericht started, stays as it was. `None` when there is no such deadline.
    async fn finish_deadline(&self, done: &Done) -> Result<Option<DeadlineView>, StoreError>;

    /// Keeps who takes a deadline on; of several the last one counts. In the audit log. One that nobody waits for any more
    /// stays as it was. `None` when there is no such deadline.
    async fn acknowledge_deadline(&self, id: &str, taken: &Acknowledged) -> Result<Option<DeadlineView>, StoreError>;

    /// Keeps that support on a toewijzing begins on a written order, and gives what is kept: what was told first stays. Its
    /// clock `start-na-toewijzing` becomes void, and is so from the start with a toewijzing that comes later. In the audit log.
    async fn record_spoed(&self, spoed: &Spoed) -> Result<Spoed, StoreError>;

    /// Takes a written order back, and gives it as it was. The clock `start-na-toewijzing` that did not run for it runs again:
    /// met or late when a start was reported meanwhile, and not where no start is needed any more. In the audit log. `None`
    /// when there is no such order.
    async fn withdraw_spoed(&self, withdrawal: &SpoedWithdrawal) -> Result<Option<Spoed>, StoreError>;

    /// Parcels that are not delivered: waiting, unclear, refused or in front of the operator; oldest first.
    async fn undelivered(&self, limit: u32) -> Result<Vec<ParcelView>, StoreError>;

    /// The declaratie that this 323 or 303 holds, and what its lines add up to, if it concerns this party (`None`: an
    /// operator).
    async fn declaratie(&self, id: &str, partij: Option<&Partij>) -> Result<Option<DeclaratieView>, StoreError>;

    /// Up to `limit` of its lines, in order, under the same condition. What stands in a later page may have changed since
    /// an earlier one was read: see [`DeclaratieView::stand`].
    async fn declaratie_lines(
        &self,
        id: &str,
        partij: Option<&Partij>,
        query: LineQuery,
        limit: u32,
    ) -> Result<Vec<LineView>, StoreError>;

    /// What was found when it was judged, under the same condition: in these lines and in the clients that they are of,
    /// or everything (`None`). This never changes.
    async fn declaratie_findings(
        &self,
        id: &str,
        partij: Option<&Partij>,
        lines: Option<&[Place]>,
    ) -> Result<Vec<Finding>, StoreError>;

    /// What a declaratie between these two may be made of: the toewijzingen with these numbers in every version that counts,
    /// and the lines under these ReferentieNummers that count.
    async fn declarable(
        &self,
        gemeente: &Partij,
        aanbieder: &Partij,
        nummers: &[ToewijzingNummer],
        referenties: &[ReferentieNummer],
    ) -> Result<Declarable, StoreError>;

    /// Keeps what somebody proposes to answer to this declaratie; of several the last one counts. In the audit log, with
    /// name and reasons.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] when it was answered meanwhile, or the last one is not `seen`.
    async fn propose(&self, declaratie_id: &str, proposal: &Proposal, seen: &LastSeen) -> Result<(), StoreError>;

    /// Makes a batch of what is payable at its gemeente and stands in none yet: what was granted in answered declaraties,
    /// less what granted credits take back. What is in it is then fixed: an answered declaratie does not change any more. A
    /// declaratie stands in one batch at most. In the audit log. One of this name that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when another batch was made meanwhile.
    async fn make_betaling(&self, new: &NewBetaling) -> Result<Made, StoreError>;

    /// Keeps that the bank paid a batch: the clocks on its declaraties stop, met or late by that day. In the audit log. One
    /// that was paid before, or withdrawn, stays as it was. `None` when there is no such batch.
    async fn settle_betaling(&self, payment: &Payment) -> Result<Option<BetalingView>, StoreError>;

    /// Withdraws a batch: its declaraties stand in none any more, and it stays to be seen under its name. In the audit log. One
    /// that was withdrawn before, or paid, stays as it was. `None` when there is no such batch.
    async fn withdraw_betaling(&self, withdrawal: &Withdrawal) -> Result<Option<BetalingView>, StoreError>;

    /// The batch of this gemeente with this name.
    async fn betaling(&self, gemeente: &Partij, kenmerk: &Kenmerk) -> Result<Option<BetalingView>, StoreError>;

    /// Batches of this gemeente (`None`: of all), the newest first, after the one with this `gemeente/kenmerk`.
    async fn betalingen(
        &self,
        gemeente: Option<&Partij>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<BetalingView>, StoreError>;

    /// What aanbieders claim in declaraties that were answered, if it concerns this party (`None`: an operator) and this
    /// aanbieder (`None`: any); by `gemeente/aanbieder`, after this one.
    async fn vorderingen(
        &self,
        partij: Option<&Partij>,
        aanbieder: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<VorderingView>, StoreError>;

    /// What somebody did, oldest first, after this place.
    async fn audit(&self, after: i64, limit: u32) -> Result<Vec<AuditView>, StoreError>;

    /// The toewijzing of this gemeente with this number, if it concerns this party (`None`: an operator). Where a number
    /// was given to several aanbieders, that of the first whose toewijzing counts.
    async fn toewijzing(
        &self,
        gemeente: &Partij,
        nummer: i64,
        partij: Option<&Partij>,
    ) -> Result<Option<ToewijzingView>, StoreError>;

    /// The toewijzingen that concern this party, did not end before this day and have no live start; by aanbieder, the
    /// first to begin first.
    async fn toewijzingen_without_start(
        &self,
        partij: Option<&Partij>,
        today: NaiveDate,
        after: Option<&WaitingKey>,
        limit: u32,
    ) -> Result<Vec<WaitingToewijzing>, StoreError>;

    /// The toewijzingen that concern this party and of which the aanbieder refused the last version, the newest first; those
    /// behind this bericht and number.
    async fn refused_toewijzingen(
        &self,
        partij: Option<&Partij>,
        after: Option<(&str, i64)>,
        limit: u32,
    ) -> Result<Vec<RefusedToewijzing>, StoreError>;

    /// The starts and stops that count of this party, whose day lies from `first` to `last`, and the lines that were granted and
    /// not taken back of which the first day does; by day, starts first.
    async fn leveringen(
        &self,
        partij: &Partij,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<LeveringView>, StoreError>;

    /// The support of clients of this gemeente that began no later than `last` and lasted to `first` or longer: a live start
    /// each, up to its stop or the end of its toewijzing and those that take over from it. What stands on a toewijzing that was taken back does not count.
    async fn support(&self, gemeente: &Partij, first: NaiveDate, last: NaiveDate) -> Result<Vec<Support>, StoreError>;

    /// Keeps in the audit log that somebody took an export for the CAK.
    async fn record_export(&self, export: &CakExport) -> Result<(), StoreError>;

    /// The berichten that became true, in that order, after this place.
    async fn journal(&self, after: i64, limit: u32) -> Result<Vec<Journaled>, StoreError>;

    /// The SHA-256 that every bericht came in with, by id, after this one.
    async fn digests(&self, after: &str, limit: u32) -> Result<Vec<Digest>, StoreError>;

    /// The bytes of a bericht as they are kept now, whatever XML was made of them.
    async fn received_bytes(&self, id: &str) -> Result<Vec<u8>, StoreError>;

    /// The rows of a table of the ledger, by bericht and place, after this one.
    async fn ledger_rows(
        &self,
        table: LedgerTable,
        after: Option<(String, i64)>,
        limit: u32,
    ) -> Result<Vec<LedgerRow>, StoreError>;

    /// Writes the row that this worker writes now and then, to see that it can; and counts what waits for people.
    async fn beat(&self, worker: &str, now: Timestamp) -> Result<Counts, StoreError>;

    /// Counts for the dashboard.
    async fn overview(&self) -> Result<Overview, StoreError>;

    /// Finishes what was begun and closes the database. Later calls give [`StoreError::Closed`] or a
    /// database error.
    async fn close(&self);
}
