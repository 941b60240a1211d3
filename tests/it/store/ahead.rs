//! A large bericht is written in several transactions, and is there whole or not at all.

use std::sync::Arc;

use iwmo_gateway::domain::berichten::declaratie::{
    BedragMetDC, GeslotenPeriode, Prestatie, Referentie, TotaalBedragMetDC,
};
use iwmo_gateway::domain::berichten::klasse::RetourCodes;
use iwmo_gateway::domain::berichten::waarde::{DebetCredit, ToewijzingNummer};
use iwmo_gateway::domain::facts::history::{PrestatieFact, Subject};
use iwmo_gateway::store::{Entry, LedgerTable, NewDeclaratie, NewPrestatie, Place, Store, StoreError};

use super::World;
use super::data::{BSN, about, at, day, entry_at, gemeente, value};

/// As many lines, and subjects, as take three transactions each.
const MANY: i64 = 1_200;

/// A bericht of two and a half megabytes with a declaratie of many lines, each on a toewijzing of its own.
fn large(id: &str, revision: i64) -> Entry {
    let mut entry = entry_at(id, revision);
    entry.bericht.bytes = id.bytes().cycle().take(2_500_000).collect::<Vec<u8>>().into();
    let mut about = about(revision);
    about.revisions.extend((0..MANY).map(|nummer| (Subject::Toewijzing(ToewijzingNummer(nummer)), revision)));
    entry.about = Some(about);
    entry.ledger.declaratie = Some(Arc::new(declaratie(id, (0..MANY).map(|nummer| line(id, nummer)).collect())));
    entry
}

/// A declaratie of these lines that counts.
pub fn declaratie(id: &str, prestaties: Vec<NewPrestatie>) -> NewDeclaratie {
    NewDeclaratie {
        declaratie_nummer: id.to_owned(),
        declaratie_periode: march(),
        totaal_ingediend_bedrag: TotaalBedragMetDC::of(prestaties.len() as i128),
        xsd_versie: None,
        is_factuur: false,
        begunstigde: "12345678".to_owned(),
        void: false,
        prestaties,
    }
}

fn march() -> GeslotenPeriode {
    GeslotenPeriode { begindatum: day("2026-03-01"), einddatum: day("2026-03-31") }
}

pub fn line(id: &str, nummer: i64) -> NewPrestatie {
    let prestatie = Prestatie {
        product_referentie: Referentie {
            referentie_nummer: value(&format!("{id}-{nummer}")),
            vorig_referentie_nummer: None,
        },
        toewijzing_nummer: Some(ToewijzingNummer(nummer)),
        product_categorie: value("01"),
        product_code: value("01A03"),
        product_periode: march(),
        geleverd_volume: 1,
        eenheid: value("04"),
        product_tarief: None,
        ingediend_bedrag: BedragMetDC { bedrag: 1, debet_credit: DebetCredit::Debet },
        retour_codes: RetourCodes::default(),
    };
    NewPrestatie {
        place: Place { client: 1, in_client: u32::try_from(nummer + 1).expect("few") },
        fact: PrestatieFact { bsn: value(BSN), prestatie, toegekend: Some(1) },
        calculations: Box::default(),
    }
}

/// How many lines the ledger shows.
async fn lines(store: &dyn Store) -> usize {
    store.ledger_rows(LedgerTable::Prestatie, None, 10_000).await.expect("read").len()
}

/// How many rows there are of berichten that are not there.
async fn loose(world: &World) -> i64 {
    const LOOSE: &str = "SELECT (SELECT COUNT(*) FROM prestatie WHERE bericht_id NOT IN (SELECT id FROM bericht))
        + (SELECT COUNT(*) FROM payload WHERE bericht_id NOT IN (SELECT id FROM bericht))
        + (SELECT COUNT(*) FROM about WHERE bericht_id NOT IN (SELECT id FROM bericht))
        + (SELECT COUNT(*) FROM ahead)";
    world.number(LOOSE).await
}

pub async fn a_large_bericht_is_there_whole_or_not_at_all(world: World) {
    let first = large("b1", 0);
    world.one.record(&first).await.expect("all is new");
    assert_eq!(world.two.payload("b1", None).await.expect("read").as_deref(), Some(first.bericht.bytes.as_ref()));
    assert_eq!((lines(&*world.two).await, loose(&world).await), (1_200, 0));
    let of_b1 = world.number("SELECT COUNT(*) FROM about WHERE bericht_id = 'b1'").await;
    assert_eq!(of_b1, MANY + 1, "each subject once");

    let late = world.two.record(&large("b2", 0)).await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    assert_eq!((lines(&*world.one).await, loose(&world).await), (1_200, 0), "nothing of it remained");
    world.two.record(&large("b2", 1)).await.expect("judged anew");
    assert_eq!((lines(&*world.one).await, loose(&world).await), (2_400, 0));
}

/// One subject of many that moved on is enough.
pub async fn one_stale_subject_of_many(world: World) {
    world.one.record(&large("b1", 0)).await.expect("all is new");
    let mut entry = large("b2", 1);
    entry.about.as_mut().expect("there").revisions[777].1 = 2;
    let late = world.one.record(&entry).await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    let moved = world.number("SELECT COUNT(*) FROM revision WHERE revision <> 1").await;
    assert_eq!((moved, loose(&world).await), (0, 0));
}

/// The process ends before the last transaction of b1.
pub async fn what_was_abandoned_is_not_seen_and_taken_away(world: World) {
    world.one.record(&large("b1", 0)).await.expect("all is new");
    let orphan = ["prestatie", "payload", "about"]
        .map(|table| format!("UPDATE {table} SET bericht_id = 'gone' WHERE bericht_id = 'b1';"))
        .concat();
    world.tamper(&orphan).await;
    world.tamper("INSERT INTO ahead (bericht_id, since) VALUES ('gone', '2026-03-02T09:00:00+00:00')").await;
    assert_eq!(lines(&*world.one).await, 0);
    let view = world.one.toewijzing(&gemeente(), 7, None).await.expect("read");
    assert!(view.is_none_or(|view| view.prestaties.is_empty()));

    let before = loose(&world).await;
    world.one.take_away_abandoned(at("2026-03-02T09:00:00Z")).await.expect("done");
    assert_eq!(loose(&world).await, before, "somebody may still be writing it");
    world.one.take_away_abandoned(at("2026-03-03T09:00:00Z")).await.expect("done");
    assert_eq!(loose(&world).await, 0);
}
