//! A declaratie is read as its totals and as pages of its lines.

use std::borrow::Cow;
use std::sync::Arc;

use chrono::Datelike;
use iwmo_gateway::domain::berichten::waarde::{DebetCredit, ToewijzingNummer};
use iwmo_gateway::domain::deadlines::kind::DeadlineKind;
use iwmo_gateway::domain::finding::{Finding, Level, Severity};
use iwmo_gateway::domain::{Berichtsoort, Partij};
use iwmo_gateway::store::{
    About, Answering, Closing, DeadlineState, DeclaratieView, Effect, Ends, Entry, LedgerChange, LineQuery, LineSums,
    LineView, NewBericht, NewDeadline, NewDeclaratie, NewPrestatie, Of, Place, Returned, Store,
};

use super::World;
use super::ahead::{declaratie, line};
use super::data::{
    BSN, aanbieder, about, day, entry, entry_305, entry_at, gemeente, morning, new_bericht, new_toewijzing, retour,
    retour_deadline, stranger, value,
};

/// More than one transaction writes, so that they are written ahead of their declaratie.
const MANY: i64 = 300;

/// More than one statement takes.
const RETURNED: i64 = 3_800;

/// The nth of [`MANY`] lines: three for each Client, all of one Bsn; every third is rejected, and every fifth a credit.
fn nth(nr: i64) -> NewPrestatie {
    let mut new = line("R", nr);
    let nr = u32::try_from(nr).expect("few");
    new.place = Place { client: nr / 3 + 1, in_client: nr % 3 + 1 };
    new.fact.toegekend = (nr % 3 != 1).then_some(10 + nr);
    let prestatie = &mut new.fact.prestatie;
    prestatie.toewijzing_nummer = Some(ToewijzingNummer(if nr % 2 == 0 { 7 } else { 8 }));
    if nr % 5 == 0 {
        prestatie.ingediend_bedrag.debet_credit = DebetCredit::Credit;
        prestatie.product_referentie.vorig_referentie_nummer = Some(Box::new(value(&format!("V{nr}"))));
    }
    new
}

async fn record(store: &dyn Store, id: &str, new: NewDeclaratie, findings: Vec<Finding>) {
    let mut entry = entry_at(id, 0);
    entry.about.as_mut().expect("there").revisions = about(0).revisions.split_off(1);
    entry.ledger = LedgerChange { declaratie: Some(Arc::new(new)), ..LedgerChange::default() };
    entry.bericht.receipt.findings = findings;
    store.record(&entry).await.expect("recorded");
}

/// All lines that are asked for, in pages of seven.
async fn pages(store: &dyn Store, mut query: LineQuery) -> Vec<LineView> {
    let mut all = Vec::new();
    loop {
        let page = store.declaratie_lines("b1", Some(&gemeente()), query, 7).await.expect("read");
        assert!(page.len() <= 7);
        let Some(last) = page.last() else { return all };
        query.after = last.line;
        all.extend(page);
    }
}

fn numbers(lines: &[LineView]) -> Vec<i64> {
    lines.iter().map(|line| i64::try_from(line.line).expect("few")).collect()
}

async fn view(store: &dyn Store, id: &str) -> DeclaratieView {
    store.declaratie(id, Some(&aanbieder())).await.expect("read").expect("there")
}

pub async fn pages_of_lines_are_all_lines_and_totals_their_sum(World { one, two, raw: _raw }: World) {
    record(one.as_ref(), "b1", declaratie("b1", (0..MANY).map(nth).collect()), Vec::new()).await;
    record(one.as_ref(), "b2", declaratie("b2", vec![line("S", 7), line("S", 7)]), Vec::new()).await;
    let all = pages(two.as_ref(), LineQuery::default()).await;
    assert_eq!(numbers(&all), (1..=MANY).collect::<Vec<_>>(), "each once, in order, and none of another declaratie");
    for (nr, line) in (0..).zip(&all) {
        let new = nth(nr);
        let names = [&line.fact, &new.fact].map(|fact| fact.prestatie.product_referentie.referentie_nummer.to_string());
        assert_eq!((line.place, &names[0], line.fact.toegekend), (new.place, &names[1], new.fact.toegekend));
    }

    let sum = |lines: &[LineView]| -> i128 {
        let signed = lines.iter().map(|line| {
            let sign = line.fact.prestatie.ingediend_bedrag.debet_credit.sign();
            sign * i128::from(line.fact.toegekend.unwrap_or(0))
        });
        signed.sum()
    };
    let shown = view(two.as_ref(), "b1").await;
    let payable: i64 = all.iter().map(|line| line.betaalbaar).sum();
    assert_eq!((shown.line_count, shown.granted_count), (300, 200));
    assert_eq!((i128::from(shown.toegekend), shown.betaalbaar), (sum(&all), payable));
    assert!(shown.toegekend != 0 && shown.toewijzing_nummer.is_none(), "on two toewijzingen");
    assert_eq!(view(two.as_ref(), "b2").await.toewijzing_nummer, Some(ToewijzingNummer(7)));

    for granted in [true, false] {
        for nummer in [None, Some(7), Some(8)] {
            let query = LineQuery { granted: Some(granted), toewijzing_nummer: nummer, ..LineQuery::default() };
            let is_wanted = |line: &&LineView| {
                let own = line.fact.prestatie.toewijzing_nummer.map(|nummer| nummer.0);
                line.fact.toegekend.is_some() == granted && nummer.is_none_or(|nummer| own == Some(nummer))
            };
            let wanted: Vec<LineView> = all.iter().filter(is_wanted).cloned().collect();
            let found = pages(two.as_ref(), query).await;
            assert_eq!(numbers(&found), numbers(&wanted), "{query:?}");
            assert!(!found.is_empty(), "{query:?}");
        }
    }
}

pub async fn lines_are_for_their_parties_and_there_with_their_declaratie(world: World) {
    let store = world.one.as_ref();
    record(store, "b1", declaratie("b1", (0..3).map(nth).collect()), vec![finding("/Bericht/Header")]).await;
    let found = async |partij: Option<Partij>| {
        let lines = store.declaratie_lines("b1", partij.as_ref(), LineQuery::default(), 9).await.expect("read");
        let findings = store.declaratie_findings("b1", partij.as_ref(), None).await.expect("read");
        (lines.len(), findings.len())
    };
    assert_eq!(found(None).await, (3, 1));
    assert_eq!(found(Some(gemeente())).await, (3, 1));
    assert_eq!(found(Some(aanbieder())).await, (3, 1));
    assert_eq!(found(Some(stranger())).await, (0, 0));
    world.tamper("UPDATE prestatie SET bericht_id = 'ahead' WHERE bericht_id = 'b1'").await;
    let ahead = store.declaratie_lines("ahead", None, LineQuery::default(), 9).await.expect("read");
    assert_eq!(numbers(&ahead), [0; 0]);
    let left = view(store, "b1").await;
    assert_eq!((left.line_count, left.toegekend, left.betaalbaar, left.toewijzing_nummer), (0, 0, 0, None));
}

fn finding(path: &str) -> Finding {
    Finding {
        level: Level::History,
        severity: Severity::Error,
        regel: Some("TR321".into()),
        retour_code: None,
        klasse: None,
        path: path.parse().expect("a path"),
        position: None,
        text: Cow::default(),
    }
}

pub async fn findings_are_those_of_the_lines_asked_for(World { one, two, raw: _raw }: World) {
    let client = |nr| format!("/Bericht/Declaratie/Clienten/Client[{nr}]");
    let paths = [
        "/Bericht/Declaratie/DeclaratieNummer".to_owned(),
        client(1),
        format!("{}/Prestaties/Prestatie[2]/Eenheid", client(1)),
        format!("{}/Prestaties/Prestatie[1]", client(2)),
        format!("{}/Prestaties/Prestatie[2]", client(2)),
    ];
    let findings = paths.iter().map(|path| finding(path)).collect();
    record(one.as_ref(), "b1", declaratie("b1", (0..6).map(nth).collect()), findings).await;
    let found = async |lines: Option<&[Place]>| -> Vec<String> {
        let found = two.declaratie_findings("b1", None, lines).await.expect("read");
        found.into_iter().map(|finding| finding.path.to_string()).collect()
    };
    assert_eq!(found(None).await, paths);
    assert_eq!(found(Some(&[])).await, [""; 0]);
    assert_eq!(found(Some(&[Place { client: 1, in_client: 1 }])).await, paths[1..2]);
    let two_lines = [Place { client: 2, in_client: 2 }, Place { client: 1, in_client: 2 }];
    assert_eq!(found(Some(&two_lines)).await, [1, 2, 4].map(|nr| paths[nr].clone()));
}

/// Another client.
const OTHER_BSN: &str = "999940004";

/// The nth of [`RETURNED`] lines: two clients have the same references, and one of them a credit under each as well.
fn alike(nr: i64) -> NewPrestatie {
    let mut new = line("R", nr / 3);
    new.fact.bsn = value(if nr % 3 == 0 { OTHER_BSN } else { BSN });
    let prestatie = &mut new.fact.prestatie;
    prestatie.ingediend_bedrag.bedrag = 100;
    prestatie.product_referentie.vorig_referentie_nummer = (nr % 3 == 2).then(|| Box::new(value(&format!("V{nr}"))));
    new
}

/// Whether an antwoord returns the nth line: all but every tenth.
fn is_returned(nr: i64) -> bool {
    nr % 10 != 7
}

/// What it grants of the nth line: most are rejected, some granted in part, and in full what is not returned.
fn answered(nr: i64) -> Option<u32> {
    if is_returned(nr) { (nr % 4 == 1).then(|| u32::try_from(nr % 100).expect("few")) } else { Some(100) }
}

pub async fn an_antwoord_grants_of_each_line_what_it_says(World { one, two, raw: _raw }: World) {
    let store = one.as_ref();
    record(store, "b1", declaratie("b1", (0..RETURNED).map(alike).collect()), Vec::new()).await;
    record(store, "b2", declaratie("b2", (0..3).map(alike).collect()), Vec::new()).await;
    let returned = |nr| {
        let fact = alike(nr).fact;
        Returned { bsn: fact.bsn, referentie: fact.prestatie.product_referentie, toegekend: answered(nr) }
    };
    let bericht = retour(Berichtsoort::Wmo306, "b1", "a1");
    let kept = NewBericht { heenbericht_id: Some("b1".to_owned()), ..new_bericht("a1", &bericht) };
    let effect = Effect::Returns((0..RETURNED).rev().filter(|nr| is_returned(*nr)).map(returned).collect());
    let answers = Some(Answering { heenbericht_id: "b1".to_owned(), effect });
    store.record(&Entry { answers, ..entry(kept) }).await.expect("recorded");

    let granted = async |id: &str| -> Vec<Option<u32>> {
        let lines = two.declaratie_lines(id, None, LineQuery::default(), u32::MAX).await.expect("read");
        lines.into_iter().map(|line| line.fact.toegekend).collect()
    };
    let wanted: Vec<_> = (0..RETURNED).map(answered).collect();
    assert_eq!(granted("b1").await, wanted);
    assert_eq!(granted("b2").await, [Some(1); 3], "lines of another declaratie with the same references");
}

/// Records this of a client for this aanbieder.
async fn put(store: &dyn Store, id: &str, aanbieder: Partij, ledger: LedgerChange) {
    let about = Some(About { aanbieder, revisions: Vec::new(), ..about(0) });
    store.record(&Entry { about, ledger, ..entry_305(id) }).await.expect("recorded");
}

fn of_lines(id: &str, void: bool, prestaties: Vec<NewPrestatie>) -> LedgerChange {
    let declaratie = Some(Arc::new(NewDeclaratie { void, ..declaratie(id, prestaties) }));
    LedgerChange { declaratie, ..LedgerChange::default() }
}

/// A line about the period that begins on this day of March, granted.
fn on_day(nr: i64, nummer: Option<i64>) -> NewPrestatie {
    let mut new = line("L", nr);
    new.fact.prestatie.toewijzing_nummer = nummer.map(ToewijzingNummer);
    new.fact.prestatie.product_periode.begindatum = day(&format!("2026-03-{nr:02}"));
    new
}

pub async fn what_others_were_granted_is_seen_without_a_start(World { one, two, raw: _raw }: World) {
    let versions = ["2026-01-10", "2026-01-20"].map(|day| new_toewijzing(7, day));
    put(&*one, "b1", stranger(), LedgerChange { toewijzingen: versions.into(), ..LedgerChange::default() }).await;
    let (mut rejected, mut credit, mut of_other) = (on_day(3, Some(7)), on_day(5, Some(7)), on_day(6, None));
    rejected.fact.toegekend = None;
    credit.fact.prestatie.ingediend_bedrag.debet_credit = DebetCredit::Credit;
    credit.fact.prestatie.product_referentie.vorig_referentie_nummer = Some(Box::new(value("L-4")));
    of_other.fact.bsn = value(OTHER_BSN);
    let lines = vec![on_day(1, Some(7)), on_day(2, None), rejected, on_day(4, Some(7)), credit, of_other];
    put(&*one, "b2", stranger(), of_lines("b2", false, lines)).await;
    put(&*one, "b3", stranger(), of_lines("b3", true, vec![on_day(8, Some(7)), on_day(9, None)])).await;
    put(&*one, "b4", aanbieder(), of_lines("b4", false, vec![on_day(10, None)])).await;
    let granted = async |gemeente: &Partij, aanbieder: &Partij| -> Vec<u32> {
        let found = two.elsewhere(gemeente, aanbieder, &[value(BSN)]).await.expect("read");
        let mut days: Vec<u32> = found.values().flat_map(|one| &one.granted).map(|one| one.begindatum.day()).collect();
        days.sort_unstable();
        days
    };
    assert_eq!(granted(&gemeente(), &aanbieder()).await, [1, 2], "what is rejected, credited or void is not granted");
    assert_eq!(granted(&gemeente(), &stranger()).await, [10]);
    assert_eq!(granted(&Partij::Gemeente("0384".into()), &aanbieder()).await, [0; 0]);
}

/// A bericht of this aanbieder that ends a deadline.
async fn ends(store: &dyn Store, id: &str, aanbieder: Partij, closing: Closing) {
    let about = Some(About { aanbieder, revisions: Vec::new(), ..about(0) });
    store.record(&Entry { about, closes: vec![closing], ..entry_305(id) }).await.expect("recorded");
}

pub async fn a_line_that_comes_again_ends_the_deadline_on_the_rejected_one(World { one, two, raw: _raw }: World) {
    let mut rejected = on_day(3, Some(7));
    rejected.fact.toegekend = None;
    let of_kind =
        |kind, id: &str, subject: &str| NewDeadline { kind, subject: Some(subject.to_owned()), ..retour_deadline(id) };
    let correctie = of_kind(DeadlineKind::Correctie, "d1", "7 A 2026-03");
    let starts = ["d2", "d3"].map(|id| of_kind(DeadlineKind::StartNaToewijzing, id, id));
    let about = Some(About { revisions: Vec::new(), ..about(0) });
    let deadlines = [vec![correctie], starts.into()].concat();
    let ledger = of_lines("b1", false, vec![rejected, on_day(4, Some(7))]);
    one.record(&Entry { about, ledger, deadlines, ..entry_305("b1") }).await.expect("recorded");
    let of_line = |nummer, subject: &str| Closing {
        of: Of::LinesOn(ToewijzingNummer(nummer)),
        kind: DeadlineKind::Correctie,
        subject: Some(subject.to_owned()),
        ends: Ends::Answered,
    };
    let state = async |id: &str| two.deadline(id, None).await.expect("read").expect("there").state;
    for (id, aanbieder, closing, wanted) in [
        ("b2", stranger(), of_line(7, "7 A 2026-03"), DeadlineState::Open),
        ("b3", aanbieder(), of_line(8, "7 A 2026-03"), DeadlineState::Open),
        ("b4", aanbieder(), of_line(7, "7 A 2026-04"), DeadlineState::Open),
        ("b5", aanbieder(), of_line(7, "7 A 2026-03"), DeadlineState::Met),
    ] {
        ends(&*one, id, aanbieder, closing).await;
        assert_eq!(state("d1").await, wanted, "{id}");
    }
    for (id, subject, begun, wanted) in
        [("b6", "d2", "2026-03-05", DeadlineState::Met), ("b7", "d3", "2026-03-06", DeadlineState::Late)]
    {
        let of = Of::Bericht("b1".to_owned());
        let kind = DeadlineKind::StartNaToewijzing;
        let closing = Closing { of, kind, subject: Some(subject.to_owned()), ends: Ends::Happened(day(begun)) };
        ends(&*one, id, aanbieder(), closing).await;
        assert_eq!(state(subject).await, wanted, "it began on {begun}");
    }
}

pub async fn when_a_line_was_granted_is_known_once_its_antwoord_came(World { one, two, raw: _raw }: World) {
    let mut rejected = on_day(3, Some(7));
    rejected.fact.toegekend = None;
    put(&*one, "b1", aanbieder(), of_lines("b1", false, vec![on_day(1, Some(7)), on_day(2, Some(7)), rejected])).await;
    let granted = async |aanbieder: &Partij| {
        let found =
            two.granted_at(&gemeente(), aanbieder, &["L-1", "L-3", "L-9"].map(str::to_owned)).await.expect("read");
        found.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(granted(&aanbieder()).await, [], "nobody answered");
    let returned =
        Returned { bsn: value(BSN), referentie: on_day(3, None).fact.prestatie.product_referentie, toegekend: None };
    let bericht = retour(Berichtsoort::Wmo306, "b1", "a1");
    let kept = NewBericht { heenbericht_id: Some("b1".to_owned()), ..new_bericht("a1", &bericht) };
    let answers = Some(Answering { heenbericht_id: "b1".to_owned(), effect: Effect::Returns(vec![returned]) });
    one.record(&Entry { answers, ..entry(kept) }).await.expect("recorded");
    assert_eq!(granted(&aanbieder()).await, [("L-1".to_owned(), morning())]);
    assert_eq!(granted(&stranger()).await, [], "of another aanbieder");
}

pub async fn sums_say_what_each_rule_rejects_and_what_each_toewijzing_is_granted(World { one, two, raw: _raw }: World) {
    let client = |nr| format!("/Bericht/Declaratie/Clienten/Client[{nr}]");
    // The first client as a whole: three lines. Of the second one line, twice.
    let line = format!("{}/Prestaties/Prestatie[2]", client(2));
    let of_line = |path: &str| Finding { regel: Some("TR338".into()), ..finding(path) };
    let findings = vec![finding(&client(1)), of_line(&line), of_line(&format!("{line}/Eenheid"))];
    record(one.as_ref(), "b1", declaratie("b1", (0..6).map(nth).collect()), findings).await;
    let sums = two.line_sums("b1", Some(&aanbieder()), 9).await.expect("read");
    assert_eq!(sums.rules, [("TR321".to_owned(), 3), ("TR338".to_owned(), 1)]);
    let lines = pages(two.as_ref(), LineQuery::default()).await;
    for (rule, wanted) in [("TR321", &lines[..3]), ("TR338", &lines[4..5]), ("TR999", &[][..])] {
        let found = pages(two.as_ref(), LineQuery { rule: Some(rule), ..LineQuery::default() }).await;
        assert_eq!(numbers(&found), numbers(wanted), "{rule}");
    }
    for sum in &sums.toewijzingen {
        let own = LineQuery { toewijzing_nummer: sum.toewijzing_nummer, ..LineQuery::default() };
        let own = pages(two.as_ref(), own).await;
        let signed = |line: &LineView, amount: u32| {
            line.fact.prestatie.ingediend_bedrag.debet_credit.sign() * i128::from(amount)
        };
        let granted = |line: &&LineView| line.fact.toegekend.is_some();
        let bedrag: i128 = own.iter().map(|line| signed(line, line.fact.prestatie.ingediend_bedrag.bedrag)).sum();
        let toegekend: i128 = own.iter().map(|line| signed(line, line.fact.toegekend.unwrap_or(0))).sum();
        let volume: i128 = own.iter().map(|line| signed(line, line.fact.prestatie.geleverd_volume)).sum();
        let of_granted: i128 =
            own.iter().filter(granted).map(|line| signed(line, line.fact.prestatie.geleverd_volume)).sum();
        assert_eq!((sum.lines, sum.granted_lines), (own.len(), own.iter().filter(granted).count()));
        let told = [sum.bedrag, sum.toegekend, sum.volume, sum.granted_volume].map(i128::from);
        assert_eq!(told, [bedrag, toegekend, volume, of_granted], "{:?}", sum.toewijzing_nummer);
    }
    assert_eq!(sums.toewijzingen.len(), 2);
    let rejected: Vec<i64> = sums.toewijzingen.iter().map(|sum| sum.bedrag - sum.toegekend).collect();
    assert!(rejected.is_sorted_by(|one, next| one >= next), "{rejected:?}");
    assert_eq!(two.line_sums("b1", None, 1).await.expect("read").toewijzingen.len(), 1, "no more than is asked");
    let nothing = LineSums::default();
    assert_eq!(two.line_sums("b1", Some(&stranger()), 9).await.expect("read"), nothing, "of others nothing");
}
