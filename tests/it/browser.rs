//! The dashboard, in a real browser where it is about what a person sees, and over HTTP where it is about
//! who may see it.

use std::path::Path;
use std::process::Command;

use iwmo_gateway::domain::afspraken::list;
use reqwest::redirect::Policy;
use serde_json::json;

use crate::maker::{prestatie, toewijzing, wmo301, wmo323};
use crate::world::{AANBIEDER, BSN, GEMEENTE, WMO301, WMO305, World};

/// Where Debian puts the browser.
const CHROMIUM: &str = "/usr/bin/chromium";

/// The page as the browser has it after rendering; `None`, said aloud, where there is no browser.
fn rendered(url: &str) -> Option<String> {
    if !Path::new(CHROMIUM).exists() {
        assert!(std::env::var("IWMO_REQUIRE_BROWSER").is_err(), "{CHROMIUM} is required and absent");
        eprintln!("skipped: no browser at {CHROMIUM}");
        return None;
    }
    let profile = tempfile::tempdir().expect("a profile");
    let output = Command::new(CHROMIUM)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(url)
        .output()
        .expect("a browser");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The part of the page with this id, without tags.
pub fn section(page: &str, id: &str) -> String {
    let start = page.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no section {id} in {page}"));
    let html = &page[start..start + page[start..].find("</section>").expect("its end")];
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_is_overdue_what_is_stuck_and_what_came_in() {
    let silent = "[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n[[parties]]\ncode = \"41005002\"\nretour = { bounce = \"IB010\" }\n";
    let world = World::start(&[GEMEENTE], "dashboard_login = false", Some(silent)).await;
    world.post(GEMEENTE, WMO301).await;
    world.post(GEMEENTE, WMO301.replace("TOEW-1", "TOEW-2").replace(AANBIEDER, "41005002")).await;
    world.post(GEMEENTE, WMO301.replace("<b:Geslacht>", "<b:Geslecht>")).await;
    world.rest().await;
    world.at("2026-03-08T08:00:00+01:00");
    world.rest().await;
    let url = world.url("/");
    let page = tokio::task::spawn_blocking(move || rendered(&url)).await.expect("no panic");
    if let Some(page) = page {
        let theirs = section(&page, "zij");
        assert!(theirs.ends_with("Opgepakt 41005001 1 × WMO302 1 0 1 dag te laat 0 opgepakt, 1 vrij"), "{theirs}");
        let network = section(&page, "netwerk");
        assert!(network.contains("IB010") && network.ends_with("geweigerd door het netwerk 1"), "{network}");
        assert!(section(&page, "wij").contains("Er wacht niets op ons."), "{page}");
        assert!(!page.contains(BSN) && !page.contains("Verhoeven"), "a person on the dashboard");
    }
    let url = world.url("/berichten");
    let page = tokio::task::spawn_blocking(move || rendered(&url)).await.expect("no panic");
    if let Some(page) = page {
        let berichten = section(&page, "berichten");
        assert!(berichten.contains("WMO301 TOEW-1 Partij 0384 (0384) → 41005001 API geaccepteerd"), "{berichten}");
        assert!(berichten.contains("geweigerd"), "{berichten}");
        assert!(!page.contains(BSN) && !page.contains("Verhoeven"), "a person on the dashboard");
    }
    world.stop().await;
}

/// How many lines each rule rejects, and what is granted and what is not by toewijzing.
fn tells_sums(page: &str) {
    assert!(page.contains("1 regel afgewezen: <a") && page.contains(">1 × TR338</a>"), "{page}");
    let sums = page.split_once("id=\"per-toewijzing\"").expect("sums").1.split_once("</details>").expect("its end").0;
    let cells = |text: &str| sums.contains(&format!("<td class=\"line\">{text}</td>"));
    assert!(cells("€ 100,00") && cells("€ 0,00"), "{sums}");
    assert!(sums.contains("1 toegekend, 0 afgewezen") && sums.contains("4 uur van 4 uur"), "{sums}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaratie_is_shown_line_by_line_with_what_is_left_of_its_toewijzing() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    world.at("2026-06-01T09:00:00+02:00");
    let of_budget =
        toewijzing(700_102, json!({"Product": {"Categorie": "01", "Code": null}, "Omvang": null, "Budget": 100_000}));
    for (identificatie, given) in [("T1", toewijzing(700_101, json!({}))), ("T2", of_budget)] {
        let answer = world.post(GEMEENTE, wmo301(identificatie, "2026-03-02", &[given])).await;
        assert_eq!(answer.body["verdict"], "accepted", "{}", answer.text);
    }
    let strange = prestatie("<b>R2</b>", json!({"ToewijzingNummer": 700_999}));
    let posted = world.post(AANBIEDER, wmo323("D1", "2026-06-01", &[prestatie("R1", json!({})), strange])).await;
    let id = posted.body["id"].as_str().expect("an id").to_owned();
    let show = async |path: String| {
        let url = world.url(&path);
        tokio::task::spawn_blocking(move || rendered(&url)).await.expect("no panic")
    };
    if let Some(page) = show(format!("/declaraties/{id}")).await {
        let totals = section(&page, "totalen");
        assert!(
            totals.contains(
                "Gedeclareerd € 200,00 Toegekend € 100,00 Te betalen € 100,00 Regels 1 toegekend, 1 afgewezen"
            ),
            "{totals}"
        );
        let lines = section(&page, "regels");
        assert!(lines.contains("1 R1 700101 01 / 01A03") && lines.contains("4 uur € 100,00 toegekend"), "{lines}");
        assert!(
            lines.contains("&lt;b&gt;R2&lt;/b&gt; 700999")
                && lines.contains("afgewezen TR338 Er is geen toewijzing")
                && lines.contains("meer HVB-04"),
            "{lines}"
        );
        for table in ["csv", "xlsx"] {
            assert!(page.contains(&format!("<a href=\"/declaraties/{id}/{table}\">")), "no {table} on {page}");
        }
        assert!(!page.contains("<polyline"), "of two toewijzingen none is looked at");
        tells_sums(&page);
        assert!(!page.contains(BSN) && !page.contains("Verhoeven"), "a person on the dashboard");
    }
    if let Some(page) = show(format!("/declaraties/{id}?uitkomst=toegekend&toewijzing=700101")).await {
        let lines = section(&page, "regels");
        assert!(lines.contains("1 R1 700101") && !lines.contains("R2"), "{lines}");
        assert!(page.contains("<polyline points=\"0,0 55,0 55,3 600,3\""), "{page}");
        assert!(page.contains("Volume van de toewijzing") && page.contains("Over: 128 uur van 132 uur."), "{page}");
    }
    if let Some(page) = show(format!("/declaraties/{id}?uitkomst=afgewezen&regel=TR339")).await {
        assert!(section(&page, "regels").contains("Er zijn geen regels"), "{page}");
    }
    if let Some(page) = show(format!("/declaraties/{id}?toewijzing=700102")).await {
        assert!(section(&page, "regels").contains("Er zijn geen regels"), "{page}");
        assert!(
            page.contains("Budget van de toewijzing") && page.contains("Over: € 1.000,00 van € 1.000,00."),
            "{page}"
        );
    }
    let client = reqwest::Client::new();
    let bericht = world.request(|_| client.get(world.url(&format!("/berichten/{id}")))).await;
    assert!(bericht.text.contains(&format!("<a href=\"/declaraties/{id}\">")), "{}", bericht.text);
    assert_eq!(world.request(|_| client.get(world.url("/declaraties/nergens"))).await.status, 404);
    world.stop().await;
}

#[tokio::test]
async fn the_dashboard_asks_to_log_in() {
    let world = World::both_local().await;
    world.post(AANBIEDER, WMO305).await;
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let (url, login) = (world.url("/"), world.url("/login"));
    let outside = world.request(|_| client.get(&url)).await;
    assert_eq!((outside.status, outside.headers["location"].as_bytes()), (303, &b"/login"[..]));
    let refused = world.request(|_| client.post(&login).form(&[("token", "guess")])).await;
    assert_eq!(refused.status, 403);
    assert!(refused.headers.get("set-cookie").is_none() && refused.text.contains("Dit token is niet bekend."));
    let entered = world.request(|_| client.post(&login).form(&[("token", "operator")])).await;
    assert_eq!(entered.status, 303);
    let cookie = entered.headers["set-cookie"].to_str().expect("a cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let session = cookie.split(';').next().expect("name and value").to_owned();
    let inside = world.request(|_| client.get(&url).header("cookie", &session)).await;
    assert!(inside.text.contains("<title>Vandaag"), "{}", inside.text);
    let list = world.request(|_| client.get(world.url("/berichten")).header("cookie", &session)).await;
    assert!(section(&list.text, "berichten").contains("WMO305 START-1"), "{}", list.text);
    assert!(
        inside.headers["content-security-policy"].to_str().is_ok_and(|policy| policy.starts_with("default-src 'none'"))
    );
    world.request(|_| client.post(world.url("/logout")).header("cookie", &session)).await;
    assert_eq!(world.request(|_| client.get(&url).header("cookie", &session)).await.status, 303);
    world.stop().await;
}

/// Logs in over HTTP; the cookie of the session.
pub async fn session_of(world: &World, token: &str) -> String {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let entered = world.request(|_| client.post(world.url("/login")).form(&[("token", token)])).await;
    assert_eq!(entered.status, 303, "{token}: {}", entered.text);
    let cookie = entered.headers["set-cookie"].to_str().expect("a cookie");
    cookie.split(';').next().expect("name and value").to_owned()
}

#[tokio::test]
async fn the_lines_of_a_declaratie_are_downloaded_by_who_is_logged_in() {
    let world = World::both_local().await;
    let told = wmo323("D1", "2026-06-01", &[prestatie("=1+1", json!({}))]);
    world.at("2026-06-01T09:00:00+02:00");
    let id = world.post(AANBIEDER, told).await.body["id"].as_str().expect("an id").to_owned();
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let get = async |path: &str, cookie: &str| {
        let url = world.url(&format!("/declaraties/{path}"));
        world.request(|_| client.get(url).header("cookie", cookie)).await
    };
    let session = session_of(&world, "operator").await;
    for (table, media) in [
        ("csv", "text/csv; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ] {
        let path = format!("{id}/{table}");
        for outside in ["", "session=guess"] {
            let refused = get(&path, outside).await;
            assert_eq!((refused.status, refused.headers["location"].as_bytes()), (303, &b"/login"[..]), "{outside}");
            assert_eq!(refused.text, "");
        }
        let url = world.url(&format!("/declaraties/{path}"));
        let party = world.request(|_| client.get(url).bearer_auth(AANBIEDER)).await;
        assert_eq!(party.status, 303, "a token of the API opens no page");
        let given = get(&path, &session).await;
        assert_eq!((given.status, given.headers["content-type"].as_bytes()), (200, media.as_bytes()));
        let name = given.headers["content-disposition"].to_str().expect("plain letters");
        assert_eq!(name, format!("attachment; filename=\"declaratie-D1.{table}\""));
        assert_eq!(get(&format!("nergens/{table}"), &session).await.status, 404);
    }
    let csv = get(&format!("{id}/csv"), &session).await.text;
    assert!(csv.lines().nth(1).is_some_and(|row| row.starts_with("\"'=1+1\";")), "{csv}");
    assert!(!csv.contains(BSN), "{csv}");
    world.stop().await;
}

#[tokio::test]
async fn every_rule_has_a_page_for_everybody_and_a_finding_leads_to_it() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    let rejected = world.post(AANBIEDER, WMO305).await.body;
    let client = reqwest::Client::new();
    let get = async |path: String| world.request(|_| client.get(world.url(&path))).await;
    let id = rejected["id"].as_str().expect("an id");
    let bericht = get(format!("/berichten/{id}")).await;
    let findings = section(&bericht.text, "bevindingen");
    assert!(findings.contains("TR019 9019 31:9 /Bericht/Client/StartProducten/StartProduct[1]"), "{findings}");
    assert!(bericht.text.contains("<a href=\"/regels/TR019\">"), "{}", bericht.text);
    assert!(get("/berichten".to_owned()).await.text.contains("<a href=\"/regels/TR019\">TR019</a>"));
    assert!(!bericht.text.contains(BSN), "a person on the dashboard");

    let page = get("/regels/tr019".to_owned()).await;
    let uitleg = section(&page.text, "uitleg");
    for part in ["Waarom", "Fout", "Goed", "9019", "iWmo 3.2 en 2.3"] {
        assert!(uitleg.contains(part), "{part} is missing in {uitleg}");
    }
    let releases = section(&page.text, "releases");
    assert!(releases.contains("3.2 eerder WMO305, WMO307 ja, in WMO305, WMO307"), "{releases}");
    assert!(section(&page.text, "english").contains("Why Without a toewijzing there is no order."), "{}", page.text);

    let table = section(&get("/regels".to_owned()).await.text, "regels");
    let codes = [include_str!("../../fixtures/regels.txt"), include_str!("../../fixtures/regels-2.x.txt")];
    for code in codes.iter().flat_map(|list| list.lines()) {
        assert!(table.contains(code), "{code} is missing in {table}");
    }
    let page = get("/regels/mlw-06".to_owned()).await;
    let uitleg = section(&page.text, "uitleg");
    for part in ["Waarom", "geen regel van iWmo", "mlw-2018", "waarschuwing", "Midden-Limburg West"] {
        assert!(uitleg.contains(part), "{part} is missing in {uitleg}");
    }
    let table = section(&get("/regels".to_owned()).await.text, "afspraken");
    assert!(list().iter().all(|afspraak| table.contains(afspraak.id)), "{table}");
    for (path, status) in [("/regels/TR999", 404), ("/berichten/nergens", 404), ("/regels/OP295", 200)] {
        assert_eq!(get(path.to_owned()).await.status, status, "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_bericht_is_shown_after_a_login_only_and_a_rule_to_everybody() {
    let world = World::both_local().await;
    let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
    let rejected = world.post(AANBIEDER, WMO305).await.body;
    let bericht = world.url(&format!("/berichten/{}", rejected["id"].as_str().expect("an id")));
    let outside = world.request(|_| client.get(&bericht)).await;
    assert_eq!((outside.status, outside.headers["location"].as_bytes()), (303, &b"/login"[..]));
    assert_eq!(world.request(|_| client.get(world.url("/regels/TR019"))).await.status, 200);
    world.stop().await;
}
