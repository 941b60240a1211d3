//! What is known of a client: toewijzingen and starts, and what a refusal takes back.

use std::sync::Arc;

use chrono::Datelike;
use iwmo_gateway::domain::berichten::levering::StopKey;
use iwmo_gateway::domain::berichten::toewijzing::Product;
use iwmo_gateway::domain::berichten::waarde::{ToewijzingNummer, Value};
use iwmo_gateway::domain::cak::Support;
use iwmo_gateway::domain::facts::history::{StartFact, ToewijzingFact};
use iwmo_gateway::domain::{Berichtsoort, History, Partij};
use iwmo_gateway::store::{
    About, Answering, DeclaredLine, Effect, Entry, LedgerChange, NewBericht, NewDeclaratie, NewToewijzing, Store,
    WaitingKey, WaitingToewijzing,
};

use super::World;
use super::ahead::{declaratie, line};
use super::data::{
    BSN, aanbieder, about, at, day, entry, entry_305, entry_at, gemeente, morning, new_bericht, new_toewijzing, retour,
    revision_of, start_key, stranger, value, wmo305,
};

/// What is known about toewijzingen 7 and 8 and the client.
async fn known(store: &dyn Store) -> History {
    store.history(&wmo305("question", &[7, 8, 7])).await.expect("read")
}

/// Number, day of the decision, and when it came in.
fn versions(history: &History) -> Vec<String> {
    let line = |fact: &ToewijzingFact| {
        format!("{} of {} at {}", fact.toewijzing_nummer, fact.toewijzingsdatum, fact.received_at.format("%H:%M"))
    };
    [7, 8, 9].into_iter().flat_map(|nummer| history.toewijzingen.versions(ToewijzingNummer(nummer))).map(line).collect()
}

fn starts(history: &History) -> Vec<i64> {
    let nummer = |fact: &StartFact| fact.key.toewijzing_nummer.map_or(0, |nummer| nummer.0);
    history.starts.iter().map(nummer).collect()
}

/// A heenbericht that changes the ledger, judged on this revision.
fn changing(id: &str, revision: i64, ledger: LedgerChange) -> Entry {
    Entry { ledger, ..entry_at(id, revision) }
}

fn giving(toewijzingen: Vec<NewToewijzing>) -> LedgerChange {
    LedgerChange { toewijzingen, ..LedgerChange::default() }
}

/// A retour that refuses this heenbericht.
fn refusing(id: &str, heen_id: &str) -> Entry {
    let bericht = retour(Berichtsoort::Wmo306, heen_id, id);
    Entry {
        answers: Some(Answering { heenbericht_id: heen_id.to_owned(), effect: Effect::Refuses }),
        ..entry(NewBericht { heenbericht_id: Some(heen_id.to_owned()), ..new_bericht(id, &bericht) })
    }
}

pub async fn versions_of_toewijzingen(World { one, two, raw: _raw }: World) {
    let removed = NewToewijzing { verwijderd: true, ..new_toewijzing(7, "2026-01-20") };
    let ledger = giving(vec![new_toewijzing(7, "2026-01-10"), removed, new_toewijzing(9, "2026-01-10")]);
    one.record(&changing("b1", 0, ledger)).await.expect("recorded");
    let history = known(&*two).await;
    assert_eq!(versions(&history), ["7 of 2026-01-10 at 09:00", "7 of 2026-01-20 at 09:00"], "9 is not asked for");
    let versions_of_7 = history.toewijzingen.versions(ToewijzingNummer(7));
    let first = &versions_of_7[0];
    assert_eq!(first.bsn.digits(), BSN);
    assert_eq!(first.product, new_toewijzing(7, "2026-01-10").product);
    assert_eq!(first.toewijzingstijd, Value::from_text("10:30:00.50").expect("a time"));
    assert_eq!((first.ingangsdatum, first.received_at), (day("2026-02-01"), morning()));
    assert_eq!([first.verwijderd, versions_of_7[1].verwijderd], [false, true]);

    let mut again = changing("b2", 1, giving(vec![NewToewijzing { product: None, ..new_toewijzing(7, "2026-01-10") }]));
    again.bericht.received_at = at("2026-03-02T11:00:00Z");
    one.record(&again).await.expect("recorded");
    assert_eq!(versions(&known(&*two).await), versions(&history), "a version that is known stays as it was");
    let first = known(&*two).await.toewijzingen.versions(ToewijzingNummer(7))[0].clone();
    assert!(first.product.is_some());
}

pub async fn starts_come_and_go(World { one, two, raw: _raw }: World) {
    let started = LedgerChange { starts: vec![start_key(7), start_key(8)], ..LedgerChange::default() };
    one.record(&changing("b1", 0, started)).await.expect("recorded");
    assert_eq!(starts(&known(&*two).await), [7, 8]);
    assert_eq!(known(&*two).await.starts[0].key, start_key(7));

    let mut other_day = start_key(8);
    other_day.begindatum = day("2026-02-02");
    let removed = LedgerChange { removed_starts: vec![start_key(7), other_day], ..LedgerChange::default() };
    one.record(&changing("b2", 1, removed)).await.expect("recorded");
    assert_eq!(starts(&known(&*two).await), [8], "only the very key is removed");

    let anew =
        LedgerChange { starts: vec![start_key(8)], removed_starts: vec![start_key(8)], ..LedgerChange::default() };
    one.record(&changing("b3", 2, anew)).await.expect("recorded");
    assert_eq!(starts(&known(&*two).await), [8], "removals first");
}

pub async fn refused_heenbericht_leaves_the_ledger(World { one, two, raw: _raw }: World) {
    let ledger = LedgerChange {
        toewijzingen: vec![new_toewijzing(7, "2026-01-10")],
        starts: vec![start_key(7)],
        ..LedgerChange::default()
    };
    one.record(&changing("b1", 0, ledger)).await.expect("recorded");
    let kept = LedgerChange {
        toewijzingen: vec![new_toewijzing(8, "2026-01-10")],
        starts: vec![start_key(8)],
        ..LedgerChange::default()
    };
    one.record(&changing("b2", 1, kept)).await.expect("recorded");

    let mut answered = refusing("r2", "b2");
    answered.answers = Some(Answering { heenbericht_id: "b2".to_owned(), effect: Effect::Accepts });
    one.record(&answered).await.expect("recorded");
    assert_eq!(
        (versions(&known(&*two).await).len(), revision_of(&known(&*two).await)),
        (2, 2),
        "an acceptance changes nothing"
    );

    one.record(&refusing("r1", "b1")).await.expect("recorded");
    let history = known(&*two).await;
    assert_eq!(versions(&history), ["8 of 2026-01-10 at 09:00"]);
    assert_eq!(starts(&history), [8]);
    assert_eq!(revision_of(&history), 3, "a verdict on the history before the refusal is stale");
}

pub async fn a_removal_that_is_refused_is_undone(World { one, two, raw: _raw }: World) {
    let started = LedgerChange { starts: vec![start_key(7)], ..LedgerChange::default() };
    one.record(&changing("b1", 0, started)).await.expect("recorded");
    let removed = LedgerChange { removed_starts: vec![start_key(7)], ..LedgerChange::default() };
    one.record(&changing("b2", 1, removed)).await.expect("recorded");
    assert_eq!(starts(&known(&*two).await), [0_i64; 0]);
    one.record(&refusing("r2", "b2")).await.expect("recorded");
    assert_eq!(starts(&known(&*two).await), [7]);
    assert_eq!(revision_of(&known(&*two).await), 3);
}

pub async fn a_version_outlives_its_refused_twin(World { one, two, raw: _raw }: World) {
    one.record(&changing("b1", 0, giving(vec![new_toewijzing(7, "2026-01-10")]))).await.expect("recorded");
    one.record(&refusing("r1", "b1")).await.expect("recorded");
    assert!(versions(&known(&*two).await).is_empty());
    let mut corrected = changing("b2", 2, giving(vec![new_toewijzing(7, "2026-01-10")]));
    corrected.bericht.received_at = at("2026-03-02T12:00:00Z");
    one.record(&corrected).await.expect("recorded");
    assert_eq!(versions(&known(&*two).await), ["7 of 2026-01-10 at 12:00"]);
}

pub async fn years_out_of_the_ordinary(World { one, two, raw: _raw }: World) {
    let ancient = day("0001-01-01").pred_opt().expect("the day before").with_day0(0).expect("a day");
    let mut toewijzing = new_toewijzing(7, "2026-01-10");
    toewijzing.toewijzingsdatum = chrono::NaiveDate::MAX;
    toewijzing.ingangsdatum = chrono::NaiveDate::from_ymd_opt(-9999, 1, 1).expect("a day");
    let mut given = changing("b1", 0, giving(vec![toewijzing]));
    given.bericht.header.as_mut().expect("a header").dagtekening = ancient;
    one.record(&given).await.expect("xs:date has more years than a database");
    let fact = known(&*two).await.toewijzingen.versions(ToewijzingNummer(7))[0].clone();
    assert_eq!(fact.toewijzingsdatum, chrono::NaiveDate::MAX);
    assert_eq!(fact.ingangsdatum.to_string(), "-9999-01-01");
    let question = retour(Berichtsoort::Wmo306, "b1", "r1");
    assert_eq!(two.history(&question).await.expect("read").awaited[0].dagtekening, ancient);
}

pub async fn a_toewijzing_as_it_is_shown(World { one, two, raw: _raw }: World) {
    let ledger = LedgerChange {
        toewijzingen: vec![new_toewijzing(7, "2026-01-10"), new_toewijzing(8, "2026-01-10")],
        starts: vec![start_key(7)],
        ..LedgerChange::default()
    };
    one.record(&changing("b1", 0, ledger)).await.expect("recorded");
    let removed = LedgerChange { removed_starts: vec![start_key(7)], ..LedgerChange::default() };
    one.record(&changing("b2", 1, removed)).await.expect("recorded");
    let view = two.toewijzing(&gemeente(), 7, Some(&aanbieder())).await.expect("read").expect("there");
    assert_eq!((view.aanbieder.as_str(), view.versions.len(), view.versions[0].confirmed), ("12345678", 1, false));
    assert_eq!(view.starts[0].key, start_key(7));
    assert_eq!((view.starts[0].is_live(), view.starts[0].removed_by.as_deref()), (false, Some("b2")));
    assert!(view.stops.is_empty() && view.prestaties.is_empty() && view.verzoeken.is_empty());
    assert!(two.toewijzing(&gemeente(), 7, Some(&stranger())).await.expect("read").is_none());
    assert!(two.toewijzing(&gemeente(), 9, None).await.expect("read").is_none());

    let waiting = async |day: &str, partij: Option<Partij>| {
        let found =
            two.toewijzingen_without_start(partij.as_ref(), super::data::day(day), None, 9).await.expect("read");
        found.iter().map(|one| one.toewijzing_nummer).collect::<Vec<_>>()
    };
    assert_eq!(waiting("2026-02-02", Some(gemeente())).await, [7, 8]);
    assert_eq!(waiting("2026-02-02", Some(stranger())).await, [0; 0]);
    one.record(&refusing("r1", "b1")).await.expect("recorded");
    assert_eq!(waiting("2026-02-02", None).await, [0; 0], "refused, it counts as not sent");
    assert!(two.toewijzing(&gemeente(), 7, None).await.expect("read").expect("there").versions[0].refused);
}

/// The numbers on the waiting list, each with the first day of support; and the list is what the ledger says.
async fn unstarted(store: &dyn Store, partij: Option<&Partij>, after: Option<&WaitingKey>) -> String {
    assert!(!store.unstarted_differs().await.expect("read"), "the list is not what the ledger says");
    let found = store.toewijzingen_without_start(partij, day("2026-01-01"), after, 2).await.expect("read");
    let line = |one: &WaitingToewijzing| format!("{} from {}", one.toewijzing_nummer, one.ingangsdatum);
    found.iter().map(line).collect::<Vec<_>>().join(", ")
}

pub async fn the_waiting_list_is_kept_with_each_change(world: World) {
    let World { one, two, .. } = &world;
    let later = NewToewijzing { ingangsdatum: day("2026-03-01"), ..new_toewijzing(7, "2026-01-20") };
    let given = giving(vec![new_toewijzing(7, "2026-01-10"), new_toewijzing(8, "2026-01-10")]);
    let first = new_toewijzing(7, "2026-01-10").ingangsdatum;
    let (of_8, both) = (format!("8 from {first}"), format!("7 from {first}, 8 from {first}"));
    one.record(&changing("b1", 0, given)).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, both);
    let key = |nummer| WaitingKey {
        aanbieder: "12345678".to_owned(),
        ingangsdatum: first,
        toewijzing_nummer: nummer,
        gemeente: gemeente().code().to_owned(),
    };
    for partij in [None, Some(gemeente()), Some(aanbieder())] {
        assert_eq!(unstarted(&**two, partij.as_ref(), Some(&key(7))).await, of_8, "the next page");
        assert_eq!(unstarted(&**two, partij.as_ref(), Some(&key(8))).await, "");
    }
    assert_eq!(unstarted(&**two, Some(&stranger()), None).await, "");
    one.record(&changing("b2", 1, giving(vec![later]))).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, format!("{of_8}, 7 from 2026-03-01"), "as it holds now");
    one.record(&refusing("r2", "b2")).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, both, "the version before it holds again");
    let started = LedgerChange { starts: vec![start_key(7)], ..LedgerChange::default() };
    one.record(&changing("b3", 3, started)).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, of_8);
    let removed = LedgerChange { removed_starts: vec![start_key(7)], ..LedgerChange::default() };
    one.record(&changing("b4", 4, removed)).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, both, "taken back, it waits again");
    one.record(&refusing("r4", "b4")).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, of_8);
    one.record(&refusing("r3", "b3")).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, both);
    let taken_back = NewToewijzing { verwijderd: true, ..new_toewijzing(7, "2026-01-25") };
    one.record(&changing("b5", 7, giving(vec![taken_back]))).await.expect("recorded");
    assert_eq!(unstarted(&**two, None, None).await, of_8);
    world.tamper("DELETE FROM unstarted").await;
    assert!(two.unstarted_differs().await.expect("read"), "what is missing is seen");
    world.tamper("INSERT INTO unstarted SELECT * FROM unstarted_by_ledger").await;
    world.tamper("UPDATE unstarted SET einddatum = '2020-01-01'").await;
    assert!(two.unstarted_differs().await.expect("read"), "and what is another");
}

pub async fn what_may_be_declared(World { one, two, raw: _raw }: World) {
    one.record(&changing("b1", 0, giving(vec![new_toewijzing(7, "2026-01-10")]))).await.expect("recorded");
    let declared = |id: &str, void: bool, lines| LedgerChange {
        declaratie: Some(Arc::new(NewDeclaratie { void, ..declaratie(id, lines) })),
        ..LedgerChange::default()
    };
    let of_b2 = declared("b2", false, vec![line("R", 7), line("R", 8)]);
    one.record(&changing("b2", 1, of_b2)).await.expect("recorded");
    one.record(&changing("b3", 2, declared("b3", true, vec![line("V", 7)]))).await.expect("recorded");
    let found = async |gemeente: &Partij, aanbieder: &Partij| {
        let nummers = [ToewijzingNummer(7), ToewijzingNummer(8)];
        let referenties = ["R-8", "V-7", "nergens"].map(value);
        let found = two.declarable(gemeente, aanbieder, &nummers, &referenties).await.expect("read");
        let toewijzingen = found.toewijzingen.all_current().into_iter().map(|fact| fact.toewijzing_nummer.0);
        let name = |line: DeclaredLine| {
            format!("{} in {}", line.fact.prestatie.product_referentie.referentie_nummer, line.bericht_id)
        };
        (toewijzingen.collect::<Vec<i64>>(), found.lines.into_iter().map(name).collect::<Vec<String>>())
    };
    assert_eq!(
        found(&gemeente(), &aanbieder()).await,
        (vec![7], vec!["R-8 in b2".to_owned()]),
        "what is void is not sent"
    );
    assert_eq!(found(&gemeente(), &stranger()).await, (vec![], vec![]));
    assert_eq!(found(&Partij::Gemeente("0384".into()), &aanbieder()).await, (vec![], vec![]));
}

pub async fn support_is_what_live_starts_began(World { one, two, raw: _raw }: World) {
    let of = |code| Some(Product { categorie: value("01"), code: Some(value(code)) });
    let ending = |nummer, einddatum| NewToewijzing {
        einddatum: Some(day(einddatum)),
        product: of("01A03"),
        ..new_toewijzing(nummer, "2026-01-10")
    };
    let takes_over =
        NewToewijzing { ingangsdatum: day("2026-04-01"), product: of("01A04"), ..ending(12, "2026-04-30") };
    let taken_back = NewToewijzing { verwijderd: true, ..ending(9, "2026-12-31") };
    let stop = |nummer, einddatum| StopKey {
        start: start_key(nummer),
        reden_beeindiging: "19".to_owned(),
        einddatum: day(einddatum),
    };
    let ledger = LedgerChange {
        toewijzingen: vec![ending(7, "2026-03-31"), ending(8, "2026-12-31"), taken_back, takes_over],
        starts: [7, 8, 9, 10].map(start_key).into(),
        stops: vec![stop(8, "2026-02-28")],
        ..LedgerChange::default()
    };
    one.record(&changing("b1", 0, ledger)).await.expect("recorded");
    let removed = LedgerChange { removed_starts: vec![start_key(10)], ..LedgerChange::default() };
    one.record(&changing("b2", 1, removed)).await.expect("recorded");
    let of_stranger = About { aanbieder: stranger(), revisions: Vec::new(), ..about(0) };
    let ledger = LedgerChange { starts: vec![start_key(11)], ..LedgerChange::default() };
    one.record(&Entry { about: Some(of_stranger), ledger, ..entry_305("b3") }).await.expect("recorded");
    let found = async |first: &str, last: &str| -> Vec<String> {
        let found = two.support(&gemeente(), day(first), day(last)).await.expect("read");
        let told = |one: &Support| {
            let mut codes: Vec<&str> = one.assigned.iter().map(|one| one.code.as_str()).collect();
            codes.dedup();
            format!("{} {}", one.einddatum.map_or("-".to_owned(), |day| day.to_string()), codes.join(","))
        };
        let mut told: Vec<String> = found.iter().map(told).collect();
        told.sort();
        told
    };
    let (running, stopped, goes_on) = ("- ", "2026-02-28 01A03,01A04,01A03", "2026-04-30 01A03,01A04,01A03");
    assert_eq!(found("2026-02-01", "2026-02-01").await, [running, stopped, goes_on]);
    assert_eq!(found("2026-03-01", "2026-03-31").await, [running, goes_on]);
    assert_eq!(found("2026-04-30", "2026-04-30").await, [running, goes_on], "on the toewijzing that took over");
    assert_eq!(found("2026-05-01", "2026-05-31").await, [running], "of another aanbieder, without a toewijzing");
    assert_eq!(found("2026-01-01", "2026-01-31").await, [""; 0], "before it began");
    let elsewhere = two.support(&Partij::Gemeente("0384".into()), day("2026-02-01"), day("2026-02-01")).await;
    assert!(elsewhere.expect("read").is_empty());
}
