//! What one attempt to deliver tells us: the one mapping from the wire to [`Delivery`].

use std::time::Duration;

use crate::domain::Timestamp;

use super::envelope::answer::{Answer, parse};
use super::envelope::{Fault, FaultCode, Plek};

/// What one delivery attempt tells us. Reasons are in Dutch and hold no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The other side took responsibility; its receipt number.
    Accepted(String),
    /// Nothing was taken; the other side or the line is at fault. Send the same bytes again, not before this.
    Later {
        /// When the other side asked for it.
        not_before: Option<NotBefore>,
        /// Why.
        reason: String,
    },
    /// The other side will never take these bytes; we are at fault and a person must look. Nothing was taken.
    Refused(String),
    /// The other side has seen this referentienummer with other content (StUF016). Never send these bytes
    /// again. After an earlier [`Delivery::Unknown`] it is a sign that they had arrived; without one, that a
    /// referentienummer was used twice.
    Duplicate(String),
    /// The line broke after sending, or the answer says nothing: taken or not, we cannot know. Send the
    /// same bytes again, under the same referentienummer.
    Unknown(String),
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
            Delivery::Later { not_before: None, reason: format!("Geen verbinding met het netwerk: {cause}") }
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
        Answer::Refused { fault, .. } => judge_fault(&fault, not_before),
    }
}

fn judge_fault(fault: &Fault, not_before: Option<NotBefore>) -> Delivery {
    let reason = match &fault.details {
        None => format!("{}: {}", fault.code, fault.omschrijving),
        Some(details) => format!("{}: {} ({details})", fault.code, fault.omschrijving),
    };
    if fault.code == FaultCode::StUF016.code() {
        Delivery::Duplicate(reason)
    } else if fault.code == FaultCode::StUF046.code() || fault.plek == Plek::Server {
        Delivery::Later { not_before, reason }
    } else {
        Delivery::Refused(reason)
    }
}

/// An answer that is not of StUF. A gateway in between may have said it, so "yes" means nothing.
fn judge_status(status: u16, not_before: Option<NotBefore>) -> Delivery {
    match status {
        408 | 425 | 429 | 503 => {
            Delivery::Later { not_before, reason: format!("Het netwerk vraagt om later (HTTP {status})") }
        }
        300..=399 => Delivery::Refused(format!("Het adres verwijst door (HTTP {status})")),
        400..=499 => Delivery::Refused(format!("Het netwerk weigert zonder foutbericht (HTTP {status})")),
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

    #[test]
    fn an_answer_of_stuf_counts_whatever_the_status() {
        for status in [200, 202, 500] {
            assert_eq!(answered(status, &confirmation("Bv03", OURS)), Delivery::Accepted("r".to_owned()));
            assert_eq!(answered(status, &confirmation("Bv04", OURS)), Delivery::Accepted("r".to_owned()));
            assert_eq!(answered(status, &fault("StUF034", "client", "")), Delivery::Refused("StUF034: o".to_owned()));
            assert_eq!(answered(status, &fault("StUF016", "client", "")), Delivery::Duplicate("StUF016: o".to_owned()));
            let later = Delivery::Later { not_before: None, reason: "StUF046: o".to_owned() };
            assert_eq!(answered(status, &fault("StUF046", "client", "")), later);
            let later = Delivery::Later { not_before: None, reason: "IB900: o".to_owned() };
            assert_eq!(answered(status, &fault("IB900", "server", "")), later);
        }
    }

    #[test]
    fn an_answer_to_something_else_says_nothing() {
        let unknown = Delivery::Unknown("Het antwoord hoort bij een ander referentienummer".to_owned());
        assert_eq!(answered(200, &confirmation("Bv03", "x")), unknown);
        assert_eq!(answered(500, &fault("StUF034", "client", "<crossRefnummer>x</crossRefnummer>")), unknown);
        let ours = format!("<crossRefnummer>{OURS}</crossRefnummer>");
        assert!(matches!(answered(500, &fault("StUF034", "client", &ours)), Delivery::Refused(_)));
        // Bv01 says that the bericht was handled; this link does not know it.
        assert!(matches!(answered(200, &confirmation("Bv01", OURS)), Delivery::Unknown(_)));
        assert!(matches!(answered(200, &confirmation("Bv03", "")), Delivery::Unknown(_)));
    }

    #[test]
    fn without_stuf_the_status_decides() {
        for status in [408, 425, 429, 503] {
            assert!(matches!(answered(status, "vol"), Delivery::Later { .. }), "{status}");
        }
        for status in [301, 302, 307, 400, 401, 403, 404, 413, 415] {
            assert!(matches!(answered(status, "<html/>"), Delivery::Refused(_)), "{status}");
        }
        for status in [200, 202, 204, 500, 502, 504] {
            assert!(matches!(answered(status, "<html/>"), Delivery::Unknown(_)), "{status}");
        }
    }

    #[test]
    fn only_what_was_certainly_not_sent_is_later() {
        let not_sent = judge(&Attempt::NotSent("geweigerd".to_owned()), OURS);
        let reason = "Geen verbinding met het netwerk: geweigerd".to_owned();
        assert_eq!(not_sent, Delivery::Later { not_before: None, reason });
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
