//! Facturen and declaraties of release 2.3 of which people decide, from bericht to antwoord and ledger.

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::xml::Schemas;
use serde_json::{Value, json};

use super::deels::{decided, declare, four_eyes, told};
use super::maker::{APRIL, MAY, line, wmo303};
use crate::world::{AANBIEDER, GEMEENTE, World};

/// Of each line its name and what is granted of it; and the clocks on antwoord and payment.
async fn ledger(world: &World, id: &str) -> (Vec<(String, i64)>, Vec<String>) {
    let body = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let lines = body["lines"].as_array().expect("lines").iter().map(|line| {
        (
            line["referentie_nummer"].as_str().expect("a name").to_owned(),
            line["toegekend_bedrag"].as_i64().expect("cents"),
        )
    });
    let clocks = world.deadlines().await.into_iter().filter(|clock| !clock.starts_with("retour"));
    (lines.collect(), clocks.filter(|clock| clock.contains("WMO304")).collect())
}

fn named(name: &str, cents: i64) -> (String, i64) {
    (name.to_owned(), cents)
}

#[tokio::test]
async fn of_a_factuur_and_of_a_declaratie_one_proposes_and_another_approves() {
    for (code, soort) in [("448", Berichtsoort::Wmo304F), ("416", Berichtsoort::Wmo304D)] {
        let world = four_eyes("").await;
        let lines = [line("P1", APRIL, 8), line("P2", MAY, 8), line("P3", MAY, 9)];
        let id = declare(&world, wmo303(code, "N1", MAY, &lines)).await;
        let (judged, clocks) = ledger(&world, &id).await;
        assert_eq!(judged, [named("P1", 20_000), named("P2", 20_000), named("P3", 0)], "as the standard judges");
        assert_eq!(clocks.len(), 1, "{clocks:?}");
        assert!(clocks[0].ends_with(" open"), "{clocks:?}");
        let reject = json!([{"line": 1, "granted": false, "retourcode": "9307", "reason": "Niet geleverd."}]);
        let antwoord = decided(&world, &id, reject).await;
        assert_eq!(antwoord.header.soort, soort);
        let returned = vec!["P1 0 9307".to_owned(), "P3 0 9321".to_owned()];
        assert_eq!(told(&antwoord), ("0200".to_owned(), 20_000, returned));
        let (after, clocks) = ledger(&world, &id).await;
        assert_eq!(after, [named("P1", 0), named("P2", 20_000), named("P3", 0)]);
        assert!(clocks[0].ends_with(" met"), "{clocks:?}");
        let claimed = world.get(AANBIEDER, "/v1/vorderingen").await.body["items"][0]["open"].clone();
        assert_eq!(claimed, if code == "448" { json!(62_500) } else { json!(20_000) }, "{code}");
        let compared = verify(world.store().as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
        assert_eq!(compared.differences, [""; 0]);
        world.stop().await;
    }
}

#[tokio::test]
async fn the_code_of_an_agreement_stays_in_the_antwoord_that_people_decide() {
    let world = four_eyes("[deadlines]\nprofile = \"mlw-2018\"").await;
    let mut part = line("P2", MAY, 8);
    part["IngediendeBedragPrestatie"]["DeclaratieFactuurBedrag"]["Bedrag"] = json!(15_000);
    let id = declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8), part])).await;
    let body = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let found = body["lines"][1]["findings"].as_array().expect("findings").iter();
    let found: Vec<_> = found.map(|one| (&one["level"], &one["rule"], &one["retourcode"])).collect();
    assert!(found.contains(&(&json!("local"), &json!("MLW-05"), &json!("0611"))), "{found:?}");
    let antwoord = decided(&world, &id, Value::Array(Vec::new())).await;
    assert_eq!(told(&antwoord), ("0200".to_owned(), 20_000, vec!["P2 0 0611".to_owned()]));
    world.stop().await;
}
