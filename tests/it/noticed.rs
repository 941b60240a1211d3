//! What the gateway notices by itself: a deadline while something stands still, ends or is refused again and again; and no
//! longer.

use chrono::DateTime;
use iwmo_gateway::exchange::notice::{Looked, look};
use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use iwmo_gateway::store::{DeadlineQuery, DeadlineView, Health, Hold, Scope, SendOutcome};
use iwmo_gateway::tls::Named;
use serde_json::{Value, json};

use crate::decide::{DAY, decide, declare, world as deciding};
use crate::maker::prestatie;
use crate::world::{AANBIEDER, ANDERE, Answer, GEMEENTE, WMO301, WMO305, World};

const SILENT: &str = "[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n";

/// Looks once, as a process that just started, and lets the clocks be raised.
async fn noticed(world: &World) -> Vec<String> {
    look(&world.running.gateway, &mut Looked::default()).await.expect("looked");
    told(world).await
}

/// What was noticed: kind, what about, who has to act, until when, where it stands.
async fn told(world: &World) -> Vec<String> {
    world.rest().await;
    let line = |view: &DeadlineView| {
        let subject = view.subject.as_deref().unwrap_or("?");
        format!("{} {subject} {} {} {}", view.clock, view.responsible, view.due, view.state.name())
    };
    views(world).await.iter().map(line).collect()
}

async fn views(world: &World) -> Vec<DeadlineView> {
    let all = world.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("deadlines");
    let ours = ["transport", "certificaat", "codelijst", "afzender", "wachten", "alert-ontvanger"];
    all.into_iter().filter(|view| ours.contains(&view.clock.as_str())).collect()
}

async fn both() -> Vec<World> {
    let mut worlds = vec![World::both_local().await];
    if let Some(url) = crate::postgres::fresh_database().await {
        worlds.push(World::on_postgres(&url).await);
    }
    worlds
}

#[tokio::test]
async fn a_postbus_that_nobody_empties_is_one_deadline_of_its_party() {
    for world in both().await {
        for identificatie in ["T-1", "T-2", "T-3"] {
            let taken = world.post(GEMEENTE, WMO301.replace("TOEW-1", identificatie)).await;
            assert!(taken.status == 202 || taken.status == 409, "{}", taken.text);
        }
        world.at("2026-03-05T08:59:00+01:00");
        assert_eq!(noticed(&world).await, [""; 0], "not yet");
        world.at("2026-03-05T09:00:00+01:00");
        let late = ["wachten postbus 0384 2026-03-05 overdue", "wachten postbus 41005001 2026-03-05 overdue"];
        let mut seen = noticed(&world).await;
        seen.sort();
        assert_eq!(seen, late);
        let mut again = noticed(&world).await;
        again.sort();
        assert_eq!(again, late, "once");
        let own = world.get(AANBIEDER, "/v1/deadlines?clock=wachten").await.body;
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1), "a party sees its own: {own}");
        let others = world.get(ANDERE, "/v1/deadlines?clock=wachten").await;
        assert!(others.status == 401 || others.body["items"] == json!([]), "{}", others.text);
        empty_postbus(&world, AANBIEDER).await;
        let seen = noticed(&world).await;
        assert!(seen.contains(&"wachten postbus 41005001 2026-03-05 late".to_owned()), "{seen:?}");
        assert!(seen.contains(&"wachten postbus 0384 2026-03-05 overdue".to_owned()), "{seen:?}");
        world.stop().await;
    }
}

async fn empty_postbus(world: &World, partij: &str) {
    let waiting = world.get(partij, "/v1/postbus").await.body;
    for item in waiting["items"].as_array().expect("a list") {
        let path = format!("/v1/postbus/{}/ontvangen", item["id"].as_str().expect("an id"));
        assert_eq!(world.post_to(&path, partij, "").await.status, 204);
    }
}

#[tokio::test]
async fn what_is_not_handed_over_is_a_deadline_with_its_bericht_until_the_network_has_it() {
    let world = World::with_network(SILENT).await;
    let mock = world.mock.as_ref().expect("a mock");
    mock.misbehave([FaultOrder::of(Misbehaviour::CloseStored, 1)]);
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].clone();
    world.rest().await;
    let hold = Hold { scope: Scope::Functie("WMO301".to_owned()), since: now(&world), reason: "x".to_owned() };
    world.store().hold(&hold).await.expect("held");
    world.at("2026-03-05T09:01:00+01:00");
    look(&world.running.gateway, &mut Looked::default()).await.expect("looked");
    let of = async || {
        let all = views(&world).await;
        all.into_iter().filter(|view| view.clock == "transport").collect::<Vec<_>>()
    };
    let late = of().await;
    assert_eq!(late.len(), 1);
    let started_by = late[0].started_by().expect("its bericht");
    assert_eq!(
        (json!(started_by.id), late[0].responsible.as_str()),
        (heen, GEMEENTE),
        "unclear: who sends has to look"
    );
    assert!(late[0].explanation.starts_with("24 uur na 04-03-2026 09:00"), "{}", late[0].explanation);
    let id = late[0].id.clone();
    let finish = world.call(GEMEENTE, &format!("/v1/deadlines/{id}/gereed"), &json!({"day": "2026-03-05"})).await;
    assert_eq!(finish.status, 409, "{}", finish.text);
    world.store().free(&hold.scope).await.expect("released");
    world.at("2026-03-05T10:00:00+01:00");
    world.rest().await;
    look(&world.running.gateway, &mut Looked::default()).await.expect("looked");
    assert_eq!(of().await.iter().map(|view| view.state.name()).collect::<Vec<_>>(), ["late"]);
    world.stop().await;
}

fn now(world: &World) -> iwmo_gateway::domain::Timestamp {
    use iwmo_gateway::clock::Clock as _;
    world.clock.now()
}

#[tokio::test]
async fn what_is_held_is_one_deadline_and_a_sender_that_may_not_send_is_its_own() {
    for world in both().await {
        let since = now(&world);
        let hold = |scope: Scope| Hold { scope, since, reason: "x".to_owned() };
        let scopes = [Scope::Netwerk, Scope::Functie("WMO305".to_owned()), Scope::Zender(GEMEENTE.to_owned())];
        for scope in scopes.clone() {
            world.store().hold(&hold(scope)).await.expect("held");
        }
        let at_once = ["afzender zender 0384 2026-03-05 open", "wachten functie beheer 2026-03-05 open"];
        let mut seen = noticed(&world).await;
        seen.sort();
        assert_eq!(seen, at_once, "the network is probed, and comes back by itself");
        world.at("2026-03-04T10:00:00+01:00");
        assert_eq!(noticed(&world).await.len(), 3, "an hour is long");
        world.at("2026-03-05T09:00:00+01:00");
        assert!(noticed(&world).await.iter().all(|line| line.ends_with(" overdue")));
        for scope in scopes {
            world.store().free(&scope).await.expect("released");
        }
        let seen = noticed(&world).await;
        assert!(seen.len() == 3 && seen.iter().all(|line| line.ends_with(" late")), "{seen:?}");
        world.stop().await;
    }
}

async fn reuse(world: &World, number: u32) -> Answer {
    world
        .post(AANBIEDER, WMO305.replace("2026-03-04</b:Begindatum>", &format!("2026-02-0{number}</b:Begindatum>")))
        .await
}

#[tokio::test]
async fn a_sender_that_counts_anew_is_one_deadline_however_much_is_refused() {
    for world in both().await {
        world.post(GEMEENTE, WMO301).await;
        assert_eq!(world.post(AANBIEDER, WMO305).await.status, 202);
        for number in 1..=4 {
            assert_eq!(reuse(&world, number).await.status, 409);
        }
        assert_eq!(noticed(&world).await, [""; 0], "four may be mistakes");
        for number in 5..=7 {
            assert_eq!(reuse(&world, number).await.status, 409);
        }
        assert_eq!(noticed(&world).await, ["afzender 9056 41005001 2026-03-05 open"]);
        world.at("2026-03-05T08:00:00+01:00");
        assert_eq!(noticed(&world).await, ["afzender 9056 41005001 2026-03-05 open"]);
        world.at("2026-03-05T09:30:00+01:00");
        let seen = noticed(&world).await;
        assert!(seen.contains(&"afzender 9056 41005001 2026-03-05 late".to_owned()), "a day without: {seen:?}");
        world.stop().await;
    }
}

#[tokio::test]
async fn envelopes_that_are_refused_again_and_again_are_one_deadline_of_who_runs_the_gateway() {
    let world = World::with_network(SILENT).await;
    for _ in 0..5 {
        assert_eq!(noticed(&world).await, [""; 0]);
        let refused = world.envelope("<geen envelop/>").await;
        assert!(refused.status >= 400, "{}", refused.text);
    }
    let seen = noticed(&world).await;
    assert!(seen.len() == 1 && seen[0].starts_with("afzender StUF") && seen[0].contains(" beheer "), "{seen:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_certificate_that_ends_is_told_of_ninety_days_before_and_met_by_a_new_one() {
    for world in both().await {
        let named = |ends: &str| {
            let ends_at = DateTime::parse_from_rfc3339(ends).expect("a moment").to_utc();
            vec![Named { setting: "ggk.tls.certificate_file".to_owned(), ends_at }]
        };
        world.running.gateway.certificates.replace(named("2026-06-03T12:00:00+02:00"));
        assert_eq!(noticed(&world).await, ["certificaat ggk.tls.certificate_file beheer 2026-06-02 due-soon"]);
        let view = views(&world).await.remove(0);
        let warns: Vec<String> = view.warns.iter().map(ToString::to_string).collect();
        assert_eq!(
            warns,
            ["2026-03-04", "2026-05-03", "2026-05-19", "2026-05-26", "2026-06-01"],
            "90, 30, 14, 7 and 1"
        );
        world.at("2026-06-03T00:00:00+02:00");
        assert_eq!(noticed(&world).await[0], "certificaat ggk.tls.certificate_file beheer 2026-06-02 overdue");
        world.running.gateway.certificates.replace(named("2027-06-03T12:00:00+02:00"));
        assert_eq!(noticed(&world).await, ["certificaat ggk.tls.certificate_file beheer 2026-06-02 late"]);
        world.stop().await;
    }
}

#[tokio::test]
async fn a_certificate_that_still_holds_for_91_days_is_not_told_of() {
    let world = World::both_local().await;
    let ends_at = DateTime::parse_from_rfc3339("2026-06-04T12:00:00+02:00").expect("a moment").to_utc();
    world.running.gateway.certificates.replace(vec![Named { setting: "http.tls".to_owned(), ends_at }]);
    assert_eq!(noticed(&world).await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn a_code_list_that_nobody_compared_for_a_year_is_told_of_before() {
    let world = World::both_local().await;
    let checked = world.running.gateway.gemeenten.checked.expect("the day on which it was compared");
    let last = checked + chrono::Months::new(12);
    let at = |days: u64| format!("{}T09:00:00+01:00", last - chrono::Days::new(days));
    world.at(&at(91));
    assert_eq!(noticed(&world).await, [""; 0]);
    world.at(&at(90));
    assert_eq!(noticed(&world).await, [format!("codelijst cbs-gemeenten beheer {last} due-soon")]);
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_second_person_for_a_day_is_told_of() {
    let world = deciding().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let proposed = decide(&world, "Anna", &id, &json!({"lines": []})).await;
    assert_eq!(proposed.status, 202, "{}", proposed.text);
    let of = async |world: &World| {
        look(&world.running.gateway, &mut Looked::default()).await.expect("looked");
        let lines = told(world).await;
        lines.into_iter().filter(|line| line.contains("vier-ogen")).collect::<Vec<_>>()
    };
    world.at(&format!("{DAY}T23:00:00+02:00"));
    assert_eq!(of(&world).await, [""; 0]);
    world.at("2026-06-02T10:00:00+02:00");
    assert_eq!(of(&world).await, ["wachten vier-ogen 0384 2026-06-02 overdue"]);
    let proposal: Value = proposed.body["id"].clone();
    assert_eq!(decide(&world, "Bram", &id, &json!({"approve": proposal})).await.status, 200);
    assert_eq!(of(&world).await, ["wachten vier-ogen 0384 2026-06-02 late"]);
    world.stop().await;
}

#[tokio::test]
async fn a_receiver_of_alerts_that_fails_for_an_hour_is_a_deadline_too() {
    for world in both().await {
        let store = world.store();
        let message = iwmo_gateway::store::NewMessage {
            id: "m1".to_owned(),
            receiver: "team".to_owned(),
            event: "deadline.digest".to_owned(),
            about: String::new(),
            at: now(&world),
            data: "{}".to_owned(),
        };
        store.keep_message(&message).await.expect("kept");
        let far = DateTime::parse_from_rfc3339("2027-01-01T00:00:00Z").expect("a moment").to_utc();
        let claim = async || {
            let lease = ("w", now(&world));
            store.claim_message("team", now(&world), lease, far).await.expect("claimed").expect("a message")
        };
        let failed = SendOutcome::Failed { error: "HTTP 500".to_owned(), again_at: now(&world), quiet_until: None };
        let claimed = claim().await;
        let before = store.settle_message(("team", &claimed), now(&world), &failed).await.expect("settled");
        assert_eq!(before, Health::default());
        assert_eq!(noticed(&world).await, [""; 0], "not at once");
        world.at("2026-03-04T10:00:00+01:00");
        assert_eq!(noticed(&world).await, ["alert-ontvanger team beheer 2026-03-05 open"]);
        let claimed = claim().await;
        store.settle_message(("team", &claimed), now(&world), &SendOutcome::Sent).await.expect("settled");
        assert_eq!(noticed(&world).await, ["alert-ontvanger team beheer 2026-03-05 met"]);
        world.stop().await;
    }
}
