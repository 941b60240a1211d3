//! Which releases of the standard are known, on which days they are in force, for whom, and when nothing leaves.
//!
//! A heenbericht counts by the day on which it came in: what its sender says of when it was made cannot be relied on. A
//! retour, and the antwoord on a declaratie, is of the release of what it answers, whenever it comes.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::werkdag::Calendar;
use crate::domain::berichten::release::{Choice, Freeze, ReleaseWindow};
use crate::domain::{Bericht, Berichtsoort, Partij, Release};

/// The days of each release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReleaseWindows(pub HashMap<Release, ReleaseWindow>);

/// The releases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releases {
    /// All that berichten can be of, the earliest first; one at least.
    pub known: &'static [Release],
    /// Which of them receivers have in force.
    pub in_force: InForce,
    /// When nothing leaves.
    pub freezes: Vec<Freeze>,
}

/// Which releases the receivers of berichten have in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InForce {
    /// All, on every day: in a replay.
    Any,
    /// Those that hold for everybody, and for parties with windows of their own.
    Windows {
        /// For everybody else.
        general: ReleaseWindows,
        /// For these.
        own: HashMap<Partij, ReleaseWindows>,
        /// So many werkdagen after the last day, what was made before its end may still come in.
        grace: u32,
    },
}

impl ReleaseWindow {
    /// Whether something made on the one day and received on the other is in time.
    fn holds(self, made: NaiveDate, received: NaiveDate, grace: u32, calendar: &Calendar) -> bool {
        let in_time =
            |last: NaiveDate| received <= last || made <= last && received <= calendar.werkdagen_after(last, grace);
        self.first <= received && self.last.is_none_or(in_time)
    }
}

impl Releases {
    /// Whether the receiver has the release of this bericht in force on the day on which it came in.
    #[must_use]
    pub fn allow(&self, bericht: &Bericht, received: NaiveDate, calendar: &Calendar) -> bool {
        let (Bericht::Heen(heen), InForce::Windows { general, own, grace }) = (bericht, &self.in_force) else {
            return true;
        };
        let soort = heen.header.soort;
        if Berichtsoort::ALL.iter().any(|asked| asked.declaratie_antwoord() == Some(soort)) {
            return true;
        }
        let windows = own.get(&heen.header.ontvanger).unwrap_or(general);
        let made = heen.header.bericht_identificatie.dagtekening;
        let window = windows.0.get(&heen.header.release);
        window.is_some_and(|window| window.holds(made, received, *grace, calendar))
    }

    /// The releases that a bericht may be of; where none is named, the newest that is in force on this day is meant.
    #[must_use]
    pub fn choice(&self, day: NaiveDate) -> Choice {
        let is_in_force = |release: &&Release| match &self.in_force {
            InForce::Any => true,
            InForce::Windows { general, .. } => general
                .0
                .get(release)
                .is_some_and(|window| window.first <= day && window.last.is_none_or(|last| day <= last)),
        };
        let usual = self.known.iter().rev().find(is_in_force).or(self.known.last());
        Choice { known: self.known, usual: *usual.expect("there is a release at least") }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Release> {
        self.known.iter().copied().find(|release| release.name() == name)
    }

    /// The freezes that are not over at this moment, the first one first.
    #[must_use]
    pub fn freezes_from(&self, now: NaiveDateTime) -> Vec<Freeze> {
        let mut coming: Vec<Freeze> = self.freezes.iter().copied().filter(|freeze| now < freeze.until).collect();
        coming.sort_unstable_by_key(|freeze| freeze.from);
        coming
    }

    /// The moment until which nothing leaves, if it is so now; both as people in the Netherlands read them.
    #[must_use]
    pub fn frozen_until(&self, now: NaiveDateTime) -> Option<NaiveDateTime> {
        let frozen = self.freezes.iter().filter(|freeze| freeze.from <= now && now < freeze.until);
        frozen.map(|freeze| freeze.until).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn what_was_made_before_the_end_may_come_in_some_werkdagen_after_it() {
        // A Monday; the fifth werkdag after it is the next Monday.
        let last = day("2020-03-30");
        let window = ReleaseWindow { first: day("2019-04-01"), last: Some(last) };
        let holds = |made, received| window.holds(day(made), day(received), 5, &Calendar::default());
        assert!(holds("2019-04-01", "2019-04-01") && !holds("2019-04-01", "2019-03-31"));
        assert!(holds("2020-03-30", "2020-03-30") && holds("2020-03-30", "2020-04-06"));
        assert!(!holds("2020-03-30", "2020-04-07"), "too late");
        assert!(!holds("2020-03-31", "2020-03-31"), "made after the end");
        assert!(!holds("2019-06-03", "2026-03-02"), "an old date does not make it come in then");
        assert!(!window.holds(last, day("2020-03-31"), 0, &Calendar::default()), "no grace");
    }

    #[test]
    fn a_freeze_holds_from_its_first_minute_to_the_one_before_its_last() {
        let moment = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").expect("a moment");
        let freeze = |from, until| Freeze { from: moment(from), until: moment(until) };
        let freezes =
            vec![freeze("2027-03-31T13:00", "2027-04-05T08:00"), freeze("2027-04-02T00:00", "2027-04-05T13:00")];
        let releases = Releases { known: &[], in_force: InForce::Any, freezes };
        let until = |now| releases.frozen_until(moment(now)).map(|until| until.format("%dT%H:%M").to_string());
        assert_eq!(until("2027-03-31T12:59"), None);
        assert_eq!(until("2027-03-31T13:00").as_deref(), Some("05T08:00"));
        assert_eq!(until("2027-04-03T00:00").as_deref(), Some("05T13:00"));
        assert_eq!(until("2027-04-05T13:00"), None);
        let coming = |now| releases.freezes_from(moment(now)).len();
        assert_eq!((coming("2027-03-01T00:00"), coming("2027-04-05T08:00"), coming("2027-04-05T13:00")), (2, 1, 0));
    }
}
