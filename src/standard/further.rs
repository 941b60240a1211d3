//! Elements that a release has and no type of ours, as its files tell of them.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;

use crate::domain::Berichtsoort;
use crate::domain::berichten::further::Further;

/// `[[element]]` of `release.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    /// The berichten that have it.
    berichten: Vec<String>,
    /// The element that holds it.
    parent: String,
    /// As the schema of the release spells it.
    name: String,
    /// It is a number in JSON.
    #[serde(default)]
    number: bool,
}

/// The elements, each in the place where the schemas have it.
///
/// # Errors
/// Those that no schema has, or has as needed.
pub(super) fn read(elements: Vec<Raw>, schemas: &[(String, &'static str)]) -> Result<Vec<Further>, Vec<String>> {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for raw in elements {
        let (parent, name) = (leak(raw.parent), leak(raw.name));
        for bericht in raw.berichten {
            let files = ["basisschema".to_owned(), bericht.to_ascii_lowercase()];
            let mut sequences = Sequences::default();
            for file in &files {
                let is_it = |path: &str| path.to_ascii_lowercase().ends_with(&format!("/{file}.xsd"));
                let text = schemas.iter().find(|(path, _)| is_it(path)).map(|(_, text)| *text);
                sequences.read(text.unwrap_or_default());
            }
            let soorten = Berichtsoort::ALL.into_iter().filter(|soort| soort.name() == bericht);
            match sequences.before(parent, name) {
                Some(before) => {
                    let before: &'static [&'static str] = Vec::leak(before.into_iter().map(leak).collect());
                    let is_number = raw.number;
                    found.extend(soorten.map(|soort| Further { soort, parent, name, before, is_number }));
                }
                None => problems.push(format!("element: {name} is no optional element of {parent} in {bericht}")),
            }
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// What the types of some schemas hold, in order, and of which type elements are.
#[derive(Default)]
struct Sequences {
    /// By name of a type: its elements, and whether each may be left out.
    types: HashMap<String, Vec<(String, bool)>>,
    /// By name of an element: its type.
    elements: HashMap<String, String>,
}

impl Sequences {
    fn read(&mut self, xsd: &str) {
        let mut reader = Reader::from_str(xsd);
        let mut open = None;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                    "complexType" => open = attribute(&tag, "name"),
                    "element" => self.element(open.as_deref(), &tag),
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
    }

    fn element(&mut self, holder: Option<&str>, tag: &BytesStart<'_>) {
        let Some(name) = attribute(tag, "name") else { return };
        if let Some(of_type) = attribute(tag, "type") {
            let local = of_type.rsplit(':').next().unwrap_or_default().to_owned();
            self.elements.insert(name.clone(), local);
        }
        let may_be_absent = attribute(tag, "minOccurs").as_deref() == Some("0");
        if let Some(holder) = holder {
            self.types.entry(holder.to_owned()).or_default().push((name, may_be_absent));
        }
    }

    /// The elements that stand before an optional one.
    fn before(&self, parent: &str, name: &str) -> Option<Vec<String>> {
        let children = self.types.get(self.elements.get(parent)?)?;
        let at = children.iter().position(|(child, may_be_absent)| child == name && *may_be_absent)?;
        Some(children.iter().take(at).map(|(child, _)| child.clone()).collect())
    }
}

/// What a release is made of lives to the end of the program.
pub(super) fn leak(text: String) -> &'static str {
    text.leak()
}

pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.try_get_attribute(name).ok()??;
    Some(found.value.into_owned())
}
