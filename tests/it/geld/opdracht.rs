//! An order to a bank, judged by what ISO 20022 and SEPA say of it.
//!
//! `xmllint` judges by the schema of the fixtures; skipped where it is absent, unless `IWMO_REQUIRE_XMLLINT=1`.

use std::collections::HashSet;
use std::io::Write as _;
use std::process::Command;

use crate::world::World;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pain001/overboeking.xsd");

/// The order of a batch, as the gateway gives it and a bank takes it.
pub async fn order(world: &World, caller: &str, path: &str) -> String {
    let answer = world.get(caller, path).await;
    assert_eq!(
        (answer.status, answer.headers["content-type"].as_bytes()),
        (200, &b"application/xml"[..]),
        "{}",
        answer.text
    );
    adds_up(&answer.text);
    if let Some(told) = mistakes(&answer.text) {
        assert_eq!(told, "", "{}", answer.text);
    }
    answer.text
}

/// The values of an element, in order.
pub fn values<'a>(order: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let parts = order.split(&close).filter_map(|before| before.rsplit_once(&open));
    parts.filter_map(|(_, rest)| rest.split_once('>')).map(|(_, value)| value).collect()
}

/// What no schema can say: how many transfers there are, what they come to, and that each has a name of its own.
fn adds_up(order: &str) {
    let cents = |amount: &&str| amount.replace('.', "").parse::<i64>().expect("an amount");
    let amounts = values(order, "InstdAmt");
    let sum: i64 = amounts.iter().map(cents).sum();
    assert_eq!(values(order, "CtrlSum").iter().map(cents).collect::<Vec<_>>(), [sum, sum], "{order}");
    let count = amounts.len().to_string();
    assert_eq!(values(order, "NbOfTxs"), [count.as_str(); 2], "{order}");
    let names: HashSet<&str> = values(order, "EndToEndId").into_iter().collect();
    assert_eq!(names.len(), amounts.len(), "{order}");
}

/// What the schema says against an order; `None`: nobody is here to judge.
fn mistakes(order: &str) -> Option<String> {
    if Command::new("xmllint").arg("--version").output().is_err() {
        assert!(std::env::var("IWMO_REQUIRE_XMLLINT").is_err(), "xmllint is required and not installed");
        println!("skipped: xmllint is not installed");
        return None;
    }
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(order.as_bytes()).expect("written");
    let judged = Command::new("xmllint").args(["--noout", "--nonet", "--schema", SCHEMA]).arg(file.path()).output();
    let judged = judged.expect("xmllint runs");
    let told = String::from_utf8_lossy(&judged.stderr).into_owned();
    Some(if judged.status.success() { String::new() } else { told })
}

/// The schema is one that can say no: each of these changes makes an order that a bank takes one that it does not.
pub fn every_change_is_seen(order: &str) {
    let long = |name: &str, longest: usize| (values(order, name)[0].to_owned(), "x".repeat(longest + 1));
    let (end_to_end, too_long) = long("EndToEndId", 35);
    let (remittance, too_much) = long("Ustrd", 140);
    let (naam, too_wide) = long("Nm", 70);
    let amount = values(order, "InstdAmt")[0];
    let slashed = format!("/{}", &end_to_end[1..]);
    for (from, to) in [
        (end_to_end.as_str(), too_long.as_str()),
        (end_to_end.as_str(), slashed.as_str()),
        (remittance.as_str(), too_much.as_str()),
        (remittance.as_str(), "Wmo juni: a//b"),
        (remittance.as_str(), "Wmo één"),
        (remittance.as_str(), ""),
        (naam.as_str(), too_wide.as_str()),
        (&format!(">{amount}<"), ">1000000000.00<"),
        (&format!(">{amount}<"), ">0.00<"),
        (&format!(">{amount}<"), ">1.001<"),
        ("\"EUR\"", "\"USD\""),
        (" Ccy=\"EUR\"", ""),
        (">SEPA<", ">URGP<"),
        (">SLEV<", ">SHAR<"),
        (">TRF<", ">CHK<"),
        (">NL", ">nl"),
        ("001.001.09", "001.001.03"),
        ("<Dt>", "<Dt>x"),
        ("<Cdtr>", "<Cdtr><Ctry>NL</Ctry>"),
        ("<ChrgBr>", "<BtchBookg>ja</BtchBookg><ChrgBr>"),
    ] {
        let changed = order.replace(from, to);
        assert_ne!(changed, order, "{from} is there");
        assert_ne!(mistakes(&changed).as_deref(), Some(""), "{to} instead of {from} is seen");
    }
}
