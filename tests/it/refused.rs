//! What becomes of a bericht that is not taken in: its reason, who brought it and what could be read of it stay, and a name in it
//! never shows a Bsn.

use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use serde_json::{Value, json};

use crate::json::as_json;
use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, WMO301, WMO305, World};

const OPEN: &str = "dashboard_login = false";

/// The kept attempt that an answer names, as an operator reads it: as JSON, and its page.
async fn kept(world: &World, answer: &Value) -> (Value, String) {
    let id = answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}"));
    let read = world.get("operator", &format!("/v1/berichten/{id}")).await.body;
    (read, world.get("", &format!("/berichten/{id}")).await.text)
}

const PARTIES: &str =
    "<a href=\"/partners/41005001\">Partij 41005001 (41005001)</a> → <a href=\"/partners/0384\">Partij 0384 (0384)</a>";

#[tokio::test]
async fn a_refusal_keeps_its_reason_who_posted_it_and_what_could_be_read() {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], OPEN, None).await;
    let invalid = WMO305.replace("<b:Geslacht>", "<b:Geslacht>x");
    assert_ne!(invalid, WMO305);
    let broken = WMO305.replace("</b:Client>", "");
    for (who, xml, status, reason, told) in [
        (ANDERE, WMO305.to_owned(), 403, "andere-partij", "De afzender in het bericht is niet de partij van dit token"),
        (AANBIEDER, invalid, 422, "niet-valide", "voldoet niet aan het XML-schema"),
        (AANBIEDER, broken, 400, "geen-xml", "geen welgevormde, veilige XML"),
    ] {
        let answer = world.post(who, xml).await;
        assert_eq!(
            (answer.status, answer.body["type"].as_str()),
            (status, Some(&*format!("urn:iwmo-gateway:fout:{reason}")))
        );
        let (read, page) = kept(&world, &answer.body).await;
        let seen = json!({"reason": reason, "by": who, "afzender": AANBIEDER, "ontvanger": GEMEENTE});
        assert_eq!(read["receipt"]["refusal"], seen, "{read}");
        assert_eq!((&read["afzender"], &read["identificatie"]), (&json!(AANBIEDER), &json!("START-1")), "{read}");
        for part in [told, &format!("<dd>{who}</dd>"), PARTIES, "START-1"] {
            assert!(page.contains(part), "{part} is missing: {page}");
        }
        assert!(!page.contains("Er is niets op dit bericht aan te merken"), "{page}");
        let list = world.get("", "/berichten").await.text;
        assert!(list.contains("geweigerd") && list.contains("START-1"), "{list}");
    }
    for other in [GEMEENTE, AANBIEDER] {
        let items = world.get(other, "/v1/berichten").await.body["items"].clone();
        let refused = |one: &Value| one["receipt"]["refusal"]["by"] == ANDERE;
        assert!(!items.as_array().expect("a page").iter().any(refused), "{other} sees what another posted in its name");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_json_is_read_as_far_as_it_goes() {
    let world = World::start(&[GEMEENTE, AANBIEDER], OPEN, None).await;
    let mut bericht = as_json(WMO305);
    bericht["Bericht"]["Client"]["Geslacht"] = json!(7);
    bericht["Bericht"]["Header"]["BerichtIdentificatie"]["Identificatie"] = json!(BSN);
    let answer = world.post_json(AANBIEDER, &bericht).await;
    let (read, page) = kept(&world, &answer.body).await;
    assert_eq!((&read["berichtsoort"], &read["afzender"]), (&json!("WMO305"), &json!(AANBIEDER)), "{read}");
    assert_eq!(read["identificatie"], Value::Null, "nine digits that may be a Bsn");
    assert!(!page.contains(BSN) && page.contains("WMO305"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_too_large_for_the_network_is_told_with_both_sizes() {
    let world = World::start(&[GEMEENTE], "dashboard_login = false\n[ggk]\nmax_envelope_bytes = 6000", Some("")).await;
    let answer = world.post(GEMEENTE, WMO301).await;
    assert_eq!(
        (answer.status, answer.body["title"].as_str()),
        (413, Some("Te groot voor het netwerk")),
        "{}",
        answer.text
    );
    let size = WMO301.len().div_ceil(3) * 4 + 4096;
    let detail = answer.body["detail"].as_str().expect("a text");
    assert!(detail.contains(&format!("wordt {size} bytes")) && detail.contains("neemt er 6000 aan"), "{detail}");
    let (read, page) = kept(&world, &answer.body).await;
    assert_eq!(read["receipt"]["refusal"]["size_bytes"], json!(size), "{read}");
    assert!(page.contains("neemt er 6000 aan"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn no_answer_or_page_repeats_a_bsn_in_a_name() {
    let world = World::start(&[GEMEENTE, AANBIEDER], OPEN, None).await;
    let xml = |from: &str, to: &str| {
        let changed = WMO305.replace(from, to);
        assert_ne!(changed, WMO305, "{from}");
        changed
    };
    let mut answers = Vec::new();
    for hostile in [
        xml("<b:Client>", &format!("<b:Client><b:Bsn{BSN}>x</b:Bsn{BSN}>")),
        xml("<b:Client>", &format!("<b:Client a{BSN}=\"x\">")),
        xml("<b:Client>", &format!("<b:Client>&e{BSN};")),
        xml("<b:Client>", &format!("<p{BSN}:Client>")),
        xml("</b:Client>", &format!("</b:Client{BSN}>")),
        format!("<Bericht{BSN}/>"),
    ] {
        answers.push(world.post(AANBIEDER, hostile).await);
    }
    for place in ["/Bericht/Client", "/Bericht", ""] {
        let mut bericht = as_json(WMO305);
        let object = bericht.pointer_mut(place).and_then(Value::as_object_mut).expect("an object");
        object.insert(format!("Bsn{BSN}"), json!("x"));
        answers.push(world.post_json(AANBIEDER, &bericht).await);
    }
    for answer in answers {
        assert!([400, 422].contains(&answer.status), "{}", answer.text);
        let (read, page) = kept(&world, &answer.body).await;
        for text in [&answer.text, &read.to_string(), &page] {
            assert!(!text.contains(BSN) && !text.contains(&BSN[..8]), "{text}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_toewijzing_that_is_refused_is_an_open_item_until_another_version_is_sent() {
    let rejecting = "[[parties]]\ncode = \"41005001\"\nretour = { reject = [\"9332\"] }\n";
    let world = World::start(&[GEMEENTE], OPEN, Some(rejecting)).await;
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].as_str().expect("an id").to_owned();
    world.rest().await;
    let read = world.get(GEMEENTE, "/v1/toewijzingen/0384/700101").await.body;
    assert_eq!((&read["state"], &read["current"]["answer"]), (&json!("refused"), &json!("refused")), "{read}");
    let sent = world.get(GEMEENTE, &format!("/v1/berichten/{heen}")).await.body;
    assert_eq!(sent["answer"], "refused", "{sent}");
    let open = world.get(GEMEENTE, "/v1/toewijzingen/afgewezen").await.body;
    let item = json!({"gemeente": GEMEENTE, "aanbieder": AANBIEDER, "toewijzing_nummer": 700_101, "bericht": heen, "retour": sent["retour"]});
    assert_eq!(open, json!({"items": [item], "next": null}));
    assert_eq!(world.get(ANDERE, "/v1/toewijzingen/afgewezen").await.status, 401, "nobody here");

    let page = world.get("", "/").await.text;
    let section =
        page.split_once("id=\"wij\"").and_then(|(_, rest)| rest.split_once("</section>")).expect("a section").0;
    assert!(section.contains("Afgewezen door de aanbieder"), "an open item of ours: {section}");
    assert!(section.contains("href=\"/toewijzingen/0384/700101\"") && section.contains("Retourbericht"), "{section}");
    let page = world.get("", "/berichten").await.text;
    assert_eq!(page.matches("<td class=\"bad\">afgewezen door de aanbieder</td>").count(), 2, "301 and 302: {page}");
    let one = world.get("", "/toewijzingen/0384/700101").await.text;
    assert!(one.contains("<dd class=\"bad\">afgewezen door de aanbieder</dd>"), "{one}");

    let again = WMO301.replace("TOEW-1", "TOEW-2").replace("<b:Toewijzingstijd>08", "<b:Toewijzingstijd>09");
    assert_eq!(world.post(GEMEENTE, again).await.status, 202);
    assert_eq!(
        world.get(GEMEENTE, "/v1/toewijzingen/afgewezen").await.body["items"],
        json!([]),
        "another version is on its way"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_receipt_tells_its_identificatie_every_retourcode_and_what_a_301_brings() {
    let world = World::both_local().await;
    let given = world.post(GEMEENTE, WMO301).await.body;
    assert_eq!((&given["identificatie"], &given["toewijzingen"]), (&json!("TOEW-1"), &json!([700_101])));
    let unknown = world.post(AANBIEDER, WMO305.replace("700101", "700199")).await.body;
    assert_eq!(
        (&unknown["verdict"], &unknown["retour"]["retourcodes"]),
        (&json!("rejected"), &json!(["0200", "9019"]))
    );
    let mut filled = as_json(WMO305);
    filled["Bericht"]["Header"].as_object_mut().expect("a header").remove("BerichtIdentificatie");
    let filled = world.post_json(AANBIEDER, &filled).await.body;
    assert_eq!(filled["identificatie"].as_str().map(str::len), Some(12), "{filled}");
    world.stop().await;
}

#[tokio::test]
async fn a_parcel_that_arrived_has_no_reason_left() {
    let world = World::start(&[GEMEENTE], OPEN, Some("")).await;
    let mock = world.mock.as_ref().expect("a mock");
    mock.misbehave([FaultOrder::of(Misbehaviour::ServerError, 1)]);
    let id = world.post(GEMEENTE, WMO301).await.body["id"].as_str().expect("an id").to_owned();
    world.rest().await;
    world.at("2026-03-04T12:00:00+01:00");
    world.rest().await;
    let transport = world.get(GEMEENTE, &format!("/v1/berichten/{id}")).await.body["transport"][0].clone();
    assert_eq!((&transport["state"], &transport["reason"]), (&json!("delivered"), &Value::Null), "{transport}");
    assert!(transport["attempts"].as_i64().is_some_and(|attempts| attempts > 1), "{transport}");
    world.stop().await;
}
