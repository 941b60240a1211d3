//! The face of VECOZO on the stand-in: hand in, list, fetch, confirm, ask how far it came.

use chrono::TimeDelta;
use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use serde_json::{Value, json};

use super::net::Net;

const PUSH: &str = "/berichtenservice/berichten/rest-push/v1/berichten";
const PULL: &str = "/berichtenservice/berichten/rest-pull/v1/berichten";
const STATUS: &str = "/berichtenservice/berichtstatus/rest-pull/v3/berichtstatussen";

fn metadata(id: &str) -> Value {
    json!({
        "routeringgegevens": {
            "afzender": {"rol": "Instelling", "code": "99990001"},
            "geadresseerden": [{"rol": "Gemeente", "code": "9998"}],
            "berichtstroom": {"berichttype": "WMO", "berichtsubtype": "WMO305", "berichtversie": 3, "berichtsubversie": 2, "actie": "x"},
        },
        "referentiegegevens": {"conversatieId": id, "traceerId": id},
    })
}

/// The status of the answer to what is handed in; `None`: there was none.
async fn push(net: &Net, id: &str, payload: &str) -> Option<u16> {
    let part = |name: &str, content: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
    };
    let body = part("berichtMetadata", &metadata(id).to_string()) + &part("payload", payload) + "--b--\r\n";
    let request = reqwest::Client::new().post(format!("{}{PUSH}", net.url));
    let sent = request.header("content-type", "multipart/form-data; boundary=b").body(body).send().await;
    sent.ok().map(|answer| answer.status().as_u16())
}

async fn get(net: &Net, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{}{path}", net.url)).await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a body"))
}

async fn list(net: &Net) -> Vec<Value> {
    let (status, text) = get(net, PULL).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("a list")
}

#[tokio::test]
async fn what_is_handed_in_is_answered_and_stays_until_it_is_confirmed() {
    let net = Net::start("[[parties]]\ncode = \"9998\"\nafter = \"1h\"\n").await;
    let id = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1d01";
    net.mock.misbehave([FaultOrder::of(Misbehaviour::Status(503), 1), FaultOrder::of(Misbehaviour::CloseStored, 1)]);
    let heen = super::codec::wmo305();
    assert_eq!(push(&net, id, &heen).await, Some(503));
    assert_eq!(push(&net, id, &heen).await, None, "stored, and nobody is told");
    assert_eq!(push(&net, id, &heen).await, Some(204), "the same again");
    assert_eq!(push(&net, id, &format!("{heen} ")).await, Some(422), "something else under its number");
    assert!(list(&net).await.is_empty(), "in an hour");
    net.pass(TimeDelta::hours(1));
    let waiting = list(&net).await;
    let [one] = waiting.as_slice() else { panic!("{waiting:?}") };
    assert_eq!(one["referentiegegevens"]["alsAntwoordOp"], id);
    assert_eq!(one["routeringgegevens"]["afzender"]["code"], "9998");
    assert_eq!(one["routeringgegevens"]["berichtstroom"]["berichtsubtype"], "WMO306");
    let own = one["referentiegegevens"]["traceerId"].as_str().expect("an id");
    let (status, payload) = get(&net, &format!("{PULL}/{own}/payload")).await;
    let told = &one["basisgegevens"]["payload"];
    assert_eq!((status, json!(payload.len())), (200, told["grootte"].clone()));
    assert_eq!(told["checksum"]["waarde"], json!(iwmo_gateway::exchange::sha256_hex(payload.as_bytes())));
    assert_eq!(list(&net).await.len(), 1, "not confirmed yet");
    for expected in [202, 404] {
        let confirmed =
            reqwest::Client::new().delete(format!("{}{PULL}/{own}", net.url)).send().await.expect("an answer");
        assert_eq!(confirmed.status().as_u16(), expected);
    }
    assert!(list(&net).await.is_empty());
    assert_eq!(get(&net, &format!("{PULL}?limit=251")).await.0, 400);
}

#[tokio::test]
async fn a_status_goes_on_by_the_minute_and_what_is_no_bericht_is_turned_back() {
    let net = Net::start("").await;
    let (good, bad) = ("3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1d02", "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1d03");
    push(&net, good, &super::codec::wmo305()).await;
    push(&net, bad, "geen bericht").await;
    let status = async |id: &str| -> Value {
        let (_, text) = get(&net, &format!("{STATUS}?traceerId={id}")).await;
        serde_json::from_str::<Value>(&text).expect("a list")[0].clone()
    };
    assert_eq!(status(good).await["berichtstatus"], "Ontvangen");
    net.pass(TimeDelta::minutes(1));
    assert_eq!(status(good).await["berichtstatus"], "WordtVerwerkt");
    net.pass(TimeDelta::hours(1));
    assert_eq!(status(good).await["berichtstatus"], "Bezorgd");
    let refused = status(bad).await;
    assert_eq!(
        (&refused["berichtstatus"], &refused["meldingen"][0]["code"]),
        (&json!("AfgekeurdDoorDienst"), &json!("IB014"))
    );
    assert_eq!(get(&net, STATUS).await.0, 400);
    assert_eq!(get(&net, &format!("{STATUS}?traceerId={good}&conversatieId={good}")).await.0, 400);
}
