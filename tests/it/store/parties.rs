//! Who sees what: berichten, postbus, counts; and what an error does not show.

use iwmo_gateway::domain::Partij;
use iwmo_gateway::store::{
    DeadlineQuery, DeadlineState, Entry, FaultEffect, LedgerChange, NewDeadline, Outcome, Overview, Store,
};

use super::World;
use super::data::{
    BSN, aanbieder, at, entry_305, entry_at, fault, gemeente, morning, parcel, retour_deadline, start_key, stranger,
};
use crate::database::Database;

pub async fn every_read_keeps_parties_apart(World { one, two, raw: _raw }: World) {
    let mut given = entry_305("b1");
    given.deadlines = vec![retour_deadline("d1")];
    given.postbus = vec![("b1".to_owned(), gemeente())];
    one.record(&given).await.expect("recorded");
    let poster = Partij::Aanbieder("11111111".into());
    let mut unreadable = entry_305("b2");
    unreadable.bericht.header = None;
    unreadable.bericht.poster = Some(poster.clone());
    unreadable.bericht.outcome = Outcome::Refused;
    one.record(&unreadable).await.expect("recorded");

    let sees = async |partij: Option<&Partij>, id: &str| {
        let view = two.bericht(id, partij).await.expect("read").is_some();
        assert_eq!(two.payload(id, partij).await.expect("read").is_some(), view, "bytes as the bericht");
        let list = two.berichten(partij, None, 10).await.expect("read");
        assert_eq!(list.iter().any(|view| view.id == id), view, "list as the bericht");
        view
    };
    for (partij, first, second) in [
        (None, true, true),
        (Some(gemeente()), true, false),
        (Some(aanbieder()), true, false),
        (Some(poster), false, true),
        (Some(stranger()), false, false),
    ] {
        assert_eq!(sees(partij.as_ref(), "b1").await, first, "{partij:?}");
        assert_eq!(sees(partij.as_ref(), "b2").await, second, "{partij:?}");
    }
    assert_eq!(two.postbus(&gemeente(), None, 10).await.expect("read").len(), 1);
    assert!(two.postbus(&aanbieder(), None, 10).await.expect("read").is_empty());
    assert!(!two.confirm_pickup("b1", &aanbieder(), morning()).await.expect("done"), "it is not in that postbus");
    assert_eq!(two.postbus(&gemeente(), None, 10).await.expect("read").len(), 1);
    let mine = |partij| DeadlineQuery { partij: Some(partij), ..DeadlineQuery::default() };
    assert_eq!(two.deadlines(&mine(aanbieder()), None, 10).await.expect("read").len(), 1);
    assert!(two.deadlines(&mine(stranger()), None, 10).await.expect("read").is_empty());
}

async fn three_in_postbus(store: &dyn Store) {
    for id in ["b2", "b1", "b3"] {
        let entry = Entry { postbus: vec![(id.to_owned(), gemeente())], ..entry_305(id) };
        store.record(&entry).await.expect("recorded");
    }
}

/// The ids in the postbus of the gemeente.
async fn waiting(store: &dyn Store, after: Option<&str>, limit: u32) -> Vec<String> {
    let items = store.postbus(&gemeente(), after, limit).await.expect("read");
    items.into_iter().map(|item| item.id).collect()
}

pub async fn postbus_in_order_and_pages(World { one, two, raw: _raw }: World) {
    three_in_postbus(&*one).await;
    assert_eq!(waiting(&*two, None, 2).await, ["b1", "b2"]);
    assert_eq!(waiting(&*two, Some("b2"), 2).await, ["b3"]);
    assert_eq!(waiting(&*two, Some("b3"), 2).await, [""; 0]);
    let item = two.postbus(&gemeente(), None, 1).await.expect("read").remove(0);
    assert_eq!((item.berichtsoort.as_str(), item.identificatie.as_str()), ("WMO305", "b1"));
    assert_eq!((item.afzender.as_str(), item.ontvanger.as_str()), (aanbieder().code(), gemeente().code()));
    assert_eq!(item.received_at, morning());
}

pub async fn pickup_confirmed_twice(World { one, two, raw: _raw }: World) {
    three_in_postbus(&*one).await;
    assert!(one.confirm_pickup("b2", &gemeente(), morning()).await.expect("done"));
    assert_eq!(waiting(&*two, None, 10).await, ["b1", "b3"]);
    assert!(two.confirm_pickup("b2", &gemeente(), at("2026-03-09T09:00:00Z")).await.expect("done"));
    assert!(!two.confirm_pickup("unknown", &gemeente(), morning()).await.expect("done"));
    assert_eq!(waiting(&*one, None, 10).await, ["b1", "b3"]);
}

pub async fn newest_first_in_pages(World { one, two, raw: _raw }: World) {
    for id in ["b2", "b1", "b4", "b3"] {
        one.record(&entry_305(id)).await.expect("recorded");
    }
    let ids = async |after: Option<&str>, limit| {
        let page = two.berichten(Some(&gemeente()), after, limit).await.expect("read");
        page.into_iter().map(|view| view.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 3).await, ["b4", "b3", "b2"]);
    assert_eq!(ids(Some("b2"), 3).await, ["b1"]);
}

pub async fn overview_counts(World { one, two, raw: _raw }: World) {
    assert_eq!(two.overview().await.expect("read"), Overview::default());
    let late = NewDeadline { state: DeadlineState::Overdue, ..retour_deadline("d2") };
    let mut given = entry_305("b1");
    given.deadlines = vec![retour_deadline("d1"), late];
    given.parcels = vec![parcel("p1", "b1"), parcel("p2", "b1"), parcel("p3", "b1")];
    given.postbus = vec![("b1".to_owned(), gemeente()), ("b1".to_owned(), aanbieder())];
    one.record(&given).await.expect("recorded");
    for (id, outcome) in [("b2", Outcome::Rejected), ("b3", Outcome::Refused), ("b4", Outcome::Refused)] {
        let mut entry = entry_305(id);
        entry.bericht.outcome = outcome;
        one.record(&entry).await.expect("recorded");
    }
    one.take_fault(&fault("p1", "f1", FaultEffect::Refuse("no".to_owned()))).await.expect("done");
    assert!(one.confirm_pickup("b1", &gemeente(), morning()).await.expect("done"));
    let expected = Overview {
        accepted: 1,
        rejected: 1,
        refused: 2,
        open: 0, // the refusal made them void
        overdue: 0,
        waiting: 2,
        stuck: 1,
        in_postbus: 1,
        refused_toewijzingen: 0,
    };
    assert_eq!(two.overview().await.expect("read"), expected);
    one.record(&Entry { deadlines: vec![retour_deadline("d3")], ..entry_305("b5") }).await.expect("recorded");
    assert_eq!(two.overview().await.expect("read").open, 1);
    assert_eq!(one.raise_overdue(at("2026-04-01T00:00:00Z")).await.expect("raised").len(), 1);
    assert_eq!(two.overview().await.expect("read").overdue, 1);
}

/// PostgreSQL quotes the whole row when a check fails.
pub async fn errors_hold_no_bsn(world: World) {
    match &world.raw {
        Database::Postgres(_) => world.tamper("ALTER TABLE start ADD CONSTRAINT never CHECK (bsn = '')").await,
        Database::Sqlite(_) => {
            let trigger = "CREATE TRIGGER never BEFORE INSERT ON start BEGIN SELECT RAISE(ABORT, 'never'); END";
            world.tamper(trigger).await;
        }
    }
    let ledger = LedgerChange { starts: vec![start_key(7)], ..LedgerChange::default() };
    let error = world.one.record(&Entry { ledger, ..entry_at("b1", 0) }).await.expect_err("the check fails");
    let causes = std::iter::successors(Some(&error as &dyn std::error::Error), |cause| cause.source());
    let said = causes.map(|cause| format!("{cause:?} {cause}")).collect::<Vec<_>>().join("; ");
    assert!(said.contains("never"), "names what failed: {said}");
    assert!(!said.contains(BSN), "but not of whom");
    assert!(world.two.bericht("b1", None).await.expect("read").is_none());
}
