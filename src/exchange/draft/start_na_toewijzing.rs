//! The clock from a toewijzing to the start of support on it.
//!
//! It starts with the first version that comes, and looks at the day on which support began, whenever that is reported.
//! A toewijzing that is taken back, or ends no later than the term does, needs no start any more. Where support begins on a
//! written order, the clock is void (MLW-12b): it runs once the order is taken back.

use chrono::NaiveDate;

use super::Draft;
use crate::clock;
use crate::domain::Berichtsoort;
use crate::domain::berichten::waarde::ToewijzingNummer;
use crate::domain::deadlines::deadline::Clock;
use crate::domain::facts::history::ToewijzingFact;
use crate::exchange::Gateway;
use crate::store::{Closing, DeadlineState, Ends, LedgerChange, NewDeadline, NewToewijzing};

impl Draft<'_> {
    /// The clocks of toewijzingen that were not known before.
    pub(super) fn of_toewijzingen(&self, toewijzingen: &[NewToewijzing], gateway: &Gateway) -> Vec<NewDeadline> {
        let clock = (Clock::StartNaToewijzing, Berichtsoort::Wmo305);
        let on_order = &self.history.on_written_order;
        let first = |new: &&NewToewijzing| !new.verwijderd && self.versions(new.toewijzing_nummer).is_empty();
        let opened = |new: &NewToewijzing| {
            let received = clock::date_of(self.received.at);
            let is_on_order = on_order.contains(&new.toewijzing_nummer);
            let state = if is_on_order { DeadlineState::Void } else { DeadlineState::Open };
            let deadline = self.deadline(clock, received, state, gateway)?;
            let due = not_before_first_day(deadline.due, new);
            let subject = Some(new.toewijzing_nummer.to_string());
            Some(NewDeadline { subject, due, due_at: clock::end_of(due), ..deadline })
        };
        toewijzingen.iter().filter(first).filter_map(opened).collect()
    }

    /// The clocks that stop: support began, or need not begin any more.
    pub(super) fn ends_waiting_for_start(&self, ledger: &LedgerChange, gateway: &Gateway) -> Vec<Closing> {
        let started = ledger
            .starts
            .iter()
            .filter_map(|start| Some((start.toewijzing_nummer?, Ends::Happened(clock::start_of(start.begindatum)))));
        let over = ledger.toewijzingen.iter().filter(|new| self.needs_no_start(new, gateway));
        let over = over.map(|new| (new.toewijzing_nummer, Ends::Void));
        started
            .chain(over)
            .flat_map(|(nummer, ends)| self.closings_of(Clock::StartNaToewijzing, nummer, ends))
            .collect()
    }

    /// Whichever version started the clock.
    pub(super) fn closings_of(
        &self,
        clock: Clock,
        nummer: ToewijzingNummer,
        ends: Ends,
    ) -> impl Iterator<Item = Closing> {
        self.versions(nummer).iter().map(move |version| Closing {
            bericht_id: version.bericht_id.clone(),
            clock,
            subject: Some(nummer.to_string()),
            ends,
        })
    }

    /// Whether by this version, if it holds (IV013), no support is to begin within the term.
    fn needs_no_start(&self, new: &NewToewijzing, gateway: &Gateway) -> bool {
        let versions = self.versions(new.toewijzing_nummer);
        let received = versions.iter().map(|known| clock::date_of(known.received_at)).min();
        let due = gateway.profile.start_na_toewijzing.zip(received).map(|(term, day)| term.due(day, &gateway.calendar));
        let is_over = |due| new.einddatum.is_some_and(|last| last <= not_before_first_day(due, new));
        self.holds(new) && (new.verwijderd || due.is_some_and(is_over))
    }

    /// Whether this version holds: it was decided after every one that is known (IV013).
    pub(super) fn holds(&self, new: &NewToewijzing) -> bool {
        let decided = (new.toewijzingsdatum, &new.toewijzingstijd);
        let versions = self.versions(new.toewijzing_nummer).iter();
        versions.map(|known| (known.toewijzingsdatum, &known.toewijzingstijd)).all(|known| known < decided)
    }

    fn versions(&self, nummer: ToewijzingNummer) -> &[ToewijzingFact] {
        self.history.toewijzingen.versions(nummer)
    }
}

fn not_before_first_day(due: NaiveDate, toewijzing: &NewToewijzing) -> NaiveDate {
    due.max(toewijzing.ingangsdatum)
}
