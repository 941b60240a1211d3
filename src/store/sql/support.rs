//! The support that clients of a gemeente had, as the CAK is told of it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::super::Connection;
use super::Result;
use super::facts::{leveringen, toewijzingen_of_clients};
use super::row::Fields;
use crate::domain::Partij;
use crate::domain::afspraken::last_day;
use crate::domain::cak::{Assigned, Support};
use crate::domain::history::{Leveringen, ToewijzingFact, Toewijzingen};
use crate::domain::levering::StartKey;
use crate::domain::waarde::{Bsn, Value};

/// What is known of a client at one aanbieder.
struct Client<'a> {
    bsn: &'a Bsn,
    leveringen: &'a Leveringen,
    toewijzingen: Vec<&'a ToewijzingFact>,
}

/// See [`crate::store::Store::support`].
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
            found.extend(Client { bsn, leveringen, toewijzingen }.support());
        }
    }
    found.retain(|one| one.begindatum <= last && one.einddatum.is_none_or(|end| end >= first));
    Ok(found)
}

/// Who has a live start, by aanbieder.
async fn started(conn: &mut Connection, gemeente: &Partij) -> Result<BTreeMap<String, Vec<Bsn>>> {
    const STARTED: &str = "SELECT DISTINCT aanbieder, bsn FROM start
        WHERE NOT refused AND removed_by IS NULL AND gemeente = $1 ORDER BY aanbieder, bsn";
    let mut clients: BTreeMap<String, Vec<Bsn>> = BTreeMap::new();
    for row in sqlx::query(STARTED).bind(gemeente.code()).fetch_all(conn).await? {
        let fields = Fields::of("start", "aanbieder", &row);
        let bsn = fields.parse("bsn", Value::from_text)?;
        clients.entry(fields.get("aanbieder")?).or_default().push(bsn);
    }
    Ok(clients)
}

impl Client<'_> {
    /// What each start began, but for those on a toewijzing that was taken back.
    fn support(&self) -> Vec<Support> {
        let starts = &self.leveringen.starts;
        let on: HashSet<_> = starts.iter().filter_map(|start| start.toewijzing_nummer).collect();
        // One with a start of its own does not take over: its support is told by that.
        let others: Vec<&ToewijzingFact> =
            self.toewijzingen.iter().copied().filter(|fact| !on.contains(&fact.toewijzing_nummer)).collect();
        starts.iter().filter_map(|start| self.began(start, &others)).collect()
    }

    fn began(&self, start: &StartKey, others: &[&ToewijzingFact]) -> Option<Support> {
        let is_own = |fact: &&&ToewijzingFact| Some(fact.toewijzing_nummer) == start.toewijzing_nummer;
        let own = self.toewijzingen.iter().find(is_own).copied();
        if own.is_some_and(|own| own.verwijderd) {
            return None;
        }
        let stops = self.leveringen.stops.iter().filter(|stop| stop.start == *start).map(|stop| stop.einddatum);
        let assigned = self.toewijzingen.iter().filter(|fact| !fact.verwijderd).filter_map(|fact| {
            Some(Assigned { code: code_of(fact)?, ingangsdatum: fact.ingangsdatum, einddatum: fact.einddatum })
        });
        let code = start.code.clone().or_else(|| code_of(own?));
        let einddatum = own.and_then(|own| own.einddatum);
        let began = code.map(|code| Assigned { code, ingangsdatum: start.begindatum, einddatum });
        Some(Support {
            bsn: self.bsn.clone(),
            begindatum: start.begindatum,
            einddatum: stops.chain(own.and_then(|own| last_day(own, others))).min(),
            assigned: assigned.chain(began).collect(),
        })
    }
}

fn code_of(toewijzing: &ToewijzingFact) -> Option<String> {
    toewijzing.product.as_ref()?.code.as_ref().map(ToString::to_string)
}
