//! The kinds of deadlines by themselves: a bericht, what came before and a profile in, deadlines out. No store.

use chrono::NaiveDate;
use iwmo_gateway::clock::date_of;
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::berichten::bericht::Inhoud;
use iwmo_gateway::domain::berichten::waarde::ToewijzingNummer;
use iwmo_gateway::domain::deadlines::case::{Case, Closing, Ends, Of, Opening};
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::domain::deadlines::kinds::{closings, openings, row};
use iwmo_gateway::domain::facts::history::{Awaited, ReportedStart, ToewijzingFact};
use iwmo_gateway::domain::facts::new_toewijzing::NewToewijzing;
use iwmo_gateway::domain::{Bericht, History, Verdict};
use iwmo_gateway::xml;
use serde_json::json;

use crate::maker::{retour, toewijzing, wmo301, wmo305};
use crate::world::{AANBIEDER, GEMEENTE, instant};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// What a bericht that comes in on this day opens and closes under a profile.
fn of(profile: &str, bytes: &[u8], received: &str, history: &History) -> (Vec<Opening>, Vec<Closing>) {
    under(&format!("[deadlines]\nprofile = {profile:?}"), bytes, received, history)
}

/// The same under these settings.
fn under(settings: &str, bytes: &[u8], received: &str, history: &History) -> (Vec<Opening>, Vec<Closing>) {
    let config = Config::parse(settings).expect("settings");
    let bericht = xml::read(bytes).unwrap_or_else(|refusal| panic!("{:?}", refusal.findings));
    let toewijzingen = match &bericht {
        Bericht::Heen(heen) => NewToewijzing::all_in(&heen.inhoud),
        Bericht::Retour(_) => Vec::new(),
    };
    let verdict = Verdict::default();
    let case = Case {
        bericht: &bericht,
        received: day(received),
        verdict: &verdict,
        is_answered: false,
        history,
        toewijzingen: &toewijzingen,
        profile: &config.profile,
        calendar: &config.calendar,
        day_of: date_of,
    };
    let all = openings(&case);
    for opening in &all {
        let party = row(opening.kind).binds.party_of(&bericht).code();
        assert!([GEMEENTE, AANBIEDER].contains(&party), "{opening:?}");
    }
    (all, closings(&case))
}

fn told(openings: &[Opening]) -> Vec<String> {
    let told = |one: &Opening| {
        let subject = one.subject.as_deref().unwrap_or("-");
        format!("{} {subject} {} {}", one.kind.name(), one.due, one.state.name())
    };
    openings.iter().map(told).collect()
}

#[test]
fn a_toewijzing_opens_what_its_profile_agrees_on() {
    let bytes = wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    let opened = |profile| told(&of(profile, &bytes, "2026-03-02", &History::default()).0);
    assert_eq!(opened("landelijk-3.2"), ["retour - 2026-03-05 open"]);
    assert_eq!(opened("heusden-2022"), ["retour - 2026-03-05 open", "verlenging 700101 2026-11-05 open"]);
    assert_eq!(
        opened("mlw-2018"),
        ["retour - 2026-03-05 open", "start-na-toewijzing 700101 2026-03-16 open", "verlenging 700101 2026-11-05 open"]
    );
}

#[test]
fn a_retour_closes_the_deadline_of_its_heenbericht_and_opens_none() {
    let awaited = Awaited {
        bericht_id: "heen".to_owned(),
        ontvanger: AANBIEDER.to_owned(),
        dagtekening: day("2026-03-02"),
        answered: false,
        is_second_use: false,
        referentienummer: None,
    };
    let history = History { awaited: vec![awaited], ..History::default() };
    let (opened, closed) = of("heusden-2022", &retour("WMO302", "T1", "2026-03-02"), "2026-03-03", &history);
    let closing =
        Closing { of: Of::Bericht("heen".to_owned()), kind: DeadlineKind::Retour, subject: None, ends: Ends::Answered };
    assert_eq!((opened, closed), (vec![], vec![closing]));
}

/// The toewijzing as it is known, from a 301 of 2 March 2026.
fn known() -> ToewijzingFact {
    let bytes = wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    let Bericht::Heen(heen) = xml::read(&bytes).expect("a bericht") else { panic!("a heenbericht") };
    let Inhoud::Toewijzing(client) = &heen.inhoud else { panic!("a 301") };
    let new = NewToewijzing::all_in(&heen.inhoud).remove(0);
    ToewijzingFact {
        toewijzing_nummer: new.toewijzing_nummer,
        bsn: client.bsn.clone(),
        referentie_aanbieder: None,
        product: new.product,
        toewijzingsdatum: new.toewijzingsdatum,
        toewijzingstijd: new.toewijzingstijd,
        ingangsdatum: new.ingangsdatum,
        einddatum: new.einddatum,
        omvang: new.omvang,
        budget: None,
        verwijderd: false,
        dagtekening: day("2026-03-02"),
        bericht_id: "t1".to_owned(),
        received_at: instant("2026-03-02T09:00:00+01:00"),
    }
}

#[test]
fn a_start_that_is_reported_again_counts_from_the_first_report_of_that_day() {
    let start = wmo305("S2", "2026-03-20", 700_101, json!({}));
    let state = |reported: &[(&str, &str)]| {
        let report = |(begindatum, at): &(&str, &str)| ReportedStart {
            toewijzing_nummer: ToewijzingNummer(700_101),
            begindatum: day(begindatum),
            received_at: instant(&format!("{at}T09:00:00+01:00")),
        };
        let history = History {
            toewijzingen: [known()].into_iter().collect(),
            reported_starts: reported.iter().map(report).collect(),
            ..History::default()
        };
        told(&of("landelijk-3.2", &start, "2026-03-20", &history).0).remove(1)
    };
    assert_eq!(state(&[]), "start 700101 2026-03-11 late");
    assert_eq!(state(&[("2026-03-04", "2026-03-11")]), "start 700101 2026-03-11 met");
    assert_eq!(state(&[("2026-03-04", "2026-03-12"), ("2026-03-04", "2026-03-10")]), "start 700101 2026-03-11 met");
    assert_eq!(state(&[("2026-03-04", "2026-03-12")]), "start 700101 2026-03-11 late", "late the first time too");
    assert_eq!(state(&[("2026-03-05", "2026-03-06")]), "start 700101 2026-03-11 late", "another day was reported then");
}

#[test]
fn the_days_that_a_due_date_skips_are_named() {
    let bytes = wmo301("T1", "2026-04-01", &[toewijzing(700_101, json!({}))]);
    let skipped = |profile| {
        let (opened, _) = of(profile, &bytes, "2026-04-01", &History::default());
        let of_retour = opened.into_iter().find(|one| one.kind == DeadlineKind::Retour).expect("a retour is owed");
        of_retour.skipped.iter().map(|one| one.why.clone()).collect::<Vec<_>>()
    };
    assert_eq!(skipped("landelijk-3.2"), ["Goede Vrijdag", "weekend", "Tweede Paasdag"]);
    assert_eq!(skipped("heusden-2022"), [""; 0], "calendar days skip none");
}

#[test]
fn a_due_date_that_lies_after_a_freeze_of_the_network_names_it_where_the_party_is_closed_then() {
    let bytes = wmo301("T1", "2026-03-30", &[toewijzing(700_101, json!({}))]);
    let told = |settings: &str| {
        let freeze = "[releases]\nfreeze = [[\"2026-03-31T13:00\", \"2026-04-02T13:00\"]]\n";
        let settings = format!("{freeze}[deadlines]\nprofile = \"landelijk-3.2\"\n{settings}");
        let (opened, _) = under(&settings, &bytes, "2026-03-30", &History::default());
        let of_retour = opened.into_iter().find(|one| one.kind == DeadlineKind::Retour).expect("a retour is owed");
        let why = of_retour.skipped.iter().map(|one| one.why.clone()).collect::<Vec<_>>();
        format!("{} {}", of_retour.due, why.join(", "))
    };
    assert_eq!(told(""), "2026-04-02 ", "by the standard (OP090) a freeze stops no clock");
    let frozen = "freeze van het berichtenverkeer, Goede Vrijdag, weekend, Tweede Paasdag";
    assert_eq!(told("closed = [\"freeze\"]"), format!("2026-04-08 {frozen}"));
    assert_eq!(told("closed = [\"2026-03-31\", \"2026-04-01\"]"), format!("2026-04-08 {frozen}"));
    assert_eq!(
        told("closed = [\"2026-04-01 overgang\"]"),
        "2026-04-07 overgang, Goede Vrijdag, weekend, Tweede Paasdag"
    );
}

#[test]
fn the_protocols_count_a_start_from_the_ingangsdatum_where_the_parties_agreed_on_weeks() {
    let opened = |weeks: u32, received| {
        let bytes = wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
        let settings = format!("[afspraken]\nstart_within_weeks = {weeks}\n[deadlines]\nprofile = \"sap-3.2\"");
        told(&under(&settings, &bytes, received, &History::default()).0)
    };
    let retour_and_end = ["retour - 2026-03-05 open", "verlenging 700101 2026-10-31 open"];
    assert_eq!(opened(0, "2026-03-02"), retour_and_end, "nothing was agreed");
    assert_eq!(opened(6, "2026-03-02")[1], "start-na-toewijzing 700101 2026-04-14 open", "Ingangsdatum 3 March");
    assert_eq!(opened(6, "2026-03-09")[1], "start-na-toewijzing 700101 2026-04-20 open", "from the receipt when later");
    let other = Config::parse("[afspraken]\nstart_within_weeks = 6").expect_err("heusden-2022 has no such choice");
    assert!(other.to_string().contains("afspraken.start_within_weeks: profile heusden-2022"), "{other}");
}
