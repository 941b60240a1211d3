//! The description of the API: valid, complete, and of one mind with the gateway about every bericht.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use iwmo_gateway::exchange::json_schemas;
use iwmo_gateway::standard;
use iwmo_gateway::xml::Schemas;
use iwmo_gateway::{json, xml};
use jsonschema::Validator;
use roas::v3_1::spec::Spec;
use roas::validation::{Options, Validate};
use serde_json::{Value, json};

use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};
use crate::xml::{files, fixtures};

/// The calls of the contract; with the pages and this description they are all that there is.
const CALLS: [&str; 52] = [
    "get /health/live",
    "get /health/ready",
    "get /metrics",
    "get /v1/alerts",
    "get /v1/berichten",
    "get /v1/berichten/{id}",
    "get /v1/berichten/{id}/json",
    "get /v1/berichten/{id}/xml",
    "get /v1/betalingen",
    "get /v1/betalingen/{name}",
    "get /v1/betalingen/{name}/csv",
    "get /v1/betalingen/{name}/pain001",
    "get /v1/cak",
    "get /v1/cak/perioden",
    "get /v1/deadlines",
    "get /v1/declaraties/{id}",
    "get /v1/declaraties/{id}/csv",
    "get /v1/declaraties/{id}/xlsx",
    "get /v1/outbox",
    "get /v1/outbox/faults",
    "get /v1/outbox/holds",
    "get /v1/partners/{code}/service-levels",
    "get /v1/partners/{code}/service-levels/csv",
    "get /v1/partners/{code}/service-levels/svg",
    "get /v1/partners/{code}/service-levels/xlsx",
    "get /v1/postbus",
    "get /v1/toewijzingen/afgewezen",
    "get /v1/toewijzingen/wachtend",
    "get /v1/toewijzingen/{gemeente}/{nummer}",
    "get /v1/vorderingen",
    "post /v1/berichten",
    "post /v1/berichten/zoek",
    "post /v1/betalingen/{name}/betaald",
    "post /v1/betalingen/{name}/intrekken",
    "post /v1/deadlines",
    "post /v1/deadlines/bulk",
    "post /v1/deadlines/{id}/acknowledge",
    "post /v1/deadlines/{id}/gereed",
    "post /v1/deadlines/{id}/waive",
    "post /v1/declaraties",
    "post /v1/declaraties/{id}/antwoord",
    "post /v1/outbox/many",
    "post /v1/outbox/release",
    "post /v1/outbox/{id}/give-up",
    "post /v1/outbox/{id}/hold",
    "post /v1/outbox/{id}/release",
    "post /v1/outbox/{id}/requeue",
    "post /v1/postbus/{id}/ontvangen",
    "post /v1/toewijzingen/{gemeente}/{nummer}/spoed/intrekken",
    "post /v1/validate",
    "put /v1/betalingen/{name}",
    "put /v1/toewijzingen/{gemeente}/{nummer}/spoed",
];

pub async fn document(world: &World) -> Value {
    let answer = world.request(|client| client.get(world.url("/openapi.json"))).await;
    assert_eq!((answer.status, answer.headers["content-type"].as_bytes()), (200, &b"application/json"[..]));
    answer.body
}

/// The operations, each with method and path, and what is said of it.
pub fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = document["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().expect("operations").iter();
        operations.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

/// Judges by one of the schemas in the components of a document.
fn judge(components: &Value, name: &str) -> Validator {
    let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": {"schemas": components}});
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The schemas of the berichten, as the document has them.
fn of_berichten() -> Value {
    let schemas = json_schemas(&Schemas::compiled_in(), standard::choice().usual);
    [schemas.written, schemas.posted, schemas.shared].into_iter().flatten().collect()
}

fn name_of(bericht: &Value) -> String {
    format!("{}-{}", bericht["berichtsoort"].as_str().expect("a kind"), bericht["release"].as_str().expect("a release"))
}

#[tokio::test]
async fn the_document_is_valid_and_names_every_call_of_the_contract() {
    let world = World::with_network("").await;
    let document = document(&world).await;
    let spec: Spec = serde_json::from_value(document.clone()).expect("OpenAPI 3.1");
    // A schema that another one repeats in place is not used, and that is fine.
    spec.validate(Options::only(&Options::IgnoreUnusedSchemas), None).expect("no mistakes");
    for (name, schema) in document["components"]["schemas"].as_object().expect("schemas") {
        jsonschema::draft202012::meta::validate(schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let is_page = |operation: &Value| ["dashboard", "api"].iter().any(|tag| operation["tags"][0] == *tag);
    let mut calls: Vec<_> =
        operations(&document).filter(|(_, operation)| !is_page(operation)).map(|(call, _)| call).collect();
    calls.sort();
    assert_eq!(calls, CALLS);
    for (call, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|summary| summary.len() > 10), "{call} says nothing");
        let asks = operation["security"] == json!([{"token": []}]);
        assert_eq!(asks, call.contains(" /v1/") && operation["responses"]["401"].is_object(), "{call}");
    }
    world.stop().await;
}

/// Only what is described can be a route: the router takes handlers with their description, and nothing else.
#[test]
fn no_route_is_added_without_a_description() {
    let ways_around = [".route(", ".route_service(", ".nest(", ".nest_service(", "axum::routing"];
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http")) {
        let text = fs::read_to_string(&file).expect("a source file");
        let way = ways_around.iter().find(|way| text.contains(**way));
        assert_eq!(way, None, "{}: use .routes(routes!(…))", file.display());
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    files.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

#[tokio::test]
async fn every_example_is_what_its_schema_says() {
    let world = World::with_network("").await;
    let document = document(&world).await;
    let components = &document["components"]["schemas"];
    let mut judged = 0;
    for (call, operation) in operations(&document) {
        let answers = operation["responses"].as_object().expect("responses").values();
        for body in answers.chain(operation.get("requestBody")) {
            for (media, content) in body["content"].as_object().into_iter().flatten() {
                let Some(reference) = content["schema"]["$ref"].as_str() else { continue };
                let named = content["examples"].as_object().into_iter().flatten().map(|(_, one)| &one["value"]);
                for example in named.chain(content.get("example")) {
                    let schema = judge(components, reference.rsplit('/').next().expect("a name"));
                    schema.validate(example).unwrap_or_else(|error| panic!("{call} {media}: {error}"));
                    judged += 1;
                }
            }
        }
    }
    assert!(judged > 30, "only {judged} examples");
    world.stop().await;
}

#[tokio::test]
async fn what_the_api_gives_is_what_the_document_says() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let id = world.post(AANBIEDER, WMO305).await.body["id"].as_str().expect("an id").to_owned();
    let components = &document(&world).await["components"]["schemas"];
    for (path, schema) in [
        ("/v1/berichten".to_owned(), "Page_BerichtJson"),
        (format!("/v1/berichten/{id}"), "BerichtJson"),
        (format!("/v1/berichten/{id}/json"), "WrittenBericht"),
        ("/v1/berichten/nergens".to_owned(), "Problem"),
        ("/v1/postbus".to_owned(), "Page_Waiting"),
        ("/v1/deadlines?state=met".to_owned(), "Page_DeadlineJson"),
        ("/v1/toewijzingen/0384/700101".to_owned(), "ToewijzingJson"),
    ] {
        let answer = world.get(AANBIEDER, &path).await;
        judge(components, schema).validate(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    world.stop().await;
}

#[tokio::test]
async fn a_call_reads_as_much_json_as_the_document_says_and_no_more() {
    let world = crate::decide::world().await;
    let document = document(&world).await;
    let of_objects = |(call, operation): &(String, &Value)| {
        let has_own_limit = ["post /v1/berichten", "post /v1/declaraties"].contains(&call.as_str());
        operation["requestBody"]["content"]["application/json"].is_object() && !has_own_limit
    };
    let mut limits = Vec::new();
    for (call, operation) in operations(&document).filter(of_objects) {
        let told = &operation["responses"]["413"]["content"]["application/problem+json"]["examples"];
        let detail = told["inhoud-te-groot"]["value"]["detail"].as_str().unwrap_or_else(|| panic!("{call}: no 413"));
        let limit: usize = detail.split(' ').find_map(|word| word.parse().ok()).expect("a number");
        let (method, path) = call.split_once(' ').expect("method and path");
        let path = ["{id}", "{name}", "{nummer}"].iter().fold(path.to_owned(), |path, name| path.replace(name, "1"));
        let url = world.url(&path.replace("{gemeente}", GEMEENTE));
        let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
        let send = async |size: usize| {
            let request = |client: &reqwest::Client| client.request(method.clone(), &url).bearer_auth("Anna");
            let body = " ".repeat(size - 2) + "[]";
            world.request(|client| request(client).header("content-type", "application/json").body(body)).await
        };
        let read = send(limit).await;
        assert_eq!((read.status, &read.body["type"]), (422, &json!("urn:iwmo-gateway:fout:inhoud")), "{call}");
        let unread = send(limit + 1).await;
        assert_eq!((unread.status, unread.headers["content-type"].as_bytes()), (413, &b"application/problem+json"[..]));
        assert_eq!(unread.body["type"], json!("urn:iwmo-gateway:fout:inhoud-te-groot"), "{call}");
        let detail = unread.body["detail"].as_str().expect("a text");
        assert!(detail.contains(&format!("hoogstens {limit} bytes")) && detail.contains("Stuur JSON"), "{detail}");
        limits.push((path, limit));
    }
    let most = limits.iter().max_by_key(|(_, limit)| *limit).expect("calls");
    assert_eq!((limits.len(), most), (18, &("/v1/declaraties/1/antwoord".to_owned(), 16_777_216)));
    world.stop().await;
}

#[test]
fn every_fixture_is_what_the_schema_of_its_bericht_says() {
    let components = of_berichten();
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/cases/valid");
    if !corpus.exists() {
        println!("skipped in part: no conformance corpus at {}", corpus.display());
    }
    let folders = fs::read_dir(&corpus).into_iter().flatten().map(|entry| entry.expect("readable").path());
    let cases = folders.flat_map(|folder| fs::read_dir(folder).expect("a folder"));
    let cases = cases.map(|entry| entry.expect("readable").path());
    let mut judges = std::collections::HashMap::new();
    for file in fixtures().iter().flat_map(|(_, folder)| files(folder)).chain(cases) {
        let bericht = json::write(&xml::read(&fs::read(&file).expect("a fixture")).expect("a bericht"));
        let name = name_of(&bericht);
        for name in [format!("{name}.post"), name] {
            let schema = judges.entry(name.clone()).or_insert_with(|| judge(&components, &name));
            schema.validate(&bericht).unwrap_or_else(|error| panic!("{} by {name}: {error}", file.display()));
        }
    }
    let known: usize = fixtures().iter().map(|(release, _)| release.berichtsoorten().len()).sum();
    // Declaratie and factuur share theirs, as do the two answers.
    assert_eq!(judges.len(), 2 * (known - 2), "a bericht without a fixture");
}

/// One bericht, broken in one place.
type Broken = (&'static str, &'static str, Value);

/// Where it is broken, and what stands there instead; null: nothing.
fn broken_berichten() -> Vec<Broken> {
    let client = "/Bericht/Client";
    let product = "/Bericht/Client/StartProducten/StartProduct/0";
    vec![
        ("an unknown name", client, json!({"Extra": "x"})),
        ("an unknown name in a list", product, json!({"Extra": "x"})),
        ("an unknown name beside the bericht", "", json!({"extra": "x"})),
        ("a number for a text", client, json!({"Bsn": 999_940_004})),
        ("a text for a number", product, json!({"ToewijzingNummer": "700101"})),
        ("an object for a text", client, json!({"Geslacht": {"code": "2"}})),
        ("a text for an object", client, json!({"Naam": "Verhoeven"})),
        ("too long", client, json!({"Bsn": "9999400041"})),
        ("too short", client, json!({"Bsn": "99994"})),
        ("too large", product, json!({"ToewijzingNummer": 1_000_000_000_000_i64})),
        ("below zero", product, json!({"ToewijzingNummer": -1})),
        ("missing", client, json!({"Geboortedatum": null})),
        ("missing in a list", product, json!({"Begindatum": null})),
        ("an empty list", "/Bericht/Client/StartProducten", json!({"StartProduct": []})),
        ("a code that is not in the list", client, json!({"Geslacht": "7"})),
        ("no date", product, json!({"Begindatum": "4 maart"})),
        ("a date with a time zone", product, json!({"Begindatum": "2026-03-04Z"})),
        ("only spaces", "/Bericht/Client/Naam/Geslachtsnaam", json!({"Achternaam": "  "})),
        ("another code", "/Bericht/Header", json!({"BerichtCode": "414"})),
        ("another version", "/Bericht/Header", json!({"BerichtVersie": 2})),
        ("no such kind", "", json!({"berichtsoort": "WMO999"})),
        ("no such release", "", json!({"release": "3.1"})),
        ("the sender of another kind", "/Bericht/Header", json!({"Afzender": "384"})),
    ]
}

#[tokio::test]
async fn schema_and_gateway_refuse_the_same_berichten() {
    let world = World::both_local().await;
    let components = &document(&world).await["components"]["schemas"];
    let whole = json::write(&xml::read(WMO305.as_bytes()).expect("a bericht"));
    let (written, posted) = (judge(components, "WrittenBericht"), judge(components, "PostedBericht"));
    assert!(written.is_valid(&whole) && posted.is_valid(&whole));
    for (what, place, change) in broken_berichten() {
        let mut bericht = whole.clone();
        let target = bericht.pointer_mut(place).and_then(Value::as_object_mut).expect(place);
        for (name, value) in change.as_object().expect("members") {
            target.remove(name);
            if !value.is_null() {
                target.insert(name.clone(), value.clone());
            }
        }
        assert!(!written.is_valid(&bericht) && !posted.is_valid(&bericht), "{what}: allowed by the schema");
        let answer = world.post_json(AANBIEDER, &bericht).await;
        assert_eq!(answer.status, 422, "{what}: {}", answer.text);
    }
    world.stop().await;
}

#[tokio::test]
async fn what_the_gateway_fills_in_may_be_left_out_of_a_post_and_of_nothing_else() {
    let world = World::both_local().await;
    let components = &document(&world).await["components"]["schemas"];
    let mut bericht = json::write(&xml::read(WMO301.as_bytes()).expect("a bericht"));
    let header = bericht["Bericht"]["Header"].as_object_mut().expect("a header");
    for name in ["BerichtCode", "BerichtVersie", "BerichtSubversie", "BerichtIdentificatie", "XsdVersie"] {
        header.remove(name);
    }
    bericht.as_object_mut().expect("an object").remove("release");
    assert!(!judge(components, "WrittenBericht").is_valid(&bericht));
    let posted = judge(components, "PostedBericht");
    posted.validate(&bericht).expect("may be posted");
    assert_eq!(world.post_json(GEMEENTE, &bericht).await.status, 202);
    bericht["Bericht"]["Header"]["BerichtIdentificatie"] = json!({"Dagtekening": "2026-03-04"});
    posted.validate(&bericht).expect("in part, too");
    bericht["Bericht"]["Header"].as_object_mut().expect("a header").remove("Ontvanger");
    assert!(!posted.is_valid(&bericht), "the gateway does not know for whom it is");
    world.stop().await;
}

#[tokio::test]
async fn people_read_the_same_without_a_token_or_script() {
    let world = World::both_local().await;
    let get = async |path: &str| world.request(|client| client.get(world.url(path))).await;
    let page = get("/docs").await;
    assert_eq!(page.status, 200);
    for part in ["POST /v1/berichten", "href=\"/docs/WMO305-3.2.post\"", "Identificatie al gebruikt", "START-1"] {
        assert!(page.text.contains(part), "{part} is missing");
    }
    let policy = page.headers["content-security-policy"].to_str().expect("a policy");
    assert!(policy.starts_with("default-src 'none'") && !page.text.contains("<script"), "{policy}");
    for (call, _) in operations(&document(&world).await) {
        let (method, path) = call.split_once(' ').expect("method and path");
        assert!(page.text.contains(&format!("{} {path}", method.to_uppercase())), "{call} is missing");
    }
    let schema = get("/docs/WMO305-3.2").await;
    assert!(schema.text.contains("Bericht.Client.StartProducten.StartProduct.Begindatum"), "{}", schema.text);
    assert!(schema.text.contains("href=\"/docs/iWmo-3.2.LDT_Datum\""), "{}", schema.text);
    assert_eq!(get("/docs/nergens").await.status, 404);
    world.stop().await;
}

/// Names that the API had in Dutch, although the standard has no such noun.
const OF_OLD: [&str; 26] = [
    "afspraak",
    "begunstigde",
    "betaalbaar",
    "betaald",
    "betaald_op",
    "betaling",
    "betalingen",
    "dag",
    "gereed_op",
    "gevorderd",
    "gevraagd",
    "in_betaling",
    "ingediend",
    "ingetrokken",
    "kenmerk",
    "overgeslagen",
    "proef",
    "reden",
    "regels",
    "toegekend",
    "tot",
    "totaal",
    "uitleg",
    "uitvoerdatum",
    "van",
    "vanaf",
];

#[tokio::test]
async fn members_and_parameters_are_dutch_only_where_the_standard_is() {
    let world = crate::decide::world().await;
    let mut document = document(&world).await;
    // Searching berichten and listing them keep these two: so it was agreed with those who search.
    let search = document["components"]["schemas"]["BerichtenSearch"]["properties"].as_object_mut().expect("members");
    assert!(["van", "tot"].iter().all(|name| search.remove(*name).is_some()), "{search:?}");
    let list = document["paths"]["/v1/berichten"]["get"]["parameters"].as_array_mut().expect("parameters");
    list.retain(|parameter| parameter["name"] != "van" && parameter["name"] != "tot");
    let mut names = BTreeSet::new();
    named_in(&document["components"]["schemas"], &mut names);
    let calls = document["paths"].as_object().expect("paths").iter();
    calls.filter(|(path, _)| path.starts_with("/v1")).for_each(|(_, calls)| named_in(calls, &mut names));
    for known in ["toewijzing_nummer", "ingediend_bedrag", "reason", "dueBy", "execution_date"] {
        assert!(names.contains(known), "{known} is there, so names were found");
    }
    let back: Vec<&String> = names.iter().filter(|name| OF_OLD.contains(&name.as_str())).collect();
    assert!(back.is_empty(), "see docs/adr/0007-languages.md: {back:?}");
    world.stop().await;
}

/// The members of all schemas in this, and the parameters of all calls.
fn named_in(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| named_in(one, names)),
        Value::Object(members) => {
            names.extend(
                members.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys().cloned()),
            );
            let parameters = members.get("parameters").and_then(Value::as_array).into_iter().flatten();
            names.extend(parameters.filter_map(|one| one["name"].as_str().map(str::to_owned)));
            members.iter().filter(|(name, _)| *name != "example").for_each(|(_, one)| named_in(one, names));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
