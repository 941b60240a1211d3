//! The texts of a header, of a bericht that need not be valid: as much as can be read before it goes wrong.

use quick_xml::Reader;
use quick_xml::events::Event;

/// How much of a text is looked at: a header is far shorter.
const MOST_BYTES: usize = 16_384;

/// Where they stand below `Bericht`, and how they are called.
const WANTED: [(&[&str], &str); 3] = [
    (&["Header", "Afzender"], "Afzender"),
    (&["Header", "Ontvanger"], "Ontvanger"),
    (&["Header", "BerichtIdentificatie", "Identificatie"], "Identificatie"),
];

/// Those that are there, whatever they hold.
#[must_use]
pub fn header_texts(xml: &[u8]) -> Vec<(&'static str, String)> {
    let begin = String::from_utf8_lossy(&xml[..xml.len().min(MOST_BYTES)]);
    let mut reader = Reader::from_str(&begin);
    let (mut path, mut found, mut held) = (Vec::<String>::new(), Vec::new(), None);
    // The first fault ends it: nothing after it is certain, nor is a text whose end did not come.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                path.push(start.local_name().as_ref().to_owned());
                held = None;
            }
            Event::Text(text) => held = Some(text.trim().to_owned()),
            Event::End(_) => {
                let is_here = |(wanted, _): &&(&[&str], &str)| path.get(1..).is_some_and(|below| below == *wanted);
                let name = WANTED.iter().find(is_here).map(|(_, name)| *name);
                found.extend(name.zip(held.take()));
                if path.pop().is_none_or(|name| name == "Header") {
                    break;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::header_texts;

    #[test]
    fn a_header_is_read_as_far_as_it_goes() {
        let xml = b"<b:Bericht xmlns:b='x'><b:Header><b:Afzender>0384</b:Afzender><b:BerichtIdentificatie><Identificatie> A1 \
            </Identificatie></b:BerichtIdentificatie><b:Ontvanger>4100";
        assert_eq!(header_texts(xml), [("Afzender", "0384".to_owned()), ("Identificatie", "A1".to_owned())]);
        assert_eq!(header_texts(b"<Bericht><Client><Afzender>0384</Afzender></Client></Bericht>"), []);
        assert_eq!(header_texts(b"\xff no XML"), []);
    }
}
