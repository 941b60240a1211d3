//! What settings must be beside their type: sizes that something fits in, times that pass, and settings that fit each other.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::{Config, Credential, Ggk, Http, LocalParty, Log, Relay};
use crate::domain::berichten::declaratie::Decides;

/// No bericht is smaller, in bytes; an envelope is larger.
const SMALLEST_BERICHT: usize = 1_000;
const SMALLEST_ENVELOPE: usize = 2_000;

/// Under four eyes one person proposes and another approves.
const EYES: usize = 2;

/// Sizes, times and the filter of the log.
pub(super) fn check(http: &Http, ggk: &Ggk, relay: &Relay, log: &Log, problems: &mut Vec<String>) {
    for (key, bytes, smallest) in [
        ("http.max_bericht_bytes", http.max_bericht_bytes, SMALLEST_BERICHT),
        ("ggk.max_envelope_bytes", ggk.max_envelope_bytes, SMALLEST_ENVELOPE),
    ] {
        if bytes < smallest {
            problems.push(format!("{key}: is {bytes}; nothing fits in fewer than {smallest} bytes"));
        }
    }
    for (key, connections) in
        [("http.connections", http.connections), ("http.connections_per_address", http.connections_per_address)]
    {
        if connections == 0 {
            problems.push(format!("{key}: is 0, and then nobody gets in; it must be 1 or more"));
        }
    }
    for (key, duration) in [
        ("http.header_timeout", http.header_timeout),
        ("http.body_timeout", http.body_timeout),
        ("ggk.connect_timeout", ggk.connect_timeout),
        ("ggk.timeout", ggk.timeout),
        ("relay.first_pause", relay.first_pause),
        ("relay.longest_pause", relay.longest_pause),
        ("relay.budget", relay.budget),
    ] {
        if duration == Duration::ZERO {
            problems.push(format!("{key}: is nothing; it must be longer, as in \"30s\""));
        }
    }
    if relay.longest_pause < relay.first_pause {
        problems.push("relay.longest_pause: is shorter than relay.first_pause; it must be at least as long".to_owned());
    }
    for (key, envelopes) in [("relay.at_once", relay.at_once), ("relay.at_once_each", relay.at_once_each)] {
        if envelopes == 0 {
            problems.push(format!("{key}: is 0, and then nothing is ever sent; it must be 1 or more"));
        }
    }
    if relay.released_per_second == 0 {
        problems
            .push("relay.released_per_second: is 0, and then nothing is ever let go; it must be 1 or more".to_owned());
    }
    if let Err(error) = EnvFilter::try_new(&log.filter) {
        problems.push(format!(
            "log.filter: {:?} is no filter ({error}); write a level (error, warn, info, debug, trace), or one per module, as in \
             \"iwmo_gateway=debug,info\"",
            log.filter
        ));
    }
}

/// A party stands there once: which of two would hold is a guess.
pub(super) fn each_once(partijen: &[LocalParty], problems: &mut Vec<String>) {
    let mut seen = HashSet::new();
    let twice = partijen.iter().filter(|local| !seen.insert(&local.partij));
    problems
        .extend(twice.map(|local| {
            format!("partij {:?}: there is more than one [[partij]] with this code", local.partij.code())
        }));
}

/// Whether some of these tables could not be read, so that nobody knows what they say.
pub(super) fn is_lost(table: &str, lost: &BTreeSet<String>, problems: &[String]) -> bool {
    lost.iter().chain(problems).any(|place| place.starts_with(table))
}

/// A gateway that serves acts for somebody, and somebody may call it; and where people decide, there are people who may.
pub(super) fn serves_somebody(config: &Config, lost: &BTreeSet<String>, problems: &mut Vec<String>) {
    if config.partijen.is_empty() && !is_lost("partij", lost, problems) {
        problems.push("partij: there is none; say with a [[partij]] for whom this gateway acts".to_owned());
    }
    if is_lost("credential", lost, problems) {
        return;
    }
    if config.credentials.is_empty() {
        problems.push("credential: there is none; say with a [[credential]] who may call".to_owned());
    }
    let gemeenten = config.partijen.iter().filter(|local| local.partij.is_gemeente());
    for local in gemeenten.filter(|_| config.declaraties == Decides::TwoPeople) {
        let may = |one: &&Credential| one.decides && one.partij.as_ref() == Some(&local.partij);
        let people = config.credentials.iter().filter(may).count();
        if people < EYES {
            problems.push(format!(
                "declaratie.answer: four-eyes needs {EYES} people of gemeente {}, one to propose and one to approve, each with a \
                 [[credential]] that says decides = true; there are {people}",
                local.partij.code()
            ));
        }
    }
}
