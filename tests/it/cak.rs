//! The exports for the CAK: who gets which rows, and what stands in them.

use serde_json::json;

use crate::maker::{toewijzing, wmo301, wmo305, wmo307};
use crate::world::{ANDERE, World, instant};

const GEMEENTE: &str = "0988";
const AANBIEDER: &str = "41005001";

/// A file of the agreements of 2018, as it is or with these texts replaced.
fn file(name: &str, replaced: &[(&str, &str)]) -> String {
    let path = format!("{}/fixtures/mlw-2018/{name}.xml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a fixture");
    replaced.iter().fold(text, |text, (from, to)| text.replace(from, to))
}

/// Two clients of the old method, of whom one stopped, and one start of the new method.
async fn world(profile: &str) -> World {
    let settings = format!("[deadlines]\nprofile = \"{profile}\"\n[releases]\niwmo_2_3 = [\"2018-01-01\"]\n");
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], &settings, None).await;
    let new = [("2705", "=1+1"), ("880103", "880109"), ("770103", "770109"), (">T3<", ">T9<"), (">S3<", ">S9<")];
    for (partij, bericht) in [
        (GEMEENTE, file("MLW-14/eerder-1-toewijzing", &[])),
        (AANBIEDER, file("MLW-14/eerder-2-start", &[])),
        (GEMEENTE, file("MLW-14/eerder-3-toewijzing", &[])),
        (AANBIEDER, file("MLW-14/eerder-4-start", &[])),
        (GEMEENTE, file("MLW-14/eerder-3-toewijzing", &new)),
        (AANBIEDER, file("MLW-14/eerder-4-start", &new)),
        (AANBIEDER, file("MLW-08/eerder-3-stop", &[])),
    ] {
        let answer = world.post(partij, bericht).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);
    }
    world
}

async fn rows(world: &World, partij: &str, query: &str) -> Vec<String> {
    let answer = world.get(partij, &format!("/v1/cak?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.text.starts_with("\u{feff}Bsn;Gemeente;Aanbieder;ToewijzingNummer;"), "{}", answer.text);
    answer.text.lines().skip(1).map(str::to_owned).collect()
}

const OF_A: &str = r#"999940004;0988;41005001;880101;"02";"2704";"403";start;2018-04-10;;;;;;oud;aanbieder;;"""#;
const OF_B: &str = r#"999990019;0988;41005001;880103;"02";"2705";"403";start;2018-04-10;;;;;;nieuw;gemeente;15000;"Controleer de CAK-code bij de gemeente.""#;
const STOP: &str = r#"999940004;0988;41005001;880101;"02";"2704";"403";stop;2018-06-29;;"20";;;;oud;aanbieder;;"""#;
const NEW: &str = r#"999990019;0988;41005001;880109;"02";"'=1+1";;start;2018-04-10;;;;;;nieuw;gemeente;15000;"""#;

#[tokio::test]
async fn a_gemeente_gets_everything_and_an_aanbieder_what_it_reports_itself() {
    let world = world("mlw-2018").await;
    let year = "from=2018-01-01&to=2018-12-30";
    assert_eq!(rows(&world, GEMEENTE, year).await, [OF_A, OF_B, NEW, STOP]);
    assert_eq!(
        rows(&world, AANBIEDER, year).await,
        [OF_A, STOP],
        "nothing of the client of the new method, not even extra hours"
    );
    assert_eq!(rows(&world, ANDERE, year).await, [""; 0], "another gemeente");
    assert_eq!(rows(&world, "operator", &format!("{year}&partij={AANBIEDER}")).await, [OF_A, STOP]);
    assert_eq!(rows(&world, AANBIEDER, "from=2018-06-29&to=2018-06-29").await, [STOP]);
    assert_eq!(rows(&world, AANBIEDER, "from=2018-04-11&to=2018-06-28").await, [""; 0]);
    let audit = world.store().audit(0, 99).await.expect("read");
    assert!(audit.iter().all(|row| row.what == "cak.exported" && !row.detail.contains("999940004")), "{audit:?}");
    let by: Vec<&str> = audit.iter().map(|row| row.who.as_str()).collect();
    assert_eq!(by, [GEMEENTE, AANBIEDER, ANDERE, "operator", AANBIEDER, AANBIEDER]);
    assert!(audit[0].detail.contains("\"rows\":4") && audit[0].detail.contains("\"van\":\"2018-01-01\""), "{audit:?}");
    for (partij, query, why) in [
        ("operator", year.to_owned(), "partij ontbreekt: noem"),
        (AANBIEDER, format!("{year}&partij={GEMEENTE}"), "een andere partij"),
        ("operator", format!("{year}&partij=998"), "partij: schrijf het als"),
        (GEMEENTE, "from=2018-02-01&to=2018-01-31".to_owned(), "to: kies"),
    ] {
        let answer = world.get(partij, &format!("/v1/cak?{query}")).await;
        assert!(answer.status == 400 && answer.text.contains(why), "{}", answer.text);
    }
    world.stop().await;
}

#[tokio::test]
async fn a_stop_while_other_support_goes_on_is_told_to_the_gemeente_alone() {
    let world = World::start(&[crate::world::GEMEENTE, AANBIEDER, "41005002"], "", None).await;
    let both =
        [toewijzing(700_101, json!({})), toewijzing(700_102, json!({"Product": {"Categorie": "01", "Code": "01A04"}}))];
    world.post(crate::world::GEMEENTE, wmo301("T1", "2026-03-04", &both)).await;
    let start = |naam: &str, nummer: i64, code: &str| {
        wmo305(naam, "2026-03-04", nummer, json!({"Product": {"Categorie": "01", "Code": code}}))
    };
    let stop = |naam: &str, nummer: i64, code: &str, day: &str| {
        wmo307(naam, "2026-03-08", nummer, json!({"Product": {"Categorie": "01", "Code": code}, "Einddatum": day}))
    };
    for bericht in [start("S1", 700_101, "01A03"), start("S2", 700_102, "01A04")] {
        assert_eq!(world.post(AANBIEDER, bericht).await.body["verdict"], "accepted");
    }
    world.at("2026-03-08T09:00:00+01:00");
    for bericht in [stop("E1", 700_101, "01A03", "2026-03-06"), stop("E2", 700_102, "01A04", "2026-03-07")] {
        assert_eq!(world.post(AANBIEDER, bericht).await.body["verdict"], "accepted");
    }
    let remarks = async |partij: &str| {
        let rows = rows(&world, partij, "from=2026-03-01&to=2026-03-31").await;
        let stops = rows.iter().filter(|row| row.contains(";stop;"));
        stops.map(|row| row.rsplit(';').next().expect("a cell").to_owned()).collect::<Vec<_>>()
    };
    let goes_on = "\"Andere ondersteuning van deze client loopt door.\"";
    assert_eq!(remarks(crate::world::GEMEENTE).await, [goes_on, "\"\""], "the last one to stop is the end");
    assert_eq!(remarks(AANBIEDER).await, ["\"\"", "\"\""], "what others deliver is not for an aanbieder");
    world.stop().await;
}

#[tokio::test]
async fn where_nothing_was_agreed_on_the_cak_starts_and_stops_have_no_code() {
    let world = world("landelijk-3.2").await;
    let rows = rows(&world, AANBIEDER, "from=2018-01-01&to=2018-12-30").await;
    assert_eq!(rows.len(), 4);
    assert_eq!(rows[0], r#"999940004;0988;41005001;880101;"02";"2704";;start;2018-04-10;;;;;;;;;"""#);
    world.stop().await;
}

/// A factuur about period 5, granted, of this unit.
async fn factuur(world: &World, eenheid: &str) {
    world.clock.set(instant("2018-05-23T10:00:00+02:00"));
    let in_unit = format!("Eenheid>{eenheid}<");
    let answer = world.post(AANBIEDER, file("MLW-05/goed-hele-prijs", &[("Eenheid>82<", &in_unit)])).await;
    assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);
}

#[tokio::test]
async fn what_was_delivered_is_told_in_minutes_where_its_unit_says_so() {
    let world = world("mlw-2018").await;
    factuur(&world, "82").await;
    let delivered = r#"999940004;0988;41005001;880101;"02";"2704";"403";geleverd;2018-04-23;2018-05-20;;1;"82";;oud;aanbieder;;"Het volume is niet in uren of minuten: de geleverde uren zijn hier niet bekend.""#;
    for partij in [GEMEENTE, AANBIEDER] {
        assert_eq!(rows(&world, partij, "from=2018-04-23&to=2018-05-20").await, [delivered]);
    }
    assert_eq!(rows(&world, AANBIEDER, "from=2018-04-24&to=2018-05-20").await, [""; 0], "its period begins before");
    world.stop().await;
}

async fn perioden(world: &World, partij: &str, query: &str) -> Vec<String> {
    let answer = world.get(partij, &format!("/v1/cak/perioden?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let mut lines = answer.text.lines().map(str::to_owned);
    let heading = "\u{feff}Bsn;Gemeente;CAK-periode;Begindatum;Einddatum;Kostprijs (centen);Opmerking";
    assert_eq!(lines.next().as_deref(), Some(heading));
    lines.collect()
}

/// A client of the old method and one of the new method, around the last day of a year.
const OLD_201901: &str = r#"999940004;0988;201901;2018-12-31;2019-01-27;15000;"""#;
const NEW_201813: &str = r#"999990019;0988;201813;2018-12-03;2018-12-30;15000;"""#;
const NEW_201901: &str = r#"999990019;0988;201901;2018-12-31;2019-01-27;15000;"""#;

#[tokio::test]
async fn the_gemeente_tells_a_price_for_each_period_of_each_client_once() {
    let world = world("mlw-2018").await;
    let again =
        file("MLW-14/eerder-2-start", &[("2018-04-10", "2018-11-20"), ("2018-04-12", "2018-11-22"), (">S1<", ">S5<")]);
    let answer = world.post(AANBIEDER, again.clone()).await;
    assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);

    let around_year_end = "from=2018-12-03&to=2019-01-27";
    assert_eq!(perioden(&world, GEMEENTE, around_year_end).await, [NEW_201813, OLD_201901, NEW_201901]);
    assert_eq!(perioden(&world, GEMEENTE, "from=2018-12-31&to=2018-12-31").await, [OLD_201901, NEW_201901]);
    assert_eq!(perioden(&world, GEMEENTE, "from=2018-12-30&to=2018-12-30").await, [NEW_201813]);
    let year = perioden(&world, GEMEENTE, "from=2018-01-01&to=2018-12-30").await;
    let cents: i64 =
        year.iter().map(|row| row.split(';').nth(5).expect("a price").parse::<i64>().expect("cents")).sum();
    assert!(year.iter().all(|row| row.starts_with("999990019;")), "two products of one client: {year:?}");
    assert_eq!((year.len(), cents), (10, 150_000), "from period 4 to 13");
    let end = perioden(&world, GEMEENTE, "from=2019-03-25&to=2019-12-31").await;
    let ended: Vec<&str> = end.iter().map(|row| &row[15..21]).collect();
    assert_eq!(ended, ["201904", "201904"], "no longer than the toewijzingen");

    let taken_back = again.replace("StatusAanlevering>1<", "StatusAanlevering>3<").replace(">S5<", ">S6<");
    let answer = world.post(AANBIEDER, taken_back).await;
    assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);
    assert_eq!(perioden(&world, GEMEENTE, around_year_end).await, [NEW_201813, NEW_201901]);
    world.clock.set(instant("2018-12-10T10:00:00+01:00"));
    assert_eq!(perioden(&world, GEMEENTE, around_year_end).await, [NEW_201813], "what is to come is not known");
    world.stop().await;
}

#[tokio::test]
async fn periods_of_a_price_are_for_their_gemeente_and_for_no_aanbieder() {
    let world = world("mlw-2018").await;
    let days = "from=2018-12-03&to=2018-12-30";
    assert_eq!(perioden(&world, ANDERE, days).await, [""; 0], "another gemeente");
    assert_eq!(perioden(&world, "operator", &format!("{days}&partij={GEMEENTE}")).await, [NEW_201813]);
    let audit = world.store().audit(0, 99).await.expect("read");
    let told: Vec<_> = audit.iter().map(|row| (row.who.as_str(), row.what.as_str())).collect();
    assert_eq!(told, [(ANDERE, "cak.exported"), ("operator", "cak.exported")]);
    let detail = &audit[1].detail;
    assert!(detail.contains("\"cak-perioden.csv\"") && detail.contains("\"rows\":1"), "{detail}");
    assert!(!detail.contains("999990019"), "{detail}");
    for (partij, query, status, why) in [
        (AANBIEDER, days.to_owned(), 403, "gemeente"),
        (GEMEENTE, format!("{days}&partij={ANDERE}"), 404, ""),
        ("operator", days.to_owned(), 400, "partij ontbreekt"),
        (GEMEENTE, "from=2018-02-01&to=2018-01-31".to_owned(), 400, "to: kies"),
        (GEMEENTE, "from=2018-02-01".to_owned(), 400, "to"),
    ] {
        let answer = world.get(partij, &format!("/v1/cak/perioden?{query}")).await;
        assert!(answer.status == status && answer.text.contains(why), "{}", answer.text);
    }
    world.stop().await;
    let world = self::world("landelijk-3.2").await;
    let answer = world.get(GEMEENTE, &format!("/v1/cak/perioden?{days}")).await;
    assert!(answer.status == 400 && answer.text.contains("landelijk-3.2"), "{}", answer.text);
    world.stop().await;
}
