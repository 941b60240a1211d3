//! A text that comes from a reader, a part at a time, gets the verdict that it gets as a whole: same bericht, same findings,
//! same places. The texts are longer than a part, so that every kind of token meets a cut somewhere.

use std::io::{self, Read};

use iwmo_gateway::{json, xml};

use super::bericht;

/// Gives at most so many bytes at a time.
struct Drops<'a>(&'a [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = self.1.min(buffer.len());
        self.0.read(&mut buffer[..limit])
    }
}

/// A declaratie of about a megabyte: its Prestatie many times over, with `between` after each.
fn long(between: &str) -> String {
    let one = bericht("wmo323-minimaal.xml");
    let start = one.find("<wmo323:Prestatie>").expect("a line");
    let end = one.find("</wmo323:Prestatie>").expect("its end") + "</wmo323:Prestatie>".len();
    let lines: String = (0..1_500).map(|nr| one[start..end].replace("000001", &format!("{nr:06}")) + between).collect();
    [&one[..start], &lines, &one[end..]].concat()
}

fn same_verdict(name: &str, text: &str) {
    let schemas = xml::Schemas::compiled_in();
    let whole = schemas.read(text.as_bytes());
    for drop in [usize::MAX, 4_093] {
        let parts = schemas.read_from(Drops(text.as_bytes(), drop));
        match (&whole, &parts) {
            (Ok(one), Ok(other)) => assert!(json::write(one) == json::write(other), "{name}: another bericht"),
            (Err(one), Err(other)) => assert_eq!(one.findings, other.findings, "{name}"),
            (one, other) => panic!("{name}: {:?} as a whole, {:?} in parts", one.is_ok(), other.is_ok()),
        }
    }
}

#[test]
fn a_text_in_parts_gets_the_verdict_of_the_whole() {
    let letters = "x".repeat(300_000);
    let plain = long("\n");
    for (name, text) in [
        ("plain", plain.clone()),
        ("with comments", long("\n<!-- een regel > met <tekens> -->\n")),
        (
            "a comment larger than a part",
            long("\n").replacen("<wmo323:Prestatie>", &format!("<!--{letters}--><wmo323:Prestatie>"), 1),
        ),
        ("a text larger than a part", plain.replacen(">26-03-000700<", &format!(">{letters}<"), 1)),
        ("wide letters", long("\n<!-- ééé€€€😀😀 -->")),
        ("character data", plain.replace(">04<", "><![CDATA[04]]><")),
        ("other tags", plain.replace("<wmo323:GeleverdVolume>", "<wmo323:GeleverdVolume\n >")),
        (
            "wrong early and late",
            plain.replace(">26-03-000003<", "><").replace(">26-03-001490<", ">123456789012345678901<"),
        ),
        (
            "an element too many, late",
            plain.replacen("<wmo323:Eenheid>04", "<wmo323:Vreemd/><wmo323:Eenheid>04", 1_400),
        ),
        ("broken off", plain[..plain.len() - 900].to_owned()),
        ("not XML, late", plain.replace("26-03-001400", "26-03-00&#1;")),
    ] {
        assert!(text.len() > 300_000, "{name} is longer than a part");
        same_verdict(name, &text);
    }
}
