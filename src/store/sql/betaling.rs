//! What is payable, batches of it, and what is still claimed.

use async_trait::async_trait;
use chrono::NaiveDate;
use serde_json::json;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::super::{Connection, Database, Db, Row};
use super::Result;
use super::audit;
use super::batch::Batch;
use super::row::Fields;
use crate::domain::berichten::declaratie::GeslotenPeriode;
use crate::domain::berichten::waarde::Value;
use crate::domain::money::betaling::{Kenmerk, Payable, Payee, net};
use crate::domain::{Partij, Timestamp};
use crate::store::{
    After, BetaaldeDeclaratie, BetalingStore, BetalingView, DeadlineState, LeftOut, Made, NewBetaling, Payment, Reden,
    StoreError, VorderingView, Withdrawal,
};

#[async_trait]
impl BetalingStore for Database {
    async fn make_betaling(&self, new: &NewBetaling) -> Result<Made> {
        self.write((new,), make).await
    }

    async fn settle_betaling(&self, payment: &Payment) -> Result<Option<BetalingView>> {
        self.write((payment,), settle).await
    }

    async fn withdraw_betaling(&self, withdrawal: &Withdrawal) -> Result<Option<BetalingView>> {
        self.write((withdrawal,), withdraw).await
    }

    async fn betaling(&self, gemeente: &Partij, kenmerk: &Kenmerk) -> Result<Option<BetalingView>> {
        self.read((gemeente, kenmerk), one).await
    }

    async fn betalingen(&self, gemeente: Option<&Partij>, after: After<'_>, limit: u32) -> Result<Vec<BetalingView>> {
        self.read((gemeente, after, limit), list).await
    }

    async fn vorderingen(
        &self,
        partij: Option<&Partij>,
        aanbieder: Option<&str>,
        after: After<'_>,
        limit: u32,
    ) -> Result<Vec<VorderingView>> {
        self.read((partij, aanbieder, (after, limit)), vorderingen).await
    }
}

const MADE: &str = "betaling.made";
const PAID: &str = "betaling.paid";
const WITHDRAWN: &str = "betaling.withdrawn";

/// What line `p` adds to what is payable: a credit takes back what was granted of its debet, which of a rejected claim is
/// nothing, and no more than was granted of the credit itself. The same as [`crate::domain::regels::prestatie::Books::moves`].
pub const PAYABLE: &str = "CASE WHEN p.toegekend IS NULL THEN 0
        WHEN p.vorig_referentie_nummer IS NULL THEN CASE p.debet_credit WHEN 'C' THEN -p.toegekend ELSE p.toegekend END
        ELSE -COALESCE((SELECT CASE WHEN e.toegekend IS NULL THEN 0 WHEN e.toegekend < p.toegekend THEN e.toegekend
                ELSE p.toegekend END FROM prestatie e JOIN journal j ON j.bericht_id = e.bericht_id
            WHERE e.gemeente = p.gemeente AND e.aanbieder = p.aanbieder AND e.referentie_nummer = p.vorig_referentie_nummer
                AND e.debet_credit = 'D' AND NOT e.void
            ORDER BY j.seq, e.nr LIMIT 1), p.toegekend) END";

/// A declaratie was answered: nobody waits for its payment when nothing is payable, and somebody does when it is after all. The
/// same of declaraties that credit it, as what these take back follows from the answer.
pub async fn keep_clocks(conn: &mut Connection, declaratie_id: &str, at: Timestamp) -> Result<()> {
    // Most declaraties have no such deadline: only under a profile with a term for it.
    const TOUCHED: &str = "SELECT DISTINCT k.bericht_id FROM deadline k
        WHERE k.clock || '' = 'betaling' AND k.state IN ('open', 'due-soon', 'overdue', 'waived', 'void') AND k.bericht_id IN (
            SELECT CAST($1 AS TEXT) UNION SELECT c.bericht_id FROM prestatie o JOIN prestatie c ON c.gemeente = o.gemeente
                AND c.aanbieder = o.aanbieder AND c.vorig_referentie_nummer = o.referentie_nummer AND NOT c.void
                WHERE o.bericht_id = $1 AND o.debet_credit = 'D' AND NOT o.void)
        ORDER BY k.bericht_id";
    const VOID: &str = "UPDATE deadline SET state = 'void', changed_at = $2
        WHERE bericht_id = $1 AND clock || '' = 'betaling' AND state IN ('open', 'due-soon', 'overdue', 'waived')";
    // What was raised before is not raised again.
    const REOPEN: &str = "UPDATE deadline
        SET state = CASE WHEN EXISTS (SELECT 1 FROM transition t WHERE t.deadline_id = deadline.id AND t.state = 'overdue')
            THEN 'overdue' ELSE 'open' END, changed_at = $2, next_at = $2
        WHERE bericht_id = $1 AND clock || '' = 'betaling' AND state = 'void'";
    const HAS_CLOCK: &str = "SELECT COUNT(*) FROM deadline WHERE bericht_id = $1 AND clock || '' = 'betaling'";
    let clocks: i64 = sqlx::query_scalar(HAS_CLOCK).bind(declaratie_id).fetch_one(&mut *conn).await?;
    if clocks == 0 {
        return Ok(());
    }
    let touched: Vec<String> = sqlx::query_scalar(TOUCHED).bind(declaratie_id).fetch_all(&mut *conn).await?;
    for id in touched {
        let change = if payable_of(conn, &id).await? <= 0 { VOID } else { REOPEN };
        sqlx::query(change).bind(&id).bind(at).execute(&mut *conn).await?;
    }
    Ok(())
}

/// What is payable of one declaratie, in euro cents.
async fn payable_of(conn: &mut Connection, declaratie_id: &str) -> Result<i64> {
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({PAYABLE}), 0) AS BIGINT) FROM prestatie p WHERE p.bericht_id = $1 AND NOT p.void"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).bind(declaratie_id).fetch_one(conn).await?)
}

/// See [`crate::store::BetalingStore::make_betaling`].
///
/// Two at once: whoever comes second finds the name or a declaratie taken, and nothing of it remains.
pub async fn make(conn: &mut Connection, new: &NewBetaling) -> Result<Made> {
    if let Some(there) = one(conn, &new.gemeente, &new.kenmerk).await? {
        return Ok(Made::There(there));
    }
    let payable = payable(conn, &new.gemeente, new.asked.aanbieder.as_deref()).await?;
    let sums = net(&payable);
    let left_out = sums.iter().filter_map(|(payee, &bedrag)| {
        let reden = Reden::of(bedrag)?;
        Some(LeftOut { aanbieder: payee.aanbieder.clone(), begunstigde: payee.begunstigde.clone(), bedrag, reden })
    });
    let left_out: Vec<LeftOut> = left_out.collect();
    let total: i64 = sums.values().filter(|bedrag| Reden::of(**bedrag).is_none()).sum();
    if total == 0 {
        // Somebody else may have made this very batch since it was looked for.
        let there = one(conn, &new.gemeente, &new.kenmerk).await?;
        return Ok(there.map_or(Made::Nothing(left_out), Made::There));
    }
    let paid: Vec<&Payable> = payable.iter().filter(|one| Reden::of(sums[&one.payee]).is_none()).collect();
    insert(conn, new, &paid, &left_out).await?;
    let detail = json!({"gemeente": new.gemeente.code(), "kenmerk": new.kenmerk.as_str(), "bedrag": total});
    audit::append(conn, (new.at, &new.by), MADE, None, &detail.to_string()).await?;
    let made = one(conn, &new.gemeente, &new.kenmerk).await?;
    made.map(Made::New).ok_or(StoreError::Stale)
}

/// What is payable and in no batch yet. A credit is only once the declaratie that it credits is answered too: until then
/// nobody knows what it takes back.
async fn payable(conn: &mut Connection, gemeente: &Partij, aanbieder: Option<&str>) -> Result<Vec<Payable>> {
    let sql = format!(
        "SELECT d.bericht_id, d.aanbieder, d.begunstigde, CAST(SUM({PAYABLE}) AS BIGINT) AS bedrag
        FROM declaratie d JOIN bericht b ON b.id = d.bericht_id JOIN prestatie p ON p.bericht_id = d.bericht_id
        WHERE d.gemeente = $1 AND (CAST($2 AS TEXT) IS NULL OR d.aanbieder = $2) AND NOT d.void
            AND b.retour_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM betaalde_declaratie t WHERE t.declaratie_id = d.bericht_id)
            AND NOT EXISTS (SELECT 1 FROM prestatie c
                JOIN prestatie o ON o.gemeente = c.gemeente AND o.aanbieder = c.aanbieder
                    AND o.referentie_nummer = c.vorig_referentie_nummer AND o.debet_credit = 'D' AND NOT o.void
                JOIN bericht ob ON ob.id = o.bericht_id
                WHERE c.bericht_id = d.bericht_id AND c.toegekend IS NOT NULL AND ob.retour_id IS NULL)
        GROUP BY d.bericht_id, d.aanbieder, d.begunstigde
        ORDER BY d.bericht_id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(gemeente.code()).bind(aanbieder).fetch_all(conn).await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let fields = Fields::of("declaratie", "bericht_id", row);
        let bedrag = fields.get("bedrag")?;
        if bedrag != 0 {
            found.push(Payable { declaratie_id: fields.get("bericht_id")?, payee: payee(&fields)?, bedrag });
        }
    }
    Ok(found)
}

async fn insert(conn: &mut Connection, new: &NewBetaling, paid: &[&Payable], left_out: &[LeftOut]) -> Result<()> {
    const BETALING: &str = "INSERT INTO betaling (gemeente, kenmerk, asked, uitvoerdatum, made_at, made_by, left_out)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (gemeente, kenmerk) DO NOTHING";
    const PAID: &str = "INSERT INTO betaalde_declaratie (declaratie_id, gemeente, kenmerk, bedrag)
        VALUES ($1, $2, $3, $4) ON CONFLICT (declaratie_id) DO NOTHING";
    let (gemeente, kenmerk) = (new.gemeente.code(), new.kenmerk.as_str());
    let mut batch = Batch::default();
    batch
        .statement(BETALING)
        .bind(gemeente)
        .bind(kenmerk)
        .bind(text(&new.asked)?)
        .bind(new.uitvoerdatum.to_text())
        .bind(new.at)
        .bind(&new.by)
        .bind(text(&left_out)?)
        .exactly_one();
    for one in paid {
        batch.statement(PAID).bind(&one.declaratie_id).bind(gemeente).bind(kenmerk).bind(one.bedrag).exactly_one();
    }
    batch.run(conn).await
}

/// See [`crate::store::BetalingStore::settle_betaling`].
pub async fn settle(conn: &mut Connection, payment: &Payment) -> Result<Option<BetalingView>> {
    const SETTLE: &str = "UPDATE betaling SET betaald_op = $3
        WHERE gemeente = $1 AND kenmerk = $2 AND betaald_op IS NULL AND withdrawn IS NULL";
    const PAID_BY_IT: &str = "SELECT declaratie_id FROM betaalde_declaratie WHERE gemeente = $1 AND kenmerk = $2";
    // One by one: what is found by its declaratie costs the same whatever there is.
    const CLOCK: &str = "UPDATE deadline
        SET state = CASE WHEN $2 <= due THEN 'met' ELSE 'late' END, closed_at = $3, changed_at = $3
        WHERE clock || '' = 'betaling' AND state IN ('open', 'due-soon', 'overdue', 'waived') AND bericht_id = $1";
    let Payment { gemeente, kenmerk, day, at, by } = payment;
    let done = sqlx::query(SETTLE)
        .bind(gemeente.code())
        .bind(kenmerk.as_str())
        .bind(day.to_text())
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 1 {
        let paid = sqlx::query_scalar(PAID_BY_IT).bind(gemeente.code()).bind(kenmerk.as_str());
        let paid: Vec<String> = paid.fetch_all(&mut *conn).await?;
        for declaratie_id in paid {
            sqlx::query(CLOCK).bind(declaratie_id).bind(day).bind(at).execute(&mut *conn).await?;
        }
        let detail = json!({"gemeente": gemeente.code(), "kenmerk": kenmerk.as_str(), "dag": day});
        audit::append(conn, (*at, by), PAID, None, &detail.to_string()).await?;
    }
    one(conn, gemeente, kenmerk).await
}

/// See [`crate::store::BetalingStore::withdraw_betaling`].
pub async fn withdraw(conn: &mut Connection, withdrawal: &Withdrawal) -> Result<Option<BetalingView>> {
    const WITHDRAW: &str = "UPDATE betaling SET withdrawn = $3
        WHERE gemeente = $1 AND kenmerk = $2 AND betaald_op IS NULL AND withdrawn IS NULL";
    const MOVE: [&str; 2] = [
        "INSERT INTO ingetrokken_declaratie (gemeente, kenmerk, declaratie_id, bedrag)
            SELECT gemeente, kenmerk, declaratie_id, bedrag FROM betaalde_declaratie WHERE gemeente = $1 AND kenmerk = $2",
        "DELETE FROM betaalde_declaratie WHERE gemeente = $1 AND kenmerk = $2",
    ];
    let Withdrawal { gemeente, kenmerk, withdrawn } = withdrawal;
    let done = sqlx::query(WITHDRAW)
        .bind(gemeente.code())
        .bind(kenmerk.as_str())
        .bind(text(withdrawn)?)
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() == 1 {
        for step in MOVE {
            sqlx::query(step).bind(gemeente.code()).bind(kenmerk.as_str()).execute(&mut *conn).await?;
        }
        let detail = json!({"gemeente": gemeente.code(), "kenmerk": kenmerk.as_str(), "reason": withdrawn.reason});
        audit::append(conn, (withdrawn.at, &withdrawn.by), WITHDRAWN, None, &detail.to_string()).await?;
    }
    one(conn, gemeente, kenmerk).await
}

/// See [`crate::store::BetalingStore::betaling`].
pub async fn one(conn: &mut Connection, gemeente: &Partij, kenmerk: &Kenmerk) -> Result<Option<BetalingView>> {
    let row = sqlx::query("SELECT * FROM betaling WHERE gemeente = $1 AND kenmerk = $2")
        .bind(gemeente.code())
        .bind(kenmerk.as_str())
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    view(conn, &row).await.map(Some)
}

/// See [`crate::store::BetalingStore::betalingen`].
pub async fn list(
    conn: &mut Connection,
    gemeente: Option<&Partij>,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<BetalingView>> {
    let mut query: QueryBuilder<Db> = QueryBuilder::new("SELECT * FROM betaling WHERE TRUE");
    if let Some(gemeente) = gemeente {
        query.push(" AND gemeente = ").push_bind(gemeente.code().to_owned());
    }
    if let Some(after) = after {
        let (gemeente, kenmerk) = after.split_once('/').unwrap_or_default();
        query
            .push(" AND (made_at, gemeente, kenmerk) < (SELECT made_at, gemeente, kenmerk FROM betaling WHERE gemeente = ")
            .push_bind(gemeente.to_owned())
            .push(" AND kenmerk = ")
            .push_bind(kenmerk.to_owned())
            .push(")");
    }
    query.push(" ORDER BY made_at DESC, gemeente DESC, kenmerk DESC LIMIT ").push_bind(i64::from(limit));
    let rows = query.build().fetch_all(&mut *conn).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in &rows {
        views.push(view(conn, row).await?);
    }
    Ok(views)
}

async fn view(conn: &mut Connection, row: &Row) -> Result<BetalingView> {
    const DECLARATIES: &str = "SELECT t.declaratie_id, t.bedrag, d.aanbieder, d.begunstigde, d.declaratie_nummer,
            d.begindatum, d.einddatum, c.due, c.state
        FROM (SELECT declaratie_id, bedrag FROM betaalde_declaratie WHERE gemeente = $1 AND kenmerk = $2
                UNION ALL SELECT declaratie_id, bedrag FROM ingetrokken_declaratie WHERE gemeente = $1 AND kenmerk = $2) t
            JOIN declaratie d ON d.bericht_id = t.declaratie_id
            LEFT JOIN deadline c ON c.bericht_id = t.declaratie_id AND c.clock || '' = 'betaling'
        ORDER BY d.aanbieder, d.begunstigde, t.declaratie_id";
    let fields = Fields::of("betaling", "kenmerk", row);
    let (gemeente, kenmerk): (String, String) = (fields.get("gemeente")?, fields.get("kenmerk")?);
    let rows = sqlx::query(DECLARATIES).bind(&gemeente).bind(&kenmerk).fetch_all(conn).await?;
    Ok(BetalingView {
        gemeente,
        kenmerk,
        asked: fields.parse("asked", |text| serde_json::from_str(text).ok())?,
        uitvoerdatum: fields.parse("uitvoerdatum", Value::from_text)?,
        at: fields.get("made_at")?,
        by: fields.get("made_by")?,
        betaald_op: fields.parse_if_any("betaald_op", Value::from_text)?,
        withdrawn: fields.parse_if_any("withdrawn", |text| serde_json::from_str(text).ok())?,
        left_out: fields.parse("left_out", |text| serde_json::from_str(text).ok())?,
        declaraties: rows.iter().map(declaratie).collect::<Result<_>>()?,
    })
}

fn declaratie(row: &Row) -> Result<BetaaldeDeclaratie> {
    let fields = Fields::of("betaalde_declaratie", "declaratie_id", row);
    let due: Option<NaiveDate> = fields.get("due")?;
    Ok(BetaaldeDeclaratie {
        id: fields.get("declaratie_id")?,
        declaratie_nummer: fields.get("declaratie_nummer")?,
        declaratie_periode: GeslotenPeriode {
            begindatum: fields.parse("begindatum", Value::from_text)?,
            einddatum: fields.parse("einddatum", Value::from_text)?,
        },
        payee: payee(&fields)?,
        bedrag: fields.get("bedrag")?,
        due: due.zip(fields.parse_if_any("state", DeadlineState::from_name)?),
    })
}

fn payee(fields: &Fields<'_>) -> Result<Payee> {
    Ok(Payee { aanbieder: fields.get("aanbieder")?, begunstigde: fields.get("begunstigde")? })
}

/// See [`crate::store::BetalingStore::vorderingen`].
pub async fn vorderingen(
    conn: &mut Connection,
    partij: Option<&Partij>,
    aanbieder: Option<&str>,
    (after, limit): (Option<&str>, u32),
) -> Result<Vec<VorderingView>> {
    const PAGE: &str = "SELECT d.gemeente, d.aanbieder,
            CAST(SUM(CASE WHEN NOT d.is_factuur THEN (
                    SELECT COALESCE(SUM(CASE p.debet_credit WHEN 'C' THEN -p.toegekend ELSE p.toegekend END), 0)
                    FROM prestatie p WHERE p.bericht_id = d.bericht_id)
                WHEN d.debet_credit = 'C' THEN -d.totaal_bedrag ELSE d.totaal_bedrag END) AS BIGINT) AS claimed,
            CAST(SUM(CASE WHEN t.betaald_op IS NULL THEN 0 ELSE i.bedrag END) AS BIGINT) AS paid,
            CAST(SUM(CASE WHEN t.betaald_op IS NULL THEN COALESCE(i.bedrag, 0) ELSE 0 END) AS BIGINT) AS in_batch
        FROM declaratie d JOIN bericht b ON b.id = d.bericht_id
            LEFT JOIN betaalde_declaratie i ON i.declaratie_id = d.bericht_id
            LEFT JOIN betaling t ON t.gemeente = i.gemeente AND t.kenmerk = i.kenmerk
        WHERE NOT d.void AND b.retour_id IS NOT NULL
            AND (CAST($1 AS TEXT) IS NULL OR $1 IN (d.gemeente, d.aanbieder))
            AND (CAST($2 AS TEXT) IS NULL OR d.aanbieder = $2)
            AND (CAST($3 AS TEXT) IS NULL OR d.gemeente || '/' || d.aanbieder > $3)
        GROUP BY d.gemeente, d.aanbieder ORDER BY d.gemeente, d.aanbieder LIMIT $4";
    let rows = sqlx::query(PAGE)
        .bind(partij.map(Partij::code))
        .bind(aanbieder)
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(conn)
        .await?;
    rows.iter()
        .map(|row| {
            let fields = Fields::of("declaratie", "aanbieder", row);
            Ok(VorderingView {
                gemeente: fields.get("gemeente")?,
                aanbieder: fields.get("aanbieder")?,
                claimed: fields.get("claimed")?,
                paid: fields.get("paid")?,
                in_batch: fields.get("in_batch")?,
            })
        })
        .collect()
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|cause| StoreError::Database(sqlx::Error::Encode(Box::new(cause))))
}
