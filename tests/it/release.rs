//! A release that is added without compiling: 3.9, which nobody made. It is 3.2 with another namespace and number, one
//! optional element more, one code more in a list, one rule less, and one rule with another retourcode.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use iwmo_gateway::hub::mock::Codec;
use iwmo_gateway::standard;
use iwmo_gateway::xml::Schemas;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::decide::{DAY, LOCAL, decide, settings};
use crate::maker::{prestatie, toewijzing, wmo301, wmo323};
use crate::world::{AANBIEDER, ANDERE, GEMEENTE, WMO301, WMO305, World};

const RELEASE: &str = r#"
number = "3.9"
based_on = "3.2"
namespace = "http://www.istandaarden.nl/iwmo/3_9/{schema}/schema"
in_force = ["2026-01-01"]
[regels]
ended = ["TR134"]
retourcode = { TR019 = "9919" }
text = { TR019 = "Deze start of stop hoort nergens bij." }
[[element]]
berichten = ["WMO305", "WMO306"]
parent = "StartProduct"
name = "Toelichting"
"#;

/// A folder with the folder of this release.
fn added(release: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let xsd = folder.path().join("iwmo-3.9/xsd");
    fs::create_dir_all(&xsd).expect("folders");
    fs::write(folder.path().join("iwmo-3.9/release.toml"), release).expect("a file");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("xsd/iwmo-3.2");
    for entry in fs::read_dir(ours).expect("the schemas of 3.2") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        let text = fs::read_to_string(&path).expect("a schema");
        fs::write(xsd.join(name), schema(&text)).expect("a file");
    }
    folder
}

/// A schema of 3.2, as 3.9 has it.
fn schema(text: &str) -> String {
    let mut text = text.replace("/iwmo/3_2/", "/iwmo/3_9/").replace(
        "<xs:enumeration value=\"9019\"/>",
        "<xs:enumeration value=\"9019\"/> <xs:enumeration value=\"9919\"/>",
    );
    if let Some(at) = text.find("name=\"LDT_Geslacht\"") {
        let list = text.split_off(at);
        text.push_str(&list.replacen("value=\"2\"/>", "value=\"2\"/> <xs:enumeration value=\"9\"/>", 1));
    }
    // Rules name the codes of this list: the program does not know what the new one means.
    if let Some(at) = text.find("name=\"LDT_Frequentie\"") {
        let list = text.split_off(at);
        text.push_str(&list.replacen("value=\"6\"/>", "value=\"6\"/> <xs:enumeration value=\"7\"/>", 1));
    }
    if let Some(at) = text.find("name=\"BerichtSubversie\"") {
        let version = text.split_off(at);
        text.push_str(&version.replacen("pattern value=\"2\"", "pattern value=\"9\"", 1));
    }
    if let Some(at) = text.find("complexType name=\"StartProduct\"") {
        let product = text.split_off(at);
        let before = "<xs:element name=\"ToewijzingIngangsdatum\"";
        let more = "<xs:element name=\"Toelichting\" type=\"iwmo:LDT_Commentaar\" minOccurs=\"0\"/>";
        text.push_str(&product.replacen(before, &format!("{more}{before}"), 1));
    }
    text
}

fn in_3_9(bericht: &str) -> String {
    bericht.replace("/iwmo/3_2/", "/iwmo/3_9/").replace("BerichtSubversie>2<", "BerichtSubversie>9<")
}

/// A start with the new element, the new code, and a Begindatum after the Dagtekening.
fn start() -> String {
    in_3_9(WMO305)
        .replace("<b:Begindatum>2026-03-04", "<b:Toelichting>Op proef</b:Toelichting><b:Begindatum>2026-03-05")
        .replace("Geslacht>2<", "Geslacht>9<")
}

async fn world(folder: &TempDir) -> World {
    let settings = format!("[releases]\nfolder = {:?}", folder.path().to_str().expect("UTF-8"));
    World::start(&[GEMEENTE, AANBIEDER, ANDERE], &settings, None).await
}

async fn xml_of(world: &World, partij: &str, id: &Value) -> String {
    world.get(partij, &format!("/v1/berichten/{}/xml", id.as_str().expect("an id"))).await.text
}

#[tokio::test]
async fn a_release_of_a_folder_is_read_judged_and_answered_in_its_own_words() {
    let folder = added(RELEASE);
    let world = world(&folder).await;
    let toewijzing = world.post(GEMEENTE, in_3_9(WMO301)).await;
    assert_eq!((toewijzing.status, &toewijzing.body["verdict"]), (202, &json!("accepted")), "{}", toewijzing.text);
    assert_eq!(toewijzing.body["release"], "3.9");

    let of_3_2 = WMO305.replace("<b:Begindatum>2026-03-04", "<b:Begindatum>2026-03-05").replace("START-1", "START-0");
    let of_3_2 = world.post(AANBIEDER, of_3_2).await;
    assert_eq!(of_3_2.body["findings"][0]["rule"], "TR134", "in 3.2 the rule holds: {}", of_3_2.text);

    let unknown = start().replace("700101", "700102").replace("START-1", "START-2");
    let rejected = world.post(AANBIEDER, unknown).await;
    let finding = &rejected.body["findings"][0];
    assert_eq!((&finding["rule"], &finding["retourcode"]), (&json!("TR019"), &json!("9919")), "{}", rejected.text);
    assert_eq!(finding["text"], "Deze start of stop hoort nergens bij.");
    let retour = xml_of(&world, AANBIEDER, &rejected.body["retour"]["id"]).await;
    assert!(retour.contains("/iwmo/3_9/wmo306/schema"), "{retour}");
    for part in ["BerichtSubversie>9<", "Toelichting>Op proef</", "Geslacht>9<", "RetourCode>9919<"] {
        assert!(retour.contains(part), "{part} is missing in {retour}");
    }
    let (note, day) = (retour.find("Toelichting>").expect("it"), retour.find(":Begindatum>").expect("a day"));
    assert!(note < day, "it stands where the schema has it: {retour}");

    let accepted = world.post(AANBIEDER, start()).await;
    assert_eq!((accepted.status, &accepted.body["verdict"]), (202, &json!("accepted")), "{}", accepted.text);
    assert_eq!(accepted.body["findings"], json!([]));
    let id = accepted.body["id"].as_str().expect("an id").to_owned();
    let document = world.get(GEMEENTE, &format!("/v1/berichten/{id}/json")).await.body;
    assert_eq!(document["Bericht"]["Client"]["StartProducten"]["StartProduct"][0]["Toelichting"], "Op proef");
    assert_eq!(document["release"], "3.9");

    let mut again = document;
    again["Bericht"]["Header"]["BerichtIdentificatie"]["Identificatie"] = json!("START-3");
    let posted = world.post_json(AANBIEDER, &again).await;
    assert_eq!(posted.body["findings"][0]["rule"], "TR074", "it is the same start: {}", posted.text);
    let made = xml_of(&world, GEMEENTE, &posted.body["id"]).await;
    assert!(made.contains("Toelichting>Op proef</") && made.contains("/iwmo/3_9/wmo305/schema"), "{made}");

    let described = world.get("", "/openapi.json").await.text;
    assert!(described.contains("\"WMO305-3.9\"") && described.contains("Toelichting"), "it is described");
    world.stop().await;
}

/// What was found when the declaratie came in goes into the answer of people as it was found, in the words of its release.
#[tokio::test]
async fn people_answer_a_declaratie_with_the_retourcodes_of_its_release() {
    let folder = added(&RELEASE.replace("TR019 = \"9919\" }", "TR019 = \"9919\", TR338 = \"9919\" }"));
    let releases = format!("[releases]\nfolder = {:?}\n", folder.path().to_str().expect("UTF-8"));
    let world = World::start(&LOCAL, &(releases + &settings("", "four-eyes")), None).await;
    world.at("2026-06-01T09:00:00+02:00");
    let of_3_9 = |bericht: Vec<u8>| in_3_9(&String::from_utf8(bericht).expect("UTF-8"));
    let given = of_3_9(wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]));
    assert_eq!(world.post(GEMEENTE, given).await.body["verdict"], "accepted");
    let strange = prestatie("R2", json!({"ToewijzingNummer": 799_998}));
    let declared = world.post(AANBIEDER, of_3_9(wmo323("D1", DAY, &[prestatie("R1", json!({})), strange]))).await;
    let findings = declared.body["findings"].as_array().expect("findings");
    let finding = findings.iter().find(|finding| finding["severity"] != "warning").expect("a rejected line");
    assert_eq!((&finding["rule"], &finding["retourcode"]), (&json!("TR338"), &json!("9919")), "{}", declared.text);
    let id = declared.body["id"].as_str().expect("an id");
    let proposal = decide(&world, "Anna", id, &json!({"lines": []})).await.body["id"].clone();
    let approved = decide(&world, "Bram", id, &json!({"approve": proposal})).await;
    assert_eq!((approved.status, &approved.body["release"]), (200, &json!("3.9")), "{}", approved.text);
    let antwoord = xml_of(&world, AANBIEDER, &approved.body["id"]).await;
    assert!(antwoord.contains("RetourCode>9919<") && !antwoord.contains("RetourCode>9338<"), "{antwoord}");
    world.stop().await;
}

#[test]
fn the_commands_take_a_folder_of_releases() {
    let folder = added(RELEASE);
    let releases = folder.path().to_str().expect("UTF-8");
    let (xml, back) = (folder.path().join("start.xml"), folder.path().join("start.json"));
    fs::write(&xml, start()).expect("a file");
    let of_file = |command: &[&str], file: &PathBuf| run(&[command, &[file.to_str().expect("UTF-8")]].concat());

    let unknown = of_file(&["validate", "--format", "json"], &xml);
    assert!(text(&unknown).contains("Dit is een WMO305 van release 3.9."), "{}", text(&unknown));
    let known = of_file(&["validate", "--format", "json", "--releases", releases], &xml);
    let line: Value = serde_json::from_slice(&known.stdout).expect("a line");
    assert_eq!((&line["verdict"], &line["release"]), (&json!("valid"), &json!("3.9")), "{}", text(&known));
    let of_list = start().replace("Geslacht>9<", "Geslacht>8<");
    fs::write(folder.path().join("lijst.xml"), of_list).expect("a file");
    let wrong = of_file(&["validate", "--format", "json", "--releases", releases], &folder.path().join("lijst.xml"));
    assert!(text(&wrong).contains("\"level\":\"xsd\""), "{}", text(&wrong));

    let json = of_file(&["convert", "--to", "json", "--releases", releases], &xml);
    assert!(text(&json).contains("\"Toelichting\": \"Op proef\""), "{}", text(&json));
    fs::write(&back, &json.stdout).expect("a file");
    let again = of_file(&["convert", "--to", "xml", "--releases", releases], &back);
    fs::write(&xml, &again.stdout).expect("a file");
    let once_more = of_file(&["convert", "--to", "json", "--releases", releases], &xml);
    assert_eq!(text(&once_more), text(&json), "nothing is lost on the way there and back");
}

#[test]
fn rules_of_an_added_release_are_listed_with_its_own_retourcode() {
    let folder = added(RELEASE);
    let releases = ["--releases", folder.path().to_str().expect("UTF-8")];
    let rules = |arguments: &[&str]| text(&run(&[&["rules"], &releases[..], arguments].concat()));
    let explained = rules(&["TR019"]);
    for part in ["iWmo 3.9", "Retourcode 9019", "Code 3.9   9919"] {
        assert!(explained.contains(part), "{part} is missing in {explained}");
    }
    assert!(!rules(&["TR134"]).contains("iWmo 3.9"), "it ended");
    assert!(rules(&["9919"]).contains("TR019:"), "{}", rules(&["9919"]));
    assert!(text(&run(&["rules", "9919"])).contains("no retourcode"), "without the folder nobody gives it");
    let table = rules(&[]);
    assert!(table.contains("regels van iWmo 3.9 en 3.2 en 2.3:"), "{table}");
    let json = rules(&["--format", "json", "TR019"]);
    let line: Value = serde_json::from_str(&json).expect("a line");
    let codes = line["releases"].as_array().expect("releases").iter();
    let codes: Vec<_> = codes.map(|one| (one["release"].as_str(), one["retourcode"].as_str())).collect();
    assert_eq!(codes, [("3.9", "9919"), ("3.2", "9019"), ("2.3", "9019")].map(|(a, b)| (Some(a), Some(b))), "{json}");
}

#[test]
fn a_replay_plays_berichten_of_an_added_release_and_answers_in_it() {
    let (folder, played, out) =
        (added(RELEASE), tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    fs::write(played.path().join("1.xml"), in_3_9(WMO301)).expect("a file");
    fs::write(played.path().join("2.xml"), start()).expect("a file");
    let (releases, path) = (folder.path().to_str().expect("UTF-8"), played.path().to_str().expect("UTF-8"));
    let replay = |more: &[&str]| run(&[&["replay", "--format", "json"], more, &[path]].concat());
    let to = out.path().to_str().expect("UTF-8");
    let known = text(&replay(&["--releases", releases, "--out", to]));
    let outcomes: Vec<Value> = known.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
    let outcomes: Vec<_> = outcomes.iter().map(|line| line["outcome"].as_str()).collect();
    assert_eq!(outcomes, [Some("accepted"); 2], "{known}");
    let retour = fs::read_to_string(out.path().join("2-WMO306.xml")).expect("the retour");
    assert!(retour.contains("/iwmo/3_9/wmo306/schema") && retour.contains("BerichtSubversie>9<"), "{retour}");
    assert!(text(&replay(&[])).contains("\"refused\""), "without the folder nobody knows it");
}

#[test]
fn the_mock_plays_parties_in_an_added_release() {
    let folder = added(RELEASE);
    let mut problems = Vec::new();
    let known = standard::with_folder(folder.path(), &mut problems);
    assert_eq!(problems, [""; 0]);
    let codec = Codec::of(Schemas::of(known).expect("schemas"));
    let bericht = (codec.read)(start().as_bytes()).expect("it reads 3.9");
    let written = String::from_utf8((codec.encode)(&bericht)).expect("UTF-8");
    assert!(written.contains("/iwmo/3_9/wmo305/schema") && written.contains("Toelichting>Op proef<"), "{written}");
    let of_the_program = Codec::of(Schemas::of(standard::built_in()).expect("schemas"));
    assert!((of_the_program.read)(start().as_bytes()).is_none(), "the program alone does not");
    let nowhere = run(&["mock", "--releases", "/not/there"]);
    assert!(nowhere.status.code() == Some(3) && text(&nowhere).contains("/not/there"), "{}", text(&nowhere));
}

#[test]
fn config_check_tells_releases_freezes_and_codes_that_cannot_be_read() {
    let folder =
        added(&RELEASE.replace("[regels]", "freeze = [[\"2097-03-31T13:00\", \"2097-04-05T08:00\"]]\n[regels]"));
    let config = folder.path().join("config.toml");
    let settings = "[[partij]]\ncode = \"0384\"\nnaam = \"Diemen\"\n[[credential]]\nname = \"x\"\npartij = \"0384\"\ntoken_sha256 = ";
    let settings = format!("{settings}{:?}\n[releases]\nfolder = {:?}\n", "a1".repeat(32), folder.path());
    fs::write(&config, settings).expect("settings");
    let checked = text(&run(&["config", "check", "--config", config.to_str().expect("UTF-8")]));
    for line in [
        "release 3.9: in force from 2026-01-01\n",
        "release 2.3: in force from 2019-04-01 to 2020-03-30\n",
        "note: release 3.9 has the code Frequentie 7, which this program does not know: a bericht with it is refused\n",
        "freeze: nothing is sent to the network from 2097-03-31 13:00 to 2097-04-05 08:00\n",
    ] {
        assert!(checked.contains(line), "{line} is missing in {checked}");
    }
    assert_eq!(
        checked.matches("does not know").count(),
        1,
        "all codes of the releases of the program are known: {checked}"
    );
}

#[test]
fn what_is_wrong_with_a_release_is_told_with_file_and_place() {
    for (from, to, told) in [
        ("based_on = \"3.2\"", "based_on = \"3.1\"", "release.toml: based_on: there is no release 3.1 (yet)"),
        ("number = \"3.9\"", "number = \"3.2\"", "release.toml: number: there is a release 3.2 already"),
        ("{schema}", "schema", "release.toml: namespace: needed, with {schema}"),
        ("ended = [\"TR134\"]", "ended = [\"TR9999\"]", "release.toml: regels: the release has no rule TR9999"),
        ("\"9919\"", "\"99\"", "release.toml: regels.retourcode: TR019: a retourcode has four characters"),
        (
            "name = \"Toelichting\"",
            "name = \"Nergens\"",
            "element: Nergens is no optional element of StartProduct in WMO305",
        ),
        (
            "name = \"Toelichting\"",
            "name = \"Begindatum\"",
            "element: Begindatum is no optional element of StartProduct",
        ),
        ("in_force = [\"2026-01-01\"]", "in_fors = []", "unknown field `in_fors`"),
    ] {
        let folder = added(&RELEASE.replace(from, to));
        let told_now = run(&["validate", "--releases", folder.path().to_str().expect("UTF-8"), "x.xml"]);
        assert_eq!(told_now.status.code(), Some(3), "{}", text(&told_now));
        assert!(text(&told_now).contains(told), "{told}: {}", text(&told_now));
        let config = folder.path().join("config.toml");
        fs::write(&config, format!("[releases]\nfolder = {:?}\n", folder.path())).expect("settings");
        let checked = run(&["config", "check", "--config", config.to_str().expect("UTF-8")]);
        assert!(checked.status.code() == Some(1) && text(&checked).contains(told), "{}", text(&checked));
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program")
}

/// All that was printed.
fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
