//! Connections that read. They are lent out as they are: a pool that asks each time whether a connection still lives
//! costs more than what is read, and one to a file does not break.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection as _};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::store::StoreError;

/// All connections that read.
pub struct Readers {
    free: Mutex<Vec<SqliteConnection>>,
    /// As many permits as there are connections; closed with them.
    permits: Semaphore,
    count: u32,
}

impl Readers {
    /// Opens so many.
    ///
    /// # Errors
    /// What keeps the database from being opened.
    pub async fn connect(options: SqliteConnectOptions, count: u32) -> Result<Self, sqlx::Error> {
        let options = options.pragma("query_only", "ON");
        let mut free = Vec::new();
        for _ in 0..count {
            free.push(options.connect().await?);
        }
        Ok(Self { free: Mutex::new(free), permits: Semaphore::new(count as usize), count })
    }

    /// Lends one out, when one is free.
    ///
    /// # Errors
    /// [`StoreError::Closed`].
    pub async fn lend(&self) -> Result<Reader<'_>, StoreError> {
        let permit = self.permits.acquire().await.map_err(|_| StoreError::Closed)?;
        let conn = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(Reader { conn: Some(conn.ok_or(StoreError::Closed)?), home: self, _permit: permit })
    }

    /// Waits until all are back, and closes them.
    pub async fn close(&self) {
        let Ok(all) = self.permits.acquire_many(self.count).await else { return };
        self.permits.close();
        let free = std::mem::take(&mut *self.free.lock().unwrap_or_else(PoisonError::into_inner));
        for conn in free {
            if let Err(cause) = conn.close().await {
                tracing::warn!(error = %cause, "a connection that read did not close cleanly");
            }
        }
        drop(all);
    }
}

/// A connection that goes back when it is dropped.
pub struct Reader<'r> {
    /// Present until then.
    conn: Option<SqliteConnection>,
    home: &'r Readers,
    _permit: SemaphorePermit<'r>,
}

impl Deref for Reader<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.conn.as_ref().expect("it goes back when dropped")
    }
}

impl DerefMut for Reader<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.conn.as_mut().expect("it goes back when dropped")
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let mut free = self.home.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.extend(self.conn.take());
    }
}
