//! Parcels: never two workers, never lost, never called sent or waiting when nobody knows.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use iwmo_gateway::domain::Timestamp;
use iwmo_gateway::store::{
    DeadlineState, Entry, Lease, NewParcel, Parcel, ParcelKind, ParcelState, ParcelView, Settlement, Store, StoreError,
};

use super::World;
use super::data::{at, entry_305, morning, parcel, retour_deadline};

/// An instant so many seconds into the morning.
fn after(seconds: i64) -> Timestamp {
    morning() + TimeDelta::seconds(seconds)
}

fn lease(worker: &str, until: Timestamp) -> Lease {
    Lease { worker: worker.to_owned(), until }
}

/// Claims at this second, for a minute.
async fn claim(store: &dyn Store, second: i64) -> Vec<Parcel> {
    store.claim_due(after(second), &lease("worker", after(second + 60)), 10).await.expect("claimed")
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
    let first = one.claim_due(after(0), &lease("first", after(60)), 2).await.expect("claimed");
    assert_eq!(first.iter().map(|parcel| parcel.referentienummer.as_str()).collect::<Vec<_>>(), ["p00", "p01"]);
    assert_eq!(first[1].envelope, b"envelope of p01");

    let mut workers = Vec::new();
    for (number, store) in [&one, &two, &one, &two].into_iter().enumerate() {
        let store = Arc::clone(store);
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let lease = lease(&format!("worker {number}"), after(60));
                let claimed = store.claim_due(after(0), &lease, 3).await.expect("claimed");
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
    assert_eq!(one.next_attempt_at().await.expect("read"), Some(morning()));
    assert!(two.claim_due(after(-1), &lease("early", after(60)), 10).await.expect("claimed").is_empty());
    let dead = claim(&*one, 0).await.remove(0);
    assert_eq!(view(&*two).await.state, ParcelState::Sending { worker: "worker".to_owned(), until: after(60) });
    assert_eq!(two.next_attempt_at().await.expect("read"), Some(after(60)), "the lease lapses then");
    assert!(claim(&*two, 59).await.is_empty());

    let alive = claim(&*two, 60).await.remove(0);
    assert_eq!((alive.attempt, &alive.envelope), (2, &dead.envelope));
    let delivered = Settlement::Delivered { receipt: "bv03".to_owned() };
    assert!(matches!(one.settle(&dead, after(61), &delivered).await, Err(StoreError::LeaseLost)));
    two.settle(&alive, after(62), &delivered).await.expect("the lease is held");
    assert_eq!(view(&*one).await.state, ParcelState::Delivered { at: after(62) });
    assert_eq!(view(&*one).await.attempts, 2);
    assert!(matches!(two.settle(&alive, after(63), &retry(70, false)).await, Err(StoreError::LeaseLost)));
    assert_eq!(one.next_attempt_at().await.expect("read"), None);
    assert!(one.undelivered(10).await.expect("read").is_empty());
}

pub async fn unclear_stays_unclear(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    let first = claim(&*one, 0).await.remove(0);
    one.settle(&first, after(1), &retry(10, false)).await.expect("settled");
    assert_eq!(view(&*two).await.state, ParcelState::Waiting { due_at: after(10) });
    assert_eq!(two.next_attempt_at().await.expect("read"), Some(after(10)));
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

pub async fn refusal_afterwards(World { one, two, raw: _raw }: World) {
    one_parcel(&*one).await;
    let claimed = claim(&*one, 0).await.remove(0);
    assert!(!two.refuse_afterwards("unknown", after(1), "fo01").await.expect("done"));
    assert_eq!(clock(&*two).await, DeadlineState::Open);
    assert!(two.refuse_afterwards("p1", after(2), "fo01").await.expect("done"));
    assert_eq!(view(&*one).await.state, ParcelState::Refused { at: after(2) });
    assert_eq!(clock(&*one).await, DeadlineState::Void);
    let late = one.settle(&claimed, after(3), &Settlement::Delivered { receipt: "bv03".to_owned() }).await;
    assert!(matches!(late, Err(StoreError::LeaseLost)), "the refusal stands");
    assert!(two.refuse_afterwards("p1", after(4), "fo01 again").await.expect("done"));
}

pub async fn a_fault_voids_nothing(World { one, two, raw: _raw }: World) {
    let fault = NewParcel { kind: ParcelKind::Fo01, ..parcel("p1", "b1") };
    let entry = Entry { parcels: vec![fault], deadlines: vec![retour_deadline("d1")], ..entry_305("b1") };
    one.record(&entry).await.expect("recorded");
    assert!(two.refuse_afterwards("p1", after(1), "nobody there").await.expect("done"));
    assert_eq!(clock(&*two).await, DeadlineState::Open, "the bericht itself was not refused");
}

pub async fn handed_over_waits_for_a_person(World { one, two, raw: _raw }: World) {
    let parcels = ["z1", "a2", "m3"].map(|number| parcel(number, "b1")).to_vec();
    one.record(&Entry { parcels, ..entry_305("b1") }).await.expect("recorded");
    let claimed = one.claim_due(after(0), &lease("worker", after(60)), 1).await.expect("claimed");
    let held = |unclear| Settlement::HandedOver { reason: "look".to_owned(), unclear };
    one.settle(&claimed[0], after(1), &held(false)).await.expect("settled");
    let claimed = one.claim_due(after(2), &lease("worker", after(60)), 1).await.expect("claimed");
    one.settle(&claimed[0], after(3), &held(true)).await.expect("settled");
    let states = |views: Vec<ParcelView>| views.into_iter().map(|view| (view.referentienummer, view.state));
    let expected = [
        ("z1".to_owned(), ParcelState::Held),
        ("a2".to_owned(), ParcelState::Unclear { due_at: None }),
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
    assert_eq!(two.next_attempt_at().await.expect("read"), None);
    assert!(two.claim_due(after(60), &lease("worker", after(99)), 9).await.expect("read").is_empty());
    let view = view(&*two).await;
    assert_eq!((view.state, view.last_reason.as_deref()), (ParcelState::Held, Some("too large")));
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
