//! How fast the relay empties a queue to the mock network, and how long small berichten wait for their answer meanwhile: `serve` as
//! a process of its own on a SQLite database, with every commit synced to disk. The berichten are posted while no network is set;
//! then the gateway starts again, with one.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::exchange::new_referentienummer;
use iwmo_gateway::hub::mock::config::MockConfig;
use iwmo_gateway::hub::mock::{Codec, Mock};
use iwmo_gateway::xml;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, sleep_until};

use super::data::{WMO301, bsns};
use super::mixed::told;
use super::serve::{GEMEENTE, Gateway};

/// How many aanbieders there are: a few envelopes go to each at once.
const AANBIEDERS: u32 = 8;

/// How many berichten are posted at once beforehand, and how many come in a second while the queue empties.
const AT_ONCE: usize = 64;
const RATE: u32 = 200;

/// Prints how many of so many berichten go out in a second, and how long others wait meanwhile.
#[tokio::main]
pub async fn measure(count: u32, program: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let clients = bsns();
    let posted = Instant::now();
    let gateway = Gateway::for_one(program, folder.path(), "");
    let posts = stream::iter(0..count).map(|number| gateway.posting(GEMEENTE, toewijzing(number, &clients)));
    let mut answers = posts.buffer_unordered(AT_ONCE);
    while let Some(answer) = answers.next().await {
        assert!(answer.starts_with("accepted"), "{answer}");
    }
    drop(answers);
    println!("{count} berichten wait: {:.1} s", posted.elapsed().as_secs_f64());
    gateway.stop();

    let (mock, network) = network().await;
    let gateway = Gateway::for_one(program, folder.path(), &network);
    let (drained, waits) = tokio::join!(drain(&mock, count), beside(&gateway, count, &clients));
    let rate = f64::from(count) / drained.as_secs_f64();
    println!("{count} berichten left in {:.1} s: {rate:.0} a second", drained.as_secs_f64());
    println!("{}", told("while they left", waits));
    gateway.stop();
}

/// From the first envelope that the network took to the last of these.
async fn drain(mock: &Mock, count: u32) -> Duration {
    let mut first = None;
    loop {
        let taken = mock.taken();
        let began = *first.get_or_insert_with(Instant::now);
        if taken == 0 {
            first = None;
        } else if taken >= count as usize {
            return began.elapsed();
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Posts others at the rate for ten seconds, and gives how long each waited.
async fn beside(gateway: &Gateway, from: u32, clients: &[String]) -> Vec<Duration> {
    let began = Instant::now();
    let posts = (0..10 * RATE).map(|number| {
        let post = gateway.posting(GEMEENTE, toewijzing(from + number, clients));
        let due = began + Duration::from_secs(1) * number / RATE;
        tokio::spawn(async move {
            sleep_until(due).await;
            let answer = post.await;
            assert!(answer.starts_with("accepted"), "{answer}");
            due.elapsed()
        })
    });
    let waits = join_all(posts.collect::<Vec<_>>()).await;
    waits.into_iter().map(|wait| wait.expect("an answer")).collect()
}

fn toewijzing(number: u32, clients: &[String]) -> String {
    let bsn = &clients[number as usize % clients.len()];
    let aanbieder = format!("4242{:04}", 1000 + number % AANBIEDERS);
    let toewijzing = WMO301.replace("0384", GEMEENTE).replace("41005001", &aanbieder).replace("999940004", bsn);
    toewijzing.replace("TOEW-1", &format!("D{number}")).replace("700101", &(900_000_000 + number).to_string())
}

/// A network whose parties never answer.
async fn network() -> (Mock, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let party = |nr: u32| format!("[[parties]]\ncode = \"4242{:04}\"\nretour = \"never\"\n", 1000 + nr);
    let parties: String = (0..AANBIEDERS).map(party).collect();
    let text = format!("listen = \"\"\ngateway_url = \"http://127.0.0.1:9/\"\n{parties}");
    let config: MockConfig = toml::from_str(&text).expect("settings of a mock");
    let codec = Codec::of(xml::Schemas::compiled_in());
    let now = Arc::new(|| SystemClock.now());
    let mock = Mock::new(config, codec, now, Arc::new(new_referentienummer)).expect("a mock");
    let serving = mock.clone();
    tokio::spawn(async move { serving.serve(listener).await });
    (mock, url)
}
