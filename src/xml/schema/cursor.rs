//! A place in the sequence of elements that a type prescribes.

use super::tables::{Particle, SymbolId};

/// How far the children of one element have come.
#[derive(Debug)]
pub(super) struct Cursor<'s> {
    pub(super) particles: &'s [Particle],
    index: usize,
    /// How often the element at `index` was seen.
    pub(super) count: u32,
    /// One bit for each particle that was seen; a sequence has at most 64 (`load`).
    seen: u64,
    /// Where an element was left out that does not belong, and its name: what is missing right there is
    /// the same mistake, and so is another of that name. Boxed, because it is rare and this is moved often.
    unknown: Option<Box<(usize, String)>>,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(particles: &'s [Particle]) -> Self {
        Self { particles, index: 0, count: 0, seen: 0, unknown: None }
    }

    /// The next particle that may follow here and has one of the wanted names.
    pub(super) fn candidate(&self, wanted: impl Fn(SymbolId) -> bool) -> Option<usize> {
        let mut count = self.count;
        for (index, particle) in self.particles.iter().enumerate().skip(self.index) {
            if count < particle.most && wanted(particle.symbol) {
                return Some(index);
            }
            if count < particle.least {
                return None;
            }
            count = 0;
        }
        None
    }

    /// Takes an element of this particle, here or further on.
    pub(super) fn advance(&mut self, index: usize) {
        if index == self.index {
            self.count += 1;
        } else {
            self.index = index;
            self.count = 1;
        }
        self.seen |= 1 << index;
    }

    /// Where the sequence has this name.
    pub(super) fn position(&self, wanted: impl Fn(SymbolId) -> bool) -> Option<usize> {
        self.particles.iter().position(|particle| wanted(particle.symbol))
    }

    /// Whether a particle lies ahead, so that something before it must be missing.
    pub(super) fn is_ahead(&self, index: usize) -> bool {
        index > self.index
    }

    /// The element taken last.
    pub(super) fn last(&self) -> Option<SymbolId> {
        self.particles.get(self.index).map(|particle| particle.symbol)
    }

    pub(super) fn was_seen(&self, index: usize) -> bool {
        self.seen & (1 << index) != 0
    }

    /// Whether nothing is missing when the element ends here.
    pub(super) fn is_complete(&self) -> bool {
        let mut count = self.count;
        for particle in self.particles.iter().skip(self.index) {
            if count < particle.least {
                return false;
            }
            count = 0;
        }
        true
    }

    /// What must still come before this particle; the length of the sequence asks for all.
    pub(super) fn missing_before(&self, end: usize) -> Vec<usize> {
        let mut missing = Vec::new();
        let mut count = self.count;
        for (index, particle) in self.particles.iter().enumerate().take(end).skip(self.index) {
            if count < particle.least {
                missing.push(index);
            }
            count = 0;
        }
        missing
    }

    /// The names that may follow here, in order.
    pub(super) fn expected(&self) -> Vec<SymbolId> {
        let mut expected = Vec::new();
        let mut count = self.count;
        for particle in self.particles.iter().skip(self.index) {
            if count < particle.most {
                expected.push(particle.symbol);
            }
            if count < particle.least {
                break;
            }
            count = 0;
        }
        expected
    }

    /// Notes an element that does not belong here. Says whether that is the mistake noted last.
    pub(super) fn is_unknown_again(&mut self, local: &str) -> bool {
        if self.unknown.as_ref().is_some_and(|unknown| unknown.0 == self.index && unknown.1 == local) {
            return true;
        }
        self.unknown = Some(Box::new((self.index, local.to_owned())));
        false
    }

    /// Whether the only thing missing is what an element that does not belong stood in the place of.
    pub(super) fn is_explained(&mut self, missing: &[usize]) -> bool {
        let here = self.index;
        let unknown = self.unknown.take();
        missing.len() == 1 && unknown.is_some_and(|unknown| unknown.0 == here)
    }
}
