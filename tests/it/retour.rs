//! The retour that belongs to a verdict: rows R1 to R4 of the standard (IV028, IV032, OP065).

use std::borrow::Cow;

use chrono::NaiveDate;
use iwmo_gateway::domain::berichten::klasse::ElementPath;
use iwmo_gateway::domain::berichten::waarde::{Identificatie, Value};
use iwmo_gateway::domain::finding::{Finding, Level, Severity};
use iwmo_gateway::domain::judging::retour::{accepts, compose};
use iwmo_gateway::domain::{Bericht, Heenbericht, Retourbericht, Verdict};
use iwmo_gateway::xml;

const WMO301: &[u8] = include_bytes!("../../fixtures/berichten/wmo301-volledig.xml");
const WMO305: &[u8] = include_bytes!("../../fixtures/berichten/wmo305-minimaal.xml");
const WMO317: &[u8] = include_bytes!("../../fixtures/regels/TR361/fout-zelfde-product.xml");

#[test]
fn r1_accepted_is_the_header_alone_without_codes() {
    for bytes in [WMO301, WMO305] {
        let retour = answer(bytes, Vec::new());
        assert_eq!((header_codes(&retour), retour.inhoud.is_some()), (vec![], false));
        assert!(accepts(&retour));
    }
}

#[test]
fn r1_a_warning_does_not_reject() {
    let warning = Finding { severity: Severity::Warning, ..finding(Level::History, "9019", &start(0)) };
    assert!(accepts(&answer(WMO305, vec![warning])));
}

#[test]
fn r2_a_rule_inside_the_bericht_is_0001_and_nothing_more_specific() {
    let findings = vec![
        finding(Level::Message, "0001", &client()),
        finding(Level::Message, "0001", &client().child("ToegewezenProducten").nth("ToegewezenProduct", 1)),
    ];
    let retour = answer(WMO301, findings);
    assert_eq!((header_codes(&retour), retour.inhoud.is_some()), (vec!["0001".to_owned()], false));
    assert!(!accepts(&retour));
}

#[test]
fn r3_a_rule_on_the_header_gives_its_codes_each_once_and_no_body() {
    let header = ElementPath::root().child("Header");
    let findings = vec![
        finding(Level::External, "8848", &header),
        finding(Level::External, "S300", &header),
        finding(Level::External, "8848", &header),
    ];
    let retour = answer(WMO305, findings);
    assert_eq!(header_codes(&retour), ["8848", "S300"]);
    assert!(retour.inhoud.is_none() && !accepts(&retour));
}

#[test]
fn r4_a_rule_on_a_class_gives_0200_to_header_and_every_class_that_is_right() {
    let product = client().child("ToegewezenProducten").nth("ToegewezenProduct", 1);
    let findings = vec![finding(Level::History, "9332", &product), finding(Level::History, "9379", &product)];
    let retour = answer(WMO301, findings);
    assert_eq!(header_codes(&retour), ["0200"]);
    for (path, codes) in body_codes(&retour) {
        let wanted = if path == product.to_string() { vec!["9332", "9379"] } else { vec!["0200"] };
        assert_eq!(codes, wanted, "{path}");
    }
    assert!(!accepts(&retour));
}

#[test]
fn r4_what_stands_inside_a_wrong_class_was_not_judged() {
    let relatie = client().child("Relaties").nth("Relatie", 0);
    let retour = answer(WMO301, vec![finding(Level::History, "8187", &relatie)]);
    for (path, codes) in body_codes(&retour) {
        let wanted = match path.strip_prefix(&relatie.to_string()) {
            Some("") => "8187",
            Some(_) => "0233",
            None => "0200",
        };
        assert_eq!(codes, [wanted], "{path}");
    }

    let product = client().child("ToegewezenProducten").nth("ToegewezenProduct", 2);
    let findings = vec![finding(Level::History, "8187", &client()), finding(Level::External, "S329", &product)];
    for (path, codes) in body_codes(&answer(WMO301, findings)) {
        let wanted = match path.as_str() {
            "/Bericht/Client" => "8187",
            _ if path == product.to_string() => "S329",
            _ => "0233",
        };
        assert_eq!(codes, [wanted], "{path}");
    }
}

#[test]
fn r4_what_a_wrong_verzoek_holds_was_judged() {
    let (client, verzoek) = (client(), client().child("Verzoek"));
    let findings = vec![finding(Level::History, "9361", &verzoek)];
    let found = body_codes(&answer(WMO317, findings));
    assert_eq!(found.len(), 4, "client, verzoek and two products: {found:?}");
    for (path, codes) in found {
        assert_eq!(codes, [if path == verzoek.to_string() { "9361" } else { "0200" }], "{path}");
    }
    let findings = vec![finding(Level::History, "8187", &client), finding(Level::History, "9349", &verzoek)];
    for (path, codes) in body_codes(&answer(WMO317, findings)) {
        let wanted = match path.as_str() {
            "/Bericht/Client" => "8187",
            "/Bericht/Client/Verzoek" => "9349",
            _ => "0233",
        };
        assert_eq!(codes, [wanted], "of an unknown client nothing was judged: {path}");
    }
}

fn client() -> ElementPath {
    ElementPath::root().child("Client")
}

fn start(index: usize) -> ElementPath {
    client().child("StartProducten").nth("StartProduct", index)
}

fn finding(level: Level, retour_code: &'static str, klasse: &ElementPath) -> Finding {
    Finding {
        level,
        severity: Severity::Error,
        regel: Some("TR000".into()),
        retour_code: Some(retour_code.into()),
        klasse: Some(klasse.clone()),
        path: klasse.clone(),
        position: None,
        text: Cow::default(),
    }
}

/// The retour of a bericht with these findings; it is valid, whatever they are.
fn answer(bytes: &[u8], findings: Vec<Finding>) -> Retourbericht {
    let heen: Heenbericht = match xml::read(bytes).expect("a fixture") {
        Bericht::Heen(heen) => heen,
        Bericht::Retour(_) => panic!("a heenbericht"),
    };
    let identificatie = Identificatie::from_text("R0001").expect("an Identificatie");
    let today = NaiveDate::from_ymd_opt(2026, 3, 10).expect("a day");
    let retour = compose(&heen, &Verdict::from(findings), identificatie, today).expect("a heenbericht has a retour");
    let written = xml::encode(&Bericht::Retour(retour.clone()));
    assert!(xml::read(&written).is_ok(), "{}", String::from_utf8_lossy(&written));
    assert!(retour.header.bericht_identificatie == heen.header.bericht_identificatie);
    retour
}

fn header_codes(retour: &Retourbericht) -> Vec<String> {
    retour.retour.retour_codes.0.iter().map(ToString::to_string).collect()
}

/// Every class below the header, with its codes.
fn body_codes(retour: &Retourbericht) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    retour.inhoud.clone().expect("a body").each_retour_codes(&mut |klasse, codes| {
        found.push((klasse.to_string(), codes.0.iter().map(ToString::to_string).collect()));
    });
    assert!(found.len() > 1, "a client and what is in it");
    found
}
