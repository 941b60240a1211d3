//! What a store of years costs, next to a small one in the same run: both as `cargo bench --bench store` makes them.
//!
//! ```text
//! cargo bench --bench aged -- pages SMALL LARGE [PROGRAM]    pages, lists, readiness and searches of `serve`: time, bytes read
//! cargo bench --bench aged -- intake SMALL LARGE [PROGRAM]   WMO301 of new clients, in turns: berichten and CPU a second
//! cargo bench --bench aged -- judging SMALL LARGE            a 305, a 317 and a line of a 323, in turns, without recording
//! cargo bench --bench aged -- ready FILE [PROGRAM]           from exec to ready, and memory then
//! cargo bench --bench aged -- sizes FILE                     bytes for each bericht, by tree
//! ```
//!
//! SMALL and LARGE are files of SQLite, and `intake` adds to them. Medians of [`ROUNDS`].
#![expect(clippy::disallowed_methods, reason = "a bench takes the time")]

#[allow(dead_code, reason = "what fills a store is of the other program")]
mod cohorts;
#[path = "../tests/it/maker.rs"]
#[allow(dead_code, reason = "a bench makes other berichten than the tests do")]
mod maker;
mod world;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cohorts::Cohort;
use cohorts::chain::bsn;
use futures_util::{StreamExt as _, stream};
use iwmo_gateway::config::codelijsten::Codelijsten;
use iwmo_gateway::domain::afspraken::Afspraken;
use iwmo_gateway::domain::judge;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::store::{Sqlite, Store};
use iwmo_gateway::xml;
use reqwest::Client;
use serde_json::json;
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tempfile::TempDir;

use maker::{prestatie, toewijzing, wmo301, wmo305, wmo317, wmo323_of};
use world::{AANBIEDER, BSN, GEMEENTE};

/// How many times each is done, in turns.
const ROUNDS: usize = 9;
/// How many berichten are under way at once at intake, and how many are posted in a round.
const AT_ONCE: usize = 64;
const POSTED: u64 = 2_000;
/// The moment at which both stores stand.
const NOW: &str = "2036-06-02T20:00:00+02:00";

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ours = env!("CARGO_BIN_EXE_iwmo-gateway");
    match words[..] {
        ["pages", small, large] => pages(small, large, ours).await,
        ["pages", small, large, program] => pages(small, large, program).await,
        ["intake", small, large] => intake(small, large, ours).await,
        ["intake", small, large, program] => intake(small, large, program).await,
        ["judging", small, large] => judging(small, large).await,
        ["ready", file] => ready(file, ours).await,
        ["ready", file, program] => ready(file, program).await,
        ["sizes", file] => sizes(file).await,
        // `cargo bench` runs all of them.
        _ => eprintln!("aged: pages, intake, judging, ready or sizes; see its head"),
    }
}

/// `serve` on a store, as a process of its own; both parties of the first cohort are local.
struct Serve {
    process: Child,
    url: String,
    client: Client,
    _folder: TempDir,
}

impl Serve {
    fn on(file: &str, program: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let credential = |name: &str, rights: &str| {
            let hash = sha256_hex(name.as_bytes());
            format!("[[credential]]\nname = \"{name}\"\n{rights}\ntoken_sha256 = \"{hash}\"\n")
        };
        let partij = |code: &str| {
            let own = format!("[[partij]]\ncode = \"{code}\"\nnaam = \"Partij {code}\"\n");
            own + &credential(code, &format!("partij = \"{code}\""))
        };
        let settings = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\ndashboard_login = false\n[database]\nurl = \"sqlite:{file}\"\n[log]\nfilter = \"error\"\n{}{}{}",
            partij(GEMEENTE),
            partij(AANBIEDER),
            credential("operator", "operator = true")
        );
        fs::write(folder.path().join("config.toml"), settings).expect("settings");
        let mut process = Command::new(program)
            .args(["serve", "--now", NOW, "--config"])
            .arg(folder.path().join("config.toml"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout")).read_line(&mut line).expect("its address");
        let url = line.trim().trim_end_matches('/').to_owned();
        let client = Client::builder().redirect(reqwest::redirect::Policy::limited(3)).build().expect("a client");
        Self { process, url, client, _folder: folder }
    }

    /// A line of what Linux tells of the process.
    fn told(&self, file: &str, key: &str) -> u64 {
        let told = fs::read_to_string(format!("/proc/{}/{file}", self.process.id())).expect("Linux");
        let line = told.lines().find_map(|line| line.strip_prefix(key)).expect("the key is there");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Seconds of a core that it used.
    fn cpu(&self) -> f64 {
        let told = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).expect("Linux");
        let fields: Vec<&str> = told.rsplit(')').next().expect("fields").split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<f64>().expect("ticks");
        (ticks(11) + ticks(12)) / 100.0
    }

    async fn get(&self, path: &str) {
        let answer = self.client.get(format!("{}{path}", self.url)).bearer_auth("operator").send().await;
        let answer = answer.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a page");
    }

    async fn find(&self, wanted: &serde_json::Value) {
        let request = self.client.post(format!("{}/v1/berichten/zoek", self.url)).bearer_auth("operator");
        let answer = request.header("content-type", "application/json").body(wanted.to_string()).send().await;
        let answer = answer.expect("an answer");
        let text = answer.text().await.expect("a page");
        assert!(text.contains("\"id\""), "{wanted}: {text}");
    }

    async fn post(&self, bericht: Vec<u8>) {
        let request = self.client.post(format!("{}/v1/berichten", self.url)).bearer_auth(GEMEENTE);
        let answer = request.header("content-type", "application/xml").body(bericht).send().await.expect("an answer");
        let (status, text) = (answer.status(), answer.text().await.expect("a receipt"));
        assert!(text.contains("\"verdict\":\"accepted\""), "{status}: {text}");
    }

    fn stop(mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM");
        self.process.wait().expect("its end");
    }
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn milliseconds(taken: Duration) -> f64 {
    taken.as_secs_f64() * 1e3
}

/// What people and programs look at, `{}` being the number of a toewijzing.
const PAGES: &[&str] = &[
    "/health/ready",
    "/",
    "/wachtlijst",
    "/berichten",
    "/termijnen",
    "/termijnen?stand=te-laat",
    "/toewijzingen/0384/{}",
    "/declaraties",
    "/betalingen",
    "/partners",
    "/partners/41005001",
    "/v1/berichten?limit=50",
    "/v1/deadlines?limit=50",
    "/v1/deadlines?state=overdue&limit=50",
    "/v1/toewijzingen/wachtend?limit=50",
    "/v1/toewijzingen/afgewezen?limit=50",
    "/v1/vorderingen?limit=50",
    "/v1/outbox?limit=50",
    "/v1/toewijzingen/0384/{}",
    "/metrics",
];

async fn pages(small: &str, large: &str, program: &str) {
    let cohort = Cohort::of(0, u64::MAX / 8);
    let nummer = cohort.nummer(700_000_004).to_string();
    let stores = [Serve::on(small, program), Serve::on(large, program)];
    println!("page: median and slowest in ms, kB read the first time; small · large");
    for path in PAGES {
        let path = path.replace("{}", &nummer);
        let mut told = Vec::new();
        for store in &stores {
            let before = store.told("io", "rchar:");
            store.get(&path).await;
            let read = store.told("io", "rchar:") - before;
            told.push((Vec::new(), read / 1024));
        }
        for _ in 0..ROUNDS {
            for (store, (times, _)) in stores.iter().zip(&mut told) {
                let begun = Instant::now();
                store.get(&path).await;
                times.push(milliseconds(begun.elapsed()));
            }
        }
        let line = told.into_iter().map(|(times, read)| {
            let slowest = times.iter().copied().fold(0.0, f64::max);
            format!("{:8.1} {slowest:8.1} {read:8}", median(times))
        });
        println!("{path:45} {}", line.collect::<Vec<_>>().join(" · "));
    }
    for wanted in [
        json!({"identificatie": format!("B000{}", cohort.mark())}),
        json!({"toewijzing_nummer": cohort.nummer(700_000_004)}),
        json!({"bsn": cohort.bsn(3)}),
    ] {
        let mut told: Vec<Vec<f64>> = vec![Vec::new(); 2];
        for _ in 0..ROUNDS {
            for (store, times) in stores.iter().zip(&mut told) {
                let begun = Instant::now();
                store.find(&wanted).await;
                times.push(milliseconds(begun.elapsed()));
            }
        }
        let line: Vec<String> = told.into_iter().map(|times| format!("{:8.1}", median(times))).collect();
        let by = wanted.as_object().expect("an object").keys().next().cloned().unwrap_or_default();
        println!("{:45} {}", format!("search by {by}"), line.join(" · "));
    }
    stores.into_iter().for_each(Serve::stop);
}

/// A 301 of a client whom nobody knows yet.
fn new_client(nr: u64, product: u64) -> Vec<u8> {
    let nummer = i64::try_from(800_000_000 + nr).expect("nine digits");
    let xml =
        wmo301(&format!("N{nr:09}"), "2036-06-02", &[toewijzing(nummer, json!({"Toewijzingsdatum": "2036-06-02"}))]);
    String::from_utf8(xml).expect("XML").replace(BSN, &bsn(300_000 + product)).into_bytes()
}

/// What a bericht cost in a round: how many came in a second, microseconds of a core, and kB written.
struct Cost {
    rate: f64,
    cpu: f64,
    written: f64,
}

impl Cost {
    async fn of(store: &Serve, berichten: impl Iterator<Item = Vec<u8>>) -> Self {
        let (cpu, written, begun) = (store.cpu(), store.told("io", "wchar:"), Instant::now());
        let posts = stream::iter(berichten.map(|bericht| store.post(bericht)));
        let posted: f64 = posts.buffer_unordered(AT_ONCE).map(|()| 1.0).collect::<Vec<_>>().await.iter().sum();
        let rate = posted / begun.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        let written = (store.told("io", "wchar:") - written) as f64 / 1024.0 / posted;
        Self { rate, cpu: (store.cpu() - cpu) / posted * 1e6, written }
    }
}

async fn intake(small: &str, large: &str, program: &str) {
    let stores = [Serve::on(small, program), Serve::on(large, program)];
    let mut rounds = Vec::new();
    // So that a second run brings other berichten.
    let first = u64::from(std::process::id()) * 100_000 % 90_000_000;
    for round in 0..u64::try_from(ROUNDS).expect("few") {
        let berichten = || (0..POSTED).map(|nr| new_client(first + round * POSTED + nr, round * POSTED + nr));
        let (small, large) = (Cost::of(&stores[0], berichten()).await, Cost::of(&stores[1], berichten()).await);
        println!(
            "{:.0} and {:.0} a second, {:.0} and {:.0} microseconds of a core, {:.1} and {:.1} kB written each",
            small.rate, large.rate, small.cpu, large.cpu, small.written, large.written
        );
        rounds.push((small, large));
    }
    let ratio = |of: fn(&Cost) -> f64| median(rounds.iter().map(|(small, large)| of(large) / of(small)).collect());
    println!(
        "large / small: rate {:.2}, CPU {:.2}, written {:.2}",
        ratio(|cost| cost.rate),
        ratio(|cost| cost.cpu),
        ratio(|cost| cost.written)
    );
    stores.into_iter().for_each(Serve::stop);
}

/// Berichten about an old toewijzing of a cohort that goes on.
fn asked(cohort: &Cohort) -> [(&'static str, Vec<u8>); 3] {
    let nummer = i64::try_from(cohort.nummer(700_000_004)).expect("nine digits");
    let day = "2036-06-02";
    let verzoek = json!({
        "ReferentieAanbieder": "JUDGED",
        "RedenVerzoek": "1",
        "TeWijzigenProducten": {"TeWijzigenProduct": [{
            "ToewijzingNummer": nummer,
            "GewensteIngangsdatum": "2036-07-01",
            "Einddatum": "2036-12-31",
            "Omvang": {"Volume": 5, "Eenheid": "04", "Frequentie": "2"},
        }]},
    });
    let period = json!({"Begindatum": "2036-05-01", "Einddatum": "2036-05-31"});
    let line = json!({"Bsn": cohort.bsn(3), "ToewijzingNummer": nummer, "ProductPeriode": period});
    let own = |xml: Vec<u8>| {
        let xml = String::from_utf8(xml).expect("XML").replace(BSN, cohort.bsn(3));
        xml.replace(GEMEENTE, cohort.gemeente).replace(AANBIEDER, &cohort.aanbieder).into_bytes()
    };
    [
        ("305", own(wmo305("J1", day, nummer, json!({"Begindatum": day})))),
        ("317", own(wmo317("J2", day, &verzoek))),
        ("323", own(wmo323_of("J3", day, ("2036-05-01", "2036-05-31"), &[prestatie("J3", line)]))),
    ]
}

async fn judging(small: &str, large: &str) {
    let lists = Codelijsten::built_in();
    let mut stores: Vec<(Arc<dyn Store>, u64)> = Vec::new();
    for file in [small, large] {
        let mut conn = SqliteConnection::connect(&format!("sqlite://{file}")).await.expect("the database");
        let highest: i64 =
            sqlx::query_scalar("SELECT MAX(toewijzing_nummer) FROM toewijzing WHERE toewijzing_nummer < 700000000")
                .fetch_one(&mut conn)
                .await
                .expect("a number");
        let cohorts = (highest.unsigned_abs() - 100_000_000) / 8 + 1;
        stores.push((Arc::new(Sqlite::open(Path::new(file)).await.expect("a database")), cohorts));
    }
    let today = "2036-06-02".parse().expect("a day");
    let outside = Outside { today, gemeenten: &lists.gemeenten, contract: None };
    let mut times: Vec<Vec<(f64, f64)>> = vec![Vec::new(); 3];
    for round in 0..501_u64 {
        let mut of_round = [[0.0; 2]; 3];
        for (at, (store, cohorts)) in stores.iter().enumerate() {
            // Another one each time, all over the years.
            let cohort = Cohort::of(round * 7_919 % cohorts, *cohorts);
            for (kind, (_, bytes)) in asked(&cohort).into_iter().enumerate() {
                let bericht = xml::read(&bytes).expect("valid");
                let begun = Instant::now();
                let history = store.history(&bericht).await.expect("read");
                std::hint::black_box(judge(&bericht, &history, &outside, &Afspraken::None));
                of_round[kind][at] = begun.elapsed().as_secs_f64() * 1e6;
            }
        }
        for (kind, [small, large]) in of_round.into_iter().enumerate() {
            times[kind].push((small, large));
        }
    }
    for (name, times) in ["305", "317", "line of a 323"].iter().zip(times) {
        let of = |of: fn(&(f64, f64)) -> f64| median(times.iter().map(of).collect());
        println!(
            "judging a {name}: {:.0} and {:.0} microseconds, large / small {:.2}",
            of(|one| one.0),
            of(|one| one.1),
            of(|one| one.1 / one.0)
        );
    }
}

async fn ready(file: &str, program: &str) {
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let serve = Serve::on(file, program);
        serve.get("/health/ready").await;
        times.push(milliseconds(begun.elapsed()));
        #[expect(clippy::cast_precision_loss, reason = "megabytes")]
        memory.push(serve.told("status", "VmRSS:") as f64 / 1024.0);
        serve.stop();
    }
    println!("from exec to ready {:.0} ms, memory then {:.0} MB", median(times), median(memory));
}

/// Of every tree how many bytes it takes for each bericht.
async fn sizes(file: &str) {
    let mut conn = SqliteConnection::connect(&format!("sqlite://{file}")).await.expect("the database");
    let berichten: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM bericht").fetch_one(&mut conn).await.expect("a number");
    let bytes: i64 = sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        .fetch_one(&mut conn)
        .await
        .expect("a number");
    println!("{berichten} berichten, {} bytes for each", bytes / berichten);
    let trees = sqlx::query("SELECT name, SUM(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC");
    match trees.fetch_all(&mut conn).await {
        Ok(trees) => {
            for tree in trees {
                println!("{:8} {}", tree.get::<i64, _>("bytes") / berichten, tree.get::<String, _>("name"));
            }
        }
        Err(_) => {
            println!("this SQLite has no dbstat: `sqlite3 FILE \"SELECT name, SUM(pgsize) FROM dbstat GROUP BY 1\"`");
        }
    }
}
