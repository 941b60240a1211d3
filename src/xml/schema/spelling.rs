//! How the names of a schema are written in one text, with the prefixes of its author.

use crate::xml::tokens::Name;

use super::tables::{SymbolId, Tables};

/// The prefix that each namespace had last, as long as the prefixes mean the same.
pub(super) struct Spelling<'s> {
    schemas: &'s Tables,
    /// By namespace, with the colon; `None`: not seen.
    prefixes: Vec<Option<String>>,
    /// Of the prefixes ([`crate::xml::tokens::Tokens::generation`]).
    generation: u32,
}

impl<'s> Spelling<'s> {
    pub(super) fn new(schemas: &'s Tables) -> Self {
        Self { schemas, prefixes: vec![None; schemas.namespaces.len()], generation: 0 }
    }

    /// Whether the prefixes still mean the same.
    #[inline]
    pub(super) fn holds(&self, generation: u32) -> bool {
        self.generation == generation
    }

    /// Forgets all spellings when the prefixes do not mean the same any more.
    pub(super) fn renew(&mut self, generation: u32) {
        if !self.holds(generation) {
            self.generation = generation;
            self.prefixes.fill(None);
        }
    }

    /// `None` when nothing of its namespace was seen.
    #[inline]
    pub(super) fn of(&self, symbol: SymbolId) -> Option<Name<'_>> {
        let symbol = self.schemas.symbols.get(usize::from(symbol))?;
        let prefix = self.prefixes.get(symbol.namespace)?.as_deref()?;
        Some(Name { prefix, local: &symbol.local })
    }

    /// This symbol is written so.
    pub(super) fn learn(&mut self, symbol: SymbolId, name: &str) {
        let symbol = self.schemas.symbols.get(usize::from(symbol));
        let prefix = symbol.and_then(|symbol| self.prefixes.get_mut(symbol.namespace));
        if let Some(prefix) = prefix {
            *prefix =
                Some(name.split_inclusive(':').next().filter(|part| part.ends_with(':')).unwrap_or("").to_owned());
        }
    }
}
