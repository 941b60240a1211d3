//! What `serve` takes in memory and time, as a process of its own on a SQLite database: idle, for a declaratie whose every
//! line has its toewijzing, and for eight declaraties at once whose total is wrong, so that no line is judged.
#![expect(clippy::disallowed_methods, reason = "a measurement takes the time that it takes")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use iwmo_gateway::exchange::sha256_hex;
use reqwest::{Client, RequestBuilder};

use super::data::{FIRST_TOEWIJZING, LINES_PER_CLIENT, WMO301, large};

pub const GEMEENTE: &str = "0794";
pub const AANBIEDER: &str = "42421337";

/// How many berichten are under way at once while the toewijzingen are brought in.
const CONNECTIONS: usize = 64;

/// How many declaraties come in at once.
const AT_ONCE: usize = 8;

/// Prints what a program takes for declaraties of so many bytes.
#[tokio::main]
pub async fn measure(bytes: usize, program: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let declaratie = large(bytes);
    let toewijzingen: Vec<String> = toewijzingen(&declaratie).collect();

    let gateway = Gateway::start(program, folder.path());
    println!("idle: {} kB", gateway.status("VmRSS:"));
    load(&gateway, toewijzingen.iter().cloned()).await;
    gateway.stop();

    let gateway = Gateway::start(program, folder.path());
    let idle = gateway.status("VmRSS:");
    let posted = Instant::now();
    let answer = gateway.post(AANBIEDER, declaratie.clone()).await;
    let (seconds, peak) = (posted.elapsed().as_secs_f64(), gateway.status("VmHWM:"));
    println!(
        "one declaratie of {} lines: {answer}, {seconds:.1} s, peak {peak} kB, idle {idle} kB",
        toewijzingen.len()
    );
    gateway.stop();

    let gateway = Gateway::start(program, folder.path());
    let idle = gateway.status("VmRSS:");
    let posted = Instant::now();
    let declaratie = declaratie.replacen("<iwmo:TotaalBedrag>", "<iwmo:TotaalBedrag>9", 1);
    let posts =
        (0..AT_ONCE).map(|number| gateway.post(AANBIEDER, declaratie.replace("S-323-1", &format!("S-{number}"))));
    let answers = futures_util::future::join_all(posts).await;
    let (seconds, peak) = (posted.elapsed().as_secs_f64(), gateway.status("VmHWM:"));
    println!("{AT_ONCE} at once: {}, {seconds:.1} s, {} kB over idle", answers.join(" "), peak - idle);
    gateway.stop();
}

/// Brings in these toewijzingen; those of one client, which stand together, one after the other.
pub async fn load(gateway: &Gateway, toewijzingen: impl Iterator<Item = String>) {
    let (begin, mut count) = (Instant::now(), 0);
    let toewijzingen: Vec<String> = toewijzingen.collect();
    let mut under_way = FuturesUnordered::new();
    let apart = (0..LINES_PER_CLIENT).flat_map(|first| toewijzingen[first..].iter().step_by(LINES_PER_CLIENT));
    for toewijzing in apart.cloned() {
        if under_way.len() >= CONNECTIONS {
            under_way.next().await;
        }
        under_way.push(gateway.post(GEMEENTE, toewijzing));
        count += 1;
    }
    while under_way.next().await.is_some() {}
    println!("{count} toewijzingen: {:.1} s", begin.elapsed().as_secs_f64());
}

/// The toewijzing of each line of a declaratie, one to a bericht.
pub fn toewijzingen(declaratie: &str) -> impl Iterator<Item = String> {
    let clients = declaratie.split("<wmo323:Bsn>").skip(1);
    let lines = clients.flat_map(|client| client.match_indices("<wmo323:Prestatie>").map(|_| &client[..9]));
    let toewijzing = WMO301.replace("<iwmo:Volume>3<", "<iwmo:Volume>30<").replace("2026-03-03", "2026-03-16");
    let toewijzing = toewijzing.replace("0384", GEMEENTE).replace("41005001", AANBIEDER);
    lines.enumerate().map(move |(line, bsn)| {
        let nummer = (FIRST_TOEWIJZING + line).to_string();
        toewijzing.replace("999940004", bsn).replace("TOEW-1", &format!("T{line}")).replace("700101", &nummer)
    })
}

/// A process of its own, in which both parties are local.
pub struct Gateway {
    process: Child,
    url: String,
    client: Client,
}

impl Gateway {
    pub fn start(program: &str, folder: &Path) -> Self {
        Self::for_parties(program, folder, &[GEMEENTE, AANBIEDER], "")
    }

    /// Only the gemeente is local; what leaves goes to this network.
    pub fn for_one(program: &str, folder: &Path, network: &str) -> Self {
        Self::for_parties(program, folder, &[GEMEENTE], network)
    }

    fn for_parties(program: &str, folder: &Path, parties: &[&str], network: &str) -> Self {
        let partij = |code: &str| {
            let hash = sha256_hex(code.as_bytes());
            format!(
                "[[partij]]\ncode = \"{code}\"\nnaam = \"{code}\"\n\
                 [[credential]]\nname = \"{code}\"\npartij = \"{code}\"\ntoken_sha256 = \"{hash}\"\n"
            )
        };
        let database = folder.join("gateway.db");
        let settings = format!(
            "[http]\nlisten = \"127.0.0.1:0\"\nmax_bericht_bytes = 1000000000\n[database]\nurl = \"sqlite:{}\"\n\
             [ggk]\nurl = \"{network}\"\nlisten = \"127.0.0.1:0\"\n{}",
            database.display(),
            parties.iter().map(|code| partij(code)).collect::<String>()
        );
        let file = folder.join("config.toml");
        fs::write(&file, settings).expect("settings");
        let mut process = Command::new(program)
            .args(["serve", "--config"])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        let mut url = String::new();
        BufReader::new(process.stdout.take().expect("stdout")).read_line(&mut url).expect("its address");
        Self { process, url: format!("{}v1/berichten", url.trim()), client: Client::new() }
    }

    /// Gives the verdict, or what kept it from one.
    pub async fn post(&self, token: &str, bericht: String) -> String {
        self.posting(token, bericht).await
    }

    /// As [`Gateway::post`], by itself.
    pub fn posting(&self, token: &str, bericht: String) -> impl Future<Output = String> + Send + use<> {
        let request = self.client.post(&self.url).bearer_auth(token).header("content-type", "application/xml");
        verdict(request.body(bericht))
    }

    /// A line of what Linux tells of the process, in kB.
    fn status(&self, key: &str) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("Linux");
        let line = status.lines().find_map(|line| line.strip_prefix(key)).expect("the key is there");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    pub fn stop(mut self) {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM");
        self.process.wait().expect("its end");
    }
}

async fn verdict(request: RequestBuilder) -> String {
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    let receipt = answer.bytes().await.expect("the whole answer");
    let receipt: serde_json::Value = serde_json::from_slice(&receipt).expect("JSON");
    let findings = receipt["findings"].as_array().map_or(0, Vec::len);
    let verdict = receipt["verdict"].as_str().unwrap_or("no verdict").to_owned();
    assert!(status.is_success(), "{status}: {receipt}");
    format!("{verdict} with {findings} findings")
}
