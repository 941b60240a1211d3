//! How a bericht is written down when it comes in, and how it becomes XML.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::gateway::Gateway;
use super::ids;
use super::received::{Format, Received};
use crate::domain::berichten::klasse::ElementPath;
use crate::domain::berichten::klasse::RetourCodes;
use crate::domain::berichten::waarde;
use crate::domain::finding::{Finding, Level, Position, Severity};
use crate::domain::judging::retour::codes_per_klasse;
use crate::domain::{Bericht, Release};
use crate::echo::nearest;
use crate::json::{self, Fill, JsonError, Problem};
use crate::xml::{self, BerichtSchema, JsonSchemaSet, Refusal, RefusalKind, Schemas};
use crate::{clock, domain};

/// A bericht that could be read, and its XML: the bytes received, or what was made of them.
pub(super) struct Readable<'a> {
    pub bericht: Bericht,
    pub xml: Cow<'a, [u8]>,
}

/// Reads what came in. JSON becomes XML first, so that the schema judges both alike; what its header
/// leaves out is filled in, always the same for the same attempt.
pub(super) fn read<'a>(received: &'a Received, gateway: &Gateway) -> Result<Readable<'a>, Refusal> {
    let schemas = &gateway.schemas;
    let bytes = &received.bytes;
    match received.format {
        Format::Xml => Ok(Readable { bericht: schemas.read(bytes)?, xml: Cow::Borrowed(bytes) }),
        Format::Json => {
            let day = clock::date_of(received.at);
            let fill = Fill {
                identificatie: ids::identificatie(&received.id).to_string(),
                dagtekening: waarde::Value::to_text(&day),
            };
            let bericht = json::read(bytes, Some(&fill), gateway.releases.choice(day));
            let made = xml::encode(&bericht.map_err(|error| refusal(&error, schemas))?);
            let bericht = schemas.read(&made).map_err(|mut refusal| {
                // Lines of XML that the caller never saw would only lead astray.
                refusal.findings.iter_mut().for_each(|finding| finding.position = None);
                refusal
            })?;
            Ok(Readable { bericht, xml: Cow::Owned(made) })
        }
    }
}

/// JSON that is no bericht, told like XML that is none.
fn refusal(error: &JsonError, schemas: &Schemas) -> Refusal {
    let (path, text) = located(error, schemas);
    let kind = if error.position.is_some() { RefusalKind::NotXml } else { RefusalKind::Invalid };
    let finding = Finding {
        level: if error.position.is_some() { Level::Xml } else { Level::Xsd },
        severity: Severity::Error,
        regel: None,
        retour_code: None,
        klasse: None,
        text: text.into(),
        path: path.parse().unwrap_or_else(|_| ElementPath::root()),
        position: error.position.map(|(line, column)| Position { line, column }),
    };
    Refusal { kind, soort: None, release: None, findings: vec![finding] }
}

/// Where JSON is wrong and how. What is missing may be there under a name that no bericht knows: that is then what is wrong.
fn located(error: &JsonError, schemas: &Schemas) -> (String, String) {
    let as_it_is = || (error.path.clone(), error.problem.to_string());
    let Problem::Missing(left) = &error.problem else { return as_it_is() };
    let Some((parent, name)) = error.path.rsplit_once('/') else { return as_it_is() };
    let unknown = left.iter().map(String::as_str).filter(|left| !schemas.have_name(left));
    match nearest(name, unknown) {
        Some(written) => (format!("{parent}/{written}"), format!("Dit gegeven is hier niet bekend. Bedoelt u {name}?")),
        None => as_it_is(),
    }
}

/// A recorded bericht as JSON; `None` when it is not one, as an attempt that was refused may be.
#[must_use]
pub fn as_json(xml: &[u8], schemas: &Schemas) -> Option<Value> {
    schemas.read(xml).ok().map(|bericht| json::write(&bericht))
}

/// A bericht of a release of the program as JSON, for examples.
#[must_use]
pub fn example_as_json(xml: &[u8]) -> Option<Value> {
    as_json(xml, &Schemas::compiled_in())
}

/// The release of the program that this bericht is of, for examples.
#[must_use]
pub fn example_release(xml: &[u8]) -> Option<Release> {
    Schemas::compiled_in().read(xml).ok().map(|bericht| bericht.header().release)
}

/// What the berichten look like in JSON, as JSON Schemas (2020-12).
#[derive(Clone, Debug)]
pub struct JsonSchemas {
    /// By name what the gateway writes, as in `WMO305-3.2`.
    pub written: Map<String, Value>,
    /// By name what may be posted, as in `WMO305-3.2.post`: the same, less what is filled in.
    pub posted: Map<String, Value>,
    /// What both refer to as `#/components/schemas/<name>`.
    pub shared: Map<String, Value>,
}

/// The JSON Schemas of all berichten that these schemas know; `usual`: the release that is meant when none is named.
#[must_use]
pub fn json_schemas(schemas: &Schemas, usual: domain::Release) -> JsonSchemas {
    let JsonSchemaSet { berichten, shared } = schemas.json_schemas();
    let (mut written, mut posted) = (Map::new(), Map::new());
    for BerichtSchema { name, release, schema } in berichten {
        let full_name = format!("{name}-{}", release.name());
        posted.insert(
            format!("{full_name}.post"),
            json::for_posting(name, (release, release == usual), &schema, &shared),
        );
        written.insert(full_name, schema);
    }
    JsonSchemas { written, posted, shared }
}

/// What a recorded retour says of each berichtklasse, by path; nothing of a bericht that is no retour.
#[must_use]
pub fn retour_codes(xml: &[u8], schemas: &Schemas) -> Vec<(String, Vec<String>)> {
    let Ok(Bericht::Retour(retour)) = schemas.read(xml) else { return Vec::new() };
    let texts = |codes: RetourCodes| codes.0.iter().map(ToString::to_string).collect();
    codes_per_klasse(&retour).into_iter().map(|(klasse, codes)| (klasse.to_string(), texts(codes))).collect()
}
