//! The ledger folded anew from the berichten that are kept, and compared with the one that is kept.
//!
//! The state of a toewijzing is a fold over what was accepted, in the order in which it became true. Nothing is judged
//! again: what was accepted stays so, whatever rules, contracts or settings say today. Reads the store and changes
//! nothing in it.

use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::draft::{columns, effect_of, ledger_change};
use super::format::as_json;
use super::received::sha256_hex;
use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::declaratie::Declaratie;
use crate::domain::finding::{ClientLine, Finding, Level};
use crate::domain::judging::retour;
use crate::domain::judging::verdict::LineVerdicts;
use crate::domain::{Bericht, Inhoud, Verdict};
use crate::store::{
    About, Answering, Digest, Effect, Entry, Journaled, LedgerChange, LedgerRow, LedgerTable, NewBericht, Outcome,
    Receipt, Sqlite, Store, StoreError, Via,
};
use crate::xml::Schemas;

/// How many rows are read at once.
const PAGE: u32 = 500;

/// What the comparison gave.
#[derive(Debug, Default)]
pub struct Compared {
    /// How many berichten were folded.
    pub berichten: u64,
    /// How many berichten, refused and composed ones included, were put beside the digest that they came in with.
    pub payloads: u64,
    /// How many rows of the ledger came of them.
    pub rows: u64,
    /// What is not the same. Names berichten and tables, and nothing of a client.
    pub differences: Vec<String>,
}

/// Folds all berichten into an empty ledger and compares every row. What is recorded meanwhile makes it start again.
///
/// # Errors
/// The store failed. Nothing was changed.
pub async fn verify(store: &dyn Store, schemas: &Schemas) -> Result<Compared, StoreError> {
    loop {
        let scratch: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await?);
        let mut compared = Compared::default();
        let last = fold(store, &*scratch, schemas, &mut compared).await?;
        for table in LedgerTable::ALL {
            compare(table, store, &*scratch, &mut compared).await?;
        }
        if store.unstarted_differs().await? {
            let difference = "the list of toewijzingen without a start is not what the ledger says";
            compared.differences.push(difference.to_owned());
        }
        check_payloads(store, schemas, &mut compared).await?;
        scratch.close().await;
        if store.journal(last, 1).await?.is_empty() {
            return Ok(compared);
        }
    }
}

/// Records the effect of every bericht on the ledger; gives the place of the last one.
async fn fold(
    store: &dyn Store,
    scratch: &dyn Store,
    schemas: &Schemas,
    compared: &mut Compared,
) -> Result<i64, StoreError> {
    let mut last = 0;
    loop {
        let page = store.journal(last, PAGE).await?;
        let Some(end) = page.last().map(|one| one.seq) else { return Ok(last) };
        last = end;
        for journaled in page {
            compared.berichten += 1;
            match schemas.read(&journaled.xml) {
                Ok(bericht) => scratch.record(&entry(&bericht, journaled)).await?,
                Err(_) => compared.differences.push(format!("bericht {}: cannot be read any more", journaled.id)),
            }
        }
    }
}

/// Puts the bytes of every bericht, refused and composed ones included, beside the digest that was made when they came in, and
/// the XML that was made of JSON beside that JSON.
async fn check_payloads(store: &dyn Store, schemas: &Schemas, compared: &mut Compared) -> Result<(), StoreError> {
    let mut last = String::new();
    loop {
        let page = store.digests(&last, PAGE).await?;
        let Some(end) = page.last().map(|one| one.bericht_id.clone()) else { return Ok(()) };
        last = end;
        for Digest { bericht_id, sha256 } in page {
            compared.payloads += 1;
            let received = store.received_bytes(&bericht_id).await?;
            if sha256_hex(&received) != sha256 {
                compared.differences.push(format!("payload of bericht {bericht_id} is not what came in"));
            } else if received.trim_ascii_start().starts_with(b"{") {
                let made = store.payload(&bericht_id, None).await?.unwrap_or_default();
                if made != received && !is_made_of(&received, &made, schemas) {
                    compared.differences.push(format!("XML of bericht {bericht_id} is not what was made of its JSON"));
                }
            }
        }
    }
}

/// Whether this XML says what that JSON does. Only its header may say more: JSON may leave things out there.
fn is_made_of(received: &[u8], made: &[u8], schemas: &Schemas) -> bool {
    let (Ok(mut said), Some(mut kept)) = (serde_json::from_slice::<Value>(received), as_json(made, schemas)) else {
        return false;
    };
    leave_out_nothing(&mut said);
    let header = |of: &mut Value| of["Bericht"]["Header"].take();
    let (said_header, kept_header) = (header(&mut said), header(&mut kept));
    if said["release"].is_null() {
        said["release"] = kept["release"].clone();
    }
    said == kept && is_part(&said_header, &kept_header)
}

/// JSON may say that something is not there, which XML does by leaving it out.
fn leave_out_nothing(said: &mut Value) {
    if let Value::Object(members) = said {
        members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()));
        members.values_mut().for_each(leave_out_nothing);
    } else if let Value::Array(all) = said {
        all.iter_mut().for_each(leave_out_nothing);
    }
}

/// Whether all that is said stands in what is kept.
fn is_part(said: &Value, kept: &Value) -> bool {
    match (said, kept) {
        (Value::Object(said), Value::Object(kept)) => {
            said.iter().all(|(name, value)| kept.get(name).is_some_and(|kept| is_part(value, kept)))
        }
        (said, kept) => said == kept,
    }
}

/// What this bericht did to the ledger, and nothing else of it.
fn entry(bericht: &Bericht, journaled: Journaled) -> Entry {
    let accepted = !journaled.receipt.findings.iter().any(Finding::is_error);
    let ledger = match bericht {
        Bericht::Heen(heen) => ledger_of(heen, accepted, &journaled.receipt),
        Bericht::Retour(_) => LedgerChange::default(),
    };
    let kept = NewBericht {
        id: journaled.id,
        received_at: journaled.received_at,
        via: Via::File,
        poster: None,
        referentienummer: None,
        bytes: bytes::Bytes::new(),
        xml: None,
        sha256: String::new(),
        header: Some(columns(bericht)),
        heenbericht_id: journaled.heenbericht_id.clone(),
        outcome: if accepted { Outcome::Accepted } else { Outcome::Rejected },
        receipt: journaled.receipt,
    };
    let mut entry = Entry { ledger, ..Entry::only(kept) };
    if let Bericht::Heen(heen) = bericht {
        entry.about = Some(about(heen));
    }
    if let (true, Some(heenbericht_id)) = (accepted, journaled.heenbericht_id) {
        entry.answers = Some(Answering { heenbericht_id, effect: effect(bericht) });
    }
    entry
}

/// What a heenbericht puts in, as it was judged then.
fn ledger_of(heen: &Heenbericht, accepted: bool, receipt: &Receipt) -> LedgerChange {
    match heen.inhoud.declaratie() {
        Some(declaratie) => {
            let declaratie = granted(&declaratie, &receipt.findings);
            ledger_change(heen, &Verdict { findings: Vec::new(), declaratie })
        }
        None if accepted => ledger_change(heen, &Verdict::default()),
        None => LedgerChange::default(),
    }
}

/// Which lines of a declaratie were granted, by what was found in them; `None` when they were not judged.
pub(super) fn granted(declaratie: &Declaratie, findings: &[Finding]) -> Option<LineVerdicts> {
    let mut wrong: HashSet<ClientLine> = HashSet::new();
    for finding in findings.iter().filter(|finding| finding.is_error()) {
        wrong.insert(finding.client_line().filter(|_| finding.level != Level::Message)?);
    }
    let is_granted = |client: usize, line: usize| {
        [None, Some(line)].into_iter().all(|line| !wrong.contains(&ClientLine { client, line }))
    };
    let lines = declaratie.clienten.iter().enumerate().flat_map(|(client, lines)| {
        let lines = lines.prestaties.iter().enumerate();
        lines.map(move |(nr, line)| (client, nr, line.ingediend_bedrag.bedrag))
    });
    let granted = lines.map(|(client, line, bedrag)| is_granted(client, line).then_some(bedrag));
    Some(LineVerdicts { granted: granted.collect(), ..LineVerdicts::default() })
}

fn about(heen: &Heenbericht) -> About {
    let (gemeente, aanbieder) = heen.header.pair();
    About {
        gemeente: gemeente.clone(),
        aanbieder: aanbieder.clone(),
        bsn: heen.inhoud.bsn().cloned(),
        revisions: Vec::new(),
    }
}

/// What an answer does to what it answers.
fn effect(bericht: &Bericht) -> Effect {
    match bericht {
        Bericht::Retour(answer) if retour::accepts(answer) => Effect::Accepts,
        Bericht::Retour(_) => Effect::Refuses,
        Bericht::Heen(heen) => match &heen.inhoud {
            Inhoud::DeclaratieAntwoord { .. } | Inhoud::FactuurAntwoord { .. } => effect_of(&heen.inhoud),
            _ => Effect::Accepts,
        },
    }
}

/// Compares one table, row by row; both sides come in the same order.
async fn compare(
    table: LedgerTable,
    store: &dyn Store,
    scratch: &dyn Store,
    compared: &mut Compared,
) -> Result<(), StoreError> {
    let (mut kept, mut folded) = (Rows::of(table, store), Rows::of(table, scratch));
    let (mut left, mut right) = (kept.next().await?, folded.next().await?);
    loop {
        let (order, difference) = match (&left, &right) {
            (None, None) => return Ok(()),
            (Some(one), Some(other)) if key(one) == key(other) => {
                (Ordering::Equal, (one.content != other.content).then_some((one, "is not what its bericht made of it")))
            }
            (Some(one), other) if other.as_ref().is_none_or(|other| key(one) < key(other)) => {
                (Ordering::Less, Some((one, "comes of no bericht")))
            }
            (_, other) => (Ordering::Greater, other.as_ref().map(|other| (other, "is missing"))),
        };
        if let Some((row, what)) = difference {
            compared.differences.push(format!("{} {} of bericht {} {what}", table.name(), row.nr, row.bericht_id));
        }
        if order.is_ge() {
            compared.rows += 1;
            right = folded.next().await?;
        }
        if order.is_le() {
            left = kept.next().await?;
        }
    }
}

fn key(row: &LedgerRow) -> (&str, i64) {
    (&row.bericht_id, row.nr)
}

/// The rows of a table, page by page.
struct Rows<'a> {
    table: LedgerTable,
    store: &'a dyn Store,
    page: VecDeque<LedgerRow>,
    last: Option<(String, i64)>,
}

impl<'a> Rows<'a> {
    fn of(table: LedgerTable, store: &'a dyn Store) -> Self {
        Self { table, store, page: VecDeque::new(), last: None }
    }

    async fn next(&mut self) -> Result<Option<LedgerRow>, StoreError> {
        if self.page.is_empty() {
            let after = self.last.as_ref().map(|(id, nr)| (id.as_str(), *nr));
            self.page = self.store.ledger_rows(self.table, after, PAGE).await?.into();
        }
        let next = self.page.pop_front();
        if let Some(row) = &next {
            self.last = Some((row.bericht_id.clone(), row.nr));
        }
        Ok(next)
    }
}
