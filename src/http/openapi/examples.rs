//! Examples in the description of the API: a start, what comes of it, and how it may be refused.

use serde_json::Value;

use crate::api::{DeadlineReceipt, Destination, FindingReceipt, PartReport, Receipt, RefusalReceipt, RetourReceipt};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Level, Severity};
use crate::domain::{Berichtsoort, Timestamp};
use crate::exchange::declare::Examined;
use crate::exchange::{Refused, example_as_json, example_release};
use crate::http::uitleg::linked_part;

/// A start of support.
pub(in crate::http) const EXAMPLE_XML: &str = include_str!("../../../fixtures/verhaal/wmo305.xml");

/// A name that the gateway gives.
const EXAMPLE_ID: &str = "019cb7f4-7a80-7000-8000-5b1f0c2d9e11";

/// The same start in JSON.
pub(in crate::http) fn example_json() -> Value {
    example_as_json(EXAMPLE_XML.as_bytes()).expect("a fixture is a bericht")
}

/// What is told of the start.
pub(in crate::http) fn example_receipt() -> Receipt {
    let clock = |clock: &str, answer: &str, subject: Option<&str>, due: &str| DeadlineReceipt {
        clock: clock.to_owned(),
        answer: answer.to_owned(),
        subject: subject.map(str::to_owned),
        due: due.to_owned(),
        state: "met".to_owned(),
        skipped: Vec::new(),
    };
    let to_postbus = |berichtsoort: &str, partij: &str| Destination {
        berichtsoort: berichtsoort.to_owned(),
        partij: partij.to_owned(),
        via: "postbus".to_owned(),
    };
    Receipt {
        verdict: "accepted".to_owned(),
        toewijzingen: vec![700_101],
        deadlines: vec![
            clock("retour", "WMO306", None, "2026-03-07"),
            clock("start", "WMO305", Some("700101"), "2026-03-11"),
        ],
        retour: Some(RetourReceipt {
            id: "019cb7f4-7a80-7001-8000-90ab3e6f7c24".to_owned(),
            berichtsoort: "WMO306".to_owned(),
            retourcodes: Vec::new(),
        }),
        sent_to: vec![to_postbus("WMO305", "0384"), to_postbus("WMO306", "41005001")],
        ..nothing_found("accepted")
    }
}

/// What is told when the start is refused.
pub(in crate::http) fn example_refusal(why: Refused) -> Receipt {
    let finding = match why {
        Refused::NotXml => Some(("xml", None, "/Bericht/Client", "Het einde van Client ontbreekt.")),
        Refused::NotValid => Some((
            "xsd",
            None,
            "/Bericht/Client/Bsn",
            "Bsn heeft 12 tekens; toegestaan is precies 9 cijfers. Verbeter de waarde.",
        )),
        Refused::IdentificatieUsed => {
            Some(("history", Some("TR056"), "/Bericht/Header", "Deze Identificatie is al gebruikt."))
        }
        Refused::SureRejection => Some((
            "history",
            Some("TR019"),
            "/Bericht/Client/StartProducten/StartProduct[1]",
            "Er is geen toewijzing met dit nummer.",
        )),
        Refused::WrongParty | Refused::ReleaseNotInForce | Refused::TooLargeForNetwork { .. } => None,
    };
    let finding = finding.map(|(level, rule, path, text)| example_finding(level, rule, path, text));
    let refusal = RefusalReceipt { reason: why.name().to_owned(), ..RefusalReceipt::default() };
    Receipt { findings: finding.into_iter().collect(), refusal: Some(refusal), ..nothing_found("refused") }
}

fn example_finding(level: &str, rule: Option<&str>, path: &str, text: &str) -> FindingReceipt {
    FindingReceipt {
        level: level.to_owned(),
        rule: rule.map(str::to_owned),
        retourcode: None,
        severity: None,
        path: path.to_owned(),
        line: None,
        column: None,
        text: text.to_owned(),
        explanation: rule.map(|rule| format!("/regels/{rule}")),
    }
}

/// A declaratie of which one line asks too much.
pub(in crate::http) fn example_part() -> PartReport {
    linked_part(example_examined().into())
}

/// The same, as the story of a declaratie tells it.
pub(in crate::http) fn example_examined() -> Examined {
    let line = ElementPath::root().child("Declaratie").child("Clienten").nth("Client", 0);
    let line = line.child("Prestaties").nth("Prestatie", 0);
    let finding = Finding {
        level: Level::History,
        severity: Severity::Error,
        regel: Some("TR321".into()),
        retour_code: None,
        path: line.child("GeleverdVolume"),
        klasse: Some(line),
        position: None,
        text: "Het volume is hoger dan in deze periode mag.".into(),
    };
    Examined {
        nummer: "202603".to_owned(),
        soort: Berichtsoort::Wmo323,
        release: example_release(EXAMPLE_XML.as_bytes()).expect("a fixture is a bericht"),
        client_count: 1,
        line_count: 1,
        ingediend: 47_500,
        findings: vec![(Some(2), finding)],
        findings_left_out: 0,
        has_errors: true,
        receipt: None,
    }
}

fn nothing_found(verdict: &str) -> Receipt {
    Receipt {
        id: EXAMPLE_ID.to_owned(),
        received_at: Timestamp::from_timestamp(1_772_611_200, 0).expect("an instant of 2026"),
        berichtsoort: Some("WMO305".to_owned()),
        release: Some("3.2".to_owned()),
        verdict: verdict.to_owned(),
        identificatie: Some("START-1".to_owned()),
        waits_until: None,
        refusal: None,
        findings: Vec::new(),
        findings_left_out: None,
        not_checked: Vec::new(),
        toewijzingen: Vec::new(),
        heenbericht: None,
        deadlines: Vec::new(),
        retour: None,
        sent_to: Vec::new(),
        digests: None,
        practice: false,
    }
}
