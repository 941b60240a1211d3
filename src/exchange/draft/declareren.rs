//! The clocks that parties agreed on what is declared: that it comes soon after its period, and is paid.

use super::Draft;
use crate::clock;
use crate::domain::Berichtsoort;
use crate::domain::bericht::Heenbericht;
use crate::domain::deadline::Clock;
use crate::exchange::Gateway;
use crate::store::{DeadlineState, NewDeadline};

impl Draft<'_> {
    /// Those of a declaratie or factuur that counts; the first ends as it begins, as start and stop do.
    pub(super) fn of_declaratie(&self, heen: &Heenbericht, gateway: &Gateway) -> Vec<NewDeadline> {
        let Some(declaratie) = heen.inhoud.declaratie() else { return Vec::new() };
        let (soort, today) = (heen.header.soort, clock::date_of(self.received.at));
        let declared = gateway.profile.term(Clock::Declareren, soort).map(|term| {
            let due = term.due_after(declaratie.declaratie_periode.einddatum, &gateway.calendar);
            let state = if due < today { DeadlineState::Late } else { DeadlineState::Met };
            self.due_on((Clock::Declareren, soort), due, state, gateway)
        });
        let is_payable = self.verdict.declaratie.as_ref().is_some_and(|oordeel| oordeel.betaalbaar > 0);
        let paid = if soort == Berichtsoort::Wmo303F && is_payable {
            self.deadline((Clock::Betaling, Berichtsoort::Wmo304F), today, DeadlineState::Open, gateway)
        } else {
            None
        };
        let nummer = &declaratie.declaratie_nummer;
        let about = |deadline| NewDeadline { subject: Some(nummer.clone()), ..deadline };
        declared.into_iter().chain(paid).map(about).collect()
    }
}
