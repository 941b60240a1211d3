//! The support that clients of a gemeente had, as the CAK is told of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use super::super::Connection;
use super::Result;
use super::facts::{leveringen, toewijzingen_of_clients};
use super::row::Fields;
use crate::domain::Partij;
use crate::domain::berichten::waarde::{Bsn, Value};
use crate::domain::cak::Support;
use crate::domain::facts::history::{ToewijzingFact, Toewijzingen};

/// See [`crate::store::CakStore::support`].
pub async fn support(
    conn: &mut Connection,
    gemeente: &Partij,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<Vec<Support>> {
    let mut found = Vec::new();
    for (aanbieder, bsns) in started(conn, gemeente).await? {
        let Some(aanbieder) = Partij::from_text(&aanbieder) else { continue };
        let pair = (gemeente, &aanbieder);
        let leveringen = leveringen(conn, pair, &bsns.iter().collect::<Vec<_>>()).await?;
        let digits: BTreeSet<&str> = bsns.iter().map(Bsn::digits).collect();
        let facts: Toewijzingen = toewijzingen_of_clients(conn, pair, &digits).await?.into_iter().collect();
        let mut of_client: HashMap<&Bsn, Vec<&ToewijzingFact>> = HashMap::new();
        for fact in facts.all_current() {
            of_client.entry(&fact.bsn).or_default().push(fact);
        }
        for (bsn, leveringen) in &leveringen {
            let toewijzingen = of_client.remove(bsn).unwrap_or_default();
            found.extend(Support::of(bsn, leveringen, &toewijzingen));
        }
    }
    found.retain(|one| one.begindatum <= last && one.einddatum.is_none_or(|end| end >= first));
    Ok(found)
}

/// Who has a live start, by aanbieder.
async fn started(conn: &mut Connection, gemeente: &Partij) -> Result<BTreeMap<String, Vec<Bsn>>> {
    const STARTED: &str = "SELECT DISTINCT aanbieder, bsn FROM start
        WHERE NOT refused AND removed_by IS NULL AND gemeente || '' = $1 ORDER BY aanbieder, bsn";
    let mut clients: BTreeMap<String, Vec<Bsn>> = BTreeMap::new();
    for row in sqlx::query(STARTED).bind(gemeente.code()).fetch_all(conn).await? {
        let fields = Fields::of("start", "aanbieder", &row);
        let bsn = fields.parse("bsn", Value::from_text)?;
        clients.entry(fields.get("aanbieder")?).or_default().push(bsn);
    }
    Ok(clients)
}
