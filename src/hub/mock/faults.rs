//! What goes wrong on demand: which order is next, and what it makes of an answer.

use super::Mock;
use super::config::{FaultOrder, Misbehaviour, When};
use super::journal::{Direction, Line};
use super::reply::Reply;
use super::stand_in::State;
use crate::hub::envelope::compose::Stamp;
use crate::hub::envelope::fault::About;
use crate::hub::envelope::{Content, Envelope, Fault, FaultCode, Plek, Refusal, Stuurgegevens, Systeem, compose};

impl Mock {
    /// A fault that comes before storing, and its name in the journal; `None` for one that comes after.
    pub(super) fn misbehave_unstored(
        &self,
        fault: &Misbehaviour,
        parsed: &Result<Envelope, Refusal>,
    ) -> Option<(Reply, &'static str)> {
        Some(match fault {
            Misbehaviour::Unavailable { retry_after } => {
                (Reply::Unavailable { retry_after: *retry_after }, "on demand: unavailable")
            }
            Misbehaviour::ServerError => (Reply::ServerError, "on demand: server-error"),
            Misbehaviour::CloseUnstored | Misbehaviour::CloseUnread => (Reply::Cut, "on demand: close-unstored"),
            Misbehaviour::WebPage => (Reply::WebPage, "on demand: web-page"),
            Misbehaviour::Status(status) => (Reply::Status(*status), "on demand: status"),
            Misbehaviour::Hang => (Reply::Hang, "on demand: hang"),
            Misbehaviour::SoapFault => (Reply::Refused(SOAP_FAULT.to_vec()), "on demand: soap-fault"),
            Misbehaviour::SoapFaultOk => (Reply::Confirmed(SOAP_FAULT.to_vec()), "on demand: soap-fault-ok"),
            Misbehaviour::Fo01(code) => match parsed {
                Ok(envelope) => (Reply::Confirmed(self.fo01_about(&envelope.stuurgegevens, code)), "on demand: fo01"),
                Err(_) => (Reply::ServerError, "on demand: server-error"),
            },
            Misbehaviour::Fo03(code) => {
                let about = match parsed {
                    Ok(envelope) => About::from(&envelope.stuurgegevens),
                    Err(refusal) => About::clone(&refusal.about),
                };
                let fault = on_demand(code);
                (Reply::Refused(compose::fo03(&about, &fault, &self.stamp())), "on demand: fo03")
            }
            Misbehaviour::CloseStored
            | Misbehaviour::WrongCrossRefnummer
            | Misbehaviour::HalfAnswer
            | Misbehaviour::Drip
            | Misbehaviour::NotUnique(_)
            | Misbehaviour::WrongParties
            | Misbehaviour::OddPrefixes
            | Misbehaviour::TrailingGarbage
            | Misbehaviour::Entities
            | Misbehaviour::AnswerFirst
            | Misbehaviour::Lose
            | Misbehaviour::SendTwice
            | Misbehaviour::SendTwiceAtOnce
            | Misbehaviour::SendOtherContent
            | Misbehaviour::SendBroken
            | Misbehaviour::SendDamaged(_)
            | Misbehaviour::SendWritten(_)
            | Misbehaviour::SendTijdstip { .. }
            | Misbehaviour::FaultAfterRetour => return None,
        })
    }

    /// The same for what is no envelope.
    pub(super) fn misbehave_before(&self, fault: &Misbehaviour) -> Option<(Reply, &'static str)> {
        let nothing_read = Refusal { code: FaultCode::StUF055, details: String::new(), about: Box::default() };
        match fault {
            Misbehaviour::Fo03(_) | Misbehaviour::Fo01(_) | Misbehaviour::SoapFault | Misbehaviour::SoapFaultOk => None,
            fault => self.misbehave_unstored(fault, &Err(nothing_read)),
        }
    }

    /// The answer to what is stored, unless a fault spoils it.
    pub(super) fn confirm(&self, fault: Option<&Misbehaviour>, answer: Vec<u8>, envelope: Envelope) -> Reply {
        let spoilt = |change: &dyn Fn(&str) -> String| {
            String::from_utf8(answer.clone()).map_or_else(|_| answer.clone(), |text| change(&text).into_bytes())
        };
        match fault {
            Some(Misbehaviour::CloseStored | Misbehaviour::NotUnique(_)) => Reply::Cut,
            Some(Misbehaviour::HalfAnswer) => Reply::Half(answer),
            Some(Misbehaviour::Drip) => Reply::Drip(answer),
            Some(Misbehaviour::AnswerFirst) => Reply::AfterActing(answer),
            Some(Misbehaviour::WrongCrossRefnummer) => {
                let mut header = envelope.stuurgegevens;
                header.referentienummer = (self.0.ids)();
                Reply::Confirmed(compose::bv03(&header, &self.stamp()))
            }
            Some(Misbehaviour::WrongParties) => {
                let Stuurgegevens { zender, ontvanger, .. } = envelope.stuurgegevens.clone();
                let turned = Stuurgegevens { zender: ontvanger, ontvanger: zender, ..envelope.stuurgegevens };
                Reply::Confirmed(compose::bv03(&turned, &self.stamp()))
            }
            Some(Misbehaviour::OddPrefixes) => Reply::Confirmed(spoilt(&|text| {
                text.replace("StUF", "x-1").replace("soapenv", "E").replace("><", ">\n\t <")
            })),
            Some(Misbehaviour::TrailingGarbage) => Reply::Confirmed(spoilt(&|text| format!("{text}<!-- --><p>op</p>"))),
            Some(Misbehaviour::Entities) => Reply::Confirmed(spoilt(&|text| {
                let end = text.find("?>").map_or(0, |at| at + 2);
                format!("{}<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\">]>{}", &text[..end], &text[end..])
            })),
            Some(_) | None => Reply::Confirmed(answer),
        }
    }

    /// What a repeat of an envelope gets that was stored under this fault.
    pub(super) fn on_repeat(&self, fault: Option<&Misbehaviour>, envelope: &Envelope) -> Option<Vec<u8>> {
        let Some(Misbehaviour::NotUnique(code)) = fault else { return None };
        let about = &envelope.stuurgegevens;
        // The codes of the chain come in a Fo01 of their own sender.
        if FaultCode::ALL.into_iter().all(|known| known.code() != code) {
            return Some(self.fo01_about(about, code));
        }
        Some(compose::fo03(&About::from(about), &on_demand(code), &self.stamp()))
    }

    /// Whether the next request is to be closed before it is read.
    pub(super) fn closes_unread(&self) -> bool {
        let mut state = self.state();
        let first = state.faults.iter().position(|order| order.times > 0 && order.fault.when() == When::Taking);
        let Some(at) = first.filter(|at| state.faults[*at].fault == Misbehaviour::CloseUnread) else { return false };
        let is_so = state.is_drawn(at);
        if is_so {
            state.faults[at].times -= 1;
            let line = Line::unread(self.now(), Direction::In, String::new());
            state.journal.write(line.outcome("on demand: close-unread"), b"");
        }
        is_so
    }

    fn fo01_about(&self, about: &Stuurgegevens, code: &str) -> Vec<u8> {
        let stamp = self.stamp();
        self.wrapped(&fault_about(&about.zender.organisatie, &about.referentienummer, code, stamp))
    }
}

/// A Fo01 of VECOZO about an envelope, for its sender.
pub(super) fn fault_about(to: &str, about: &str, code: &str, stamp: Stamp) -> Envelope {
    Envelope {
        stuurgegevens: Stuurgegevens {
            zender: Systeem::zender("VECOZO", "VECOZOWebservice"),
            ontvanger: Systeem::ontvanger(to),
            referentienummer: stamp.referentienummer,
            tijdstip_bericht: stamp.tijdstip_bericht,
        },
        content: Content::Fo01 { cross_refnummer: about.to_owned(), fault: bounce(code, "op bestelling") },
    }
}

pub(super) fn bounce(code: &str, details: &str) -> Fault {
    Fault {
        code: code.to_owned(),
        plek: Plek::Client,
        omschrijving: "Teruggestuurd door het nepnetwerk".to_owned(),
        details: Some(details.to_owned()),
        details_xml_sha256: None,
    }
}

/// Counts down the first order for this moment that fits this envelope.
pub(super) fn next_fault(state: &mut State, envelope: Option<&Envelope>, when: When) -> Option<Misbehaviour> {
    let fits = |order: &FaultOrder| {
        order.times > 0
            && order.fault.when() == when
            && order.fault != Misbehaviour::CloseUnread
            && is_about(order, envelope)
    };
    let at = (0..state.faults.len()).find(|at| fits(&state.faults[*at]) && state.is_drawn(*at))?;
    state.faults[at].times -= 1;
    let fault = state.faults[at].fault.clone();
    state.faults.retain(|order| order.times > 0);
    Some(fault)
}

fn is_about(order: &FaultOrder, envelope: Option<&Envelope>) -> bool {
    let Some(envelope) = envelope else { return order.functie.is_none() && order.partij.is_none() };
    let header = &envelope.stuurgegevens;
    let functie = envelope.parameters().map(|parameters| parameters.functie.as_str());
    let of_functie = order.functie.as_deref().is_none_or(|wanted| functie == Some(wanted));
    let of_partij = order
        .partij
        .as_ref()
        .is_none_or(|wanted| *wanted == header.zender.organisatie || *wanted == header.ontvanger.organisatie);
    of_functie && of_partij
}

const SOAP_FAULT: &[u8] = b"<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><e:Fault>\
    <faultcode>e:Server</faultcode><faultstring>op bestelling</faultstring></e:Fault></e:Body></e:Envelope>";

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
