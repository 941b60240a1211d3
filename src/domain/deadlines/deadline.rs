//! Clocks: what has to be answered by when, under which profile.
//!
//! A deadline is a civil date and lasts until the end of that day in Europe/Amsterdam. Day 0 is the
//! day of the trigger; counting starts the day after.

use chrono::{Days, Months, NaiveDate};

use super::werkdag::Calendar;
use crate::domain::afspraken::Afspraken;
use crate::domain::berichten::bericht::Berichtsoort;

/// What a clock watches over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Clock {
    /// The retour of a heenbericht (OP090).
    Retour,
    /// The antwoord on a declaratie (OP090x4).
    DeclaratieAntwoord,
    /// The report of a start of support (OP271).
    Start,
    /// The report of a stop of support (OP272).
    Stop,
    /// The first answer to a verzoek: a toewijzing, or a 319 (OP274, OP346).
    Verzoek,
    /// The decision on a verzoek that is being looked into (OP274, OP346).
    Onderzoek,
    /// That support starts at all after a toewijzing: agreed between parties, in no rule of the standard.
    StartNaToewijzing,
    /// That a period is declared soon after it: agreed between parties too.
    Declareren,
    /// That something follows a toewijzing before it ends: agreed between parties too.
    Verlenging,
    /// The payment of what is granted of a factuur: agreed between parties too. No bericht tells of it: a person does.
    Betaling,
}

impl Clock {
    /// Every clock that this gateway knows.
    pub const ALL: [Self; 10] = [
        Self::Retour,
        Self::DeclaratieAntwoord,
        Self::Start,
        Self::Stop,
        Self::Verzoek,
        Self::Onderzoek,
        Self::StartNaToewijzing,
        Self::Declareren,
        Self::Verlenging,
        Self::Betaling,
    ];

    /// The name in profiles, in JSON and in the store.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retour => "retour",
            Self::DeclaratieAntwoord => "declaratie-antwoord",
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Verzoek => "verzoek",
            Self::Onderzoek => "onderzoek",
            Self::StartNaToewijzing => "start-na-toewijzing",
            Self::Declareren => "declareren",
            Self::Verlenging => "verlenging",
            Self::Betaling => "betaling",
        }
    }

    /// The clock with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.name() == name)
    }
}

/// What a term counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Calendar days, without any shift.
    Dagen,
    /// Days that count for work: see [`Calendar`].
    Werkdagen,
    /// Seven days each.
    Weken,
    /// Calendar months; a day that the month lacks becomes its last day.
    Maanden,
}

/// How long a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// How many of the unit.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

impl Term {
    /// The last day on which the answer is in time, for a trigger on day 0.
    ///
    /// A date that the calendar cannot hold ends at its last day: such a deadline never passes.
    #[must_use]
    pub fn due(self, day_0: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match self.unit {
            Unit::Werkdagen => return calendar.werkdagen_after(day_0, self.count),
            Unit::Dagen => day_0.checked_add_days(Days::new(self.count.into())),
            Unit::Weken => day_0.checked_add_days(Days::new(7 * u64::from(self.count))),
            Unit::Maanden => day_0.checked_add_months(Months::new(self.count)),
        }
        .unwrap_or(NaiveDate::MAX)
    }

    /// The day that lies so long before this one. Werkdagen are not counted back: a term of them is taken for dagen.
    #[must_use]
    pub fn due_before(self, day: NaiveDate) -> NaiveDate {
        match self.unit {
            Unit::Dagen | Unit::Werkdagen => day.checked_sub_days(Days::new(self.count.into())),
            Unit::Weken => day.checked_sub_days(Days::new(7 * u64::from(self.count))),
            Unit::Maanden => day.checked_sub_months(Months::new(self.count)),
        }
        .unwrap_or(NaiveDate::MIN)
    }

    /// The same, counted from the last day of a period: so many months after the end of a month end with a month too.
    #[must_use]
    pub fn due_after(self, last: NaiveDate, calendar: &Calendar) -> NaiveDate {
        match (self.unit, last.succ_opt()) {
            (Unit::Maanden, Some(next)) => {
                let ends = next.checked_add_months(Months::new(self.count)).and_then(|day| day.pred_opt());
                ends.unwrap_or(NaiveDate::MAX)
            }
            _ => self.due(last, calendar),
        }
    }
}

/// Whom a term binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binds {
    /// The gemeente.
    Gemeente,
    /// The aanbieder.
    Aanbieder,
}

/// A term that no bericht starts: a person opens a deadline with the day from which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainClock {
    /// The name in JSON and in the store: `ondersteuningsplan`. No [`Clock`] has it.
    pub name: String,
    /// The agreement that it comes from: `MLW-18`. Several terms may come from one.
    pub afspraak: String,
    /// Whose turn it is.
    pub binds: Binds,
    /// What is awaited, in Dutch.
    pub awaits: String,
    /// How long it runs.
    pub term: Term,
    /// How many days before the due date it counts as due soon.
    pub warn_days: u32,
    /// A stop that is reported on its toewijzing ends it.
    pub ends_with_stop: bool,
}

/// The terms that hold between parties, per clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// As in the configuration: `heusden-2022`.
    pub name: String,
    /// For each heenbericht: how soon its retour is due.
    pub retour: Term,
    /// For each 323: how soon it is to be answered.
    pub declaratie_antwoord: Term,
    /// For each 303: how soon it is to be answered.
    pub factuur_antwoord: Term,
    /// How soon after the Begindatum a start is to be reported.
    pub start: Term,
    /// How soon after the Einddatum a stop is to be reported; after a stop for a while, from when it is known to be final.
    pub stop: Term,
    /// How soon after its receipt a verzoek gets its first answer.
    pub verzoek: Term,
    /// How soon after its Dagtekening a verzoek that is looked into gets its decision.
    pub onderzoek: Term,
    /// How soon after the receipt of a toewijzing support begins; `None`: nothing was agreed.
    pub start_na_toewijzing: Option<Term>,
    /// How soon after a period it is to be declared; `None`: nothing was agreed.
    pub declareren: Option<Term>,
    /// How long before its Einddatum something is to follow a toewijzing; `None`: nothing was agreed.
    pub verlenging: Option<Term>,
    /// How soon after the receipt of a factuur what is granted of it is to be paid; `None`: nothing was agreed.
    pub betaling: Option<Term>,
    /// Terms that no bericht starts.
    pub plain: Vec<PlainClock>,
    /// What was agreed besides terms.
    pub afspraken: Afspraken,
    /// How many days before the due date a deadline counts as due soon.
    pub warn_days: u32,
}

impl Profile {
    /// How long this clock runs until this answer; `None`: it is not kept.
    #[must_use]
    pub const fn term(&self, clock: Clock, answer: Berichtsoort) -> Option<Term> {
        match (clock, answer) {
            (Clock::DeclaratieAntwoord, Berichtsoort::Wmo304D | Berichtsoort::Wmo304F) => Some(self.factuur_antwoord),
            (Clock::DeclaratieAntwoord, _) => Some(self.declaratie_antwoord),
            (Clock::Retour, _) => Some(self.retour),
            (Clock::Start, _) => Some(self.start),
            (Clock::Stop, _) => Some(self.stop),
            (Clock::Verzoek, _) => Some(self.verzoek),
            (Clock::Onderzoek, _) => Some(self.onderzoek),
            (Clock::StartNaToewijzing, _) => self.start_na_toewijzing,
            (Clock::Declareren, _) => self.declareren,
            (Clock::Verlenging, _) => self.verlenging,
            (Clock::Betaling, _) => self.betaling,
        }
    }

    /// The term that no bericht starts, by its name or by that of its agreement; `None` when this profile has no such term, or
    /// several of that agreement.
    #[must_use]
    pub fn plain_clock(&self, named: &str) -> Option<&PlainClock> {
        let by_name = self.plain.iter().find(|clock| clock.name == named);
        let mut of_afspraak = self.plain.iter().filter(|clock| clock.afspraak == named);
        by_name.or_else(|| of_afspraak.next().filter(|_| of_afspraak.next().is_none()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(count: u32, unit: Unit, day_0: &str) -> String {
        Term { count, unit }.due(day_0.parse().expect("a date"), &Calendar::default()).to_string()
    }

    #[test]
    fn each_unit_counts_in_its_own_way() {
        // Thursday before Easter 2026.
        assert_eq!(due(3, Unit::Dagen, "2026-04-02"), "2026-04-05");
        assert_eq!(due(3, Unit::Werkdagen, "2026-04-02"), "2026-04-09");
        assert_eq!(due(8, Unit::Weken, "2026-04-02"), "2026-05-28");
        assert_eq!(due(3, Unit::Maanden, "2025-11-30"), "2026-02-28");
        let day = "2026-12-31".parse().expect("a date");
        assert_eq!(Term { count: 8, unit: Unit::Weken }.due_before(day).to_string(), "2026-11-05");
    }

    #[test]
    fn months_after_the_end_of_a_month_end_with_one() {
        let three_months = Term { count: 3, unit: Unit::Maanden };
        let due = |last: &str| three_months.due_after(last.parse().expect("a date"), &Calendar::default()).to_string();
        assert_eq!(
            [due("2026-02-28"), due("2025-11-30"), due("2026-01-31")],
            ["2026-05-31", "2026-02-28", "2026-04-30"]
        );
        let four_weeks = Term { count: 28, unit: Unit::Dagen };
        let end = "2018-05-20".parse().expect("a date");
        assert_eq!(four_weeks.due_after(end, &Calendar::default()).to_string(), "2018-06-17");
    }

    #[test]
    fn a_date_at_the_end_of_time_does_not_overflow() {
        assert_eq!(Term { count: 3, unit: Unit::Dagen }.due(NaiveDate::MAX, &Calendar::default()), NaiveDate::MAX);
    }
}
