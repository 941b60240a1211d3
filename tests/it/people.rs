//! The pages of one client and of one partner, and lists as files: what they hold, and what they never show.

use std::io::{Cursor, Read as _};

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::{Value, json};

use crate::browser::section;
use crate::decide_page::value;
use crate::maker::{prestatie, toewijzing, wmo301, wmo305, wmo323};
use crate::pages::{Desk, link};
use crate::postgres::fresh_database;
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, WMO305, World};

const OTHER_BSN: &str = "999990019";

pub fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

/// Two toewijzingen, a start, and a declaratie with a line on a toewijzing that is not there; its id.
pub async fn told(world: &World) -> String {
    let other = json!({"Product": {"Categorie": "01", "Code": "01B07"}, "Einddatum": "2026-11-30"});
    let two = [toewijzing(700_101, json!({})), toewijzing(700_102, other)];
    let given = world.post(GEMEENTE, wmo301("T1", "2026-03-02", &two)).await;
    assert_eq!(given.body["verdict"], "accepted", "{}", given.text);
    let started = world.post(AANBIEDER, wmo305("S1", "2026-03-04", 700_101, json!({}))).await;
    assert_eq!(started.body["verdict"], "accepted", "{}", started.text);
    world.at("2026-06-01T09:00:00+02:00");
    let lines = [
        prestatie("R1", json!({})),
        prestatie("R2", json!({"ToewijzingNummer": 700_999})),
        prestatie("R3", json!({"Bsn": OTHER_BSN, "ToewijzingNummer": 700_998})),
    ];
    let declared = world.post(AANBIEDER, wmo323("D1", "2026-06-01", &lines)).await;
    assert_eq!((declared.status, &declared.body["verdict"]), (202, &json!("partial")), "{}", declared.text);
    id(&declared.body)
}

#[tokio::test]
async fn a_client_has_one_page_that_names_no_bsn_until_somebody_asks() {
    let world = World::both_local().await;
    one_client(&world).await;
    world.stop().await;
}

#[tokio::test]
async fn a_client_has_one_page_on_postgres() {
    let Some(url) = fresh_database().await else { return };
    let world = World::on_postgres(&url).await;
    one_client(&world).await;
    world.stop().await;
}

async fn one_client(world: &World) {
    let declaratie = told(world).await;
    let desk = Desk::of(world, "operator").await;
    let found = desk.page("/berichten?berichtsoort=WMO305").await;
    let bericht = desk.page(&link(&found, "WMO305 S1")).await;
    let to = link(&bericht, "Alles over deze cliënt");
    let page = desk.page(&to).await;
    let toewijzingen = section(&page, "toewijzingen");
    assert!(toewijzingen.contains("700102 Partij 0384 (0384) → Partij 41005001 (41005001)"), "{toewijzingen}");
    assert!(
        toewijzingen.contains("700101") && toewijzingen.contains("01 / 01B07 03-03-2026 – 30-11-2026"),
        "{toewijzingen}"
    );
    let declaraties = section(&page, "declaraties");
    assert!(declaraties.ends_with("€ 200,00 € 100,00 2 1 afgewezen"), "the lines of this client alone: {declaraties}");
    let berichten = section(&page, "berichten");
    for name in ["WMO301 T1", "WMO305 S1", "WMO323 D1"] {
        assert!(berichten.contains(name), "{name}: {berichten}");
    }
    assert!(!page.contains(BSN) && !to.contains(BSN), "hidden: {page}");
    let rejected = section(&desk.page(&link(&page, "1 afgewezen")).await, "regels");
    assert!(rejected.contains("R2") && !rejected.contains("R1 "), "{rejected}");
    for same in [format!("/clienten/{declaratie}?regel=1"), format!("/clienten/{declaratie}?regel=2")] {
        assert!(section(&desk.page(&same).await, "toewijzingen").contains("700101"), "{same}");
    }
    let other = desk.page(&format!("/clienten/{declaratie}?regel=3")).await;
    assert!(section(&other, "toewijzingen").contains("Er is geen toewijzing"), "{other}");
    assert!(section(&other, "declaraties").ends_with("€ 100,00 € 0,00 1 1 afgewezen"), "{other}");
    for nobody in
        [format!("/clienten/{declaratie}"), format!("/clienten/{declaratie}?regel=4"), "/clienten/x".to_owned()]
    {
        assert_eq!(desk.answer(&nobody).await.status, 404, "{nobody}");
    }
    let key = value(&page, "sleutel").expect("a key");
    assert_eq!(desk.send(&to, &[("sleutel", "guess")]).await.status, 403);
    let shown = desk.send(&to, &[("sleutel", &key)]).await;
    assert!(shown.status == 200 && section(&shown.text, "wie").contains(BSN), "{}", shown.text);
    let without = reqwest::Client::new().post(world.url("/zoek")).form(&[("zoek", BSN)]);
    assert!(world.request(|_| without).await.text.contains("<title>Inloggen"), "not without a login");
    let asked = desk.send("/zoek", &[("sleutel", &key), ("zoek", "partij 4100")]).await;
    let result = desk.page(asked.headers["location"].to_str().expect("a path")).await;
    assert!(result.contains("Gelezen als de naam van een partij: Partij 41005001"), "{result}");
    assert!(link(&result, "Alles over Partij 41005001").ends_with("/partners/41005001"), "{result}");
    let line = desk.page(&format!("/declaraties/{declaratie}")).await;
    assert!(section(&desk.page(&link(&line, "Cliënt van regel 1")).await, "toewijzingen").contains("700101"), "{line}");
    let asked = desk.send("/zoek", &[("sleutel", &key), ("zoek", BSN)]).await;
    let result = desk.page(asked.headers["location"].to_str().expect("a path")).await;
    assert!(desk.page(&link(&result, "Alles over deze cliënt")).await.contains("700101"), "{result}");
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let times = |what: &str| rows.iter().filter(|row| row.what == what && row.who == "operator").count();
    assert_eq!((times("client.seen"), times("client.revealed")), (6, 1), "a page that is not there tells nothing");
    assert!(rows.iter().all(|row| !row.detail.contains(BSN)), "not of whom");
}

#[tokio::test]
async fn a_client_of_other_parties_is_not_told_where_one_party_is_chosen() {
    let world = World::both_local().await;
    told(&world).await;
    let desk = Desk::of(&world, "operator").await;
    let found = desk.page("/berichten?berichtsoort=WMO305").await;
    let to = link(&desk.page(&link(&found, "WMO305 S1")).await, "Alles over deze cliënt");
    let page = desk.page(&to).await;
    let key = value(&page, "sleutel").expect("a key");
    let chosen = desk.send("/partij", &[("sleutel", &key), ("terug", "/"), ("partij", ANDERE)]).await;
    let cookie = chosen.headers["set-cookie"].to_str().expect("a cookie").split(';').next().expect("one").to_owned();
    let page = desk.with(&cookie).page(&to).await;
    assert!(section(&page, "toewijzingen").contains("Er is geen toewijzing"), "{page}");
    assert!(section(&page, "declaraties").contains("niets voor deze cliënt"), "{page}");
    assert!(section(&page, "berichten").contains("Er zijn geen berichten"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn a_partner_has_one_page_with_whom_to_call_and_how_it_fares() {
    let world = World::both_local().await;
    one_partner(&world).await;
    world.stop().await;
}

#[tokio::test]
async fn a_partner_has_one_page_on_postgres() {
    let Some(url) = fresh_database().await else { return };
    let world = World::on_postgres(&url).await;
    one_partner(&world).await;
    world.stop().await;
}

async fn one_partner(world: &World) {
    told(world).await;
    for nr in 0..2 {
        let wrong = WMO305.replace("START-1", &format!("FOUT-{nr}")).replace("700101", "700997");
        assert_eq!(world.post(AANBIEDER, wrong).await.body["verdict"], "rejected");
    }
    let desk = Desk::of(world, "operator").await;
    let list = desk.page("/partners").await;
    let page = desk.page(&link(&list, "41005001")).await;
    let right = section(&page, "in-een-keer-goed");
    assert!(right.contains("25%: van de laatste 4 berichten van deze partner zijn er 1 zonder afkeuring"), "{right}");
    assert!(right.contains("WMO305 3 1 33%") && right.contains("WMO323 1 0 0%"), "no retours: {right}");
    assert!(right.contains("9019 TR019 2"), "{right}");
    let with_code = section(&desk.page(&link_after(&page, "9019", ">2</a>")).await, "berichten");
    assert!(with_code.contains("FOUT-0") && with_code.contains("FOUT-1") && !with_code.contains("S1"), "{with_code}");
    let levels = section(&page, "op-tijd");
    assert!(levels.contains("retourbericht zij Partij 0384 (0384)"), "{levels}");
    assert!(page.contains("<svg") && !page.contains("style="), "drawn, and no style that the policy forbids");
    assert!(section(&page, "contact").contains("nog niet ingevuld"), "{page}");
    let key = value(&page, "sleutel").expect("a key");
    let tell = async |opmerking: &str| {
        let fields = [
            ("sleutel", key.as_str()),
            ("naam", "Zorg & Co"),
            ("persoon", "Bea <de Vries>"),
            ("telefoon", "030 123 45 67"),
            ("mail", "bea@zorg.example"),
            ("opmerking", opmerking),
        ];
        desk.send("/partners/41005001", &fields).await
    };
    let refused = tell(&format!("over {BSN}")).await;
    assert!(refused.status == 422 && refused.text.contains("BSN kan zijn"), "{}", refused.text);
    assert_eq!(tell("Belt terug.").await.status, 303);
    let page = desk.page("/partners/41005001").await;
    assert!(page.contains("<h1>Zorg &#38; Co (41005001)</h1>") && page.contains("Bea &#60;de Vries&#62;"), "{page}");
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = rows.iter().filter(|row| row.what == "partner.contact").map(|row| &*row.detail).collect();
    assert_eq!(told, [r#"{"partner":"41005001"}"#], "that it changed, not into what");
    assert_eq!(desk.answer("/partners/12").await.status, 404);
    let csv = desk.answer("/partners/41005001/als/csv").await;
    assert!(csv.text.contains("\"41005001\";\"0384\";theirs;\"retour\""), "{}", csv.text);
}

/// The address of the first link with this text behind a place.
fn link_after(page: &str, place: &str, text: &str) -> String {
    let behind = page.split_once(&format!("<th scope=\"row\">{place}</th>")).expect("its row").1;
    let before = behind.split_once(text).expect("a link").0;
    before.rsplit_once("<a href=\"").expect("its address").1.trim_end_matches('"').replace("&#38;", "&")
}

#[tokio::test]
async fn a_list_is_taken_along_as_a_file_with_its_filters_and_is_in_the_audit_log() {
    let world = World::both_local().await;
    told(&world).await;
    let formula = toewijzing(700_103, json!({}));
    assert_eq!(world.post(GEMEENTE, wmo301("=1+1", "2026-03-02", &[formula])).await.status, 202);
    let desk = Desk::of(&world, "operator").await;
    let list = desk.page("/berichten?berichtsoort=WMO301").await;
    let csv = desk.answer(&link(&list, "CSV")).await;
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"berichten.csv\"");
    assert!(csv.text.starts_with("\u{feff}Moment;Soort;Identificatie;"), "{}", csv.text);
    let rows: Vec<&str> = csv.text.lines().skip(1).collect();
    assert!(rows.len() == 2 && rows[0].contains(";WMO301;\"'=1+1\";\"0384\";"), "no formula: {rows:?}");
    assert!(!csv.text.contains(BSN) && !csv.text.contains("Verhoeven"), "{}", csv.text);
    let xlsx = desk.bytes(&link(&list, "XLSX")).await;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(xlsx)).expect("a workbook");
    let sheet = workbook.worksheet_range("berichten").expect("a sheet");
    assert_eq!(sheet.get((1, 2)), Some(&Data::String("=1+1".into())), "a text, as it was written");
    assert_eq!(sheet.rows().count(), 3);
    let zip = desk.bytes(&link(&list, "ZIP")).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a ZIP");
    assert_eq!(archive.len(), 2);
    let mut first = String::new();
    archive.by_index(1).expect("a file").read_to_string(&mut first).expect("its bytes");
    let names: Vec<String> = archive.file_names().map(|name| name.expect("a name").into_owned()).collect();
    assert!(first.contains(BSN) && names.iter().all(|name| !name.contains(['/', '='])), "{names:?}");
    let declaraties = desk.answer(&link(&desk.page("/declaraties").await, "CSV")).await.text;
    assert!(declaraties.lines().count() == 2 && declaraties.contains(";WMO323;\"D1\";"), "{declaraties}");
    let termijnen = desk.answer("/termijnen/als/csv?wie=41005001").await.text;
    assert!(termijnen.lines().skip(1).all(|row| row.contains("\"41005001\"")), "{termijnen}");
    assert!(desk.answer("/termijnen/als/csv").await.text.lines().count() > 1, "{termijnen}");
    assert_eq!(desk.answer("/netwerk/als/csv").await.text.lines().count(), 1, "a heading: nothing stands still");
    for wrong in ["/berichten/als/pdf", "/termijnen/als/zip", "/netwerk/als/zip"] {
        assert_eq!(desk.answer(wrong).await.status, 404, "{wrong}");
    }
    assert_eq!(desk.answer("/berichten/als/csv?verdict=mooi").await.status, 400);
    assert!(world.get("", "/berichten/als/zip").await.text.contains("<title>Inloggen"), "to the login page");
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = rows.iter().filter(|row| row.what == "list.exported").map(|row| &*row.detail).collect();
    assert_eq!(told.len(), 7, "{told:?}");
    assert!(told.contains(&r#"{"list":"berichten","form":"zip","count":2}"#), "{told:?}");
    world.stop().await;
}

/// The ids of berichten on a page, or in the last column of a table.
fn berichten_in(text: &str) -> Vec<String> {
    if let Some(table) = text.strip_prefix('\u{feff}') {
        return table.lines().skip(1).filter_map(|row| row.rsplit(';').next()).map(str::to_owned).collect();
    }
    let rows = text.split("<th scope=\"row\" class=\"line\"><a href=\"/berichten/").skip(1);
    rows.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_file_holds_what_its_list_shows_by_each_filter() {
    let world = World::both_local().await;
    told(&world).await;
    world.post(AANBIEDER, WMO305.replace("700101", "700999")).await;
    let desk = Desk::of(&world, "operator").await;
    let all = berichten_in(&desk.page("/berichten").await).len();
    for query in [
        "berichtsoort=WMO305",
        "verdict=rejected",
        "retourcode=9019",
        "transport=handed-over",
        "van=2026-06-01",
        "tot=2026-05-31",
        "partner=0384&berichtsoort=WMO302",
    ] {
        let listed = berichten_in(&desk.page(&format!("/berichten?{query}")).await);
        assert!(!listed.is_empty() && listed.len() < all, "{query}: {} of {all}", listed.len());
        let table = desk.answer(&format!("/berichten/als/csv?{query}")).await.text;
        assert_eq!(berichten_in(&table), listed, "{query}");
        let zip = desk.bytes(&format!("/berichten/als/zip?{query}")).await;
        let archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a ZIP");
        assert_eq!(archive.len(), listed.len(), "{query}");
    }
    let none = desk.answer("/berichten/als/csv?partner=41005009").await.text;
    assert!(berichten_in(&none).is_empty(), "{none}");
    world.stop().await;
}

#[tokio::test]
async fn a_file_of_deadlines_holds_what_its_list_shows_by_each_filter() {
    let silent = ["41005001", "41005002"].map(|code| format!("[[parties]]\ncode = \"{code}\"\nretour = \"never\"\n"));
    let world = World::with_network(&silent.concat()).await;
    let give = async |nr: i64, aanbieder: &str| {
        let given = wmo301(&format!("T{nr}"), "2026-03-02", &[toewijzing(700_101 + nr, json!({}))]);
        let text = String::from_utf8(given).expect("UTF-8").replace(AANBIEDER, aanbieder);
        assert_eq!(world.post(GEMEENTE, text).await.status, 202);
    };
    give(0, "41005001").await;
    give(1, "41005001").await;
    world.at("2026-03-06T09:00:00+01:00");
    give(2, "41005002").await;
    world.rest().await;
    world.at("2026-03-08T09:00:00+01:00");
    world.rest().await;
    let desk = Desk::of(&world, "operator").await;
    let late = desk.page("/termijnen?stand=te-laat").await;
    let one = late.split_once("name=\"id\" value=\"").expect("a deadline").1.split('"').next().expect("an id");
    let fields = [("id", one), ("wie", "operator"), ("waarom", "Gebeld."), ("doe", "oppakken")];
    assert!(desk.act(&late, "/termijnen", &fields).await.contains("1 bijgewerkt"), "{late}");
    let rows = async |query: &str| {
        let page = desk.page(&format!("/termijnen?{query}")).await;
        let table = desk.answer(&format!("/termijnen/als/csv?{query}")).await.text;
        let listed = page.matches("name=\"id\"").count();
        assert_eq!(listed, table.lines().count() - 1, "{query}: {table}");
        listed
    };
    let all = rows("").await;
    for query in ["wie=41005002", "stand=te-laat", "van=2026-03-08", "tot=2026-03-07", "eigenaar=mij", "eigenaar=vrij"]
    {
        let listed = rows(query).await;
        assert!(listed > 0 && listed < all, "{query}: {listed} of {all}");
    }
    assert_eq!((rows("klok=retour&antwoord=WMO302").await, rows("klok=betaling").await), (3, 0));
    world.stop().await;
}

#[tokio::test]
async fn a_zip_that_does_not_hold_all_says_so_inside() {
    let world = World::both_local().await;
    for nr in 0..251 {
        let given = toewijzing(700_101 + nr, json!({}));
        assert_eq!(world.post(GEMEENTE, wmo301(&format!("T{nr}"), "2026-03-02", &[given])).await.status, 202);
    }
    let desk = Desk::of(&world, "operator").await;
    let mut archive = zip::ZipArchive::new(Cursor::new(desk.bytes("/berichten/als/zip").await)).expect("a ZIP");
    assert_eq!(archive.len(), 501);
    let mut told = String::new();
    archive.by_name("LEES-MIJ.txt").expect("a note").read_to_string(&mut told).expect("a text");
    assert!(told.starts_with("Hier staan er 500; er zijn er meer."), "{told}");
    let of_one = desk.bytes("/berichten/als/zip?berichtsoort=WMO302").await;
    let archive = zip::ZipArchive::new(Cursor::new(of_one)).expect("a ZIP");
    assert_eq!((archive.len(), archive.file_names().count()), (251, 251));
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let counts: Vec<_> = rows.iter().filter(|row| row.what == "list.exported").map(|row| &*row.detail).collect();
    assert!(counts[0].ends_with(r#""count":500}"#) && counts[1].ends_with(r#""count":251}"#), "{counts:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_list_of_one_partner_holds_what_came_from_it_and_what_went_to_it_in_order() {
    let world = World::both_local().await;
    for nr in 0..30 {
        let given = toewijzing(700_101 + nr, json!({}));
        assert_eq!(world.post(GEMEENTE, wmo301(&format!("T{nr}"), "2026-03-02", &[given])).await.status, 202);
        let start = wmo305(&format!("S{nr}"), "2026-03-04", 700_101 + nr, json!({}));
        assert_eq!(world.post(AANBIEDER, start).await.status, 202);
    }
    let desk = Desk::of(&world, "operator").await;
    let names = |page: &str| -> Vec<String> {
        let cells = page.split("<th scope=\"row\" class=\"line\">").skip(1);
        cells.map(|cell| cell.split('>').nth(1).and_then(|a| a.split('<').next()).expect("a name").to_owned()).collect()
    };
    let by_partner = async |query: &str| {
        let (mut all, mut path) = (Vec::new(), format!("/berichten?{query}"));
        loop {
            let page = desk.page(&path).await;
            all.extend(names(&page));
            if !page.contains(">Volgende</a>") {
                return all;
            }
            path = link(&page, "Volgende");
        }
    };
    let (theirs, everything) = (by_partner("partner=41005001").await, by_partner("").await);
    assert_eq!(theirs.len(), 120, "a bericht and its retour, both ways");
    assert_eq!(theirs, everything, "they are with nobody else, in the same order");
    assert_eq!(by_partner("partner=41005001&berichtsoort=WMO305").await.len(), 30);
    assert!(by_partner("partner=41005002").await.is_empty());
    let oldest: Vec<String> = everything.iter().rev().cloned().collect();
    assert_eq!(by_partner("volgorde=oudste").await, oldest);
    assert_eq!(by_partner("partner=41005001&volgorde=oudste").await, oldest);
    let first = desk.page("/berichten?volgorde=oudste").await;
    let back = desk.page(&link(&desk.page(&link(&first, "Volgende")).await, "Vorige")).await;
    assert_eq!(names(&back), names(&first));
    let first = desk.page("/berichten?partner=41005001").await;
    let second = desk.page(&link(&first, "Volgende")).await;
    let back = desk.page(&link(&second, "Vorige")).await;
    assert_eq!(names(&back), names(&first));
    world.stop().await;
}
