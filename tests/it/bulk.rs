//! Many deadlines at once: each by itself, in the audit log with its reason; and the filters that find them.

use serde_json::{Value, json};

use crate::keep::{audit, open, post, problem, world};
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE};

#[tokio::test]
async fn many_are_taken_on_or_done_at_once_each_by_itself() {
    let world = world("mlw-2018").await;
    let mut ids = Vec::new();
    for kenmerk in ["a", "b", "c"] {
        let opened = open(&world, GEMEENTE, json!({"name": kenmerk, "clock": "MLW-18"})).await;
        ids.push(opened.body["id"].as_str().expect("an id").to_owned());
    }
    let bulk = async |partij: &str, body: Value| post(&world, partij, "/v1/deadlines/bulk", &body).await;
    let taken = json!({"owner": "Anna", "reason": "belt morgen"});
    let named: Vec<&str> = ids.iter().map(String::as_str).chain(["nowhere"]).collect();
    let answer = bulk(AANBIEDER, json!({"ids": named, "acknowledge": taken})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let items = answer.body["items"].as_array().expect("items");
    let statuses: Vec<_> = items.iter().map(|item| (item["status"].as_u64(), item["id"] == "nowhere")).collect();
    assert_eq!(statuses, [(Some(200), false), (Some(200), false), (Some(200), false), (Some(404), true)]);
    assert!(items.iter().take(3).all(|item| item["deadline"]["acknowledged"]["owner"] == "Anna"), "{}", answer.text);
    assert!(items[3]["problem"]["title"].is_string() && items[3].get("deadline").is_none(), "{}", answer.text);
    let listed =
        world.get(GEMEENTE, "/v1/deadlines?owner=Anna&clock=ondersteuningsplan&due_from=2026-03-17").await.body;
    assert_eq!(listed["items"].as_array().expect("a page").len(), 3);
    for (query, count) in
        [("?owner=Bea", 0), ("?partij=0988", 0), ("?partij=41005001&dueBy=2026-03-16", 0), ("?partij=0384", 3)]
    {
        let page = world.get(AANBIEDER, &format!("/v1/deadlines{query}")).await.body;
        assert_eq!(page["items"].as_array().expect("a page").len(), count, "{query}");
    }
    let unknown = world.get(GEMEENTE, "/v1/deadlines?kind=retour").await;
    assert!(unknown.status == 400 && unknown.text.contains("kind bestaat hier niet"), "{}", unknown.text);
    let done = bulk(GEMEENTE, json!({"ids": ids[..2], "finish": {"day": "2026-03-04"}})).await.body;
    assert!(done["items"].as_array().expect("items").iter().all(|item| item["deadline"]["state"] == "met"), "{done}");
    let again = bulk(GEMEENTE, json!({"ids": ids, "acknowledge": {"owner": "Bea", "reason": "ziek"}})).await.body;
    let mut of: Vec<_> = again["items"].as_array().expect("items").iter().map(|item| item["status"].as_u64()).collect();
    of.sort_unstable();
    assert_eq!(of, [Some(200), Some(409), Some(409)], "two are done: {again}");
    assert_eq!(bulk(ANDERE, json!({"ids": [ids[2]], "acknowledge": taken})).await.body["items"][0]["status"], 404);
    let waived = bulk(GEMEENTE, json!({"ids": [ids[2]], "waive": {"reason": "verhuisd"}})).await.body;
    assert_eq!(waived["items"][0]["deadline"]["state"], "waived", "{waived}");
    for wrong in [
        json!({"ids": [], "acknowledge": taken}),
        json!({"ids": ids}),
        json!({"ids": ids, "acknowledge": taken, "finish": {"day": "2026-03-04"}}),
        json!({"ids": ids, "acknowledge": {"owner": "", "reason": "x"}}),
        json!({"ids": ids, "acknowledge": {"owner": "x", "reason": format!("van {BSN}")}}),
        json!({"ids": (0..501).map(|nr| nr.to_string()).collect::<Vec<_>>(), "acknowledge": taken}),
    ] {
        assert_eq!(problem(&bulk(GEMEENTE, wrong.clone()).await), (422, "inhoud"), "{wrong}");
    }
    let told = audit(&world).await;
    let count = |what: &str| told.iter().filter(|line| line.ends_with(what)).count();
    assert_eq!([count("deadline.acknowledged"), count("deadline.done"), count("deadline.handed-over")], [3, 2, 1]);
    world.stop().await;
}
