//! A database of a test, past the store: SQLite in a folder of its own, or PostgreSQL.

use std::path::PathBuf;
use std::sync::Arc;

use iwmo_gateway::store::{IfOlder, Postgres, Sqlite, Store, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tempfile::TempDir;

pub enum Database {
    Sqlite(TempDir),
    Postgres(String),
}

impl Database {
    /// In a file that is not there yet.
    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With nothing in it; `None` when there is no PostgreSQL.
    pub async fn postgres() -> Option<Self> {
        Some(Self::Postgres(crate::postgres::fresh_database().await?))
    }

    /// A store on it.
    pub async fn open(&self, if_older: IfOlder) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match self {
            Self::Sqlite(folder) => Arc::new(Sqlite::opened(&file(folder), if_older).await?),
            Self::Postgres(url) => Arc::new(Postgres::connected(url, if_older).await?),
        })
    }

    /// As the setting `database.url` has it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", file(folder).display()),
            Self::Postgres(url) => url.clone(),
        }
    }

    /// One number out of it.
    pub async fn number(&self, sql: &'static str) -> i64 {
        match self {
            Self::Sqlite(folder) => {
                let mut conn = connection(folder).await;
                sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("a number")
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("the database");
                sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("a number")
            }
        }
    }

    /// The texts of a column of it.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        match self {
            Self::Sqlite(folder) => {
                let mut conn = connection(folder).await;
                sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("texts")
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("the database");
                sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("texts")
            }
        }
    }

    /// Changes it behind the store's back.
    pub async fn tamper(&self, sql: &str) {
        let sql = AssertSqlSafe(sql);
        match self {
            Self::Sqlite(folder) => {
                sqlx::raw_sql(sql).execute(&mut connection(folder).await).await.expect("done");
            }
            Self::Postgres(url) => {
                let mut conn = PgConnection::connect(url).await.expect("the database");
                sqlx::raw_sql(sql).execute(&mut conn).await.expect("done");
            }
        }
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("test.db")
}

async fn connection(folder: &TempDir) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", file(folder).display())).await.expect("the database")
}
