//! Every page in a real browser: axe-core finds no serious or critical barrier, light and dark, wide and narrow; without scripts it reads the
//! same; nothing of it sticks out of a phone or of paper. axe-core comes with npm, which `./test` fetches; without it that part is passed over
//! and says so.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::chrome::Chrome;
use crate::maker::{prestatie, toewijzing, wmo301, wmo323};
use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};

/// The script of axe-core, where npm put it.
fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let found = fs::read_to_string(&file).ok();
    if found.is_none() {
        eprintln!("skipped: no axe-core at {}", file.display());
    }
    found
}

/// What axe-core finds in the page as it is shown now: impact, rule and element, of what is grave.
fn grave(chrome: &mut Chrome) -> Vec<Value> {
    const RUN: &str = "axe.run(document, {resultTypes: ['violations']}).then((found) => \
        found.violations.map((one) => [one.impact, one.id, one.nodes[0].html]))";
    let found = chrome.eval(RUN);
    let found = found.as_array().expect("what it found").iter();
    found.filter(|one| one[0] == "serious" || one[0] == "critical").cloned().collect()
}

/// One gemeente, one aanbieder, one that never answers, and the paths of every kind of page.
async fn every_page() -> (World, Vec<String>) {
    let silent = "[[parties]]\ncode = \"41005002\"\nretour = { bounce = \"IB010\" }\n";
    let world = World::start(&[GEMEENTE, AANBIEDER], "", Some(silent)).await;
    world.post(GEMEENTE, WMO301).await;
    world.post(GEMEENTE, WMO301.replace("TOEW-1", "TOEW-2").replace(AANBIEDER, "41005002")).await;
    let bericht = world.post(AANBIEDER, WMO305.replace("700101", "700999")).await.body["id"].clone();
    world.at("2026-06-01T09:00:00+02:00");
    world.rest().await;
    let lines = [prestatie("R1", json!({})), prestatie("R2", json!({"ToewijzingNummer": 700_999}))];
    let declared = world.post(AANBIEDER, wmo323("D1", "2026-06-01", &lines)).await.body["id"].clone();
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    let (bericht, declaratie) = (id(&bericht), id(&declared));
    let fixed = [
        "/",
        "/berichten",
        "/termijnen",
        "/toewijzingen",
        "/toewijzingen/0384/700101",
        "/wachtlijst",
        "/declaraties",
        "/betalingen",
        "/partners",
        "/partners/41005001",
        "/netwerk",
        "/regels",
        "/regels/TR019",
        "/controleer",
        "/logboek",
        "/handleiding",
        "/handleiding/medewerker",
        "/handleiding/beheer",
        "/nergens",
    ];
    let mut paths: Vec<String> = fixed.map(str::to_owned).to_vec();
    paths.extend([
        format!("/berichten/{bericht}"),
        format!("/clienten/{bericht}"),
        format!("/declaraties/{declaratie}"),
        format!("/declaraties/{declaratie}?uitkomst=afgewezen"),
    ]);
    (world, paths)
}

/// In light and in dark, wide and narrow.
fn has_no_barrier(chrome: &mut Chrome, axe: &str, (url, path): (&str, &str)) {
    chrome.go(url);
    chrome.eval(axe);
    chrome.eval("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
    for (width, dark) in [(1280, false), (1280, true), (390, true), (390, false)] {
        chrome.looks(width, dark);
        let found = grave(chrome);
        assert!(found.is_empty(), "{path}, {width} wide, dark: {dark}: {found:?}");
        let sticks_out = chrome.eval("document.documentElement.scrollWidth - innerWidth");
        assert!(sticks_out.as_i64().is_some_and(|wide| wide <= 0), "{path}, {width} wide: {sticks_out} px too wide");
    }
    chrome.looks(1280, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_serious_barrier_in_light_or_dark_wide_or_narrow() {
    let Some(axe) = axe() else { return };
    let Some(mut chrome) = Chrome::start() else { return };
    let (world, paths) = every_page().await;
    chrome.go("data:text/html,<img src=x>");
    chrome.eval(&axe);
    assert!(grave(&mut chrome).iter().any(|one| one[0] == "critical"), "a page with barriers is told");
    chrome.log_in(&world.url("/"), "operator");
    for path in &paths {
        has_no_barrier(&mut chrome, &axe, (&world.url(path), path));
    }
    // What is there only for who acts for a party.
    chrome.go(&world.url("/"));
    chrome.click("Uitloggen");
    chrome.log_in(&world.url("/"), AANBIEDER);
    let of_berichten = paths.iter().filter(|path| path.starts_with("/berichten/") || path.starts_with("/declaraties/"));
    for path in of_berichten.map(String::as_str).chain(["/", "/controleer", "/partners/41005001"]) {
        has_no_barrier(&mut chrome, &axe, (&world.url(path), path));
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_reads_the_same_without_scripts_and_fits_paper() {
    let Some(mut chrome) = Chrome::start() else { return };
    let (world, paths) = every_page().await;
    chrome.log_in(&world.url("/"), "operator");
    for path in paths {
        let read = |chrome: &mut Chrome| {
            chrome.go(&world.url(&path));
            (chrome.text("title"), chrome.text("main"), chrome.text("header"))
        };
        let with = read(&mut chrome);
        chrome.on_paper(true);
        assert_eq!(chrome.eval("getComputedStyle(document.querySelector('.top')).display"), "none", "{path}");
        let sticks_out = chrome.eval("document.documentElement.scrollWidth - innerWidth");
        assert!(sticks_out.as_i64().is_some_and(|wide| wide <= 0), "{path} on paper: {sticks_out} px too wide");
        chrome.on_paper(false);
        chrome.scripts(false);
        assert_eq!(read(&mut chrome), with, "{path}");
        chrome.scripts(true);
    }
    world.stop().await;
}

/// A declaratie of 2,000 lines, each on a toewijzing of its own, of which 78 are on one that is not there.
async fn a_big_declaratie(world: &World) -> (String, String) {
    let code = |nr: i64| format!("01{nr:03X}");
    let is_there = |nr: i64| nr % 25 != 0 || nr > 1950;
    let product = |nr: i64| json!({"Product": {"Categorie": "01", "Code": code(nr)}});
    let there = (1..=2000).filter(|nr| is_there(*nr)).map(|nr| toewijzing(700_000 + nr, product(nr)));
    let given = world.post(GEMEENTE, wmo301("T1", "2026-03-02", &there.collect::<Vec<_>>())).await;
    assert_eq!(given.body["verdict"], "accepted", "{}", given.body["findings"][0]);
    world.at("2026-06-01T09:00:00+02:00");
    let lines = (1..=2000).map(|nr| {
        let other = json!({
            "ToewijzingNummer": 700_000 + nr,
            "ProductCode": code(nr),
            "ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"},
        });
        prestatie(&format!("R{nr}"), other)
    });
    let declared = world.post(AANBIEDER, wmo323("D1", "2026-06-01", &lines.collect::<Vec<_>>())).await;
    assert_eq!(declared.body["verdict"], "partial", "{}", declared.body["findings"][0]);
    let id = |body: &Value| body["id"].as_str().expect("an id").to_owned();
    (id(&given.body), id(&declared.body))
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_about_a_declaratie_of_two_thousand_lines_stay_small() {
    let Some(mut chrome) = Chrome::start() else { return };
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    let (given, declaratie) = a_big_declaratie(&world).await;
    for path in [
        "/toewijzingen/0384/700001".to_owned(),
        "/toewijzingen/0384/701999".to_owned(),
        format!("/berichten/{declaratie}"),
        format!("/berichten/{given}"),
        format!("/declaraties/{declaratie}"),
        format!("/declaraties/{declaratie}?uitkomst=afgewezen"),
        format!("/clienten/{declaratie}?regel=1"),
        "/berichten".to_owned(),
        "/declaraties".to_owned(),
    ] {
        let page = world.get("", &path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.len() < 100_000, "{path}: {} bytes", page.text.len());
        chrome.go(&world.url(&path));
        let height = chrome.eval("document.documentElement.scrollHeight").as_i64().expect("a height");
        assert!(height < 5_000, "{path}: {height} px");
    }
    let last = world.get("", &format!("/declaraties/{declaratie}?bladzijde=40")).await.text;
    assert!(last.contains("<td>R2000</td>") && !last.contains("<td>R1950</td>"), "{last}");
    assert!(last.contains(">1</a>") && last.contains(" aria-current=\"page\">40</a>"), "{last}");
    let page = world.get("", &format!("/declaraties/{declaratie}")).await.text;
    assert!(page.contains("1922 toegekend, 78 afgewezen"), "{page}");
    world.stop().await;
}
