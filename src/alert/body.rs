//! What messages say: data that are written once, and what webhooks make of them. No Bsn, name, amount or Identificatie.

use serde_json::{Value, json};

use super::texts;
use crate::store::{Contents, DeadlineView, Group, Message};

/// The data of a message about deadlines, as JSON.
pub fn data(group: &Group, contents: &Contents, link: &str) -> String {
    members(group, contents, link).to_string()
}

/// The same under a clock that was set for practice.
pub fn data_in_practice(group: &Group, contents: &Contents, link: &str) -> String {
    let mut data = members(group, contents, link);
    data["practice"] = json!(true);
    data.to_string()
}

fn members(group: &Group, contents: &Contents, link: &str) -> Value {
    let deadlines: Vec<Value> = contents.first.iter().map(|view| deadline(view, link)).collect();
    let mut data = json!({"state": group.event.word(), "clock": group.clock, "responsible": group.responsible,
        "count": contents.count, "deadlines": deadlines});
    if !contents.by_gemeente.is_empty() {
        let live = contents.by_gemeente.iter().map(|(gemeente, count)| json!({"gemeente": gemeente, "count": count}));
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
            failures: 0,
        };
        let text = cloud_event(&message(1), "/iwmo-gateway/test");
        let wanted = r#"{"specversion":"1.0","id":"019cb7f4","source":"/iwmo-gateway/test","type":"nl.iwmo-gateway.deadline.overdue","time":"1970-01-01T00:00:00Z","datacontenttype":"application/json","data":{"state":"overdue","count":1}}"#;
        assert_eq!((text.as_str(), cloud_event(&message(7), "/iwmo-gateway/test").as_str()), (wanted, wanted));
    }
}
