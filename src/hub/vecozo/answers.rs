//! What the answer to a bericht that was handed in means.
//!
//! Only 204, and a refusal of VECOZO itself (400 and 422, with its details in JSON), say something of the bericht. All else is said
//! by something on the way, or by nobody.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::hub::delivery::{Delivery, NotBefore, Refusal};
use crate::hub::envelope::answer::RefusedBy;
use crate::hub::envelope::{Fault, Plek};

/// Who refuses.
const VECOZO: &str = "VECOZO";

/// What VECOZO says when it does not take something.
#[derive(Deserialize)]
struct Details {
    title: Option<String>,
    detail: Option<String>,
    errors: Option<Map<String, Value>>,
}

/// What an HTTP answer means for the bericht with this number.
pub(super) fn judge(status: u16, not_before: Option<NotBefore>, body: &[u8], traceer_id: &str) -> Delivery {
    let details = serde_json::from_slice::<Details>(body).ok().filter(Details::says_something);
    let link = |what: &str| Delivery::Link { not_before, reason: format!("{what} (HTTP {status})") };
    match (status, details) {
        (204, _) => Delivery::Accepted(traceer_id.to_owned()),
        (409, _) => refused("BRS114", "VECOZO kent dit nummer al".to_owned()),
        (400 | 413 | 422, Some(details)) => {
            let text = details.text();
            refused(&code_in(&text).unwrap_or_else(|| format!("HTTP {status}")), text)
        }
        (401 | 403, _) => link("VECOZO laat de verbinding niet toe: kijk het certificaat en de autorisatie na"),
        (404 | 405 | 410, _) => link("Op dit adres luistert VECOZO niet: kijk vecozo.url na"),
        (300..=399, _) => link("Het adres verwijst door en dat wordt niet gevolgd: kijk vecozo.url na"),
        (408 | 425 | 429 | 503, _) => link("VECOZO vraagt om later"),
        (400..=499, _) => link("Iets voor VECOZO weigert"),
        _ => Delivery::Unknown(format!("Het antwoord van VECOZO is geen bevestiging (HTTP {status})")),
    }
}

fn refused(code: &str, omschrijving: String) -> Delivery {
    let fault =
        Fault { code: code.to_owned(), plek: Plek::Client, omschrijving, details: None, details_xml_sha256: None };
    Delivery::Refused(Refusal { by: RefusedBy::Fo01, zender: VECOZO.to_owned(), fault })
}

impl Details {
    fn says_something(&self) -> bool {
        self.title.is_some() || self.detail.is_some() || self.errors.is_some()
    }

    /// For people: what it says of each member. Nothing that may be a Bsn comes through.
    fn text(&self) -> String {
        let of = |value: &Value| match value {
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
            other => other.as_str().unwrap_or_default().to_owned(),
        };
        let errors = self.errors.iter().flatten().map(|(name, value)| format!("{name}: {}", of(value)));
        let parts: Vec<String> = self.title.iter().chain(&self.detail).cloned().chain(errors).collect();
        let text: String = parts.join(". ").chars().take(200).collect();
        let is_long = |run: &str| run.len() >= 8 && run.bytes().all(|byte| byte.is_ascii_digit());
        let words = text.split(' ').map(|word| {
            let digits = word.trim_matches(|one: char| !one.is_ascii_digit());
            if is_long(digits) { word.replace(digits, "*********") } else { word.to_owned() }
        });
        words.collect::<Vec<_>>().join(" ")
    }
}

/// The code of VECOZO in a text, as in `BRS13` or `VECMELD007`.
fn code_in(text: &str) -> Option<String> {
    let words = text.split(|one: char| !one.is_ascii_alphanumeric());
    let mut codes = words.filter(|word| {
        let number = word.trim_start_matches(|one: char| one.is_ascii_uppercase());
        let letters = word.len() - number.len();
        (2..=8).contains(&letters)
            && (2..=4).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    codes.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str) -> Delivery {
        judge(status, None, body.as_bytes(), "t")
    }

    #[test]
    fn only_vecozo_itself_refuses() {
        assert_eq!(answered(204, ""), Delivery::Accepted("t".to_owned()));
        let code = |delivery| match delivery {
            Delivery::Refused(refusal) => refusal.fault.code,
            other => panic!("{other:?}"),
        };
        assert_eq!(code(answered(422, r#"{"title":"x","errors":{"afzender":["BRS03 geen toestemming"]}}"#)), "BRS03");
        assert_eq!(code(answered(400, r#"{"title":"One or more validation errors occurred."}"#)), "HTTP 400");
        assert_eq!(code(answered(409, "")), "BRS114");
        for (status, body) in
            [(400, "<html>"), (422, "{}"), (413, "nginx"), (401, "{\"title\":\"x\"}"), (404, ""), (302, ""), (503, "")]
        {
            assert!(matches!(answered(status, body), Delivery::Link { .. }), "{status} {body}");
        }
        for status in [200, 202, 500, 502, 504] {
            assert!(matches!(answered(status, "{\"title\":\"x\"}"), Delivery::Unknown(_)), "{status}");
        }
    }

    #[test]
    fn no_bsn_comes_out_of_a_refusal() {
        let answer = answered(422, r#"{"title":"Bsn 999940004 onbekend","errors":{"bsn":["999940004."]}}"#);
        let Delivery::Refused(refusal) = answer else { panic!("{answer:?}") };
        assert!(!refusal.reason().contains("999940004"), "{}", refusal.reason());
    }
}
