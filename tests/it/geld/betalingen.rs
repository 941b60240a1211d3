//! Batches of payments, as a gemeente makes them and tells that they were paid.

use reqwest::Method;
use serde_json::{Value, json};

use super::deels::declare;
use super::maker::{APRIL, JULY, JUNE, MAY, WMO301, credit, line, line_of, wmo303};
use super::opdracht::{every_change_is_seen, order, values};
use crate::decide::problem;
use crate::world::{AANBIEDER, ANDERE, Answer, BSN, GEMEENTE, World};

const MLW: &str = "dashboard_login = false\n[deadlines]\nprofile = \"mlw-2018\"\n";

const REKENINGEN: &str = "[[rekening]]\npartij = \"0384\"\nnaam = \"Gemeente Diemen\"\niban = \"NL91 ABNA 0417 1643 00\"\nbic = \"ABNANL2A\"\n\
    [[rekening]]\npartij = \"41005001\"\nnaam = \"Zorg + Hulp (Oost)\"\niban = \"NL44RABO0123456789\"\n";

async fn world(settings: &str) -> World {
    let world = World::start(&[GEMEENTE, AANBIEDER, ANDERE], settings, None).await;
    world.at("2019-06-20T09:00:00+02:00");
    let given = world.post(GEMEENTE, WMO301).await;
    assert_eq!(given.status, 202, "{}", given.text);
    world
}

async fn put(world: &World, who: &str, kenmerk: &str, body: &Value) -> Answer {
    send(world, Method::PUT, who, kenmerk, body).await
}

async fn paid(world: &World, who: &str, kenmerk: &str, body: &Value) -> Answer {
    send(world, Method::POST, who, &format!("{kenmerk}/betaald"), body).await
}

async fn withdraw(world: &World, who: &str, kenmerk: &str, body: &Value) -> Answer {
    send(world, Method::POST, who, &format!("{kenmerk}/intrekken"), body).await
}

async fn send(world: &World, method: Method, who: &str, path: &str, body: &Value) -> Answer {
    let url = world.url(&format!("/v1/betalingen/{path}"));
    let is_json = ("content-type", "application/json");
    world
        .request(|client| {
            client.request(method, url).bearer_auth(who).header(is_json.0, is_json.1).body(body.to_string())
        })
        .await
}

/// Asked, granted, payable, and until when that is to be paid.
async fn told(world: &World, id: &str) -> (i64, i64, i64, String) {
    let body = world.get(AANBIEDER, &format!("/v1/declaraties/{id}")).await.body;
    let cents = |name: &str| body[name].as_i64().expect("an amount");
    let clocks = world.get(AANBIEDER, &format!("/v1/berichten/{id}")).await.body["deadlines"].clone();
    let clocks = clocks.as_array().expect("clocks").iter();
    let due = clocks.filter(|clock| clock["clock"] == "betaling").map(|clock| {
        format!("{} {}", clock["due"].as_str().expect("a day"), clock["state"].as_str().expect("a state"))
    });
    (
        cents("totaal_ingediend_bedrag"),
        cents("totaal_toegekend_bedrag"),
        cents("payable"),
        due.collect::<Vec<_>>().join(", "),
    )
}

async fn open(world: &World) -> i64 {
    let body = world.get(GEMEENTE, &format!("/v1/vorderingen?aanbieder={AANBIEDER}")).await.body;
    body["items"][0]["open"].as_i64().expect("an amount")
}

#[tokio::test]
async fn a_cycle_of_facturen_credit_and_payments_adds_up_to_the_cent_after_each_step() {
    let world = world(MLW).await;
    let wrong = line_of("P2", MAY, 13, 4000);
    let first = declare(&world, wmo303("448", "F1", MAY, &[line_of("P1", MAY, 8, 8125), wrong.clone()])).await;
    assert_eq!(told(&world, &first).await, (117_000, 65_000, 65_000, "2019-07-20 open".to_owned()));
    assert_eq!(open(&world).await, 117_000);

    world.at("2019-07-14T09:00:00+02:00");
    let made = put(&world, GEMEENTE, "juni", &json!({})).await;
    assert_eq!((made.status, &made.body["total"]), (201, &json!(65_000)), "{}", made.text);
    assert_eq!(open(&world).await, 117_000, "ordered is not paid");
    world.at("2019-07-15T09:00:00+02:00");
    assert_eq!(paid(&world, GEMEENTE, "juni", &json!({"day": "2019-07-15"})).await.status, 200);
    assert_eq!(told(&world, &first).await.3, "2019-07-20 met".to_owned());
    assert_eq!(open(&world).await, 52_000);

    world.at("2019-07-16T09:00:00+02:00");
    let second = declare(&world, wmo303("448", "F2", MAY, &[credit("C2", &wrong, 52_000)])).await;
    assert_eq!(told(&world, &second).await, (-52_000, -52_000, 0, "2019-08-15 void".to_owned()));
    assert_eq!(open(&world).await, 0);

    world.at("2019-07-18T09:00:00+02:00");
    let corrected = [line_of("P3", JUNE, 8, 14_375), line_of("P4", MAY, 8, 6250)];
    let third = declare(&world, wmo303("448", "F3", JUNE, &corrected)).await;
    assert_eq!(
        told(&world, &third).await,
        (165_000, 165_000, 165_000, "2019-08-17 open".to_owned()),
        "a Saturday stays one"
    );
    assert_eq!(open(&world).await, 165_000);

    world.at("2019-08-15T09:00:00+02:00");
    let fourth = declare(&world, wmo303("448", "F4", JULY, &[line_of("P5", JULY, 8, 14_375)])).await;
    assert_eq!(told(&world, &fourth).await, (115_000, 115_000, 115_000, "2019-09-14 open".to_owned()));
    assert_eq!(open(&world).await, 280_000);
    let made = put(&world, GEMEENTE, "augustus", &json!({"execution_date": "2019-08-19"})).await;
    assert_eq!((made.status, &made.body["total"]), (201, &json!(280_000)), "{}", made.text);
    let declaraties = made.body["payments"][0]["declaraties"].as_array().expect("declaraties").iter();
    let listed: Vec<_> = declaraties.map(|one| (one["declaratie_nummer"].clone(), one["due"].clone())).collect();
    assert_eq!(listed, [(json!("F3"), json!("2019-08-17")), (json!("F4"), json!("2019-09-14"))]);
    world.at("2019-08-20T09:00:00+02:00");
    assert_eq!(paid(&world, GEMEENTE, "augustus", &json!({"day": "2019-08-19"})).await.status, 200);
    let page = world.get("operator", "/betalingen").await.text;
    for part in
        ["Partij 0384", "€ 2.800,00", "F3: € 1.650,00, uiterlijk 17-08-2019", "href=\"/betalingen/0384/augustus/csv\""]
    {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    assert!(world.get("operator", "/betalingen/0384/augustus/csv").await.text.contains("\"P3\""));
    assert_eq!(world.get("operator", "/betalingen/0384/augustus/pain001").await.status, 409, "no account is told");
    assert_eq!(
        (told(&world, &third).await.3, told(&world, &fourth).await.3),
        ("2019-08-17 late".to_owned(), "2019-09-14 met".to_owned())
    );
    assert_eq!(open(&world).await, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_batch_is_made_once_and_stays_as_it_is() {
    let world = world("").await;
    let one = line("P1", APRIL, 8);
    let first = declare(&world, wmo303("448", "F1", MAY, std::slice::from_ref(&one))).await;
    let made = put(&world, GEMEENTE, "2019-06%20(1)", &json!({"execution_date": "2019-06-25"})).await;
    assert_eq!((made.status, &made.body["name"]), (201, &json!("2019-06 (1)")), "{}", made.text);
    assert_eq!((&made.body["payments"][0]["bedrag"], &made.body["made_by"]), (&json!(20_000), &json!(GEMEENTE)));
    world.at("2019-06-28T09:00:00+02:00");
    declare(&world, wmo303("448", "F2", MAY, &[line("P2", MAY, 8)])).await;
    let again = put(&world, GEMEENTE, "2019-06%20(1)", &json!({"execution_date": "2019-06-25"})).await;
    assert_eq!((again.status, &again.body), (200, &made.body), "though its day is past, and more is payable");
    let other = put(&world, GEMEENTE, "2019-06%20(1)", &json!({})).await;
    assert_eq!(problem(&other), (409, "kenmerk-gebruikt"), "{}", other.text);
    assert!(other.text.contains("2019-06-25"), "says what it was asked with: {}", other.text);

    let shown = world.get(GEMEENTE, &format!("/v1/declaraties/{first}")).await.body;
    assert_eq!((&shown["batch"], &shown["paid_on"]), (&json!("2019-06 (1)"), &Value::Null));
    let next = put(&world, GEMEENTE, "b", &json!({"aanbieder": AANBIEDER})).await;
    assert_eq!(
        (next.status, &next.body["total"], &next.body["execution_date"]),
        (201, &json!(20_000), &json!("2019-06-28"))
    );
    let page = world.get(GEMEENTE, "/v1/betalingen?limit=1").await.body;
    assert_eq!((&page["items"][0]["name"], &page["next"]), (&json!("b"), &json!("0384/b")));
    let page = world.get("operator", "/v1/betalingen?limit=1&after=0384/b").await.body;
    assert_eq!(page["items"], json!([made.body]));
    world.stop().await;
}

#[tokio::test]
async fn what_is_taken_back_is_set_off_and_what_is_not_above_zero_waits() {
    let world = world("").await;
    let one = line("P1", APRIL, 8);
    declare(&world, wmo303("448", "F1", MAY, std::slice::from_ref(&one))).await;
    assert_eq!(put(&world, GEMEENTE, "a", &json!({})).await.status, 201);
    declare(&world, wmo303("448", "F2", MAY, &[credit("C1", &one, 20_000), line("P2", APRIL, 5)])).await;
    let nothing = put(&world, GEMEENTE, "b", &json!({})).await;
    assert_eq!(problem(&nothing), (422, "niets-te-betalen"), "{}", nothing.text);
    assert!(nothing.text.contains("41005001 (€ -75,00)"), "who is left out: {}", nothing.text);
    assert_eq!(world.get(GEMEENTE, "/v1/betalingen/b").await.status, 404, "no batch was made");
    declare(&world, wmo303("448", "F3", MAY, &[line("P3", MAY, 8)])).await;
    let made = put(&world, GEMEENTE, "b", &json!({})).await;
    assert_eq!((made.status, &made.body["total"]), (201, &json!(12_500)), "{}", made.text);
    let amounts = made.body["payments"][0]["declaraties"].as_array().expect("declaraties").iter();
    assert_eq!(amounts.map(|one| one["bedrag"].clone()).collect::<Vec<_>>(), [json!(-7500), json!(20_000)]);
    assert_eq!(problem(&put(&world, GEMEENTE, "c", &json!({})).await), (422, "niets-te-betalen"));
    world.stop().await;
}

/// The same 303, to be paid to a servicebureau.
fn for_bureau(wmo303: &str) -> Vec<u8> {
    let bureau = "<b:Servicebureau>98000001</b:Servicebureau>";
    let prefix = wmo303.split_once("Gemeente>").and_then(|(before, _)| before.rsplit_once('<')).expect("a tag").1;
    let bureau = bureau.replace("b:", prefix);
    let text = wmo303.replace(&format!("<{prefix}Aanbieder>"), &format!("{bureau}<{prefix}Aanbieder>"));
    text.replace("BetalingAanID>02<", "BetalingAanID>01<").into_bytes()
}

#[tokio::test]
async fn a_servicebureau_is_paid_by_itself_where_the_header_says_so() {
    let world = world(REKENINGEN).await;
    declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    let text = String::from_utf8(wmo303("448", "F2", MAY, &[line("P2", MAY, 8)])).expect("UTF-8");
    declare(&world, for_bureau(&text)).await;
    let made = put(&world, GEMEENTE, "a", &json!({})).await.body;
    let payees = made["payments"].as_array().expect("payments").iter();
    let payees: Vec<_> = payees.map(|one| (one["payee"].clone(), one["bedrag"].clone())).collect();
    assert_eq!(payees, [(json!(AANBIEDER), json!(20_000)), (json!("98000001"), json!(20_000))]);
    let order = world.get(GEMEENTE, "/v1/betalingen/a/pain001").await;
    assert_eq!(problem(&order), (409, "rekening-ontbreekt"), "{}", order.text);
    assert!(order.text.contains("98000001") && !order.text.contains("41005001") && order.text.contains("[[rekening]]"));
    assert_eq!(world.get(GEMEENTE, "/v1/betalingen/a/csv").await.status, 200, "the lines can be had all the same");
    world.stop().await;
}

#[tokio::test]
async fn a_batch_is_had_as_lines_and_as_an_order_to_a_bank() {
    let world = world(REKENINGEN).await;
    let one = line("=1+1", APRIL, 8);
    let lines = [one, line("P2", MAY, 9)];
    declare(&world, wmo303("448", "F1", MAY, &lines)).await;
    for nummer in 2..30 {
        let nummer = format!("Factuur{nummer}");
        declare(&world, wmo303("448", &nummer, MAY, &[line(&format!("R{nummer}"), MAY, 1)])).await;
    }
    assert_eq!(put(&world, GEMEENTE, "juni", &json!({"execution_date": "2019-06-25"})).await.status, 201);
    let csv = world.get(GEMEENTE, "/v1/betalingen/juni/csv").await.text;
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows.len(), 30, "only what is paid: {csv}");
    let expected =
        "\"juni\";41005001;41005001;\"F1\";\"'=1+1\";\"\";800201;\"01A03\";2019-04-22;2019-05-19;20000;20000;20000";
    assert_eq!(rows[1], expected);
    assert!(!csv.contains(BSN) && !csv.contains("P2"), "{csv}");

    let order_to_bank = order(&world, "operator", "/v1/betalingen/juni/pain001?gemeente=0384").await;
    world.at("2019-07-20T09:00:00+02:00");
    assert_eq!(order(&world, GEMEENTE, "/v1/betalingen/juni/pain001").await, order_to_bank, "the same, byte for byte");
    let value = |name: &str| values(&order_to_bank, name);
    assert_eq!((value("MsgId"), value("PmtInfId")), (vec!["juni"], vec!["juni"]));
    assert_eq!((value("NbOfTxs"), value("CtrlSum")), (vec!["1", "1"], vec!["900.00", "900.00"]));
    assert_eq!(value("InstdAmt"), ["900.00"]);
    assert_eq!((value("IBAN"), value("BICFI")), (vec!["NL91ABNA0417164300", "NL44RABO0123456789"], vec!["ABNANL2A"]));
    assert_eq!((value("CreDtTm"), value("Dt")), (vec!["2019-06-20T07:00:00Z"], vec!["2019-06-25"]));
    let (end_to_end, remittance) = (value("EndToEndId")[0], value("Ustrd")[0]);
    assert!(end_to_end.len() == 35 && end_to_end.ends_with("-41005001"), "{end_to_end}");
    assert!(remittance.len() <= 140 && remittance.starts_with("Wmo juni: F1, Factuur2, "), "{remittance}");
    assert!(remittance.ends_with(" meer") && !order_to_bank.contains(BSN), "{remittance}");
    in_order(&order_to_bank);
    every_change_is_seen(&order_to_bank);
    world.stop().await;
}

/// The elements stand in the order of the schema of ISO 20022, also where nobody can judge by that.
fn in_order(text: &str) {
    let names = text.split('<').skip(1).filter(|tag| !tag.starts_with(['/', '?']));
    let names: Vec<&str> = names.map(|tag| tag.split([' ', '>']).next().expect("a name")).collect();
    let expected = "Document CstmrCdtTrfInitn GrpHdr MsgId CreDtTm NbOfTxs CtrlSum InitgPty Nm PmtInf PmtInfId PmtMtd NbOfTxs CtrlSum \
        PmtTpInf SvcLvl Cd ReqdExctnDt Dt Dbtr Nm DbtrAcct Id IBAN DbtrAgt FinInstnId BICFI ChrgBr CdtTrfTxInf PmtId EndToEndId \
        Amt InstdAmt Cdtr Nm CdtrAcct Id IBAN RmtInf Ustrd";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
}

#[tokio::test]
async fn an_order_is_one_that_a_bank_takes_whatever_stands_in_names_and_kenmerk() {
    let naam = "x".repeat(70);
    let accounts = format!(
        "[[rekening]]\npartij = \"0384\"\nnaam = \"Gemeente 's-Diemen (/Oost)\"\niban = \"NL91ABNA0417164300\"\n\
        [[rekening]]\npartij = \"41005001\"\nnaam = \"{naam}\"\niban = \"DE89370400440532013000\"\nbic = \"COBADEFFXXX\"\n\
        [[rekening]]\npartij = \"98000001\"\nnaam = \"B\"\niban = \"NL44RABO0123456789\"\n"
    );
    let world = world(&accounts).await;
    declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    let text = String::from_utf8(wmo303("448", "F2", MAY, &[line("P2", MAY, 8)])).expect("UTF-8");
    let of_bureau = for_bureau(&text);
    declare(&world, of_bureau).await;
    let kenmerk = "2019-06?:().,'+ (34 tekens lang) ab";
    let made = put(&world, GEMEENTE, "2019-06%3F%3A().%2C'%2B%20(34%20tekens%20lang)%20ab", &json!({})).await;
    assert_eq!((made.status, made.body["name"].as_str()), (201, Some(kenmerk)), "{}", made.text);
    let path = "/v1/betalingen/2019-06%3F%3A().%2C'%2B%20(34%20tekens%20lang)%20ab/pain001";
    let order = order(&world, GEMEENTE, path).await;
    let plain = order.replace("&#39;", "'");
    assert_eq!(values(&plain, "MsgId"), [kenmerk]);
    assert_eq!(values(&plain, "Nm"), ["Gemeente 's-Diemen (/Oost)", "Gemeente 's-Diemen (/Oost)", naam.as_str(), "B"]);
    assert_eq!(values(&plain, "Id").last(), Some(&"\n            <IBAN>NL44RABO0123456789</IBAN>\n          "));
    assert!(plain.contains("<Id>NOTPROVIDED</Id>"), "no BIC of the payer: {plain}");
    assert_eq!(values(&plain, "BICFI"), ["COBADEFFXXX"]);
    let told = [format!("Wmo {kenmerk}: F1"), format!("Wmo {kenmerk}: F2")];
    assert_eq!(values(&plain, "Ustrd"), told);
    world.stop().await;
}

#[tokio::test]
async fn that_a_batch_was_paid_is_told_once_and_kept_with_a_name() {
    let world = world(MLW).await;
    declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    put(&world, GEMEENTE, "juni", &json!({})).await;
    for (dag, kind) in [("2019-06-19", "dag-van-betaling"), ("2019-06-21", "dag-van-betaling")] {
        let refused = paid(&world, GEMEENTE, "juni", &json!({"day": dag})).await;
        assert_eq!(problem(&refused), (422, kind), "{dag}: {}", refused.text);
    }
    world.at("2019-07-22T09:00:00+02:00");
    let first = paid(&world, GEMEENTE, "juni", &json!({"day": "2019-07-20"})).await;
    assert_eq!((first.status, &first.body["paid_on"]), (200, &json!("2019-07-20")), "{}", first.text);
    let paid_one = &first.body["payments"][0]["declaraties"][0];
    assert_eq!(
        (&paid_one["due"], &paid_one["state"]),
        (&json!("2019-07-20"), &json!("met")),
        "on its last day, told later"
    );
    let again = paid(&world, GEMEENTE, "juni", &json!({"day": "2019-07-20"})).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    let other = paid(&world, GEMEENTE, "juni", &json!({"day": "2019-07-22"})).await;
    assert_eq!(problem(&other), (409, "al-betaald"), "{}", other.text);
    let audit = world.store().audit(0, 10).await.expect("read");
    let told: Vec<_> = audit.iter().map(|one| (one.who.as_str(), one.what.as_str(), one.detail.as_str())).collect();
    let made = "{\"gemeente\":\"0384\",\"kenmerk\":\"juni\",\"bedrag\":20000}";
    let paid = "{\"gemeente\":\"0384\",\"kenmerk\":\"juni\",\"dag\":\"2019-07-20\"}";
    assert_eq!(told, [(GEMEENTE, "betaling.made", made), (GEMEENTE, "betaling.paid", paid)]);
    world.stop().await;
}

#[tokio::test]
async fn a_batch_is_withdrawn_for_a_reason_and_what_it_was_to_pay_is_payable_again() {
    let world = world(&format!("{MLW}{REKENINGEN}")).await;
    let id = declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    let made = put(&world, GEMEENTE, "juni", &json!({})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let of_juni = order(&world, GEMEENTE, "/v1/betalingen/juni/pain001").await;
    world.at("2019-06-21T09:00:00+02:00");
    let reason = json!({"reason": "Rekening klopt niet & wordt nagevraagd."});
    let withdrawn = withdraw(&world, GEMEENTE, "juni", &reason).await;
    let told_of_it = json!({"at": "2019-06-21T07:00:00Z", "by": GEMEENTE, "reason": reason["reason"]});
    assert_eq!((withdrawn.status, &withdrawn.body["withdrawn"]), (200, &told_of_it), "{}", withdrawn.text);
    assert_eq!(withdrawn.body["payments"], made.body["payments"], "what stood in it");
    world.at("2019-06-22T09:00:00+02:00");
    let again = withdraw(&world, GEMEENTE, "juni", &json!({"reason": "Nog eens."})).await;
    assert_eq!((again.status, &again.body), (200, &withdrawn.body), "the first reason stays");
    assert_eq!(world.get(GEMEENTE, "/v1/betalingen/juni").await.body, withdrawn.body, "it stays to be seen");
    assert_eq!(world.get(GEMEENTE, "/v1/betalingen/juni/csv").await.status, 200);

    for answer in [
        world.get(GEMEENTE, "/v1/betalingen/juni/pain001").await,
        put(&world, GEMEENTE, "juni", &json!({})).await,
        paid(&world, GEMEENTE, "juni", &json!({"day": "2019-06-21"})).await,
    ] {
        assert_eq!(problem(&answer), (409, "betaling-ingetrokken"), "{}", answer.text);
        assert!(answer.text.contains("op 2019-06-21 ingetrokken door 0384 (Rekening klopt niet"), "{}", answer.text);
    }
    assert_eq!(told(&world, &id).await, (20_000, 20_000, 20_000, "2019-07-20 open".to_owned()));
    assert_eq!(open(&world).await, 20_000);
    let refused = world.get("operator", "/betalingen/0384/juni/pain001").await;
    assert_eq!(
        (refused.status, refused.text.contains("<h1>Betaling ingetrokken</h1>")),
        (409, true),
        "{}",
        refused.text
    );
    let page = world.get("operator", "/betalingen").await.text;
    assert!(page.contains("ingetrokken op 21-06-2019 door 0384: Rekening klopt niet &#38; wordt"), "{page}");
    assert!(page.contains("/juni/csv") && !page.contains("/juni/pain001"), "{page}");

    let other = put(&world, GEMEENTE, "juni-2", &json!({})).await;
    assert_eq!((other.status, &other.body["total"]), (201, &json!(20_000)), "{}", other.text);
    let of_other = order(&world, GEMEENTE, "/v1/betalingen/juni-2/pain001").await;
    assert_ne!(values(&of_other, "EndToEndId"), values(&of_juni, "EndToEndId"), "a bank tells them apart");
    assert_eq!(world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body["batch"], "juni-2");
    assert_eq!(paid(&world, GEMEENTE, "juni-2", &json!({"day": "2019-06-22"})).await.status, 200);
    let late = withdraw(&world, GEMEENTE, "juni-2", &reason).await;
    assert_eq!(problem(&late), (409, "al-betaald"), "{}", late.text);
    assert_eq!(told(&world, &id).await.3, "2019-07-20 met".to_owned());
    assert_eq!(open(&world).await, 0);
    let audit = world.store().audit(0, 10).await.expect("read").into_iter();
    let audit: Vec<_> = audit.filter(|one| one.what == "betaling.withdrawn").map(|one| (one.who, one.detail)).collect();
    let detail = "{\"gemeente\":\"0384\",\"kenmerk\":\"juni\",\"reason\":\"Rekening klopt niet & wordt nagevraagd.\"}";
    assert_eq!(audit, [(GEMEENTE.to_owned(), detail.to_owned())]);
    world.stop().await;
}

#[tokio::test]
async fn who_may_not_withdraw_and_without_a_reason_nothing_is_withdrawn() {
    let world = world("").await;
    declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    assert_eq!(put(&world, GEMEENTE, "a", &json!({})).await.status, 201);
    let reason = json!({"reason": "Dubbel."});
    for (caller, kind) in [
        (AANBIEDER, (403, "geen-gemeente")),
        ("operator", (403, "geen-gemeente")),
        ("niemand", (401, "onbekend-token")),
        (ANDERE, (404, "niet-gevonden")),
    ] {
        assert_eq!(problem(&withdraw(&world, caller, "a", &reason).await), kind, "{caller}");
    }
    assert_eq!(withdraw(&world, GEMEENTE, "b", &reason).await.status, 404);
    for body in [
        json!({}),
        json!({"reason": " "}),
        json!({"reason": "x".repeat(501)}),
        json!({"reason": format!("Client {BSN}")}),
        json!({"reason": "Dubbel.", "extra": 1}),
        json!(["Dubbel."]),
        Value::Null,
    ] {
        let refused = withdraw(&world, GEMEENTE, "a", &body).await;
        assert_eq!(problem(&refused), (422, "inhoud"), "{body}");
        assert!(!refused.text.contains(BSN), "{}", refused.text);
    }
    assert_eq!(world.get(GEMEENTE, "/v1/betalingen/a").await.body["withdrawn"], Value::Null);
    world.stop().await;
}

#[tokio::test]
async fn who_may_not_pay_and_what_cannot_be_paid_is_told() {
    let world = world("").await;
    declare(&world, wmo303("448", "F1", MAY, &[line("P1", APRIL, 8)])).await;
    for (caller, kind) in [
        (AANBIEDER, (403, "geen-gemeente")),
        ("operator", (403, "geen-gemeente")),
        ("niemand", (401, "onbekend-token")),
    ] {
        assert_eq!(problem(&put(&world, caller, "a", &json!({})).await), kind, "{caller}");
        assert_eq!(problem(&paid(&world, caller, "a", &json!({"day": "2019-06-20"})).await), kind, "{caller}");
    }
    assert_eq!(problem(&put(&world, ANDERE, "a", &json!({})).await), (422, "niets-te-betalen"), "nothing of its own");
    for kenmerk in ["a_b", "%20a", "a%2Fb", "caf%C3%A9", "-a", &"x".repeat(36)] {
        assert_eq!(problem(&put(&world, GEMEENTE, kenmerk, &json!({})).await), (422, "kenmerk"), "{kenmerk}");
    }
    for (body, kind) in [
        (json!({"execution_date": "2019-06-19"}), "uitvoerdatum-voorbij"),
        (json!({"execution_date": "gisteren"}), "inhoud"),
        (json!({"aanbieder": "0384"}), "inhoud"),
        (json!({"alles": true}), "inhoud"),
        (json!("alles"), "inhoud"),
        (json!([]), "inhoud"),
        (json!(["41005001", "2019-06-30"]), "inhoud"),
        (Value::Null, "inhoud"),
        (json!({"aanbieder": "41005002"}), "niets-te-betalen"),
    ] {
        assert_eq!(problem(&put(&world, GEMEENTE, "a", &body).await), (422, kind), "{body}");
    }
    let bare = world.url("/v1/betalingen/a");
    let made = world.request(|client| client.put(bare).bearer_auth(GEMEENTE)).await;
    assert_eq!(made.status, 201, "no body asks for all: {}", made.text);
    for body in
        [json!({}), json!({"day": "2019-02-30"}), json!({"day": "2019-06-20", "extra": 1}), json!(["2019-06-20"])]
    {
        assert_eq!(problem(&paid(&world, GEMEENTE, "a", &body).await), (422, "inhoud"), "{body}");
    }
    for path in ["", "/csv", "/pain001"] {
        assert_eq!(world.get(ANDERE, &format!("/v1/betalingen/a{path}")).await.status, 404, "of another gemeente");
        assert_eq!(world.get(ANDERE, &format!("/v1/betalingen/a{path}?gemeente=0384")).await.status, 404);
        assert_eq!(world.get(GEMEENTE, &format!("/v1/betalingen/b{path}")).await.status, 404, "unknown");
        assert_eq!(world.get(AANBIEDER, &format!("/v1/betalingen/a{path}")).await.status, 403);
        assert_eq!(
            problem(&world.get("operator", &format!("/v1/betalingen/a{path}")).await),
            (400, "parameter-ontbreekt")
        );
    }
    assert_eq!(paid(&world, GEMEENTE, "b", &json!({"day": "2019-06-20"})).await.status, 404);
    assert_eq!(paid(&world, ANDERE, "a", &json!({"day": "2019-06-20"})).await.status, 404);
    world.stop().await;
}
