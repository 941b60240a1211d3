//! What is told beside the verdict: berichten that the standard allows and that are mostly a mistake.

use iwmo_gateway::store::{DeadlineQuery, LineQuery};
use serde_json::{Value, json};

use crate::maker::{bericht, credit, prestatie, toewijzing, wmo301, wmo305, wmo323, wmo323_of};
use crate::stage::Stage;
use crate::world::{AANBIEDER, GEMEENTE, World};

/// The remarks among the findings of a receipt: name and text.
fn remarks(receipt: &Value) -> Vec<(String, String)> {
    let findings = receipt["findings"].as_array().expect("findings").iter();
    let remarks = findings.filter(|one| one["level"] == "local" && one["severity"] == "warning");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    remarks.map(|one| (text(&one["rule"]), text(&one["text"]))).collect()
}

fn names(receipt: &Value) -> Vec<String> {
    remarks(receipt).into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn a_start_that_has_not_happened_is_rejected_and_meets_no_clock() {
    let world = World::both_local().await;
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let early = world.post(AANBIEDER, wmo305("S1", "2026-03-04", 700_101, json!({"Begindatum": "2026-03-25"}))).await;
    assert_eq!((&early.body["verdict"], &early.body["findings"][0]["rule"]), (&json!("rejected"), &json!("TR134")));
    let starts = async || world.deadlines().await.into_iter().filter(|line| line.starts_with("start ")).count();
    assert_eq!(starts().await, 0, "no clock is met by what has not happened");

    world.at("2026-03-25T09:00:00+01:00");
    let begun = world.post(AANBIEDER, wmo305("S2", "2026-03-25", 700_101, json!({"Begindatum": "2026-03-25"}))).await;
    assert_eq!((&begun.body["verdict"], starts().await), (&json!("accepted"), 1), "{}", begun.text);
    world.stop().await;
}

#[tokio::test]
async fn a_toewijzing_shortened_over_granted_money_is_told_to_both_sides_with_the_amount() {
    let world = World::both_local().await;
    world.at("2026-04-02T09:00:00+02:00");
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let march = prestatie("R1", json!({}));
    let of_march = |identificatie: &str, lines: &[Value]| {
        wmo323_of(identificatie, "2026-04-02", ("2026-03-01", "2026-03-31"), lines)
    };
    assert_eq!(world.post(AANBIEDER, of_march("D1", std::slice::from_ref(&march))).await.body["verdict"], "accepted");

    let version = |identificatie: &str, last: &str| {
        let changed = json!({"Toewijzingsdatum": "2026-04-02", "Einddatum": last, "RedenWijziging": "02"});
        wmo301(identificatie, "2026-04-02", &[toewijzing(700_101, changed)])
    };
    let kept = world.post(GEMEENTE, version("T2", "2026-03-31")).await;
    assert_eq!((&kept.body["verdict"], names(&kept.body)), (&json!("accepted"), vec![]), "{}", kept.text);
    let shorter = version("T3", "2026-03-15");
    let shorter = String::from_utf8(shorter).expect("text").replace("08:45:00", "10:00:00");
    let shortened = world.post(GEMEENTE, shorter).await;
    assert_eq!(shortened.body["verdict"], "accepted", "the standard has no code for it");
    let told = remarks(&shortened.body);
    assert_eq!(told[0].0, "GW-04", "{}", shortened.text);
    assert!(told[0].1.starts_with("€ 100,00 is toegekend over dagen na deze Einddatum."), "{}", told[0].1);
    let id = shortened.body["id"].as_str().expect("an id");
    let seen = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await;
    assert_eq!(remarks(&seen.body["receipt"]), told, "{}", seen.text);

    let back = world.post(AANBIEDER, of_march("D2", &[credit("R2", &march)])).await;
    assert_eq!(back.body["verdict"], "accepted", "its period lies outside the toewijzing now: {}", back.text);
    let again = String::from_utf8(version("T4", "2026-03-10")).expect("text").replace("08:45:00", "11:00:00");
    assert_eq!(names(&world.post(GEMEENTE, again).await.body), [""; 0], "all of it was credited");
    world.stop().await;
}

/// The deadlines on a credit: subject, due date, state and whose turn it is.
async fn creditering(world: &World) -> Vec<String> {
    let found = world.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("deadlines").into_iter();
    let found = found.filter(|view| view.clock == "creditering");
    found
        .map(|view| {
            let subject = view.subject.unwrap_or_default();
            format!("{subject} {} {} {}", view.due, view.state.name(), view.responsible)
        })
        .collect()
}

#[tokio::test]
async fn what_is_to_be_credited_after_a_toewijzing_is_shortened_is_an_open_item_until_the_credit_is_granted() {
    let world = World::both_local().await;
    world.at("2026-05-04T09:00:00+02:00");
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let april = json!({"ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"}});
    let lines = [prestatie("R1", json!({})), prestatie("R2", april)];
    let of_april = |identificatie: &str, lines: &[Value]| {
        wmo323_of(identificatie, "2026-05-04", ("2026-04-01", "2026-04-30"), lines)
    };
    assert_eq!(world.post(AANBIEDER, of_april("D1", &lines)).await.body["verdict"], "accepted");
    let version = async |naam: &str, time: &str, last: &str| {
        let changed = json!({"Toewijzingsdatum": "2026-05-04", "Toewijzingstijd": time, "Einddatum": last, "RedenWijziging": "02"});
        let posted = world.post(GEMEENTE, wmo301(naam, "2026-05-04", &[toewijzing(700_101, changed)])).await;
        assert_eq!(posted.body["verdict"], "accepted", "{}", posted.text);
    };
    version("T2", "09:00:00", "2026-03-31").await;
    let item = |month: &str, state: &str| format!("700101 01A03 {month} 2026-06-01 {state} {AANBIEDER}");
    assert_eq!(creditering(&world).await, [item("2026-04", "open")], "four weeks");
    version("T3", "09:30:00", "2026-03-31").await;
    assert_eq!(creditering(&world).await.len(), 1, "it was asked before");

    let listed = world.get(AANBIEDER, "/v1/deadlines").await.body;
    let mut items = listed["items"].as_array().expect("items").iter();
    let asked = items.find(|one| one["clock"] == "creditering").expect("the item");
    let item_id = asked["id"].as_str().expect("an id").to_owned();
    let taken = json!({"owner": "Administratie", "reason": "volgende maand"});
    let taken = world.call(AANBIEDER, &format!("/v1/deadlines/{item_id}/acknowledge"), &taken).await;
    assert_eq!(taken.status, 200, "{}", taken.text);

    version("T4", "10:00:00", "2026-12-31").await;
    assert_eq!(creditering(&world).await, [item("2026-04", "void")], "it is covered again");
    version("T5", "10:30:00", "2026-03-15").await;
    let mut open = creditering(&world).await;
    open.retain(|line| line.contains("open"));
    open.sort();
    assert_eq!(open, [item("2026-03", "open"), item("2026-04", "open")]);

    world.at("2026-06-02T09:00:00+02:00");
    let mut wrong = credit("R3", &lines[0]);
    wrong["ProductTarief"] = json!(2400);
    wrong["IngediendBedrag"]["Bedrag"] = json!(9600);
    let of_may = |identificatie: &str, lines: &[Value]| {
        wmo323_of(identificatie, "2026-06-02", ("2026-05-01", "2026-05-31"), lines)
    };
    let both = world.post(AANBIEDER, of_may("D2", &[wrong, credit("R4", &lines[1])])).await;
    assert_eq!(both.body["verdict"], "partial", "{}", both.text);
    let mut left = creditering(&world).await;
    left.retain(|line| !line.contains("void"));
    left.sort();
    let late = item("2026-04", "late");
    assert_eq!(left, [item("2026-03", "overdue"), late], "a credit that is rejected ends nothing");
    world.stop().await;
}

#[tokio::test]
async fn a_credit_that_is_granted_elsewhere_ends_the_open_item_at_the_aanbieder() {
    let stage = Stage::new().await.replayed();
    let march = prestatie("R1", json!({}));
    stage.replay(wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    stage.replay(wmo323("D1", "2026-06-01", std::slice::from_ref(&march))).await;
    let shorter = json!({"Toewijzingsdatum": "2026-06-01", "Einddatum": "2026-03-15", "RedenWijziging": "02"});
    let asked = stage.replay(wmo301("T2", "2026-06-01", &[toewijzing(700_101, shorter)])).await;
    let opened = asked.deadlines.iter().find(|one| one.clock == "creditering").expect("an open item");
    assert_eq!(opened.subject.as_deref(), Some("700101 01A03 2026-03"));
    stage.replay(wmo323("D2", "2026-06-01", &[credit("R2", &march)])).await;
    let item = async || {
        let found = stage.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("deadlines");
        found.into_iter().find(|view| view.clock == "creditering").expect("the item").state.name()
    };
    assert_eq!(item().await, "open", "declared is not granted");
    stage.replay(granting("A2", "D2", 10_000)).await;
    assert_eq!(item().await, "met");
}

/// An antwoord that grants all of a 323 of one credit.
fn granting(identificatie: &str, declaratie: &str, bedrag: i64) -> Vec<u8> {
    let versie = json!({"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"});
    let total = json!({"TotaalBedrag": bedrag, "DebetCredit": "C"});
    let body = json!({
        "Header": {
            "DeclaratieIdentificatie": {"Identificatie": declaratie, "Dagtekening": "2026-06-01"},
            "XsdVersieDeclaratie": versie,
            "RetourCodes": {"RetourCode": ["0200"]},
        },
        "DeclaratieAntwoord": {
            "DeclaratieNummer": declaratie, "TotaalIngediendBedrag": total.clone(), "TotaalToegekendBedrag": total,
            "RetourCodes": {"RetourCode": ["8001"]},
        },
    });
    bericht("WMO325", identificatie, "2026-06-01", body)
}

#[tokio::test]
async fn what_a_receiver_with_the_stylesheets_refuses_is_told_to_who_sends_it_out() {
    let organisatie = include_str!("../../fixtures/regels/CS050/goed-relatie-organisatie.xml");
    let outward = World::start(&[GEMEENTE], "", None).await;
    let sent = outward.post(GEMEENTE, organisatie).await;
    assert_eq!((sent.status, names(&sent.body)), (202, vec!["GW-08".to_owned()]), "{}", sent.text);
    outward.stop().await;
    let inward = World::both_local().await;
    let taken = inward.post(GEMEENTE, organisatie).await;
    assert_eq!((&taken.body["verdict"], names(&taken.body)), (&json!("accepted"), vec![]), "{}", taken.text);
    inward.stop().await;
}

#[tokio::test]
async fn a_bsn_that_nobody_has_and_a_name_that_nobody_sees_are_told_and_taken_in() {
    let world = World::both_local().await;
    let plain = wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    let plain = String::from_utf8(plain).expect("text");
    let odd = plain.replace("999940004", "111111110").replace("Verhoeven", "\u{a0}").replace(">T1<", ">999990019<");
    let taken = world.post(GEMEENTE, odd).await;
    assert_eq!((taken.status, &taken.body["verdict"]), (202, &json!("accepted")), "{}", taken.text);
    assert_eq!(names(&taken.body), ["GW-01", "GW-02", "GW-03"]);
    assert!(remarks(&taken.body).iter().all(|(_, text)| !text.contains("111111110") && !text.contains("999990019")));
    assert_eq!(names(&world.post(GEMEENTE, plain).await.body), [""; 0]);
    world.stop().await;
}

/// An antwoord that rejects a 323 by its header, as a gemeente or the network in its name gives it: nothing stands below.
fn refusing(identificatie: &str, declaratie: &str) -> Vec<u8> {
    let versie = json!({"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"});
    let header = json!({
        "DeclaratieIdentificatie": {"Identificatie": declaratie, "Dagtekening": "2026-06-01"},
        "XsdVersieDeclaratie": versie,
        "RetourCodes": {"RetourCode": ["0001"]},
    });
    bericht("WMO325", identificatie, "2026-06-01", json!({"Header": header}))
}

#[tokio::test]
async fn an_antwoord_without_a_body_frees_the_number_of_the_declaratie_that_it_refuses() {
    let stage = Stage::new().await.replayed();
    let declaratie = |identificatie: &str| {
        let bytes = wmo323(identificatie, "2026-06-01", &[prestatie("R1", json!({}))]);
        let text = String::from_utf8(bytes).expect("text");
        text.replace(&format!("DeclaratieNummer>{identificatie}<"), "DeclaratieNummer>D2026<").into_bytes()
    };
    let taken = |receipt: &iwmo_gateway::api::Receipt| (receipt.verdict.clone(), receipt.findings.len());
    let in_order = ("accepted".to_owned(), 0);
    stage.replay(wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    stage.replay(wmo305("S1", "2026-03-04", 700_101, json!({}))).await;
    let sent = stage.replay(declaratie("D1")).await;
    assert_eq!(taken(&sent), in_order);
    let stand = async || {
        let view = stage.store().declaratie(&sent.id, None).await.expect("read").expect("a declaratie");
        let lines = stage.store().declaratie_lines(&sent.id, None, LineQuery::default(), 9).await.expect("read");
        let granted = LineQuery { granted: Some(true), ..LineQuery::default() };
        let granted = stage.store().declaratie_lines(&sent.id, None, granted, 9).await.expect("read").len();
        let sent = stage.store().bericht(&sent.id, None).await.expect("read").expect("a bericht");
        let stage = sent.transport.expect("it goes somewhere").stage.word();
        (view.granted_count, view.toegekend, lines[0].fact.toegekend, granted, stage)
    };
    assert_eq!(stand().await, (1, 10_000, Some(10_000), 1, "stored"));
    let refused = stage.replay(refusing("A1", "D1")).await;
    assert_eq!(taken(&refused), in_order, "{:?}", refused.findings);
    let clocks = stage.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("deadlines");
    let answered = clocks.iter().find(|one| one.clock == "declaratie-antwoord").expect("a clock");
    assert_eq!(answered.state.name(), "met");
    assert_eq!(stand().await, (0, 0, None, 0, "refused"), "nothing of it is granted, and it counts as not sent");
    let corrected = stage.replay(declaratie("D2")).await;
    assert_eq!(taken(&corrected), in_order, "the same DeclaratieNummer and line: {:?}", corrected.findings);
}
