//! `alerts test`: sends one message to a receiver, and says what happened.

use clap::Subcommand;

use super::{ConfigFile, Exit, block_on, complain};
use crate::app;
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;

/// What `alerts` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Send one message to a receiver, and say what happened
    Test {
        /// Its name, as an `alert` of the settings has it
        name: String,
        #[command(flatten)]
        file: ConfigFile,
    },
}

/// Sends it. Nothing is kept, and no gateway needs to run.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let Command::Test { name, file } = &arguments.command;
    let config = match Config::load(file.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return Exit::Findings;
        }
    };
    let names: Vec<&str> = config.alerts.rules.receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    if !names.contains(&name.as_str()) {
        let known = if names.is_empty() {
            "there is no [[alert]]".to_owned()
        } else {
            format!("there are {}", names.join(", "))
        };
        eprintln!("iwmo-gateway: no [[alert]] is called {name:?}; {known}");
        return Exit::Usage;
    }
    block_on(async {
        match app::alerts::test(&config, name, SystemClock.now()).await {
            Ok(Ok(())) => {
                println!("{name}: taken");
                Exit::Fine
            }
            Ok(Err(why)) => {
                println!("{name}: not taken: {why}");
                Exit::Findings
            }
            Err(error) => {
                complain(&error);
                Exit::Findings
            }
        }
    })
}
