//! Berichten as bytes: the way in and the way out.

mod conformance;
mod differential;
mod findings;
mod hostile;
mod schemas;
mod values;
mod windows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use iwmo_gateway::domain::{Bericht, Berichtsoort, Inhoud, Release};
use iwmo_gateway::standard;
use iwmo_gateway::xml::{self, Refusal, RefusalKind};
use proptest::prelude::*;

pub const START: &str = "wmo305-minimaal.xml";

/// The files of one folder of fixtures, in name order.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the fixtures are there")
        .map(|entry| entry.expect("readable").path())
        .collect();
    files.sort();
    files
}

/// A bericht of the fixtures, with one text replaced by another.
pub fn changed(file: &str, from: &str, to: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/berichten").join(file);
    let text = std::fs::read_to_string(path).expect("the fixture is UTF-8");
    assert!(text.contains(from), "{from} is not in {file}");
    text.replacen(from, to, 1)
}

pub fn bericht(file: &str) -> String {
    changed(file, "<", "<")
}

pub fn refusal(text: &str) -> Refusal {
    xml::read(text.as_bytes()).expect_err("must be refused")
}

/// The folder with fixtures of each release.
pub fn fixtures() -> [(Release, &'static str); 2] {
    [(standard::named("2.3"), "berichten-2.3"), (standard::named("3.2"), "berichten")]
}

#[test]
fn every_fixture_is_read_and_written_back_byte_for_byte() {
    let schemas = xml::Schemas::compiled_in();
    for (release, folder) in fixtures() {
        let mut seen = BTreeSet::new();
        for file in files(folder) {
            let bytes = std::fs::read(&file).expect("readable");
            let valid = schemas.check(&bytes).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", file.display()));
            let bericht = xml::decode(&valid).expect("fits the domain");
            let name = file.file_name().and_then(|name| name.to_str()).expect("a name").to_ascii_uppercase();
            assert!(name.starts_with(valid.soort().name()), "{name}");
            assert_eq!((bericht.header().soort, bericht.header().release), (valid.soort(), release), "{name}");
            let shown = format!("{} {}", valid.soort(), release.name());
            assert_eq!(format!("{valid:?}"), shown, "nothing of a person is shown");
            let written = xml::encode(&bericht);
            assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&bytes), "{name}");
            assert_eq!(xml::read(&written).expect("what we write is valid"), bericht);
            seen.insert(valid.soort());
        }
        assert_eq!(seen, release.berichtsoorten().iter().copied().collect(), "{folder} has each kind");
    }
}

#[test]
fn notations_that_mean_the_same_are_read_the_same() {
    let expected = xml::read(bericht(START).as_bytes()).expect("valid");
    let plain = bericht(START);
    let default_namespace =
        plain.replace("xmlns:wmo305=", "xmlns=").replace("<wmo305:", "<").replace("</wmo305:", "</");
    let notations = [
        format!("\u{feff}{plain}"),
        plain.replace("\r\n", "\n"),
        plain.replace("\r\n", "\r"),
        plain.replace("\r\n", "").replace('\t', ""),
        plain.replacen(r#"<?xml version="1.0" encoding="UTF-8"?>"#, "", 1).trim_start().to_owned(),
        plain.replacen(r#"version="1.0" encoding="UTF-8""#, "version = '1.0'\n encoding='utf-8' standalone=\"yes\" ", 1),
        plain.replace("999940089", "<!-- a -->9999<![CDATA[4008]]>&#57;<?p?>"),
        plain.replace("7001", "\n +0007001\t"),
        plain.replace("d'Hondt", "d&apos;Hon&#x64;t"),
        plain.replace("iwmo:", "i:").replace("xmlns:iwmo", "xmlns:i"),
        plain.replace("</wmo305:Bsn>", "</wmo305:Bsn \n>"),
        plain.replace("<wmo305:Client>", "<wmo305:Client xmlns:niets=\"urn:niets\">"),
        plain.replace("<wmo305:Client>", r#"<wmo305:Client xmlns:iwmo="http://www.istandaarden.nl/iwmo/3_2/basisschema/schema" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="wmo305:Client" x:schemaLocation="a b">"#),
        format!("{plain}<!-- na --><?na?>\n"),
        default_namespace,
    ];
    for notation in notations {
        match xml::read(notation.as_bytes()) {
            Ok(read) => assert!(read == expected, "{notation}"),
            Err(refusal) => panic!("{:?}\n{notation}", refusal.findings),
        }
    }
}

#[test]
fn the_kind_follows_from_the_namespace_alone() {
    for (namespace, root, soort, fragment) in [
        (
            "http://www.istandaarden.nl/iwmo/3_2/wmo303/schema",
            "Bericht",
            Some(Berichtsoort::Wmo303D),
            "WMO303 van release 3.2",
        ),
        ("http://www.istandaarden.nl/iwmo/3_2/wmo324/schema", "Bericht", None, "WMO324 van release 3.2"),
        (
            "http://www.istandaarden.nl/iwmo/2_2/wmo305/schema",
            "Bericht",
            Some(Berichtsoort::Wmo305),
            "WMO305 van release 2.2",
        ),
        ("http://www.istandaarden.nl/iwmo/3_2/wmo305/schema", "Header", None, "WMO305 van release 3.2"),
        ("urn:anders", "Bericht", None, "hoort bij geen bericht"),
        ("", "Bericht", None, "hoort bij geen bericht"),
    ] {
        let refusal = refusal(&format!("<!-- x -->\n<{root} xmlns=\"{namespace}\"><a>1</a></{root}>"));
        assert_eq!((refusal.kind, refusal.soort), (RefusalKind::Unknown, soort), "{namespace}");
        let [finding] = refusal.findings.as_slice() else { panic!("{:?}", refusal.findings) };
        assert!(finding.text.contains(fragment), "{}", finding.text);
        assert_eq!(finding.position.map(|place| (place.line, place.column)), Some((2, 1)));
    }
}

#[test]
fn a_finding_is_placed_by_its_path() {
    let text = bericht("wmo301-volledig.xml");
    let line_of =
        |tag: &str, nth: usize| text.match_indices(tag).nth(nth).map(|(at, _)| text[..at].matches('\n').count() + 1);
    for (path, tag, nth) in [
        ("/Bericht", "<wmo301:Bericht ", 0),
        ("/Bericht/Client/Bsn", "<wmo301:Bsn>", 0),
        ("/Bericht/Client/Relaties/Relatie[2]/Naam", "<wmo301:Naam>", 2),
        ("/Bericht/Client/ToegewezenProducten/ToegewezenProduct[3]/Budget", "<wmo301:Budget>", 0),
    ] {
        let place = xml::locate(text.as_bytes(), path).expect("is there");
        assert_eq!(Some(place.line), line_of(tag, nth), "{path}");
    }
    assert_eq!(xml::locate(text.as_bytes(), "/Bericht/Client/ToegewezenProducten/ToegewezenProduct[4]"), None);

    let mut findings = refusal(&changed(START, "1987-11-05", "5 november")).findings;
    findings.push(findings[0].clone());
    findings[0].position = None;
    findings[1].position = None;
    findings[1].path = "/Bericht/Client/StartProducten/StartProduct[1]/Product/Code".parse().expect("a path");
    xml::place(&mut findings, bericht(START).as_bytes());
    let places: Vec<_> =
        findings.iter().map(|finding| finding.position.map(|place| (place.line, place.column))).collect();
    // What is absent is placed where it should be.
    assert_eq!(places, [Some((21, 4)), Some((30, 4))]);
}

/// What may stand in free text: at least one character that is not blank, all of them legal in XML.
fn ink() -> impl Strategy<Value = String> {
    "[ \t\n\r<>&'\"a-zé\u{85}\u{a0}\u{2028}\u{3000}😀\\]]{0,40}[!-~é😀][ \n\r<>&a-z\\]]{0,10}"
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        text in ink(),
        name in "[!-~é😀][ -~é😀]{0,30}",
        nummer in 0..=999_999_999_i64,
        days in -800_000..90_000_000_i64,
        budget in proptest::option::of(0..=99_999_999_i64),
    ) {
        let mut bericht = xml::read(bericht("wmo301-volledig.xml").as_bytes()).expect("valid");
        let Bericht::Heen(heen) = &mut bericht else { unreachable!("a 301 is a heenbericht") };
        let Inhoud::Toewijzing(client) = &mut heen.inhoud else { unreachable!("a 301 holds a toewijzing") };
        client.commentaar = Some(text);
        client.naam.geslachtsnaam.achternaam = name;
        let product = &mut client.toegewezen_producten[0];
        product.toewijzing_nummer.0 = nummer;
        product.budget = budget;
        if let Some(date) = chrono::NaiveDate::default().checked_add_signed(chrono::TimeDelta::days(days)) {
            product.ingangsdatum = date;
        }
        let written = xml::encode(&bericht);
        match xml::read(&written) {
            Ok(read) => prop_assert!(read == bericht),
            Err(refusal) => prop_assert!(false, "{:?}", refusal.findings),
        }
    }
}

#[test]
fn the_schemas_say_which_kind_release_and_version_they_are_for() {
    for &release in standard::built_in() {
        let (versie, subversie) = release.versie();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("xsd/iwmo-{}", release.name()));
        for soort in release.berichtsoorten() {
            let name = soort.name().to_ascii_lowercase();
            let text = std::fs::read_to_string(folder.join(format!("{name}.xsd"))).expect("every kind has its schema");
            for (element, value) in [
                ("BerichtCode", soort.code().to_owned()),
                ("BerichtVersie", versie.to_string()),
                ("BerichtSubversie", subversie.to_string()),
            ] {
                let (_, rest) = text.split_once(&format!("name=\"{element}\"")).expect("the header has it");
                let (_, rest) = rest.split_once("xs:pattern value=\"").expect("one value is allowed");
                let allowed = rest.split('"').next().expect("a value");
                assert!(allowed.split('|').any(|one| one == value), "{name} {element}");
            }
            // What a composed retour says in XsdVersieRetour.
            assert!(text.contains(" version=\"1.0.0\">"), "{name}");
        }
    }
}
