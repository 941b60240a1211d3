//! Facets: which values a schema accepts, exactly as XML Schema 1.0 says.

use iwmo_gateway::xml::{self, RefusalKind};

use super::{START, changed, refusal};

/// Element in the full 301, values that fit, values that do not.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

const VALUES: &[Row] = &[
    ("Bsn", &["999940004", "000000000"], &["", "99994000", "9999400040", "99994000a", " 999940004", "99994000４"]),
    ("Ontvanger", &["42421337"], &["4242133", "424213370", ""]),
    ("Identificatie", &["1", "a b", "😀😀😀😀😀😀😀😀😀😀😀😀"], &["", " ", "1234567890123", "a&#10;b", "a\nb"]),
    ("BasisschemaXsdVersie", &["1.0.0", "0.10.200"], &["1.0", "01.0.0", "1.0.0 ", ""]),
    ("BerichtCode", &["414"], &["415", "0414", " 414", ""]),
    ("BerichtVersie", &["3", " 3\n"], &["03", "+3", "2", "3.0"]),
    (
        "Dagtekening",
        &["2026-02-28", "2024-02-29", " 2026-01-01 ", "12026-01-01", "-0044-03-15"],
        &[
            "2026-02-29",
            "2026-1-1",
            "0000-01-01",
            "2026-01-01Z",
            "2026-01-01+01:00",
            "20260101",
            "",
            "2026-01-01T00:00:00",
        ],
    ),
    (
        "Toewijzingstijd",
        &["00:00:00", "24:00:00", "12:00:00.5", "\t12:00:00"],
        &["24:00:01", "12:00", "12:00:00Z", "12:00:60", "12:00:00.", "12:00:00-01:00", ""],
    ),
    ("Geslacht", &["0", "1", "2"], &["", "3", "9", " 1", "01", "m"]),
    (
        "Huisnummer",
        &["0", "+5", "007", "-0", "99999", " 12 ", "000000000000000000000000000000000000000000001"],
        &["100000", "-1", "1.0", "1e3", "", "+", "１", "99999999999999999999999999999999999999999999"],
    ),
    ("Huisletter", &["é", "😀", "&amp;"], &["", " ", "ab", "\u{9}"]),
    ("Voorletters", &["Noor", "ÉéỳÀ"], &["N.", "abcdefg", "", "N E"]),
    ("Telefoonnummer", &["0", "123456789012345"], &["", "1234567890123456", "+31612345678", "06 1234"]),
    ("Taal", &["\u{a0}", "\u{85}", "\u{3000}"], &[" ", "\t", "a\rb"]),
    ("Commentaar", &["x", "\n x \n", "\u{a0}", "."], &["", " ", "\n\t ", "&#13;"]),
    ("Volume", &["0", "99999999"], &["100000000", "-1"]),
    ("LandCode", &["NL", "BQ"], &["nl", "XX", "NLD", ""]),
    (
        "RedenWijziging",
        &["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14"],
        &["15", "1", ""],
    ),
    ("DatumGebruik", &["1", "2", "3"], &["0", "4", ""]),
    ("Soort", &["03"], &["98", ""]),
];

/// Puts a value in the first element of this name.
fn with(element: &str, value: &str) -> String {
    let text = super::bericht("wmo301-volledig.xml");
    let start = text.find(&format!(":{element}>")).expect("the full bericht has every element") + element.len() + 2;
    let len = text[start..].find('<').expect("an end tag");
    format!("{}{value}{}", &text[..start], &text[start + len..])
}

#[test]
fn values_are_accepted_exactly_when_xml_schema_accepts_them() {
    let schemas = xml::Schemas::compiled_in();
    for (element, right, wrong) in VALUES {
        for value in *right {
            let text = with(element, value);
            let valid =
                schemas.check(text.as_bytes()).unwrap_or_else(|refusal| panic!("{element} {value:?}: {refusal:?}"));
            // Whatever the schema accepts the domain holds and writes so that it is accepted again.
            let bericht = xml::decode(&valid).expect("fits the domain");
            assert_eq!(xml::read(&xml::encode(&bericht)).as_ref(), Ok(&bericht), "{element} {value:?}");
        }
        for value in *wrong {
            let refusal = refusal(&with(element, value));
            assert_eq!(refusal.kind, RefusalKind::Invalid, "{element} {value:?}");
            assert_eq!(refusal.findings.len(), 1, "{element} {value:?}: {:?}", refusal.findings);
            assert!(refusal.findings[0].path.as_str().ends_with(&format!("/{element}")), "{:?}", refusal.findings);
        }
    }
}

#[test]
fn every_status_of_the_codelijst_is_held() {
    for (code, fits) in [("1", true), ("2", true), ("3", true), ("9", true), ("4", false), ("", false)] {
        let text = changed(START, "Aanlevering>1<", &format!("Aanlevering>{code}<"));
        assert_eq!(xml::read(text.as_bytes()).is_ok(), fits, "{code}");
    }
}

#[test]
fn years_beyond_the_domain_are_refused_with_a_reason() {
    for value in ["999999999-01-01", "-99999999999-01-01"] {
        let refusal = refusal(&with("Dagtekening", value));
        assert!(refusal.findings[0].text.contains("niet kan verwerken"), "{:?}", refusal.findings);
    }
}

#[test]
fn no_finding_shows_what_a_person_is_called_or_where_they_live() {
    let secret = "Geheim-4711 geheim@geheim.test 31-12-1999 x";
    for element in [
        "Bsn",
        "Datum",
        "Achternaam",
        "Voorvoegsel",
        "Voornamen",
        "Voorletters",
        "Taal",
        "Nummer",
        "Huisnummer",
        "Huisletter",
        "HuisnummerToevoeging",
        "Postcode",
        "Straatnaam",
        "Plaatsnaam",
        "Organisatie",
        "Telefoonnummer",
        "Landnummer",
        "Emailadres",
        "Geslacht",
        "NaamGebruik",
        "LandCode",
        "DatumGebruik",
        "BasisschemaXsdVersie",
    ] {
        // Too long for every type, on two lines, so that every type refuses it.
        let value = format!("{}\n", secret.repeat(6));
        let refusal = refusal(&with(element, &value));
        assert_eq!(refusal.findings.len(), 1, "{element}");
        let text = &refusal.findings[0].text;
        assert!(!text.contains("eheim") && !text.contains("4711") && !text.contains("1999"), "{element}: {text}");
    }
    for personal in ["999940089", "19411231", "Jansen", "0612345678"] {
        for element in ["Geslacht", "LandCode", "Soort", "BasisschemaXsdVersie", "BerichtCode"] {
            let text = &refusal(&with(element, personal)).findings[0].text;
            assert!(!text.contains(personal), "{element}: {text}");
        }
    }
}

#[test]
fn a_finding_says_what_was_found_and_what_is_allowed() {
    for (from, to, expected) in [
        (
            "999940089",
            "99994008a",
            "Bsn heeft 9 tekens, waaronder een letter; toegestaan is precies 9 cijfers. Verbeter de waarde.",
        ),
        (">0<", ">9<", "Geslacht is 9; toegestaan is een van de codes 0, 1 of 2. Verbeter de waarde."),
        (">418<", ">420<", "BerichtCode is 420; toegestaan is 418. Verbeter de waarde."),
        (
            ">S-305-1<",
            "><",
            "Identificatie is leeg; toegestaan is 1 tot en met 12 tekens, niet alleen spaties en zonder regeleinde. Verbeter de waarde.",
        ),
        (
            "1987-11-05",
            "1987-13-05",
            "Datum is een datum die niet bestaat; toegestaan is een bestaande datum, geschreven als 2026-01-31, zonder tijdzone. Verbeter de waarde.",
        ),
        (
            "1987-11-05",
            "05-11-1987",
            "Datum heeft 10 tekens; toegestaan is een bestaande datum, geschreven als 2026-01-31, zonder tijdzone. Verbeter de waarde.",
        ),
        (
            ">7001<",
            ">1234567890<",
            "ToewijzingNummer heeft 10 tekens; toegestaan is een geheel getal van 0 tot en met 999999999. Verbeter de waarde.",
        ),
    ] {
        assert_eq!(refusal(&changed(START, from, to)).findings[0].text, expected);
    }
}
