//! Berichten that come before the one they name: they wait for it, and for nothing else (property 4).

use std::fs;
use std::sync::Arc;

use iwmo_gateway::exchange::wait::wait;
use iwmo_gateway::store::{Sqlite, Store};
use serde_json::{Value, json};

use crate::maker::{retour, toewijzing, wmo301, wmo305, wmo307, wmo315, wmo319};
use crate::replay::{folder_of, replay_json};
use crate::stage::Stage;
use crate::world::{AANBIEDER, GEMEENTE, World};

/// A toewijzing, and a start and stops on it.
fn given() -> Vec<u8> {
    wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])
}

fn started() -> Vec<u8> {
    wmo305("S1", "2026-03-04", 700_101, json!({}))
}

fn paused() -> Vec<u8> {
    wmo307("P1", "2026-03-06", 700_101, json!({"RedenBeeindiging": "20"}))
}

fn stopped() -> Vec<u8> {
    wmo307("P2", "2026-03-09", 700_101, json!({"Einddatum": "2026-03-08"}))
}

#[tokio::test]
async fn a_stop_waits_for_its_start_and_is_answered_then() {
    let world = World::both_local().await;
    world.at("2026-03-09T09:00:00+01:00");
    world.post(GEMEENTE, given()).await;
    let early = world.post(AANBIEDER, stopped()).await;
    assert_eq!((early.status, &early.body["verdict"]), (202, &json!("parked")), "{}", early.text);
    assert_eq!(early.body["waits_until"], "2026-03-09T12:00:00Z", "four hours");
    assert_eq!((&early.body["retour"], &early.body["findings"][0]["rule"]), (&Value::Null, &json!("TR382")));
    let again = world.post(AANBIEDER, stopped()).await;
    assert_eq!((again.status, &again.body), (200, &early.body), "the same bytes get the same receipt");

    world.at("2026-03-09T10:00:00+01:00");
    world.post(AANBIEDER, started()).await;
    world.nothing_waits().await;
    let id = early.body["id"].as_str().expect("an id");
    let judged = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await.body;
    assert_eq!(
        (&judged["receipt"]["verdict"], &judged["receipt"]["retour"]["berichtsoort"]),
        (&json!("accepted"), &json!("WMO308"))
    );
    assert_eq!(judged["receipt"]["waits_until"], Value::Null);
    assert_eq!(
        world.berichten().await,
        [
            "WMO301 T1 accepted api",
            "WMO302 T1 accepted gateway",
            "WMO307 P2 accepted api",
            "WMO305 S1 accepted api",
            "WMO306 S1 accepted gateway",
            "WMO308 P2 accepted gateway",
        ]
    );
    let waiting = world.get(GEMEENTE, "/v1/postbus").await.body;
    let kinds: Vec<_> =
        waiting["items"].as_array().expect("items").iter().map(|one| one["berichtsoort"].clone()).collect();
    assert_eq!(kinds, ["WMO302", "WMO307", "WMO305"], "in the postbus only once it was judged");
    world.stop().await;
}

#[tokio::test]
async fn what_nothing_came_for_is_judged_as_it_stands_when_its_time_is_up() {
    let world = World::both_local().await;
    world.at("2026-03-09T09:00:00+01:00");
    world.post(GEMEENTE, given()).await;
    world.post(AANBIEDER, stopped()).await;
    world.post(AANBIEDER, retour("WMO302", "T9", "2026-03-02")).await;
    world.at("2026-03-09T12:59:59+01:00");
    assert_eq!(world.berichten().await[2..], ["WMO307 P2 parked api 9069", "WMO302 T9 parked api"]);
    world.at("2026-03-09T13:00:00+01:00");
    world.nothing_waits().await;
    assert_eq!(
        world.berichten().await[2..],
        ["WMO307 P2 rejected api 9069", "WMO302 T9 rejected api", "WMO308 P2 accepted gateway"]
    );
    world.stop().await;
}

#[tokio::test]
async fn a_start_on_a_toewijzing_that_was_never_given_does_not_wait() {
    let stage = Stage::new().await;
    assert_eq!(stage.take(started()).await.verdict, "rejected");
    assert_eq!(stage.take(given()).await.verdict, "accepted");
    assert_eq!(stage.release().await, [] as [&str; 0]);
}

#[tokio::test]
async fn a_stop_that_contradicts_what_is_known_does_not_wait() {
    let stage = Stage::new().await;
    stage.take_all(&[given(), started(), stopped()]).await;
    let second = wmo307("P3", "2026-03-10", 700_101, json!({"RedenBeeindiging": "20", "Einddatum": "2026-03-08"}));
    assert_eq!(stage.take(second).await.verdict, "rejected", "nothing that may still come makes this right");
}

#[tokio::test]
async fn a_second_use_of_an_identificatie_does_not_wait() {
    let stage = Stage::new().await.replayed();
    assert_eq!(stage.replay(wmo319("A1", "2026-03-03", "VOT-1", "2")).await.verdict, "parked");
    let again = stage.replay(wmo319("A1", "2026-03-04", "VOT-2", "2")).await;
    let rules: Vec<_> = again.findings.iter().filter_map(|finding| finding.rule.as_deref()).collect();
    assert_eq!((again.verdict.as_str(), rules), ("rejected", vec!["TR056"]), "whatever still comes");
}

#[tokio::test]
async fn berichten_that_waited_together_are_judged_as_they_were_meant() {
    let stage = Stage::new().await;
    stage.take(given()).await;
    for early in [stopped(), paused()] {
        assert_eq!(stage.take(early).await.verdict, "parked");
    }
    stage.take(started()).await;
    assert_eq!(
        stage.release().await,
        ["WMO307 accepted 2026-03-06", "WMO307 accepted 2026-03-09"],
        "the stop for a while before the one for good"
    );
}

#[tokio::test]
async fn a_toewijzing_and_answers_wait_for_their_verzoek() {
    let stage = Stage::new().await;
    let honours = toewijzing(700_101, json!({"ReferentieAanbieder": "VOT-1"}));
    for early in [
        wmo301("T1", "2026-03-04", &[honours]),
        wmo319("A1", "2026-03-03", "VOT-1", "2"),
        retour("WMO316", "V1", "2026-03-02"),
    ] {
        assert_eq!(stage.take(early).await.verdict, "parked");
    }
    stage.take(wmo315("V1", "2026-03-02", "VOT-1")).await;
    assert_eq!(
        stage.release().await,
        ["WMO316 rejected 2026-03-02", "WMO319 accepted 2026-03-03", "WMO301 accepted 2026-03-04"],
        "in research before the decision; the gateway answered the verzoek itself"
    );
}

#[tokio::test]
async fn one_that_is_freed_frees_the_next() {
    let stage = Stage::new().await;
    stage.take(given()).await;
    let taken_back = wmo307("P3", "2026-03-10", 700_101, json!({"Einddatum": "2026-03-08", "StatusAanlevering": "3"}));
    assert_eq!(stage.take(taken_back).await.verdict, "parked", "a removal without its record");
    assert_eq!(stage.take(stopped()).await.verdict, "parked", "a stop without its start");
    assert_eq!(stage.take(retour("WMO308", "P2", "2026-03-09")).await.verdict, "parked");
    stage.take(started()).await;
    assert_eq!(
        stage.release().await,
        ["WMO307 accepted 2026-03-09", "WMO307 accepted 2026-03-10", "WMO308 rejected 2026-03-09"],
        "the gateway answered that stop itself"
    );
}

#[tokio::test]
async fn what_waits_when_a_process_ends_is_looked_at_when_the_next_one_starts() {
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.expect("a store"));
    let first = Stage::on(Arc::clone(&store));
    first.take_all(&[given()]).await;
    assert_eq!(first.take(stopped()).await.verdict, "parked");
    // It ends after the start was recorded and before it looked who waits for that.
    first.take(started()).await;
    let second = Stage::on(Arc::clone(&store));
    let none_waits = async {
        while store.next_wait_ends_at().await.expect("waits").is_some() {
            crate::world::a_moment().await;
        }
    };
    wait(&second.gateway, none_waits).await;
    assert!(second.release().await.is_empty(), "it was judged already");
}

#[test]
fn a_replay_tells_what_waits_what_is_freed_and_what_still_waits_at_the_end() {
    let scenario = r#"{"wait_for_earlier": "2h", "steps": [
        {"file": "stop.xml", "received_at": "2026-03-09T09:00:00+01:00"},
        {"file": "toewijzing.xml", "received_at": "2026-03-09T09:10:00+01:00"},
        {"file": "start.xml", "received_at": "2026-03-09T09:20:00+01:00"},
        {"file": "retour.xml", "received_at": "2026-03-09T09:30:00+01:00"},
        {"file": "verzoek.xml", "received_at": "2026-03-09T11:30:00+01:00"},
        {"file": "antwoord.xml", "received_at": "2026-03-09T11:40:00+01:00"}]}"#;
    let files: [(&str, Vec<u8>); 6] = [
        ("stop.xml", stopped()),
        ("toewijzing.xml", given()),
        ("start.xml", started()),
        ("retour.xml", retour("WMO302", "T9", "2026-03-02")),
        ("verzoek.xml", wmo315("V1", "2026-03-02", "VOT-1")),
        ("antwoord.xml", wmo319("A1", "2026-03-03", "VOT-2", "1")),
    ];
    let folder = folder_of(&files);
    fs::write(folder.path().join("scenario.json"), scenario).expect("a file");
    let (steps, status) = replay_json(folder.path());
    let told = |step: &Value| {
        let released = step["released"].as_array().into_iter().flatten();
        let released: Vec<_> = released.map(|one| format!("{} {}", one["file"], one["outcome"])).collect();
        format!("{} {} {} {}", step["step"], step["file"], step["outcome"], released.join(", ")).replace('"', "")
    };
    assert_eq!(
        steps.iter().map(|step| told(step).trim_end().to_owned()).collect::<Vec<_>>(),
        [
            "1 stop.xml parked",
            "2 toewijzing.xml accepted",
            "3 start.xml accepted stop.xml accepted",
            "4 retour.xml parked",
            "5 verzoek.xml accepted retour.xml rejected",
            "6 antwoord.xml parked",
            "null antwoord.xml parked",
        ]
    );
    let freed = &steps[2]["released"][0];
    assert_eq!((&freed["step"], &freed["retour"], &freed["findings"]), (&json!(1), &json!("WMO308"), &json!([])));
    assert_eq!(
        freed["deadlines"],
        json!([
            {"clock": "retour", "answer": "WMO308", "due": "2026-03-12", "state": "open"},
            {"clock": "stop", "answer": "WMO307", "subject": "700101", "due": "2026-03-16", "state": "met"},
            {"clock": "verlenging", "answer": "WMO301", "subject": "700101", "due": "2026-11-05", "state": "void"},
        ]),
        "as of the day on which it came in"
    );
    assert_eq!(steps[0]["deadlines"], json!([]), "what is parked opens nothing");
    assert_eq!(steps[4]["released"][0]["findings"][0]["rule"], Value::Null);
    assert_eq!(status, Some(1));
}
