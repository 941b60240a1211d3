//! Two berichten of one client at the same time, on two processes over one database, end as if one came after the other.

use std::sync::Arc;

use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{Carrier, Format, Received};
use iwmo_gateway::store::{Postgres, Sqlite, Store, StoreError};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::maker::{toewijzing, wmo301, wmo305, wmo307};
use crate::stage::Stage;

/// How often two berichten meet.
const ROUNDS: i64 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_starts_on_one_toewijzing_meet_on_postgres() {
    let Some(url) = crate::postgres::fresh_database().await else { return };
    let one = Arc::new(Postgres::connect(&url).await.expect("a database"));
    let two = Arc::new(Postgres::connect(&url).await.expect("the same database"));
    one_of_two(one, two).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_starts_on_one_toewijzing_meet_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let one = Arc::new(Sqlite::open(&path).await.expect("a database"));
    let two = Arc::new(Sqlite::open(&path).await.expect("the same database"));
    one_of_two(one, two).await;
}

#[tokio::test]
async fn a_history_that_never_stands_still_ends_in_an_error_and_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("test.db");
    let stage = Stage::on(Arc::new(Sqlite::open(&path).await.expect("a database")));
    let given = || wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))]);
    let mut conn = SqliteConnection::connect(&path.display().to_string()).await.expect("the same database");
    // From now on every verdict comes too late.
    let always_stale = "CREATE TRIGGER busy BEFORE INSERT ON revision BEGIN SELECT RAISE(IGNORE); END";
    sqlx::query(always_stale).execute(&mut conn).await.expect("a trigger");
    let received = Received::new(given(), Format::Xml, stage.gateway.clock.now(), Carrier::File);
    let outcome = receive(&received, &stage.gateway).await;
    assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
    assert!(stage.store().berichten(None, None, 10).await.expect("read").is_empty());
    sqlx::query("DROP TRIGGER busy").execute(&mut conn).await.expect("no trigger");
    assert_eq!(stage.take(given()).await.verdict, "accepted", "the same bytes, later");
}

async fn one_of_two(one: Arc<dyn Store>, two: Arc<dyn Store>) {
    let (one, two) = (Stage::on(one), Stage::on(two));
    for round in 0..ROUNDS {
        let nummer = 700_000 + round;
        one.take_all(&[wmo301(&format!("T{round}"), "2026-03-02", &[toewijzing(nummer, json!({}))])]).await;
        let start =
            |name: &str, day: &str| wmo305(&format!("{name}{round}"), "2026-03-09", nummer, json!({"Begindatum": day}));
        let (left, right) = tokio::join!(one.take(start("A", "2026-03-04")), two.take(start("B", "2026-03-05")));
        let (accepted, rejected) = if left.verdict == "accepted" { (&left, &right) } else { (&right, &left) };
        assert_eq!((accepted.verdict.as_str(), rejected.verdict.as_str()), ("accepted", "rejected"), "round {round}");
        let rules: Vec<_> = rejected.findings.iter().filter_map(|finding| finding.rule.as_deref()).collect();
        assert_eq!(rules, ["TR326"], "the second one knows of the first");

        // A stop for good and one for a while, at once: whichever is second is judged on the first.
        let begin = if left.verdict == "accepted" { "2026-03-04" } else { "2026-03-05" };
        let stop = |name: &str, reden: &str| {
            let other = json!({"Begindatum": begin, "RedenBeeindiging": reden, "Einddatum": "2026-03-08"});
            wmo307(&format!("{name}{round}"), "2026-03-09", nummer, other)
        };
        let (paused, stopped) = tokio::join!(one.take(stop("P", "20")), two.take(stop("Q", "19")));
        assert_eq!(stopped.verdict, "accepted", "right in either order");
        assert!(matches!(paused.verdict.as_str(), "accepted" | "rejected"));
    }
    let compared = verify(one.store().as_ref(), &one.gateway.schemas).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
}
