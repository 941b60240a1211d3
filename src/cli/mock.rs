//! `mock`: a stand-in for the network, for tests and for trying things out.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::{Exit, StopSignal, block_on, complain};
use crate::clock::{Clock, SystemClock};
use crate::config::lay_over;
use crate::exchange::new_referentienummer;
use crate::hub::mock::config::MockConfig;
use crate::hub::mock::{Codec, Mock};
use crate::xml;

/// The stand-in without a file: parties accept at once.
const DEFAULT: &str = include_str!("../../config/mock.toml");

/// What is planned is looked at least so often; the machine's clock does not tell when it jumps.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What `mock` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// File that says which parties are played and what goes wrong; what it leaves out has its default (see config/mock.toml)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Berichten as the played parties read and write them.
pub(super) const CODEC: Codec = Codec { read: |bytes| xml::read(bytes).ok(), encode: xml::encode };

/// Runs until Ctrl-C or SIGTERM.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match lay_over(DEFAULT, arguments.config.as_deref()) {
        Ok(config) => block_on(play(config)),
        Err(error) => {
            eprintln!("{error}");
            Exit::Environment
        }
    }
}

async fn play(config: MockConfig) -> Exit {
    let listen = config.listen.clone();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mock = match Mock::new(config, CODEC, Arc::new(move || clock.now()), Arc::new(new_referentienummer)) {
        Ok(mock) => mock,
        Err(error) => {
            complain(&error);
            return Exit::Environment;
        }
    };
    let bound = TcpListener::bind(&listen).await.and_then(|listener| Ok((listener.local_addr()?, listener)));
    let (address, listener) = match bound {
        Ok(bound) => bound,
        Err(error) => {
            eprintln!("iwmo-gateway: cannot listen on {listen}: {error}");
            return Exit::Environment;
        }
    };
    let mut stop = match StopSignal::listen() {
        Ok(stop) => stop,
        Err(error) => {
            complain(&error);
            return Exit::Environment;
        }
    };
    println!("mock of the GGK/VECOZO network, not the real one: http://{address}/");
    tokio::select! {
        () = stop.received() => Exit::Fine,
        () = act_when_due(&mock) => Exit::Fine,
        served = mock.serve(listener) => served.map_or_else(|error| { complain(&error); Exit::Environment }, |()| Exit::Fine),
    }
}

/// Lets the played parties act whenever something is due.
async fn act_when_due(mock: &Mock) {
    loop {
        mock.act().await;
        tokio::select! {
            () = mock.planned().notified() => {}
            () = tokio::time::sleep(LONGEST_WAIT) => {}
        }
    }
}
