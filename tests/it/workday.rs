//! Three people at work in a real browser, from login to done: who looks after the traffic at half past eight, who is asked about one
//! client's declaratie, and who corrects a start at an aanbieder, each with a token of its own. The pictures of README and manual are made here (`IWMO_PICTURES=1`).

use serde_json::json;

use crate::chrome::Chrome;
use crate::maker::{prestatie, toewijzing, wmo301, wmo305, wmo315, wmo323};
use crate::pages::Desk;
use crate::world::{AANBIEDER, BSN, GEMEENTE, World};

/// Of an aanbieder on the network, who never answers.
const SILENT: &str = "41005002";
/// Of one that the network does not know.
const UNKNOWN: &str = "41005003";

async fn a_gemeente_and_an_aanbieder_and_one_that_never_answers() -> World {
    let silent = format!(
        "[[parties]]\ncode = \"{SILENT}\"\nretour = \"never\"\n[[parties]]\ncode = \"{UNKNOWN}\"\nretour = {{ bounce = \"IB010\" }}\n"
    );
    let world = World::start(&[GEMEENTE, AANBIEDER], "", Some(&silent)).await;
    for (nr, aanbieder) in [(0, SILENT), (1, SILENT), (2, SILENT), (3, UNKNOWN)] {
        let given = wmo301(&format!("STIL-{nr}"), "2026-03-02", &[toewijzing(700_201 + nr, json!({}))]);
        let text = String::from_utf8(given).expect("UTF-8").replace(AANBIEDER, aanbieder);
        assert_eq!(world.post(GEMEENTE, text).await.status, 202);
    }
    let given = wmo301("TOEW-1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    assert_eq!(world.post(GEMEENTE, given).await.body["verdict"], "accepted");
    assert_eq!(world.post(AANBIEDER, wmo315("VERZOEK-1", "2026-03-04", "REF-1")).await.body["verdict"], "accepted");
    world.rest().await;
    world.at("2026-03-10T08:30:00+01:00");
    world.rest().await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn three_people_do_their_work_from_login_to_done() {
    let Some(mut chrome) = Chrome::start() else { return };
    let world = a_gemeente_and_an_aanbieder_and_one_that_never_answers().await;
    half_past_eight(&mut chrome, &world).await;
    a_start_is_corrected(&mut chrome, &world).await;
    a_rejected_declaratie(&mut chrome, &world).await;
    world.stop().await;
}

/// By keys alone: what is late, who must act, and that somebody looks after it.
async fn half_past_eight(chrome: &mut Chrome, world: &World) {
    chrome.log_in(&world.url("/"), "operator");
    assert!(chrome.text("h1").starts_with("Vandaag"), "{}", chrome.text("main"));
    assert!(chrome.text(".stand").starts_with("Stand van 08:30"), "{}", chrome.text(".stand"));
    assert!(chrome.text("#wij").contains("Partij 0384 (0384) 0 1"), "{}", chrome.text("#wij"));
    assert!(chrome.text("#netwerk").contains("IB010"), "{}", chrome.text("#netwerk"));
    let theirs = chrome.text("#zij");
    assert!(theirs.contains("41005002 3 × WMO302 3 0 3 dagen te laat 0 opgepakt, 3 vrij"), "{theirs}");
    chrome.picture("dashboard.png", (1280, 1000));
    chrome.tab_to("Naar de inhoud");
    chrome.tab_to("3 × WMO302");
    chrome.press_enter();
    for nr in [2, 0] {
        chrome.tab_to(if nr == 2 { "Kies alles op deze bladzijde" } else { "Kies WMO302" });
        chrome.press_space();
    }
    let ticked = chrome.eval("document.querySelectorAll('input[name=id]:checked').length");
    assert_eq!(ticked, 2, "all by the box on top, and one of them not");
    chrome.tab_to("Wie pakt het op");
    chrome.type_in("Bea");
    chrome.tab_to("Waarom");
    chrome.type_in("Gebeld; stuurt morgen.");
    chrome.picture("handleiding/termijnen.png", (1280, 900));
    chrome.tab_to("Pak op");
    chrome.press_enter();
    assert!(chrome.text("[role=status]").starts_with("2 bijgewerkt"), "{}", chrome.text("main"));
    chrome.tab_to("Vandaag");
    chrome.press_enter();
    assert!(chrome.text("#zij").contains("2 opgepakt, 1 vrij"), "{}", chrome.text("#zij"));
    chrome.tab_to(SILENT);
    chrome.press_enter();
    chrome.tab_to("Wijzig het contact");
    chrome.open();
    chrome.tab_to("Wie belt u daar");
    chrome.type_in("Zorgloket");
    chrome.tab_to("Telefoon");
    chrome.type_in("030 123 45 67");
    chrome.tab_to("Bewaar contact");
    chrome.press_enter();
    assert!(chrome.text("#contact").contains("Zorgloket Telefoon 030 123 45 67"), "{}", chrome.text("#contact"));
    chrome.tab_to("Uitloggen");
    chrome.press_enter();
    assert!(chrome.path().starts_with("/login"), "{}", chrome.path());
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = rows.iter().filter(|row| row.who == "operator").map(|row| row.what.as_str()).collect();
    assert_eq!(told, ["deadline.acknowledged", "deadline.acknowledged", "partner.contact"]);
}

/// Did it arrive, what is wrong with it, and is it right now?
async fn a_start_is_corrected(chrome: &mut Chrome, world: &World) {
    let wrong = wmo305("START-1", "2026-03-10", 700_999, json!({}));
    assert_eq!(world.post(AANBIEDER, wrong).await.body["verdict"], "rejected");
    chrome.log_in(&world.url("/"), AANBIEDER);
    assert!(!chrome.text("header").contains("Netwerk"), "what is of all parties: {}", chrome.text("header"));
    chrome.click("Berichten");
    chrome.eval("document.querySelector('#verdict').value = 'rejected'");
    chrome.click("Toon");
    chrome.click("WMO305 START-1");
    assert!(chrome.text(".notice").starts_with("Dit bericht is afgekeurd: er "), "{}", chrome.text(".notice"));
    assert!(chrome.text("#bevindingen").contains("TR019 9019"), "{}", chrome.text("#bevindingen"));
    chrome.unfold("Toon de inhoud");
    assert!(chrome.text("#inhoud-bericht").contains("TR019: "), "at its place: {}", chrome.text("#inhoud-bericht"));
    chrome.picture("handleiding/bericht.png", (1280, 1000));
    chrome.click("TR019");
    assert!(chrome.text("#uitleg").contains("Goed"), "{}", chrome.text("main"));
    chrome.click("Berichten");
    chrome.click("WMO305 START-1");
    chrome.click("Verbeter dit bericht");
    let corrected = "(() => { const box = document.querySelector('#xml'); \
        box.value = box.value.replace('START-1', 'START-2').replace('700999', '700101'); return box.value; })()";
    assert!(chrome.eval(corrected).as_str().is_some_and(|xml| xml.contains("START-2")), "{}", chrome.text("main"));
    chrome.click_in("#bericht", "Controleer");
    assert!(chrome.text("#verslag").contains("WMO305 3.2: In orde."), "{}", chrome.text("main"));
    chrome.picture("handleiding/controleer.png", (1280, 900));
    chrome.click("Dien in");
    assert!(chrome.text("h1").contains("WMO305 START-2"), "{}", chrome.text("h1"));
    assert!(chrome.text(".notice").starts_with("Dit bericht is goedgekeurd"), "{}", chrome.text(".notice"));
    chrome.click("Uitloggen");
}

/// What was rejected of one client, why, and what to send back.
async fn a_rejected_declaratie(chrome: &mut Chrome, world: &World) {
    world.at("2026-06-01T09:00:00+02:00");
    let lines = [prestatie("R1", json!({})), prestatie("R2", json!({"ToewijzingNummer": 700_999}))];
    let declared = world.post(AANBIEDER, wmo323("D1", "2026-06-01", &lines)).await;
    assert_eq!(declared.body["verdict"], "partial", "{}", declared.text);
    chrome.log_in(&world.url("/"), "operator");
    chrome.tab_to("Zoek");
    chrome.type_in(BSN);
    chrome.press_enter();
    assert!(!chrome.path().contains(BSN) && chrome.path().starts_with("/zoek/"), "{}", chrome.path());
    chrome.click("Alles over deze cliënt");
    assert!(!chrome.text("body").contains(BSN), "hidden");
    let declaraties = chrome.text("#declaraties");
    assert!(declaraties.ends_with("€ 200,00 € 100,00 2 1 afgewezen"), "{declaraties}");
    chrome.picture("handleiding/client.png", (1280, 900));
    chrome.click("1 afgewezen");
    let lines = chrome.text("#regels");
    assert!(lines.contains("R2") && lines.contains("TR338 Er is geen toewijzing"), "{lines}");
    assert!(chrome.text("#per-regel").contains("1 regel afgewezen: 1 × TR338"), "{}", chrome.text("main"));
    chrome.picture("handleiding/declaratie.png", (1280, 1000));
    let csv = chrome.eval("[...document.querySelectorAll('a')].find((one) => one.innerText === 'CSV').pathname");
    let table = Desk::of(world, "operator").await.answer(csv.as_str().expect("a path")).await.text;
    assert!(table.lines().any(|row| row.contains("\"R2\"") && row.contains(";nee;")), "{table}");
    chrome.click_in("main", "Bericht");
    assert!(chrome.text("#wat-nu").contains("Bekijk de regels die zijn afgewezen."), "{}", chrome.text("#wat-nu"));
    chrome.click("Uitloggen");
}
