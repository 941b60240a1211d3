//! What played parties will send, and sending it.
//!
//! An envelope is composed when it is first due, and its bytes are kept for every attempt after that. Before
//! an attempt its next one is planned already: a caller that drops [`Mock::act`] half-way loses nothing.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Europe::Amsterdam;

use super::config::{PlayedParty, Retour, Toewijzing};
use super::journal::{Direction, Line};
use super::{Mock, berichten};
use crate::domain::{Bericht, Heenbericht, Timestamp};
use crate::hub::Delivery;
use crate::hub::envelope::check::kind_of;
use crate::hub::envelope::{
    Content, Envelope, Fault, Kind, Parameters, Payload, Plek, Stuurgegevens, Systeem, compose, digest, functie_versie,
};

#[derive(Default)]
pub(super) struct Agenda {
    items: Vec<Item>,
    made: u64,
}

#[derive(Clone)]
struct Item {
    id: u64,
    due: Timestamp,
    attempts: u32,
    what: What,
}

#[derive(Clone)]
enum What {
    Plan(Box<Plan>),
    Ready { envelope: Box<Envelope>, bytes: Vec<u8> },
}

/// Something to compose when its time has come.
#[derive(Clone)]
pub(super) struct Plan {
    /// Of the Di01 that set this off.
    referentienummer: String,
    /// Who sent that Di01.
    to: Systeem,
    what: Reply,
}

#[derive(Clone)]
enum Reply {
    Retour(Heenbericht, Retour),
    Start(Heenbericht, Toewijzing),
    Bounce { code: String, details: String },
}

impl Agenda {
    pub fn next_due(&self) -> Option<Timestamp> {
        self.items.iter().map(|item| item.due).min()
    }

    fn add(&mut self, due: Timestamp, plan: Plan) {
        self.made += 1;
        self.items.push(Item { id: self.made, due, attempts: 0, what: What::Plan(Box::new(plan)) });
    }
}

impl Mock {
    /// Plans what the parties do about an envelope that was taken. Returns whether anything is planned.
    pub(super) fn plan(&self, agenda: &mut Agenda, envelope: &Envelope) -> bool {
        let Content::Di01(parameters) = &envelope.content else { return false };
        let (now, made) = (self.now(), agenda.made);
        let plan = |what| Plan {
            referentienummer: envelope.stuurgegevens.referentienummer.clone(),
            to: envelope.stuurgegevens.zender.clone(),
            what,
        };
        let details = format!("{}-{}{}", parameters.functie, parameters.functie_versie, parameters.functie_subversie);
        // The GGK does not look inside; VECOZO does.
        let Some(Bericht::Heen(heen)) = (self.0.codec.read)(parameters.payload.bytes()) else {
            agenda.add(now, plan(Reply::Bounce { code: "IB014".to_owned(), details }));
            return true;
        };
        let party = self.party(&envelope.stuurgegevens.ontvanger.organisatie);
        let PlayedParty { retour, after, start, .. } = party;
        let in_time = now + delta(after.0);
        match retour {
            Retour::Never => {}
            Retour::Bounce(code) => {
                agenda.add(in_time, plan(Reply::Bounce { code, details }));
                return true;
            }
            Retour::Accept | Retour::Reject(_) => {
                agenda.add(in_time, plan(Reply::Retour(heen.clone(), retour)));
            }
        }
        if let (Some(start), Some(day)) = (start, berichten::first_day(&heen)) {
            let due = (now + delta(start.after.0)).max(start_of(day));
            agenda.add(due, plan(Reply::Start(heen, start.toewijzing)));
        }
        agenda.made > made
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
                What::Plan(plan) => self.compose(&plan).map(|envelope| {
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
            Delivery::Duplicate(reason) => (true, format!("duplicate: {reason}")),
            Delivery::Refused(reason) => (true, format!("refused: {reason}")),
            Delivery::Later { reason, .. } => (false, format!("later: {reason}")),
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

    fn compose(&self, plan: &Plan) -> Option<Envelope> {
        let stamp = self.stamp();
        let today = self.now().with_timezone(&Amsterdam).date_naive();
        let (zender, content) = match &plan.what {
            Reply::Bounce { code, details } => {
                let zender = Systeem::zender("VECOZO", "VECOZOWebservice");
                (zender, Content::Fo01 { cross_refnummer: plan.referentienummer.clone(), fault: bounce(code, details) })
            }
            Reply::Retour(heen, how) => {
                let bericht = berichten::retour(heen, how, &(self.0.ids)(), today)?;
                self.carry(plan, &bericht)
            }
            Reply::Start(heen, which) => {
                let bericht = berichten::start(heen, *which, &(self.0.ids)(), today)?;
                self.carry(plan, &bericht)
            }
        };
        let stuurgegevens = Stuurgegevens {
            zender,
            ontvanger: Systeem::ontvanger(&plan.to.organisatie),
            referentienummer: stamp.referentienummer,
            tijdstip_bericht: stamp.tijdstip_bericht,
        };
        Some(Envelope { stuurgegevens, content })
    }

    /// Sender and content of the envelope around a bericht.
    fn carry(&self, plan: &Plan, bericht: &Bericht) -> (Systeem, Content) {
        let header = bericht.header();
        let (functie_versie, functie_subversie) = functie_versie(header.release);
        let parameters = Parameters {
            functie: header.soort.name().to_owned(),
            applicatie_versie: "0001".to_owned(),
            applicatie_subversie: "0000".to_owned(),
            functie_versie,
            functie_subversie,
            payload: Payload::Xml((self.0.codec.encode)(bericht)),
        };
        let content = match kind_of(header.soort) {
            Kind::Du01 => Content::Du01 { cross_refnummer: plan.referentienummer.clone(), parameters },
            Kind::Di01 | Kind::Fo01 => Content::Di01(parameters),
        };
        (Systeem::zender(bericht.poster().code(), &self.0.config.applicatie), content)
    }
}

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
