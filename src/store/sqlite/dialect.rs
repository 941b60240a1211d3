//! What the SQL that both databases understand takes from this one.

use std::sync::Arc;

use crate::store::migrations::Dialect;

pub(in crate::store) type Connection = sqlx::SqliteConnection;
pub(in crate::store) type Db = sqlx::Sqlite;
pub(in crate::store) type Row = sqlx::sqlite::SqliteRow;

/// Whose turn it is to write: the writer's for a group, or the checkpointer's for the last of the log.
pub(in crate::store) type Turn = Arc<tokio::sync::Mutex<()>>;

pub(in crate::store) const DIALECT: Dialect = Dialect::Sqlite;

/// Statements go together.
pub(in crate::store) const JOINS_STATEMENTS: bool = true;

/// Nothing to skip: there is one writer at a time.
pub(in crate::store) const SKIP_LOCKED: &str = "";

/// How large the database is.
pub(in crate::store) const DATABASE_BYTES: &str =
    "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
