//! The schemas by which berichten are checked: those of the program, or files that take their place.

#[cfg(test)]
mod pieces;

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};

use crate::domain::{Bericht, Berichtsoort, Release};
use crate::standard;

use super::namespace::{basis_namespace, namespace, prefix};
use super::refusal::{Refusal, RefusalKind};
use super::schema::{self, JsonSchemas, LoadError, Pass, Root, Step, SymbolId, Tables};
use super::source::{Disagreement, Elements};
use super::tokens::Tokens;
use super::unknown;
use super::window::{PIECE, Window};

/// The file of a set that all others import.
const BASISSCHEMA: &str = "basisschema";

/// XSD files that take the place of those of the program, for one release.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The release that they describe.
    pub release: Release,
    /// Path and text of each; a name such as `WMO305.xsd` says which is which, in any case.
    pub files: Vec<(String, String)>,
}

impl Replacement {
    /// These files, for that of these releases that the namespace of their basisschema names; `None` when it names none.
    #[must_use]
    pub fn of(files: Vec<(String, String)>, releases: &[Release]) -> Option<Self> {
        let (_, basisschema) = files.iter().find(|(path, _)| is_named(path, BASISSCHEMA))?;
        let names = |release: &Release| basisschema.contains(&format!("\"{}\"", basis_namespace(*release)));
        let release = releases.iter().copied().find(names)?;
        Some(Self { release, files })
    }
}

/// Schemas as JSON Schema (2020-12).
#[derive(Clone, Debug)]
pub struct JsonSchemaSet {
    /// One for each kind of bericht and release.
    pub berichten: Vec<BerichtSchema>,
    /// What they refer to as `#/components/schemas/<name>`, by name: the types of the basisschema, as in `iWmo-3.2.LDT_Datum`.
    pub shared: Map<String, Value>,
}

/// The JSON Schema of a bericht.
#[derive(Clone, Debug)]
pub struct BerichtSchema {
    /// As in `WMO305`.
    pub name: &'static str,
    /// Of the standard.
    pub release: Release,
    /// What it looks like.
    pub schema: Value,
}

/// The schemas of all releases and kinds of bericht.
#[derive(Debug)]
pub struct Schemas {
    tables: Tables,
    kinds: Vec<(SymbolId, Berichtsoort, Release)>,
    releases: Vec<Release>,
}

/// A bericht that satisfies the schema of its kind and release. Only
/// [`Schemas::check`] makes one.
pub struct SchemaValid<'a> {
    soort: Berichtsoort,
    release: Release,
    pub(super) schemas: &'a Schemas,
    pub(super) bytes: &'a [u8],
}

/// Names the kind and shows nothing of what is in it.
impl std::fmt::Debug for SchemaValid<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.soort, self.release.name())
    }
}

impl SchemaValid<'_> {
    /// The kind of bericht, by the namespace of the root element.
    #[must_use]
    pub const fn soort(&self) -> Berichtsoort {
        self.soort
    }

    /// The release of the standard, by the namespace of the root element.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
    }
}

impl Schemas {
    /// The schemas that are part of the program, made at the first use.
    #[must_use]
    pub fn compiled_in() -> Arc<Self> {
        static COMPILED_IN: LazyLock<Arc<Schemas>> = LazyLock::new(|| {
            Arc::new(
                Schemas::load(standard::built_in(), &[]).expect("the XSDs under xsd/ are supported: a test loads them"),
            )
        });
        Arc::clone(&COMPILED_IN)
    }

    /// The schemas of these releases; of those of the program alone, the ones that were made already.
    ///
    /// # Errors
    /// As [`Schemas::load`].
    pub fn of(releases: &[Release]) -> Result<Arc<Self>, LoadError> {
        if releases == standard::built_in() { Ok(Self::compiled_in()) } else { Self::load(releases, &[]).map(Arc::new) }
    }

    /// The schemas of these releases, but for those that have other files here.
    ///
    /// # Errors
    /// The first construct that is not supported, with file and line; a file that a release needs and that is
    /// not there, or that does not declare its bericht.
    pub fn load(releases: &[Release], replacements: &[Replacement]) -> Result<Self, LoadError> {
        let mut schemas = Self { tables: Tables::default(), kinds: Vec::new(), releases: releases.to_vec() };
        for &release in releases {
            match replacements.iter().find(|replacement| replacement.release == release) {
                Some(Replacement { files, .. }) => schemas.add(release, |name| {
                    let file = files.iter().find(|(path, _)| is_named(path, name));
                    file.map(|(path, text)| (path.clone(), text.as_str()))
                })?,
                None => schemas.add(release, |name| {
                    let file = release.edition().schemas.iter().find(|(path, _)| is_named(path, name));
                    file.map(|(path, text)| (path.clone(), *text))
                })?,
            }
        }
        Ok(schemas)
    }

    fn add<'f>(&mut self, release: Release, file: impl Fn(&str) -> Option<(String, &'f str)>) -> Result<(), LoadError> {
        let needed = |name: &str| {
            file(name).ok_or_else(|| LoadError {
                file: format!("{name}.xsd"),
                line: 1,
                construct: format!("no such file in the schemas of release {}", release.name()),
            })
        };
        let mut files = vec![needed(BASISSCHEMA)?];
        for &soort in release.berichtsoorten() {
            let berichtschema = needed(&prefix(soort))?;
            // Declaratie and factuur share theirs.
            if files.last() != Some(&berichtschema) {
                files.push(berichtschema);
            }
        }
        schema::load(&mut self.tables, &files)?;
        for &soort in release.berichtsoorten() {
            let namespace = namespace(soort, release);
            let root = self.tables.root(&namespace, "Bericht").ok_or_else(|| LoadError {
                file: file(&prefix(soort)).map(|(path, _)| path).unwrap_or_default(),
                line: 1,
                construct: format!("no element Bericht in namespace {namespace}"),
            })?;
            self.kinds.push((root, soort, release));
        }
        Ok(())
    }

    /// Checks notation and schema.
    ///
    /// # Errors
    /// All findings of the schema, or the first one of the notation: after that nothing can be read with
    /// certainty.
    pub fn check<'a>(&'a self, bytes: &'a [u8]) -> Result<SchemaValid<'a>, Refusal> {
        let mut pass = self.pass(bytes)?;
        let mut soort = None;
        loop {
            match pass.step()? {
                // The first value of every bericht is its BerichtCode.
                Step::Text(_) if soort.is_none() => soort = self.kind(pass.root(), Some(pass.value())),
                Step::Open(_) | Step::Text(_) | Step::Close => {}
                Step::Done => break,
            }
        }
        self.refuse(pass)?;
        let (soort, release) = soort.expect("a valid text begins with a Bericht that was added");
        Ok(SchemaValid { soort, release, schemas: self, bytes })
    }

    /// Checks the bytes and makes a bericht of them, in one pass.
    ///
    /// # Errors
    /// As [`Schemas::check`]; or what files that took the place of our schemas allow and the domain does not have,
    /// which never happens with the schemas of the program.
    pub fn read(&self, bytes: &[u8]) -> Result<Bericht, Refusal> {
        self.decode(self.pass(bytes)?)
    }

    /// As [`Schemas::read`], from a reader, with only a part of the text in memory at a time.
    ///
    /// # Errors
    /// As [`Schemas::read`]; also when the reader fails.
    pub fn read_from(&self, reader: impl Read) -> Result<Bericht, Refusal> {
        self.read_in_pieces(reader, PIECE)
    }

    fn read_in_pieces(&self, reader: impl Read, piece: usize) -> Result<Bericht, Refusal> {
        self.decode(Pass::new(&self.tables, Tokens::new(Window::stream(reader, piece)?)))
    }

    /// Whether an element of any bericht has this name.
    #[must_use]
    pub fn have_name(&self, local: &str) -> bool {
        self.tables.by_name.values().any(|names| names.contains_key(local))
    }

    /// Every bericht as JSON Schema (2020-12), in the form in which [`crate::json`] writes it.
    #[must_use]
    pub fn json_schemas(&self) -> JsonSchemaSet {
        let releases = self.releases.iter().copied();
        let shared_as = releases.map(|release| (basis_namespace(release), format!("iWmo-{}.", release.name())));
        let mut made = JsonSchemas::new(&self.tables, shared_as.collect());
        let mut berichten: Vec<BerichtSchema> = Vec::new();
        for &(root, soort, release) in &self.kinds {
            // Declaratie and factuur share a name and a schema.
            if berichten.last().is_some_and(|last| (last.name, last.release) == (soort.name(), release)) {
                continue;
            }
            let schema = json!({
                "type": "object",
                "properties": {
                    "berichtsoort": {"const": soort.name()},
                    "release": {"const": release.name()},
                    "Bericht": made.of_root(root),
                },
                "required": ["berichtsoort", "release", "Bericht"],
                "additionalProperties": false,
            });
            berichten.push(BerichtSchema { name: soort.name(), release, schema });
        }
        JsonSchemaSet { berichten, shared: made.shared }
    }

    fn pass<'a>(&self, bytes: &'a [u8]) -> Result<Pass<'_, 'a>, Refusal> {
        Ok(Pass::new(&self.tables, Tokens::new(Window::whole(bytes)?)))
    }

    fn decode(&self, pass: Pass<'_, '_>) -> Result<Bericht, Refusal> {
        let mut elements = Elements::new(pass, &self.tables);
        let kinds: Vec<_> = self.kinds_of(elements.root()).collect();
        let read = kinds.first().map(|&(soort, release)| {
            let soorten: Vec<_> = kinds.iter().map(|(soort, _)| *soort).collect();
            (soort, release, Bericht::read(&soorten, release, &mut elements))
        });
        self.refuse(elements.finish()?)?;
        let (soort, release, read) = read.expect("what is not refused begins with a Bericht that was added");
        read.map_err(|Disagreement(name)| Refusal::beyond_the_domain(soort, release, name))
    }

    /// Refuses a text by what a pass over all of it found.
    fn refuse(&self, pass: Pass<'_, '_>) -> Result<(), Refusal> {
        if let Root::Unknown { namespace, local, position } = pass.root() {
            return Err(unknown::refuse(namespace, local, *position));
        }
        if !pass.has_findings() {
            return Ok(());
        }
        let (soort, release) = self.kind(pass.root(), None).unzip();
        Err(Refusal { kind: RefusalKind::Invalid, soort, release, findings: pass.into_findings() })
    }

    /// The kind and release that a root element stands for; of kinds that share it, the one with this code, or
    /// else the first.
    fn kind(&self, root: &Root, code: Option<&str>) -> Option<(Berichtsoort, Release)> {
        let exactly = self.kinds_of(root).find(|(soort, _)| Some(soort.code()) == code);
        exactly.or_else(|| self.kinds_of(root).next())
    }

    fn kinds_of(&self, root: &Root) -> impl Iterator<Item = (Berichtsoort, Release)> {
        let root = match root {
            Root::Known(root) => Some(*root),
            Root::NotSeen | Root::Unknown { .. } => None,
        };
        self.kinds.iter().filter(move |(symbol, ..)| Some(*symbol) == root).map(|&(_, soort, release)| (soort, release))
    }
}

/// Whether this is the path of the file `<name>.xsd`, in whatever case.
fn is_named(path: &str, name: &str) -> bool {
    let path = Path::new(path);
    let is = |part: Option<&std::ffi::OsStr>, wanted: &str| part.is_some_and(|part| part.eq_ignore_ascii_case(wanted));
    is(path.file_stem(), name) && is(path.extension(), "xsd")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_of_the_program_load() {
        let schemas = Schemas::load(standard::built_in(), &[]).expect("loads");
        let known: usize = standard::built_in().iter().map(|release| release.berichtsoorten().len()).sum();
        assert_eq!(schemas.kinds.len(), known);
    }
}
