//! A real Alertmanager on loopback: what fires there, and that it ends.

use std::process::{Child, Command, Stdio};

use iwmo_gateway::clock::{Clock as _, SystemClock};
use serde_json::Value;
use tempfile::TempDir;

use super::stage::Stage;
use crate::store::deadline::answer;
use crate::world::{a_moment, within_a_minute};

const PROGRAM: &str = "prometheus-alertmanager";

/// One that runs for a test.
struct Alertmanager {
    url: String,
    child: Child,
    /// Its settings and what it keeps.
    _folder: TempDir,
}

impl Alertmanager {
    /// `None`: there is no such program here.
    async fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let settings = folder.path().join("alertmanager.yml");
        std::fs::write(&settings, "route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n").expect("written");
        // Somebody may take the port in between; then it does not start, and says so.
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
        let started = Command::new(PROGRAM)
            .arg(format!("--config.file={}", settings.display()))
            .arg(format!("--storage.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{}", port.port()))
            .arg("--cluster.listen-address=")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = started else {
            assert!(!required(), "IWMO_REQUIRE_ALERTMANAGER=1, but there is no {PROGRAM}");
            eprintln!("skipped: no {PROGRAM} (Debian has it in a package of that name)");
            return None;
        };
        let mut running = Self { url: format!("http://127.0.0.1:{}", port.port()), child, _folder: folder };
        let ready = format!("{}/-/ready", running.url);
        within_a_minute("the Alertmanager is ready", async {
            while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
                assert_eq!(running.child.try_wait().expect("its state"), None, "it ended");
                a_moment().await;
            }
        })
        .await;
        Some(running)
    }

    /// What fires there now: name, kind, whose turn it is, gemeente, and how many.
    async fn firing(&self) -> Vec<String> {
        let url = format!("{}/api/v2/alerts?active=true", self.url);
        let text = reqwest::get(url).await.expect("an answer").text().await.expect("a text");
        let alerts: Value = serde_json::from_str(&text).expect("JSON");
        let line = |alert: &Value| {
            let label = |name: &str| alert["labels"][name].as_str().unwrap_or("-").to_owned();
            let count = alert["annotations"]["count"].as_str().unwrap_or("-");
            format!("{} {} {} {} {count}", label("alertname"), label("clock"), label("responsible"), label("gemeente"))
        };
        alerts.as_array().expect("a list").iter().map(line).collect()
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment says whether a missing program is a failure")]
fn required() -> bool {
    std::env::var("IWMO_REQUIRE_ALERTMANAGER").is_ok_and(|value| value == "1")
}

#[tokio::test]
async fn a_real_alertmanager_shows_what_is_overdue_until_it_is_answered() {
    let Some(alertmanager) = Alertmanager::start().await else { return };
    let settings = format!(
        "[alerts]\ndigest = \"\"\ngroup_wait = \"0s\"\n[[alert]]\nname = \"am\"\nkind = \"alertmanager\"\nurl = \"{}\"\nallow_private = true\n",
        alertmanager.url
    );
    let stage = Stage::on_sqlite(&settings).await;
    stage.open("b1", &["d1", "d2"]).await;
    // It goes by its own clock, and so do we.
    let now = || SystemClock.now().to_rfc3339();
    stage.at(&now());
    stage.raise().await;
    stage.tell().await;
    assert_eq!(alertmanager.firing().await, ["DeadlineOverdue retour 0797 0797 2"]);
    answer(&*stage.gateway.store, "r1", "b1", &now()).await;
    stage.at(&now());
    stage.tell().await;
    let ended = async {
        while !alertmanager.firing().await.is_empty() {
            a_moment().await;
        }
    };
    within_a_minute("it ends there", ended).await;
    let alerts = stage.gateway.store.alerts(&["sent"], None, 9).await.expect("read");
    assert_eq!(
        alerts.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(),
        ["deadline.resolved", "deadline.overdue"]
    );
}
