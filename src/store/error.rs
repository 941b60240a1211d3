//! What a use case could not do.

use super::migrations::PROGRAM;

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
