//! Every rule has good and bad berichten, and the bad ones break that rule only.
//!
//! `fixtures/regels/<code>/goed-*.xml` and `fout-*.xml`; `eerder-*.xml` came before both. Files are played
//! into a fresh store through the same story that the server uses.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use iwmo_gateway::api::{FindingReceipt, Receipt};
use iwmo_gateway::clock::SetClock;
use iwmo_gateway::config::Config;
use iwmo_gateway::domain::alerts::Alerts;
use iwmo_gateway::domain::berichten::contract::{Contract, Tarief, Wijze};
use iwmo_gateway::domain::berichten::klasse::RetourCodes;
use iwmo_gateway::domain::berichten::waarde::{Eenheid, ProductCategorie, ProductCode, RetourCode, Value};
use iwmo_gateway::domain::deadlines::releases::{InForce, Releases};
use iwmo_gateway::domain::finding::Level;
use iwmo_gateway::domain::judging::judge::judge_alone;
use iwmo_gateway::domain::judging::retour::codes_per_klasse;
use iwmo_gateway::domain::regels::outside::Outside;
use iwmo_gateway::domain::regels::{REGELS, Regel};
use iwmo_gateway::domain::{Bericht, Berichtsoort, Heenbericht, Partij, Retourbericht};
use iwmo_gateway::exchange::measures::Measures;
use iwmo_gateway::exchange::parties::LocalParty;
use iwmo_gateway::exchange::receive::receive;
use iwmo_gateway::exchange::{
    Alarm, Brought, Carrier, Envelopes, Format, Gateway, LocalParties, OwnCertificates, Received, Reply, local_time,
    new_referentienummer,
};
use iwmo_gateway::hub::codes::Generation;
use iwmo_gateway::outward::Outward;
use iwmo_gateway::standard;
use iwmo_gateway::store::{EnvelopeSeen, Sqlite};
use iwmo_gateway::xml;
use tokio::sync::Notify;

use crate::world::{AANBIEDER, GEMEENTE, instant};

/// Rules that break together with another one, by their nature, and in which files:
///
/// - a start that is reported again while it runs is also a second running start;
/// - Omvang and Budget forbid each other;
/// - a declared period that has not begun is not over either;
/// - the ReferentieAanbieder is the key of an AangevraagdProduct;
/// - a stop on a number that nobody knows ends no start either;
/// - a client without toewijzingen has none that stays as it is;
/// - a toewijzing without a product has no product code either;
/// - a verzoek that names nothing neither is about a toewijzing nor asks for a change.
const TOGETHER: &[(&str, &str)] = &[
    ("TR074/", "TR326"),
    ("CD077/", "CD078"),
    ("CD078/", "CD077"),
    ("TR134/fout-wmo32", "TR137"),
    ("TR383/", "TR101"),
    ("TR101/fout-wmo315", "TR383"),
    ("TR019/fout-stop", "TR382"),
    ("TR304/fout-onbekende-client", "TR350"),
    ("TR375/", "TR412"),
    ("TR352/fout-leeg", "TR353"),
    ("TR353/fout-leeg", "TR352"),
];

/// Gemeenten that were merged, or never were (TR378).
const OTHER_GEMEENTEN: [&str; 3] = ["1684", "1982", "9999"];

/// The day on which the fixtures are judged.
const TODAY: &str = "2026-03-10T09:00:00+01:00";

#[tokio::test]
async fn every_rule_has_good_and_bad_berichten_and_the_bad_ones_break_it_alone() {
    for code in codes() {
        let folder = fixtures().join(code);
        let (good, bad) = (files(&folder, "goed-"), files(&folder, "fout-"));
        for file in good {
            assert_eq!(findings(code, &folder, &file).await, BTreeSet::new(), "{}", file.display());
        }
        for file in bad {
            let name = format!("{code}/{}", file.file_name().expect("a file").to_string_lossy());
            let together = TOGETHER.iter().filter(|(files, _)| name.starts_with(files)).map(|(_, other)| *other);
            let wanted = std::iter::once(code).chain(together).map(named).collect();
            assert_eq!(findings(code, &folder, &file).await, wanted, "{}", file.display());
        }
    }
}

#[test]
fn every_rule_has_good_and_bad_berichten_of_every_release_that_has_it() {
    for regel in REGELS {
        for release in standard::built_in().iter().filter(|one| regel.releases.holds(one.edition().number)) {
            for prefix in ["goed-", "fout-"] {
                let files = files(&fixtures().join(regel.code), prefix);
                let is_for_it = |file: &PathBuf| {
                    let bericht = read(file);
                    let header = bericht.header();
                    header.release == *release && regel.applies_to(header.soort, header.release)
                };
                assert!(files.iter().any(is_for_it), "{} lacks {prefix} of {}", regel.code, release.name());
            }
        }
    }
}

#[test]
fn no_fixture_stands_for_a_rule_that_is_not_checked() {
    let folders: BTreeSet<String> = fs::read_dir(fixtures())
        .expect("fixtures")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(folders, codes().into_iter().map(str::to_owned).collect());
}

#[tokio::test]
async fn every_retour_that_a_fixture_calls_for_is_as_the_standard_has_it() {
    for code in codes() {
        let folder = fixtures().join(code);
        for file in files(&folder, "fout-") {
            let (gateway, receipt) = play(&folder, &file).await;
            let Bericht::Heen(heen) = read(&file) else { panic!("{} is no heenbericht", file.display()) };
            let soort = heen.header.soort;
            let is_answered = soort.retour().is_some() || soort.declaratie_antwoord().is_some();
            assert_eq!(receipt.retour.is_some(), is_answered, "{}", file.display());
            let Some(retour) = receipt.retour else { continue };
            let bytes = gateway.store.payload(&retour.id, None).await.expect("a store").expect("its bytes");
            let answer = xml::read(&bytes).unwrap_or_else(|_| panic!("{}: {}", file.display(), text(&bytes)));
            assert_eq!(xml::encode(&answer), bytes, "{}", file.display());
            let outside = Outside { today: gateway.clock.today(), gemeenten: &gateway.gemeenten, contract: None };
            let mut findings = judge_alone(&answer, &outside).findings;
            // A 304 repeats the header of its 303, with what is wrong in it; none is younger than one dated in the future.
            let comes_of = if code == "CS064" { "CS324" } else { code };
            findings.retain(|one| {
                one.regel.as_deref() != Some(comes_of) || !one.path.as_str().starts_with("/Bericht/Header")
            });
            assert_eq!(findings, [], "{}", file.display());
            let of_rules: Vec<FindingReceipt> =
                receipt.findings.into_iter().filter(|one| one.level != Level::Local.name()).collect();
            if let Bericht::Retour(retour) = answer {
                assert!(is_about(&retour, &heen), "{}: {}", file.display(), text(&bytes));
                assert!(says(&retour, &heen, &of_rules), "{}: {}", file.display(), text(&bytes));
            } else if let (_, Some(retour_code)) = named(code) {
                let code = format!(":RetourCode>{retour_code}<");
                assert!(text(&bytes).contains(&code), "{} lacks {code}", file.display());
            }
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether a retour repeats the header of its heenbericht, and what is below it where it repeats that at all (IV028).
fn is_about(retour: &Retourbericht, heen: &Heenbericht) -> bool {
    let (ours, theirs) = (&retour.header, &heen.header);
    let own = &retour.retour;
    let mut inhoud = retour.inhoud.clone();
    if let Some(inhoud) = &mut inhoud {
        inhoud.each_retour_codes(&mut |_, codes| *codes = RetourCodes::default());
    }
    theirs.soort.retour() == Some(ours.soort)
        && (&ours.afzender, &ours.ontvanger) == (&theirs.afzender, &theirs.ontvanger)
        && (&ours.bericht_identificatie, &ours.xsd_versie) == (&theirs.bericht_identificatie, &theirs.xsd_versie)
        && own.dagtekening_retour == local_time(instant(TODAY)).date_naive()
        && own.xsd_versie_retour.is_some() == (ours.release == standard::named("3.2"))
        && inhoud.is_none_or(|inhoud| inhoud == heen.inhoud)
}

/// Whether a retour says what was found, where the standard wants it said (IV032): 0001 alone, the codes of the header
/// alone, or 0200 there and a code on every class.
fn says(retour: &Retourbericht, heen: &Heenbericht, findings: &[FindingReceipt]) -> bool {
    let row = |finding: &FindingReceipt| {
        let mut rows = REGELS.iter().filter(|regel| Some(regel.code) == finding.rule.as_deref());
        rows.find(|regel| regel.applies_to(heen.header.soort, heen.header.release)).expect("a rule of this bericht")
    };
    let found: BTreeSet<&str> = findings.iter().filter_map(|finding| finding.retourcode.as_deref()).collect();
    let told = codes_per_klasse(retour);
    let (_, of_header) = &told[0];
    let of_header: Vec<&str> = of_header.0.iter().map(RetourCode::as_str).collect();
    let is_alone = retour.inhoud.is_none();
    if findings.iter().any(|finding| finding.level == Level::Message.name()) {
        is_alone && of_header == ["0001"]
    } else if findings.iter().any(|finding| row(finding).on_header) {
        is_alone && of_header.iter().copied().collect::<BTreeSet<_>>() == found
    } else {
        let body = || told.iter().skip(1);
        let below: BTreeSet<&str> = body().flat_map(|(_, codes)| &codes.0).map(RetourCode::as_str).collect();
        let of_rules: BTreeSet<&str> = below.into_iter().filter(|code| !["0200", "0233"].contains(code)).collect();
        let is_there = |finding: &FindingReceipt| {
            let carries =
                |codes: &RetourCodes| codes.0.iter().any(|one| Some(one.as_str()) == finding.retourcode.as_deref());
            body().any(|(klasse, codes)| finding.path.starts_with(&klasse.to_string()) && carries(codes))
        };
        of_header == ["0200"]
            && of_rules == found
            && findings.iter().all(is_there)
            && body().all(|(_, codes)| !codes.0.is_empty())
    }
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/regels")
}

fn files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)));
    files.sort();
    files
}

/// The rules that are checked.
fn codes() -> BTreeSet<&'static str> {
    REGELS.iter().map(|regel| regel.code).collect()
}

/// A rule with its retourcode.
fn named(code: &'static str) -> (String, Option<String>) {
    let regel = REGELS.iter().find(|regel| regel.code == code).expect("a rule that is checked");
    (regel.code.to_owned(), regel.retour_code.map(str::to_owned))
}

/// The rules and retourcodes found in one file. Of a rule that looks at no earlier berichten, none are there: what those
/// say is then passed over.
async fn findings(code: &str, folder: &Path, file: &Path) -> BTreeSet<(String, Option<String>)> {
    let bericht = read(file);
    let (soort, release) = (bericht.header().soort, bericht.header().release);
    let is_history = |regel: &&Regel| regel.applies_to(soort, release) && regel.level() == Level::History;
    let looks_back = REGELS.iter().filter(|regel| regel.code == code).any(|regel| is_history(&regel));
    let (_, receipt) = play(folder, file).await;
    let counts = |level: &str| level != Level::Local.name() && (looks_back || level != Level::History.name());
    let findings = receipt.findings.into_iter().filter(|one| counts(&one.level));
    findings.filter_map(|one| Some((one.rule?, one.retourcode))).collect()
}

fn read(file: &Path) -> Bericht {
    let bytes = fs::read(file).expect("a fixture");
    xml::read(&bytes).unwrap_or_else(|refusal| panic!("{}: {:?}", file.display(), refusal.findings))
}

/// Plays what came before and then the file; each of what came before must be accepted, but for a line of a declaratie.
/// Where an antwoord on a declaratie is played, the gemeente answers itself: else the gateway gave the first one.
async fn play(folder: &Path, file: &Path) -> (Gateway, Receipt) {
    let before = files(folder, "eerder-");
    let is_antwoord = |file: &PathBuf| read(file).header().soort == Berichtsoort::Wmo325;
    let gateway = gateway(before.iter().chain([&file.to_owned()]).any(is_antwoord)).await;
    for earlier in before {
        let receipt = take(&gateway, &earlier).await;
        let is_taken = ["accepted", "partial"].contains(&receipt.verdict.as_str());
        assert!(is_taken, "{}: {:?}", earlier.display(), receipt.findings);
    }
    let receipt = take(&gateway, file).await;
    (gateway, receipt)
}

async fn take(gateway: &Gateway, file: &Path) -> Receipt {
    let (bytes, bericht) = (fs::read(file).expect("a fixture"), read(file));
    let poster = bericht.poster().clone();
    let envelope = EnvelopeSeen {
        zender: poster.code().to_owned(),
        referentienummer: new_referentienummer(),
        content_sha256: String::new(),
        answer: Vec::new(),
    };
    let ontvanger = bericht.addressee().code().to_owned();
    let functie = bericht.header().soort.to_string();
    let carrier = Carrier::Network {
        link: iwmo_gateway::exchange::Link::Ggk,
        zender: Some(poster),
        ontvanger,
        functie,
        envelope,
    };
    match receive(&Received::new(bytes, Format::Xml, gateway.clock.now(), carrier), gateway).await.expect("a store") {
        Reply::Recorded(receipt) => receipt.into(),
        Reply::Repeated(_) | Reply::Refused(..) => panic!("{} was not recorded", file.display()),
    }
}

/// With the aanbieder of most fixtures, and with one who agreed on facturen and one who agreed on declaraties.
fn contracten() -> impl Iterator<Item = ((String, String), Contract)> {
    let agreed = |wijze| Contract { wijze: Some(wijze), ..Contract::default() };
    let with = |(aanbieder, contract): (&str, Contract)| ((GEMEENTE.to_owned(), aanbieder.to_owned()), contract);
    let all = [(AANBIEDER, contract()), ("41005002", agreed(Wijze::Factuur)), ("41005003", agreed(Wijze::Declaratie))];
    all.into_iter().map(with)
}

/// The product codes of the fixtures, but for those that break TR381. Of some the tariff is agreed.
fn contract() -> Contract {
    let productcodes = [
        ("01A03", "01"),
        ("01A04", "01"),
        ("02A05", "02"),
        ("02A07", "02"),
        ("03A01", "03"),
        ("03A02", "03"),
        ("11A01", "11"),
    ];
    let product = |(code, categorie)| ProductCode::from_text(code).zip(ProductCategorie::from_text(categorie));
    let tarieven = [("02A07", 7600, Eenheid::Uur), ("03A02", 5000, Eenheid::Dagdeel)];
    let tarief = |(code, bedrag, eenheid)| {
        ProductCode::from_text(code).map(|code| (code, Tarief { bedrag, eenheid: Some(eenheid) }))
    };
    Contract {
        productcodes: productcodes.into_iter().filter_map(product).collect(),
        tarieven: tarieven.into_iter().filter_map(tarief).collect(),
        wijze: None,
        afname: HashMap::new(),
    }
}

async fn gateway(gemeente_answers_itself: bool) -> Gateway {
    static DEFAULTS: LazyLock<Config> = LazyLock::new(|| Config::parse("").expect("the defaults"));
    let config = DEFAULTS.clone();
    let local = |code: &str| {
        let partij = Partij::from_text(code).expect("a party");
        let answers_itself = gemeente_answers_itself && code == GEMEENTE;
        (partij, LocalParty { naam: code.to_owned(), answers_itself, btw_id_nummer: None })
    };
    Gateway {
        store: Arc::new(Sqlite::in_memory().await.expect("a store")),
        schemas: xml::Schemas::compiled_in(),
        clock: Arc::new(SetClock::at(instant(TODAY))),
        outward: Outward::Anywhere,
        parties: LocalParties::new([GEMEENTE, AANBIEDER].into_iter().chain(OTHER_GEMEENTEN).map(local)),
        profile: config.profile,
        calendar: config.calendar,
        limits: config.limits,
        alerts: Alerts::default(),
        gemeenten: config.codelijsten.gemeenten,
        contracten: contracten().collect(),
        rejects_without_contract: false,
        envelopes: Envelopes {
            applicatie: "test".to_owned(),
            max_bytes: 25_000_000,
            wrapping: iwmo_gateway::hub::envelope::Wrapping::Stuf,
            generation: Generation::default(),
            du01: std::collections::BTreeSet::new(),
            by_vecozo: std::collections::BTreeSet::new(),
            released_per_second: 1,
        },
        releases: Releases { known: standard::built_in(), in_force: InForce::Any, freezes: Vec::new() },
        declaraties: config.declaraties,
        wait_for_earlier: Duration::ZERO,
        brought: Brought::default(),
        parcel_added: Notify::new(),
        measures: Measures::default(),
        pulse: iwmo_gateway::exchange::Pulse::default(),
        alarm: Alarm::default(),
        certificates: OwnCertificates::default(),
    }
}
