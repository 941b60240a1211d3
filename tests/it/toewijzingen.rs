//! Where a toewijzing stands, with its time line, over the API and on the dashboard; and who waits for a start.

use serde_json::{Value, json};

use crate::maker::{toewijzing, wmo301, wmo305, wmo307, wmo315, wmo319};
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, World};

/// A verzoek that is looked into and honoured, shortened, started, paused, and the pause taken back.
async fn lived() -> World {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], "dashboard_login = false", None).await;
    let paused = json!({"RedenBeeindiging": "20"});
    let taken_back = json!({"RedenBeeindiging": "20", "StatusAanlevering": "3"});
    let shorter = json!({"Toewijzingstijd": "10:00:00", "Einddatum": "2026-11-30", "RedenWijziging": "05"});
    for (moment, partij, bericht) in [
        ("2026-03-02T09:00:00+01:00", AANBIEDER, wmo315("V1", "2026-03-02", "VOT-1")),
        ("2026-03-03T09:00:00+01:00", GEMEENTE, wmo319("A1", "2026-03-03", "VOT-1", "2")),
        (
            "2026-03-04T09:00:00+01:00",
            GEMEENTE,
            wmo301("T1", "2026-03-04", &[toewijzing(700_101, json!({"ReferentieAanbieder": "VOT-1"}))]),
        ),
        ("2026-03-04T10:00:00+01:00", GEMEENTE, wmo301("T2", "2026-03-04", &[toewijzing(700_101, shorter)])),
        ("2026-03-05T09:00:00+01:00", AANBIEDER, wmo305("S1", "2026-03-05", 700_101, json!({}))),
        ("2026-03-09T09:00:00+01:00", AANBIEDER, wmo307("P1", "2026-03-09", 700_101, paused)),
        ("2026-03-10T09:00:00+01:00", AANBIEDER, wmo307("P2", "2026-03-10", 700_101, taken_back)),
    ] {
        world.at(moment);
        let answer = world.post(partij, bericht).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (202, &json!("accepted")), "{}", answer.text);
    }
    world
}

fn strings(list: &Value, of: impl Fn(&Value) -> String) -> Vec<String> {
    list.as_array().expect("a list").iter().map(of).collect()
}

#[tokio::test]
async fn state_versions_deliveries_verzoek_and_timeline_come_together() {
    let world = lived().await;
    let found = world.get(AANBIEDER, "/v1/toewijzingen/0384/700101").await;
    assert_eq!(found.status, 200, "{}", found.text);
    let body = &found.body;
    assert_eq!(
        (&body["state"], &body["withdrawn"], &body["delivery"]),
        (&json!("running"), &json!(true), &json!("started"))
    );
    assert_eq!(
        (&body["current"]["einddatum"], &body["current"]["answer"]),
        (&json!("2026-11-30"), &json!("confirmed"))
    );
    let version =
        |one: &Value| format!("{} {} {}", one["toewijzingstijd"], one["einddatum"], one["referentie_aanbieder"]);
    assert_eq!(
        strings(&body["versions"], version),
        [r#""08:45:00" "2026-12-31" "VOT-1""#, r#""10:00:00" "2026-11-30" null"#]
    );
    assert_eq!(
        strings(&body["starts"], |one| format!("{} {}", one["begindatum"], one["live"])),
        [r#""2026-03-04" true"#]
    );
    assert_eq!(
        strings(&body["stops"], |one| format!(
            "{} {} {}",
            one["reden_beeindiging"],
            one["live"],
            one["removed_by"].is_string()
        )),
        [r#""20" false true"#]
    );
    assert_eq!(
        strings(&body["verzoeken"], |one| format!("{} {}", one["referentie_aanbieder"], one["state"])),
        [r#""VOT-1" "honoured""#]
    );
    assert_eq!(
        strings(&body["timeline"], |one| format!("{} {}", one["berichtsoort"], one["identificatie"]).replace('"', "")),
        [
            "WMO315 V1",
            "WMO316 V1",
            "WMO319 A1",
            "WMO320 A1",
            "WMO301 T1",
            "WMO302 T1",
            "WMO301 T2",
            "WMO302 T2",
            "WMO305 S1",
            "WMO306 S1",
            "WMO307 P1",
            "WMO308 P1",
            "WMO307 P2",
            "WMO308 P2",
        ]
    );
    let clocks = |one: &Value| format!("{} {}", one["clock"], one["state"]).replace('"', "");
    let mut of_verzoek = strings(&body["timeline"][0]["deadlines"], clocks);
    of_verzoek.sort();
    assert_eq!(of_verzoek, ["onderzoek met", "retour met", "verzoek met"]);
    assert!(!found.text.contains(BSN), "nothing of the client");
    world.stop().await;
}

#[tokio::test]
async fn a_toewijzing_is_for_its_two_parties_and_the_operator() {
    let world = lived().await;
    for (partij, path, status) in [
        (GEMEENTE, "/v1/toewijzingen/0384/700101", 200),
        ("operator", "/v1/toewijzingen/0384/700101", 200),
        (ANDERE, "/v1/toewijzingen/0384/700101", 404),
        (GEMEENTE, "/v1/toewijzingen/0384/700199", 404),
        (GEMEENTE, "/v1/toewijzingen/1684/700101", 404),
        (GEMEENTE, "/v1/toewijzingen/41005001/700101", 404),
        (GEMEENTE, "/v1/toewijzingen/0384/veel", 404),
        ("nobody", "/v1/toewijzingen/0384/700101", 401),
    ] {
        assert_eq!(world.get(partij, path).await.status, status, "{partij} {path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_toewijzing_without_a_start_is_on_the_waiting_list_until_there_is_one() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    world.at("2026-03-13T09:00:00+01:00");
    let other = json!({"Product": {"Categorie": "02", "Code": "02A05"}});
    let ended = json!({"Product": {"Categorie": "11", "Code": "11A01"}, "Einddatum": "2026-03-12"});
    let producten = [toewijzing(700_101, json!({})), toewijzing(700_102, other), toewijzing(700_103, ended)];
    world.post(GEMEENTE, wmo301("T1", "2026-03-12", &producten)).await;
    world.post(GEMEENTE, wmo301("T2", "2026-03-12", &producten)).await;
    let list = async || {
        let found = world.get(AANBIEDER, "/v1/toewijzingen/wachtend").await;
        strings(&found.body["items"], |one| format!("{} {}", one["toewijzing_nummer"], one["days_waiting"]))
    };
    assert_eq!(list().await, ["700101 10", "700102 10"], "each once, and not what has ended");
    world.post(AANBIEDER, wmo305("S1", "2026-03-12", 700_101, json!({}))).await;
    assert_eq!(list().await, ["700102 10"]);
    world.post(AANBIEDER, wmo305("S2", "2026-03-12", 700_101, json!({"StatusAanlevering": "3"}))).await;
    assert_eq!(list().await, ["700101 10", "700102 10"], "the start was taken back");
    let page = world.get("", "/wachtlijst").await.text;
    assert!(
        page.contains("Partij 41005001 (41005001)</a></th><td><a href=\"/toewijzingen/0384/700101\">700101</a>"),
        "{page}"
    );
    world.stop().await;
}

#[tokio::test]
async fn the_dashboard_shows_a_toewijzing_as_people_read_it() {
    let world = lived().await;
    let page = world.get("", "/toewijzing?gemeente=0384&nummer=700101").await;
    assert_eq!(page.status, 200, "the search leads to the page");
    for text in [
        "<dt>Stand</dt><dd>loopt (ingetrokken)</dd>",
        "<dt>Ondersteuning</dt><dd>gestart</dd>",
        "<dt>Omvang</dt><dd>3 uur per week</dd>",
        "<dt>Periode</dt><dd>03-03-2026 – 30-11-2026</dd>",
        "<p>start op 04-03-2026</p>",
        "<p>ingetrokken: tijdelijke stop op 06-03-2026</p>",
        "<p>WMO301 uiterlijk 09-03-2026: op tijd</p>",
    ] {
        assert!(page.text.contains(text), "{text} is not on {}", page.text);
    }
    assert!(!page.text.contains(BSN) && !page.text.contains("Verhoeven"), "a person on the dashboard");
    let missing = world.get("", "/toewijzingen/0384/1").await;
    assert_eq!(missing.status, 404);
    assert!(missing.text.contains("Er is geen toewijzing met dit nummer bij deze gemeente."), "{}", missing.text);
    world.stop().await;
}

#[tokio::test]
async fn a_deadline_says_what_is_awaited_of_whom_and_where_it_stands() {
    let world = lived().await;
    let found = world.get(GEMEENTE, "/v1/deadlines?state=open,met&limit=200").await.body;
    let awaits = |clock: &str| {
        let own = found["items"].as_array().expect("a list").iter().find(|one| one["clock"] == clock);
        own.map(|one| format!("{} of {}", one["awaits"], one["responsible"]).replace('"', "")).expect("one")
    };
    assert_eq!(awaits("retour"), "WMO316 of 0384");
    assert_eq!(
        awaits("verlenging"),
        "verzoek om verlenging (WMO315 of WMO317), of een nieuwe toewijzing van de gemeente of 41005001"
    );
    let id = found["items"].as_array().expect("a list").iter().find(|one| one["clock"] == "verlenging");
    let id = id.expect("one")["bericht"].as_str().expect("an id").to_owned();
    let page = world.get("", &format!("/berichten/{id}")).await.text;
    let partij = "<a href=\"/partners/41005001\">Partij 41005001 (41005001)</a>";
    let row = |awaited: &str, state: &str| format!("<td>{awaited}</td><td>{partij}</td><td>{state}</td>");
    let awaited = "verzoek om verlenging (WMO315 of WMO317), of een nieuwe toewijzing van de gemeente";
    assert!(page.contains(&row("WMO302", "op tijd")) && page.contains(&row(awaited, "open")), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn one_that_was_sent_and_not_confirmed_or_refused_says_so() {
    let world = World::start(
        &[GEMEENTE],
        "dashboard_login = false",
        Some("[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n"),
    )
    .await;
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    world.rest().await;
    let state = async |key: &str| world.get(GEMEENTE, "/v1/toewijzingen/0384/700101").await.body[key].clone();
    assert_eq!((state("state").await, state("delivery").await), (json!("sent"), json!("not-started")));
    let transport = &state("timeline").await[0]["transport"][0];
    assert_eq!((&transport["functie"], &transport["state"]), (&json!("WMO301"), &json!("delivered")));
    let page = world.get("", "/toewijzingen/0384/700101").await.text;
    assert!(page.contains("<p>afgeleverd</p>") && page.contains("WMO302 uiterlijk 07-03-2026: open"), "{page}");
    world.stop().await;
}
