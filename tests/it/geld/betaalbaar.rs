//! What is to be paid of what was granted, and the clock on it.

use iwmo_gateway::exchange::sha256_hex;
use serde_json::{Value, json};

use super::deels::{decided, declare, four_eyes, wmo304};
use super::maker::{APRIL, MAY, WMO301, credit, line, wmo303};
use crate::decide::decide;
use crate::world::{AANBIEDER, GEMEENTE, World};

const MLW: &str = "dashboard_login = false\n[deadlines]\nprofile = \"mlw-2018\"\n";

async fn amounts(world: &World, id: &str) -> (i64, i64, i64) {
    let body = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body;
    let cents = |name: &str| body[name].as_i64().expect("an amount");
    (cents("totaal_ingediend_bedrag"), cents("totaal_toegekend_bedrag"), cents("payable"))
}

async fn clocks(world: &World) -> Vec<String> {
    let all = world.deadlines().await;
    all.into_iter().filter_map(|line| line.strip_prefix("betaling WMO304 ").map(str::to_owned)).collect()
}

fn reject(line: usize) -> Value {
    json!({"line": line, "granted": false, "retourcode": "9307", "reason": "Niet geleverd."})
}

#[tokio::test]
async fn people_who_reject_all_that_was_payable_end_the_clock_of_its_payment() {
    let world = four_eyes(MLW).await;
    let one = line("P1", APRIL, 8);
    let first = declare(&world, wmo303("448", "F1", APRIL, std::slice::from_ref(&one))).await;
    let second = declare(&world, wmo303("448", "F2", MAY, &[line("P2", MAY, 8)])).await;
    assert_eq!(clocks(&world).await, ["2019-07-20 open", "2019-07-20 open"]);
    decided(&world, &first, json!([reject(1)])).await;
    decided(&world, &second, json!([])).await;
    assert_eq!(amounts(&world, &first).await, (20_000, 0, 0));
    assert_eq!(amounts(&world, &second).await, (20_000, 20_000, 20_000));
    let states = clocks(&world).await;
    assert!(states.len() == 2 && states.contains(&"2019-07-20 void".to_owned()), "{states:?}");
    assert!(states.contains(&"2019-07-20 open".to_owned()), "what was granted is still to be paid: {states:?}");

    let corrected = [credit("C1", &one, 20_000), line("P3", APRIL, 7)];
    let third = declare(&world, wmo303("448", "F3", MAY, &corrected)).await;
    decided(&world, &third, json!([])).await;
    assert_eq!(amounts(&world, &third).await, (-2500, -2500, 17_500), "a credit of a claim takes no money back");
    let page = world.get("operator", &format!("/declaraties/{third}")).await.text;
    assert!(page.contains("<dt>Te betalen</dt><dd>€ 175,00</dd>"), "{page}");
    let stand = world.get(GEMEENTE, &format!("/v1/toewijzingen/{GEMEENTE}/800201")).await.body;
    assert_eq!((&stand["granted"]["bedrag"], &stand["granted"]["volume"]), (&json!(37_500), &json!(15)));
    world.stop().await;
}

#[tokio::test]
async fn the_clock_of_a_payment_runs_again_when_an_answer_makes_something_payable_after_all() {
    let world = four_eyes(MLW).await;
    let one = line("P1", APRIL, 8);
    let first = declare(&world, wmo303("448", "F1", APRIL, std::slice::from_ref(&one))).await;
    let lines = [credit("C1", &one, 20_000), line("P2", MAY, 5)];
    world.at("2019-06-21T09:00:00+02:00");
    let posted = world.post(AANBIEDER, wmo303("448", "F2", MAY, &lines)).await;
    let told = posted.body["deadlines"].as_array().expect("clocks").iter();
    assert!(told.clone().count() > 0 && told.clone().all(|one| one["clock"] != "betaling"), "{}", posted.text);
    let second = posted.body["id"].as_str().expect("an id");
    assert_eq!(clocks(&world).await, ["2019-07-20 open", "2019-07-21 void"], "more is taken back than granted");
    decided(&world, second, json!([])).await;
    assert_eq!(clocks(&world).await, ["2019-07-20 open", "2019-07-21 void"]);
    decided(&world, &first, json!([reject(1)])).await;
    assert_eq!((amounts(&world, &first).await.2, amounts(&world, second).await.2), (0, 12_500));
    assert_eq!(clocks(&world).await, ["2019-07-20 void", "2019-07-21 open"], "a rejected claim takes nothing back");
    world.stop().await;
}

#[tokio::test]
async fn what_the_gemeente_grants_with_its_own_software_is_to_be_paid_whatever_was_judged_here() {
    let own = "[[partij]]\ncode = \"0384\"\nnaam = \"Eigen software\"\nanswers = \"own\"\n";
    let hash = sha256_hex(GEMEENTE.as_bytes());
    let token = format!("[[credential]]\nname = \"own\"\npartij = \"0384\"\ntoken_sha256 = \"{hash}\"\n");
    let world = World::start(&[AANBIEDER], &format!("{MLW}{own}{token}"), None).await;
    world.at("2019-06-20T09:00:00+02:00");
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    let too_much = wmo303("448", "F1", MAY, &[line("P1", MAY, 9)]);
    let id = declare(&world, too_much.clone()).await;
    assert_eq!(amounts(&world, &id).await, (22_500, 0, 0), "judged to be more than was assigned");
    assert_eq!(clocks(&world).await, ["2019-07-20 void"]);
    let antwoord = world.post(GEMEENTE, wmo304(&too_much, "A1", &[Some(22_500)])).await;
    assert_eq!((antwoord.status, &antwoord.body["verdict"]), (202, &json!("accepted")), "{}", antwoord.text);
    assert_eq!(amounts(&world, &id).await, (22_500, 22_500, 22_500));
    assert_eq!(clocks(&world).await, ["2019-07-20 open"]);
    world.stop().await;
}

#[tokio::test]
async fn what_is_claimed_is_told_to_its_parties_and_to_nobody_else() {
    let world = World::start(&[GEMEENTE, AANBIEDER, "1684"], "", None).await;
    world.at("2019-06-20T09:00:00+02:00");
    world.post(GEMEENTE, WMO301).await;
    assert_eq!(world.get(GEMEENTE, "/v1/vorderingen").await.body["items"], json!([]));
    let granted = line("P1", APRIL, 8);
    declare(&world, wmo303("448", "F1", MAY, &[granted, line("P2", MAY, 9)])).await;
    let unreadable = wmo303("448", "F2", MAY, &[line("P3", MAY, 8), line("P3", MAY, 8)]);
    assert_eq!(world.post(AANBIEDER, unreadable).await.body["verdict"], "rejected");
    let open = |claim: i64| {
        json!([{"gemeente": GEMEENTE, "aanbieder": AANBIEDER, "claimed": claim, "paid": 0, "in_batch": 0,
            "open": claim}])
    };
    for caller in [GEMEENTE, AANBIEDER, "operator"] {
        let told = world.get(caller, &format!("/v1/vorderingen?aanbieder={AANBIEDER}")).await;
        assert_eq!(told.body["items"], open(42_500), "what was rejected in a factuur is a claim: {}", told.text);
    }
    for path in ["/v1/vorderingen?aanbieder=41005002", "/v1/vorderingen?after=0384/41005001"] {
        assert_eq!(world.get(GEMEENTE, path).await.body["items"], json!([]), "{path}");
    }
    assert_eq!(world.get("1684", "/v1/vorderingen").await.body["items"], json!([]));
    assert_eq!(world.get("niemand", "/v1/vorderingen").await.status, 401);
    world.stop().await;
}

#[tokio::test]
async fn of_a_declaratie_what_was_rejected_is_no_claim() {
    let world = four_eyes("").await;
    let id = declare(&world, wmo303("416", "D1", MAY, &[line("P1", APRIL, 8), line("P2", MAY, 8)])).await;
    let items = world.get(GEMEENTE, "/v1/vorderingen").await.body["items"].clone();
    assert_eq!(items, json!([]), "nothing is claimed before it is answered");
    decided(
        &world,
        &id,
        json!([reject(1), {"line": 2, "granted": true, "toegekend_bedrag": 12_500, "reason": "Vijf uur."}]),
    )
    .await;
    let body = world.get(GEMEENTE, "/v1/vorderingen").await.body;
    assert_eq!((&body["items"][0]["open"], amounts(&world, &id).await.2), (&json!(12_500), 12_500));
    assert_eq!(decide(&world, "Anna", &id, &json!({"lines": []})).await.status, 409, "answered once");
    world.stop().await;
}
