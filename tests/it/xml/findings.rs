//! One mistake gives one finding, where a person would look.

use iwmo_gateway::domain::Berichtsoort;
use iwmo_gateway::domain::finding::{Finding, Level};
use iwmo_gateway::standard;
use iwmo_gateway::xml::RefusalKind;

use super::{START, bericht, changed, refusal};

/// `line:column path` of a finding.
fn place(finding: &Finding) -> String {
    let position = finding.position.expect("a finding of the schema has a place");
    format!("{}:{} {}", position.line, position.column, finding.path)
}

/// Takes the element with this local name, and its line, out of the text.
fn cut(text: &str, local: &str) -> (String, String) {
    let start = text.find(&format!("<wmo305:{local}>")).expect("is there");
    let start = text[..start].rfind('\n').expect("not on the first line") + 1;
    let end_tag = format!("</wmo305:{local}>\r\n");
    let end = text.find(&end_tag).expect("is closed") + end_tag.len();
    (format!("{}{}", &text[..start], &text[end..]), text[start..end].to_owned())
}

/// What is replaced in the small 305, by what, where the finding is, and a part of its text.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    (">1<", ">7<", "33:5 /Bericht/Client/StartProducten/StartProduct[1]/StatusAanlevering", "is 7"),
    ("<wmo305:Geslacht>0</wmo305:Geslacht>", "", "24:3 /Bericht/Client/Geslacht", "Geslacht ontbreekt vóór Naam"),
    (
        "<wmo305:Begindatum>2026-03-16</wmo305:Begindatum>",
        "",
        "33:5 /Bericht/Client/StartProducten/StartProduct[1]/Begindatum",
        "ontbreekt vóór StatusAanlevering",
    ),
    (
        "<wmo305:StatusAanlevering>1</wmo305:StatusAanlevering>",
        "",
        "34:4 /Bericht/Client/StartProducten/StartProduct[1]/StatusAanlevering",
        "ontbreekt aan het einde van StartProduct",
    ),
    (
        "<wmo305:Geslacht>0</wmo305:Geslacht>",
        "<wmo305:Sekse>0</wmo305:Sekse>",
        "23:3 /Bericht/Client/Sekse",
        "Sekse is hier onbekend in Client; hier hoort Geslacht",
    ),
    (
        "<wmo305:Geslacht>0</wmo305:Geslacht>",
        "<Geslacht>0</Geslacht>",
        "23:3 /Bericht/Client/Geslacht",
        "verkeerde namespace",
    ),
    (
        "<wmo305:Geslacht>",
        "<wmo305:Geslacht>0</wmo305:Geslacht><wmo305:Geslacht>",
        "23:39 /Bericht/Client/Geslacht",
        "te vaak",
    ),
    ("<wmo305:Geslacht>", "<wmo305:Geslacht a=\"1\">", "23:3 /Bericht/Client/Geslacht", "het attribuut a"),
    ("<wmo305:Geslacht>", "<wmo305:Geslacht xml:lang=\"nl\">", "23:3 /Bericht/Client/Geslacht", "het attribuut lang"),
    ("<wmo305:Client>", "<wmo305:Client>los", "18:17 /Bericht/Client", "losse tekst in Client"),
    ("<wmo305:Client>", "<wmo305:Client>&#233;", "18:17 /Bericht/Client", "losse tekst in Client"),
    ("999940089", "999<b>9</b>40089", "19:18 /Bericht/Client/Bsn/b", "Bsn bevat het element b"),
    (
        "xmlns:iwmo=\"http://www.istandaarden.nl/iwmo/3_2",
        "xmlns:iwmo=\"http://www.istandaarden.nl/iwmo/3_1",
        "10:4 /Bericht/Header/BerichtIdentificatie/Identificatie",
        "verkeerde namespace",
    ),
    (
        "<wmo305:StartProducten>",
        "<wmo305:StartProducten><wmo305:Start/>",
        "29:26 /Bericht/Client/StartProducten/Start",
        "hier hoort StartProduct",
    ),
];

#[test]
fn one_mistake_one_finding() {
    for &(from, to, expected, fragment) in MISTAKES {
        let refusal = refusal(&changed(START, from, to));
        let places: Vec<_> = refusal.findings.iter().map(place).collect();
        assert_eq!(places, [expected], "{from} -> {to}: {:?}", refusal.findings);
        assert!(refusal.findings[0].text.contains(fragment), "{}", refusal.findings[0].text);
        assert_eq!(refusal.findings[0].level, Level::Xsd);
        assert_eq!(
            (refusal.kind, refusal.soort, refusal.release),
            (RefusalKind::Invalid, Some(Berichtsoort::Wmo305), Some(standard::named("3.2")))
        );
    }
}

#[test]
fn nil_and_other_types_are_refused() {
    let xsi = "xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"";
    for attribute in
        ["x:nil=\"true\"", "x:nil=\"false\"", "x:type=\"iwmo:LDT_Nummer\"", "x:type=\"niets\"", "x:anders=\"1\""]
    {
        let refusal = refusal(&changed(START, "<wmo305:Bsn>", &format!("<wmo305:Bsn {xsi} {attribute}>")));
        assert_eq!(refusal.findings.len(), 1, "{attribute}: {:?}", refusal.findings);
        assert_eq!(place(&refusal.findings[0]), "19:3 /Bericht/Client/Bsn");
    }
}

#[test]
fn an_element_out_of_order_is_one_finding() {
    let (without, bsn) = cut(&bericht(START), "Bsn");
    let moved = without.replacen("\t\t<wmo305:Naam>", &format!("{bsn}\t\t<wmo305:Naam>"), 1);
    let refusal = refusal(&moved);
    let [finding] = refusal.findings.as_slice() else { panic!("{:?}", refusal.findings) };
    assert_eq!(place(finding), "19:3 /Bericht/Client/Bsn");
    assert_eq!(finding.text, "Bsn staat na Geboortedatum, maar hoort ervóór. Verplaats het element.");
}

#[test]
fn an_optional_element_that_comes_too_early_is_one_finding() {
    let text = bericht("wmo301-volledig.xml");
    let email = "\t\t\t\t\t<wmo301:Emailadres>wijkteam@voorbeeld.test</wmo301:Emailadres>\r\n";
    let adres = "\t\t\t\t\t<wmo301:Adres>";
    let moved = text.replacen(email, "", 1).replacen(adres, &format!("{email}{adres}"), 1);
    let refusal = refusal(&moved);
    let [finding] = refusal.findings.as_slice() else { panic!("{:?}", refusal.findings) };
    assert_eq!(
        finding.text,
        "Adres, Organisatie en Telefoon staan na Emailadres, maar horen ervóór. Verplaats de elementen."
    );
}

#[test]
fn all_mistakes_are_found_in_one_pass_in_order() {
    let text = bericht(START)
        .replace(">418<", ">419<")
        .replace("999940089", "12")
        .replace("1987-11-05", "1987-13-05")
        .replace("<wmo305:Geslacht>0</wmo305:Geslacht>", "")
        .replace("7001", "-7");
    let places: Vec<_> = refusal(&text).findings.iter().map(place).collect();
    let start = "/Bericht/Client/StartProducten/StartProduct[1]";
    assert_eq!(
        places,
        [
            "4:3 /Bericht/Header/BerichtCode".to_owned(),
            "19:3 /Bericht/Client/Bsn".to_owned(),
            "21:4 /Bericht/Client/Geboortedatum/Datum".to_owned(),
            "24:3 /Bericht/Client/Geslacht".to_owned(),
            format!("31:5 {start}/ToewijzingNummer"),
        ]
    );
}

/// One mistake in each of the other kinds: file, what is replaced, by what, the path and a part of the text.
const MISTAKES_ELSEWHERE: &[(&str, &str, &str, &str, &str)] = &[
    ("wmo307-minimaal.xml", ">19<", ">05<", "/Bericht/Client/StopProducten/StopProduct[1]/RedenBeeindiging", "is 05"),
    (
        "wmo307-minimaal.xml",
        "<wmo307:Einddatum>2026-06-30</wmo307:Einddatum>",
        "<wmo307:Datum>2026-06-30</wmo307:Datum>",
        "/Bericht/Client/StopProducten/StopProduct[1]/Datum",
        "hier hoort Einddatum",
    ),
    (
        "wmo308-afgewezen.xml",
        ">9414<",
        ">9999<",
        "/Bericht/Client/StopProducten/StopProduct[1]/RetourCodes/RetourCode[2]",
        "codelijst",
    ),
    ("wmo308-akkoord.xml", ">421<", ">420<", "/Bericht/Header/BerichtCode", "toegestaan is 421"),
    (
        "wmo315-volledig.xml",
        ">01042424<",
        ">1042424<",
        "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]/Verwijzer/ZorgverlenerCode",
        "precies 8 cijfers",
    ),
    (
        "wmo315-minimaal.xml",
        "<wmo315:ToewijzingIngangsdatum>2026-04-01</wmo315:ToewijzingIngangsdatum>",
        "",
        "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[1]/ToewijzingIngangsdatum",
        "ontbreekt vóór Verwijzer",
    ),
    (
        "wmo316-afgewezen.xml",
        ">9374<",
        ">374<",
        "/Bericht/Client/AangevraagdeProducten/AangevraagdProduct[2]/RetourCodes/RetourCode[1]",
        "codelijst",
    ),
    ("wmo317-minimaal.xml", "RedenVerzoek>1<", "RedenVerzoek>3<", "/Bericht/Client/Verzoek/RedenVerzoek", "is 3"),
    (
        "wmo317-volledig.xml",
        "<wmo317:ToewijzingNummer>0<",
        "<wmo317:ToewijzingNummer>1000000000<",
        "/Bericht/Client/Verzoek/OngewijzigdeProducten/OngewijzigdProduct[2]/ToewijzingNummer",
        "tot en met 999999999",
    ),
    ("wmo318-akkoord.xml", ">481<", ">480<", "/Bericht/Header/BerichtCode", "toegestaan is 481"),
    ("wmo319-minimaal.xml", "VerzoekAntwoord>2<", "VerzoekAntwoord>0<", "/Bericht/Antwoord/VerzoekAntwoord", "1 of 2"),
    ("wmo320-afgewezen.xml", ">9355<", "><", "/Bericht/Antwoord/RetourCodes/RetourCode[1]", "is leeg"),
    ("wmo323-minimaal.xml", ">D2026031<", ">D-2026031<", "/Bericht/Declaratie/DeclaratieNummer", "patroon"),
    (
        "wmo323-volledig.xml",
        "Bedrag>180000<",
        "Bedrag>-180000<",
        "/Bericht/Declaratie/Clienten/Client[1]/Prestaties/Prestatie[2]/IngediendBedrag/Bedrag",
        "van 0 tot en met 99999999",
    ),
    (
        "wmo325-minimaal.xml",
        "<wmo325:RetourCode>0001</wmo325:RetourCode>",
        "",
        "/Bericht/Header/RetourCodes/RetourCode[1]",
        "RetourCode",
    ),
    (
        "wmo325-volledig.xml",
        "<wmo325:TotaalToegekendBedrag>",
        "<wmo325:TotaalGoedgekeurdBedrag/><wmo325:TotaalToegekendBedrag>",
        "/Bericht/DeclaratieAntwoord/TotaalGoedgekeurdBedrag",
        "hier hoort TotaalToegekendBedrag",
    ),
];

#[test]
fn one_mistake_one_finding_in_every_kind() {
    for &(file, from, to, path, fragment) in MISTAKES_ELSEWHERE {
        let refusal = refusal(&changed(file, from, to));
        let [finding] = refusal.findings.as_slice() else { panic!("{file}: {:?}", refusal.findings) };
        assert_eq!(finding.path.as_str(), path, "{file}: {}", finding.text);
        assert!(finding.text.contains(fragment), "{file}: {}", finding.text);
    }
}
