//! What is told when.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit as _, Mac as _};
use iwmo_gateway::clock;
use iwmo_gateway::store::{Acknowledged, Raise, TakenUntil};
use sha2::Sha256;

use super::listener::{Call, Listener, Says};
use super::stage::{SECRET, Stage, webhook};
use crate::database::Database;
use crate::store::data::{at, day};
use crate::store::deadline::answer;

/// The states that a listener took, in order.
fn told(listener: &Listener) -> Vec<String> {
    let taken = listener.taken().into_iter();
    taken
        .map(|call| format!("{} {}", call.body["data"]["state"].as_str().unwrap_or("?"), call.body["data"]["count"]))
        .collect()
}

pub async fn both(settings: impl Fn() -> String) -> Vec<Stage> {
    let mut stages = vec![Stage::on_sqlite(&settings()).await];
    if let Some(database) = Database::postgres().await {
        stages.push(Stage::on(&Arc::new(database), &settings()).await);
    }
    stages
}

const PAST: &str = "2026-03-05T23:00:00Z";

/// That somebody took it on, perhaps until and including a day.
fn taken(until: Option<&str>) -> Acknowledged {
    let until = until.map(|text| TakenUntil { day: day(text), free_at: clock::end_of(day(text)) });
    Acknowledged { owner: "a".to_owned(), reason: "b".to_owned(), until, at: at(PAST), by: "c".to_owned() }
}

#[tokio::test]
async fn a_webhook_is_signed_with_each_secret_and_says_what_it_is_about() {
    let listener = Listener::start().await;
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await {
        stage.open("b1", &["d1"]).await;
        stage.happen(PAST).await;
        let call = listener.taken().pop().expect("told");
        assert_eq!(call.content_type, "application/cloudevents+json");
        assert_eq!(
            (&call.body["id"], &call.body["type"]),
            (&call.id.clone().into(), &"nl.iwmo-gateway.deadline.overdue".into())
        );
        let keys: Vec<_> = call.body.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["specversion", "id", "source", "type", "time", "datacontenttype", "data"]);
        let data = &call.body["data"];
        let keys: Vec<_> = data.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["state", "clock", "responsible", "count", "deadlines"]);
        let keys: Vec<_> = data["deadlines"][0].as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "clock", "answer", "responsible", "due", "berichtsoort", "bericht", "url"]);
        assert_eq!(data["deadlines"][0]["due"], "2026-03-05");
        let url = data["deadlines"][0]["url"].as_str().expect("a link");
        assert!(url.ends_with("/berichten/b1"), "{url}");
        let signed = format!("{}.{}.", call.id, call.timestamp).into_bytes().into_iter().chain(call.raw.clone());
        let signed: Vec<u8> = signed.collect();
        let sign = |secret: &[u8]| {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key");
            mac.update(&signed);
            format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
        };
        assert_eq!(call.signature, format!("{} {}", sign(&STANDARD.decode(SECRET).expect("base64")), sign(&[7; 32])));
        assert!(!String::from_utf8_lossy(&call.raw).contains("identificatie"), "an Identificatie may be a Bsn");
    }
}

#[tokio::test]
async fn a_thousand_are_one_message_that_names_ten() {
    let listener = Listener::start().await;
    let ids: Vec<String> = (0..1_050).map(|number| format!("d{number:04}")).collect();
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await {
        stage.open("b1", &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let before = listener.taken().len();
        stage.at(PAST);
        stage.raise().await;
        stage.tell().await;
        assert_eq!(listener.taken().len(), before, "it waits for what comes with it");
        stage.pass(TimeDelta::seconds(30));
        stage.tell().await;
        let calls = listener.taken().split_off(before);
        assert_eq!(calls.len(), 1);
        assert_eq!((&calls[0].body["data"]["count"], named(&calls[0])), (&1_050.into(), ids[..10].to_vec()));
        stage.pass(TimeDelta::hours(23));
        stage.tell().await;
        assert_eq!(listener.taken().len(), before + 1, "once");
    }
}

fn named(call: &Call) -> Vec<String> {
    let deadlines = call.body["data"]["deadlines"].as_array().expect("a list").iter();
    deadlines.map(|one| one["id"].as_str().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn it_is_told_again_with_growing_pauses_until_somebody_takes_it_on() {
    let listener = Listener::start().await;
    let stage = Stage::on_sqlite(&format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await;
    stage.open("b1", &["d1"]).await;
    stage.happen(PAST).await;
    let mut days = Vec::new();
    for day in 1..=20 {
        let before = listener.taken().len();
        stage.pass(TimeDelta::days(1));
        stage.tell().await;
        if listener.taken().len() > before {
            days.push(day);
        }
    }
    assert_eq!(days, [1, 4, 11, 18], "1, 3, 7 and 7 days after the one before");
    let taken = taken(None);
    stage.gateway.store.acknowledge_deadline("d1", &taken).await.expect("taken on");
    let before = listener.taken().len();
    stage.pass(TimeDelta::days(30));
    stage.tell().await;
    assert_eq!(listener.taken().len(), before, "somebody is on it");
    answer(&*stage.gateway.store, "r1", "b1", "2026-04-20T08:00:00Z").await;
    stage.pass(TimeDelta::minutes(1));
    stage.tell().await;
    assert_eq!(told(&listener).last().map(String::as_str), Some("resolved 1"));
    stage.pass(TimeDelta::days(90));
    stage.tell().await;
    assert_eq!(listener.taken().len(), before + 1, "nothing after the end");
}

#[tokio::test]
async fn a_receiver_that_fails_holds_up_nobody_and_gets_the_same_id_again() {
    let (ill, well) = (Listener::start().await, Listener::start().await);
    let settings = || format!("[alerts]\ndigest = \"\"\n{}{}", webhook("ill", &ill, ""), webhook("well", &well, ""));
    for stage in both(settings).await {
        let (ill_before, well_before) = (ill.calls().len(), well.taken().len());
        stage.open("b1", &["d1"]).await;
        ill.says(Says::No(500, None));
        stage.happen(PAST).await;
        for _ in 0..40 {
            stage.pass(TimeDelta::minutes(2));
            stage.tell().await;
        }
        let tries = ill.calls().split_off(ill_before);
        assert!((6..=16).contains(&tries.len()), "less and less often: {}", tries.len());
        assert!(tries.iter().all(|call| call.id == tries[0].id && call.raw == tries[0].raw), "the same each time");
        let states = told(&well).split_off(well_before);
        assert_eq!(states, ["overdue 1", "failing null"], "once each; that the other fails is told");
        ill.says(Says::Taken);
        answer(&*stage.gateway.store, "r1", "b1", "2026-03-06T00:10:00Z").await;
        stage.pass(TimeDelta::minutes(20));
        stage.tell().await;
        let last: Vec<_> = ill.taken().iter().rev().take(2).map(|call| call.body["data"]["state"].clone()).collect();
        assert_eq!(last, ["resolved", "overdue"], "the beginning before the end");
        assert_eq!(told(&well).split_off(well_before), ["overdue 1", "failing null", "resolved null", "resolved 1"]);
    }
}

#[tokio::test]
async fn a_message_that_is_never_taken_delays_no_others_to_its_receiver() {
    let listener = Listener::start().await;
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await {
        let before = listener.taken().len();
        listener.says(Says::NotAbout("d-bad"));
        stage.open("b1", &["d-bad"]).await;
        stage.open_for(("b2", "d-good"), "12345678").await;
        stage.happen(PAST).await;
        let taken = || listener.taken().split_off(before);
        assert_eq!(taken().iter().flat_map(named).collect::<Vec<_>>(), ["d-good"], "at once, without a pause");
        answer(&*stage.gateway.store, "r1", "b1", "2026-03-06T00:10:00Z").await;
        answer(&*stage.gateway.store, "r2", "b2", "2026-03-06T00:10:00Z").await;
        stage.at("2026-03-06T00:11:00Z");
        stage.tell().await;
        let heard: Vec<_> =
            taken().iter().map(|call| format!("{} {:?}", call.body["data"]["state"], named(call))).collect();
        assert_eq!(
            heard,
            ["\"overdue\" [\"d-good\"]", "\"resolved\" [\"d-good\"]"],
            "nothing of its own group goes before it"
        );
        let stuck = stage.gateway.store.alerts(&["failing"], None, 9).await.expect("read");
        assert_eq!(stuck.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["deadline.overdue"]);
        listener.says(Says::Taken);
        stage.pass(TimeDelta::minutes(15));
        stage.tell().await;
        let rest: Vec<_> = taken().split_off(2).iter().map(|call| call.body["data"]["state"].clone()).collect();
        assert_eq!(rest, ["overdue", "resolved"], "the beginning before the end");
    }
}

#[tokio::test]
async fn a_receiver_that_takes_nothing_is_tried_with_one_message_at_a_time() {
    let listener = Listener::start().await;
    let stage = Stage::on_sqlite(&format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await;
    listener.says(Says::No(503, None));
    for nr in 0..30 {
        stage.open_for((&format!("b{nr}"), &format!("d{nr}")), &format!("{:08}", 41_000_000 + nr)).await;
    }
    stage.happen(PAST).await;
    assert_eq!(listener.calls().len(), 2, "one may be at fault by itself; with two it is the receiver");
    for _ in 0..60 {
        stage.pass(TimeDelta::minutes(1));
        stage.tell().await;
    }
    let calls = listener.calls().len();
    assert!((6..=14).contains(&calls), "not each message for itself: {calls}");
    listener.says(Says::Taken);
    stage.pass(TimeDelta::minutes(16));
    stage.tell().await;
    assert_eq!(listener.taken().len(), 30, "all, once it takes one");
}

#[tokio::test]
async fn what_was_taken_on_until_a_day_is_told_again_after_it_and_goes_to_another() {
    let (team, chef) = (Listener::start().await, Listener::start().await);
    let settings = || {
        format!(
            "[alerts]\ndigest = \"\"\n{}{}",
            webhook("team", &team, "escalate = { after = \"2d\", to = \"chef\" }"),
            webhook("chef", &chef, "on = [\"resolved\"]"),
        )
    };
    for stage in both(settings).await {
        let (before, of_chef) = (team.taken().len(), chef.taken().len());
        stage.open("b1", &["d1"]).await;
        stage.happen(PAST).await;
        stage.gateway.store.acknowledge_deadline("d1", &taken(Some("2026-03-11"))).await.expect("taken on");
        stage.happen("2026-03-11T22:59:00Z").await;
        assert_eq!(told(&team).split_off(before), ["overdue 1"], "somebody is on it up to the end of that day");
        let owner = async || stage.gateway.store.deadline("d1", None).await.expect("read").expect("it").acknowledged;
        assert_eq!(owner().await, Some(taken(Some("2026-03-11"))));
        stage.happen("2026-03-11T23:00:00Z").await;
        assert_eq!((told(&team).split_off(before), owner().await), (vec!["overdue 1".to_owned(); 2], None));
        stage.happen("2026-03-13T22:59:00Z").await;
        assert_eq!(chef.taken().len(), of_chef, "not two days yet");
        stage.happen("2026-03-13T23:01:00Z").await;
        stage.pass(TimeDelta::seconds(30));
        stage.tell().await;
        assert_eq!(told(&chef).split_off(of_chef), ["overdue 1"], "two days after it was let go");
    }
}

#[tokio::test]
async fn however_many_pass_at_once_are_raised_in_portions_between_which_others_write() {
    let listener = Listener::start().await;
    let ids: Vec<String> = (0..1_200).map(|number| format!("d{number:04}")).collect();
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await {
        stage.open("b1", &ids.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let (store, now) = (&stage.gateway.store, at(PAST));
        let receivers = Arc::clone(&stage.gateway.alerts.receivers);
        let too_early = now + TimeDelta::hours(1);
        let raise = Raise { now, too_early, limit: 500, start_of: clock::start_of, receivers };
        let mut raised = Vec::new();
        for portion in 0..4 {
            let looked = store.raise(&raise).await.expect("raised");
            assert_eq!(looked.seen, looked.overdue.len());
            assert!(looked.seen <= 500, "{} in one transaction", looked.seen);
            raised.extend(looked.overdue.iter().map(|view| view.id.clone()));
            // A bericht comes in while most of them are still to be raised.
            stage.open(&format!("c{portion}"), &[&format!("e{portion}")]).await;
            let there = store.bericht(&format!("c{portion}"), None).await.expect("read");
            assert!(there.is_some(), "after portion {portion}");
            let waits = store.next_deadline_at().await.expect("read").is_some_and(|next| next <= now);
            assert!(waits, "what came in is due as well: {portion}");
        }
        let newly: Vec<_> = raised.iter().filter(|id| id.starts_with('d')).collect();
        assert_eq!(newly.len(), ids.len(), "each once, in portions of 500");
        assert!(raised.len() <= 4 * 500);
    }
}

#[tokio::test]
async fn what_was_answered_before_it_was_told_is_not_told() {
    let listener = Listener::start().await;
    for stage in both(|| format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await {
        stage.open("b1", &["d1"]).await;
        stage.at(PAST);
        stage.raise().await;
        answer(&*stage.gateway.store, "r1", "b1", "2026-03-05T23:00:10Z").await;
        stage.pass(TimeDelta::minutes(5));
        stage.tell().await;
        assert!(listener.calls().is_empty(), "neither the beginning nor the end");
    }
}

#[tokio::test]
async fn pauses_that_are_asked_for_are_kept_and_no_redirect_is_followed() {
    let listener = Listener::start().await;
    let stage = Stage::on_sqlite(&format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""))).await;
    stage.open("b1", &["d1"]).await;
    for (says, pause, error) in [
        (Says::No(429, Some(600)), 600, "HTTP 429"),
        (Says::No(410, None), 20, "HTTP 410"),
        (Says::Redirect, 40, "HTTP 307"),
    ] {
        listener.says(says);
        if listener.calls().is_empty() {
            stage.happen(PAST).await;
        } else {
            stage.tell().await;
        }
        let count = listener.calls().len();
        let view = stage.gateway.store.alerts(&["failing"], None, 9).await.expect("read").remove(0);
        assert_eq!(view.last_error.as_deref(), Some(error));
        stage.pass(TimeDelta::seconds(pause - 1));
        stage.tell().await;
        assert_eq!(listener.calls().len(), count, "not before {pause} s");
        stage.pass(TimeDelta::seconds(1));
    }
    listener.says(Says::Taken);
    stage.tell().await;
    assert_eq!(told(&listener), ["overdue 1"]);
    assert!(listener.calls().iter().all(|call| call.path == "/hook"), "nobody was led elsewhere");
}

#[tokio::test]
async fn an_address_that_is_not_public_is_not_called_by_its_name_either() {
    let listener = Listener::start().await;
    let named = listener.url.replace("127.0.0.1", "localhost.");
    let text = webhook("team", &listener, "").replace(&listener.url, &named).replace("allow_private = true\n", "");
    let stage = Stage::on_sqlite(&format!("[alerts]\ndigest = \"\"\n{text}")).await;
    stage.open("b1", &["d1"]).await;
    stage.happen(PAST).await;
    assert!(listener.calls().is_empty());
    let view = stage.gateway.store.alerts(&["failing"], None, 9).await.expect("read").remove(0);
    assert!(view.last_error.as_deref().is_some_and(|error| error.contains("address")), "{view:?}");
}

#[tokio::test]
async fn what_nobody_takes_on_goes_to_another_and_outside_its_hours_it_waits() {
    let (team, chef) = (Listener::start().await, Listener::start().await);
    let settings = format!(
        "[alerts]\ndigest = \"\"\nrepeat = []\n{}{}",
        webhook("team", &team, "escalate = { after = \"2d\", to = \"chef\" }\nhours = \"08:00-18:00\""),
        webhook("chef", &chef, "on = [\"resolved\"]"),
    );
    let stage = Stage::on_sqlite(&settings).await;
    stage.open("b1", &["d1", "d2"]).await;
    stage.happen(PAST).await;
    assert!(team.calls().is_empty(), "it is midnight");
    stage.at("2026-03-06T07:00:00Z");
    stage.tell().await;
    assert_eq!((told(&team), told(&chef)), (vec!["overdue 2".to_owned()], Vec::new()));
    let taken = taken(None);
    stage.gateway.store.acknowledge_deadline("d2", &taken).await.expect("taken on");
    stage.at("2026-03-07T22:59:59Z");
    stage.tell().await;
    assert!(chef.calls().is_empty(), "not two days yet");
    stage.at("2026-03-08T12:00:00Z");
    stage.tell().await;
    stage.pass(TimeDelta::seconds(30));
    stage.tell().await;
    assert_eq!(told(&chef), ["overdue 1"], "only what nobody took on");
    answer(&*stage.gateway.store, "r1", "b1", "2026-03-08T13:00:00Z").await;
    stage.at("2026-03-08T13:01:00Z");
    stage.tell().await;
    assert_eq!((told(&team).pop(), told(&chef).pop()), (Some("resolved 2".to_owned()), Some("resolved 1".to_owned())));
}

#[tokio::test]
async fn a_summary_comes_once_on_a_werkdag() {
    let listener = Listener::start().await;
    for stage in both(|| format!("[alerts]\ndigest = \"02:30\"\n{}", webhook("team", &listener, "on = []"))).await {
        let before = listener.taken().len();
        stage.open("b1", &["d1"]).await;
        stage.at("2026-03-05T23:30:00Z");
        stage.raise().await;
        let mut days = Vec::new();
        // Every half hour of the nights around the change to summer time, Easter and Koningsdag.
        for night in [
            "2026-03-27",
            "2026-03-28",
            "2026-03-29",
            "2026-03-30",
            "2026-04-03",
            "2026-04-06",
            "2026-04-27",
            "2026-04-28",
        ] {
            for half in 0..48 {
                let moment = clock::start_of(day(night)) + TimeDelta::minutes(30 * half);
                stage.clock.set(moment);
                let count = listener.taken().len();
                stage.tell().await;
                days.extend(
                    (count..listener.taken().len()).map(|_| clock::local(moment).format("%m-%d %H:%M").to_string()),
                );
            }
        }
        assert_eq!(days, ["03-27 02:30", "03-30 02:30", "04-28 02:30"]);
        let call = listener.taken().split_off(before).remove(0);
        assert_eq!(call.body["type"], "nl.iwmo-gateway.deadline.digest");
        assert_eq!((&call.body["data"]["overdue"], &call.body["data"]["open"]), (&1.into(), &0.into()));
    }
}

#[tokio::test]
async fn one_that_hangs_after_taking_it_gets_it_again_under_its_id() {
    let listener = Listener::start().await;
    let settings = format!("[alerts]\ndigest = \"\"\n{}", webhook("team", &listener, ""));
    let mut stage = Stage::on_sqlite(&settings).await;
    stage.alerting.office.timeout = Duration::from_millis(200);
    stage.open("b1", &["d1"]).await;
    listener.says(Says::Nothing);
    stage.happen(PAST).await;
    while listener.calls().is_empty() {
        stage.pass(TimeDelta::minutes(15));
        stage.tell().await;
    }
    stage.alerting.office.timeout = Duration::from_secs(30);
    listener.says(Says::Taken);
    stage.pass(TimeDelta::minutes(15));
    stage.tell().await;
    let ids: Vec<_> = listener.calls().into_iter().map(|call| call.id).collect();
    assert!(ids.len() > 1 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(told(&listener), ["overdue 1"]);
}
