//! `config check`: all problems of a file of settings at once.

use clap::Subcommand;

use super::{ConfigFile, Exit, complain};
use crate::config::Config;

/// What `config` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say everything that is wrong with a file of settings
    Check(ConfigFile),
}

/// Checks the settings.
pub(super) fn run(arguments: &Arguments) -> Exit {
    let Command::Check(file) = &arguments.command;
    match Config::load(file.config.as_deref()) {
        Ok(config) => {
            let (parties, credentials) = (config.partijen.len(), config.credentials.len());
            println!(
                "settings are right: {parties} parties, {credentials} credentials, profile {}",
                config.profile.name
            );
            Exit::Fine
        }
        Err(error) => {
            complain(&error);
            Exit::Findings
        }
    }
}
