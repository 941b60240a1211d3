//! Parcels: never two workers, never lost, never called sent or waiting when nobody knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::store::{
    Action, BerichtQuery, ClockAgain, DeadlineState, Entry, FaultEffect, FaultView, Hold, Lease, LettingGo,
    NewDeadline, NewParcel, OutboxQuery, Parcel, ParcelKind, ParcelState, ParcelView, Room, Scope, Settlement, Stage,
    Steering, Step, Store, StoreError,
};

use super::World;
use super::data::{at, entry_305, fault, morning, parcel, retour_deadline};

/// An instant so many seconds into the morning.
fn after(seconds: i64) -> Timestamp {
    morning() + TimeDelta::seconds(seconds)
}

fn lease(worker: &str, until: Timestamp) -> Lease {
    Lease { worker: worker.to_owned(), until }
}

/// Claims at this second, for a minute.
async fn claim(store: &dyn Store, second: i64) -> Vec<Parcel> {
    store.claim_due(after(second), &lease("worker", after(second + 60)), Room::of(10, 10)).await.expect("claimed")
}

/// A bericht with a running clock and one parcel.
async fn one_parcel(store: &dyn Store) {
    let entry = Entry { parcels: vec![parcel("p1", "b1")], deadlines: vec![retour_deadline("d1")], ..entry_305("b1") };
    store.record(&entry).await.expect("recorded");
}

async fn view(store: &dyn Store) -> ParcelView {
    store.bericht("b1", None).await.expect("read").expect("there").parcels.remove(0)
}

async fn clock(store: &dyn Store) -> DeadlineState {
    store.bericht("b1", None).await.expect("read").expect("there").deadlines[0].state
}

fn retry(second: i64, unclear: bool) -> Settlement {
    Settlement::Retry { at: after(second), reason: format!("try at {second}"), unclear }
}

pub async fn workers_never_share_a_parcel(World { one, two, raw: _raw }: World) {
    let numbers: Vec<String> = (0..60).map(|number| format!("p{number:02}")).collect();
    let parcels: Vec<NewParcel> = numbers.iter().map(|number| parcel(number, "b1")).collect();
    one.record(&Entry { parcels, ..entry_305("b1") }).await.expect("recorded");
    let first = one.claim_due(after(0), &lease("first", after(60)), Room::of(2, 2)).await.expect("claimed");
    assert_eq!(first.iter().map(|parcel| parcel.referentienummer.as_str()).collect::<Vec<_>>(), ["p00", "p01"]);
    assert_eq!(first[1].envelope, b"envelope of p01");

    let mut workers = Vec::new();
    for (number, store) in [&one, &two, &one, &two].into_iter().enumerate() {
        let store = Arc::clone(store);
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = lease(&format!("worker {number}"), after(60));
                let claimed = store.claim_due(after(0), &lease, Room::of(3, 3)).await.expect("claimed");
                if claimed.is_empty() {
                    return mine;
                }
                mine.extend(claimed);
            }
        }));
    }
    let mut claimed = first;
    for worker in workers {
        claimed.extend(worker.await.expect("no panic"));
    }
    assert_eq!(claimed.len(), 60, "each once");
    let distinct: BTreeSet<_> = claimed.iter().map(|parcel| parcel.referentienummer.clone()).collect();
    assert_eq!(distinct.into_iter().collect::<Vec<_>>(), numbers);
    assert!(claimed.iter().all(|parcel| parcel.attempt == 1));
}

pub async fn a_dead_worker_loses_its_parcel(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    assert_eq!(one.next_attempt_at(after(-1)).await.expect("read"), Some(morning()));
    assert!(two.claim_due(after(-1), &lease("early", after(60)), Room::of(10, 10)).await.expect("claimed").is_empty());
    let dead = claim(&*one, 0).await.remove(0);
    assert_eq!(view(&*two).await.state, ParcelState::Sending { worker: "worker".to_owned(), until: after(60) });
    assert_eq!(two.next_attempt_at(after(1)).await.expect("read"), Some(after(60)), "the lease lapses then");
    assert!(claim(&*two, 59).await.is_empty());

    let alive = claim(&*two, 60).await.remove(0);
    assert_eq!((alive.attempt, &alive.envelope), (2, &dead.envelope));
    let delivered = Settlement::Delivered { receipt: "bv03".to_owned() };
    assert!(matches!(one.settle(&dead, after(61), &delivered).await, Err(StoreError::LeaseLost)));
    two.settle(&alive, after(62), &delivered).await.expect("the lease is held");
    assert_eq!(view(&*one).await.state, ParcelState::Delivered { at: after(62) });
    assert_eq!(view(&*one).await.attempts, 2);
    assert!(matches!(two.settle(&alive, after(63), &retry(70, false)).await, Err(StoreError::LeaseLost)));
    assert_eq!(one.next_attempt_at(after(1)).await.expect("read"), None);
    assert!(one.undelivered(10).await.expect("read").is_empty());
}

pub async fn unclear_stays_unclear(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    let first = claim(&*one, 0).await.remove(0);
    one.settle(&first, after(1), &retry(10, false)).await.expect("settled");
    assert_eq!(view(&*two).await.state, ParcelState::Waiting { due_at: after(10) });
    assert_eq!(two.next_attempt_at(after(1)).await.expect("read"), Some(after(10)));
    let second = claim(&*one, 10).await.remove(0);
    one.settle(&second, after(11), &retry(20, true)).await.expect("settled");
    assert_eq!(view(&*two).await.state, ParcelState::Unclear { due_at: Some(after(20)) });
    let third = claim(&*two, 20).await.remove(0);
    two.settle(&third, after(21), &retry(30, false)).await.expect("settled");
    let seen = view(&*one).await;
    assert_eq!(seen.state, ParcelState::Unclear { due_at: Some(after(30)) }, "the second may have arrived");
    assert_eq!(seen.last_reason.as_deref(), Some("try at 30"));
    let fourth = claim(&*two, 30).await.remove(0);
    let held = Settlement::HandedOver { reason: "enough".to_owned(), unclear: false };
    two.settle(&fourth, after(31), &held).await.expect("settled");
    assert_eq!(view(&*one).await.state, ParcelState::Unclear { due_at: None });
    assert!(claim(&*one, 1_000_000).await.is_empty(), "a person has to look");
}

pub async fn a_lapsed_attempt_may_have_arrived(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    claim(&*one, 0).await;
    let second = claim(&*two, 60).await.remove(0);
    two.settle(&second, after(61), &retry(70, false)).await.expect("settled");
    assert_eq!(view(&*one).await.state, ParcelState::Unclear { due_at: Some(after(70)) });
}

pub async fn refusal_voids_the_deadline(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    let claimed = claim(&*one, 0).await.remove(0);
    let refused = Settlement::Refused { reason: "unknown receiver".to_owned() };
    one.settle(&claimed, after(1), &refused).await.expect("settled");
    assert_eq!(clock(&*two).await, DeadlineState::Void);
    let seen = view(&*two).await;
    assert_eq!(seen.state, ParcelState::Refused { at: after(1) });
    assert_eq!(seen.last_reason.as_deref(), Some("unknown receiver"));
    assert!(two.raise_overdue(at("2027-01-01T00:00:00Z")).await.expect("raised").is_empty());
    assert_eq!(two.undelivered(10).await.expect("read").len(), 1);
}

pub async fn refusal_afterwards(world: World) {
    let (one, two) = (&world.one, &world.two);
    one_parcel(&**one).await;
    let claimed = claim(&**one, 0).await.remove(0);
    let apart = FaultEffect::PutApart("niets verstuurd".to_owned());
    two.take_fault(&fault("unknown", "f0", apart)).await.expect("kept");
    assert_eq!(clock(&**two).await, DeadlineState::Open);
    two.take_fault(&fault("p1", "f1", FaultEffect::Refuse("fo01".to_owned()))).await.expect("kept");
    assert_eq!(view(&**one).await.state, ParcelState::Refused { at: after(2) });
    assert_eq!(clock(&**one).await, DeadlineState::Void);
    let late = one.settle(&claimed, after(3), &Settlement::Delivered { receipt: "bv03".to_owned() }).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "the refusal stands");
    let again = two.take_fault(&fault("p1", "f1", FaultEffect::Nothing)).await;
    assert!(matches!(again, Err(StoreError::Database(_))), "this envelope was taken");
    assert_eq!(two.seen_envelope("VECOZO", "f1").await.expect("read").expect("seen").answer, b"bv03");
    let why = |faults: Vec<FaultView>| faults.into_iter().map(|fault| fault.why).collect::<Vec<_>>();
    assert_eq!(why(one.faults(None, 9).await.expect("read")), [Some("niets verstuurd".to_owned())]);
    assert_eq!(why(one.faults(Some("p1"), 9).await.expect("read")), [None]);
    assert_eq!(world.number("SELECT COUNT(*) FROM fault WHERE bytes IS NOT NULL").await, 2);
    assert_eq!(world.number("SELECT COUNT(*) FROM audit WHERE what LIKE 'fault.%'").await, 2);
}

pub async fn a_fault_voids_nothing(World { one, two, raw: _raw }: World) {
    let of_fault = NewParcel { kind: ParcelKind::Fo01, ..parcel("p1", "b1") };
    let entry = Entry { parcels: vec![of_fault], deadlines: vec![retour_deadline("d1")], ..entry_305("b1") };
    one.record(&entry).await.expect("recorded");
    two.take_fault(&fault("p1", "f1", FaultEffect::Refuse("nobody there".to_owned()))).await.expect("kept");
    assert_eq!(clock(&*two).await, DeadlineState::Open, "the bericht itself was not refused");
}

/// Parcels to one receiver leave room for others, and what stands still is not claimed.
pub async fn room_is_kept_for_others(World { one, two, raw: _raw }: World) {
    let to = |number: String, ontvanger: &str, functie: &str| NewParcel {
        ontvanger: ontvanger.to_owned(),
        functie: functie.to_owned(),
        ..parcel(&number, "b1")
    };
    let mut parcels: Vec<_> = (0..300).map(|nr| to(format!("a{nr:03}"), "slow", "WMO301")).collect();
    parcels.extend((0..3).map(|nr| to(format!("b{nr}"), "well", "WMO301")));
    parcels.push(to("c0".to_owned(), "well", "WMO319"));
    one.record(&Entry { parcels, ..entry_305("b1") }).await.expect("recorded");
    let hold = |scope| Hold { scope, since: after(0), reason: "freeze".to_owned() };
    let freeze = Scope::Functie("WMO319".to_owned());
    two.hold(&hold(freeze.clone())).await.expect("kept");
    two.hold(&Hold { reason: "again".to_owned(), ..hold(freeze.clone()) }).await.expect("kept");
    assert_eq!(one.holds().await.expect("read"), [hold(freeze.clone())], "one item, since then");
    let numbers = |parcels: Vec<Parcel>| parcels.into_iter().map(|one| one.referentienummer).collect::<Vec<_>>();
    let claimed = one.claim_due(after(0), &lease("w", after(60)), Room::of(10, 2)).await.expect("claimed");
    assert_eq!(numbers(claimed), ["a000", "a001", "b0", "b1"], "two each, however many are due before");
    let mut room = Room::of(10, 2);
    room.leave("slow", 0);
    let claimed = one.claim_due(after(1), &lease("w", after(60)), room).await.expect("claimed");
    assert_eq!(numbers(claimed), ["b2"]);
    let c0 = two.parcel("c0").await.expect("read").expect("there");
    assert!(c0.stands_still && c0.view.state == ParcelState::Held, "{:?}", c0.view);
    assert!(two.release(&letting_go(&freeze, 2)).await.expect("done"));
    assert!(!two.release(&letting_go(&freeze, 2)).await.expect("done"), "it does not stand still");
    let mut room = Room::of(10, 2);
    room.leave("slow", 0);
    let claimed = one.claim_due(after(3), &lease("w", after(60)), room).await.expect("claimed");
    assert_eq!(numbers(claimed), ["c0"]);
}

/// Lets this go at that second, two parcels in a second.
fn letting_go(scope: &Scope, second: i64) -> LettingGo {
    let (who, reason) = ("beheer".to_owned(), "voorbij".to_owned());
    LettingGo { scope: scope.clone(), at: after(second), who, reason, per_second: 2 }
}

pub async fn what_is_let_go_leaves_in_its_order_and_not_all_at_once(World { one, two, raw: _raw }: World) {
    for id in ["b1", "b2"] {
        let parcels = (0..2).map(|nr| parcel(&format!("{id}-{nr}"), id)).collect();
        one.record(&Entry { parcels, ..entry_305(id) }).await.expect("recorded");
    }
    // What is sent anew for the oldest bericht has the newest number.
    let anew = Action::Anew { parcel: Box::new(parcel("b1-9", "b1")), clocks: Vec::new() };
    one.take_fault(&fault("b1-0", "f1", FaultEffect::Refuse("fo01".to_owned()))).await.expect("kept");
    let steering = Steering {
        referentienummer: "b1-0".to_owned(),
        at: after(1),
        who: "beheer".to_owned(),
        reason: "reden".to_owned(),
        seen: "refused",
        action: anew,
    };
    one.steer(&steering).await.expect("sent anew");
    let functie = one.parcel("b2-0").await.expect("read").expect("there").view.functie;
    let scope = Scope::Functie(functie);
    one.hold(&Hold { scope: scope.clone(), since: after(1), reason: "freeze".to_owned() }).await.expect("kept");
    assert!(claim(&*two, 5).await.is_empty(), "it stands still");
    assert!(two.release(&letting_go(&scope, 10)).await.expect("done"));
    let numbers = |parcels: Vec<Parcel>| parcels.into_iter().map(|one| one.referentienummer).collect::<Vec<_>>();
    assert_eq!(numbers(claim(&*two, 10).await), ["b1-1", "b1-9"], "two in the first second, the oldest bericht first");
    assert_eq!(numbers(claim(&*two, 11).await), ["b2-0", "b2-1"]);
}

pub async fn a_clock_that_a_written_order_stopped_stays_stopped(world: World) {
    let (one, two) = (&world.one, &world.two);
    let start = NewDeadline {
        kind: DeadlineKind::StartNaToewijzing,
        subject: Some("700101".to_owned()),
        ..retour_deadline("d2")
    };
    let entry =
        Entry { parcels: vec![parcel("p1", "b1")], deadlines: vec![retour_deadline("d1"), start], ..entry_305("b1") };
    one.record(&entry).await.expect("recorded");
    one.take_fault(&fault("p1", "f1", FaultEffect::Refuse("fo01".to_owned()))).await.expect("kept");
    // While it was refused somebody told of an order; the clock stood still already.
    let order = "INSERT INTO toewijzing (bericht_id, nr, gemeente, aanbieder, bsn, toewijzing_nummer, toewijzingsdatum,
            toewijzingstijd, ingangsdatum, verwijderd)
        VALUES ('b1', 0, '0384', '41005001', '999990019', 700101, '2026-03-02', '08:45:00', '2026-03-03', FALSE);
        INSERT INTO spoed (gemeente, aanbieder, toewijzing_nummer, dag, referentie, told_at, told_by)
        VALUES ('0384', '41005001', 700101, '2026-03-03', 'R', '2026-03-04T09:00:00+00:00', 'beheer')";
    world.tamper(order).await;
    let again = |id: &str| ClockAgain {
        id: id.to_owned(),
        due: super::data::day("2026-03-20"),
        due_at: at("2026-03-20T23:00:00Z"),
        warns: Vec::new(),
    };
    let anew = Action::Anew { parcel: Box::new(parcel("p2", "b1")), clocks: vec![again("d1"), again("d2")] };
    let (who, reason) = ("beheer".to_owned(), "reden".to_owned());
    let steering =
        Steering { referentienummer: "p1".to_owned(), at: after(9), who, reason, seen: "refused", action: anew };
    two.steer(&steering).await.expect("sent anew");
    let deadlines = one.bericht("b1", None).await.expect("read").expect("there").deadlines;
    let mut told: Vec<_> = deadlines.iter().map(|deadline| (deadline.clock.as_str(), deadline.state)).collect();
    told.sort_by_key(|(clock, _)| *clock);
    assert_eq!(told, [("retour", DeadlineState::Open), ("start-na-toewijzing", DeadlineState::Void)]);
}

pub async fn a_pause_of_a_clock_that_was_ahead_is_mended(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    let days = 10 * 24 * 3600;
    let ahead = claim(&*one, days).await.remove(0);
    one.settle(&ahead, after(days + 1), &retry(days + 60, false)).await.expect("settled");
    assert_eq!(two.mend_pauses(after(5), after(days + 60)).await.expect("done"), 0, "not longer than a pause can be");
    assert_eq!(two.mend_pauses(after(5), after(3600)).await.expect("done"), 1);
    assert_eq!(claim(&*two, 5).await.len(), 1);
    assert_eq!(one.mend_pauses(after(5), after(30)).await.expect("done"), 1, "a lease likewise");
}

/// What an operator does is done once, is in the audit log, and leaves the old record as it was.
pub async fn an_operator_steers(world: World) {
    let (one, two) = (&world.one, &world.two);
    one_parcel(&**one).await;
    let steering = |number: &str, seen: &'static str, action| Steering {
        referentienummer: number.to_owned(),
        at: after(100),
        who: "beheer".to_owned(),
        reason: "reden".to_owned(),
        seen,
        action,
    };
    let busy = claim(&**one, 0).await.remove(0);
    let while_sending = two.steer(&steering("p1", "sending", Action::Again)).await;
    assert!(matches!(while_sending, Err(StoreError::Stale)), "an attempt is under way");
    one.settle(&busy, after(1), &retry(10, true)).await.expect("settled");
    let late = two.steer(&steering("p1", "waiting", Action::Hold)).await;
    assert!(matches!(late, Err(StoreError::Stale)), "it is unclear by now");
    two.steer(&steering("p1", "unclear", Action::Hold)).await.expect("held");
    assert_eq!(view(&**one).await.state, ParcelState::Held);
    assert!(claim(&**one, 1000).await.is_empty());
    two.steer(&steering("p1", "held", Action::Again)).await.expect("released");
    assert_eq!(view(&**one).await.state, ParcelState::Unclear { due_at: Some(after(100)) }, "still unclear");
    one.take_fault(&fault("p1", "f1", FaultEffect::Refuse("fo01".to_owned()))).await.expect("kept");
    let clocks = vec![ClockAgain {
        id: "d1".to_owned(),
        due: super::data::day("2026-03-20"),
        due_at: at("2026-03-20T23:00:00Z"),
        warns: Vec::new(),
    }];
    let anew = Action::Anew { parcel: Box::new(parcel("p2", "b1")), clocks };
    two.steer(&steering("p1", "refused", anew.clone())).await.expect("sent anew");
    let twice = two.steer(&steering("p1", "refused", anew)).await;
    assert!(matches!(twice, Err(StoreError::Stale)), "once");
    let old = one.parcel("p1").await.expect("read").expect("there").view;
    assert!(matches!(old.state, ParcelState::Refused { .. }) && old.replaced_by.as_deref() == Some("p2"), "{old:?}");
    assert_eq!(clock(&**one).await, DeadlineState::Open, "somebody waits again");
    two.steer(&steering("p2", "waiting", Action::GiveUp)).await.expect("given up");
    assert_eq!(clock(&**one).await, DeadlineState::Void);
    let query = |states: &[&str]| OutboxQuery {
        states: states.iter().map(|state| (*state).to_owned()).collect(),
        ..OutboxQuery::default()
    };
    let numbers = |found: Vec<ParcelView>| found.into_iter().map(|one| one.referentienummer).collect::<Vec<_>>();
    assert_eq!(numbers(one.outbox(&query(&[]), None, 9).await.expect("read")), ["p2", "p1"]);
    assert_eq!(numbers(one.outbox(&query(&[]), Some("p2"), 9).await.expect("read")), ["p1"]);
    assert_eq!(numbers(one.outbox(&query(&["given-up", "held"]), None, 9).await.expect("read")), ["p2"]);
    let of_functie = OutboxQuery { functie: Some("WMO999".to_owned()), ..OutboxQuery::default() };
    assert!(one.outbox(&of_functie, None, 9).await.expect("read").is_empty());
    assert!(one.undelivered(9).await.expect("read").is_empty(), "nobody has to look any more");
    assert_eq!(one.overview().await.expect("read").stuck, 0);
    let what = "SELECT COUNT(*) FROM audit WHERE who = 'beheer' AND detail LIKE '%reden%' AND bericht_id = 'b1'";
    assert_eq!(world.number(what).await, 4);
}

pub async fn handed_over_waits_for_a_person(World { one, two, raw: _raw }: World) {
    let parcels = ["z1", "a2", "m3"].map(|number| parcel(number, "b1")).to_vec();
    one.record(&Entry { parcels, ..entry_305("b1") }).await.expect("recorded");
    let claimed = one.claim_due(after(0), &lease("worker", after(60)), Room::of(1, 1)).await.expect("claimed");
    let held = |unclear| Settlement::HandedOver { reason: "look".to_owned(), unclear };
    one.settle(&claimed[0], after(1), &held(false)).await.expect("settled");
    let claimed = one.claim_due(after(2), &lease("worker", after(60)), Room::of(1, 1)).await.expect("claimed");
    one.settle(&claimed[0], after(3), &held(true)).await.expect("settled");
    let states = |views: Vec<ParcelView>| views.into_iter().map(|view| (view.referentienummer, view.state));
    let expected = [
        ("a2".to_owned(), ParcelState::Unclear { due_at: None }),
        ("z1".to_owned(), ParcelState::Stuck),
        ("m3".to_owned(), ParcelState::Waiting { due_at: morning() }),
    ];
    assert_eq!(states(two.undelivered(10).await.expect("read")).collect::<Vec<_>>(), expected);
    assert_eq!(states(two.undelivered(2).await.expect("read")).collect::<Vec<_>>(), expected[..2]);
    let overview = two.overview().await.expect("read");
    assert_eq!((overview.waiting, overview.stuck), (1, 2));
}

pub async fn held_from_the_start(World { one, two, raw: _raw }: World) {
    let held = NewParcel { held: Some("too large".to_owned()), ..parcel("p1", "b1") };
    one.record(&Entry { parcels: vec![held], ..entry_305("b1") }).await.expect("recorded");
    assert_eq!(two.next_attempt_at(after(1)).await.expect("read"), None);
    assert!(two.claim_due(after(60), &lease("worker", after(99)), Room::of(9, 9)).await.expect("read").is_empty());
    let view = view(&*two).await;
    assert_eq!((view.state, view.last_reason.as_deref()), (ParcelState::Stuck, Some("too large")));
}

pub async fn every_attempt_is_kept(world: World) {
    one_parcel(&*world.one).await;
    claim(&*world.one, 0).await;
    let second = claim(&*world.one, 60).await.remove(0);
    world.one.settle(&second, after(61), &retry(70, true)).await.expect("settled");
    claim(&*world.one, 70).await;
    assert_eq!(world.number("SELECT COUNT(*) FROM attempt").await, 3);
    assert_eq!(world.number("SELECT attempt FROM attempt WHERE outcome = 'lapsed'").await, 1);
    let unclear = "SELECT attempt FROM attempt WHERE outcome = 'unclear' AND reason = 'try at 70'";
    assert_eq!(world.number(unclear).await, 2);
    assert_eq!(world.number("SELECT attempt FROM attempt WHERE outcome IS NULL").await, 3);
}

pub async fn the_network_tells_how_far_a_bericht_came(World { one, two, raw: _raw }: World) {
    let stage = async || {
        let transport = two.bericht("b1", None).await.expect("read").expect("there").transport.expect("on its way");
        let told: Vec<_> = transport.steps.iter().map(|step| (step.stage, step.evidence.clone())).collect();
        (transport.stage, told)
    };
    one_parcel(one.as_ref()).await;
    assert_eq!(stage().await, (Stage::Stored, vec![]));
    let parcel = claim(one.as_ref(), 0).await.remove(0);
    one.settle(&parcel, after(1), &Settlement::Delivered { receipt: "r".to_owned() }).await.expect("settled");
    let step = |stage, second| Step { stage, at: after(second), evidence: "Bezorgd".to_owned() };
    one.reach("p1", &step(Stage::Fetched, 60)).await.expect("kept");
    one.reach("p1", &step(Stage::Fetched, 90)).await.expect("told before");
    one.reach("p1", &step(Stage::Accepted, 99)).await.expect("known");
    one.reach("p9", &step(Stage::Fetched, 99)).await.expect("nothing was sent under it");
    let told = vec![(Stage::Accepted, "r".to_owned()), (Stage::Fetched, "Bezorgd".to_owned())];
    assert_eq!(stage().await, (Stage::Fetched, told));
    let found = async |stage, after| {
        let query = BerichtQuery { transport: Some(stage), ..BerichtQuery::default() };
        let found = two.find_berichten(&query, after, 10).await.expect("read");
        found.into_iter().map(|view| view.id).collect::<Vec<_>>()
    };
    assert_eq!(found(Stage::Fetched, None).await, ["b1"]);
    assert_eq!(found(Stage::Accepted, None).await, [""; 0]);
    assert_eq!(found(Stage::Fetched, Some("b1")).await, [""; 0], "the next page");
}

pub async fn a_refusal_on_a_resend_leaves_the_clock_of_what_may_have_arrived(World { one, two, raw: _raw }: World) {
    one_parcel(one.as_ref()).await;
    let first = claim(one.as_ref(), 0).await.remove(0);
    one.settle(&first, after(1), &retry(10, true)).await.expect("settled");
    let again = claim(one.as_ref(), 10).await.remove(0);
    one.settle(&again, after(11), &Settlement::Refused { reason: "no".to_owned() }).await.expect("settled");
    let parcel = view(two.as_ref()).await;
    assert!(matches!(parcel.state, ParcelState::Refused { .. }) && parcel.maybe_arrived, "{parcel:?}");
    assert_eq!(clock(two.as_ref()).await, DeadlineState::Open, "an answer may still come");
}

pub async fn one_worker_at_a_time_fetches(world: World) {
    let (one, two) = (&world.one, &world.two);
    let turn = |worker: &str, until: &str| Lease { worker: worker.to_owned(), until: at(until) };
    let (nine, ten, eleven) = ("2026-03-04T09:00:00Z", "2026-03-04T10:00:00Z", "2026-03-04T11:00:00Z");
    let a = turn("a", ten);
    let (left, right) = tokio::join!(one.take_turn("41005001", &a, at(nine), at(eleven)), async {
        two.take_turn("41005001", &turn("b", ten), at(nine), at(eleven)).await
    });
    let (left, right) = (left.expect("asked"), right.expect("asked"));
    assert!(left != right, "one of two: {left} {right}");
    let (has, waits) = if left { ("a", "b") } else { ("b", "a") };
    assert!(one.take_turn("41005001", &turn(has, eleven), at(nine), at(eleven)).await.expect("asked"), "it keeps it");
    assert!(!two.take_turn("41005001", &turn(waits, eleven), at(ten), at(eleven)).await.expect("asked"), "for longer");
    assert!(two.take_turn("41005002", &turn(waits, eleven), at(nine), at(eleven)).await.expect("asked"), "for others");
    two.end_turn("41005001", waits).await.expect("ended");
    assert!(!two.take_turn("41005001", &turn(waits, eleven), at(ten), at(eleven)).await.expect("asked"), "not its own");
    one.end_turn("41005001", has).await.expect("ended");
    assert!(two.take_turn("41005001", &turn(waits, ten), at(nine), at(eleven)).await.expect("asked"), "given back");
    assert!(one.take_turn("41005001", &turn(has, eleven), at(ten), at(eleven)).await.expect("asked"), "lapsed");
    let ahead = turn(waits, eleven);
    assert!(two.take_turn("41005001", &ahead, at(nine), at(ten)).await.expect("asked"), "of a clock that was ahead");
}
