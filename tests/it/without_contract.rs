//! What an aanbieder asks without a contract: the verzoek is taken in, and the gemeente answers at once that it is rejected.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use iwmo_gateway::domain::berichten::contract::{Contract, Contracten};
use iwmo_gateway::domain::berichten::waarde::{ProductCategorie, ProductCode, Value as _};
use iwmo_gateway::store::{Sqlite, Store};
use serde_json::{Value, json};

use crate::maker::{toewijzing, wmo301, wmo315, wmo317, wmo319};
use crate::stage::Stage;
use crate::world::{AANBIEDER, GEMEENTE, World};

/// A folder in which the gemeente has a contract with another aanbieder, or with this one about `codes`.
fn contracten(aanbieder: &str, codes: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join(format!("{GEMEENTE}-{aanbieder}.csv"));
    fs::write(file, format!("code;categorie\n{codes}")).expect("a file");
    folder
}

async fn world(folder: &Path, more: &str) -> World {
    let settings = format!("[contracten]\nfolder = \"{}\"\n{more}", folder.display());
    World::start(&[GEMEENTE, AANBIEDER], &settings, None).await
}

/// Kind and outcome of every bericht, oldest first.
async fn kinds(world: &World) -> Vec<String> {
    world.nothing_waits().await;
    let all = world.berichten().await;
    let short =
        |line: &String| line.split(' ').take(1).chain(line.split(' ').skip(2).take(2)).collect::<Vec<_>>().join(" ");
    all.iter().map(short).collect()
}

/// What stands in the only 319 in the postbus of the aanbieder.
async fn antwoord(world: &World) -> Value {
    let waiting = world.get(AANBIEDER, "/v1/postbus").await.body;
    let items = waiting["items"].as_array().expect("items").iter();
    let ids: Vec<_> = items.filter(|one| one["berichtsoort"] == "WMO319").map(|one| one["id"].clone()).collect();
    assert_eq!(ids.len(), 1, "{waiting}");
    let id = ids[0].as_str().expect("an id");
    world.get(AANBIEDER, &format!("/v1/berichten/{id}/json")).await.body["Bericht"]["Antwoord"].clone()
}

async fn verzoeken(world: &World) -> Vec<String> {
    world.deadlines().await.into_iter().filter(|line| line.starts_with("verzoek ")).collect()
}

#[tokio::test]
async fn a_verzoek_of_an_aanbieder_without_a_contract_is_taken_in_and_then_rejected() {
    let folder = contracten("41005009", "01A03;01\n");
    let world = world(folder.path(), "").await;
    let asked = world.post(AANBIEDER, wmo315("V1", "2026-03-04", "VOT-1")).await;
    assert_eq!((&asked.body["verdict"], &asked.body["retour"]["retourcodes"]), (&json!("accepted"), &json!([])));
    assert_eq!(
        kinds(&world).await,
        ["WMO315 accepted api", "WMO316 accepted gateway", "WMO319 accepted gateway", "WMO320 accepted gateway"]
    );
    let told = json!({"ReferentieAanbieder": "VOT-1", "VerzoekAntwoord": "1", "RedenAfwijzingVerzoek": "3"});
    assert_eq!(antwoord(&world).await, told);
    assert_eq!(verzoeken(&world).await, ["verzoek WMO301 2026-03-11 met"]);

    let again = world.post(AANBIEDER, wmo315("V2", "2026-03-04", "VOT-2")).await;
    assert_eq!(again.body["verdict"], "accepted", "the first one is not open any more: {}", again.text);
    world.stop().await;
}

#[tokio::test]
async fn a_change_that_is_asked_without_a_contract_is_rejected_as_one_that_does_not_fit() {
    let folder = contracten("41005009", "01A03;01\n");
    let world = world(folder.path(), "").await;
    world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    let longer = json!({"ToewijzingNummer": 700_101, "GewensteIngangsdatum": "2026-03-03", "Einddatum": "2027-03-31",
        "Omvang": {"Volume": 3, "Eenheid": "04", "Frequentie": "2"}});
    let verzoek = json!({"ReferentieAanbieder": "VOW-1", "RedenVerzoek": "1",
        "TeWijzigenProducten": {"TeWijzigenProduct": [longer]}});
    let asked = world.post(AANBIEDER, wmo317("V1", "2026-03-04", &verzoek)).await;
    assert_eq!(asked.body["verdict"], "accepted", "{}", asked.text);
    world.nothing_waits().await;
    let told = json!({"ReferentieAanbieder": "VOW-1", "VerzoekAntwoord": "1", "RedenAfwijzingVerzoek": "4"});
    assert_eq!(antwoord(&world).await, told);
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_rejected_where_there_is_a_contract_or_none_is_known_or_people_answer() {
    let with_contract = contracten(AANBIEDER, "01A03;01\n");
    let of_another_gemeente = tempfile::tempdir().expect("a folder");
    fs::write(of_another_gemeente.path().join("0363-41005009.csv"), "code;categorie\n01A03;01\n").expect("a file");
    let without = contracten("41005009", "01A03;01\n");
    for (folder, more) in [(&with_contract, ""), (&of_another_gemeente, ""), (&without, "without = \"people\"\n")] {
        let world = world(folder.path(), more).await;
        world.post(AANBIEDER, wmo315("V1", "2026-03-04", "VOT-1")).await;
        assert_eq!(kinds(&world).await, ["WMO315 accepted api", "WMO316 accepted gateway"], "{more}");
        assert_eq!(verzoeken(&world).await, ["verzoek WMO301 2026-03-11 open"]);
        let by_hand = world.post(GEMEENTE, wmo319("A1", "2026-03-04", "VOT-1", "2")).await;
        assert_eq!(by_hand.body["verdict"], "accepted", "{}", by_hand.text);
        world.stop().await;
    }
}

#[tokio::test]
async fn a_product_of_a_categorie_that_was_not_agreed_is_rejected_by_itself() {
    let folder = contracten(AANBIEDER, "02A05;02\n");
    let world = world(folder.path(), "").await;
    let text = String::from_utf8(wmo315("V1", "2026-03-04", "VOT-1")).expect("text");
    let of_code = [">01A03<", "Omvang>", "Volume>", "Eenheid>", "Frequentie>"];
    let without_code: Vec<&str> = text.lines().filter(|line| !of_code.iter().any(|name| line.contains(name))).collect();
    let asked = world.post(AANBIEDER, without_code.join("\r\n")).await;
    assert_eq!(asked.body["verdict"], "accepted", "{}", asked.text);
    world.nothing_waits().await;
    assert_eq!(antwoord(&world).await["RedenAfwijzingVerzoek"], "3");
    world.stop().await;
}

#[tokio::test]
async fn the_rejection_is_kept_with_the_verzoek_and_sent_after_a_crash() {
    let store: Arc<dyn Store> = Arc::new(Sqlite::in_memory().await.expect("a store"));
    let stage = || {
        let mut stage = Stage::on(Arc::clone(&store));
        let contract = Contract {
            productcodes: [(
                ProductCode::from_text("01A03").expect("a code"),
                ProductCategorie::from_text("01").expect("a categorie"),
            )]
            .into(),
            ..Contract::default()
        };
        let pair = (GEMEENTE.to_owned(), "41005009".to_owned());
        stage.gateway.contracten = Contracten::from_iter([(pair, contract)]);
        stage
    };
    let before = stage();
    before.take(wmo315("V1", "2026-06-01", "VOT-1")).await;
    drop(before);
    assert_eq!(stage().release().await, ["WMO319 accepted 2026-06-01"]);
    assert_eq!(stage().release().await, [""; 0]);
}
