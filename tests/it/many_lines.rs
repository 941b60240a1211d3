//! A declaratie of more lines than one query of the store reads: whichever way it is read, each line is there once, in order,
//! and the totals are right.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx, open_workbook_from_rs};
use serde_json::json;

use crate::browser::section;
use crate::decide::declare;
use crate::maker::{prestatie, toewijzing, wmo301};
use crate::world::{AANBIEDER, GEMEENTE, World};

/// More than a table reads at a time, and no whole number of pages.
const MANY: i64 = 1_205;

/// A line as it was declared, and what is to become of it.
#[derive(Debug, PartialEq)]
struct Line {
    referentie: String,
    ingediend: i64,
    toegekend: i64,
}

/// The nth: one to four hours in April of a product and on a toewijzing of its own; every seventh on one that is not there.
fn nth(nr: i64) -> Line {
    let ingediend = 2500 * hours(nr);
    Line { referentie: format!("R{nr}"), ingediend, toegekend: if nr % 7 == 0 { 0 } else { ingediend } }
}

fn hours(nr: i64) -> i64 {
    1 + nr % 4
}

fn code(nr: i64) -> String {
    format!("01{nr:03X}")
}

fn all() -> Vec<Line> {
    (1..=MANY).map(nth).collect()
}

/// A declaratie of so many lines, answered; its id.
async fn declared(world: &World) -> String {
    world.at("2026-06-01T09:00:00+02:00");
    let product = |nr: i64| json!({"Product": {"Categorie": "01", "Code": code(nr)}});
    let there = (1..=MANY).filter(|nr| nr % 7 != 0).map(|nr| toewijzing(700_000 + nr, product(nr)));
    let given = world.post(GEMEENTE, wmo301("T1", "2026-03-02", &there.collect::<Vec<_>>())).await;
    assert_eq!((given.status, &given.body["verdict"]), (202, &json!("accepted")), "{}", given.body["findings"][0]);
    let lines = (1..=MANY).map(|nr| {
        let other = json!({
            "ToewijzingNummer": 700_000 + nr,
            "ProductCode": code(nr),
            "ProductPeriode": {"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"},
            "GeleverdVolume": hours(nr),
            "IngediendBedrag": {"Bedrag": 2500 * hours(nr), "DebetCredit": "D"},
        });
        prestatie(&format!("R{nr}"), other)
    });
    declare(world, "D1", &lines.collect::<Vec<_>>()).await
}

/// In how many pages it was read, and the lines.
async fn by_api(world: &World, id: &str) -> (usize, Vec<Line>) {
    let (granted, rejected) = all().into_iter().partition::<Vec<_>, _>(|line| line.toegekend > 0);
    let toegekend: i64 = granted.iter().map(|line| line.ingediend).sum();
    let ingediend = toegekend + rejected.iter().map(|line| line.ingediend).sum::<i64>();
    let (mut pages, mut lines, mut after) = (0, Vec::new(), String::new());
    loop {
        let body = world.get(AANBIEDER, &format!("/v1/declaraties/{id}?limit=200{after}")).await.body;
        let totals = ["line_count", "granted_count", "totaal_ingediend_bedrag", "totaal_toegekend_bedrag", "payable"]
            .map(|name| &body[name]);
        assert_eq!(
            totals.map(|total| total.as_i64().expect("a number")),
            [MANY, i64::try_from(granted.len()).expect("few"), ingediend, toegekend, toegekend]
        );
        for (line, nr) in body["lines"].as_array().expect("lines").iter().zip(lines.len() + 1..) {
            assert_eq!(line["line"], json!(nr));
            assert_eq!(line["granted"], json!(line["toegekend_bedrag"] != json!(0)), "{line}");
            let cents = |name: &str| line[name].as_i64().expect("an amount");
            let referentie = line["referentie_nummer"].as_str().expect("a name").to_owned();
            lines.push(Line { referentie, ingediend: cents("ingediend_bedrag"), toegekend: cents("toegekend_bedrag") });
        }
        pages += 1;
        let Some(next) = body["next"].as_str() else { return (pages, lines) };
        after = format!("&after={next}");
    }
}

/// The same by the pages that people see, from this one on.
async fn by_page(world: &World, id: &str, query: &str) -> (usize, Vec<Line>) {
    let (mut pages, mut lines, mut path) = (0, Vec::new(), format!("/declaraties/{id}{query}"));
    loop {
        let page = world.get("", &path).await.text;
        assert!(section(&page, "totalen").contains("1033 toegekend, 172 afgewezen"), "{page}");
        for row in page.split("<tr><td>").skip(1) {
            let cells: Vec<_> = row.split("</td>").map(|cell| cell.rsplit('>').next().unwrap_or_default()).collect();
            let euros: i64 =
                cells[6].strip_prefix("€ ").and_then(|euros| euros.strip_suffix(",00")?.parse().ok()).expect(row);
            let (ingediend, is_granted) = (100 * euros, cells[7] == "toegekend");
            assert!(is_granted || cells[7] == "afgewezen", "{row}");
            assert_eq!(cells[1], format!("R{}", cells[0]), "each under its number");
            let toegekend = if is_granted { ingediend } else { 0 };
            lines.push(Line { referentie: cells[1].to_owned(), ingediend, toegekend });
        }
        pages += 1;
        let mut targets = page.split("<a href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let Some(next) = targets.find(|target| target.contains("after=")) else { return (pages, lines) };
        path = next.replace("&#38;", "&");
    }
}

async fn by_csv(world: &World, id: &str) -> Vec<Line> {
    let table = world.get(AANBIEDER, &format!("/v1/declaraties/{id}/csv")).await.text;
    let rows = table.lines().skip(1).map(|row| {
        let cells: Vec<_> = row.split(';').collect();
        let cents = |column: usize| cells[column].parse().expect("an amount");
        Line { referentie: cells[0].trim_matches('"').to_owned(), ingediend: cents(10), toegekend: cents(12) }
    });
    rows.collect()
}

async fn by_xlsx(world: &World, id: &str) -> Vec<Line> {
    let url = world.url(&format!("/v1/declaraties/{id}/xlsx"));
    let answer = reqwest::Client::new().get(url).bearer_auth(AANBIEDER).send().await.expect("an answer");
    let bytes = answer.bytes().await.expect("a workbook").to_vec();
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let sheet = workbook.worksheet_range("Declaratie").expect("a sheet");
    let rows = sheet.rows().skip(1).map(|row| {
        let cents = |column: usize| match row[column] {
            #[expect(clippy::cast_possible_truncation, reason = "a whole number below a million")]
            Data::Float(cents) => cents as i64,
            ref other => panic!("no amount: {other:?}"),
        };
        Line { referentie: row[0].to_string(), ingediend: cents(10), toegekend: cents(12) }
    });
    rows.collect()
}

#[tokio::test]
async fn more_lines_than_one_query_reads_are_each_there_once_in_order() {
    let world = World::start(&[GEMEENTE, AANBIEDER], "dashboard_login = false", None).await;
    let id = declared(&world).await;
    assert_eq!(by_api(&world, &id).await, (7, all()));
    assert_eq!(by_page(&world, &id, "").await, (25, all()));
    let rejected = all().into_iter().filter(|line| line.toegekend == 0).collect();
    assert_eq!(by_page(&world, &id, "?uitkomst=afgewezen").await, (4, rejected));
    assert_eq!(by_csv(&world, &id).await, all());
    assert_eq!(by_xlsx(&world, &id).await, all());
    for (path, is_about_it) in [
        (format!("/berichten/{id}"), true),
        (format!("/declaraties/{id}"), true),
        (format!("/declaraties/{id}?uitkomst=afgewezen"), true),
        ("/toewijzingen/0384/700001".to_owned(), false),
    ] {
        let page = world.get("", &path).await.text;
        assert!(page.len() < 100_000, "{path} has {} bytes", page.len());
        assert_eq!(page.contains("TR338"), is_about_it, "a toewijzing tells of its own lines only: {path}");
    }
    let bericht = section(&world.get("", &format!("/berichten/{id}")).await.text, "bevindingen");
    assert!(bericht.contains("172 × TR338") && bericht.contains("Toon de andere 180"), "{bericht}");
    world.stop().await;
}
