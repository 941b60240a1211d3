//! What only SQLite has: a file, a log, and one writer that commits in groups.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use iwmo_gateway::store::{BerichtStore, Entry, EnvelopeSeen, HealthStore, IntakeStore, Sqlite, StoreError};

use sqlx::{Connection, SqliteConnection};

use super::data::{entry_305, entry_at, parcel};

/// Copies database and log as they are at this moment, as a killed process leaves them.
async fn opened_after_a_kill(database: &Path, to: &Path) -> Sqlite {
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", database.display());
        std::fs::copy(from, format!("{}{suffix}", to.display())).expect("copied");
    }
    Sqlite::open(to).await.expect("opens after a kill")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("live.db");
    let store = Sqlite::open(&path).await.expect("a new database");
    for round in 0..20 {
        let id = format!("b{round}");
        store.record(&Entry { parcels: vec![parcel(&id, &id)], ..entry_305(&id) }).await.expect("recorded");
        let copy = opened_after_a_kill(&path, &folder.path().join(format!("copy-{round}.db"))).await;
        assert_eq!(copy.payload(&id, None).await.expect("read"), Some(entry_305(&id).bericht.bytes.to_vec()), "{id}");
        assert_eq!(copy.overview().await.expect("read").waiting, round + 1);
        copy.close().await;
    }
}

/// Records berichten `b0`, `b1`, … all at once, and says what became of each. Whatever that was: it was
/// acknowledged and is there, or neither.
async fn record_at_once(store: &Arc<Sqlite>, entries: Vec<Entry>) -> Vec<Result<(), StoreError>> {
    let run = |entry| {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.record(&entry).await })
    };
    let runs: Vec<_> = entries.into_iter().map(run).collect();
    let mut outcomes = Vec::new();
    for (number, run) in runs.into_iter().enumerate() {
        let done = run.await.expect("no panic");
        let there = store.bericht(&format!("b{number}"), None).await.expect("read").is_some();
        assert_eq!(there, done.is_ok(), "b{number}: {done:?}");
        outcomes.push(done);
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failing_command_takes_no_other_down() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Arc::new(Sqlite::open(&folder.path().join("test.db")).await.expect("a new database"));
    let seen = EnvelopeSeen {
        zender: "z".to_owned(),
        referentienummer: "n".to_owned(),
        content_sha256: "c".to_owned(),
        answer: Vec::new(),
    };
    store.record(&Entry { envelope: Some(seen.clone()), ..entry_at("first", 0) }).await.expect("recorded");
    let entry = |number: usize| match number % 3 {
        0 => entry_at(&format!("b{number}"), 0), // stale: fails at its first statement
        1 => Entry { envelope: Some(seen.clone()), ..entry_305(&format!("b{number}")) }, // fails at its last
        _ => entry_305(&format!("b{number}")),
    };
    let outcomes = record_at_once(&store, (0..200).map(entry).collect()).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        match number % 3 {
            0 => assert!(matches!(outcome, Err(StoreError::Stale)), "b{number}: {outcome:?}"),
            1 => assert!(matches!(outcome, Err(StoreError::Database(_))), "b{number}: {outcome:?}"),
            _ => outcome.expect("recorded"),
        }
    }
}

/// A row that refers to nothing is noticed at the COMMIT, when all commands of the group have run.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_that_fails_is_told_to_all() {
    const POISON: &str = "
        CREATE TABLE noticed_late (refers_to TEXT REFERENCES bericht (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER poison AFTER INSERT ON bericht WHEN NEW.id = 'b50'
        BEGIN INSERT INTO noticed_late VALUES ('nobody'); END";
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    let store = Arc::new(Sqlite::open(&path).await.expect("a new database"));
    let mut raw = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.expect("the database");
    sqlx::raw_sql(POISON).execute(&mut raw).await.expect("poisoned");
    let outcomes = record_at_once(&store, (0..100).map(|number| entry_305(&format!("b{number}"))).collect()).await;
    assert!(matches!(outcomes[50], Err(StoreError::Database(_))), "{:?}", outcomes[50]);
    store.record(&entry_305("afterwards")).await.expect("the writer goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn close_finishes_what_was_begun() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    let store = Arc::new(Sqlite::open(&path).await.expect("a new database"));
    let runs: Vec<_> = (0..50)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.record(&entry_305(&format!("b{number}"))).await })
        })
        .collect();
    store.close().await;
    let again = Sqlite::open(&path).await.expect("opens again");
    for (number, run) in runs.into_iter().enumerate() {
        let done = run.await.expect("no panic");
        assert!(matches!(done, Ok(()) | Err(StoreError::Closed)), "{done:?}");
        let there = again.bericht(&format!("b{number}"), None).await.expect("read").is_some();
        assert_eq!(there, done.is_ok(), "b{number}: acknowledged and there, or neither");
    }
}

#[tokio::test]
async fn the_log_is_empty_after_close_and_the_files_are_for_the_owner_only() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("test.db");
    let store = Sqlite::open(&path).await.expect("a new database");
    store.record(&entry_305("b1")).await.expect("recorded");
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        let mode = std::fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    store.close().await;
    let log = std::fs::metadata(format!("{}-wal", path.display())).map_or(0, |log| log.len());
    assert_eq!(log, 0, "all of the log is in the database");
    let again = Sqlite::open(&path).await.expect("opens again");
    assert!(again.bericht("b1", None).await.expect("read").is_some());
}

#[tokio::test]
async fn in_memory_is_a_store_like_the_other() {
    let store = Sqlite::in_memory().await.expect("a new database");
    store.record(&entry_at("b1", 0)).await.expect("recorded");
    assert!(matches!(store.record(&entry_at("b2", 0)).await, Err(StoreError::Stale)));
    assert_eq!(store.overview().await.expect("read").accepted, 1);
    assert_eq!(Sqlite::in_memory().await.expect("another").overview().await.expect("read").accepted, 0);
    store.close().await;
    assert!(matches!(store.overview().await, Err(StoreError::Closed)));
}
