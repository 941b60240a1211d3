//! What there is to know of partners. See [`crate::store::PartnerStore`].

use async_trait::async_trait;

use super::super::{Connection, Database, Row};
use super::row::Fields;
use super::{Result, audit};
use crate::domain::{Partij, Timestamp};
use crate::store::{Contact, Frequent, Outcome, Outcomes, PartnerStand, PartnerStore};

#[async_trait]
impl PartnerStore for Database {
    async fn partners(&self, limit: u32) -> Result<Vec<PartnerStand>> {
        self.read((limit,), partners).await
    }

    async fn partner_outcomes(&self, code: &str, partij: Option<&Partij>, most: u32) -> Result<Vec<Outcomes>> {
        self.read((code, partij, most), outcomes).await
    }

    async fn partner_retourcodes(&self, code: &str, partij: Option<&Partij>, most: u32) -> Result<Vec<Frequent>> {
        self.read((code, partij, most), retourcodes).await
    }

    async fn contact(&self, code: &str) -> Result<Option<Contact>> {
        self.read((code,), contact).await
    }

    async fn keep_contact(&self, code: &str, contact: &Contact, (at, by): (Timestamp, &str)) -> Result<()> {
        self.write((code, contact, at, by), keep_contact).await
    }
}

async fn partners(conn: &mut Connection, limit: u32) -> Result<Vec<PartnerStand>> {
    const STANDS: &str = "SELECT responsible,
            CAST(SUM(CASE state WHEN 'overdue' THEN count ELSE 0 END) AS BIGINT) AS overdue,
            CAST(SUM(CASE WHEN state IN ('open', 'due-soon') THEN count ELSE 0 END) AS BIGINT) AS waiting
        FROM deadline_stand GROUP BY responsible ORDER BY 2 DESC, 3 DESC, 1 LIMIT $1";
    let one = |row: &Row| {
        let fields = Fields::of("deadline_stand", "responsible", row);
        Ok(PartnerStand {
            code: fields.get("responsible")?,
            overdue: fields.get("overdue")?,
            open: fields.get("waiting")?,
        })
    };
    sqlx::query(STANDS).bind(i64::from(limit)).fetch_all(conn).await?.iter().map(one).collect()
}

/// The last berichten that a partner sent, whatever became of them; the window is on these, the condition on the party after it.
macro_rules! last {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " FROM (SELECT id, soort, outcome, ontvanger FROM bericht WHERE afzender = $1 ORDER BY id DESC LIMIT $3) b ",
            $rest
        )
    };
}

async fn outcomes(conn: &mut Connection, code: &str, partij: Option<&Partij>, most: u32) -> Result<Vec<Outcomes>> {
    const COUNTED: &str = last!(
        "SELECT b.soort, b.outcome, COUNT(*) AS count",
        "WHERE b.soort IS NOT NULL AND (CAST($2 AS TEXT) IS NULL OR b.ontvanger = $2)
        GROUP BY b.soort, b.outcome ORDER BY b.soort, b.outcome"
    );
    let asked = sqlx::query(COUNTED).bind(code).bind(partij.map(Partij::code)).bind(i64::from(most));
    let one = |row: &Row| {
        let fields = Fields::of("bericht", "soort", row);
        Ok(Outcomes {
            berichtsoort: fields.get("soort")?,
            outcome: fields.parse("outcome", Outcome::from_name)?,
            count: fields.get("count")?,
        })
    };
    asked.fetch_all(conn).await?.iter().map(one).collect()
}

async fn retourcodes(conn: &mut Connection, code: &str, partij: Option<&Partij>, most: u32) -> Result<Vec<Frequent>> {
    const COUNTED: &str = last!(
        "SELECT f.retourcode, MIN(f.rule) AS rule, COUNT(DISTINCT f.bericht_id) AS berichten",
        "JOIN finding f ON f.bericht_id = b.id AND f.retourcode IS NOT NULL AND f.severity = 'error'
        WHERE b.outcome <> 'accepted' AND (CAST($2 AS TEXT) IS NULL OR b.ontvanger = $2)
        GROUP BY f.retourcode ORDER BY 3 DESC, 1 LIMIT 10"
    );
    let asked = sqlx::query(COUNTED).bind(code).bind(partij.map(Partij::code)).bind(i64::from(most));
    let one = |row: &Row| {
        let fields = Fields::of("finding", "retourcode", row);
        Ok(Frequent {
            retourcode: fields.get("retourcode")?,
            rule: fields.get("rule")?,
            berichten: fields.get("berichten")?,
        })
    };
    asked.fetch_all(conn).await?.iter().map(one).collect()
}

async fn contact(conn: &mut Connection, code: &str) -> Result<Option<Contact>> {
    let row = sqlx::query("SELECT * FROM partner WHERE code = $1").bind(code).fetch_optional(conn).await?;
    let contact = |row: &Row| {
        let fields = Fields::of("partner", "code", row);
        Ok(Contact {
            naam: fields.get("naam")?,
            person: fields.get("person")?,
            telephone: fields.get("telephone")?,
            mail: fields.get("mail")?,
            remark: fields.get("remark")?,
        })
    };
    row.as_ref().map(contact).transpose()
}

async fn keep_contact(conn: &mut Connection, code: &str, contact: &Contact, at: Timestamp, by: &str) -> Result<()> {
    const KEEP: &str = "INSERT INTO partner (code, naam, person, telephone, mail, remark, told_at, told_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (code) DO UPDATE SET naam = excluded.naam,
            person = excluded.person, telephone = excluded.telephone, mail = excluded.mail, remark = excluded.remark,
            told_at = excluded.told_at, told_by = excluded.told_by";
    let Contact { naam, person, telephone, mail, remark } = contact;
    let kept = sqlx::query(KEEP).bind(code).bind(naam).bind(person).bind(telephone).bind(mail).bind(remark);
    kept.bind(at).bind(by).execute(&mut *conn).await?;
    let detail = serde_json::json!({ "partner": code });
    audit::append(conn, (at, by), "partner.contact", None, &detail.to_string()).await
}
