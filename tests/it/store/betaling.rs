//! Batches of payments: nothing is paid twice, whoever asks at once.

use std::sync::Arc;

use iwmo_gateway::domain::berichten::declaratie;
use iwmo_gateway::domain::berichten::declaratie::Prestatie;
use iwmo_gateway::domain::berichten::klasse::RetourCodes;
use iwmo_gateway::domain::berichten::waarde::{DebetCredit, ToewijzingNummer};
use iwmo_gateway::domain::facts::history::PrestatieFact;
use iwmo_gateway::domain::money::betaling::{Kenmerk, MOST};
use iwmo_gateway::domain::{Bericht, Berichtsoort, Partij};
use iwmo_gateway::store::{
    About, Answering, BetalingAsked, BetalingView, Effect, Entry, LedgerChange, Made, NewBericht, NewBetaling,
    NewDeclaratie, NewPrestatie, Payment, Place, Reden, Returned, Store, StoreError, Withdrawal, Withdrawn,
};

use super::World;
use super::data::{BSN, about, day, entry, entry_305, gemeente, morning, new_bericht, retour, stranger, value};

/// How many declaraties are payable.
const MANY: usize = 6;

pub fn line(name: &str, vorig: Option<&str>, bedrag: u32) -> NewPrestatie {
    let periode = declaratie::GeslotenPeriode { begindatum: day("2026-02-01"), einddatum: day("2026-02-28") };
    let debet_credit = if vorig.is_some() { DebetCredit::Credit } else { DebetCredit::Debet };
    let prestatie = Prestatie {
        product_referentie: declaratie::Referentie {
            referentie_nummer: value(name),
            vorig_referentie_nummer: vorig.map(|vorig| Box::new(value(vorig))),
        },
        toewijzing_nummer: Some(ToewijzingNummer(7)),
        product_categorie: value("01"),
        product_code: value("01A03"),
        product_periode: periode,
        geleverd_volume: 1,
        eenheid: value("04"),
        product_tarief: Some(bedrag),
        ingediend_bedrag: declaratie::BedragMetDC { bedrag, debet_credit },
        retour_codes: RetourCodes::default(),
    };
    let fact = PrestatieFact { bsn: value(BSN), prestatie, toegekend: Some(bedrag) };
    NewPrestatie { place: Place { client: 1, in_client: 1 }, fact, calculations: Box::default() }
}

/// Records a declaratie with these lines, all granted.
pub async fn declare(store: &dyn Store, id: &str, prestaties: Vec<NewPrestatie>) {
    keep(store, entry_305(id), (about(0), id), prestaties).await;
}

/// Records this declaratie, without lines.
pub async fn declare_as(store: &dyn Store, id: &str, bericht: &Bericht) {
    let (gemeente, aanbieder) = bericht.header().pair();
    let about = About { gemeente: gemeente.clone(), aanbieder: aanbieder.clone(), ..about(0) };
    keep(store, entry(new_bericht(id, bericht)), (about, id), Vec::new()).await;
}

async fn keep(store: &dyn Store, entry: Entry, (about, nummer): (About, &str), prestaties: Vec<NewPrestatie>) {
    let declaratie = NewDeclaratie {
        declaratie_nummer: nummer.to_owned(),
        declaratie_periode: declaratie::GeslotenPeriode { begindatum: day("2026-02-01"), einddatum: day("2026-02-28") },
        totaal_ingediend_bedrag: declaratie::TotaalBedragMetDC::of(0),
        xsd_versie: None,
        is_factuur: false,
        begunstigde: "12345678".to_owned(),
        void: false,
        prestaties,
    };
    let ledger = LedgerChange { declaratie: Some(Arc::new(declaratie)), ..LedgerChange::default() };
    let about = Some(About { revisions: Vec::new(), ..about });
    store.record(&Entry { about, ledger, ..entry }).await.expect("recorded");
}

/// Answers it, with these lines returned.
async fn answer(store: &dyn Store, id: &str, returned: Vec<Returned>) {
    let answer_id = format!("a-{id}");
    let bericht = retour(Berichtsoort::Wmo306, id, &answer_id);
    let kept = NewBericht { heenbericht_id: Some(id.to_owned()), ..new_bericht(&answer_id, &bericht) };
    let answers = Some(Answering { heenbericht_id: id.to_owned(), effect: Effect::Returns(returned) });
    store.record(&Entry { answers, ..entry(kept) }).await.expect("recorded");
}

fn new(kenmerk: &str) -> NewBetaling {
    NewBetaling {
        gemeente: gemeente(),
        kenmerk: Kenmerk::from_text(kenmerk).expect("a name"),
        asked: BetalingAsked::default(),
        uitvoerdatum: day("2026-03-02"),
        at: morning(),
        by: "Anna".to_owned(),
    }
}

fn payment(day_of: &str, kenmerk: &str) -> Payment {
    Payment {
        gemeente: gemeente(),
        kenmerk: Kenmerk::from_text(kenmerk).expect("a name"),
        day: day(day_of),
        at: morning(),
        by: "Bram".to_owned(),
    }
}

fn withdrawal(kenmerk: &str, reason: &str) -> Withdrawal {
    let withdrawn = Withdrawn { at: morning(), by: "Carla".to_owned(), reason: reason.to_owned() };
    Withdrawal { gemeente: gemeente(), kenmerk: Kenmerk::from_text(kenmerk).expect("a name"), withdrawn }
}

async fn told(store: &dyn Store) -> Vec<String> {
    store.audit(0, 10).await.expect("read").into_iter().map(|one| one.what).collect()
}

fn ids(view: &BetalingView) -> Vec<(&str, i64)> {
    view.declaraties.iter().map(|one| (one.id.as_str(), one.bedrag)).collect()
}

/// Makes a batch as the story does: again when somebody else was first.
async fn make(store: &dyn Store, kenmerk: &str) -> Made {
    loop {
        match store.make_betaling(&new(kenmerk)).await {
            Err(StoreError::Stale) => {}
            other => return other.expect("a batch"),
        }
    }
}

pub async fn two_batches_at_once_pay_nothing_twice(world: World) {
    let (one, two) = (&world.one, &world.two);
    for nr in 0..MANY {
        let id = format!("b{nr}");
        declare(one.as_ref(), &id, vec![line(&format!("R{nr}"), None, 100)]).await;
        answer(one.as_ref(), &id, Vec::new()).await;
    }
    let (left, right) = tokio::join!(make(one.as_ref(), "left"), make(two.as_ref(), "right"));
    let made = [&left, &right].map(|batch| usize::from(matches!(batch, Made::New(_))));
    assert_eq!(made[0] + made[1], 1, "one took all: {left:?} {right:?}");
    let paid = world.number("SELECT COUNT(*) FROM betaalde_declaratie").await;
    assert_eq!(paid, i64::try_from(MANY).expect("few"));
    assert_eq!(world.number("SELECT CAST(SUM(bedrag) AS BIGINT) FROM betaalde_declaratie").await, 600);
}

pub async fn the_same_batch_asked_at_once_is_made_once(World { one, two, raw: _raw }: World) {
    declare(one.as_ref(), "b1", vec![line("R1", None, 100)]).await;
    answer(one.as_ref(), "b1", Vec::new()).await;
    let (left, right) = tokio::join!(make(one.as_ref(), "x"), make(two.as_ref(), "x"));
    let (Made::New(made), Made::There(there)) = (match (&left, &right) {
        (Made::New(_), _) => (&left, &right),
        _ => (&right, &left),
    }) else {
        panic!("made once, and there once: {left:?} {right:?}")
    };
    assert_eq!(made, there);
    assert_eq!(one.audit(0, 10).await.expect("read").len(), 1);
}

pub async fn a_credit_waits_for_the_answer_on_what_it_takes_back(World { one, two: _two, raw: _raw }: World) {
    let store = one.as_ref();
    declare(store, "b1", vec![line("R1", None, 100), line("R2", None, 40)]).await;
    declare(store, "b2", vec![line("C1", Some("R1"), 100), line("R3", None, 70)]).await;
    answer(store, "b2", Vec::new()).await;
    assert!(matches!(make(store, "a").await, Made::Nothing(left) if left.is_empty()));
    let rejected = Returned {
        bsn: value(BSN),
        referentie: line("R1", None, 100).fact.prestatie.product_referentie,
        toegekend: None,
    };
    answer(store, "b1", vec![rejected]).await;
    let Made::New(made) = make(store, "a").await else { panic!("payable now") };
    assert_eq!(ids(&made), [("b1", 40), ("b2", 70)], "of a rejected line nothing is taken back");
    assert_eq!(store.declaratie("b2", None).await.expect("read").expect("there").betaalbaar, 70);
}

pub async fn what_no_transfer_can_be_stays_unpaid(World { one, two: _two, raw: _raw }: World) {
    let store = one.as_ref();
    let mut lines: Vec<_> = (0..23).map(|nr| line(&format!("R{nr}"), None, u32::MAX)).collect();
    lines.push(line("R23", None, 1_215_752_214));
    declare(store, "b1", lines).await;
    answer(store, "b1", Vec::new()).await;
    declare(store, "b2", vec![line("R24", None, 1)]).await;
    answer(store, "b2", Vec::new()).await;
    let Made::Nothing(left_out) = make(store, "a").await else { panic!("a cent too much") };
    let told: Vec<_> = left_out.iter().map(|one| (one.bedrag, one.reden)).collect();
    assert_eq!(told, [(MOST + 1, Reden::MeerDanEenOverboeking)]);
    declare(store, "b3", vec![line("C24", Some("R24"), 1)]).await;
    answer(store, "b3", Vec::new()).await;
    let Made::New(made) = make(store, "a").await else { panic!("the most that one can be") };
    assert_eq!(ids(&made), [("b1", MOST), ("b2", 1), ("b3", -1)]);
}

pub async fn a_batch_is_of_its_gemeente_and_paid_once(World { one, two, raw: _raw }: World) {
    let store = one.as_ref();
    declare(store, "b1", vec![line("R1", None, 100)]).await;
    answer(store, "b1", Vec::new()).await;
    let of_nobody = NewBetaling { gemeente: Partij::Gemeente("0001".into()), ..new("x") };
    assert!(matches!(store.make_betaling(&of_nobody).await, Ok(Made::Nothing(_))));
    let Made::New(made) = make(store, "x").await else { panic!("payable") };
    assert_eq!((made.by.as_str(), made.betaald_op), ("Anna", None));
    assert_eq!(store.settle_betaling(&payment("2026-03-02", "y")).await.expect("read"), None);
    let (first, second) = (payment("2026-03-02", "x"), payment("2026-03-03", "x"));
    let (left, right) = tokio::join!(one.settle_betaling(&first), two.settle_betaling(&second));
    let days = [left, right].map(|done| done.expect("read").expect("there").betaald_op);
    assert!(days[0].is_some() && days[0] == days[1], "the first one stays: {days:?}");
    let told: Vec<_> =
        one.audit(0, 10).await.expect("read").into_iter().map(|one| (one.what, one.bericht_id)).collect();
    assert_eq!(told, [("betaling.made".to_owned(), None), ("betaling.paid".to_owned(), None)]);
    let claimed = store.vorderingen(Some(&gemeente()), None, None, 10).await.expect("read");
    assert_eq!(claimed.iter().map(|one| (one.claimed, one.paid, one.in_batch)).collect::<Vec<_>>(), [(100, 100, 0)]);
    assert_eq!(store.vorderingen(Some(&stranger()), None, None, 10).await.expect("read"), []);
}

pub async fn what_was_withdrawn_is_payable_again_in_another_batch(World { one, two, raw: _raw }: World) {
    let store = one.as_ref();
    declare(store, "b1", vec![line("R1", None, 100)]).await;
    answer(store, "b1", Vec::new()).await;
    assert_eq!(store.withdraw_betaling(&withdrawal("a", "niets")).await.expect("read"), None);
    let Made::New(made) = make(store, "a").await else { panic!("payable") };
    let (left, right) = (withdrawal("a", "links"), withdrawal("a", "rechts"));
    let (left, right) = tokio::join!(one.withdraw_betaling(&left), two.withdraw_betaling(&right));
    let (left, right) = (left.expect("read").expect("there"), right.expect("read").expect("there"));
    assert_eq!(left, right, "the first one stays");
    assert_eq!(BetalingView { withdrawn: None, ..left.clone() }, made, "what stood in it is to be seen");
    assert_eq!(told(store).await, ["betaling.made", "betaling.withdrawn"]);
    assert_eq!(store.declaratie("b1", None).await.expect("read").expect("there").betaling, None);
    let claimed = store.vorderingen(None, None, None, 10).await.expect("read");
    assert_eq!(claimed.iter().map(|one| (one.claimed, one.paid, one.in_batch)).collect::<Vec<_>>(), [(100, 0, 0)]);
    let other = withdrawal("a", "een ander");
    assert_eq!(
        store.withdraw_betaling(&other).await.expect("read").as_ref(),
        Some(&left),
        "once more, nothing changes"
    );
    assert!(matches!(make(store, "a").await, Made::There(there) if there == left), "the name is not used again");
    let Made::New(again) = make(store, "b").await else { panic!("payable again") };
    assert_eq!(ids(&again), [("b1", 100)]);
    let found = store.betalingen(None, None, 10).await.expect("read");
    assert_eq!(found.iter().map(|one| one.kenmerk.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    let after = format!("{}/b", gemeente().code());
    for (of, expected) in [(None, &["a"][..]), (Some(&gemeente()), &["a"]), (Some(&stranger()), &[])] {
        let next = store.betalingen(of, Some(&after), 10).await.expect("read");
        assert_eq!(next.iter().map(|one| one.kenmerk.as_str()).collect::<Vec<_>>(), expected);
    }
    let paid = store.settle_betaling(&payment("2026-03-02", "a")).await.expect("read");
    assert_eq!(paid, Some(left), "what was withdrawn is not paid");
}

pub async fn a_batch_is_paid_or_withdrawn_whoever_asks_at_once(World { one, two, raw: _raw }: World) {
    declare(one.as_ref(), "b1", vec![line("R1", None, 100)]).await;
    answer(one.as_ref(), "b1", Vec::new()).await;
    make(one.as_ref(), "a").await;
    let (payment, withdrawal) = (payment("2026-03-02", "a"), withdrawal("a", "te laat"));
    let (paid, withdrawn) = tokio::join!(one.settle_betaling(&payment), two.withdraw_betaling(&withdrawal));
    let (paid, withdrawn) = (paid.expect("read").expect("there"), withdrawn.expect("read").expect("there"));
    assert_eq!(paid, withdrawn);
    assert!(paid.betaald_op.is_some() != paid.withdrawn.is_some(), "{paid:?}");
    assert_eq!(told(one.as_ref()).await.len(), 2);
    let is_payable = matches!(make(one.as_ref(), "b").await, Made::New(_));
    assert_eq!(is_payable, paid.withdrawn.is_some());
}
