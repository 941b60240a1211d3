//! What receivers of alerts are told, besides the deadline, when something is held and when it goes on: `network.held` and
//! `network.released`. Written with the deadline that opens or ends, so that each is told once.

use chrono::DateTime;
use serde_json::json;

use crate::domain::Timestamp;
use crate::exchange::gateway::Gateway;
use crate::exchange::ids;
use crate::store::{NewMessage, OPERATOR, Scope};

/// The key of what is held since then.
pub(super) fn key(scope: &Scope, since: Timestamp) -> String {
    format!("{}/{}/{}", scope.word(), scope.name(), since.timestamp())
}

/// That it is held; nothing where this is no key of something that is.
pub(super) fn begun(clock: &str, key: &str, gateway: &Gateway) -> Vec<NewMessage> {
    messages("held", clock, key, gateway)
}

/// That it goes on.
pub(super) fn over(clock: &str, key: &str, gateway: &Gateway) -> Vec<NewMessage> {
    messages("released", clock, key, gateway)
}

fn messages(state: &str, clock: &str, key: &str, gateway: &Gateway) -> Vec<NewMessage> {
    let Some((scope, since)) = read(key) else { return Vec::new() };
    let mut data = json!({"state": state, "scope": scope.word(), "name": scope.name(), "since": since});
    if gateway.clock.is_practice() {
        data["practice"] = json!(true);
    }
    let responsible = if let Scope::Zender(name) = &scope { name } else { OPERATOR };
    let now = gateway.clock.now();
    let about = gateway.alerts.receivers.iter().filter(|receiver| receiver.is_about(clock, responsible));
    let message = |receiver: &crate::domain::alerts::Receiver| NewMessage {
        id: ids::new_id(now),
        receiver: receiver.name.clone(),
        event: format!("network.{state}"),
        about: key.to_owned(),
        at: now,
        data: data.to_string(),
    };
    about.map(message).collect()
}

/// What such a key says.
fn read(key: &str) -> Option<(Scope, Timestamp)> {
    let (word, rest) = key.split_once('/')?;
    let (name, since) = rest.rsplit_once('/')?;
    let since = DateTime::from_timestamp(since.parse().ok()?, 0)?;
    Some((Scope::from_words(word, name)?, since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_others_are_none() {
        let since = DateTime::from_timestamp(1_772_780_430, 0).expect("a moment");
        let scopes = [Scope::Netwerk, Scope::Functie("WMO301".to_owned()), Scope::Zender("0384".to_owned())];
        for scope in scopes {
            assert_eq!(read(&key(&scope, since)), Some((scope, since)));
        }
        for other in ["postbus/0384", "vier-ogen/019cb7f4/1772780430", "9056/0384", "geparkeerd", "netwerk//x"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
