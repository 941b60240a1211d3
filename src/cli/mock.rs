//! `mock`: a stand-in for the network, for tests and for trying things out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;

use super::{Exit, ReleasesFolder, StopSignal, block_on, complain};
use crate::clock::{Clock, SetClock, SystemClock};
use crate::config::lay_over;
use crate::exchange::new_referentienummer;
use crate::hub::mock::config::{MockConfig, Planned};
use crate::hub::mock::{Codec, Ids, Mock};
use crate::xml::Schemas;

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
    #[command(flatten)]
    releases: ReleasesFolder,
}

/// Runs until Ctrl-C or SIGTERM.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let codec = match arguments.releases.known().and_then(|known| Ok(Codec::of(Schemas::of(known)?))) {
        Ok(codec) => codec,
        Err(error) => {
            complain(error.as_ref());
            return Exit::Environment;
        }
    };
    match lay_over(DEFAULT, arguments.config.as_deref()) {
        Ok(config) => block_on(play(config, codec)),
        Err(error) => {
            eprintln!("{error}");
            Exit::Environment
        }
    }
}

async fn play(config: MockConfig, codec: Codec) -> Exit {
    let (listen, control) = (config.listen.clone(), config.control.clone());
    let mock = match played(config, codec) {
        Ok(mock) => mock,
        Err(message) => {
            eprintln!("iwmo-gateway: {message}");
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
    let control = match &control {
        None => None,
        Some(control) => match TcpListener::bind(control).await {
            Ok(listener) => Some(listener),
            Err(error) => {
                eprintln!("iwmo-gateway: cannot listen on {control} (control): {error}");
                return Exit::Environment;
            }
        },
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
        served = controlled(&mock, control) => served.map_or_else(|error| { complain(&error); Exit::Environment }, |()| Exit::Fine),
        served = mock.serve(listener) => served.map_or_else(|error| { complain(&error); Exit::Environment }, |()| Exit::Fine),
    }
}

/// Lets the stand-in be told what to do at an address of its own, where it has one.
async fn controlled(mock: &Mock, listener: Option<TcpListener>) -> std::io::Result<()> {
    match listener {
        Some(listener) => axum::serve(listener, mock.control_router()).await,
        None => std::future::pending().await,
    }
}

/// The stand-in with its clock, its numbers and what is planned, or what is wrong with that.
fn played(config: MockConfig, codec: Codec) -> Result<Mock, String> {
    let (seed, berichten) = (config.seed, config.berichten.clone());
    let set_clock = config.clock.map(|at| Arc::new(SetClock::at(at)));
    let clock: Arc<dyn Clock> = match &set_clock {
        Some(clock) => Arc::clone(clock) as Arc<dyn Clock>,
        None => Arc::new(SystemClock),
    };
    let ids: Ids = match seed {
        Some(seed) => numbered(seed),
        None => Arc::new(new_referentienummer),
    };
    let mock = Mock::new(config, codec, Arc::new(move || clock.now()), ids).map_err(|error| error.to_string())?;
    if let Some(clock) = set_clock {
        mock.let_clock_be_set(Arc::new(move |to| clock.set(to)));
    }
    for Planned { file, after } in berichten {
        let place = file.display();
        let bytes = std::fs::read(&file).map_err(|error| format!("cannot read {place}: {error}"))?;
        mock.send_after(bytes, after.0).map_err(|error| format!("{place}: {error}"))?;
    }
    Ok(mock)
}

/// UUIDs that follow from a seed.
fn numbered(seed: u64) -> Ids {
    let made = AtomicU64::new(0);
    Arc::new(move || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (number >> 16, number & 0xffff);
        format!("{high:08x}-{low:04x}-4000-8000-{:012x}", seed & 0xffff_ffff_ffff)
    })
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
