//! Which receivers are left alone for a while, because nothing got through to them.
//!
//! One that fails is held by itself: the others go on. When several fail and nobody gets through, the way there is at fault, and
//! everything is held as one. Whatever is held is probed by one parcel at a time, each time another one, after pauses that
//! grow. Kept in memory: a process that starts finds out anew.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use chrono::TimeDelta;

use crate::domain::Timestamp;
use crate::store::{Room, Scope};

/// From how many receivers that fail, while nobody gets through, the way there is held to be at fault.
const FAILING_WAY: usize = 3;

/// How long the way there is left alone at most: a parcel for a receiver that is well must not wait longer for the others.
const LONGEST_FOR_WAY: Duration = Duration::from_mins(1);

/// Pauses that double, up to a longest one.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// After the first failure.
    pub first: Duration,
    /// Up to here.
    pub longest: Duration,
}

impl Pauses {
    /// After so many failures. Differs up to a fifth between names, so that what failed together does not come back together.
    #[must_use]
    pub fn after(self, failures: i64, name: &str) -> Duration {
        let doublings = u32::try_from(failures - 1).unwrap_or_default().min(20);
        let pause = self.first.saturating_mul(1 << doublings).min(self.longest);
        let mut hasher = DefaultHasher::new();
        (name, failures).hash(&mut hasher);
        let percent = u32::try_from(hasher.finish() % 21).unwrap_or_default();
        pause.saturating_mul(100 - percent) / 100
    }
}

/// How many parcels are under way at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// To one receiver.
    pub each: usize,
}

/// What an attempt told of the receiver and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It answered.
    Through,
    /// It answered that it cannot take anything now.
    Busy(Trouble),
    /// Nobody answered, or something on the way did.
    Not(Trouble),
}

/// Why it is to be left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// For the operator.
    pub reason: String,
    /// When it was asked to be left alone until then.
    pub not_before: Option<Timestamp>,
}

/// What changed, to be told to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is held from now on.
    Held(Scope, String),
    /// It is held no more.
    Free(Scope),
}

#[derive(Debug)]
struct Held {
    until: Timestamp,
    failures: i64,
}

/// What is held.
#[derive(Debug, Default)]
pub struct Breaker {
    receivers: HashMap<String, Held>,
    way: Option<Held>,
    /// Who failed since somebody got through.
    failing: HashSet<String>,
}

impl Breaker {
    /// What was held when this process started: probed at once.
    pub fn resume(&mut self, scope: &Scope, now: Timestamp) {
        let held = Held { until: now, failures: 0 };
        match scope {
            Scope::Netwerk => self.way = Some(held),
            Scope::Ontvanger(code) => _ = self.receivers.insert(code.clone(), held),
            Scope::Functie(_) | Scope::Zender(_) => {}
        }
    }

    /// What may be sent now, besides what is under way.
    #[must_use]
    pub fn room(&self, now: Timestamp, limits: Limits, under_way: &HashMap<String, usize>) -> Room {
        let busy: usize = under_way.values().sum();
        let most = |held: Option<&Held>, limit: usize| match held {
            None => limit,
            Some(held) if held.until <= now => 1,
            Some(_) => 0,
        };
        let mut room = Room::of(most(self.way.as_ref(), limits.total).saturating_sub(busy), limits.each);
        for code in self.receivers.keys().chain(under_way.keys()) {
            let free = most(self.receivers.get(code), limits.each);
            room.leave(code, free.saturating_sub(under_way.get(code).copied().unwrap_or_default()));
        }
        room
    }

    /// The same without those that failed last, while the way there is probed: one that is well gets through.
    #[must_use]
    pub fn room_for_others(&self, room: &Room) -> Option<Room> {
        let mut others = room.clone();
        self.failing.iter().for_each(|code| others.leave(code, 0));
        (self.way.is_some() && !self.failing.is_empty()).then_some(others)
    }

    /// When something that is held may be probed again, after `now`.
    #[must_use]
    pub fn next_probe_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.receivers.values().chain(&self.way).map(|held| held.until).filter(|until| *until > now).min()
    }

    /// Takes in what an attempt told.
    pub fn note(&mut self, code: &str, reach: Reach, now: Timestamp, pauses: Pauses) -> Vec<Change> {
        let mut changes = Vec::new();
        match reach {
            Reach::Through => {
                self.reached(&mut changes);
                if self.receivers.remove(code).is_some() {
                    changes.push(Change::Free(Scope::Ontvanger(code.to_owned())));
                }
            }
            Reach::Busy(trouble) => {
                self.reached(&mut changes);
                changes.extend(self.hold_receiver(code, trouble, now, pauses));
            }
            Reach::Not(trouble) => {
                self.failing.insert(code.to_owned());
                if let Some(way) = &mut self.way {
                    let pauses = Pauses { longest: pauses.longest.min(LONGEST_FOR_WAY), ..pauses };
                    way.fail("", &trouble, now, pauses);
                } else if self.failing.len() >= FAILING_WAY {
                    let held = self.receivers.drain().map(|(code, _)| Change::Free(Scope::Ontvanger(code)));
                    changes.extend(held);
                    self.way = Some(Held::new("", &trouble, now, pauses));
                    changes.push(Change::Held(Scope::Netwerk, trouble.reason));
                } else {
                    changes.extend(self.hold_receiver(code, trouble, now, pauses));
                }
            }
        }
        changes
    }

    /// Somebody answered: the way there is well.
    fn reached(&mut self, changes: &mut Vec<Change>) {
        self.failing.clear();
        if self.way.take().is_some() {
            changes.push(Change::Free(Scope::Netwerk));
        }
    }

    fn hold_receiver(&mut self, code: &str, trouble: Trouble, now: Timestamp, pauses: Pauses) -> Option<Change> {
        if let Some(held) = self.receivers.get_mut(code) {
            held.fail(code, &trouble, now, pauses);
            return None;
        }
        self.receivers.insert(code.to_owned(), Held::new(code, &trouble, now, pauses));
        Some(Change::Held(Scope::Ontvanger(code.to_owned()), trouble.reason))
    }
}

impl Held {
    fn new(name: &str, trouble: &Trouble, now: Timestamp, pauses: Pauses) -> Self {
        let mut held = Self { until: now, failures: 0 };
        held.fail(name, trouble, now, pauses);
        held
    }

    /// One more failure; of those that were under way when it was held already only the request for time counts.
    fn fail(&mut self, name: &str, trouble: &Trouble, now: Timestamp, pauses: Pauses) {
        if self.until <= now {
            self.failures += 1;
            let pause = TimeDelta::from_std(pauses.after(self.failures, name)).unwrap_or(TimeDelta::MAX);
            self.until = now.checked_add_signed(pause).unwrap_or(Timestamp::MAX_UTC);
        }
        self.until = self.until.max(trouble.not_before.unwrap_or(self.until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { total: 16, each: 4 };
    const PAUSES: Pauses = Pauses { first: Duration::from_secs(30), longest: Duration::from_mins(15) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    fn not() -> Reach {
        Reach::Not(Trouble { reason: "weg".to_owned(), not_before: None })
    }

    fn held(code: &str) -> Change {
        Change::Held(Scope::Ontvanger(code.to_owned()), "weg".to_owned())
    }

    fn free(code: &str) -> Change {
        Change::Free(Scope::Ontvanger(code.to_owned()))
    }

    /// How many parcels to this receiver may be sent at this second.
    fn room(breaker: &Breaker, code: &str, second: i64) -> usize {
        let mut room = breaker.room(at(second), LIMITS, &HashMap::new());
        (0..99).take_while(|_| room.take(code)).count()
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_shrink_by_a_fifth_at_most() {
        for (failures, full) in [(1, 30), (2, 60), (3, 120), (6, 900), (9, 900), (1000, 900)] {
            let pause = PAUSES.after(failures, "r").as_secs_f64();
            assert!((0.8 * f64::from(full)..=f64::from(full)).contains(&pause), "failure {failures}: {pause}");
        }
    }

    #[test]
    fn one_that_fails_is_held_and_the_others_go_on() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.note("a", not(), at(0), PAUSES), [held("a")]);
        assert_eq!(breaker.note("a", not(), at(1), PAUSES), [], "under way when it was held");
        assert_eq!((room(&breaker, "a", 1), room(&breaker, "b", 1)), (0, 4));
        assert!(breaker.next_probe_at(at(1)).is_some_and(|until| (at(24)..=at(30)).contains(&until)));
        assert_eq!(room(&breaker, "a", 30), 1, "one parcel probes");
        assert_eq!(breaker.note("a", not(), at(30), PAUSES), []);
        assert_eq!((room(&breaker, "a", 60), room(&breaker, "a", 90)), (0, 1), "twice as long");
        assert_eq!(breaker.note("a", Reach::Through, at(90), PAUSES), [free("a")]);
        assert_eq!(room(&breaker, "a", 90), 4);
    }

    #[test]
    fn when_several_fail_and_nobody_gets_through_everything_is_held_as_one() {
        let mut breaker = Breaker::default();
        breaker.note("a", not(), at(0), PAUSES);
        breaker.note("b", Reach::Through, at(0), PAUSES);
        breaker.note("b", not(), at(1), PAUSES);
        assert_eq!(breaker.note("c", not(), at(1), PAUSES), [held("c")], "b got through in between");
        let mut changes = breaker.note("d", not(), at(2), PAUSES);
        assert_eq!(changes.pop(), Some(Change::Held(Scope::Netwerk, "weg".to_owned())));
        assert_eq!(changes.len(), 3, "one item instead of three: {changes:?}");
        assert_eq!((room(&breaker, "e", 3), room(&breaker, "a", 3)), (0, 0));
        let probing = breaker.room(at(40), LIMITS, &HashMap::new());
        let mut others = breaker.room_for_others(&probing).expect("probing");
        assert!(!others.take("d") && others.take("e") && !others.take("f"), "one, and one that did not fail");
        assert_eq!(breaker.note("e", Reach::Through, at(41), PAUSES), [Change::Free(Scope::Netwerk)]);
        assert_eq!(room(&breaker, "a", 41), 4);
    }

    #[test]
    fn who_asks_for_time_gets_it() {
        let mut breaker = Breaker::default();
        let busy = |until| Reach::Busy(Trouble { reason: "vol".to_owned(), not_before: Some(at(until)) });
        breaker.note("a", busy(300), at(0), PAUSES);
        breaker.note("b", busy(1), at(0), PAUSES);
        assert_eq!((room(&breaker, "a", 299), room(&breaker, "a", 300)), (0, 1));
        assert_eq!((room(&breaker, "b", 20), room(&breaker, "b", 30)), (0, 1), "not less than the pause");
        breaker.note("c", busy(1), at(0), PAUSES);
        assert_eq!(room(&breaker, "d", 1), 4, "they answer: the way there is well");
    }

    #[test]
    fn what_is_under_way_takes_room() {
        let mut breaker = Breaker::default();
        let under_way = HashMap::from([("a".to_owned(), 3), ("b".to_owned(), 12)]);
        let mut room = breaker.room(at(0), LIMITS, &under_way);
        assert!(room.take("a") && !room.take("a") && !room.take("b") && !room.take("c"), "16 in all, 4 each");
        breaker.note("a", not(), at(0), PAUSES);
        let mut room = breaker.room(at(60), LIMITS, &HashMap::from([("a".to_owned(), 1)]));
        assert!(!room.take("a"), "its probe is under way");
    }
}
