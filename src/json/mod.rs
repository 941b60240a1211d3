//! A bericht as JSON, and back. Names and order are those of the XSD, because both follow the same list.
//!
//! ```json
//! {"berichtsoort": "WMO305", "release": "3.2", "Bericht": {"Header": {"Afzender": "41005001", …}, "Client": {…}}}
//! ```
//!
//! What may repeat is a list, integers are numbers, all else is text; what is absent is left out. Lossless both
//! ways. Knows nothing of the schema: who takes JSON in has to check what it says as XML.

mod header_texts;
mod left_out;
mod read;
mod write;

use serde_json::{Map, Value, json};

use crate::domain::berichten::release::Choice;
use crate::domain::{Bericht, Berichtsoort, Release};
use crate::echo::{nearest, shown};

pub use header_texts::header_texts;
pub use left_out::{Fill, for_posting};
pub use read::{JsonError, Problem};

/// The members of a document.
const MEMBERS: [&str; 3] = ["berichtsoort", "release", "Bericht"];

/// The bericht as JSON.
#[must_use]
pub fn write(bericht: &Bericht) -> Value {
    let header = bericht.header();
    let mut target = write::JsonTarget::default();
    bericht.write(&mut target);
    let mut document = Map::new();
    document.insert("berichtsoort".to_owned(), json!(header.soort.name()));
    document.insert("release".to_owned(), json!(header.release.name()));
    document.extend(target.finish());
    Value::Object(document)
}

/// The bericht in this JSON, of one of these releases. `fill`: what stands in for header fields that are left out; `None`:
/// nothing does.
///
/// # Errors
/// The first thing that does not fit, with its path. Nothing is kept.
pub fn read(bytes: &[u8], fill: Option<&Fill>, releases: Choice) -> Result<Bericht, JsonError> {
    let mut document: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| JsonError::not_json(&error))?;
    if let Some(unknown) = document.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(JsonError::unknown(format!("/{}", shown(unknown)), nearest(unknown, MEMBERS)));
    }
    let (soorten, release) = kind(&document, releases)?;
    let bericht = document.get_mut("Bericht").ok_or_else(|| JsonError::missing("/Bericht"))?;
    complete(bericht, &soorten, release, fill);
    agree(bericht, &soorten, release)?;
    Bericht::read(&soorten, release, &mut read::JsonSource::new(&document))
}

/// Which bericht it is: a kind with the name in `berichtsoort`, which two share in one case; of `release`, or else the usual one.
fn kind(document: &Map<String, Value>, releases: Choice) -> Result<(Vec<Berichtsoort>, Release), JsonError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let name = text("berichtsoort").ok_or_else(|| JsonError::missing("/berichtsoort"))?;
    let soorten: Vec<_> = Berichtsoort::ALL.into_iter().filter(|soort| soort.name() == name).collect();
    if soorten.is_empty() {
        return Err(JsonError::unfit("/berichtsoort", "de naam van een berichtsoort, als WMO305"));
    }
    let release = releases.named(text("release"));
    let release = release.ok_or_else(|| JsonError::unfit("/release", "een release die hier bekend is, als 3.2"))?;
    Ok((soorten, release))
}

/// Whether the header names the kind and the release that stand around it. What it does not name is found missing later.
fn agree(bericht: &Value, soorten: &[Berichtsoort], release: Release) -> Result<(), JsonError> {
    let (versie, subversie) = release.versie();
    let other = |name: &str, right: &[Value]| bericht["Header"].get(name).is_some_and(|value| !right.contains(value));
    let codes: Vec<Value> = soorten.iter().map(|soort| json!(soort.code())).collect();
    let said =
        [("BerichtCode", codes), ("BerichtVersie", vec![json!(versie)]), ("BerichtSubversie", vec![json!(subversie)])];
    match said.iter().find(|(name, right)| other(name, right)) {
        Some((name, _)) => {
            let expected = "wat bij de berichtsoort en release hoort die erboven staan; u mag het weglaten";
            Err(JsonError::unfit(&format!("/Bericht/Header/{name}"), expected))
        }
        None => Ok(()),
    }
}

/// Puts in what the caller left out of the header.
fn complete(bericht: &mut Value, soorten: &[Berichtsoort], release: Release, fill: Option<&Fill>) {
    let Some(header) = bericht.get_mut("Header").and_then(Value::as_object_mut) else { return };
    for (path, value) in left_out::stand_ins(soorten, release, fill) {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut steps = parent.split('/').filter(|step| !step.is_empty());
        let object = steps.try_fold(&mut *header, |object, step| object.get_mut(step)?.as_object_mut());
        if let Some(object) = object {
            object.entry(name).or_insert(value);
        }
    }
}
