//! What one attempt to deliver tells us: the one mapping from the wire to [`Delivery`].
//!
//! Imports `envelope`.

use std::time::Duration;

use crate::domain::Timestamp;

use super::envelope::answer::{Answer, RefusedBy, parse};
use super::envelope::{Fault, FaultCode, Plek};

/// What one delivery attempt tells us. Reasons are in Dutch and hold no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The other side took responsibility; its receipt number.
    Accepted(String),
    /// Nothing was taken: the receiver could not, and says so. Send the same bytes again, not before this.
    Later {
        /// When the other side asked for it.
        not_before: Option<NotBefore>,
        /// What the network said, or what broke; for the operator.
        reason: String,
    },
    /// Nothing was taken, and no receiver of StUF said so: nobody answered, or something on the way did (a proxy, a login, a
    /// redirect). What else goes there would fare no better; somebody may have to look at the link. Send the same bytes again,
    /// not before this.
    Link {
        /// When whoever answered asked for it.
        not_before: Option<NotBefore>,
        /// What the network said, or what broke; for the operator.
        reason: String,
    },
    /// A receiver of StUF, or somebody on the way to it, does not take these bytes, with a fault.
    Refused(Refusal),
    /// These bytes are not for sending, and were not sent; a person must look.
    Unsendable(String),
    /// The line broke after sending, or the answer says nothing: taken or not, we cannot know. Send the
    /// same bytes again, under the same referentienummer.
    Unknown(String),
}

/// A fault that refuses an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// For good, or of what was read of the header.
    pub by: RefusedBy,
    /// Who says so; empty when it does not say.
    pub zender: String,
    /// The fault that was answered.
    pub fault: Fault,
}

impl Refusal {
    /// For the operator.
    #[must_use]
    pub fn reason(&self) -> String {
        self.fault.reason()
    }
}

/// Not before when, as Retry-After says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotBefore {
    /// So long after the answer.
    After(Duration),
    /// This instant.
    At(Timestamp),
}

impl NotBefore {
    /// The instant, for an answer that came at `now`.
    #[must_use]
    pub fn instant(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(instant) => instant,
            Self::After(delay) => chrono::TimeDelta::from_std(delay)
                .ok()
                .and_then(|delay| now.checked_add_signed(delay))
                .unwrap_or(Timestamp::MAX_UTC),
        }
    }

    /// Reads a Retry-After header: seconds or an HTTP date; anything else counts as absent.
    #[must_use]
    pub fn from_header(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Self::After(Duration::from_secs(seconds)));
        }
        let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
        Some(Self::At(date.to_utc()))
    }
}

/// What happened on the wire.
#[derive(Clone, Debug)]
pub enum Attempt<'a> {
    /// An HTTP answer came in whole.
    Answered {
        /// Of HTTP.
        status: u16,
        /// From Retry-After.
        not_before: Option<NotBefore>,
        /// All of it.
        body: &'a [u8],
    },
    /// No connection: name not found, refused, TLS failed, or time-out before it stood. Nothing was sent.
    NotSent(String),
    /// The connection broke, or the time was up, after sending began.
    Broken(String),
}

/// What an attempt to deliver the envelope with this referentienummer means.
///
/// A StUF answer counts whatever the HTTP status; without one the status decides.
#[must_use]
pub fn judge(attempt: &Attempt<'_>, referentienummer: &str) -> Delivery {
    match attempt {
        Attempt::NotSent(cause) => {
            Delivery::Link { not_before: None, reason: format!("Geen verbinding met het netwerk: {cause}") }
        }
        Attempt::Broken(cause) => Delivery::Unknown(format!("Geen antwoord na verzenden: {cause}")),
        Attempt::Answered { status, not_before, body } => match parse(body) {
            Some(answer) => judge_answer(answer, *not_before, referentienummer),
            None => judge_status(*status, *not_before),
        },
    }
}

fn judge_answer(answer: Answer, not_before: Option<NotBefore>, ours: &str) -> Delivery {
    let elsewhere = || Delivery::Unknown("Het antwoord hoort bij een ander referentienummer".to_owned());
    match answer {
        Answer::Taken { cross_refnummer, .. } if cross_refnummer != ours => elsewhere(),
        Answer::Taken { referentienummer, .. } => Delivery::Accepted(referentienummer),
        Answer::Refused { cross_refnummer: Some(theirs), .. } if theirs != ours => elsewhere(),
        Answer::Refused { by: RefusedBy::Fo03, fault, .. } if may_be_sent_again(&fault) => {
            Delivery::Later { not_before, reason: fault.reason() }
        }
        Answer::Refused { by, zender, fault, .. } => {
            Delivery::Refused(Refusal { by, zender: zender.unwrap_or_default(), fault })
        }
    }
}

/// The receiver is at fault, and an Fo03 says nothing of the content.
fn may_be_sent_again(fault: &Fault) -> bool {
    fault.code == FaultCode::StUF046.code() || fault.plek == Plek::Server
}

/// An answer that is not of StUF. A gateway in between may have said it: "yes" means nothing, and "no" only that nothing
/// was taken.
fn judge_status(status: u16, not_before: Option<NotBefore>) -> Delivery {
    let link = |reason: String| Delivery::Link { not_before, reason };
    match status {
        408 | 425 | 429 | 503 => link(format!("Het netwerk vraagt om later (HTTP {status})")),
        300..=399 => {
            link(format!("Het adres verwijst door en dat wordt niet gevolgd: kijk ggk.url na (HTTP {status})"))
        }
        401 | 403 | 407 => {
            link(format!("De verbinding wordt niet toegelaten: kijk het certificaat na (HTTP {status})"))
        }
        404 | 405 | 410 => link(format!("Op dit adres luistert geen GGK: kijk ggk.url na (HTTP {status})")),
        400..=499 => link(format!("Iets voor het netwerk weigert, zonder foutbericht van StUF (HTTP {status})")),
        _ => Delivery::Unknown(format!("Het antwoord is geen bevestiging (HTTP {status})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "3f0c2a5e-7b1d-4c86-9a4f-5d2e8b7c1a01";

    fn answered(status: u16, body: &str) -> Delivery {
        judge(&Attempt::Answered { status, not_before: None, body: body.as_bytes() }, OURS)
    }

    fn soap(inside: &str) -> String {
        format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/' \
             xmlns='http://www.egem.nl/StUF/StUF0301'><e:Body>{inside}</e:Body></e:Envelope>"
        )
    }

    fn confirmation(code: &str, cross: &str) -> String {
        soap(&format!(
            "<{code}Bericht><stuurgegevens><berichtcode>{code}</berichtcode><referentienummer>r</referentienummer>\
             <crossRefnummer>{cross}</crossRefnummer></stuurgegevens></{code}Bericht>"
        ))
    }

    fn fault(code: &str, plek: &str, cross: &str) -> String {
        soap(&format!(
            "<e:Fault><faultcode>e:client</faultcode><faultstring>f</faultstring><detail xmlns=''>\
             <Fo03Bericht xmlns='http://www.egem.nl/StUF/StUF0301'><stuurgegevens>{cross}</stuurgegevens><body>\
             <code>{code}</code><plek>{plek}</plek><omschrijving>o</omschrijving></body></Fo03Bericht></detail></e:Fault>"
        ))
    }

    fn refused(delivery: &Delivery) -> (&'static str, String) {
        match delivery {
            Delivery::Refused(Refusal { by: RefusedBy::Fo01, .. }) => ("Fo01", reason(delivery)),
            Delivery::Refused(Refusal { by: RefusedBy::Fo03, .. }) => ("Fo03", reason(delivery)),
            other => panic!("{other:?}"),
        }
    }

    fn reason(delivery: &Delivery) -> String {
        match delivery {
            Delivery::Refused(refusal) => format!("{}/{}", refusal.zender, refusal.reason()),
            Delivery::Later { reason, .. } | Delivery::Link { reason, .. } => reason.clone(),
            Delivery::Accepted(text) | Delivery::Unsendable(text) | Delivery::Unknown(text) => text.clone(),
        }
    }

    #[test]
    fn an_answer_of_stuf_counts_whatever_the_status() {
        for status in [200, 202, 404, 500] {
            for code in ["Bv01", "Bv03", "Bv04"] {
                assert_eq!(answered(status, &confirmation(code, OURS)), Delivery::Accepted("r".to_owned()));
            }
            assert_eq!(refused(&answered(status, &fault("StUF034", "client", ""))), ("Fo03", "/StUF034: o".to_owned()));
            let later = Delivery::Later { not_before: None, reason: "StUF046: o".to_owned() };
            assert_eq!(answered(status, &fault("StUF046", "client", "")), later);
            let later = Delivery::Later { not_before: None, reason: "IB900: o".to_owned() };
            assert_eq!(answered(status, &fault("IB900", "server", "")), later);
        }
    }

    #[test]
    fn an_fo01_in_the_answer_is_a_refusal_with_code_and_details() {
        let fo01 = |code: &str, cross: &str| {
            soap(&format!(
                "<Fo01Bericht><stuurgegevens><berichtcode>Fo01</berichtcode><zender><organisatie>VECOZO</organisatie>\
                 </zender><crossRefnummer>{cross}</crossRefnummer></stuurgegevens><body><code>{code}</code>\
                 <plek>server</plek><omschrijving>o</omschrijving><details>WMO301</details></body></Fo01Bericht>"
            ))
        };
        for status in [200, 500] {
            let said = ("Fo01", "VECOZO/IB014: o (WMO301)".to_owned());
            assert_eq!(refused(&answered(status, &fo01("IB014", OURS))), said);
        }
        assert_eq!(refused(&answered(200, &fo01("VECMELD007", OURS))).1, "VECOZO/VECMELD007: o (WMO301)");
        assert!(matches!(answered(200, &fo01("IB014", "x")), Delivery::Unknown(_)));
        let in_fault = fo01("IB014", OURS)
            .replace("<Fo01Bericht>", "<e:Fault><detail><Fo01Bericht>")
            .replace("</Fo01Bericht>", "</Fo01Bericht></detail></e:Fault>");
        assert_eq!(refused(&answered(500, &in_fault)).0, "Fo01");
        let bare = soap("<Fo01Bericht><body><code>IB014</code></body></Fo01Bericht>");
        assert_eq!(refused(&answered(200, &bare)), ("Fo01", "/IB014".to_owned()), "however little it says");
    }

    #[test]
    fn an_answer_to_something_else_says_nothing() {
        let unknown = Delivery::Unknown("Het antwoord hoort bij een ander referentienummer".to_owned());
        assert_eq!(answered(200, &confirmation("Bv03", "x")), unknown);
        assert_eq!(answered(500, &fault("StUF034", "client", "<crossRefnummer>x</crossRefnummer>")), unknown);
        let ours = format!("<crossRefnummer>{OURS}</crossRefnummer>");
        assert!(matches!(answered(500, &fault("StUF034", "client", &ours)), Delivery::Refused(_)));
        assert!(matches!(answered(200, &confirmation("Bv03", "")), Delivery::Unknown(_)));
        assert!(matches!(answered(200, &confirmation("Bv02", OURS)), Delivery::Unknown(_)));
    }

    #[test]
    fn without_stuf_nothing_is_refused() {
        for status in (300..=418).chain([425, 429, 431, 451, 499, 503]) {
            assert!(matches!(answered(status, "<html/>"), Delivery::Link { .. }), "{status}");
        }
        for status in [200, 202, 204, 500, 502, 504] {
            assert!(matches!(answered(status, "<html/>"), Delivery::Unknown(_)), "{status}");
        }
        assert!(reason(&answered(404, "")).contains("ggk.url"), "says what to look at");
    }

    #[test]
    fn only_what_was_certainly_not_sent_is_later() {
        let not_sent = judge(&Attempt::NotSent("geweigerd".to_owned()), OURS);
        let reason = "Geen verbinding met het netwerk: geweigerd".to_owned();
        assert_eq!(not_sent, Delivery::Link { not_before: None, reason });
        let broken = judge(&Attempt::Broken("de tijd is om".to_owned()), OURS);
        assert_eq!(broken, Delivery::Unknown("Geen antwoord na verzenden: de tijd is om".to_owned()));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-12T08:00:00Z".parse().expect("an instant");
        let at = |value| NotBefore::from_header(value).map(|not_before| not_before.instant(now).to_rfc3339());
        assert_eq!(at(" 90 ").as_deref(), Some("2026-01-12T08:01:30+00:00"));
        assert_eq!(at("Mon, 12 Jan 2026 09:00:00 GMT").as_deref(), Some("2026-01-12T09:00:00+00:00"));
        assert_eq!(at("morgen"), None);
        assert!(at("99999999999999999").is_some(), "far ahead, and no panic");
    }
}
