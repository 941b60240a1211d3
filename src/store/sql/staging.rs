//! What a large bericht brings is written ahead of its verdict, in short transactions, so that nobody waits long for the
//! database. Nobody sees it until the bericht itself is there: its row, or its place in the journal, is what counts.
//!
//! What was written ahead of a bericht that then was not recorded is taken away again: at once, or after a crash at a
//! later start.

use std::ops::Range;

use super::super::Connection;
use super::Result;
use super::batch::Batch;
use super::declaratie::insert_prestaties;
use super::finding::insert_findings;
use super::ledger::insert_about;
use super::payload::{PART, insert_part};
use super::row::in_order;
use crate::domain::Timestamp;
use crate::size::{HUGE_ROWS, Size};
use crate::store::{Entry, NewBericht};

/// As much as one transaction writes.
#[derive(Clone)]
pub enum Portion {
    /// That there is something.
    Mark,
    /// A part of the bytes of the bericht or of its retour.
    Bytes { of_retour: bool, is_made: bool, nr: usize },
    /// Lines of the declaratie.
    Lines(Range<usize>),
    /// What the bericht is about.
    About(Range<usize>),
    /// What was found in it.
    Findings(Range<usize>),
}

/// What is written ahead of this, in order; nothing unless it is large. What waited is there already.
pub fn portions(entry: &Entry) -> Vec<Portion> {
    if entry.released {
        return Vec::new();
    }
    let lines = entry.ledger.declaratie.as_ref().map_or(0, |declaratie| declaratie.prestaties.len());
    let subjects = entry.about.as_ref().map_or(0, |about| about.revisions.len());
    let bytes: Vec<(bool, bool, usize)> =
        berichten(entry).flat_map(|(of_retour, bericht)| sizes(of_retour, bericht)).collect();
    let most_bytes = bytes.iter().map(|(.., size)| *size).max().unwrap_or(0);
    let findings = entry.bericht.receipt.findings.len();
    if Size::with_rows(most_bytes, lines.max(subjects).max(findings)) < Size::Huge {
        return Vec::new();
    }
    let parts = bytes.into_iter().flat_map(|(of_retour, is_made, size)| {
        (0..size.div_ceil(PART)).map(move |nr| Portion::Bytes { of_retour, is_made, nr })
    });
    let parts = parts.chain(ranges(lines).map(Portion::Lines)).chain(ranges(subjects).map(Portion::About));
    let parts = parts.chain(ranges(findings).map(Portion::Findings));
    [Portion::Mark].into_iter().chain(parts).collect()
}

/// The berichten whose bytes this brings, and whether they are those of the retour.
fn berichten(entry: &Entry) -> impl Iterator<Item = (bool, &NewBericht)> {
    [(false, &entry.bericht)].into_iter().chain(entry.retour.as_ref().map(|retour| (true, retour)))
}

fn sizes(of_retour: bool, bericht: &NewBericht) -> impl Iterator<Item = (bool, bool, usize)> {
    let made = bericht.xml.as_ref().map(|xml| (of_retour, true, xml.len()));
    [(of_retour, false, bericht.bytes.len())].into_iter().chain(made)
}

fn ranges(count: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).step_by(HUGE_ROWS).map(move |from| from..count.min(from + HUGE_ROWS))
}

/// What writes one portion.
pub fn plan(entry: &Entry, portion: &Portion) -> Result<Batch> {
    let (id, mut batch) = (&entry.bericht.id, Batch::default());
    match portion {
        Portion::Mark => {
            for (_, bericht) in berichten(entry) {
                batch
                    .statement("INSERT INTO ahead (bericht_id, since) VALUES ($1, $2)")
                    .bind(&bericht.id)
                    .bind(in_order(entry.bericht.received_at));
            }
        }
        Portion::Bytes { of_retour, is_made, nr } => {
            let bericht = entry.retour.as_ref().filter(|_| *of_retour).unwrap_or(&entry.bericht);
            let bytes = bericht.xml.as_ref().filter(|_| *is_made).unwrap_or(&bericht.bytes);
            insert_part(&mut batch, (&bericht.id, *is_made), *nr, bytes);
        }
        Portion::Lines(range) => {
            if let (Some(about), Some(declaratie)) = (&entry.about, &entry.ledger.declaratie) {
                insert_prestaties(&mut batch, about, id, declaratie, range.clone())?;
            }
        }
        Portion::About(range) => {
            if let Some(about) = &entry.about {
                insert_about(&mut batch, about, id, range.clone());
            }
        }
        Portion::Findings(range) => insert_findings(&mut batch, &entry.bericht, range.clone()),
    }
    Ok(batch)
}

/// Writes one portion.
pub async fn write(conn: &mut Connection, entry: &Entry, portion: &Portion) -> Result<()> {
    plan(entry, portion)?.run(conn).await
}

/// It counts from now on.
pub fn settle(batch: &mut Batch, entry: &Entry) {
    for (_, bericht) in berichten(entry) {
        batch.statement("DELETE FROM ahead WHERE bericht_id = $1").bind(&bericht.id);
    }
}

/// The berichten ahead of which something was written before this moment, and that were not recorded.
pub async fn abandoned(conn: &mut Connection, before: Timestamp) -> Result<Vec<String>> {
    let query = sqlx::query_scalar("SELECT bericht_id FROM ahead WHERE since < $1");
    Ok(query.bind(in_order(before)).fetch_all(conn).await?)
}

/// The ids under which something may have been written ahead of this.
pub fn ids(entry: &Entry) -> Vec<String> {
    berichten(entry).map(|(_, bericht)| bericht.id.clone()).collect()
}

/// Takes away some of what was written ahead of this bericht. Answers whether that was the last.
pub async fn take_away(conn: &mut Connection, id: &str) -> Result<bool> {
    const LINES: &str = "DELETE FROM prestatie
        WHERE bericht_id = $1 AND nr <= (SELECT MIN(nr) FROM prestatie WHERE bericht_id = $1) + $2";
    const REST: [&str; 4] = [
        "DELETE FROM payload WHERE bericht_id = $1",
        "DELETE FROM about WHERE bericht_id = $1",
        "DELETE FROM finding WHERE bericht_id = $1",
        "DELETE FROM ahead WHERE bericht_id = $1",
    ];
    let rows = i64::try_from(HUGE_ROWS).unwrap_or(i64::MAX);
    if sqlx::query(LINES).bind(id).bind(rows).execute(&mut *conn).await?.rows_affected() > 0 {
        return Ok(false);
    }
    for rest in REST {
        sqlx::query(rest).bind(id).execute(&mut *conn).await?;
    }
    Ok(true)
}
