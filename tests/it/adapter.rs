//! An adapter that takes and gives `dai:bericht`: what leaves for it, what it hands over, and what it answers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use base64::Engine as _;
use iwmo_gateway::exchange::new_referentienummer;
use iwmo_gateway::hub::envelope::compose::{Stamp, bv03};
use iwmo_gateway::hub::envelope::{Cpa, Wrapping, compose, parse};
use iwmo_gateway::store::Stage;
use tokio::net::TcpListener;

use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};

const CPA: &str =
    "mode = \"adapter\"\ncpa = { service = \"wmo\", di01 = \"ggk_Di01\", du01 = \"ggk_Du01\", fo01 = \"Fo01\" }";

/// SOAPAction and body of what came.
type Came = Arc<Mutex<Vec<(String, String)>>>;

/// An adapter that answers with Bv04, in a `dai:bericht` or not.
async fn adapter(is_wrapped: bool) -> (String, Came) {
    let came = Came::default();
    let take = async move |State(came): State<Came>, headers: HeaderMap, body: Bytes| {
        let action = headers["soapaction"].to_str().expect("text").to_owned();
        came.lock().expect("unharmed").push((action, String::from_utf8(body.to_vec()).expect("text")));
        let envelope = parse(&body).expect("an envelope");
        let stamp = Stamp { referentienummer: new_referentienummer(), tijdstip_bericht: "20260304090000".to_owned() };
        let answer = String::from_utf8(bv03(&envelope.stuurgegevens, &stamp)).expect("text").replace("Bv03", "Bv04");
        if !is_wrapped {
            return answer;
        }
        let dai = "<d:bericht xmlns:d=\"http://www.stufstandaarden.nl/koppelvlak/dai0100\">";
        answer
            .replace("<soapenv:Body>", &format!("<soapenv:Body>{dai}"))
            .replace("</soapenv:Body>", "</d:bericht></soapenv:Body>")
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let router = Router::new().route("/", post(take)).with_state(Arc::clone(&came));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, came)
}

#[tokio::test]
async fn an_adapter_gets_what_it_makes_the_headers_of_ebms_from() {
    for is_wrapped in [false, true] {
        let (url, came) = adapter(is_wrapped).await;
        let world = World::against(&url, &[GEMEENTE], &format!("[ggk]\n{CPA}")).await;
        world.post(GEMEENTE, WMO301).await;
        world.rest().await;
        assert_eq!(world.store().undelivered(1).await.expect("parcels").len(), 0, "Bv04 takes it over");
        let newest = world.store().berichten(None, None, 1).await.expect("berichten").remove(0);
        let stage = newest.transport.expect("it is on its way").stage;
        assert_eq!(stage, Stage::HandedOver, "the network has not said anything");
        let (action, body) = came.lock().expect("unharmed")[0].clone();
        assert_eq!(action, "\"\"");
        let number = parse(body.as_bytes()).expect("an envelope").stuurgegevens.referentienummer;
        let id = format!("urn:dkintern:{number}@0384.iwmo-gateway.dkintern.nl");
        let wsa = " xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"";
        let headers = format!(
            "<soapenv:Header><wsa:To{wsa}>urn:dkintern:41005001:GGk:</wsa:To>\
             <wsa:From{wsa}><wsa:Address>urn:dkintern:0384:iwmo-gateway:</wsa:Address></wsa:From>\
             <wsa:Action{wsa}>urn:dkintern:wmo:ggk_Di01</wsa:Action><wsa:MessageID{wsa}>{id}</wsa:MessageID>\
             <wsa:RelatesTo{wsa} RelationshipType=\"urn:dkintern:ConversationId\">{id}</wsa:RelatesTo></soapenv:Header>\
             <soapenv:Body><dai:bericht xmlns:dai=\"http://www.stufstandaarden.nl/koppelvlak/dai0100\"><GGK:envelopHeenbericht-ggk_Di01"
        );
        assert!(body.contains(&headers), "{body}");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_an_adapter_hands_over_is_taken_and_its_answer_relates_to_it() {
    let (url, came) = adapter(false).await;
    let world = World::against(&url, &[GEMEENTE], &format!("[ggk]\n{CPA}")).await;
    let number = new_referentienummer();
    let plain = include_str!("../../fixtures/verhaal/di01.xml")
        .replace("ZENDER", AANBIEDER)
        .replace("NUMMER", &number)
        .replace("BASE64", &base64::engine::general_purpose::STANDARD.encode(WMO305));
    let wrapped = compose::wrapped(&parse(plain.as_bytes()).expect("an envelope"), &Wrapping::Adapter(Cpa::default()));
    let two = String::from_utf8(wrapped.clone()).expect("text").replace("</dai:bericht>", "<x/></dai:bericht>");
    assert_eq!(world.envelope(two).await.status, 500, "one bericht at a time");
    let taken = world.envelope(wrapped).await;
    assert!(taken.status == 200 && taken.text.contains("Bv03Bericht"), "{}", taken.text);
    world.rest().await;
    let (_, retour) = came.lock().expect("unharmed")[0].clone();
    let parsed = parse(retour.as_bytes()).expect("an envelope");
    assert_eq!(parsed.cross_refnummer(), Some(number.as_str()));
    let (own, theirs) =
        (&parsed.stuurgegevens.referentienummer, format!("urn:dkintern:{number}@41005001.GGk.dkintern.nl<"));
    assert!(
        retour.contains(&format!("MessageID xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">urn:dkintern:{own}@")),
        "{retour}"
    );
    assert_eq!(retour.matches(&theirs).count(), 2, "RelatesTo, and the conversation: {retour}");
    assert!(retour.contains("urn:dkintern:wmo:ggk_Du01<"), "{retour}");
    world.stop().await;
}
