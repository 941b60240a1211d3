//! The clocks that parties agreed on what is declared: that it comes soon after its period, and is paid.

use super::Draft;
use crate::clock;
use crate::domain::Berichtsoort;
use crate::domain::berichten::bericht::{Heenbericht, Inhoud};
use crate::domain::deadlines::deadline::Clock;
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
        let nummer = declaratie.declaratie_nummer.clone();
        declared.map(|deadline| NewDeadline { subject: Some(nummer), ..deadline }).into_iter().collect()
    }

    /// A factuur is to be paid. The clock is there, though nobody waits, also where nothing is payable as it was judged: the
    /// antwoord on this factuur, or on what it credits, may say otherwise.
    pub(super) fn of_betaling(&self, heen: &Heenbericht, gateway: &Gateway) -> Option<NewDeadline> {
        let Inhoud::Factuur { header, .. } = &heen.inhoud else { return None };
        if heen.header.soort != Berichtsoort::Wmo303F {
            return None;
        }
        let oordeel = self.verdict.declaratie.as_ref()?;
        let state = if oordeel.betaalbaar > 0 { DeadlineState::Open } else { DeadlineState::Void };
        let today = clock::date_of(self.received.at);
        let deadline = self.deadline((Clock::Betaling, Berichtsoort::Wmo304F), today, state, gateway)?;
        let nummer = &header.identificatie.declarant_factuur_nummer;
        Some(NewDeadline { subject: Some(nummer.to_string()), ..deadline })
    }
}
