//! Berichten as JSON: lossless both ways, and taken in like XML.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use iwmo_gateway::standard;
use iwmo_gateway::{json, xml};
use serde_json::{Value, json};

use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, WMO301, WMO305, World};
use crate::xml::{files, fixtures};

pub fn as_json(xml_text: &str) -> Value {
    json::write(&xml::read(xml_text.as_bytes()).expect("a bericht"))
}

#[test]
fn every_bericht_is_the_same_after_json() {
    for (release, folder) in fixtures() {
        let mut seen = BTreeSet::new();
        for file in files(folder) {
            let bericht = xml::read(&fs::read(&file).expect("a fixture")).expect("a valid fixture");
            let text = json::write(&bericht).to_string();
            let back = json::read(text.as_bytes(), None, standard::choice())
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(back == bericht, "{} differs after JSON", file.display());
            seen.insert(bericht.header().soort);
        }
        assert!(release.berichtsoorten().iter().all(|soort| seen.contains(soort)), "{release:?}: only {seen:?}");
    }
}

#[test]
fn names_are_those_of_the_xsd_integers_are_numbers_and_what_repeats_is_a_list() {
    let start = as_json(WMO305);
    assert_eq!((&start["berichtsoort"], &start["release"]), (&json!("WMO305"), &json!("3.2")));
    assert_eq!(start["Bericht"]["Header"]["BerichtVersie"], json!(3));
    assert_eq!(
        start["Bericht"]["Client"]["StartProducten"]["StartProduct"],
        json!([{"ToewijzingNummer": 700_101, "Product": {"Categorie": "01", "Code": "01A03"}, "Begindatum": "2026-03-04", "StatusAanlevering": "1"}])
    );
}

#[tokio::test]
async fn json_is_judged_answered_and_sent_on_like_xml() {
    let world = World::both_local().await;
    assert_eq!(world.post_json(GEMEENTE, &as_json(WMO301)).await.body["verdict"], "accepted");
    let start = world.post_json(AANBIEDER, &as_json(WMO305)).await;
    assert_eq!((start.status, &start.body["toewijzingen"]), (202, &json!([700_101])), "{}", start.text);
    let id = start.body["id"].as_str().expect("an id");
    let xml_text = world.get(GEMEENTE, &format!("/v1/berichten/{id}/xml")).await.text;
    assert!(xml::read(xml_text.as_bytes()).expect("XML") == xml::read(WMO305.as_bytes()).expect("XML"), "{xml_text}");
    assert_eq!(world.get(GEMEENTE, &format!("/v1/berichten/{id}/json")).await.body, as_json(WMO305));
    world.stop().await;
}

#[tokio::test]
async fn the_gateway_fills_in_what_the_header_leaves_out_and_knows_the_same_bytes_again() {
    let world = World::both_local().await;
    let mut toewijzing = as_json(WMO301);
    let header = toewijzing["Bericht"]["Header"].as_object_mut().expect("a header");
    for name in ["BerichtCode", "BerichtVersie", "BerichtSubversie", "BerichtIdentificatie", "XsdVersie"] {
        header.remove(name);
    }
    toewijzing.as_object_mut().expect("an object").remove("release");
    let first = world.post_json(GEMEENTE, &toewijzing).await;
    assert_eq!((first.status, &first.body["verdict"]), (202, &json!("accepted")), "{}", first.text);
    let id = first.body["id"].as_str().expect("an id");
    let kept = world.get(GEMEENTE, &format!("/v1/berichten/{id}/json")).await.body;
    let identificatie = &kept["Bericht"]["Header"]["BerichtIdentificatie"];
    assert_eq!(identificatie["Dagtekening"], "2026-03-04", "today on the set clock");
    assert_eq!(identificatie["Identificatie"].as_str().map(str::len), Some(12));
    let second = world.post_json(GEMEENTE, &toewijzing).await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    world.stop().await;
}

#[tokio::test]
async fn an_earlier_release_is_filled_in_by_its_own_header_and_a_factuur_keeps_its_kind() {
    let settings = "[releases]\niwmo_2_3 = [\"2019-04-01\"]\n";
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], settings, None).await;
    let mut toewijzing = as_json(include_str!("../../fixtures/regels/TR069/eerder-1.xml"));
    let header = toewijzing["Bericht"]["Header"].as_object_mut().expect("a header");
    header.remove("BerichtIdentificatie");
    let answer = world.post_json(GEMEENTE, &toewijzing).await;
    assert_ne!(answer.body["type"], "urn:iwmo-gateway:fout:niet-valide", "{}", answer.text);

    let mut factuur = as_json(include_str!("../../fixtures/regels/CD055/goed-volledig.xml"));
    let code = factuur["Bericht"]["Header"]["BerichtCode"].clone();
    assert_eq!((&factuur["berichtsoort"], &code), (&json!("WMO303"), &json!("448")));
    let answer = world.post_json(AANBIEDER, &factuur).await;
    assert_eq!((answer.status, &answer.body["berichtsoort"]), (202, &json!("WMO303")), "{}", answer.text);
    let id = answer.body["id"].as_str().expect("an id");
    let kept = world.get(AANBIEDER, &format!("/v1/berichten/{id}/json")).await.body;
    assert_eq!(kept["Bericht"]["Header"]["BerichtCode"], code, "a factuur, and no declaratie");
    factuur["Bericht"]["Header"].as_object_mut().expect("a header").remove("BerichtCode");
    let unclear = world.post_json(AANBIEDER, &factuur).await;
    assert_eq!((unclear.status, &unclear.body["findings"][0]["path"]), (422, &json!("/Bericht/Header/BerichtCode")));
    world.stop().await;
}

#[tokio::test]
async fn wrong_json_is_told_where_and_never_with_a_value() {
    let world = World::both_local().await;
    let client = |bericht: &mut Value| bericht["Bericht"]["Client"].as_object_mut().expect("a client").clone();
    let cases = [
        (
            change(&|bericht| bericht["Bericht"]["Client"]["Extra"] = json!(BSN)),
            "/Bericht/Client/Extra",
            "hoort hier niet",
        ),
        (
            change(&|bericht| bericht["Bericht"]["Client"]["Geslacht"] = Value::Null),
            "/Bericht/Client/Geslacht",
            "ontbreekt",
        ),
        (
            change(&|bericht| bericht["Bericht"]["Client"]["Bsn"] = json!({"nummer": BSN})),
            "/Bericht/Client/Bsn",
            "past niet",
        ),
        (change(&|bericht| bericht["Bericht"]["Client"]["Bsn"] = json!("999940004123")), "/Bericht/Client/Bsn", ""),
        (
            change(&|bericht| bericht["Bericht"]["Client"] = json!([client(bericht), client(bericht)])),
            "/Bericht/Client",
            "te vaak",
        ),
        (
            change(&|bericht| bericht["Bericht"]["Client"]["Bsn"] = json!(999_940_004)),
            "/Bericht/Client/Bsn",
            "past niet",
        ),
        (change(&|bericht| bericht["Release"] = json!("2.3")), "/Release", "Bedoelt u release?"),
        (change(&|bericht| bericht["berichtsoort"] = json!("WMO999")), "/berichtsoort", "past niet"),
    ];
    for (bericht, path, told) in cases {
        let answer = world.post_json(AANBIEDER, &bericht).await;
        let finding = &answer.body["findings"][0];
        assert_eq!(
            (answer.status, &finding["path"], &finding["line"]),
            (422, &json!(path), &Value::Null),
            "{}",
            answer.text
        );
        assert!(finding["text"].as_str().is_some_and(|text| text.contains(told)), "{}", answer.text);
        assert!(!answer.text.contains(BSN), "{}", answer.text);
    }
    let url = world.url("/v1/berichten");
    let broken = world
        .request(|client| {
            client.post(&url).bearer_auth(AANBIEDER).header("content-type", "application/json").body("{\n  \"a\": ]")
        })
        .await;
    assert_eq!((broken.status, &broken.body["findings"][0]["line"]), (400, &json!(2)), "{}", broken.text);
    world.stop().await;
}

/// A start as JSON, with one thing changed.
fn change(change: &dyn Fn(&mut Value)) -> Value {
    let mut bericht = as_json(WMO305);
    change(&mut bericht);
    bericht
}

#[tokio::test]
async fn wrong_json_is_told_what_was_expected_and_what_was_probably_meant() {
    let world = World::both_local().await;
    let renamed = |bericht: &mut Value, from: &str, to: &str| {
        let client = bericht["Bericht"]["Client"].as_object_mut().expect("a client");
        let value = client.remove(from).expect(from);
        client.insert(to.to_owned(), value);
    };
    let product = |bericht: &mut Value, name: &str, value: Value| {
        bericht["Bericht"]["Client"]["StartProducten"]["StartProduct"][0][name] = value;
    };
    for (bericht, path, text) in [
        (
            change(&|bericht| renamed(bericht, "Geslacht", "Gelsacht")),
            "/Bericht/Client/Gelsacht",
            "Dit gegeven is hier niet bekend. Bedoelt u Geslacht?",
        ),
        (
            change(&|bericht| renamed(bericht, "Geslacht", "Einddatum")),
            "/Bericht/Client/Geslacht",
            "Dit gegeven ontbreekt.",
        ),
        (
            change(&|bericht| product(bericht, "Statusaanlevering", json!("1"))),
            "/Bericht/Client/StartProducten/StartProduct[1]/Statusaanlevering",
            "Dit gegeven is hier niet bekend. Bedoelt u StatusAanlevering?",
        ),
        (
            change(&|bericht| product(bericht, "ToewijzingNummer", json!("700101"))),
            "/Bericht/Client/StartProducten/StartProduct[1]/ToewijzingNummer",
            "Deze waarde past niet bij het gegeven: verwacht wordt een geheel getal, zonder aanhalingstekens.",
        ),
        (
            change(&|bericht| product(bericht, "Begindatum", json!("2026-13-02"))),
            "/Bericht/Client/StartProducten/StartProduct[1]/Begindatum",
            "Deze waarde past niet bij het gegeven: verwacht wordt een datum die bestaat, geschreven als 2026-01-31.",
        ),
        (
            change(&|bericht| bericht["Bericht"]["Client"]["Geslacht"] = json!(2)),
            "/Bericht/Client/Geslacht",
            "Deze waarde past niet bij het gegeven: verwacht wordt een tekst, tussen aanhalingstekens.",
        ),
        (json!([]), "/", "Dit is geen JSON-object."),
    ] {
        let answer = world.post_json(AANBIEDER, &bericht).await;
        let finding = &answer.body["findings"][0];
        assert_eq!((answer.status, finding["path"].as_str()), (422, Some(path)), "{}", answer.text);
        assert!(finding["text"].as_str().is_some_and(|told| told.starts_with(text)), "{text}: {}", answer.text);
    }
    world.stop().await;
}

#[test]
fn convert_goes_both_ways_and_refuses_what_the_schema_does_not_allow() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = env!("CARGO_BIN_EXE_iwmo-gateway");
    let convert = |to: &str, file: &Path| {
        Command::new(program).args(["convert", "--to", to]).arg(file).output().expect("the program")
    };
    let (xml_file, json_file) = (folder.path().join("a.xml"), folder.path().join("a.json"));
    fs::write(&xml_file, WMO305).expect("a file");
    let to_json = convert("json", &xml_file);
    assert_eq!(to_json.status.code(), Some(0));
    fs::write(&json_file, &to_json.stdout).expect("a file");
    let to_xml = convert("xml", &json_file);
    assert!(xml::read(&to_xml.stdout).expect("XML") == xml::read(WMO305.as_bytes()).expect("XML"));
    let text = String::from_utf8(to_json.stdout).expect("UTF-8").replace("\"2026-03-04\"", "\"4 maart\"");
    fs::write(&json_file, text).expect("a file");
    let refused = convert("xml", &json_file);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(told.contains("/Bericht/Header/BerichtIdentificatie/Dagtekening"), "{told}");
}
