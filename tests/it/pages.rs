//! What people do on the pages, by forms over HTTP as a browser without scripts sends them.

use reqwest::redirect::Policy;
use serde_json::json;

use crate::browser::{section, session_of};
use crate::decide_page::value;
use crate::maker::{toewijzing, wmo301};
use crate::world::{AANBIEDER, ANDERE, Answer, BSN, GEMEENTE, WMO301, WMO305, World};

/// Somebody who is logged in.
pub struct Desk<'w> {
    pub world: &'w World,
    client: reqwest::Client,
    cookies: String,
}

impl<'w> Desk<'w> {
    pub async fn of(world: &'w World, token: &str) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { world, client, cookies: session_of(world, token).await }
    }

    pub async fn answer(&self, path: &str) -> Answer {
        self.world.request(|_| self.client.get(self.world.url(path)).header("cookie", &self.cookies)).await
    }

    /// The same with one more cookie.
    pub fn with(&self, cookie: &str) -> Self {
        Self { world: self.world, client: self.client.clone(), cookies: format!("{}; {cookie}", self.cookies) }
    }

    /// What a download holds.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let answer = self.client.get(self.world.url(path)).header("cookie", &self.cookies).send().await;
        answer.expect("an answer").bytes().await.expect("its bytes").to_vec()
    }

    pub async fn page(&self, path: &str) -> String {
        let answer = self.answer(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let url = self.world.url(path);
        self.world.request(|_| self.client.post(url).header("cookie", &self.cookies).form(fields)).await
    }

    /// Sends a form of this page, and gives the page that it leads to.
    pub async fn act(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let key = value(page, "sleutel").expect("a key");
        let back = page.rsplit_once("name=\"terug\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
        let back = back.expect("where it leads").0.replace("&#38;", "&");
        let fields = [&[("sleutel", key.as_str()), ("terug", back.as_str())], fields].concat();
        let answer = self.send(path, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        let mut to = answer.headers["location"].to_str().expect("a path").to_owned();
        loop {
            let answer = self.answer(&to).await;
            if answer.status == 200 {
                return answer.text;
            }
            assert_eq!(answer.status, 303, "{to}: {}", answer.text);
            let next = answer.headers["location"].to_str().expect("a path").to_owned();
            to = next;
        }
    }
}

/// A page as an operator sees it.
pub async fn in_session(world: &World, path: &str) -> String {
    Desk::of(world, "operator").await.page(path).await
}

/// What stands in every box on this page.
fn ids(page: &str) -> Vec<String> {
    let boxes = page.split("name=\"id\" value=\"").skip(1);
    boxes.map(|rest| rest.split_once('"').expect("its end").0.to_owned()).collect()
}

/// The address of the first link with this text in it.
pub fn link(page: &str, text: &str) -> String {
    let found =
        page.split("<a href=\"").skip(1).find(|rest| rest.split("</a>").next().is_some_and(|a| a.contains(text)));
    let link = found.unwrap_or_else(|| panic!("no {text} in {page}")).split_once('"').expect("its end").0;
    link.replace("&#38;", "&")
}

/// A gemeente whose aanbieder on the network never answers.
async fn silent() -> World {
    World::with_network("[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n").await
}

#[tokio::test]
async fn what_is_late_is_grouped_by_partner_and_taken_on_for_several_at_once() {
    let world = silent().await;
    for nr in 0..3 {
        let given = toewijzing(700_101 + nr, json!({}));
        assert_eq!(world.post(GEMEENTE, wmo301(&format!("T{nr}"), "2026-03-02", &[given])).await.status, 202);
    }
    world.rest().await;
    world.at("2026-03-10T08:30:00+01:00");
    world.rest().await;
    let desk = Desk::of(&world, "operator").await;
    let page = desk.page("/").await;
    let theirs = section(&page, "zij");
    assert!(theirs.contains("41005001 3 × WMO302 3 0 3 dagen te laat 0 opgepakt, 3 vrij"), "one row: {theirs}");
    assert!(page.contains("<title>Vandaag"), "what others owe is not counted in the title");
    let group = desk.page(&link(&page, "3 × WMO302")).await;
    let all = ids(&group);
    assert_eq!(all.len(), 3, "{group}");
    let fields =
        [("id", all[0].as_str()), ("id", all[1].as_str()), ("wie", "Bea"), ("waarom", "Gebeld."), ("doe", "oppakken")];
    let after = desk.act(&group, "/termijnen", &fields).await;
    assert!(after.contains("2 bijgewerkt"), "{after}");
    assert_eq!(section(&after, "termijnen").matches("Bea: Gebeld.").count(), 2, "{after}");
    assert!(section(&desk.page("/").await, "zij").contains("2 opgepakt, 1 vrij"), "the groups count it");
    let free = desk.page("/termijnen?wie=41005001&klok=retour&eigenaar=vrij").await;
    assert_eq!(ids(&free), all[2..], "{free}");
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = rows.iter().map(|row| (row.who.as_str(), row.what.as_str())).collect();
    assert_eq!(told, [("operator", "deadline.acknowledged"); 2]);
    let closing = [("id", all[2].as_str()), ("waarom", "Per brief gekomen."), ("doe", "sluiten")];
    let closed = desk.act(&group, "/termijnen", &closing).await;
    assert!(closed.contains("1 bijgewerkt") && !ids(&closed).contains(&all[2]), "nobody waits for it: {closed}");
    assert!(section(&desk.page("/").await, "zij").contains("2 opgepakt, 0 vrij"), "and it is not counted");
    let ended = desk.act(&group, "/termijnen", &[("id", all[0].as_str()), ("doe", "gereed")]).await;
    assert!(ended.contains("1 niet bijgewerkt"), "a bericht ends it, nobody else: {ended}");
    world.stop().await;
}

#[tokio::test]
async fn four_weeks_ahead_show_what_ends_on_each_day_and_which_days_do_not_count() {
    let world = silent().await;
    world.at("2026-03-10T08:30:00+01:00");
    for nr in 0..2 {
        let given = toewijzing(700_101 + nr, json!({}));
        assert_eq!(world.post(GEMEENTE, wmo301(&format!("T{nr}"), "2026-03-10", &[given])).await.status, 202);
    }
    world.rest().await;
    let desk = Desk::of(&world, "operator").await;
    let page = desk.page("/").await;
    let days = section(&page, "dagen");
    assert!(page.contains("De komende vier weken") && page.matches("<span class=\"day\">").count() == 28, "{days}");
    for day in [
        "di 10-03 0 vandaag",
        "vr 13-03 2",
        "vr 03-04 0 telt niet: Goede Vrijdag",
        "ma 06-04 0 telt niet: Tweede Paasdag",
    ] {
        assert!(days.contains(day), "{day} in {days}");
    }
    let of_day = desk.page(&link(&page, "13-03")).await;
    assert_eq!(section(&of_day, "termijnen").matches("WMO302").count(), 2, "{of_day}");
    world.stop().await;
}

#[tokio::test]
async fn a_form_counts_only_from_its_own_session_and_says_what_is_wrong_with_it() {
    let world = silent().await;
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    world.at("2026-03-10T08:30:00+01:00");
    world.rest().await;
    let (desk, other) = (Desk::of(&world, "operator").await, Desk::of(&world, "operator").await);
    let group = desk.page("/termijnen").await;
    let all = ids(&group);
    let (key, theirs) = (value(&group, "sleutel").expect("a key"), other.page("/termijnen").await);
    let foreign = value(&theirs, "sleutel").expect("a key");
    assert_ne!(key, foreign);
    for (path, key) in [("/termijnen", foreign.as_str()), ("/termijnen", ""), ("/netwerk", &foreign), ("/partij", "")] {
        let fields = [("sleutel", key), ("id", all[0].as_str()), ("wie", "x"), ("waarom", "y"), ("reden", "z")];
        let refused = desk.send(path, &fields).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text.contains("hoort niet bij uw sessie") && refused.text.contains("<h1>"), "a page");
    }
    let with_bsn = format!("van {BSN}");
    for (wie, waarom, told) in [("", "y", "wie: schrijf 1 tot 100"), ("x", with_bsn.as_str(), "kan zijn")] {
        let fields = [("sleutel", key.as_str()), ("id", all[0].as_str()), ("wie", wie), ("waarom", waarom)];
        let refused = desk.send("/termijnen", &fields).await;
        assert!(refused.status == 422 && refused.text.contains(told), "{}", refused.text);
    }
    assert!(world.store().audit(0, 100).await.expect("the audit log").is_empty(), "nothing was done");
    let elsewhere = [("sleutel", key.as_str()), ("terug", "//example.org/"), ("partij", GEMEENTE)];
    let chosen = desk.send("/partij", &elsewhere).await;
    assert_eq!((chosen.status, chosen.headers["location"].as_bytes()), (303, &b"/"[..]), "never to another site");
    world.stop().await;
}

#[tokio::test]
async fn what_stands_still_is_grouped_by_reason_and_has_a_way_out() {
    let refusing = "[[parties]]\ncode = \"41005002\"\nretour = { bounce = \"IB010\" }\n";
    let world = World::with_network(refusing).await;
    for nr in 1..3 {
        let sent = WMO301.replace("TOEW-1", &format!("TOEW-{nr}")).replace(AANBIEDER, "41005002");
        assert_eq!(world.post(GEMEENTE, sent.replace("700101", &format!("70010{nr}"))).await.status, 202);
    }
    world.rest().await;
    let desk = Desk::of(&world, "operator").await;
    let page = desk.page("/netwerk").await;
    let groups = section(&page, "niet-afgeleverd");
    assert!(groups.contains("IB010") && groups.ends_with("geweigerd door het netwerk 2 1"), "one row: {groups}");
    let group = desk.page(&link(&page, "IB010")).await;
    let all = ids(&group);
    assert_eq!(all.len(), 2, "{group}");
    let give_up = [("id", all[0].as_str()), ("reden", "Per telefoon afgehandeld."), ("doe", "opgeven")];
    let after = desk.act(&group, "/netwerk", &give_up).await;
    assert!(after.contains("1 bijgewerkt") && ids(&after) == all[1..], "{after}");
    let again =
        [("id", all[0].as_str()), ("id", all[1].as_str()), ("reden", "De route is hersteld."), ("doe", "opgeven")];
    let last = desk.act(&after, "/netwerk", &again).await;
    assert!(last.contains("1 bijgewerkt") && last.contains("1 niet bijgewerkt"), "{last}");
    assert!(section(&last, "niet-afgeleverd").contains("Er staat niets stil."), "{last}");
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = rows.iter().filter(|row| row.what == "parcel.given-up").map(|row| row.who.as_str()).collect();
    assert_eq!(told, ["operator"; 2]);
    world.stop().await;
}

#[tokio::test]
async fn the_pages_tell_of_one_party_where_one_is_chosen() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let desk = Desk::of(&world, "operator").await;
    let page = desk.page("/berichten").await;
    assert!(section(&page, "berichten").contains("WMO301 TOEW-1"), "{page}");
    let key = value(&page, "sleutel").expect("a key");
    let choose = async |partij: &str| {
        let fields = [("sleutel", key.as_str()), ("terug", "/berichten"), ("partij", partij)];
        let answer = desk.send("/partij", &fields).await;
        let cookie =
            answer.headers["set-cookie"].to_str().expect("a cookie").split(';').next().expect("one").to_owned();
        let client = reqwest::Client::new();
        let cookies = format!("{}; {cookie}", desk.cookies);
        world.request(|_| client.get(world.url("/berichten")).header("cookie", cookies)).await.text
    };
    assert!(section(&choose(ANDERE).await, "berichten").contains("Er zijn geen berichten."));
    let own = choose(AANBIEDER).await;
    assert!(section(&own, "berichten").contains("WMO301 TOEW-1"), "{own}");
    assert!(own.contains("<option value=\"41005001\" selected>"), "{own}");
    assert!(section(&choose("").await, "berichten").contains("WMO301 TOEW-1"));
    world.stop().await;
}

#[tokio::test]
async fn a_gemeente_lays_its_own_tokens_over_the_looks() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("thema.css");
    std::fs::write(&file, ":root { --top: #005000; }").expect("a file");
    let settings = format!("dashboard_login = false\n[dashboard]\ntheme_file = \"{}\"", file.display());
    let world = World::start(&[GEMEENTE], &settings, None).await;
    let css = world.get("", "/assets/thema.css").await.text;
    assert!(css.contains("--page:") && css.trim_end().ends_with(":root { --top: #005000; }"), "{css}");
    let tokens: std::collections::BTreeSet<&str> =
        css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split(':').next()).collect();
    let used = world.get("", "/assets/dashboard.css").await.text;
    let named = used.split("var(--").skip(1).map(|rest| rest.split(')').next().unwrap_or_default());
    let unknown: Vec<&str> = named.filter(|name| !tokens.contains(name)).collect();
    assert!(unknown.is_empty(), "no token for {unknown:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_bericht_says_its_verdict_and_what_to_do_and_hides_the_person_until_somebody_asks() {
    let world = World::both_local().await;
    let id = world.post(AANBIEDER, WMO305).await.body["id"].as_str().expect("an id").to_owned();
    let desk = Desk::of(&world, "operator").await;
    let path = format!("/berichten/{id}");
    let page = desk.page(&path).await;
    assert!(page.contains("<p class=\"notice bad\">Dit bericht is afgekeurd: er is 1 bevinding.</p>"), "{page}");
    assert!(section(&page, "wat-nu").contains("De afzender herstelt wat hieronder staat"), "{page}");
    let content = section(&page, "inhoud-bericht");
    assert!(content.contains("Bsn •••"), "{content}");
    assert!(content.contains("Toewijzing nummer 700101 TR019: Er is"), "a finding at its place: {content}");
    assert!(content.contains("Begindatum 2026-"), "what is of no person is there: {content}");
    assert!(!page.contains(BSN) && !page.contains("Verhoeven"), "a person");
    let key = value(&page, "sleutel").expect("a key");
    let refused = desk.send(&format!("{path}/inhoud"), &[("sleutel", "raden")]).await;
    assert!(refused.status == 403 && !refused.text.contains(BSN), "{}", refused.text);
    assert!(world.store().audit(0, 100).await.expect("the audit log").is_empty());
    let shown = desk.send(&format!("{path}/inhoud"), &[("sleutel", &key)]).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains(BSN) && !shown.text.contains("Toon persoonsgegevens"), "{}", shown.text);
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> =
        rows.iter().map(|row| (row.who.as_str(), row.what.as_str(), row.bericht_id.as_deref())).collect();
    assert_eq!(told, [("operator", "bericht.revealed", Some(id.as_str()))]);
    let deeds = section(&desk.page(&path).await, "gedaan");
    assert!(deeds.contains("operator: persoonsgegevens van een bericht bekeken"), "{deeds}");
    let log = section(&desk.page("/logboek").await, "logboek");
    assert!(log.contains("operator persoonsgegevens van een bericht bekeken"), "{log}");
    world.stop().await;
}

#[tokio::test]
async fn a_bericht_is_looked_at_and_nothing_of_it_is_kept() {
    let world = World::both_local().await;
    let desk = Desk::of(&world, "operator").await;
    let page = desk.page("/controleer").await;
    let key = value(&page, "sleutel").expect("a key");
    let wrong = WMO301.replace("<b:Geslacht>", "<b:Geslecht>").replace("</b:Geslacht>", "</b:Geslecht>");
    for (xml, told) in [
        (WMO305, "WMO305 3.2: In orde."),
        (&wrong, "WMO301 3.2: Niet in orde."),
        ("geen xml", "Niet te lezen: dit is geen bericht."),
    ] {
        let report = desk.send("/controleer", &[("sleutel", &key), ("bericht", xml), ("bestand", "a.xml")]).await;
        assert_eq!(report.status, 200, "{}", report.text);
        let section = section(&report.text, "verslag");
        assert!(section.contains("Verslag van a.xml") && section.contains(told), "{section}");
        assert!(!report.text.contains(BSN), "the report repeats no person");
    }
    let by_api = world.post_to("/v1/validate", AANBIEDER, wrong).await;
    assert_eq!((by_api.status, &by_api.body["verdict"]), (200, &json!("invalid")), "{}", by_api.text);
    assert_eq!((&by_api.body["findings"][0]["level"], &by_api.body["berichtsoort"]), (&json!("xsd"), &json!("WMO301")));
    let fine = world.post_to("/v1/validate", AANBIEDER, WMO305).await.body;
    assert_eq!((&fine["verdict"], &fine["findings"]), (&json!("valid"), &json!([])), "{fine}");
    assert!(fine["coverage"]["run"].as_u64().is_some_and(|count| count > 0), "{fine}");
    assert_eq!(world.get("niemand", "/v1/validate").await.status, 405);
    assert!(world.berichten().await.is_empty(), "nothing is kept");
    world.stop().await;
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_ends_by_itself_by_hand_and_at_the_next_login() {
    let world = World::both_local().await;
    let desk = Desk::of(&world, "operator").await;
    let (client, cookies) = (desk.client.clone(), desk.cookies.clone());
    let status = async |world: &World, cookies: &str| {
        world.request(|_| client.get(world.url("/")).header("cookie", cookies)).await.status
    };
    let world = world.restart(&[GEMEENTE, AANBIEDER, ANDERE], "").await;
    assert_eq!(status(&world, &cookies).await, 200, "after a restart");
    let login = client.post(world.url("/login")).header("cookie", &cookies).form(&[("token", "operator")]);
    let again = world.request(|_| login).await;
    let second = again.headers["set-cookie"].to_str().expect("a cookie").split(';').next().expect("one").to_owned();
    assert_ne!(second, cookies, "a new secret");
    assert_eq!((status(&world, &cookies).await, status(&world, &second).await), (303, 200), "one for another");
    world.at("2026-03-04T20:59:00+01:00");
    assert_eq!(status(&world, &second).await, 200);
    world.at("2026-03-04T21:00:00+01:00");
    assert_eq!(status(&world, &second).await, 303, "after twelve hours");
    let third = session_of(&world, "operator").await;
    world.request(|_| client.post(world.url("/logout")).header("cookie", &third)).await;
    assert_eq!(status(&world, &third).await, 303, "by hand");
    let file = std::fs::read(world.folder().join("test.db")).expect("the database");
    let secret = third.split_once('=').expect("a secret").1.as_bytes();
    assert!(!file.windows(secret.len()).any(|part| part == secret), "only its digest is kept");
    world.stop().await;
}

#[tokio::test]
async fn one_box_finds_by_whatever_is_known_and_no_address_tells_what_was_asked() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let rejected = world.post(AANBIEDER, WMO305.replace("700101", "700999")).await.body;
    let id = rejected["id"].as_str().expect("an id").to_owned();
    let desk = Desk::of(&world, "operator").await;
    let key = value(&desk.page("/").await, "sleutel").expect("a key");
    let ask = async |text: &str| {
        let asked = desk.send("/zoek", &[("sleutel", &key), ("zoek", text)]).await;
        assert_eq!(asked.status, 303, "{}", asked.text);
        let to = asked.headers["location"].to_str().expect("a path").to_owned();
        (to.clone(), desk.page(&to).await)
    };
    for (text, what, found) in [
        (BSN, "Gelezen als een BSN: alles over deze cliënt", "WMO301 TOEW-1"),
        ("700101", "Gelezen als een ToewijzingNummer: 700101", "WMO301 TOEW-1"),
        ("TOEW-1", "Gelezen als een Identificatie: TOEW-1", "WMO301 TOEW-1"),
        (AANBIEDER, "Gelezen als een aanbieder: 41005001", "WMO301 TOEW-1"),
        ("9019", "Gelezen als een retourcode: 9019", "WMO305 START-1"),
        ("tr019", "Gelezen als een regel: TR019", "WMO305 START-1"),
        ("01a03", "Gelezen als een product: berichten met een toewijzing van 01A03", "WMO301 TOEW-1"),
        ("wmo305", "Gelezen als een berichtsoort: WMO305", "WMO305 START-1"),
        ("04-03-2026", "Gelezen als een dag: wat op 04-03-2026 binnenkwam", "WMO305 START-1"),
        ("\u{a0}TOEW-1\u{200b}", "Gelezen als een Identificatie: TOEW-1", "WMO301 TOEW-1"),
    ] {
        let (to, page) = ask(text).await;
        assert!(to.starts_with("/zoek/") && !to.contains(text) && to.len() == 70, "{to}");
        let (_, read) = page.split_once(what).unwrap_or_else(|| panic!("{text}: no {what} in {page}"));
        assert!(read.split("</section>").next().is_some_and(|part| part.contains(found)), "{text}: {page}");
        assert!(!page.contains(BSN), "{text}: a Bsn is not repeated");
    }
    assert_eq!(ask(&id).await.0, format!("/berichten/{id}"), "our id leads to its page");
    assert!(ask("nergens").await.1.contains("Zo is er geen bericht gevonden."));
    assert_eq!(desk.answer(&format!("/zoek/{}", "0".repeat(64))).await.status, 404);
    let rows = world.store().audit(0, 100).await.expect("the audit log");
    assert_eq!(rows.iter().filter(|row| row.what == "berichten.searched").count(), 11);
    assert!(rows.iter().all(|row| !row.detail.contains(BSN)), "not what was asked");

    let found = async |partij: &str, known: serde_json::Value| {
        let answer = world.call(partij, "/v1/berichten/zoek", &known).await;
        let items = answer.body["items"].as_array().cloned().unwrap_or_default();
        let names: Vec<_> = items.iter().map(|one| one["berichtsoort"].as_str().unwrap_or("?").to_owned()).collect();
        (answer.status, names)
    };
    assert_eq!(found(GEMEENTE, json!({"bsn": BSN, "berichtsoort": "WMO305"})).await, (200, vec!["WMO305".to_owned()]));
    assert_eq!(found(ANDERE, json!({"bsn": BSN})).await, (200, vec![]), "of another party nothing");
    assert_eq!(found(GEMEENTE, json!({"toewijzing_nummer": 700_101, "tot": "2026-03-03"})).await, (200, vec![]));
    assert_eq!([found(GEMEENTE, json!({"bsn": "12"})).await.0, found(GEMEENTE, json!({"bns": BSN})).await.0], [422; 2]);
    assert_eq!(found(GEMEENTE, json!({"retourcode": "S329"})).await, (200, vec![]), "not all codes are digits");
    assert_eq!(world.get(GEMEENTE, "/v1/berichten?retourcode=S300").await.status, 200);
    let pasted = json!({"identificatie": "TOEW-1\u{200b}", "berichtsoort": "\u{a0}WMO301 "});
    assert_eq!(found(GEMEENTE, pasted).await, (200, vec!["WMO301".to_owned()]), "what nobody sees is not looked for");
    for (known, told) in [
        (json!({"berichtsoort": "WMO-305"}), "berichtsoort: geef drie cijfers na WMO, als WMO305."),
        (json!({"retourcode": "919"}), "retourcode: geef vier tekens, als 9019 of S329."),
        (json!({"afzender": "41005"}), "afzender: geef een gemeentecode van 4 of een AGB-code van 8 cijfers."),
        (json!({"ontvanger": BSN}), "ontvanger: geef een gemeentecode van 4 of een AGB-code van 8 cijfers."),
    ] {
        let answer = world.call(GEMEENTE, "/v1/berichten/zoek", &known).await;
        assert_eq!((answer.status, answer.body["detail"].as_str()), (422, Some(told)), "{known}");
    }
    world.stop().await;
}

#[tokio::test]
async fn the_list_of_berichten_is_filtered_and_read_in_both_directions() {
    let world = World::both_local().await;
    for nr in 0..60 {
        let given = toewijzing(700_101 + nr, json!({}));
        assert_eq!(world.post(GEMEENTE, wmo301(&format!("T{nr}"), "2026-03-02", &[given])).await.status, 202);
    }
    world.post(AANBIEDER, WMO305.replace("700101", "700999")).await;
    let desk = Desk::of(&world, "operator").await;
    let rejected = section(&desk.page("/berichten?verdict=rejected").await, "berichten");
    assert!(rejected.contains("WMO305 START-1") && !rejected.contains("WMO301"), "{rejected}");
    let with_code = section(&desk.page("/berichten?retourcode=9019&berichtsoort=WMO305").await, "berichten");
    assert!(with_code.contains("WMO305 START-1"), "{with_code}");
    let none = section(&desk.page("/berichten?van=2026-03-05").await, "berichten");
    assert!(none.contains("Er zijn geen berichten."), "{none}");
    let names = |page: &str| -> Vec<String> {
        let cells = page.split("<th scope=\"row\" class=\"line\">").skip(1);
        cells.map(|cell| cell.split('>').nth(1).and_then(|a| a.split('<').next()).expect("a name").to_owned()).collect()
    };
    let first = desk.page("/berichten?berichtsoort=WMO301").await;
    assert_eq!((names(&first).len(), names(&first)[0].as_str()), (50, "WMO301 T59"), "{first}");
    assert!(!first.contains(">Vorige</a>"), "{first}");
    let second = desk.page(&link(&first, "Volgende")).await;
    assert_eq!((names(&second).len(), names(&second)[0].as_str()), (10, "WMO301 T9"), "{second}");
    assert!(!second.contains(">Volgende</a>"), "{second}");
    let back = desk.page(&link(&second, "Vorige")).await;
    assert_eq!(names(&back), names(&first));
    assert!(!back.contains(">Vorige</a>") && back.contains(">Volgende</a>"), "{back}");
    let refused = desk.answer("/berichten?verdict=mooi").await;
    assert!(refused.status == 400 && refused.text.contains("<h1>"), "{}", refused.text);
    let by_api = world.get(GEMEENTE, "/v1/berichten?berichtsoort=WMO305").await.body;
    assert_eq!(by_api["items"].as_array().expect("a page").len(), 1, "{by_api}");
    world.stop().await;
}
