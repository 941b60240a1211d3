//! The command line. Results go to stdout, everything else to stderr.
//!
//! Exit status: 0 fine · 1 findings · 2 usage · 3 environment (file, port, database).

mod alerts;
mod config;
mod convert;
mod deadlines;
mod declare;
mod demo;
mod mock;
mod process;
mod rebuild;
mod replay;
mod rules;
mod serve;
mod validate;

use clap::{Parser, Subcommand};

pub use process::Exit;
use process::{ConfigFile, ReleasesFolder, ReloadSignal, StopSignal, block_on, complain, written};

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
    /// Try who is told of deadlines
    Alerts(alerts::Arguments),
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
        Command::Alerts(arguments) => alerts::run(&arguments),
    }
}
