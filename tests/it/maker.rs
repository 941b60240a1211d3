//! Berichten made by a test, between one gemeente and one aanbieder. The defaults make a bericht that breaks no rule.

use iwmo_gateway::json::{self, Fill};
use iwmo_gateway::standard;
use iwmo_gateway::xml;
use serde_json::{Value, json};

use crate::world::{AANBIEDER, BSN, GEMEENTE};

/// A bericht of the gemeente to the aanbieder, or the other way as its kind has it. `body` stands beside the Header.
pub fn bericht(soort: &str, identificatie: &str, dagtekening: &str, body: Value) -> Vec<u8> {
    let heen_of_gemeente = ["WMO301", "WMO302", "WMO319", "WMO320", "WMO325"].contains(&soort);
    let (afzender, ontvanger) = if heen_of_gemeente { (GEMEENTE, AANBIEDER) } else { (AANBIEDER, GEMEENTE) };
    let mut content = body;
    let header = &mut content["Header"];
    header["Afzender"] = json!(afzender);
    header["Ontvanger"] = json!(ontvanger);
    header["BerichtIdentificatie"] = json!({"Identificatie": identificatie, "Dagtekening": dagtekening});
    encode(soort, &content, &format!("R{identificatie}"), dagtekening)
}

fn encode(soort: &str, content: &Value, identificatie: &str, dagtekening: &str) -> Vec<u8> {
    let document = json!({"berichtsoort": soort, "Bericht": content}).to_string();
    let fill = Fill { identificatie: identificatie.to_owned(), dagtekening: dagtekening.to_owned() };
    xml::encode(&json::read(document.as_bytes(), Some(&fill), standard::choice()).expect("a bericht of a test"))
}

/// A 301 with these ToegewezenProducten, of which each says what is not as in [`toewijzing`].
pub fn wmo301(identificatie: &str, dagtekening: &str, producten: &[Value]) -> Vec<u8> {
    let mut client = person();
    client["Naam"]["NaamGebruik"] = json!("1");
    client["Contactgegevens"] = json!({"Contact": [{"Soort": "01", "Adres": {
        "Huis": {"Huisnummer": 14}, "Postcode": "1111AB", "LandCode": "NL"}}]});
    client["ToegewezenProducten"] = json!({"ToegewezenProduct": producten});
    bericht("WMO301", identificatie, dagtekening, json!({"Client": client}))
}

/// A ToegewezenProduct: three hours a week from 3 March 2026 to the end of the year, decided on 2 March, but for `other`.
pub fn toewijzing(nummer: i64, other: Value) -> Value {
    let mut product = json!({
        "ToewijzingNummer": nummer,
        "Product": {"Categorie": "01", "Code": "01A03"},
        "Toewijzingsdatum": "2026-03-02",
        "Toewijzingstijd": "08:45:00",
        "Ingangsdatum": "2026-03-03",
        "Einddatum": "2026-12-31",
        "Omvang": {"Volume": 3, "Eenheid": "04", "Frequentie": "2"},
    });
    merge(&mut product, other);
    product
}

/// A 305 with one start on this toewijzing, but for `other`.
pub fn wmo305(identificatie: &str, dagtekening: &str, nummer: i64, other: Value) -> Vec<u8> {
    wmo305_of(identificatie, dagtekening, nummer, vec![other])
}

/// The same with several starts, each but for its `other`.
pub fn wmo305_of(identificatie: &str, dagtekening: &str, nummer: i64, others: Vec<Value>) -> Vec<u8> {
    let starts: Vec<Value> = others.into_iter().map(|other| start(nummer, other)).collect();
    let mut client = person();
    client["StartProducten"] = json!({"StartProduct": starts});
    bericht("WMO305", identificatie, dagtekening, json!({"Client": client}))
}

fn start(nummer: i64, other: Value) -> Value {
    let mut start = json!({
        "ToewijzingNummer": nummer,
        "Product": {"Categorie": "01", "Code": "01A03"},
        "Begindatum": "2026-03-04",
        "StatusAanlevering": "1",
    });
    merge(&mut start, other);
    start
}

/// A 307 with one stop on this toewijzing, for good on 6 March 2026, but for `other`.
pub fn wmo307(identificatie: &str, dagtekening: &str, nummer: i64, other: Value) -> Vec<u8> {
    let mut stop = json!({
        "ToewijzingNummer": nummer,
        "Product": {"Categorie": "01", "Code": "01A03"},
        "Begindatum": "2026-03-04",
        "RedenBeeindiging": "19",
        "Einddatum": "2026-03-06",
        "StatusAanlevering": "1",
    });
    merge(&mut stop, other);
    let mut client = person();
    client["StopProducten"] = json!({"StopProduct": [stop]});
    bericht("WMO307", identificatie, dagtekening, json!({"Client": client}))
}

/// A 315 that asks for this product under this ReferentieAanbieder.
pub fn wmo315(identificatie: &str, dagtekening: &str, referentie: &str) -> Vec<u8> {
    let product = json!({
        "ReferentieAanbieder": referentie,
        "Product": {"Categorie": "01", "Code": "01A03"},
        "ToewijzingIngangsdatum": "2026-04-01",
        "Omvang": {"Volume": 4, "Eenheid": "04", "Frequentie": "4"},
        "Verwijzer": {"Type": "01"},
    });
    let mut client = person();
    client["AangevraagdeProducten"] = json!({"AangevraagdProduct": [product]});
    bericht("WMO315", identificatie, dagtekening, json!({"Client": client}))
}

/// A 317 with this Verzoek.
pub fn wmo317(identificatie: &str, dagtekening: &str, verzoek: &Value) -> Vec<u8> {
    bericht("WMO317", identificatie, dagtekening, json!({"Client": {"Bsn": BSN, "Verzoek": verzoek}}))
}

/// A 319 that says this about the verzoek; 1 is no, 2 is "in research".
pub fn wmo319(identificatie: &str, dagtekening: &str, referentie: &str, antwoord: &str) -> Vec<u8> {
    let mut body = json!({"ReferentieAanbieder": referentie, "VerzoekAntwoord": antwoord});
    if antwoord == "1" {
        body["RedenAfwijzingVerzoek"] = json!("3");
    }
    bericht("WMO319", identificatie, dagtekening, json!({"Antwoord": body}))
}

/// A line on toewijzing 700101 about March 2026: four hours of 25 euros, but for `other`. `Bsn` in `other` says under
/// which client it stands.
pub fn prestatie(referentie: &str, other: Value) -> Value {
    let mut line = json!({
        "Bsn": BSN,
        "ProductReferentie": {"ReferentieNummer": referentie},
        "ToewijzingNummer": 700_101,
        "ProductCategorie": "01",
        "ProductCode": "01A03",
        "ProductPeriode": {"Begindatum": "2026-03-03", "Einddatum": "2026-03-31"},
        "GeleverdVolume": 4,
        "Eenheid": "04",
        "ProductTarief": 2500,
        "IngediendBedrag": {"Bedrag": 10_000, "DebetCredit": "D"},
    });
    merge(&mut line, other);
    line
}

/// The same line as a credit under another name.
pub fn credit(referentie: &str, line: &Value) -> Value {
    let mut credit = line.clone();
    let vorig = line["ProductReferentie"]["ReferentieNummer"].clone();
    credit["ProductReferentie"] = json!({"ReferentieNummer": referentie, "VorigReferentieNummer": vorig});
    credit["IngediendBedrag"]["DebetCredit"] = json!("C");
    credit
}

/// A 323 of May 2026 with these lines, under its Identificatie as DeclaratieNummer.
pub fn wmo323(identificatie: &str, dagtekening: &str, lines: &[Value]) -> Vec<u8> {
    wmo323_of(identificatie, dagtekening, ("2026-05-01", "2026-05-31"), lines)
}

/// The same of another month, by its first and last day.
pub fn wmo323_of(identificatie: &str, dagtekening: &str, (first, last): (&str, &str), lines: &[Value]) -> Vec<u8> {
    let mut clienten: Vec<Value> = Vec::new();
    for line in lines {
        let mut line = line.clone();
        let bsn = line.as_object_mut().expect("a line").remove("Bsn").expect("a client");
        let client = clienten.iter().position(|client| client["Bsn"] == bsn).unwrap_or_else(|| {
            clienten.push(json!({"Bsn": bsn, "Prestaties": {"Prestatie": []}}));
            clienten.len() - 1
        });
        clienten[client]["Prestaties"]["Prestatie"].as_array_mut().expect("lines").push(line);
    }
    let signed = |line: &Value| {
        let bedrag = line["IngediendBedrag"]["Bedrag"].as_i64().expect("an amount");
        if line["IngediendBedrag"]["DebetCredit"] == "C" { -bedrag } else { bedrag }
    };
    let total: i64 = lines.iter().map(signed).sum();
    let declaratie = json!({
        "DeclaratieNummer": identificatie,
        "DeclaratiePeriode": {"Begindatum": first, "Einddatum": last},
        "DeclaratieDagtekening": dagtekening,
        "TotaalIngediendBedrag": {"TotaalBedrag": total.abs(), "DebetCredit": if total < 0 { "C" } else { "D" }},
        "Clienten": {"Client": clienten},
    });
    bericht("WMO323", identificatie, dagtekening, json!({"Declaratie": declaratie}))
}

/// The accepting retour of this kind on the heenbericht with this Identificatie and Dagtekening.
pub fn retour(soort: &str, identificatie: &str, dagtekening: &str) -> Vec<u8> {
    bericht(soort, identificatie, dagtekening, json!({}))
}

/// A retour that rejects that heenbericht as a whole, with this code.
pub fn rejecting(soort: &str, identificatie: &str, dagtekening: &str, code: &str) -> Vec<u8> {
    let header = json!({"RetourCodes": {"RetourCode": [code]}});
    bericht(soort, identificatie, dagtekening, json!({"Header": header}))
}

fn person() -> Value {
    json!({
        "Bsn": BSN,
        "Geboortedatum": {"Datum": "1951-04-17"},
        "Geslacht": "2",
        "Naam": {"Geslachtsnaam": {"Achternaam": "Verhoeven"}},
    })
}

/// Puts the members of `other` over those of `value`; null takes one away.
fn merge(value: &mut Value, other: Value) {
    let Value::Object(members) = other else { panic!("members of an object") };
    let target = value.as_object_mut().expect("an object");
    for (name, member) in members {
        if member.is_null() {
            target.remove(&name);
        } else {
            target.insert(name, member);
        }
    }
}
