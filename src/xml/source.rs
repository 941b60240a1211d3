//! The tree of a valid text as a source of elements.

use crate::domain::klasse::Source;

use super::SchemaValid;
use super::tree::NodeId;

/// An element that is not where the domain expects it. Cannot happen with a text that satisfies a schema of
/// the program; files that took its place may allow more. Says only which element.
#[derive(Debug)]
pub(super) struct Disagreement(pub(super) &'static str);

/// A walk through the tree in document order.
pub(super) struct Walk<'v, 'a> {
    valid: &'v SchemaValid<'a>,
    next: NodeId,
    /// Where each open element ends; the last is the one we are in.
    ends: Vec<NodeId>,
}

impl<'v, 'a> Walk<'v, 'a> {
    pub(super) fn new(valid: &'v SchemaValid<'a>) -> Self {
        Self { valid, next: 0, ends: vec![valid.tree.after(0)] }
    }
}

impl Source for Walk<'_, '_> {
    type Error = Disagreement;

    fn has(&mut self, name: &'static str) -> bool {
        let inside = self.ends.last().is_some_and(|&end| self.next < end);
        let symbol = self.valid.tree.symbol(self.next);
        inside && symbol.is_some_and(|symbol| self.valid.tables.local(symbol) == name)
    }

    fn text(&mut self, name: &'static str) -> Result<String, Disagreement> {
        if !self.has(name) {
            return Err(Disagreement(name));
        }
        let text = self.valid.tree.text(self.next).ok_or(Disagreement(name))?;
        self.next += 1;
        Ok(text.to_owned())
    }

    fn enter(&mut self, name: &'static str) -> Result<(), Disagreement> {
        if !self.has(name) {
            return Err(Disagreement(name));
        }
        self.ends.push(self.valid.tree.after(self.next));
        self.next += 1;
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Disagreement> {
        match self.ends.pop() {
            Some(end) if end == self.next => Ok(()),
            _ => Err(Disagreement("the end of an element")),
        }
    }

    fn unfit(&self, name: &'static str) -> Disagreement {
        Disagreement(name)
    }
}
