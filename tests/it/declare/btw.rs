//! VAT in a factuur: to the cent in each line and in the header, in a credit of it too, and told of nothing else.

use std::cell::{Cell, RefCell};

use iwmo_gateway::domain::berichten::declaratie::BedragMetDC;
use iwmo_gateway::domain::{Bericht, Inhoud};
use iwmo_gateway::exchange::declare::{Asked, prove};
use iwmo_gateway::exchange::parties::LocalParty;
use iwmo_gateway::exchange::{self, LocalParties};
use iwmo_gateway::standard;
use iwmo_gateway::xml;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::facturen::{FACTUUR, WMO301, declare, liable, xml_of};
use super::split::{bsns, envelope};
use super::{HEADING, MARCH, post_json, problems};
use crate::stage::Stage;
use crate::world::{AANBIEDER, BSN, GEMEENTE, World};

/// A factuur with VAT that other software made, in the name of the aanbieder.
const WITH_BTW: &str = include_str!("../../../fixtures/regels/CD055/goed-volledig.xml");

/// The BtwIDNummer in that factuur.
const OF_OTHER: &str = "NL999940089B01";
/// One that the settings have.
const OWN: &str = "NL001234567B02";

/// A contract by which no facturen are sent.
const DECLARATIES: &str = "wijze;declaratie\ncode;categorie;eenheid;tarief\n01A03;01;04;2500\n";

/// What a bericht tells of VAT.
#[derive(Debug, PartialEq)]
struct Btw {
    nummer: Option<String>,
    totaal: Option<i128>,
    /// Of each line: percentage, VAT and amount.
    lines: Vec<(Option<i64>, Option<i128>, i128)>,
}

impl Btw {
    fn of(nummer: &str, totaal: i128, lines: &[(i64, i128, i128)]) -> Self {
        let lines = lines.iter().map(|(percentage, btw, bedrag)| (Some(*percentage), Some(*btw), *bedrag));
        Self { nummer: Some(nummer.to_owned()), totaal: Some(totaal), lines: lines.collect() }
    }

    fn read(xml: &[u8]) -> Self {
        let Ok(Bericht::Heen(heen)) = xml::read(xml) else { panic!("not a 303") };
        let Inhoud::Factuur { header, clienten } = heen.inhoud else { panic!("not a 303") };
        let lines = clienten.iter().flat_map(|client| &client.prestaties).map(|line| {
            let bedragen = &line.ingediende_bedrag_prestatie;
            (bedragen.btw_percentage, bedragen.btw_bedrag.as_ref().map(BedragMetDC::signed), line.gevraagd().signed())
        });
        Self {
            nummer: header.identificatie.btw_id_nummer,
            totaal: header.bedragen.btw_totaal_bedrag.map(|totaal| totaal.signed()),
            lines: lines.collect(),
        }
    }
}

/// What the only bericht tells that is made of this table: nothing is found in it, and all of it is granted.
async fn made(world: &World, periode: &str, nummer: &str, table: impl Into<reqwest::Body>) -> Btw {
    let answer = declare(world, periode, nummer, table).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let parts = answer.body["berichten"].as_array().expect("berichten");
    let [part] = parts.as_slice() else { panic!("several berichten") };
    assert_eq!((&part["findings"], &part["receipt"]["findings"]), (&json!([]), &json!([])), "{part}");
    assert_eq!(part["receipt"]["retour"]["retourcodes"], json!(["8001"]), "{part}");
    Btw::read(xml_of(world, part).await.as_bytes())
}

/// Posts that factuur of other software, with these changes.
async fn post_with_btw(world: &World, changes: &[(&str, &str)]) {
    let bericht = changes.iter().fold(WITH_BTW.replace("700101", "800201"), |bericht, (from, to)| {
        assert!(bericht.contains(from), "{from}");
        bericht.replace(from, to)
    });
    let answer = world.post(AANBIEDER, bericht).await;
    assert_eq!(answer.body["verdict"], "accepted", "{}", answer.text);
}

#[tokio::test]
async fn a_credit_takes_back_the_vat_that_other_software_declared() {
    for (own, told) in [(None, OF_OTHER), (Some(OWN), OWN)] {
        let world = liable(None, own).await;
        post_with_btw(&world, &[]).await;
        world.at("2019-07-15T09:00:00+02:00");
        let credit = made(&world, "2019-06-17", "F2019002", "VorigReferentieNummer\nP1\n").await;
        assert_eq!(credit, Btw::of(told, -3_471, &[(2_100, -3_471, -20_000)]));
        world.stop().await;
    }
}

#[tokio::test]
async fn a_declaratie_tells_of_vat_only_what_a_credit_repeats() {
    let world = liable(Some(DECLARATIES), Some(OWN)).await;
    post_with_btw(&world, &[(">448<", ">416<"), (">8<", ">4<"), (">20000<", ">10000<"), (">3471<", ">1736<")]).await;
    world.at("2019-07-15T09:00:00+02:00");
    let table = "ToewijzingNummer;Begindatum;Einddatum;Volume\n800201;2019-05-20;2019-06-16;4\n";
    let debet = made(&world, "2019-05-20", "D2019002", table).await;
    assert_eq!(debet, Btw { nummer: None, totaal: None, lines: vec![(None, None, 10_000)] });
    let credit = made(&world, "2019-06-17", "D2019003", "VorigReferentieNummer\nP1\n").await;
    assert_eq!(credit, Btw::of(OWN, -1_736, &[(2_100, -1_736, -10_000)]));
    world.stop().await;
}

#[tokio::test]
async fn a_factuur_of_who_is_liable_tells_the_number_also_when_exempt() {
    let world = liable(None, Some(OWN)).await;
    let exempt = made(&world, "2019-05-20", "F2019001", FACTUUR).await;
    assert_eq!(exempt, Btw { nummer: Some(OWN.to_owned()), totaal: None, lines: vec![(None, None, 20_000)] });
    world.stop().await;
}

#[tokio::test]
async fn credits_of_two_btw_numbers_are_kept_apart() {
    let world = liable(None, None).await;
    let half = [(">8<", ">4<"), (">20000<", ">10000<"), (">3471<", ">1736<")];
    post_with_btw(&world, &half).await;
    let other = [("F2019001", "F2019002"), (">P1<", ">P2<"), (OF_OTHER, OWN)];
    post_with_btw(&world, &[&half[..], &other].concat()).await;
    world.at("2019-07-15T09:00:00+02:00");
    let both = declare(&world, "2019-06-17", "F2019003", "VorigReferentieNummer\nP1\nP2\n").await;
    assert_eq!(problems(&both), ["3 VorigReferentieNummer: De btw van deze"]);
    assert!(both.text.contains("dan die van rij 2.") && both.text.contains("btw_id_nummer"), "{}", both.text);
    for (nummer, table, told) in [("F2019003", "P1", OF_OTHER), ("F2019004", "P2", OWN)] {
        let credit = made(&world, "2019-06-17", nummer, format!("VorigReferentieNummer\n{table}\n")).await;
        assert_eq!(credit, Btw::of(told, -1_736, &[(2_100, -1_736, -10_000)]));
    }
    world.stop().await;
}

/// The factuur of other software, made of a row.
const ROW: &str = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;ReferentieNummer;BtwPercentage\n\
    800201;2019-05-20;2019-06-16;8;2500;P1;21\n";

#[tokio::test]
async fn the_vat_of_each_line_is_to_the_cent_and_they_add_up() {
    let world = liable(None, Some(OWN)).await;
    let rows = ["20000;;21", "10000;;9,00", "20000;12100;21.0", "12;;60%", "2500;;", "2500;;0"];
    let rows = rows.map(|row| format!("800201;2019-05-20;2019-06-16;1;{row}\n")).concat();
    let table = format!("ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;Bedrag;BtwPercentage\n{rows}");
    let made = made(&world, "2019-05-20", "F2019001", table).await;
    let taxed = [(2_100, 3_471, 20_000), (900, 826, 10_000), (2_100, 2_100, 12_100), (6_000, 5, 12)];
    let mut wanted = Btw::of(OWN, 3_471 + 826 + 2_100 + 5, &taxed);
    wanted.lines.extend([(None, None, 2_500), (None, None, 2_500)]);
    assert_eq!(made, wanted, "4,5 cents of VAT are 5");
    world.stop().await;
}

#[tokio::test]
async fn a_row_makes_the_factuur_that_other_software_makes() {
    let world = liable(None, Some(OF_OTHER)).await;
    let answer = declare(&world, "2019-05-20", "F2019001", ROW).await;
    let bericht = xml_of(&world, &answer.body["berichten"][0]).await;
    let wanted = WITH_BTW.replace("700101", "800201");
    assert!(xml::read(bericht.as_bytes()).expect("a 303") == xml::read(wanted.as_bytes()).expect("a 303"), "{bericht}");
    world.stop().await;
}

#[tokio::test]
async fn a_credit_and_a_new_line_in_one_factuur_are_set_off() {
    let world = liable(None, Some(OWN)).await;
    made(&world, "2019-05-20", "F2019001", ROW).await;
    world.at("2019-07-15T09:00:00+02:00");
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;BtwPercentage;VorigReferentieNummer\n";
    let anew = "800201;2019-05-20;2019-06-16;7;2500;9;\n";
    let both = made(&world, "2019-06-17", "F2019002", format!("{heading}{anew};;;;;;P1\n")).await;
    assert_eq!(both, Btw::of(OWN, 1_445 - 3_471, &[(2_100, -3_471, -20_000), (900, 1_445, 17_500)]));
    let credit = made(&world, "2019-06-17", "F2019003", "VorigReferentieNummer\nF2019002-1\n").await;
    assert_eq!(credit, Btw::of(OWN, -1_445, &[(900, -1_445, -17_500)]));
    world.stop().await;
}

#[tokio::test]
async fn a_credit_tells_no_other_percentage_than_was_declared() {
    let world = liable(None, Some(OWN)).await;
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;ReferentieNummer;BtwPercentage\n";
    let rows = ["P1;21", "P2;", "P3;9"].map(|row| format!("800201;2019-05-20;2019-06-16;1;2500;{row}\n")).concat();
    made(&world, "2019-05-20", "F2019001", format!("{heading}{rows}")).await;
    world.at("2019-07-15T09:00:00+02:00");
    let table = "VorigReferentieNummer;BtwPercentage\nP1;9\nP2;21\nP3;0\n";
    let wrong = declare(&world, "2019-06-17", "F2019002", table).await;
    assert_eq!(problems(&wrong), ["2", "3", "4"].map(|row| format!("{row} BtwPercentage: Een credit herhaalt de")));
    let table = "VorigReferentieNummer;BtwPercentage\nP1;21,00\nP2;0\nP3;\n";
    let right = made(&world, "2019-06-17", "F2019002", table).await;
    let mut wanted = Btw::of(OWN, -434 - 206, &[(2_100, -434, -2_500), (900, -206, -2_500)]);
    wanted.lines.insert(1, (None, None, -2_500));
    assert_eq!(right, wanted);
    world.stop().await;
}

#[tokio::test]
async fn vat_of_who_has_no_number_is_refused_with_the_name_of_the_setting() {
    let world = liable(None, None).await;
    let refused = declare(&world, "2019-05-20", "F2019001", ROW).await;
    assert_eq!((refused.status, problems(&refused)), (422, vec!["2 BtwPercentage: Een factuur met btw".to_owned()]));
    assert!(refused.text.contains("instelling btw_id_nummer"), "{}", refused.text);
    let exempt = made(&world, "2019-05-20", "F2019001", ROW.replace(";21\n", ";0\n")).await;
    assert_eq!(exempt, Btw { nummer: None, totaal: None, lines: vec![(None, None, 20_000)] });
    world.stop().await;
}

#[tokio::test]
async fn what_tells_no_vat_has_no_row_with_a_percentage() {
    let world = liable(Some(DECLARATIES), Some(OWN)).await;
    for table in [ROW.to_owned(), ROW.replace(";21\n", ";0\n")] {
        let refused = declare(&world, "2019-05-20", "D2019001", table).await;
        assert_eq!((refused.status, problems(&refused)), (422, vec![ONLY_FACTUUR.to_owned()]));
    }
    world.stop().await;
    let world = super::world().await;
    let table = format!("{}{}", HEADING.replace('\n', ";BtwPercentage\n"), MARCH.replace('\n', ";21\n"));
    assert_eq!(problems(&super::declare(&world, AANBIEDER, "202603", "", table).await), [ONLY_FACTUUR], "a 323");
    world.stop().await;
}

const ONLY_FACTUUR: &str = "2 BtwPercentage: Alleen een factuur van";

#[tokio::test]
async fn a_percentage_is_a_number_in_json_and_has_a_comma_or_point_in_a_table() {
    let world = liable(None, Some(OWN)).await;
    let regel = |volume: u32, percentage: Value| {
        json!({"toewijzing_nummer": 800_201, "begindatum": "2019-05-20", "einddatum": "2019-06-16", "volume": volume,
            "tarief": 2500, "btw_percentage": percentage})
    };
    let opgave = |regels: &[Value]| {
        json!({"gemeente": GEMEENTE, "periode": "2019-05-20", "declaratie_nummer": "F1", "release": "2.3",
            "rows": regels})
    };
    let wrong = [json!("21,00"), json!(100), json!(0.21), json!(21.005), json!(-9)].map(|told| regel(1, told));
    let not_one = |row: usize| format!("{row} BtwPercentage: Verwacht wordt een percentage");
    let wanted = [vec!["1 BtwPercentage: Verwacht wordt een getal,".to_owned()], (2..=5).map(not_one).collect()];
    assert_eq!(problems(&post_json(&world, &opgave(&wrong)).await), wanted.concat());

    let document = world.get(AANBIEDER, "/openapi.json").await.body;
    let described = document["components"]["schemas"]["DeliveredRow"]["properties"]["btw_percentage"].clone();
    assert_eq!([&described["type"], &described["maximum"]], [&json!("number"), &json!(99.99)], "{described}");

    let right = [regel(1, json!(21)), regel(2, json!(21.5)), regel(1, json!(0)), regel(1, Value::Null)];
    let answer = post_json(&world, &opgave(&right)).await;
    let xml = xml_of(&world, &answer.body["berichten"][0]).await;
    let mut wanted = Btw::of(OWN, 434 + 885, &[(2_100, 434, 2_500), (2_150, 885, 5_000)]);
    wanted.lines.extend([(None, None, 2_500), (None, None, 2_500)]);
    assert_eq!(Btw::read(xml.as_bytes()), wanted);

    let commas = ROW.replace(';', ",").replace(",21\n", ",\"21,5\"\n").replace("P1", "P2").replace(",8,", ",1,");
    let of_table = made(&world, "2019-05-20", "F2", commas).await;
    assert_eq!(of_table, Btw::of(OWN, 442, &[(2_150, 442, 2_500)]));
    let wrong = declare(&world, "2019-05-20", "F3", ROW.replace(";21\n", ";0,21\n")).await;
    assert!(problems(&wrong) == [not_one(2)] && wrong.text.contains("schrijf 21"), "{}", wrong.text);
    world.stop().await;
}

/// The aanbieder alone, liable for VAT, with a factuur of ten lines for each of four clients: B-1 to B-40.
async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    stage.at("2019-04-10T09:00:00+02:00");
    for (client, bsn) in bsns().take(4).enumerate() {
        let bericht = WMO301.replace("800201", &format!("80020{client}")).replace("T2380", &format!("T{client}"));
        let bericht = bericht.replace("880012", &format!("88001{client}")).replace(BSN, &bsn);
        stage.take_all(&[bericht.replace("Volume>8<", "Volume>99999<").into_bytes()]).await;
    }
    let asked = asked("B", &(0..40).map(|nr| row(nr / 10, 1 + nr, nr)).collect::<Vec<_>>());
    let liable = LocalParty { naam: String::new(), answers_itself: false, btw_id_nummer: Some(OWN.to_owned()) };
    stage.gateway.parties = LocalParties::new([(asked.aanbieder.clone(), liable)]);
    stage.at("2019-06-17T09:00:00+02:00");
    let declared =
        exchange::declare::declare(&asked, false, &stage.gateway).await.unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(declared.parts.len(), 1);
    stage.at("2019-07-15T09:00:00+02:00");
    stage
}

/// So many hours at € 25,01 for this client.
fn row(client: usize, volume: usize, percentage: usize) -> String {
    format!("80020{client};2019-05-20;2019-06-16;{volume};2501;{};\n", ["", "21", "9", "0"][percentage % 4])
}

fn asked(nummer: &str, rows: &[String]) -> Asked {
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;BtwPercentage;VorigReferentieNummer\n";
    let periode = if nummer == "B" { "2019-05-20" } else { "2019-06-17" };
    let periode = iwmo_gateway::domain::berichten::periode::from_text(periode).expect("a period");
    Asked { periode, release: standard::named("2.3"), ..super::asked(nummer, &format!("{heading}{}", rows.concat())) }
}

/// The VAT in so many of these hours, in cents.
fn btw_of(volume: usize, percentage: usize) -> i128 {
    let percentage = [0, 21, 9, 0][percentage % 4];
    let (btw, of) = (volume * 2501 * percentage, 100 + percentage);
    i128::try_from(btw / of + usize::from(2 * (btw % of) >= of)).expect("a small sum")
}

#[test]
fn each_part_of_a_factuur_has_the_total_of_its_own_vat() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let stage = RefCell::new(runtime.block_on(stage()));
    let divided = Cell::new(0);
    let credits = prop::collection::vec(any::<bool>(), 40);
    let rows = prop::collection::vec((0_usize..4, 1_usize..200, 0_usize..4), 1..30);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(48));
    let outcome = runner.run(&(credits, rows, 9_000_usize..60_000), |(credits, rows, max_bytes)| {
        let credited: Vec<usize> = (0..40).filter(|nr| credits[*nr]).collect();
        let mut wanted: i128 = rows.iter().map(|(_, volume, percentage)| btw_of(*volume, *percentage)).sum();
        wanted -= credited.iter().map(|nr| btw_of(1 + nr, *nr)).sum::<i128>();
        let mut table: Vec<String> =
            rows.iter().map(|(client, volume, percentage)| row(*client, *volume, *percentage)).collect();
        table.extend(credited.iter().map(|nr| format!(";;;;;;B-{}\n", nr + 1)));
        stage.borrow_mut().gateway.envelopes.max_bytes = max_bytes;
        let proofs = runtime.block_on(prove(&asked("C", &table), &stage.borrow().gateway));
        let proofs = proofs.unwrap_or_else(|why| panic!("{why:?}"));
        divided.set(divided.get() + usize::from(proofs.len() > 1));
        let mut total = 0;
        for proof in &proofs {
            prop_assert!(proof.report.findings.is_empty(), "{:?}", proof.report.findings);
            prop_assert!(envelope(proof.bytes.len()) <= max_bytes);
            let Btw { nummer, totaal, lines } = Btw::read(&proof.bytes);
            let of_lines: Vec<i128> = lines.iter().filter_map(|(_, btw, _)| *btw).collect();
            prop_assert_eq!(nummer.as_deref(), Some(OWN));
            prop_assert_eq!(totaal, (!of_lines.is_empty()).then(|| of_lines.iter().sum()));
            total += totaal.unwrap_or_default();
        }
        prop_assert_eq!(total, wanted);
        prop_assert_eq!(proofs.iter().map(|proof| proof.report.line_count).sum::<usize>(), table.len());
        Ok(())
    });
    outcome.expect("holds");
    assert!(divided.get() > 10, "{} of 48 were divided", divided.get());
}
