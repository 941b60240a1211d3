//! What played parties will send, and sending it.
//!
//! An envelope is composed when it is first due, and its bytes are kept for every attempt after that. Before
//! an attempt its next one is planned already: a caller that drops [`Mock::act`] half-way loses nothing.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Europe::Amsterdam;

use super::besluit::Moment;
use super::config::{Misbehaviour, PlayedParty, Retour, When};
use super::damage::{stamped, written};
use super::faults::{bounce, fault_about, next_fault};
use super::journal::Direction;
use super::levering::Report;
use super::plans::{Agenda, Item, Plan, Send, What};
use super::{Mock, antwoord, berichten, besluit};
use crate::domain::berichten::bericht::Header;
use crate::domain::{Bericht, Heenbericht, Inhoud, Timestamp};
use crate::hub::Delivery;
use crate::hub::envelope::check::kind_of;
use crate::hub::envelope::{
    Content, Envelope, Kind, Parameters, Payload, Stuurgegevens, Systeem, compose, digest, functie_versie,
};

/// The number of the first toewijzing that a played gemeente gives.
const FIRST_TOEWIJZING: i64 = 800_000_001;

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
        if let Some(decides) = party.decides {
            let due = in_time.max(now + delta(decides.after.0));
            agenda.add(due, plan(Send::Decide(Box::new(heen.clone()), decides.answer)));
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
        self.send_after(bytes, Duration::ZERO)
    }

    /// The same when so much time has passed.
    ///
    /// # Errors
    /// The bytes are no heenbericht; nothing is planned.
    pub fn send_after(&self, bytes: Vec<u8>, delay: Duration) -> Result<(), NotABericht> {
        let Some(Bericht::Heen(heen)) = (self.0.codec.read)(&bytes) else { return Err(NotABericht) };
        let to = heen.header.ontvanger.code().to_owned();
        let plan = Plan { referentienummer: String::new(), to, what: Send::Given(heen.header, bytes) };
        self.state().agenda.add(self.now() + delta(delay), plan);
        self.0.planned.notify_one();
        Ok(())
    }

    /// Sends everything that is due now to the gateway and returns how many envelopes were offered. What got no
    /// answer is offered again, in the same bytes, by a later call, until the attempts are used up.
    pub async fn act(&self) -> usize {
        let _alone = self.0.acting.lock().await;
        let due = self.take_due();
        for (id, envelope, bytes) in &due {
            let odd = next_fault(&mut self.state(), Some(envelope), When::Sending);
            let (delivery, again) = match odd {
                Some(Misbehaviour::SendTwiceAtOnce) => {
                    let (one, other) = tokio::join!(self.offer(envelope, bytes), self.offer(envelope, bytes));
                    (one, Some(other))
                }
                _ => (self.offer(envelope, bytes).await, None),
            };
            self.settle(*id, envelope, bytes, &delivery);
            if let Some(again) = again {
                self.note("again", envelope, bytes, &again);
            }
            if let Some(odd) = odd {
                self.send_more(&odd, envelope, bytes).await;
            }
        }
        due.len()
    }

    /// The bytes of an envelope, as this face hands it over.
    pub(super) fn wrapped(&self, envelope: &Envelope) -> Vec<u8> {
        compose::wrapped(envelope, &self.0.config.face.wrapping())
    }

    async fn offer(&self, envelope: &Envelope, bytes: &[u8]) -> Delivery {
        self.link().deliver(envelope.kind(), &envelope.stuurgegevens.referentienummer, bytes.to_vec()).await
    }

    /// What follows an envelope on demand.
    async fn send_more(&self, odd: &Misbehaviour, envelope: &Envelope, bytes: &[u8]) {
        match odd {
            Misbehaviour::SendTwice => {
                let delivery = self.offer(envelope, bytes).await;
                self.note("again", envelope, bytes, &delivery);
            }
            Misbehaviour::SendOtherContent => {
                let mut other = envelope.clone();
                if let Content::Di01(parameters) | Content::Du01 { parameters, .. } = &mut other.content {
                    let mut payload = parameters.payload.bytes().to_vec();
                    payload.extend_from_slice(b"<!-- anders -->");
                    parameters.payload = Payload::Xml(payload);
                }
                let bytes = self.wrapped(&other);
                let delivery = self.offer(&other, &bytes).await;
                self.note("other content", &other, &bytes, &delivery);
            }
            Misbehaviour::SendBroken => {
                let mut broken = envelope.clone();
                broken.stuurgegevens.referentienummer = (self.0.ids)().to_uppercase();
                let bytes = self.wrapped(&broken);
                let delivery = self.offer(&broken, &bytes).await;
                self.note("broken", &broken, &bytes, &delivery);
            }
            Misbehaviour::SendDamaged(damage) => {
                let mut other = damage.inside(envelope.clone());
                other.stuurgegevens.referentienummer = (self.0.ids)();
                let bytes = damage.of(&self.wrapped(&other));
                self.state().sent.insert(other.stuurgegevens.referentienummer.clone());
                let delivery = self.offer(&other, &bytes).await;
                self.note("damaged", &other, &bytes, &delivery);
            }
            Misbehaviour::FaultAfterRetour => {
                let Content::Du01 { cross_refnummer, .. } = &envelope.content else { return };
                let to = &envelope.stuurgegevens.ontvanger.organisatie;
                let fault = fault_about(to, cross_refnummer, "IB014", self.stamp());
                let bytes = self.wrapped(&fault);
                let delivery = self.offer(&fault, &bytes).await;
                self.note("after its retour", &fault, &bytes, &delivery);
            }
            _ => {}
        }
    }

    /// Writes down what came of an envelope that goes out besides what was planned.
    fn note(&self, why: &str, envelope: &Envelope, bytes: &[u8], delivery: &Delivery) {
        let line = self.line(Direction::Out, envelope, digest::sha256(bytes));
        let (_, outcome) = outcome(delivery);
        self.state().journal.write(line.outcome(format!("{why}: {outcome}")), bytes);
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
                What::Plan(plan) => self.compose(&plan, &mut state.agenda).map(|envelope| {
                    let fault = next_fault(&mut state, Some(&envelope), When::Composing);
                    let envelope = stamped(fault.as_ref(), envelope, now);
                    let bytes = written(fault.as_ref(), &envelope, self.wrapped(&envelope));
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
        let (done, outcome) = outcome(delivery);
        let line = self.line(Direction::Out, envelope, digest::sha256(bytes));
        let mut state = self.state();
        let attempts = state.agenda.items.iter().find(|item| item.id == id).map_or(0, |item| item.attempts);
        let given_up = !done && attempts >= self.0.config.retry.attempts;
        if done || given_up {
            state.agenda.items.retain(|item| item.id != id);
        }
        let outcome = if given_up { format!("given up after {outcome}") } else { outcome };
        state.journal.write(line.outcome(outcome), bytes);
    }

    fn compose(&self, plan: &Plan, agenda: &mut Agenda) -> Option<Envelope> {
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
                let bericht = agenda.leveringen.report(*which, *report, &(self.0.ids)(), today)?;
                self.carry(plan, bericht.header(), bericht.poster().code(), (self.0.codec.encode)(&bericht))
            }
            Send::Decide(heen, besluit) => {
                let time = self.now().with_timezone(&Amsterdam).format("%H:%M:%S").to_string();
                let (first, at, id) = (FIRST_TOEWIJZING + agenda.given, Moment { day: today, time }, (self.0.ids)());
                let decided = besluit::decide(heen, *besluit, &id, first, &at);
                let bericht = decided.or_else(|| antwoord::answer(heen, *besluit, &id, &at))?;
                if let Inhoud::VerzoekOmToewijzing(client) = &heen.inhoud {
                    agenda.given += i64::try_from(client.aangevraagde_producten.len()).unwrap_or(i64::MAX);
                }
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

/// Whether it is done with, and how the journal tells it.
fn outcome(delivery: &Delivery) -> (bool, String) {
    match delivery {
        Delivery::Accepted(_) => (true, "accepted".to_owned()),
        Delivery::Refused(refusal) => (true, format!("refused: {}", refusal.reason())),
        Delivery::Unsendable(reason) => (true, format!("not sent: {reason}")),
        Delivery::Later { reason, .. } | Delivery::Link { reason, .. } => (false, format!("later: {reason}")),
        Delivery::Unknown(reason) => (false, format!("unknown: {reason}")),
    }
}

/// What is to be sent is no heenbericht that the stand-in can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("dit is geen heenbericht van iWmo")]
pub struct NotABericht;

/// Far ahead when it does not fit.
fn delta(delay: Duration) -> TimeDelta {
    TimeDelta::from_std(delay).unwrap_or(TimeDelta::days(365_000))
}

/// The first instant of a day in the Netherlands.
fn start_of(day: NaiveDate) -> Timestamp {
    let midnight = day.and_time(NaiveTime::MIN);
    Amsterdam.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}
