//! Berichten over the network: envelopes both ways, faults, repeats, and what the operator sees.

use std::time::Duration;

use serde_json::json;
use sqlx::{Connection as _, SqliteConnection};

use iwmo_gateway::clock::Clock as _;
use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::hub::envelope::{Content, Plek, parse};
use iwmo_gateway::hub::mock::config::{FaultOrder, Misbehaviour};
use iwmo_gateway::store::{Lease, ParcelKind, ParcelState, Room};

use crate::maker::{bericht, prestatie, wmo315, wmo323_of};
use crate::world::{AANBIEDER, GEMEENTE, WMO301, WMO305, World};

const STARTS: &str =
    "[[parties]]\ncode = \"41005001\"\nafter = \"1h\"\nstart = { after = \"1d\", toewijzing = \"same\" }\n";
const STARTS_UNKNOWN: &str = "[[parties]]\ncode = \"41005001\"\nstart = { after = \"1d\", toewijzing = \"unknown\" }\n";
const SILENT: &str = "[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n";

#[tokio::test]
async fn a_toewijzing_goes_out_its_retour_closes_the_clock_and_the_start_is_answered() {
    let world = World::with_network(STARTS).await;
    let toewijzing = world.post(GEMEENTE, WMO301).await;
    assert_eq!(toewijzing.body["sent_to"], json!([{"berichtsoort": "WMO301", "partij": AANBIEDER, "via": "ggk"}]));
    world.rest().await;
    let signal = "verlenging WMO301 2026-11-05 open";
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 open", signal]);
    world.at("2026-03-04T11:00:00+01:00");
    world.rest().await;
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 met", signal]);
    world.at("2026-03-05T11:00:00+01:00");
    world.rest().await;
    assert_eq!(
        world.wire(),
        ["→ WMO301 1 accepted", "← WMO302 1 accepted", "← WMO305 1 accepted", "→ WMO306 1 accepted"]
    );
    let kinds: Vec<String> =
        world.berichten().await.iter().map(|line| line.split(' ').step_by(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(kinds, ["WMO301 accepted", "WMO302 accepted", "WMO305 accepted", "WMO306 accepted"]);
    world.stop().await;
}

#[tokio::test]
async fn a_start_on_an_unknown_toewijzing_is_rejected_over_the_network() {
    let world = World::with_network(STARTS_UNKNOWN).await;
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    world.at("2026-03-05T11:00:00+01:00");
    world.rest().await;
    let rejected = world.berichten().await.into_iter().find(|line| line.starts_with("WMO305")).expect("the start");
    assert!(rejected.ends_with("rejected ggk 9019"), "{rejected}");
    assert_eq!(world.wire().last().map(String::as_str), Some("→ WMO306 1 accepted"));
    world.stop().await;
}

#[tokio::test]
async fn a_missing_retour_is_raised_once_and_a_refusal_by_the_network_ends_the_clock() {
    let world = World::with_network(SILENT).await;
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    world.at("2026-03-08T00:00:00+01:00");
    world.rest().await;
    assert_eq!(world.deadlines().await, ["retour WMO302 2026-03-07 overdue", "verlenging WMO301 2026-11-05 open"]);
    let again = world.store().raise_overdue(crate::world::instant("2026-03-09T00:00:00+01:00")).await.expect("a look");
    assert!(again.is_empty(), "raised before");
    world.stop().await;

    let bounced = World::with_network("[[parties]]\ncode = \"41005001\"\nretour = { bounce = \"IB010\" }\n").await;
    bounced.post(GEMEENTE, WMO301).await;
    bounced.rest().await;
    assert_eq!(
        bounced.deadlines().await,
        ["retour WMO302 2026-03-07 void", "verlenging WMO301 2026-11-05 void"],
        "nobody has the toewijzing"
    );
    let parcels = bounced.store().undelivered(10).await.expect("parcels");
    assert!(matches!(parcels[0].state, ParcelState::Refused { .. }), "{parcels:?}");
    assert!(parcels[0].last_reason.as_deref().is_some_and(|reason| reason.contains("IB010")), "{parcels:?}");
    bounced.stop().await;
}

#[tokio::test]
async fn an_envelope_taken_without_an_answer_is_unclear_and_sent_again_byte_for_byte() {
    let world = World::with_network(SILENT).await;
    let order = |fault| FaultOrder::of(fault, 1);
    let mock = world.mock.as_ref().expect("a mock");
    mock.misbehave([order(Misbehaviour::CloseStored), order(Misbehaviour::Unavailable { retry_after: None })]);
    world.post(GEMEENTE, WMO301).await;
    world.rest().await;
    let state = |parcels: &[iwmo_gateway::store::ParcelView]| parcels.first().map(|parcel| parcel.state.clone());
    let parcels = world.store().undelivered(10).await.expect("parcels");
    assert!(matches!(state(&parcels), Some(ParcelState::Unclear { due_at: Some(_) })), "{parcels:?}");
    world.at("2026-03-04T09:10:00+01:00");
    world.rest().await;
    let parcels = world.store().undelivered(10).await.expect("parcels");
    assert!(matches!(state(&parcels), Some(ParcelState::Unclear { .. })), "503 makes it no clearer: {parcels:?}");
    world.at("2026-03-04T09:30:00+01:00");
    world.rest().await;
    assert_eq!(world.store().undelivered(10).await.expect("parcels").len(), 0);
    let journal = world.journal();
    assert_eq!(journal.len(), 3, "{:?}", world.wire());
    assert!(journal.iter().all(|line| line.bytes_sha256 == journal[0].bytes_sha256), "other bytes on a retry");
    assert!(journal[2].outcome.contains("duplicate"), "{:?}", world.wire());
    world.stop().await;
}

#[tokio::test]
async fn a_down_network_loses_nothing() {
    let world = World::start(&[GEMEENTE], "[relay]\nbudget = \"15m\"", Some(SILENT)).await;
    let mock = world.mock.as_ref().expect("a mock");
    mock.misbehave([FaultOrder::of(Misbehaviour::ServerError, 3)]);
    world.post(GEMEENTE, WMO301).await;
    for moment in ["09:00", "09:10", "09:20", "12:00"] {
        world.at(&format!("2026-03-04T{moment}:00+01:00"));
        world.rest().await;
    }
    let parcels = world.store().undelivered(10).await.expect("parcels");
    assert_eq!(parcels[0].attempts, 3, "then a person has to look");
    assert!(matches!(parcels[0].state, ParcelState::Unclear { due_at: None }), "{parcels:?}");
    assert_eq!(world.store().overview().await.expect("counts").stuck, 1);
    world.stop().await;
}

#[tokio::test]
async fn a_sure_rejection_is_not_sent_unless_the_sender_insists() {
    let world =
        World::start(&[AANBIEDER], "", Some("[[parties]]\ncode = \"0384\"\nretour = { reject = [\"9019\"] }\n")).await;
    let start = world.post(AANBIEDER, WMO305).await;
    assert_eq!(
        (start.status, &start.body["type"]),
        (422, &json!("urn:iwmo-gateway:fout:zekere-afkeuring")),
        "{}",
        start.text
    );
    assert_eq!(start.body["findings"][0]["retourcode"], "9019");
    assert!(world.wire().is_empty());
    let forced = world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305).await;
    assert_eq!((forced.status, &forced.body["verdict"]), (202, &json!("accepted")), "{}", forced.text);
    world.rest().await;
    assert_eq!(world.wire(), ["→ WMO305 1 accepted", "← WMO306 1 accepted"]);
    assert_eq!(world.deadlines().await, ["retour WMO306 2026-03-07 met"]);
    let broken =
        world.post_to("/v1/berichten?force=true", AANBIEDER, WMO305.replace("<b:Geslacht>2</b:Geslacht>", "")).await;
    assert_eq!(
        (broken.status, &broken.body["type"]),
        (422, &json!("urn:iwmo-gateway:fout:niet-valide")),
        "never past a schema error"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_played_gemeente_grants_a_verzoek_or_says_no() {
    let gemeente =
        |answer: &str| format!("[[parties]]\ncode = \"0384\"\ndecides = {{ after = \"5d\", answer = \"{answer}\" }}\n");
    for (answer, sent, clock) in
        [("grant", "WMO301", "met"), ("reject", "WMO319", "met"), ("research", "WMO319", "met")]
    {
        let world = World::start(&[AANBIEDER], "", Some(&gemeente(answer))).await;
        let verzoek = world.post(AANBIEDER, wmo315("V1", "2026-03-04", "VOT-1")).await;
        assert_eq!(verzoek.status, 202, "{}", verzoek.text);
        world.rest().await;
        assert_eq!(world.wire(), ["→ WMO315 1 accepted", "← WMO316 1 accepted"], "{answer}");
        world.at("2026-03-09T10:00:00+01:00");
        world.rest().await;
        let wire = world.wire();
        assert_eq!(wire[2], format!("← {sent} 1 accepted"), "{answer}: {wire:?}");
        let berichten = world.berichten().await;
        assert!(
            berichten.iter().any(|line| line.starts_with(sent) && line.contains("accepted")),
            "{answer}: {berichten:?}"
        );
        let deadlines = world.deadlines().await;
        assert!(
            deadlines.iter().any(|line| line.starts_with("verzoek ") && line.ends_with(clock)),
            "{answer}: {deadlines:?}"
        );
        world.stop().await;
    }
}

#[tokio::test]
async fn a_played_gemeente_answers_a_declaratie_with_all_or_nothing() {
    for (answer, granted) in [("grant", "TotaalBedrag>10000<"), ("reject", "TotaalBedrag>0<")] {
        let gemeente = format!("[[parties]]\ncode = \"0384\"\ndecides = {{ after = \"5d\", answer = \"{answer}\" }}\n");
        let world = World::start(&[AANBIEDER], "", Some(&gemeente)).await;
        let lines = [prestatie("P1", json!({}))];
        let declaratie = wmo323_of("D1", "2026-04-02", ("2026-03-01", "2026-03-31"), &lines);
        world.at("2026-04-02T09:00:00+02:00");
        let posted = world.post_to("/v1/berichten?force=true", AANBIEDER, declaratie).await;
        assert_eq!(posted.status, 202, "{}", posted.text);
        world.rest().await;
        world.at("2026-04-08T10:00:00+02:00");
        world.rest().await;
        assert_eq!(world.wire(), ["→ WMO323 1 accepted", "← WMO325 1 accepted"], "{answer}");
        let berichten = world.berichten().await;
        assert!(
            berichten.iter().any(|line| line.starts_with("WMO325") && line.contains("accepted")),
            "{answer}: {berichten:?}"
        );
        let id = posted.body["id"].as_str().expect("an id").to_owned();
        let told = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await;
        assert_eq!(told.body["deadlines"][0]["state"], "met", "{answer}: {}", told.text);
        let antwoord = world.store().berichten(None, None, 9).await.expect("berichten").remove(0);
        let xml = world.store().payload(&antwoord.id, None).await.expect("read").expect("its bytes");
        let xml = String::from_utf8(xml).expect("text");
        let toegekend = xml.split("TotaalToegekendBedrag>").nth(1).expect("a total");
        assert!(toegekend.contains(granted), "{answer}: {xml}");
        assert_eq!(xml.contains(">0233<"), answer == "reject", "{answer}: {xml}");
        world.stop().await;
    }
}

#[tokio::test]
async fn what_a_gemeente_sends_is_checked_before_it_leaves() {
    let world = World::with_network(SILENT).await;
    let broken = include_str!("../../fixtures/regels/TR061/fout-alleen-tijdelijk.xml");
    let held = world.post(GEMEENTE, broken).await;
    assert_eq!(held.status, 422, "{}", held.text);
    let finding = &held.body["findings"][0];
    assert_eq!((&finding["rule"], &finding["retourcode"]), (&json!("TR061"), &json!("0001")), "{}", held.text);
    assert_eq!(finding["explanation"], "/regels/TR061");
    assert!(world.wire().is_empty() && world.deadlines().await.is_empty(), "nothing left, nothing is awaited");
    // Of a 304 the standard has no code for this, and yet it is wrong.
    let antwoord = include_str!("../../fixtures/regels/IV056b/fout-toegekend.xml");
    let held = world.post(GEMEENTE, antwoord).await;
    assert_eq!((held.status, &held.body["findings"][0]["rule"]), (422, &json!("IV056b")), "{}", held.text);
    let forced = world.post_to("/v1/berichten?force=true", GEMEENTE, broken).await;
    assert_eq!((forced.status, &forced.body["findings"][0]["rule"]), (202, &json!("TR061")), "{}", forced.text);
    world.rest().await;
    assert_eq!(world.wire(), ["→ WMO301 1 accepted"]);
    world.stop().await;
}

#[tokio::test]
async fn a_received_retour_is_matched_and_told_per_berichtklasse() {
    let rejecting = "[[parties]]\ncode = \"41005001\"\nretour = { reject = [\"9332\"] }\n";
    let world = World::start(&[GEMEENTE], "dashboard_login = false", Some(rejecting)).await;
    let heen = world.post(GEMEENTE, WMO301).await.body["id"].clone();
    world.rest().await;
    let sent = world.get(GEMEENTE, &format!("/v1/berichten/{}", heen.as_str().expect("an id"))).await.body;
    let id = sent["retour"].as_str().unwrap_or_else(|| panic!("no retour was matched: {sent}"));
    let read = world.get(GEMEENTE, &format!("/v1/berichten/{id}")).await.body;
    assert_eq!(read["heenbericht"], heen);
    let codes = read["retourcodes"].as_array().unwrap_or_else(|| panic!("no codes: {read}"));
    let lines: Vec<String> = codes.iter().map(|one| format!("{} {}", one["path"], one["codes"])).collect();
    let header_first = [
        r#""/Bericht/Header" ["0200"]"#,
        r#""/Bericht/Client/Contactgegevens/Contact[1]" ["0200"]"#,
        r#""/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]" ["9332"]"#,
        r#""/Bericht/Client" ["0200"]"#,
    ];
    assert_eq!(lines, header_first);
    assert!(sent.get("retourcodes").is_none(), "a heenbericht has none: {sent}");

    let client = reqwest::Client::new();
    let page = world.request(|_| client.get(world.url(&format!("/berichten/{id}")))).await.text;
    assert!(page.contains("/Bericht/Client/ToegewezenProducten/ToegewezenProduct[1]"), "{page}");
    assert!(page.contains("<a href=\"/regels/TR332\">TR332</a>") && page.contains("0200 geen opmerkingen"), "{page}");
    let other = format!("<dt>Heenbericht</dt><dd><a href=\"/berichten/{}\">", heen.as_str().expect("an id"));
    assert!(page.contains(&other), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn an_envelope_larger_than_the_network_takes_is_refused_with_the_setting_named() {
    let world = World::start(&[GEMEENTE], "", Some(SILENT)).await;
    let long = "lang ".repeat(3_800_000);
    let large = WMO301.replace(
        "    <b:Contactgegevens>",
        &format!("    <b:Commentaar>{long}</b:Commentaar>\n    <b:Contactgegevens>"),
    );
    let answer = world.post(GEMEENTE, large).await;
    assert_eq!(answer.status, 413, "{}", answer.text);
    assert!(answer.text.contains("ggk.max_envelope_bytes"), "{}", answer.text);
    world.stop().await;
}

#[tokio::test]
async fn an_answer_too_large_for_the_network_is_in_front_of_the_operator() {
    let world = World::start(&[GEMEENTE], "[ggk]\nmax_envelope_bytes = 2000", Some(SILENT)).await;
    let taken = world.envelope(envelope(WMO305, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a09", AANBIEDER)).await;
    assert!(taken.text.contains("Bv03"), "{}", taken.text);
    world.rest().await;
    assert_eq!(world.wire(), [""; 0], "nothing was sent");
    let parcels = world.store().undelivered(10).await.expect("read");
    let [parcel] = parcels.as_slice() else { panic!("{parcels:?}") };
    assert_eq!((parcel.functie.as_str(), &parcel.state, parcel.attempts), ("WMO306", &ParcelState::Stuck, 0));
    let reason = parcel.last_reason.as_deref().unwrap_or_default();
    assert!(reason.contains("2000") && reason.contains("ggk.max_envelope_bytes"), "{reason}");
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_confirmed_kept_and_answered_with_a_fault() {
    let world = World::with_network(SILENT).await;
    let bad = WMO305.replace("<b:Geslacht>2</b:Geslacht>", "");
    let envelope = envelope(&bad, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a01", AANBIEDER);
    let first = world.envelope(envelope.clone()).await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert!(first.text.contains("Bv03"), "{}", first.text);
    let second = world.envelope(envelope).await;
    assert_eq!(second.text, first.text, "a repeat gets the same confirmation");
    world.rest().await;
    assert_eq!(world.berichten().await, ["WMO305 START-1 refused ggk"]);
    assert_eq!(world.wire().len(), 1, "one Fo01, for two deliveries of one envelope: {:?}", world.wire());
    assert!(world.wire()[0].starts_with("→ Fo01 1"), "{:?}", world.wire());
    world.stop().await;
}

#[tokio::test]
async fn the_same_referentienummer_with_other_content_or_a_wrong_sender_is_not_taken() {
    let world = World::with_network(SILENT).await;
    let number = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a02";
    world.envelope(envelope(WMO305, number, AANBIEDER)).await;
    let other = world.envelope(envelope(&WMO305.replace("START-1", "START-9"), number, AANBIEDER)).await;
    assert_eq!(other.status, 500);
    assert!(other.text.contains("StUF016"), "{}", other.text);
    let number = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a03";
    let posed = world.envelope(envelope(&WMO305.replace("START-1", "START-8"), number, "41009999")).await;
    assert_eq!(posed.status, 200, "taken over, then answered with a Fo01: {}", posed.text);
    let lines = world.berichten().await;
    assert_eq!(lines[0], "WMO305 START-1 rejected ggk 9019");
    assert_eq!(lines[2], "WMO305 START-8 refused ggk", "{lines:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_second_use_of_an_identificatie_on_the_network_is_rejected_with_9056() {
    let world = World::with_network(SILENT).await;
    world.envelope(envelope(WMO305, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a04", AANBIEDER)).await;
    let other = WMO305.replace("2026-03-04</b:Begindatum>", "2026-03-03</b:Begindatum>");
    world.envelope(envelope(&other, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a05", AANBIEDER)).await;
    let repeat = world.envelope(envelope(WMO305, "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a06", AANBIEDER)).await;
    assert!(repeat.text.contains("Bv03"), "the same bericht in another envelope is confirmed: {}", repeat.text);
    let heen: Vec<String> = world.berichten().await.into_iter().filter(|line| line.starts_with("WMO305")).collect();
    assert_eq!(heen, ["WMO305 START-1 rejected ggk 9019", "WMO305 START-1 rejected ggk 9056"]);
    world.stop().await;
}

#[tokio::test]
async fn a_release_that_the_receiver_does_not_have_in_force_yet_is_answered_with_a_fault() {
    let world = World::start(&[GEMEENTE], "[releases]\niwmo_3_2 = [\"2026-03-05\"]", None).await;
    let (early, first) = ("3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a07", "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a08");
    let day_before = WMO305.replace("START-1", "START-0");
    for (payload, number, day) in [(day_before.as_str(), early, "04"), (WMO305, first, "05")] {
        world.at(&format!("2026-03-{day}T09:00:00+01:00"));
        let answer = world.envelope(envelope(payload, number, AANBIEDER)).await;
        assert!(answer.text.contains("Bv03"), "{}", answer.text);
    }
    let lines = world.berichten().await;
    assert_eq!(lines[..2], ["WMO305 START-0 refused ggk", "WMO305 START-1 rejected ggk 9019"], "{lines:?}");
    let lease = Lease { worker: "test".to_owned(), until: world.clock.now() + Duration::from_mins(1) };
    let parcels = world.store().claim_due(world.clock.now(), &lease, Room::of(10, 10)).await.expect("claimed");
    let kinds: Vec<_> = parcels.iter().map(|parcel| parcel.kind).collect();
    assert_eq!(kinds, [ParcelKind::Fo01, ParcelKind::Du01], "one fault, and one retour");
    let fault = parse(&parcels[0].envelope).expect("an envelope of our own");
    assert_eq!(fault.stuurgegevens.ontvanger.organisatie, AANBIEDER);
    let Content::Fo01 { cross_refnummer, fault } = fault.content else { panic!("no Fo01") };
    assert_eq!((cross_refnummer.as_str(), fault.code.as_str(), fault.plek), (early, "StUF055", Plek::Client));
    let details = "De ontvanger werkt nu niet met deze release";
    assert_eq!(fault.details.as_deref(), Some(details));
    world.stop().await;
}

/// A Du01 with a retour, as the network brings it.
pub fn du01(payload: &str, referentienummer: &str, zender: &str, about: &str) -> String {
    let di01 = envelope(payload, referentienummer, zender).replace("WMO305", "WMO302").replace("Di01", "Du01");
    let di01 = di01.replace("Heenbericht", "Retourbericht");
    let (begin, end) = di01.split_once("</u:tijdstipBericht>").expect("a moment");
    format!("{begin}</u:tijdstipBericht><u:crossRefnummer>{about}</u:crossRefnummer>{end}")
}

/// The envelope of the 325 that goes out at this gateway, which a WMO323 under this number came in at; `own`: posted by the
/// gemeente itself.
async fn envelope_of_325(setting: &str, own: bool) -> Content {
    let hash = sha256_hex(GEMEENTE.as_bytes());
    let partij = format!(
        "[[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Eigen software\"\nanswers = \"own\"\n\
         [[credential]]\nname = \"{GEMEENTE}\"\npartij = \"{GEMEENTE}\"\ntoken_sha256 = \"{hash}\"\n"
    );
    let (local, settings) = if own { (&[][..], partij) } else { (&[GEMEENTE][..], String::new()) };
    let network = format!("check_cross_refnummer = false\n{SILENT}");
    let world = World::start(local, &format!("{settings}[ggk]\n{setting}"), Some(&network)).await;
    let line = prestatie("R1", json!({"ProductPeriode": {"Begindatum": "2026-02-01", "Einddatum": "2026-02-28"}}));
    let declaratie = wmo323_of("D1", "2026-03-04", ("2026-02-01", "2026-02-28"), &[line]);
    let declaratie = String::from_utf8(declaratie).expect("text");
    let taken = world.envelope(envelope(&declaratie, ASKED, AANBIEDER).replace("WMO305", "WMO323")).await;
    assert!(taken.text.contains("Bv03"), "{}", taken.text);
    if own {
        let versie = json!({"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"});
        let asked = json!({"Identificatie": "D1", "Dagtekening": "2026-03-04"});
        let codes = json!({"RetourCode": ["0001"]});
        let header = json!({"DeclaratieIdentificatie": asked, "XsdVersieDeclaratie": versie, "RetourCodes": codes});
        let posted = world.post(GEMEENTE, bericht("WMO325", "A1", "2026-03-04", json!({"Header": header}))).await;
        assert_eq!(posted.status, 202, "{}", posted.text);
    }
    world.rest().await;
    assert!(world.wire().iter().any(|line| line == "→ WMO325 1 accepted"), "{:?}", world.wire());
    let database = format!("sqlite://{}", world.folder().join("test.db").display());
    let mut conn = SqliteConnection::connect(&database).await.expect("the database");
    let sent = sqlx::query_scalar("SELECT envelope FROM parcel WHERE functie = 'WMO325'").fetch_one(&mut conn);
    let sent: Vec<u8> = sent.await.expect("a parcel");
    conn.close().await.expect("closed");
    world.stop().await;
    parse(&sent).expect("an envelope").content
}

const ASKED: &str = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a31";

#[tokio::test]
async fn an_antwoord_names_the_envelope_that_it_answers_where_the_network_wants_that() {
    for own in [false, true] {
        assert!(matches!(envelope_of_325("", own).await, Content::Di01(_)), "as the standard has it");
        let named = envelope_of_325("du01 = [\"WMO325\"]", own).await;
        let Content::Du01 { cross_refnummer, parameters } = named else { panic!("a Di01, own: {own}") };
        assert_eq!((cross_refnummer.as_str(), parameters.functie.as_str()), (ASKED, "WMO325"));
    }
    let Err(error) = Config::parse("[ggk]\ndu01 = [\"WMO301\"]\n") else { panic!("a 301 answers nothing") };
    assert!(error.to_string().contains("ggk.du01: \"WMO301\" answers nothing"), "{error}");
}

/// A Di01 of the aanbieder with a WMO305, as the network brings it.
pub fn envelope(payload: &str, referentienummer: &str, zender: &str) -> String {
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD.encode(payload);
    include_str!("../../fixtures/verhaal/di01.xml")
        .replace("ZENDER", zender)
        .replace("NUMMER", referentienummer)
        .replace("BASE64", &base64)
}
