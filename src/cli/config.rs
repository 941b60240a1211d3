//! `config check`: all problems of a file of settings at once.

use std::io::{self, Write as _};
use std::sync::Arc;

use clap::Subcommand;

use super::{ConfigFile, Exit, written};
use crate::app;
use crate::clock::{self, Clock, SystemClock};
use crate::config::Config;
use crate::domain::alerts::Event;
use crate::domain::berichten::release::{Freeze, ReleaseWindow};
use crate::domain::deadlines::kind::DeadlineKind;
use crate::domain::deadlines::releases::{InForce, Releases};
use crate::store::OPERATOR;

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
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut notes = Vec::new();
    let read = Config::load_to_serve_with(file.config.as_deref(), |config, problems| {
        let certificates = app::check_certificates(config, &clock);
        notes.clone_from(&certificates.notes);
        problems.extend(certificates.to_mend());
        problems.extend(app::schemas(config).err().map(|error| error.to_string()));
    });
    match read {
        Ok(config) => written(io::stdout().write_all(described(&config, &notes).as_bytes()), Exit::Fine),
        Err(error) => {
            eprintln!("{error}");
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
    text.push_str(&of_releases(&config.releases, &SystemClock));
    if config.ggk.url.is_empty() {
        text.push_str("note: ggk.url is empty, so what is for a party elsewhere waits\n");
    }
    if config.http.dashboard_login && config.credentials.iter().all(|one| one.partij.is_some()) {
        text.push_str("note: no [[credential]] says operator = true, so nobody can log in on the dashboard\n");
    }
    for note in notes.iter().chain(&config.in_the_clear()) {
        text.extend(["note: ", note, "\n"]);
    }
    let no_list = config.ggk.tls.as_ref().is_some_and(|files| files.crl_file.is_none());
    if no_list {
        text.push_str("note: ggk.tls has no crl_file, so a certificate that was revoked is let in until it ends\n");
    }
    if let Some(what) = told_to_nobody(config) {
        text.extend(["note: ", what, "\n"]);
    }
    for remark in config.codelijsten.remarks(SystemClock.today()) {
        text.extend(["note: ", &remark, "\n"]);
    }
    text
}

/// What nobody is told of though it is there.
fn told_to_nobody(config: &Config) -> Option<&'static str> {
    let receivers = &config.alerts.rules.receivers;
    if receivers.is_empty() {
        return Some("there is no [[alert]], so nobody is told when a term passes");
    }
    let has_certificates = config.http.tls.is_some() || config.ggk.tls.is_some() || config.vecozo.tls.is_some();
    let certificaat = DeadlineKind::Certificaat.name();
    let is_heard = receivers.iter().any(|receiver| receiver.wants(Event::DueSoon, certificaat, OPERATOR));
    (has_certificates && !is_heard).then_some(
        "no [[alert]] hears that a certificate is about to end: one without `on`, or with \"due-soon\" in it, would",
    )
}

/// The releases with their days, the freezes that are not over, and what this program cannot read.
fn of_releases(releases: &Releases, clock: &dyn Clock) -> String {
    let mut text = String::new();
    for release in releases.known.iter().rev() {
        let window = match &releases.in_force {
            InForce::Windows { general, .. } => general.0.get(release),
            InForce::Any => None,
        };
        let days = match window {
            Some(ReleaseWindow { first, last: None }) => format!("in force from {first}"),
            Some(ReleaseWindow { first, last: Some(last) }) => format!("in force from {first} to {last}"),
            None => "never in force".to_owned(),
        };
        text.extend(["release ", release.name(), ": ", &days, "\n"]);
        for code in &release.edition().unknown_codes {
            text.extend(["note: release ", release.name(), " has the code ", code]);
            text.push_str(", which this program does not know: a bericht with it is refused\n");
        }
    }
    for Freeze { from, until } in releases.freezes_from(clock::local(clock.now()).naive_local()) {
        let moment = "%Y-%m-%d %H:%M";
        let (from, until) = (from.format(moment).to_string(), until.format(moment).to_string());
        text.extend(["freeze: nothing is sent to the network from ", &from, " to ", &until, "\n"]);
    }
    text
}

fn plural<'a>(count: usize, one: &'a str, more: &'a str) -> &'a str {
    if count == 1 { one } else { more }
}
