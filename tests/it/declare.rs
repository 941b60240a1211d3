//! Declaring what was delivered: from a table to what the gemeente grants, and what is told when that does not go.

mod btw;
mod command;
mod facturen;
mod rows;
mod split;

use iwmo_gateway::domain::Partij;
use iwmo_gateway::domain::berichten::periode;
use iwmo_gateway::domain::berichten::waarde::Value as _;
use iwmo_gateway::domain::declare::nummer;
use iwmo_gateway::exchange::declare::{Asked, rows::from_csv};
use iwmo_gateway::standard;
use serde_json::{Value, json};

use crate::maker::{toewijzing, wmo301, wmo305};
use crate::world::{AANBIEDER, ANDERE, Answer, BSN, GEMEENTE, World};

/// A client of whom the other aanbieder and gemeente know.
const OTHER_BSN: &str = "999960003";

const HEADING: &str = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief\n";
const MARCH: &str = "700101;2026-03-03;2026-03-31;4;2500\n";

/// Two toewijzingen of one client, of which the first began; at a moment when March can be declared.
async fn world() -> World {
    let world = World::both_local().await;
    let open = toewijzing(700_102, json!({"Product": {"Categorie": "02"}, "Omvang": null, "Budget": 50_000}));
    let producten = [toewijzing(700_101, json!({})), open];
    let start = wmo305("S1", "2026-03-04", 700_101, json!({}));
    for (partij, bericht) in [(GEMEENTE, wmo301("T1", "2026-03-02", &producten)), (AANBIEDER, start)] {
        let answer = world.post(partij, bericht).await;
        assert_eq!(answer.body["verdict"], "accepted", "{}", answer.text);
    }
    world.at("2026-04-02T09:00:00+02:00");
    world
}

/// Posts a table about March 2026 under this number; `more` stands behind it in the query.
async fn declare(world: &World, partij: &str, nummer: &str, more: &str, table: impl Into<reqwest::Body>) -> Answer {
    let path = format!("/v1/declaraties?gemeente={GEMEENTE}&periode=2026-03&declaratieNummer={nummer}{more}");
    let url = world.url(&path);
    world.request(|client| client.post(url).bearer_auth(partij).header("content-type", "text/csv").body(table)).await
}

/// The same in JSON.
async fn declare_json(world: &World, nummer: &str, regels: &Value) -> Answer {
    post_json(world, &json!({"gemeente": GEMEENTE, "periode": "2026-03", "declaratie_nummer": nummer, "rows": regels}))
        .await
}

async fn post_json(world: &World, opgave: &Value) -> Answer {
    let url = world.url("/v1/declaraties");
    let request =
        |client: &reqwest::Client| client.post(url).bearer_auth(AANBIEDER).header("content-type", "application/json");
    world.request(|client| request(client).body(opgave.to_string())).await
}

/// Row, rule and severity of what was found beforehand in the only bericht.
fn found(part: &Value) -> Vec<(Option<u64>, String, bool)> {
    let findings = part["findings"].as_array().expect("findings").iter();
    findings
        .map(|one| (one["row"].as_u64(), one["rule"].as_str().unwrap_or("-").to_owned(), one.get("severity").is_none()))
        .collect()
}

/// What is wrong with rows: row, column and the first words.
fn problems(answer: &Answer) -> Vec<String> {
    let rows = answer.body["rows"].as_array().unwrap_or_else(|| panic!("rows in {}", answer.text)).iter();
    rows.map(|one| {
        let text = one["text"].as_str().expect("a text");
        let words: Vec<&str> = text.split(' ').take(4).collect();
        format!("{} {}: {}", one["row"], one["column"].as_str().unwrap_or("-"), words.join(" "))
    })
    .collect()
}

/// What this table asks about March 2026.
fn asked(number: &str, table: &str) -> Asked {
    let rows = from_csv(table.as_bytes()).expect("a table");
    Asked {
        by: AANBIEDER.to_owned(),
        gemeente: Partij::from_text(GEMEENTE).expect("a gemeente"),
        aanbieder: Partij::from_text(AANBIEDER).expect("an aanbieder"),
        periode: periode::from_text("2026-03").expect("a month"),
        nummer: nummer(number).expect("a number"),
        release: standard::named("3.2"),
        rows,
    }
}

#[tokio::test]
async fn what_was_delivered_is_declared_and_granted_to_the_cent() {
    let world = world().await;
    let answer = declare(&world, AANBIEDER, "202603", "", format!("{HEADING}{MARCH}")).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    assert_eq!(
        (
            &part["declaratie_nummer"],
            &part["berichtsoort"],
            &part["client_count"],
            &part["line_count"],
            &part["totaal_ingediend_bedrag"]
        ),
        (&json!("202603"), &json!("WMO323"), &json!(1), &json!(1), &json!(10_000))
    );
    assert_eq!((found(part), part.get("xml")), (vec![], None));
    let receipt = &part["receipt"];
    assert_eq!((&receipt["verdict"], &receipt["retour"]["berichtsoort"]), (&json!("accepted"), &json!("WMO325")));

    let id = receipt["id"].as_str().expect("an id");
    let judged = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    assert_eq!((&judged["totaal_toegekend_bedrag"], &judged["declaratie_nummer"]), (&json!(10_000), &json!("202603")));
    let line = &judged["lines"][0];
    assert_eq!(
        [&line["referentie_nummer"], &line["product_code"], &line["eenheid"], &line["toewijzing_nummer"]],
        [&json!("202603-1"), &json!("01A03"), &json!("04"), &json!(700_101)]
    );
    assert_eq!(
        world.berichten().await.last().map(String::as_str).map(|line| line.starts_with("WMO325")),
        Some(true),
        "{:?}",
        world.berichten().await
    );
    world.stop().await;
}

#[tokio::test]
async fn the_same_in_json_and_csv_on_the_same_day_is_one_declaratie() {
    let world = world().await;
    let regels = json!([{"toewijzing_nummer": 700_101, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": 4,
        "tarief": 2500}]);
    let first = declare_json(&world, "202603", &regels).await;
    assert_eq!(first.status, 202, "{}", first.text);
    let table = format!("\u{feff}{}", format!("{HEADING}{MARCH}").replace(';', ",").replace('\n', "\r\n"));
    let again = declare(&world, AANBIEDER, "202603", "", table).await;
    assert_eq!(again.status, 200, "{}", again.text);
    assert_eq!(again.body["berichten"][0]["receipt"], first.body["berichten"][0]["receipt"]);
    assert_eq!(found(&again.body["berichten"][0]), []);

    let other = declare(&world, AANBIEDER, "202603", "", format!("{HEADING}{MARCH}").replace(";4;", ";5;")).await;
    assert_eq!((other.status, &other.body["title"]), (409, &json!("Nummer al gebruikt")), "{}", other.text);
    world.at("2026-04-03T09:00:00+02:00");
    let next_day = declare_json(&world, "202603", &regels).await;
    assert_eq!(next_day.status, 409);
    assert!(next_day.body["detail"].as_str().is_some_and(|text| text.contains("dagtekening")), "{}", next_day.text);
    let declaraties = world.berichten().await.into_iter().filter(|line| line.starts_with("WMO323")).count();
    assert_eq!(declaraties, 1, "nothing else was recorded");
    world.stop().await;
}

#[tokio::test]
async fn a_proof_shows_the_bericht_and_what_is_found_and_sends_nothing() {
    let world = world().await;
    let before = world.berichten().await;
    let heading = HEADING.replace("Tarief", "Tarief;ProductCode;Eenheid");
    let table =
        format!("{heading}700101;2026-03-03;2026-03-31;4;2500;;\n700102;03-03-2026;31-03-2026;21;2500;02A05;16\n");
    let answer = declare(&world, AANBIEDER, "202603", "&preview=true", table).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    let wanted = [(3, "HVB-04", false), (3, "TR369", true)];
    assert_eq!(found(part), wanted.map(|(row, rule, is_error)| (Some(row), rule.to_owned(), is_error)));
    assert_eq!(part["findings"][1]["explanation"], "/regels/TR369");
    let xml = part["xml"].as_str().expect("a bericht");
    assert!(xml.contains(":DeclaratieNummer>202603<") && xml.contains(BSN), "{xml}");
    assert_eq!((world.berichten().await, part.get("receipt")), (before, None));
    let checked = world.post(AANBIEDER, xml.to_owned()).await;
    assert_eq!((checked.status, &checked.body["verdict"]), (202, &json!("partial")), "as the proof said");
    world.stop().await;
}

#[tokio::test]
async fn what_would_surely_be_rejected_is_sent_only_when_insisted_upon() {
    let world = world().await;
    let too_much = format!("{HEADING}700101;2026-03-03;2026-03-31;190;2500\n");
    let answer = declare(&world, AANBIEDER, "202603", "", too_much.clone()).await;
    assert_eq!(
        (answer.status, &answer.body["title"]),
        (422, &json!("De gemeente zal dit afkeuren")),
        "{}",
        answer.text
    );
    let part = &answer.body["berichten"][0];
    assert_eq!(found(part), [(Some(2), "TR321".to_owned(), true), (Some(2), "TR322".to_owned(), true)]);
    assert!(part["findings"][0]["text"].as_str().is_some_and(|text| text.contains("GeleverdVolume")), "{part}");
    let forced = declare(&world, AANBIEDER, "202603", "&force=true", too_much).await;
    assert_eq!((forced.status, &forced.body["berichten"][0]["receipt"]["verdict"]), (202, &json!("rejected")));

    let no_unit_of_now = format!("{HEADING}700101;2026-03-03;2026-03-31;4;2500\n").replace("Tarief", "Tarief;Eenheid");
    let by_week = no_unit_of_now.replace("2500\n", "2500;21\n");
    let answer = declare(&world, AANBIEDER, "202604", "&force=true", by_week).await;
    assert_eq!(answer.status, 422, "never forced past the schema: {}", answer.text);
    let finding = &answer.body["berichten"][0]["findings"][0];
    assert_eq!((&finding["row"], &finding["level"]), (&json!(2), &json!("xsd")));
    world.stop().await;
}

#[tokio::test]
async fn a_credit_needs_only_the_name_of_the_line_and_makes_room_for_it_anew() {
    let world = world().await;
    declare(&world, AANBIEDER, "202603", "", format!("{HEADING}{MARCH}")).await;
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;VorigReferentieNummer\n";
    let both = format!("{heading}700101;2026-03-03;2026-03-31;5;2500;\n;;;;;202603-1\n");
    let answer = declare(&world, AANBIEDER, "202603B", "", both).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    assert_eq!(
        (&part["totaal_ingediend_bedrag"], &part["receipt"]["verdict"]),
        (&json!(2_500), &json!("accepted")),
        "{part}"
    );
    let id = part["receipt"]["id"].as_str().expect("an id");
    let lines = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body["lines"].clone();
    let told = |line: usize, name: &str| lines[line][name].clone();
    assert_eq!([told(0, "ingediend_bedrag"), told(0, "referentie_nummer")], [json!(-10_000), json!("202603B-2")]);
    assert_eq!([told(0, "vorig_referentie_nummer"), told(0, "geleverd_volume")], [json!("202603-1"), json!(4)]);
    assert_eq!([told(1, "ingediend_bedrag"), told(1, "referentie_nummer")], [json!(12_500), json!("202603B-1")]);

    let twice = declare(&world, AANBIEDER, "202603C", "", "VorigReferentieNummer\n202603-1\n").await;
    assert_eq!((twice.status, found(&twice.body["berichten"][0])), (422, vec![(Some(2), "TR390".to_owned(), true)]));
    let table = "VorigReferentieNummer;Volume;Bedrag\nnergens;;\n202603B-1;5;12501\n202603B-2;;\n";
    let wrong = declare(&world, AANBIEDER, "202603C", "", table).await;
    assert_eq!(
        problems(&wrong),
        [
            "2 VorigReferentieNummer: Er is geen eerdere",
            "3 Bedrag: Een credit herhaalt de",
            "4 VorigReferentieNummer: Er is geen eerdere"
        ],
        "a credit cannot be credited"
    );
    world.stop().await;
}

#[tokio::test]
async fn nothing_of_another_party_is_found_or_told() {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE, "41005002"], "", None).await;
    let of_other = |bytes: Vec<u8>, from: &str, to: &str| String::from_utf8(bytes).expect("text").replace(from, to);
    let product = [toewijzing(700_101, json!({}))];
    let own = wmo301("T1", "2026-03-02", &product);
    world.post(GEMEENTE, of_other(own.clone(), AANBIEDER, "41005002").replace(BSN, OTHER_BSN)).await;
    world.post(ANDERE, of_other(own, GEMEENTE, ANDERE)).await;
    world.at("2026-04-02T09:00:00+02:00");
    let answer = declare(&world, AANBIEDER, "202603", "", format!("{HEADING}{MARCH}")).await;
    assert_eq!((answer.status, problems(&answer)), (422, vec!["2 ToewijzingNummer: Er is geen toewijzing".to_owned()]));
    assert!(!answer.text.contains(BSN) && !answer.text.contains(OTHER_BSN), "{}", answer.text);

    let of_owner = declare(&world, "41005002", "202603", "", format!("{HEADING}{MARCH}")).await;
    assert_eq!(of_owner.status, 202, "{}", of_owner.text);
    let credit = declare(&world, AANBIEDER, "202603", "", "VorigReferentieNummer\n202603-1\n").await;
    assert_eq!(problems(&credit), ["2 VorigReferentieNummer: Er is geen eerdere"]);
    world.stop().await;
}

#[tokio::test]
async fn who_may_not_and_what_is_not_readable_is_told_apart() {
    let world = world().await;
    let table = || format!("{HEADING}{MARCH}");
    assert_eq!(declare(&world, "niemand", "202603", "", table()).await.status, 401);
    for partij in [GEMEENTE, "operator"] {
        assert_eq!(declare(&world, partij, "202603", "", table()).await.status, 403, "{partij}");
    }
    let post = async |path: &str, media: &str, body: String| {
        let request = |client: &reqwest::Client| {
            client.post(world.url(path)).bearer_auth(AANBIEDER).header("content-type", media).body(body)
        };
        world.request(request).await
    };
    let path = "/v1/declaraties";
    assert_eq!(post(path, "application/xml", table()).await.status, 415);
    let broken = post(path, "application/json", "{\"gemeente\": ".to_owned()).await;
    assert_eq!((broken.status, &broken.body["title"]), (400, &json!("Niet leesbaar")), "{}", broken.text);
    assert_eq!(post(path, "application/json", "{\"gemeente\": 384}".to_owned()).await.status, 422);
    let list = json!([GEMEENTE, "2026-03", "LIST", "3.2", []]).to_string();
    let refused = post(path, "application/json", list).await;
    assert!(refused.status == 422 && refused.body["rows"][0]["row"] == 1, "a list of no rows: {}", refused.text);
    let rows = json!([{"toewijzing_nummer": 700_101, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": 4, "tarief": 2500}]);
    let as_list = format!("{path}?gemeente={GEMEENTE}&periode=2026-03&declaratieNummer=LIST&preview=true");
    let proved = post(&as_list, "application/json", rows.to_string()).await;
    assert_eq!((proved.status, &proved.body["berichten"][0]["line_count"]), (200, &json!(1)), "{}", proved.text);
    let unnamed = post(path, "application/json", rows.to_string()).await;
    assert_eq!((unnamed.status, &unnamed.body["errors"][0]["location"]["name"]), (400, &json!("gemeente")));
    assert_eq!(post(path, "text/csv", "x".repeat(26_214_401)).await.status, 413);
    for (query, name) in [
        ("periode=2026-03&declaratieNummer=1", "gemeente"),
        ("gemeente=0384&periode=maart&declaratieNummer=1", "periode"),
        ("gemeente=0384&periode=2026-03&declaratieNummer=2026-03", "declaratieNummer"),
        ("gemeente=0384&periode=2026-03&declaratieNummer=1&release=3.1", "release"),
    ] {
        let answer = post(&format!("{path}?{query}"), "text/csv", table()).await;
        let detail = answer.body["detail"].as_str().unwrap_or_default().to_owned();
        assert!(answer.status == 400 && detail.starts_with(name), "{}", answer.text);
    }
    let old = declare(&world, AANBIEDER, "202603", "&release=2.3", table()).await;
    assert_eq!((old.status, &old.body["title"]), (422, &json!("Release niet in gebruik")), "{}", old.text);
    world.stop().await;
}

#[tokio::test]
async fn minutes_at_a_tariff_per_hour_are_rounded_as_the_standard_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let contract = "code;categorie;eenheid;tarief\n01A03;01;04;2510\n";
    std::fs::write(folder.path().join("0384-41005001.csv"), contract).expect("a contract");
    let settings = format!("[contracten]\nfolder = \"{}\"\n", folder.path().display());
    let world = World::start(&[GEMEENTE, AANBIEDER], &settings, None).await;
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    world.at("2026-06-02T09:00:00+02:00");
    let regel = |maand: &str, einde: &str, eenheid: &str, volume: u32| {
        json!({"toewijzing_nummer": 700_101, "begindatum": format!("2026-{maand}"), "einddatum": format!("2026-{einde}"),
            "volume": volume, "eenheid": eenheid})
    };
    let regels = json!([regel("03-03", "03-31", "01", 50), regel("04-01", "04-30", "04", 3)]);
    let opgave = json!({"gemeente": GEMEENTE, "periode": "2026-05", "declaratie_nummer": "202605", "rows": regels});
    let answer = post_json(&world, &opgave).await;
    let part = &answer.body["berichten"][0];
    assert_eq!(part["receipt"]["verdict"], "accepted", "{}", answer.text);
    let id = part["receipt"]["id"].as_str().expect("an id");
    let lines = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body["lines"].clone();
    let price = |line: usize| (lines[line]["product_tarief"].clone(), lines[line]["ingediend_bedrag"].clone());
    assert_eq!(
        [price(0), price(1)],
        [(json!(42), json!(2_092)), (json!(2_510), json!(7_530))],
        "€ 20,9167 and € 75,30"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_tariff_of_another_unit_than_the_toewijzing_is_told_how_it_was_read() {
    let world = world().await;
    let heading = "ToewijzingNummer;Begindatum;Einddatum;Volume;Eenheid;";
    let row = "700101;2026-03-03;2026-03-31;380;01;2500\n";
    let proof = |column: &str| format!("{heading}{column}\n{row}");
    let per_minute = declare(&world, AANBIEDER, "202603", "&preview=true", proof("Tarief")).await;
    let part = &per_minute.body["berichten"][0];
    assert_eq!(part["totaal_ingediend_bedrag"], 950_000, "{}", per_minute.text);
    let told = part["findings"].as_array().expect("findings").iter().find(|one| one["rule"].is_null());
    let told = told.unwrap_or_else(|| panic!("no remark: {}", per_minute.text));
    assert_eq!((&told["row"], &told["severity"]), (&json!(2), &json!("warning")));
    let text = told["text"].as_str().expect("a text");
    assert!(text.contains("€ 25,00 per minuut") && text.contains("Tarief per uur"), "{text}");

    let per_hour = declare(&world, AANBIEDER, "202603", "&preview=true", proof("Tarief per uur")).await;
    let part = &per_hour.body["berichten"][0];
    assert_eq!(
        (&part["totaal_ingediend_bedrag"], found(part)),
        (&json!(15_833), vec![]),
        "380 / 60 x 25 euro: {}",
        per_hour.text
    );

    let both = format!("{heading}Tarief;Tarief per uur\n700101;2026-03-03;2026-03-31;380;01;42;2500\n");
    let both = declare(&world, AANBIEDER, "202603", "&preview=true", both).await;
    assert_eq!((both.status, problems(&both).len()), (422, 1), "{}", both.text);
    world.stop().await;
}

#[tokio::test]
async fn minutes_of_a_period_are_added_up_before_they_become_hours() {
    let world = world().await;
    let hours = async |minutes: &[u32]| {
        let rows: Vec<String> =
            minutes.iter().map(|minutes| format!("700101;2026-03-03;2026-03-31;{minutes};2500\n")).collect();
        let table = format!("{}{}", HEADING.replace("Volume", "Minuten"), rows.concat());
        let answer = declare(&world, AANBIEDER, "202603", "&preview=true", table).await;
        let part = answer.body["berichten"][0].clone();
        assert_eq!(part["line_count"], 1, "{}", answer.text);
        part["totaal_ingediend_bedrag"].as_i64().expect("an amount") / 2500
    };
    assert_eq!(hours(&[95, 95, 95, 95]).await, 6, "not twice four");
    assert_eq!(
        [hours(&[390]).await, hours(&[20]).await, hours(&[15, 14]).await],
        [7, 1, 1],
        "half up, and one at least"
    );

    let mixed = format!(
        "{}700101;2026-03-03;2026-03-31;95;2500\n700101;2026-03-03;2026-03-31;95;2600\n",
        HEADING.replace("Volume", "Minuten")
    );
    let mixed = declare(&world, AANBIEDER, "202603", "&preview=true", mixed).await;
    assert!(problems(&mixed)[0].contains("Rij 2"), "{}", mixed.text);
    world.stop().await;
}

#[tokio::test]
async fn rows_that_cannot_be_read_hide_no_fault_of_the_others() {
    let world = world().await;
    let table = format!("{HEADING}{}700999;2026-03-03;2026-03-31;4;2500\n", MARCH.replace(";4;", ";vier;"));
    let answer = declare(&world, AANBIEDER, "202603", "", table).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    let rows = [
        json!({"toewijzing_nummer": 700_101, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": "vier"}),
        json!({"toewijzing_nummer": 700_999, "begindatum": "2026-03-03", "einddatum": "2026-03-31", "volume": 4}),
    ];
    let of_json = declare_json(&world, "202603", &json!(rows)).await;
    for (text, rows) in [(&answer.text, [2, 3]), (&of_json.text, [1, 2])] {
        let told: Vec<usize> = rows.iter().filter_map(|rij| text.find(&format!("\"row\":{rij}"))).collect();
        assert!(told.len() == 2 && told[0] < told[1], "both rows are told, in their order: {text}");
    }
    world.stop().await;
}
