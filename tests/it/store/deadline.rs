//! Clocks: stopped in time or late, raised once, listed.

use std::sync::Arc;

use chrono::NaiveDate;
use iwmo_gateway::domain::berichten::levering::StartKey;
use iwmo_gateway::domain::berichten::waarde::ToewijzingNummer;
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::domain::facts::history::Subject;
use iwmo_gateway::domain::money::betaling::Kenmerk;
use iwmo_gateway::domain::{Berichtsoort, Timestamp};
use iwmo_gateway::store::{
    About, Acknowledged, Closing, ClosingOpened, DeadlineAsked, DeadlineQuery, DeadlineState, DeadlineView, Done, Ends,
    Entry, FaultEffect, LedgerChange, Moments, NewBericht, NewDeadline, NewOpened, NewToewijzing, Of, Opening, Origin,
    Spoed, SpoedWithdrawal, Store, StoreError, Withdrawn,
};
use tokio::sync::Barrier;

use super::World;
use super::data::{
    aanbieder, about, at, day, entry, entry_305, fault, gemeente, morning, new_bericht, new_toewijzing, parcel, retour,
    retour_deadline, start_key, stranger,
};

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
            assert_eq!(
                (view.state, view.started_by().map(|one| one.berichtsoort.as_str())),
                (DeadlineState::Overdue, Some("WMO305"))
            );
            raised.push(view.id);
        }
    }
    raised.sort();
    assert_eq!(raised, ids, "each by one caller");
    assert!(world.one.raise_overdue(at(PAST)).await.expect("raised").is_empty());
    assert_eq!(world.number("SELECT COUNT(*) FROM transition").await, 30);
    assert_eq!(world.one.next_deadline_at().await.expect("read"), None);
}

/// Answers heenbericht `heen_id` at this moment.
pub async fn answer(store: &dyn Store, id: &str, heen_id: &str, moment: &str) {
    let bericht = retour(Berichtsoort::Wmo306, heen_id, id);
    let mut answer = entry(NewBericht { heenbericht_id: Some(heen_id.to_owned()), ..new_bericht(id, &bericht) });
    answer.bericht.received_at = at(moment);
    answer.closes = vec![Closing {
        of: Of::Bericht(heen_id.to_owned()),
        kind: DeadlineKind::Retour,
        subject: None,
        ends: Ends::Answered,
    }];
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
    let start = NewDeadline { kind: DeadlineKind::Start, subject: Some("7".to_owned()), ..retour_deadline("d2") };
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
        moments: Moments { next_at: Timestamp::MAX_UTC, ..retour_deadline("d1").moments },
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
    let with = |partij| DeadlineQuery { with: Some(partij), ..all() };
    assert_eq!(ids(with(aanbieder()), None, 2).await, ["e", "c"]);
    assert_eq!(ids(with(stranger()), None, 10).await, [""; 0]);
    assert_eq!(ids(DeadlineQuery { clock: Some("retour".to_owned()), ..open() }, Some("e"), 9).await, ["c", "a"]);
    assert_eq!(ids(DeadlineQuery { clock: Some("start".to_owned()), ..open() }, None, 9).await, [""; 0]);
    let late = DeadlineQuery { due_from: Some(day("2026-03-05")), ..all() };
    assert_eq!(ids(late.clone(), None, 9).await, ["c", "d", "a"]);
    assert_eq!(ids(DeadlineQuery { due_by: Some(day("2026-03-05")), ..late }, None, 9).await, ["c", "d"]);
    let taken = Acknowledged {
        owner: "Anna".to_owned(),
        reason: "x".to_owned(),
        until: None,
        at: morning(),
        by: "Bea".to_owned(),
    };
    one.acknowledge_deadline("c", &taken).await.expect("taken").expect("there");
    assert_eq!(ids(DeadlineQuery { owner: Some("Anna".to_owned()), ..all() }, None, 9).await, ["c"]);
    assert_eq!(ids(DeadlineQuery { owner: Some("Bea".to_owned()), ..all() }, None, 9).await, [""; 0]);
}

fn to_open(id: &str, kenmerk: &str) -> NewOpened {
    NewOpened {
        id: id.to_owned(),
        opener: Some(gemeente()),
        kenmerk: Kenmerk::from_text(kenmerk).expect("a name"),
        afspraak: "MLW-18".to_owned(),
        asked: DeadlineAsked {
            clock: "ondersteuningsplan".to_owned(),
            gemeente: gemeente().code().to_owned(),
            aanbieder: Some(aanbieder().code().to_owned()),
            vanaf: day("2026-02-19"),
            toewijzing_nummer: Some(7),
            referentie: None,
        },
        answer: "ondersteuningsplan deel 2".to_owned(),
        responsible: aanbieder().code().to_owned(),
        due: day("2026-03-05"),
        due_at: at(PAST),
        moments: Moments { warns: vec![day("2026-03-02")], ..retour_deadline("d").moments },
        at: morning(),
        by: "Anna".to_owned(),
    }
}

async fn opened(store: &dyn Store, id: &str, kenmerk: &str) -> DeadlineView {
    match store.open_deadline(&to_open(id, kenmerk)).await.expect("opened") {
        Opening::New(view) | Opening::There(view) => view,
    }
}

pub async fn opened_at_once_under_one_name_it_is_one(world: World) {
    let start = Arc::new(Barrier::new(4));
    let mut callers = Vec::new();
    for (number, store) in [&world.one, &world.two, &world.one, &world.two].into_iter().enumerate() {
        let (store, start) = (Arc::clone(store), Arc::clone(&start));
        callers.push(tokio::spawn(async move {
            start.wait().await;
            loop {
                match store.open_deadline(&to_open(&format!("d{number}"), "plan")).await {
                    Err(StoreError::Stale) => {}
                    Ok(Opening::New(view) | Opening::There(view)) => return view.id,
                    Err(error) => panic!("{error}"),
                }
            }
        }));
    }
    let mut ids = Vec::new();
    for caller in callers {
        ids.push(caller.await.expect("no panic"));
    }
    ids.dedup();
    assert_eq!((ids.len(), world.number("SELECT COUNT(*) FROM deadline").await), (1, 1));
    assert_eq!(world.number("SELECT COUNT(*) FROM audit").await, 1);
    let sees = async |partij| world.two.deadline(&ids[0], Some(&partij)).await.expect("read").is_some();
    assert_eq!([sees(gemeente()).await, sees(aanbieder()).await, sees(stranger()).await], [true, true, false]);
}

pub async fn done_once_and_taken_on_until_then(World { one, two, raw: _raw }: World) {
    let taken = |owner: &str| Acknowledged {
        owner: owner.to_owned(),
        reason: "ziek".to_owned(),
        until: None,
        at: morning(),
        by: "Anna".to_owned(),
    };
    let done = |id: &str, dag: &str| Done {
        id: id.to_owned(),
        day: day(dag),
        reason: None,
        at: at(PAST),
        by: "Bea".to_owned(),
    };
    for (id, dag, state) in [("d1", "2026-03-05", DeadlineState::Met), ("d2", "2026-03-06", DeadlineState::Late)] {
        let view = opened(&*one, id, id).await;
        assert_eq!((view.state, view.warn_from(), view.started_by()), (DeadlineState::Open, day("2026-03-02"), None));
        assert_eq!(one.raise_overdue(at(PAST)).await.expect("raised").len(), 1, "raised as any other");
        one.acknowledge_deadline(id, &taken("Carla")).await.expect("done").expect("there");
        let view = two.finish_deadline(&done(id, dag)).await.expect("done").expect("there");
        assert_eq!((view.state, view.closed_at, view.closed_by), (state, Some(at(PAST)), None));
        let view = one.finish_deadline(&done(id, "2026-03-01")).await.expect("done").expect("there");
        assert!(matches!(view.origin, Origin::Person(ref opened) if opened.gereed_op == Some(day(dag))), "{view:?}");
        let view = two.acknowledge_deadline(id, &taken("Dirk")).await.expect("done").expect("there");
        assert_eq!(view.acknowledged, Some(taken("Carla")), "nobody waits for it any more");
    }
    record_with(&*one, "b1", vec![retour_deadline("d3")]).await;
    let of_bericht = two.finish_deadline(&done("d3", "2026-03-05")).await.expect("done").expect("there");
    assert_eq!(of_bericht.state, DeadlineState::Open, "a bericht stops it");
    assert!(two.finish_deadline(&done("d4", "2026-03-05")).await.expect("done").is_none());
    assert!(two.acknowledge_deadline("d4", &taken("Carla")).await.expect("done").is_none());
}

pub async fn a_stop_ends_what_was_opened_on_its_toewijzing(World { one, two, raw: _raw }: World) {
    opened(&*one, "d1", "een").await;
    let closing =
        |nummer| ClosingOpened { clock: "ondersteuningsplan".to_owned(), toewijzing_nummer: ToewijzingNummer(nummer) };
    for (id, nummer, state) in [("b1", 8, DeadlineState::Open), ("b2", 7, DeadlineState::Met)] {
        let about = Some(About { revisions: Vec::new(), ..about(0) });
        one.record(&Entry { about, closes_opened: vec![closing(nummer)], ..entry_305(id) }).await.expect("recorded");
        let view = two.deadline("d1", None).await.expect("read").expect("there");
        let by = (state == DeadlineState::Met).then(|| id.to_owned());
        assert_eq!((view.state, view.closed_by), (state, by));
    }
}

pub async fn a_written_order_is_told_once_and_makes_a_verdict_stale(World { one, two, raw: _raw }: World) {
    let nummer = ToewijzingNummer(7);
    let spoed = |referentie: &str| Spoed { referentie: referentie.to_owned(), ..order_on(7) };
    let start =
        NewDeadline { kind: DeadlineKind::StartNaToewijzing, subject: Some("7".to_owned()), ..retour_deadline("d1") };
    let other =
        NewDeadline { kind: DeadlineKind::StartNaToewijzing, subject: Some("8".to_owned()), ..retour_deadline("d2") };
    let ledger = LedgerChange {
        toewijzingen: vec![new_toewijzing(7, "2026-02-01"), new_toewijzing(8, "2026-02-01")],
        ..LedgerChange::default()
    };
    let revisions = vec![(Subject::Toewijzing(nummer), 0)];
    let about_7 = |revisions| Some(About { revisions, ..about(0) });
    let deadlines = vec![start, other];
    one.record(&Entry { about: about_7(revisions), ledger, deadlines, ..entry_305("b1") }).await.expect("recorded");
    assert_eq!(two.record_spoed(&spoed("brief 1")).await.expect("told"), spoed("brief 1"));
    assert_eq!(one.record_spoed(&spoed("brief 2")).await.expect("told"), spoed("brief 1"), "the first one stays");
    let states: Vec<_> = two.deadlines(&DeadlineQuery::default(), None, 9).await.expect("read");
    let states: Vec<_> = states.iter().map(|view| (view.id.as_str(), view.state)).collect();
    assert_eq!(states, [("d1", DeadlineState::Void), ("d2", DeadlineState::Open)]);
    let late = Entry { about: about_7(vec![(Subject::Toewijzing(nummer), 1)]), ..entry_305("b2") };
    assert!(matches!(one.record(&late).await, Err(StoreError::Stale)), "it was judged before the order was told");
    let audit = two.audit(0, 9).await.expect("read");
    assert_eq!(audit.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["toewijzing.spoed"]);
}

/// A clock on the start on this toewijzing, due on 5 March 2026.
fn start_clock(nummer: i64, bericht_id: &str) -> NewDeadline {
    NewDeadline {
        kind: DeadlineKind::StartNaToewijzing,
        subject: Some(nummer.to_string()),
        bericht_id: bericht_id.to_owned(),
        ..retour_deadline(&format!("d{nummer}"))
    }
}

fn order_on(nummer: i64) -> Spoed {
    Spoed {
        gemeente: gemeente(),
        aanbieder: aanbieder(),
        toewijzing_nummer: ToewijzingNummer(nummer),
        dag: day("2026-03-01"),
        referentie: "brief 1".to_owned(),
        at: morning(),
        by: "Anna".to_owned(),
    }
}

async fn withdraw(store: &dyn Store, nummer: i64) -> Option<Spoed> {
    let Spoed { gemeente, aanbieder, toewijzing_nummer, .. } = order_on(nummer);
    let withdrawn = Withdrawn { at: morning(), by: "Bea".to_owned(), reason: "x".to_owned() };
    let withdrawal = SpoedWithdrawal { gemeente, aanbieder, toewijzing_nummer, withdrawn };
    store.withdraw_spoed(&withdrawal).await.expect("withdrawn")
}

pub async fn a_clock_stands_where_it_would_once_its_order_is_taken_back(World { one, two, raw: _raw }: World) {
    use DeadlineState::{Late, Met, Open, Overdue, Void};
    let put = async |id: &str, ledger: LedgerChange, deadlines: Vec<NewDeadline>| {
        let about = Some(About { revisions: Vec::new(), ..about(0) });
        let parcels = vec![parcel(&format!("p-{id}"), id)];
        one.record(&Entry { about, ledger, deadlines, parcels, ..entry_305(id) }).await.expect("recorded");
    };
    let given = |nummers: &[i64]| LedgerChange {
        toewijzingen: nummers.iter().map(|nummer| new_toewijzing(*nummer, "2026-02-01")).collect(),
        ..LedgerChange::default()
    };
    put("b0", given(&[13]), vec![start_clock(13, "b0")]).await;
    assert_eq!(one.raise_overdue(at(PAST)).await.expect("raised").len(), 1);
    put("b1", given(&[7, 8, 9, 10, 11]), [7, 8, 9, 10, 11].map(|nummer| start_clock(nummer, "b1")).into()).await;
    put("b2", given(&[12]), vec![start_clock(12, "b2")]).await;
    for nummer in 7..=13 {
        two.record_spoed(&order_on(nummer)).await.expect("told");
    }
    let late = StartKey { begindatum: day("2026-03-06"), ..start_key(9) };
    let again = |nummer| new_toewijzing(nummer, "2026-02-02");
    let ledger = LedgerChange {
        starts: vec![start_key(8), late],
        toewijzingen: vec![
            NewToewijzing { verwijderd: true, ..again(10) },
            NewToewijzing { einddatum: Some(day("2026-03-05")), ..again(11) },
        ],
        ..LedgerChange::default()
    };
    put("b3", ledger, Vec::new()).await;
    let refusal = FaultEffect::Refuse("onbekend".to_owned());
    one.take_fault(&fault("p-b2", "f1", refusal)).await.expect("refused");

    for nummer in 7..=13 {
        assert_eq!(withdraw(&*one, nummer).await, Some(order_on(nummer)));
    }
    assert_eq!(withdraw(&*two, 7).await, None, "once");
    let views = two.deadlines(&DeadlineQuery::default(), None, 9).await.expect("read");
    let mut states: Vec<_> =
        views.iter().map(|view| (view.subject.as_deref(), view.state, view.closed_by.as_deref())).collect();
    states.sort_by_key(|(subject, ..)| subject.and_then(|nummer| nummer.parse::<i64>().ok()));
    let states: Vec<_> = states.into_iter().map(|(_, state, by)| (state, by)).collect();
    let by_b3 = Some("b3");
    assert_eq!(
        states,
        [(Open, None), (Met, by_b3), (Late, by_b3), (Void, None), (Void, None), (Void, None), (Overdue, None)],
        "watched, began in time, began late, taken back, over too soon, refused by the network, raised before"
    );
    let stale = Entry {
        about: Some(About { revisions: vec![(Subject::Toewijzing(ToewijzingNummer(7)), 1)], ..about(0) }),
        ..entry_305("b4")
    };
    assert!(
        matches!(one.record(&stale).await, Err(StoreError::Stale)),
        "it was judged before the order was taken back"
    );
}
