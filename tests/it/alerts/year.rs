//! A year with a set clock: processes that are killed anywhere, a clock that slips, a receiver that fails. Each step of a deadline
//! is taken once; each receiver hears of it under one id, the beginning before the end.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use chrono::TimeDelta;
use iwmo_gateway::clock::{self, Clock as _};
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::store::{Moments, NewDeadline, Waiver, Waiving};

use super::listener::{Call, Listener, Says};
use super::stage::{Stage, webhook};
use crate::database::Database;
use crate::store::clocks::record_with;
use crate::store::data::{at, day, retour_deadline};
use crate::store::deadline::answer;

/// How many deadlines there are in a year.
const DEADLINES: u64 = 8;

/// How many years each database gets: 30, or as many as `IWMO_YEARS` says.
fn years() -> u64 {
    std::env::var("IWMO_YEARS").ok().and_then(|text| text.parse().ok()).unwrap_or(30)
}

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// Work that is cut off after so many steps, as by a kill: what it had asked of the database may be done or not.
struct Killed<F> {
    work: F,
    steps: u64,
}

impl<F: Future + Unpin> Future for Killed<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.steps == 0 {
            return Poll::Ready(None);
        }
        self.steps -= 1;
        Pin::new(&mut self.work).poll(context).map(Some)
    }
}

/// What becomes of a deadline, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Answered(Timestamp),
    Waived(Timestamp),
    Never,
}

struct Deadline {
    id: String,
    soon_at: Timestamp,
    due_at: Timestamp,
    fate: Fate,
}

impl Deadline {
    fn drawn(number: u64, chance: &mut Chance) -> Self {
        let due = day("2026-01-10") + chrono::Days::new(chance.next(330));
        let (soon_at, due_at) = (clock::start_of(due - chrono::Days::new(1)), clock::end_of(due));
        // Between three days before and five after, and never at the very moment of something else.
        let minutes =
            i64::try_from(chance.next(8 * 24 * 12)).expect("few") * 5 + i64::try_from(number).expect("few") % 5;
        let when = due_at - TimeDelta::days(3) + TimeDelta::minutes(minutes + 2) + TimeDelta::seconds(30);
        let fate = match chance.next(5) {
            0 => Fate::Never,
            1 => Fate::Waived(when),
            _ => Fate::Answered(when),
        };
        Self { id: format!("d{number}"), soon_at, due_at, fate }
    }

    fn ends_at(&self) -> Option<Timestamp> {
        match self.fate {
            Fate::Answered(when) | Fate::Waived(when) => Some(when),
            Fate::Never => None,
        }
    }

    /// The steps that it takes, and no others.
    fn steps(&self) -> Vec<String> {
        let ends = self.ends_at().unwrap_or(Timestamp::MAX_UTC);
        let mut states = vec!["open"];
        states.extend((self.soon_at <= ends).then_some("due-soon"));
        states.extend((self.due_at <= ends).then_some("overdue"));
        match self.fate {
            Fate::Answered(when) => states.push(if when < self.due_at { "met" } else { "late" }),
            Fate::Waived(_) => states.push("waived"),
            Fate::Never => {}
        }
        states.windows(2).map(|two| format!("{} {} {}", self.id, two[0], two[1])).collect()
    }

    /// What a receiver hears of it that is told of all.
    fn told(&self) -> Vec<&'static str> {
        let steps = self.steps();
        let mut told: Vec<_> = [("due-soon", " due-soon"), ("overdue", " overdue")]
            .into_iter()
            .filter(|(_, end)| steps.iter().any(|step| step.ends_with(end)))
            .map(|(event, _)| event)
            .collect();
        if !told.is_empty() && self.fate != Fate::Never {
            told.push("resolved");
        }
        told
    }
}

/// One year on one database.
struct Year {
    stages: Vec<Stage>,
    deadlines: Vec<Deadline>,
    chance: Chance,
    kills: usize,
}

impl Year {
    async fn play(mut self, ill: &Listener) -> Self {
        let mut moments: BTreeSet<Timestamp> = BTreeSet::new();
        for one in &self.deadlines {
            moments.extend([one.soon_at, one.due_at].into_iter().chain(one.ends_at()));
        }
        for moment in moments {
            self.set(moment);
            for nr in 0..self.deadlines.len() {
                self.end(nr, moment).await;
            }
            ill.says([Says::Taken, Says::No(500, None), Says::No(429, Some(1800))][self.below(3)]);
            self.happen().await;
            if self.chance.next(4) == 0 {
                // The clock slips back by less than an hour, and is right again.
                self.set(moment - TimeDelta::minutes(50));
                self.happen().await;
                self.set(moment);
            }
            self.set(moment + TimeDelta::seconds(40));
            self.happen().await;
        }
        ill.says(Says::Taken);
        for hour in 1..6 {
            let now = self.stages[0].clock.now();
            self.set(now + TimeDelta::hours(hour));
            self.surely().await;
        }
        self
    }

    fn below(&mut self, count: u64) -> usize {
        usize::try_from(self.chance.next(count)).expect("few")
    }

    fn set(&self, moment: Timestamp) {
        self.stages.iter().for_each(|stage| stage.clock.set(moment));
    }

    /// What people and berichten do to a deadline at this moment.
    async fn end(&self, nr: usize, moment: Timestamp) {
        let (deadline, store) = (&self.deadlines[nr], &self.stages[0].gateway.store);
        match deadline.fate {
            Fate::Answered(when) if when == moment => {
                answer(&**store, &format!("r{nr}"), &format!("b{nr}"), &moment.to_rfc3339()).await;
            }
            Fate::Waived(when) if when == moment => {
                let waiver = Waiver { reason: "x".to_owned(), until: None, at: moment, by: "a".to_owned() };
                let waiving = Waiving { id: deadline.id.clone(), waiver, back_at: None };
                store.waive_deadline(&waiving).await.expect("waived");
            }
            Fate::Answered(_) | Fate::Waived(_) | Fate::Never => {}
        }
    }

    /// All processes at once, each of which may be killed anywhere; then one that is not.
    async fn happen(&mut self) {
        let kills: Vec<Option<u64>> =
            self.stages.iter().map(|_| (self.chance.next(3) == 0).then(|| self.chance.next(60))).collect();
        self.kills += kills.iter().flatten().count();
        let works = self.stages.iter().zip(kills).map(|(stage, kill)| async move {
            let work = pin!(async {
                stage.raise().await;
                stage.tell().await;
            });
            match kill {
                Some(steps) => drop(Killed { work, steps }.await),
                None => work.await,
            }
        });
        futures_util::future::join_all(works).await;
        self.surely().await;
    }

    /// Until all that is due now was raised and gathered: what a killed process had in hand comes free when its connection ends.
    async fn surely(&self) {
        let stage = &self.stages[0];
        let store = &stage.gateway.store;
        let due = async {
            loop {
                stage.raise().await;
                stage.tell().await;
                let now = stage.clock.now();
                let mut waits = store.next_deadline_at().await.expect("read").is_some_and(|next| next <= now);
                for desk in &stage.alerting.desks {
                    let until = now - TimeDelta::seconds(30);
                    let groups = store.groups_due(&desk.receiver.name, until, now).await.expect("read");
                    waits |= !groups.is_empty();
                }
                if !waits {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_mins(1), due).await.expect("it has to come free");
    }
}

/// Per deadline what a receiver heard, each under its ids.
fn heard(listener: &Listener) -> BTreeMap<String, Vec<(String, BTreeSet<String>)>> {
    let mut heard: BTreeMap<String, Vec<(String, BTreeSet<String>)>> = BTreeMap::new();
    let state = |call: &Call| call.body["data"]["state"].as_str().expect("a state").to_owned();
    for call in listener.taken() {
        for one in call.body["data"]["deadlines"].as_array().into_iter().flatten() {
            let of = heard.entry(one["id"].as_str().expect("an id").to_owned()).or_default();
            match of.iter_mut().find(|(known, _)| *known == state(&call)) {
                Some((_, ids)) => _ = ids.insert(call.id.clone()),
                None => of.push((state(&call), BTreeSet::from([call.id.clone()]))),
            }
        }
    }
    heard
}

async fn year(database: Arc<Database>, seed: u64, processes: usize) {
    let (well, ill) = (Listener::start().await, Listener::start().await);
    let all = "on = [\"due-soon\", \"overdue\", \"resolved\"]";
    let settings =
        format!("[alerts]\ndigest = \"\"\nrepeat = []\n{}{}", webhook("well", &well, all), webhook("ill", &ill, all));
    let mut stages = Vec::new();
    for _ in 0..processes {
        stages.push(Stage::on(&database, &settings).await);
    }
    let mut chance = Chance(seed);
    let deadlines: Vec<_> = (0..DEADLINES).map(|number| Deadline::drawn(number, &mut chance)).collect();
    for (nr, one) in deadlines.iter().enumerate() {
        let clock = retour_deadline(&one.id);
        let due = clock::date_of(one.due_at) - chrono::Days::new(1);
        let warns = vec![clock::date_of(one.soon_at)];
        let moments = Moments { warns, next_at: one.soon_at, ..clock.moments };
        let clock = NewDeadline { due, due_at: one.due_at, moments, ..clock };
        record_with(&*stages[0].gateway.store, &format!("b{nr}"), vec![clock]).await;
    }
    for stage in &stages {
        stage.clock.set(at("2026-01-01T00:00:00Z"));
    }
    let year = Year { stages, deadlines, chance, kills: 0 }.play(&ill).await;

    let steps: Vec<String> = year.deadlines.iter().flat_map(Deadline::steps).collect();
    let taken = "SELECT deadline_id || ' ' || was || ' ' || state FROM transition ORDER BY deadline_id, seq";
    assert_eq!(database.texts(taken).await, steps, "seed {seed}: each step once");
    for (name, listener) in [("well", &well), ("ill", &ill)] {
        let heard = heard(listener);
        for one in &year.deadlines {
            let told: Vec<_> = heard.get(&one.id).into_iter().flatten().collect();
            let events: Vec<_> = told.iter().map(|(event, _)| event.as_str()).collect();
            assert_eq!(events, one.told(), "seed {seed}: {name} hears of {} in order: {:?}", one.id, one.fate);
            assert!(told.iter().all(|(_, ids)| ids.len() == 1), "seed {seed}: {name}, {}: one id each", one.id);
        }
    }
    let calls = well.taken();
    let ids: BTreeSet<_> = calls.iter().map(|call| &call.id).collect();
    let twice = calls.len() - ids.len();
    assert!(twice <= year.kills, "seed {seed}: {twice} twice, with {} kills", year.kills);
    for stage in year.stages {
        stage.gateway.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_one_process_that_is_killed_on_sqlite() {
    for seed in 0..years() {
        year(Arc::new(Database::sqlite()), seed, 1).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_of_two_processes_that_are_killed_on_postgres() {
    for seed in 0..years() {
        let Some(database) = Database::postgres().await else { return };
        year(Arc::new(database), 1_000_000 + seed, 2).await;
    }
}

#[tokio::test]
async fn without_a_kill_each_call_is_made_once() {
    let well = Listener::start().await;
    let settings = format!("[alerts]\ndigest = \"\"\nrepeat = []\n{}", webhook("well", &well, ""));
    let stage = Stage::on_sqlite(&settings).await;
    stage.open("b1", &["d1", "d2"]).await;
    for _ in 0..3 {
        stage.happen("2026-03-05T23:00:00Z").await;
    }
    answer(&*stage.gateway.store, "r1", "b1", "2026-03-06T08:00:00Z").await;
    for _ in 0..3 {
        stage.happen("2026-03-06T09:00:00Z").await;
    }
    assert_eq!(well.calls().len(), 2);
}
