//! The berichten in the order in which they became true, and the ledger row by row: for who folds the one into the other
//! again.

use async_trait::async_trait;
use sqlx::AssertSqlSafe;

use super::super::{Connection, Database};
use super::finding::findings_in;
use super::payload::as_xml;
use super::row::Fields;
use super::{Result, payload};
use crate::store::{Digest, JournalStore, Journaled, LedgerRow, LedgerTable};

#[async_trait]
impl JournalStore for Database {
    async fn journal(&self, after: i64, limit: u32) -> Result<Vec<Journaled>> {
        self.read((after, limit), journal).await
    }

    async fn digests(&self, after: &str, limit: u32) -> Result<Vec<Digest>> {
        self.read((after, limit), digests).await
    }

    async fn received_bytes(&self, id: &str) -> Result<Vec<u8>> {
        self.read((id,), payload::as_received).await.map(|(bytes, _)| bytes)
    }

    async fn unstarted_differs(&self) -> Result<bool> {
        self.read((), unstarted_differs).await
    }

    async fn ledger_rows(&self, table: LedgerTable, after: Option<(&str, i64)>, limit: u32) -> Result<Vec<LedgerRow>> {
        self.read((table, after, limit), ledger_rows).await
    }
}

/// See [`crate::store::JournalStore::journal`].
pub async fn journal(conn: &mut Connection, after: i64, limit: u32) -> Result<Vec<Journaled>> {
    const PAGE: &str = "SELECT j.seq, b.id, b.received_at, b.heenbericht_id, b.receipt
        FROM journal j JOIN bericht b ON b.id = j.bericht_id
        WHERE j.seq > $1 ORDER BY j.seq LIMIT $2";
    let rows = sqlx::query(PAGE).bind(after).bind(i64::from(limit)).fetch_all(&mut *conn).await?;
    let mut berichten = Vec::with_capacity(rows.len());
    let mut found = findings_in(conn, &rows, None).await?;
    for row in &rows {
        let fields = Fields::of("bericht", "id", row);
        let id: String = fields.get("id")?;
        berichten.push(Journaled {
            seq: fields.get("seq")?,
            received_at: fields.get("received_at")?,
            heenbericht_id: fields.get("heenbericht_id")?,
            receipt: found.receipt(row)?,
            xml: as_xml(conn, &id).await?,
            id,
        });
    }
    Ok(berichten)
}

/// See [`crate::store::JournalStore::digests`].
pub async fn digests(conn: &mut Connection, after: &str, limit: u32) -> Result<Vec<Digest>> {
    const PAGE: &str = "SELECT id, sha256 FROM bericht WHERE id > $1 ORDER BY id LIMIT $2";
    let mut found = Vec::new();
    for row in &sqlx::query(PAGE).bind(after).bind(i64::from(limit)).fetch_all(conn).await? {
        let fields = Fields::of("bericht", "id", row);
        found.push(Digest { bericht_id: fields.get("id")?, sha256: fields.get("sha256")? });
    }
    Ok(found)
}

/// See [`crate::store::JournalStore::unstarted_differs`].
pub async fn unstarted_differs(conn: &mut Connection) -> Result<bool> {
    // A toewijzing that one bericht has twice stands there once.
    const DIFFERS: &str = "SELECT 1 FROM (SELECT * FROM unstarted EXCEPT SELECT * FROM unstarted_by_ledger) AS too_many
        UNION ALL SELECT 1 FROM unstarted_by_ledger l WHERE NOT EXISTS (SELECT 1 FROM unstarted u WHERE u.aanbieder = l.aanbieder
            AND u.ingangsdatum = l.ingangsdatum AND u.toewijzing_nummer = l.toewijzing_nummer AND u.gemeente = l.gemeente)
        LIMIT 1";
    Ok(sqlx::query(DIFFERS).fetch_optional(conn).await?.is_some())
}

/// See [`crate::store::JournalStore::ledger_rows`].
pub async fn ledger_rows(
    conn: &mut Connection,
    table: LedgerTable,
    after: Option<(&str, i64)>,
    limit: u32,
) -> Result<Vec<LedgerRow>> {
    let Columns { nr, text, flags } = columns(table);
    let text = text.split(' ').map(|column| format!("'{column} ' || COALESCE(CAST({column} AS TEXT), '-')"));
    // The two databases write a truth value in different ways.
    let flags = flags.split(' ').map(|column| format!("CASE WHEN {column} THEN '{column}' ELSE 'not {column}' END"));
    let content = text.chain(flags).collect::<Vec<_>>().join(" || ', ' || ");
    let (after_id, after_nr) = after.unwrap_or_default();
    let page = format!(
        "SELECT bericht_id, CAST({nr} AS BIGINT) AS place, {content} AS content FROM {}
        WHERE (bericht_id, {nr}) > ($1, $2) AND EXISTS (SELECT 1 FROM bericht WHERE id = bericht_id) ORDER BY bericht_id{} LIMIT $3",
        table.name(),
        // As the key has it, so that a page is read and not all of the table.
        if nr == "nr" { ", nr" } else { "" }
    );
    let query = sqlx::query(AssertSqlSafe(page)).bind(after_id).bind(after_nr).bind(i64::from(limit));
    let mut found = Vec::new();
    for row in &query.fetch_all(conn).await? {
        let fields = Fields::of(table.name(), "bericht_id", row);
        found.push(LedgerRow {
            bericht_id: fields.get("bericht_id")?,
            nr: fields.get("place")?,
            content: fields.get("content")?,
        });
    }
    Ok(found)
}

/// What a row of the ledger holds besides the bericht that put it.
struct Columns {
    /// The place in the bericht.
    nr: &'static str,
    text: &'static str,
    flags: &'static str,
}

const fn columns(table: LedgerTable) -> Columns {
    let (nr, text, flags) = match table {
        LedgerTable::Toewijzing => (
            "nr",
            "gemeente aanbieder bsn toewijzing_nummer referentie_aanbieder toewijzingsdatum toewijzingstijd categorie \
             code ingangsdatum einddatum volume eenheid frequentie budget",
            "verwijderd refused",
        ),
        LedgerTable::Start => {
            ("nr", "gemeente aanbieder bsn toewijzing_nummer categorie code begindatum removed_by", "refused")
        }
        LedgerTable::Stop => (
            "nr",
            "gemeente aanbieder bsn toewijzing_nummer categorie code begindatum reden_beeindiging einddatum removed_by",
            "refused",
        ),
        LedgerTable::Verzoek => ("nr", "gemeente aanbieder bsn referentie_aanbieder", "refused"),
        LedgerTable::Antwoord => ("0", "gemeente aanbieder referentie_aanbieder verzoek_antwoord", "refused"),
        LedgerTable::Declaratie => (
            "0",
            "gemeente aanbieder declaratie_nummer begindatum einddatum totaal_bedrag debet_credit \
             basisschema_xsd_versie bericht_xsd_versie begunstigde",
            "is_factuur void",
        ),
        LedgerTable::Prestatie => (
            "nr",
            "client in_client gemeente aanbieder bsn referentie_nummer vorig_referentie_nummer toewijzing_nummer product_categorie \
             product_code begindatum einddatum geleverd_volume eenheid product_tarief bedrag debet_credit \
             toegekend",
            "void",
        ),
    };
    Columns { nr, text, flags }
}
