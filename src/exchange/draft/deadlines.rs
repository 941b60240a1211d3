//! The clocks that start with a bericht, or that it stops by itself.

use chrono::NaiveDate;

use super::Draft;
use crate::clock;
use crate::domain::Berichtsoort;
use crate::domain::bericht::{Heenbericht, Inhoud};
use crate::domain::deadline::Clock;
use crate::domain::waarde::ToewijzingNummer;
use crate::exchange::parties::Addressee;
use crate::exchange::{Gateway, ids};
use crate::store::{DeadlineState, NewDeadline};

impl Draft<'_> {
    /// The retour clock of this heenbericht, and for each start whether it was reported in time.
    pub(super) fn deadlines(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<NewDeadline> {
        let today = clock::date_of(self.received.at);
        let mut deadlines = Vec::new();
        if let Some(answer) = heen.header.soort.retour() {
            let due = gateway.profile.retour.due(today, &gateway.calendar);
            let answered = self.route.addressee == Addressee::Answered;
            let state = if answered { DeadlineState::Met } else { DeadlineState::Open };
            deadlines.push(self.deadline(Clock::Retour, answer, due, state));
        }
        for (nummer, day_0) in self.reported_starts(heen) {
            let due = gateway.profile.start.due(day_0, &gateway.calendar);
            let state = if today <= due { DeadlineState::Met } else { DeadlineState::Late };
            let deadline = self.deadline(Clock::Start, Berichtsoort::Wmo305, due, state);
            deadlines.push(NewDeadline { subject: Some(nummer.to_string()), ..deadline });
        }
        deadlines
    }

    /// The accepted starts of an accepted bericht, each with the day from which it was to be reported: its
    /// Begindatum, or the receipt of the toewijzing when that was later (OP271).
    fn reported_starts(&self, heen: &Heenbericht) -> Vec<(ToewijzingNummer, NaiveDate)> {
        let Inhoud::Start(client) = &heen.inhoud else { return Vec::new() };
        if self.verdict.is_rejected() {
            return Vec::new();
        }
        let starts = client.start_producten.iter().filter(|product| product.is_first_delivery());
        starts
            .filter_map(|product| {
                let nummer = product.toewijzing_nummer?;
                let versions = self.history.toewijzingen.iter().filter(|fact| fact.toewijzing_nummer == nummer);
                let received = versions.map(|fact| clock::date_of(fact.received_at)).min();
                Some((nummer, received.map_or(product.begindatum, |received| received.max(product.begindatum))))
            })
            .collect()
    }

    fn deadline(&self, clock: Clock, answer: Berichtsoort, due: NaiveDate, state: DeadlineState) -> NewDeadline {
        let responsible = match clock {
            Clock::Retour => self.bericht.addressee(),
            Clock::Start => self.bericht.poster(),
        };
        NewDeadline {
            id: ids::new_id(self.received.at),
            clock,
            answer,
            responsible: responsible.clone(),
            subject: None,
            due,
            due_at: clock::end_of(due),
            state,
        }
    }
}
