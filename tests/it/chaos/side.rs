//! A gateway on a runtime of its own, that ends as a power cut would end it.

use std::sync::Arc;
use std::time::Duration;

use iwmo_gateway::app::{self, Running, StartError};
use iwmo_gateway::clock::SetClock;
use iwmo_gateway::config::Config;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::store::Store;
use tokio::runtime::{Builder, Runtime};

use crate::world::{GEMEENTE, a_moment, within_a_minute};

pub struct Side {
    pub running: Running,
    runtime: Runtime,
}

impl Side {
    /// `more` goes on with the section `[ggk]`, and may have others.
    pub async fn start(database: &str, network: &str, more: &str, clock: Arc<SetClock>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let started = async {
            loop {
                let config = Config::parse(&settings(database, network, more)).expect("settings of a run");
                let clock = clock.clone();
                match runtime.spawn(async move { app::start(config, clock).await }).await.expect("no panic") {
                    // A process that another test starts has every open file for a moment, and the lock with it.
                    Err(StartError::InUse(_)) => a_moment().await,
                    started => return started.expect("a gateway"),
                }
            }
        };
        let running = within_a_minute("the lock of the one before is gone", started).await;
        Self { running, runtime }
    }

    /// Nothing of it goes on; what it was about to do is not done.
    pub async fn kill(self) {
        let Self { running, runtime } = self;
        let ended = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(5)));
        ended.await.expect("no panic");
        drop(running);
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.running.gateway.store
    }

    /// Where envelopes are handed over.
    pub fn network_url(&self) -> String {
        format!("http://{}/soap/ggk", self.running.network_address.expect("a listener for the network"))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.running.address)
    }

    /// The time was set.
    pub fn wake(&self) {
        let gateway = &self.running.gateway;
        gateway.alarm.look_again();
        gateway.parcel_added.notify_one();
        gateway.brought.look_again();
    }
}

fn settings(database: &str, network: &str, more: &str) -> String {
    let (party, operator) = (sha256_hex(GEMEENTE.as_bytes()), sha256_hex(b"operator"));
    format!(
        "[http]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"{database}\"\n\
         [ggk]\nlisten = \"127.0.0.1:0\"\nurl = \"{network}\"\ntimeout = \"500ms\"\n{more}\n\
         [[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Gemeente\"\n\
         [[credential]]\nname = \"gemeente\"\npartij = \"{GEMEENTE}\"\ntoken_sha256 = \"{party}\"\n\
         [[credential]]\nname = \"operator\"\noperator = true\ntoken_sha256 = \"{operator}\"\n"
    )
}
