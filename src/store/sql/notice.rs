//! Deadlines of what the gateway notices by itself: opened once, and ended.

use async_trait::async_trait;

use super::super::{Connection, Database, Row};
use super::batch::Batch;
use super::deadline::bind_moments;
use super::row::{Fields, day_in_order, in_order};
use super::{Result, messages, standstill};
use crate::domain::Timestamp;
use crate::store::{Gone, Notice, NoticeStore, RefusedSender, Stage, Standstill, Unapproved};

#[async_trait]
impl NoticeStore for Database {
    async fn notice(&self, notices: &[Notice]) -> Result<Vec<String>> {
        self.write((notices,), notice).await
    }

    async fn noticed(&self, clock: &str, after: &str, limit: u32) -> Result<Vec<String>> {
        self.read((clock, after, limit), noticed).await
    }

    async fn no_more(&self, clock: &str, gone: &[Gone], at: Timestamp) -> Result<()> {
        self.write((clock, gone, at), no_more).await
    }

    async fn standstills(&self, stage: Stage, (after, before): (&str, &str), limit: u32) -> Result<Vec<Standstill>> {
        self.read((stage.word(), (after, before), limit), standstill::at_stage).await
    }

    async fn came_further(&self, after: &str, limit: u32) -> Result<Vec<(String, bool)>> {
        self.read((after, limit), standstill::came_further).await
    }

    async fn reusing_senders(&self, from_id: &str, at_least: u32) -> Result<Vec<RefusedSender>> {
        self.read((from_id, at_least), standstill::reusing_senders).await
    }

    async fn refused_envelopes(&self, since: Timestamp, limit: u32) -> Result<Vec<(Timestamp, String)>> {
        self.read((since, limit), standstill::refused_envelopes).await
    }

    async fn overslept(&self, before: Timestamp) -> Result<Option<Timestamp>> {
        self.read((before,), standstill::overslept).await
    }

    async fn unapproved(&self, before: Timestamp, limit: u32) -> Result<Vec<Unapproved>> {
        self.read((before, limit), standstill::unapproved).await
    }

    async fn failing_receivers(&self, before: Timestamp) -> Result<Vec<(String, Timestamp)>> {
        self.read((before,), standstill::failing_receivers).await
    }

    async fn not_taking(&self, before: Timestamp) -> Result<Vec<(String, Timestamp)>> {
        self.read((before,), standstill::not_taking).await
    }
}

/// See [`NoticeStore::notice`].
///
/// Two at once: of one that both notice, who comes second finds its key taken, and nothing of its portion remains; the next look
/// finds it there.
async fn notice(conn: &mut Connection, notices: &[Notice]) -> Result<Vec<String>> {
    const DEADLINE: &str =
        "INSERT INTO deadline (id, bericht_id, clock, answer, responsible, subject, due, due_at, state, gemeente,
            aanbieder, warns, next_at, term, day_0, way, explanation)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11, $12, $13, $14, $15, $16)";
    const NOTICED: &str = "INSERT INTO noticed (deadline_id, clock, key, holds) VALUES ($1, $2, $3, TRUE)";
    let mut batch = Batch::default();
    let mut opened = Vec::new();
    for new in notices {
        let there = sqlx::query("SELECT 1 FROM noticed WHERE holds AND clock = $1 AND key = $2");
        if there.bind(new.clock).bind(&new.key).fetch_optional(&mut *conn).await?.is_some() {
            continue;
        }
        batch
            .statement(DEADLINE)
            .bind(&new.id)
            .bind(&new.bericht_id)
            .bind(new.clock)
            .bind(&new.answer)
            .bind(&new.responsible)
            .bind(&new.subject)
            .bind(day_in_order(new.due))
            .bind(in_order(new.due_at))
            .bind(&new.gemeente)
            .bind(&new.aanbieder);
        bind_moments(&mut batch, &new.moments);
        batch.statement(NOTICED).bind(&new.id).bind(new.clock).bind(&new.key);
        for message in &new.messages {
            messages::keep(conn, message).await?;
        }
        opened.push(new.id.clone());
    }
    batch.run(conn).await?;
    Ok(opened)
}

/// See [`NoticeStore::noticed`].
async fn noticed(conn: &mut Connection, clock: &str, after: &str, limit: u32) -> Result<Vec<String>> {
    const HOLDING: &str = "SELECT key FROM noticed WHERE holds AND clock = $1 AND key > $2 ORDER BY key LIMIT $3";
    let rows = sqlx::query(HOLDING).bind(clock).bind(after).bind(i64::from(limit)).fetch_all(conn).await?;
    rows.iter().map(|row: &Row| Fields::of("noticed", "key", row).get("key")).collect()
}

/// See [`NoticeStore::no_more`].
///
/// Two at once: who comes second finds nothing that holds, and tells nobody.
async fn no_more(conn: &mut Connection, clock: &str, gone: &[Gone], at: Timestamp) -> Result<()> {
    const END: &str = "UPDATE deadline SET state = CASE WHEN $1 < due_at THEN 'met' ELSE 'late' END, closed_at = $1,
            changed_at = $1, next_at = NULL
        WHERE state IN ('open', 'due-soon', 'overdue', 'waived')
            AND id = (SELECT deadline_id FROM noticed WHERE holds AND clock = $2 AND key = $3)";
    const FORGET: &str = "UPDATE noticed SET holds = FALSE WHERE holds AND clock = $1 AND key = $2";
    let mut batch = Batch::default();
    for one in gone {
        batch.statement(END).bind(at).bind(clock).bind(&one.key);
        if one.messages.is_empty() {
            batch.statement(FORGET).bind(clock).bind(&one.key);
        }
    }
    batch.run(conn).await?;
    for one in gone.iter().filter(|one| !one.messages.is_empty()) {
        let forgotten = sqlx::query(FORGET).bind(clock).bind(&one.key).execute(&mut *conn).await?;
        if forgotten.rows_affected() == 1 {
            for message in &one.messages {
                messages::keep(conn, message).await?;
            }
        }
    }
    Ok(())
}
