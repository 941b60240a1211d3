//! SQLite: one file, one gateway process, no server.
//!
//! One writer commits in groups ([`writer`]); readers have connections of their own and see what was
//! committed; the log is folded into the database by a third party ([`checkpoint`]), off the commit path.

mod checkpoint;
mod dialect;
mod readers;
mod writer;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::StoreError;
use super::figures::Writes;
use super::migrations::IfOlder;
use super::use_case::{Asked, Lent, UseCase};
use checkpoint::Checkpointer;
use dialect::{Connection, DATABASE_BYTES, DIALECT, Db, JOINS_STATEMENTS, Row, SKIP_LOCKED, Turn};
use readers::Readers;
use sql::Batch;
use writer::{Home, Writer};

#[expect(clippy::duplicate_mod, reason = "the same SQL on two databases, once per driver")]
#[path = "sql/mod.rs"]
mod sql;

type Database = Sqlite;
/// Earlier ones can corrupt the database when a checkpoint and a commit meet (the WAL-reset bug).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Each has a cache of its own, which every commit makes void: few of them are asked more often between two commits.
const READERS: u32 = 4;

/// What the writer keeps of the database in memory, in KiB below zero as SQLite wants it: the upper pages of all trees, so
/// that a commit reads few.
const WRITER_CACHE: &str = "-16384";

/// To how many bytes a log that had grown is cut when it begins anew: 256 MiB.
const LOG_LIMIT: &str = "268435456";

/// How long a statement waits for another process that has the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The same, while that process may be bringing a large database up to date.
const UPGRADE_TIMEOUT: Duration = Duration::from_mins(30);

/// The store in a SQLite database.
pub struct Sqlite {
    writer: Writer,
    /// Absent in memory, where there is only the writer's connection.
    file: Option<File>,
    writes: Writes,
}

/// What a database in a file has besides its writer.
struct File {
    readers: Readers,
    checkpointer: Checkpointer,
}

impl Sqlite {
    /// Opens the database in this file, or creates it for its owner only, and brings its schema up to date; who comes
    /// meanwhile waits.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when there can be no file, [`StoreError::Database`] when it cannot be used or SQLite is too old, [`StoreError::LaterSchema`] and
    /// [`StoreError::Migration`] when its schema is not ours. Then the database is as it was.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::opened(path, IfOlder::Upgrade).await
    }

    /// Opens the database in this file, or creates it for its owner only, as `if_older` says.
    ///
    /// # Errors
    /// As [`Sqlite::open`], and [`StoreError::EarlierSchema`].
    pub async fn opened(path: &Path, if_older: IfOlder) -> Result<Self, StoreError> {
        create_for_owner_only(path).map_err(|error| StoreError::Unreachable {
            place: path.display().to_string(),
            source: sqlx::Error::Io(error),
        })?;
        let options = options().filename(path).journal_mode(SqliteJournalMode::Wal);
        let writing = options.clone().pragma("cache_size", WRITER_CACHE).pragma("journal_size_limit", LOG_LIMIT);
        let conn = ready(&writing, if_older).await?;
        let readers = Readers::connect(options.clone(), READERS).await?;
        let committed = Arc::new(Notify::new());
        let turn = Turn::default();
        let checkpointer = Checkpointer::start(options, path, turn.clone(), committed.clone()).await?;
        let writer = Writer::start(conn, Some(Home::of(writing, path).map_err(sqlx::Error::Io)?), turn, committed)
            .map_err(sqlx::Error::Io)?;
        Ok(Self { writer, file: Some(File { readers, checkpointer }), writes: Writes::default() })
    }

    /// An empty database that lives as long as this value.
    ///
    /// # Errors
    /// [`StoreError::Database`] when SQLite is too old.
    pub async fn in_memory() -> Result<Self, StoreError> {
        let conn = ready(&options().in_memory(true), IfOlder::Upgrade).await?;
        let writer = Writer::start(conn, None, Turn::default(), Arc::default()).map_err(sqlx::Error::Io)?;
        Ok(Self { writer, file: None, writes: Writes::default() })
    }

    /// Runs a use case that only reads.
    async fn read<A, T, U>(&self, asked: A, use_case: U) -> Result<T, StoreError>
    where
        A: Asked,
        T: Send + 'static,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, T> + 'static,
    {
        let Some(file) = &self.file else { return self.write(asked, use_case).await };
        let mut conn = file.readers.lend().await?;
        use_case.run(&mut conn, asked.lend()).await
    }

    /// Runs a use case that writes, and answers when that is on disk.
    async fn write<A, T, U>(&self, asked: A, use_case: U) -> Result<T, StoreError>
    where
        A: Asked,
        T: Send + 'static,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, T> + 'static,
    {
        let began = Instant::now();
        let done = self.writer.run(asked.keep(), use_case).await;
        self.writes.took(began.elapsed());
        done
    }

    /// The same for one that comes to no more than this, when that is known beforehand.
    async fn write_planned<A, U>(
        &self,
        plan: impl FnOnce() -> Result<Option<Batch>, StoreError>,
        asked: A,
        use_case: U,
    ) -> Result<(), StoreError>
    where
        A: Asked,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, ()> + 'static,
    {
        let plan = plan()?;
        let began = Instant::now();
        let done = self.writer.run_planned(plan, asked.keep(), use_case).await;
        self.writes.took(began.elapsed());
        done
    }

    async fn shut(&self) {
        self.writer.finish().await;
        if let Some(file) = &self.file {
            file.readers.close().await;
            file.checkpointer.finish().await;
        }
    }
}

/// What holds for every connection. The log is never checkpointed by who commits.
fn options() -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", "0")
        // A statement finds by an index that is there, or is to get one: none is made for a while of all that there is.
        .pragma("automatic_index", "OFF")
        // What a savepoint may have to put back stays out of a file.
        .pragma("temp_store", "MEMORY")
}

/// SQLite gives the log files the mode of the database.
fn create_for_owner_only(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        let text = format!("there is no folder {}; make it first", folder.display());
        return Err(std::io::Error::new(std::io::ErrorKind::NotFound, text));
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        created => created.map(|_| ()),
    }
}

/// The writer's connection to a database of our schema.
async fn ready(options: &SqliteConnectOptions, if_older: IfOlder) -> Result<Connection, StoreError> {
    let mut conn = options.connect().await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut conn).await?;
    if version_parts(&version) < OLDEST_SQLITE.to_vec() {
        let reason = format!("SQLite {version} can corrupt its log; at least 3.51.3 is needed");
        return Err(sqlx::Error::Configuration(reason.into()).into());
    }
    make_ours(&mut conn, if_older).await?;
    Ok(conn)
}

/// In one transaction, and nobody else writes meanwhile.
async fn make_ours(conn: &mut Connection, if_older: IfOlder) -> Result<(), StoreError> {
    // A change may put a table in the place of another, which must not take along what refers to it; that nothing refers to
    // what is not there is seen before the commit. Inside a transaction this switch does nothing.
    set(conn, "foreign_keys", "OFF").await?;
    set(conn, "busy_timeout", &UPGRADE_TIMEOUT.as_millis().to_string()).await?;
    let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await?;
    if sql::make_ours(&mut transaction, if_older).await? {
        let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut *transaction).await?;
        if !broken.is_empty() {
            let reason = format!("{} rows would refer to rows that are not there", broken.len());
            return Err(sqlx::Error::Protocol(reason).into());
        }
    }
    transaction.commit().await?;
    set(conn, "busy_timeout", &BUSY_TIMEOUT.as_millis().to_string()).await?;
    set(conn, "foreign_keys", "ON").await
}

async fn set(conn: &mut Connection, name: &str, value: &str) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(format!("PRAGMA {name} = {value}"))).execute(conn).await?;
    Ok(())
}

fn version_parts(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_share_no_lock_for_their_memory() {
        let mut conn = options().in_memory(true).connect().await.expect("a database");
        let built: Vec<String> =
            sqlx::query_scalar("PRAGMA compile_options").fetch_all(&mut conn).await.expect("how SQLite was built");
        let has = |option: &str| built.iter().any(|one| one == option);
        assert!(
            !has("ENABLE_MEMORY_MANAGEMENT") && has("DEFAULT_MEMSTATUS=0"),
            ".cargo/config.toml says how: {built:?}"
        );
    }

    #[test]
    fn versions_compare_by_number_not_by_text() {
        assert!(version_parts("3.9.99") < OLDEST_SQLITE.to_vec());
        assert!(version_parts("3.51.2") < OLDEST_SQLITE.to_vec());
        assert!(version_parts("3.51.3") >= OLDEST_SQLITE.to_vec());
        assert!(version_parts("3.100.0") >= OLDEST_SQLITE.to_vec());
    }
}
