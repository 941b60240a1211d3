//! Declaraties and facturen of release 2.3, made by a test, and the toewijzing that they are about.

use iwmo_gateway::json;
use iwmo_gateway::standard;
use iwmo_gateway::xml;
use serde_json::{Value, json};

use crate::world::{AANBIEDER, BSN, GEMEENTE};

/// Toewijzing 800201: eight hours per four weeks, from 22 April 2019.
pub const WMO301: &str = include_str!("../../../fixtures/regels/TR303/eerder-80.xml");

/// The four weeks of the CAK that begin in May 2019, and those before and after.
pub const APRIL: (&str, &str) = ("2019-04-22", "2019-05-19");
pub const MAY: (&str, &str) = ("2019-05-20", "2019-06-16");
pub const JUNE: (&str, &str) = ("2019-06-17", "2019-07-14");
pub const JULY: (&str, &str) = ("2019-07-15", "2019-08-11");

/// A line on that toewijzing: so many hours of 25 euros in these four weeks.
pub fn line(referentie: &str, periode: (&str, &str), hours: i64) -> Value {
    line_of(referentie, periode, hours, 2500)
}

/// The same at another tariff, in euro cents.
pub fn line_of(referentie: &str, (first, last): (&str, &str), hours: i64, tarief: i64) -> Value {
    let bedrag = json!({"Bedrag": tarief * hours, "DebetCredit": "D"});
    json!({
        "ToewijzingNummer": 800_201,
        "ProductCategorie": "01",
        "ProductCode": "01A03",
        "ProductPeriode": {"Begindatum": first, "Einddatum": last},
        "IngediendeBedragPrestatie": {
            "GeleverdVolume": hours,
            "Eenheid": "04",
            "ProductTarief": tarief,
            "BerekendBedrag": bedrag,
            "BtwVrijstellingIndicatie": "1",
            "DeclaratieFactuurBedrag": bedrag,
        },
        "ProductReferentie": {"ReferentieNummer": referentie},
    })
}

/// Takes back this much of a line.
pub fn credit(referentie: &str, line: &Value, bedrag: i64) -> Value {
    let mut credit = line.clone();
    let vorig = line["ProductReferentie"]["ReferentieNummer"].clone();
    credit["ProductReferentie"] = json!({"ReferentieNummer": referentie, "VorigReferentieNummer": vorig});
    let bedragen = &mut credit["IngediendeBedragPrestatie"];
    bedragen["BerekendBedrag"]["DebetCredit"] = json!("C");
    bedragen["DeclaratieFactuurBedrag"] = json!({"Bedrag": bedrag, "DebetCredit": "C"});
    credit
}

/// A 303 under this number, as D (416) or F (448), of the day after its period.
pub fn wmo303(code: &str, nummer: &str, (first, last): (&str, &str), lines: &[Value]) -> Vec<u8> {
    let signed = |line: &Value| {
        let bedrag = &line["IngediendeBedragPrestatie"]["DeclaratieFactuurBedrag"];
        let sign = if bedrag["DebetCredit"] == "C" { -1 } else { 1 };
        sign * bedrag["Bedrag"].as_i64().expect("an amount")
    };
    let total: i64 = lines.iter().map(signed).sum();
    let last_day: chrono::NaiveDate = last.parse().expect("a day");
    let content = json!({
        "Header": {
            "BerichtCode": code,
            "BerichtVersie": 2,
            "BerichtSubversie": 3,
            "Gemeente": GEMEENTE,
            "Aanbieder": AANBIEDER,
            "BetalingAanID": "02",
            "DeclaratieFactuurIdentificatie": {
                "DeclaratiePeriode": {"Begindatum": first, "Einddatum": last},
                "DeclarantFactuurNummer": nummer,
                "FactuurDagtekening": last_day.succ_opt().expect("a day"),
                "ValutaCode": "EUR",
            },
            "DeclaratieFactuurBedragen": {
                "DeclaratieFactuurTotaalBedrag": {
                    "TotaalBedrag": total.abs(), "DebetCredit": if total < 0 { "C" } else { "D" },
                },
            },
        },
        "Clienten": {"Client": [{
            "Bsn": BSN,
            "Geboortedatum": {"Datum": "1951-04-17"},
            "Geslacht": "2",
            "Naam": {"Geslachtsnaam": {"Achternaam": "Verhoeven"}},
            "Prestaties": {"Prestatie": lines},
        }]},
    });
    let document = json!({"berichtsoort": "WMO303", "release": "2.3", "Bericht": content}).to_string();
    xml::encode(&json::read(document.as_bytes(), None, standard::choice()).expect("a 303"))
}
