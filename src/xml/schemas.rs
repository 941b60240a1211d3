//! The schemas by which berichten are checked: those of the program, or files that take their place.

mod compiled_in;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::domain::{Bericht, Berichtsoort, Release};

use super::namespace::{basis_namespace, namespace, prefix};
use super::refusal::{Refusal, RefusalKind};
use super::schema::{self, LoadError, SymbolId, Tables};
use super::tree::NodeId;
use super::{SchemaValid, decode, prolog, unknown};

/// The file of a set that all others import.
const BASISSCHEMA: &str = "basisschema";

/// The third element of every bericht: Bericht, Header, BerichtCode.
const BERICHT_CODE: NodeId = 2;

/// XSD files that take the place of those of the program, for one release.
#[derive(Clone, Debug)]
pub struct Replacement {
    /// The release that they describe.
    pub release: Release,
    /// Path and text of each; a name such as `WMO305.xsd` says which is which, in any case.
    pub files: Vec<(String, String)>,
}

impl Replacement {
    /// These files, for the release that the namespace of their basisschema names; `None` when that is none
    /// of ours.
    #[must_use]
    pub fn of(files: Vec<(String, String)>) -> Option<Self> {
        let (_, basisschema) = files.iter().find(|(path, _)| is_named(path, BASISSCHEMA))?;
        let names = |release: &Release| basisschema.contains(&format!("\"{}\"", basis_namespace(*release)));
        let release = Release::ALL.into_iter().find(names)?;
        Some(Self { release, files })
    }
}

/// The schemas of all releases and kinds of bericht.
#[derive(Debug)]
pub struct Schemas {
    tables: Tables,
    kinds: Vec<(SymbolId, Berichtsoort, Release)>,
}

impl Schemas {
    /// The schemas that are part of the program, made at the first use.
    #[must_use]
    pub fn compiled_in() -> Arc<Self> {
        static COMPILED_IN: LazyLock<Arc<Schemas>> = LazyLock::new(|| {
            Arc::new(Schemas::load(&[]).expect("the XSDs under xsd/ are supported: a test loads them"))
        });
        Arc::clone(&COMPILED_IN)
    }

    /// The schemas of the program, but for the releases that have files of their own here.
    ///
    /// # Errors
    /// The first construct that is not supported, with file and line; a file that a release needs and that is
    /// not there, or that does not declare its bericht.
    pub fn load(replacements: &[Replacement]) -> Result<Self, LoadError> {
        let mut schemas = Self { tables: Tables::default(), kinds: Vec::new() };
        for release in Release::ALL {
            match replacements.iter().find(|replacement| replacement.release == release) {
                Some(Replacement { files, .. }) => schemas.add(release, |name| {
                    let file = files.iter().find(|(path, _)| is_named(path, name));
                    file.map(|(path, text)| (path.clone(), text.as_str()))
                })?,
                None => schemas
                    .add(release, |name| compiled_in::file(release, name).map(|text| (format!("{name}.xsd"), text)))?,
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
        let opened = prolog::open(bytes).map_err(Refusal::not_xml)?;
        match schema::validate(&self.tables, opened).map_err(Refusal::not_xml)? {
            schema::Outcome::Valid { root, tree } => {
                let code = tree.text(BERICHT_CODE);
                let exactly = self.kinds_of(root).find(|(soort, _)| Some(soort.code()) == code);
                let (soort, release) =
                    exactly.or_else(|| self.kind(root)).expect("a document begins with a Bericht that was added");
                Ok(SchemaValid { soort, release, tables: &self.tables, tree })
            }
            schema::Outcome::Invalid { root, findings } => {
                let (soort, release) = self.kind(root).unzip();
                Err(Refusal { kind: RefusalKind::Invalid, soort, release, findings })
            }
            schema::Outcome::Unknown { namespace, local, at } => {
                Err(unknown::refuse(opened.text, &namespace, &local, at))
            }
        }
    }

    /// Checks the bytes and makes a bericht of them.
    ///
    /// # Errors
    /// As [`Schemas::check`] and [`decode`].
    pub fn read(&self, bytes: &[u8]) -> Result<Bericht, Refusal> {
        self.check(bytes).and_then(|valid| decode(&valid))
    }

    /// The kind and release that a root element stands for; of kinds that share it, the first.
    fn kind(&self, root: SymbolId) -> Option<(Berichtsoort, Release)> {
        self.kinds_of(root).next()
    }

    fn kinds_of(&self, root: SymbolId) -> impl Iterator<Item = (Berichtsoort, Release)> {
        self.kinds.iter().filter(move |(symbol, ..)| *symbol == root).map(|&(_, soort, release)| (soort, release))
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
        let schemas = Schemas::load(&[]).expect("loads");
        let known: usize = Release::ALL.iter().map(|release| release.berichtsoorten().len()).sum();
        assert_eq!(schemas.kinds.len(), known);
    }
}
