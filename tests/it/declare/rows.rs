//! Rows that cannot become lines: every one is told, with its place and what to do, and nothing is sent.

use serde_json::json;

use super::{HEADING, MARCH, declare, declare_json, found, problems, world};
use crate::world::{AANBIEDER, BSN};

#[tokio::test]
async fn every_bad_row_of_a_table_is_told_at_once() {
    let world = world().await;
    let before = world.berichten().await;
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;Eenheid;ProductCode;ReferentieNummer;Bsn\n";
    let table = [
        heading,
        "700101;2026-03-03;2026-03-31;4;2500;04;;R1;\n",
        "700101;2026-02-30;31 maart;4,5;25.00;4;;R2;12345678\n",
        "700101;2026-03-03;2026-03-31;=2+2;2500;;01A034;R234567890123456789X1;\n",
        "700101;2026-03-03;2026-03-31;4\n",
        ";;;;;;;;\n",
        "\n",
        "700101;2026-03-03;2026-03-31;4;2500;04;;\"R3\n700101;2026-03-03;2026-03-31;4;2500;04;;R4;\n",
    ]
    .concat();
    let with_cr = declare(&world, AANBIEDER, "202603", "", table.replace('\n', "\r\n")).await;
    let answer = declare(&world, AANBIEDER, "202603", "", table).await;
    assert_eq!((answer.status, &answer.body["title"]), (422, &json!("Niet te declareren")));
    assert_eq!(problems(&answer), problems(&with_cr));
    assert_eq!(
        problems(&answer),
        [
            "3 Begindatum: Verwacht wordt een datum",
            "3 Einddatum: Verwacht wordt een datum",
            "3 Volume: Verwacht wordt een geheel",
            "3 Tarief: Verwacht wordt een geheel",
            "3 Eenheid: Deze code staat niet",
            "3 Bsn: Een Bsn heeft negen",
            "4 Volume: Hier staat een formule.",
            "4 ProductCode: Een productcode heeft 1",
            "4 ReferentieNummer: Een referentienummer heeft 1",
            "5 -: Deze rij heeft 4",
            "8 -: Deze rij heeft 8",
        ]
    );
    assert!(!answer.text.contains("12345678"), "no value comes back: {}", answer.text);
    assert_eq!(world.berichten().await, before);
    world.stop().await;
}

#[tokio::test]
async fn a_table_may_begin_with_the_separator_that_it_uses() {
    let world = world().await;
    for (nummer, table) in [
        ("SEP1", format!("sep=;\r\n{HEADING}{MARCH}")),
        ("SEP2", format!("\u{feff}\"sep=,\"\n{}", format!("{HEADING}{MARCH}").replace(';', ","))),
    ] {
        let answer = declare(&world, AANBIEDER, nummer, "&preview=true", table).await;
        assert_eq!((answer.status, &answer.body["berichten"][0]["line_count"]), (200, &json!(1)), "{}", answer.text);
    }
    let wrong = format!("sep=;\n{HEADING}{MARCH}").replace("2026-03-31", "31 maart");
    let answer = declare(&world, AANBIEDER, "SEP3", "", wrong).await;
    assert_eq!(problems(&answer), ["3 Einddatum: Verwacht wordt een datum"], "on the third line of the file");
    world.stop().await;
}

#[tokio::test]
async fn what_is_told_of_a_table_is_bounded_however_wrong_it_is() {
    let world = world().await;
    let answer = declare(&world, AANBIEDER, "X", "", "a;".repeat(1_000_000)).await;
    assert_eq!(problems(&answer), ["1 -: De kop heeft 1000001"]);
    let twice = format!("{}\n", ["Volume"; 20].join(";"));
    let answer = declare(&world, AANBIEDER, "X", "", twice).await;
    assert!(answer.text.len() < 10_000, "{} bytes", answer.text.len());
    let rows = "x\n".repeat(20_000);
    let answer = declare(&world, AANBIEDER, "X", "", format!("{HEADING}{rows}")).await;
    let told = problems(&answer);
    assert_eq!((answer.status, told.len()), (422, 1_001));
    assert_eq!(told.last().map(String::as_str), Some("null -: En 19.000 meer. Verbeter"));
    assert!(answer.text.len() < 250_000, "{} bytes", answer.text.len());
    let member = |nr: usize| (format!("onbekend{nr}"), json!(1));
    let row: serde_json::Map<String, serde_json::Value> = (0..5_000).map(member).collect();
    let answer = declare_json(&world, "X", &json!([row])).await;
    assert_eq!(problems(&answer).len(), 1, "once for a row: {}", answer.text.len());
    let slip = json!([{"toewijzing_numer": 700_101}]);
    let answer = declare_json(&world, "X", &slip).await;
    assert!(answer.text.contains("toewijzing_numer. Bedoelt u toewijzing_nummer?"), "{}", answer.text);
    world.stop().await;
}

#[tokio::test]
async fn what_a_row_lacks_and_nobody_else_knows_is_asked_for() {
    let world = world().await;
    let table = [
        "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;ReferentieNummer;Bsn\n",
        "700102;2026-03-03;2026-03-31;4;2500;;\n",
        "700101;2026-03-03;2026-03-31;4;;;\n",
        "700101;;2026-03-31;;;;\n",
        "700999;2026-03-03;2026-03-31;4;2500;R1;\n",
        "700101;2026-03-03;2026-03-31;4;2500;R1;999960003\n",
        "700101;2026-03-03;2026-03-31;99999999;2500;;\n",
    ]
    .concat();
    let answer = declare(&world, AANBIEDER, "202603", "", table).await;
    assert_eq!(
        problems(&answer),
        [
            "2 ProductCode: De toewijzing laat dit",
            "2 Eenheid: De toewijzing laat dit",
            "3 Tarief: Er is geen tarief",
            "4 Begindatum: Dit ontbreekt. Vul het",
            "4 Volume: Dit ontbreekt. Vul het",
            "5 ToewijzingNummer: Er is geen toewijzing",
            "6 ReferentieNummer: Dit referentienummer heeft rij",
            "6 Bsn: Deze toewijzing is van",
            "7 Volume: Volume maal tarief komt",
        ]
    );
    assert!(!answer.text.contains(BSN) && !answer.text.contains("999960003"), "{}", answer.text);
    world.stop().await;
}

#[tokio::test]
async fn a_file_that_is_no_table_is_told_what_to_become() {
    let world = world().await;
    let table = format!("{HEADING}{MARCH}");
    let utf_16: Vec<u8> = [0xfeff].into_iter().chain(table.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let cases: [(Vec<u8>, &[&str]); 7] = [
        (Vec::new(), &["null -: Er staan geen rijen"]),
        (HEADING.as_bytes().to_vec(), &["null -: Er staan geen rijen"]),
        (utf_16, &["null -: Dit bestand is UTF-16"]),
        ([table.as_bytes(), b"R\xe9f"].concat(), &["null -: Dit bestand is geen"]),
        (
            b"Nummer;Begindatum;Begindatum;Volume\n1;2;3;4\n".to_vec(),
            &[
                "1 -: De naam van kolom",
                "1 -: De kolom Begindatum staat",
                "1 -: De kolom ToewijzingNummer ontbreekt.",
                "1 -: De kolom Einddatum ontbreekt.",
            ],
        ),
        (
            MARCH.as_bytes().to_vec(),
            &[
                "1 -: De naam van kolom",
                "1 -: De naam van kolom",
                "1 -: De naam van kolom",
                "1 -: De naam van kolom",
                "1 -: De naam van kolom",
                "1 -: De kolom ToewijzingNummer ontbreekt.",
                "1 -: De kolom Begindatum ontbreekt.",
                "1 -: De kolom Einddatum ontbreekt.",
                "1 -: De kolom Volume ontbreekt.",
            ],
        ),
        (table.replace("2500", "25\t00").into_bytes(), &["2 Tarief: Hier staat een regeleinde"]),
    ];
    for (bytes, wanted) in cases {
        let answer = declare(&world, AANBIEDER, "202603", "", bytes).await;
        assert_eq!((answer.status, problems(&answer)), (422, wanted.iter().map(ToString::to_string).collect()));
    }
    let wrong = declare(&world, AANBIEDER, "202603", "", [table.as_bytes(), b"R\xe9f"].concat()).await;
    assert!(wrong.text.contains("Windows-1252") && wrong.text.contains("CSV UTF-8"), "{}", wrong.text);
    world.stop().await;
}

#[tokio::test]
async fn json_is_read_by_type_and_name() {
    let world = world().await;
    let regels = json!([
        {"toewijzing_nummer": "700101", "begindatum": 2026, "volume": 4.5, "tarief": -1, "extra": "x"},
        "700101",
        {},
        {"toewijzing_nummer": 700_101, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": 4, "tarief": 2500,
         "bedrag": null},
    ]);
    let answer = declare_json(&world, "202603", &regels).await;
    assert_eq!(
        problems(&answer),
        [
            "1 ToewijzingNummer: Verwacht wordt een getal,",
            "1 Begindatum: Verwacht wordt een tekst,",
            "1 Volume: Verwacht wordt een geheel",
            "1 Tarief: Verwacht wordt een geheel",
            "1 -: Deze regel heeft een",
            "2 -: Verwacht wordt een object,",
            "3 ToewijzingNummer: Dit ontbreekt. Vul het",
            "3 Begindatum: Dit ontbreekt. Vul het",
            "3 Einddatum: Dit ontbreekt. Vul het",
            "3 Volume: Dit ontbreekt. Vul het",
        ],
        "what is missing in the third is told beside what cannot be read"
    );
    let answer = declare_json(&world, "202603", &json!([{}])).await;
    assert_eq!(problems(&answer).len(), 4, "{}", answer.text);
    assert_eq!(problems(&declare_json(&world, "202603", &json!({})).await), ["null -: Verwacht wordt een lijst"]);
    world.stop().await;
}

#[tokio::test]
async fn a_reference_of_our_own_table_comes_back_without_its_apostrophe() {
    let world = world().await;
    let table = format!("{HEADING}{MARCH}").replace("Tarief\n", "Tarief;ReferentieNummer\n");
    let table = table.replace("2500\n", "2500;\"'=1+\"\"1\"\"\"\n");
    let answer = declare(&world, AANBIEDER, "202603", "", table).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let id = answer.body["berichten"][0]["receipt"]["id"].as_str().expect("an id");
    let line = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body["lines"][0].clone();
    assert_eq!(line["referentie_nummer"], "=1+\"1\"");
    world.stop().await;
}

#[tokio::test]
async fn what_the_rules_find_is_told_by_row() {
    let world = world().await;
    let table = [
        HEADING,
        MARCH,
        "700101;2026-04-01;2026-04-30;4;2500\n",
        "700101;2025-12-01;2025-12-31;4;2500\n",
        "700101;2027-01-01;2027-01-31;4;2500\n",
    ]
    .concat();
    let rules = async || -> [Vec<String>; 4] {
        let answer = declare(&world, AANBIEDER, "202603", "&preview=true", table.clone()).await;
        let found = found(&answer.body["berichten"][0]);
        let of = |row| found.iter().filter(move |(of, _, is_error)| *of == Some(row) && *is_error);
        [2, 3, 4, 5].map(|row| of(row).map(|(_, rule, _)| rule.clone()).collect())
    };
    let told = |rules: [&[&str]; 4]| rules.map(|of_row| of_row.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(
        rules().await,
        told([&[], &["TR137"], &[], &["TR134", "TR137"]]),
        "what is not over yet is no bericht at all"
    );
    world.at("2027-02-02T09:00:00+01:00");
    assert_eq!(rules().await, told([&[], &["TR319"], &["TR307"], &["TR308", "TR319"]]));
    world.stop().await;
}
