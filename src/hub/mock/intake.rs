//! One envelope in, one answer: what the GGK does at its door.

use super::Mock;
use super::config::{Face, Misbehaviour, When};
use super::faults::next_fault;
use super::journal::{Direction, Line};
use super::reply::Reply;
use super::stand_in::State;
use super::taken::{Key, Taken};
use crate::domain::Partij;
use crate::domain::berichten::waarde::Value as _;
use crate::hub::envelope::fault::About;
use crate::hub::envelope::{Envelope, FaultCode, Kind, check, compose, digest, parse};

/// An envelope that was let in.
enum Admitted {
    New,
    /// Seen before with the same content; what a repeat gets, and whether that is a fault.
    Again(Vec<u8>, bool),
}

impl Mock {
    /// Takes one request body. What is confirmed is stored and planned first; what is not, is not.
    pub(super) fn take(&self, bytes: &[u8]) -> Reply {
        let parsed = parse(bytes);
        let sha256 = digest::sha256(bytes);
        let line = match &parsed {
            Ok(envelope) => self.line(Direction::In, envelope, sha256),
            Err(_) => Line::unread(self.now(), Direction::In, sha256),
        };
        let mut state = self.state();
        let fault = next_fault(&mut state, parsed.as_ref().ok(), When::Taking);
        if let Some((reply, outcome)) = fault.as_ref().and_then(|fault| self.misbehave_unstored(fault, &parsed)) {
            state.journal.write(line.outcome(outcome), bytes);
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
                state.journal.write(line.outcome(fault.code.clone()), bytes);
                return Reply::Refused(compose::fo03(&about, &fault, &self.stamp()));
            }
            Ok((_, Admitted::Again(answer, true))) => {
                state.journal.write(line.outcome("duplicate, said to be not unique"), bytes);
                return Reply::Refused(answer);
            }
            Ok((envelope, Admitted::Again(answer, false))) => {
                state.journal.write(line.outcome("duplicate"), bytes);
                (answer, envelope)
            }
            Ok((envelope, Admitted::New)) => {
                state.journal.write(line.outcome("accepted"), bytes);
                (self.store(&mut state, &envelope, fault.as_ref()), envelope)
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
            return Ok(Admitted::Again(taken.answer.clone(), taken.is_fault));
        }
        check::functie(envelope)?;
        let known = envelope.cross_refnummer().is_none_or(|cross| state.sent.contains(cross));
        if self.0.config.check_cross_refnummer && !known {
            return Err(FaultCode::StUF043);
        }
        Ok(Admitted::New)
    }

    fn store(&self, state: &mut State, envelope: &Envelope, fault: Option<&Misbehaviour>) -> Vec<u8> {
        let on_repeat = self.on_repeat(fault, envelope);
        let is_lost = fault == Some(&Misbehaviour::Lose);
        let mut answer = compose::bv03(&envelope.stuurgegevens, &self.stamp());
        if self.0.config.face == Face::Adapter {
            answer = String::from_utf8_lossy(&answer).replace("Bv03", "Bv04").into_bytes();
        }
        let is_fault = on_repeat.is_some();
        let taken = Taken {
            content_sha256: envelope.content_sha256(),
            answer: on_repeat.unwrap_or_else(|| answer.clone()),
            is_fault,
        };
        state.taken.insert(Key::of(envelope), taken);
        if envelope.kind() == Kind::Di01 && !is_lost && self.plan(&mut state.agenda, envelope) {
            self.0.planned.notify_one();
        }
        answer
    }
}
