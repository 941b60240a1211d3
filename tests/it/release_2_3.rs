//! What is different in the history of release 2.3: the reason was no part of the key of a stop.

use iwmo_gateway::exchange::rebuild::verify;

use crate::stage::Stage;

const EARLIER: [&str; 2] = [
    include_str!("../../fixtures/regels/TR069/eerder-1.xml"),
    include_str!("../../fixtures/regels/TR069/eerder-2.xml"),
];
const PAUSE: &str = include_str!("../../fixtures/regels/TR069/goed-stop.xml");

/// A stop of the same start: its Identificatie, reason, last day and StatusAanlevering.
fn stop(identificatie: &str, reden: &str, einddatum: &str, status: &str) -> Vec<u8> {
    let (head, product) = PAUSE.split_once("<b:StopProducten>").expect("a product");
    let product = product.replace("RedenBeeindiging>20<", &format!("RedenBeeindiging>{reden}<"));
    let product = product.replace("2019-06-30", einddatum);
    let product = product.replace("StatusAanlevering>1<", &format!("StatusAanlevering>{status}<"));
    format!("{}<b:StopProducten>{product}", head.replace("L2307", identificatie)).into_bytes()
}

/// Verdict and rules of each of these, after the toewijzing, the start and the pause.
async fn told(berichten: &[Vec<u8>]) -> Vec<String> {
    let stage = Stage::new().await.replayed();
    for text in EARLIER.iter().chain([&PAUSE]) {
        assert_eq!(stage.replay(text.as_bytes().to_vec()).await.verdict, "accepted");
    }
    let mut lines = Vec::new();
    for bytes in berichten {
        let receipt = stage.replay(bytes.clone()).await;
        let rules: Vec<_> = receipt.findings.iter().filter_map(|finding| finding.rule.as_deref()).collect();
        lines.push(format!("{} {}", receipt.verdict, rules.join(" ")).trim_end().to_owned());
    }
    let compared = verify(stage.store().as_ref(), &stage.gateway.schemas).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    lines
}

#[tokio::test]
async fn a_second_stop_on_the_same_day_is_the_same_stop_whatever_its_reason() {
    let same_day = stop("L1", "19", "2019-06-30", "1");
    let next_day = stop("L2", "19", "2019-07-01", "1");
    assert_eq!(told(&[same_day, next_day]).await, ["rejected TR074", "accepted"]);
}

#[tokio::test]
async fn a_stop_is_taken_back_whatever_the_reason_says() {
    let taken_back = stop("L1", "19", "2019-06-30", "3");
    let again = stop("L2", "19", "2019-06-30", "1");
    assert_eq!(told(&[taken_back, again]).await, ["accepted", "accepted"]);
    assert_eq!(told(&[stop("L1", "20", "2019-07-01", "3")]).await, ["parked TR063"], "another day is another stop");
}
