//! What played parties will send, and sending it.
//!
//! An envelope is composed when it is first due, and its bytes are kept for every attempt after that. Before
//! an attempt its next one is planned already: a caller that drops [`Mock::act`] half-way loses nothing.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Europe::Amsterdam;

use super::config::{PlayedParty, Retour};
use super::journal::{Direction, Line};
use super::levering::{Leveringen, Report};
use super::plans::{Agenda, Item, Plan, Send, What};
use super::{Mock, berichten};
use crate::domain::berichten::bericht::Header;
use crate::domain::{Bericht, Heenbericht, Inhoud, Timestamp};
use crate::hub::Delivery;
use crate::hub::envelope::check::kind_of;
use crate::hub::envelope::{
    Content, Envelope, Fault, Kind, Parameters, Payload, Plek, Stuurgegevens, Systeem, compose, digest, functie_versie,
};

impl Mock {
    /// Plans what the parties do about an envelope that was taken. Returns whether anything is planned.
    pub(super) fn plan(&self, agenda: &mut Agenda, envelope: &Envelope) -> bool {
        let Content::Di01(parameters) = &envelope.content else { return false };
        let (now, made) = (self.now(), agenda.made);
        let plan = |what| Plan {
            referentienummer: envelope.stuurgegevens.referentienummer.clone(),
            to: envelope.stuurgegevens.zender.organisatie.clone(),
            what,
        };
        let details = format!("{}-{}{}", parameters.functie, parameters.functie_versie, parameters.functie_subversie);
        // The GGK does not look inside; VECOZO does.
        let Some(Bericht::Heen(heen)) = (self.0.codec.read)(parameters.payload.bytes()) else {
            agenda.add(now, plan(Send::Bounce { code: "IB014".to_owned(), details }));
            return true;
        };
        let party = self.party(&envelope.stuurgegevens.ontvanger.organisatie);
        let in_time = now + delta(party.after.0);
        match &party.retour {
            Retour::Never => {}
            Retour::Bounce(code) => {
                agenda.add(in_time, plan(Send::Bounce { code: code.clone(), details }));
                return true;
            }
            Retour::Accept | Retour::Reject(_) => {
                agenda.add(in_time, plan(Send::Retour(Box::new(heen.clone()), party.retour.clone())));
            }
        }
        self.plan_reports(agenda, &heen, &party, plan);
        agenda.made > made
    }

    /// Plans what an aanbieder reports on what is assigned to it, and on what is taken away.
    fn plan_reports(&self, agenda: &mut Agenda, heen: &Heenbericht, party: &PlayedParty, plan: impl Fn(Send) -> Plan) {
        let (Some(start), Inhoud::Toewijzing(client)) = (party.start, &heen.inhoud) else { return };
        let given = agenda.leveringen.take_in(&heen.header, client);
        let mut left = Vec::new();
        for (which, last_day) in given.ended {
            let over = last_day.and_then(|day| day.succ_opt()).map_or(self.now(), start_of);
            left.extend(agenda.cancel(which, over));
            let due = over.max(self.now() + delta(party.after.0));
            agenda.add(due, plan(Send::Report(which, Report::End)));
        }
        let Some((which, first_day)) = given.fresh else { return };
        let mut due = (self.now() + delta(start.after.0)).max(start_of(first_day));
        agenda.add(due, plan(Send::Report(which, Report::Start(start.toewijzing))));
        for then in party.then.iter().filter(|_| left.is_empty()) {
            due += delta(then.after.0);
            agenda.add(due, plan(Send::Report(which, Report::Next(then.report))));
        }
        for (at, report) in left {
            agenda.add(due.max(at), plan(Send::Report(which, report)));
        }
    }

    /// Sends a heenbericht of a played party, as it is, when [`Mock::act`] is called next.
    ///
    /// # Errors
    /// The bytes are no heenbericht; nothing is planned.
    pub fn send(&self, bytes: Vec<u8>) -> Result<(), NotABericht> {
        let Some(Bericht::Heen(heen)) = (self.0.codec.read)(&bytes) else { return Err(NotABericht) };
        let to = heen.header.ontvanger.code().to_owned();
        let plan = Plan { referentienummer: String::new(), to, what: Send::Given(heen.header, bytes) };
        self.state().agenda.add(self.now(), plan);
        self.0.planned.notify_one();
        Ok(())
    }

    /// Sends everything that is due now to the gateway and returns how many envelopes were offered. What got no
    /// answer is offered again, in the same bytes, by a later call, until the attempts are used up.
    pub async fn act(&self) -> usize {
        let _alone = self.0.acting.lock().await;
        let due = self.take_due();
        for (id, envelope, bytes) in &due {
            let referentienummer = &envelope.stuurgegevens.referentienummer;
            let delivery = self.0.link.deliver(envelope.kind(), referentienummer, bytes.clone()).await;
            self.settle(*id, envelope, bytes, &delivery);
        }
        due.len()
    }

    /// What is due, oldest first, composed; its next attempt is planned.
    fn take_due(&self) -> Vec<(u64, Envelope, Vec<u8>)> {
        let now = self.now();
        let mut state = self.state();
        let mut items: Vec<Item> = state.agenda.items.iter().filter(|item| item.due <= now).cloned().collect();
        items.sort_by_key(|item| (item.due, item.id));
        let mut ready = Vec::new();
        for mut item in items {
            let composed = match item.what {
                What::Ready { envelope, bytes } => Some((*envelope, bytes)),
                What::Plan(plan) => self.compose(&plan, &mut state.agenda.leveringen).map(|envelope| {
                    let bytes = compose::envelope(&envelope);
                    (envelope, bytes)
                }),
            };
            state.agenda.items.retain(|other| other.id != item.id);
            let Some((envelope, bytes)) = composed else { continue };
            item.what = What::Ready { envelope: Box::new(envelope.clone()), bytes: bytes.clone() };
            item.due = now + delta(self.0.config.retry.every.0);
            item.attempts += 1;
            state.sent.insert(envelope.stuurgegevens.referentienummer.clone());
            ready.push((item.id, envelope, bytes));
            state.agenda.items.push(item);
        }
        ready
    }

    fn settle(&self, id: u64, envelope: &Envelope, bytes: &[u8], delivery: &Delivery) {
        let (done, outcome) = match delivery {
            Delivery::Accepted(_) => (true, "accepted".to_owned()),
            Delivery::Refused(refusal) => (true, format!("refused: {}", refusal.reason())),
            Delivery::Unsendable(reason) => (true, format!("not sent: {reason}")),
            Delivery::Later { reason, .. } | Delivery::Link { reason, .. } => (false, format!("later: {reason}")),
            Delivery::Unknown(reason) => (false, format!("unknown: {reason}")),
        };
        let line = Line::of(self.now(), Direction::Out, envelope, digest::sha256(bytes));
        let mut state = self.state();
        let attempts = state.agenda.items.iter().find(|item| item.id == id).map_or(0, |item| item.attempts);
        let given_up = !done && attempts >= self.0.config.retry.attempts;
        if done || given_up {
            state.agenda.items.retain(|item| item.id != id);
        }
        state.journal.write(line.outcome(if given_up { format!("given up after {outcome}") } else { outcome }));
    }

    fn compose(&self, plan: &Plan, leveringen: &mut Leveringen) -> Option<Envelope> {
        let stamp = self.stamp();
        let today = self.now().with_timezone(&Amsterdam).date_naive();
        let (zender, content) = match &plan.what {
            Send::Bounce { code, details } => {
                let zender = Systeem::zender("VECOZO", "VECOZOWebservice");
                (zender, Content::Fo01 { cross_refnummer: plan.referentienummer.clone(), fault: bounce(code, details) })
            }
            Send::Retour(heen, how) => {
                let bericht = berichten::retour(heen, how, &(self.0.ids)(), today)?;
                self.carry(plan, bericht.header(), bericht.poster().code(), (self.0.codec.encode)(&bericht))
            }
            Send::Report(which, report) => {
                let bericht = leveringen.report(*which, *report, &(self.0.ids)(), today)?;
                self.carry(plan, bericht.header(), bericht.poster().code(), (self.0.codec.encode)(&bericht))
            }
            Send::Given(header, bytes) => self.carry(plan, header, header.afzender.code(), bytes.clone()),
        };
        let stuurgegevens = Stuurgegevens {
            zender,
            ontvanger: Systeem::ontvanger(&plan.to),
            referentienummer: stamp.referentienummer,
            tijdstip_bericht: stamp.tijdstip_bericht,
        };
        Some(Envelope { stuurgegevens, content })
    }

    /// Sender and content of the envelope around a bericht.
    fn carry(&self, plan: &Plan, header: &Header, poster: &str, bytes: Vec<u8>) -> (Systeem, Content) {
        let (functie_versie, functie_subversie) = functie_versie(header.release);
        let parameters = Parameters {
            functie: header.soort.name().to_owned(),
            applicatie_versie: "0001".to_owned(),
            applicatie_subversie: "0000".to_owned(),
            functie_versie,
            functie_subversie,
            payload: Payload::Xml(bytes),
        };
        let content = match kind_of(header.soort) {
            Kind::Du01 => Content::Du01 { cross_refnummer: plan.referentienummer.clone(), parameters },
            Kind::Di01 | Kind::Fo01 => Content::Di01(parameters),
        };
        (Systeem::zender(poster, &self.0.config.applicatie), content)
    }
}

/// What is to be sent is no heenbericht that the stand-in can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("dit is geen heenbericht van iWmo")]
pub struct NotABericht;

fn bounce(code: &str, details: &str) -> Fault {
    Fault {
        code: code.to_owned(),
        plek: Plek::Client,
        omschrijving: "Teruggestuurd door het nepnetwerk".to_owned(),
        details: Some(details.to_owned()),
        details_xml_sha256: None,
    }
}

/// Far ahead when it does not fit.
fn delta(delay: Duration) -> TimeDelta {
    TimeDelta::from_std(delay).unwrap_or(TimeDelta::days(365_000))
}

/// The first instant of a day in the Netherlands.
fn start_of(day: NaiveDate) -> Timestamp {
    let midnight = day.and_time(NaiveTime::MIN);
    Amsterdam.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}
