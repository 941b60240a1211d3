//! Tables as tables: what the validator walks.

use std::collections::HashMap;

use super::simple::Simple;

/// The index of an element name in [`Tables::symbols`].
pub(in crate::xml) type SymbolId = u16;
/// The index of a type in [`Tables::types`].
pub(super) type TypeId = u16;

/// A set of schemas that know each other's types.
#[derive(Debug, Default)]
pub(in crate::xml) struct Tables {
    pub(super) symbols: Vec<Symbol>,
    pub(super) namespaces: Vec<String>,
    /// Namespace, then local name.
    pub(in crate::xml) by_name: HashMap<String, HashMap<String, SymbolId>>,
    pub(super) types: Vec<Type>,
    pub(super) type_names: HashMap<(String, String), TypeId>,
    /// The global elements: what a document may begin with.
    pub(super) roots: Vec<(SymbolId, TypeId)>,
}

/// An element name.
#[derive(Debug)]
pub(super) struct Symbol {
    /// The index in [`Tables::namespaces`].
    pub(super) namespace: usize,
    pub(super) local: String,
}

/// A type, with the one it restricts.
#[derive(Debug)]
pub(super) struct Type {
    pub(super) base: Option<TypeId>,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) enum Content {
    /// Text and no elements: what it may be.
    Simple(Simple),
    /// A sequence of elements.
    Sequence(Vec<Particle>),
    /// Reserved while the type is being read; never after loading.
    Unread,
}

/// One element of a sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Particle {
    pub(super) symbol: SymbolId,
    pub(super) least: u32,
    /// `u32::MAX` is unbounded.
    pub(super) most: u32,
    pub(super) r#type: TypeId,
}

impl Particle {
    pub(super) fn repeats(&self) -> bool {
        self.most > 1
    }
}

impl Tables {
    /// The global element of this name.
    pub(in crate::xml) fn root(&self, namespace: &str, local: &str) -> Option<SymbolId> {
        let symbol = self.symbol(namespace, local)?;
        self.roots.iter().any(|(root, _)| *root == symbol).then_some(symbol)
    }

    pub(super) fn symbol(&self, namespace: &str, local: &str) -> Option<SymbolId> {
        self.by_name.get(namespace)?.get(local).copied()
    }

    /// The local name of a symbol of these schemas.
    pub(in crate::xml) fn local(&self, symbol: SymbolId) -> &str {
        self.symbols.get(usize::from(symbol)).map_or("", |symbol| &symbol.local)
    }

    pub(super) fn namespace(&self, symbol: SymbolId) -> &str {
        let symbol = self.symbols.get(usize::from(symbol));
        symbol.and_then(|symbol| self.namespaces.get(symbol.namespace)).map_or("", String::as_str)
    }

    pub(super) fn content(&self, r#type: TypeId) -> &Content {
        self.types.get(usize::from(r#type)).map_or(&Content::Unread, |found| &found.content)
    }

    pub(super) fn type_named(&self, namespace: &str, local: &str) -> Option<TypeId> {
        self.type_names.get(&(namespace.to_owned(), local.to_owned())).copied()
    }

    /// Whether a type is another one or restricts it, perhaps in several steps.
    pub(super) fn restricts(&self, r#type: TypeId, other: TypeId) -> bool {
        let mut current = Some(r#type);
        while let Some(id) = current {
            if id == other {
                return true;
            }
            current = self.types.get(usize::from(id)).and_then(|found| found.base);
        }
        false
    }
}
