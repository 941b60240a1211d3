//! `config check`: all problems of a file of settings at once.

use std::io::{self, Write as _};
use std::sync::Arc;

use clap::Subcommand;

use super::{ConfigFile, Exit, complain, written};
use crate::app;
use crate::clock::{Clock, SystemClock};
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
    if let Some(unreadable) = file.unreadable() {
        eprintln!("iwmo-gateway: {unreadable}");
        return Exit::Environment;
    }
    let config = match Config::load_to_serve(file.config.as_deref()) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("{error}");
            return Exit::Findings;
        }
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let certificates = app::check_certificates(&config, &clock);
    let notes = certificates.notes.clone();
    let to_mend = certificates.to_mend();
    if !to_mend.is_empty() {
        eprintln!("{}", to_mend.join("\n"));
        return Exit::Findings;
    }
    match app::schemas(&config) {
        Ok(_) => written(io::stdout().write_all(described(&config, &notes).as_bytes()), Exit::Fine),
        Err(error) => {
            complain(&error);
            Exit::Findings
        }
    }
}

/// What to say of settings that are right: what they hold, and what they leave out.
fn described(config: &Config, notes: &[String]) -> String {
    let (parties, credentials) = (config.partijen.len(), config.credentials.len());
    let (party, credential) = (plural(parties, "party", "parties"), plural(credentials, "credential", "credentials"));
    let mut text =
        format!("settings are right: {parties} {party}, {credentials} {credential}, profile {}\n", config.profile.name);
    if config.ggk.url.is_empty() {
        text.push_str("note: ggk.url is empty, so what is for a party elsewhere waits\n");
    }
    if config.http.dashboard_login && config.credentials.iter().all(|one| one.partij.is_some()) {
        text.push_str("note: no [[credential]] says operator = true, so nobody can log in on the dashboard\n");
    }
    for note in notes {
        text.extend(["note: ", note, "\n"]);
    }
    let no_list = config.ggk.tls.as_ref().is_some_and(|files| files.crl_file.is_none());
    if no_list {
        text.push_str("note: ggk.tls has no crl_file, so a certificate that was revoked is let in until it ends\n");
    }
    for remark in config.codelijsten.remarks(SystemClock.today()) {
        text.extend(["note: ", &remark, "\n"]);
    }
    text
}

fn plural<'a>(count: usize, one: &'a str, more: &'a str) -> &'a str {
    if count == 1 { one } else { more }
}
