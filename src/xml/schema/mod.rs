//! XML Schema 1.0, as far as iWmo uses it: XSD files to tables, and texts judged by them in one pass.
//!
//! Never fetches anything: the XSDs are part of the program, and which one applies follows from the
//! namespace of the root element alone. A construct that is not supported makes loading fail.
//!
//! | file | what |
//! |---|---|
//! | [`document`], [`load`], [`facets`], [`pattern`] | XSD text to [`tables`] |
//! | [`lexical`], [`simple`] | values |
//! | [`mod@validate`], [`cursor`], [`value`], [`attributes`] | the pass over a text |
//! | [`mistakes`], [`drafts`] | what is wrong, once and in order |
//! | [`texts`] | the findings, in Dutch |

mod attributes;
mod cursor;
mod document;
mod drafts;
mod facets;
mod lexical;
mod load;
mod mistakes;
mod pattern;
mod simple;
mod tables;
mod texts;
mod validate;
mod value;

use std::sync::LazyLock;

use crate::domain::{Berichtsoort, Release};

pub(super) use tables::{Schemas, SymbolId};
pub(super) use validate::{Outcome, validate};

/// The schemas of all releases and kinds of bericht.
#[derive(Debug)]
pub(super) struct Registry {
    pub(super) schemas: Schemas,
    kinds: Vec<(SymbolId, Berichtsoort, Release)>,
}

impl Registry {
    /// The kind and release that a root element stands for.
    pub(super) fn kind(&self, root: SymbolId) -> Option<(Berichtsoort, Release)> {
        self.kinds.iter().find(|(symbol, ..)| *symbol == root).map(|&(_, soort, release)| (soort, release))
    }
}

/// The schemas that are part of the program, made at the first use.
pub(super) fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> =
        LazyLock::new(|| build().expect("the XSDs under xsd/ are supported: a test loads them"));
    &REGISTRY
}

/// The namespace of a kind of bericht.
pub(super) fn namespace(soort: Berichtsoort, release: Release) -> String {
    let (versie, subversie) = release.versie();
    format!("http://www.istandaarden.nl/iwmo/{versie}_{subversie}/{}/schema", prefix(soort))
}

/// The namespace of the values that all berichten of a release share.
pub(super) fn basis_namespace(release: Release) -> String {
    let (versie, subversie) = release.versie();
    format!("http://www.istandaarden.nl/iwmo/{versie}_{subversie}/basisschema/schema")
}

/// The usual prefix of a kind of bericht, which is also its name in the namespace.
pub(super) fn prefix(soort: Berichtsoort) -> String {
    soort.name().to_ascii_lowercase()
}

const fn basisschema(release: Release) -> &'static str {
    match release {
        Release::V3_2 => include_str!("../../../xsd/iwmo-3.2/basisschema.xsd"),
    }
}

const fn berichtschema(soort: Berichtsoort, release: Release) -> &'static str {
    match (release, soort) {
        (Release::V3_2, Berichtsoort::Wmo301) => include_str!("../../../xsd/iwmo-3.2/wmo301.xsd"),
        (Release::V3_2, Berichtsoort::Wmo302) => include_str!("../../../xsd/iwmo-3.2/wmo302.xsd"),
        (Release::V3_2, Berichtsoort::Wmo305) => include_str!("../../../xsd/iwmo-3.2/wmo305.xsd"),
        (Release::V3_2, Berichtsoort::Wmo306) => include_str!("../../../xsd/iwmo-3.2/wmo306.xsd"),
        (Release::V3_2, Berichtsoort::Wmo307) => include_str!("../../../xsd/iwmo-3.2/wmo307.xsd"),
        (Release::V3_2, Berichtsoort::Wmo308) => include_str!("../../../xsd/iwmo-3.2/wmo308.xsd"),
        (Release::V3_2, Berichtsoort::Wmo315) => include_str!("../../../xsd/iwmo-3.2/wmo315.xsd"),
        (Release::V3_2, Berichtsoort::Wmo316) => include_str!("../../../xsd/iwmo-3.2/wmo316.xsd"),
        (Release::V3_2, Berichtsoort::Wmo317) => include_str!("../../../xsd/iwmo-3.2/wmo317.xsd"),
        (Release::V3_2, Berichtsoort::Wmo318) => include_str!("../../../xsd/iwmo-3.2/wmo318.xsd"),
        (Release::V3_2, Berichtsoort::Wmo319) => include_str!("../../../xsd/iwmo-3.2/wmo319.xsd"),
        (Release::V3_2, Berichtsoort::Wmo320) => include_str!("../../../xsd/iwmo-3.2/wmo320.xsd"),
        (Release::V3_2, Berichtsoort::Wmo323) => include_str!("../../../xsd/iwmo-3.2/wmo323.xsd"),
        (Release::V3_2, Berichtsoort::Wmo325) => include_str!("../../../xsd/iwmo-3.2/wmo325.xsd"),
    }
}

fn build() -> Result<Registry, load::LoadError> {
    let mut registry = Registry { schemas: Schemas::default(), kinds: Vec::new() };
    for release in Release::ALL {
        let names = Berichtsoort::ALL.map(|soort| (format!("{}.xsd", prefix(soort)), soort));
        let mut files = vec![("basisschema.xsd", basisschema(release))];
        files.extend(names.iter().map(|(file, soort)| (file.as_str(), berichtschema(*soort, release))));
        load::load(&mut registry.schemas, &files)?;
        for soort in Berichtsoort::ALL {
            if let Some(root) = registry.schemas.symbol(&namespace(soort, release), "Bericht") {
                registry.kinds.push((root, soort, release));
            }
        }
    }
    Ok(registry)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_of_the_program_load() {
        let registry = build().expect("loads");
        assert_eq!(registry.kinds.len(), Release::ALL.len() * Berichtsoort::ALL.len());
    }
}
