//! A bericht as JSON, and back. Names and order are those of the XSD, because both follow the same list.
//!
//! ```json
//! {"berichtsoort": "WMO305", "release": "3.2", "Bericht": {"Header": {"Afzender": "41005001", …}, "Client": {…}}}
//! ```
//!
//! What may repeat is a list, integers are numbers, all else is text; what is absent is left out. Lossless both
//! ways. Knows nothing of the schema: who takes JSON in has to check what it says as XML.

mod read;
mod write;

use serde_json::{Map, Value, json};

use crate::domain::{Bericht, Berichtsoort, Release};

pub use read::JsonError;

/// What a caller may leave out of the header, and what it then is.
#[derive(Clone, Debug)]
pub struct Fill {
    /// For Identificatie, and IdentificatieRetour of a retour.
    pub identificatie: String,
    /// For Dagtekening, and DagtekeningRetour of a retour; as in `2026-03-02`.
    pub dagtekening: String,
}

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

/// The bericht in this JSON. `fill`: what stands in for header fields that are left out; `None`: nothing does.
///
/// # Errors
/// The first thing that does not fit, with its path. Nothing is kept.
pub fn read(bytes: &[u8], fill: Option<&Fill>) -> Result<Bericht, JsonError> {
    let mut document: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|error| JsonError::not_json(&error))?;
    let (soort, release) = kind(&document)?;
    let bericht = document.get_mut("Bericht").ok_or_else(|| JsonError::missing("/Bericht"))?;
    complete(bericht, soort, release, fill);
    Bericht::read(&[soort], release, &mut read::JsonSource::new(&document))
}

/// Which bericht it is: as `berichtsoort` says, and `release` or else the newest.
fn kind(document: &Map<String, Value>) -> Result<(Berichtsoort, Release), JsonError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let soort = text("berichtsoort").ok_or_else(|| JsonError::missing("/berichtsoort"))?;
    let soort = Berichtsoort::from_name(soort).ok_or_else(|| JsonError::unfit("/berichtsoort"))?;
    let release = match text("release") {
        None => Release::NEWEST,
        Some(name) => {
            let known = Release::ALL.into_iter().find(|release| release.name() == name);
            known.ok_or_else(|| JsonError::unfit("/release"))?
        }
    };
    Ok((soort, release))
}

/// Puts in what follows from kind and release, and from `fill` what the caller left out.
fn complete(bericht: &mut Value, soort: Berichtsoort, release: Release, fill: Option<&Fill>) {
    let Some(header) = bericht.get_mut("Header").and_then(Value::as_object_mut) else { return };
    let (versie, subversie) = release.versie();
    put(header, "BerichtCode", json!(soort.code()));
    put(header, "BerichtVersie", json!(versie));
    put(header, "BerichtSubversie", json!(subversie));
    let Some(fill) = fill else { return };
    let own = json!({"BasisschemaXsdVersie": "1.0.0", "BerichtXsdVersie": "1.0.0"});
    put(header, "XsdVersie", own.clone());
    put(header, "BerichtIdentificatie", json!({}));
    if let Some(identificatie) = header.get_mut("BerichtIdentificatie").and_then(Value::as_object_mut) {
        put(identificatie, "Identificatie", json!(fill.identificatie));
        put(identificatie, "Dagtekening", json!(fill.dagtekening));
    }
    if soort.heen().is_some() {
        put(header, "IdentificatieRetour", json!(fill.identificatie));
        put(header, "DagtekeningRetour", json!(fill.dagtekening));
        put(header, "XsdVersieRetour", own);
    }
}

fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    object.entry(name).or_insert(value);
}
