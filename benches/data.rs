//! Berichten to measure with, made from our own fixtures.

pub const WMO301: &str = include_str!("../fixtures/verhaal/wmo301.xml");
const WMO305: &str = include_str!("../fixtures/verhaal/wmo305.xml");
const WMO323: &str = include_str!("../fixtures/berichten/wmo323-minimaal.xml");

/// The ToewijzingNummer of the first line in [`large`]; each line has the next.
pub const FIRST_TOEWIJZING: usize = 100_000_000;

/// The fewest lines of one client in [`large`].
pub const LINES_PER_CLIENT: usize = 8;

/// So many berichten of a few kilobytes, each under a name of its own: four toewijzingen to every three starts.
pub fn small(count: usize) -> Vec<String> {
    let bericht = |number: usize| {
        let (text, name) = if number % 7 < 4 { (WMO301, "TOEW-1") } else { (WMO305, "START-1") };
        text.replace(name, &format!("B{number}"))
    };
    (0..count).map(bericht).collect()
}

/// One declaratie of at least so many bytes that breaks no rule, each Prestatie on one line and on a toewijzing of its own.
pub fn large(bytes: usize) -> String {
    let (head, rest) = WMO323.split_once("\t\t\t<wmo323:Client>").expect("the fixture has a client");
    let (client, rest) = rest.split_once("\t\t\t\t\t<wmo323:Prestatie>").expect("with a line");
    let (prestatie, rest) = rest.split_once("\t\t\t\t</wmo323:Prestaties>").expect("which ends");
    let (_, tail) = rest.split_once("</wmo323:Client>").expect("as does the client");
    let tarief = "</wmo323:Eenheid><wmo323:ProductTarief>1250</wmo323:ProductTarief>";
    let prestatie = format!("<wmo323:Prestatie>{}\n", joined(prestatie)).replace("</wmo323:Eenheid>", tarief);
    let client = format!("<wmo323:Client>{}", joined(client));
    let lines = bytes.div_ceil(prestatie.len() + client.len() / LINES_PER_CLIENT);
    let bsns = bsns();
    let lines_per_client = LINES_PER_CLIENT.max(lines.div_ceil(bsns.len()));
    let mut text = head.replace("<iwmo:TotaalBedrag>15000<", &format!("<iwmo:TotaalBedrag>{}<", lines * 15000));
    for line in 0..lines {
        if line % lines_per_client == 0 {
            text += if line == 0 { "" } else { "</wmo323:Prestaties></wmo323:Client>\n" };
            text += &client.replace("999940089", &bsns[line / lines_per_client]);
        }
        let own = prestatie.replace("26-03-000001", &format!("P{line:012}"));
        text += &own.replace(">7001<", &format!(">{}<", FIRST_TOEWIJZING + line));
    }
    text + "</wmo323:Prestaties></wmo323:Client>" + tail
}

/// As [`large`], with an Eenheid on each line that the schema does not know.
#[allow(dead_code, reason = "data of one of two programs")]
pub fn wrong(bytes: usize) -> String {
    large(bytes).replace("Eenheid>04<", "Eenheid>99<")
}

/// A toewijzing with so many bytes in one Commentaar.
#[allow(dead_code, reason = "data of one of two programs")]
pub fn long(bytes: usize) -> String {
    let commentaar = format!("    <b:Commentaar>{}</b:Commentaar>\n    <b:Contactgegevens>", "lang ".repeat(bytes / 5));
    let text = WMO301.replacen("    <b:Contactgegevens>", &commentaar, 1);
    assert!(text.len() > bytes, "the fixture has Contactgegevens");
    text
}

/// A bericht without the white space around its lines.
fn joined(text: &str) -> String {
    text.lines().map(str::trim).collect()
}

/// The test numbers 9999xxxxx that satisfy the elfproef.
pub fn bsns() -> Vec<String> {
    let weighs_eleven = |bsn: &usize| {
        let digit = |place: u32| bsn / 10_usize.pow(place) % 10;
        let sum: usize = (1..9).map(|place| (place as usize + 1) * digit(place)).sum();
        sum % 11 == digit(0)
    };
    (999_900_006..1_000_000_000).filter(weighs_eleven).map(|bsn| bsn.to_string()).collect()
}
