//! Folds the write-ahead log into the database, off the commit path.
//!
//! After commits a PASSIVE checkpoint copies what it can without hindering anybody. While commits go on it never catches up,
//! and the log would grow for ever: so the last of a large log is folded in while the writer waits, which then is little,
//! and the log is written from its start again.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _, Row as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::Turn;

/// How long commits gather before the log is folded in.
const PAUSE: Duration = Duration::from_millis(250);

/// How long the last fold waits for readers that are still in the log, and the writer with it.
const READERS_TIMEOUT: Duration = Duration::from_millis(20);

/// Pages (of 4 KiB) in the log from which on the writer waits for its last fold: 64 MiB.
const LARGE: i64 = 16_384;

/// How often a large log is folded in beside the writer before that: each time less is left.
const ROUNDS: usize = 2;

/// The background task, and how to end it.
pub struct Checkpointer {
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Checkpointer {
    /// Starts the task on a connection of its own; `committed` tells of commits.
    ///
    /// # Errors
    /// What keeps the database from being opened.
    pub async fn start(
        options: SqliteConnectOptions,
        path: &Path,
        turn: Turn,
        committed: Arc<Notify>,
    ) -> Result<Self, sqlx::Error> {
        let (stop, stopped) = oneshot::channel();
        let log = Log::open(options, path, turn, LARGE).await?;
        let task = tokio::spawn(run(log, committed, stopped));
        Ok(Self { running: Mutex::new(Some((stop, task))) })
    }

    /// Folds in all of the log and ends. Call it when writer and readers are gone.
    pub async fn finish(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((stop, task)) = running {
            drop(stop);
            if let Err(cause) = task.await {
                tracing::error!(error = %cause, "the checkpointer broke off");
            }
        }
    }
}

async fn run(mut log: Log, committed: Arc<Notify>, mut stopped: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            // Ended by finish, or with the store: either way the sender is gone.
            _ = &mut stopped => break,
            () = async { committed.notified().await; tokio::time::sleep(PAUSE).await } => log.fold().await,
        }
    }
    log.checkpoint("PRAGMA wal_checkpoint(TRUNCATE)").await;
    if let Err(cause) = log.conn.close().await {
        tracing::warn!(error = %cause, "the checkpointer's connection did not close cleanly");
    }
}

/// The write-ahead log.
struct Log {
    conn: SqliteConnection,
    /// Open as long as anybody uses the database: to close a file gives up the locks that the process has on it.
    database: Arc<File>,
    turn: Turn,
    /// Pages from which on the writer waits for the last fold.
    large: i64,
}

impl Log {
    async fn open(options: SqliteConnectOptions, path: &Path, turn: Turn, large: i64) -> Result<Self, sqlx::Error> {
        let conn = options.busy_timeout(READERS_TIMEOUT).connect().await?;
        Ok(Self { conn, database: Arc::new(File::open(path)?), turn, large })
    }

    async fn fold(&mut self) {
        if self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)").await < self.large {
            return;
        }
        for _ in 0..ROUNDS {
            self.flush().await;
            self.checkpoint("PRAGMA wal_checkpoint(PASSIVE)").await;
        }
        self.flush().await;
        let turn = self.turn.clone();
        let _turn = turn.lock().await;
        self.checkpoint("PRAGMA wal_checkpoint(RESTART)").await;
    }

    /// Answers how many pages the log has. Failing is no harm: the log is as durable as the database.
    async fn checkpoint(&mut self, pragma: &'static str) -> i64 {
        let pages = sqlx::query(pragma).fetch_one(&mut self.conn).await.and_then(|row| row.try_get(1));
        pages.unwrap_or_else(|cause| {
            tracing::warn!(error = %cause, "the log was not folded into the database");
            0
        })
    }

    /// Has what was folded in written to disk, so that little is left to write while the writer waits.
    async fn flush(&self) {
        let database = Arc::clone(&self.database);
        let flushed = tokio::task::spawn_blocking(move || database.sync_data()).await;
        if let Err(cause) = flushed.map_err(std::io::Error::other).flatten() {
            tracing::warn!(error = %cause, "the database was not flushed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{options, ready};
    use super::*;
    use crate::store::IfOlder;

    /// A database in a file, with a log that is large from its first page on.
    async fn written(folder: &Path) -> (SqliteConnection, Log) {
        let path = folder.join("test.db");
        std::fs::write(&path, "").expect("a file");
        let options = options().filename(&path).journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
        let mut conn = ready(&options, IfOlder::Upgrade).await.expect("a database of our schema");
        write(&mut conn, 0..200).await;
        let log = Log::open(options, &path, Turn::default(), 1).await.expect("the database");
        (conn, log)
    }

    async fn write(conn: &mut SqliteConnection, ids: std::ops::Range<usize>) {
        for id in ids {
            let row =
                sqlx::query("INSERT INTO ahead (bericht_id, since) VALUES ($1, '2026-03-02')").bind(id.to_string());
            row.execute(&mut *conn).await.expect("written");
        }
    }

    fn log_bytes(folder: &Path) -> u64 {
        std::fs::metadata(folder.join("test.db-wal")).expect("the log").len()
    }

    #[tokio::test]
    async fn a_large_log_is_written_from_its_start_again_although_commits_go_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut conn, mut log) = written(folder.path()).await;
        let turn = log.turn.clone();
        let writing = turn.lock().await;
        let folding = tokio::spawn(async move {
            log.fold().await;
            log
        });
        let (holders, mut next) = (Arc::strong_count(&turn), 200);
        while Arc::strong_count(&turn) == holders {
            write(&mut conn, next..next + 1).await;
            next += 1;
        }
        write(&mut conn, next..next + 50).await;
        let before = log_bytes(folder.path());
        drop(writing);
        folding.await.expect("folded");
        write(&mut conn, next + 50..next + 100).await;
        assert_eq!(log_bytes(folder.path()), before, "what came after stands where what was folded in stood");
    }

    #[tokio::test]
    async fn a_reader_in_the_log_is_not_waited_for_and_loses_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut conn, mut log) = written(folder.path()).await;
        let mut reader = options().filename(folder.path().join("test.db")).connect().await.expect("a reader");
        let mut reading = reader.begin().await.expect("begun");
        let count = "SELECT COUNT(*) FROM ahead";
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&mut *reading).await.expect("read");
        write(&mut conn, 200..300).await;
        log.fold().await;
        write(&mut conn, 300..310).await;
        let seen_again: i64 = sqlx::query_scalar(count).fetch_one(&mut *reading).await.expect("read");
        drop(reading);
        let all: i64 = sqlx::query_scalar(count).fetch_one(&mut reader).await.expect("read");
        assert_eq!((seen, seen_again, all), (200, 200, 310));
    }
}
