//! PostgreSQL: any number of gateway processes share one database.
//!
//! Each use case is one transaction on READ COMMITTED, whatever the server's default: verdicts are guarded by
//! compare-and-set, claims by row locks that others skip. Only two records of one client can wait for each
//! other; the one that PostgreSQL breaks off is stale and judged anew.

mod dialect;

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::migrate::Migrate as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::Instant;

use super::StoreError;
use super::figures::Writes;
use super::migrations::IfOlder;
use super::use_case::{Asked, Lent, UseCase};
use dialect::{Connection, DATABASE_BYTES, DIALECT, Db, JOINS_STATEMENTS, Row, SKIP_LOCKED};
use sql::Batch;

#[expect(clippy::duplicate_mod, reason = "the same SQL on two databases, once per driver")]
#[path = "sql/mod.rs"]
mod sql;

type Database = Postgres;
const MAX_CONNECTIONS: u32 = 16;

/// How long to wait for a connection.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The store in a PostgreSQL database.
pub struct Postgres {
    pool: PgPool,
    writes: Writes,
}

impl Postgres {
    /// Connects, and brings the schema up to date; who comes meanwhile waits.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when it is not there or lets nobody in, [`StoreError::LaterSchema`] and [`StoreError::Migration`] when its
    /// schema is not ours. Then the database is as it was.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        Self::connected(url, IfOlder::Upgrade).await
    }

    /// Connects, as `if_older` says.
    ///
    /// # Errors
    /// As [`Postgres::connect`], and [`StoreError::EarlierSchema`].
    pub async fn connected(url: &str, if_older: IfOlder) -> Result<Self, StoreError> {
        reach(url).await?;
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(TIMEOUT)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    insist_on_durability(conn).await?;
                    find_by_index(conn).await
                })
            })
            .connect(url)
            .await?;
        let mut conn = pool.acquire().await?;
        // A change of the schema looks at all there is, which is quick as the server thinks best.
        sqlx::raw_sql(AS_IT_THINKS).execute(&mut *conn).await?;
        make_ours(&mut conn, if_older).await?;
        find_by_index(&mut conn).await?;
        drop(conn);
        Ok(Self { pool, writes: Writes::default() })
    }

    /// Runs a use case that only reads.
    async fn read<A, T, U>(&self, asked: A, use_case: U) -> Result<T, StoreError>
    where
        A: Asked,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, T>,
    {
        let mut conn = self.pool.acquire().await.map_err(fault)?;
        use_case.run(&mut conn, asked.lend()).await.map_err(clean)
    }

    /// Runs a use case that writes, and answers when that is on disk.
    async fn write<A, T, U>(&self, asked: A, use_case: U) -> Result<T, StoreError>
    where
        A: Asked,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, T>,
    {
        let began = Instant::now();
        let mut conn = self.pool.acquire().await.map_err(fault)?;
        let mut transaction = conn.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await.map_err(fault)?;
        // When it fails, dropping the transaction rolls it back.
        let done = use_case.run(&mut transaction, asked.lend()).await;
        if done.as_ref().is_err_and(is_read_only) {
            drop(transaction);
            conn.close_on_drop();
            self.forget_idle();
        } else if done.is_ok() {
            transaction.commit().await.map_err(fault)?;
            self.writes.took(began.elapsed());
        }
        done.map_err(clean)
    }

    /// Closes the connections that nobody uses: one that was made while the server only reads never writes again.
    fn forget_idle(&self) {
        while let Some(mut idle) = self.pool.try_acquire() {
            idle.close_on_drop();
        }
    }

    /// The same: here each goes by itself.
    async fn write_planned<A, U>(
        &self,
        _plan: impl FnOnce() -> Result<Option<Batch>, StoreError>,
        asked: A,
        use_case: U,
    ) -> Result<(), StoreError>
    where
        A: Asked,
        U: for<'c> UseCase<'c, Connection, Lent<'c, A>, ()>,
    {
        self.write(asked, use_case).await
    }

    async fn shut(&self) {
        self.pool.close().await;
    }
}

/// Asks for one connection: a pool tries again and again, and in the end only says that it took too long.
async fn reach(url: &str) -> Result<(), StoreError> {
    let unreachable = |place: &str, source| StoreError::Unreachable { place: place.to_owned(), source };
    let options = PgConnectOptions::from_str(url).map_err(|error| unreachable("no address of PostgreSQL", error))?;
    let place = format!("PostgreSQL at {}:{}", options.get_host(), options.get_port());
    let late = |_| sqlx::Error::Io(std::io::Error::from(std::io::ErrorKind::TimedOut));
    let connected = tokio::time::timeout(TIMEOUT, PgConnection::connect_with(&options)).await.map_err(late);
    let connection = connected.flatten().map_err(|error| unreachable(&place, error))?;
    connection.close().await.map_err(|error| unreachable(&place, error))
}

/// In one transaction, under a lock that lasts until it is committed: the one that earlier programs took as well.
async fn make_ours(conn: &mut Connection, if_older: IfOlder) -> Result<(), StoreError> {
    conn.lock().await.map_err(StoreError::Migration)?;
    let done = async {
        let mut transaction = conn.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        sql::make_ours(&mut transaction, if_older).await?;
        Ok(transaction.commit().await?)
    };
    let done = done.await;
    conn.unlock().await.map_err(StoreError::Migration)?;
    done.map_err(clean)
}

/// Store before yes: a server that was set to answer commits before they are on disk is told otherwise.
async fn insist_on_durability(conn: &mut Connection) -> Result<(), sqlx::Error> {
    const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
        WHERE current_setting('synchronous_commit') = 'off'";
    sqlx::query(DURABLE).execute(conn).await.map(|_| ())
}

/// Every statement of ours finds by an index, and few at a time. Without statistics (a new database, a year that just began) the
/// server would pass whole tables instead, and what passes none is worth no compiling.
const BY_INDEX: &str = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

const AS_IT_THINKS: &str = "RESET enable_seqscan; RESET enable_hashjoin; RESET enable_mergejoin; RESET jit";

async fn find_by_index(conn: &mut Connection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(BY_INDEX).execute(conn).await.map(|_| ())
}

/// Whether the server only reads: it was told so, or stands by for another one.
fn is_read_only(error: &StoreError) -> bool {
    const READ_ONLY: &str = "25006";
    let StoreError::Database(sqlx::Error::Database(said)) = error else { return false };
    said.code().as_deref() == Some(READ_ONLY)
}

fn clean(error: StoreError) -> StoreError {
    match error {
        StoreError::Database(cause) => fault(cause),
        other => other,
    }
}

/// What PostgreSQL says, without the detail in which it quotes the row: that may hold a Bsn.
fn fault(error: sqlx::Error) -> StoreError {
    const SERIALIZATION_FAILURE: &str = "40001";
    const DEADLOCK: &str = "40P01";
    let said = match error {
        sqlx::Error::PoolClosed => return StoreError::Closed,
        sqlx::Error::Database(said) => said,
        other => return StoreError::Database(other),
    };
    match said.code().as_deref() {
        Some(SERIALIZATION_FAILURE | DEADLOCK) => StoreError::Stale,
        code => StoreError::Database(sqlx::Error::Protocol(format!(
            "{}: {} (constraint {}, table {})",
            code.unwrap_or("no code"),
            said.message(),
            said.constraint().unwrap_or("none"),
            said.table().unwrap_or("none"),
        ))),
    }
}
