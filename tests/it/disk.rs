//! A database that cannot be written to for a while: what is posted meanwhile is asked for again, nothing is half kept, and the
//! gateway goes on by itself. On a disk that is really full, a file that may not be written, and a PostgreSQL that only reads.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use iwmo_gateway::exchange::beat::try_store;
use iwmo_gateway::store::{BerichtQuery, BerichtView};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::maker::{toewijzing, wmo301};
use crate::world::{GEMEENTE, World};

/// Something is mounted here; it goes when this does.
struct Mounted(tempfile::TempDir);

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", &self.0.path().display().to_string()]);
    }
}

/// Whether this command may be given here and was carried out.
fn run(command: &str, arguments: &[&str]) -> bool {
    Command::new(command).args(arguments).output().is_ok_and(|done| done.status.success())
}

fn bericht(nr: usize) -> Vec<u8> {
    let nummer = 700_000 + i64::try_from(nr).expect("a number");
    wmo301(
        &format!("T{nr}"),
        "2026-03-02",
        &[toewijzing(nummer, serde_json::json!({"Product": {"Categorie": "11", "Code": "11A01"}}))],
    )
}

/// Posts berichten from this one on until one is not taken in, at most so many; gives its number.
async fn post_until_refused(world: &World, first: usize, most: usize) -> Option<usize> {
    for nr in first..first + most {
        let posted = world.post(GEMEENTE, bericht(nr)).await;
        match posted.status {
            202 => {}
            503 => {
                let after = posted.headers.get("retry-after").expect("when to come again").to_str().expect("text");
                assert!(after.parse::<u32>().is_ok_and(|seconds| seconds > 0), "{after}");
                return Some(nr);
            }
            other => panic!("{other}: {}", posted.text),
        }
    }
    None
}

/// Every WMO301 that is kept, the newest first: Identificatie, outcome, and how it came in.
async fn every_301(world: &World) -> Vec<String> {
    let query = BerichtQuery { berichtsoort: Some("WMO301".to_owned()), ..BerichtQuery::default() };
    let (mut kept, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = world.store().find_berichten(&query, after.as_deref(), 200).await.expect("read");
        let Some(last) = page.last() else { return kept };
        after = Some(last.id.clone());
        let line = |view: BerichtView| {
            let identificatie = view.identificatie.expect("from its header");
            format!("{identificatie} {} {}", view.outcome.name(), view.via.name())
        };
        kept.extend(page.into_iter().map(line));
    }
}

/// Posts this one again until it is taken in, and tells that each bericht up to it is there once.
async fn goes_on(world: &World, nr: usize) {
    for attempt in 0.. {
        let posted = world.post(GEMEENTE, bericht(nr)).await;
        if posted.status == 202 {
            break;
        }
        assert!(posted.status == 503 && attempt < 50, "{}: {}", posted.status, posted.text);
    }
    let expected: Vec<String> = (0..=nr).rev().map(|nr| format!("T{nr} accepted api")).collect();
    assert_eq!(every_301(world).await, expected, "each once, the newest first");
    let found = world.get(GEMEENTE, "/v1/berichten").await;
    assert_eq!(found.status, 200, "{}", found.text);
}

/// What the probe says once the store was tried.
async fn readiness(world: &World) -> u16 {
    try_store(&world.running.gateway, "test").await;
    world.get("", "/health/ready").await.status
}

#[tokio::test]
async fn a_full_disk_is_told_and_once_there_is_room_the_gateway_goes_on_by_itself() {
    let mounted = Mounted(tempfile::tempdir().expect("a folder"));
    let place = mounted.0.path().display().to_string();
    if !run("mount", &["-t", "tmpfs", "-o", "size=6m", "tmpfs", &place]) {
        eprintln!("skipped: no file system may be mounted here");
        return;
    }
    let folder = tempfile::tempdir_in(mounted.0.path()).expect("a folder on it");
    let world = World::in_folder(folder).await;
    let well = post_until_refused(&world, 0, 1).await;
    assert_eq!(well, None, "there is room for one");
    let filler = mounted.0.path().join("filler");
    fill(&filler);
    let refused = post_until_refused(&world, 1, 90).await.expect("the disk is full");
    let again = world.post(GEMEENTE, bericht(refused)).await;
    assert_eq!(again.status, 503, "{}", again.text);
    let probe = world.get("", "/health/ready").await;
    assert!(probe.status == 503 && probe.text.contains("full"), "it says what a post says: {}", probe.text);
    assert_eq!(readiness(&world).await, 503, "and a small row that finds a place makes it no better");
    std::fs::remove_file(&filler).expect("room again");
    assert_eq!(readiness(&world).await, 200, "before anybody posts");
    goes_on(&world, refused).await;
    world.stop().await;
}

/// Takes all the room that is left.
fn fill(path: &Path) {
    let mut file = File::create(path).expect("a file");
    for block in [4096, 1] {
        while file.write_all(&vec![0; block]).is_ok() {}
    }
}

#[tokio::test]
async fn a_database_file_that_may_not_be_written_for_a_while_needs_no_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("test.db").display().to_string();
    let world = World::in_folder(folder).await;
    assert_eq!(post_until_refused(&world, 0, 1).await, None);
    if !run("chattr", &["+i", &file]) {
        eprintln!("skipped: this file system keeps no file from being written");
        world.stop().await;
        return;
    }
    let refused = post_until_refused(&world, 1, 20).await;
    assert!(run("chattr", &["-i", &file]), "the file can be written again");
    goes_on(&world, refused.unwrap_or(21)).await;
    assert_eq!(readiness(&world).await, 200);
    world.stop().await;
}

#[tokio::test]
async fn a_postgresql_that_only_reads_for_a_while_needs_no_restart() {
    let Some(url) = crate::postgres::fresh_database().await else { return };
    let world = World::on_postgres(&url).await;
    assert_eq!(post_until_refused(&world, 0, 1).await, None);
    let mut admin = PgConnection::connect(&url).await.expect("the database");
    let name: String = sqlx::query_scalar("SELECT current_database()").fetch_one(&mut admin).await.expect("a name");
    // What is connected keeps what it was told, so others are sent away as a restart of the server does.
    let leave = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let set = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    sqlx::query(AssertSqlSafe(set)).execute(&mut admin).await.expect("set");
    sqlx::query(leave).execute(&mut admin).await.expect("they left");
    let refused = post_until_refused(&world, 1, 1).await.expect("nothing can be written");
    for _ in 0..3 {
        assert_eq!(post_until_refused(&world, refused, 1).await, Some(refused));
    }
    assert_eq!(readiness(&world).await, 503, "who asks is told that nothing can be taken in");
    sqlx::query("SET default_transaction_read_only = off").execute(&mut admin).await.expect("this one may");
    let reset = format!("ALTER DATABASE {name} RESET default_transaction_read_only");
    sqlx::query(AssertSqlSafe(reset)).execute(&mut admin).await.expect("reset");
    goes_on(&world, refused).await;
    assert_eq!(readiness(&world).await, 200);
    world.stop().await;
}
