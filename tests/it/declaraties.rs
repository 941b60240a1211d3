//! Declaraties from bericht to antwoord: what is granted, what the 325 says of it, and what counts afterwards.

use std::collections::HashSet;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use iwmo_gateway::api::Receipt;
use iwmo_gateway::domain::berichten::declaratie::{AntwoordHeader, DeclaratieAntwoord};
use iwmo_gateway::domain::berichten::klasse::RetourCodes;
use iwmo_gateway::domain::judging::judge::judge_alone;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::domain::{Bericht, Heenbericht, Inhoud};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::xml::{self, Schemas};
use serde_json::{Value, json};

use crate::maker::{credit, prestatie, toewijzing, wmo301, wmo323};
use crate::stage::Stage;
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, World};

/// A client without a toewijzing.
const STRANGER: &str = "999960003";
const DAY: &str = "2026-06-01";

async fn stage() -> Stage {
    let stage = Stage::new().await;
    let wmo301 = wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    stage.take_all(&[wmo301]).await;
    stage
}

fn april(referentie: &str, volume: i64) -> Value {
    prestatie(
        referentie,
        json!({
            "ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"},
            "GeleverdVolume": volume,
            "IngediendBedrag": {"Bedrag": 2500 * volume, "DebetCredit": "D"},
        }),
    )
}

/// The 325 that was composed: valid against its schema, and right by its own rules.
async fn antwoord(stage: &Stage, receipt: &Receipt) -> (AntwoordHeader, Option<DeclaratieAntwoord>) {
    let answer = receipt.retour.as_ref().expect("an answer");
    assert_eq!(answer.berichtsoort, "WMO325");
    let bytes = stage.store().payload(&answer.id, None).await.expect("read").expect("kept");
    let bericht = xml::read(&bytes).expect("valid against its schema");
    let gateway = &stage.gateway;
    let outside = Outside { today: gateway.clock.today(), gemeenten: &gateway.gemeenten, contract: None };
    let mut findings = judge_alone(&bericht, &outside).findings;
    // It names its 323 by the Dagtekening that this has, one in the future too.
    findings.retain(|one| one.path.as_str() != "/Bericht/Header/DeclaratieIdentificatie/Dagtekening");
    assert_eq!(findings, []);
    match bericht {
        Bericht::Heen(Heenbericht { inhoud: Inhoud::DeclaratieAntwoord { header, antwoord }, .. }) => {
            (header, antwoord)
        }
        other => panic!("not a 325: {other:?}"),
    }
}

fn codes(codes: &RetourCodes) -> Vec<String> {
    codes.0.iter().map(ToString::to_string).collect()
}

/// Which lines stand in an antwoord: Bsn, codes of the client, reference, codes.
fn listed(antwoord: &DeclaratieAntwoord) -> Vec<(&str, Vec<String>, &str, Vec<String>)> {
    let lines = antwoord.clienten.iter().flat_map(|client| {
        client.prestaties.iter().map(|line| {
            let referentie = line.product_referentie.referentie_nummer.as_str();
            (client.bsn.digits(), codes(&client.retour_codes), referentie, codes(&line.retour_codes))
        })
    });
    lines.collect()
}

/// Verdict, codes on the header, codes on the antwoord, signed total that is granted.
async fn told(stage: &Stage, bytes: Vec<u8>) -> (String, Vec<String>, Option<(Vec<String>, i128)>) {
    let receipt = stage.take(bytes).await;
    let (header, antwoord) = antwoord(stage, &receipt).await;
    let body = antwoord.map(|body| {
        assert!(!body.clienten.iter().any(|client| client.prestaties.is_empty()));
        (codes(&body.retour_codes), body.totaal_toegekend_bedrag.signed())
    });
    (receipt.verdict, codes(&header.retour_codes), body)
}

fn one(text: &str) -> Vec<String> {
    vec![text.to_owned()]
}

#[tokio::test]
async fn d1_a_rule_inside_the_bericht_is_0001_on_the_header_alone() {
    let stage = stage().await;
    let over_a_month =
        prestatie("R1", json!({"ProductPeriode": {"Begindatum": "2026-03-03", "Einddatum": "2026-04-30"}}));
    let told = told(&stage, wmo323("D1", DAY, &[over_a_month])).await;
    assert_eq!(told, ("rejected".to_owned(), one("0001"), None));
}

#[tokio::test]
async fn d2_a_rule_on_the_header_is_its_code_on_the_header_alone() {
    let stage = stage().await;
    let told = told(&stage, wmo323("D1", "2026-06-02", &[prestatie("R1", json!({}))])).await;
    assert_eq!(told, ("rejected".to_owned(), one("8848"), None));
}

#[tokio::test]
async fn d3_a_rule_on_the_declaratie_is_its_code_on_the_antwoord_and_grants_nothing() {
    let stage = stage().await;
    stage.take_all(&[wmo323("D1", DAY, &[prestatie("R1", json!({}))])]).await;
    let of_april = String::from_utf8(wmo323("D2", DAY, &[april("R2", 4)])).expect("text");
    let of_april = of_april.replace("2026-05-01", "2026-04-01").replace("2026-05-31", "2026-04-30");
    let told = told(&stage, of_april.into_bytes()).await;
    assert_eq!(told, ("rejected".to_owned(), one("0200"), Some((one("8214"), 0))));

    let again = wmo323("D3", DAY, &[april("R2", 4)]);
    assert_eq!(stage.take(again).await.verdict, "accepted", "what counts as not sent uses up no numbers");
}

#[tokio::test]
async fn d4_all_granted_is_8001_and_the_whole_total() {
    let stage = stage().await;
    let receipt = stage.take(wmo323("D1", DAY, &[prestatie("R1", json!({})), april("R2", 8)])).await;
    assert_eq!(receipt.verdict, "accepted");
    let (header, body) = antwoord(&stage, &receipt).await;
    let body = body.expect("an antwoord");
    assert_eq!((codes(&header.retour_codes), codes(&body.retour_codes)), (one("0200"), one("8001")));
    assert_eq!(body.totaal_toegekend_bedrag, body.totaal_ingediend_bedrag);
    assert_eq!((body.totaal_toegekend_bedrag.signed(), body.clienten.len()), (30_000, 0));
    let clock = receipt.deadlines.iter().find(|one| one.clock == "declaratie-antwoord").expect("a clock");
    assert_eq!((clock.answer.as_str(), clock.state.as_str(), clock.due.as_str()), ("WMO325", "met", "2026-06-15"));

    let minus = credit("R3", &april("R2", 8));
    let told = told(&stage, wmo323("D2", DAY, &[minus])).await;
    assert_eq!(told, ("accepted".to_owned(), one("0200"), Some((one("8001"), -20_000))));
}

#[tokio::test]
async fn d5_lists_the_rejected_lines_only_with_all_their_codes() {
    let stage = stage().await;
    let wrong = prestatie("R2", json!({"ProductCategorie": "02", "ProductCode": "02A05"}));
    let receipt = stage.take(wmo323("D1", DAY, &[prestatie("R1", json!({})), wrong, april("R3", 19)])).await;
    assert_eq!(receipt.verdict, "partial");
    let (header, body) = antwoord(&stage, &receipt).await;
    let body = body.expect("an antwoord");
    assert_eq!((codes(&header.retour_codes), codes(&body.retour_codes)), (one("0200"), one("0200")));
    assert_eq!(body.totaal_toegekend_bedrag.signed(), 10_000);
    let product = vec!["9339".to_owned(), "9340".to_owned()];
    assert_eq!(listed(&body), [(BSN, one("0200"), "R2", product), (BSN, one("0200"), "R3", one("9321"))]);
}

#[tokio::test]
async fn d6_of_a_rejected_client_every_line_stands_there_and_was_not_judged() {
    let stage = stage().await;
    let strange = |referentie| prestatie(referentie, json!({"Bsn": STRANGER, "ToewijzingNummer": 700_999}));
    let april = prestatie("R9", json!({"Bsn": STRANGER, "ProductCode": "01A04"}));
    let receipt = stage.take(wmo323("D1", DAY, &[prestatie("R1", json!({})), strange("R2"), april])).await;
    assert_eq!(receipt.verdict, "partial");
    let body = antwoord(&stage, &receipt).await.1.expect("an antwoord");
    assert_eq!(body.totaal_toegekend_bedrag.signed(), 10_000);
    let wanted = |referentie| (STRANGER, one("8187"), referentie, one("0233"));
    assert_eq!(listed(&body), [wanted("R2"), wanted("R9")]);
    let errors = receipt.findings.iter().filter(|finding| finding.severity.is_none());
    let rules: HashSet<_> = errors.filter_map(|finding| finding.rule.as_deref()).collect();
    assert_eq!(rules, HashSet::from(["TR304"]));
}

#[tokio::test]
async fn d7_every_line_rejected_grants_nothing_and_still_counts_as_sent() {
    let stage = stage().await;
    let told = told(&stage, wmo323("D1", DAY, &[april("R1", 19)])).await;
    assert_eq!(told, ("rejected".to_owned(), one("0200"), Some((one("0200"), 0))));

    let receipt = stage.take(wmo323("D2", DAY, &[april("R1", 4)])).await;
    let found: Vec<_> = receipt.findings.iter().filter_map(|finding| finding.retourcode.as_deref()).collect();
    assert_eq!(found, ["8021"], "the line used up its reference");
}

#[tokio::test]
async fn what_was_granted_can_be_credited_once_and_what_was_rejected_cannot() {
    let stage = stage().await;
    let (granted, rejected) = (prestatie("R1", json!({})), april("R2", 19));
    assert_eq!(stage.take(wmo323("D1", DAY, &[granted.clone(), rejected.clone()])).await.verdict, "partial");
    let receipt = stage.take(wmo323("D2", DAY, &[credit("R3", &granted), credit("R4", &rejected)])).await;
    let found: Vec<_> = receipt.findings.iter().map(|one| (one.rule.as_deref(), one.path.as_str())).collect();
    let path = "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[2]/ProductReferentie/VorigReferentieNummer";
    assert_eq!((receipt.verdict.as_str(), found), ("partial", vec![(Some("TR323"), path)]));

    let again = stage.take(wmo323("D3", DAY, &[credit("R5", &granted)])).await;
    let found: Vec<_> = again.findings.iter().filter_map(|one| one.rule.as_deref()).collect();
    assert_eq!(found, ["TR390"]);
    let anew = prestatie("R6", json!({"ProductReferentie": {"ReferentieNummer": "R6"}}));
    assert_eq!(stage.take(wmo323("D4", DAY, &[anew])).await.verdict, "accepted");
}

#[tokio::test]
async fn the_ledger_of_declaraties_is_what_their_berichten_make_of_it() {
    let stage = stage().await;
    let granted = prestatie("R1", json!({}));
    let strange = prestatie("R2", json!({"Bsn": STRANGER}));
    let all = [vec![granted.clone(), april("R3", 19), strange], vec![credit("R4", &granted)], vec![april("R5", 4)]];
    for (nr, lines) in (1..).zip(all) {
        stage.take(wmo323(&format!("D{nr}"), DAY, &lines)).await;
    }
    stage.take(wmo323("D9", "2026-06-02", &[april("R9", 4)])).await;
    let compared = verify(stage.store().as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    assert_eq!(compared.rows, 1 + 4 + 6, "a toewijzing, declaraties, their lines");
}

#[tokio::test]
async fn every_line_is_explained_to_its_parties_and_to_nobody_else() {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], "dashboard_login = false", None).await;
    world.at("2026-06-01T09:00:00+02:00");
    let given = world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    assert_eq!(given.status, 202, "{}", given.text);
    let lines = [prestatie("=1+1", json!({})), april("R2", 19)];
    let id = world.post(AANBIEDER, wmo323("D1", DAY, &lines)).await.body["id"].as_str().expect("an id").to_owned();

    let found = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await;
    assert_eq!(found.status, 200, "{}", found.text);
    let body = &found.body;
    assert_eq!(
        (&body["totaal_ingediend_bedrag"], &body["totaal_toegekend_bedrag"], &body["void"]),
        (&json!(57_500), &json!(10_000), &json!(false))
    );
    assert!(body["antwoord"].is_string() && !found.text.contains(BSN), "{}", found.text);
    let granted = &body["lines"][0];
    let without_start = &granted["findings"][0];
    assert_eq!((&granted["granted"], granted["findings"].as_array().map(Vec::len)), (&json!(true), Some(1)));
    assert_eq!(
        (&without_start["rule"], &without_start["level"], &without_start["severity"], &without_start["retourcode"]),
        (&json!("HVB-04"), &json!("local"), &json!("warning"), &json!(null)),
        "told, and paid all the same"
    );
    let wanted = json!({"rule": "TR322", "formula": "term", "volume": 3, "times": 44, "used": 0, "asked": 240,
        "allowed": 7920, "holds": true,
        "text": "3 uur × 44 weken = 132 uur in het geheel; eerder toegekend 0 uur, met deze 4 uur samen 4 uur."});
    assert_eq!(granted["calculations"][2], wanted);
    let rejected = &body["lines"][1];
    assert_eq!((&rejected["granted"], &rejected["findings"][1]["rule"]), (&json!(false), &json!("TR321")));
    let wanted = json!({"rule": "TR321", "formula": "period", "volume": 3, "times": 6, "used": 0, "asked": 1140,
        "allowed": 1080, "holds": false,
        "text": "3 uur × 6 weken (afspraak huishoudelijke hulp) = 18 uur in deze periode; gedeclareerd 19 uur."});
    assert_eq!(rejected["calculations"][1], wanted);

    let table = world.get(AANBIEDER, &format!("/v1/declaraties/{id}/csv")).await;
    let rows: Vec<&str> = table.text.lines().collect();
    assert_eq!((table.status, rows.len()), (200, 3), "{}", table.text);
    assert!(rows[1].starts_with("\"'=1+1\";") && rows[1].contains(";10000;ja;10000;"), "{}", rows[1]);
    assert!(rows[2].contains(";nee;0;\"HVB-04 TR321\";") && !table.text.contains(BSN), "{}", rows[2]);

    let url = world.url(&format!("/v1/declaraties/{id}/xlsx"));
    let bytes = reqwest::Client::new().get(url).bearer_auth(AANBIEDER).send().await.expect("an answer");
    let bytes = bytes.bytes().await.expect("a workbook").to_vec();
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let sheet = workbook.worksheet_range("Declaratie").expect("a sheet");
    let cell = |row, column| sheet.get_value((row, column)).cloned().expect("a cell");
    assert_eq!((cell(0, 0), cell(1, 0)), (Data::String("ReferentieNummer".into()), Data::String("=1+1".into())));
    assert_eq!((cell(1, 2), cell(1, 11)), (Data::Float(700_101.0), Data::String("ja".into())));
    assert_eq!((cell(2, 10), cell(2, 13)), (Data::Float(47_500.0), Data::String("HVB-04 TR321".into())));
    assert_eq!((cell(1, 12), cell(2, 12)), (Data::Float(10_000.0), Data::Float(0.0)));
    assert_eq!(sheet.height(), 3);
    let formulas = workbook.worksheet_formula("Declaratie").expect("a sheet");
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "a formula in {formulas:?}");

    for path in ["", "/csv", "/xlsx"] {
        assert_eq!(world.get(ANDERE, &format!("/v1/declaraties/{id}{path}")).await.status, 404);
    }
}

#[tokio::test]
async fn the_lines_of_a_declaratie_come_page_by_page_and_the_totals_with_each() {
    let world = World::both_local().await;
    world.at("2026-06-01T09:00:00+02:00");
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let strange = prestatie("R3", json!({"ToewijzingNummer": 700_999}));
    let lines = [prestatie("R1", json!({})), april("R2", 4), strange];
    let id = world.post(AANBIEDER, wmo323("D1", DAY, &lines)).await.body["id"].as_str().expect("an id").to_owned();
    let page = async |query: &str| world.get(GEMEENTE, &format!("/v1/declaraties/{id}{query}")).await;
    let references = |body: &Value| -> Vec<String> {
        let lines = body["lines"].as_array().expect("lines").iter();
        lines.map(|line| format!("{} {}", line["line"], line["referentie_nummer"].as_str().expect("a text"))).collect()
    };
    let first = page("?limit=2").await.body;
    assert_eq!((references(&first), &first["next"]), (vec!["1 R1".into(), "2 R2".into()], &json!("2")));
    let second = page("?limit=2&after=2").await.body;
    assert_eq!((references(&second), &second["next"]), (vec!["3 R3".to_owned()], &Value::Null));
    for body in [&first, &second] {
        let totals = (&body["line_count"], &body["granted_count"], &body["totaal_toegekend_bedrag"]);
        assert_eq!(totals, (&json!(3), &json!(2), &json!(20_000)));
    }
    assert_eq!(page("?after=R2").await.status, 400);
    world.stop().await;
}

#[tokio::test]
async fn what_is_found_stands_at_its_line_also_where_two_clients_have_one_bsn() {
    let world = World::both_local().await;
    world.at("2026-06-01T09:00:00+02:00");
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let second = |referentie: &str| prestatie(referentie, json!({"Bsn": STRANGER}));
    let lines = [prestatie("R1", json!({})), april("R2", 4), second("R3"), second("R4")];
    let text = String::from_utf8(wmo323("D1", DAY, &lines)).expect("UTF-8").replace(STRANGER, BSN);
    assert_eq!(text.matches(BSN).count(), 2, "two clients");
    let id = world.post(AANBIEDER, text).await.body["id"].as_str().expect("an id").to_owned();
    let body = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let errors_of = |line: &Value| -> Vec<String> {
        let errors = line["findings"].as_array().expect("findings").iter().filter(|one| one["severity"].is_null());
        errors.map(|one| one["path"].as_str().expect("a path").to_owned()).collect()
    };
    let found: Vec<_> = body["lines"].as_array().expect("lines").iter().map(errors_of).collect();
    let client = "/Bericht/Declaratie/Clienten/Client[2]";
    let twice = format!("{client}/Prestaties/Prestatie[2]");
    assert_eq!(found, [vec![], vec![], vec![client.to_owned()], vec![client.to_owned(), twice]]);
    let last = world.get(GEMEENTE, &format!("/v1/declaraties/{id}?after=3")).await.body["lines"][0].clone();
    assert_eq!((&last["line"], &last["findings"]), (&json!(4), &body["lines"][3]["findings"]));
    world.stop().await;
}
