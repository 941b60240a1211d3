//! How far a bericht came on its way to its addressee: told with what proves it, and found by it.

use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use iwmo_gateway::store::IfOlder;
use serde_json::{Value, json};

use crate::database::Database;
use crate::maker::{toewijzing, wmo301, wmo315, wmo319};
use crate::world::{AANBIEDER, GEMEENTE, WMO301, World};

const AN_HOUR_LATER: &str = "[[parties]]\ncode = \"41005001\"\nafter = \"1h\"\n";
const SILENT: &str = "[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n";

/// The state, and the steps with the moment of each, in UTC.
async fn told(world: &World, id: &Value) -> (String, Vec<String>) {
    let path = format!("/v1/berichten/{}", id.as_str().expect("an id"));
    let bericht = world.get("operator", &path).await.body;
    let state = &bericht["transport_state"];
    let step = |step: &Value| {
        let (reached, at) = (step["state"].as_str().expect("a state"), step["at"].as_str().expect("a moment"));
        format!("{reached} {}", &at[11..16])
    };
    let steps = state["steps"].as_array().unwrap_or_else(|| panic!("no steps: {bericht}"));
    (state["state"].as_str().expect("a state").to_owned(), steps.iter().map(step).collect())
}

/// What proves the last step.
async fn proof(world: &World, id: &Value) -> Value {
    let path = format!("/v1/berichten/{}", id.as_str().expect("an id"));
    let steps = world.get("operator", &path).await.body["transport_state"]["steps"].clone();
    steps.as_array().and_then(|steps| steps.last()).map(|step| step["evidence"].clone()).unwrap_or_default()
}

/// Which kinds of bericht a party finds at this stage.
async fn found(world: &World, token: &str, stage: &str) -> Vec<String> {
    let list = world.get(token, &format!("/v1/berichten?transport={stage}")).await;
    assert_eq!(list.status, 200, "{}", list.text);
    let items = list.body["items"].as_array().expect("a list").clone();
    items.iter().map(|item| item["berichtsoort"].as_str().expect("a kind").to_owned()).collect()
}

#[tokio::test]
async fn over_the_network_each_stage_has_its_proof() {
    let world = World::with_network(AN_HOUR_LATER).await;
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].clone();
    world.rest().await;
    assert_eq!(told(&world, &heen).await, ("accepted".to_owned(), vec!["accepted 08:00".to_owned()]));
    let taken = &world.journal()[0];
    assert_ne!(
        proof(&world, &heen).await,
        json!(taken.referentienummer),
        "the number of what confirms it, not its own"
    );
    assert_eq!(found(&world, GEMEENTE, "accepted").await, ["WMO301"]);
    assert_eq!(found(&world, GEMEENTE, "stored").await, [""; 0]);
    world.at("2026-03-04T11:00:00+01:00");
    world.rest().await;
    let (state, steps) = told(&world, &heen).await;
    assert_eq!((state.as_str(), steps), ("retour", vec!["accepted 08:00".to_owned(), "retour 10:00".to_owned()]));
    let retour = proof(&world, &heen).await;
    assert_eq!(told(&world, &retour).await, ("handed-over".to_owned(), vec!["handed-over 10:00".to_owned()]));
    assert_eq!(found(&world, "operator", "accepted").await, [""; 0]);
    let odd = world.get(GEMEENTE, "/v1/berichten?transport=sent").await;
    assert!(odd.status == 400 && odd.text.contains("handed-over"), "{}", odd.text);
    world.stop().await;
}

#[tokio::test]
async fn what_was_sent_without_an_answer_is_neither_sent_nor_failed() {
    let world = World::with_network(SILENT).await;
    let mock = world.mock.as_ref().expect("a mock");
    mock.misbehave([FaultOrder::of(Misbehaviour::CloseStored, 1)]);
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].clone();
    world.rest().await;
    assert_eq!(told(&world, &heen).await, ("unclear".to_owned(), vec!["unclear 08:00".to_owned()]));
    world.at("2026-03-04T09:10:00+01:00");
    world.rest().await;
    let (state, steps) = told(&world, &heen).await;
    assert_eq!((state.as_str(), steps), ("accepted", vec!["unclear 08:00".to_owned(), "accepted 08:10".to_owned()]));
    world.stop().await;
}

#[tokio::test]
async fn what_the_network_turns_back_is_refused_until_it_goes_out_anew() {
    let world = World::with_network("[[parties]]\ncode = \"41005001\"\nretour = { bounce = \"IB010\" }\n").await;
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].clone();
    world.rest().await;
    let (state, steps) = told(&world, &heen).await;
    assert_eq!((state.as_str(), steps.len()), ("refused", 2), "{steps:?}");
    let number = world.journal()[0].referentienummer.clone().expect("a number");
    world.at("2026-03-04T12:00:00+01:00");
    let path = format!("/v1/outbox/{number}/requeue");
    let again = world.call("operator", &path, &json!({"reason": "De route is hersteld."})).await;
    assert_eq!(again.status, 200, "{}", again.text);
    world.rest().await;
    let (state, steps) = told(&world, &heen).await;
    assert_eq!(state, "refused", "turned back again: {steps:?}");
    assert!(steps.contains(&"stored 11:00".to_owned()) && steps.contains(&"accepted 11:00".to_owned()), "{steps:?}");
    world.stop().await;
}

#[tokio::test]
async fn between_local_parties_the_postbus_and_the_retour_tell() {
    let world = World::both_local().await;
    let taken = world.post(GEMEENTE, WMO301).await.body;
    let (heen, retour) = (taken["id"].clone(), taken["retour"]["id"].clone());
    let (state, steps) = told(&world, &heen).await;
    assert_eq!((state.as_str(), steps), ("retour", vec!["handed-over 08:00".to_owned(), "retour 08:00".to_owned()]));
    assert_eq!(proof(&world, &heen).await, retour);
    assert_eq!(told(&world, &retour).await.0, "handed-over");
    world.at("2026-03-04T10:00:00+01:00");
    let path = format!("/v1/postbus/{}/ontvangen", retour.as_str().expect("an id"));
    assert_eq!(world.post_to(&path, GEMEENTE, "").await.status, 204);
    assert_eq!(
        told(&world, &retour).await,
        ("fetched".to_owned(), vec!["handed-over 08:00".to_owned(), "fetched 09:00".to_owned()])
    );
    assert_eq!(found(&world, GEMEENTE, "fetched").await, ["WMO302"]);
    assert_eq!(found(&world, "1684", "fetched").await, [""; 0], "not those of others");
    world.stop().await;
}

#[tokio::test]
async fn a_verzoek_is_answered_by_its_antwoord_and_a_rejected_bericht_is_refused() {
    let world = World::both_local().await;
    let verzoek = world.post(AANBIEDER, wmo315("V1", "2026-03-04", "VOT-1")).await.body["id"].clone();
    assert_eq!(told(&world, &verzoek).await.0, "retour");
    world.at("2026-03-05T09:00:00+01:00");
    let antwoord = world.post(GEMEENTE, wmo319("A1", "2026-03-05", "VOT-1", "2")).await.body["id"].clone();
    assert_eq!(told(&world, &verzoek).await.0, "answered");
    assert_eq!(proof(&world, &verzoek).await, antwoord);
    let twice = wmo301("T1", "2026-03-05", &[toewijzing(700_101, json!({"ReferentieAanbieder": "WEG-1"}))]);
    world.post(GEMEENTE, twice).await;
    assert_eq!(found(&world, GEMEENTE, "answered").await, ["WMO315"]);
    let no_start = world.post(AANBIEDER, crate::world::WMO305.replace("700101", "700999")).await.body;
    assert_eq!(no_start["verdict"], "rejected", "{no_start}");
    assert_eq!(told(&world, &no_start["id"]).await.0, "refused");
    let broken = world.post(AANBIEDER, "<x/>").await;
    assert_eq!(broken.status, 422, "{}", broken.text);
    let listed = world.get("operator", "/v1/berichten?limit=1").await.body;
    assert_eq!(listed["items"][0]["transport_state"], Value::Null, "it goes nowhere: {listed}");
    world.stop().await;
}

#[tokio::test]
async fn berichten_of_an_earlier_version_say_how_far_they_came() {
    for name in ["sqlite", "postgres"] {
        let database = if name == "sqlite" { Some(Database::sqlite()) } else { Database::postgres().await };
        let Some(database) = database else { continue };
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores/0.1.0");
        database.tamper(&std::fs::read_to_string(folder.join(format!("{name}.sql"))).expect("a store")).await;
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        let mut lines: Vec<String> = store
            .berichten(None, None, 200)
            .await
            .expect("read")
            .iter()
            .filter(|view| !view.is_retour())
            .map(|view| {
                let stage = view.transport.as_ref().map_or("nowhere", |transport| transport.stage.word());
                let kind = view.berichtsoort.as_deref().unwrap_or("?");
                format!("{kind} {} {} {stage}", view.identificatie.as_deref().unwrap_or("?"), view.outcome.name())
            })
            .filter(|line| !line.starts_with("WMO325"))
            .collect();
        lines.sort();
        insta::assert_snapshot!("how_far_they_came", lines.join("\n"));
        store.close().await;
    }
}
