//! Folds the write-ahead log into the database, off the commit path.
//!
//! After commits a PASSIVE checkpoint copies what it can without hindering anybody; the log is then written
//! from its start again. Only when readers kept it growing, TRUNCATE waits for them once.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// How long commits gather before the log is folded in, and the longest that TRUNCATE holds up a commit.
pub const PAUSE: Duration = Duration::from_secs(1);

/// Pages (of 4 KiB) in the log from which on it is worth waiting for readers: 256 MiB.
const LARGE: i64 = 65_536;

/// The background task, and how to end it.
pub struct Checkpointer {
    running: Mutex<Option<(oneshot::Sender<()>, JoinHandle<()>)>>,
}

impl Checkpointer {
    /// Starts the task on a connection of its own; `committed` tells of commits.
    pub fn start(conn: SqliteConnection, committed: Arc<Notify>) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(run(conn, committed, stopped));
        Self { running: Mutex::new(Some((stop, task))) }
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

async fn run(mut conn: SqliteConnection, committed: Arc<Notify>, mut stopped: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            // Ended by finish, or with the store: either way the sender is gone.
            _ = &mut stopped => break,
            () = async { committed.notified().await; tokio::time::sleep(PAUSE).await } => {
                if checkpoint(&mut conn, "PRAGMA wal_checkpoint(PASSIVE)").await > LARGE {
                    checkpoint(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await;
                }
            }
        }
    }
    checkpoint(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await;
    if let Err(cause) = conn.close().await {
        tracing::warn!(error = %cause, "the checkpointer's connection did not close cleanly");
    }
}

/// Answers how many pages the log has. Failing is no harm: the log is as durable as the database.
async fn checkpoint(conn: &mut SqliteConnection, pragma: &'static str) -> i64 {
    let pages = sqlx::query(pragma).fetch_one(conn).await.and_then(|row| row.try_get(1));
    pages.unwrap_or_else(|cause| {
        tracing::warn!(error = %cause, "the log was not folded into the database");
        0
    })
}
