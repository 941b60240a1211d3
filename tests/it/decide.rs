//! Declaraties of which people decide: proposed by one, approved by another, within what the standard allows.

use iwmo_gateway::domain::{Bericht, Heenbericht, Inhoud};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::exchange::sha256_hex;
use iwmo_gateway::xml::{self, Schemas};
use serde_json::{Value, json};

use crate::maker::{credit, prestatie, toewijzing, wmo301, wmo323};
use crate::world::{AANBIEDER, Answer, GEMEENTE, World};

pub const DAY: &str = "2026-06-01";

/// Who is local.
pub const LOCAL: [&str; 3] = [GEMEENTE, AANBIEDER, "1684"];

/// A world with two people of the gemeente who decide, one of another, and a toewijzing.
pub async fn world() -> World {
    world_with("").await
}

/// The same with these settings of the server.
pub async fn world_with(http: &str) -> World {
    let world = World::start(&LOCAL, &settings(http, "four-eyes"), None).await;
    world.at("2026-06-01T09:00:00+02:00");
    let given = world.post(GEMEENTE, wmo301("T1", "2026-03-02", &[toewijzing(700_101, json!({}))])).await;
    assert_eq!(given.status, 202, "{}", given.text);
    world
}

/// The same world once its settings let this kind of answer go out.
pub async fn answering(world: World, answer: &str) -> World {
    world.restart(&LOCAL, &settings("", answer)).await
}

/// The same world once the gemeente answers with its own software.
pub async fn with_own_software(world: World) -> World {
    let own = format!("[[partij]]\ncode = \"{GEMEENTE}\"\nnaam = \"Eigen software\"\nanswers = \"own\"\n");
    world.restart(&LOCAL[1..], &(settings("", "four-eyes") + &own)).await
}

/// Two people of the gemeente and one of another, and how declaraties are answered.
pub fn settings(http: &str, answer: &str) -> String {
    let people = [("Anna", GEMEENTE), ("Bram", GEMEENTE), ("Carla", "1684")];
    let person = |(name, partij): (&str, &str)| {
        let hash = sha256_hex(name.as_bytes());
        format!("[[credential]]\nname = \"{name}\"\npartij = \"{partij}\"\ndecides = true\ntoken_sha256 = \"{hash}\"\n")
    };
    format!("{http}\n[declaratie]\nanswer = \"{answer}\"\n{}", people.map(person).concat())
}

pub async fn declare(world: &World, identificatie: &str, lines: &[Value]) -> String {
    let answer = world.post(AANBIEDER, wmo323(identificatie, DAY, lines)).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    answer.body["id"].as_str().expect("an id").to_owned()
}

pub async fn decide(world: &World, name: &str, id: &str, decision: &Value) -> Answer {
    let url = world.url(&format!("/v1/declaraties/{id}/antwoord"));
    world
        .request(|client| {
            client.post(url).bearer_auth(name).header("content-type", "application/json").body(decision.to_string())
        })
        .await
}

pub fn april(referentie: &str, volume: i64) -> Value {
    let periode = json!({"Begindatum": "2026-04-01", "Einddatum": "2026-04-30"});
    let bedrag = json!({"Bedrag": 2500 * volume, "DebetCredit": "D"});
    prestatie(referentie, json!({"ProductPeriode": periode, "GeleverdVolume": volume, "IngediendBedrag": bedrag}))
}

fn reject(line: usize) -> Value {
    json!({"line": line, "granted": false, "retourcode": "9307", "reason": "Niet geleverd volgens de cliënt."})
}

pub fn problem(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["type"].as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default())
}

/// Whether each line is granted, and what is granted together.
async fn stand(world: &World, id: &str) -> (Vec<bool>, i64) {
    let body = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let lines = body["lines"].as_array().expect("lines").iter().map(|line| line["granted"] == json!(true));
    (lines.collect(), body["totaal_toegekend_bedrag"].as_i64().expect("an amount"))
}

#[tokio::test]
async fn one_proposes_another_approves_and_the_325_goes_its_way() {
    let world = world().await;
    let strange = prestatie("R3", json!({"ToewijzingNummer": 700_999}));
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4), strange]).await;
    let open = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    assert_eq!((&open["antwoord"], open.get("proposal")), (&Value::Null, None), "{open}");
    assert_eq!(stand(&world, &id).await, (vec![true, true, false], 20_000), "as the standard judges");
    assert!(world.deadlines().await.contains(&"declaratie-antwoord WMO325 2026-06-15 open".to_owned()));

    let proposed = decide(&world, "Anna", &id, &json!({"lines": [reject(2)]})).await;
    assert_eq!((proposed.status, &proposed.body["by"]), (202, &json!("Anna")), "{}", proposed.text);
    let proposal = proposed.body["id"].clone();
    assert_eq!(stand(&world, &id).await.0, [true, true, false], "nothing is true yet");
    let alone = decide(&world, "Anna", &id, &json!({"approve": proposal})).await;
    assert_eq!(problem(&alone), (403, "vier-ogen"), "{}", alone.text);

    let approved = decide(&world, "Bram", &id, &json!({"approve": proposal})).await;
    assert_eq!((approved.status, &approved.body["berichtsoort"]), (200, &json!("WMO325")), "{}", approved.text);
    assert_eq!(approved.body["sent_to"], json!([{"berichtsoort": "WMO325", "partij": AANBIEDER, "via": "postbus"}]));
    assert_eq!(stand(&world, &id).await, (vec![true, false, false], 10_000));
    assert!(world.deadlines().await.contains(&"declaratie-antwoord WMO325 2026-06-15 met".to_owned()));
    let told = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    assert_eq!((&told["antwoord"], &told["proposal"]["approved_by"]), (&approved.body["id"], &json!("Bram")));

    let antwoord = approved.body["id"].as_str().expect("an id");
    let text = world.get(AANBIEDER, &format!("/v1/berichten/{antwoord}/xml")).await.text;
    let lines = match xml::read(text.as_bytes()).expect("valid") {
        Bericht::Heen(Heenbericht { inhoud: Inhoud::DeclaratieAntwoord { antwoord: Some(antwoord), .. }, .. }) => {
            assert_eq!(antwoord.totaal_toegekend_bedrag.signed(), 10_000);
            let lines = antwoord.clienten.iter().flat_map(|client| client.prestaties.clone());
            lines
                .map(|line| (line.product_referentie.referentie_nummer.to_string(), line.retour_codes.0[0].to_string()))
                .collect()
        }
        other => panic!("not a 325: {other:?}"),
    };
    let listed: Vec<(String, String)> = lines;
    assert_eq!(listed, [("R2".to_owned(), "9307".to_owned()), ("R3".to_owned(), "9338".to_owned())]);
    let waiting = world.get(AANBIEDER, "/v1/postbus").await.body;
    assert!(waiting["items"].as_array().expect("items").iter().any(|one| one["id"] == approved.body["id"]));

    let audit = world.store().audit(0, 10).await.expect("read");
    let lines: Vec<_> =
        audit.iter().map(|one| (one.who.as_str(), one.what.as_str(), one.bericht_id.as_ref() == Some(&id))).collect();
    assert_eq!(lines, [("Anna", "declaratie.proposed", true), ("Bram", "declaratie.approved", true)]);
    assert!(audit[0].detail.contains("Niet geleverd volgens de cliënt.") && audit[1].detail.contains(antwoord));

    let again = decide(&world, "Bram", &id, &json!({"lines": []})).await;
    assert_eq!(problem(&again), (409, "niet-open"), "{}", again.text);
    let compared = verify(world.store().as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn an_answer_stays_within_what_the_standard_allows() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 19)]).await;
    let line = |line: usize, granted: bool, code: &str, reason: &str| json!({"lines": [{"line": line, "granted": granted, "retourcode": code, "reason": reason}]});
    for (decision, told) in [
        (line(2, true, "9307", "Toch goed."), "Regel 2 voldoet niet aan de standaard"),
        (
            line(1, false, "8001", "Nee."),
            "Regel 1: kies een retourcode die de standaard voor een prestatie kent: 0611,",
        ),
        (line(1, false, "9307", "  "), "Regel 1: geef de reden"),
        (line(3, false, "9307", "Nee."), "Regel 3 bestaat niet"),
        (line(0, false, "9307", "Nee."), "Regel 0 bestaat niet"),
        (json!({"lines": [reject(1), reject(1)]}), "Regel 1 staat er meer dan één keer"),
    ] {
        let refused = decide(&world, "Anna", &id, &decision).await;
        assert_eq!(problem(&refused), (422, "niet-volgens-standaard"), "{}", refused.text);
        assert!(refused.body["detail"].as_str().is_some_and(|text| text.contains(told)), "{}", refused.text);
    }
    for unreadable in
        [json!({}), json!([[reject(1)]]), json!({"lines": [], "approve": "x"}), json!({"lines": [{"line": 1}]})]
    {
        let refused = decide(&world, "Anna", &id, &unreadable).await;
        assert_eq!(problem(&refused), (422, "inhoud"), "{}", refused.text);
    }
    assert!(world.store().audit(0, 10).await.expect("read").is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_credit_that_made_room_is_not_rejected_without_what_used_the_room() {
    let world = world().await;
    let granted = april("R1", 18);
    let first = declare(&world, "D1", std::slice::from_ref(&granted)).await;
    let proposal = decide(&world, "Anna", &first, &json!({"lines": []})).await.body["id"].clone();
    assert_eq!(decide(&world, "Bram", &first, &json!({"approve": proposal})).await.status, 200);
    let second = declare(&world, "D2", &[credit("R2", &granted), april("R3", 17)]).await;
    assert_eq!(stand(&world, &second).await.0, [true, true]);
    let refused = decide(&world, "Anna", &second, &json!({"lines": [reject(1)]})).await;
    assert_eq!(problem(&refused), (422, "niet-volgens-standaard"), "{}", refused.text);
    assert!(refused.text.contains("maakt ruimte voor regel 2"), "{}", refused.text);
    let both = decide(&world, "Anna", &second, &json!({"lines": [reject(1), reject(2)]})).await;
    assert_eq!(both.status, 202, "{}", both.text);
    world.stop().await;
}

/// Whether the caller reads a proposal, and what people said of each line; the same twice, as JSON and whether the CSV has it.
async fn read_by(world: &World, partij: &str, id: &str) -> (bool, Vec<Value>, bool) {
    let body = world.get(partij, &format!("/v1/declaraties/{id}")).await.body;
    let lines = body["lines"].as_array().expect("lines").iter().map(|line| line["decision"].clone());
    let csv = world.get(partij, &format!("/v1/declaraties/{id}/csv")).await.text;
    let is_in_csv = csv.contains("Besluit: afwijzen met 9307. Niet geleverd volgens de cliënt.");
    (body.get("proposal").is_some(), lines.collect(), is_in_csv)
}

#[tokio::test]
async fn what_people_said_stands_with_its_line_once_it_holds_and_not_for_the_aanbieder() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4)]).await;
    let proposal = decide(&world, "Anna", &id, &json!({"lines": [reject(2)]})).await.body["id"].clone();
    let nothing = || vec![Value::Null, Value::Null];
    assert_eq!(read_by(&world, GEMEENTE, &id).await, (true, nothing(), false), "nobody approved yet");
    assert_eq!(read_by(&world, AANBIEDER, &id).await, (false, nothing(), false));

    assert_eq!(decide(&world, "Bram", &id, &json!({"approve": proposal})).await.status, 200);
    assert_eq!(read_by(&world, GEMEENTE, &id).await, (true, vec![Value::Null, reject(2)], true));
    assert_eq!(read_by(&world, AANBIEDER, &id).await, (false, nothing(), false), "the 325 tells it the retourcode");
}

#[tokio::test]
async fn who_may_not_decide_is_told_and_a_newer_proposal_overtakes_an_older_one() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let nothing = json!({"lines": []});
    for caller in [GEMEENTE, AANBIEDER, "operator"] {
        let refused = decide(&world, caller, &id, &nothing).await;
        assert_eq!(problem(&refused), (403, "mag-niet-beslissen"), "{caller}: {}", refused.text);
    }
    assert_eq!(problem(&decide(&world, "Carla", &id, &nothing).await), (404, "niet-gevonden"), "of another gemeente");
    let first = decide(&world, "Anna", &id, &nothing).await.body["id"].clone();
    let second = decide(&world, "Anna", &id, &json!({"lines": [reject(1)]})).await.body["id"].clone();
    let late = decide(&world, "Bram", &id, &json!({"approve": first})).await;
    assert_eq!(problem(&late), (409, "ingehaald"), "{}", late.text);
    let approval = json!({"approve": second});
    let approvals = [decide(&world, "Bram", &id, &approval), decide(&world, "Bram", &id, &approval)];
    let mut statuses: Vec<_> = futures_util::future::join_all(approvals).await.iter().map(|one| one.status).collect();
    statuses.sort_unstable();
    assert!(statuses == [200, 409] || statuses == [200, 422], "answered once: {statuses:?}");
    assert_eq!(stand(&world, &id).await, (vec![false], 0));
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_judged_by_its_lines_is_answered_at_once() {
    let world = world().await;
    let wrong = wmo323("D1", DAY, &[prestatie("R1", json!({"IngediendBedrag": {"Bedrag": 1, "DebetCredit": "D"}}))]);
    let text = String::from_utf8(wrong).expect("UTF-8").replacen("TotaalBedrag>1<", "TotaalBedrag>2<", 1);
    let answer = world.post(AANBIEDER, text).await;
    assert_eq!((answer.status, &answer.body["retour"]["berichtsoort"]), (202, &json!("WMO325")), "{}", answer.text);
    let id = answer.body["id"].as_str().expect("an id");
    assert_eq!(problem(&decide(&world, "Anna", id, &json!({"lines": []})).await), (409, "niet-open"));
    world.stop().await;
}
