//! Two people decide about a declaratie on its page: forms over HTTP, as a browser without scripts sends them.

use iwmo_gateway::domain::{Bericht, Heenbericht, Inhoud};
use iwmo_gateway::exchange::rebuild::verify;
use iwmo_gateway::xml::{self, Schemas};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::browser::{section, session_of};
use crate::decide::{answering, april, decide, declare, problem, world};
use crate::geld::deels;
use crate::geld::maker::{APRIL, MAY, line, wmo303};
use crate::maker::{prestatie, toewijzing, wmo301};
use crate::world::{AANBIEDER, Answer, BSN, GEMEENTE, World};

const REASON: &str = "Niet geleverd volgens de cliënt.";

/// An operator who is logged in, and looks at one declaratie.
struct Desk<'w> {
    world: &'w World,
    client: reqwest::Client,
    session: String,
    path: String,
}

impl<'w> Desk<'w> {
    async fn of(world: &'w World, id: &str) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        let session = session_of(world, "operator").await;
        Self { world, client, session, path: format!("/declaraties/{id}") }
    }

    async fn page(&self, query: &str) -> String {
        let url = self.world.url(&format!("{}{query}", self.path));
        let answer = self.world.request(|_| self.client.get(url).header("cookie", &self.session)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }

    async fn send(&self, query: &str, fields: &[(String, String)]) -> Answer {
        let url = self.world.url(&format!("{}{query}", self.path));
        self.world.request(|_| self.client.post(url).header("cookie", &self.session).form(fields)).await
    }

    /// Fills in the form on this page: `lines` are fields by name, all others are left as they are.
    async fn propose(&self, query: &str, page: &str, token: &str, lines: &[(&str, &str)]) -> Answer {
        self.send(query, &filled(page, token, lines)).await
    }

    async fn approve(&self, page: &str, token: &str) -> Answer {
        let mut fields = vec![pair("token", token), pair("akkoord", "ja")];
        fields.extend(["sleutel", "voorstel"].map(|name| pair(name, &value(page, name).expect("a field"))));
        self.send("", &fields).await
    }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// What stands in the first input of this name.
pub fn value(page: &str, name: &str) -> Option<String> {
    let input = page.split("<input").find(|input| input.contains(&format!("name=\"{name}\"")))?;
    let value = input.split_once("value=\"")?.1.split_once('"')?.0;
    Some(value.to_owned())
}

/// The lines about which may be decided on this page.
fn lines_of(page: &str) -> Vec<usize> {
    let selects = page.split("<select name=\"besluit-").skip(1);
    selects.map(|rest| rest.split_once('"').expect("its end").0.parse().expect("a line")).collect()
}

fn filled(page: &str, token: &str, lines: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = vec![pair("token", token)];
    let hidden = ["sleutel", "voorstel"].iter().filter_map(|name| Some(pair(name, &value(page, name)?)));
    fields.extend(hidden);
    for line in lines_of(page) {
        for (field, usual) in [("besluit", "houden"), ("code", ""), ("reden", "")] {
            let name = format!("{field}-{line}");
            let chosen = lines.iter().find(|(other, _)| *other == name).map_or(usual, |(_, value)| value);
            fields.push(pair(&name, chosen));
        }
    }
    let others = lines.iter().filter(|(name, _)| !fields.iter().any(|(there, _)| there == name));
    let others: Vec<_> = others.map(|(name, value)| pair(name, value)).collect();
    fields.extend(others);
    fields
}

/// The fields that reject this line.
fn rejecting(line: usize) -> [(String, String); 3] {
    let field = |name: &str, value: &str| (format!("{name}-{line}"), value.to_owned());
    [field("besluit", "afwijzen"), field("code", "9307"), field("reden", REASON)]
}

fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What was proposed last: who, and of each line that is named its number.
async fn proposed(world: &World, id: &str) -> Option<(String, Vec<u64>)> {
    let body = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let lines = body["proposal"]["lines"].as_array()?.iter().map(|line| line["line"].as_u64().expect("a number"));
    Some((body["proposal"]["by"].as_str()?.to_owned(), lines.collect()))
}

#[tokio::test]
async fn one_proposes_on_the_page_another_approves_and_the_325_goes_its_way() {
    let world = world().await;
    let strange = prestatie("R3", json!({"ToewijzingNummer": 700_999}));
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4), strange]).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    assert_eq!(lines_of(&page), [1, 2], "what the standard rejects stays so");
    assert!(page.contains("<option value=\"9307\"") && !page.contains("<option value=\"8001\""), "{page}");
    assert!(!page.contains("name=\"akkoord\"") && !page.contains("name=\"bedrag-1\""), "{page}");

    let done = desk.propose("", &page, "Anna", &borrowed(&rejecting(2))).await;
    assert_eq!((done.status, done.headers["location"].to_str().expect("a path")), (303, desk.path.as_str()));
    let page = desk.page("").await;
    let told = section(&page, "besluit");
    assert!(told.contains("voorgesteld door Anna") && told.contains("Regel 2: afwijzen met 9307"), "{told}");
    assert!(told.contains(REASON), "{told}");
    let alone = desk.approve(&page, "Anna").await;
    assert_eq!(alone.status, 403);
    assert!(section(&alone.text, "besluit").contains("Wie het voorstel deed"), "{}", alone.text);
    let done = desk.approve(&page, "Bram").await;
    assert_eq!(done.status, 303, "{}", done.text);
    let late = desk.propose("", &page, "Bram", &borrowed(&rejecting(1))).await;
    assert!(late.status == 409 && section(&late.text, "besluit").contains("is al geantwoord"), "{}", late.text);
    let page = desk.page("").await;
    assert!(page.contains("voorgesteld door Anna, goedgekeurd door Bram") && !page.contains("<select name=\"besluit"));
    assert!(section(&page, "regels").contains(&format!("Besluit: afwijzen met 9307. {REASON}")), "{page}");

    let told = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body;
    let antwoord = told["antwoord"].as_str().expect("an answer");
    let text = world.get(AANBIEDER, &format!("/v1/berichten/{antwoord}/xml")).await.text;
    let Ok(Bericht::Heen(Heenbericht { inhoud: Inhoud::DeclaratieAntwoord { antwoord: Some(body), .. }, .. })) =
        xml::read(text.as_bytes())
    else {
        panic!("not a 325: {text}")
    };
    let lines = body.clienten.iter().flat_map(|client| &client.prestaties);
    let returned: Vec<_> = lines
        .map(|line| (line.product_referentie.referentie_nummer.as_str(), line.retour_codes.0[0].as_str()))
        .collect();
    assert_eq!(returned, [("R2", "9307"), ("R3", "9338")]);
    let audit = world.store().audit(0, 10).await.expect("read");
    let who: Vec<_> = audit.iter().map(|one| (one.who.as_str(), one.what.as_str())).collect();
    assert_eq!(who, [("Anna", "declaratie.proposed"), ("Bram", "declaratie.approved")]);
    let compared = verify(world.store().as_ref(), Schemas::compiled_in().as_ref()).await.expect("read");
    assert_eq!(compared.differences, [""; 0]);
    world.stop().await;
}

#[tokio::test]
async fn a_form_of_no_session_or_of_another_one_decides_nothing() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let (desk, other) = (Desk::of(&world, &id).await, Desk::of(&world, &id).await);
    let (own, strange) = (desk.page("").await, other.page("").await);
    for key in [None, Some(String::new()), Some("raden".to_owned()), value(&strange, "sleutel")] {
        let mut fields = filled(&own, "Anna", &borrowed(&rejecting(1)));
        fields.retain(|(name, _)| name != "sleutel");
        fields.extend(key.map(|key| pair("sleutel", &key)));
        let refused = desk.send("", &fields).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert!(section(&refused.text, "besluit").contains("hoort niet bij uw sessie"), "{}", refused.text);
        assert!(!refused.text.contains(REASON), "another site may have filled it in");
    }
    let outside = Desk { session: "session=raden".to_owned(), ..other };
    let refused = outside.propose("", &own, "Anna", &[]).await;
    assert_eq!((refused.status, refused.headers["location"].as_bytes()), (303, &b"/login"[..]));
    assert_eq!(proposed(&world, &id).await, None);
    assert!(world.store().audit(0, 10).await.expect("read").is_empty());
    world.stop().await;
}

#[tokio::test]
async fn what_was_filled_in_stays_when_it_is_refused_but_the_token() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4)]).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    let wanted = rejecting(2);
    let other_code = [wanted[0].clone(), pair("code-2", ""), wanted[2].clone()];
    let forgotten = [wanted[2].clone()];
    for (token, fields, status, told) in [
        ("geheim-van-niemand", &wanted[..], 403, "Dit token is hier niet bekend"),
        ("operator", &wanted[..], 403, "die over declaraties beslist"),
        (AANBIEDER, &wanted[..], 403, "die over declaraties beslist"),
        ("Carla", &wanted[..], 404, "niet van uw partij"),
        ("Anna", &other_code[..], 422, "Regel 2: kies een retourcode"),
        ("Anna", &forgotten[..], 422, "Regel 2: het besluit is toekennen"),
    ] {
        let refused = desk.propose("", &page, token, &borrowed(fields)).await;
        assert_eq!(refused.status, status, "{token}: {}", refused.text);
        assert!(section(&refused.text, "besluit").contains(told), "{token}: {}", refused.text);
        assert_eq!(value(&refused.text, "reden-2").as_deref(), Some(REASON), "{token}");
        if fields == wanted {
            assert!(refused.text.contains("<option value=\"afwijzen\" selected>"), "{token}");
            assert!(refused.text.contains("<option value=\"9307\" selected>"), "{token}");
        }
        // The chooser of parties names their codes, which are tokens in this test.
        let page = refused.text.replace(&format!("<option value=\"{token}\""), "");
        assert!(!page.contains(&format!("value=\"{token}\"")) && !refused.text.contains("geheim"), "{token}");
        assert!(!refused.text.contains(BSN), "a person on the dashboard");
    }
    assert_eq!(proposed(&world, &id).await, None);
    world.stop().await;
}

#[tokio::test]
async fn a_proposal_on_one_page_keeps_what_was_proposed_on_another() {
    let world = world().await;
    for nummer in 700_201..=700_260 {
        let given = wmo301(&format!("T{nummer}"), "2026-03-02", &[toewijzing(nummer, json!({}))]);
        assert_eq!(world.post(GEMEENTE, given).await.status, 202);
    }
    let lines: Vec<Value> = (1..=60).map(hour).collect();
    let id = declare(&world, "D1", &lines).await;
    let desk = Desk::of(&world, &id).await;
    let (first, second) = (desk.page("").await, desk.page("?after=50").await);
    assert!(first.contains(&format!("<a href=\"{}?after=50\">", desk.path)), "{first}");
    assert!(lines_of(&first).len() == 50 && lines_of(&second) == (51..=60).collect::<Vec<_>>(), "{first}");
    assert!(first.contains("Dit voorstel gaat over de regels die hier staan"), "{first}");
    let done = desk.propose("", &first, "Anna", &borrowed(&rejecting(3))).await;
    assert_eq!(done.status, 303, "{}", done.text);

    let late = desk.propose("?after=50", &second, "Bram", &borrowed(&rejecting(52))).await;
    assert_eq!(late.status, 409, "{}", late.text);
    assert!(section(&late.text, "besluit").contains("intussen een ander voorstel"), "{}", late.text);
    assert!(section(&late.text, "besluit").contains("Regel 3: afwijzen met 9307"), "{}", late.text);
    assert_eq!(proposed(&world, &id).await, Some(("Anna".to_owned(), vec![3])));
    let again = desk.propose("?after=50", &late.text, "Bram", &borrowed(&rejecting(52))).await;
    assert_eq!(
        (again.status, again.headers["location"].to_str().expect("a path")),
        (303, format!("{}?after=50", desk.path).as_str())
    );
    assert_eq!(proposed(&world, &id).await, Some(("Bram".to_owned(), vec![3, 52])));

    let second = desk.page("?after=50").await;
    assert_eq!(value(&second, "reden-52").as_deref(), Some(REASON), "as it was proposed");
    let done = desk.propose("?after=50", &second, "Bram", &[]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(proposed(&world, &id).await, Some(("Bram".to_owned(), vec![3])), "taken back");
    world.stop().await;
}

#[tokio::test]
async fn a_reason_with_a_line_that_is_granted_stays_until_somebody_takes_it_away() {
    const ASKED: &str = "Nagevraagd bij de cliënt:\nhet klopt.";
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4)]).await;
    let said = json!({"line": 1, "granted": true, "reason": ASKED});
    assert_eq!(decide(&world, "Anna", &id, &json!({"lines": [said]})).await.status, 202);
    let last = async || world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body["proposal"]["lines"].clone();
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    assert_eq!(value(&page, "reden-1").as_deref(), Some(ASKED));

    // A browser leaves out the end of a line.
    let shown = ASKED.replace('\n', "");
    let rejecting = rejecting(2);
    let sent = [&borrowed(&rejecting)[..], &[("reden-1", shown.as_str())]].concat();
    let done = desk.propose("", &page, "Bram", &sent).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let lines = last().await;
    assert_eq!((&lines[0], &lines[1]["retourcode"]), (&said, &json!("9307")), "{lines}");

    let page = desk.page("").await;
    let sent = [&borrowed(&rejecting)[..], &[("reden-1", "Toch niet.")]].concat();
    let other = desk.propose("", &page, "Bram", &sent).await;
    assert_eq!(other.status, 422, "{}", other.text);
    assert!(section(&other.text, "besluit").contains("Regel 1: het besluit is toekennen"), "{}", other.text);
    assert_eq!(desk.propose("", &page, "Bram", &borrowed(&rejecting)).await.status, 303);
    assert_eq!(last().await.as_array().expect("lines").iter().map(|one| &one["line"]).collect::<Vec<_>>(), [2]);
    let late = desk.propose("", &page, "Anna", &[("reden-1", shown.as_str())]).await;
    assert!(late.status == 409 && late.text.contains("intussen een ander voorstel"), "{}", late.text);
    world.stop().await;
}

/// An hour in April, on a toewijzing of its own.
fn hour(nr: usize) -> Value {
    let mut line = april(&format!("R{nr}"), 1);
    line["ToewijzingNummer"] = json!(700_200 + nr);
    line
}

#[tokio::test]
async fn a_line_of_a_303d_is_granted_in_part_in_euros() {
    let world = deels::four_eyes("").await;
    let id = deels::declare(&world, wmo303("416", "N1", MAY, &[line("P1", APRIL, 8), line("P2", MAY, 8)])).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    for (bedrag, told) in [("veel", "Regel 1: geef het bedrag in euro"), ("9999,00", "lager dan wat is gevraagd")] {
        let fields = [("besluit-1", "deels"), ("bedrag-1", bedrag), ("reden-1", REASON)];
        let refused = desk.propose("", &page, "Anna", &fields).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(section(&refused.text, "besluit").contains(told), "{}", refused.text);
        assert_eq!(value(&refused.text, "bedrag-1").as_deref(), Some(bedrag));
    }
    let fields = [("besluit-1", "deels"), ("bedrag-1", "123,45"), ("reden-1", REASON)];
    assert_eq!(desk.propose("", &page, "Anna", &fields).await.status, 303);
    let page = desk.page("").await;
    assert!(section(&page, "besluit").contains("Regel 1: toekennen € 123,45"), "{page}");
    assert_eq!(value(&page, "bedrag-1").as_deref(), Some("123,45"));
    assert_eq!(desk.approve(&page, "Bram").await.status, 303);
    let line = world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body["lines"][0].clone();
    assert_eq!((&line["granted"], &line["toegekend_bedrag"]), (&json!(true), &json!(12_345)));
    world.stop().await;
}

#[tokio::test]
async fn what_waits_for_people_stays_with_them_when_the_gateway_answers_again() {
    let world = world().await;
    let on_page = declare(&world, "D1", &[prestatie("R1", json!({})), april("R2", 4)]).await;
    let may = json!({"ProductPeriode": {"Begindatum": "2026-05-01", "Einddatum": "2026-05-31"}});
    let by_api = declare(&world, "D2", &[prestatie("R3", may)]).await;
    let world = answering(world, "auto").await;
    let new = declare(&world, "D3", &[prestatie("R4", json!({"ToewijzingNummer": 700_999}))]).await;
    let antwoord =
        async |id: &str| world.get(GEMEENTE, &format!("/v1/declaraties/{id}")).await.body["antwoord"].clone();
    assert!(antwoord(&new).await.is_string(), "what comes in now is answered at once");
    assert!(lines_of(&Desk::of(&world, &new).await.page("").await).is_empty());
    world.at("2026-06-20T09:00:00+02:00");
    world.rest().await;
    assert!(antwoord(&on_page).await.is_null(), "nobody answers what waits");
    let overdue = "declaratie-antwoord WMO325 2026-06-15 overdue".to_owned();
    assert_eq!(world.deadlines().await.iter().filter(|one| **one == overdue).count(), 2);

    let desk = Desk::of(&world, &on_page).await;
    let page = desk.page("").await;
    assert_eq!(lines_of(&page), [1, 2]);
    let done = desk.propose("", &page, "Anna", &borrowed(&rejecting(2))).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(desk.approve(&desk.page("").await, "Bram").await.status, 303);
    let proposal = decide(&world, "Anna", &by_api, &json!({"lines": []})).await;
    assert_eq!(proposal.status, 202, "{}", proposal.text);
    let approved = decide(&world, "Bram", &by_api, &json!({"approve": proposal.body["id"]})).await;
    assert_eq!(approved.status, 200, "{}", approved.text);
    assert!(antwoord(&on_page).await.is_string() && antwoord(&by_api).await.is_string());
    assert!(!world.deadlines().await.contains(&overdue));
    world.stop().await;
}

#[tokio::test]
async fn what_waits_is_left_to_a_gemeente_that_answers_with_its_own_software() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let world = crate::decide::with_own_software(world).await;
    assert!(lines_of(&Desk::of(&world, &id).await.page("").await).is_empty());
    let refused = decide(&world, "Anna", &id, &json!({"lines": []})).await;
    assert_eq!(problem(&refused), (409, "niet-open"), "{}", refused.text);
    world.stop().await;
}

#[tokio::test]
async fn a_filter_on_what_is_no_toewijzing_is_refused_before_anything_is_decided() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    for wrong in ["x", "-1", "70.5", "1000000000"] {
        let query = format!("?toewijzing={wrong}");
        let url = world.url(&format!("{}{query}", desk.path));
        let looked = world.request(|_| desk.client.get(url).header("cookie", &desk.session)).await;
        let sent = desk.propose(&query, &page, "Anna", &borrowed(&rejecting(1))).await;
        for refused in [looked, sent] {
            assert_eq!(refused.status, 400, "{wrong}: {}", refused.text);
            let told = "toewijzing: geef een geheel getal van 0 tot en met 999999999.";
            assert!(refused.text.contains(told), "{}", refused.text);
        }
    }
    assert_eq!(proposed(&world, &id).await, None);
    for (query, shown) in [("?toewijzing=", 1), ("?toewijzing=%20700101%20", 1), ("?toewijzing=0", 0)] {
        assert_eq!(lines_of(&desk.page(query).await).len(), shown, "{query}");
    }
    let filtered = desk.page("?toewijzing=0700101").await;
    assert_eq!(value(&filtered, "toewijzing").as_deref(), Some("700101"));
    assert!(filtered.contains(&format!("action=\"{}?toewijzing=700101\"", desk.path)), "{filtered}");
    world.stop().await;
}

#[tokio::test]
async fn without_a_login_nobody_decides_on_a_page() {
    let world = crate::decide::world_with("dashboard_login = false").await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    let forms: Vec<_> =
        page.split("method=\"post\" action=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(lines_of(&page).is_empty() && forms == ["/zoek", "/partij"] && !page.contains("name=\"token\""), "{page}");
    assert_eq!(desk.propose("", &page, "Anna", &[("besluit-1", "houden")]).await.status, 404);
    assert_eq!(proposed(&world, &id).await, None);
    let by_api = decide(&world, "Anna", &id, &json!({"lines": []})).await;
    assert_eq!(by_api.status, 202, "{}", by_api.text);
    world.stop().await;
}

#[tokio::test]
async fn a_form_of_more_than_a_megabyte_is_refused_and_decides_nothing() {
    let world = world().await;
    let id = declare(&world, "D1", &[prestatie("R1", json!({}))]).await;
    let desk = Desk::of(&world, &id).await;
    let page = desk.page("").await;
    let large = desk.propose("", &page, "Anna", &[("extra", &"x".repeat(1_000_000))]).await;
    assert_eq!((large.status, proposed(&world, &id).await), (413, None));
    let small = desk.propose("", &page, "Anna", &[("extra", &"x".repeat(900_000))]).await;
    assert_eq!(small.status, 303, "{}", small.text);
}
