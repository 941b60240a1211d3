//! Service levels over the API: theirs and ours, as JSON, tables and a drawing.

use std::io::Cursor;

use calamine::{Reader as _, Xlsx};
use serde_json::json;

use crate::world::{AANBIEDER, ANDERE, GEMEENTE, WMO301, WMO302, World};

const PATH: &str = "/v1/partners/41005001/service-levels";

/// A toewijzing that the aanbieder answers late, one that it does not answer, and one that it answers at once.
async fn world() -> World {
    let own = format!(
        "[[partij]]\ncode = \"{AANBIEDER}\"\nnaam = \"Zorg\"\nanswers = \"own\"\n[[credential]]\nname = \"zorg\"\npartij = \
         \"{AANBIEDER}\"\ntoken_sha256 = \"{}\"\n",
        iwmo_gateway::exchange::sha256_hex(AANBIEDER.as_bytes())
    );
    let world = World::start(&[GEMEENTE, ANDERE], &own, None).await;
    assert_eq!(world.post(GEMEENTE, WMO301).await.status, 202);
    let second = WMO301.replace("TOEW-1", "TOEW-2").replace("700101", "700102");
    assert_eq!(world.post(GEMEENTE, second).await.status, 202);
    world.at("2026-03-09T09:00:00+01:00");
    assert_eq!(world.post(AANBIEDER, WMO302).await.status, 202);
    world
}

#[tokio::test]
async fn what_is_late_and_what_is_missing_stand_by_month() {
    let world = world().await;
    let answer = world.get(GEMEENTE, PATH).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = &answer.body;
    assert_eq!((&told["from"], &told["to"]), (&json!("2025-04"), &json!("2026-03")));
    let items = told["items"].as_array().expect("items");
    let retour = items.iter().find(|item| item["clock"] == "retour").expect("the retours");
    let numbers = |of: &serde_json::Value| {
        ["met", "late", "missing", "in_time", "median_days", "slowest_days"].map(|name| of[name].clone())
    };
    let expected = [json!(0), json!(1), json!(1), json!(0.0), json!(2), json!(2)];
    assert_eq!((&retour["partij"], &retour["whose"]), (&json!(GEMEENTE), &json!("theirs")));
    assert_eq!((numbers(retour), numbers(&retour["months"][11])), (expected.clone(), expected), "{retour}");
    assert_eq!(numbers(&retour["months"][0])[3..], [json!(null), json!(null), json!(null)], "nothing was due then");
    let of_aanbieder = world.get(AANBIEDER, "/v1/partners/0384/service-levels").await.body;
    let ours = of_aanbieder["items"].as_array().expect("items").iter().find(|item| item["clock"] == "retour");
    let ours = ours.expect("the retours");
    assert_eq!((&ours["partij"], &ours["whose"], &ours["late"]), (&json!(AANBIEDER), &json!("ours"), &json!(1)));
    assert_eq!(world.get(ANDERE, PATH).await.body["items"], json!([]), "of other parties");
    assert_eq!(world.get("operator", PATH).await.body, *told);
    for code in ["41", "4100500", "abcd"] {
        assert_eq!(world.get(GEMEENTE, &format!("/v1/partners/{code}/service-levels")).await.status, 404, "{code}");
    }
    world.stop().await;
}

#[tokio::test]
async fn the_same_is_a_table_and_a_drawing() {
    let world = world().await;
    let table = world.get(GEMEENTE, &format!("{PATH}/csv")).await;
    let row = "\"41005001\";\"0384\";theirs;\"retour\";\"2026-03\";0;1;1;0;2;2\r\n";
    assert!(table.text.starts_with("\u{feff}Partner;Partij;") && table.text.contains(row), "{}", table.text);
    let url = world.url(&format!("{PATH}/xlsx"));
    let bytes = reqwest::Client::new().get(url).bearer_auth(GEMEENTE).send().await.expect("an answer").bytes().await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.expect("all of it").to_vec())).expect("a workbook");
    let sheet = book.worksheet_range("Termijnen").expect("a sheet");
    assert_eq!(sheet.height(), table.text.lines().count());
    let svg = world.get(GEMEENTE, &format!("{PATH}/svg?clock=retour&whose=theirs")).await;
    assert_eq!(svg.headers["content-type"], "image/svg+xml");
    assert!(svg.text.contains("<desc>03-2026 0%</desc>") && svg.text.contains("41005001: retour"), "{}", svg.text);
    for wrong in ["", "?clock=retour", "?clock=retour&whose=both", "?clock=retour&whose=ours&maand=3"] {
        assert_eq!(world.get(GEMEENTE, &format!("{PATH}/svg{wrong}")).await.status, 400, "{wrong}");
    }
    world.stop().await;
}
