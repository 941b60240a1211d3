//! Berichten to measure with, made from our own fixtures.

const WMO301: &str = include_str!("../fixtures/verhaal/wmo301.xml");
const WMO305: &str = include_str!("../fixtures/verhaal/wmo305.xml");

/// So many berichten of a few kilobytes, each under a name of its own: four toewijzingen to every three starts.
pub fn small(count: usize) -> Vec<String> {
    let bericht = |number: usize| {
        let (text, name) = if number % 7 < 4 { (WMO301, "TOEW-1") } else { (WMO305, "START-1") };
        text.replace(name, &format!("B{number}"))
    };
    (0..count).map(bericht).collect()
}

/// One start bericht of at least so many bytes: its StartProduct many times over, each for another toewijzing.
pub fn large(bytes: usize) -> String {
    let start = WMO305.find("      <b:StartProduct>").expect("the fixture has a StartProduct");
    let end = WMO305.find("    </b:StartProducten>").expect("and an end of the list");
    let product = &WMO305[start..end];
    let mut text = WMO305[..start].to_owned();
    for nummer in 0..bytes.div_ceil(product.len()) {
        text += &product.replace("700101", &nummer.to_string());
    }
    text + &WMO305[end..]
}
