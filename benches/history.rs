//! What judging a start (305) costs in a store with many toewijzingen, next to one with few.
//!
//! ```text
//! cargo bench --bench history            100 and 100,000 toewijzingen with their starts and stops
//! cargo bench --bench history -- 10000   another number
//! ```
//!
//! On SQLite in a file, and on PostgreSQL where that is installed (or `TEST_DATABASE_URL` says where it is). Both stores are filled
//! by the gateway itself. Judging is reading the history and running the rules; batches on the one and on the other alternate, and
//! the median of their ratios is printed.
#![expect(clippy::disallowed_methods, reason = "a bench takes the time")]

#[path = "../tests/it/postgres.rs"]
mod postgres;

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream;
use iwmo_gateway::app;
use iwmo_gateway::clock::{Clock, SetClock};
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::afspraken::Afspraken;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::domain::{Bericht, judge};
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{Carrier, Format, Gateway, LocalParties, Received, Reply};
use iwmo_gateway::store::{Outcome, Postgres, Sqlite, Store};
use iwmo_gateway::xml::{self, Schemas};
use sqlx::{Connection as _, PgConnection};

const FEW: usize = 100;
const MANY: usize = 100_000;
const ROUNDS: usize = 601;
/// Starts that are judged in a batch.
const BATCH: usize = 10;
/// Berichten that are taken in at once while a store is filled.
const AT_ONCE: usize = 64;

/// What each client is assigned; all but the last are started, every other one of these is stopped for a while.
const PRODUCTS: [(&str, &str); 8] = [
    ("01", "01A03"),
    ("02", "02A05"),
    ("03", "03A01"),
    ("04", "04A01"),
    ("05", "05A01"),
    ("06", "06A01"),
    ("07", "07A12"),
    ("08", "08A01"),
];

const WMO301: &str = include_str!("../fixtures/verhaal/wmo301.xml");
const WMO305: &str = include_str!("../fixtures/verhaal/wmo305.xml");
const WMO307: &str = include_str!("../fixtures/regels/TR413/eerder-3.xml");

#[tokio::main]
async fn main() {
    let many = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(MANY);
    let folder = tempfile::tempdir().expect("a folder");
    let file = async |name: &str| Arc::new(Sqlite::open(&folder.path().join(name)).await.expect("a database"));
    let (few, large): (Arc<dyn Store>, Arc<dyn Store>) = (file("few.db").await, file("many.db").await);
    let (few, large) = (Filled::with(few, FEW).await, Filled::with(large, many).await);
    compare("SQLite", &few, &large).await;
    if let (Some(few), Some(large)) = (on_postgres(FEW).await, on_postgres(many).await) {
        compare("PostgreSQL", &few, &large).await;
    }
}

/// A filled PostgreSQL that knows how much it holds, as its autovacuum sees to within minutes.
async fn on_postgres(toewijzingen: usize) -> Option<Filled> {
    let url = postgres::fresh_database().await?;
    let store = Arc::new(Postgres::connect(&url).await.expect("a database"));
    let filled = Filled::with(store, toewijzingen).await;
    let mut conn = PgConnection::connect(&url).await.expect("the same database");
    sqlx::query("VACUUM ANALYZE").execute(&mut conn).await.expect("statistics");
    Some(filled)
}

async fn compare(name: &str, few: &Filled, large: &Filled) {
    let mut seed = 1;
    let mut rounds: Vec<(f64, f64)> = Vec::new();
    // The first ones only warm up.
    for round in 0..ROUNDS + 10 {
        let (on_few, on_many) = if round % 2 == 0 {
            let on_few = few.judge_batch(&mut seed).await;
            (on_few, large.judge_batch(&mut seed).await)
        } else {
            let on_many = large.judge_batch(&mut seed).await;
            (few.judge_batch(&mut seed).await, on_many)
        };
        if round >= 10 {
            rounds.push((on_few.as_secs_f64(), on_many.as_secs_f64()));
        }
    }
    let median = |of: fn(&(f64, f64)) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let each = 1e6 / f64::from(u32::try_from(BATCH).expect("a few"));
    println!(
        "{name}: judging a start among {} toewijzingen costs {:.2} of what it costs among {FEW} ({:.0} and {:.0} microseconds; {ROUNDS} rounds)",
        large.clients * PRODUCTS.len(),
        median(|(few, many)| many / few),
        median(|(_, many)| *many) * each,
        median(|(few, _)| *few) * each,
    );
}

/// A store with so many toewijzingen, and their starts and stops.
struct Filled {
    gateway: Gateway,
    clients: usize,
}

impl Filled {
    async fn with(store: Arc<dyn Store>, toewijzingen: usize) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SetClock::at("2026-06-01T09:00:00Z".parse().expect("an instant")));
        let gateway = app::gateway(Config::parse("").expect("settings"), Schemas::compiled_in(), store, clock);
        let gateway = Gateway { parties: LocalParties::replayed(), ..gateway };
        let filled = Self { gateway, clients: toewijzingen.div_ceil(PRODUCTS.len()) };
        let begun = Instant::now();
        for make in [given as fn(usize) -> String, started, paused] {
            let taken = stream::iter(0..filled.clients).map(|client| filled.take(make(client)));
            taken.buffer_unordered(AT_ONCE).collect::<()>().await;
        }
        eprintln!("{toewijzingen} toewijzingen in {:.0} s", begun.elapsed().as_secs_f64());
        filled
    }

    async fn take(&self, xml: String) {
        let received = Received::new(xml.into_bytes(), Format::Xml, self.gateway.clock.now(), Carrier::File);
        match receive(&received, &self.gateway).await.expect("a store") {
            Reply::Recorded(receipt) if receipt.verdict == Outcome::Accepted => {}
            Reply::Recorded(receipt) | Reply::Repeated(receipt) | Reply::Refused(_, receipt) => {
                panic!("{:?}", receipt.findings)
            }
        }
    }

    /// How long it takes to judge starts of so many clients, picked at random.
    async fn judge_batch(&self, seed: &mut usize) -> Duration {
        let mut next = || {
            *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) % self.clients
        };
        let starts: Vec<Bericht> =
            (0..BATCH).map(|_| xml::read(last_start(next()).as_bytes()).expect("valid")).collect();
        let outside = Outside { today: self.gateway.clock.today(), gemeenten: &self.gateway.gemeenten, contract: None };
        let begun = Instant::now();
        for start in &starts {
            let history = self.gateway.store.history(start).await.expect("a store");
            let verdict = judge(start, &history, &outside, &Afspraken::None);
            assert!(!verdict.is_rejected(), "{:?}", verdict.findings);
        }
        begun.elapsed()
    }
}

/// The 301 of a client.
fn given(client: usize) -> String {
    bericht(WMO301, "ToegewezenProduct", ("TOEW-1", 'T'), client, 0..PRODUCTS.len())
}

/// The 305 with all starts but the last.
fn started(client: usize) -> String {
    bericht(WMO305, "StartProduct", ("START-1", 'S'), client, 0..PRODUCTS.len() - 1)
}

/// The 307 that stops every other one.
fn paused(client: usize) -> String {
    bericht(WMO307, "StopProduct", ("P0001", 'P'), client, (0..PRODUCTS.len() - 1).step_by(2))
}

/// The start that is still to come.
fn last_start(client: usize) -> String {
    bericht(WMO305, "StartProduct", ("START-1", 'L'), client, PRODUCTS.len() - 1..PRODUCTS.len())
}

/// A bericht like this one about a client of their own, with the product repeated.
fn bericht(
    text: &str,
    klasse: &str,
    (name, letter): (&str, char),
    client: usize,
    products: impl Iterator<Item = usize>,
) -> String {
    let (open, close) = (format!("<b:{klasse}>"), format!("</b:{klasse}>"));
    let (head, rest) = text.split_once(&open).expect("a product");
    let (product, tail) = rest.split_once(&close).expect("its end");
    let mut all = head.replace(name, &format!("{letter}{client}")).replace("999940004", &bsn(client));
    for number in products {
        let (categorie, code) = PRODUCTS[number];
        let nummer = client * PRODUCTS.len() + number;
        let own = product.replace("700101", &nummer.to_string());
        let own = own.replace("Categorie>01<", &format!("Categorie>{categorie}<")).replace("01A03", code);
        write!(all, "{open}{own}{close}").expect("text");
    }
    all + tail
}

/// Nine digits that satisfy the elfproef, another one for each client.
fn bsn(client: usize) -> String {
    let eight = 10_000_000 + client;
    let digit = |place: u32| eight / 10_usize.pow(place) % 10;
    let sum: usize = (0..8).map(|place| (place as usize + 2) * digit(place)).sum();
    match sum % 11 {
        // No digit makes it right: the next number over a million further on does, or the one after that.
        10 => bsn(client + 1_000_000),
        last => format!("{eight}{last}"),
    }
}
