//! One envelope in, one answer: what the GGK does at its door.

use super::Mock;
use super::config::{FaultOrder, Misbehaviour};
use super::journal::{Direction, Line};
use super::stand_in::State;
use super::taken::{Key, Taken};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::hub::envelope::fault::About;
use crate::hub::envelope::{Envelope, Fault, FaultCode, Kind, Plek, Refusal, check, compose, digest, parse};

/// What goes back.
pub(super) enum Reply {
    /// Bv03.
    Confirmed(Vec<u8>),
    /// A SOAP fault with Fo03.
    Refused(Vec<u8>),
    /// 503.
    Unavailable { retry_after: Option<u64> },
    /// 500 without StUF.
    ServerError,
    /// 200 with HTML.
    WebPage,
    /// No answer: the connection closes.
    Cut,
}

/// An envelope that was let in.
enum Admitted {
    New,
    /// Seen before with the same content; what was answered then.
    Again(Vec<u8>),
}

impl Mock {
    /// Takes one request body. What is confirmed is stored and planned first; what is not, is not.
    pub(super) fn take(&self, bytes: &[u8]) -> Reply {
        let parsed = parse(bytes);
        let sha256 = digest::sha256(bytes);
        let line = match &parsed {
            Ok(envelope) => Line::of(self.now(), Direction::In, envelope, sha256),
            Err(_) => Line::unread(self.now(), Direction::In, sha256),
        };
        let mut state = self.state();
        let fault = next_fault(&mut state);
        if let Some((reply, outcome)) = fault.as_ref().and_then(|fault| self.misbehave_unstored(fault, &parsed)) {
            state.journal.write(line.outcome(outcome));
            return reply;
        }
        let admitted = parsed.map_err(|refusal| (refusal.fault(), refusal.about)).and_then(|envelope| {
            match self.admit(&state, &envelope) {
                Ok(admitted) => Ok((envelope, admitted)),
                Err(code) => Err((code.fault(None), Box::new(About::from(&envelope.stuurgegevens)))),
            }
        });
        let (answer, envelope) = match admitted {
            Err((fault, about)) => {
                state.journal.write(line.outcome(fault.code.clone()));
                return Reply::Refused(compose::fo03(&about, &fault, &self.stamp()));
            }
            Ok((envelope, Admitted::Again(answer))) => {
                state.journal.write(line.outcome("duplicate"));
                (answer, envelope)
            }
            Ok((envelope, Admitted::New)) => {
                state.journal.write(line.outcome("accepted"));
                (self.store(&mut state, &envelope), envelope)
            }
        };
        self.confirm(fault.as_ref(), answer, envelope)
    }

    /// The checks of table 4.1 after parsing, in their order.
    fn admit(&self, state: &State, envelope: &Envelope) -> Result<Admitted, FaultCode> {
        let is_party = |code: &str| Partij::from_text(code).is_some();
        check::parties(envelope, is_party, is_party)?;
        if let Some(taken) = state.taken.get(&Key::of(envelope)) {
            if taken.content_sha256 != envelope.content_sha256() {
                return Err(FaultCode::StUF016);
            }
            return Ok(Admitted::Again(taken.answer.clone()));
        }
        check::functie(envelope)?;
        let known = envelope.cross_refnummer().is_none_or(|cross| state.sent.contains(cross));
        if self.0.config.check_cross_refnummer && !known {
            return Err(FaultCode::StUF043);
        }
        Ok(Admitted::New)
    }

    fn store(&self, state: &mut State, envelope: &Envelope) -> Vec<u8> {
        let answer = compose::bv03(&envelope.stuurgegevens, &self.stamp());
        let taken = Taken { content_sha256: envelope.content_sha256(), answer: answer.clone() };
        state.taken.insert(Key::of(envelope), taken);
        if envelope.kind() == Kind::Di01 && self.plan(&mut state.agenda, envelope) {
            self.0.planned.notify_one();
        }
        answer
    }

    /// Answers, unless a fault spoils the answer to what is stored.
    fn confirm(&self, fault: Option<&Misbehaviour>, answer: Vec<u8>, envelope: Envelope) -> Reply {
        match fault {
            Some(Misbehaviour::CloseStored) => Reply::Cut,
            Some(Misbehaviour::WrongCrossRefnummer) => {
                let mut header = envelope.stuurgegevens;
                header.referentienummer = (self.0.ids)();
                Reply::Confirmed(compose::bv03(&header, &self.stamp()))
            }
            Some(_) | None => Reply::Confirmed(answer),
        }
    }

    /// A fault that comes before storing, and its name in the journal; `None` for one that comes after.
    fn misbehave_unstored(
        &self,
        fault: &Misbehaviour,
        parsed: &Result<Envelope, Refusal>,
    ) -> Option<(Reply, &'static str)> {
        Some(match fault {
            Misbehaviour::CloseStored | Misbehaviour::WrongCrossRefnummer => return None,
            Misbehaviour::Unavailable { retry_after } => {
                (Reply::Unavailable { retry_after: *retry_after }, "on demand: unavailable")
            }
            Misbehaviour::ServerError => (Reply::ServerError, "on demand: server-error"),
            Misbehaviour::CloseUnstored => (Reply::Cut, "on demand: close-unstored"),
            Misbehaviour::WebPage => (Reply::WebPage, "on demand: web-page"),
            Misbehaviour::Fo03(code) => {
                let about = match parsed {
                    Ok(envelope) => About::from(&envelope.stuurgegevens),
                    Err(refusal) => About::clone(&refusal.about),
                };
                let fault = on_demand(code);
                (Reply::Refused(compose::fo03(&about, &fault, &self.stamp())), "on demand: fo03")
            }
        })
    }
}

/// Counts down the first order that waits.
fn next_fault(state: &mut State) -> Option<Misbehaviour> {
    while let Some(FaultOrder { fault, times }) = state.faults.front_mut() {
        if *times > 0 {
            *times -= 1;
            let fault = fault.clone();
            state.faults.retain(|order| order.times > 0);
            return Some(fault);
        }
        state.faults.pop_front();
    }
    None
}

fn on_demand(code: &str) -> Fault {
    match FaultCode::ALL.into_iter().find(|known| known.code() == code) {
        Some(known) => known.fault(None),
        None => Fault {
            code: code.to_owned(),
            plek: Plek::Client,
            omschrijving: "Fout op bestelling van het nepnetwerk".to_owned(),
            details: None,
            details_xml_sha256: None,
        },
    }
}
