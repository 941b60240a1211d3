//! Deadlines that people look after: opened without a bericht, done, taken on, and not running where support is urgent.

use std::process::{Command, Output};
use std::sync::Arc;

use chrono::Days;
use iwmo_gateway::app;
use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::sha256_hex;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::browser::section;
use crate::maker::{toewijzing, wmo301, wmo305, wmo307};
use crate::pages::in_session;
use crate::world::{AANBIEDER, ANDERE, Answer, BSN, GEMEENTE, WMO301, World};

const JSON: &str = "application/json";

pub async fn world(profile: &str) -> World {
    World::start(
        &[GEMEENTE, AANBIEDER, ANDERE],
        &format!("dashboard_login = false\n[deadlines]\nprofile = \"{profile}\"\n"),
        None,
    )
    .await
}

async fn send(world: &World, partij: &str, method: reqwest::Method, path: &str, body: &Value) -> Answer {
    let url = world.url(path);
    world
        .request(|client| {
            client.request(method, url).bearer_auth(partij).header(CONTENT_TYPE, JSON).body(body.to_string())
        })
        .await
}

pub async fn post(world: &World, partij: &str, path: &str, body: &Value) -> Answer {
    send(world, partij, reqwest::Method::POST, path, body).await
}

/// Opens one of these parties, counted from 3 March 2026, with these members on top.
pub async fn open(world: &World, partij: &str, other: Value) -> Answer {
    let mut body = json!({"gemeente": GEMEENTE, "aanbieder": AANBIEDER, "from": "2026-03-03"});
    body.as_object_mut().expect("an object").extend(other.as_object().expect("an object").clone());
    body.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
    post(world, partij, "/v1/deadlines", &body).await
}

pub fn problem(answer: &Answer) -> (u16, &str) {
    let kind = answer.body["type"].as_str().and_then(|kind| kind.rsplit(':').next());
    (answer.status, kind.unwrap_or_default())
}

/// What the audit log tells of deadlines and written orders: who did what.
pub async fn audit(world: &World) -> Vec<String> {
    let rows = world.store().audit(0, 100).await.expect("read");
    assert!(rows.iter().all(|row| !row.detail.contains(BSN)));
    rows.into_iter().map(|row| format!("{} {}", row.who, row.what)).collect()
}

#[tokio::test]
async fn a_term_runs_as_long_as_the_profile_says() {
    for (profile, terms) in [
        (
            "mlw-2018",
            vec![
                ("MLW-18", "ondersteuningsplan", AANBIEDER, "2026-03-17", "2026-03-14"),
                ("besluit", "besluit", GEMEENTE, "2026-03-17", "2026-03-14"),
            ],
        ),
        (
            "heusden-2022",
            vec![
                ("HVB-10", "pauze", AANBIEDER, "2026-04-03", "2026-03-27"),
                ("fase-stap-1-3", "fase-stap-1-3", GEMEENTE, "2026-03-31", "2026-03-24"),
                ("fase-plan", "fase-plan", GEMEENTE, "2026-03-17", "2026-03-14"),
                ("fase-besluit", "fase-besluit", GEMEENTE, "2026-03-17", "2026-03-14"),
            ],
        ),
    ] {
        let world = world(profile).await;
        for (asked, clock, responsible, due, warn_from) in terms {
            let answer = open(&world, GEMEENTE, json!({"name": clock, "clock": asked})).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            let told = ["clock", "responsible", "due", "warn_from", "state"].map(|name| &answer.body[name]);
            assert_eq!(told, [clock, responsible, due, warn_from, "open"], "{profile}");
        }
        world.stop().await;
    }
}

#[tokio::test]
async fn ten_werkdagen_are_not_ten_dagen() {
    let world = world("mlw-2018").await;
    // Thursday before Easter.
    let easter = json!({"name": "a", "clock": "MLW-18", "from": "2026-04-02"});
    assert_eq!(open(&world, AANBIEDER, easter).await.body["due"], "2026-04-20");
    world.stop().await;
}

#[tokio::test]
async fn the_same_request_gets_the_same_deadline_and_another_one_is_refused() {
    let world = world("mlw-2018").await;
    let asked = json!({"name": "plan 1", "clock": "MLW-18", "toewijzing_nummer": 700_101, "referentie": "brief 7"});
    let first = open(&world, GEMEENTE, asked.clone()).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let again = open(&world, GEMEENTE, asked).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let by_name =
        json!({"name": "plan 1", "clock": "ondersteuningsplan", "toewijzing_nummer": 700_101, "referentie": "brief 7"});
    assert_eq!(open(&world, GEMEENTE, by_name).await.body["id"], first.body["id"]);
    let other = open(&world, GEMEENTE, json!({"name": "plan 1", "clock": "MLW-18"})).await;
    assert_eq!(problem(&other), (409, "al-gemeld"), "{}", other.text);
    let of_aanbieder = open(&world, AANBIEDER, json!({"name": "plan 1", "clock": "MLW-18"})).await;
    assert_eq!(of_aanbieder.status, 201, "each has names of its own: {}", of_aanbieder.text);
    let opened = &first.body["opened"];
    let wanted = json!({"name": "plan 1", "agreement": "MLW-18", "gemeente": GEMEENTE, "aanbieder": AANBIEDER,
        "from": "2026-03-03", "referentie": "brief 7"});
    assert_eq!((opened, &first.body["subject"]), (&wanted, &json!("700101")));
    assert_eq!(audit(&world).await, [format!("{GEMEENTE} deadline.opened"), format!("{AANBIEDER} deadline.opened")]);
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_opened_is_refused_and_says_why() {
    let world = world("mlw-2018").await;
    let name = |clock: &str| json!({"name": "a", "clock": clock});
    let with = |other: Value| {
        let mut body = name("MLW-18");
        body.as_object_mut().expect("an object").extend(other.as_object().expect("an object").clone());
        body
    };
    for (partij, body, wanted, text) in [
        (GEMEENTE, name("HVB-10"), (422, "geen-termijn"), "besluit (MLW-19), ondersteuningsplan (MLW-18)"),
        (GEMEENTE, name("start"), (422, "geen-termijn"), "mlw-2018"),
        (ANDERE, name("MLW-18"), (403, "andere-partij"), "eigen token"),
        (
            "operator",
            with(json!({"gemeente": "0001", "aanbieder": "00000001"})),
            (422, "partij-niet-hier"),
            "[[partij]]",
        ),
        (GEMEENTE, with(json!({"aanbieder": null})), (422, "aanbieder-ontbreekt"), "AGB-code"),
        (GEMEENTE, with(json!({"aanbieder": "0988"})), (422, "inhoud"), "8 cijfers"),
        (GEMEENTE, with(json!({"gemeente": AANBIEDER})), (422, "inhoud"), "4 cijfers"),
        (GEMEENTE, with(json!({"referentie": format!("client {BSN}")})), (422, "inhoud"), "BSN"),
        (GEMEENTE, with(json!({"toewijzing_nummer": -1})), (422, "inhoud"), "999999999"),
        (GEMEENTE, with(json!({"name": "/"})), (422, "kenmerk"), "35 tekens"),
        (GEMEENTE, with(json!({"from": "3 maart"})), (422, "inhoud"), "2018-04-03"),
        (GEMEENTE, with(json!({"bsn": BSN})), (422, "inhoud"), "Stuur JSON"),
    ] {
        let answer = open(&world, partij, body.clone()).await;
        assert_eq!(problem(&answer), wanted, "{body}: {}", answer.text);
        assert!(answer.text.contains(text) && !answer.text.contains(BSN), "{body}: {}", answer.text);
    }
    assert_eq!((audit(&world).await, world.deadlines().await), (Vec::new(), Vec::new()));
    world.stop().await;
    let world = World::start(&[GEMEENTE, AANBIEDER], "[deadlines]\nprofile = \"landelijk-3.2\"\n", None).await;
    let none = open(&world, GEMEENTE, name("MLW-18")).await;
    assert!(none.status == 422 && none.text.contains("landelijk-3.2 kent geen termijnen"), "{}", none.text);
    world.stop().await;
}

#[tokio::test]
async fn what_was_done_is_met_or_late_by_its_day() {
    let world = world("mlw-2018").await;
    let id = async |kenmerk: &str| {
        let opened = open(&world, GEMEENTE, json!({"name": kenmerk, "clock": "MLW-18"})).await;
        opened.body["id"].as_str().expect("an id").to_owned()
    };
    let (first, second) = (id("a").await, id("b").await);
    world.at("2026-03-18T09:00:00+01:00");
    world.rest().await;
    assert_eq!(world.deadlines().await.len(), 2);
    let done = async |partij: &str, id: &str, dag: &str| {
        post(&world, partij, &format!("/v1/deadlines/{id}/gereed"), &json!({"day": dag})).await
    };
    for dag in ["2026-03-02", "2026-03-19"] {
        assert_eq!(problem(&done(AANBIEDER, &first, dag).await), (422, "dag-van-gereed"));
    }
    assert_eq!(done(ANDERE, &first, "2026-03-17").await.status, 404, "of other parties");
    let met = done(AANBIEDER, &first, "2026-03-17").await;
    assert_eq!(
        (met.status, &met.body["state"], &met.body["opened"]["done_on"]),
        (200, &json!("met"), &json!("2026-03-17"))
    );
    assert_eq!(done("operator", &second, "2026-03-18").await.body["state"], "late");
    assert_eq!(done(GEMEENTE, &first, "2026-03-17").await.body, met.body, "told again");
    assert_eq!(problem(&done(GEMEENTE, &first, "2026-03-16").await), (409, "al-gereed"));
    world.post(GEMEENTE, WMO301).await;
    let of_bericht = world.get(GEMEENTE, "/v1/deadlines?state=open,met").await.body;
    let items = of_bericht["items"].as_array().expect("a page").iter();
    let mut start =
        items.filter(|one| one["clock"] == "start-na-toewijzing").map(|one| one["id"].as_str().expect("an id"));
    let start = start.next_back().expect("a clock of the 301");
    assert_eq!(problem(&done(GEMEENTE, start, "2026-03-18").await), (409, "bericht-verwacht"));
    let told = audit(&world).await;
    assert_eq!(told[2..], [format!("{AANBIEDER} deadline.done"), "operator deadline.done".to_owned()], "{told:?}");
    world.stop().await;
}

#[tokio::test]
async fn every_deadline_can_be_taken_on_while_somebody_waits_for_it() {
    let world = world("mlw-2018").await;
    world.post(GEMEENTE, WMO301).await;
    let opened = open(&world, AANBIEDER, json!({"name": "a", "clock": "MLW-18"})).await.body["id"].clone();
    let page = world.get(AANBIEDER, "/v1/deadlines").await.body;
    let of_bericht = page["items"].as_array().expect("a page").iter().find(|one| one["clock"] == "start-na-toewijzing");
    let of_bericht = of_bericht.expect("a clock of the 301")["id"].clone();
    let take = async |partij: &str, id: &Value, owner: &str, reason: &str| {
        let path = format!("/v1/deadlines/{}/acknowledge", id.as_str().expect("an id"));
        post(&world, partij, &path, &json!({"owner": owner, "reason": reason})).await
    };
    for id in [&opened, &of_bericht] {
        let taken = take(GEMEENTE, id, "Team <Wmo>", "=belt morgen").await;
        assert_eq!((taken.status, &taken.body["state"]), (200, &json!("open")), "{}", taken.text);
        assert_eq!(taken.body["acknowledged"]["owner"], "Team <Wmo>");
        assert_eq!(take(GEMEENTE, id, "Team <Wmo>", "=belt morgen").await.body, taken.body, "told again");
        let second = take("operator", id, "Bea", "overgenomen").await;
        assert_eq!((&second.body["acknowledged"]["by"], second.status), (&json!("operator"), 200));
    }
    assert_eq!(take(ANDERE, &opened, "x", "y").await.status, 404);
    assert_eq!(problem(&take(GEMEENTE, &opened, " ", "y").await), (422, "inhoud"));
    let deadline = format!("/v1/deadlines/{}", opened.as_str().expect("an id"));
    for (path, list) in [
        ("/v1/deadlines".to_owned(), json!(["b", "MLW-18", GEMEENTE, AANBIEDER])),
        (format!("{deadline}/acknowledge"), json!(["x", "y"])),
        (format!("{deadline}/gereed"), json!(["2026-03-04"])),
    ] {
        let refused = post(&world, GEMEENTE, &path, &list).await;
        assert_eq!(problem(&refused), (422, "inhoud"), "a list is no object: {}", refused.text);
    }
    assert_eq!(problem(&take(GEMEENTE, &opened, "x", &format!("van {BSN}")).await), (422, "inhoud"));
    let listed = world.get(AANBIEDER, "/v1/deadlines").await.text;
    assert!(listed.contains("overgenomen") && listed.contains("\"agreement\":\"MLW-18\""), "{listed}");
    assert_eq!(world.get(ANDERE, "/v1/deadlines").await.body["items"], json!([]));
    let page = section(&in_session(&world, "/termijnen").await, "termijnen");
    for part in ["Opgepakt door", "Bea: overgenomen", "MLW-18 a, vanaf 03-03-2026", "ondersteuningsplan deel 2"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    let path = format!("/v1/deadlines/{}/gereed", opened.as_str().expect("an id"));
    assert_eq!(post(&world, GEMEENTE, &path, &json!({"day": "2026-03-04"})).await.status, 200);
    assert_eq!(problem(&take(GEMEENTE, &opened, "x", "y").await), (409, "afgelopen"));
    let rows = world.store().audit(0, 100).await.expect("read");
    let taken =
        rows.iter().filter(|row| ["deadline.acknowledged", "deadline.handed-over"].contains(&row.what.as_str()));
    let taken: Vec<_> = taken.map(|row| (row.what.as_str(), row.bericht_id.is_some())).collect();
    let of = |with_bericht| [("deadline.acknowledged", with_bericht), ("deadline.handed-over", with_bericht)];
    assert_eq!(taken, [of(false), of(true)].concat(), "once each, with the bericht that started it");
    let from = rows.iter().find(|row| row.what == "deadline.handed-over").expect("a row");
    assert!(from.detail.contains("\"from\":\"Team <Wmo>\"") && from.detail.contains("overgenomen"), "{}", from.detail);
    world.stop().await;
}

#[tokio::test]
async fn a_pause_is_over_when_its_stop_is_reported() {
    let world = world("heusden-2022").await;
    let second = json!({"Product": {"Categorie": "02", "Code": "02A05"}});
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(1, json!({})), toewijzing(2, second)])).await;
    let start = world.post(AANBIEDER, wmo305("S1", "2026-03-04", 1, json!({"Begindatum": "2026-03-02"}))).await;
    assert_eq!(start.body["verdict"], "accepted", "{}", start.text);
    for (kenmerk, nummer) in [("een", 1), ("twee", 2)] {
        let pause = json!({"name": kenmerk, "clock": "pauze", "toewijzing_nummer": nummer});
        assert_eq!(open(&world, AANBIEDER, pause).await.status, 201);
    }
    let stop = json!({"Begindatum": "2026-03-02", "Einddatum": "2026-03-03", "RedenBeeindiging": "20"});
    let stopped = world.post(AANBIEDER, wmo307("E1", "2026-03-04", 1, stop)).await;
    assert_eq!(stopped.body["verdict"], "accepted", "{}", stopped.text);
    let pauses: Vec<String> = world.deadlines().await.into_iter().filter(|line| line.starts_with("pauze")).collect();
    let line = |state: &str| format!("pauze WMO307 met reden 20, of weer ondersteuning 2026-04-03 {state}");
    assert_eq!(pauses, [line("met"), line("open")], "only that of its toewijzing");
    world.stop().await;
}

#[tokio::test]
async fn support_on_a_written_order_is_not_watched_from_its_toewijzing() {
    let world = world("mlw-2018").await;
    let spoed = async |partij: &str, nummer: i64, body: Value| {
        let path = format!("/v1/toewijzingen/{GEMEENTE}/{nummer}/spoed");
        send(&world, partij, reqwest::Method::PUT, &path, &body).await
    };
    let order = json!({"aanbieder": AANBIEDER, "day": "2026-03-01", "referentie": "brief 112"});
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))])).await;
    let told = spoed(GEMEENTE, 1, order.clone()).await;
    assert_eq!((told.status, &told.body["recorded_by"]), (200, &json!(GEMEENTE)), "{}", told.text);
    assert_eq!(spoed("operator", 1, order.clone()).await.body, told.body, "told again");
    assert_eq!(spoed("operator", 2, order.clone()).await.status, 200, "before its toewijzing is there");
    let second = json!({"Product": {"Categorie": "02", "Code": "02A05"}});
    let third = json!({"Product": {"Categorie": "03", "Code": "03A01"}});
    world.post(GEMEENTE, wmo301("T2", "2026-03-02", &[toewijzing(2, second), toewijzing(3, third)])).await;
    let clocks: Vec<String> =
        world.deadlines().await.into_iter().filter(|line| line.starts_with("start-na-toewijzing")).collect();
    let line = |state: &str| format!("start-na-toewijzing WMO305 2026-03-18 {state}");
    assert_eq!(clocks, [line("void"), line("void"), line("open")], "only the third one runs");
    let mut other = order.clone();
    other["referentie"] = json!("brief 113");
    assert_eq!(problem(&spoed(GEMEENTE, 1, other).await), (409, "al-gemeld"));
    for partij in [AANBIEDER, ANDERE] {
        assert_eq!(problem(&spoed(partij, 3, order.clone()).await), (403, "andere-partij"));
    }
    for body in [json!({"day": "2026-03-01"}), json!([AANBIEDER, "2026-03-01", "brief 112"])] {
        assert_eq!(problem(&spoed(GEMEENTE, 3, body.clone()).await), (422, "inhoud"), "{body}");
    }
    assert_eq!(audit(&world).await, [format!("{GEMEENTE} toewijzing.spoed"), "operator toewijzing.spoed".to_owned()]);
    world.stop().await;
    let world = self::world("heusden-2022").await;
    let path = format!("/v1/toewijzingen/{GEMEENTE}/1/spoed");
    let refused = send(&world, GEMEENTE, reqwest::Method::PUT, &path, &order).await;
    assert_eq!(problem(&refused), (422, "niet-bewaakt"), "{}", refused.text);
    assert!(!refused.text.contains("HVB-10"), "terms that have nothing to do with it: {}", refused.text);
    world.stop().await;
}

fn spoed(nummer: i64) -> String {
    format!("/v1/toewijzingen/{GEMEENTE}/{nummer}/spoed")
}

async fn tell_order(world: &World, nummer: i64, referentie: &str) {
    let order = json!({"aanbieder": AANBIEDER, "day": "2026-03-01", "referentie": referentie});
    let told = send(world, GEMEENTE, reqwest::Method::PUT, &spoed(nummer), &order).await;
    assert_eq!((told.status, &told.body["withdrawn"]), (200, &Value::Null), "{}", told.text);
}

async fn withdraw_order(world: &World, partij: &str, nummer: i64) -> Answer {
    let body = json!({"aanbieder": AANBIEDER, "reason": "voor een ander"});
    post(world, partij, &format!("{}/intrekken", spoed(nummer)), &body).await
}

/// The clocks from a toewijzing to its start.
async fn start_clocks(world: &World) -> Vec<String> {
    let all = world.deadlines().await.into_iter();
    all.filter_map(|line| Some(line.strip_prefix("start-na-toewijzing WMO305 ")?.to_owned())).collect()
}

/// A toewijzing that was given before its order, and one after it on which support began.
async fn two_on_order() -> World {
    let world = world("mlw-2018").await;
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))])).await;
    tell_order(&world, 1, "brief 112").await;
    tell_order(&world, 2, "brief 112").await;
    let second = json!({"Product": {"Categorie": "02", "Code": "02A05"}});
    world.post(GEMEENTE, wmo301("T2", "2026-03-02", &[toewijzing(2, second.clone())])).await;
    let start = world.post(AANBIEDER, wmo305("S1", "2026-03-04", 2, second)).await;
    assert_eq!(start.body["verdict"], "accepted", "{}", start.text);
    world
}

#[tokio::test]
async fn the_term_is_watched_again_once_an_order_is_taken_back() {
    let world = two_on_order().await;
    assert_eq!(start_clocks(&world).await, ["2026-03-18 void"; 2]);
    let taken_back = withdraw_order(&world, GEMEENTE, 1).await;
    assert_eq!((taken_back.status, &taken_back.body["referentie"]), (200, &json!("brief 112")), "{}", taken_back.text);
    let withdrawn = &taken_back.body["withdrawn"];
    assert_eq!((&withdrawn["by"], &withdrawn["reason"]), (&json!(GEMEENTE), &json!("voor een ander")));
    assert_eq!(withdraw_order(&world, "operator", 2).await.status, 200);
    assert_eq!(start_clocks(&world).await, ["2026-03-18 open", "2026-03-18 met"], "support on the second one began");

    tell_order(&world, 1, "brief 113").await;
    assert_eq!(start_clocks(&world).await, ["2026-03-18 void", "2026-03-18 met"], "another order");
    world.at("2026-03-20T09:00:00+01:00");
    world.rest().await;
    assert_eq!(withdraw_order(&world, GEMEENTE, 1).await.status, 200);
    world.rest().await;
    assert_eq!(start_clocks(&world).await, ["2026-03-18 overdue", "2026-03-18 met"]);
    let rows = [(GEMEENTE, ""), (GEMEENTE, ""), (GEMEENTE, "-withdrawn"), ("operator", "-withdrawn"), (GEMEENTE, "")];
    let rows = rows.into_iter().chain([(GEMEENTE, "-withdrawn")]);
    let rows: Vec<String> = rows.map(|(who, what)| format!("{who} toewijzing.spoed{what}")).collect();
    assert_eq!(audit(&world).await, rows);
    let last = world.store().audit(0, 100).await.expect("read").pop().expect("a row").detail;
    assert!(last.contains("brief 113") && last.contains("voor een ander"), "{last}");
    world.stop().await;
}

#[tokio::test]
async fn an_order_is_taken_back_once_by_its_gemeente_and_with_a_reason() {
    let world = two_on_order().await;
    for partij in [AANBIEDER, ANDERE] {
        assert_eq!(problem(&withdraw_order(&world, partij, 1).await), (403, "andere-partij"));
    }
    let path = format!("{}/intrekken", spoed(1));
    let with_bsn = json!({"aanbieder": AANBIEDER, "reason": BSN});
    for body in [json!({"aanbieder": AANBIEDER}), json!([AANBIEDER, "x"]), with_bsn] {
        assert_eq!(problem(&post(&world, GEMEENTE, &path, &body).await), (422, "inhoud"), "{body}");
    }
    assert_eq!(withdraw_order(&world, GEMEENTE, 3).await.status, 404, "none was told");
    assert_eq!(start_clocks(&world).await, ["2026-03-18 void"; 2], "nothing was changed");
    assert_eq!(audit(&world).await.len(), 2);
    assert_eq!(withdraw_order(&world, GEMEENTE, 1).await.status, 200);
    assert_eq!(withdraw_order(&world, GEMEENTE, 1).await.status, 404, "there is none any more");
    world.stop().await;
}

fn deadlines(folder: &std::path::Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
    command.arg("deadlines").arg("--config").arg(folder.join("gateway.toml")).args(arguments).output().expect("it runs")
}

#[tokio::test]
async fn the_command_lists_what_is_awaited_beside_a_gateway_that_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let hash = sha256_hex(b"operator");
    let settings = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n[deadlines]\nprofile = \"mlw-2018\"\n[[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"x\"\n\
         [[credential]]\nname = \"operator\"\noperator = true\ntoken_sha256 = \"{hash}\"\n",
        folder.path().join("kept.db").display()
    );
    std::fs::write(folder.path().join("gateway.toml"), &settings).expect("settings");
    let missing = deadlines(folder.path(), &[]);
    assert_eq!(missing.status.code(), Some(3), "no database: {missing:?}");
    let running =
        app::start(Config::parse(&settings).expect("settings"), Arc::new(SystemClock)).await.expect("a gateway");
    let today = SystemClock.today();
    let post = async |path: String, body: Value| {
        let request = reqwest::Client::new().post(format!("http://{}{path}", running.address)).bearer_auth("operator");
        let answer = request.header(CONTENT_TYPE, JSON).body(body.to_string()).send().await.expect("an answer");
        serde_json::from_str::<Value>(&answer.text().await.expect("a body")).expect("JSON")
    };
    for (kenmerk, days) in [("laat", 15), ("vandaag", 14), ("later", 0)] {
        let vanaf = today.checked_sub_days(Days::new(days)).expect("a day");
        let body = json!({"name": kenmerk, "clock": "besluit", "gemeente": GEMEENTE, "from": vanaf});
        let opened = post("/v1/deadlines".to_owned(), body).await;
        let path = format!("/v1/deadlines/{}/acknowledge", opened["id"].as_str().expect("an id"));
        let taken = post(path, json!({"owner": "@team", "reason": "=HYPERLINK(\"x\")"})).await;
        assert_eq!(taken["acknowledged"]["owner"], "@team", "{taken}");
    }
    let stands = |arguments: &[&str]| -> Vec<String> {
        let output = deadlines(folder.path(), &[arguments, &["--format", "json"]].concat());
        // Who asks for what is overdue, as a script does, learns of it from the status too.
        let status = i32::from(arguments.contains(&"--overdue"));
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        let lines = String::from_utf8(output.stdout).expect("UTF-8");
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
        lines.map(|line| format!("{} {}", line["opened"]["name"], line["stand"]).replace('"', "")).collect()
    };
    assert_eq!(stands(&[]), ["laat overdue", "vandaag soon", "later open"]);
    assert_eq!(stands(&["--overdue"]), ["laat overdue"]);
    assert_eq!(stands(&["--due-within", "3d"]), ["laat overdue", "vandaag soon"]);
    let csv = String::from_utf8(deadlines(folder.path(), &["--overdue", "--format", "csv"]).stdout).expect("UTF-8");
    let row = csv.lines().nth(1).expect("a row");
    assert!(row.ends_with(";\"'@team\";\"'=HYPERLINK(\"\"x\"\")\";1") && row.contains("\"MLW-19 laat\""), "{row}");
    let text = String::from_utf8(deadlines(folder.path(), &[]).stdout).expect("UTF-8");
    assert!(text.contains("besluit op de aanvraag van 0384 (MLW-19 laat 0384 )"), "{text}");
    assert!(text.ends_with("3 termijnen, 1 te laat\n"), "{text}");
    let vanaf = today.checked_sub_days(Days::new(15)).expect("a day").format("%d-%m-%Y");
    let why = String::from_utf8(deadlines(folder.path(), &["--overdue", "--explain"]).stdout).expect("UTF-8");
    let second = why.lines().nth(1).expect("a line below");
    assert_eq!(second.trim(), format!("2 weken na {vanaf}"), "{why}");
    let csv = deadlines(folder.path(), &["--overdue", "--explain", "--format", "csv"]).stdout;
    let csv = String::from_utf8(csv).expect("UTF-8");
    assert!(
        csv.contains(";days_late;explanation\r\n") && csv.contains(&format!(";\"2 weken na {vanaf}\"\r\n")),
        "{csv}"
    );
    for wrong in [&["--due-within", "3"][..], &["--overdue", "--due-within", "3d"]] {
        assert_eq!(deadlines(folder.path(), wrong).status.code(), Some(2), "{wrong:?}");
    }
    running.stop().await;
}
