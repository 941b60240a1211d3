//! What time and people make of deadlines, and what is to be told of it.

use std::sync::Arc;

use chrono::NaiveDate;
use iwmo_gateway::clock;
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::domain::alerts::{Escalation, Event, Receiver};
use iwmo_gateway::domain::deadlines::counted::{Counted, Direction};
use iwmo_gateway::store::{
    CountedBy, DeadlineState, Entry, Moments, NewDeadline, Raise, Raised, Recount, Store, Waiver, Waiving,
};
use tokio::sync::Barrier;

use super::World;
use super::data::{at, day, entry_305, gemeente, retour_deadline, stranger};
use super::deadline::answer;

const SOON: &str = "2026-03-03T23:00:00Z";
const PAST: &str = "2026-03-05T23:00:00Z";

pub fn receiver(name: &str, on: &[Event]) -> Receiver {
    Receiver {
        name: name.to_owned(),
        partij: None,
        clocks: None,
        on: on.to_vec(),
        early: Vec::new(),
        escalation: None,
        hours: None,
        forgets: false,
    }
}

fn look(now: &str, receivers: &[Receiver]) -> Raise {
    let now = at(now);
    Raise {
        now,
        too_early: now + chrono::TimeDelta::hours(1),
        limit: 100,
        start_of: clock::start_of,
        receivers: receivers.into(),
    }
}

pub async fn raise(store: &dyn Store, now: &str, receivers: &[Receiver]) -> Raised {
    store.raise(&look(now, receivers)).await.expect("raised")
}

/// One that is due soon from 4 March on, and due on the 5th.
pub fn clock_of(id: &str) -> NewDeadline {
    let clock = retour_deadline(id);
    NewDeadline { moments: Moments { next_at: at(SOON), ..clock.moments }, ..clock }
}

pub async fn record_with(store: &dyn Store, id: &str, deadlines: Vec<NewDeadline>) {
    let deadlines = deadlines.into_iter().map(|one| NewDeadline { bericht_id: id.to_owned(), ..one }).collect();
    store.record(&Entry { deadlines, ..entry_305(id) }).await.expect("recorded");
}

async fn state(store: &dyn Store, id: &str) -> DeadlineState {
    store.deadline(id, None).await.expect("read").expect("there").state
}

const STEPS: &str = "SELECT deadline_id || ' ' || was || ' ' || state FROM transition ORDER BY deadline_id, seq";
const TOLD: &str = "SELECT deadline_id || ' ' || receiver || ' ' || event FROM alert ORDER BY deadline_id, receiver";

pub async fn each_step_is_taken_once_with_a_row_for_each_who_is_told(world: World) {
    let ids = ["d1", "d2", "d3"];
    record_with(&*world.one, "b1", ids.map(clock_of).into()).await;
    let of_party = |partij| Receiver { partij: Some(partij), ..receiver("party", &[Event::Overdue]) };
    let clocks = |clock: &str| Some(vec![clock.to_owned()]);
    let receivers = [
        receiver("all", &[Event::DueSoon, Event::Overdue]),
        of_party(gemeente()),
        Receiver { name: "other".to_owned(), ..of_party(stranger()) },
        Receiver { clocks: clocks("start"), ..receiver("starts", &Event::ALL) },
        Receiver { clocks: clocks("retour"), ..receiver("retours", &[Event::Overdue]) },
    ];
    assert_eq!(world.two.next_deadline_at().await.expect("read"), Some(at(SOON)));
    for moment in [SOON, PAST] {
        let start = Arc::new(Barrier::new(4));
        let callers: Vec<_> = [&world.one, &world.two, &world.one, &world.two]
            .map(|store| {
                let (store, start, receivers) = (Arc::clone(store), Arc::clone(&start), receivers.clone());
                tokio::spawn(async move {
                    start.wait().await;
                    raise(&*store, moment, &receivers).await.overdue.len()
                })
            })
            .into();
        let mut overdue = 0;
        for caller in callers {
            overdue += caller.await.expect("no panic");
        }
        assert_eq!(overdue, if moment == PAST { 3 } else { 0 });
        if moment == SOON {
            assert_eq!(world.raw.texts(TOLD).await, ids.map(|id| format!("{id} all due-soon")));
            assert_eq!(world.two.next_deadline_at().await.expect("read"), Some(at(PAST)));
        }
    }
    let steps = ids.map(|id| [format!("{id} open due-soon"), format!("{id} due-soon overdue")]).concat();
    assert_eq!(world.raw.texts(STEPS).await, steps);
    let told = ids.map(|id| ["all", "party", "retours"].map(|name| format!("{id} {name} overdue"))).concat();
    assert_eq!(world.raw.texts(TOLD).await, told);
    assert_eq!(world.one.next_deadline_at().await.expect("read"), None);
}

pub async fn what_was_not_told_yet_is_forgotten_and_what_was_told_is_resolved(world: World) {
    record_with(&*world.one, "h1", vec![clock_of("d1")]).await;
    record_with(&*world.one, "h2", vec![clock_of("d2")]).await;
    let receivers = [receiver("a", &Event::ALL), receiver("b", &[Event::Overdue])];
    raise(&*world.one, PAST, &receivers).await;
    world.tamper("UPDATE alert SET message_id = 'm', told = 1 WHERE deadline_id = 'd2'").await;
    answer(&*world.one, "r1", "h1", "2026-03-06T08:00:00Z").await;
    answer(&*world.one, "r2", "h2", "2026-03-06T08:00:00Z").await;
    assert_eq!(world.raw.texts(TOLD).await, ["d2 a resolved"], "b asked for no more");
    let steps = world.raw.texts(STEPS).await;
    assert_eq!(steps, ["d1 open overdue", "d1 overdue late", "d2 open overdue", "d2 overdue late"]);
    raise(&*world.two, "2026-04-01T00:00:00Z", &receivers).await;
    assert_eq!(world.raw.texts(TOLD).await.len(), 1, "nothing after that");
}

fn waiving(id: &str, until: Option<NaiveDate>) -> Waiving {
    let waiver = Waiver { reason: "verhuisd".to_owned(), until, at: at("2026-03-03T09:00:00Z"), by: "Anna".to_owned() };
    Waiving { id: id.to_owned(), back_at: until.map(clock::end_of), waiver }
}

pub async fn waived_for_good_or_until_a_day(World { one, two, raw }: World) {
    record_with(&*one, "h1", vec![clock_of("d1"), clock_of("d2"), clock_of("d3")]).await;
    for (id, until) in [("d1", None), ("d2", Some(day("2026-03-10"))), ("d3", Some(day("2026-03-03")))] {
        let view = two.waive_deadline(&waiving(id, until)).await.expect("waived").expect("there");
        assert_eq!((view.state, view.waiver), (DeadlineState::Waived, Some(waiving(id, until).waiver)));
    }
    let again = one.waive_deadline(&waiving("d1", Some(day("2026-04-01")))).await.expect("done").expect("there");
    assert_eq!(again.waiver, Some(waiving("d1", None).waiver), "what was said first stays");
    assert!(one.waive_deadline(&waiving("d9", None)).await.expect("done").is_none());
    assert_eq!(one.next_deadline_at().await.expect("read"), Some(at(SOON)), "the end of 3 March");
    raise(&*one, SOON, &[]).await;
    assert_eq!(state(&*two, "d3").await, DeadlineState::DueSoon);
    raise(&*one, "2026-03-10T22:59:59Z", &[]).await;
    assert_eq!(state(&*two, "d2").await, DeadlineState::Waived);
    raise(&*one, "2026-03-10T23:00:00Z", &[]).await;
    assert_eq!([state(&*two, "d1").await, state(&*two, "d2").await], [DeadlineState::Waived, DeadlineState::Overdue]);
    let waived = two.audit(0, 9).await.expect("read");
    assert_eq!(waived.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["deadline.waived"; 3]);
    let steps = "SELECT was || ' ' || state FROM transition WHERE deadline_id = 'd2' ORDER BY seq";
    assert_eq!(raw.texts(steps).await, ["open waived", "waived overdue"]);
}

pub async fn a_clock_far_ahead_is_taken_back_and_a_little_is_not(World { one, two, raw: _raw }: World) {
    record_with(&*one, "h1", vec![clock_of("d1")]).await;
    assert_eq!(raise(&*one, "2026-03-15T12:00:00Z", &[]).await.overdue.len(), 1);
    raise(&*two, "2026-03-05T22:30:00Z", &[]).await;
    assert_eq!(state(&*one, "d1").await, DeadlineState::Overdue, "half an hour");
    raise(&*two, "2026-03-02T12:00:00Z", &[]).await;
    assert_eq!(state(&*one, "d1").await, DeadlineState::Open, "thirteen days");
    assert_eq!(raise(&*two, SOON, &[]).await.overdue.len(), 0);
    assert_eq!(state(&*one, "d1").await, DeadlineState::DueSoon);
}

pub async fn many_are_raised_in_portions(World { one, two: _two, raw: _raw }: World) {
    let ids: Vec<String> = (0..25).map(|number| format!("d{number:02}")).collect();
    record_with(&*one, "b1", ids.iter().map(|id| clock_of(id)).collect()).await;
    let portion = Raise { limit: 10, ..look(PAST, &[receiver("a", &Event::ALL)]) };
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(one.raise(&portion).await.expect("raised").overdue.len());
    }
    assert_eq!(seen, [10, 10, 5, 0]);
}

pub async fn counted_again_it_moves_from_where_it_stood(World { one, two, raw }: World) {
    let counted = |day_0: &str| Counted { term: "retour".to_owned(), day_0: day(day_0), direction: Direction::After };
    let clock = |id: &str| {
        let moments = Moments { counted: Some(counted("2026-03-02")), ..clock_of(id).moments };
        NewDeadline { moments, ..clock_of(id) }
    };
    record_with(&*one, "h1", vec![clock("d1"), clock("d2"), clock_of("d3")]).await;
    assert_eq!(one.counted_by().await.expect("read"), None);
    raise(&*one, PAST, &[]).await;
    answer(&*one, "r1", "h1", "2026-03-06T08:00:00Z").await;
    record_with(&*one, "h2", vec![clock("d4"), clock("d5")]).await;
    raise(&*one, "2026-03-06T09:00:00Z", &[]).await;
    let standing = two.standing(None, 10).await.expect("read");
    assert_eq!(standing.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["d4", "d5"], "that are waited for");
    assert_eq!((standing[0].due, standing[0].counted.clone()), (day("2026-03-05"), counted("2026-03-02")));
    assert_eq!(two.standing(Some("d4"), 10).await.expect("read").len(), 1);
    let by = CountedBy { profile: "p".to_owned(), sha256: "x".to_owned() };
    let moved = |was: usize, due: &str| Recount {
        was: standing[was].clone(),
        due: day(due),
        due_at: clock::end_of(day(due)),
        warns: Vec::new(),
        explanation: "anders".to_owned(),
    };
    let now: Timestamp = at("2026-03-06T10:00:00Z");
    let recounts = [moved(0, "2026-03-20"), moved(1, "2026-03-04")];
    assert_eq!(one.recount(&recounts, now, &by).await.expect("moved"), 2);
    assert_eq!(two.recount(&recounts, now, &by).await.expect("moved"), 0, "it stands elsewhere now");
    raise(&*one, "2026-03-06T10:00:00Z", &[]).await;
    let view = one.deadline("d4", None).await.expect("read").expect("there");
    assert_eq!((view.state, view.due, view.explanation.as_str()), (DeadlineState::Open, day("2026-03-20"), "anders"));
    assert_eq!(state(&*one, "d5").await, DeadlineState::Overdue);
    let audit = two.audit(0, 9).await.expect("read");
    assert_eq!(audit.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["deadline.recounted"; 2]);
    two.keep_counted_by(&by).await.expect("kept");
    assert_eq!(one.counted_by().await.expect("read"), Some(by));
    drop(raw);
}

pub async fn who_is_told_next_is_written_down_with_the_step(world: World) {
    record_with(&*world.one, "h1", vec![clock_of("d1")]).await;
    let after = std::time::Duration::from_hours(48);
    let escalation = Some(Escalation { after, to: "chef".to_owned() });
    raise(&*world.one, PAST, &[Receiver { escalation, ..receiver("a", &Event::ALL) }]).await;
    let when = "SELECT COUNT(*) FROM alert WHERE escalate_at >= '2026-03-07T23:00:00+00:00'
        AND escalate_at < '2026-03-07T23:00:01+00:00'";
    assert_eq!(world.number(when).await, 1);
}
