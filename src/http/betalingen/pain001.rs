//! A batch as an order to a bank: SEPA credit transfers in `pain.001.001.09`, one for each payee. A draft: the bank has the
//! last word, and a person hands it in. Names no client.
//!
//! Made of what is fixed in the batch and of the accounts in the settings: the same batch is the same file, byte for byte.

use std::collections::HashMap;

use askama::Template;

use super::{Payment, payments};
use crate::domain::money::betaling::{Rekening, sepa_text};
use crate::exchange::sha256_hex;
use crate::store::BetalingView;

/// The longest text that goes with a transfer, in characters.
const REMITTANCE: usize = 140;

#[derive(Template)]
#[template(path = "pain001.xml")]
struct Document<'a> {
    kenmerk: &'a str,
    made_at: String,
    uitvoerdatum: String,
    total: String,
    payer: &'a Rekening,
    transactions: Vec<Transaction<'a>>,
}

struct Transaction<'a> {
    end_to_end_id: String,
    bedrag: String,
    payee: &'a Rekening,
    remittance: String,
}

/// The order, or the parties whose account is not in the settings.
///
/// # Errors
/// Their codes, each once.
pub fn pain001(betaling: &BetalingView, rekeningen: &HashMap<String, Rekening>) -> Result<String, Vec<String>> {
    let payments = payments(betaling);
    let codes = [&betaling.gemeente].into_iter().chain(payments.iter().map(|one| &one.payee.begunstigde));
    let mut missing: Vec<String> = codes.filter(|code| !rekeningen.contains_key(*code)).cloned().collect();
    missing.sort();
    missing.dedup();
    if !missing.is_empty() {
        return Err(missing);
    }
    let document = Document {
        kenmerk: &betaling.kenmerk,
        made_at: betaling.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        uitvoerdatum: betaling.uitvoerdatum.to_string(),
        total: euros(payments.iter().map(|one| one.bedrag).sum()),
        payer: &rekeningen[&betaling.gemeente],
        transactions: payments.iter().map(|one| transaction(one, betaling, rekeningen)).collect(),
    };
    Ok(document.render().expect("a text takes every write"))
}

fn transaction<'a>(
    one: &Payment<'_>,
    betaling: &BetalingView,
    rekeningen: &'a HashMap<String, Rekening>,
) -> Transaction<'a> {
    Transaction {
        end_to_end_id: end_to_end_id(one, betaling),
        bedrag: euros(one.bedrag),
        payee: &rekeningen[&one.payee.begunstigde],
        remittance: remittance(one, &betaling.kenmerk),
    }
}

/// The same whenever it is asked, of no other payment, and at most 35 characters: a digest of the batch, and for whom it is.
fn end_to_end_id(one: &Payment<'_>, betaling: &BetalingView) -> String {
    const DIGEST: usize = 26;
    let name = format!("{}/{}/{}", betaling.gemeente, betaling.kenmerk, one.payee.begunstigde);
    format!("{}-{}", &sha256_hex(name.as_bytes())[..DIGEST], one.payee.aanbieder)
}

/// Which batch and which declaratie, as far as there is room: the names of others are told by their number.
fn remittance(one: &Payment<'_>, kenmerk: &str) -> String {
    let numbers: Vec<&str> = one.declaraties.iter().map(|one| one.declaratie_nummer.as_str()).collect();
    let text = |shown: usize| {
        let rest = numbers.len() - shown;
        let rest = if rest == 0 { String::new() } else { format!(" en {rest} meer") };
        sepa_text(&format!("Wmo {kenmerk}: {}{rest}", numbers[..shown].join(", ")))
    };
    let fits = |shown: &usize| text(*shown).len() <= REMITTANCE;
    text((1..=numbers.len()).rev().find(fits).unwrap_or(0))
}

/// Cents as a decimal number.
fn euros(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
