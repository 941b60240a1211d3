//! Which schema a database has, and the way up to ours. Before anything else, and in the transaction of the caller: all of the
//! way, or none of it.

use sqlx::migrate::Migrate as _;

use super::super::{Connection, DIALECT};
use super::Result;
use crate::store::StoreError;
use crate::store::migrations::{APPLIED, IfOlder, PROGRAM, migrator, ours};

/// Makes sure that the schema is ours. Answers whether it had to be changed for that.
///
/// # Errors
/// [`StoreError::LaterSchema`] and [`StoreError::EarlierSchema`] when it is not and does not become so;
/// [`StoreError::Migration`] when a change fails, or was carried out with another text than we have.
pub async fn make_ours(conn: &mut Connection, if_older: IfOlder) -> Result<bool> {
    conn.ensure_migrations_table(APPLIED).await.map_err(StoreError::Migration)?;
    let applied = conn.list_applied_migrations(APPLIED).await.map_err(StoreError::Migration)?;
    let found = applied.iter().map(|one| one.version).max().unwrap_or_default();
    let ours = ours();
    if found > ours {
        return Err(StoreError::LaterSchema { found, ours, program: program_of(conn, found).await? });
    }
    match if_older {
        IfOlder::Refuse if found < ours => return Err(StoreError::EarlierSchema { found, ours }),
        IfOlder::Refuse => migrator(DIALECT).run_direct(None, conn, false).await.map_err(StoreError::Migration)?,
        IfOlder::Upgrade => {
            migrator(DIALECT).run_direct(None, conn, false).await.map_err(StoreError::Migration)?;
            keep_program(conn, ours).await?;
            if (1..ours).contains(&found) {
                tracing::info!(from = found, to = ours, "the database is brought up to date");
            }
        }
    }
    Ok(found < ours)
}

/// Which version used a database of this schema last. Every one that makes a later schema than ours keeps that.
async fn program_of(conn: &mut Connection, schema: i64) -> Result<Option<String>> {
    let version = sqlx::query_scalar("SELECT version FROM program WHERE schema = $1").bind(schema);
    Ok(version.fetch_optional(conn).await?)
}

async fn keep_program(conn: &mut Connection, schema: i64) -> Result<()> {
    const KEEP: &str = "INSERT INTO program (schema, version) VALUES ($1, $2)
        ON CONFLICT (schema) DO UPDATE SET version = excluded.version WHERE program.version <> excluded.version";
    sqlx::query(KEEP).bind(schema).bind(PROGRAM).execute(conn).await?;
    Ok(())
}
