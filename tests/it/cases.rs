//! The worked cases of the standard, told as a gateway lives through them: each bericht when it came, what became of it, the
//! clocks, and the ledger that it all ends in. Products, persons and days are ours; the casus are those of the process
//! descriptions (extension, stop, correction, verzoek om wijziging, a late decision on it, late and corrected declaraties, a
//! change of the catalogue).

use std::fmt::Write;

use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::store::DeadlineQuery;
use serde_json::{Value, json};

use crate::maker::{credit, prestatie, toewijzing, wmo301, wmo305, wmo307, wmo317, wmo319, wmo323_of};
use crate::stage::Stage;

/// Plays berichten, each on the morning of its day, and tells the whole world that they end in.
async fn told(berichten: &[(&str, Vec<u8>)]) -> String {
    let stage = Stage::new().await.replayed();
    let mut text = String::new();
    for (day, bytes) in berichten {
        stage.at(&format!("{day}T09:00:00Z"));
        stage.store().raise_overdue(format!("{day}T09:00:00Z").parse().expect("an instant")).await.expect("a store");
        let receipt = stage.replay(bytes.clone()).await;
        let soort = receipt.berichtsoort.unwrap_or_default();
        write!(text, "{day} {soort} {}", receipt.verdict).expect("text");
        for finding in &receipt.findings {
            let rule = finding.rule.as_deref().unwrap_or("?");
            write!(text, " {rule}/{}", finding.retourcode.as_deref().unwrap_or("-")).expect("text");
        }
        writeln!(text, " -> {}", receipt.retour.map_or("nothing".to_owned(), |retour| retour.berichtsoort))
            .expect("text");
    }
    let deadlines = stage.store().deadlines(&DeadlineQuery::default(), None, 200).await.expect("read");
    for one in deadlines.iter().filter(|one| one.clock != "retour") {
        let subject = one.subject.as_deref().unwrap_or("-");
        writeln!(text, "{} {} {subject} {} {}", one.clock, one.answer, one.due, one.state.name()).expect("text");
    }
    for line in stage.end().await.ledger {
        // The parties and the person are the same all over.
        writeln!(text, "{}", line.replace("gemeente 0384, aanbieder 41005001, bsn 999940004, ", "")).expect("text");
    }
    let compared = verify(stage.store().as_ref(), &stage.gateway.schemas).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    text
}

fn given(identificatie: &str, day: &str, producten: &[Value]) -> Vec<u8> {
    wmo301(identificatie, day, producten)
}

/// Decided on this day, and with this last day.
fn decided(day: &str, first: &str, last: &str) -> Value {
    json!({"Toewijzingsdatum": day, "Ingangsdatum": first, "Einddatum": last})
}

fn with(mut value: Value, name: &str, member: Value) -> Value {
    value[name] = member;
    value
}

#[tokio::test]
async fn an_extension_stretches_the_last_day_under_the_same_number() {
    let first = toewijzing(667_899, decided("2026-01-05", "2026-01-05", "2026-06-30"));
    let stretched = decided("2026-05-11", "2026-01-05", "2026-12-31");
    let stretched = toewijzing(667_899, with(stretched, "RedenWijziging", json!("04")));
    insta::assert_snapshot!(
        told(&[
            ("2026-01-05", given("T1", "2026-01-05", &[first])),
            ("2026-01-12", wmo305("S1", "2026-01-12", 667_899, json!({"Begindatum": "2026-01-09"}))),
            ("2026-05-11", given("T2", "2026-05-11", &[stretched])),
        ])
        .await
    );
}

#[tokio::test]
async fn a_stop_for_a_while_becomes_one_for_good_on_the_same_day_or_a_later_one() {
    let period = decided("2026-03-02", "2026-03-09", "2026-12-31");
    let start = json!({"Begindatum": "2026-03-11"});
    let stop =
        |reden: &str, last: &str| json!({"Begindatum": "2026-03-11", "RedenBeeindiging": reden, "Einddatum": last});
    let begin = || {
        [
            ("2026-03-02", given("T1", "2026-03-02", &[toewijzing(668_877, period.clone())])),
            ("2026-03-12", wmo305("S1", "2026-03-12", 668_877, start.clone())),
            ("2026-04-15", wmo307("P1", "2026-04-15", 668_877, stop("20", "2026-04-14"))),
        ]
    };
    let same_day = [("2026-04-29", wmo307("P2", "2026-04-29", 668_877, stop("23", "2026-04-14")))];
    insta::assert_snapshot!("stop_for_good_on_the_same_day", told(&[&begin()[..], &same_day].concat()).await);
    let later = [("2026-05-01", wmo307("P2", "2026-05-01", 668_877, stop("23", "2026-04-30")))];
    insta::assert_snapshot!("stop_for_good_on_a_later_day", told(&[&begin()[..], &later].concat()).await);
}

#[tokio::test]
async fn a_stop_with_the_wrong_reason_is_taken_back_and_reported_anew_in_one_bericht() {
    let text = |reden: &str, status: &str| {
        let stop = json!({"RedenBeeindiging": reden, "Einddatum": "2026-06-17", "StatusAanlevering": status});
        String::from_utf8(wmo307("P2", "2026-06-19", 667_899, stop)).expect("UTF-8")
    };
    // The StopProduct of the second bericht goes behind that of the first.
    let (wrong, right) = (text("22", "3"), text("19", "1"));
    let product = |text: &str| {
        let start = text.find("StopProduct>").map(|at| text[..at].rfind('<').expect("a tag")).expect("a product");
        let end = text.rfind("StopProduct>").expect("its end") + "StopProduct>".len();
        (start, end)
    };
    let ((_, end), (from, to)) = (product(&wrong), product(&right));
    let corrected = [&wrong[..end], &right[from..to], &wrong[end..]].concat().into_bytes();
    insta::assert_snapshot!(
        told(&[
            ("2026-03-02", given("T1", "2026-03-02", &[toewijzing(667_899, json!({}))])),
            ("2026-03-05", wmo305("S1", "2026-03-05", 667_899, json!({}))),
            (
                "2026-06-18",
                wmo307("P1", "2026-06-18", 667_899, json!({"RedenBeeindiging": "22", "Einddatum": "2026-06-17"}))
            ),
            ("2026-06-19", corrected),
        ])
        .await
    );
}

/// Two toewijzingen that run this year: 3 uur per week of one product, 4 of another.
fn two_running() -> (&'static str, Vec<u8>) {
    let other =
        with(decided("2026-03-02", "2026-03-03", "2026-12-31"), "Product", json!({"Categorie": "02", "Code": "02A05"}));
    let producten = [toewijzing(123_001, json!({})), toewijzing(123_002, other)];
    ("2026-03-02", given("T1", "2026-03-02", &producten))
}

fn changed(nummer: i64, first: &str, last: &str, volume: i64) -> Value {
    json!({"ToewijzingNummer": nummer, "GewensteIngangsdatum": first, "Einddatum": last,
        "Omvang": {"Volume": volume, "Eenheid": "04", "Frequentie": "2"}})
}

/// A 317 under VOW-1 that leaves, changes and adds these.
fn verzoek(unchanged: &[i64], changes: &[Value], new: &[Value]) -> Vec<u8> {
    let mut verzoek = json!({"ReferentieAanbieder": "VOW-1", "RedenVerzoek": "2"});
    if !unchanged.is_empty() {
        let products: Vec<_> = unchanged.iter().map(|nummer| json!({"ToewijzingNummer": nummer})).collect();
        verzoek["OngewijzigdeProducten"] = json!({"OngewijzigdProduct": products});
    }
    if !changes.is_empty() {
        verzoek["TeWijzigenProducten"] = json!({"TeWijzigenProduct": changes});
    }
    if !new.is_empty() {
        verzoek["NieuweProducten"] = json!({"NieuwProduct": new});
    }
    wmo317("V1", "2026-05-04", &verzoek)
}

#[tokio::test]
async fn a_verzoek_om_wijziging_replaces_one_product_and_keeps_another() {
    let new = json!({"Product": {"Categorie": "03", "Code": "03A01"}, "GewensteIngangsdatum": "2026-09-01",
        "Einddatum": "2026-12-31", "Omvang": {"Volume": 6, "Eenheid": "04", "Frequentie": "2"}});
    let ends = changed(123_001, "2026-03-03", "2026-08-31", 3);
    insta::assert_snapshot!(told(&[two_running(), ("2026-05-04", verzoek(&[123_002], &[ends], &[new]))]).await);
}

#[tokio::test]
async fn a_verzoek_om_wijziging_extends_and_raises() {
    let raised = changed(123_001, "2026-11-01", "2027-07-01", 5);
    let extended = changed(123_002, "2026-03-03", "2027-07-01", 3);
    insta::assert_snapshot!(told(&[two_running(), ("2026-05-04", verzoek(&[], &[raised, extended], &[]))]).await);
}

#[tokio::test]
async fn an_honoured_verzoek_stretches_one_number_and_ends_another_for_a_new_one() {
    let stretched = changed(123_001, "2026-03-03", "2027-06-30", 3);
    let raised = changed(123_002, "2026-06-12", "2026-12-31", 6);
    let honoured = |nummer: i64, first: &str, last: &str, reden: Value, code: (&str, &str), volume: i64| {
        toewijzing(
            nummer,
            json!({"Toewijzingsdatum": "2026-06-02", "Ingangsdatum": first, "Einddatum": last,
            "RedenWijziging": reden, "ReferentieAanbieder": "VOW-1", "Product": {"Categorie": code.0, "Code": code.1},
            "Omvang": {"Volume": volume, "Eenheid": "04", "Frequentie": "2"}}),
        )
    };
    let producten = [
        honoured(123_001, "2026-03-03", "2027-06-30", json!("12"), ("01", "01A03"), 3),
        honoured(123_002, "2026-03-03", "2026-06-11", json!("12"), ("02", "02A05"), 3),
        honoured(123_078, "2026-06-12", "2026-12-31", Value::Null, ("02", "02A05"), 6),
    ];
    insta::assert_snapshot!(
        told(&[
            two_running(),
            ("2026-05-04", verzoek(&[], &[stretched, raised], &[])),
            ("2026-05-06", wmo319("A1", "2026-05-06", "VOW-1", "2")),
            ("2026-06-02", given("T2", "2026-06-02", &producten)),
        ])
        .await
    );
}

/// A verzoek of May to raise one of two from 12 June on, that is looked into and decided on 22 June: `old_last` is then the last
/// day of the old toewijzing, and `new_first` the first of the new one.
fn decided_too_late(old_last: &str, new_first: &str) -> Vec<(&'static str, Vec<u8>)> {
    let version = |nummer: i64, first: &str, last: &str, reden: Value, volume: i64| {
        toewijzing(
            nummer,
            json!({"Toewijzingsdatum": "2026-06-22", "Ingangsdatum": first, "Einddatum": last,
            "RedenWijziging": reden, "ReferentieAanbieder": "VOW-1", "Product": {"Categorie": "02", "Code": "02A05"},
            "Omvang": {"Volume": volume, "Eenheid": "04", "Frequentie": "2"}}),
        )
    };
    let producten = [
        version(123_002, "2026-03-03", old_last, json!("12"), 3),
        version(123_078, new_first, "2026-12-31", Value::Null, 6),
    ];
    let product = |other| with(other, "Product", json!({"Categorie": "02", "Code": "02A05"}));
    let ended = product(json!({"RedenBeeindiging": "37", "Einddatum": old_last}));
    vec![
        two_running(),
        ("2026-03-05", wmo305("S1", "2026-03-05", 123_002, product(json!({})))),
        ("2026-05-04", verzoek(&[123_001], &[changed(123_002, "2026-06-12", "2026-12-31", 6)], &[])),
        ("2026-05-06", wmo319("A1", "2026-05-06", "VOW-1", "2")),
        ("2026-06-22", given("T2", "2026-06-22", &producten)),
        ("2026-06-24", wmo307("P1", "2026-06-24", 123_002, ended)),
        ("2026-06-24", wmo305("S2", "2026-06-24", 123_078, product(json!({"Begindatum": new_first})))),
    ]
}

#[tokio::test]
async fn a_verzoek_decided_after_the_day_that_it_asked_for_shifts_that_day_or_is_honoured_in_retrospect() {
    // What gemeente and aanbieder agree on is between them; no bericht carries it.
    insta::assert_snapshot!("decided_too_late_shifted", told(&decided_too_late("2026-06-22", "2026-06-23")).await);
    insta::assert_snapshot!(
        "decided_too_late_in_retrospect",
        told(&decided_too_late("2026-06-11", "2026-06-12")).await
    );
}

#[tokio::test]
async fn a_new_product_code_stands_in_new_toewijzingen_only_and_the_old_one_stays_declarable() {
    // What the catalogue holds from which day is agreed between the parties; no bericht carries it.
    let new_code = || json!({"Categorie": "01", "Code": "01B07"});
    let period = || decided("2026-12-14", "2027-01-01", "2027-12-31");
    let old = || json!({"Einddatum": "2027-06-30"});
    let changed = with(with(old(), "Product", new_code()), "Toewijzingsdatum", json!("2026-12-14"));
    let january = ("2027-01-01", "2027-01-31");
    let coded = |mut line: Value| {
        line["ProductCode"] = json!("01B07");
        line
    };
    insta::assert_snapshot!(
        told(&[
            ("2026-03-02", given("T1", "2026-03-02", &[toewijzing(1, old())])),
            ("2026-12-14", given("T2", "2026-12-14", &[toewijzing(1, changed)])),
            ("2026-12-14", given("T3", "2026-12-14", &[toewijzing(2, with(period(), "Product", new_code()))])),
            (
                "2027-02-01",
                wmo323_of(
                    "D1",
                    "2027-02-01",
                    january,
                    &[
                        line("RN001", 1, january, 4),
                        coded(line("RN002", 2, january, 4)),
                        coded(line("RN003", 1, january, 4)),
                    ]
                )
            ),
        ])
        .await
    );
}

/// So many hours of 12.50 euros on a toewijzing, in a period.
fn line(referentie: &str, nummer: i64, (first, last): (&str, &str), hours: i64) -> Value {
    prestatie(
        referentie,
        json!({
            "ToewijzingNummer": nummer,
            "ProductPeriode": {"Begindatum": first, "Einddatum": last},
            "GeleverdVolume": hours,
            "ProductTarief": 1250,
            "IngediendBedrag": {"Bedrag": hours * 1250, "DebetCredit": "D"},
        }),
    )
}

#[tokio::test]
async fn two_toewijzingen_in_one_month_are_declared_apart() {
    let first = toewijzing(1, decided("2026-02-27", "2026-03-01", "2026-03-09"));
    let second = toewijzing(2, decided("2026-03-16", "2026-03-23", "2026-03-31"));
    let march = ("2026-03-01", "2026-03-31");
    let lines = [line("RN001", 1, ("2026-03-01", "2026-03-09"), 5), line("RN002", 2, ("2026-03-23", "2026-03-31"), 6)];
    insta::assert_snapshot!(
        told(&[
            ("2026-02-27", given("T1", "2026-02-27", &[first])),
            ("2026-03-16", given("T2", "2026-03-16", &[second])),
            ("2026-04-01", wmo323_of("D1", "2026-04-01", march, &lines)),
        ])
        .await
    );
}

#[tokio::test]
async fn what_was_forgotten_is_declared_with_the_last_month_or_a_later_one() {
    let toewezen = toewijzing(1, decided("2026-01-05", "2026-02-15", "2026-12-31"));
    let february = ("2026-02-15", "2026-02-28");
    let (march, april) = (("2026-03-01", "2026-03-31"), ("2026-04-01", "2026-04-30"));
    let four = |referentie: &str, period| line(referentie, 1, period, 4);
    insta::assert_snapshot!(
        told(&[
            ("2026-01-05", given("T1", "2026-01-05", &[toewezen])),
            (
                "2026-05-01",
                wmo323_of(
                    "D1",
                    "2026-05-01",
                    april,
                    &[four("RN001", february), four("RN002", march), four("RN003", april)]
                )
            ),
            ("2026-05-04", wmo323_of("D2", "2026-05-04", march, &[four("RN004", march)])),
        ])
        .await
    );
}

#[tokio::test]
async fn a_declared_volume_is_corrected_by_a_credit_and_a_new_line() {
    let toewezen = toewijzing(1, decided("2026-03-02", "2026-04-01", "2026-12-31"));
    let (april, may) = (("2026-04-01", "2026-04-30"), ("2026-05-01", "2026-05-31"));
    let declared = line("RN001", 1, april, 4);
    let corrected = [credit("RN005", &declared), line("RN006", 1, april, 3), line("RN007", 1, may, 4)];
    insta::assert_snapshot!(
        told(&[
            ("2026-03-02", given("T1", "2026-03-02", &[toewezen])),
            ("2026-05-01", wmo323_of("D1", "2026-05-01", april, std::slice::from_ref(&declared))),
            ("2026-06-01", wmo323_of("D2", "2026-06-01", may, &corrected)),
        ])
        .await
    );
}

#[tokio::test]
async fn a_declaratie_is_granted_in_part() {
    let product = json!({"Categorie": "02", "Code": "02A05"});
    let period = || decided("2026-03-02", "2026-04-01", "2026-04-26");
    let producten = [toewijzing(1, period()), toewijzing(2, with(period(), "Product", product))];
    let april = ("2026-04-01", "2026-04-26");
    let mut too_much = line("RN002", 2, april, 24);
    too_much["ProductCategorie"] = json!("02");
    too_much["ProductCode"] = json!("02A05");
    let lines = [line("RN001", 1, april, 12), too_much, line("RN003", 1, ("2026-03-01", "2026-03-31"), 4)];
    insta::assert_snapshot!(
        told(&[
            ("2026-03-02", given("T1", "2026-03-02", &producten)),
            ("2026-05-01", wmo323_of("D1", "2026-05-01", ("2026-04-01", "2026-04-30"), &lines)),
        ])
        .await
    );
}
