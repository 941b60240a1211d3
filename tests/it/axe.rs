//! axe-core on the pages, in a real browser: no serious or critical finding, light and dark, wide and narrow. The script comes with
//! npm, which `./test` fetches; without it, or without a browser, this is passed over and says so.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::maker::{prestatie, wmo323};
use crate::pages::Desk;
use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};

const CHROMIUM: &str = "/usr/bin/chromium";

/// Runs when the page is there, and leaves what it found in the page.
const RUN: &str = "axe.run(document, {resultTypes: ['violations']}).then((found) => { const place = document.createElement('pre'); \
    place.id = 'axe-result'; place.textContent = JSON.stringify(found.violations.map((one) => [one.impact, one.id, one.nodes[0].html])); \
    document.body.append(place); });";

/// The script of axe-core, where npm put it.
fn axe() -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/axe/node_modules/axe-core/axe.min.js");
    let found = fs::read_to_string(&file).ok().filter(|_| Path::new(CHROMIUM).exists());
    if found.is_none() {
        eprintln!("skipped: no browser, or no axe-core at {}", file.display());
    }
    found
}

/// A page as one file, with its looks and axe-core in it.
fn alone(page: &str, css: &str, axe: &str) -> String {
    let begin = page.find("<link rel=\"stylesheet\"").expect("a stylesheet");
    let (head, rest) = page.split_at(begin);
    let body = rest.split_once("</head>").expect("its head").1.replace("</body>", "");
    format!("{head}<style>{css}</style></head>{body}<script>{axe}</script><script>{RUN}</script></body></html>")
}

/// What axe-core found in it: impact, rule and element.
fn findings(html: &str, width: u32) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.html");
    fs::write(&file, html).expect("a page");
    let output = Command::new(CHROMIUM)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--virtual-time-budget=20000", "--dump-dom", &format!("--window-size={width},900")])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("a browser");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = dom.split_once("<pre id=\"axe-result\">").and_then(|(_, rest)| rest.split_once("</pre>"));
    let found = found.unwrap_or_else(|| panic!("axe-core gave no result: {dom}")).0;
    let found = found.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    serde_json::from_str(&found).expect("what it found")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_has_a_serious_barrier_in_light_or_dark_wide_or_narrow() {
    let Some(axe) = axe() else { return };
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let bericht = world.post(AANBIEDER, WMO305.replace("700101", "700999")).await.body["id"].clone();
    world.at("2026-06-01T09:00:00+02:00");
    let declared =
        world.post(AANBIEDER, wmo323("D1", "2026-06-01", &[prestatie("R1", json!({}))])).await.body["id"].clone();
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    let paths = [
        "/".to_owned(),
        "/berichten".to_owned(),
        format!("/berichten/{}", id(&bericht)),
        "/termijnen".to_owned(),
        "/toewijzingen".to_owned(),
        "/toewijzingen/0384/700101".to_owned(),
        "/wachtlijst".to_owned(),
        "/declaraties".to_owned(),
        format!("/declaraties/{}", id(&declared)),
        "/betalingen".to_owned(),
        "/netwerk".to_owned(),
        "/regels/TR019".to_owned(),
        "/controleer".to_owned(),
        "/logboek".to_owned(),
        "/handleiding/medewerker".to_owned(),
    ];
    let desk = Desk::of(&world, "operator").await;
    let (tokens, rest) =
        (world.get("", "/assets/thema.css").await.text, world.get("", "/assets/dashboard.css").await.text);
    let dark = tokens.replace("@media (prefers-color-scheme: dark)", "@media all");
    assert_ne!(dark, tokens);
    let broken = "<!doctype html><html><head><link rel=\"stylesheet\"></head><body><img src=\"x\"></body></html>";
    let told = tokio::task::block_in_place(|| findings(&alone(broken, "", &axe), 1280));
    assert!(told.iter().any(|one| one[0] == "critical"), "a page with barriers is told: {told:?}");
    for path in paths {
        let page = desk.page(&path).await;
        for (looks, tokens, width) in [("light", &tokens, 1280), ("dark", &dark, 500)] {
            let html = alone(&page, &format!("{tokens}{rest}"), &axe);
            let found = tokio::task::block_in_place(|| findings(&html, width));
            let grave: Vec<_> = found.iter().filter(|one| one[0] == "serious" || one[0] == "critical").collect();
            assert!(grave.is_empty(), "{path}, {looks}, {width} wide: {grave:?}");
        }
    }
    world.stop().await;
}
