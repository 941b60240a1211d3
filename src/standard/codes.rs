//! Codes that the lists of a release have and no type of ours, as its schemas tell of them.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::further::attribute;
use crate::domain::berichten::waarde::CODELIJSTEN;

/// Each with its list, as in `Eenheid 85`.
pub(super) fn unknown(schemas: &[(String, &'static str)]) -> Vec<String> {
    let basis = schemas.iter().find(|(path, _)| path.to_ascii_lowercase().ends_with("/basisschema.xsd"));
    let mut reader = Reader::from_str(basis.map_or("", |(_, text)| text));
    let mut open: Option<(&str, &[&str])> = None;
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) if tag.local_name().as_ref() == "simpleType" => {
                let name = attribute(&tag, "name").unwrap_or_default();
                open = CODELIJSTEN.iter().copied().find(|(list, _)| name.strip_prefix("LDT_") == Some(list));
            }
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "enumeration" => {
                let (Some((list, known)), Some(code)) = (open, attribute(&tag, "value")) else { continue };
                if !known.contains(&code.as_str()) {
                    found.push(format!("{list} {code}"));
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}
