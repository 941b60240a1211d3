//! What messages say: data that are written once, and what webhooks make of them. No Bsn, name, amount or Identificatie.

use serde_json::{Value, json};

use super::texts;
use crate::store::{DeadlineView, Group, Message, Told};

/// The data of a message about deadlines, as JSON.
pub fn data(group: &Group, told: &Told, link: &str) -> String {
    members(group, told, link).to_string()
}

/// The same under a clock that was set for practice.
pub fn data_in_practice(group: &Group, told: &Told, link: &str) -> String {
    let mut data = members(group, told, link);
    data["practice"] = json!(true);
    data.to_string()
}

fn members(group: &Group, told: &Told, link: &str) -> Value {
    let deadlines: Vec<Value> = told.first.iter().map(|view| deadline(view, link)).collect();
    let mut data = json!({"state": group.event.word(), "clock": group.clock, "responsible": group.responsible,
        "count": told.count, "deadlines": deadlines});
    if !told.by_gemeente.is_empty() {
        let live = told.by_gemeente.iter().map(|(gemeente, count)| json!({"gemeente": gemeente, "count": count}));
        data["gemeenten"] = live.collect();
    }
    data
}

fn deadline(view: &DeadlineView, link: &str) -> Value {
    let mut deadline = json!({"id": view.id, "clock": view.clock, "answer": view.answer, "responsible": view.responsible,
        "due": view.due});
    if let Some(by) = view.started_by() {
        deadline["berichtsoort"] = json!(by.berichtsoort);
        deadline["bericht"] = json!(by.id);
        deadline["url"] = json!(format!("{link}/berichten/{}", by.id));
    } else {
        deadline["url"] = json!(format!("{link}/"));
    }
    deadline
}

/// A message as an event of CloudEvents 1.0. The same bytes on each attempt.
pub fn cloud_event(message: &Message, source: &str) -> String {
    let event = json!({
        "specversion": "1.0",
        "id": message.id,
        "source": source,
        "type": format!("nl.iwmo-gateway.{}", message.event),
        "time": message.made_at,
        "datacontenttype": "application/json",
        "data": texts::data(message),
    });
    event.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn an_event_is_one_of_cloudevents_and_the_same_each_time() {
        let message = |attempt| Message {
            id: "019cb7f4".to_owned(),
            event: "deadline.overdue".to_owned(),
            made_at: Timestamp::UNIX_EPOCH,
            data: r#"{"state":"overdue","count":1}"#.to_owned(),
            attempt,
        };
        let told = cloud_event(&message(1), "/iwmo-gateway/test");
        let wanted = r#"{"specversion":"1.0","id":"019cb7f4","source":"/iwmo-gateway/test","type":"nl.iwmo-gateway.deadline.overdue","time":"1970-01-01T00:00:00Z","datacontenttype":"application/json","data":{"state":"overdue","count":1}}"#;
        assert_eq!((told.as_str(), cloud_event(&message(7), "/iwmo-gateway/test").as_str()), (wanted, wanted));
    }
}
