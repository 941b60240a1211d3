//! The clocks that start with a bericht, that it stops, or that it starts and stops by itself.

use chrono::NaiveDate;

use super::Draft;
use crate::clock;
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::berichten::levering::{StopKey, StopProduct};
use crate::domain::berichten::waarde::{ToewijzingNummer, VerzoekAntwoord};
use crate::domain::deadlines::deadline::Clock;
use crate::domain::facts::history::VerzoekFact;
use crate::domain::{Berichtsoort, History};
use crate::exchange::parties::Addressee;
use crate::exchange::{Gateway, ids};
use crate::store::{Closing, ClosingOpened, DeadlineState, Ends, LedgerChange, NewDeadline};

/// Something that was reported: on which toewijzing, and the day from which it was to be.
type Report = (ToewijzingNummer, NaiveDate);

impl Draft<'_> {
    /// The clocks of this heenbericht: on its retour or antwoord, on what it asks, and on what it reports.
    pub(super) fn deadlines(&self, heen: &Heenbericht, ledger: &LedgerChange, gateway: &Gateway) -> Vec<NewDeadline> {
        let today = clock::date_of(self.received.at);
        let state = |answered| if answered { DeadlineState::Met } else { DeadlineState::Open };
        let answered = self.route.addressee == Addressee::Answered && !self.is_for_people(gateway);
        let mut deadlines = Vec::new();
        if let Some(answer) = heen.header.soort.retour() {
            deadlines.extend(self.deadline((Clock::Retour, answer), today, state(answered), gateway));
        }
        if let Some(answer) = heen.header.soort.declaratie_antwoord() {
            let clock = (Clock::DeclaratieAntwoord, answer);
            deadlines.extend(self.deadline(clock, today, state(answered), gateway));
        }
        if !self.verdict.is_rejected() {
            deadlines.extend(self.of_verzoek(heen, gateway));
            deadlines.extend(self.of_levering(heen, gateway));
            deadlines.extend(self.of_toewijzingen(&ledger.toewijzingen, gateway));
            deadlines.extend(self.verlengingen(&ledger.toewijzingen, gateway));
            deadlines.extend(self.of_declaratie(heen, gateway));
        }
        deadlines.extend(self.of_betaling(heen, gateway));
        deadlines
    }

    /// A verzoek waits for its first answer, and one that is looked into for its decision.
    fn of_verzoek(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<NewDeadline> {
        let today = clock::date_of(self.received.at);
        let verzoek = |naam: &String| {
            let clock = (Clock::Verzoek, Berichtsoort::Wmo301);
            let deadline = self.deadline(clock, today, DeadlineState::Open, gateway)?;
            Some(NewDeadline { subject: Some(naam.clone()), ..deadline })
        };
        match &heen.inhoud {
            Inhoud::VerzoekOmToewijzing(client) => {
                let producten = client.aangevraagde_producten.iter();
                producten.filter_map(|product| verzoek(&product.referentie_aanbieder)).collect()
            }
            Inhoud::VerzoekOmWijziging(client) => verzoek(&client.verzoek.referentie_aanbieder).into_iter().collect(),
            Inhoud::Antwoord(antwoord) if antwoord.verzoek_antwoord == VerzoekAntwoord::InOnderzoek => {
                let looked_into = self.history.verzoek(&antwoord.referentie_aanbieder);
                let clock = (Clock::Onderzoek, Berichtsoort::Wmo301);
                let deadline = |verzoek: &VerzoekFact| {
                    let deadline = self.deadline(clock, verzoek.dagtekening, DeadlineState::Open, gateway)?;
                    Some(NewDeadline {
                        bericht_id: verzoek.bericht_id.clone(),
                        subject: Some(verzoek.referentie_aanbieder.clone()),
                        responsible: self.bericht.poster().clone(),
                        ..deadline
                    })
                };
                looked_into.and_then(deadline).into_iter().collect()
            }
            Inhoud::Antwoord(_)
            | Inhoud::Beschikking(_)
            | Inhoud::Toewijzing(_)
            | Inhoud::Start(_)
            | Inhoud::Stop(_)
            | Inhoud::Declaratie(_)
            | Inhoud::DeclaratieAntwoord { .. }
            | Inhoud::Factuur { .. }
            | Inhoud::FactuurAntwoord { .. } => Vec::new(),
        }
    }

    /// What was reported by now: in time, or late.
    fn of_levering(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<NewDeadline> {
        let today = clock::date_of(self.received.at);
        let (clock, reports) = match &heen.inhoud {
            Inhoud::Start(client) => {
                let first = client.start_producten.iter().filter(|product| product.is_first_delivery());
                let reports = first.filter_map(|product| Some((product.toewijzing_nummer?, product.begindatum)));
                ((Clock::Start, Berichtsoort::Wmo305), reports.collect::<Vec<Report>>())
            }
            Inhoud::Stop(client) => {
                let first = client.stop_producten.iter().filter(|product| product.is_first_delivery());
                let reports = first.filter_map(|product| Some((product.toewijzing_nummer?, self.final_since(product))));
                ((Clock::Stop, Berichtsoort::Wmo307), reports.collect())
            }
            _ => return Vec::new(),
        };
        let reported = |(nummer, day): Report| {
            let mut deadline = self.deadline(clock, self.known_since(nummer, day), DeadlineState::Met, gateway)?;
            deadline.subject = Some(nummer.to_string());
            if deadline.due < today {
                deadline.state = DeadlineState::Late;
            }
            Some(deadline)
        };
        reports.into_iter().filter_map(reported).collect()
    }

    /// The day from which a stop is to be reported. That a stop for a while became one for good is known on a day that no
    /// bericht tells, at the latest that of the Dagtekening (OP272).
    fn final_since(&self, product: &StopProduct) -> NaiveDate {
        let StopKey { start, .. } = product.key();
        let was_paused = self.history.stops.iter().any(|stop| stop.key.start == start && stop.key.is_temporary());
        let known = was_paused.then_some(self.bericht.header().bericht_identificatie.dagtekening);
        known.map_or(product.einddatum, |known| known.max(product.einddatum))
    }

    /// The later of this day and the receipt of the toewijzing: nobody reports on one that it does not have (OP271), nor
    /// an end that the gemeente sets afterwards.
    fn known_since(&self, nummer: ToewijzingNummer, day: NaiveDate) -> NaiveDate {
        let versions = self.history.toewijzingen.versions(nummer).iter();
        // First the version that set this day, then the first one of all.
        let told = versions.map(|fact| (fact.einddatum != Some(day), clock::date_of(fact.received_at))).min();
        told.map_or(day, |(_, received)| received.max(day))
    }

    /// A clock from this day on; `None` when the profile keeps no such clock.
    pub(super) fn deadline(
        &self,
        (clock, answer): (Clock, Berichtsoort),
        day_0: NaiveDate,
        state: DeadlineState,
        gateway: &Gateway,
    ) -> Option<NewDeadline> {
        let due = gateway.profile.term(clock, answer)?.due(day_0, &gateway.calendar);
        Some(self.due_on((clock, answer), due, state, gateway))
    }

    /// A clock that ends with this day.
    pub(super) fn due_on(
        &self,
        (clock, answer): (Clock, Berichtsoort),
        due: NaiveDate,
        state: DeadlineState,
        gateway: &Gateway,
    ) -> NewDeadline {
        let responsible = match clock {
            Clock::Retour
            | Clock::DeclaratieAntwoord
            | Clock::Verzoek
            | Clock::Onderzoek
            | Clock::StartNaToewijzing
            | Clock::Verlenging
            | Clock::Betaling => self.bericht.addressee(),
            Clock::Start | Clock::Stop | Clock::Declareren => self.bericht.poster(),
        };
        NewDeadline {
            id: ids::new_id(self.received.at),
            bericht_id: self.received.id.clone(),
            clock,
            answer,
            responsible: responsible.clone(),
            subject: None,
            due,
            due_at: clock::end_of(due),
            warn_days: gateway.profile.warn_days,
            state,
        }
    }
}

/// The clocks that a person started and that a stop ends.
pub fn closes_opened(ledger: &LedgerChange, gateway: &Gateway) -> Vec<ClosingOpened> {
    let stopped = ledger.stops.iter().filter_map(|stop| stop.start.toewijzing_nummer);
    let clocks = || gateway.profile.plain.iter().filter(|clock| clock.ends_with_stop);
    stopped
        .flat_map(|nummer| {
            clocks().map(move |clock| ClosingOpened { clock: clock.name.clone(), toewijzing_nummer: nummer })
        })
        .collect()
}

/// The clocks of earlier verzoeken that an accepted heenbericht stops: a toewijzing or an antwoord answers, and what is
/// not "in research" decides.
pub fn closes(heen: &Heenbericht, history: &History) -> Vec<Closing> {
    let (namen, decides): (Vec<&str>, bool) = match &heen.inhoud {
        Inhoud::Toewijzing(client) => {
            (client.toegewezen_producten.iter().filter_map(|one| one.referentie_aanbieder.as_deref()).collect(), true)
        }
        Inhoud::Antwoord(antwoord) => {
            (vec![&antwoord.referentie_aanbieder], antwoord.verzoek_antwoord == VerzoekAntwoord::Afgewezen)
        }
        _ => return Vec::new(),
    };
    let clocks: &[Clock] = if decides { &[Clock::Verzoek, Clock::Onderzoek] } else { &[Clock::Verzoek] };
    let verzoeken = namen.iter().filter_map(|naam| history.verzoek(naam));
    verzoeken
        .flat_map(|verzoek| {
            clocks.iter().map(|clock| Closing {
                bericht_id: verzoek.bericht_id.clone(),
                clock: *clock,
                subject: Some(verzoek.referentie_aanbieder.clone()),
                ends: Ends::Answered,
            })
        })
        .collect()
}
