//! One declaratie in several berichten: whole clients where they fit, nothing lost, nothing twice, no envelope too large.

use std::cell::RefCell;
use std::collections::BTreeSet;

use iwmo_gateway::domain::{Bericht, Inhoud, Partij};
use iwmo_gateway::exchange::LocalParties;
use iwmo_gateway::exchange::declare::{Asked, Declared, NotMade, Proof, declare, prove};
use iwmo_gateway::exchange::parties::LocalParty;
use iwmo_gateway::store::{Lease, Outcome, Room};
use iwmo_gateway::xml;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::asked;
use crate::maker::{toewijzing, wmo301};
use crate::stage::Stage;
use crate::world::BSN;

const HEADING: &str = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;ProductCode;Eenheid\n";

/// The Bsns that satisfy the elfproef, from 900000000 on.
pub(super) fn bsns() -> impl Iterator<Item = String> {
    (90_000_000_u32..).filter_map(|first| {
        let digits: Vec<u32> = first.to_string().chars().filter_map(|digit| digit.to_digit(10)).collect();
        let sum: u32 = digits.iter().zip((2..=9).rev()).map(|(digit, weight)| digit * weight).sum();
        (sum % 11 < 10).then(|| format!("{first}{}", sum % 11))
    })
}

/// The aanbieder alone, with clients 0, 1, … who have toewijzing 700000, 700001, … each, open but for the categorie.
async fn stage(clients: usize, max_bytes: usize) -> Stage {
    let mut stage = Stage::new().await;
    for (nummer, bsn) in (700_000..).zip(bsns().take(clients)) {
        let product = json!({"Product": {"Categorie": "02"}, "Omvang": null, "Budget": 99_999_999});
        let bytes = wmo301(&format!("T{nummer}"), "2026-03-02", &[toewijzing(nummer, product)]);
        let bytes = String::from_utf8(bytes).expect("text").replace(BSN, &bsn).into_bytes();
        assert_eq!(stage.take(bytes).await.verdict, "accepted");
    }
    let aanbieder: Partij = asked("1", &format!("{HEADING}{}", row(0, 3, 1))).aanbieder;
    stage.gateway.parties = LocalParties::new([(
        aanbieder,
        LocalParty { naam: String::new(), answers_itself: false, btw_id_nummer: None },
    )]);
    stage.gateway.envelopes.max_bytes = max_bytes;
    stage.at("2027-01-15T09:00:00+01:00");
    stage
}

/// One piece at 25 euros of the product with this number, delivered to this client in this month of 2026.
fn row(client: usize, month: u32, product: usize) -> String {
    let first = if month == 3 { 3 } else { 1 };
    let last = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    let nummer = 700_000 + client;
    format!("{nummer};2026-{month:02}-{first:02};2026-{month:02}-{last};1;2500;02{product:03};82\n")
}

/// What is asked about December 2026.
fn of_december(nummer: &str, rows: &[String]) -> Asked {
    let periode = iwmo_gateway::domain::berichten::periode::from_text("2026-12").expect("a month");
    Asked { periode, ..asked(nummer, &format!("{HEADING}{}", rows.concat())) }
}

async fn proofs(stage: &Stage, asked: &Asked) -> Vec<Proof> {
    prove(asked, &stage.gateway).await.unwrap_or_else(|why| panic!("{why:?}"))
}

/// Of each client in a bericht, how many lines there are; and the names of all lines.
fn content(bytes: &[u8]) -> (Vec<(String, usize)>, Vec<String>) {
    let Ok(Bericht::Heen(heen)) = xml::read(bytes) else { panic!("not a 323") };
    let Inhoud::Declaratie(declaratie) = &heen.inhoud else { panic!("not a 323") };
    let lines = || declaratie.clienten.iter().flat_map(|client| &client.prestaties);
    let total: i128 = lines().map(|line| line.ingediend_bedrag.signed()).sum();
    assert_eq!(declaratie.totaal_ingediend_bedrag.signed(), total);
    assert_eq!(declaratie.declaratie_nummer, heen.header.bericht_identificatie.identificatie.to_string());
    let clients = declaratie.clienten.iter();
    (
        clients.map(|client| (client.bsn.digits().to_owned(), client.prestaties.len())).collect(),
        lines().map(|line| line.product_referentie.referentie_nummer.to_string()).collect(),
    )
}

/// How large the envelope around so many bytes may become.
pub(super) fn envelope(payload: usize) -> usize {
    payload.div_ceil(3) * 4 + 4096
}

#[tokio::test]
async fn clients_stay_together_and_no_envelope_is_too_large_or_needlessly_small() {
    const LIMIT: usize = 24_000;
    let stage = stage(6, LIMIT).await;
    let rows: Vec<String> = (0..6).flat_map(|client| (3..=8).map(move |month| row(client, month, client))).collect();
    let asked = of_december("2026", &rows);
    let declared = declare(&asked, false, &stage.gateway).await.unwrap_or_else(|why| panic!("{why:?}"));
    let Declared { is_new: true, parts } = declared else { panic!("taken in before") };
    let told: Vec<_> =
        parts.iter().map(|part| (part.nummer.as_str(), part.client_count, part.line_count, part.ingediend)).collect();
    assert_eq!(told, [("2026D1", 2, 12, 30_000), ("2026D2", 2, 12, 30_000), ("2026D3", 2, 12, 30_000)]);
    for part in &parts {
        let receipt = part.receipt.as_ref().expect("taken in");
        assert_eq!((receipt.verdict, receipt.sent_to[0].via.as_str()), (Outcome::Accepted, "ggk"));
    }

    let now = stage.gateway.clock.now();
    let lease = Lease { worker: "test".to_owned(), until: now };
    let parcels = stage.store().claim_due(now, &lease, Room::of(10, 10)).await.expect("parcels");
    let sizes: Vec<usize> = parcels.iter().map(|parcel| parcel.envelope.len()).collect();
    assert_eq!(sizes.len(), 3);
    assert!(sizes.iter().all(|size| *size <= LIMIT), "{sizes:?}");

    let proofs = proofs(&stage, &asked).await;
    let of_a_client = proofs[0].bytes.len() / 2;
    for proof in &proofs {
        assert!(
            envelope(proof.bytes.len()) <= LIMIT && envelope(proof.bytes.len() + of_a_client) > LIMIT,
            "room for more"
        );
        assert!(proof.report.receipt.is_some(), "asked again: taken in before");
    }
    let again = declare(&asked, false, &stage.gateway).await.unwrap_or_else(|why| panic!("{why:?}"));
    assert!(!again.is_new);
}

#[tokio::test]
async fn a_client_too_large_for_one_bericht_is_divided_and_shares_with_those_before() {
    let stage = stage(2, 20_000).await;
    let rows: Vec<String> = [row(0, 3, 1)].into_iter().chain((0..30).map(|product| row(1, 4, product))).collect();
    let parts: Vec<_> =
        proofs(&stage, &of_december("2026", &rows)).await.iter().map(|proof| content(&proof.bytes).0).collect();
    let [first, second]: [String; 2] = bsns().take(2).collect::<Vec<_>>().try_into().expect("two");
    assert_eq!(parts[0][0], (first, 1));
    let of_second: Vec<usize> =
        parts.iter().map(|part| part.last().filter(|(bsn, _)| *bsn == second).map_or(0, |(_, lines)| *lines)).collect();
    assert!(of_second[0] > 8 && of_second.len() == 3 && of_second.iter().sum::<usize>() == 30, "{of_second:?}");
}

#[tokio::test]
async fn what_one_part_declares_counts_for_the_next() {
    let stage = stage(1, 14_000).await;
    let rows: Vec<String> = (0..20).map(|product| row(0, 4, product).replace(";1;2500;", ";2000;2500;")).collect();
    let proofs = proofs(&stage, &of_december("2026", &rows)).await;
    assert!(proofs.len() > 2, "{}", proofs.len());
    let budget =
        |proof: &Proof| proof.report.findings.iter().filter(|(_, one)| one.regel.as_deref() == Some("TR369")).count();
    assert_eq!(proofs.iter().map(budget).sum::<usize>(), 1, "twenty times 50 000 euros on a budget of one cent less");
    assert_eq!(budget(proofs.last().expect("a part")), 1);
}

#[tokio::test]
async fn what_cannot_be_divided_is_said() {
    let rows: Vec<String> = (0..20).map(|product| row(0, 4, product)).collect();
    for (nummer, max_bytes, wanted) in
        [("202612000001", 20_000, "korter nummer"), ("202612", 5_000, "ggk.max_envelope_bytes")]
    {
        let stage = stage(1, max_bytes).await;
        let Err(NotMade::Rows(problems)) = prove(&of_december(nummer, &rows), &stage.gateway).await else {
            panic!("{nummer} was divided")
        };
        assert!(problems[0].text.contains(wanted), "{problems:?}");
    }
}

#[test]
fn every_row_is_in_one_part_and_the_parts_add_up() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stage = RefCell::new(runtime.block_on(stage(4, 0)));
    let rows = prop::collection::vec((0_usize..4, 3_u32..=12, 0_usize..50, 1_u32..9_999), 1..40);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(48));
    let outcome = runner.run(&(rows, 9_000_usize..60_000), |(rows, max_bytes)| {
        let table: Vec<String> = rows
            .iter()
            .map(|(client, month, product, volume)| {
                row(*client, *month, *product).replace(";1;2500;", &format!(";{volume};2500;"))
            })
            .collect();
        stage.borrow_mut().gateway.envelopes.max_bytes = max_bytes;
        let proofs = runtime.block_on(proofs(&stage.borrow(), &of_december("2026", &table)));
        let wanted: i64 = rows.iter().map(|(.., volume)| 2500 * i64::from(*volume)).sum();
        prop_assert_eq!(proofs.iter().map(|proof| proof.report.ingediend).sum::<i64>(), wanted);
        let names: Vec<String> = proofs.iter().flat_map(|proof| content(&proof.bytes).1).collect();
        let once: BTreeSet<String> = (1..=rows.len()).map(|nr| format!("2026-{nr}")).collect();
        prop_assert_eq!((names.len(), names.into_iter().collect::<BTreeSet<_>>()), (rows.len(), once));
        prop_assert!(proofs.iter().all(|proof| envelope(proof.bytes.len()) <= max_bytes));
        Ok(())
    });
    outcome.expect("holds");
}

/// 18.7 MB is what fits under the 25 MB of the GGK.
#[tokio::test]
#[ignore = "half a minute of a processor: cargo test --test it -- --ignored near_the_size"]
async fn near_the_size_of_the_network_every_envelope_stays_below_it() {
    const LIMIT: usize = 25_000_000;
    let stage = stage(460, LIMIT).await;
    let products = || (0..5).flat_map(|product| (3..=12).map(move |month| (month, product)));
    let rows: Vec<String> =
        (0..460).flat_map(|client| products().map(move |(month, product)| row(client, month, product))).collect();
    let asked = of_december("2026", &rows);
    let declared = declare(&asked, false, &stage.gateway).await.unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(declared.parts.iter().map(|part| part.line_count).sum::<usize>(), rows.len());
    let now = stage.gateway.clock.now();
    let lease = Lease { worker: "test".to_owned(), until: now };
    let parcels = stage.store().claim_due(now, &lease, Room::of(10, 10)).await.expect("parcels");
    let sizes: Vec<usize> = parcels.iter().map(|parcel| parcel.envelope.len()).collect();
    // A client takes some 67 000 bytes of an envelope.
    assert!(sizes.len() == 2 && sizes[0] > LIMIT - 80_000 && sizes.iter().all(|size| *size <= LIMIT), "{sizes:?}");
}
