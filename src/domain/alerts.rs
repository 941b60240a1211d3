//! Who is told what about deadlines, as it was set up. Pure: no addresses, no clock.
//!
//! Imports `berichten`.

use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveTime;

use super::Partij;

/// What people are told of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its moment is near.
    DueSoon,
    /// Its moment is past.
    Overdue,
    /// Nobody waits for it any more.
    Resolved,
}

impl Event {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::DueSoon, Self::Overdue, Self::Resolved];

    /// The word for it in settings, messages and the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DueSoon => "due-soon",
            Self::Overdue => "overdue",
            Self::Resolved => "resolved",
        }
    }

    /// What this word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}

/// Another receiver, who is told what nobody took on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Escalation {
    /// So long after the moment.
    pub after: Duration,
    /// The name of the receiver.
    pub to: String,
}

/// Between which times of the day somebody wants to be told; the first may be the later one, for a night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// From.
    pub from: NaiveTime,
    /// Up to, not included.
    pub to: NaiveTime,
}

impl Hours {
    /// As in `08:00-18:00`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
        let (from, to) = text.split_once('-')?;
        let (from, to) = (time(from.trim())?, time(to.trim())?);
        (from != to).then_some(Self { from, to })
    }

    /// Whether this time lies between them.
    #[must_use]
    pub fn hold(&self, time: NaiveTime) -> bool {
        if self.from < self.to { (self.from..self.to).contains(&time) } else { time >= self.from || time < self.to }
    }
}

/// One who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// The name of its `[[alert]]`.
    pub name: String,
    /// Only what this party has to act on.
    pub partij: Option<Partij>,
    /// Only these kinds.
    pub clocks: Option<Vec<String>>,
    /// Only these events.
    pub on: Vec<Event>,
    /// Of these kinds also that the moment is near, whatever `on` says.
    pub early: Vec<String>,
    /// Who is told after it.
    pub escalation: Option<Escalation>,
    /// When it may be told.
    pub hours: Option<Hours>,
    /// It forgets what it is not told again and again.
    pub forgets: bool,
}

impl Receiver {
    /// Whether it is told this of a deadline.
    #[must_use]
    pub fn wants(&self, event: Event, clock: &str, responsible: &str) -> bool {
        let is_early = event == Event::DueSoon && self.early.iter().any(|early| early == clock);
        (is_early || self.on.contains(&event)) && self.is_about(clock, responsible)
    }

    /// Whether a deadline is among those that it is told of.
    #[must_use]
    pub fn is_about(&self, clock: &str, responsible: &str) -> bool {
        let is_of_party = self.partij.as_ref().is_none_or(|partij| partij.code() == responsible);
        is_of_party && self.clocks.as_ref().is_none_or(|clocks| clocks.iter().any(|one| one == clock))
    }
}

/// All that was set up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// What comes within it is told together.
    pub group_wait: Duration,
    /// When it is told again that a deadline is overdue that nobody took on; after the last one at that pace.
    pub repeat: Vec<Duration>,
    /// When a summary is sent, on werkdagen.
    pub digest: Option<NaiveTime>,
    /// Who is told.
    pub receivers: Arc<[Receiver]>,
}

impl Alerts {
    /// How long after having been told so many times it is told again.
    #[must_use]
    pub fn pause_after(&self, times: u32) -> Option<Duration> {
        let nth = (times.max(1) - 1) as usize;
        self.repeat.get(nth).or(self.repeat.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_go_over_midnight() {
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").expect("a time");
        let day = Hours::from_text("08:00-18:00").expect("hours");
        assert_eq!(["07:59", "08:00", "17:59", "18:00"].map(|at| day.hold(time(at))), [false, true, true, false]);
        let night = Hours::from_text("22:00 - 06:00").expect("hours");
        assert_eq!(["21:59", "22:00", "05:59", "06:00"].map(|at| night.hold(time(at))), [false, true, true, false]);
        for wrong in ["", "8", "08:00", "08:00-08:00", "08:00-25:00", "8u-18u"] {
            assert_eq!(Hours::from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pauses_grow_and_stay_at_the_last() {
        let days = |count: u64| Duration::from_hours(24 * count);
        let alerts = Alerts { repeat: vec![days(1), days(3), days(7)], ..Alerts::default() };
        assert_eq!(
            [1, 2, 3, 4, 99].map(|times| alerts.pause_after(times)),
            [1, 3, 7, 7, 7].map(|count| Some(days(count)))
        );
        assert_eq!(Alerts::default().pause_after(1), None, "once is enough");
    }
}
