//! Release 2.3: the 303 knows who the client is from the 301, and a credit repeats what the 303 said.

use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::xml;
use serde_json::{Value, json};

use crate::world::{AANBIEDER, Answer, GEMEENTE, World};

pub(super) const WMO301: &str = include_str!("../../../fixtures/regels/TR303/eerder-80.xml");
const WMO303: &str = include_str!("../../../fixtures/regels/TR303/goed-nummer.xml");

/// Release 2.3 is in force, four weeks are over, and the contract says this.
async fn world(contract: Option<&str>) -> World {
    liable(contract, None).await
}

/// The same, where the aanbieder has this BtwIDNummer.
pub(super) async fn liable(contract: Option<&str>, btw_id_nummer: Option<&str>) -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = "[releases]\niwmo_2_3 = [\"2019-04-01\"]\n".to_owned();
    if let Some(contract) = contract {
        std::fs::write(folder.path().join("0384-41005001.csv"), contract).expect("a contract");
        settings = format!("{settings}[contracten]\nfolder = \"{}\"\n", folder.path().display());
    }
    let number = btw_id_nummer.map_or_else(String::new, |nummer| format!("btw_id_nummer = \"{nummer}\"\n"));
    let partij = format!("[[partij]]\ncode = \"{AANBIEDER}\"\nnaam = \"x\"\n{number}");
    let hash = sha256_hex(AANBIEDER.as_bytes());
    let credential = format!("[[credential]]\nname = \"x\"\npartij = \"{AANBIEDER}\"\ntoken_sha256 = \"{hash}\"\n");
    settings = [settings, partij, credential].concat();
    let world = World::start(&[GEMEENTE], &settings, None).await;
    world.at("2019-04-10T09:00:00+02:00");
    assert_eq!(world.post(GEMEENTE, WMO301).await.body["verdict"], "accepted");
    world.at("2019-06-17T09:00:00+02:00");
    world
}

pub(super) async fn declare(world: &World, periode: &str, nummer: &str, table: impl Into<reqwest::Body>) -> Answer {
    let query = format!("gemeente={GEMEENTE}&periode={periode}&declaratieNummer={nummer}&release=2.3");
    let url = world.url(&format!("/v1/declaraties?{query}"));
    let request = |client: &reqwest::Client| client.post(url).bearer_auth(AANBIEDER).header("content-type", "text/csv");
    world.request(|client| request(client).body(table)).await
}

pub(super) async fn xml_of(world: &World, part: &Value) -> String {
    let id = part["receipt"]["id"].as_str().unwrap_or_else(|| panic!("a receipt in {part}"));
    world.get(AANBIEDER, &format!("/v1/berichten/{id}/xml")).await.text
}

pub(super) const FACTUUR: &str = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief;ReferentieNummer\n\
    800201;2019-05-20;2019-06-16;8;2500;P1\n";

#[tokio::test]
async fn a_factuur_is_the_one_that_a_person_would_write_and_its_credit_takes_all_of_it_back() {
    let world = world(None).await;
    let answer = declare(&world, "2019-05-20", "F2019001", FACTUUR).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    assert_eq!((&part["berichtsoort"], &part["release"]), (&json!("WMO303"), &json!("2.3")));
    let made = xml::read(xml_of(&world, part).await.as_bytes()).expect("a 303");
    assert!(made == xml::read(WMO303.as_bytes()).expect("a 303"), "{}", xml_of(&world, part).await);
    let retour = &part["receipt"]["retour"];
    assert_eq!((&retour["berichtsoort"], &retour["retourcodes"]), (&json!("WMO304"), &json!(["8001"])));

    world.at("2019-07-15T09:00:00+02:00");
    let answer = declare(&world, "2019-06-17", "F2019002", "VorigReferentieNummer\nP1\n").await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    assert_eq!(
        (&part["totaal_ingediend_bedrag"], &part["receipt"]["retour"]["retourcodes"]),
        (&json!(-20_000), &json!(["8001"]))
    );
    let credit = xml_of(&world, part).await;
    assert_eq!(credit.matches(":DebetCredit>C<").count(), 3, "total, calculated and asked: {credit}");
    assert!(credit.contains(":ReferentieNummer>F2019002-1<") && credit.contains(":VorigReferentieNummer>P1<"));
    assert!(credit.contains(":Achternaam>Verhoeven<") && credit.contains(":BtwVrijstellingIndicatie>1<"));
    world.stop().await;
}

#[tokio::test]
async fn where_a_declaratie_was_agreed_it_is_one_at_the_agreed_tariff() {
    let contract = "wijze;declaratie\ncode;categorie;eenheid;tarief\n01A03;01;04;2500\n";
    let world = world(Some(contract)).await;
    let table = "ToewijzingNummer;Begindatum;Einddatum;Volume\n800201;2019-05-20;2019-06-16;8\n";
    let answer = declare(&world, "2019-05-20", "D2019001", table).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let part = &answer.body["berichten"][0];
    let made = xml_of(&world, part).await;
    assert!(made.contains(":BerichtCode>416<") && !made.contains("Btw"), "{made}");
    assert_eq!(
        (&part["totaal_ingediend_bedrag"], &part["receipt"]["retour"]["retourcodes"]),
        (&json!(20_000), &json!(["8001"]))
    );
    world.stop().await;
}

#[tokio::test]
async fn a_calendar_month_is_a_period_too_and_a_day_between_is_none() {
    let world = world(None).await;
    let table = "ToewijzingNummer;Begindatum;Einddatum;Volume;Tarief\n800201;2019-05-01;2019-05-31;8;2500\n";
    assert_eq!(declare(&world, "2019-05-21", "F1", table).await.status, 400);
    let answer = declare(&world, "2019-05", "F1", table).await;
    assert_eq!((answer.status, &answer.body["berichten"][0]["receipt"]["verdict"]), (202, &json!("accepted")));
    world.stop().await;
}
