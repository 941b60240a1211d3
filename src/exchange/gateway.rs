//! What the stories work with, and what holds for whatever they judge.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use tokio::sync::Notify;

use crate::clock::{self, Clock};
use crate::domain::afspraken::gateway::before_sending;
use crate::domain::alerts::Alerts;
use crate::domain::berichten::bericht::Heenbericht;
use crate::domain::berichten::codelijst::Gemeentecodes;
use crate::domain::berichten::contract::Contracten;
use crate::domain::berichten::declaratie::Decides;
use crate::domain::berichten::waarde::Bsn;
use crate::domain::deadlines::limits::Limits;
use crate::domain::deadlines::profile::Profile;
use crate::domain::deadlines::releases::Releases;
use crate::domain::deadlines::werkdag::Calendar;
use crate::domain::facts::history::VerzoekFact;
use crate::domain::judging::waiting::brings;
use crate::domain::regels::outside::Outside;
use crate::domain::{Bericht, Berichtsoort, History, Inhoud, Partij, Timestamp, Verdict, judge};
use crate::hub::codes::Generation;
use crate::hub::envelope::Wrapping;
use crate::outward::Outward;
use crate::store::{Entry, Store, StoreError};
use crate::xml::Schemas;

use super::alarm::Alarm;
use super::brought::Brought;
use super::measures::Measures;
use super::own::OwnCertificates;
use super::parties::{Addressee, LocalParties, Route};
use super::pulse::Pulse;

/// What the stories work with.
pub struct Gateway {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// What a bericht has to look like.
    pub schemas: Arc<Schemas>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What may leave.
    pub outward: Outward,
    /// For whom this gateway acts.
    pub parties: LocalParties,
    /// The terms that hold.
    pub profile: Profile,
    /// The days that count.
    pub calendar: Calendar,
    /// How long something may stand still before a deadline is opened for it.
    pub limits: Limits,
    /// Who is told of deadlines, and how often.
    pub alerts: Alerts,
    /// Which gemeenten there are and were.
    pub gemeenten: Gemeentecodes,
    /// Which releases receivers have in force.
    pub releases: Releases,
    /// What gemeenten and aanbieders agreed, as far as we were told.
    pub contracten: Contracten,
    /// Whether what an aanbieder asks without a contract is rejected by itself, where a gemeente has told its contracts.
    pub rejects_without_contract: bool,
    /// How envelopes are made.
    pub envelopes: Envelopes,
    /// How long a bericht waits for one that should have come before it; zero: it is judged as it stands.
    pub wait_for_earlier: Duration,
    /// Who decides about a declaratie that was judged.
    pub declaraties: Decides,
    /// Wakes [`super::wait`]: what was recorded.
    pub brought: Brought,
    /// Wakes [`super::relay`]: something is to go out.
    pub parcel_added: Notify,
    /// What is counted and timed.
    pub measures: Measures,
    /// Whether the store could be written to lately.
    pub pulse: Pulse,
    /// Wakes [`super::watch`]: a clock started that is due before the others, or the time was set.
    pub alarm: Alarm,
    /// What we show to others, and until when.
    pub certificates: OwnCertificates,
}

impl Gateway {
    /// Tells the other stories that this bericht was recorded.
    pub(super) fn recorded(&self, bericht: &Bericht, entry: &Entry) {
        if !entry.parcels.is_empty() {
            self.parcel_added.notify_one();
        }
        if let Some(next_at) = entry.deadlines.iter().map(|deadline| deadline.moments.next_at).min() {
            self.alarm.note(next_at);
        }
        match (&entry.wait, bericht) {
            (Some(wait), _) => {
                self.brought.add((&wait.gemeente, &wait.aanbieder), wait.subjects.clone());
                self.brought.look_again();
            }
            (None, Bericht::Heen(heen)) => {
                self.brought.add(heen.header.pair(), brings(heen));
                if !entry.follows.is_empty() {
                    self.brought.look_again();
                }
            }
            (None, Bericht::Retour(_)) => {}
        }
    }

    /// What came before, with what the verzoeken om wijziging asked that a 301 honours. A gemeente also knows what other
    /// aanbieders reported of the same clients, where its agreements ask for that; an aanbieder that sends to a gemeente elsewhere never does.
    pub(super) async fn history(&self, bericht: &Bericht, route: Route) -> Result<History, StoreError> {
        let mut history = self.store.history(bericht).await?;
        let Bericht::Heen(heen) = bericht else { return Ok(history) };
        let bsns: Vec<Bsn> = heen.inhoud.factuur_clienten().iter().map(|client| client.bsn.clone()).collect();
        let is_of_gemeente = route.addressee != Addressee::Elsewhere;
        if is_of_gemeente && self.profile.afspraken.look_elsewhere() && !bsns.is_empty() {
            let (gemeente, aanbieder) = heen.header.pair();
            history.declaraties.elsewhere = self.store.elsewhere(gemeente, aanbieder, &bsns).await?;
        }
        if self.profile.afspraken.asks_when_granted() {
            history.declaraties.granted_on = self.granted_on(heen).await?;
        }
        self.read_wijzigingen(heen, &mut history).await?;
        Ok(history)
    }

    /// On which day the lines were granted that this declaratie credits.
    async fn granted_on(&self, heen: &Heenbericht) -> Result<HashMap<String, NaiveDate>, StoreError> {
        let Inhoud::Declaratie(declaratie) = &heen.inhoud else { return Ok(HashMap::new()) };
        let lines = declaratie.clienten.iter().flat_map(|client| &client.prestaties);
        let credited: Vec<String> =
            lines.filter_map(|line| line.product_referentie.vorig().map(str::to_owned)).collect();
        if credited.is_empty() {
            return Ok(HashMap::new());
        }
        let (gemeente, aanbieder) = heen.header.pair();
        let granted = self.store.granted_at(gemeente, aanbieder, &credited).await?;
        Ok(granted.into_iter().map(|(naam, at)| (naam, clock::date_of(at))).collect())
    }

    /// Reads anew what the 317s ask that this 301 names. A bericht that its schema now refuses tells nothing.
    async fn read_wijzigingen(&self, heen: &Heenbericht, history: &mut History) -> Result<(), StoreError> {
        let Inhoud::Toewijzing(client) = &heen.inhoud else { return Ok(()) };
        let named: Vec<&str> =
            client.toegewezen_producten.iter().filter_map(|product| product.referentie_aanbieder.as_deref()).collect();
        let is_named = |verzoek: &&mut VerzoekFact| named.contains(&verzoek.referentie_aanbieder.as_str());
        let wijzigingen = history.verzoeken.iter_mut().filter(|verzoek| verzoek.soort == Berichtsoort::Wmo317);
        for verzoek in wijzigingen.filter(is_named) {
            let bytes = self.store.payload(&verzoek.bericht_id, None).await?;
            let bericht = bytes.and_then(|bytes| self.schemas.read(&bytes).ok());
            verzoek.wijziging = bericht.and_then(Bericht::into_wijziging);
        }
        Ok(())
    }

    /// Judges a bericht by what came before and what holds now. Of one that goes out it is told what its receiver may refuse.
    pub(super) fn judge(&self, bericht: &Bericht, history: &History, route: Route) -> Verdict {
        let mut verdict = judge(bericht, history, &self.outside(bericht), &self.profile.afspraken);
        if let (Bericht::Heen(heen), Addressee::Elsewhere) = (bericht, route.addressee) {
            verdict.findings.extend(before_sending(heen));
        }
        verdict
    }

    /// What holds now, outside the traffic, for the parties of this bericht.
    pub(super) fn outside(&self, bericht: &Bericht) -> Outside<'_> {
        let (gemeente, aanbieder) = bericht.header().pair();
        Outside {
            today: self.clock.today(),
            gemeenten: &self.gemeenten,
            contract: self.contracten.of(gemeente.code(), aanbieder.code()),
        }
    }
}

/// How envelopes are made.
#[derive(Clone, Debug)]
pub struct Envelopes {
    /// The name of the application on them.
    pub applicatie: String,
    /// The largest one that is sent, in bytes.
    pub max_bytes: usize,
    /// Which list of fault codes the network uses.
    pub generation: Generation,
    /// How they are handed over.
    pub wrapping: Wrapping,
    /// The functies of antwoorden that name what they answer, in a Du01, where that is known.
    pub du01: BTreeSet<String>,
    /// The aanbieders whose berichten go to VECOZO.
    pub by_vecozo: BTreeSet<String>,
    /// How many of those that waited go out in a second once somebody lets them go.
    pub released_per_second: u32,
}

impl Envelopes {
    /// Over which link this sender's berichten go, as receipts say it.
    pub(super) fn via(&self, zender: &Partij) -> &'static str {
        if self.by_vecozo.contains(zender.code()) { "vecozo" } else { "ggk" }
    }
}

/// From `now` to `next`; nothing when that is past.
pub(super) fn until(next: Timestamp, now: Timestamp) -> Duration {
    next.signed_duration_since(now).to_std().unwrap_or_default()
}
