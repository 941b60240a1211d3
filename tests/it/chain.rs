//! Whole chains over the network: verzoek, toewijzing, start, pause, restart, correction, change, stop; and a withdrawal.

use iwmo_gateway::exchange::rebuild::verify;
use serde_json::Value;

use crate::world::{BSN, GEMEENTE, World, instant};

/// An aanbieder that does all that may happen to a toewijzing.
const LIVELY: &str = r#"
[[parties]]
code = "41005001"
after = "1h"
start = { after = "1d" }
then = [
    { after = "11d", report = "pause" },
    { after = "14d", report = "restart" },
    { after = "1d", report = "correct" },
    { after = "13d", report = "ask-more" },
    { after = "46d", report = "stop" },
]
[[parties]]
code = "41005004"
start = { after = "1d" }
then = [{ after = "60d", report = "stop" }]
"#;

const VERZOEK: &str = include_str!("../../fixtures/demo/01-wmo315-verzoek.xml");
const ONDERZOEK: &str = include_str!("../../fixtures/demo/02-wmo319-in-onderzoek.xml");
const TOEWIJZING: &str = include_str!("../../fixtures/demo/03-wmo301-op-verzoek.xml");
const OTHER: &str = include_str!("../../fixtures/demo/06-wmo301-wordt-ingetrokken.xml");
const WITHDRAWN: &str = include_str!("../../fixtures/demo/07-wmo301-ingetrokken.xml");
const CHANGED: &str = include_str!("../../fixtures/demo/08-wmo301-gewijzigd.xml");

impl World {
    /// Lets time pass to this moment, with a stop at every moment at which a played party does something.
    async fn pass(&self, until: &str) {
        let mock = self.mock.as_ref().expect("a mock");
        while let Some(due) = mock.next_due().filter(|due| *due < instant(until)) {
            self.at(&due.to_rfc3339());
            self.rest().await;
        }
        self.at(until);
        self.rest().await;
    }

    async fn posted(&self, moment: &str, xml: &str) {
        self.pass(moment).await;
        let answer = self.post(GEMEENTE, xml.to_owned()).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);
        self.rest().await;
    }

    /// The toewijzing and the support on it, and its verzoeken, in words.
    async fn stands(&self, nummer: i64) -> String {
        let body = self.get(GEMEENTE, &format!("/v1/toewijzingen/0384/{nummer}")).await.body;
        let verzoeken = body["verzoeken"].as_array().expect("a list").iter();
        let verzoeken = verzoeken.map(|one| format!("{} {}", one["berichtsoort"], one["state"]));
        let withdrawn = if body["withdrawn"] == true { " withdrawn" } else { "" };
        let own = [format!("{}{withdrawn}", body["state"]), body["delivery"].to_string()];
        own.into_iter().chain(verzoeken).collect::<Vec<_>>().join(", ").replace('"', "")
    }

    /// Every bericht on the time line: the day on which it came, its kind and its verdict.
    async fn timeline(&self, nummer: i64) -> Vec<String> {
        let found = self.get(GEMEENTE, &format!("/v1/toewijzingen/0384/{nummer}")).await;
        assert!(!found.text.contains(BSN), "nothing of the client");
        let line = |one: &Value| {
            let day = one["received_at"].as_str().and_then(|at| at.get(..10)).expect("an instant");
            format!("{day} {} {}", one["berichtsoort"], one["receipt"]["verdict"]).replace('"', "")
        };
        found.body["timeline"].as_array().expect("a list").iter().map(line).collect()
    }

    async fn page(&self, nummer: i64) -> String {
        self.get("", &format!("/toewijzingen/0384/{nummer}")).await.text
    }
}

#[tokio::test]
async fn a_toewijzing_is_asked_given_begun_paused_taken_up_corrected_changed_and_ended() {
    let world = World::start(&[GEMEENTE], "dashboard_login = false", Some(LIVELY)).await;
    world.at("2026-03-02T09:00:00+01:00");
    world.mock.as_ref().expect("a mock").send(VERZOEK.as_bytes().to_vec()).expect("a bericht");
    world.posted("2026-03-03T09:00:00+01:00", ONDERZOEK).await;
    world.posted("2026-03-04T09:00:00+01:00", TOEWIJZING).await;
    assert_eq!(world.stands(700_101).await, "sent, not-started, WMO315 honoured");
    for (until, stands) in [
        ("2026-03-05T15:00:00+01:00", "running, started, WMO315 honoured"),
        ("2026-03-16T15:00:00+01:00", "running, paused, WMO315 honoured"),
        ("2026-03-30T15:00:00+02:00", "running, started, WMO315 honoured"),
        ("2026-03-31T15:00:00+02:00", "running, started, WMO315 honoured"),
        ("2026-04-13T15:00:00+02:00", "running, started, WMO315 honoured, WMO317 open"),
    ] {
        world.pass(until).await;
        assert_eq!(world.stands(700_101).await, stands, "{until}");
    }
    world.posted("2026-04-17T09:00:00+02:00", CHANGED).await;
    world.pass("2026-05-05T09:00:00+02:00").await;
    let (old, new) = (world.stands(700_101).await, world.stands(700_105).await);
    assert_eq!(old, "ended withdrawn, stopped, WMO315 honoured, WMO317 honoured");
    assert_eq!(new, "running, started, WMO317 honoured", "what was left of the plan goes on with the new number");
    world.pass("2026-06-01T09:00:00+02:00").await;
    assert_eq!(world.stands(700_105).await, "running, stopped, WMO317 honoured");

    assert_eq!(
        world.timeline(700_101).await,
        [
            "2026-03-02 WMO315 accepted",
            "2026-03-02 WMO316 accepted",
            "2026-03-03 WMO319 accepted",
            "2026-03-03 WMO320 accepted",
            "2026-03-04 WMO301 accepted",
            "2026-03-04 WMO302 accepted",
            "2026-03-05 WMO305 accepted",
            "2026-03-05 WMO306 accepted",
            "2026-03-16 WMO307 accepted",
            "2026-03-16 WMO308 accepted",
            "2026-03-30 WMO305 accepted",
            "2026-03-30 WMO306 accepted",
            "2026-03-31 WMO305 accepted",
            "2026-03-31 WMO306 accepted",
            "2026-04-13 WMO317 accepted",
            "2026-04-13 WMO318 accepted",
            "2026-04-17 WMO301 accepted",
            "2026-04-17 WMO302 accepted",
            "2026-05-03 WMO307 accepted",
            "2026-05-03 WMO308 accepted",
        ]
    );
    let late: Vec<_> = world.deadlines().await.into_iter().filter(|one| !one.ends_with(" met")).collect();
    assert_eq!(
        late,
        ["verlenging WMO301 2026-11-05 void"],
        "everything in time; what was stopped for good ends unannounced"
    );
    shows_what_was_told(&world.page(700_101).await);
    let compared = verify(world.store().as_ref(), &world.running.gateway.schemas).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    world.stop().await;
}

fn shows_what_was_told(page: &str) {
    for text in [
        "<dt>Verzoek</dt><dd>verzoek om wijziging VOW-700101-20260413: gehonoreerd</dd>",
        "<p>verzoek om toewijzing</p><p>VOT-2026-017</p>",
        "<p>in onderzoek</p><p>VOT-2026-017</p>",
        "<p>toewijzing 05-03-2026 – 31-12-2026</p><p>op VOT-2026-017</p>",
        "<p>tijdelijke stop op 16-03-2026</p>",
        "<p>start op 31-03-2026</p><p>ingetrokken: start op 30-03-2026</p>",
        "<p>toewijzing 05-03-2026 – 03-05-2026</p><p>op VOW-700101-20260413</p>",
        "<p>stop op 03-05-2026</p>",
        "<p>WMO307 uiterlijk 11-05-2026: op tijd</p>",
    ] {
        assert!(page.contains(text), "{text} is not on {page}");
    }
}

#[tokio::test]
async fn an_aanbieder_stops_what_the_gemeente_ends_sooner_and_reports_nothing_after_that() {
    let world = World::with_network(LIVELY).await;
    world.posted("2026-03-04T09:00:00+01:00", OTHER).await;
    world.pass("2026-03-06T09:00:00+01:00").await;
    assert_eq!(world.stands(700_104).await, "running, started");
    world.posted("2026-03-24T09:00:00+01:00", WITHDRAWN).await;
    assert_eq!(world.stands(700_104).await, "running withdrawn, started");
    world.pass("2026-06-01T09:00:00+02:00").await;
    assert_eq!(world.stands(700_104).await, "ended withdrawn, stopped");
    let stops = world.get(GEMEENTE, "/v1/toewijzingen/0384/700104").await.body["stops"].clone();
    assert_eq!((&stops[0]["einddatum"], &stops[0]["reden_beeindiging"]), (&"2026-03-31".into(), &"31".into()));
    assert_eq!(stops.as_array().map(Vec::len), Some(1), "not the one that was planned");
    world.stop().await;
}

#[tokio::test]
async fn a_verzoek_that_is_rejected_stays_on_the_time_line_of_what_it_was_to_change() {
    let world = World::start(&[GEMEENTE], "dashboard_login = false", Some(LIVELY)).await;
    let toewijzing = TOEWIJZING.replace("<wmo301:ReferentieAanbieder>VOT-2026-017</wmo301:ReferentieAanbieder>", "");
    world.posted("2026-03-04T09:00:00+01:00", &toewijzing).await;
    let rejected = ONDERZOEK
        .replace("VOT-2026-017", "VOW-700101-20260413")
        .replace(
            "VerzoekAntwoord>2</wmo319:VerzoekAntwoord>",
            "VerzoekAntwoord>1</wmo319:VerzoekAntwoord><wmo319:RedenAfwijzingVerzoek>3</wmo319:RedenAfwijzingVerzoek>",
        )
        .replace("2026-03-03", "2026-04-14");
    world.posted("2026-04-14T09:00:00+02:00", &rejected).await;
    assert_eq!(world.stands(700_101).await, "running, started, WMO317 rejected");
    let lines = world.timeline(700_101).await;
    assert!(lines.contains(&"2026-04-14 WMO319 accepted".to_owned()), "{lines:?}");
    let page = world.page(700_101).await;
    assert!(page.contains("<p>afgewezen</p><p>VOW-700101-20260413</p>"), "{page}");
    world.stop().await;
}

#[tokio::test]
async fn the_mock_sends_no_more_than_a_heenbericht_of_its_parties() {
    let world = World::with_network(LIVELY).await;
    let mock = world.mock.as_ref().expect("a mock");
    assert!(mock.send(b"geen bericht".to_vec()).is_err());
    assert!(mock.send(crate::world::WMO302.as_bytes().to_vec()).is_err(), "a retour answers an envelope");
    assert_eq!(mock.next_due(), None);
    world.stop().await;
}
