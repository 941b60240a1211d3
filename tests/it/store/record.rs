//! One verdict becomes true, at once or not at all.

use std::sync::Arc;

use iwmo_gateway::domain::berichten::klasse::ElementPath;
use iwmo_gateway::domain::finding::{Finding, Level, Place, Position, Severity};
use iwmo_gateway::domain::regels::REGELS;
use iwmo_gateway::domain::{Bericht, Berichtsoort};
use iwmo_gateway::store::{
    DeadlineState, Entry, EnvelopeSeen, NewBericht, NewDeadline, Outcome, Store, StoreError, Via,
};
use tokio::sync::Barrier;

use super::World;
use super::data::{
    aanbieder, at, entry, entry_305, entry_at, gemeente, new_bericht, parcel, receipt, retour, retour_deadline,
    revision_of, wmo305,
};

pub async fn kept_byte_exact(World { one, two, .. }: World) {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut given = entry_at("b1", 0);
    given.bericht.bytes = bytes.clone().into();
    given.bericht.referentienummer = Some("ref-in".to_owned());
    given.bericht.via = Via::Ggk;
    given.bericht.received_at = at("2026-03-02T09:00:00.123456Z");
    given.deadlines = vec![retour_deadline("d1")];
    given.parcels = vec![parcel("p1", "b1")];
    one.record(&given).await.expect("recorded");

    assert_eq!(two.payload("b1", None).await.expect("read"), Some(bytes));
    let view = two.bericht("b1", None).await.expect("read").expect("there");
    assert_eq!(view.received_at, at("2026-03-02T09:00:00.123456Z"));
    assert_eq!((view.via, view.outcome), (Via::Ggk, Outcome::Accepted));
    assert_eq!(view.berichtsoort.as_deref(), Some("WMO305"));
    assert_eq!(view.release.as_deref(), Some("3.2"));
    assert_eq!(view.afzender.as_deref(), Some(aanbieder().code()));
    assert_eq!(view.ontvanger.as_deref(), Some(gemeente().code()));
    assert_eq!(view.identificatie.as_deref(), Some("b1"));
    assert_eq!(view.receipt, receipt("b1"));
    assert_eq!((view.heenbericht_id, view.retour_id), (None, None));
    assert_eq!(view.deadlines.iter().map(|deadline| deadline.id.as_str()).collect::<Vec<_>>(), ["d1"]);
    assert_eq!(view.parcels.iter().map(|parcel| parcel.referentienummer.as_str()).collect::<Vec<_>>(), ["p1"]);
    assert_eq!(revision_of(&two.history(&wmo305("b1", &[])).await.expect("read")), 1);
}

pub async fn stale_revision_leaves_nothing(World { one, two, raw: _raw }: World) {
    one.record(&entry_at("b1", 0)).await.expect("the client is new");
    for (id, revision) in [("b2", 0), ("b3", 2)] {
        let mut late = entry_at(id, revision);
        late.deadlines = vec![retour_deadline("d1")];
        late.parcels = vec![parcel("p1", id)];
        late.postbus = vec![(id.to_owned(), gemeente())];
        assert!(matches!(two.record(&late).await, Err(StoreError::Stale)), "{id}");
        assert_eq!(two.payload(id, None).await.expect("read"), None);
        let history = one.history(&wmo305(id, &[])).await.expect("read");
        assert!(!history.identificatie_used, "{id} was not recorded");
        assert_eq!(revision_of(&history), 1);
    }
    assert_eq!(one.next_attempt_at(super::data::morning()).await.expect("read"), None);
    one.record(&entry_at("b2", 1)).await.expect("judged anew");
    assert_eq!(revision_of(&two.history(&wmo305("b4", &[])).await.expect("read")), 2);
}

/// Records both at the same moment, each on its own store, and counts who made it.
async fn race(world: &World, entries: [iwmo_gateway::store::Entry; 2]) -> usize {
    let start = Arc::new(Barrier::new(2));
    let mut runs = Vec::new();
    for (store, entry) in [&world.one, &world.two].into_iter().zip(entries) {
        let (store, start) = (Arc::clone(store), Arc::clone(&start));
        runs.push(tokio::spawn(async move {
            start.wait().await;
            store.record(&entry).await
        }));
    }
    let mut made_it = 0;
    for run in runs {
        match run.await.expect("no panic") {
            Ok(()) => made_it += 1,
            Err(error) => assert!(matches!(error, StoreError::Stale), "{error:?}"),
        }
    }
    made_it
}

pub async fn one_of_two_with_an_identity(world: World) {
    for round in 0..20 {
        let bericht = wmo305(&format!("same-{round}"), &[]);
        let entries = ["a", "b"].map(|side| entry(new_bericht(&format!("{side}{round}"), &bericht)));
        assert_eq!(race(&world, entries).await, 1, "round {round}");
        assert!(world.one.history(&bericht).await.expect("read").identificatie_used);
    }
    assert_eq!(world.one.overview().await.expect("read").accepted, 20);
}

pub async fn one_of_two_on_a_revision(world: World) {
    for round in 0..20 {
        let entries = ["a", "b"].map(|side| entry_at(&format!("{side}{round}"), round));
        assert_eq!(race(&world, entries).await, 1, "round {round}");
    }
    assert_eq!(revision_of(&world.one.history(&wmo305("x", &[])).await.expect("read")), 20);
}

pub async fn same_bytes_get_the_first_receipt(World { one, two, raw: _raw }: World) {
    let sha = "the same";
    let same = wmo305("same", &[]);
    let header = Some(same.header());
    let with_outcome = |id: &str, outcome| NewBericht { sha256: sha.to_owned(), outcome, ..new_bericht(id, &same) };
    assert_eq!(one.first_receipt(sha, header).await.expect("read"), None);
    one.record(&entry(with_outcome("b1", Outcome::Refused))).await.expect("recorded");
    assert_eq!(two.first_receipt(sha, header).await.expect("read"), None, "what was refused may come again");
    one.record(&entry(with_outcome("b2", Outcome::Rejected))).await.expect("recorded");
    one.record(&Entry::only(with_outcome("b3", Outcome::Accepted))).await.expect("recorded");
    assert_eq!(two.first_receipt(sha, header).await.expect("read"), Some(receipt("b2")));
    assert_eq!(two.first_receipt("others", header).await.expect("read"), None, "other bytes under the same name");
}

pub async fn what_xml_was_made_of_is_found_by_its_bytes_alone(World { one, two, raw: _raw }: World) {
    let sha = "the same JSON";
    let made = |id: &str, xml: Option<bytes::Bytes>| NewBericht {
        sha256: sha.to_owned(),
        xml,
        ..new_bericht(id, &wmo305(id, &[]))
    };
    one.record(&entry(made("as-xml", None))).await.expect("recorded");
    assert_eq!(two.first_receipt(sha, None).await.expect("read"), None, "that came as XML, under a name of its own");
    one.record(&entry(made("b1", Some("<xml/>".into())))).await.expect("recorded");
    one.record(&entry(made("b2", Some("<xml/>".into())))).await.expect("recorded");
    assert_eq!(two.first_receipt(sha, None).await.expect("read"), Some(receipt("b1")));
}

pub async fn refused_leaves_its_identity_free(World { one, two, raw: _raw }: World) {
    let bericht = wmo305("once", &[]);
    let mut refused = entry(new_bericht("b1", &bericht));
    refused.bericht.outcome = Outcome::Refused;
    one.record(&refused).await.expect("recorded");
    assert!(!two.history(&bericht).await.expect("read").identificatie_used);

    let mut rejected = entry(new_bericht("b2", &bericht));
    rejected.bericht.outcome = Outcome::Rejected;
    one.record(&rejected).await.expect("the Identificatie was free");
    assert!(two.history(&bericht).await.expect("read").identificatie_used, "a rejected bericht uses it up");

    let mut second_use = entry(new_bericht("b3", &bericht));
    assert!(matches!(two.record(&second_use).await, Err(StoreError::Stale)));
    second_use.claims_identity = false;
    two.record(&second_use).await.expect("a second use is kept when it claims nothing");

    let mut unreadable = entry_305("b4");
    unreadable.bericht.header = None;
    two.record(&unreadable).await.expect("what cannot be read is kept as well");
    assert_eq!(two.bericht("b4", None).await.expect("read").expect("there").afzender, None);
}

pub async fn a_retour_uses_its_own_identity(World { one, two, raw: _raw }: World) {
    let first = retour(Berichtsoort::Wmo306, "heen-1", "retour-1");
    one.record(&entry(new_bericht("r1", &first))).await.expect("recorded");
    let same_number = retour(Berichtsoort::Wmo306, "heen-2", "retour-1");
    assert!(two.history(&same_number).await.expect("read").identificatie_used);
    assert!(matches!(two.record(&entry(new_bericht("r2", &same_number))).await, Err(StoreError::Stale)));
    let same_heen = retour(Berichtsoort::Wmo306, "heen-1", "retour-2");
    assert!(!two.history(&same_heen).await.expect("read").identificatie_used);
    two.record(&entry(new_bericht("r3", &same_heen))).await.expect("another retour of the same heenbericht");
}

pub async fn an_envelope_is_seen_once(World { one, two, raw: _raw }: World) {
    let seen = EnvelopeSeen {
        zender: "z".to_owned(),
        referentienummer: "n".to_owned(),
        content_sha256: "c".to_owned(),
        answer: vec![0, 255, 13, 10],
    };
    let with_envelope = |id| iwmo_gateway::store::Entry { envelope: Some(seen.clone()), ..entry_305(id) };
    one.record(&with_envelope("b1")).await.expect("recorded");
    assert_eq!(two.seen_envelope("z", "n").await.expect("read"), Some(seen.clone()));
    assert_eq!(two.seen_envelope("z", "other").await.expect("read"), None);
    assert_eq!(two.seen_envelope("other", "n").await.expect("read"), None);
    assert!(two.record(&with_envelope("b2")).await.is_err(), "the same envelope is answered once");
    assert!(two.bericht("b2", None).await.expect("read").is_none());
}

/// A retour of heenbericht `heen_id`, which has its own id as Identificatie.
fn answering(id: &str, heen_id: &str) -> iwmo_gateway::store::Entry {
    let bericht = retour(Berichtsoort::Wmo306, heen_id, id);
    entry(NewBericht { heenbericht_id: Some(heen_id.to_owned()), ..new_bericht(id, &bericht) })
}

pub async fn one_accepted_retour_per_heenbericht(World { one, two, raw: _raw }: World) {
    let mut heen = entry_305("h1");
    heen.bericht.referentienummer = Some("brought-it".to_owned());
    one.record(&heen).await.expect("recorded");
    let mut refused = entry(new_bericht("h0", &wmo305("h1", &[])));
    refused.bericht.outcome = Outcome::Refused;
    one.record(&refused).await.expect("recorded");

    let question: Bericht = retour(Berichtsoort::Wmo306, "h1", "r1");
    let awaited = two.history(&question).await.expect("read").awaited;
    assert_eq!(awaited.len(), 1, "what was refused waits for nothing");
    assert_eq!((awaited[0].bericht_id.as_str(), awaited[0].answered), ("h1", false));
    assert_eq!(awaited[0].ontvanger, gemeente().code());
    assert_eq!(awaited[0].dagtekening, super::data::day("2026-03-01"));
    assert_eq!(awaited[0].referentienummer.as_deref(), Some("brought-it"));
    let other_kind = retour(Berichtsoort::Wmo302, "h1", "r1");
    assert!(two.history(&other_kind).await.expect("read").awaited.is_empty());

    let mut rejected = answering("r0", "h1");
    rejected.bericht.outcome = Outcome::Rejected;
    one.record(&rejected).await.expect("recorded");
    assert!(!two.history(&question).await.expect("read").awaited[0].answered, "a rejected retour answers nothing");
    one.record(&answering("r1", "h1")).await.expect("recorded");
    assert!(two.history(&question).await.expect("read").awaited[0].answered);
    assert!(matches!(two.record(&answering("r2", "h1")).await, Err(StoreError::Stale)), "judged before r1 came");
    let view = two.bericht("h1", None).await.expect("read").expect("there");
    assert_eq!(view.retour_id.as_deref(), Some("r1"));
}

pub async fn one_of_two_retours(world: World) {
    for round in 0..10 {
        let heen_id = format!("h{round}");
        world.one.record(&entry_305(&heen_id)).await.expect("recorded");
        let entries = ["a", "b"].map(|side| answering(&format!("{side}{round}"), &heen_id));
        assert_eq!(race(&world, entries).await, 1, "round {round}");
    }
}

pub async fn a_composed_retour_answers(World { one, two, raw: _raw }: World) {
    let mut heen = entry_305("h1");
    heen.bericht.received_at = at("2026-03-02T09:00:00Z");
    heen.retour = Some(NewBericht {
        via: Via::Gateway,
        poster: None,
        heenbericht_id: Some("h1".to_owned()),
        ..new_bericht("r1", &retour(Berichtsoort::Wmo306, "h1", "r1"))
    });
    heen.deadlines =
        vec![NewDeadline { bericht_id: "h1".to_owned(), state: DeadlineState::Met, ..retour_deadline("d1") }];
    heen.postbus = vec![("r1".to_owned(), aanbieder())];
    one.record(&heen).await.expect("recorded");
    let view = two.bericht("h1", None).await.expect("read").expect("there");
    assert_eq!(view.retour_id.as_deref(), Some("r1"));
    assert_eq!(view.deadlines[0].state, DeadlineState::Met);
    assert_eq!(view.deadlines[0].closed_at, Some(at("2026-03-02T09:00:00Z")));
    let composed = two.bericht("r1", None).await.expect("read").expect("there");
    assert_eq!((composed.via, composed.heenbericht_id.as_deref()), (Via::Gateway, Some("h1")));
    assert_eq!(two.payload("r1", None).await.expect("read"), Some(b"<bytes of=\"r1\"/>".to_vec()));
    let question = retour(Berichtsoort::Wmo306, "h1", "r2");
    assert!(two.history(&question).await.expect("read").awaited[0].answered);
}

pub async fn unreadable_row_is_named(world: World) {
    world.one.record(&entry_305("b1")).await.expect("recorded");
    world.tamper("UPDATE bericht SET receipt = '{'").await;
    let Err(error) = world.two.bericht("b1", None).await else { panic!("a receipt that is no receipt") };
    assert_eq!(error.to_string(), "row b1 of bericht has an unreadable receipt");
}

pub async fn closed_store_says_so(World { one, two, raw: _raw }: World) {
    one.record(&entry_305("b1")).await.expect("recorded");
    one.close().await;
    one.close().await;
    assert!(matches!(one.record(&entry_305("b2")).await, Err(StoreError::Closed)));
    assert!(matches!(one.overview().await, Err(StoreError::Closed)));
    let left: Arc<dyn Store> = two;
    assert_eq!(left.overview().await.expect("the other process goes on").accepted, 1);
}

pub async fn a_finding_is_a_row_and_says_what_its_rule_says(world: World) {
    let rows = "SELECT COUNT(*) FROM finding";
    world.one.record(&entry_305("b1")).await.expect("recorded");
    assert_eq!(world.number(rows).await, 0, "nothing was found, and nothing is written of it");
    let tr019 = REGELS.iter().find(|regel| regel.code == "TR019").expect("a rule");
    let start = ElementPath::root().child("Client").child("StartProducten").nth("StartProduct", 0);
    let by_rule = Finding {
        position: Some(Position { line: 31, column: 9 }),
        ..tr019.broken_at(Place::element(start, "ToewijzingNummer"))
    };
    let (severity, text) = (Severity::Warning, "Geen regel zegt dit.".into());
    let by_none = Finding { regel: None, severity, text, klasse: None, position: None, ..by_rule.clone() };
    let mut entry = entry_305("b2");
    // As the text of this agreement, with an amount in front of it.
    let (regel, level, text) = (Some("GW-04".into()), Level::Local, "€ 100,00 is toegekend.".into());
    let says_more = Finding { regel, level, severity: Severity::Warning, retour_code: None, text, ..by_rule.clone() };
    entry.bericht.receipt.findings = vec![by_rule, by_none, says_more];
    world.one.record(&entry).await.expect("recorded");
    let read = world.two.bericht("b2", None).await.expect("read").expect("there").receipt;
    assert_eq!(read, entry.bericht.receipt);
    assert_eq!(world.number("SELECT COUNT(*) FROM finding WHERE text IS NULL").await, 1, "that of the rule is its own");
}
