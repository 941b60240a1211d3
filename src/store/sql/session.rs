//! Who is logged in on the pages, and what they searched for.

use async_trait::async_trait;
use chrono::TimeDelta;

use super::super::{Connection, Database, Row};
use super::row::Fields;
use super::{Result, audit};
use crate::domain::Timestamp;
use crate::store::{Search, Session, SessionStore};

/// How long a search is kept.
const KEPT: TimeDelta = TimeDelta::days(1);

#[async_trait]
impl SessionStore for Database {
    async fn open_session(&self, session: &Session, now: Timestamp) -> Result<()> {
        self.write((session, now), open).await
    }

    async fn session(&self, secret_sha256: &str, now: Timestamp) -> Result<Option<Session>> {
        self.read((secret_sha256, now), session).await
    }

    async fn end_session(&self, secret_sha256: &str) -> Result<()> {
        self.write((secret_sha256,), end).await
    }

    async fn keep_search(&self, search: &Search) -> Result<()> {
        self.write((search,), keep_search).await
    }

    async fn search(&self, id: &str, who: &str) -> Result<Option<Search>> {
        self.read((id, who), search).await
    }
}

async fn open(conn: &mut Connection, session: &Session, now: Timestamp) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE ends <= $1").bind(now).execute(&mut *conn).await?;
    sqlx::query("INSERT INTO session (secret_sha256, token_sha256, form_key, ends) VALUES ($1, $2, $3, $4)")
        .bind(&session.secret_sha256)
        .bind(&session.token_sha256)
        .bind(&session.form_key)
        .bind(session.ends)
        .execute(conn)
        .await?;
    Ok(())
}

async fn session(conn: &mut Connection, secret_sha256: &str, now: Timestamp) -> Result<Option<Session>> {
    let found =
        sqlx::query("SELECT * FROM session WHERE secret_sha256 = $1 AND ends > $2").bind(secret_sha256).bind(now);
    let session = |row: Row| {
        let fields = Fields::of("session", "secret_sha256", &row);
        Ok(Session {
            secret_sha256: fields.get("secret_sha256")?,
            token_sha256: fields.get("token_sha256")?,
            form_key: fields.get("form_key")?,
            ends: fields.get("ends")?,
        })
    };
    found.fetch_optional(conn).await?.map(session).transpose()
}

async fn end(conn: &mut Connection, secret_sha256: &str) -> Result<()> {
    sqlx::query("DELETE FROM session WHERE secret_sha256 = $1").bind(secret_sha256).execute(conn).await?;
    Ok(())
}

async fn keep_search(conn: &mut Connection, search: &Search) -> Result<()> {
    let gone = search.at.checked_sub_signed(KEPT).unwrap_or(search.at);
    sqlx::query("DELETE FROM search WHERE at < $1").bind(gone).execute(&mut *conn).await?;
    sqlx::query("INSERT INTO search (id, at, who, wanted) VALUES ($1, $2, $3, $4)")
        .bind(&search.id)
        .bind(search.at)
        .bind(&search.who)
        .bind(&search.wanted)
        .execute(&mut *conn)
        .await?;
    audit::append(conn, (search.at, &search.who), "berichten.searched", None, "{}").await
}

async fn search(conn: &mut Connection, id: &str, who: &str) -> Result<Option<Search>> {
    let found = sqlx::query("SELECT * FROM search WHERE id = $1 AND who = $2").bind(id).bind(who);
    let search = |row: Row| {
        let fields = Fields::of("search", "id", &row);
        Ok(Search {
            id: fields.get("id")?,
            at: fields.get("at")?,
            who: fields.get("who")?,
            wanted: fields.get("wanted")?,
        })
    };
    found.fetch_optional(conn).await?.map(search).transpose()
}
