//! VAT in a factuur: to the cent in each line and in the header, in a credit of it too, and told of nothing else.

use iwmo_gateway::domain::declaratie::BedragMetDC;
use iwmo_gateway::domain::{Bericht, Inhoud};
use iwmo_gateway::xml;
use serde_json::json;

use super::facturen::{FACTUUR, declare, liable, xml_of};
use super::problems;
use crate::world::{AANBIEDER, World};

/// A factuur with VAT that other software made, in the name of the aanbieder.
const WITH_BTW: &str = include_str!("../../../fixtures/regels/CD055/goed-volledig.xml");

/// The BtwIDNummer in that factuur.
const OF_OTHER: &str = "NL999940089B01";
/// One that the settings have.
const OWN: &str = "NL001234567B02";

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
    let world = liable(Some("wijze;declaratie\ncode;categorie;eenheid;tarief\n01A03;01;04;2500\n"), Some(OWN)).await;
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
