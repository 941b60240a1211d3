//! A store of years, as the benches make it: the gateway opens it, finds it whole, and goes on in it.

#[path = "../../benches/cohorts/mod.rs"]
mod cohorts;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::store::{IfOlder, Store};
use iwmo_gateway::xml::Schemas;
use serde_json::json;

use crate::crash::Daemon;
use crate::database::Database;
use crate::maker::{prestatie, wmo307, wmo323_of};
use crate::stage::Stage;
use crate::world::{AANBIEDER, BSN, GEMEENTE};
use cohorts::{Cohort, Made, Plan, Target, fill};

/// A few hundred berichten of three years.
fn few(berichten: u64) -> Plan {
    Plan { berichten, today: today(), days: 3 * 365, patterns: 3 }
}

fn today() -> NaiveDate {
    "2026-06-01".parse().expect("a day")
}

async fn filled(database: &Database, plan: &Plan) -> Made {
    match database {
        Database::Sqlite(folder) => fill(&Target::Sqlite(&folder.path().join("test.db")), plan).await,
        Database::Postgres(url) => fill(&Target::Postgres(url), plan).await,
    }
}

#[tokio::test]
async fn it_is_whole_and_goes_on_on_both_databases() {
    let mut databases = vec![Database::sqlite()];
    databases.extend(Database::postgres().await);
    for database in databases {
        let made = filled(&database, &few(600)).await;
        let store: Arc<dyn Store> = database.open(IfOlder::Refuse).await.expect("a store of this version");
        let compared = verify(store.as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
        assert_eq!(compared.differences, [""; 0]);
        assert_eq!(compared.payloads, made.berichten);
        assert!(made.berichten >= 400, "{made:?}");
        let kept = "SELECT CAST(SUM(count) AS BIGINT) FROM deadline_stand";
        let counted = database.number("SELECT COUNT(*) FROM deadline").await;
        assert_eq!(database.number(kept).await, counted, "what triggers keep");
        go_on(&store, made.cohorts).await;
    }
}

/// A client of the oldest cohort, whose support goes on, is declared for and stops.
async fn go_on(store: &Arc<dyn Store>, cohorts: u64) {
    let cohort = Cohort::of(0, cohorts);
    assert_eq!((cohort.gemeente, cohort.aanbieder.as_str()), (GEMEENTE, AANBIEDER));
    let nummer = i64::try_from(cohort.nummer(700_000_004)).expect("nine digits");
    let bsn = cohort.bsn(3);
    let stage = Stage::on(Arc::clone(store));
    let line = json!({
        "Bsn": bsn,
        "ToewijzingNummer": nummer,
        "ProductPeriode": {"Begindatum": "2026-05-01", "Einddatum": "2026-05-31"},
    });
    let (first, last) = ("2026-05-01", "2026-05-31");
    let declared = stage.take(wmo323_of("NIEUW1", "2026-06-01", (first, last), &[prestatie("N1", line)])).await;
    assert_eq!(declared.verdict, "accepted", "{:?}", declared.findings);
    let begun = today() - chrono::Days::new(3 * 365 - 1);
    let stop = json!({"Begindatum": begun.to_string(), "Einddatum": "2026-05-31"});
    let stop = String::from_utf8(wmo307("NIEUW2", "2026-06-01", nummer, stop)).expect("XML");
    let stopped = stage.take(stop.replace(BSN, bsn).into_bytes()).await;
    assert_eq!(stopped.verdict, "accepted", "{:?}", stopped.findings);
}

/// What an operator looks at; `{}` is the number of the oldest toewijzing.
const LOOKED_AT: &[&str] = &[
    "/berichten",
    "/berichten?berichtsoort=WMO305",
    "/termijnen",
    "/termijnen?stand=te-laat",
    "/toewijzingen",
    "/toewijzingen/0384/{}",
    "/declaraties",
    "/betalingen",
    "/partners",
    "/partners/41005001",
    "/v1/berichten?limit=50",
    "/v1/deadlines?limit=50",
    "/v1/deadlines?state=overdue&limit=50",
    "/v1/outbox?limit=50",
    "/v1/toewijzingen/0384/{}",
];

/// What a page cost: statements, and bytes of the database that were read.
#[derive(Debug)]
struct Cost {
    statements: usize,
    bytes: u64,
}

fn settings(folder: &Path) {
    let text = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\ndashboard_login = false\n[database]\nurl = \"sqlite:{}\"\n\
         [log]\nfilter = \"error,sqlx::query=debug\"\n\
         [[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Gemeente\"\n\
         [[credential]]\nname = \"operator\"\noperator = true\ntoken_sha256 = \"{}\"\n",
        folder.join("test.db").display(),
        sha256_hex(b"operator"),
    );
    std::fs::write(folder.join("config.toml"), text).expect("settings");
}

/// A daemon on a store of so many berichten, and what each page costs there.
async fn costs(berichten: u64) -> Vec<Cost> {
    let folder = tempfile::tempdir().expect("a folder");
    let made = fill(&Target::Sqlite(&folder.path().join("test.db")), &few(berichten)).await;
    let nummer = Cohort::of(0, made.cohorts).nummer(700_000_004).to_string();
    settings(folder.path());
    let daemon = Daemon::start_with(folder.path(), &["--now", "2026-06-01T12:00:00+02:00"]);
    let log = || std::fs::read_to_string(folder.path().join("log")).expect("a log").matches("sqlx::query").count();
    let mut costs = Vec::new();
    for path in LOOKED_AT {
        let url = format!("http://{}{}", daemon.address, path.replace("{}", &nummer));
        let get = || reqwest::Client::new().get(&url).bearer_auth("operator").send();
        let (mut statements, before) = (usize::MAX, daemon.read_bytes());
        let mut bytes = 0;
        for round in 0..3 {
            let asked = log();
            let answer = get().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{path}: {}", answer.text().await.expect("a text"));
            answer.bytes().await.expect("a page");
            // The least: what the daemon does by itself is not of this page.
            statements = statements.min(log() - asked);
            if round == 0 {
                bytes = daemon.read_bytes() - before;
            }
        }
        costs.push(Cost { statements, bytes });
    }
    daemon.kill();
    costs
}

#[tokio::test]
async fn a_page_costs_what_it_shows_in_a_store_ten_times_as_large() {
    let (small, large) = (costs(600).await, costs(6_000).await);
    let told: Vec<String> = LOOKED_AT
        .iter()
        .zip(small.iter().zip(&large))
        .map(|(path, (small, large))| format!("{path}: {small:?} {large:?}"))
        .collect();
    let told = told.join("\n");
    for (small, large) in small.iter().zip(&large) {
        assert_eq!(small.statements, large.statements, "{told}");
    }
    // Together: which page finds what another one read depends on the connection that it is lent.
    let bytes = |costs: &[Cost]| costs.iter().map(|cost| cost.bytes).sum::<u64>();
    assert!(bytes(&large) < 2 * bytes(&small) + 2_097_152, "{told}");
}
