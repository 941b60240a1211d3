//! Declaraties and facturen of release 2.3 (303), and the antwoord on them (304), under the agreements of 2018.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use iwmo_gateway::config::Config;
use iwmo_gateway::domain::Bericht;
use iwmo_gateway::domain::berichten::waarde::{Identificatie, Value as _};
use iwmo_gateway::domain::judging::factuur_antwoord;
use iwmo_gateway::domain::judging::verdict::{LineVerdicts, Verdict};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::store::{Sqlite, Store};
use iwmo_gateway::xml::{self, Schemas};
use serde_json::{Value, json};

use crate::replay::replay_into;
use crate::stage::Stage;

/// A client from toewijzing to stop, and another whose first price was wrong.
fn cycle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mlw-2018")
}

const WMO301: &[u8] = include_bytes!("../../fixtures/regels/TR303/eerder-80.xml");
const WMO303: &[u8] = include_bytes!("../../fixtures/regels/TR303/goed-nummer.xml");

/// The 304 on that 303, which grants its line or rejects it.
fn antwoord(grants: bool) -> Vec<u8> {
    let Ok(Bericht::Heen(factuur)) = xml::read(WMO303) else { panic!("a 303") };
    let verdicts = LineVerdicts {
        granted: vec![grants.then_some(20_000)],
        toegekend: if grants { 20_000 } else { 0 },
        ..LineVerdicts::default()
    };
    let verdict = Verdict { findings: Vec::new(), declaratie: Some(verdicts) };
    let nummer = Identificatie::from_text("A1").expect("a name");
    let day = "2019-06-20".parse().expect("a date");
    xml::encode(&Bericht::Heen(factuur_antwoord::compose(&factuur, &verdict, nummer, day).expect("a 304")))
}

fn steps() -> (Vec<Value>, Vec<String>) {
    let out = tempfile::tempdir().expect("a folder");
    let steps = replay_into(&cycle(), out.path());
    let read = |step: &Value| {
        let stem = step["file"].as_str().and_then(|file| file.strip_suffix(".xml")).expect("an XML file");
        std::fs::read_to_string(out.path().join(format!("{stem}-WMO304.xml"))).unwrap_or_default()
    };
    let answers = steps.iter().map(read).collect();
    (steps, answers)
}

/// Step by step: what became of it, and what was found.
fn told(step: &Value) -> (String, Vec<String>) {
    let found = step["findings"].as_array().expect("findings").iter().map(|finding| {
        let code = finding["retourcode"].as_str().unwrap_or("-");
        format!("{} {} {}", finding["level"].as_str().expect("a level"), finding["rule"].as_str().unwrap_or("-"), code)
    });
    (step["outcome"].as_str().expect("an outcome").to_owned(), found.collect())
}

/// What a 304 says on its header: asked, granted and code.
fn header(antwoord: &str) -> String {
    let value = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!(":{name}>")).unwrap_or_else(|| panic!("{name} in {antwoord}"));
        rest.split('<').next().unwrap_or_default().to_owned()
    };
    let amount = |name: &str| {
        let (_, rest) = antwoord.split_once(&format!(":{name}>")).expect("an amount");
        format!("{} {}", value(rest, "TotaalBedrag"), value(rest, "DebetCredit"))
    };
    let code = value(antwoord, "RetourCode");
    format!("{} → {}, {code}", amount("IngediendTotaalBedrag"), amount("ToegekendTotaalBedrag"))
}

#[test]
fn the_cycle_of_2018_is_judged_as_agreed_and_answered_to_the_cent() {
    let (steps, answers) = steps();
    let of_303: Vec<_> = steps.iter().zip(&answers).filter(|(step, _)| step["berichtsoort"] == "WMO303").collect();
    let told: Vec<_> = of_303
        .iter()
        .map(|(step, antwoord)| {
            let (outcome, found) = told(step);
            format!("{outcome}; {}; {}", header(antwoord), found.join(", "))
        })
        .collect();
    assert_eq!(
        told,
        [
            "accepted; 65000 D → 65000 D, 8001; local MLW-06 -",
            "partial; 117000 D → 65000 D, 0200; external IV032c 0611",
            "rejected; 52000 D → 0 D, 0200; local MLW-10 -, external IV032c 0611",
            "accepted; 104000 C → 104000 C, 8001; ",
            "accepted; 165000 D → 165000 D, 8001; ",
            "accepted; 115000 D → 115000 D, 8001; local MLW-04 -",
            "rejected; 65000 D → 0 D, 8855; local MLW-02 8855, local MLW-04 -",
            "rejected; 50000 D → 0 D, 8214; history TR318 8214, local MLW-03 8214",
        ]
    );
}

#[test]
fn a_304_lists_what_is_rejected_and_nothing_else() {
    let (_, answers) = steps();
    let partial = &answers[5];
    assert_eq!(partial.matches(":Prestatie>").count(), 2, "one line: {partial}");
    assert!(partial.contains(">P05B<") && partial.contains(":RetourCode>0611<"), "{partial}");
    assert!(!partial.contains(">P05A<") && partial.contains(":Gemeente>0988<"), "{partial}");
    let granted = &answers[7];
    assert!(!granted.contains("Clienten"), "{granted}");
}

#[test]
fn the_clocks_of_2018_run_from_the_receipt_and_from_the_period() {
    let (steps, _) = steps();
    let clocks = |step: &Value| -> Vec<String> {
        let own = step["deadlines"].as_array().expect("deadlines").iter().filter(|clock| clock["state"] != "overdue");
        let text = |clock: &Value, name: &str| clock[name].as_str().unwrap_or_default().to_owned();
        own.map(|clock| format!("{} {} {}", text(clock, "clock"), text(clock, "due"), text(clock, "state"))).collect()
    };
    let of = |file: &str| {
        let step = steps.iter().find(|step| step["file"].as_str().is_some_and(|name| name.starts_with(file)));
        let mut clocks = clocks(step.expect("a step"));
        clocks.sort();
        clocks
    };
    assert_eq!(
        of("06"),
        ["betaling 2018-06-22 open", "declaratie-antwoord 2018-06-20 open", "declareren 2018-06-17 met"]
    );
    assert_eq!(of("08"), ["declaratie-antwoord 2018-07-06 open", "declareren 2018-06-17 met"], "nothing is to be paid");
    assert_eq!(
        of("11"),
        ["betaling 2018-09-14 open", "declaratie-antwoord 2018-09-12 open", "declareren 2018-08-12 late"]
    );
    assert_eq!(of("12"), ["declaratie-antwoord 2018-09-13 open"], "what counts as not sent is neither late nor paid");
    let overdue = steps.iter().flat_map(|step| step["deadlines"].as_array().expect("deadlines").iter());
    let mut overdue = overdue.filter(|clock| clock["clock"] == "betaling" && clock["state"] == "overdue");
    assert_eq!(overdue.next().map(|clock| &clock["subject"]), Some(&json!("F180400")));
}

#[tokio::test]
async fn a_number_is_free_again_after_a_rejection_as_a_whole_and_only_then() {
    let stage = Stage::new().await;
    stage.take_all(&[WMO301.to_vec()]).await;
    let text = String::from_utf8(WMO303.to_vec()).expect("UTF-8");
    let wrong = stage.take(text.replace("<iwmo:TotaalBedrag>20000", "<iwmo:TotaalBedrag>20001").into_bytes()).await;
    assert_eq!((wrong.verdict.as_str(), wrong.findings[0].rule.as_deref()), ("rejected", Some("TR312")));
    assert_eq!(wrong.retour.expect("a 304").retourcodes, ["0001"]);
    stage.take_all(&[WMO303.to_vec()]).await;
    let again = stage.replay(text.replace(">P1<", ">P2<").into_bytes()).await;
    assert_eq!((again.verdict.as_str(), again.findings[0].rule.as_deref()), ("rejected", Some("TR324")));
    assert_eq!(again.retour.expect("a 304").retourcodes, ["0030"]);
}

#[tokio::test]
async fn a_304_waits_for_its_303_and_decides_about_its_lines() {
    for (grants, granted) in [(true, "toegekend 20000"), (false, "toegekend -")] {
        let stage = Stage::new().await.replayed();
        assert_eq!(stage.take(antwoord(grants)).await.verdict, "parked");
        stage.take_all(&[WMO301.to_vec(), WMO303.to_vec()]).await;
        assert_eq!(stage.release().await, ["WMO304 accepted 2019-06-20"]);
        let lines: Vec<String> =
            stage.end().await.ledger.into_iter().filter(|row| row.starts_with("prestatie")).collect();
        assert!(lines.len() == 1 && lines[0].contains(&format!(" {granted},")), "{lines:?}");
        let second = String::from_utf8(antwoord(grants)).expect("UTF-8").replace(">A1<", ">A2<");
        let second = stage.replay(second.into_bytes()).await;
        assert_eq!((second.verdict.as_str(), second.findings.len()), ("rejected", 1), "answered already");
    }
}

#[tokio::test]
async fn what_the_cycle_made_is_made_of_it_again() {
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.expect("a store"));
    let stage = Stage::on(Arc::clone(&store)).replayed();
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(cycle()).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "xml"));
    files.sort();
    for file in files {
        stage.replay(std::fs::read(file).expect("a file")).await;
    }
    let compared = verify(store.as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    assert_eq!(compared.berichten, 13);
}

#[test]
fn no_line_may_be_rejected_for_want_of_a_start_under_release_3() {
    let settings =
        |profile: &str| format!("[deadlines]\nprofile = \"{profile}\"\n[afspraken]\nrequire_305 = \"reject\"\n");
    for profile in ["heusden-2022", "landelijk-3.2"] {
        let Err(error) = Config::parse(&settings(profile)) else { panic!("{profile} takes it") };
        let told = error.to_string();
        assert!(told.contains("afspraken.require_305") && told.contains("OP364") && told.contains("warn"), "{told}");
    }
    assert!(Config::parse(&settings("mlw-2018")).is_ok());
}

#[test]
fn what_mlw_leaves_open_is_no_choice_of_another_profile() {
    for own in ["late_invoice = \"refuse\"", "settle_first_period = true", "change_of_profile = \"any\""] {
        let settings = |profile: &str| format!("[deadlines]\nprofile = \"{profile}\"\n[afspraken]\n{own}\n");
        for profile in ["heusden-2022", "landelijk-3.2"] {
            let Err(error) = Config::parse(&settings(profile)) else { panic!("{profile} takes {own}") };
            let (key, _) = own.split_once(' ').expect("a key");
            assert!(error.to_string().contains(&format!("afspraken.{key}: profile {profile}")), "{error}");
        }
        assert!(Config::parse(&settings("mlw-2018")).is_ok(), "{own}");
    }
    let Err(error) = Config::parse("[afspraken]\nlate_invoice = \"ignore\"\n") else { panic!("an unknown choice") };
    assert!(error.to_string().contains("late_invoice") || error.to_string().contains("ignore"), "{error}");
}

#[tokio::test]
async fn a_late_factuur_is_told_or_not_granted_as_the_region_wants() {
    for (late_invoice, moment, verdict, code, severity) in [
        ("report", "2019-09-02", "accepted", "8001", Some(Some("warning"))),
        ("refuse", "2019-09-02", "rejected", "0200", Some(None)),
        ("refuse", "2019-06-20", "accepted", "8001", None),
    ] {
        let settings = format!("[deadlines]\nprofile = \"mlw-2018\"\n[afspraken]\nlate_invoice = \"{late_invoice}\"\n");
        let mut stage = Stage::new().await;
        stage.gateway.profile = Config::parse(&settings).expect("settings").profile;
        stage.at("2019-06-20T09:00:00+02:00");
        stage.take_all(&[WMO301.to_vec()]).await;
        stage.at(&format!("{moment}T09:00:00+02:00"));
        let receipt = stage.take(WMO303.to_vec()).await;
        let late = receipt.findings.iter().find(|one| one.rule.as_deref() == Some("MLW-04"));
        let found = late.map(|one| one.severity.as_deref());
        assert_eq!((receipt.verdict.as_str(), found), (verdict, severity), "{late_invoice}: {:?}", receipt.findings);
        assert_eq!(receipt.retour.expect("a 304").retourcodes, [code], "a line that is not granted has 0233");
    }
}

#[tokio::test]
async fn a_line_without_a_start_is_told_or_rejected_as_the_region_wants() {
    let wanted = [("warn", "accepted", "8001", Some("warning")), ("reject", "rejected", "0200", None)];
    for (require_305, verdict, code, severity) in wanted {
        let settings = format!("[deadlines]\nprofile = \"mlw-2018\"\n[afspraken]\nrequire_305 = \"{require_305}\"\n");
        let mut stage = Stage::new().await;
        stage.gateway.profile = Config::parse(&settings).expect("settings").profile;
        stage.at("2019-06-20T09:00:00+02:00");
        stage.take_all(&[WMO301.to_vec()]).await;
        let receipt = stage.take(WMO303.to_vec()).await;
        let found: Vec<_> = receipt.findings.iter().map(|one| (one.rule.as_deref(), one.severity.as_deref())).collect();
        assert_eq!((receipt.verdict.as_str(), found), (verdict, vec![(Some("MLW-01b"), severity)]), "{require_305}");
        assert_eq!(receipt.retour.expect("a 304").retourcodes, [code]);
    }
}

/// First day, last day and ReferentieNummer of a line.
type Line = (&'static str, &'static str, &'static str);

/// The period of the start is that of its toewijzing.
const FOURTH: Line = ("2018-04-09", "2018-04-22", "P04");
const FIFTH: Line = ("2018-04-23", "2018-05-20", "P05");
const SIXTH: Line = ("2018-05-21", "2018-06-17", "P06");
const SEVENTH: Line = ("2018-06-18", "2018-07-15", "P07");

fn of_cycle(name: &str) -> String {
    std::fs::read_to_string(cycle().join(name)).expect("a fixture")
}

/// A factuur about the period of the first of these lines, of 650 euro each.
fn factuur(dagtekening: &str, lines: &[Line]) -> Vec<u8> {
    let text = of_cycle("05-factuur-startperiode.xml");
    let (head, rest) = text.split_once("<b:Prestatie>").expect("a line");
    let (line, tail) = rest.split_once("</b:Prestatie>").expect("its end");
    let (begin, end, name) = lines[0];
    let head = head
        .replace("2018-04-23", dagtekening)
        .replace("2018-03-26", begin)
        .replace("2018-04-22", end)
        .replace("F180400", name)
        .replace(">65000<", &format!(">{}<", 65_000 * lines.len()));
    let line = |(begin, end, name): &Line| {
        let line = line.replace("2018-04-09", begin).replace("2018-04-22", end).replace("P04A", name);
        format!("<b:Prestatie>{line}</b:Prestatie>")
    };
    format!("{head}{}{tail}", lines.iter().map(line).collect::<String>()).into_bytes()
}

/// Takes in a factuur, and the 304 of a gemeente that grants all lines but those of which MLW-06 is told: which ones these were,
/// and what is to be paid.
async fn decided(stage: &Stage, day: &str, lines: &[Line]) -> (Vec<String>, i64) {
    stage.at(&format!("{day}T10:00:00+02:00"));
    let bytes = factuur(day, lines);
    let receipt = stage.take(bytes.clone()).await;
    assert_eq!(receipt.verdict, "accepted", "{:?}", receipt.findings);
    let told: Vec<String> = receipt.findings.iter().map(|one| format!("{:?} {}", one.rule, one.path)).collect();
    let is_told = |nr| told.iter().any(|told| told.contains("MLW-06") && told.contains(&format!("Prestatie[{nr}]/")));
    let granted: Vec<_> = (1..=lines.len()).map(|nr| (!is_told(nr)).then_some(65_000)).collect();
    let toegekend = granted.iter().flatten().copied().map(i128::from).sum();
    let verdict = Verdict {
        findings: Vec::new(),
        declaratie: Some(LineVerdicts { granted, toegekend, ..LineVerdicts::default() }),
    };
    let Ok(Bericht::Heen(heen)) = xml::read(&bytes) else { panic!("a 303") };
    let nummer = Identificatie::from_text(&format!("A{}", lines[0].2)).expect("a name");
    let today = day.parse().expect("a date");
    let antwoord = factuur_antwoord::compose(&heen, &verdict, nummer, today).expect("a 304");
    stage.take_all(&[xml::encode(&Bericht::Heen(antwoord))]).await;
    let kept = stage.store().declaratie(&receipt.id, None).await.expect("read").expect("there");
    (told, kept.betaalbaar)
}

#[tokio::test]
async fn the_first_period_is_paid_with_the_last_one_where_the_region_settles_it() {
    for (settle, has_stopped, paid) in [
        (false, true, [65_000, 65_000, 65_000]),
        (true, true, [65_000, 65_000, 130_000]),
        (true, false, [65_000, 65_000, 65_000]),
    ] {
        let settings = format!("[deadlines]\nprofile = \"mlw-2018\"\n[afspraken]\nsettle_first_period = {settle}\n");
        let mut stage = Stage::new().await.replayed();
        stage.gateway.profile = Config::parse(&settings).expect("settings").profile;
        stage.at("2018-04-12T10:00:00+02:00");
        stage.take_all(&["01-toewijzing-a.xml", "03-start-a.xml"].map(|name| of_cycle(name).into_bytes())).await;
        let (told_5, paid_5) = decided(&stage, "2018-05-23", &[FIFTH]).await;
        let (told_6, paid_6) = decided(&stage, "2018-06-20", &[SIXTH]).await;
        if has_stopped {
            stage.at("2018-07-02T10:00:00+02:00");
            stage.take_all(&[of_cycle("10-stop-a.xml").into_bytes()]).await;
        }
        let (told_7, paid_7) = decided(&stage, "2018-07-18", &[SEVENTH, FOURTH]).await;
        let case = format!("settled: {settle}, ended: {has_stopped}");
        assert_eq!((told_5, told_6), (Vec::new(), Vec::new()), "{case}");
        let of_first = "Some(\"MLW-06\") /Bericht/Clienten/Client[1]/Prestaties/Prestatie[2]/ProductPeriode".to_owned();
        assert_eq!(told_7, if settle && has_stopped { vec![] } else { vec![of_first] }, "{case}");
        assert_eq!([paid_5, paid_6, paid_7], paid, "{case}");
        let claims = stage.store().vorderingen(None, None, None, 9).await.expect("read");
        assert_eq!(claims.iter().map(|one| one.claimed).collect::<Vec<_>>(), [260_000], "{case}");
    }
}
