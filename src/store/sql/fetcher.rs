//! Whose turn it is to fetch what waits at VECOZO.

use async_trait::async_trait;

use super::super::{Connection, Database};
use super::Result;
use crate::domain::Timestamp;
use crate::store::{FetcherStore, Lease};

#[async_trait]
impl FetcherStore for Database {
    async fn take_turn(&self, aanbieders: &str, lease: &Lease, now: Timestamp, latest: Timestamp) -> Result<bool> {
        self.write((aanbieders, lease, now, latest), take_turn).await
    }

    async fn end_turn(&self, aanbieders: &str, worker: &str) -> Result<()> {
        self.write((aanbieders, worker), end_turn).await
    }
}

async fn take_turn(
    conn: &mut Connection,
    aanbieders: &str,
    lease: &Lease,
    now: Timestamp,
    latest: Timestamp,
) -> Result<bool> {
    const TAKE: &str = "INSERT INTO fetcher (aanbieders, worker, until) VALUES ($1, $2, $3)
        ON CONFLICT (aanbieders) DO UPDATE SET worker = $2, until = $3
        WHERE fetcher.worker = $2 OR fetcher.until <= $4 OR fetcher.until > $5";
    let taken = sqlx::query(TAKE).bind(aanbieders).bind(&lease.worker).bind(lease.until).bind(now).bind(latest);
    Ok(taken.execute(conn).await?.rows_affected() == 1)
}

async fn end_turn(conn: &mut Connection, aanbieders: &str, worker: &str) -> Result<()> {
    let end = sqlx::query("DELETE FROM fetcher WHERE aanbieders = $1 AND worker = $2");
    end.bind(aanbieders).bind(worker).execute(conn).await?;
    Ok(())
}
