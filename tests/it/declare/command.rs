//! `iwmo-gateway declare` beside a gateway that runs: what is printed, what is written, and the exit status.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use chrono::Months;
use iwmo_gateway::app::{self, Running};
use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::berichten::periode::month_of;
use iwmo_gateway::exchange::sha256_hex;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::maker::{toewijzing, wmo301};
use crate::world::{AANBIEDER, BSN, GEMEENTE};

/// A gateway in this program, with a toewijzing of which last month can be declared today.
struct Office {
    running: Running,
    folder: TempDir,
    month: String,
    first: String,
    last: String,
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let last_month = SystemClock.today().checked_sub_months(Months::new(1)).expect("a day");
        let periode = month_of(last_month);
        let (first, last) = (periode.begindatum.to_string(), periode.einddatum.to_string());
        let partij = |code: &str| {
            let hash = sha256_hex(code.as_bytes());
            format!(
                "[[partij]]\ncode = \"{code}\"\nnaam = \"x\"\n[[credential]]\nname = \"{code}\"\npartij = \"{code}\"\ntoken_sha256 = \"{hash}\"\n"
            )
        };
        let database = folder.path().join("office.db");
        let settings = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n{}{}",
            database.display(),
            partij(GEMEENTE),
            partij(AANBIEDER)
        );
        fs::write(folder.path().join("gateway.toml"), &settings).expect("settings");
        let running =
            app::start(Config::parse(&settings).expect("settings"), Arc::new(SystemClock)).await.expect("a gateway");
        let office = Self { running, folder, month: first[..7].to_owned(), first, last };
        let dates = json!({"Toewijzingsdatum": office.first, "Ingangsdatum": office.first, "Einddatum": office.last});
        let answer = office.post(GEMEENTE, wmo301("T1", &office.first, &[toewijzing(700_101, dates)])).await;
        assert_eq!(answer["verdict"], "accepted", "{answer}");
        office
    }

    async fn post(&self, partij: &str, xml: Vec<u8>) -> Value {
        let request = reqwest::Client::new().post(format!("http://{}/v1/berichten", self.running.address));
        let request = request.bearer_auth(partij).header("content-type", "application/xml").body(xml);
        let text = request.send().await.expect("an answer").text().await.expect("a body");
        serde_json::from_str(&text).expect("JSON")
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Declares a table; `more` comes before the file.
    fn declare(&self, table: &str, more: &[&str]) -> Output {
        let (config, file, out) = (self.path("gateway.toml"), self.path("table"), self.path("out"));
        fs::write(&file, table).expect("a table");
        let usual = ["--gemeente", GEMEENTE, "--aanbieder", AANBIEDER, "--periode", &self.month, "--nummer", "D1"];
        let all = [&["declare", "--config", &config, "--out", &out], &usual[..], more, &[&file]].concat();
        run(&all)
    }

    fn row(&self, volume: &str) -> String {
        format!(
            "ToewijzingNummer,Begindatum,Einddatum,Volume,Tarief\n700101,{},{},{volume},2500\n",
            self.first, self.last
        )
    }
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_iwmo-gateway")).args(arguments).output().expect("the program")
}

fn told(output: &Output) -> (Option<i32>, String) {
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains(BSN), "{text}");
    (output.status.code(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_becomes_a_file_that_the_gemeente_grants() {
    let office = Office::open().await;
    let (status, text) = told(&office.declare(&office.row("4"), &[]));
    let file = office.path("out/WMO323-D1.xml");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((status, lines.len()), (Some(0), 2), "{text}");
    assert!(lines[0].starts_with("rij 2: let op HVB-04: "), "{text}");
    assert_eq!(lines[1], format!("WMO323 3.2 D1: 1 regel van 1 client, € 100,00, in {file}"));

    let (status, text) = told(&office.declare(&office.row("5"), &[]));
    assert!(status == Some(3) && text.contains("is there already"), "{text}");
    let bytes = fs::read(&file).expect("the bericht");
    let receipt = office.post(AANBIEDER, bytes.clone()).await;
    assert_eq!((&receipt["verdict"], &receipt["retour"]["retourcodes"]), (&json!("accepted"), &json!(["0200"])));

    fs::remove_file(&file).expect("a file");
    let (status, text) = told(&office.declare(&office.row("4"), &["--format", "json"]));
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    let bericht = &answer["berichten"][0];
    assert_eq!(
        (status, &bericht["receipt"]["id"], &bericht["file"]),
        (Some(0), &receipt["id"], &json!(file)),
        "{text}"
    );
    assert_eq!(fs::read(&file).expect("the bericht"), bytes, "the same day, the same bytes");
    office.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_by_row_and_nothing_is_written() {
    let office = Office::open().await;
    let (status, text) = told(&office.declare(&office.row("drie"), &[]));
    assert!(status == Some(1) && text.starts_with("rij 2, Volume, fout: Verwacht wordt een geheel getal"), "{text}");
    let (status, text) = told(&office.declare(&office.row("4").replace("700101", "700999"), &["--format", "json"]));
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    let row = &answer["rows"][0];
    assert_eq!((status, &row["row"], &row["column"]), (Some(1), &json!(2), &json!("ToewijzingNummer")), "{text}");
    let (status, text) = told(&office.declare(&office.row("190"), &[]));
    assert!(status == Some(1) && text.contains("rij 2: fout TR321 (retourcode 9321): "), "{text}");
    assert!(text.contains("niet geschreven"), "{text}");
    let (status, text) = told(&office.declare(&office.row("4"), &["--release", "2.3", "--force"]));
    assert!(status == Some(1) && text.contains("niet geschreven"), "a release that is not in force: {text}");
    let (status, text) = told(&office.declare(&office.row("4"), &["--release", "2.3"]));
    assert!(
        status == Some(1) && text.contains("bericht: fout: De gemeente werkt vandaag niet met deze release"),
        "{text}"
    );
    assert!(!Path::new(&office.path("out")).exists());

    let list = format!(
        "[{{\"toewijzing_nummer\": 700101, \"begindatum\": \"{}\", \"einddatum\": \"{}\", \"volume\": 4, \"tarief\": 2500}}]",
        office.first, office.last
    );
    assert_eq!(told(&office.declare(&list, &[])).0, Some(0), "JSON does as well");
    office.running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_surely_be_rejected_is_written_only_when_insisted_upon() {
    let office = Office::open().await;
    let file = office.path("out/WMO323-D1.xml");
    let (status, text) = told(&office.declare(&office.row("190"), &["--force"]));
    assert!(status == Some(1) && text.contains("rij 2: fout TR321 (retourcode 9321): "), "{text}");
    assert!(text.ends_with(&format!(", in {file}\n")), "{text}");
    let receipt = office.post(AANBIEDER, fs::read(&file).expect("the bericht")).await;
    assert_eq!(receipt["verdict"], "rejected", "as was told: {receipt}");
    office.running.stop().await;
}

#[test]
fn the_command_explains_itself_and_knows_usage_from_environment() {
    let (status, help) = told(&run(&["declare", "--help"]));
    assert_eq!(status, Some(0));
    for part in
        ["ToewijzingNummer;Begindatum;Einddatum;Volume", "--periode 2026-03", "VorigReferentieNummer", "btw_id_nummer"]
    {
        assert!(help.contains(part), "{part} is missing in:\n{help}");
    }
    let usual = ["declare", "--gemeente", GEMEENTE, "--aanbieder", AANBIEDER, "--periode", "2026-03", "--nummer", "D1"];
    let with = |from: &str, to: &str| -> Vec<String> {
        usual
            .iter()
            .chain(&["nergens.csv"])
            .map(|one| if *one == from { to.to_owned() } else { (*one).to_owned() })
            .collect()
    };
    for (from, to) in [(GEMEENTE, AANBIEDER), (AANBIEDER, GEMEENTE), ("2026-03", "2019-05-21"), ("D1", "D-1")] {
        let arguments = with(from, to);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(run(&arguments).status.code(), Some(2), "{to}");
    }
    let (status, text) = told(&run(&[&usual[..], &["nergens.csv"]].concat()));
    assert!(status == Some(3) && text.contains("nergens.csv"), "{text}");
}
