//! What holds for every call and every page: what is refused, how that is told, and what every answer carries.

use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::openapi::{document, operations};
use crate::world::{AANBIEDER, Answer, GEMEENTE, WMO301, WMO305, World};

/// The last part of the type, and what is told.
fn told(answer: &Answer) -> (u16, String, String) {
    let text = |name: &str| answer.body[name].as_str().unwrap_or_default().to_owned();
    (answer.status, text("type").rsplit(':').next().unwrap_or_default().to_owned(), text("detail"))
}

/// Its answer to a call of the description, with a parameter that no call has.
async fn with_unknown(world: &World, call: &str) -> Answer {
    let (method, path) = call.split_once(' ').expect("method and path");
    let names = ["{id}", "{name}", "{nummer}", "{code}", "{schema}"];
    let path = names.iter().fold(path.replace("{gemeente}", GEMEENTE), |path, name| path.replace(name, "1"));
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
    let url = world.url(&format!("{path}?bsn999940004=1"));
    world.request(|client| client.request(method, url).bearer_auth(GEMEENTE)).await
}

#[tokio::test]
async fn no_call_or_page_takes_a_parameter_that_it_does_not_know() {
    let world = World::with_network("").await;
    let document = document(&world).await;
    let mut calls = 0;
    for (call, operation) in operations(&document) {
        let answer = with_unknown(&world, &call).await;
        assert_eq!(answer.status, 400, "{call}: {}", answer.text);
        assert!(answer.text.contains("bsn********* bestaat hier niet"), "{call}: {}", answer.text);
        assert!(!answer.text.contains("999940004"), "{call}");
        let is_page = operation["tags"][0] == "dashboard" || call.contains(" /docs");
        let media = if is_page { "text/html; charset=utf-8" } else { "application/problem+json" };
        assert_eq!(answer.headers["content-type"], media, "{call}");
        calls += 1;
    }
    assert!(calls > 50, "only {calls}");
    world.stop().await;
}

#[tokio::test]
async fn a_value_that_cannot_be_is_refused_with_what_it_may_be() {
    let world = World::both_local().await;
    let page = "limit: geef een geheel getal van 1 tot en met 200.";
    let next = "after: geef wat de vorige bladzijde als next gaf.";
    let nowhere = "019cb7f4-7a80-7000-8000-5b1f0c2d9e11";
    let kinds = DeadlineKind::ALL.map(DeadlineKind::name).join(", ");
    for (path, kind, detail) in [
        ("/v1/berichten?limit=0", "parameter-ongeldig", page),
        ("/v1/postbus?limit=201", "parameter-ongeldig", page),
        ("/v1/postbus?limit=abc", "parameter-ongeldig", page),
        ("/v1/postbus?after=zzz", "parameter-ongeldig", next),
        ("/v1/berichten?after=zzz", "parameter-ongeldig", next),
        ("/v1/vorderingen?after=zzz", "parameter-ongeldig", next),
        ("/v1/toewijzingen/wachtend?after=41005001/2026-02-30/1/0384", "parameter-ongeldig", next),
        ("/v1/betalingen?after=0384/nergens", "parameter-ongeldig", next),
        (&format!("/v1/deadlines?after={nowhere}"), "parameter-ongeldig", next),
        (
            "/v1/deadlines?stat=overdue",
            "parameter-onbekend",
            "stat bestaat hier niet. Bedoelt u state? Hier mag staan: clock, partij, owner, dueFrom, state, dueBy, after, limit.",
        ),
        (
            "/v1/deadlines?state=open,late,ooit",
            "parameter-ongeldig",
            "state: kies uit open, due-soon, overdue, met, late, waived, void; meer mag ook, met komma's ertussen.",
        ),
        (
            "/v1/deadlines?clock=retuor",
            "parameter-ongeldig",
            &format!("clock: kies uit {kinds}, fase-besluit, fase-plan, fase-stap-1-3, pauze."),
        ),
        ("/v1/deadlines?dueBy=morgen", "parameter-ongeldig", "dueBy: geef een dag die bestaat, als 2026-03-04."),
        (
            "/v1/cak?from=2026-13-01&to=2026-12-31",
            "parameter-ongeldig",
            "from: geef een dag die bestaat, als 2026-03-04.",
        ),
        ("/v1/cak?from=2026-01-01", "parameter-ontbreekt", "to ontbreekt: geef een dag die bestaat, als 2026-03-04."),
        ("/v1/vorderingen?aanbieder=4100", "parameter-ongeldig", "aanbieder: schrijf het als 41005001."),
        ("/v1/postbus?limit=5&limit=6", "parameter-dubbel", "limit: staat er twee keer. Noem het één keer."),
    ] {
        let answer = world.get(GEMEENTE, path).await;
        assert_eq!(told(&answer), (400, kind.to_owned(), detail.to_owned()), "{path}");
        assert_eq!(answer.body["errors"][0]["in"], "query", "{path}");
    }
    let force = world.post_to("/v1/berichten?force=ja", GEMEENTE, WMO301).await;
    assert_eq!(told(&force), (400, "parameter-ongeldig".to_owned(), "force: geef true of false.".to_owned()));
    assert_eq!(world.get(GEMEENTE, "/v1/berichten").await.body["items"], json!([]), "nothing was taken in");
    for path in ["/v1/deadlines?due_by=2026-03-04", "/v1/deadlines?dueBy=2026-03-04&state=open,overdue"] {
        assert_eq!(world.get(GEMEENTE, path).await.status, 200, "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_a_start_comes_in_pages() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let other = WMO301.replace("700101", "700102").replace("TOEW-1", "TOEW-2");
    let answer = world.post(GEMEENTE, other).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let mut seen = Vec::new();
    let mut path = "/v1/toewijzingen/wachtend?limit=1".to_owned();
    loop {
        let page = world.get(AANBIEDER, &path).await.body;
        seen.extend(page["items"].as_array().expect("a page").iter().map(|one| one["toewijzing_nummer"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/toewijzingen/wachtend?limit=1&after={next}");
    }
    assert_eq!(seen, [json!(700_101), json!(700_102)]);
    world.stop().await;
}

#[tokio::test]
async fn a_method_or_a_notation_that_is_not_taken_is_told_with_what_is() {
    let world = World::both_local().await;
    let url = world.url("/v1/berichten");
    let deleted = world.request(|client| client.delete(&url).bearer_auth(GEMEENTE)).await;
    let detail = "Dit adres kent alleen GET, POST. Kies een van deze methoden; zie /docs.";
    assert_eq!(told(&deleted), (405, "methode".to_owned(), detail.to_owned()));
    assert_eq!(deleted.headers["content-type"], "application/problem+json");
    assert!(deleted.headers["allow"].to_str().is_ok_and(|allow| allow.contains("POST")), "{:?}", deleted.headers);
    for (name, value, word) in [
        ("content-encoding", "gzip", "gecomprimeerd"),
        ("content-type", "application/xml; charset=iso-8859-1", "charset=iso-8859-1 wordt hier niet gelezen"),
        ("content-type", "text/csv", "application/xml of application/json"),
        ("content-type", "", "Content-Type ontbreekt"),
    ] {
        let request = |client: &reqwest::Client| client.post(&url).bearer_auth(GEMEENTE).header(name, value);
        let request = |client: &reqwest::Client| match name {
            "content-type" => request(client),
            _ => request(client).header("content-type", "application/xml"),
        };
        let answer = world.request(|client| request(client).body(WMO301)).await;
        assert_eq!((answer.status, answer.body["title"].as_str()), (415, Some("Verkeerd mediatype")), "{value}");
        assert!(answer.body["detail"].as_str().is_some_and(|detail| detail.contains(word)), "{}", answer.text);
    }
    let utf8 = ("content-type", "text/xml; charset=\"UTF-8\"");
    let taken =
        world.request(|client| client.post(&url).bearer_auth(GEMEENTE).header(utf8.0, utf8.1).body(WMO301)).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let deadlines = world.url("/v1/deadlines");
    let object = world.request(|client| client.post(&deadlines).bearer_auth(GEMEENTE).body("{}")).await;
    assert_eq!((object.status, told(&object).1.as_str()), (415, "mediatype"), "{}", object.text);
    world.stop().await;
}

#[tokio::test]
async fn every_answer_tells_the_version_of_the_api() {
    let world = World::both_local().await;
    let version = document(&world).await["info"]["version"].as_str().expect("a version").to_owned();
    for path in
        ["/v1/postbus", "/v1/nergens", "/nergens", "/v1/postbus?x=1", "/health/live", "/docs", "/openapi.json", "/"]
    {
        assert_eq!(world.get(GEMEENTE, path).await.headers["api-version"], version.as_str(), "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn where_people_look_a_problem_is_a_page() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    for path in ["/nergens", "/berichten/1", "/regels/TR999", "/declaraties/1", "/toewijzingen/0384/1", "/docs/nergens"]
    {
        let page = world.get("", path).await;
        assert_eq!(
            (page.status, page.headers["content-type"].to_str().ok()),
            (404, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert!(page.text.contains("<title>Niet gevonden – iwmo-gateway</title>"), "{path}: {}", page.text);
        assert!(page.headers.contains_key("content-security-policy"), "{path}");
    }
    let wanted = |client: &reqwest::Client| client.get(world.url("/berichten/1")).header("accept", "application/json");
    assert_eq!(told(&world.request(wanted).await).1, "niet-gevonden");
    assert_eq!(told(&world.get(GEMEENTE, "/v1/nergens").await).1, "niet-gevonden");
    world.stop().await;
}

#[tokio::test]
async fn every_page_has_a_title_of_its_own_and_none_reloads_itself() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    world.post(GEMEENTE, WMO301).await;
    let id = world.post(AANBIEDER, WMO305).await.body["id"].as_str().expect("an id").to_owned();
    let mut titles = Vec::new();
    for path in [
        "/",
        "/login",
        "/wachtlijst",
        "/berichten",
        "/termijnen",
        "/termijnen?wie=41005001",
        "/toewijzingen",
        "/netwerk",
        "/logboek",
        "/controleer",
        "/declaraties",
        "/handleiding",
        "/handleiding/medewerker",
        "/handleiding/functioneel-beheerder",
        "/handleiding/aanbieder",
        "/handleiding/beheer",
        "/betalingen",
        "/regels",
        "/regels/TR019",
        "/regels/MLW-06",
        "/toewijzingen/0384/700101",
        &format!("/berichten/{id}"),
    ] {
        let page = world.get("", path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.text.contains("http-equiv"), "{path} reloads");
        let title =
            page.text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).expect("a title").0;
        titles.push(title.to_owned());
        let asks = page.text.contains("Stand van");
        assert_eq!(asks, page.text.contains("<a href=\"\">Ververs</a>"), "{path}");
    }
    assert!(titles.iter().any(|title| title.starts_with("Bericht WMO305")), "{titles:?}");
    let all = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), all, "{titles:?}");
    world.stop().await;
}

#[tokio::test]
async fn the_cookie_of_a_session_keeps_to_tls_where_that_is_spoken() {
    let world = World::both_local().await;
    let login = async |name: &'static str, value: &'static str| {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let request = client.post(world.url("/login")).form(&[("token", "operator")]).header(name, value);
        let answer = request.send().await.expect("an answer");
        answer.headers()["set-cookie"].to_str().expect("a text").to_owned()
    };
    for (name, value, is_secure) in [
        ("x-forwarded-proto", "https", true),
        ("forwarded", "for=192.0.2.1;proto=https;host=hub.example", true),
        ("x-forwarded-proto", "http", false),
        ("x-nothing", "", false),
    ] {
        let cookie = login(name, value).await;
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{name}: {cookie}");
        assert!(cookie.contains("HttpOnly; SameSite=Strict"), "{cookie}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_table_says_that_it_is_utf_8() {
    let world = World::both_local().await;
    let url = world.url("/v1/cak?from=2026-03-01&to=2026-03-31");
    let answer = reqwest::Client::new().get(url).bearer_auth(GEMEENTE).send().await.expect("an answer");
    let bytes = answer.bytes().await.expect("a table");
    assert!(bytes.starts_with("\u{feff}Bsn;".as_bytes()), "{:?}", bytes.get(..8));
    world.stop().await;
}

/// The rules of the API Design Rules that gemeenten check a description by.
#[tokio::test]
async fn the_description_keeps_the_design_rules_of_the_government() {
    let world = World::both_local().await;
    let document = document(&world).await;
    let servers = document["servers"].as_array().expect("servers");
    assert!(servers.iter().all(|server| server["url"].as_str().is_some_and(|url| url.contains("/v1"))), "{servers:?}");
    for name in ["name", "email", "url"] {
        assert!(document["info"]["contact"][name].as_str().is_some_and(|text| !text.is_empty()), "no {name}");
    }
    let segment =
        |text: &str| text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    let problem = &document["components"]["schemas"]["Problem"]["properties"];
    assert!(["status", "title", "detail"].iter().all(|name| problem[name].is_object()));
    for (call, operation) in operations(&document) {
        let path = call.split_once(' ').expect("method and path").1;
        let mut segments = path.split('/').skip(1).enumerate().filter(|(_, part)| !part.starts_with('{'));
        let is_kebab =
            segments.all(|(nr, part)| segment(&if nr == 0 { part.to_owned() } else { part.replace('.', "") }));
        assert!(is_kebab || path == "/openapi.json", "{call}");
        assert!(operation["responses"]["400"].is_object(), "{call}: no 400");
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let name = parameter["name"].as_str().expect("a name");
            assert!(name.chars().all(char::is_alphanumeric), "{call}: {name} is not camelCase");
        }
        for (status, response) in operation["responses"].as_object().expect("responses") {
            if status.starts_with(['2', '3']) {
                assert!(response["headers"]["API-Version"].is_object(), "{call} {status}");
            } else if let Some(content) = response["content"].as_object() {
                assert!(content.contains_key("application/problem+json"), "{call} {status}");
            }
        }
    }
    formats_are_dates(&document, "");
    world.stop().await;
}

/// No member that is a date or a time is left without its format, or has one of a time without a zone.
fn formats_are_dates(value: &Value, path: &str) {
    for (name, member) in value["properties"].as_object().into_iter().flatten() {
        assert!(!["time", "date-time-local"].contains(&member["format"].as_str().unwrap_or_default()), "{path}/{name}");
        if ["date", "datum"].contains(&name.as_str())
            || name.ends_with("_date")
            || name.ends_with("Date")
            || name.ends_with("_datum")
        {
            assert!(member["format"].is_string() || member["allOf"].is_array(), "{path}/{name}");
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        formats_are_dates(member, &format!("{path}/{name}"));
    }
}
