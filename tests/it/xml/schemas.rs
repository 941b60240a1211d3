//! Files that take the place of the schemas of the program.

use std::fs;
use std::path::Path;

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::standard;
use iwmo_gateway::xml::{LoadError, RefusalKind, Replacement, Schemas};

use super::{START, bericht, changed};

/// Our own files for 3.2, as somebody else might name them, with one text replaced in one of them.
fn load(name: &str, from: &str, to: &str) -> Result<Schemas, LoadError> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("xsd/iwmo-3.2");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        let file = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let text = if file == name {
            assert!(text.contains(from), "{from} is not in {name}");
            text.replacen(from, to, 1)
        } else {
            text
        };
        files.push((format!("/elders/{}", file.replace("wmo", "WMO").replace("basis", "Basis")), text));
    }
    let replacement = Replacement::of(files, standard::built_in()).expect("files of a known release");
    assert_eq!(replacement.release, standard::named("3.2"));
    Schemas::load(standard::built_in(), &[replacement])
}

#[test]
fn a_schema_is_replaced_by_another_file() {
    let longer = changed(START, "<iwmo:Geslachtsnaam>", "<iwmo:Geslachtsnaam><!-- . -->")
        .replace("</iwmo:Geslachtsnaam>", "</iwmo:Geslachtsnaam><iwmo:Voorletters>ABCDEFG</iwmo:Voorletters>");
    let own = Schemas::compiled_in();
    assert_eq!(own.read(longer.as_bytes()).map_err(|refusal| refusal.kind).err(), Some(RefusalKind::Invalid));
    let limit = "<xs:maxLength value=\"6\"/>";
    let other = load("basisschema.xsd", limit, "<xs:maxLength value=\"7\"/>").expect("loads");
    assert!(other.read(longer.as_bytes()).is_ok(), "{:?}", other.read(longer.as_bytes()));
    assert!(other.read(bericht(START).as_bytes()).is_ok());
}

#[test]
fn what_cannot_be_used_is_named_with_file_and_line() {
    for (name, from, to, told) in [
        (
            "wmo305.xsd",
            "<xs:complexType name=\"Client\">",
            "<xs:complexType name=\"Client\" mixed=\"true\">",
            "/elders/WMO305.xsd:50: not supported or wrong: attribute mixed on xs:complexType",
        ),
        (
            "wmo325.xsd",
            "<xs:element name=\"Bericht\" type=\"wmo325:Root\"/>",
            "",
            "/elders/WMO325.xsd:1: not supported or wrong: no element Bericht in namespace http://www.istandaarden.nl/iwmo/3_2/wmo325/schema",
        ),
        (
            "wmo307.xsd",
            "schemaLocation=\"basisschema.xsd\"",
            "schemaLocation=\"http://elders/b.xsd\"",
            "import of http://elders/b.xsd",
        ),
        ("wmo319.xsd", "</xs:schema>", "", "/elders/WMO319.xsd:"),
    ] {
        let error = load(name, from, to).expect_err(name).to_string();
        assert!(error.contains(told), "{error}");
    }
    let nothing = Replacement { release: standard::named("3.2"), files: Vec::new() };
    let error = Schemas::load(standard::built_in(), &[nothing]).expect_err("no files").to_string();
    assert!(error.contains("basisschema.xsd:1") && error.contains("release 3.2"), "{error}");
    assert!(Replacement::of(vec![("basisschema.xsd".to_owned(), "<x/>".to_owned())], standard::built_in()).is_none());
}

#[test]
fn what_other_files_allow_and_we_do_not_know_is_refused_and_never_trips_us_up() {
    let from = "<xs:element name=\"Geslacht\"";
    let more =
        "<xs:element name=\"Lengte\" type=\"iwmo:LDT_Volume\" minOccurs=\"0\"/>\n      <xs:element name=\"Geslacht\"";
    let other = load("wmo305.xsd", from, more).expect("loads");
    assert!(other.read(bericht(START).as_bytes()).is_ok());
    let longer = changed(START, "<wmo305:Geslacht>", "<wmo305:Lengte>170</wmo305:Lengte><wmo305:Geslacht>");
    let refusal = other.read(longer.as_bytes()).expect_err("the domain has no Lengte");
    assert_eq!((refusal.kind, refusal.soort), (RefusalKind::Invalid, Some(Berichtsoort::Wmo305)));
    assert!(refusal.findings[0].text.contains("Vergelijk de XSD-bestanden"), "{:?}", refusal.findings);
}
