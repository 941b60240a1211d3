//! What people read: the subject and the lines of a message, in Dutch.

use serde_json::Value;

use crate::domain::deadlines::kinds::awaited;
use crate::store::Message;

/// The data of a message.
pub fn data(message: &Message) -> Value {
    serde_json::from_str(&message.data).unwrap_or_default()
}

/// What a message comes down to, and whether it is practice.
pub fn subject(message: &Message) -> String {
    let data = data(message);
    let subject = matter(message, &data);
    if data["practice"] == true { format!("Oefening: {subject}") } else { subject }
}

fn matter(message: &Message, data: &Value) -> String {
    let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| data[key].as_i64().unwrap_or_default();
    let about = format!("{} van {}", text("clock"), text("responsible"));
    match message.event.as_str() {
        "deadline.overdue" => format!("{} te laat: {about}", termijnen(number("count"))),
        "deadline.due-soon" => format!("{} bijna te laat: {about}", termijnen(number("count"))),
        "deadline.resolved" => format!("{} afgehandeld: {about}", termijnen(number("count"))),
        "deadline.digest" => {
            format!("Termijnen op {}: {} te laat, {} bijna te laat", text("day"), number("overdue"), number("due_soon"))
        }
        "receiver.failing" => format!("Meldingen aan {} komen niet aan", text("receiver")),
        "receiver.resolved" => format!("Meldingen aan {} komen weer aan", text("receiver")),
        "network.held" => format!("De verzending staat stil: {}", held(data)),
        "network.released" => format!("De verzending gaat weer door: {}", held(data)),
        "test" => "Dit is een proef".to_owned(),
        other => other.to_owned(),
    }
}

/// The lines below it.
pub fn lines(message: &Message) -> Vec<Line> {
    let data = data(message);
    let mut lines: Vec<Line> = data["deadlines"].as_array().into_iter().flatten().map(deadline).collect();
    let named = i64::try_from(lines.len()).unwrap_or_default();
    let more = data["count"].as_i64().unwrap_or(named) - named;
    if more > 0 {
        lines.push(Line::of(format!("en nog {more} andere")));
    }
    for group in data["groups"].as_array().into_iter().flatten() {
        let word = if group["state"] == "overdue" { "te laat" } else { "bijna te laat" };
        let of = |key: &str| group[key].as_str().unwrap_or_default();
        lines.push(Line::of(format!("{} van {}: {} {word}", of("clock"), of("responsible"), group["count"])));
    }
    if let ("network.held", Some(since)) = (message.event.as_str(), data["since"].as_str()) {
        lines.push(Line::of(format!("Sinds {since}. Kijk op de pagina Netwerk wat er aan de hand is.")));
    }
    if let (Some(since), Some(error)) = (data["since"].as_str(), data["error"].as_str()) {
        lines.push(Line::of(format!("Sinds {since}, na {} pogingen: {error}", data["attempts"])));
        lines.push(Line::of(
            "De meldingen blijven bewaard en worden opnieuw geprobeerd. Kijk het adres en de instelling na.",
        ));
    }
    lines
}

/// A line, and where it leads.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Where more is to be read.
    pub url: Option<String>,
}

impl Line {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), url: None }
    }
}

fn deadline(one: &Value) -> Line {
    let of = |key: &str| one[key].as_str().unwrap_or_default();
    let awaited = awaited(of("clock"), of("answer"));
    let about = one["berichtsoort"].as_str().map(|soort| format!(" op {soort}")).unwrap_or_default();
    let text = format!("{awaited}{about} van {}, uiterlijk {}", of("responsible"), of("due"));
    Line { text, url: one["url"].as_str().map(str::to_owned) }
}

/// What is held, with the words of the network.
fn held(data: &Value) -> String {
    match (data["scope"].as_str().unwrap_or_default(), data["name"].as_str().unwrap_or_default()) {
        ("netwerk", _) => "alles aan het netwerk".to_owned(),
        ("ontvanger", code) => format!("alles aan {code}"),
        ("functie", functie) => format!("alles met functie {functie}"),
        ("zender", code) => format!("alles van {code}"),
        (scope, name) => format!("{scope} {name}"),
    }
}

fn termijnen(count: i64) -> String {
    if count == 1 { "1 termijn".to_owned() } else { format!("{count} termijnen") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    fn message(event: &str, data: &str) -> Message {
        let (id, event, data) = ("m".to_owned(), event.to_owned(), data.to_owned());
        Message { id, event, made_at: Timestamp::UNIX_EPOCH, data, attempt: 1, failures: 0 }
    }

    #[test]
    fn many_are_counted_and_the_first_are_named() {
        let data = r#"{"state":"overdue","clock":"retour","responsible":"41005001","count":12,"deadlines":[
            {"id":"d","clock":"retour","answer":"WMO302","responsible":"41005001","due":"2026-03-07","berichtsoort":"WMO301","url":"http://x/berichten/b"}]}"#;
        let message = message("deadline.overdue", data);
        assert_eq!(subject(&message), "12 termijnen te laat: retour van 41005001");
        let lines = lines(&message);
        assert_eq!(lines[0].text, "WMO302 op WMO301 van 41005001, uiterlijk 2026-03-07");
        assert_eq!(lines[0].url.as_deref(), Some("http://x/berichten/b"));
        assert_eq!(lines[1..], [Line::of("en nog 11 andere")]);
    }

    #[test]
    fn practice_is_told_as_practice() {
        let data = |practice| format!(r#"{{"clock":"retour","responsible":"41005001","count":1{practice}}}"#);
        let line = |practice| subject(&message("deadline.overdue", &data(practice)));
        assert_eq!(line(r#","practice":true"#), "Oefening: 1 termijn te laat: retour van 41005001");
        assert_eq!(line(""), "1 termijn te laat: retour van 41005001");
    }

    #[test]
    fn what_is_held_is_told_in_words() {
        let told = |event: &str, scope: &str, name: &str| {
            let data =
                format!(r#"{{"state":"held","scope":"{scope}","name":"{name}","since":"2026-03-07T09:00:00Z"}}"#);
            let message = message(event, &data);
            (subject(&message), lines(&message).len())
        };
        let line = |text: &str, lines: usize| (text.to_owned(), lines);
        let held = told("network.held", "functie", "WMO301");
        assert_eq!(held, line("De verzending staat stil: alles met functie WMO301", 1));
        assert_eq!(told("network.held", "netwerk", "").0, "De verzending staat stil: alles aan het netwerk");
        assert_eq!(told("network.held", "ontvanger", "41005001").0, "De verzending staat stil: alles aan 41005001");
        let released = told("network.released", "zender", "0384");
        assert_eq!(released, line("De verzending gaat weer door: alles van 0384", 0));
    }

    #[test]
    fn a_receiver_that_fails_is_told_in_words() {
        let data =
            r#"{"state":"failing","receiver":"team","since":"2026-03-07T09:00:00Z","attempts":9,"error":"HTTP 500"}"#;
        let message = message("receiver.failing", data);
        assert_eq!(subject(&message), "Meldingen aan team komen niet aan");
        assert!(lines(&message)[0].text.contains("na 9 pogingen: HTTP 500"));
    }
}
