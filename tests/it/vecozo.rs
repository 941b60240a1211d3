//! The link to VECOZO: what is handed in, what is fetched, and what is confirmed, against a server that keeps to its contract.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use chrono::TimeDelta;
use iwmo_gateway::app::{self, Running};
use iwmo_gateway::bundle::{self, Entry};
use iwmo_gateway::clock::{Clock as _, SetClock};
use iwmo_gateway::domain::Bericht;
use iwmo_gateway::exchange::{new_referentienummer, sha256_hex};
use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use iwmo_gateway::hub::mock::{Codec, Mock};
use iwmo_gateway::store::{Lease, ParcelState, Postgres, Store};
use iwmo_gateway::xml;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::world::{AANBIEDER, BSN, GEMEENTE, WMO301, WMO305, World, config, instant};

/// A bericht that waits at VECOZO.
#[derive(Clone)]
struct Waiting {
    metadata: Value,
    /// `None`: it is gone.
    payload: Option<Vec<u8>>,
}

#[derive(Default)]
struct Inside {
    waiting: Vec<Waiting>,
    /// Answers to what is handed in, in order; then 204.
    answers: Vec<(u16, String)>,
    /// What was handed in: content type and body.
    pushed: Vec<(String, Vec<u8>)>,
    downloads: BTreeMap<String, usize>,
    /// How often was asked what waits, by door.
    lists: BTreeMap<usize, usize>,
    /// Of every confirmation: the number, and how many berichten were stored when it came.
    confirmed: Vec<(String, usize)>,
    /// How many confirmations are lost before one arrives.
    lost: usize,
    statuses: BTreeMap<String, Value>,
}

/// A stand-in that keeps to the contract.
#[derive(Clone, Default)]
struct Vecozo {
    inside: Arc<Mutex<Inside>>,
    /// By which of its doors somebody came in.
    door: usize,
    /// Of the gateway, to look into at the moment of a confirmation.
    store: Arc<OnceLock<Arc<dyn Store>>>,
}

impl Vecozo {
    async fn listen(&self) -> String {
        let router = Router::new()
            .route("/berichtenservice/berichten/rest-push/v1/berichten", post(pushed))
            .route("/berichtenservice/berichten/rest-pull/v1/berichten", get(list))
            .route("/berichtenservice/berichten/rest-pull/v1/berichten/{id}/payload", get(payload))
            .route("/berichtenservice/berichten/rest-pull/v1/berichten/{id}", delete(confirmed))
            .route("/berichtenservice/berichtstatus/rest-pull/v3/berichtstatussen", get(status))
            .with_state(self.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let url = format!("http://{}/berichtenservice", listener.local_addr().expect("bound"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn inside<T>(&self, look: impl FnOnce(&mut Inside) -> T) -> T {
        look(&mut self.inside.lock().expect("unharmed"))
    }
}

async fn pushed(State(vecozo): State<Vecozo>, headers: HeaderMap, body: Bytes) -> Response {
    let content_type = headers["content-type"].to_str().expect("text").to_owned();
    let (status, body) = vecozo.inside(|inside| {
        inside.pushed.push((content_type, body.to_vec()));
        if inside.answers.is_empty() { (204, String::new()) } else { inside.answers.remove(0) }
    });
    (StatusCode::from_u16(status).expect("a status"), body).into_response()
}

async fn list(State(vecozo): State<Vecozo>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    assert_eq!(query["limit"], "250");
    let listed: Vec<Value> = vecozo.inside(|inside| {
        *inside.lists.entry(vecozo.door).or_default() += 1;
        inside.waiting.iter().take(250).map(|one| one.metadata.clone()).collect()
    });
    axum::Json(listed).into_response()
}

async fn payload(State(vecozo): State<Vecozo>, Path(id): Path<String>) -> Response {
    vecozo.inside(|inside| {
        *inside.downloads.entry(id.clone()).or_default() += 1;
        let found = inside.waiting.iter().find(|one| number_of(one) == id).and_then(|one| one.payload.clone());
        found.map_or(StatusCode::NOT_FOUND.into_response(), IntoResponse::into_response)
    })
}

async fn confirmed(State(vecozo): State<Vecozo>, Path(id): Path<String>) -> StatusCode {
    let store = vecozo.store.get().expect("the store of the gateway");
    let stored = store.berichten(None, None, 200).await.expect("berichten").len();
    vecozo.inside(|inside| {
        inside.confirmed.push((id.clone(), stored));
        if inside.lost > 0 {
            inside.lost -= 1;
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        inside.waiting.retain(|one| number_of(one) != id);
        StatusCode::ACCEPTED
    })
}

async fn status(State(vecozo): State<Vecozo>, Query(query): Query<BTreeMap<String, String>>) -> axum::Json<Value> {
    axum::Json(vecozo.inside(|inside| inside.statuses.get(&query["traceerId"]).cloned().unwrap_or(json!([]))))
}

fn number_of(waiting: &Waiting) -> String {
    waiting.metadata["referentiegegevens"]["traceerId"].as_str().expect("a number").to_owned()
}

/// A 301 of the gemeente, as VECOZO lists it, with this payload.
fn toewijzing(payload: &[u8]) -> Waiting {
    let number = new_referentienummer();
    let metadata = json!({
        "basisgegevens": {
            "ontvangenOp": "2026-03-04T08:00:00.1234+01:00",
            "payload": {
                "url": "https://elders.example/payload",
                "grootte": payload.len(),
                "checksum": { "algoritme": "SHA256", "waarde": sha256_hex(payload) },
            },
        },
        "routeringgegevens": {
            "afzender": { "rol": "Gemeente", "code": GEMEENTE },
            "geadresseerden": [{ "rol": "Instelling", "code": AANBIEDER }],
            "berichtstroom": {
                "berichttype": "WMO", "berichtsubtype": "WMO301", "berichtversie": 3, "berichtsubversie": 2, "actie": "ONBEKEND",
            },
        },
        "referentiegegevens": { "conversatieId": number, "traceerId": number },
    });
    Waiting { metadata, payload: Some(payload.to_vec()) }
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<Entry> =
        files.iter().map(|(name, bytes)| Entry { name: (*name).to_owned(), bytes: bytes.to_vec() }).collect();
    bundle::write(&entries).expect("a ZIP")
}

/// A gateway of the aanbieder, and its VECOZO.
async fn connected(vecozo: &Vecozo, more: &str) -> World {
    let url = vecozo.listen().await;
    let settings = format!(
        "[vecozo]\nurl = {url:?}\npoll = \"20ms\"\nstatus_poll = \"20ms\"\npartijen = [\"{AANBIEDER}\"]\nactie = \"ONBEKEND\"\n{more}\n"
    );
    let world = World::start(&[AANBIEDER], &settings, None).await;
    vecozo.store.set(Arc::clone(world.store())).unwrap_or_else(|_| panic!("set twice"));
    world
}

/// Waits for what must come.
async fn until(what: &str, mut is_there: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_there().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(2), waiting).await.unwrap_or_else(|_| panic!("{what} did not come"));
}

/// Metadata and payload of what was handed in.
fn parts((content_type, body): &(String, Vec<u8>)) -> (Value, Vec<u8>) {
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("multipart");
    let mark = format!("--{boundary}");
    let at: Vec<usize> = (0..body.len()).filter(|at| body[*at..].starts_with(mark.as_bytes())).collect();
    assert_eq!(at.len(), 3, "two parts and the end");
    let part = |from: usize, to: usize| {
        let part = &body[from + mark.len() + 2..to - 2];
        let head = part.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        (String::from_utf8(part[..head].to_vec()).expect("text"), part[head + 4..].to_vec())
    };
    let (metadata, payload) = (part(at[0], at[1]), part(at[1], at[2]));
    assert!(
        metadata.0.contains("name=\"berichtMetadata\"") && metadata.0.contains("application/json"),
        "{}",
        metadata.0
    );
    assert!(payload.0.contains("name=\"payload\"") && payload.0.contains("application/octet-stream"), "{}", payload.0);
    (serde_json::from_slice(&metadata.1).expect("JSON"), payload.1)
}

#[tokio::test]
async fn a_start_is_handed_in_as_the_contract_says_and_in_the_same_bytes_again() {
    let vecozo = Vecozo::default();
    vecozo.inside(|inside| inside.answers = vec![(500, "<html>".to_owned())]);
    let world = connected(&vecozo, "rol = \"Praktijk\"").await;
    let taken = world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305).await;
    assert_eq!(taken.status, 202, "{}", taken.text);
    let parcel = async || world.store().undelivered(1).await.expect("parcels").into_iter().next();
    until("an unclear attempt", async || {
        parcel().await.is_some_and(|parcel| matches!(parcel.state, ParcelState::Unclear { .. }))
    })
    .await;
    let number = parcel().await.expect("a parcel").referentienummer;
    world.at("2026-03-04T09:10:00+01:00");
    until("a delivery", async || parcel().await.is_none()).await;
    let pushed = vecozo.inside(|inside| inside.pushed.clone());
    assert!(pushed.len() == 2 && pushed[0] == pushed[1], "the same bytes at every attempt");
    let (metadata, payload) = parts(&pushed[0]);
    assert_eq!(
        metadata,
        json!({
            "routeringgegevens": {
                "afzender": { "rol": "Praktijk", "code": AANBIEDER },
                "geadresseerden": [{ "rol": "Gemeente", "code": GEMEENTE }],
                "berichtstroom": {
                    "berichttype": "WMO", "berichtsubtype": "WMO305", "berichtversie": 3, "berichtsubversie": 2, "actie": "ONBEKEND",
                },
            },
            "referentiegegevens": { "conversatieId": number, "traceerId": number },
            "verwerkingscontext": [
                { "sleutel": "Applicatie", "waarde": ["iwmo-gateway"] },
                { "sleutel": "ApplicatieVersie", "waarde": ["1"] },
                { "sleutel": "ApplicatieSubversie", "waarde": ["0"] },
            ],
        })
    );
    let files = bundle::read(&payload).expect("a ZIP");
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].bytes, WMO305.as_bytes(), "byte for byte");
    world.stop().await;
}

#[tokio::test]
async fn only_vecozo_refuses_and_a_number_that_it_knows_already_was_delivered() {
    let vecozo = Vecozo::default();
    let refusal =
        json!({"title": "Afgekeurd", "errors": {"payload": [format!("BRS13 niet valide, Bsn {BSN}")]}}).to_string();
    let world = connected(&vecozo, "payload = \"xml\"").await;
    let state = async || {
        let parcel = world.store().undelivered(1).await.expect("parcels").into_iter().next();
        parcel.map(|parcel| (parcel.state, parcel.last_reason.unwrap_or_default()))
    };
    vecozo.inside(|inside| {
        inside.answers = vec![(422, "<html>een proxy</html>".to_owned()), (502, String::new()), (409, String::new())];
    });
    world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305).await;
    until("a first answer", async || state().await.is_some_and(|(_, reason)| reason.contains("HTTP 422"))).await;
    assert!(matches!(state().await, Some((ParcelState::Waiting { .. }, _))), "no word of VECOZO: {:?}", state().await);
    world.at("2026-03-04T09:10:00+01:00");
    until("a second answer", async || matches!(state().await, Some((ParcelState::Unclear { due_at: Some(_) }, _))))
        .await;
    world.at("2026-03-04T09:30:00+01:00");
    until("a delivery", async || state().await.is_none()).await;

    vecozo.inside(|inside| inside.answers = vec![(422, refusal)]);
    world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305.replace("START-1", "START-2")).await;
    until("a refusal", async || matches!(state().await, Some((ParcelState::Refused { .. }, _)))).await;
    let (_, reason) = state().await.expect("a parcel");
    assert!(reason.contains("BRS13") && !reason.contains(BSN), "{reason}");
    let (_, payload) = parts(&vecozo.inside(|inside| inside.pushed[0].clone()));
    assert_eq!(payload, WMO305.as_bytes(), "not packed");
    world.stop().await;
}

#[tokio::test]
async fn what_waits_is_kept_before_it_is_confirmed_and_its_answer_names_it() {
    let vecozo = Vecozo::default();
    let (plain, packed) = (
        toewijzing(WMO301.as_bytes()),
        toewijzing(&zip_of(&[("x.xml", WMO301.replace("TOEW-1", "TOEW-2").as_bytes())])),
    );
    let numbers = [number_of(&plain), number_of(&packed)];
    vecozo.inside(|inside| (inside.waiting, inside.lost) = (vec![plain, packed], 1));
    let world = connected(&vecozo, "").await;
    until("an empty list", async || vecozo.inside(|inside| inside.waiting.is_empty())).await;
    until("two answers", async || vecozo.inside(|inside| inside.pushed.len() == 2)).await;
    vecozo.inside(|inside| {
        assert_eq!(inside.confirmed.len(), 3, "one was lost and said again: {:?}", inside.confirmed);
        assert!(inside.confirmed[0].1 >= 1 && inside.confirmed[1].1 >= 2, "stored first: {:?}", inside.confirmed);
        assert!(inside.downloads.values().all(|times| *times == 1), "not downloaded again: {:?}", inside.downloads);
    });
    let fetched = world.berichten().await;
    assert_eq!(fetched.iter().filter(|line| line.ends_with(" vecozo")).count(), 2, "how they came in: {fetched:?}");
    let kinds: Vec<String> = fetched.iter().map(|line| line.split(' ').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(kinds.iter().filter(|kind| kind.starts_with("WMO301")).count(), 2, "{kinds:?}");
    let answers: Vec<Value> = vecozo.inside(|inside| inside.pushed.iter().map(|one| parts(one).0).collect());
    for (answer, number) in answers.iter().zip(numbers) {
        let references = &answer["referentiegegevens"];
        assert_eq!(
            (&references["alsAntwoordOp"], &references["conversatieId"]),
            (&json!(number), &json!(number)),
            "{answer}"
        );
        assert_eq!(answer["routeringgegevens"]["berichtstroom"]["berichtsubtype"], "WMO302");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_damaged_stays_there_and_what_nobody_can_read_is_kept_and_blocks_nothing() {
    let vecozo = Vecozo::default();
    let mut damaged = toewijzing(WMO301.as_bytes());
    damaged.payload = Some(WMO301.replace("TOEW-1", "TOEW-X").into_bytes());
    let two = toewijzing(&zip_of(&[("a.xml", WMO301.as_bytes()), ("b.xml", WMO301.as_bytes())]));
    let gone = Waiting { payload: None, ..toewijzing(WMO301.as_bytes()) };
    let for_others = {
        let mut one = toewijzing(WMO301.replace("TOEW-1", "TOEW-3").as_bytes());
        one.metadata["routeringgegevens"]["geadresseerden"] = json!([{ "rol": "Nieuwe rol", "code": "41009999" }]);
        one
    };
    let strange = {
        let mut one = toewijzing(b"<nieuw/>");
        one.metadata["basisgegevens"] = json!({"nieuw": true});
        one
    };
    let good = toewijzing(WMO301.as_bytes());
    let stays = number_of(&damaged);
    vecozo.inside(|inside| inside.waiting = vec![damaged.clone(), two, gone, for_others, strange, good]);
    let world = connected(&vecozo, "").await;
    until("all but one", async || vecozo.inside(|inside| inside.waiting.len() == 1)).await;
    until("another try", async || vecozo.inside(|inside| inside.downloads[&stays] >= 2)).await;
    vecozo.inside(|inside| {
        assert!(inside.confirmed.iter().all(|(number, _)| *number != stays), "what is damaged is never confirmed");
    });
    let berichten = world.berichten().await;
    let of = |outcome: &str| berichten.iter().filter(|line| line.split(' ').nth(2) == Some(outcome)).count();
    assert_eq!(of("refused"), 4, "{berichten:?}");
    assert_eq!(
        berichten.iter().filter(|line| line.starts_with("WMO301") && line.contains("accepted")).count(),
        1,
        "{berichten:?}"
    );
    let pushed: Vec<Value> = vecozo.inside(|inside| inside.pushed.iter().map(|one| parts(one).0).collect());
    assert!(
        pushed.iter().all(|one| one["routeringgegevens"]["berichtstroom"]["berichtsubtype"] == "WMO302"),
        "no Fo01"
    );
    world.stop().await;
}

#[tokio::test]
async fn vecozo_is_asked_how_far_berichten_came_and_an_unknown_word_is_kept_and_shown() {
    let vecozo = Vecozo::default();
    let world = connected(&vecozo, "").await;
    let handed_in = async |identificatie: &str| {
        let taken =
            world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305.replace("START-1", identificatie)).await;
        assert_eq!(taken.status, 202, "{}", taken.text);
        let count = vecozo.inside(|inside| inside.pushed.len());
        until("it is handed in", async || vecozo.inside(|inside| inside.pushed.len() > count) || count > 0).await;
        taken.body["id"].as_str().expect("an id").to_owned()
    };
    let (good, bad) = (handed_in("START-1").await, handed_in("START-2").await);
    until("both are handed in", async || vecozo.inside(|inside| inside.pushed.len() == 2)).await;
    let numbers: Vec<String> = vecozo.inside(|inside| {
        inside
            .pushed
            .iter()
            .map(|one| parts(one).0["referentiegegevens"]["traceerId"].as_str().expect("a number").to_owned())
            .collect()
    });
    let told = |number: &str, status: &str, at: &str, meldingen: Value| {
        let row = json!({
            "referentiegegevens": { "conversatieId": number, "traceerId": number },
            "berichtstroom": {}, "berichtstatus": status, "berichtstatusGewijzigdOp": at, "berichtOntvangenOp": at, "meldingen": meldingen,
        });
        vecozo.inside(|inside| inside.statuses.insert(number.to_owned(), json!([row])));
    };
    let transport = async |id: &str| world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await.text;
    told(&numbers[0], "OpReisNaarMars", "2026-03-04T09:00:05.1234+01:00", json!([]));
    until("the unknown word", async || transport(&good).await.contains("VECOZO: OpReisNaarMars")).await;
    assert!(transport(&good).await.contains("\"accepted\""), "and no more than that");
    told(&numbers[0], "Bezorgd", "2026-03-04T09:01:00+01:00", json!([]));
    until("its arrival", async || transport(&good).await.contains("VECOZO: Bezorgd")).await;
    assert!(transport(&good).await.contains("\"fetched\""), "{}", transport(&good).await);
    let melding = json!([{ "code": "BRS13", "omschrijving": "niet valide", "toelichting": format!("Bsn {BSN}") }]);
    told(&numbers[1], "AfgekeurdDoorDienst", "2026-03-04T09:01:00+01:00", melding);
    until("its rejection", async || {
        world
            .store()
            .undelivered(5)
            .await
            .expect("parcels")
            .iter()
            .any(|parcel| matches!(parcel.state, ParcelState::Refused { .. }) && parcel.referentienummer == numbers[1])
    })
    .await;
    let text = transport(&bad).await;
    assert!(text.contains("BRS13") && !text.contains(BSN), "{text}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_handed_in_at_the_mock_is_answered_fetched_and_confirmed() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let network = format!("http://{}", listener.local_addr().expect("bound"));
    let config = format!(
        "listen = \"\"\ngateway_url = \"http://127.0.0.1:9/\"\n[[parties]]\ncode = \"{GEMEENTE}\"\nafter = \"1h\"\n"
    );
    let clock = Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00")));
    let told = Arc::clone(&clock);
    let codec = Codec { read: Arc::new(|bytes| xml::read(bytes).ok()), encode: xml::encode };
    let config = toml::from_str(&config).expect("settings of a mock");
    let mock = Mock::new(config, codec, Arc::new(move || told.now()), Arc::new(new_referentienummer)).expect("a mock");
    mock.misbehave([FaultOrder::of(Misbehaviour::CloseStored, 1)]);
    let serving = mock.clone();
    let serving = tokio::spawn(async move { serving.serve(listener).await });
    let settings = format!(
        "[vecozo]\nurl = \"{network}/berichtenservice\"\npoll = \"20ms\"\nstatus_poll = \"20ms\"\n\
         partijen = [\"{AANBIEDER}\"]\nactie = \"ONBEKEND\"\npayload = \"xml\"\n"
    );
    let world = World::start(&[AANBIEDER], &settings, None).await;

    let posted = world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305).await;
    assert_eq!(posted.status, 202, "{}", posted.text);
    assert_eq!(posted.body["sent_to"][0]["via"], "vecozo", "{}", posted.text);
    let one = format!("/v1/berichten/{}", posted.body["id"].as_str().expect("an id"));
    let stage = async || world.get(AANBIEDER, &one).await.body["transport_state"]["state"].clone();
    until("an attempt without an answer", async || stage().await == "unclear").await;
    world.at("2026-03-04T09:10:00+01:00");
    until("accepted", async || stage().await == "accepted").await;
    assert_eq!(world.get(AANBIEDER, "/v1/postbus").await.body["items"], json!([]), "the answer comes in an hour");

    clock.set(instant("2026-03-04T10:30:00+01:00"));
    world.at("2026-03-04T10:30:00+01:00");
    until("the retour", async || stage().await == "retour").await;
    let waiting = async || {
        let list = reqwest::get(format!("{network}/berichtenservice/berichten/rest-pull/v1/berichten")).await;
        list.expect("an answer").text().await.expect("a body")
    };
    until("it is confirmed", async || waiting().await == "[]").await;
    assert_eq!(
        world.berichten().await.iter().map(|line| &line[..6]).collect::<Vec<_>>(),
        ["WMO305", "WMO306"],
        "once, although it was handed in twice"
    );
    let postbus = world.get(AANBIEDER, "/v1/postbus").await.body;
    assert_eq!(postbus["items"][0]["berichtsoort"], "WMO306", "{postbus}");
    let deadlines = world.get(AANBIEDER, &one).await.body["deadlines"].clone();
    assert_eq!((&deadlines[0]["clock"], &deadlines[0]["state"]), (&json!("retour"), &json!("met")), "{deadlines}");
    world.stop().await;
    serving.abort();
}

/// A process of the aanbieder on this database, that comes in at VECOZO by this door.
async fn process(database: &str, vecozo: &Vecozo, door: usize, clock: &Arc<SetClock>) -> Running {
    let url = Vecozo { door, ..vecozo.clone() }.listen().await;
    let settings = format!(
        "[vecozo]\nurl = {url:?}\npoll = \"20ms\"\nstatus_poll = \"1h\"\npartijen = [\"{AANBIEDER}\"]\nactie = \"ONBEKEND\"\n"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = config(folder.path(), &[AANBIEDER], &settings, "");
    config.database = iwmo_gateway::config::Database::Postgres(database.to_owned());
    app::start(config, clock.clone()).await.expect("a gateway")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_processes_one_fetches_and_the_other_takes_over_when_it_stops_or_is_no_more() {
    let Some(database) = crate::postgres::fresh_database().await else { return };
    let (vecozo, clock) = (Vecozo::default(), Arc::new(SetClock::at(instant("2026-03-04T09:00:00+01:00"))));
    let lists = |door: usize| vecozo.inside(|inside| inside.lists.get(&door).copied().unwrap_or_default());
    let comes_in = |from: usize| {
        let one = |nr: usize| toewijzing(WMO301.replace("TOEW-1", &format!("TOEW-{nr}")).as_bytes());
        vecozo.inside(|inside| inside.waiting = (from..from + 20).map(one).collect());
    };
    let fetched = async || {
        until("an empty list", async || vecozo.inside(|inside| inside.waiting.is_empty())).await;
        vecozo.inside(|inside| assert!(inside.downloads.values().all(|times| *times == 1), "{:?}", inside.downloads));
    };
    let store: Arc<dyn Store> = Arc::new(Postgres::connect(&database).await.expect("the database"));
    assert!(vecozo.store.set(Arc::clone(&store)).is_ok(), "set twice");
    let first = process(&database, &vecozo, 1, &clock).await;
    until("the first one asks", async || lists(1) > 0).await;
    let second = process(&database, &vecozo, 2, &clock).await;
    comes_in(0);
    fetched().await;
    let before = lists(1);
    until("the first one goes on", async || lists(1) > before + 5).await;
    assert_eq!(lists(2), 0, "it was not its turn");

    first.stop().await;
    comes_in(100);
    fetched().await;
    assert!(lists(2) > 0, "the turn was given back");

    // A process that is no more gives nothing back: its turn lapses.
    second.stop().await;
    let now = clock.now();
    let turn = Lease { worker: "gone".to_owned(), until: now + TimeDelta::minutes(1) };
    assert!(store.take_turn(AANBIEDER, &turn, now, turn.until).await.expect("asked"));
    comes_in(200);
    let third = process(&database, &vecozo, 3, &clock).await;
    for _ in 0..20 {
        let live = reqwest::get(format!("http://{}/health/live", third.address)).await.expect("an answer");
        assert_eq!(live.status(), 200);
    }
    assert_eq!(lists(3), 0, "it is the turn of one that is gone");
    clock.set(turn.until);
    fetched().await;
    third.stop().await;
}

#[tokio::test]
async fn a_played_gemeente_answers_a_factuur_at_vecozo_too() {
    const WMO303: &[u8] = include_bytes!("../../fixtures/regels/TR303/goed-nummer.xml");
    let Ok(Bericht::Heen(factuur)) = xml::read(WMO303) else { panic!("a 303") };
    let gemeente = factuur.header.ontvanger.code().to_owned();
    for (answer, total, is_all) in [("grant", "TotaalBedrag>20000<", true), ("reject", "TotaalBedrag>0<", false)] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let network = format!("http://{}/berichtenservice/berichten", listener.local_addr().expect("bound"));
        let config = format!(
            "listen = \"\"\ngateway_url = \"http://127.0.0.1:9/\"\n[[parties]]\ncode = \"{gemeente}\"\n\
             decides = {{ answer = \"{answer}\" }}\n"
        );
        let now = instant("2019-06-20T09:00:00+02:00");
        let config = toml::from_str(&config).expect("settings of a mock");
        let codec = Codec::of(xml::Schemas::compiled_in());
        let mock = Mock::new(config, codec, Arc::new(move || now), Arc::new(new_referentienummer)).expect("a mock");
        let serving = tokio::spawn(async move { mock.serve(listener).await });
        let number = new_referentienummer();
        let metadata = json!({
            "routeringgegevens": { "afzender": {}, "geadresseerden": [{}], "berichtstroom": { "berichtsubtype": "WMO303D" } },
            "referentiegegevens": { "conversatieId": number, "traceerId": number },
        });
        let part = |name: &str, content: &[u8]| {
            [format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes(), content, b"\r\n"]
                .concat()
        };
        let body =
            [part("berichtMetadata", metadata.to_string().as_bytes()), part("payload", WMO303), b"--b--\r\n".into()]
                .concat();
        let client = reqwest::Client::new();
        let push = client.post(format!("{network}/rest-push/v1/berichten"));
        let pushed = push.header("content-type", "multipart/form-data; boundary=b").body(body).send().await;
        assert_eq!(pushed.expect("an answer").status(), 204);
        let pull = format!("{network}/rest-pull/v1/berichten");
        let listed = client.get(&pull).send().await.expect("an answer").text().await.expect("a body");
        let listed: Value = serde_json::from_str(&listed).expect("a list");
        let subtypes: Vec<_> = listed
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| &one["routeringgegevens"]["berichtstroom"]["berichtsubtype"])
            .collect();
        let kind = subtypes.last().and_then(|one| one.as_str()).expect("an antwoord");
        assert!(kind.starts_with("WMO304"), "{listed}");
        let id = listed[subtypes.len() - 1]["referentiegegevens"]["traceerId"].as_str().expect("an id");
        let xml =
            client.get(format!("{pull}/{id}/payload")).send().await.expect("an answer").text().await.expect("a body");
        let read = xml::read(xml.as_bytes()).expect("valid");
        assert_eq!(read.header().soort.name(), kind);
        let toegekend = xml.split("ToegekendTotaalBedrag>").nth(1).expect("a total");
        assert!(toegekend.contains(total), "{answer}: {xml}");
        assert_eq!(xml.contains(">8001<"), is_all, "{answer}: {xml}");
        serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waited_for_days_comes_in_page_by_page_and_each_once() {
    let vecozo = Vecozo::default();
    let one = |nr: usize| {
        let bericht = WMO301.replace("TOEW-1", &format!("TOEW-{nr}")).replace("700101", &format!("{}", 720_000 + nr));
        toewijzing(bericht.as_bytes())
    };
    vecozo.inside(|inside| inside.waiting = (0..520).map(one).collect());
    let world = connected(&vecozo, "").await;
    until("an empty list", async || vecozo.inside(|inside| inside.waiting.is_empty())).await;
    vecozo.inside(|inside| {
        assert!(inside.downloads.len() == 520 && inside.downloads.values().all(|times| *times == 1), "each once");
        let confirmed: std::collections::BTreeSet<_> = inside.confirmed.iter().map(|(number, _)| number).collect();
        assert_eq!((confirmed.len(), inside.confirmed.len()), (520, 520), "each confirmed once");
        assert!(inside.lists[&0] >= 3, "a page of 250, another, and the rest: {:?}", inside.lists);
    });
    world.stop().await;
}
