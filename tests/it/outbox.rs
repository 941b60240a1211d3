//! What goes out when the network is not as it should be, and what an operator does about it. The network is a server of a few
//! lines that answers as it is told.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::hub::envelope::compose::{self, Stamp};
use iwmo_gateway::hub::envelope::{Content, Envelope, Fault, Plek, Stuurgegevens, Systeem, parse};
use iwmo_gateway::store::{OutboxQuery, ParcelView};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::world::{AANBIEDER, ANDERE, GEMEENTE, WMO301, WMO302, WMO305, World};

/// Another aanbieder on the network.
const SECOND: &str = "41005002";

/// What the network does with an envelope.
#[derive(Clone)]
enum Reply {
    /// A Bv03.
    Take,
    /// This status and body; `OURS` in it is the number of the envelope.
    Say(u16, String),
    /// It never answers.
    Hang,
}

type Script = Arc<dyn Fn(&Envelope) -> Reply + Send + Sync>;

#[derive(Clone)]
struct Network {
    url: String,
    seen: Arc<Mutex<Vec<Envelope>>>,
    script: Arc<Mutex<Script>>,
}

impl Network {
    async fn start(script: impl Fn(&Envelope) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let script: Script = Arc::new(script);
        let network = Self { url, seen: Arc::default(), script: Arc::new(Mutex::new(script)) };
        let router = axum::Router::new().fallback(answer).with_state(network.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        network
    }

    /// From now on.
    fn now(&self, script: impl Fn(&Envelope) -> Reply + Send + Sync + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(script);
    }

    /// The number of every envelope that came, with its receiver.
    fn seen(&self) -> Vec<(String, String)> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |header: &Stuurgegevens| (header.referentienummer.clone(), header.ontvanger.organisatie.clone());
        seen.iter().map(|envelope| of(&envelope.stuurgegevens)).collect()
    }
}

async fn answer(State(network): State<Network>, body: Bytes) -> Response {
    let envelope = parse(&body).expect("an envelope");
    let script = Arc::clone(&network.script.lock().unwrap_or_else(PoisonError::into_inner));
    network.seen.lock().unwrap_or_else(PoisonError::into_inner).push(envelope.clone());
    let stamp = Stamp { referentienummer: "r".to_owned(), tijdstip_bericht: "20260304090000000".to_owned() };
    match script(&envelope) {
        Reply::Take => compose::bv03(&envelope.stuurgegevens, &stamp).into_response(),
        Reply::Say(status, body) => {
            let body = body.replace("OURS", &envelope.stuurgegevens.referentienummer);
            (StatusCode::from_u16(status).expect("a status"), body).into_response()
        }
        Reply::Hang => std::future::pending().await,
    }
}

fn web_page(status: u16) -> Reply {
    Reply::Say(status, "<html><body>Niet gevonden</body></html>".to_owned())
}

/// An Fo01 about an envelope, as the network sends it.
pub fn fo01(own: &str, (zender, ontvanger): (&str, &str), about: &str, code: &str) -> Vec<u8> {
    let fault = Fault {
        code: code.to_owned(),
        plek: Plek::Client,
        omschrijving: "Niet aangenomen".to_owned(),
        details: Some("WMO301-00030002".to_owned()),
        details_xml_sha256: None,
    };
    compose::envelope(&Envelope {
        stuurgegevens: Stuurgegevens {
            zender: Systeem::zender(zender, "Keten"),
            ontvanger: Systeem::ontvanger(ontvanger),
            referentienummer: own.to_owned(),
            tijdstip_bericht: "20260304090000000".to_owned(),
        },
        content: Content::Fo01 { cross_refnummer: about.to_owned(), fault },
    })
}

/// A 301 of its own, for this aanbieder.
fn toewijzing(number: usize, aanbieder: &str) -> String {
    let text = WMO301.replace("700101", &format!("{}", 710_000 + number)).replace(AANBIEDER, aanbieder);
    text.replace("TOEW-1", &format!("T{number:05}"))
}

async fn post(world: &World, numbers: std::ops::Range<usize>, aanbieder: &str) {
    for number in numbers {
        let answer = world.post(GEMEENTE, toewijzing(number, aanbieder)).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }
}

async fn parcels(world: &World) -> Vec<ParcelView> {
    let mut parcels = world.store().outbox(&OutboxQuery::default(), None, 500).await.expect("parcels");
    parcels.reverse();
    parcels
}

async fn states(world: &World) -> Vec<&'static str> {
    parcels(world).await.iter().map(|parcel| parcel.state.word()).collect()
}

/// Waits until it is so.
pub async fn until<F: Future<Output = bool>>(what: &str, is_so: impl Fn() -> F) {
    let waited = async {
        while !is_so().await {
            crate::world::a_moment().await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), waited).await.is_ok(), "not within a minute: {what}");
}

async fn holds(world: &World) -> Vec<String> {
    let holds = world.store().holds().await.expect("holds");
    holds.iter().map(|hold| format!("{} {}", hold.scope.word(), hold.scope.name())).collect()
}

/// Half an hour after half an hour from a later moment than it is, until nothing is in front of the network.
async fn half_hours(world: &World, network: &Network, from: &str, count: i32) {
    let start = crate::world::instant(from);
    for round in 0..count {
        // An attempt that is settled after the clock was set counts its pause from the new time.
        until("settled", async || !states(world).await.contains(&"sending")).await;
        let before = network.seen().len();
        world.at(&(start + chrono::TimeDelta::minutes(30) * round).to_rfc3339());
        until("a probe, or nothing to send", async || {
            let waits = |state: &&str| ["waiting", "unclear", "sending"].contains(state);
            network.seen().len() > before || !states(world).await.iter().any(waits)
        })
        .await;
        world.rest_at_network().await;
    }
}

#[tokio::test]
async fn a_proxy_that_answers_404_refuses_nothing_and_is_one_item() {
    let network = Network::start(|_| web_page(404)).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..12, AANBIEDER).await;
    until("held", async || holds(&world).await == [format!("ontvanger {AANBIEDER}")]).await;
    world.rest_at_network().await;
    assert!(network.seen().len() <= 4, "not one attempt for each: {}", network.seen().len());
    assert!(states(&world).await.iter().all(|state| *state == "waiting"), "{:?}", states(&world).await);
    let page = world.get("operator", "/v1/outbox/holds").await;
    assert!(page.body["items"][0]["reason"].as_str().is_some_and(|reason| reason.contains("ggk.url")), "{}", page.text);
    network.now(|_| Reply::Take);
    world.at("2026-03-04T10:00:00+01:00");
    until("delivered", async || states(&world).await.iter().all(|state| *state == "delivered")).await;
    until("free", async || holds(&world).await.is_empty()).await;
    let open = world.deadlines().await.into_iter().filter(|line| line.starts_with("retour")).collect::<Vec<_>>();
    assert!(open.len() == 12 && open.iter().all(|line| line.ends_with("open")), "no clock was stopped: {open:?}");
    let mut numbers = network.seen();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 12, "each under its own number, also when it was sent again");
    world.stop().await;
}

#[tokio::test]
async fn an_outage_of_days_ends_by_itself_and_what_is_over_its_time_is_for_a_person() {
    let network = Network::start(|_| Reply::Say(503, String::new())).await;
    let world = World::against(&network.url, &[GEMEENTE], "[relay]\nbudget = \"3days\"").await;
    post(&world, 0..3, AANBIEDER).await;
    until("held", async || !holds(&world).await.is_empty()).await;
    half_hours(&world, &network, "2026-03-04T09:30:00+01:00", 99).await;
    assert!(states(&world).await.iter().all(|state| *state == "waiting"), "two days later: {:?}", states(&world).await);
    assert!(network.seen().len() <= 110, "one probe at a time: {}", network.seen().len());
    half_hours(&world, &network, "2026-03-06T11:00:00+01:00", 60).await;
    let stuck = parcels(&world).await.into_iter().find(|parcel| parcel.state.word() == "stuck").expect("one over time");
    network.now(|_| Reply::Take);
    let path = format!("/v1/outbox/{}/requeue", stuck.referentienummer);
    let answer = world.call("operator", &path, &json!({"reason": "Het netwerk is er weer."})).await;
    assert_eq!((answer.status, &answer.body["id"]), (200, &json!(stuck.referentienummer)), "{}", answer.text);
    half_hours(&world, &network, "2026-03-07T19:00:00+01:00", 4).await;
    until("delivered", async || {
        let parcels = parcels(&world).await;
        parcels.iter().all(|parcel| matches!(parcel.state.word(), "delivered" | "stuck"))
            && parcels.iter().any(|parcel| parcel.state.word() == "delivered")
    })
    .await;
    let kept = world.store().parcel(&stuck.referentienummer).await.expect("read").expect("there");
    assert_eq!(kept.view.state.word(), "delivered", "the same envelope, under the same number");
    world.stop().await;
}

#[tokio::test]
async fn a_receiver_that_hangs_does_not_hold_up_another() {
    let network = Network::start(|envelope| match envelope.stuurgegevens.ontvanger.organisatie.as_str() {
        AANBIEDER => Reply::Hang,
        _ => Reply::Take,
    })
    .await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..24, AANBIEDER).await;
    post(&world, 24..34, SECOND).await;
    until("the others are delivered", async || {
        states(&world).await.iter().filter(|state| **state == "delivered").count() == 10
    })
    .await;
    let sending = states(&world).await.iter().filter(|state| **state == "sending").count();
    assert_eq!(sending, 4, "so many at once to one receiver");
    // Ends what is under way: nobody waits for a minute.
    drop(world);
}

#[tokio::test]
async fn who_comes_after_a_failure_waits_for_the_probe() {
    let network = Network::start(|_| Reply::Say(503, String::new())).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..1, AANBIEDER).await;
    until("held", async || !holds(&world).await.is_empty()).await;
    post(&world, 1..20, AANBIEDER).await;
    world.rest_at_network().await;
    assert_eq!(network.seen().len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn an_fo01_in_the_answer_refuses_at_once_with_its_code() {
    let fault = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>\
        <Fo01Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens><berichtcode>Fo01</berichtcode>\
        <zender><organisatie>VECOZO</organisatie></zender><crossRefnummer>OURS</crossRefnummer></stuurgegevens>\
        <body><code>IB014</code><plek>client</plek><omschrijving>Niet conform XSD</omschrijving>\
        <details>WMO301-00030002</details></body></Fo01Bericht></e:Body></e:Envelope>";
    for status in [200, 500] {
        let network = Network::start(move |_| Reply::Say(status, fault.to_owned())).await;
        let world = World::against(&network.url, &[GEMEENTE], "").await;
        post(&world, 0..1, AANBIEDER).await;
        until("refused", async || states(&world).await == ["refused"]).await;
        let parcel = parcels(&world).await.remove(0);
        let reason = parcel.last_reason.expect("a reason");
        assert!(reason.starts_with("IB014: Niet conform XSD (WMO301-00030002)"), "{reason}");
        assert!(reason.contains("Verbeter het"), "what to do: {reason}");
        assert_eq!(network.seen().len(), 1);
        world.stop().await;
    }
}

#[tokio::test]
async fn a_freeze_holds_its_functie_and_release_sends_in_new_envelopes() {
    let network = Network::start(|_| Reply::Take).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..1, AANBIEDER).await;
    until("delivered", async || states(&world).await == ["delivered"]).await;
    let first = parcels(&world).await.remove(0);
    let frozen = fo01("fault-1", ("BIDN", GEMEENTE), &first.referentienummer, "IB023");
    let taken = world.envelope(frozen).await;
    assert!(taken.status == 200 && taken.text.contains("Bv03"), "{}", taken.text);
    assert_eq!(holds(&world).await, ["functie WMO301"]);
    post(&world, 1..4, AANBIEDER).await;
    world.rest_at_network().await;
    assert_eq!(states(&world).await, ["held"; 4], "one item, and nothing is sent for it");
    assert_eq!(network.seen().len(), 1);
    let retour = |lines: Vec<String>| lines.into_iter().filter(|line| line.starts_with("retour")).collect::<Vec<_>>();
    assert!(retour(world.deadlines().await).iter().all(|line| line.ends_with("open")), "no clock stops for a freeze");

    let not_a_party = world.call(GEMEENTE, "/v1/outbox/release", &json!({"functie": "WMO301", "reason": "x"})).await;
    assert_eq!(not_a_party.status, 403, "{}", not_a_party.text);
    let body = json!({"functie": "WMO301", "reason": "De stilstand is voorbij."});
    let released = world.call("operator", "/v1/outbox/release", &body).await;
    assert_eq!((released.status, &released.body), (200, &json!({"sent_anew": 1})), "{}", released.text);
    until("delivered", async || states(&world).await[1..].iter().all(|state| *state == "delivered")).await;
    let all = parcels(&world).await;
    assert_eq!(all.len(), 5, "the old one stays: {all:?}");
    assert_eq!((all[0].state.word(), all[0].replaced_by.as_ref()), ("held", Some(&all[4].referentienummer)));
    assert_eq!(world.call("operator", "/v1/outbox/release", &body).await.status, 404, "it does not stand still");
    world.stop().await;
}

#[tokio::test]
async fn a_fault_that_does_not_fit_is_put_apart_and_changes_nothing() {
    let network = Network::start(|_| Reply::Take).await;
    let world = World::against(&network.url, &[GEMEENTE, ANDERE], "").await;
    post(&world, 0..2, AANBIEDER).await;
    until("delivered", async || states(&world).await == ["delivered"; 2]).await;
    let number = parcels(&world).await.remove(0).referentienummer;
    for (own, ends, about) in [
        ("f-1", (SECOND, GEMEENTE), number.as_str()),
        ("f-2", ("VECOZO", ANDERE), number.as_str()),
        ("f-3", ("VECOZO", GEMEENTE), "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1aff"),
    ] {
        let taken = world.envelope(fo01(own, ends, about, "IB014")).await;
        assert!(taken.status == 200 && taken.text.contains("Bv03"), "{own}: {}", taken.text);
    }
    assert_eq!(states(&world).await, ["delivered"; 2]);
    assert!(world.deadlines().await.iter().all(|line| line.ends_with("open")), "{:?}", world.deadlines().await);
    let apart = world.get("operator", "/v1/outbox/faults").await.body;
    let why: Vec<&Value> = apart["items"].as_array().expect("a list").iter().map(|fault| &fault["why"]).collect();
    assert_eq!(
        why,
        [
            "Er is niets verstuurd met dit nummer.",
            "Het is gericht aan een andere partij dan die het bericht verstuurde.",
            "Het komt van een partij voor wie het bericht niet was.",
        ]
    );
    assert_eq!(world.get(GEMEENTE, "/v1/outbox/faults").await.status, 403);

    // One that we know no code of is a refusal all the same.
    let taken = world.envelope(fo01("f-4", ("VECOZO", GEMEENTE), &number, "VECMELD007")).await;
    assert!(taken.text.contains("Bv03"), "{}", taken.text);
    assert_eq!(states(&world).await, ["refused", "delivered"]);
    let reason = parcels(&world).await.remove(0).last_reason.expect("a reason");
    assert!(
        reason.starts_with("VECOZO VECMELD007: Niet aangenomen") && reason.contains("niet in onze lijst"),
        "{reason}"
    );
    let again = world.envelope(fo01("f-4", ("VECOZO", GEMEENTE), &number, "VECMELD007")).await;
    assert_eq!(again.text, taken.text, "a repeat gets the same answer");
    world.stop().await;
}

#[tokio::test]
async fn a_fault_about_what_was_answered_is_put_apart() {
    let network = Network::start(|_| Reply::Take).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    until("delivered", async || states(&world).await == ["delivered"]).await;
    let number = parcels(&world).await.remove(0).referentienummer;
    let retour = crate::network::du01(WMO302, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a0d", AANBIEDER, &number);
    let taken = world.envelope(retour).await;
    assert!(taken.text.contains("Bv03"), "{}", taken.text);
    let met = world.deadlines().await;
    assert!(met[0].starts_with("retour") && met[0].ends_with("met"), "{met:?}");
    world.envelope(fo01("f-1", (AANBIEDER, GEMEENTE), &number, "StUF055")).await;
    assert_eq!((states(&world).await, world.deadlines().await), (vec!["delivered"], met));
    let apart = world.get("operator", "/v1/outbox/faults").await.body;
    assert_eq!(apart["items"][0]["why"], "Op het bericht kwam al een antwoord.", "{apart}");
    world.stop().await;
}

#[tokio::test]
async fn an_operator_steers_with_a_reason_and_nobody_else() {
    let network = Network::start(|_| Reply::Hang).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..1, AANBIEDER).await;
    until("under way", async || states(&world).await == ["sending"]).await;
    let number = parcels(&world).await.remove(0).referentienummer;
    let call = async |what: &str, token: &str, reason: &str| {
        world.call(token, &format!("/v1/outbox/{number}/{what}"), &json!({"reason": reason})).await
    };
    let busy = call("requeue", "operator", "nu").await;
    assert_eq!((busy.status, &busy.body["title"]), (409, &json!("Kan nu niet")), "{}", busy.text);
    assert_eq!(call("hold", GEMEENTE, "nu").await.status, 403);
    assert_eq!(call("hold", "operator", "").await.status, 422, "without a reason");
    assert_eq!(world.call("operator", "/v1/outbox/weg/hold", &json!({"reason": "nu"})).await.status, 404);
    let odd = world.get("operator", "/v1/outbox?state=verzonden").await;
    assert!(odd.status == 400 && odd.text.contains("given-up"), "{}", odd.text);
    let listed = world.get("operator", "/v1/outbox?state=sending,waiting&partij=0384&functie=WMO301").await.body;
    assert_eq!(
        (&listed["items"][0]["id"], &listed["items"][0]["state"]),
        (&json!(number), &json!("sending")),
        "{listed}"
    );
    drop(world);
}

#[tokio::test]
async fn an_operator_does_the_same_with_all_of_a_code_and_each_is_in_the_audit_log() {
    let network = Network::start(|envelope| match envelope.stuurgegevens.ontvanger.organisatie.as_str() {
        AANBIEDER => Reply::Say(500, FO01.replace("CODE", "IB010")),
        _ => Reply::Say(500, FO01.replace("CODE", "IB014")),
    })
    .await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    post(&world, 0..3, AANBIEDER).await;
    post(&world, 3..5, SECOND).await;
    until("refused", async || states(&world).await == ["refused"; 5]).await;
    network.now(|_| Reply::Take);
    let many = async |wish: &Value| world.call("operator", "/v1/outbox/many", wish).await;
    let mut asked = json!({"wish": "requeue", "state": "refused", "reason": "De route is hersteld."});
    assert_eq!(many(&asked).await.status, 422, "all there are is too many");
    asked["code"] = json!("IB010");
    assert_eq!(world.call(GEMEENTE, "/v1/outbox/many", &asked).await.status, 403);
    let done = many(&asked).await;
    assert_eq!((done.status, &done.body), (200, &json!({"done": 3, "at_risk": 0, "left": 0})), "{}", done.text);
    until("delivered", async || states(&world).await[5..] == ["delivered"; 3]).await;
    assert_eq!(states(&world).await[..5], ["refused"; 5], "the old ones stay, and the other code as well");
    let sent: Vec<String> = network.seen().into_iter().skip(5).map(|(_, to)| to).collect();
    assert_eq!(sent, [AANBIEDER; 3]);
    let gone = many(&json!({"wish": "give-up", "state": "refused", "partij": SECOND, "reason": "Per telefoon."})).await;
    assert_eq!(gone.body, json!({"done": 2, "at_risk": 0, "left": 0}), "{}", gone.text);
    let audit = world.store().audit(0, 100).await.expect("the audit log");
    let told: Vec<_> = audit.iter().filter(|row| row.who == "operator").map(|row| row.what.as_str()).collect();
    assert_eq!(
        told,
        ["parcel.sent-anew", "parcel.sent-anew", "parcel.sent-anew", "parcel.given-up", "parcel.given-up"]
    );
    world.stop().await;
}

/// An Fo01 as the answer to an envelope.
const FO01: &str = "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body>\
    <Fo01Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens><berichtcode>Fo01</berichtcode>\
    <zender><organisatie>VECOZO</organisatie></zender><crossRefnummer>OURS</crossRefnummer></stuurgegevens>\
    <body><code>CODE</code><plek>client</plek><omschrijving>o</omschrijving></body></Fo01Bericht></e:Body></e:Envelope>";

#[tokio::test]
async fn what_leaves_has_no_byte_order_mark_and_the_receipt_tells_both_digests() {
    let network = Network::start(|_| Reply::Take).await;
    let world = World::against(&network.url, &[GEMEENTE], "").await;
    let with_mark = format!("\u{feff}{WMO301}");
    let receipt = world.post(GEMEENTE, with_mark.clone()).await;
    until("delivered", async || states(&world).await == ["delivered"]).await;
    let seen = network.seen.lock().unwrap_or_else(PoisonError::into_inner)[0].clone();
    let sent = seen.parameters().expect("a payload").payload.bytes().to_vec();
    assert_eq!(String::from_utf8(sent.clone()).expect("text"), WMO301);
    let digests = &receipt.body["digests"];
    assert_eq!(digests["received_sha256"], json!(sha256_hex(with_mark.as_bytes())), "{}", receipt.text);
    assert_eq!(digests["sent_sha256"], json!(sha256_hex(&sent)));
    let id = receipt.body["id"].as_str().expect("an id");
    let kept = world.get(GEMEENTE, &format!("/v1/berichten/{id}/xml")).await;
    assert_eq!(kept.text.trim_start_matches('\u{feff}').len(), WMO301.len(), "kept as it came");
    let plain = world.post(GEMEENTE, toewijzing(5, SECOND)).await;
    assert!(plain.body.get("digests").is_none(), "{}", plain.text);
    world.stop().await;
}

#[tokio::test]
async fn envelope_functie_and_bericht_name_the_same_parties_and_kind() {
    let world = World::against("", &[GEMEENTE, ANDERE], "").await;
    let di01 = crate::network::envelope(WMO305, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a11", AANBIEDER);
    let to_another = di01.replace("<u:organisatie>0384<", &format!("<u:organisatie>{ANDERE}<"));
    let of_another_kind = di01.replace("WMO305", "WMO307").replace("7c1a11", "7c1a12");
    for envelope in [to_another, of_another_kind] {
        let taken = world.envelope(envelope).await;
        assert!(taken.text.contains("Bv03"), "kept, and answered with a fault: {}", taken.text);
    }
    assert_eq!(world.berichten().await, ["WMO305 START-1 refused ggk", "WMO305 START-1 refused ggk"]);
    let fits = world.envelope(di01.replace("7c1a11", "7c1a13")).await;
    assert!(fits.text.contains("Bv03"), "{}", fits.text);
    assert!(world.berichten().await.iter().any(|line| line.starts_with("WMO305")), "{:?}", world.berichten().await);
    world.stop().await;
}
