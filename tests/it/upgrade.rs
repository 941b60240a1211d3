//! A way up: the database of every version that went out is brought up to date, and all that was in it stands as it stood.
//!
//! The stores lie in `fixtures/stores`, one folder for each version, made by that version itself.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use iwmo_gateway::domain::Partij;
use iwmo_gateway::domain::berichten::klasse::ElementPath;
use iwmo_gateway::domain::regels::REGELS;
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::store::{DeadlineQuery, IfOlder, Lease, Origin, ParcelState, Room, Store, StoreError};
use iwmo_gateway::xml::Schemas;

use sqlx::{Connection as _, SqliteConnection};

use crate::database::Database;
use crate::stage::Stage;
use crate::world::{AANBIEDER, GEMEENTE, WMO301, instant};

/// Databases as version 0.1.0 left them, on each of both.
async fn of_the_first_version() -> Vec<Database> {
    let mut databases = vec![(Database::sqlite(), "sqlite")];
    databases.extend(Database::postgres().await.map(|database| (database, "postgres")));
    let mut filled = Vec::new();
    for (database, name) in databases {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/stores/0.1.0/{name}.sql"));
        database.tamper(&fs::read_to_string(file).expect("a store")).await;
        if name == "sqlite" {
            // As that program left it: two that come at once must not find it in another mode.
            database.tamper("PRAGMA journal_mode = WAL").await;
        }
        filled.push(database);
    }
    filled
}

#[tokio::test]
async fn all_that_was_kept_stands_as_it_stood() {
    for database in of_the_first_version().await {
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        insta::assert_snapshot!("what_was_kept", told(store.as_ref()).await);
        let compared = verify(store.as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
        assert_eq!(compared.differences, [""; 0]);
        assert_eq!((compared.berichten, compared.rows), (12, 12));
        assert_eq!(database.texts("SELECT version FROM program").await, [env!("CARGO_PKG_VERSION")]);
    }
}

#[tokio::test]
async fn old_findings_say_what_their_rule_says_now() {
    for database in of_the_first_version().await {
        let before: Vec<String> = database.texts("SELECT receipt FROM bericht").await;
        let told: usize = before.iter().map(|receipt| receipt.matches("\"level\":").count()).sum();
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        assert_eq!(database.number("SELECT COUNT(*) FROM finding").await, i64::try_from(told).expect("few"));
        database.tamper("UPDATE finding SET text = 'as it was told then'").await;
        let views = store.berichten(None, None, 200).await.expect("read");
        let findings: Vec<_> = views.iter().flat_map(|view| &view.receipt.findings).collect();
        assert_eq!(findings.len(), told);
        for finding in findings {
            let regel = REGELS.iter().find(|regel| Some(regel.code) == finding.regel.as_deref());
            assert_eq!(finding.text, regel.map_or("as it was told then", |regel| regel.text), "{}", finding.path);
        }
    }
}

#[tokio::test]
async fn a_reference_of_spaces_is_none_as_it_is_read_now() {
    for database in of_the_first_version().await {
        let lines = database.number("SELECT COUNT(*) FROM prestatie WHERE vorig_referentie_nummer IS NULL").await;
        assert!(lines > 0, "there are lines");
        database
            .tamper("UPDATE prestatie SET vorig_referentie_nummer = '   ' WHERE vorig_referentie_nummer IS NULL")
            .await;
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        assert_eq!(verify(store.as_ref(), Schemas::compiled_in().as_ref()).await.expect("read").differences, [""; 0]);
        let after = database.number("SELECT COUNT(*) FROM prestatie WHERE vorig_referentie_nummer IS NULL").await;
        assert_eq!(after, lines);
    }
}

#[tokio::test]
async fn what_was_fetched_at_vecozo_is_told_from_what_the_ggk_brought() {
    const OF_ONE: &str = "UPDATE bericht SET via = 'ggk', poster = '0384', referentienummer = 'n1' WHERE id = (SELECT MIN(id) FROM bericht);
        UPDATE bericht SET via = 'ggk', poster = '0384', referentienummer = 'n2' WHERE id = (SELECT MAX(id) FROM bericht)";
    for database in of_the_first_version().await {
        let (nothing, something) = match &database {
            Database::Sqlite(_) => ("x''", "x'41'"),
            Database::Postgres(_) => (r"'\x'", r"'\x41'"),
        };
        database.tamper(OF_ONE).await;
        let seen = format!(
            "INSERT INTO envelope_seen (zender, referentienummer, content_sha256, answer)
             VALUES ('0384', 'n1', 'x', {nothing}), ('0384', 'n2', 'x', {something})"
        );
        database.tamper(&seen).await;
        let others = database.texts("SELECT via FROM bericht WHERE via <> 'ggk' ORDER BY id").await;
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        let via = async |number: &'static str| database.texts(number).await;
        assert_eq!(
            via("SELECT via FROM bericht WHERE referentienummer = 'n1'").await,
            ["vecozo"],
            "it was not answered"
        );
        assert_eq!(via("SELECT via FROM bericht WHERE referentienummer = 'n2'").await, ["ggk"], "it was");
        let after = via("SELECT via FROM bericht WHERE via NOT IN ('ggk', 'vecozo') ORDER BY id").await;
        assert_eq!(after, others, "and nothing else changed");
        drop(store);
        if let Database::Sqlite(folder) = &database {
            let file = folder.path().join("test.db").display().to_string();
            let mut conn = SqliteConnection::connect(&file).await.expect("the database");
            let unknown = sqlx::query("UPDATE bericht SET via = 'duif'").execute(&mut conn).await;
            assert!(unknown.is_err_and(|error| error.to_string().contains("CHECK")), "no other way than those");
            let well: String =
                sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut conn).await.expect("checked");
            assert_eq!(well, "ok");
        }
    }
}

#[tokio::test]
async fn the_gateway_goes_on_from_there() {
    for database in of_the_first_version().await {
        let stage = Stage::on(database.open(IfOlder::Upgrade).await.expect("upgraded"));
        stage.at("2026-12-01T09:00:00+01:00");
        let oldest = stage.store().berichten(None, None, 200).await.expect("read").pop().expect("there is one");
        assert_eq!(stage.take(WMO301.into()).await, oldest.receipt.into(), "the same bytes again");
        assert_eq!(stage.release().await, ["WMO307 rejected 2026-07-01"], "what was parked");
        let (now, until) = (instant("2026-12-01T10:00:00+01:00"), instant("2026-12-01T11:00:00+01:00"));
        let lease = Lease { worker: "w".to_owned(), until };
        let parcels = stage.store().claim_due(now, &lease, Room::of(10, 10)).await.expect("claimed");
        assert_eq!(
            parcels.iter().map(|parcel| parcel.attempt).collect::<Vec<_>>(),
            [2, 2],
            "what waited to leave, once more"
        );
    }
}

#[tokio::test]
async fn what_was_in_front_of_an_operator_still_is() {
    for database in of_the_first_version().await {
        database.tamper("UPDATE parcel SET state = 'held', due_at = NULL WHERE due_at IS NOT NULL").await;
        let store = database.open(IfOlder::Upgrade).await.expect("upgraded");
        let parcels = store.undelivered(9).await.expect("read");
        assert!(parcels.len() > 1 && parcels.iter().all(|parcel| parcel.state == ParcelState::Stuck), "{parcels:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_at_once_one_waits_for_the_other() {
    for database in of_the_first_version().await {
        let database = Arc::new(database);
        let opening: Vec<_> = (0..4)
            .map(|_| {
                let database = Arc::clone(&database);
                tokio::spawn(async move { database.open(IfOlder::Upgrade).await.map(drop) })
            })
            .collect();
        for one in opening {
            one.await.expect("no panic").expect("opened");
        }
        assert_eq!(database.number("SELECT count(*) FROM _sqlx_migrations WHERE version = 2").await, 1);
    }
}

#[tokio::test]
async fn an_upgrade_that_fails_changes_nothing() {
    for database in of_the_first_version().await {
        database.tamper("CREATE TABLE program (in_the_way TEXT)").await;
        let error = database.open(IfOlder::Upgrade).await.err().expect("in the way");
        assert!(matches!(error, StoreError::Migration(_)), "{error:?}");
        assert_eq!(database.number("SELECT count(*) FROM _sqlx_migrations").await, 1);
        database.tamper("DROP TABLE program").await;
        database.open(IfOlder::Upgrade).await.expect("upgraded");
    }
}

#[tokio::test]
async fn who_only_looks_leaves_it_as_it_is() {
    for database in of_the_first_version().await {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("gateway.toml");
        fs::write(&config, format!("[database]\nurl = \"{}\"\n", database.url())).expect("a file");
        for arguments in [&["rebuild", "--verify"][..], &["deadlines"][..]] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"));
            let output = command.args(arguments).arg("--config").arg(&config).output().expect("the program");
            let told = String::from_utf8(output.stderr).expect("UTF-8");
            assert_eq!(output.status.code(), Some(3), "{told}");
            assert!(told.contains("the database has schema 1, and iwmo-gateway"), "{told}");
            assert!(told.contains("start `iwmo-gateway serve`, which brings it up to date"), "{told}");
        }
        assert_eq!(database.number("SELECT count(*) FROM _sqlx_migrations").await, 1);
    }
}

#[tokio::test]
async fn both_databases_have_the_same_columns() {
    const SQLITE: &str = "SELECT m.name || '.' || c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c
        WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'";
    const POSTGRES: &str = "SELECT table_name::text || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public'";
    let Some(postgres) = Database::postgres().await else { return };
    let sqlite = Database::sqlite();
    for database in [&sqlite, &postgres] {
        database.open(IfOlder::Upgrade).await.expect("a new database").close().await;
    }
    let columns: BTreeSet<String> = sqlite.texts(SQLITE).await.into_iter().collect();
    assert_eq!(columns, postgres.texts(POSTGRES).await.into_iter().collect());
}

/// What a store holds, without ids and moments, which the two stores do not share.
async fn told(store: &dyn Store) -> String {
    let mut text = String::new();
    told_berichten(store, &mut text).await;
    told_postbus(store, &mut text).await;
    told_deadlines(store, &mut text).await;
    told_outbox(store, &mut text).await;
    told_audit(store, &mut text).await;
    for composed in store.berichten(None, None, 200).await.expect("read") {
        if composed.berichtsoort.as_deref() == Some("WMO325") {
            text = text.replace(composed.identificatie.as_deref().expect("it was composed here"), "composed");
        }
    }
    text
}

async fn told_berichten(store: &dyn Store, text: &mut String) {
    let mut berichten = store.berichten(None, None, 200).await.expect("read");
    berichten.sort_by_key(|view| (view.berichtsoort.clone(), view.identificatie.clone(), view.received_at));
    for view in berichten {
        let receipt = &view.receipt;
        let soort = view.berichtsoort.as_deref().unwrap_or("?");
        let identificatie = view.identificatie.as_deref().unwrap_or("?");
        let bytes = store.payload(&view.id, None).await.expect("read").map_or(0, |bytes| bytes.len());
        write!(text, "{soort} {identificatie} {} {bytes} bytes", receipt.verdict.name()).expect("text");
        write!(text, ", toewijzingen {:?}", receipt.toewijzingen).expect("text");
        for went in &receipt.sent_to {
            write!(text, ", {} to {} by {}", went.berichtsoort, went.partij, went.via).expect("text");
        }
        if let Some(retour) = &receipt.retour {
            write!(text, ", answered by {} {:?}", retour.berichtsoort, retour.retourcodes).expect("text");
        }
        writeln!(text).expect("text");
        for finding in &receipt.findings {
            let position = finding.position.map_or_else(|| "-".to_owned(), |at| format!("{}:{}", at.line, at.column));
            let (level, severity) = (finding.level.name(), finding.severity.name());
            let (rule, code) = (finding.regel.as_deref().unwrap_or("-"), finding.retour_code.as_deref().unwrap_or("-"));
            let klasse = finding.klasse.as_ref().map_or("-", ElementPath::as_str);
            writeln!(text, "  {level} {severity} {rule} {code} {position} {} in {klasse}", finding.path).expect("text");
        }
        for deadline in &receipt.deadlines {
            let subject = deadline.subject.as_deref().unwrap_or("-");
            writeln!(text, "  {} {} {subject} {} {}", deadline.clock, deadline.answer, deadline.due, deadline.state)
                .expect("text");
        }
    }
}

async fn told_postbus(store: &dyn Store, text: &mut String) {
    for partij in [Partij::Gemeente(GEMEENTE.into()), Partij::Aanbieder(AANBIEDER.into())] {
        for item in store.postbus(&partij, None, 200).await.expect("read") {
            writeln!(text, "postbus {}: {} {}", partij.code(), item.berichtsoort, item.identificatie).expect("text");
        }
    }
}

async fn told_deadlines(store: &dyn Store, text: &mut String) {
    let mut lines = Vec::new();
    for one in store.deadlines(&DeadlineQuery::default(), None, 200).await.expect("read") {
        let origin = match &one.origin {
            Origin::Bericht(started) => started.berichtsoort.clone(),
            Origin::Person(opened) => format!("{} {}", opened.kenmerk, opened.asked.gemeente),
            Origin::Gateway(between) => format!("{between:?}"),
        };
        let owner = one.acknowledged.as_ref().map_or("nobody", |taken| taken.owner.as_str());
        let (subject, state) = (one.subject.as_deref().unwrap_or("-"), one.state.name());
        lines.push(format!(
            "deadline {} {} {subject} {} {} {state}, from {origin}, taken on by {owner}",
            one.clock, one.answer, one.responsible, one.due
        ));
    }
    lines.sort();
    text.extend(lines.iter().flat_map(|line| [line.as_str(), "\n"]));
}

async fn told_outbox(store: &dyn Store, text: &mut String) {
    for parcel in store.undelivered(200).await.expect("read") {
        let state = parcel.state.word();
        let why = parcel.last_reason.unwrap_or_default();
        let (functie, ontvanger, attempts) = (&parcel.functie, &parcel.ontvanger, parcel.attempts);
        writeln!(text, "outbox {functie} to {ontvanger} {state} after {attempts}: {why}").expect("text");
    }
}

async fn told_audit(store: &dyn Store, text: &mut String) {
    for one in store.audit(0, 200).await.expect("read") {
        writeln!(text, "audit {} {} {}", one.seq, one.who, one.what).expect("text");
    }
}
