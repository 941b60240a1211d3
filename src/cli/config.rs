//! `config check`: all problems of a file of settings at once.

use std::error::Error;

use clap::Subcommand;

use super::{ConfigFile, Exit, complain};
use crate::app;
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
    match check(file) {
        Ok(told) => {
            println!("{told}");
            Exit::Fine
        }
        Err(error) => {
            complain(error.as_ref());
            Exit::Findings
        }
    }
}

/// What to say of settings that are right.
fn check(file: &ConfigFile) -> Result<String, Box<dyn Error>> {
    let config = Config::load(file.config.as_deref())?;
    app::schemas(&config)?;
    let (parties, credentials) = (config.partijen.len(), config.credentials.len());
    Ok(format!("settings are right: {parties} parties, {credentials} credentials, profile {}", config.profile.name))
}
