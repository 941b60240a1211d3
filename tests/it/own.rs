//! Who logs in with the token of a party sees what is its own on every page and in every file, and nothing of others.

use serde_json::json;

use crate::browser::section;
use crate::decide_page::value;
use crate::maker::{toewijzing, wmo301, wmo305};
use crate::pages::{Desk, link};
use crate::people::{id, told};
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, World};

/// An aanbieder that is here as well, and has nothing to do with the story.
const STRANGER: &str = "41005009";

/// What stands in the berichten of the story, and in no others.
const THEIRS: [&str; 8] = ["700101", "700102", "700999", "WMO301", "WMO305", "D1", "R2", BSN];

/// Lists, and lists as files.
const LISTS: [&str; 12] = [
    "/",
    "/berichten",
    "/berichten?verdict=rejected",
    "/toewijzingen",
    "/declaraties",
    "/termijnen",
    "/wachtlijst",
    "/berichten/als/csv",
    "/berichten/als/zip",
    "/declaraties/als/csv",
    "/termijnen/als/csv",
    "/partners/41005001/als/csv",
];

/// Whether what a desk reads tells of them: what stands in a form to choose from does not.
fn tells(text: &str) -> bool {
    let rows: String =
        text.split("<select").map(|part| part.split_once("</select>").map_or(part, |(_, rest)| rest)).collect();
    THEIRS.iter().any(|word| rows.contains(word))
}

async fn read(desk: &Desk<'_>, path: &str) -> String {
    String::from_utf8_lossy(&desk.bytes(path).await).into_owned()
}

/// A gemeente and an aanbieder with berichten of every kind, and two parties besides; the ids of the declaratie and of the start.
async fn four_parties() -> (World, String, String) {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE, STRANGER], "", None).await;
    let declaratie = told(&world).await;
    let waits = toewijzing(700_104, json!({"Ingangsdatum": "2026-06-01"}));
    assert_eq!(world.post(GEMEENTE, wmo301("T4", "2026-06-01", &[waits])).await.body["verdict"], "accepted");
    let wrong = world.post(AANBIEDER, wmo305("S9", "2026-06-01", 700_999, json!({}))).await;
    assert_eq!(wrong.body["verdict"], "rejected", "{}", wrong.text);
    (world, declaratie, id(&wrong.body))
}

#[tokio::test]
async fn a_party_reads_its_own_on_every_page_and_in_every_file_and_nothing_of_others() {
    let (world, declaratie, start) = four_parties().await;
    let pages = [
        format!("/berichten/{start}"),
        format!("/declaraties/{declaratie}"),
        format!("/declaraties/{declaratie}/csv"),
        format!("/declaraties/{declaratie}/xlsx"),
        format!("/clienten/{declaratie}?regel=1"),
        format!("/toewijzingen/{GEMEENTE}/700101"),
        format!("/partners/{AANBIEDER}"),
        format!("/partners/{GEMEENTE}"),
    ];
    for (partij, is_theirs) in [(GEMEENTE, true), (AANBIEDER, true), (ANDERE, false), (STRANGER, false)] {
        let desk = Desk::of(&world, partij).await;
        for path in &pages {
            let found = desk.answer(path).await.status;
            assert_eq!(found, if is_theirs { 200 } else { 404 }, "{partij} {path}");
        }
        // A choice that somebody made before counts for operators only.
        for desk in [desk.with("a=b"), desk.with(&format!("partij={GEMEENTE}"))] {
            for path in LISTS {
                let text = read(&desk, path).await;
                // Nothing was rejected that waits for the one, and a ZIP holds its names in the clear.
                let may_be_empty = ["/toewijzingen", "/partners/41005001/als/csv", "/"].contains(&path);
                assert!(tells(&text) == is_theirs || (is_theirs && may_be_empty), "{partij} {path}: {text}");
            }
        }
        let betalingen = desk.answer("/betalingen").await.status;
        assert_eq!(betalingen, if [GEMEENTE, ANDERE].contains(&partij) { 200 } else { 403 }, "{partij}");
        for path in ["/netwerk", "/netwerk/als/csv", "/partners", "/logboek"] {
            let refused = desk.answer(path).await;
            assert!(refused.status == 403 && refused.text.contains("<h1>"), "{partij} {path}: {}", refused.status);
        }
        let menu = desk.page("/").await;
        let has = |path: &str| menu.contains(&format!("<li><a href=\"{path}\""));
        assert!(!has("/netwerk") && !has("/partners") && !menu.contains("/logboek"), "{menu}");
        assert_eq!((has("/betalingen"), has("/declaraties")), (partij.len() == 4, true), "{partij}");
        assert!(!menu.contains("id=\"netwerk\"") && !menu.contains("id=\"partij\""), "{menu}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_party_finds_and_changes_nothing_of_others() {
    let (world, declaratie, start) = four_parties().await;
    let operator = Desk::of(&world, "operator").await;
    let deadlines = operator.page("/termijnen?wie=41005001").await;
    let deadline =
        deadlines.split_once("name=\"id\" value=\"").expect("a deadline").1.split('"').next().expect("an id");
    let before = world.store().audit(0, 500).await.expect("the audit log").len();
    for (partij, finds) in [(AANBIEDER, true), (ANDERE, false), (STRANGER, false)] {
        let desk = Desk::of(&world, partij).await;
        let key = value(&desk.page("/").await, "sleutel").expect("a key");
        for text in
            [BSN, "700101", "T1", "D1", GEMEENTE, AANBIEDER, "9019", "TR019", "01A03", "01-06-2026", "partij 0384"]
        {
            let asked = desk.send("/zoek", &[("sleutel", &key), ("zoek", text)]).await;
            let page = desk.page(asked.headers["location"].to_str().expect("a path")).await;
            assert_eq!(page.contains("<td class=\"line\">"), finds, "{partij} {text}: {page}");
            assert!(
                finds || (!page.contains("Alles over") && !page.contains("Partij 0384")),
                "{partij} {text}: {page}"
            );
        }
        let asked = desk.send("/zoek", &[("sleutel", &key), ("zoek", &start)]).await;
        let to = asked.headers["location"].to_str().expect("a path").to_owned();
        assert_eq!(to == format!("/berichten/{start}"), finds, "{partij}: {to}");
        if finds {
            continue;
        }
        let own = [("sleutel", key.as_str())];
        for path in [
            format!("/berichten/{start}/inhoud"),
            format!("/clienten/{declaratie}?regel=1"),
            format!("/declaraties/{declaratie}"),
        ] {
            assert_eq!(desk.send(&path, &own).await.status, 404, "{partij} {path}");
        }
        let correct = [("sleutel", key.as_str()), ("doe", "verbeteren"), ("van", &start)];
        assert_eq!(desk.send("/controleer", &correct).await.status, 404, "{partij}");
        let take = [("sleutel", key.as_str()), ("id", deadline), ("wie", "x"), ("waarom", "y"), ("doe", "oppakken")];
        let taken = desk.send("/termijnen", &take).await;
        assert!(taken.headers["location"].to_str().expect("a path").contains("gedaan=0&mislukt=1"), "{partij}");
        let contact = [("sleutel", key.as_str()), ("persoon", "x")];
        assert_eq!(desk.send(&format!("/partners/{AANBIEDER}"), &contact).await.status, 403, "{partij}");
    }
    let rows = world.store().audit(0, 500).await.expect("the audit log");
    let done: Vec<_> = rows[before..].iter().filter(|row| row.what != "berichten.searched").collect();
    assert!(done.is_empty(), "{done:?}");
    world.stop().await;
}

#[tokio::test]
async fn of_a_bericht_that_both_ends_read_each_reads_what_its_own_people_did() {
    let (world, _, start) = four_parties().await;
    let path = format!("/berichten/{start}");
    for token in ["operator", GEMEENTE, AANBIEDER] {
        let desk = Desk::of(&world, token).await;
        let key = value(&desk.page(&path).await, "sleutel").expect("a key");
        assert_eq!(desk.send(&format!("{path}/inhoud"), &[("sleutel", &key)]).await.status, 200, "{token}");
    }
    let operator = Desk::of(&world, "operator").await.page(&path).await;
    let own = Desk::of(&world, AANBIEDER).await.page(&path).await;
    let deeds = |page: &str| page.matches("persoonsgegevens van een bericht bekeken").count();
    assert_eq!((deeds(&operator), deeds(&own)), (3, 1), "{own}");
    world.stop().await;
}

#[tokio::test]
async fn a_party_hands_in_what_it_corrected_and_nobody_else_may() {
    let (world, _, start) = four_parties().await;
    let desk = Desk::of(&world, AANBIEDER).await;
    let page = desk.page(&format!("/berichten/{start}")).await;
    let key = value(&page, "sleutel").expect("a key");
    assert!(section(&page, "wat-nu").contains("Verbeter dit bericht"), "{page}");
    let form = desk.send("/controleer", &[("sleutel", &key), ("doe", "verbeteren"), ("van", &start)]).await;
    assert!(form.text.contains("S9") && form.text.contains("700999") && form.text.contains("Dien in"), "{}", form.text);
    let looks =
        |rows: &[iwmo_gateway::store::AuditView]| rows.iter().filter(|row| row.what == "bericht.revealed").count();
    assert_eq!(looks(&world.store().audit(0, 500).await.expect("the audit log")), 1, "it shows a person");
    let right =
        String::from_utf8(wmo305("S10", "2026-06-01", 700_104, json!({"Begindatum": "2026-06-01"}))).expect("UTF-8");
    let checked = desk.send("/controleer", &[("sleutel", &key), ("bericht", &right)]).await;
    assert!(
        checked.text.contains("In orde") && checked.text.contains("S10"),
        "it stands there again: {}",
        checked.text
    );
    let known = world.berichten().await.len();
    let sent = desk.send("/controleer", &[("sleutel", &key), ("bericht", &right), ("doe", "indienen")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let became = desk.page(sent.headers["location"].to_str().expect("a path")).await;
    assert!(became.contains("Dit bericht is goedgekeurd"), "{became}");
    assert_eq!(world.berichten().await.len(), known + 2, "with its retour");
    let again = desk.send("/controleer", &[("sleutel", &key), ("bericht", &right), ("doe", "indienen")]).await;
    assert_eq!(again.headers["location"], sent.headers["location"], "the same bytes are the same bericht");
    let spoilt = right.replace("S10", "S11").replace("<ond:", "<odn:").replace("Begindatum>", "Begindat>");
    let refused = desk.send("/controleer", &[("sleutel", &key), ("bericht", &spoilt), ("doe", "indienen")]).await;
    let told = desk.page(refused.headers["location"].to_str().expect("a path")).await;
    assert!(told.contains("geweigerd") && told.contains("Verbeter dit bericht"), "{told}");
    for other in [STRANGER, "operator"] {
        let desk = Desk::of(&world, other).await;
        let key = value(&desk.page("/controleer").await, "sleutel").expect("a key");
        let theirs = right.replace("S10", "S12");
        let sent = desk.send("/controleer", &[("sleutel", &key), ("bericht", &theirs), ("doe", "indienen")]).await;
        if other == "operator" {
            assert_eq!(sent.status, 403, "{}", sent.text);
        } else {
            let told = desk.page(sent.headers["location"].to_str().expect("a path")).await;
            assert!(told.contains("geweigerd") && !told.contains("goedgekeurd"), "{told}");
        }
        let page = desk.page("/controleer").await;
        assert_eq!(page.contains("Dien in"), other != "operator", "{page}");
    }
    let bare = desk.send("/controleer", &[("bericht", &right), ("doe", "indienen")]).await;
    assert_eq!(bare.status, 403, "not from this session");
    assert!(link(&became, "WMO306").starts_with("/berichten/"), "{became}");
    world.stop().await;
}
