//! What the validator does when a text is not as the schema wants it: report once, and go on from the
//! nearest place that makes sense.

use crate::xml::malformed::{Malformed, shown};
use crate::xml::window::Span;

use super::tables::{Particle, SymbolId};
use super::texts::{self, join};
use super::validate::{Frame, Model, Pass, Step};

impl<'s> Pass<'s, '_> {
    /// An element inside another: as the schema wants it, or a mistake.
    pub(super) fn start_child(&mut self, name: Span, at: usize) -> Result<Option<Step>, Malformed> {
        let schemas = self.schemas;
        let (namespace, local) = self.tokens.resolve(name, at)?;
        let Some(frame) = self.frames.last() else { return Ok(None) };
        if let Model::Elements(cursor) = &frame.model {
            let is_this = |symbol| schemas.local(symbol) == local && schemas.namespace(symbol) == namespace;
            if let Some((index, particle)) =
                cursor.candidate(is_this).and_then(|index| Some((index, cursor.particles.get(index)?)))
            {
                self.spelling.learn(particle.symbol, self.tokens.text(name));
                return Ok(self.accept(index, at));
            }
        }
        let (namespace, local) = (namespace.to_owned(), local.to_owned());
        Ok(self.start_otherwise(&namespace, &local, at))
    }

    /// An element that may not follow here.
    fn start_otherwise(&mut self, namespace: &str, local: &str, at: usize) -> Option<Step> {
        let schemas = self.schemas;
        let symbol = schemas.symbol(namespace, local);
        let frame = self.frames.last_mut()?;
        let parent = schemas.local(frame.symbol);
        let Model::Elements(cursor) = &mut frame.model else {
            self.skipping = 1;
            if !std::mem::replace(&mut frame.excused, true) {
                self.report_child(at, local, texts::element_in_value(local, parent));
            }
            return None;
        };
        if let Some(index) = symbol.and_then(|symbol| cursor.position(|candidate| candidate == symbol)) {
            return self.recover(index, at);
        }
        self.skipping = 1;
        let namesake = |candidate: SymbolId| schemas.local(candidate) == local;
        let text = if let Some(index) = cursor.position(namesake) {
            // It takes the place of the right element, wherever that is.
            if cursor.candidate(namesake).is_some() {
                cursor.advance(index);
            }
            // One wrong declaration shows in many elements, but is one mistake.
            if !schemas.by_name.contains_key(namespace) && self.drafts.knows_namespace(namespace) {
                return None;
            }
            let wanted = cursor.particles.get(index).map_or("", |particle| schemas.namespace(particle.symbol));
            texts::wrong_namespace(local, wanted)
        } else {
            if cursor.is_unknown_again(local) {
                return None;
            }
            let expected: Vec<_> = cursor.expected().into_iter().map(|symbol| schemas.local(symbol)).collect();
            texts::unknown(local, parent, &expected)
        };
        self.report_child(at, local, text);
        None
    }

    /// An element of the sequence at a place where it may not stand.
    fn recover(&mut self, index: usize, at: usize) -> Option<Step> {
        let schemas = self.schemas;
        let depth = self.frames.len();
        let path = self.path();
        let frame = self.frames.last_mut()?;
        let parent = schemas.local(frame.symbol);
        let Model::Elements(cursor) = &mut frame.model else { return None };
        let particle = cursor.particles.get(index).copied()?;
        let name = schemas.local(particle.symbol);
        if cursor.is_ahead(index) {
            let missing = cursor.missing_before(index);
            if !cursor.is_explained(&missing) {
                let symbols = missing.iter().filter_map(|&index| cursor.particles.get(index));
                let path = symbols
                    .clone()
                    .next()
                    .map_or(path.clone(), |first| join(&path, schemas.local(first.symbol), u32::from(first.repeats())));
                let missing =
                    symbols.map(|particle| (particle.symbol, schemas.local(particle.symbol).to_owned())).collect();
                self.drafts.report_gap((at, path), depth, name, missing);
            }
            return self.accept(index, at);
        }
        if cursor.was_seen(index) {
            // What it holds was said before, or belongs to another element.
            self.skipping = 1;
            if !cursor.is_unknown_again(name) {
                self.drafts.report(at, join(&path, name, 0), texts::too_often(name, parent, particle.most));
            }
            return None;
        }
        let before = cursor.last().map_or("", |last| schemas.local(last));
        self.drafts.report_late((at, join(&path, name, 0)), depth, before, (particle.symbol, name));
        self.open(particle.symbol, 0, particle.r#type, at)
    }

    /// Reports text between elements, once for each parent.
    pub(super) fn loose_text(&mut self, at: usize) {
        let path = self.path();
        if let Some(frame) = self.frames.last_mut()
            && !frame.excused
        {
            frame.excused = true;
            self.drafts.report(at, path, texts::loose_text(self.schemas.local(frame.symbol)));
        }
    }

    pub(super) fn missing_at_end(
        &mut self,
        frame: &Frame<'s>,
        particles: &'s [Particle],
        missing: &[usize],
        at: usize,
    ) {
        let schemas = self.schemas;
        let missing: Vec<_> = missing.iter().filter_map(|&index| particles.get(index)).collect();
        let parent = schemas.local(frame.symbol);
        let mut path = join(&self.path(), parent, frame.nth);
        if let Some(first) = missing.first() {
            path = join(&path, schemas.local(first.symbol), u32::from(first.repeats()));
        }
        let names: Vec<_> = missing.iter().map(|particle| schemas.local(particle.symbol)).collect();
        self.drafts.report(at, path, texts::missing_at_end(&names, parent));
    }

    fn report_child(&mut self, at: usize, local: &str, text: String) {
        if !self.drafts.is_full() {
            self.drafts.report(at, join(&self.path(), &shown(local), 0), text);
        }
    }

    /// The way to the element that is open; empty when nobody will read it.
    pub(super) fn path(&self) -> String {
        if self.drafts.is_full() {
            return String::new();
        }
        self.frames.iter().fold(String::new(), |path, frame| join(&path, self.schemas.local(frame.symbol), frame.nth))
    }
}
