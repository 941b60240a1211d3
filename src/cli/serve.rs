//! `serve`: the daemon.

use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::sync::Arc;

use tracing_subscriber::EnvFilter;

use super::{ConfigFile, Exit, ReloadSignal, StopSignal, block_on, complain};
use crate::app::{self, Running};
use crate::clock::{self, Clock, PracticeClock, SystemClock};
use crate::config::{Config, Log, LogFormat};
use crate::domain::Timestamp;

/// What `serve` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    file: ConfigFile,
    /// Practice: the clock starts at this moment and runs on, as in 2027-03-01T09:00 (Amsterdam) or 2027-03-01T09:00:00+01:00; pages and answers say so, and nothing leaves but to this machine
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    now: Option<Timestamp>,
}

fn moment(text: &str) -> Result<Timestamp, &'static str> {
    clock::moment(text).ok_or("a moment is written as 2027-03-01T09:00 or 2027-03-01T09:00:00+01:00")
}

/// Runs until Ctrl-C or SIGTERM.
pub(super) fn run(arguments: &Arguments) -> Exit {
    match Config::load_to_serve(arguments.file.config.as_deref()) {
        Err(error) => {
            eprintln!("{error}");
            Exit::Environment
        }
        Ok(config) => {
            log_to_stderr(&config.log);
            let for_people = config.log.format == LogFormat::Text;
            block_on(serve(config, arguments.file.config.as_deref(), clock(arguments.now), for_people))
        }
    }
}

/// That of the machine, or one that was set for practice.
fn clock(set_to: Option<Timestamp>) -> Arc<dyn Clock> {
    let Some(moment) = set_to else { return Arc::new(SystemClock) };
    tracing::warn!(now = %clock::local(moment), "practice: the clock was set, and nothing leaves but to this machine");
    Arc::new(PracticeClock::set_to(moment))
}

async fn serve(config: Config, file: Option<&Path>, clock: Arc<dyn Clock>, for_people: bool) -> Exit {
    let (mut stop, mut reload) = match StopSignal::listen().and_then(|stop| Ok((stop, ReloadSignal::listen()?))) {
        Ok(signals) => signals,
        Err(error) => {
            complain(&error);
            return Exit::Environment;
        }
    };
    let running = match app::start(config, clock).await {
        Ok(running) => running,
        Err(error) => {
            complain(&error);
            return Exit::Environment;
        }
    };
    let scheme = if running.is_https { "https" } else { "http" };
    let address = format!("{scheme}://{}/", running.address);
    tracing::info!(address, version = env!("CARGO_PKG_VERSION"), "listening");
    if for_people {
        // Who started it may not read along; it serves all the same.
        let _ = writeln!(std::io::stdout(), "{address}");
    }
    notify_systemd(sd_notify::NotifyState::Ready);
    loop {
        tokio::select! {
            () = stop.received() => break,
            () = reload.received() => reload_settings(&running, file),
        }
    }
    tracing::info!("stopping");
    notify_systemd(sd_notify::NotifyState::Stopping);
    running.stop().await;
    Exit::Fine
}

/// Goes on with the certificates and tokens that the file names now; when something is wrong with it, with those that it had.
fn reload_settings(running: &Running, file: Option<&Path>) {
    let read = Config::load_to_serve(file).map_err(|error| error.0);
    match read.and_then(|config| running.reload(&config)) {
        Ok(changed) => {
            tracing::info!("certificates and tokens were read anew; other settings take a restart");
            if !changed.is_empty() {
                let changed = changed.join(", ");
                tracing::warn!(
                    changed,
                    "other settings changed as well: the gateway goes on with the old ones until it is restarted"
                );
            }
        }
        Err(problems) => {
            for problem in problems {
                tracing::error!(problem, "the settings were not read anew: the gateway goes on with those that it had");
            }
        }
    }
}

fn notify_systemd(state: sd_notify::NotifyState) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(error = &error as &dyn std::error::Error, "systemd could not be told");
    }
}

/// Sets up the log of this process, on stderr.
pub(super) fn log_to_stderr(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let mut builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if !std::io::stderr().is_terminal() {
        // On a terminal the subscriber itself respects NO_COLOR.
        builder = builder.with_ansi(false);
    }
    // A second subscriber in one process changes nothing: the first stays.
    let _ = match log.format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}
