//! What the SQL that both databases understand takes from this one.

use crate::store::migrations::Dialect;

pub(in crate::store) type Connection = sqlx::PgConnection;
pub(in crate::store) type Db = sqlx::Postgres;
pub(in crate::store) type Row = sqlx::postgres::PgRow;

pub(in crate::store) const DIALECT: Dialect = Dialect::Postgres;

/// A prepared statement is one statement.
pub(in crate::store) const JOINS_STATEMENTS: bool = false;

/// Takes rows that nobody else is taking, without waiting.
pub(in crate::store) const SKIP_LOCKED: &str = "FOR UPDATE SKIP LOCKED";

/// How large the database is.
pub(in crate::store) const DATABASE_BYTES: &str = "SELECT pg_database_size(current_database())";
