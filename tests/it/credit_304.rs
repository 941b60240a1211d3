//! Credits in a factuur of release 2.3 (303), and what a 304 says of them: granted, rejected, or granted for less.

use iwmo_gateway::api::Receipt;
use iwmo_gateway::domain::Bericht;
use iwmo_gateway::domain::berichten::waarde::{Identificatie, Value as _};
use iwmo_gateway::domain::judging::factuur_antwoord;
use iwmo_gateway::domain::judging::verdict::{LineVerdicts, Verdict};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::xml;

use crate::stage::Stage;

const WMO301: &str = include_str!("../../fixtures/regels/TR303/eerder-80.xml");
const WMO303: &str = include_str!("../../fixtures/regels/TR303/goed-nummer.xml");

/// A line of so many hours of 25 euro: its ReferentieNummer, hours, and which line it takes back.
type Line = (&'static str, i64, Option<&'static str>);

/// A factuur (F) or declaratie (D) with these lines.
fn wmo303(kind: char, nummer: &str, lines: &[Line]) -> Vec<u8> {
    let (head, rest) = WMO303.split_once("<b:Prestatie>").expect("a line");
    let (line, tail) = rest.split_once("</b:Prestatie>").expect("its end");
    let signed = |(_, uren, vorig): &Line| if vorig.is_some() { -2_500 * uren } else { 2_500 * uren };
    let total: i64 = lines.iter().map(signed).sum();
    let side = if total < 0 { "C" } else { "D" };
    let head = head
        .replace(">448<", if kind == 'D' { ">416<" } else { ">448<" })
        .replace(">F2019001<", &format!(">{nummer}<"))
        .replace(">20000<", &format!(">{}<", total.abs()))
        .replace(">D<", &format!(">{side}<"));
    let line = |(name, uren, vorig): &Line| {
        let vorig = vorig.map(|vorig| format!("<iwmo:VorigReferentieNummer>{vorig}</iwmo:VorigReferentieNummer>"));
        let side = if vorig.is_some() { ">C<" } else { ">D<" };
        let name = format!(">{name}</iwmo:ReferentieNummer>{}", vorig.unwrap_or_default());
        let own = line
            .replace("GeleverdVolume>8<", &format!("GeleverdVolume>{uren}<"))
            .replace(">20000<", &format!(">{}<", 2_500 * uren))
            .replace(">D<", side)
            .replace(">P1</iwmo:ReferentieNummer>", &name);
        format!("<b:Prestatie>{own}</b:Prestatie>")
    };
    format!("{head}{}{tail}", lines.iter().map(line).collect::<String>()).into_bytes()
}

/// The 304 of a gemeente that grants so much of each line.
fn wmo304(asked: &[u8], naam: &str, granted: &[Option<u32>]) -> Vec<u8> {
    let Ok(Bericht::Heen(heen)) = xml::read(asked) else { panic!("a 303") };
    let iwmo_gateway::domain::Inhoud::Factuur { clienten, .. } = &heen.inhoud else { panic!("a 303") };
    let lines = clienten.iter().flat_map(|client| &client.prestaties);
    let signs = lines.map(|line| line.gevraagd().debet_credit.sign());
    let toegekend = signs.zip(granted).map(|(sign, granted)| sign * i128::from(granted.unwrap_or(0))).sum();
    let verdicts = LineVerdicts { granted: granted.to_vec(), toegekend, ..LineVerdicts::default() };
    let verdict = Verdict { findings: Vec::new(), declaratie: Some(verdicts) };
    let (nummer, day) = (Identificatie::from_text(naam).expect("a name"), "2019-06-20".parse().expect("a date"));
    xml::encode(&Bericht::Heen(factuur_antwoord::compose(&heen, &verdict, nummer, day).expect("a 304")))
}

/// Asked, granted and code on the header of a 304, and of each line in it what is granted and its code.
fn said(antwoord: &[u8]) -> String {
    let Ok(Bericht::Heen(heen)) = xml::read(antwoord) else { panic!("a 304") };
    let iwmo_gateway::domain::Inhoud::FactuurAntwoord { header, clienten } = &heen.inhoud else { panic!("a 304") };
    let bedragen = &header.retour_bedragen;
    let mut told = vec![format!(
        "{} → {}, {}",
        bedragen.ingediend_totaal_bedrag.signed(),
        bedragen.toegekend_totaal_bedrag.signed(),
        header.retour_codes.0[0].as_str()
    )];
    told.extend(clienten.iter().flat_map(|client| &client.prestaties).map(|line| {
        let code = line.retour_codes.0.first().map_or("-", |code| code.as_str());
        let name = &line.product_referentie.referentie_nummer;
        format!("{name}: {} {code}", line.toegekend().expect("an amount").signed())
    }));
    told.join("; ")
}

/// What is granted and payable of a factuur.
async fn stand(stage: &Stage, receipt: &Receipt) -> (usize, i64, i64) {
    let view = stage.store().declaratie(&receipt.id, None).await.expect("read").expect("a declaratie");
    (view.granted_count, view.toegekend, view.betaalbaar)
}

/// A gemeente that answers by itself, with the toewijzing and a factuur of 8 hours that is granted.
async fn gemeente() -> Stage {
    let stage = Stage::new().await;
    stage.take_all(&[WMO301.as_bytes().to_vec(), wmo303('F', "F1", &[("P1", 8, None)])]).await;
    stage
}

#[tokio::test]
async fn a_credit_is_answered_with_its_sign_and_its_code() {
    for (lines, verdict, expected) in [
        (&[("C1", 8, Some("P1"))][..], "accepted", "-20000 → -20000, 8001"),
        (&[("C1", 8, Some("P9"))], "rejected", "-20000 → 0, 0200; C1: 0 8017"),
        (&[("C1", 8, Some("P1")), ("P2", 6, None)], "accepted", "-5000 → -5000, 8001"),
        (&[("P2", 6, None), ("C1", 8, Some("P9"))], "partial", "-5000 → 15000, 0200; C1: 0 8017"),
        (&[("C1", 7, Some("P1"))], "rejected", "-17500 → 0, 0200; C1: 0 8017"),
        (&[("C1", 8, Some("P1")), ("C2", 8, Some("P9"))], "partial", "-40000 → -20000, 0200; C2: 0 8017"),
    ] {
        let stage = gemeente().await;
        let receipt = stage.take(wmo303('F', "F2", lines)).await;
        let retour = receipt.retour.as_ref().expect("a 304");
        let antwoord = stage.store().payload(&retour.id, None).await.expect("read").expect("kept");
        assert_eq!((receipt.verdict.as_str(), said(&antwoord).as_str()), (verdict, expected), "{:?}", receipt.findings);
    }
}

#[tokio::test]
async fn what_a_304_says_of_a_credit_is_what_the_aanbieder_books() {
    let credit: &[Line] = &[("C1", 8, Some("P1"))];
    for (lines, granted, expected) in [
        (credit, &[Some(20_000)][..], (1, -20_000, -20_000)),
        (credit, &[None], (0, 0, 0)),
        (&[("C1", 8, Some("P1")), ("P2", 6, None)], &[Some(20_000), Some(15_000)], (2, -5_000, -5_000)),
        (&[("C1", 8, Some("P1")), ("P2", 6, None)], &[Some(20_000), None], (1, -20_000, -20_000)),
        (&[("C1", 8, Some("P1")), ("P2", 6, None)], &[None, Some(15_000)], (1, 15_000, 15_000)),
    ] {
        let stage = Stage::new().await.replayed();
        let first = wmo303('F', "F1", &[("P1", 8, None)]);
        let asked = wmo303('F', "F2", lines);
        let antwoord = wmo304(&asked, "A2", granted);
        stage.take_all(&[WMO301.as_bytes().to_vec(), first.clone(), wmo304(&first, "A1", &[Some(20_000)])]).await;
        let receipt = stage.take(asked).await;
        stage.take_all(&[antwoord]).await;
        assert_eq!(stand(&stage, &receipt).await, expected, "{lines:?} {granted:?}");
        let compared = verify(stage.store().as_ref(), &stage.gateway.schemas).await.expect("read");
        assert_eq!(compared.differences, [""; 0]);
    }
}

#[tokio::test]
async fn a_rejected_claim_is_credited_without_money_and_may_then_come_again() {
    let stage = Stage::new().await.replayed();
    let (first, credit) = (wmo303('F', "F1", &[("P1", 8, None)]), wmo303('F', "F2", &[("C1", 8, Some("P1"))]));
    stage.take_all(&[WMO301.as_bytes().to_vec(), first.clone(), wmo304(&first, "A1", &[None])]).await;
    let receipt = stage.take(credit.clone()).await;
    assert_eq!(receipt.verdict, "accepted", "{:?}", receipt.findings);
    stage.take_all(&[wmo304(&credit, "A2", &[Some(20_000)])]).await;
    assert_eq!(stand(&stage, &receipt).await, (1, -20_000, 0), "a claim that was never paid is not paid back");
    let again = stage.take(wmo303('F', "F3", &[("P2", 8, None)])).await;
    assert_eq!(again.verdict, "accepted", "{:?}", again.findings);
}

#[tokio::test]
async fn a_credit_may_be_granted_for_less_only_with_its_own_sign_and_in_a_declaratie() {
    let lowered = |kind: char| {
        let asked = wmo303(kind, "F2", &[("C1", 8, Some("P1"))]);
        (asked.clone(), wmo304(&asked, "A2", &[Some(5_000)]))
    };
    let turned = |antwoord: &[u8]| {
        let text = String::from_utf8(antwoord.to_vec()).expect("text");
        let (head, tail) = text.split_once("ToegekendeBedragPrestatie>").expect("an amount");
        let (amounts, tail) = tail.split_once("ToegekendeBedragPrestatie>").expect("its end");
        let amounts = amounts.replace(">C<", ">D<");
        format!("{head}ToegekendeBedragPrestatie>{amounts}ToegekendeBedragPrestatie>{tail}").into_bytes()
    };
    for (kind, turns, rules, expected) in [
        ('D', false, &[][..], (1, -5_000, -5_000)),
        ('D', true, &["TR320", "IV056c"], (1, -20_000, -20_000)),
        ('F', false, &["OP287"], (1, -20_000, -20_000)),
    ] {
        let stage = Stage::new().await.replayed();
        let first = wmo303(kind, "F1", &[("P1", 8, None)]);
        stage.take_all(&[WMO301.as_bytes().to_vec(), first.clone(), wmo304(&first, "A1", &[Some(20_000)])]).await;
        let (asked, antwoord) = lowered(kind);
        let receipt = stage.take(asked).await;
        assert_eq!(receipt.verdict, "accepted", "{:?}", receipt.findings);
        let answered = stage.replay(if turns { turned(&antwoord) } else { antwoord }).await;
        let mut found: Vec<_> = answered.findings.iter().filter_map(|one| one.rule.as_deref()).collect();
        found.sort_unstable();
        let mut rules = rules.to_vec();
        rules.sort_unstable();
        assert_eq!((found, stand(&stage, &receipt).await), (rules, expected), "{kind} {turns}");
    }
}
