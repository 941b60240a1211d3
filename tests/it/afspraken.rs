//! Every agreement of a profile has good and bad berichten, and the bad ones break that agreement only.
//!
//! `fixtures/<profile>/<id>/goed-*.xml` and `fout-*.xml`; `eerder-*.xml` came before both. Each is taken in on the day of its
//! Dagtekening, by a gateway that acts for everybody in it.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use iwmo_gateway::api::{FindingReceipt, Receipt};
use iwmo_gateway::clock::Clock as _;
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::Bericht;
use iwmo_gateway::domain::afspraken::gateway::before_sending;
use iwmo_gateway::domain::afspraken::{GATEWAY, list};
use iwmo_gateway::domain::berichten::contract::{Afname, Contract, Contracten, PaidBy};
use iwmo_gateway::domain::berichten::waarde::{Frequentie, ProductCategorie, ProductCode, Value as _};
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{Carrier, Format, Received, Reply};
use iwmo_gateway::xml;

use crate::stage::Stage;
use crate::world::{Answer, World, instant};

/// Agreements that may break together with another one, by their nature: who takes over a client starts in that period.
const TOGETHER: &[(&str, &str)] = &[("MLW-09", "MLW-06")];

/// Findings on a bericht, by name, with retourcode and severity: only those of agreements.
type Found = BTreeSet<(String, Option<String>)>;

fn folder(profile: &str, id: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(profile).join(id)
}

fn files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
    files.sort();
    files
}

async fn stage(profile: &str) -> Stage {
    let mut stage = Stage::new().await.replayed();
    // What the gateway itself remarks it remarks under any profile; not under one that has remarks of its own.
    let profile = if profile == GATEWAY { "landelijk-3.2" } else { profile };
    let settings = format!("[deadlines]\nprofile = \"{profile}\"\n");
    stage.gateway.profile = Config::parse(&settings).expect("settings").profile;
    if profile == "mlw-2018" {
        stage.gateway.contracten = Contracten::everywhere(contract());
    }
    stage
}

/// What was agreed with the aanbieders of `mlw-2018`: two products, one of them per four weeks.
fn contract() -> Contract {
    let code = |code: &str| ProductCode::from_text(code).expect("a code");
    let product = |(product, categorie)| (code(product), ProductCategorie::from_text(categorie).expect("a categorie"));
    let per_period = Afname { frequentie: Some(Frequentie::PerVierWeken), paid_by: Some(PaidBy::Periode) };
    Contract {
        productcodes: [("2704", "02"), ("7707", "07")].into_iter().map(product).collect(),
        afname: HashMap::from([(code("2704"), per_period)]),
        ..Contract::default()
    }
}

async fn take(stage: &Stage, file: &Path) -> Receipt {
    let bytes = fs::read(file).expect("a fixture");
    let bericht = xml::read(&bytes).unwrap_or_else(|refusal| panic!("{}: {:?}", file.display(), refusal.findings));
    stage.at(&format!("{}T10:00:00+02:00", bericht.header().bericht_identificatie.dagtekening));
    stage.replay(bytes).await
}

/// Plays what came before and then the file.
async fn found(profile: &str, folder: &Path, file: &Path) -> Found {
    let stage = stage(profile).await;
    for earlier in files(folder, "eerder-") {
        let receipt = take(&stage, &earlier).await;
        let is_taken = ["accepted", "partial"].contains(&receipt.verdict.as_str());
        assert!(is_taken, "{}: {:?}", earlier.display(), receipt.findings);
    }
    let receipt = take(&stage, file).await;
    let Bericht::Heen(heen) = xml::read(&fs::read(file).expect("a fixture")).expect("a bericht") else {
        panic!("{} is a retour", file.display())
    };
    let sent = if profile == GATEWAY { before_sending(&heen) } else { Vec::new() };
    let found = receipt.findings.into_iter().chain(sent.iter().map(FindingReceipt::from));
    let of_agreements = found.filter(|finding| finding.level == "local");
    of_agreements.filter_map(|finding| Some((finding.rule?, finding.retourcode))).collect()
}

#[tokio::test]
async fn every_agreement_has_good_and_bad_berichten_and_the_bad_ones_break_it_alone() {
    for afspraak in list() {
        let folder = folder(afspraak.profile, afspraak.id);
        let (good, bad) = (files(&folder, "goed-"), files(&folder, "fout-"));
        assert!(!good.is_empty() && !bad.is_empty(), "{} lacks a good or a bad bericht", afspraak.id);
        for file in good {
            assert_eq!(found(afspraak.profile, &folder, &file).await, Found::new(), "{}", file.display());
        }
        for file in bad {
            let found = found(afspraak.profile, &folder, &file).await;
            let goes_with_it = |name: &str| TOGETHER.contains(&(afspraak.id, name));
            let names = found.iter().map(|(name, _)| name.as_str()).filter(|name| !goes_with_it(name));
            assert_eq!(names.collect::<Vec<_>>(), [afspraak.id], "{}", file.display());
            let codes = afspraak.retour_codes();
            let is_its = |code: &Option<String>| match code {
                Some(code) => codes.contains(&code.as_str()),
                None => codes.len() < afspraak.messages().count(),
            };
            let mut own = found.iter().filter(|(name, _)| name == afspraak.id);
            assert!(own.all(|(_, code)| is_its(code)), "{}: {found:?}", file.display());
        }
    }
}

#[tokio::test]
async fn where_any_toewijzing_does_a_period_may_be_invoiced_on_the_later_one() {
    let folder = folder("mlw-2018", "MLW-05");
    let mut stage = stage("mlw-2018").await;
    let settings = "[deadlines]\nprofile = \"mlw-2018\"\n[afspraken]\nchange_of_profile = \"any\"\n";
    stage.gateway.profile = Config::parse(settings).expect("settings").profile;
    for earlier in files(&folder, "eerder-") {
        take(&stage, &earlier).await;
    }
    let receipt = take(&stage, &folder.join("fout-opvolgende-toewijzing.xml")).await;
    assert!(receipt.findings.iter().all(|finding| finding.level != "local"), "{:?}", receipt.findings);
}

#[test]
fn no_fixture_stands_for_an_agreement_that_is_not_checked() {
    let known: BTreeSet<PathBuf> = list().iter().map(|one| folder(one.profile, one.id)).collect();
    let profiles: BTreeSet<&str> = list().iter().map(|one| one.profile).collect();
    for profile in profiles {
        let entries = fs::read_dir(folder(profile, "")).expect("fixtures").map(|entry| entry.expect("an entry").path());
        let folders: BTreeSet<PathBuf> = entries.filter(|path| path.is_dir()).collect();
        let wanted = known.iter().filter(|path| path.parent().is_some_and(|parent| parent.ends_with(profile)));
        assert_eq!(folders, wanted.cloned().collect());
    }
}

/// Plays the switch of aanbieder at a gateway for these parties, the factuur of the new one last: what that was told.
async fn switched(local: &[&str]) -> (World, Answer) {
    let settings = "[deadlines]\nprofile = \"mlw-2018\"\n[releases]\niwmo_2_3 = [\"2018-01-01\"]\n";
    let world = World::start(local, settings, None).await;
    let folder = folder("mlw-2018", "MLW-09");
    for file in files(&folder, "eerder-") {
        let bytes = fs::read(&file).expect("a fixture");
        let bericht = xml::read(&bytes).expect("a bericht");
        let day = bericht.header().bericht_identificatie.dagtekening;
        world.clock.set(instant(&format!("{day}T10:00:00+02:00")));
        let received = Received::new(bytes, Format::Xml, world.clock.now(), Carrier::File);
        let reply = receive(&received, &world.running.gateway).await.expect("a store");
        assert!(matches!(reply, Reply::Recorded(_)), "{}", file.display());
    }
    world.clock.set(instant("2018-05-23T10:00:00+02:00"));
    let factuur = fs::read(folder.join("fout-overgangsperiode.xml")).expect("a fixture");
    let answer = world.post("41005002", factuur).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    (world, answer)
}

#[tokio::test]
async fn what_rests_on_another_aanbieder_is_told_to_the_gemeente_alone() {
    let (world, answer) = switched(&["0988", "41005001", "41005002"]).await;
    let id = answer.body["id"].as_str().expect("an id");
    let mut told = vec![answer.text.clone()];
    let of_declaratie = [format!("declaraties/{id}"), format!("declaraties/{id}/csv")];
    for path in ["berichten".to_owned(), format!("berichten/{id}")].into_iter().chain(of_declaratie) {
        let path = format!("/v1/{path}");
        told.push(world.get("41005002", &path).await.text);
        let of_gemeente = world.get("0988", &path).await.text;
        assert!(of_gemeente.contains("MLW-09") && of_gemeente.contains("MLW-06"), "{path}: {of_gemeente}");
    }
    assert!(told.iter().all(|text| text.contains("MLW-06") && !text.contains("MLW-09")), "{told:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_period_that_was_granted_to_the_new_aanbieder_is_told_when_the_old_one_asks_it() {
    let (world, _) = switched(&["0988", "41005001", "41005002"]).await;
    let folder = folder("mlw-2018", "MLW-09");
    let post = async |file: &str| {
        let answer = world.post("41005001", fs::read(folder.join(file)).expect("a fixture")).await;
        assert_eq!((answer.status, &answer.body["verdict"]), (202, &"accepted".into()), "{}", answer.text);
        let id = answer.body["id"].as_str().expect("an id").to_owned();
        (answer.text, world.get("0988", &format!("/v1/berichten/{id}")).await.text)
    };
    let (told, of_gemeente) = post("goed-oude-aanbieder.xml").await;
    assert!(of_gemeente.contains("al aan een andere aanbieder toegekend") && !told.contains("MLW-09"), "{of_gemeente}");
    world.stop().await;
}

#[tokio::test]
async fn an_aanbieder_that_sends_to_a_gemeente_elsewhere_is_not_judged_by_what_another_one_reported() {
    let (world, answer) = switched(&["41005001", "41005002"]).await;
    let id = answer.body["id"].as_str().expect("an id");
    let seen = world.get("operator", &format!("/v1/berichten/{id}")).await.text;
    assert!(seen.contains("MLW-06") && !seen.contains("MLW-09"), "{seen}");
    world.stop().await;
}
