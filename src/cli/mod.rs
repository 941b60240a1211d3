//! The command line. Results go to stdout, everything else to stderr.
//!
//! Exit status: 0 fine · 1 findings · 2 usage · 3 environment (file, port, database).

mod config;
mod convert;
mod deadlines;
mod declare;
mod demo;
mod mock;
mod rebuild;
mod replay;
mod rules;
mod serve;
mod validate;

use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// All is fine, warnings included.
    Fine,
    /// Something was found.
    Findings,
    /// The command was not understood.
    Usage,
    /// A file, a port or the database did not do.
    Environment,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Findings => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Environment => Self::from(3),
        }
    }
}

/// Message hub for the Dutch Wmo message standard iWmo: checks, matches, answers and delivers berichten
/// between gemeenten and aanbieders, and watches their deadlines.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway: API, dashboard, network and deadlines
    Serve(serve::Arguments),
    /// Play three months of berichten in a temporary folder, and show them on the dashboard
    Demo(demo::Arguments),
    /// Stand in for the GGK/VECOZO network and the parties behind it, with faults on demand
    Mock(mock::Arguments),
    /// Check files against schema and rules, without a server
    Validate(validate::Arguments),
    /// Play the berichten of a folder into an empty store, and tell what becomes of each
    Replay(replay::Arguments),
    /// Turn a bericht from XML into JSON or back, lossless
    Convert(convert::Arguments),
    /// Make a declaratie of delivered volumes: a table in, a checked WMO323 or WMO303 out
    Declare(declare::Arguments),
    /// List what is due, and what is overdue
    Deadlines(deadlines::Arguments),
    /// List the rules of the standard, or explain one
    Rules(rules::Arguments),
    /// Fold the kept berichten anew, and compare the result with the ledger that is kept
    Rebuild(rebuild::Arguments),
    /// Look at the settings
    Config(config::Arguments),
}

/// Where the settings are.
#[derive(clap::Args)]
struct ConfigFile {
    /// File with settings; what it leaves out has its default (see config/default.toml)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigFile {
    /// Why the file cannot be read, when so.
    fn unreadable(&self) -> Option<String> {
        let path = self.config.as_deref()?;
        File::open(path)
            .and_then(|mut file| file.read(&mut [0]))
            .err()
            .map(|error| format!("{}: {error}", path.display()))
    }
}

/// Carries out a command; says on stderr what did not work.
#[must_use]
pub fn run(arguments: Arguments) -> Exit {
    match arguments.command {
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Mock(arguments) => mock::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Declare(arguments) => declare::run(&arguments),
        Command::Deadlines(arguments) => deadlines::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Rebuild(arguments) => rebuild::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
    }
}

/// Says on stderr what went wrong, with every cause.
fn complain(error: &dyn std::error::Error) {
    eprint!("iwmo-gateway: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        eprint!(": {inner}");
        cause = inner.source();
    }
    eprintln!();
}

/// How a command ends that wrote its results: as it was to end, and as well when whoever read along has seen enough.
fn written(results: io::Result<()>, exit: Exit) -> Exit {
    match results {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&error);
            Exit::Environment
        }
        Ok(()) | Err(_) => exit,
    }
}

/// Runs a future on a runtime of its own.
fn block_on(work: impl Future<Output = Exit>) -> Exit {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            complain(&error);
            Exit::Environment
        }
    }
}

/// Ctrl-C and SIGTERM, heard from the moment that this is made.
struct StopSignal {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignal {
    /// Listens from now on.
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Done when one of them came.
    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
