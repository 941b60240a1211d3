//! Envelopes as files: exact bytes out, strict and tolerant in.

use std::path::Path;
use std::process::Command;

use iwmo_gateway::hub::envelope::answer::{self, Answer};
use iwmo_gateway::hub::envelope::compose::{self, Stamp};
use iwmo_gateway::hub::envelope::fault::About;
use iwmo_gateway::hub::envelope::{
    Content, Envelope, Fault, FaultCode, MAX_INCOMING_BYTES, Payload, Plek, Systeem, check, parse,
};
use proptest::prelude::*;

use super::{DI01, DU01, di01, fixture, fixtures, parameters, reference};

const PAYLOAD: &[u8] = "<voorbeeld>geen iWmo-bericht, wél é</voorbeeld>\n".as_bytes();

fn stamp() -> Stamp {
    Stamp {
        referentienummer: "8fa0c144-7d6e-405f-84b3-2cdbeaf90806".to_owned(),
        tijdstip_bericht: "20260112091531000".to_owned(),
    }
}

fn du01() -> Envelope {
    let mut envelope = di01(PAYLOAD);
    let header = &mut envelope.stuurgegevens;
    header.zender = Systeem::zender("99990001", "Voorbeeld & Zorg");
    header.zender.administratie = Some("Regio <Noord>".to_owned());
    header.ontvanger = Systeem::ontvanger("9998");
    DU01.clone_into(&mut header.referentienummer);
    envelope.content = Content::Du01 { cross_refnummer: DI01.to_owned(), parameters: parameters("WMO302", PAYLOAD) };
    envelope
}

fn fo01() -> Envelope {
    let mut envelope = di01(PAYLOAD);
    let fault = Fault {
        code: "StUF055".to_owned(),
        plek: Plek::Client,
        omschrijving: "Berichtbody is niet conform schema in sectormodel".to_owned(),
        details: Some("WMO305-00030002".to_owned()),
        details_xml_sha256: None,
    };
    envelope.content = Content::Fo01 { cross_refnummer: DU01.to_owned(), fault };
    envelope
}

fn tekst() -> Envelope {
    let mut envelope = di01(PAYLOAD);
    let mut parameters = parameters("WMO301", PAYLOAD);
    parameters.payload = Payload::Tekst { bestandsnaam: "bijlage-1.csv".to_owned(), bytes: b"a;b\n".to_vec() };
    envelope.content = Content::Di01(parameters);
    envelope
}

/// Everything that we compose, by the name of its fixture.
fn composed() -> Vec<(&'static str, Vec<u8>)> {
    let refused = FaultCode::StUF016.fault(Some("Eerder ontvangen met een andere inhoud".to_owned()));
    vec![
        ("goed-di01.xml", compose::envelope(&di01(PAYLOAD))),
        ("goed-du01.xml", compose::envelope(&du01())),
        ("goed-fo01.xml", compose::envelope(&fo01())),
        ("goed-tekst.xml", compose::envelope(&tekst())),
        ("antwoord-bv03.xml", compose::bv03(&di01(PAYLOAD).stuurgegevens, &stamp())),
        ("antwoord-fo03.xml", compose::fo03(&About::from(&di01(PAYLOAD).stuurgegevens), &refused, &stamp())),
        ("antwoord-fo03-zonder-kop.xml", compose::fo03(&About::default(), &FaultCode::StUF046.fault(None), &stamp())),
    ]
}

#[test]
fn what_we_compose_is_that_to_the_byte() {
    for (name, bytes) in composed() {
        let expected = String::from_utf8(fixture(name)).expect("text");
        // A fixture is a text file and ends in a line end; an envelope has none.
        assert_eq!(String::from_utf8(bytes).expect("text"), expected.trim_end(), "{name}");
    }
}

#[test]
fn what_we_compose_fits_the_official_schemas() {
    let Some(reference) = reference() else { return };
    if Command::new("xmllint").arg("--version").output().is_err() {
        println!("overgeslagen: xmllint ontbreekt");
        return;
    }
    let schema = reference.join("examples/_soap-driver.xsd");
    let catalog = Path::new("--nonet");
    for (name, _) in composed() {
        let checked = Command::new("xmllint")
            .args([catalog, Path::new("--noout"), Path::new("--schema"), &schema, &fixtures().join(name)])
            .output()
            .expect("xmllint runs");
        assert!(checked.status.success(), "{name}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn parsing_what_was_composed_gives_it_back() {
    for envelope in [di01(PAYLOAD), du01(), fo01(), tekst()] {
        assert_eq!(parse(&compose::envelope(&envelope)), Ok(envelope));
    }
}

proptest! {
    #[test]
    fn whatever_is_in_it(applicatie in "[!-~é€]([ -~é€]{1,48}[!-~é€])", payload: Vec<u8>, administratie in "[!-~]{1,50}") {
        let mut envelope = di01(&payload);
        envelope.stuurgegevens.zender.applicatie = applicatie;
        envelope.stuurgegevens.zender.administratie = Some(administratie);
        prop_assert_eq!(parse(&compose::envelope(&envelope)), Ok(envelope));
    }
}

proptest! {
    /// Envelopes and answers with a few bytes changed: refused or read, never a panic.
    #[test]
    fn nothing_on_the_wire_makes_the_reader_fall(
        name in prop::sample::select(vec!["goed-bom-en-witruimte.xml", "goed-fo01.xml", "antwoord-fo03.xml"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = fixture(name);
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        let _ = (parse(&bytes), answer::parse(&bytes));
    }
}

#[test]
fn elements_without_end_attributes_without_end_and_namespaces_without_end_are_refused() {
    let plain = String::from_utf8(compose::envelope(&fo01())).expect("text");
    let many = |one: &dyn Fn(usize) -> String| (0..100_000).map(one).collect::<String>();
    for (place, hostile) in [
        ("<StUF:body>", format!("<StUF:body>{}", "<a>".repeat(100_000))),
        ("<StUF:body>", format!("<StUF:body>{}", "<a/>".repeat(100_000))),
        ("<StUF:body>", format!("<StUF:body{}>", many(&|number| format!(" a{number}=''")))),
        ("<StUF:body>", format!("<StUF:body{}>", many(&|number| format!(" xmlns:a{number}='a'")))),
        ("</StUF:body>", format!("<StUF:detailsXML>{}</StUF:detailsXML></StUF:body>", "<a>".repeat(100_000))),
    ] {
        let refusal = parse(plain.replace(place, &hostile).as_bytes()).expect_err("hostile");
        assert_eq!(refusal.code, FaultCode::StUF055);
        assert!(refusal.details.starts_with("Het verzoek "), "{refusal}");
    }
}

#[test]
fn an_envelope_that_breaks_off_anywhere_is_refused() {
    let bytes = fixture("goed-bom-en-witruimte.xml");
    let end = bytes.trim_ascii_end().len();
    for length in 0..end {
        let refusal = parse(&bytes[..length]).expect_err("a part");
        assert_eq!(refusal.code, FaultCode::StUF055, "{length}");
    }
}

#[test]
fn an_envelope_of_25_mb_is_taken_and_one_byte_more_is_not() {
    let mut bytes = compose::envelope(&di01(&vec![b'x'; 19_000_000]));
    bytes.resize(MAX_INCOMING_BYTES, b' ');
    assert_eq!(
        parse(&bytes).map(|envelope| envelope.parameters().map(|it| it.payload.bytes().len())),
        Ok(Some(19_000_000))
    );
    bytes.push(b' ');
    let refusal = parse(&bytes).expect_err("too large");
    assert_eq!(refusal.to_string(), "StUF055: De envelop is groter dan 26214400 bytes");
}

/// The original inside a Fo01 is not kept, but counts as content.
#[test]
fn details_xml_may_be_anything_well_formed() {
    let plain = String::from_utf8(compose::envelope(&fo01())).expect("text");
    let with = |inside: &str| {
        plain.replace("</StUF:body>", &format!("<StUF:detailsXML>{inside}</StUF:detailsXML></StUF:body>"))
    };
    let original = String::from_utf8(compose::envelope(&di01(PAYLOAD))).expect("text");
    let (_, original) = original.split_once("?>").expect("an XML declaration");
    let digests: Vec<String> = [plain.clone(), with(""), with(original), with("<a/>b"), with("ab")]
        .iter()
        .map(|text| parse(text.as_bytes()).expect("a fault").content_sha256())
        .collect();
    let mut different = digests.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 5);
    assert_eq!(parse(with("<a>").as_bytes()).expect_err("not closed").details, "Het verzoek is geen welgevormde XML");
    assert_eq!(parse(with("<x:a/>").as_bytes()).expect_err("unbound").code, FaultCode::StUF055);
}

#[test]
fn prefixes_white_space_and_line_breaks_in_base64_do_not_matter() {
    let expected = di01(PAYLOAD);
    for name in ["goed-andere-prefixen.xml", "goed-bom-en-witruimte.xml", "goed-soap-header.xml"] {
        let parsed = parse(&fixture(name));
        assert_eq!(parsed.as_ref(), Ok(&expected), "{name}");
        assert_eq!(parsed.map(|envelope| envelope.content_sha256()), Ok(expected.content_sha256()), "{name}");
    }
}

#[test]
fn a_byte_order_mark_in_the_payload_stays() {
    let payload = b"\xEF\xBB\xBF<a/>";
    let parsed = parse(&compose::envelope(&di01(payload))).expect("an envelope");
    assert_eq!(parsed.parameters().map(|parameters| parameters.payload.bytes()), Some(&payload[..]));
}

#[test]
fn another_value_anywhere_is_other_content() {
    let first = di01(PAYLOAD);
    let mut others = vec![du01(), fo01(), tekst(), di01(b"iets anders")];
    for change in [
        |envelope: &mut Envelope| envelope.stuurgegevens.tijdstip_bericht = "20260112091530".to_owned(),
        |envelope: &mut Envelope| envelope.stuurgegevens.zender.administratie = Some(String::new()),
        |envelope: &mut Envelope| envelope.stuurgegevens.zender.gebruiker = Some(String::new()),
        |envelope: &mut Envelope| envelope.stuurgegevens.ontvanger.organisatie = "99990002".to_owned(),
    ] {
        let mut other = first.clone();
        change(&mut other);
        others.push(other);
    }
    let mut digests: Vec<String> = others.iter().map(Envelope::content_sha256).collect();
    digests.push(first.content_sha256());
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 9);
}

/// `fout-StUF055-….xml` has to be refused with StUF055; what the sender reads is snapshotted.
#[test]
fn every_bad_envelope_gets_its_code() {
    let mut names: Vec<String> = std::fs::read_dir(fixtures())
        .expect("fixtures")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("fout-"))
        .collect();
    names.sort();
    let told: Vec<String> = names
        .iter()
        .map(|name| {
            let refusal = parse(&fixture(name)).expect_err(name);
            assert_eq!(Some(refusal.code.code()), name.split('-').nth(1), "{name}: {refusal}");
            let about = refusal.about.referentienummer.as_deref().map_or("-", |_| "kop gelezen");
            format!("{name} | {about} | {}", refusal.details)
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    fout-StUF001-andere-stuf-versie.xml | kop gelezen | Ondersteund wordt StUF 03.01
    fout-StUF004-ander-sectormodel.xml | kop gelezen | Ondersteund wordt http://www.stufstandaarden.nl/koppelvlak/ggk0210
    fout-StUF007-oude-ggk-0210.xml | kop gelezen | Ondersteund wordt http://www.stufstandaarden.nl/koppelvlak/ggk0210
    fout-StUF007-oude-ggk-0310.xml | kop gelezen | Ondersteund wordt http://www.stufstandaarden.nl/koppelvlak/ggk0210
    fout-StUF022-berichtcode-anders-dan-element.xml | kop gelezen | berichtcode hoort Di01 te zijn
    fout-StUF022-onbekend-element.xml | kop gelezen | Onbekend bericht in de envelop
    fout-StUF025-bv03-als-verzoek.xml | kop gelezen | Dit StUF-bericht wordt hier niet ontvangen
    fout-StUF055-afgebroken.xml | - | Het verzoek is afgebroken
    fout-StUF055-applicatie-te-kort.xml | kop gelezen | applicatie heeft niet de juiste lengte
    fout-StUF055-base64-met-element.xml | kop gelezen | xmlBestand is geen geldige base64
    fout-StUF055-beide-bestanden.xml | kop gelezen | bericht bevat een onbekend, dubbel of verplaatst element
    fout-StUF055-bestandsnaam-met-pad.xml | kop gelezen | tekstBestand heeft geen geldige bestandsnaam
    fout-StUF055-crossrefnummer-in-di01.xml | kop gelezen | functie ontbreekt in stuurgegevens of staat niet op zijn plaats
    fout-StUF055-doctype.xml | - | Het verzoek bevat een DOCTYPE
    fout-StUF055-dubbel-attribuut.xml | - | Het verzoek is geen welgevormde XML
    fout-StUF055-dubbele-functie.xml | kop gelezen | stuurgegevens bevat een onbekend, dubbel of verplaatst element
    fout-StUF055-entiteitenbom.xml | - | Het verzoek bevat een DOCTYPE
    fout-StUF055-geen-xml.xml | - | Het verzoek heeft tekst buiten het hoofdelement
    fout-StUF055-latin-1.xml | - | Het verzoek is niet in UTF-8
    fout-StUF055-onbekend-attribuut.xml | kop gelezen | parameters heeft een onbekend attribuut
    fout-StUF055-onbekend-element.xml | kop gelezen | parameters bevat een onbekend, dubbel of verplaatst element
    fout-StUF055-onbekende-entiteit.xml | - | Het verzoek gebruikt een entiteit die niet is toegestaan
    fout-StUF055-ongeldige-base64.xml | kop gelezen | xmlBestand is geen geldige base64
    fout-StUF055-prefix-zonder-namespace.xml | - | Het verzoek gebruikt een prefix zonder namespace
    fout-StUF055-rommel-erachter.xml | - | Het verzoek heeft tekst buiten het hoofdelement
    fout-StUF055-soap-1-2.xml | - | SOAP 1.2 wordt niet ondersteund; gebruik SOAP 1.1
    fout-StUF055-soap-header-die-begrepen-moet-worden.xml | - | De SOAP-header Security wordt hier niet begrepen
    fout-StUF055-te-diep.xml | - | Het verzoek is te diep genest
    fout-StUF055-tekst-tussen-elementen.xml | kop gelezen | parameters bevat tekst tussen de elementen
    fout-StUF055-tijdstip-met-streepjes.xml | kop gelezen | tijdstipBericht heeft niet het juiste aantal cijfers
    fout-StUF055-twee-berichten.xml | - | soap:Body bevat niet precies één element
    fout-StUF055-twee-wortels.xml | - | Het verzoek heeft meer dan één hoofdelement
    fout-StUF055-utf-16.xml | - | Het verzoek is geen UTF-8
    fout-StUF055-uuid-in-hoofdletters.xml | kop gelezen | referentienummer is geen UUID versie 4 in kleine letters
    fout-StUF055-uuid-versie-1.xml | kop gelezen | referentienummer is geen UUID versie 4 in kleine letters
    fout-StUF055-verboden-teken.xml | - | Het verzoek gebruikt een entiteit die niet is toegestaan
    fout-StUF055-verkeerde-volgorde.xml | kop gelezen | applicatieVersie ontbreekt in parameters of staat niet op zijn plaats
    fout-StUF055-versie-van-drie-cijfers.xml | kop gelezen | functieVersie heeft niet het juiste aantal cijfers
    fout-StUF055-zonder-functie.xml | kop gelezen | functie ontbreekt in stuurgegevens of staat niet op zijn plaats
    fout-StUF055-zonder-referentienummer.xml | - | referentienummer ontbreekt in stuurgegevens of staat niet op zijn plaats
    fout-StUF055-zonder-soap.xml | - | Het verzoek is geen SOAP 1.1-bericht
    ");
}

#[test]
fn functies_and_parties_are_checked_in_the_order_of_the_table() {
    let functie = |envelope: &Envelope| check::functie(envelope);
    let with = |functie: &str| {
        let mut envelope = di01(PAYLOAD);
        envelope.content = Content::Di01(parameters(functie, PAYLOAD));
        envelope
    };
    assert_eq!(functie(&with("WMO305")), Ok(()));
    assert_eq!(functie(&with("WMO999")), Err(FaultCode::StUF034));
    assert_eq!(functie(&with("WMO302")), Err(FaultCode::StUF040));
    assert_eq!(functie(&du01()), Ok(()));
    assert_eq!(functie(&fo01()), Ok(()));
    let answer = |functie: &str| {
        let content = Content::Du01 { cross_refnummer: DI01.to_owned(), parameters: parameters(functie, PAYLOAD) };
        Envelope { content, ..du01() }
    };
    assert_eq!([functie(&with("WMO325")), functie(&answer("WMO325"))], [Ok(()), Ok(())], "the choice of the network");
    assert_eq!(functie(&answer("WMO323")), Err(FaultCode::StUF040));
    let without_heenbericht = Envelope {
        content: Content::Du01 { cross_refnummer: String::new(), parameters: parameters("WMO302", PAYLOAD) },
        ..du01()
    };
    assert!(
        check::outgoing(&without_heenbericht).is_err_and(|what| what.contains("crossRefnummer")),
        "held, and not sent"
    );
    assert_eq!([du01(), di01(PAYLOAD), fo01()].map(|envelope| check::outgoing(&envelope)), [Ok(()), Ok(()), Ok(())]);
    assert_eq!(check::parties(&di01(PAYLOAD), |_| false, |_| false), Err(FaultCode::StUF010));
    assert_eq!(check::parties(&di01(PAYLOAD), |code| code == "99990001", |_| false), Err(FaultCode::StUF013));
    assert_eq!(check::parties(&di01(PAYLOAD), |_| true, |code| code == "9998"), Ok(()));
}

#[test]
fn answers_are_read_in_every_dress() {
    let taken = Some(Answer::Taken { referentienummer: stamp().referentienummer, cross_refnummer: DI01.to_owned() });
    assert_eq!(answer::parse(&fixture("antwoord-bv03.xml")), taken);
    assert_eq!(answer::parse(&fixture("antwoord-bv04-andere-prefixen.xml")), taken);
    let Some(Answer::Refused { cross_refnummer, fault, .. }) = answer::parse(&fixture("antwoord-fo03.xml")) else {
        panic!("no fault")
    };
    assert_eq!((cross_refnummer.as_deref(), fault.code.as_str(), fault.plek), (Some(DI01), "StUF016", Plek::Client));
    let Some(Answer::Refused { cross_refnummer, fault, .. }) = answer::parse(&fixture("antwoord-fo03-zonder-kop.xml"))
    else {
        panic!("no fault")
    };
    assert_eq!((cross_refnummer, fault.code.as_str(), fault.plek), (None, "StUF046", Plek::Server));
    for other in
        ["goed-di01.xml", "antwoord-html.html", "antwoord-fault-zonder-fo03.xml", "antwoord-bv03-met-rommel.xml"]
    {
        assert_eq!(answer::parse(&fixture(other)), None, "{other}");
    }
}

/// What a sender of faults may get wrong, it gets wrong; somebody has to read the fault all the same.
#[test]
fn a_fault_that_is_not_as_the_schema_says_is_read_as_far_as_it_goes() {
    let plain = String::from_utf8(compose::envelope(&fo01())).expect("text");
    let read = |text: &str| match parse(text.as_bytes()).expect("a fault").content {
        Content::Fo01 { cross_refnummer, fault } => (cross_refnummer, fault.code, fault.plek),
        other => panic!("{other:?}"),
    };
    let cross = || "a91b6c30-2d4e-4f5a-8b6c-7d8e9f0a1b02".to_owned();
    let long = plain.replace("StUF055</StUF:code>", "VECMELD007</StUF:code>");
    assert_eq!(read(&long), (cross(), "VECMELD007".to_owned(), Plek::Client));
    let without = plain.replace("<StUF:code>StUF055</StUF:code><StUF:plek>client</StUF:plek>", "");
    assert_eq!(read(&without), (cross(), "onbekend".to_owned(), Plek::Client));
    let upper = plain.replace("<StUF:plek>client<", "<StUF:plek>Server<");
    assert_eq!(read(&upper).2, Plek::Server);
    let (begin, rest) = plain.split_once("<StUF:zender>").expect("a sender");
    let (_, end) = rest.split_once("</StUF:zender>").expect("its end");
    assert_eq!(
        read(&format!("{begin}{end}")),
        (cross(), "StUF055".to_owned(), Plek::Client),
        "the schema has it optional"
    );
}

#[test]
fn an_answer_in_another_encoding_is_an_answer() {
    let plain = String::from_utf8(fixture("antwoord-fo03.xml")).expect("text");
    let latin = plain.replace("UTF-8", "ISO-8859-1").replace("Combinatie", "C\u{f6}mbinatie");
    let latin: Vec<u8> = latin.chars().map(|one| u8::try_from(one).expect("latin 1")).collect();
    let utf_16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(plain.chars())
        .flat_map(|one| {
            let mut units = [0; 2];
            one.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()).collect::<Vec<u8>>()
        })
        .collect();
    for bytes in [latin, utf_16, format!("\u{feff}{plain}").into_bytes()] {
        let Some(Answer::Refused { cross_refnummer, fault, .. }) = answer::parse(&bytes) else { panic!("no fault") };
        assert_eq!((cross_refnummer.as_deref(), fault.code.as_str()), (Some(DI01), "StUF016"));
    }
}

#[test]
fn no_bsn_comes_out_of_a_fault() {
    let mut envelope = fo01();
    let Content::Fo01 { fault, .. } = &mut envelope.content else { panic!("no fault") };
    fault.omschrijving = "Bsn 999990019, AGB 99990001".to_owned();
    fault.details = Some("999990019".to_owned());
    let parsed = parse(&compose::envelope(&envelope)).expect("a fault");
    assert!(!format!("{parsed:?} {envelope:?}").contains("99999001"));
    let Content::Fo01 { fault, .. } = parsed.content else { panic!("no fault") };
    assert_eq!(fault.omschrijving, "Bsn *********, AGB 99990001");
    assert_eq!(fault.details.as_deref(), Some("*********"));
    for (said, kept) in [
        ("client 9999 90.019 onbekend", "client **** **.*** onbekend"),
        ("999-990-019", "***-***-***"),
        ("12 999990019", "12 *********"),
        ("WMO301 van 0384, 2026-03-04 09:00", "WMO301 van 0384, 2026-03-04 09:00"),
    ] {
        let Content::Fo01 { fault, .. } = &mut envelope.content else { panic!("no fault") };
        fault.details = Some(said.to_owned());
        let parsed = parse(&compose::envelope(&envelope)).expect("a fault");
        let Content::Fo01 { fault, .. } = parsed.content else { panic!("no fault") };
        assert_eq!(fault.details.as_deref(), Some(kept));
    }
}

/// Examples that others wrote.
#[test]
fn the_examples_of_the_reference_are_accepted() {
    let Some(reference) = reference() else { return };
    let request = std::fs::read(reference.join("examples/10-soap-verzoek-di01.xml")).expect("an example");
    let envelope = parse(&request).expect("an envelope");
    assert_eq!(envelope.stuurgegevens.referentienummer, DI01);
    for example in [
        "01-di01-wmo301.xml",
        "02-du01-wmo302.xml",
        "07-fo01-keten-naar-gemeente.xml",
        "08-fo01-gemeente-naar-aanbieder.xml",
    ] {
        let bare = std::fs::read_to_string(reference.join("examples").join(example)).expect("an example");
        let (_, element) = bare.split_once("?>").expect("an XML declaration");
        let soap = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{element}</s:Body></s:Envelope>"
        );
        assert!(parse(soap.as_bytes()).is_ok(), "{example}");
    }
    let answer = std::fs::read(reference.join("examples/12-soap-fault-fo03.xml")).expect("an example");
    assert!(matches!(answer::parse(&answer), Some(Answer::Refused { fault, .. }) if fault.code == "StUF016"));
}
