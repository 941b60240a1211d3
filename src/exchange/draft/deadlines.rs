//! The deadlines that a bericht starts and ends, as they are recorded. Which ones says [`crate::domain::deadlines::kinds`].

use super::Draft;
use crate::clock;
use crate::domain::deadlines::case::{Case, Opening};
use crate::domain::deadlines::kinds::row;
use crate::domain::facts::new_toewijzing::NewToewijzing;
use crate::exchange::moments::moments;
use crate::exchange::parties::Addressee;
use crate::exchange::{Gateway, ids};
use crate::store::{ClosingOpened, LedgerChange, NewDeadline};

impl Draft<'_> {
    /// This bericht, as the kinds of deadlines look at it.
    pub(super) fn case<'a>(&'a self, toewijzingen: &'a [NewToewijzing], gateway: &'a Gateway) -> Case<'a> {
        Case {
            bericht: self.bericht,
            received: clock::date_of(self.received.at),
            verdict: self.verdict,
            is_answered: self.route.addressee == Addressee::Answered && !self.is_for_people(gateway),
            history: self.history,
            toewijzingen,
            profile: &gateway.profile,
            calendar: &gateway.calendar,
            day_of: clock::date_of,
        }
    }

    pub(super) fn deadline(&self, opening: Opening, gateway: &Gateway) -> NewDeadline {
        let Opening { kind, answer, subject, due, state, bericht_id, counted, skipped: _ } = opening;
        let key = counted.as_ref().map_or(kind.name(), |counted| &counted.term).to_owned();
        let from = counted.as_ref().map_or(clock::date_of(self.received.at), |counted| counted.day_0);
        let moments = moments(&key, (from, due), counted, gateway);
        let (gemeente, aanbieder) = self.bericht.header().pair();
        NewDeadline {
            id: ids::new_id(self.received.at),
            bericht_id: bericht_id.unwrap_or_else(|| self.received.id.clone()),
            kind,
            answer,
            responsible: row(kind).binds.party_of(self.bericht).clone(),
            gemeente: gemeente.clone(),
            aanbieder: aanbieder.clone(),
            subject,
            due,
            due_at: clock::end_of(due),
            moments,
            state,
        }
    }
}

/// The deadlines that a person opened and that a stop ends.
pub fn closes_opened(ledger: &LedgerChange, gateway: &Gateway) -> Vec<ClosingOpened> {
    let stopped = ledger.stops.iter().filter_map(|stop| stop.start.toewijzing_nummer);
    let terms = || gateway.profile.plain.iter().filter(|term| term.ends_with_stop);
    stopped
        .flat_map(|nummer| {
            terms().map(move |term| ClosingOpened { clock: term.name.clone(), toewijzing_nummer: nummer })
        })
        .collect()
}
