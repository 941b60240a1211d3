//! The daemon as a process of its own: killed in the middle of a stream, asked to stop, started wrongly.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use iwmo_gateway::clock::{Clock, SystemClock};
use iwmo_gateway::exchange::{new_referentienummer, sha256_hex};
use iwmo_gateway::hub::mock::config::MockConfig;
use iwmo_gateway::hub::mock::journal::Direction;
use iwmo_gateway::hub::mock::{Codec, Mock};
use iwmo_gateway::xml;
use tokio::net::TcpListener;

use crate::world::{BSN, GEMEENTE, WMO301};

/// How many berichten are posted before the process is killed, and how many are on their way then.
const POSTED: usize = 40;
const UNDER_WAY: usize = 8;

/// A daemon in a process of its own.
pub struct Daemon {
    process: Child,
    pub address: SocketAddr,
}

impl Daemon {
    /// By `config.toml` in this folder; its log goes into `log` there.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// The same, with these arguments.
    pub fn start_with(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = command()
            .args(["serve", "--config"])
            .arg(folder.join("config.toml"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(fs::OpenOptions::new().create(true).append(true).open(folder.join("log")).expect("a log"))
            .spawn()
            .expect("a daemon");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("stdout")).read_line(&mut line).expect("its address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse().expect(&line);
        Self { process, address }
    }

    /// How many bytes it read from files up to now.
    pub fn read_bytes(&self) -> u64 {
        let told = fs::read_to_string(format!("/proc/{}/io", self.process.id())).expect("Linux");
        let line = told.lines().find_map(|line| line.strip_prefix("rchar: ")).expect("a count");
        line.parse().expect("a number")
    }

    /// As a power cut would end it.
    pub fn kill(mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("its end");
    }
}

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_iwmo-gateway"))
}

fn settings(folder: &Path, network: &str) {
    let hash = sha256_hex(GEMEENTE.as_bytes());
    let text = format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"sqlite:{}\"\n[ggk]\nurl = \"{network}\"\ntimeout = \"1s\"\n\
         [log]\nfilter = \"debug\"\n[[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Gemeente\"\n\
         [[credential]]\nname = \"test\"\npartij = \"{GEMEENTE}\"\ntoken_sha256 = \"{hash}\"\n",
        folder.join("crash.db").display()
    );
    fs::write(folder.join("config.toml"), text).expect("settings");
}

/// A network whose parties stay silent, so that only what the gateway sends is on its journal.
async fn network() -> (Mock, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let text =
        "listen = \"\"\ngateway_url = \"http://127.0.0.1:9/\"\n[[parties]]\ncode = \"41005001\"\nretour = \"never\"\n";
    let config: MockConfig = toml::from_str(text).expect("settings of a mock");
    let codec = Codec::of(xml::Schemas::compiled_in());
    let now = Arc::new(|| SystemClock.now());
    let mock = Mock::new(config, codec, now, Arc::new(new_referentienummer)).expect("a mock");
    let serving = mock.clone();
    tokio::spawn(async move { serving.serve(listener).await });
    (mock, url)
}

fn wmo301(number: usize) -> String {
    WMO301.replace("TOEW-1", &format!("KILL-{number}")).replace("700101", &format!("{}", 700_000 + number))
}

async fn post(client: reqwest::Client, address: SocketAddr, number: usize) -> Option<u16> {
    let request = client.post(format!("http://{address}/v1/berichten")).bearer_auth(GEMEENTE);
    let answer = request.header("content-type", "application/xml").body(wmo301(number)).send().await;
    answer.ok().map(|answer| answer.status().as_u16())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_got_a_202_is_there_once_and_goes_out_once_though_the_process_is_killed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mock, url) = network().await;
    settings(folder.path(), &url);
    let client = reqwest::Client::new();

    let daemon = Daemon::start(folder.path());
    let mut answered = Vec::new();
    for number in 0..POSTED {
        if post(client.clone(), daemon.address, number).await == Some(202) {
            answered.push(number);
        }
    }
    // These are on their way when the process dies: answered or not, nobody knows.
    let address = daemon.address;
    let under_way: Vec<_> =
        (POSTED..POSTED + UNDER_WAY).map(|number| tokio::spawn(post(client.clone(), address, number))).collect();
    tokio::task::yield_now().await;
    daemon.kill();
    for (number, posting) in (POSTED..).zip(under_way) {
        if posting.await.expect("no panic") == Some(202) {
            answered.push(number);
        }
    }
    assert!(answered.len() >= POSTED, "{answered:?}");

    let daemon = Daemon::start(folder.path());
    for number in 0..POSTED + UNDER_WAY {
        let status = post(client.clone(), daemon.address, number).await;
        let expected: &[u16] = if answered.contains(&number) { &[200] } else { &[200, 202] };
        assert!(status.is_some_and(|status| expected.contains(&status)), "bericht {number}: {status:?}");
    }
    wait_until_delivered(&mock, &client, &daemon).await;
    let delivered: Vec<_> = mock.journal().into_iter().filter(|line| line.direction == Direction::In).collect();
    let mut numbers: Vec<_> =
        delivered.iter().filter(|line| line.outcome == "accepted").map(|line| &line.referentienummer).collect();
    assert_eq!(numbers.len(), POSTED + UNDER_WAY, "each delivered once");
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), POSTED + UNDER_WAY, "under a number of its own");
    for line in &delivered {
        let same = delivered.iter().filter(|other| other.referentienummer == line.referentienummer);
        assert!(same.clone().all(|other| other.bytes_sha256 == line.bytes_sha256), "a repeat with other bytes");
    }
    daemon.kill();
    let log = fs::read_to_string(folder.path().join("log")).expect("a log");
    assert!(log.contains("sent") && !log.contains(BSN) && !log.contains("Verhoeven"), "a person in the log");
}

/// Until the gateway says that nothing waits. What the first process had claimed comes back when its
/// lease ends, so a parcel that was on its way at the kill counts as delivered when the network has it.
async fn wait_until_delivered(mock: &Mock, client: &reqwest::Client, daemon: &Daemon) {
    loop {
        let accepted = mock.journal().iter().filter(|line| line.outcome == "accepted").count();
        if accepted == POSTED + UNDER_WAY {
            return;
        }
        let ready = client.get(format!("http://{}/health/ready", daemon.address)).send().await.expect("a probe");
        assert_eq!(ready.status(), 200);
    }
}

#[test]
fn a_stop_signal_ends_the_daemon_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    settings(folder.path(), "");
    let mut daemon = Daemon::start(folder.path());
    let killed = Command::new("kill").args(["-TERM", &daemon.process.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    assert_eq!(daemon.process.wait().expect("its end").code(), Some(0));
}

#[test]
fn a_wrong_setting_or_a_taken_port_is_told_with_status_3() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let listen = format!("listen = \"{}\"", taken.local_addr().expect("bound"));
    for (http, told) in [(listen.as_str(), "http.listen"), ("lissen = 1", "http.lissen: unknown key")] {
        settings(folder.path(), "");
        let file = folder.path().join("config.toml");
        let text = fs::read_to_string(&file).expect("settings").replace("listen = \"127.0.0.1:0\"", http);
        fs::write(&file, text).expect("settings");
        let mut process =
            command().args(["serve", "--config"]).arg(&file).stderr(Stdio::piped()).spawn().expect("a daemon");
        let mut said = String::new();
        process.stderr.take().expect("stderr").read_to_string(&mut said).expect("text");
        assert_eq!(process.wait().expect("its end").code(), Some(3), "{said}");
        assert!(said.contains(told), "{said}");
    }
}
