//! A Prometheus Alertmanager, by its v2 API: an alert for each party, kind and gemeente, which ends by `endsAt`.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::call::Caller;
use crate::alert::not_taken::NotTaken;
use crate::alert::texts;
use crate::domain::Timestamp;
use crate::store::Message;

/// How long an alert lasts that is not told again: each is told every hour.
const LASTS: TimeDelta = TimeDelta::hours(3);

/// An Alertmanager.
pub struct Alertmanager {
    caller: Caller,
}

impl Alertmanager {
    pub const fn new(caller: Caller) -> Self {
        Self { caller }
    }

    pub async fn send(&self, message: &Message, now: Timestamp) -> Result<(), NotTaken> {
        let mut url = self.caller.url.clone();
        let path = url.path().trim_end_matches('/').to_owned();
        if !path.ends_with("/api/v2/alerts") {
            url.set_path(&format!("{path}/api/v2/alerts"));
        }
        let alerts = Value::from(alerts(message, now)).to_string();
        let json = |request: reqwest::RequestBuilder| request.header("content-type", "application/json").body(alerts);
        self.caller.post(url, json).await
    }
}

/// The alerts of a message: those that fire, and those that are over.
fn alerts(message: &Message, now: Timestamp) -> Vec<Value> {
    let data = texts::data(message);
    let names: &[&str] = match message.event.as_str() {
        "deadline.overdue" => &["DeadlineOverdue"],
        "deadline.due-soon" => &["DeadlineDueSoon"],
        "deadline.resolved" => &["DeadlineOverdue", "DeadlineDueSoon"],
        "receiver.failing" | "receiver.resolved" => return vec![of_receiver(message, &data, now)],
        "network.held" | "network.released" => return vec![of_network(message, &data, now)],
        _ => return vec![test(message, now)],
    };
    let gemeenten = data["gemeenten"].as_array().into_iter().flatten();
    let each = gemeenten.flat_map(|one| names.iter().map(move |name| (*name, one)));
    each.map(|(name, one)| {
        let count = one["count"].as_i64().unwrap_or_default();
        // What is due soon ends with the first that is resolved; what is overdue with the last.
        let fires = count > 0 && !(message.event == "deadline.resolved" && name == "DeadlineDueSoon");
        let mut alert = json!({
            "labels": {"alertname": name, "clock": data["clock"], "responsible": data["responsible"],
                "gemeente": one["gemeente"]},
            "annotations": {"summary": texts::subject(message), "count": count.to_string()},
            "endsAt": if fires { now + LASTS } else { now },
        });
        if fires {
            alert["startsAt"] = json!(message.made_at);
        }
        alert
    })
    .collect()
}

fn of_receiver(message: &Message, data: &Value, now: Timestamp) -> Value {
    let fires = message.event == "receiver.failing";
    json!({
        "labels": {"alertname": "ReceiverFailing", "receiver": data["receiver"]},
        "annotations": {"summary": texts::subject(message)},
        "endsAt": if fires { now + TimeDelta::days(7) } else { now },
    })
}

fn of_network(message: &Message, data: &Value, now: Timestamp) -> Value {
    let fires = message.event == "network.held";
    json!({
        "labels": {"alertname": "NetworkHeld", "scope": data["scope"], "name": data["name"]},
        "annotations": {"summary": texts::subject(message)},
        "endsAt": if fires { now + TimeDelta::days(7) } else { now },
    })
}

fn test(message: &Message, now: Timestamp) -> Value {
    json!({
        "labels": {"alertname": "IwmoGatewayTest"},
        "annotations": {"summary": texts::subject(message)},
        "endsAt": now + TimeDelta::minutes(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_fires_for_each_gemeente_and_ends_with_its_last_deadline() {
        let data = r#"{"state":"resolved","clock":"retour","responsible":"41005001","count":2,"gemeenten":[
            {"gemeente":"0384","count":0},{"gemeente":"1684","count":3}]}"#;
        let (id, event) = ("m".to_owned(), "deadline.resolved".to_owned());
        let message =
            Message { id, event, made_at: Timestamp::UNIX_EPOCH, data: data.to_owned(), attempt: 1, failures: 0 };
        let now = Timestamp::UNIX_EPOCH + TimeDelta::minutes(5);
        let sent: Vec<_> = alerts(&message, now)
            .iter()
            .map(|alert| {
                let labels = &alert["labels"];
                let ends = if alert["endsAt"] == json!(now) { "ends" } else { "fires" };
                format!(
                    "{} {} {ends}",
                    labels["alertname"].as_str().unwrap_or(""),
                    labels["gemeente"].as_str().unwrap_or("")
                )
            })
            .collect();
        let wanted = [
            "DeadlineOverdue 0384 ends",
            "DeadlineDueSoon 0384 ends",
            "DeadlineOverdue 1684 fires",
            "DeadlineDueSoon 1684 ends",
        ];
        assert_eq!(sent, wanted);
    }
}
