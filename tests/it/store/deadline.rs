//! Clocks: stopped in time or late, raised once, listed.

use std::sync::Arc;

use chrono::NaiveDate;
use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::domain::deadline::Clock;
use iwmo_gateway::store::{Closing, DeadlineQuery, DeadlineState, Ends, Entry, NewBericht, NewDeadline, Store};
use tokio::sync::Barrier;

use super::World;
use super::data::{at, day, entry, entry_305, gemeente, new_bericht, retour, retour_deadline, stranger};

/// The first instant that is too late.
const PAST: &str = "2026-03-05T23:00:00Z";

async fn record_with(store: &dyn Store, id: &str, deadlines: Vec<NewDeadline>) {
    let deadlines = deadlines.into_iter().map(|one| NewDeadline { bericht_id: id.to_owned(), ..one }).collect();
    store.record(&Entry { deadlines, ..entry_305(id) }).await.expect("recorded");
}

pub async fn raised_once_by_two_processes(world: World) {
    let ids: Vec<String> = (0..30).map(|number| format!("d{number:02}")).collect();
    record_with(&*world.one, "b1", ids.iter().map(|id| retour_deadline(id)).collect()).await;
    assert_eq!(world.two.next_deadline_at().await.expect("read"), Some(at(PAST)));
    assert!(world.one.raise_overdue(at("2026-03-05T22:59:59Z")).await.expect("raised").is_empty());

    let start = Arc::new(Barrier::new(4));
    let mut callers = Vec::new();
    for store in [&world.one, &world.two, &world.one, &world.two] {
        let (store, start) = (Arc::clone(store), Arc::clone(&start));
        callers.push(tokio::spawn(async move {
            start.wait().await;
            store.raise_overdue(at(PAST)).await.expect("raised")
        }));
    }
    let mut raised = Vec::new();
    for caller in callers {
        for view in caller.await.expect("no panic") {
            assert_eq!((view.state, view.berichtsoort.as_str()), (DeadlineState::Overdue, "WMO305"));
            raised.push(view.id);
        }
    }
    raised.sort();
    assert_eq!(raised, ids, "each by one caller");
    assert!(world.one.raise_overdue(at(PAST)).await.expect("raised").is_empty());
    assert_eq!(world.number("SELECT COUNT(*) FROM alert").await, 30);
    assert_eq!(world.one.next_deadline_at().await.expect("read"), None);
}

/// Answers heenbericht `heen_id` at this moment.
async fn answer(store: &dyn Store, id: &str, heen_id: &str, moment: &str) {
    let bericht = retour(Berichtsoort::Wmo306, heen_id, id);
    let mut answer = entry(NewBericht { heenbericht_id: Some(heen_id.to_owned()), ..new_bericht(id, &bericht) });
    answer.bericht.received_at = at(moment);
    answer.closes =
        vec![Closing { bericht_id: heen_id.to_owned(), clock: Clock::Retour, subject: None, ends: Ends::Answered }];
    store.record(&answer).await.expect("recorded");
}

pub async fn closed_in_time_or_late(World { one, two, raw: _raw }: World) {
    for (heen, retour, overdue, moment, expected) in [
        ("h1", "r1", false, "2026-03-05T22:59:59.999Z", DeadlineState::Met),
        ("h2", "r2", false, PAST, DeadlineState::Late),
        ("h3", "r3", true, "2026-03-06T08:00:00.5Z", DeadlineState::Late),
    ] {
        record_with(&*one, heen, vec![retour_deadline(&format!("d-{heen}"))]).await;
        if overdue {
            assert_eq!(one.raise_overdue(at(PAST)).await.expect("raised").len(), 1);
        }
        answer(&*one, retour, heen, moment).await;
        let clock = two.bericht(heen, None).await.expect("read").expect("there").deadlines.remove(0);
        assert_eq!((clock.state, clock.closed_at), (expected, Some(at(moment))), "{heen}");
    }
    assert!(two.raise_overdue(at("2027-01-01T00:00:00Z")).await.expect("raised").is_empty(), "nothing is open");
}

pub async fn retour_stops_only_its_own_clock(World { one, two, raw: _raw }: World) {
    let start = NewDeadline { clock: Clock::Start, subject: Some("7".to_owned()), ..retour_deadline("d2") };
    let void = NewDeadline { state: DeadlineState::Void, ..retour_deadline("d3") };
    record_with(&*one, "h1", vec![retour_deadline("d1"), start, void]).await;
    record_with(&*one, "h2", vec![retour_deadline("d4")]).await;
    answer(&*one, "r1", "h1", "2026-03-03T10:00:00Z").await;
    let all = two.deadlines(&DeadlineQuery::default(), None, 10).await.expect("read");
    let states: Vec<_> = all.iter().map(|view| (view.id.as_str(), view.state)).collect();
    let expected = [
        ("d1", DeadlineState::Met),
        ("d2", DeadlineState::Open),
        ("d3", DeadlineState::Void),
        ("d4", DeadlineState::Open),
    ];
    assert_eq!(states, expected);
    assert_eq!((all[1].clock.as_str(), all[1].subject.as_deref()), ("start", Some("7")));
    assert_eq!((all[0].answer.as_str(), all[0].responsible.as_str()), ("WMO306", gemeente().code()));
}

pub async fn far_deadline_never_passes(World { one, two, raw: _raw }: World) {
    let never = NewDeadline {
        due: NaiveDate::MAX,
        due_at: NaiveDate::MAX.and_time(chrono::NaiveTime::MIN).and_utc(),
        ..retour_deadline("d1")
    };
    record_with(&*one, "b1", vec![never, retour_deadline("d2")]).await;
    assert_eq!(two.next_deadline_at().await.expect("read"), Some(at(PAST)));
    let raised = two.raise_overdue(at("2999-01-01T00:00:00Z")).await.expect("raised");
    assert_eq!(raised.iter().map(|view| view.id.as_str()).collect::<Vec<_>>(), ["d2"]);
    let all = one.deadlines(&DeadlineQuery::default(), None, 10).await.expect("read");
    assert_eq!(all.iter().map(|view| view.id.as_str()).collect::<Vec<_>>(), ["d2", "d1"], "far comes last");
}

pub async fn listed_by_due_in_pages(World { one, two, raw: _raw }: World) {
    let due = |id: &str, day_due: &str, state| NewDeadline { due: day(day_due), state, ..retour_deadline(id) };
    let deadlines = vec![
        due("e", "2026-03-04", DeadlineState::Open),
        due("a", "2026-03-06", DeadlineState::Open),
        due("d", "2026-03-05", DeadlineState::Met),
        due("c", "2026-03-05", DeadlineState::Open),
    ];
    record_with(&*one, "b1", deadlines).await;
    let ids = async |query: DeadlineQuery, after: Option<&str>, limit| {
        let page = two.deadlines(&query, after, limit).await.expect("read");
        page.into_iter().map(|view| view.id).collect::<Vec<_>>()
    };
    let all = DeadlineQuery::default;
    assert_eq!(ids(all(), None, 10).await, ["e", "c", "d", "a"]);
    assert_eq!(ids(all(), None, 2).await, ["e", "c"]);
    assert_eq!(ids(all(), Some("c"), 2).await, ["d", "a"]);
    assert_eq!(ids(all(), Some("a"), 2).await, [""; 0]);
    let open = || DeadlineQuery { states: vec![DeadlineState::Open, DeadlineState::Overdue], ..all() };
    assert_eq!(ids(open(), None, 10).await, ["e", "c", "a"]);
    assert_eq!(ids(open(), Some("e"), 1).await, ["c"]);
    let soon = DeadlineQuery { due_by: Some(day("2026-03-05")), ..open() };
    assert_eq!(ids(soon, None, 10).await, ["e", "c"]);
    let mine = |partij| DeadlineQuery { partij: Some(partij), ..all() };
    assert_eq!(ids(mine(gemeente()), None, 10).await.len(), 4);
    assert_eq!(ids(mine(stranger()), None, 10).await, [""; 0]);
}
