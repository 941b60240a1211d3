//! A bericht that waits: it is there, and nothing follows from it until it is released, once.

use iwmo_gateway::domain::berichten::waarde::ToewijzingNummer;
use iwmo_gateway::domain::facts::history::Subject;
use iwmo_gateway::domain::{Bericht, Berichtsoort, Timestamp};
use iwmo_gateway::store::{DeadlineQuery, Entry, LedgerChange, Outcome, Store, StoreError, Wait, Waiting};

use super::World;
use super::data::{
    aanbieder, about, at, entry, entry_at, gemeente, morning, new_bericht, retour, retour_deadline, start_key,
    stranger, wmo305,
};

fn toewijzing(nummer: i64) -> Subject {
    Subject::Toewijzing(ToewijzingNummer(nummer))
}

fn bericht() -> Bericht {
    wmo305("b1", &[7])
}

/// Bericht `b1`, which waits until noon for something about toewijzing 7 or 8.
fn parked() -> Entry {
    let mut new = new_bericht("b1", &bericht());
    new.outcome = Outcome::Parked;
    let subjects = vec![toewijzing(7), toewijzing(8)];
    let wait = Wait { gemeente: gemeente(), aanbieder: aanbieder(), subjects, until: at("2026-03-02T12:00:00Z") };
    Entry { wait: Some(wait), about: Some(about(0)), ..entry(new) }
}

/// The same bericht, judged.
fn released() -> Entry {
    Entry {
        released: true,
        about: Some(about(1)),
        ledger: LedgerChange { starts: vec![start_key(7)], ..LedgerChange::default() },
        deadlines: vec![retour_deadline("d1")],
        ..entry(new_bericht("b1", &bericht()))
    }
}

/// Bericht `b1` waits, and lies in a postbus once it is judged.
pub async fn wait_and_be_handed_over(store: &dyn Store) {
    store.record(&parked()).await.expect("recorded");
    let postbus = vec![("b1".to_owned(), gemeente())];
    store.record(&Entry { postbus, ..released() }).await.expect("recorded");
}

async fn on(store: &dyn Store, subjects: &[Subject]) -> Vec<Waiting> {
    store.waiting_on(&gemeente(), &aanbieder(), subjects).await.expect("read")
}

pub async fn found_by_what_it_waits_for(World { one, two, raw: _raw }: World) {
    one.record(&parked()).await.expect("recorded");
    let found = on(&*two, &[toewijzing(6), toewijzing(7), toewijzing(8)]).await;
    assert_eq!(found.len(), 1, "once, whatever it waits for");
    let waiting = &found[0];
    assert_eq!(
        (waiting.id.as_str(), waiting.received_at, waiting.until),
        ("b1", morning(), at("2026-03-02T12:00:00Z"))
    );
    assert_eq!((waiting.bytes.as_slice(), waiting.was_json), (&b"<bytes of=\"b1\"/>"[..], false));
    assert_eq!(waiting.poster.as_ref(), Some(&aanbieder()));
    assert!(on(&*two, &[toewijzing(6)]).await.is_empty());
    assert!(two.waiting_on(&gemeente(), &stranger(), &[toewijzing(7)]).await.expect("read").is_empty());
    let until = async |moment: Timestamp| two.waiting_until(moment).await.expect("read").len();
    assert_eq!(until(at("2026-03-02T11:59:59Z")).await, 0);
    assert_eq!(until(at("2026-03-02T12:00:00Z")).await, 1);
    assert_eq!(until(Timestamp::MAX_UTC).await, 1);
    assert_eq!(two.next_wait_ends_at().await.expect("read"), Some(at("2026-03-02T12:00:00Z")));
}

pub async fn released_once(World { one, two, raw: _raw }: World) {
    one.record(&parked()).await.expect("recorded");
    let history = two.history(&wmo305("question", &[7])).await.expect("read");
    assert!(history.starts.is_empty(), "nothing follows from it yet");
    two.record(&released()).await.expect("recorded");
    let mut again = released();
    again.about = Some(about(2));
    assert!(matches!(one.record(&again).await, Err(StoreError::NotWaiting)));
    let history = one.history(&wmo305("question", &[7])).await.expect("read");
    assert_eq!(history.starts.len(), 1, "nothing remains of the second time");
    let view = one.bericht("b1", None).await.expect("read").expect("there");
    assert_eq!((view.outcome, view.receipt.verdict), (Outcome::Accepted, Outcome::Accepted));
    assert_eq!(one.deadlines(&DeadlineQuery::default(), None, 9).await.expect("read").len(), 1);
    assert_eq!(one.next_wait_ends_at().await.expect("read"), None);
    assert!(on(&*one, &[toewijzing(7)]).await.is_empty());
}

pub async fn no_retour_answers_one_that_waits(World { one, two, raw: _raw }: World) {
    let answer = retour(Berichtsoort::Wmo306, "b1", "r1");
    one.record(&parked()).await.expect("recorded");
    assert!(two.history(&answer).await.expect("read").awaited.is_empty());
    one.record(&released()).await.expect("recorded");
    assert_eq!(two.history(&answer).await.expect("read").awaited.len(), 1);
}

pub async fn its_identificatie_is_used_and_a_verdict_beside_it_is_stale(World { one, two, raw: _raw }: World) {
    let before = two.history(&bericht()).await.expect("read");
    assert!(!before.identificatie_used);
    one.record(&parked()).await.expect("recorded");
    assert!(two.history(&bericht()).await.expect("read").identificatie_used);
    assert!(matches!(two.record(&entry_at("b2", 0)).await, Err(StoreError::Stale)));
    two.record(&entry_at("b2", 1)).await.expect("recorded");
    assert!(matches!(one.record(&released()).await, Err(StoreError::Stale)), "judged on a history that is no more");
    assert_eq!(on(&*one, &[toewijzing(7)]).await.len(), 1, "it still waits");
}
