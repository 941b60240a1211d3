//! Clocks that hang on what came before, as a replay tells them.

use std::fs;

use serde_json::{Value, json};

use crate::maker::{toewijzing, wmo301, wmo305, wmo307, wmo315, wmo317};
use crate::replay::{folder_of, replay_json};

/// Plays these berichten, each on the morning of its day, under a profile: of each step the clocks other than on its retour
/// and those that signal the end of a toewijzing.
fn clocks(profile: &str, berichten: &[(&str, Vec<u8>)]) -> Vec<Vec<String>> {
    let is_other = |told: &String| !told.starts_with("verlenging ");
    all_clocks(profile, berichten).into_iter().map(|step| step.into_iter().filter(is_other).collect()).collect()
}

/// The same with those that signal the end of a toewijzing.
fn all_clocks(profile: &str, berichten: &[(&str, Vec<u8>)]) -> Vec<Vec<String>> {
    let file = |number: usize| format!("{number:02}.xml");
    let files: Vec<(String, Vec<u8>)> = (1..).map(file).zip(berichten.iter().map(|(_, bytes)| bytes.clone())).collect();
    let steps: Vec<Value> = files
        .iter()
        .zip(berichten)
        .map(|((file, _), (day, _))| json!({"file": file, "received_at": format!("{day}T09:00:00+01:00")}))
        .collect();
    let named: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let folder = folder_of(&named);
    let scenario = json!({"profile": profile, "steps": steps}).to_string();
    fs::write(folder.path().join("scenario.json"), scenario).expect("a file");
    let (steps, status) = replay_json(folder.path());
    assert_eq!(status, Some(0), "{steps:?}");
    let told =
        |one: &Value| format!("{} {} {} {}", one["clock"], one["subject"], one["due"], one["state"]).replace('"', "");
    let own = |step: &Value| {
        let all = step["deadlines"].as_array().expect("a list").iter();
        all.filter(|one| one["clock"] != "retour").map(told).collect()
    };
    steps.iter().map(own).collect()
}

fn product(categorie: &str, code: &str) -> Value {
    json!({"Categorie": categorie, "Code": code})
}

#[test]
fn support_begins_within_the_agreed_term_after_the_toewijzing() {
    let producten = [
        toewijzing(1, json!({})),
        toewijzing(2, json!({"Product": product("02", "02A05")})),
        toewijzing(3, json!({"Product": product("03", "03A01"), "Ingangsdatum": "2026-04-20"})),
        toewijzing(4, json!({"Product": product("11", "11A01")})),
        toewijzing(5, json!({"Product": product("11", "11A02")})),
    ];
    let changed = |nummer, code, last: &str, reden: &str| {
        let decided = json!({"Toewijzingsdatum": "2026-03-05", "Einddatum": last, "RedenWijziging": reden});
        let mut other = decided;
        other["Product"] = product("11", code);
        toewijzing(nummer, other)
    };
    let over = [changed(4, "11A01", "2026-03-03", "13"), changed(5, "11A02", "2026-03-16", "02")];
    let begun = |day: &str| json!({"Begindatum": day});
    let steps = clocks(
        "mlw-2018",
        &[
            ("2026-03-02", wmo301("T1", "2026-03-02", &producten)),
            ("2026-03-05", wmo301("T2", "2026-03-05", &over)),
            ("2026-03-18", wmo305("S1", "2026-03-18", 1, begun("2026-03-16"))),
            ("2026-03-18", wmo305("S2", "2026-03-18", 2, begun("2026-03-17"))),
            ("2026-04-21", wmo305("S3", "2026-04-21", 3, begun("2026-04-20"))),
        ],
    );
    let of = |nummer: i64, due: &str, state: &str| format!("start-na-toewijzing {nummer} {due} {state}");
    let open = |nummer| of(nummer, "2026-03-16", "open");
    assert_eq!(
        steps[0],
        [open(1), open(2), open(4), open(5), of(3, "2026-04-20", "open")],
        "ten werkdagen, and never before the first day"
    );
    let void = |nummer| of(nummer, "2026-03-16", "void");
    assert_eq!(steps[1], [void(4), void(5)], "taken back, and ended before anybody had to begin");
    let reported = |nummer: i64, due: &str| format!("start {nummer} {due} met");
    assert_eq!(
        steps[2],
        [of(1, "2026-03-16", "met"), of(2, "2026-03-16", "overdue"), reported(1, "2026-03-23")],
        "the day on which it began counts, not that of its report"
    );
    assert_eq!(steps[3], [of(2, "2026-03-16", "late"), reported(2, "2026-03-24")]);
    assert_eq!(steps[4], [of(3, "2026-04-20", "met"), reported(3, "2026-04-28")]);
}

#[test]
fn an_older_version_that_comes_late_stops_no_clock() {
    let version = |time: &str, last: &str| toewijzing(1, json!({"Toewijzingstijd": time, "Einddatum": last}));
    let steps = clocks(
        "mlw-2018",
        &[
            ("2026-03-02", wmo301("T2", "2026-03-02", &[version("10:00:00", "2026-12-31")])),
            ("2026-03-03", wmo301("T1", "2026-03-02", &[version("09:00:00", "2026-03-10")])),
        ],
    );
    assert_eq!(steps, [vec!["start-na-toewijzing 1 2026-03-16 open".to_owned()], vec![]]);
}

#[test]
fn an_end_that_the_gemeente_sets_afterwards_is_reported_from_when_that_was_told() {
    let shortened = json!({"Toewijzingsdatum": "2026-06-22", "Einddatum": "2026-06-11", "RedenWijziging": "12"});
    let stop = |last: &str| json!({"RedenBeeindiging": "37", "Einddatum": last});
    let play = |last: &str| {
        let mut steps = clocks(
            "landelijk-3.2",
            &[
                ("2026-03-02", wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))])),
                ("2026-03-05", wmo305("S1", "2026-03-05", 1, json!({}))),
                ("2026-06-22", wmo301("T2", "2026-06-22", &[toewijzing(1, shortened.clone())])),
                ("2026-06-24", wmo307("P1", "2026-06-24", 1, stop(last))),
            ],
        );
        steps.pop().expect("four steps")
    };
    assert_eq!(play("2026-06-11"), ["stop 1 2026-06-29 met"]);
    assert_eq!(play("2026-06-10"), ["stop 1 2026-06-17 late"], "this day was nobody else's doing");
}

#[test]
fn a_start_that_was_taken_back_is_late_only_by_the_first_report_of_that_day() {
    let removal = json!({"StatusAanlevering": "3"});
    let play = |again: &str| {
        let mut steps = clocks(
            "landelijk-3.2",
            &[
                ("2026-03-02", wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))])),
                ("2026-03-05", wmo305("S1", "2026-03-05", 1, json!({}))),
                ("2026-03-18", wmo305("S2", "2026-03-18", 1, removal.clone())),
                ("2026-03-19", wmo305("S3", "2026-03-19", 1, json!({"Begindatum": again}))),
            ],
        );
        steps.pop().expect("four steps")
    };
    assert_eq!(play("2026-03-04"), ["start 1 2026-03-11 met"], "this day was reported in time");
    assert_eq!(play("2026-03-05"), ["start 1 2026-03-12 late"], "this one never was");
}

#[test]
fn a_stop_that_makes_a_pause_final_is_reported_from_when_that_was_known() {
    let stop = |reden: &str, last: &str| json!({"RedenBeeindiging": reden, "Einddatum": last});
    let play = |received: &str, dagtekening: &str, last: &str| {
        let steps = clocks(
            "landelijk-3.2",
            &[
                ("2026-03-02", wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))])),
                ("2026-03-05", wmo305("S1", "2026-03-05", 1, json!({}))),
                ("2026-03-12", wmo307("P1", "2026-03-12", 1, stop("20", "2026-03-11"))),
                (received, wmo307("P2", dagtekening, 1, stop("23", last))),
            ],
        );
        assert_eq!(steps[2], ["stop 1 2026-03-18 met"]);
        steps[3].clone()
    };
    assert_eq!(play("2026-03-26", "2026-03-26", "2026-03-11"), ["stop 1 2026-04-02 met"], "two weeks later, same day");
    assert_eq!(play("2026-03-26", "2026-03-26", "2026-03-20"), ["stop 1 2026-04-02 met"], "on a later day");
    assert_eq!(play("2026-03-26", "2026-03-18", "2026-03-11"), ["stop 1 2026-03-25 late"], "known longer than that");
    assert_eq!(play("2026-03-31", "2026-03-31", "2026-03-31"), ["stop 1 2026-04-09 met"], "on its last day");
}

/// Of each step the signals that a toewijzing ends.
fn verlengingen(profile: &str, berichten: &[(&str, Vec<u8>)]) -> Vec<Vec<String>> {
    let own =
        |step: Vec<String>| step.into_iter().filter_map(|told| Some(told.strip_prefix("verlenging ")?.to_owned()));
    all_clocks(profile, berichten).into_iter().map(|step| own(step).collect()).collect()
}

/// Toewijzing 1, from March to December, and what came after it.
fn after(berichten: &[(&str, Vec<u8>)]) -> Vec<Vec<String>> {
    let first = ("2026-03-02", wmo301("T1", "2026-03-02", &[toewijzing(1, json!({}))]));
    let all: Vec<_> = std::iter::once(first).chain(berichten.iter().cloned()).collect();
    let mut steps = verlengingen("heusden-2022", &all);
    assert_eq!(steps.remove(0), ["1 2026-11-05 open"], "eight weeks before its end");
    steps
}

fn version(day: &str, last: &str, reden: &str) -> Value {
    toewijzing(1, json!({"Toewijzingsdatum": day, "Einddatum": last, "RedenWijziging": reden}))
}

#[test]
fn the_end_of_a_toewijzing_is_signalled_where_that_was_agreed_and_not_too_late() {
    let open_ended = json!({"Volume": 3, "Eenheid": "04", "Frequentie": "4"});
    let producten = [
        toewijzing(1, json!({"Einddatum": "2026-04-27"})),
        toewijzing(2, json!({"Einddatum": "2026-04-26", "Product": product("02", "02A05")})),
        toewijzing(3, json!({"Einddatum": null, "Omvang": open_ended, "Product": product("03", "03A01")})),
    ];
    let berichten = [("2026-03-02", wmo301("T1", "2026-03-02", &producten))];
    for profile in ["heusden-2022", "mlw-2018"] {
        assert_eq!(verlengingen(profile, &berichten), [["1 2026-03-02 open"]], "{profile}");
    }
    assert_eq!(verlengingen("landelijk-3.2", &berichten), [[""; 0]]);
    assert_eq!(verlengingen("sap-3.2", &berichten), [[""; 0]], "two months before its end has passed");
    let longer = [(
        "2026-02-27",
        wmo301(
            "T1",
            "2026-02-27",
            &[toewijzing(1, json!({"Toewijzingsdatum": "2026-02-27", "Einddatum": "2026-04-27"}))],
        ),
    )];
    assert_eq!(verlengingen("sap-3.2", &longer), [["1 2026-02-27 open"]], "two months before its end");
}

#[test]
fn a_newer_version_moves_the_signal_and_a_withdrawal_ends_it() {
    let steps = after(&[
        ("2026-03-05", wmo301("T2", "2026-03-05", &[version("2026-03-05", "2026-10-31", "02")])),
        ("2026-03-06", wmo301("T3", "2026-03-06", &[version("2026-03-06", "2027-02-28", "02")])),
        ("2026-03-09", wmo301("T4", "2026-03-09", &[version("2026-03-09", "2026-03-03", "13")])),
    ]);
    assert_eq!(steps[0], ["1 2026-09-05 open", "1 2026-11-05 void"], "shorter: moved");
    assert_eq!(steps[1], ["1 2026-09-05 met", "1 2027-01-03 open"], "longer: asked for in time");
    assert_eq!(steps[2], ["1 2027-01-03 void"]);
}

#[test]
fn what_follows_a_toewijzing_stops_its_signal_when_it_joins_and_lasts_longer() {
    let next = |nummer: i64, first: &str, last: &str, code: &str, categorie: &str| {
        toewijzing(nummer, json!({"Ingangsdatum": first, "Einddatum": last, "Product": product(categorie, code)}))
    };
    let follows = |other: Value| {
        let steps = after(&[("2026-03-05", wmo301("T2", "2026-03-05", &[other]))]);
        steps[0].iter().any(|told| told == "1 2026-11-05 met")
    };
    assert!(follows(next(2, "2027-01-01", "2027-06-30", "01A04", "01")));
    assert!(!follows(next(2, "2027-01-02", "2027-06-30", "01A04", "01")), "a day between");
    assert!(!follows(next(2, "2026-06-01", "2026-12-31", "01A04", "01")), "it ends together with it");
    assert!(!follows(next(2, "2027-01-01", "2027-06-30", "02A05", "02")), "another categorie");
    let both = [toewijzing(1, json!({})), next(2, "2027-01-01", "2027-06-30", "01A04", "01")];
    let together = verlengingen("heusden-2022", &[("2026-03-02", wmo301("T1", "2026-03-02", &both))]);
    assert_eq!(together, [["2 2027-05-05 open"]], "what has a successor from the start gives no signal");
}

#[test]
fn a_verzoek_or_a_stop_for_good_stops_the_signal() {
    let verzoek = json!({"ReferentieAanbieder": "W1", "RedenVerzoek": "1", "TeWijzigenProducten": {"TeWijzigenProduct": [
        {"ToewijzingNummer": 1, "GewensteIngangsdatum": "2026-04-01", "Einddatum": "2027-03-31",
         "Omvang": {"Volume": 4, "Eenheid": "04", "Frequentie": "2"}}]}});
    assert_eq!(after(&[("2026-03-05", wmo315("V1", "2026-03-05", "V1"))]), [["1 2026-11-05 met"]]);
    assert_eq!(after(&[("2026-03-05", wmo317("W1", "2026-03-05", &verzoek))]), [["1 2026-11-05 met"]]);
    let stop = |reden: &str| {
        after(&[
            ("2026-03-05", wmo305("S1", "2026-03-05", 1, json!({}))),
            ("2026-03-09", wmo307("P1", "2026-03-09", 1, json!({"RedenBeeindiging": reden}))),
        ])
    };
    assert_eq!(stop("19")[1], ["1 2026-11-05 void"]);
    assert_eq!(stop("20")[1], [""; 0], "for a while");
    let late = after(&[("2026-11-06", wmo315("V1", "2026-11-06", "V1"))]);
    assert_eq!(late, [["1 2026-11-05 late"]], "the signal was given, and is answered");
}
