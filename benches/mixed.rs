//! How long small berichten wait for their answer while a large declaratie comes in every few seconds: `serve` as a process of
//! its own on a SQLite database, asked at fixed moments whatever it is doing. A wait counts from the moment at which the
//! bericht was to be sent, so what queues up before a stalled gateway counts in full.

use std::collections::HashSet;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep_until};

use super::data::{WMO301, bsns, large};
use super::serve::{AANBIEDER, GEMEENTE, Gateway, load, toewijzingen};

/// How many small berichten come in a second.
const RATE: u32 = 1_000;

/// How long after one large declaratie the next comes.
const EVERY: Duration = Duration::from_secs(5);

/// The months that are declared, each with its last day.
const MONTHS: [(u32, u32); 8] = [(3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31)];

/// Prints how long small berichten wait beside declaraties of so many bytes, and beside none.
#[tokio::main]
pub async fn measure(bytes: usize, program: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let declaratie = large(bytes);
    let gateway = Gateway::start(program, folder.path());
    load(&gateway, toewijzingen(&declaratie)).await;

    let declared: HashSet<&str> = declaratie.split("<wmo323:Bsn>").skip(1).map(|client| &client[..9]).collect();
    let clients: Vec<String> = bsns().into_iter().filter(|bsn| !declared.contains(bsn.as_str())).collect();
    let small = |from: u32, count: u32| (from..from + count).map(|number| small(number, &clients)).collect::<Vec<_>>();
    let per_round = RATE * u32::try_from(EVERY.as_secs()).expect("seconds");
    let alone = send(&gateway, small(0, 2 * per_round)).await;
    println!("{}", told("beside nothing", alone));

    let months = u32::try_from(MONTHS.len()).expect("few");
    let declaraties = MONTHS.map(|month| of_month(&declaratie, month));
    let began = Instant::now();
    let posts = declaraties.into_iter().zip(0..).map(|(declaratie, round)| {
        let gateway = &gateway;
        async move {
            sleep_until(began + EVERY * round).await;
            let posted = Instant::now();
            let answer = gateway.post(AANBIEDER, declaratie).await;
            println!("declaratie {}: {answer}, {:.1} s", round + 1, posted.elapsed().as_secs_f64());
        }
    });
    let (beside, _) = tokio::join!(send(&gateway, small(2 * per_round, months * per_round)), join_all(posts));
    println!("{}", told("beside a declaratie every five seconds", beside));
    gateway.stop();
}

/// Posts these at the rate, and gives how long each waited.
async fn send(gateway: &Gateway, berichten: Vec<String>) -> Vec<Duration> {
    let began = Instant::now();
    let posts = berichten.into_iter().zip(0..).map(|(bericht, number)| {
        let (post, due) = (gateway.posting(GEMEENTE, bericht), began + Duration::from_secs(1) * number / RATE);
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

pub fn told(what: &str, mut waits: Vec<Duration>) -> String {
    waits.sort_unstable();
    let at = |per_mille: usize| waits[(waits.len() * per_mille / 1_000).min(waits.len() - 1)].as_secs_f64() * 1e3;
    let (p50, p99, p999, most) = (at(500), at(990), at(999), at(1_000));
    format!(
        "{} small berichten {what}: p50 {p50:.1} ms, p99 {p99:.1} ms, p99.9 {p999:.1} ms, most {most:.1} ms",
        waits.len()
    )
}

/// A toewijzing of one of these clients, of whom nothing is declared; as many others come between two of one client.
fn small(number: u32, clients: &[String]) -> String {
    let bsn = &clients[number as usize % clients.len()];
    let toewijzing = WMO301.replace("0384", GEMEENTE).replace("41005001", AANBIEDER);
    let toewijzing = toewijzing.replace("999940004", bsn);
    toewijzing.replace("TOEW-1", &format!("S{number}")).replace("700101", &(900_000_000 + number).to_string())
}

/// The declaratie of another month. Support began in the midst of the first.
fn of_month(declaratie: &str, (month, last): (u32, u32)) -> String {
    let first = if month == MONTHS[0].0 { 16 } else { 1 };
    declaratie
        .replace("2026-04-01", &format!("2026-{:02}-01", month + 1))
        .replace("2026-03-01", &format!("2026-{month:02}-01"))
        .replace("2026-03-16", &format!("2026-{month:02}-{first:02}"))
        .replace("2026-03-31", &format!("2026-{month:02}-{last}"))
        .replace("S-323-1", &format!("S-323-{month}"))
        .replace("D2026031", &format!("D2026{month:02}1"))
        .replace("ReferentieNummer>P00", &format!("ReferentieNummer>P{month:02}"))
}
