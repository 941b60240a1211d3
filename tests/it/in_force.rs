//! Which release counts when: a heenbericht by the moment it came in, a retour by its heenbericht; and nothing leaves in
//! a freeze.

use iwmo_gateway::config::Config;
use iwmo_gateway::domain::deadlines::werkdag::Calendar;
use iwmo_gateway::hub::mock::journal::Direction;
use iwmo_gateway::xml;
use serde_json::json;

use crate::world::{AANBIEDER, ANDERE, GEMEENTE, WMO301, World, instant};

const WMO301_2_3: &str = include_str!("../../fixtures/berichten-2.3/wmo301-minimaal.xml");

/// The release of the past, between two local parties.
fn old(dagtekening: &str, identificatie: &str) -> String {
    let names = ["Afzender", "Ontvanger", "iwmo:Dagtekening", "iwmo:Identificatie"];
    let replaced = names.into_iter().zip([GEMEENTE, AANBIEDER, dagtekening, identificatie]);
    replaced.fold(WMO301_2_3.to_owned(), |text, (name, value)| with(&text, name, value))
}

/// The text with this value in the first element of this name.
fn with(text: &str, name: &str, value: &str) -> String {
    let (before, rest) = text.split_once(&format!("{name}>")).expect("the element");
    let (_, after) = rest.split_once('<').expect("its end");
    format!("{before}{name}>{value}<{after}")
}

#[tokio::test]
async fn a_heenbericht_counts_by_the_day_on_which_it_came_in() {
    let settings = "[releases]\niwmo_2_3 = [\"2019-04-01\", \"2026-03-02\"]\niwmo_3_2 = [\"2026-03-03\"]\ngrace = 2\n";
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], settings, None).await;
    let under_way = world.post(GEMEENTE, old("2026-03-02", "OUD-1")).await;
    assert_eq!(under_way.status, 202, "made before the end, and in within two werkdagen: {}", under_way.text);
    let made_after = world.post(GEMEENTE, old("2026-03-03", "OUD-2")).await;
    assert_eq!(
        (made_after.status, &made_after.body["title"]),
        (422, &json!("Release niet in gebruik")),
        "{}",
        made_after.text
    );
    world.at("2026-03-05T09:00:00+01:00");
    for dagtekening in ["2026-03-02", "2019-06-03"] {
        let late = world.post(GEMEENTE, old(dagtekening, "OUD-3")).await;
        assert_eq!(late.status, 422, "an old date does not help: {}", late.text);
    }
    world.stop().await;
}

#[test]
fn a_retour_is_of_the_release_of_its_heenbericht_whenever_it_comes() {
    let releases = Config::parse("").expect("the defaults").releases;
    let long_after = "2026-03-04".parse().expect("a date");
    let calendar = Calendar::default();
    let [heen, retour, antwoord] = ["wmo301-minimaal", "wmo302-akkoord", "wmo304f-volledig"].map(|name| {
        let file = format!("{}/fixtures/berichten-2.3/{name}.xml", env!("CARGO_MANIFEST_DIR"));
        xml::read(&std::fs::read(file).expect("a fixture")).expect("a bericht")
    });
    assert!(!releases.allow(&heen, long_after, &calendar));
    assert!(releases.allow(&retour, long_after, &calendar) && releases.allow(&antwoord, long_after, &calendar));
}

#[test]
fn a_retour_of_another_release_is_no_answer() {
    for (release, outcome) in [("2_3", "accepted"), ("3_2", "rejected")] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("01.xml"), old("2026-03-04", "TOEW-1")).expect("a file");
        let [of_2_3, of_3_2] = [
            include_str!("../../fixtures/berichten-2.3/wmo302-akkoord.xml"),
            include_str!("../../fixtures/verhaal/wmo302.xml"),
        ];
        let retour = if release == "2_3" { of_2_3 } else { of_3_2 };
        let names = ["Afzender", "Ontvanger", "iwmo:Dagtekening", "iwmo:Identificatie"];
        let values = [GEMEENTE, AANBIEDER, "2026-03-04", "TOEW-1"];
        let retour =
            names.into_iter().zip(values).fold(retour.to_owned(), |text, (name, value)| with(&text, name, value));
        std::fs::write(folder.path().join("02.xml"), retour).expect("a file");
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
            .args(["replay", "--format", "json"])
            .arg(folder.path())
            .output()
            .expect("the program");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let steps: Vec<serde_json::Value> =
            printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(steps[1]["outcome"], outcome, "a 302 of {release} on a 301 of 2.3: {printed}");
    }
}

#[tokio::test]
async fn nothing_leaves_in_a_freeze_and_all_of_it_after_it() {
    let settings = "dashboard_login = false\n[releases]\nfreeze = [[\"2026-03-04T08:59\", \"2026-03-04T12:00\"]]\n";
    let world =
        World::start(&[GEMEENTE, ANDERE], settings, Some("[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n"))
            .await;
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.wire(), [""; 0]);
    let page = world.get("", "/netwerk").await.text;
    assert!(page.contains("tot 04-03-2026 12:00 wordt niets verstuurd"), "the page says why: {page}");
    world.at("2026-03-04T12:00:00+01:00");
    world.rest().await;
    let sent: Vec<_> =
        world.journal().iter().filter(|line| line.direction == Direction::In).map(|line| line.at).collect();
    assert_eq!(sent, [instant("2026-03-04T12:00:00+01:00")], "once, and when the freeze is over");
    assert!(!world.get("", "/netwerk").await.text.contains("wordt niets verstuurd"), "it is over");
    world.stop().await;
}
