//! The standard administration protocols, as a gemeente and an aanbieder keep them at one gateway: when a month is declared, when it
//! is paid, and that a rejected line comes again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::maker::{prestatie, toewijzing, wmo301, wmo305, wmo323_of};
use crate::world::{AANBIEDER, GEMEENTE, World};

const SAP: &str = "dashboard_login = false\n[deadlines]\nprofile = \"sap-3.2\"\n";
const MARCH: (&str, &str) = ("2026-03-01", "2026-03-31");
const APRIL: (&str, &str) = ("2026-04-01", "2026-04-30");

async fn world() -> World {
    let world = World::start(&[GEMEENTE, AANBIEDER], SAP, None).await;
    world.at("2026-03-03T09:00:00+01:00");
    world.post(GEMEENTE, wmo301("T1", "2026-03-03", &[toewijzing(700_101, json!({}))])).await;
    world.post(AANBIEDER, wmo305("S1", "2026-03-03", 700_101, json!({"Begindatum": "2026-03-03"}))).await;
    world
}

/// Posts a 323 on this day; gives its id.
async fn declare(world: &World, naam: &str, day: &str, periode: (&str, &str), lines: &[Value]) -> String {
    world.at(&format!("{day}T09:00:00+02:00"));
    let answer = world.post(AANBIEDER, wmo323_of(naam, day, periode, lines)).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.body["id"].as_str().expect("an id").to_owned()
}

/// The deadlines of a bericht other than on its antwoord: kind, subject, due date, state.
async fn deadlines(world: &World, id: &str) -> Vec<String> {
    let found = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await.body["deadlines"].clone();
    let told = |one: &Value| {
        let responsible = &one["responsible"];
        format!("{} {} {} {} {responsible}", one["clock"], one["subject"], one["due"], one["state"]).replace('"', "")
    };
    let mut all: Vec<String> = found.as_array().expect("a list").iter().map(told).collect();
    all.retain(|one| !one.starts_with("declaratie-antwoord"));
    all.sort();
    all
}

#[tokio::test]
async fn a_month_is_declared_by_the_end_of_the_next_and_paid_within_thirty_days() {
    let world = world().await;
    let id = declare(&world, "D1", "2026-04-30", MARCH, &[prestatie("R1", json!({}))]).await;
    assert_eq!(
        deadlines(&world, &id).await,
        [format!("betaling D1 2026-05-30 open {GEMEENTE}"), format!("declareren D1 2026-04-30 met {AANBIEDER}")]
    );
    let april = json!({"ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"}});
    let late = declare(&world, "D2", "2026-06-02", APRIL, &[prestatie("R2", april)]).await;
    assert!(deadlines(&world, &late).await.contains(&format!("declareren D2 2026-05-31 late {AANBIEDER}")));
    let send = async |method, path: &str, body: Value| {
        let url = world.url(&format!("/v1/betalingen/{path}"));
        let json = ("content-type", "application/json");
        let body = body.to_string();
        world
            .request(|client| client.request(method, url).bearer_auth(GEMEENTE).header(json.0, json.1).body(body))
            .await
    };
    let made = send(Method::PUT, "juni", json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let paid = send(Method::POST, "juni/betaald", json!({"day": "2026-06-02"})).await;
    assert_eq!(paid.status, 200, "{}", paid.text);
    assert_eq!(deadlines(&world, &id).await[0], format!("betaling D1 2026-05-30 late {GEMEENTE}"));
    assert_eq!(deadlines(&world, &late).await[0], format!("betaling D2 2026-07-02 met {GEMEENTE}"));
    world.stop().await;
}

#[tokio::test]
async fn a_rejected_line_is_sent_again_by_the_end_of_the_month_after_its_antwoord() {
    let world = world().await;
    let wrong = json!({"ProductCode": "01A99"});
    let lines = [prestatie("R1", json!({})), prestatie("R2", wrong.clone())];
    let id = declare(&world, "D1", "2026-04-07", MARCH, &lines).await;
    let of_line = |state: &str| format!("correctie 700101 01A99 2026-03 2026-05-31 {state} {AANBIEDER}");
    assert_eq!(deadlines(&world, &id).await[1], of_line("open"));
    let other = json!({"ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"}});
    declare(&world, "D2", "2026-05-06", APRIL, &[prestatie("R3", other)]).await;
    assert_eq!(deadlines(&world, &id).await[1], of_line("open"), "another product and month");

    let again = declare(&world, "D3", "2026-05-20", APRIL, &[prestatie("R4", wrong)]).await;
    assert_eq!(deadlines(&world, &id).await[1], of_line("met"));
    let anew = format!("correctie 700101 01A99 2026-03 2026-06-30 open {AANBIEDER}");
    assert!(deadlines(&world, &again).await.contains(&anew), "it was rejected again");
    world.stop().await;
}

#[tokio::test]
async fn what_no_bericht_tells_a_person_does_an_intake_and_a_form_without_bsn() {
    let world = world().await;
    for (partij, name, clock, due, responsible) in [
        (AANBIEDER, "intake-1", "verzoek-na-intake", "2026-03-10", AANBIEDER),
        (GEMEENTE, "formulier-1", "SAP-ZONDER-BSN", "2026-03-10", GEMEENTE),
    ] {
        let asked = json!({
            "name": name, "clock": clock, "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "from": "2026-03-03", "referentie": "dossier 7",
        });
        let opened = world.call(partij, "/v1/deadlines", &asked).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        let told = [&opened.body["due"], &opened.body["responsible"], &opened.body["state"]];
        assert_eq!(told, [&json!(due), &json!(responsible), &json!("open")], "five werkdagen");
    }
    world.stop().await;
}
