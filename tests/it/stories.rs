//! Berichten through a real server: what is answered, what is kept, what goes where.

use iwmo_gateway::xml;
use serde_json::json;

use crate::world::{AANBIEDER, ANDERE, BSN, GEMEENTE, WMO301, WMO302, WMO305, World, instant};

#[tokio::test]
async fn a_toewijzing_and_its_start_are_taken_in_answered_and_put_in_the_postbus() {
    let world = World::both_local().await;
    let toewijzing = world.post(GEMEENTE, WMO301).await;
    assert_eq!(toewijzing.status, 202, "{}", toewijzing.text);
    assert_eq!(toewijzing.body["verdict"], "accepted");
    assert_eq!(toewijzing.body["retour"]["berichtsoort"], "WMO302");
    let start = world.post(AANBIEDER, WMO305).await;
    assert_eq!((start.status, &start.body["verdict"]), (202, &json!("accepted")), "{}", start.text);
    assert_eq!(start.body["toewijzingen"], json!([700_101]));
    assert_eq!(
        start.body["deadlines"],
        json!([
            {"clock": "retour", "answer": "WMO306", "due": "2026-03-07", "state": "met"},
            {"clock": "start", "answer": "WMO305", "subject": "700101", "due": "2026-03-11", "state": "met",
             "skipped": ["weekend"]},
        ])
    );
    assert_eq!(
        world.berichten().await,
        [
            "WMO301 TOEW-1 accepted api",
            "WMO302 TOEW-1 accepted gateway",
            "WMO305 START-1 accepted api",
            "WMO306 START-1 accepted gateway",
        ]
    );
    let waiting = world.get(GEMEENTE, "/v1/postbus").await.body;
    let kinds: Vec<_> =
        waiting["items"].as_array().expect("items").iter().map(|item| item["berichtsoort"].clone()).collect();
    assert_eq!(kinds, ["WMO302", "WMO305"]);
    world.stop().await;
}

#[tokio::test]
async fn an_accepting_retour_is_the_header_alone_and_a_rejecting_one_the_tree_with_codes() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let accepted = world.post(AANBIEDER, WMO305).await.body;
    let retour = retour_xml(&world, AANBIEDER, &accepted).await;
    assert!(!retour.contains("RetourCode") && !retour.contains("Client"), "{retour}");
    assert!(retour.contains("<wmo306:Identificatie") || retour.contains("START-1"), "{retour}");

    let unknown = WMO305.replace("START-1", "START-2").replace("700101", "700999");
    let rejected = world.post(AANBIEDER, unknown).await;
    assert_eq!((rejected.status, &rejected.body["verdict"]), (202, &json!("rejected")), "{}", rejected.text);
    let finding = &rejected.body["findings"][0];
    assert_eq!((&finding["rule"], &finding["retourcode"]), (&json!("TR019"), &json!("9019")));
    assert_eq!(finding["path"], "/Bericht/Client/StartProducten/StartProduct[1]/ToewijzingNummer");
    assert_eq!((&finding["line"], &finding["column"]), (&json!(31), &json!(9)));
    let retour = retour_xml(&world, AANBIEDER, &rejected.body).await;
    let codes: Vec<&str> =
        retour.match_indices(":RetourCode>").step_by(2).map(|(at, tag)| &retour[at + tag.len()..][..4]).collect();
    assert_eq!(codes, ["0200", "9019", "0200"], "header, StartProduct, Client:\n{retour}");
    world.stop().await;
}

async fn retour_xml(world: &World, partij: &str, receipt: &serde_json::Value) -> String {
    let id = receipt["retour"]["id"].as_str().expect("a retour");
    world.get(partij, &format!("/v1/berichten/{id}/xml")).await.text
}

#[tokio::test]
async fn every_finding_links_to_the_explanation_of_its_rule() {
    let world = World::both_local().await;
    let rejected = world.post(AANBIEDER, WMO305).await.body;
    assert_eq!(rejected["findings"][0]["explanation"], "/regels/TR019", "{rejected}");
    assert_eq!(rejected["not_checked"], json!(["TR381"]), "nobody told what was agreed");
    let id = rejected["id"].as_str().expect("an id");
    let kept = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await.body;
    assert_eq!(kept["receipt"]["findings"][0]["explanation"], "/regels/TR019", "{kept}");
    let conflict = world.post(AANBIEDER, WMO305.replace("2026-03-04", "2026-03-03")).await;
    assert_eq!((conflict.status, &conflict.body["findings"][0]["explanation"]), (409, &json!("/regels/TR056")));
    let invalid = world.post(AANBIEDER, WMO305.replace("<b:Geslacht>2</b:Geslacht>", "")).await;
    assert!(
        invalid.status == 422 && invalid.body["findings"][0].get("explanation").is_none(),
        "no rule: {}",
        invalid.text
    );
    world.stop().await;
}

#[tokio::test]
async fn a_rejected_start_changes_nothing_and_may_be_sent_again_under_a_new_identificatie() {
    let world = World::both_local().await;
    let early = world.post(AANBIEDER, WMO305).await;
    assert_eq!(early.body["findings"][0]["retourcode"], "9019", "{}", early.text);
    world.post(GEMEENTE, WMO301).await;
    let again = world.post(AANBIEDER, WMO305.replace("START-1", "START-2")).await;
    assert_eq!(again.body["verdict"], "accepted", "{}", again.text);
    let third = world.post(AANBIEDER, WMO305.replace("START-1", "START-3")).await;
    let rules: Vec<_> =
        third.body["findings"].as_array().expect("findings").iter().map(|one| one["rule"].clone()).collect();
    assert_eq!(rules, ["TR074", "TR326"], "the second one is the same start again");
    world.stop().await;
}

#[tokio::test]
async fn a_removed_toewijzing_takes_no_start() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    let removed = WMO301.replace("TOEW-1", "TOEW-2").replace("08:45:00", "08:46:00").replace(
        "<b:Einddatum>2026-12-31</b:Einddatum>",
        "<b:Einddatum>2026-03-03</b:Einddatum>\n        <b:RedenWijziging>13</b:RedenWijziging>",
    );
    assert_eq!(world.post(GEMEENTE, removed).await.body["verdict"], "accepted");
    let start = world.post(AANBIEDER, WMO305).await;
    assert_eq!(start.body["findings"][0]["retourcode"], "9019", "{}", start.text);
    world.stop().await;
}

#[tokio::test]
async fn the_same_bytes_get_the_first_receipt_and_other_content_a_conflict() {
    let world = World::both_local().await;
    let first = world.post(GEMEENTE, WMO301).await;
    let second = world.post(GEMEENTE, WMO301).await;
    assert_eq!((second.status, &second.body), (200, &first.body));
    let other = world.post(GEMEENTE, WMO301.replace("08:45:00", "08:50:00")).await;
    assert_eq!((other.status, &other.body["findings"][0]["rule"]), (409, &json!("TR056")), "{}", other.text);
    assert_eq!(world.berichten().await.len(), 3, "301, 302, and the refused attempt");
    world.stop().await;
}

#[tokio::test]
async fn the_same_bytes_at_the_same_time_are_taken_in_once() {
    let world = World::both_local().await;
    let posts: Vec<_> = (0..8).map(|_| world.post(GEMEENTE, WMO301)).collect();
    let answers = futures_util::future::join_all(posts).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 202]);
    assert!(answers.iter().all(|answer| answer.body == answers[0].body));
    assert_eq!(world.berichten().await, ["WMO301 TOEW-1 accepted api", "WMO302 TOEW-1 accepted gateway"]);
    world.stop().await;
}

#[tokio::test]
async fn a_refused_attempt_leaves_its_identificatie_free_and_its_bytes_on_record() {
    let world = World::both_local().await;
    let broken = WMO301.replace("</b:Afzender>", "</b:Ontvanger>");
    let refused = world.post(GEMEENTE, broken.clone()).await;
    assert_eq!((refused.status, refused.headers["content-type"].as_bytes()), (400, &b"application/problem+json"[..]));
    let id = refused.body["id"].as_str().expect("the attempt");
    assert_eq!(world.get(GEMEENTE, &format!("/v1/berichten/{id}/xml")).await.text, broken);
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    world.stop().await;
}

#[tokio::test]
async fn bad_input_gets_the_answer_that_the_contract_names_and_the_gateway_goes_on() {
    let world = World::both_local().await;
    let long_bsn = WMO301.replace(BSN, "999940004123");
    let doctype = WMO301.replace("?>\n<b:", "?>\n<!DOCTYPE b [<!ENTITY x \"y\">]>\n<b:");
    let huge = vec![b' '; 30_000_000];
    let cases: [(u16, &str, Vec<u8>, &str); 6] = [
        (400, GEMEENTE, WMO301.replace("<b:Client>", "<b:Client").into_bytes(), "xml"),
        (400, GEMEENTE, doctype.into_bytes(), "xml"),
        (422, GEMEENTE, long_bsn.into_bytes(), "xsd"),
        (403, AANBIEDER, WMO301.into(), ""),
        (413, GEMEENTE, huge, ""),
        (202, GEMEENTE, WMO301.into(), ""),
    ];
    for (status, partij, bytes, level) in cases {
        let size = bytes.len();
        let answer = world.post(partij, bytes).await;
        assert_eq!(answer.status, status, "{size} bytes: {}", answer.text);
        let found = answer.body["findings"][0]["level"].as_str().unwrap_or_default();
        assert_eq!(found, level, "{}", answer.text);
        assert!(!answer.text.contains(BSN), "a Bsn in {}", answer.text);
    }
    assert_eq!(world.get(GEMEENTE, "/health/ready").await.status, 200);
    world.stop().await;
}

#[tokio::test]
async fn a_schema_error_names_element_line_and_column_but_not_the_value() {
    let world = World::both_local().await;
    let answer = world.post(GEMEENTE, WMO301.replace(BSN, "999940004123")).await;
    let finding = &answer.body["findings"][0];
    assert_eq!((&finding["path"], &finding["line"]), (&json!("/Bericht/Client/Bsn"), &json!(19)), "{}", answer.text);
    assert!(finding["text"].as_str().is_some_and(|text| text.contains("12 tekens")), "{}", answer.text);
    world.stop().await;
}

#[tokio::test]
async fn requests_without_the_right_token_or_form_are_told_what_to_do() {
    let world = World::both_local().await;
    let url = world.url("/v1/berichten");
    let nobody = world.request(|client| client.post(&url).body(WMO301)).await;
    assert_eq!((nobody.status, nobody.headers["www-authenticate"].as_bytes()), (401, &b"Bearer"[..]));
    assert_eq!(world.post("guess", WMO301).await.status, 401);
    let json = world
        .request(|client| client.post(&url).bearer_auth(GEMEENTE).header("content-type", "image/png").body("x"))
        .await;
    assert_eq!((json.status, &json.body["type"]), (415, &json!("urn:iwmo-gateway:fout:mediatype")));
    let operator = world.post("operator", WMO301).await;
    assert_eq!((operator.status, &operator.body["type"]), (403, &json!("urn:iwmo-gateway:fout:geen-partij")));
    let query = world.get(GEMEENTE, "/v1/deadlines?state=ooit").await;
    assert_eq!(
        (query.status, &query.body["type"]),
        (400, &json!("urn:iwmo-gateway:fout:parameter-ongeldig")),
        "{}",
        query.text
    );
    assert_eq!(world.get(GEMEENTE, "/v1/nergens").await.status, 404);
    world.stop().await;
}

#[tokio::test]
async fn a_party_sees_its_own_berichten_and_no_others() {
    let world = World::both_local().await;
    let id = world.post(GEMEENTE, WMO301).await.body["id"].as_str().expect("an id").to_owned();
    for path in [format!("/v1/berichten/{id}"), format!("/v1/berichten/{id}/xml")] {
        assert_eq!(world.get(GEMEENTE, &path).await.status, 200);
        assert_eq!(world.get(AANBIEDER, &path).await.status, 200);
        assert_eq!(world.get(ANDERE, &path).await.status, 404);
        assert_eq!(world.get("operator", &path).await.status, 200);
    }
    for path in ["/v1/berichten", "/v1/postbus", "/v1/deadlines?state=met"] {
        let others = world.get(ANDERE, path).await.body;
        assert_eq!(others, json!({"items": [], "next": null}), "{path}");
    }
    let confirmed = world.post_to(&format!("/v1/postbus/{id}/ontvangen"), ANDERE, "").await;
    assert_eq!(confirmed.status, 404);
    world.stop().await;
}

#[tokio::test]
async fn a_postbus_is_read_oldest_first_page_by_page_and_emptied_by_confirming() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    world.post(GEMEENTE, WMO301.replace("TOEW-1", "TOEW-2").replace("700101", "700102")).await;
    let first = world.get(AANBIEDER, "/v1/postbus?limit=1").await.body;
    assert_eq!(first["items"][0]["identificatie"], "TOEW-1");
    let next = first["next"].as_str().expect("a next page");
    let second = world.get(AANBIEDER, &format!("/v1/postbus?limit=1&after={next}")).await.body;
    assert_eq!(second["items"][0]["identificatie"], "TOEW-2");
    for _ in 0..2 {
        let confirmed = world.post_to(&format!("/v1/postbus/{next}/ontvangen"), AANBIEDER, "").await;
        assert_eq!(confirmed.status, 204, "confirming twice is fine");
    }
    let left = world.get(AANBIEDER, "/v1/postbus").await.body;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(left["items"][0]["identificatie"], "TOEW-2");
    world.stop().await;
}

#[tokio::test]
async fn a_party_that_answers_itself_owes_its_retour_and_closes_the_clock_with_it() {
    let settings = "";
    let signal = "verlenging WMO301 2026-11-05 open";
    let world = World::start(&[GEMEENTE], settings_with_own_aanbieder(settings).as_str(), None).await;
    let toewijzing = world.post(GEMEENTE, WMO301).await;
    assert_eq!((toewijzing.status, &toewijzing.body["retour"]), (202, &json!(null)), "{}", toewijzing.text);
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 open", signal]);
    world.at("2026-03-08T00:00:00+01:00");
    world.rest().await;
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 overdue", signal]);
    let retour = world.post(AANBIEDER, WMO302).await;
    assert_eq!((retour.status, &retour.body["heenbericht"]), (202, &toewijzing.body["id"]), "{}", retour.text);
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 late", signal]);
    let second = world.post(AANBIEDER, WMO302.replace("RETOUR-1", "RETOUR-2")).await;
    assert_eq!(
        (second.status, &second.body["verdict"]),
        (202, &json!("rejected")),
        "one retour per heenbericht: {}",
        second.text
    );
    world.stop().await;
}

fn settings_with_own_aanbieder(settings: &str) -> String {
    let hash = iwmo_gateway::exchange::sha256_hex(AANBIEDER.as_bytes());
    format!(
        "{settings}\n[[partij]]\ncode = \"{AANBIEDER}\"\nnaam = \"Eigen software\"\nanswers = \"own\"\n[[credential]]\nname = \"own\"\npartij = \"{AANBIEDER}\"\ntoken_sha256 = \"{hash}\"\n"
    )
}

#[tokio::test]
async fn a_late_start_is_reported_as_late() {
    let world = World::both_local().await;
    world.post(GEMEENTE, WMO301).await;
    world.at("2026-03-12T10:00:00+01:00");
    let start = world.post(AANBIEDER, WMO305).await;
    assert_eq!(
        start.body["deadlines"][1],
        json!({"clock": "start", "answer": "WMO305", "subject": "700101", "due": "2026-03-11", "state": "late",
               "skipped": ["weekend"]}),
        "{}",
        start.text
    );
    world.stop().await;
}

#[tokio::test]
async fn the_national_profile_counts_werkdagen() {
    let settings = format!("[deadlines]\nprofile = \"landelijk-3.2\"\n{}", settings_with_own_aanbieder(""));
    let world = World::start(&[GEMEENTE], &settings, None).await;
    world.at("2026-04-02T09:00:00+02:00");
    world.post(GEMEENTE, WMO301).await;
    // The Thursday before Easter: Good Friday, the weekend and Easter Monday do not count.
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-04-09 open"]);
    world.stop().await;
}

/// A chain of one client: who posts, which kind, and which retour and further clocks each calls for.
const CHAIN: [(&str, &str, &str, &str, &[&str]); 6] = [
    (GEMEENTE, "WMO301", include_str!("../../fixtures/regels/TR413/eerder-1.xml"), "WMO302", &["verlenging WMO301"]),
    (AANBIEDER, "WMO305", include_str!("../../fixtures/regels/TR413/eerder-2.xml"), "WMO306", &["start WMO305"]),
    (AANBIEDER, "WMO307", include_str!("../../fixtures/regels/TR413/eerder-3.xml"), "WMO308", &["stop WMO307"]),
    (AANBIEDER, "WMO315", include_str!("../../fixtures/regels/TR379/eerder-1.xml"), "WMO316", &["verzoek WMO301"]),
    (GEMEENTE, "WMO319", include_str!("../../fixtures/regels/TR365/eerder-2.xml"), "WMO320", &[]),
    (
        AANBIEDER,
        "WMO317",
        include_str!("../../fixtures/regels/TR304/goed-bekende-client.xml"),
        "WMO318",
        &["verzoek WMO301"],
    ),
];

#[tokio::test]
async fn every_kind_is_kept_delivered_and_answered_as_the_standard_says() {
    let world = World::both_local().await;
    world.clock.set(instant("2026-04-10T09:00:00+02:00"));
    for (poster, soort, text, retour, clocks) in CHAIN {
        let answer = world.post(poster, text).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (202, &json!("accepted")), "{}", answer.text);
        assert_eq!(answer.body["berichtsoort"], soort);
        assert_eq!(answer.body["retour"]["berichtsoort"], retour, "{}", answer.text);
        let deadlines = answer.body["deadlines"].as_array().expect("a list");
        let text_of = |one: &serde_json::Value| format!("{} {}", one["clock"], one["answer"]).replace('"', "");
        let told: Vec<_> = deadlines.iter().map(text_of).collect();
        let owed: Vec<String> =
            [format!("retour {retour}")].into_iter().chain(clocks.iter().map(ToString::to_string)).collect();
        assert_eq!(told, owed, "{}", answer.text);

        let receiver = if poster == GEMEENTE { AANBIEDER } else { GEMEENTE };
        let waiting = world.get(receiver, "/v1/postbus").await.body;
        let kinds: Vec<_> =
            waiting["items"].as_array().expect("items").iter().map(|one| &one["berichtsoort"]).collect();
        assert!(kinds.contains(&&json!(soort)), "{soort} is not among {kinds:?}");
        let composed = retour_xml(&world, poster, &answer.body).await;
        assert!(!composed.contains("RetourCode>"), "{composed}");
        assert!(xml::read(composed.as_bytes()).is_ok(), "{composed}");
        let again = world.post(poster, text.replace("2026-", "2025-")).await;
        assert_eq!((again.status, &again.body["findings"][0]["rule"]), (409, &json!("TR056")), "{}", again.text);
    }
    world.stop().await;
}

#[tokio::test]
async fn an_earlier_release_is_answered_in_its_own_form() {
    let settings = "[releases]\niwmo_2_3 = [\"2019-04-01\"]\n";
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], settings, None).await;
    let toewijzing = include_str!("../../fixtures/regels/TR069/eerder-1.xml");
    let answer = world.post(GEMEENTE, toewijzing).await;
    assert_eq!((answer.status, &answer.body["verdict"]), (202, &json!("accepted")), "{}", answer.text);
    assert_eq!((&answer.body["release"], &answer.body["retour"]["berichtsoort"]), (&json!("2.3"), &json!("WMO302")));
    let retour = retour_xml(&world, GEMEENTE, &answer.body).await;
    assert!(retour.contains("iwmo/2_3/wmo302/schema") && !retour.contains("XsdVersie"), "{retour}");
    assert!(xml::read(retour.as_bytes()).is_ok(), "{retour}");

    let start = include_str!("../../fixtures/regels/TR069/eerder-2.xml");
    let answer = world.post(AANBIEDER, start).await;
    assert_eq!((&answer.body["verdict"], &answer.body["toewijzingen"]), (&json!("accepted"), &json!([700_101])));
    let again = world.post(AANBIEDER, start.replace("L2305", "L2306").replace("2019-06-12", "2019-06-13")).await;
    assert_eq!(again.body["findings"][0]["rule"], "TR074", "{}", again.text);

    world.post(GEMEENTE, include_str!("../../fixtures/regels/TR303/eerder-80.xml")).await;
    let factuur = include_str!("../../fixtures/regels/TR303/goed-nummer.xml");
    let answer = world.post(AANBIEDER, factuur).await;
    assert_eq!((&answer.body["verdict"], &answer.body["berichtsoort"]), (&json!("accepted"), &json!("WMO303")));
    let retour = &answer.body["retour"];
    assert_eq!(
        (&retour["berichtsoort"], &retour["retourcodes"]),
        (&json!("WMO304"), &json!(["8001"])),
        "{}",
        answer.text
    );
    let clock = &answer.body["deadlines"][0];
    assert_eq!(
        (&clock["clock"], &clock["answer"], &clock["state"]),
        (&json!("declaratie-antwoord"), &json!("WMO304"), &json!("met"))
    );
    world.stop().await;
}

#[tokio::test]
async fn a_bericht_of_a_release_that_is_not_in_force_is_refused() {
    let settings = "[releases]\niwmo_3_2 = [\"2026-03-05\"]\n";
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], settings, None).await;
    let early = world.post(GEMEENTE, WMO301).await;
    assert_eq!(early.status, 422, "{}", early.text);
    assert_eq!(early.body["type"], "urn:iwmo-gateway:fout:release-niet-in-gebruik");
    assert!(early.body["detail"].as_str().is_some_and(|text| text.contains("release van iWmo")), "{}", early.text);
    // The refusal leaves the Identificatie free.
    world.at("2026-03-05T09:00:00+01:00");
    let right = world.post(GEMEENTE, WMO301).await;
    assert_eq!(right.status, 202, "{}", right.text);
    world.stop().await;
}
