//! What a caller may leave out, and the JSON Schema of what is left.

use serde_json::{Map, Value, json};

use crate::domain::{Berichtsoort, Release};

/// What a caller may leave out of the header, and what it then is.
#[derive(Clone, Debug)]
pub struct Fill {
    /// For Identificatie, and IdentificatieRetour of a retour.
    pub identificatie: String,
    /// For Dagtekening, and DagtekeningRetour of a retour; as in `2026-03-02`.
    pub dagtekening: String,
}

/// Members of the header that may be left out, each after the one it is in, and what they then are. `soorten`: the kinds that it
/// can be; `fill`: what is new in a bericht that is made here, if anything is to be.
pub(super) fn stand_ins(soorten: &[Berichtsoort], release: Release, fill: Option<&Fill>) -> Vec<(&'static str, Value)> {
    let (versie, subversie) = release.versie();
    let mut stand_ins = vec![("BerichtVersie", json!(versie)), ("BerichtSubversie", json!(subversie))];
    // Of a name that two kinds share, only the code tells which it is; and their numbers are those of the books.
    let [soort] = soorten else { return stand_ins };
    stand_ins.push(("BerichtCode", json!(soort.code())));
    let Some(fill) = fill else { return stand_ins };
    let versie = release.edition().xsd_versie;
    let versies = versie.map(|versie| json!({"BasisschemaXsdVersie": versie, "BerichtXsdVersie": versie}));
    if soort.is_retour() {
        // BerichtIdentificatie is that of the heenbericht, which nobody can guess.
        stand_ins.push(("IdentificatieRetour", json!(fill.identificatie)));
        stand_ins.push(("DagtekeningRetour", json!(fill.dagtekening)));
        stand_ins.extend(versies.clone().map(|versies| ("XsdVersieRetour", versies)));
    } else {
        stand_ins.push(("BerichtIdentificatie", json!({})));
        stand_ins.push(("BerichtIdentificatie/Identificatie", json!(fill.identificatie)));
        stand_ins.push(("BerichtIdentificatie/Dagtekening", json!(fill.dagtekening)));
    }
    stand_ins.extend(versies.map(|versies| ("XsdVersie", versies)));
    stand_ins
}

/// The JSON Schema of a bericht as a caller may post it, made of the one that says how the gateway writes it. `shared`: the schemas
/// that it refers to, by name; `is_usual`: this release is meant when none is named.
#[must_use]
pub fn for_posting(
    name: &str,
    (release, is_usual): (Release, bool),
    written: &Value,
    shared: &Map<String, Value>,
) -> Value {
    let soorten: Vec<_> = Berichtsoort::ALL.into_iter().filter(|soort| soort.name() == name).collect();
    let nothing = Fill { identificatie: String::new(), dagtekening: String::new() };
    let mut schema = written.clone();
    if is_usual {
        make_optional(&mut schema, "release", shared);
    }
    for (path, _) in stand_ins(&soorten, release, Some(&nothing)) {
        make_optional(&mut schema, &format!("Bericht/Header/{path}"), shared);
    }
    schema
}

/// Takes the last member of a path from what is required. What is shared on the way there becomes a copy, which may differ.
fn make_optional(schema: &mut Value, path: &str, shared: &Map<String, Value>) {
    let reference = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
    if let Some(own) = reference.and_then(|name| shared.get(name)).cloned() {
        *schema = own;
    }
    match path.split_once('/') {
        Some((first, rest)) => {
            if let Some(member) = schema.pointer_mut(&format!("/properties/{first}")) {
                make_optional(member, rest, shared);
            }
        }
        None => {
            if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
                required.retain(|name| name != path);
            }
        }
    }
}
