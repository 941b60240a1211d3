//! A declaratie of release 2.3 of which a line is granted for less than was asked.

use iwmo_gateway::domain::berichten::bericht::{Berichtsoort, Inhoud};
use iwmo_gateway::domain::berichten::waarde::{Identificatie, Value as _};
use iwmo_gateway::domain::judging::factuur_antwoord;
use iwmo_gateway::domain::judging::verdict::{LineVerdicts, Verdict};
use iwmo_gateway::domain::{Bericht, Heenbericht};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::store::Store;
use iwmo_gateway::xml::{self, Schemas};
use serde_json::{Value, json};

use super::maker::{APRIL, MAY, WMO301, credit, line, wmo303};
use crate::decide::{decide, problem};
use crate::stage::Stage;
use crate::world::{AANBIEDER, GEMEENTE, World};

/// The 304 on a 303 that grants so much of each line.
pub fn wmo304(wmo303: &[u8], nummer: &str, granted: &[Option<u32>]) -> Vec<u8> {
    let Ok(Bericht::Heen(asked)) = xml::read(wmo303) else { panic!("a 303") };
    let toegekend = granted.iter().flatten().map(|cents| i128::from(*cents)).sum();
    let verdicts = LineVerdicts { granted: granted.to_vec(), toegekend, ..LineVerdicts::default() };
    let verdict = Verdict { findings: Vec::new(), declaratie: Some(verdicts) };
    let nummer = Identificatie::from_text(nummer).expect("a name");
    let day = "2019-06-20".parse().expect("a date");
    xml::encode(&Bericht::Heen(factuur_antwoord::compose(&asked, &verdict, nummer, day).expect("a 304")))
}

async fn granted(stage: &Stage) -> Vec<String> {
    let ledger = stage.end().await.ledger.into_iter();
    let lines = ledger.filter_map(|row| row.strip_prefix("prestatie ").map(str::to_owned));
    let part = |row: &str, name: &str| {
        let (_, rest) = row.split_once(&format!("{name} ")).expect("a column");
        rest.split(',').next().unwrap_or_default().to_owned()
    };
    lines.map(|row| format!("{} {}", part(&row, " referentie_nummer"), part(&row, " toegekend"))).collect()
}

async fn differences(store: &dyn Store) -> Vec<String> {
    verify(store, Schemas::compiled_in().as_ref()).await.expect("read").differences
}

#[tokio::test]
async fn a_304_that_grants_a_part_is_kept_to_the_cent_and_credited_by_what_it_granted() {
    let stage = Stage::new().await.replayed();
    let (one, other) = (line("P1", APRIL, 8), line("P2", MAY, 8));
    let declaratie = wmo303("416", "D1", MAY, &[one.clone(), other.clone()]);
    let antwoord = wmo304(&declaratie, "A1", &[Some(20_000), Some(12_345)]);
    let text = String::from_utf8(antwoord.clone()).expect("UTF-8");
    assert!(text.matches(":Prestatie>").count() == 2 && text.contains(">P2<"), "one line is returned: {text}");
    assert_eq!(text.matches(">12345<").count(), 2, "calculated and granted: {text}");
    stage.take_all(&[WMO301.into(), declaratie, antwoord]).await;
    assert_eq!(granted(&stage).await, ["P1 20000", "P2 12345"]);

    let of_asked = stage.take(wmo303("416", "D2", MAY, &[credit("C1", &other, 20_000)])).await;
    let found: Vec<_> = of_asked.findings.iter().filter_map(|one| one.rule.as_deref()).collect();
    assert_eq!((of_asked.verdict.as_str(), found), ("rejected", vec!["TR323"]), "more than was granted");
    let of_granted = stage.take(wmo303("416", "D3", MAY, &[credit("C2", &other, 12_345)])).await;
    assert_eq!(of_granted.verdict, "accepted", "{:?}", of_granted.findings);
    assert_eq!(granted(&stage).await, ["P1 20000", "P2 12345", "C1 -", "C2 12345"]);
    assert_eq!(differences(stage.store().as_ref()).await, [""; 0]);
}

#[tokio::test]
async fn of_a_factuur_no_part_is_granted_and_no_sign_is_turned() {
    let stage = Stage::new().await.replayed();
    let factuur = wmo303("448", "F1", MAY, &[line("P1", MAY, 8)]);
    let declaratie = wmo303("416", "D1", MAY, &[line("P2", APRIL, 8)]);
    stage.take_all(&[WMO301.into(), factuur.clone(), declaratie.clone()]).await;
    let in_part = stage.replay(wmo304(&factuur, "A1", &[Some(12_345)])).await;
    assert_eq!((in_part.verdict.as_str(), in_part.findings[0].rule.as_deref()), ("rejected", Some("OP287")));
    let turned = String::from_utf8(wmo304(&declaratie, "A2", &[Some(5)])).expect("UTF-8");
    let last = turned.rfind(">D<").expect("a sign");
    let turned = format!("{}>C<{}", &turned[..last], &turned[last + 3..]).replace(">5<", ">7<");
    let turned = stage.replay(turned.into_bytes()).await;
    assert_eq!(turned.verdict, "rejected", "{:?}", turned.findings);
    assert!(turned.findings.iter().any(|one| one.rule.as_deref() == Some("IV056c")), "{:?}", turned.findings);
    assert_eq!(granted(&stage).await, ["P2 20000", "P1 20000"], "as they were judged");
}

/// Two people of the gemeente who decide, and a toewijzing; a clock in June 2019.
pub async fn four_eyes(settings: &str) -> World {
    let person = |name: &str| {
        let hash = sha256_hex(name.as_bytes());
        format!(
            "[[credential]]\nname = \"{name}\"\npartij = \"{GEMEENTE}\"\ndecides = true\ntoken_sha256 = \"{hash}\"\n"
        )
    };
    let people = [person("Anna"), person("Bram")].concat();
    let settings = format!("{settings}\n[declaratie]\nanswer = \"four-eyes\"\n{people}");
    let world = World::start(&[GEMEENTE, AANBIEDER], &settings, None).await;
    world.at("2019-06-20T09:00:00+02:00");
    let given = world.post(GEMEENTE, WMO301).await;
    assert_eq!(given.status, 202, "{}", given.text);
    world
}

/// Posts a 303; its id.
pub async fn declare(world: &World, wmo303: Vec<u8>) -> String {
    let answer = world.post(AANBIEDER, wmo303).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.body["id"].as_str().expect("an id").to_owned()
}

/// Anna proposes, Bram approves; the 304.
pub async fn decided(world: &World, id: &str, lines: Value) -> Heenbericht {
    let proposed = decide(world, "Anna", id, &json!({"lines": lines})).await;
    assert_eq!(proposed.status, 202, "{}", proposed.text);
    let approved = decide(world, "Bram", id, &json!({"approve": proposed.body["id"]})).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    let antwoord = approved.body["id"].as_str().expect("an id");
    let text = world.get(AANBIEDER, &format!("/v1/berichten/{antwoord}/xml")).await.text;
    match xml::read(text.as_bytes()).expect("valid") {
        Bericht::Heen(heen) => heen,
        Bericht::Retour(retour) => panic!("a retour: {:?}", retour.header.soort),
    }
}

/// Header codes, granted in total, and of each returned line its name, what is granted and its codes.
pub fn told(antwoord: &Heenbericht) -> (String, i128, Vec<String>) {
    let Inhoud::FactuurAntwoord { header, clienten } = &antwoord.inhoud else { panic!("not a 304") };
    let lines = clienten.iter().flat_map(|client| &client.prestaties).map(|line| {
        let codes: Vec<_> = line.retour_codes.0.iter().map(ToString::to_string).collect();
        let name = &line.product_referentie.referentie_nummer;
        format!("{name} {} {}", line.toegekend().expect("an amount").signed(), codes.join(",")).trim_end().to_owned()
    });
    let total = header.retour_bedragen.toegekend_totaal_bedrag.signed();
    (header.retour_codes.0[0].to_string(), total, lines.collect())
}

#[tokio::test]
async fn people_grant_a_line_of_a_declaratie_in_part_and_it_is_told_and_credited_so() {
    let world = four_eyes("dashboard_login = false").await;
    let (one, other) = (line("P1", APRIL, 8), line("P2", MAY, 8));
    let id = declare(&world, wmo303("416", "D1", MAY, &[one, other.clone()])).await;
    let reason = "Acht uur, waarvan vijf geleverd.";
    let part = json!([{"line": 2, "granted": true, "toegekend_bedrag": 12_500, "reason": reason}]);
    let antwoord = decided(&world, &id, part).await;
    assert_eq!(antwoord.header.soort, Berichtsoort::Wmo304D);
    assert_eq!(told(&antwoord), ("0200".to_owned(), 32_500, vec!["P2 12500".to_owned()]));

    let body = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body;
    assert_eq!((&body["totaal_ingediend_bedrag"], &body["totaal_toegekend_bedrag"]), (&json!(40_000), &json!(32_500)));
    let second = &body["lines"][1];
    let amounts = (&second["ingediend_bedrag"], &second["granted"], &second["toegekend_bedrag"]);
    assert_eq!(amounts, (&json!(20_000), &json!(true), &json!(12_500)));
    let csv = world.get(AANBIEDER, &format!("/v1/declaraties/{id}/csv")).await.text;
    assert!(csv.contains(";20000;ja;20000;") && csv.contains(";20000;deels;12500;"), "{csv}");
    let page = world.get("operator", &format!("/declaraties/{id}")).await.text;
    assert!(page.contains("toegekend € 125,00") && page.contains("<dd>€ 325,00</dd>"), "{page}");
    let stand = world.get(GEMEENTE, &format!("/v1/toewijzingen/{GEMEENTE}/800201")).await.body;
    assert_eq!((&stand["declared"]["bedrag"], &stand["granted"]["bedrag"]), (&json!(40_000), &json!(32_500)));
    let audit = world.store().audit(0, 10).await.expect("read");
    assert!(audit[0].detail.contains(reason) && audit[0].detail.contains("12500"), "{}", audit[0].detail);

    let back = declare(&world, wmo303("416", "D2", MAY, &[credit("C1", &other, 12_500)])).await;
    assert_eq!(told(&decided(&world, &back, json!([])).await), ("8001".to_owned(), -12_500, Vec::new()));
    let stand = world.get(GEMEENTE, &format!("/v1/toewijzingen/{GEMEENTE}/800201")).await.body;
    assert_eq!((&stand["granted"]["bedrag"], &stand["granted"]["volume"]), (&json!(20_000), &json!(8)));
    assert_eq!(differences(world.store().as_ref()).await, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn no_part_is_granted_where_the_standard_knows_none() {
    let world = four_eyes("").await;
    let granted = line("P1", APRIL, 8);
    let first = declare(&world, wmo303("416", "D1", MAY, std::slice::from_ref(&granted))).await;
    decided(&world, &first, json!([])).await;
    let credited =
        declare(&world, wmo303("416", "D2", MAY, &[credit("C1", &granted, 20_000), line("P2", MAY, 8)])).await;
    let factuur = declare(&world, wmo303("448", "F1", MAY, &[line("P3", APRIL, 8)])).await;
    let part = |line: usize, toegekend: i64| json!({"line": line, "granted": true, "toegekend_bedrag": toegekend, "reason": "Deels."});
    let rejected = json!({"line": 2, "granted": false, "toegekend_bedrag": 5, "retourcode": "9307", "reason": "Nee."});
    let silent = json!({"line": 2, "granted": true, "toegekend_bedrag": 5});
    for (id, decision, said) in [
        (&factuur, part(1, 5), "Regel 1 wordt geheel toegekend of afgewezen"),
        (&credited, part(1, 5), "Regel 1 wordt geheel toegekend of afgewezen"),
        (&credited, part(2, 20_000), "Regel 2: toegekend moet hoger zijn dan 0 en lager dan wat is gevraagd"),
        (&credited, part(2, 0), "Regel 2: toegekend moet hoger zijn dan 0"),
        (&credited, rejected, "Regel 2: toegekend moet hoger zijn dan 0"),
        (&credited, silent, "Regel 2: geef de reden waarom de regel niet geheel wordt toegekend"),
    ] {
        let refused = decide(&world, "Anna", id, &json!({"lines": [decision]})).await;
        assert_eq!(problem(&refused), (422, "niet-volgens-standaard"), "{}", refused.text);
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let below = decide(&world, "Anna", &credited, &json!({"lines": [part(2, -5)]})).await;
    assert_eq!(problem(&below), (422, "inhoud"), "{}", below.text);
    world.stop().await;
}
