//! `replay` as its users meet it: a folder in, a line per step out, with the clocks that run.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

const WMO301: &str = include_str!("../../fixtures/regels/TR413/eerder-1.xml");
const WMO305: &str = include_str!("../../fixtures/regels/TR413/eerder-2.xml");
const TEMPORARY: &str = include_str!("../../fixtures/regels/TR413/eerder-3.xml");
const AGAIN: &str = include_str!("../../fixtures/regels/TR413/fout-weer-tijdelijk.xml");

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

/// The same with bytes.
pub fn folder_of(files: &[(&str, Vec<u8>)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    folder
}

/// The steps that a folder gives, and the exit status.
pub fn replay_json(folder: &Path) -> (Vec<Value>, Option<i32>) {
    let output = replay(folder, &["--format", "json"]);
    (steps(&output), output.status.code())
}

/// The same, with the berichten that were composed written into a folder.
pub fn replay_into(folder: &Path, out: &Path) -> Vec<Value> {
    steps(&replay(folder, &["--format", "json", "--out", out.to_str().expect("a path")]))
}

fn replay(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iwmo-gateway")).arg("replay").args(more).arg(folder).output().expect("the program")
}

fn steps(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object per line")).collect()
}

/// The retour of the 301, as its receiver would send it.
fn retour() -> String {
    let header = WMO301.split("  <b:Client>").next().expect("a header").replace("wmo301", "wmo302");
    let header = header.replace("<b:BerichtCode>414<", "<b:BerichtCode>415<");
    let own = "    <b:IdentificatieRetour>R0001</b:IdentificatieRetour>\n    <b:DagtekeningRetour>2026-03-04</b:DagtekeningRetour>\n    <b:XsdVersieRetour>\n      <iwmo:BasisschemaXsdVersie>1.0.0</iwmo:BasisschemaXsdVersie>\n      <iwmo:BerichtXsdVersie>1.0.0</iwmo:BerichtXsdVersie>\n    </b:XsdVersieRetour>\n  </b:Header>";
    format!("{}</b:Bericht>\n", header.replace("  </b:Header>", own))
}

#[test]
fn a_chain_is_judged_step_by_step_in_name_order() {
    let files = [("01.xml", WMO301), ("02.xml", WMO305), ("03.xml", TEMPORARY), ("04.xml", AGAIN), ("05.xml", WMO305)];
    let out = tempfile::tempdir().expect("a folder");
    let output = replay(folder(&files).path(), &["--format", "json", "--out", out.path().to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(1), "one step was rejected");
    let steps = steps(&output);
    let outcomes: Vec<_> = steps.iter().map(|step| step["outcome"].as_str().expect("an outcome")).collect();
    assert_eq!(outcomes, ["accepted", "accepted", "accepted", "rejected", "duplicate"]);
    let rejected = &steps[3];
    assert_eq!(
        (&rejected["step"], &rejected["file"], &rejected["berichtsoort"]),
        (&json!(4), &json!("04.xml"), &json!("WMO307"))
    );
    assert_eq!(rejected["findings"].as_array().expect("a list").len(), 1);
    assert_eq!(
        (&rejected["findings"][0]["rule"], &rejected["findings"][0]["retourcode"], &rejected["findings"][0]["path"]),
        (&json!("TR413"), &json!("9413"), &json!("/Bericht/Client/StopProducten/StopProduct[1]/RedenBeeindiging"))
    );
    assert_eq!((&rejected["retour"], &steps[4]["retour"]), (&json!("WMO308"), &Value::Null));
    let mut written: Vec<_> =
        fs::read_dir(out.path()).expect("a folder").map(|one| one.expect("one").file_name()).collect();
    written.sort();
    assert_eq!(written, ["01-WMO302.xml", "02-WMO306.xml", "03-WMO308.xml", "04-WMO308.xml"]);
    let composed = fs::read_to_string(out.path().join("04-WMO308.xml")).expect("a file");
    assert!(composed.contains(">9413<"), "{composed}");
}

#[test]
fn clocks_run_on_the_moments_of_the_scenario() {
    let scenario = r#"{"profile": "landelijk-3.2", "steps": [
        {"file": "heen.xml", "received_at": "2026-03-02T09:00:00+01:00"},
        {"file": "start.xml", "received_at": "2026-03-12T09:00:00+01:00"},
        {"file": "retour.xml", "received_at": "2026-03-13T09:00:00+01:00"}]}"#;
    let retour = retour();
    let files = [("heen.xml", WMO301), ("retour.xml", &retour), ("start.xml", WMO305), ("scenario.json", scenario)];
    let output = replay(folder(&files).path(), &["--format", "json"]);
    let steps = steps(&output);
    assert_eq!(output.status.code(), Some(0), "{steps:?}");
    let clock = |clock: &str, answer: &str, due: &str, state: &str| json!({"clock": clock, "answer": answer, "due": due, "state": state});
    assert_eq!(steps[0]["deadlines"], json!([clock("retour", "WMO302", "2026-03-05", "open")]));
    assert_eq!(
        steps[1]["deadlines"],
        json!([
            clock("retour", "WMO302", "2026-03-05", "overdue"),
            {"clock": "start", "answer": "WMO305", "subject": "700101", "due": "2026-03-11", "state": "late"},
            clock("retour", "WMO306", "2026-03-17", "open"),
        ]),
        "what came too late is told once"
    );
    assert_eq!(steps[2]["deadlines"], json!([clock("retour", "WMO302", "2026-03-05", "late")]));
}

#[test]
fn in_a_report_for_people_the_composed_answer_counts_where_the_folder_has_none() {
    let scenario = r#"{"profile": "landelijk-3.2", "steps": [
        {"file": "heen.xml", "received_at": "2026-03-02T09:00:00+01:00"},
        {"file": "start.xml", "received_at": "2026-03-12T09:00:00+01:00"},
        {"file": "pauze.xml", "received_at": "2026-03-27T09:00:00+01:00"}]}"#;
    let files = [("heen.xml", WMO301), ("start.xml", WMO305), ("pauze.xml", TEMPORARY), ("scenario.json", scenario)];
    let folder = folder(&files);
    let text = String::from_utf8(replay(folder.path(), &[]).stdout).expect("UTF-8");
    assert!(text.contains("termijn retour: WMO302 uiterlijk 2026-03-05, gehaald\n"), "{text}");
    assert!(!text.contains("verstreken"), "{text}");

    let scenario = scenario.replace("pauze.xml", "retour.xml");
    fs::write(folder.path().join("scenario.json"), scenario).expect("a file");
    fs::write(folder.path().join("retour.xml"), retour()).expect("a file");
    let text = String::from_utf8(replay(folder.path(), &[]).stdout).expect("UTF-8");
    for state in ["loopt", "verstreken", "te laat"] {
        assert!(text.contains(&format!("termijn retour: WMO302 uiterlijk 2026-03-05, {state}\n")), "{state}: {text}");
    }
    assert!(text.contains("termijn retour: WMO306 uiterlijk 2026-03-17, gehaald\n"), "{text}");
}

#[test]
fn people_read_how_much_of_a_declaratie_is_granted() {
    let chain = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mlw-2018");
    let text = String::from_utf8(replay(&chain, &[]).stdout).expect("UTF-8");
    for line in [
        "6. 06-factuur-periode-5.xml WMO303: gedeeltelijk toegekend, 1 van 2 regels toegekend: € 650,00, antwoord WMO304",
        "7. 07-opnieuw-zonder-credit.xml WMO303: afgekeurd, 0 van 1 regel toegekend: € 0,00, antwoord WMO304",
        "10. 10-stop-a.xml WMO307: geaccepteerd, antwoord WMO308",
    ] {
        assert!(text.lines().any(|one| one == line), "missing: {line}\nin: {text}");
    }
}

#[test]
fn people_read_dutch_and_a_bad_scenario_is_told() {
    let output = replay(folder(&[("01.xml", WMO301), ("02.xml", "<geen bericht>")]).path(), &[]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        text.starts_with("1. 01.xml WMO301: geaccepteerd, antwoord WMO302\n   termijn retour: WMO302 uiterlijk "),
        "{text}"
    );
    assert!(text.contains("2. 02.xml ?: geweigerd\n"), "{text}");

    let output = replay(folder(&[("scenario.json", "{\"steps\": 3}")]).path(), &[]);
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(output.status.code(), Some(3));
    assert!(told.contains("scenario.json: invalid type: integer `3`"), "{told}");

    let output = replay(Path::new("nergens"), &[]);
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(told.contains("nergens: No such file or directory"), "{told}");
}
