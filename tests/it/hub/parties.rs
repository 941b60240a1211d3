//! The parties behind the stand-in: what they answer, when, and what the stand-in tells about it.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::TimeDelta;
use iwmo_gateway::hub::Delivery;
use iwmo_gateway::hub::envelope::{Content, Envelope, Kind, Payload, Stuurgegevens, Systeem};
use iwmo_gateway::hub::mock::Mock;
use iwmo_gateway::hub::mock::config::MockConfig;

use super::codec::{lines, wmo301, wmo305};
use super::net::Net;
use super::{DI01, DU01, di01, parameters};

/// What is carried, as lines.
fn text(envelope: &Envelope) -> String {
    match envelope.parameters().map(|parameters| &parameters.payload) {
        Some(Payload::Xml(bytes)) => String::from_utf8(bytes.clone()).expect("text"),
        Some(Payload::Tekst { .. }) | None => panic!("no XML file"),
    }
}

impl Net {
    async fn toewijs(&self, ingangsdatum: &str) {
        let delivery = self.deliver(&di01(wmo301(ingangsdatum).as_bytes())).await;
        assert!(matches!(delivery, Delivery::Accepted(_)), "{delivery:?}");
    }
}

#[tokio::test]
async fn an_unlisted_aanbieder_accepts_at_once_and_once() {
    let net = Net::start("").await;
    net.toewijs("2026-01-12").await;
    assert_eq!((net.mock.act().await, net.mock.act().await), (1, 0));
    let [retour] = net.gateway.envelopes().try_into().expect("one envelope");
    let header = &retour.stuurgegevens;
    assert_eq!((header.zender.organisatie.as_str(), header.zender.applicatie.as_str()), ("99990001", "NepnetwerkGGK"));
    assert_eq!(header.ontvanger, Systeem::ontvanger("9998"));
    assert_eq!(header.tijdstip_bericht, "20260112090000000", "Dutch time");
    assert_eq!((retour.kind(), retour.cross_refnummer()), (Kind::Du01, Some(DI01)));
    assert_eq!(retour.parameters().map(|parameters| parameters.functie.as_str()), Some("WMO302"));
    let text = text(&retour);
    assert!(text.contains("BerichtCode=415\n") && text.contains("Afzender=9998\nOntvanger=99990001\n"), "{text}");
    assert!(!text.contains("RetourCode") && !text.contains("Client"), "{text}");
    assert_eq!(net.story(), ["In Di01 WMO301 #1 accepted", "Out Du01 WMO302 #1 accepted"]);
}

#[tokio::test]
async fn a_rejection_carries_the_whole_tree() {
    let party = "[[parties]]\ncode = \"99990001\"\nretour = { reject = [\"9332\"] }";
    let net = Net::start(party).await;
    net.toewijs("2026-01-12").await;
    assert_eq!(net.mock.act().await, 1);
    let text = text(&net.gateway.envelopes()[0]);
    let (before, after) = text.split_once("ToegewezenProduct {").expect("the product");
    assert!(before.contains("RetourCodes {\nRetourCode=0200\n}\n}\nClient {\n"), "{text}");
    assert!(
        after.contains(
            "Ingangsdatum=2026-01-12\nRetourCodes {\nRetourCode=9332\n}\n}\n}\nRetourCodes {\nRetourCode=0200\n"
        ),
        "{text}"
    );
}

#[tokio::test]
async fn a_bericht_that_fails_inside_is_rejected_on_the_header_alone() {
    let net = Net::start("[[parties]]\ncode = \"99990001\"\nretour = { reject = [\"0001\"] }").await;
    net.toewijs("2026-01-12").await;
    assert_eq!(net.mock.act().await, 1);
    let text = text(&net.gateway.envelopes()[0]);
    assert!(text.contains("RetourCodes {\nRetourCode=0001\n}\n") && !text.contains("Client"), "{text}");
}

#[tokio::test]
async fn an_answer_comes_when_it_is_due() {
    let net = Net::start("[[parties]]\ncode = \"99990001\"\nafter = \"3d\"").await;
    assert_eq!(net.mock.next_due(), None);
    let planned = net.mock.planned().notified();
    net.toewijs("2026-01-12").await;
    planned.await;
    assert_eq!(net.mock.next_due().map(|due| due.to_rfc3339()).as_deref(), Some("2026-01-15T08:00:00+00:00"));
    assert_eq!(net.mock.act().await, 0);
    net.pass(TimeDelta::days(3));
    assert_eq!((net.mock.act().await, net.mock.next_due()), (1, None));
    assert_eq!(net.gateway.envelopes()[0].stuurgegevens.tijdstip_bericht, "20260115090000000");
}

#[tokio::test]
async fn a_start_follows_the_toewijzing_but_not_before_its_first_day() {
    let party = "[[parties]]\ncode = \"99990001\"\nstart = { after = \"2d\" }";
    let net = Net::start(party).await;
    net.toewijs("2026-01-20").await;
    assert_eq!(net.mock.act().await, 1, "the retour");
    assert_eq!(net.mock.next_due().map(|due| due.to_rfc3339()).as_deref(), Some("2026-01-19T23:00:00+00:00"));
    net.pass(TimeDelta::days(8));
    assert_eq!(net.mock.act().await, 1);
    let [_, start] = net.gateway.envelopes().try_into().expect("two envelopes");
    assert_eq!(start.kind(), Kind::Di01);
    assert_eq!(start.stuurgegevens.zender.organisatie, "99990001");
    let text = text(&start);
    assert!(text.contains("BerichtCode=418\n") && text.contains("Afzender=99990001\nOntvanger=9998\n"), "{text}");
    assert!(text.contains("StartProduct {\nToewijzingNummer=1001\n"), "{text}");
    assert!(text.contains("Begindatum=2026-01-20\nStatusAanlevering=1\n"), "{text}");
}

#[tokio::test]
async fn a_start_can_name_a_toewijzing_that_nobody_gave() {
    let party = "[[parties]]\ncode = \"99990001\"\nretour = \"never\"\nstart = { toewijzing = \"unknown\" }";
    let net = Net::start(party).await;
    net.toewijs("2026-01-12").await;
    assert_eq!(net.mock.act().await, 1, "a start and no retour");
    assert!(text(&net.gateway.envelopes()[0]).contains("ToewijzingNummer=500001001\n"));
}

#[tokio::test]
async fn the_network_turns_back_what_it_cannot_read_or_route() {
    for (party, payload, code) in [
        ("", "geen bericht", "IB014"),
        ("[[parties]]\ncode = \"99990001\"\nretour = { bounce = \"IB010\" }", &*wmo301("2026-01-12"), "IB010"),
    ] {
        let net = Net::start(party).await;
        assert!(matches!(net.deliver(&di01(payload.as_bytes())).await, Delivery::Accepted(_)));
        assert_eq!(net.mock.act().await, 1);
        let [fault] = net.gateway.envelopes().try_into().expect("one envelope");
        assert_eq!(fault.stuurgegevens.zender.organisatie, "VECOZO");
        let Content::Fo01 { cross_refnummer, fault } = fault.content else { panic!("no fault") };
        assert_eq!((cross_refnummer.as_str(), fault.code.as_str()), (DI01, code));
        assert_eq!(fault.details.as_deref(), Some("WMO301-00030002"));
    }
}

#[tokio::test]
async fn a_party_sends_what_it_is_given_as_it_is() {
    let net = Net::start("").await;
    let post = async |text: String| {
        let request = reqwest::Client::new().post(format!("{}/berichten", net.url)).body(text);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(post("geen bericht".to_owned()).await, 400);
    assert_eq!(net.mock.act().await, 0);
    assert_eq!(post(wmo305()).await, 202);
    assert_eq!(net.mock.act().await, 1);
    let [start] = net.gateway.envelopes().try_into().expect("one envelope");
    assert_eq!((start.kind(), start.stuurgegevens.zender.organisatie.as_str()), (Kind::Di01, "99990001"));
    assert_eq!(start.stuurgegevens.ontvanger, Systeem::ontvanger("9998"));
    assert_eq!(text(&start), wmo305());
}

#[tokio::test]
async fn what_gets_no_answer_is_sent_again_in_the_same_bytes_and_then_given_up() {
    let net = Net::start("retry = { attempts = 3, every = \"30s\" }").await;
    net.gateway.answer_with([StatusCode::INTERNAL_SERVER_ERROR; 3]);
    net.toewijs("2026-01-12").await;
    assert_eq!((net.mock.act().await, net.mock.act().await), (1, 0), "not before its time");
    for _ in 0..3 {
        net.pass(TimeDelta::seconds(30));
        net.mock.act().await;
    }
    let seen = net.gateway.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|bytes| *bytes == seen[0]));
    assert_eq!(net.mock.next_due(), None);
    let last = net.story().pop();
    assert_eq!(
        last.as_deref(),
        Some("Out Du01 WMO302 #3 given up after unknown: Het antwoord is geen bevestiging (HTTP 500)")
    );
}

#[tokio::test]
async fn a_retour_on_a_start_that_was_sent_is_taken_and_answered_by_nobody() {
    let net = Net::start("[[parties]]\ncode = \"99990001\"\nretour = \"never\"\nstart = {}").await;
    net.toewijs("2026-01-12").await;
    assert_eq!(net.mock.act().await, 1);
    let start = net.gateway.envelopes().remove(0);
    let retour = Envelope {
        stuurgegevens: Stuurgegevens { referentienummer: DU01.to_owned(), ..di01(b"").stuurgegevens },
        content: Content::Du01 {
            cross_refnummer: start.stuurgegevens.referentienummer,
            parameters: parameters("WMO306", b"retour"),
        },
    };
    assert!(matches!(net.deliver(&retour).await, Delivery::Accepted(_)));
    assert_eq!((net.mock.act().await, net.mock.next_due()), (0, None));
}

#[tokio::test]
async fn it_says_that_it_is_a_mock_and_takes_orders() {
    let net = Net::start("[[parties]]\ncode = \"99990001\"\nretour = \"never\"").await;
    let get = async |path: &str| reqwest::get(format!("{}{path}", net.url)).await.expect("an answer");
    let banner = get("/").await.text().await.expect("text");
    assert!(banner.contains("NIET het landelijke netwerk") && banner.contains("99990001: Never"), "{banner}");
    let order = "[{\"fault\":\"server-error\",\"times\":2}]";
    let post = |body: &'static str| {
        let request = reqwest::Client::new().post(format!("{}/faults", net.url));
        request.header("content-type", "application/json").body(body).send()
    };
    let answer = post(order).await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), order);
    assert_eq!(post("[{\"fault\":\"server-eror\"}]").await.expect("an answer").status().as_u16(), 422);
    for _ in 0..2 {
        assert!(matches!(net.deliver(&di01(b"geheim")).await, Delivery::Unknown(_)));
    }
    assert!(matches!(net.deliver(&di01(b"geheim")).await, Delivery::Accepted(_)));
    assert_eq!(get("/faults").await.text().await.expect("text"), "[]");
    let journal: serde_json::Value =
        serde_json::from_slice(&get("/journal").await.bytes().await.expect("a body")).expect("JSON");
    assert_eq!(journal[2]["outcome"], "accepted");
    assert_eq!(journal[2]["attempt"], 3);
    assert_eq!(journal[2]["referentienummer"], DI01);
    assert!(!journal.to_string().contains("geheim") && !journal.to_string().contains("Z2VoZWlt"));
    assert_eq!(get("/elders").await.status().as_u16(), 405);
}

#[tokio::test]
async fn a_played_gemeente_answers_a_start() {
    let net = Net::start("[[parties]]\ncode = \"9998\"\nretour = { reject = [\"9019\", \"9063\"] }").await;
    let mut envelope = di01(b"");
    envelope.stuurgegevens.zender = Systeem::zender("99990001", "VoorbeeldECD");
    envelope.stuurgegevens.ontvanger = Systeem::ontvanger("9998");
    envelope.content = Content::Di01(parameters("WMO305", wmo305().as_bytes()));
    assert!(matches!(net.deliver(&envelope).await, Delivery::Accepted(_)));
    assert_eq!(net.mock.act().await, 1);
    let [retour] = net.gateway.envelopes().try_into().expect("one envelope");
    assert_eq!(retour.stuurgegevens.zender.organisatie, "9998");
    assert_eq!(retour.stuurgegevens.ontvanger.organisatie, "99990001");
    assert_eq!(retour.parameters().map(|parameters| parameters.functie.as_str()), Some("WMO306"));
    let text = text(&retour);
    assert!(text.contains("BerichtCode=419\n") && text.contains("Afzender=99990001\nOntvanger=9998\n"), "{text}");
    assert!(text.contains("StatusAanlevering=1\nRetourCodes {\nRetourCode=9019\nRetourCode=9063\n}\n"), "{text}");
}

#[tokio::test]
async fn a_caller_that_stops_acting_half_way_loses_nothing() {
    let net = Net::start("retry = { attempts = 3, every = \"0s\" }").await;
    net.toewijs("2026-01-12").await;
    {
        let mut acting = std::pin::pin!(net.mock.act());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(acting.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(net.mock.act().await, 1);
    let envelopes = net.gateway.envelopes();
    assert!((1..=2).contains(&envelopes.len()) && envelopes.iter().all(|envelope| *envelope == envelopes[0]));
    assert_eq!((net.mock.act().await, net.mock.next_due()), (0, None));
}

#[tokio::test]
async fn parties_that_make_no_sense_are_refused() {
    for (parties, error) in [
        ("[[parties]]\ncode = \"999\"", "`999` is geen gemeentecode (4 cijfers) of AGB-code (8 cijfers)"),
        ("[[parties]]\ncode = \"9998\"\n[[parties]]\ncode = \"9998\"", "partij 9998 staat er twee keer in"),
        ("[[parties]]\ncode = \"9998\"\nretour = { reject = [] }", "partij 9998 wijst af zonder retourcode"),
    ] {
        let config = format!("listen = \"127.0.0.1:0\"\ngateway_url = \"http://127.0.0.1:1\"\n{parties}");
        let config = toml::from_str(&config).expect("a configuration");
        let refused = Mock::new(config, lines(), Arc::new(chrono::DateTime::default), Arc::new(String::new));
        assert_eq!(refused.map_err(|refused| refused.to_string()).err().as_deref(), Some(error));
    }
}

#[test]
fn a_configuration_with_a_mistake_is_refused() {
    let base = "listen = \"127.0.0.1:0\"\ngateway_url = \"http://127.0.0.1:1\"\n";
    for mistake in [
        "gatewayurl = \"x\"",
        "[[parties]]\ncode = \"99990001\"\nafter = \"3 dagen\"",
        "[[parties]]\ncode = \"99990001\"\nretour = { accept = [\"9332\"] }",
        "[[parties]]\ncode = \"99990001\"\nstart = { before = \"1d\" }",
        "faults = [{ fault = { unavailable = { retry = 1 } } }]",
    ] {
        assert!(toml::from_str::<MockConfig>(&format!("{base}{mistake}")).is_err(), "{mistake}");
    }
}
