//! `rebuild --verify`: the ledger is what the berichten make of it, and every row that is not is named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{Carrier, Format, Received, Reply};
use iwmo_gateway::json as notation;
use iwmo_gateway::store::{LedgerTable, Postgres, Sqlite, Store};
use iwmo_gateway::xml::{self, Schemas};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::maker::{rejecting, retour, toewijzing, wmo301, wmo305, wmo307, wmo315, wmo319};
use crate::stage::Stage;
use crate::world::{AANBIEDER, BSN, GEMEENTE};

/// A history with every kind of row of one client, corrections and a refusal.
fn berichten() -> Vec<Vec<u8>> {
    let given = |identificatie: &str, dagtekening: &str, other| {
        wmo301(identificatie, dagtekening, &[toewijzing(700_101, other)])
    };
    let honours = json!({"ReferentieAanbieder": "VOT-1", "Product": {"Categorie": "02", "Code": "02A05"}});
    vec![
        given("T1", "2026-03-02", json!({})),
        given(
            "T2",
            "2026-03-03",
            json!({"Toewijzingstijd": "09:00:00", "Einddatum": "2027-01-31", "RedenWijziging": "04"}),
        ),
        wmo305("S1", "2026-03-04", 700_101, json!({})),
        wmo307("P1", "2026-03-09", 700_101, json!({"RedenBeeindiging": "20"})),
        wmo307("P2", "2026-03-09", 700_101, json!({"RedenBeeindiging": "20", "StatusAanlevering": "3"})),
        wmo307("P3", "2026-03-10", 700_101, json!({})),
        wmo315("V1", "2026-03-10", "VOT-1"),
        wmo319("A1", "2026-03-11", "VOT-1", "2"),
        wmo301("T3", "2026-03-12", &[toewijzing(700_102, honours)]),
        retour("WMO302", "T3", "2026-03-12"),
    ]
}

pub async fn play(store: &Arc<dyn Store>) {
    let stage = Stage::on(Arc::clone(store)).replayed();
    stage.take_all(&berichten()).await;
    let wrong = wmo305("S9", "2026-03-04", 700_999, json!({}));
    assert_eq!(stage.take(wrong).await.verdict, "rejected");
    let garbage = Received::new(b"<Bericht/>".to_vec(), Format::Xml, stage.gateway.clock.now(), Carrier::File);
    assert!(matches!(receive(&garbage, &stage.gateway).await, Ok(Reply::Refused(..))));
    let refused = wmo305("S2", "2026-03-13", 700_102, json!({"Product": {"Categorie": "02", "Code": "02A05"}}));
    stage.take_all(&[refused, rejecting("WMO306", "S2", "2026-03-13", "0001")]).await;
}

#[tokio::test]
async fn what_the_berichten_make_is_what_is_kept_on_both_databases() {
    let mut stores: Vec<Arc<dyn Store>> = vec![Arc::new(Sqlite::in_memory().await.expect("a store"))];
    if let Some(url) = crate::postgres::fresh_database().await {
        stores.push(Arc::new(Postgres::connect(&url).await.expect("a database")));
    }
    for store in stores {
        play(&store).await;
        let compared = verify(store.as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
        assert_eq!(compared.differences, [""; 0]);
        assert_eq!(
            (compared.berichten, compared.rows),
            (13, 9),
            "3 toewijzingen, 2 starts, 2 stops, verzoek, antwoord"
        );
    }
}

#[tokio::test]
async fn every_row_that_was_tampered_with_is_named_and_no_client_with_it() {
    for (tamper, expected) in [
        (
            "UPDATE toewijzing SET einddatum = '2026-12-30' WHERE nr = 0 AND einddatum = '2026-12-31' AND toewijzing_nummer = 700101",
            "toewijzing 0 of bericht … is not what its bericht made of it",
        ),
        ("UPDATE start SET refused = FALSE", "start 0 of bericht … is not what its bericht made of it"),
        ("UPDATE stop SET removed_by = NULL", "stop 0 of bericht … is not what its bericht made of it"),
        ("DELETE FROM antwoord", "antwoord 0 of bericht … is missing"),
        (
            "UPDATE payload SET bytes = CAST(bytes || ' ' AS BLOB) WHERE bericht_id = (SELECT MIN(bericht_id) FROM payload)",
            "payload of bericht … is not what came in",
        ),
        (
            "DELETE FROM payload WHERE bericht_id = (SELECT MAX(id) FROM bericht WHERE outcome = 'refused')",
            "payload of bericht … is not what came in",
        ),
        (
            "INSERT INTO verzoek SELECT bericht_id, 1, gemeente, aanbieder, bsn, 'VOT-9', FALSE FROM verzoek",
            "verzoek 1 of bericht … comes of no bericht",
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).await.expect("a store"));
        play(&store).await;
        store.close().await;
        let mut conn = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.expect("the database");
        sqlx::raw_sql(AssertSqlSafe(tamper)).execute(&mut conn).await.expect("done");
        conn.close().await.expect("closed");

        let (told, status) = rebuild(&path);
        let lines: Vec<_> = told.lines().map(without_id).collect();
        assert_eq!(lines[..lines.len() - 1], [expected], "{told}");
        assert!(lines.last().is_some_and(|last| last.ends_with("; 1 difference")), "{told}");
        assert_eq!(status, Some(1));
        assert!(!told.contains(BSN), "{told}");
    }
}

/// A toewijzing in JSON that leaves out what may be left out, and says of some things that they are not there.
fn in_json() -> Vec<u8> {
    let mut said = notation::write(&xml::read(&berichten()[0]).expect("a bericht"));
    said["Bericht"]["Header"] = json!({"Afzender": GEMEENTE, "Ontvanger": AANBIEDER});
    said["Bericht"]["Client"]["Naam"]["Voornamen"] = Value::Null;
    said.as_object_mut().expect("an object").remove("release");
    said.to_string().into_bytes()
}

#[tokio::test]
async fn xml_that_was_made_of_json_still_says_what_the_json_does() {
    for (from, to, expected) in [
        ("Verhoeven", "Verhoeven", None),
        ("Verhoeven", "Verhoevem", Some("XML of bericht … is not what was made of its JSON")),
        (
            "<wmo301:Geslacht>",
            "<wmo301:Communicatie/><wmo301:Geslacht>",
            Some("XML of bericht … is not what was made of its JSON"),
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("test.db");
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).await.expect("a store"));
        let stage = Stage::on(Arc::clone(&store)).replayed();
        let received = Received::new(in_json(), Format::Json, stage.gateway.clock.now(), Carrier::File);
        assert!(matches!(receive(&received, &stage.gateway).await, Ok(Reply::Recorded(_))));
        store.close().await;
        let mut conn = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.expect("the database");
        let tamper = "UPDATE payload SET bytes = CAST(replace(CAST(bytes AS TEXT), $1, $2) AS BLOB) WHERE is_made";
        let done = sqlx::query(tamper).bind(from).bind(to).execute(&mut conn).await.expect("done");
        assert_eq!(done.rows_affected(), 1, "one bericht was made");
        conn.close().await.expect("closed");
        let (told, status) = rebuild(&path);
        let lines: Vec<_> = told.lines().map(without_id).collect();
        assert_eq!(status, Some(i32::from(expected.is_some())), "{told}");
        assert!(expected.is_none_or(|expected| lines.iter().any(|line| line == expected)), "{told}");
        assert!(!told.contains(BSN) && !told.contains("Verhoeve"), "{told}");
    }
}

#[tokio::test]
async fn a_ledger_without_differences_is_told_and_a_missing_one_is_status_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    assert_eq!(rebuild(&path).1, Some(3));
    assert!(!path.exists(), "looking does not create");
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(&path).await.expect("a store"));
    play(&store).await;
    // It may be in use.
    let told = "13 berichten make 9 rows of the ledger; 25 payloads compared with their digest; 0 differences\n";
    assert_eq!(rebuild(&path), (told.to_owned(), Some(0)));
    store.close().await;
}

/// The fixtures of the rules hold every way in which a bericht, or a line of a declaratie, is accepted or rejected.
#[tokio::test]
async fn what_the_fixtures_of_the_rules_make_is_what_is_kept() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/regels");
    let mut lines = 0;
    for rule in files(&root).filter(|rule| rule.join("eerder-1.xml").exists()) {
        let all: Vec<_> = files(&rule).collect();
        let stage = Stage::new().await.replayed();
        for file in &all {
            stage.replay(fs::read(file).expect("a file")).await;
        }
        let compared = verify(stage.store().as_ref(), &stage.gateway.schemas).await.expect("read");
        assert_eq!(compared.differences, [""; 0], "{}", rule.display());
        lines += stage.store().ledger_rows(LedgerTable::Prestatie, None, 1_000).await.expect("read").len();
    }
    assert!(lines > 100, "only {lines} lines were declared");
}

/// What is in a folder, by name: what came earlier before the rest.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let mut found: Vec<_> = fs::read_dir(folder).expect("a folder").map(|one| one.expect("one").path()).collect();
    found.sort();
    found.into_iter()
}

fn rebuild(database: &Path) -> (String, Option<i32>) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("gateway.toml");
    fs::write(&config, format!("[database]\nurl = \"sqlite:{}\"\n", database.display())).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
    let output = command.args(["rebuild", "--verify", "--config"]).arg(&config).output().expect("the program");
    (String::from_utf8(output.stdout).expect("UTF-8"), output.status.code())
}

/// A line with an ellipsis for the id of the bericht.
fn without_id(line: &str) -> String {
    let words = line.split(' ').map(|word| if word.len() == 36 { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}
