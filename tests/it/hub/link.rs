//! The link on a real socket: each thing that can go wrong, and what we make of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use iwmo_gateway::hub::envelope::{Content, Fault, Kind, Plek, compose};
use iwmo_gateway::hub::ggk::{Ggk, Timeouts};
use iwmo_gateway::hub::{Delivery, NotBefore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::codec::wmo301;
use super::net::Net;
use super::{DI01, di01, parameters};

/// Starts with one fault on demand and delivers once.
async fn deliver_with(fault: &str) -> (Net, Delivery) {
    let net = Net::start(&format!("faults = [{{ fault = {fault} }}]")).await;
    let delivery = net.deliver(&di01(wmo301("2026-01-12").as_bytes())).await;
    (net, delivery)
}

/// Why a receiver of StUF refused.
fn refused(delivery: &Delivery) -> String {
    let Delivery::Refused(refusal) = delivery else { panic!("{delivery:?}") };
    refusal.reason()
}

#[tokio::test]
async fn a_confirmation_is_accepted_under_its_number() {
    let net = Net::start("").await;
    let delivery = net.deliver(&di01(wmo301("2026-01-12").as_bytes())).await;
    assert_eq!(delivery, Delivery::Accepted("00000000-0000-4000-8000-000000000001".to_owned()));
    assert_eq!(net.story(), ["In Di01 WMO301 #1 accepted"]);
}

#[tokio::test]
async fn unavailable_is_later_and_says_when() {
    let (net, delivery) = deliver_with("{ unavailable = { retry_after = 120 } }").await;
    let Delivery::Link { not_before, reason } = delivery else { panic!("{delivery:?}") };
    assert_eq!(not_before, Some(NotBefore::After(Duration::from_mins(2))));
    assert_eq!(reason, "Het netwerk vraagt om later (HTTP 503)");
    assert!(matches!(net.deliver(&di01(b"x")).await, Delivery::Accepted(_)), "nothing had been taken");
}

#[tokio::test]
async fn not_stored_is_later_and_any_other_fault_is_refused() {
    let (_, delivery) = deliver_with("{ fo03 = \"StUF046\" }").await;
    let reason = "StUF046: Bericht kon niet worden opgeslagen".to_owned();
    assert_eq!(delivery, Delivery::Later { not_before: None, reason });
    let (_, delivery) = deliver_with("{ fo03 = \"StUF010\" }").await;
    assert_eq!(refused(&delivery), "StUF010: Ontvanger is niet bekend");
    let (_, delivery) = deliver_with("{ fo03 = \"IB999\" }").await;
    assert_eq!(refused(&delivery), "IB999: Fout op bestelling van het nepnetwerk");
}

#[tokio::test]
async fn an_answer_that_confirms_nothing_is_unknown() {
    for (fault, reason) in [
        ("\"server-error\"", "Het antwoord is geen bevestiging (HTTP 500)"),
        ("\"web-page\"", "Het antwoord is geen bevestiging (HTTP 200)"),
        ("\"wrong-cross-refnummer\"", "Het antwoord hoort bij een ander referentienummer"),
    ] {
        let (_, delivery) = deliver_with(fault).await;
        assert_eq!(delivery, Delivery::Unknown(reason.to_owned()));
    }
}

#[tokio::test]
async fn a_broken_line_is_unknown_and_the_same_bytes_settle_it() {
    for (fault, outcomes) in
        [("close-unstored", ["on demand: close-unstored", "accepted"]), ("close-stored", ["accepted", "duplicate"])]
    {
        let (net, delivery) = deliver_with(&format!("\"{fault}\"")).await;
        assert!(
            matches!(&delivery, Delivery::Unknown(reason) if reason.starts_with("Geen antwoord na verzenden")),
            "{delivery:?}"
        );
        let again = net.deliver(&di01(wmo301("2026-01-12").as_bytes())).await;
        assert!(matches!(again, Delivery::Accepted(_)), "{again:?}");
        let journal = net.mock.journal();
        assert_eq!(journal.iter().map(|line| line.outcome.as_str()).collect::<Vec<_>>(), outcomes);
        assert_eq!(journal.iter().map(|line| line.attempt).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(journal[0].bytes_sha256, journal[1].bytes_sha256);
        assert_eq!(net.mock.act().await, 1, "one toewijzing, one retour");
    }
}

#[tokio::test]
async fn a_repeat_gets_the_same_confirmation_and_other_content_does_not() {
    let net = Net::start("").await;
    let client = reqwest::Client::new();
    let envelope = di01(wmo301("2026-01-12").as_bytes());
    let bytes = compose::envelope(&envelope);
    let dressed =
        String::from_utf8(bytes.clone()).expect("text").replace("StUF:", "s:").replace("xmlns:StUF", "xmlns:s");
    let mut answers = Vec::new();
    for body in [bytes, dressed.into_bytes()] {
        let response = client.post(format!("{}/elk/pad", net.url)).body(body).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["server"], "iwmo-gateway-mock");
        answers.push(response.bytes().await.expect("a body"));
    }
    assert_eq!(answers[0], answers[1]);
    let other = net.deliver(&di01(b"iets anders")).await;
    assert_eq!(refused(&other), "StUF016: Combinatie van zender en referentienummer is niet uniek");
    assert_eq!(net.story(), ["In Di01 WMO301 #1 accepted", "In Di01 WMO301 #2 duplicate", "In Di01 WMO301 #3 StUF016"]);
}

#[tokio::test]
async fn headers_are_refused_in_the_order_of_the_table() {
    let net = Net::start("").await;
    let mut envelope = di01(b"x");
    envelope.content = Content::Di01(parameters("WMO302", b"x"));
    assert!(refused(&net.deliver(&envelope).await).starts_with("StUF040"));
    envelope.content = Content::Du01 { cross_refnummer: DI01.to_owned(), parameters: parameters("WMO302", b"x") };
    assert!(refused(&net.deliver(&envelope).await).starts_with("StUF043"));
    envelope.stuurgegevens.zender.organisatie = "CAK".to_owned();
    assert!(refused(&net.deliver(&envelope).await).starts_with("StUF013"));
    envelope.stuurgegevens.ontvanger.organisatie = "niemand".to_owned();
    assert!(refused(&net.deliver(&envelope).await).starts_with("StUF010"));
    let delivery = net.link.deliver(Kind::Di01, DI01, b"geen envelop".to_vec()).await;
    assert!(refused(&delivery).starts_with("StUF055"), "{delivery:?}");
}

#[tokio::test]
async fn a_fault_on_something_never_sent_is_refused() {
    let net = Net::start("").await;
    let mut envelope = di01(b"x");
    let fault = Fault {
        code: "StUF055".to_owned(),
        plek: Plek::Client,
        omschrijving: "Niet conform schema".to_owned(),
        details: None,
        details_xml_sha256: None,
    };
    envelope.content = Content::Fo01 { cross_refnummer: DI01.to_owned(), fault };
    assert!(refused(&net.deliver(&envelope).await).starts_with("StUF043"));
}

#[tokio::test]
async fn what_is_too_large_is_not_even_sent() {
    let net = Net::start("").await;
    let delivery = net.link.deliver(Kind::Di01, DI01, vec![b' '; 25_000_001]).await;
    assert_eq!(delivery, Delivery::Unsendable("De envelop is groter dan 25000000 bytes".to_owned()));
    assert_eq!(net.story(), [""; 0]);
}

#[tokio::test]
async fn nobody_there_is_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let link = Ggk::new(&url, Timeouts::default()).expect("a link");
    let delivery = link.deliver(Kind::Di01, DI01, b"x".to_vec()).await;
    let Delivery::Link { not_before: None, reason } = delivery else { panic!("{delivery:?}") };
    assert!(reason.starts_with("Geen verbinding met het netwerk"), "{reason}");
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_later() {
    let link = Ggk::new("http://naam.invalid/ggk", Timeouts::default()).expect("a link");
    let delivery = link.deliver(Kind::Di01, DI01, b"x".to_vec()).await;
    let Delivery::Link { not_before: None, reason } = delivery else { panic!("{delivery:?}") };
    assert!(reason.starts_with("Geen verbinding met het netwerk"), "{reason}");
}

#[tokio::test]
async fn no_answer_in_time_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_millis(100) };
    let link = Ggk::new(&url, timeouts).expect("a link");
    // The kernel takes the connection; nobody ever reads it.
    let delivery = link.deliver(Kind::Di01, DI01, b"x".to_vec()).await;
    assert_eq!(delivery, Delivery::Unknown("Geen antwoord na verzenden: de tijd is om".to_owned()));
    drop(listener);
}

#[tokio::test]
async fn a_confirmation_that_comes_a_byte_a_second_is_unknown_and_the_same_bytes_settle_it() {
    let net = Net::start("faults = [{ fault = \"drip\" }]").await;
    let timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_millis(100) };
    let link = Ggk::new(&net.url, timeouts).expect("a link");
    let envelope = compose::envelope(&di01(wmo301("2026-01-12").as_bytes()));
    let delivery = link.deliver(Kind::Di01, DI01, envelope).await;
    assert_eq!(delivery, Delivery::Unknown("Geen antwoord na verzenden: de tijd is om".to_owned()));
    assert_eq!(net.mock.taken(), 1, "it was stored");
    let again = net.deliver(&di01(wmo301("2026-01-12").as_bytes())).await;
    assert_eq!(again, Delivery::Accepted("00000000-0000-4000-8000-000000000001".to_owned()), "the same confirmation");
    assert_eq!(net.story(), ["In Di01 WMO301 #1 accepted", "In Di01 WMO301 #2 duplicate"]);
}

#[tokio::test]
async fn the_stand_in_may_be_told_what_to_do_at_an_address_of_its_own() {
    let net = Net::start("control = \"127.0.0.1:0\"").await;
    let control = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", control.local_addr().expect("an address"));
    let router = net.mock.control_router();
    tokio::spawn(async move { axum::serve(control, router).await });
    net.deliver(&di01(wmo301("2026-01-12").as_bytes())).await;
    let status = async |url: &str| reqwest::get(url).await.expect("an answer").status().as_u16();
    assert_eq!(status(&format!("{}/journal", net.url)).await, 405, "at the network there are only envelopes");
    assert_eq!(status(&format!("{url}/journal")).await, 200);
    assert_eq!(net.story(), ["In Di01 WMO301 #1 accepted"]);
}

/// What goes over the wire besides the envelope; and an answer cut off half-way.
#[tokio::test]
async fn the_request_is_a_soap_1_1_post_and_half_an_answer_is_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/OntvangAsynchroon", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(b"de envelop") {
            stream.read_buf(&mut request).await.expect("a request");
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n<half").await.expect("half an answer");
        String::from_utf8(request).expect("text")
    });
    let link = Ggk::new(&url, Timeouts::default()).expect("a link");
    let delivery = link.deliver(Kind::Du01, DI01, b"de envelop".to_vec()).await;
    assert!(
        matches!(&delivery, Delivery::Unknown(reason) if reason.starts_with("Geen antwoord na verzenden")),
        "{delivery:?}"
    );
    let request = server.await.expect("a request").to_lowercase();
    assert!(request.starts_with("post /ontvangasynchroon http/1.1\r\n"), "{request}");
    assert!(request.contains("\r\ncontent-type: text/xml; charset=utf-8\r\n"), "{request}");
    let action = "\r\nsoapaction: \"http://www.stufstandaarden.nl/koppelvlak/ggk0210/ggk_du01\"\r\n";
    assert!(request.contains(action), "{request}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let elsewhere = axum::Router::new().fallback(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        async { axum::response::Redirect::temporary("/elders") }
    });
    tokio::spawn(async move { axum::serve(listener, elsewhere).await });
    let link = Ggk::new(&url, Timeouts::default()).expect("a link");
    let delivery = link.deliver(Kind::Di01, DI01, b"x".to_vec()).await;
    let reason = "Het adres verwijst door en dat wordt niet gevolgd: kijk ggk.url na (HTTP 307)".to_owned();
    assert_eq!(delivery, Delivery::Link { not_before: None, reason });
    assert_eq!(asked.load(Ordering::Relaxed), 1, "and asked for once");
}

#[test]
fn a_link_needs_an_address() {
    for url in ["", "ftp://voorbeeld.example", "voorbeeld"] {
        assert!(Ggk::new(url, Timeouts::default()).is_err(), "{url}");
    }
}

/// Which of a hundred envelopes are not confirmed.
async fn spoilt(seed: u64, percent: u8) -> Vec<u32> {
    let fault = format!("{{ fault = \"server-error\", times = 1000, percent = {percent} }}");
    let net = Net::start(&format!("seed = {seed}\nfaults = [{fault}]")).await;
    let mut spoilt = Vec::new();
    for nr in 0..100 {
        let mut envelope = di01(wmo301("2026-01-12").as_bytes());
        envelope.stuurgegevens.referentienummer = format!("3f0c2a5e-7b1d-4c86-9a4f-{nr:012x}");
        if !matches!(net.deliver(&envelope).await, Delivery::Accepted(_)) {
            spoilt.push(nr);
        }
    }
    spoilt
}

#[tokio::test]
async fn a_fault_happens_to_so_many_in_a_hundred_and_by_the_same_seed_to_the_same_ones() {
    let some = spoilt(1, 30).await;
    assert!((15..=45).contains(&some.len()), "{some:?}");
    assert_eq!(spoilt(1, 30).await, some);
    assert_ne!(spoilt(2, 30).await, some);
    assert_eq!((spoilt(1, 0).await.len(), spoilt(1, 100).await.len()), (0, 100));
}

#[tokio::test]
async fn a_fault_of_soap_in_a_good_answer_confirms_nothing_and_what_went_over_the_line_is_kept() {
    let (net, delivery) = deliver_with("\"soap-fault-ok\"").await;
    assert!(!matches!(delivery, Delivery::Accepted(_) | Delivery::Refused(_)), "{delivery:?}");
    assert_eq!(net.mock.taken(), 0, "nothing was stored");
    let envelope = di01(wmo301("2026-01-12").as_bytes());
    let bytes = async |nr: usize| {
        let answer = reqwest::get(format!("{}/journal/{nr}", net.url)).await.expect("an answer");
        (answer.status().as_u16(), answer.bytes().await.expect("a body"))
    };
    assert_eq!(bytes(0).await, (200, compose::envelope(&envelope).into()), "byte for byte");
    assert_eq!(bytes(1).await.0, 404);
}
