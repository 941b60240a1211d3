//! Traffic in both directions, over the GGK and VECOZO, with everything going wrong and gateways that are killed, judged by what the
//! mock network wrote down. What is only assumed of the network (who is in front, which codes, how VECOZO takes a payload) is drawn too.
//!
//! Each run follows from its seed. `IWMO_CHAOS_RUNS=2000` makes more of them, `IWMO_CHAOS_SEED=17` begins at another one; what
//! fails names its seed.

mod judge;
mod play;
pub mod side;

use futures_util::StreamExt as _;
use futures_util::stream;

use crate::database::Database;
use play::Run;

/// How many runs there are when nothing is said, over all databases.
const RUNS: u64 = 200;

/// How many go on at once, as each waits for disks and sockets.
const AT_ONCE: usize = 3;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |value| value.parse().unwrap_or_else(|_| panic!("{name}: {value}")))
}

/// So many of a hundred of all runs.
async fn runs(percent: u64, first: u64, gateways: usize, on_postgres: bool) {
    let count = number("IWMO_CHAOS_RUNS", RUNS) * percent / 100;
    let first = number("IWMO_CHAOS_SEED", first);
    if on_postgres && crate::postgres::fresh_database().await.is_none() {
        return;
    }
    let running = stream::iter(first..first + count).map(|seed| async move {
        let database = if on_postgres { Database::postgres().await.expect("it is there") } else { Database::sqlite() };
        let mut run = Run::start(seed, database, gateways).await;
        run.play().await;
        judge::judge(&run).await;
        run.end().await;
    });
    running.buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_misread_on_sqlite() {
    runs(60, 1, 1, false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_misread_on_postgres() {
    runs(25, 100_001, 1, true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_misread_by_two_gateways_over_one_postgres() {
    runs(15, 200_001, 2, true).await;
}
