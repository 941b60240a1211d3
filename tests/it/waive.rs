//! Deadlines that nobody needs to wait for, and that are counted again: why each is due on the day that it is.

use serde_json::{Value, json};

use crate::world::{AANBIEDER, ANDERE, Answer, BSN, GEMEENTE, WMO301, World};

const MLW: &str = "dashboard_login = false\n[deadlines]\nprofile = \"mlw-2018\"\n";
const LOCAL: [&str; 3] = [GEMEENTE, AANBIEDER, ANDERE];

fn problem(answer: &Answer) -> (u16, &str) {
    let kind = answer.body["type"].as_str().and_then(|kind| kind.rsplit(':').next());
    (answer.status, kind.unwrap_or_default())
}

/// The deadlines in these states, as who sees all sees them.
async fn listed(world: &World, states: &str) -> Vec<Value> {
    let page = world.get("operator", &format!("/v1/deadlines?state={states}")).await.body;
    page["items"].as_array().expect("a page").clone()
}

async fn until_listed(world: &World, states: &str) -> Vec<Value> {
    let found = async {
        loop {
            let found = listed(world, states).await;
            if !found.is_empty() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), found).await.expect("it has to come")
}

#[tokio::test]
async fn who_waits_says_that_nobody_needs_to_until_a_day_or_for_good() {
    let world = World::start(&LOCAL, MLW, None).await;
    world.post(GEMEENTE, WMO301).await;
    let clock = listed(&world, "open").await.remove(0);
    assert_eq!((&clock["clock"], &clock["responsible"]), (&json!("start-na-toewijzing"), &json!(AANBIEDER)));
    let path = format!("/v1/deadlines/{}/waive", clock["id"].as_str().expect("an id"));
    let waive = async |token: &str, body: Value| world.call(token, &path, &body).await;
    let reason = json!({"reason": "verhuisd", "until": "2026-03-31"});
    assert_eq!(problem(&waive(AANBIEDER, reason.clone()).await), (403, "eigen-beurt"));
    assert_eq!(waive(ANDERE, reason.clone()).await.status, 404);
    assert_eq!(problem(&waive(GEMEENTE, json!({"reason": BSN})).await), (422, "inhoud"));
    assert_eq!(problem(&waive(GEMEENTE, json!({"until": "2026-03-31"})).await), (422, "inhoud"));
    let past = json!({"reason": "verhuisd", "until": "2026-03-03"});
    assert_eq!(problem(&waive(GEMEENTE, past).await), (422, "dag-voorbij"));
    let waived = waive(GEMEENTE, reason.clone()).await;
    assert_eq!((waived.status, &waived.body["state"]), (200, &json!("waived")), "{}", waived.text);
    let said = json!({"reason": "verhuisd", "until": "2026-03-31", "at": "2026-03-04T08:00:00Z", "by": GEMEENTE});
    assert_eq!(waived.body["waived"], said);
    assert_eq!(waive(GEMEENTE, reason).await.body, waived.body, "said again");
    assert_eq!(problem(&waive("operator", json!({"reason": "anders"})).await), (409, "afgelopen"));
    let awaited = listed(&world, "open,due-soon,overdue").await;
    assert!(awaited.iter().all(|one| one["id"] != clock["id"]), "{awaited:?}");
    assert_eq!(listed(&world, "waived").await.len(), 1);
    world.at("2026-04-01T00:00:00+02:00");
    let back = until_listed(&world, "overdue").await.remove(0);
    assert_eq!((&back["id"], &back["waived"]), (&clock["id"], &Value::Null), "the day is past");
    let good = waive("operator", json!({"reason": "verhuisd"})).await;
    assert_eq!((good.status, &good.body["waived"]["until"]), (200, &Value::Null), "{}", good.text);
    world.stop().await;
}

#[tokio::test]
async fn a_day_off_more_moves_what_is_waited_for_and_says_so() {
    let world = World::start(&LOCAL, MLW, None).await;
    let term =
        json!({"name": "a", "clock": "MLW-18", "gemeente": GEMEENTE, "aanbieder": AANBIEDER, "from": "2026-03-31"});
    let opened = world.call(GEMEENTE, "/v1/deadlines", &term).await.body;
    let told = |deadline: &Value| (deadline["due"].clone(), deadline["explanation"].clone());
    let explained = "10 werkdagen na 31-03-2026; niet geteld: Goede Vrijdag, weekend, Tweede Paasdag, weekend";
    assert_eq!(told(&opened), (json!("2026-04-16"), json!(explained)));
    let closed = "closed = [\"2026-04-09\"]\n";
    let world = world.restart(&LOCAL, &format!("{MLW}{closed}")).await;
    let moved = listed(&world, "open").await.remove(0);
    let explained =
        "10 werkdagen na 31-03-2026; niet geteld: Goede Vrijdag, weekend, Tweede Paasdag, eigen vrije dag, weekend";
    assert_eq!(told(&moved), (json!("2026-04-17"), json!(explained)));
    let world = world.restart(&LOCAL, &format!("{MLW}{closed}")).await;
    let audit = world.store().audit(0, 9).await.expect("read");
    let recounted: Vec<_> = audit.iter().filter(|row| row.what == "deadline.recounted").collect();
    assert_eq!(recounted.len(), 1, "once");
    let detail: Value = serde_json::from_str(&recounted[0].detail).expect("JSON");
    assert_eq!((&detail["was"], &detail["due"]), (&json!("2026-04-16"), &json!("2026-04-17")));
    world.stop().await;
}
