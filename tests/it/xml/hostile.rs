//! What must never be taken, and must be refused in bounded time.

use iwmo_gateway::domain::finding::Level;
use iwmo_gateway::xml::{self, RefusalKind};
use proptest::prelude::*;

use super::{START, bericht, changed, files, refusal};

/// File, line and column, and a part of the text.
const KWAAD: &[(&str, usize, usize, &str)] = &[
    ("afgekapt.xml", 15, 4, "niet afgesloten"),
    ("attribuut-aaneen.xml", 18, 2, "attribuut"),
    ("attribuut-dubbel.xml", 2, 1, "twee keer"),
    ("attribuut-met-kleiner-dan.xml", 18, 2, "&lt;"),
    ("attribuut-zonder-aanhalingstekens.xml", 18, 2, "attribuut"),
    ("cdata-einde.xml", 26, 23, "]]>"),
    ("declaratie-fout.xml", 1, 1, "XML-declaratie"),
    ("declaratie-niet-vooraan.xml", 2, 1, "XML-declaratie"),
    ("dubbel-streepje.xml", 2, 8, "--"),
    ("dubbele-bom.xml", 1, 1, "byte order mark"),
    ("eindtag-met-waarde.xml", 19, 24, "</wmo305:Bsn…>"),
    ("entiteiten-bom.xml", 2, 1, "DOCTYPE"),
    ("geen-utf8.xml", 26, 23, "UTF-8"),
    ("json.xml", 1, 1, "tekst buiten het hoofdelement"),
    ("kapotte-tag.xml", 23, 21, "</wmo305:Gesacht>"),
    ("latin1.xml", 1, 31, "ISO-8859-1"),
    ("leeg.xml", 1, 1, "geen XML"),
    ("losse-ampersand.xml", 26, 26, "&amp;"),
    ("naam-met-cijfer.xml", 18, 17, "ongeldige naam"),
    ("onbekende-entiteit.xml", 26, 23, "&uuml;"),
    ("onschuldige-doctype.xml", 2, 1, "DOCTYPE"),
    ("pi-xml.xml", 2, 1, "XML-declaratie"),
    ("prefix-onbekend.xml", 21, 4, "iwm:"),
    ("stuurteken-verwijzing.xml", 26, 23, "tekenverwijzing"),
    ("stuurteken.xml", 26, 23, "stuurteken"),
    ("tekst-erna.xml", 38, 1, "tekst buiten het hoofdelement"),
    ("twee-hoofdelementen.xml", 38, 1, "tweede hoofdelement"),
    ("utf16.xml", 1, 1, "UTF-16"),
    ("xxe.xml", 2, 1, "DOCTYPE"),
];

#[test]
fn evil_files_are_refused_where_the_evil_stands() {
    let files = files("kwaad");
    assert_eq!(files.len(), KWAAD.len(), "every file has a row");
    for (file, &(name, line, column, fragment)) in files.iter().zip(KWAAD) {
        assert!(file.ends_with(name), "{} against {name}", file.display());
        let refusal = xml::read(&std::fs::read(file).expect("readable")).expect_err("must be refused");
        assert_eq!((refusal.kind, refusal.soort, refusal.release), (RefusalKind::NotXml, None, None), "{name}");
        let [finding] = refusal.findings.as_slice() else { panic!("{name}: {:?}", refusal.findings) };
        assert_eq!(finding.level, Level::Xml);
        assert_eq!(
            finding.position.map(|place| (place.line, place.column)),
            Some((line, column)),
            "{name}: {}",
            finding.text
        );
        assert!(finding.text.contains(fragment), "{name}: {}", finding.text);
        assert!(!finding.text.contains("999944449"), "{name}: {}", finding.text);
    }
}

#[test]
fn limits_hold() {
    let deep = changed(START, "<wmo305:Bsn>", &format!("{}<wmo305:Bsn>", "<a>".repeat(1_000_000)));
    let many = |one: fn(u32) -> String| (0..100_000).map(one).collect::<Vec<_>>().concat();
    let attributes = many(|number| format!(" a{number}=\"\""));
    let bindings = many(|number| format!(" xmlns:p{number}=\"u\""));
    for (text, fragment) in [
        (deep, "genest"),
        (changed(START, "<wmo305:Client>", &format!("<wmo305:Client{attributes}>")), "attributen"),
        (changed(START, "<wmo305:Client>", &format!("<wmo305:Client{bindings}>")), "attributen"),
    ] {
        let refusal = refusal(&text);
        assert_eq!(refusal.kind, RefusalKind::NotXml);
        assert!(refusal.findings[0].text.contains(fragment), "{}", refusal.findings[0].text);
    }
}

#[test]
fn after_a_thousand_findings_no_more_are_kept() {
    let product =
        "<wmo305:StartProduct><wmo305:x/><wmo305:Begindatum>gisteren</wmo305:Begindatum></wmo305:StartProduct>";
    let many = changed(START, "<wmo305:StartProducten>", &format!("<wmo305:StartProducten>{}", product.repeat(20_000)));
    assert_eq!(refusal(&many).findings.len(), 1000);
}

proptest! {
    /// Whatever is done to a bericht, it is taken or refused, and never trips us up.
    #[test]
    fn damage_never_panics(
        file in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        cut in 0..40_usize,
        put in proptest::collection::vec(prop_oneof![
            proptest::sample::select(&b"<>&;'\"=/!?-[]() \t\r\n:x1\x00\xef\xbf\xbe\xc3"[..]).prop_map(|byte| vec![byte]),
            proptest::sample::select(&["<!--", "-->", "<![CDATA[", "]]>", "<?xml ", "?>", "&#1;", "</", "/>", "<!DOCTYPE", "<!-->", "<!--->"][..])
                .prop_map(|text| text.as_bytes().to_vec()),
        ], 0..4),
    ) {
        let mut bytes = std::fs::read(file.get(&files("berichten"))).expect("readable");
        let start = place.index(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, put.concat());
        match xml::read(&bytes) {
            Ok(bericht) => prop_assert!(xml::read(&xml::encode(&bericht)).is_ok_and(|again| again == bericht)),
            Err(refusal) => prop_assert!(!refusal.findings.is_empty() && refusal.findings.iter().all(|finding| finding.position.is_some())),
        }
    }
}

#[test]
fn a_finding_never_quotes_the_text_around_it() {
    for broken in ["</wmo305:Bsn 999940089>", "&999940089;", "<999940089/>", "<?999940089?>", "<a b=999940089>"] {
        let refusal = refusal(&bericht(START).replace("</wmo305:Bsn>", broken));
        assert!(!refusal.findings[0].text.contains("999940089"), "{}", refusal.findings[0].text);
    }
}
