//! Findings while they are being made: at an offset, without line and column yet.

use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Level, Position, Severity};
use crate::xml::window::Window;

use super::tables::SymbolId;
use super::texts;

/// After so many, nobody reads on.
const MOST: usize = 1000;

/// One finding in the making.
#[derive(Debug)]
struct Draft {
    offset: usize,
    /// Known before the text around it left the memory.
    position: Option<Position>,
    path: String,
    text: String,
}

/// Elements that were missing where another came, and may still come too late.
#[derive(Debug)]
struct Gap {
    /// How deep the parent stands.
    depth: usize,
    draft: usize,
    before: String,
    /// Name, and whether it came after all.
    missing: Vec<(SymbolId, String, bool)>,
}

/// The findings of one text.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    list: Vec<Draft>,
    gaps: Vec<Gap>,
    /// Namespaces of no schema that were reported.
    namespaces: Vec<String>,
}

impl Drafts {
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// Notes a namespace of no schema. Says whether it was noted before.
    pub(super) fn knows_namespace(&mut self, namespace: &str) -> bool {
        let known = self.namespaces.iter().any(|known| known == namespace);
        if !known && !self.is_full() {
            self.namespaces.push(namespace.to_owned());
        }
        known || self.is_full()
    }

    pub(super) fn report(&mut self, offset: usize, path: String, text: String) {
        if !self.is_full() {
            self.list.push(Draft { offset, position: None, path, text });
        }
    }

    /// Reports elements that are missing before another, and remembers that they may be misplaced.
    pub(super) fn report_gap(
        &mut self,
        (offset, path): (usize, String),
        depth: usize,
        before: &str,
        missing: Vec<(SymbolId, String)>,
    ) {
        if self.is_full() {
            return;
        }
        let missing: Vec<_> = missing.into_iter().map(|(symbol, name)| (symbol, name, false)).collect();
        self.list.push(Draft { offset, position: None, path, text: gap_text(&missing, before) });
        self.gaps.push(Gap { depth, draft: self.list.len() - 1, before: before.to_owned(), missing });
    }

    /// An element that comes too late, after `before`. When it was reported missing, that finding now says
    /// so; when others came too late after the same element, theirs says so; else it is a new finding.
    pub(super) fn report_late(
        &mut self,
        (offset, path): (usize, String),
        depth: usize,
        before: &str,
        (symbol, name): (SymbolId, &str),
    ) {
        for gap in self.gaps.iter_mut().rev().take_while(|gap| gap.depth == depth) {
            match gap.missing.iter_mut().find(|(missing, ..)| *missing == symbol) {
                Some((_, _, came)) => *came = true,
                None if gap.before == before => gap.missing.push((symbol, name.to_owned(), true)),
                None => continue,
            }
            if let Some(draft) = self.list.get_mut(gap.draft) {
                draft.text = gap_text(&gap.missing, &gap.before);
            }
            return;
        }
        if !self.is_full() {
            let missing = vec![(symbol, name.to_owned(), true)];
            self.list.push(Draft { offset, position: None, path, text: gap_text(&missing, before) });
            self.gaps.push(Gap { depth, draft: self.list.len() - 1, before: before.to_owned(), missing });
        }
    }

    /// The element at this depth is closed: nothing can come late in it any more.
    pub(super) fn forget_gaps(&mut self, depth: usize) {
        while self.gaps.last().is_some_and(|gap| gap.depth >= depth) {
            self.gaps.pop();
        }
    }

    /// Looks up where the findings stand, as long as the text around them is in memory.
    pub(super) fn place(&mut self, window: &Window<'_>) {
        let mut placeless: Vec<_> = self.list.iter_mut().filter(|draft| draft.position.is_none()).collect();
        placeless.sort_by_key(|draft| draft.offset);
        let mut lines = window.lines();
        for draft in placeless {
            draft.position = Some(lines.at(draft.offset));
        }
    }

    /// The findings in the order of the text, with line and column.
    pub(super) fn into_findings(mut self, window: &Window<'_>) -> Vec<Finding> {
        self.place(window);
        self.list.sort_by_key(|draft| draft.offset);
        let finding = |draft: Draft| Finding {
            level: Level::Xsd,
            severity: Severity::Error,
            regel: None,
            retour_code: None,
            klasse: None,
            path: draft.path.parse().unwrap_or_else(|_| ElementPath::root()),
            position: draft.position,
            text: draft.text.into(),
        };
        self.list.into_iter().map(finding).collect()
    }
}

fn gap_text(missing: &[(SymbolId, String, bool)], before: &str) -> String {
    let names = |wanted: bool| -> Vec<&str> {
        missing.iter().filter(|(.., came)| *came == wanted).map(|(_, name, _)| name.as_str()).collect()
    };
    texts::gap(&names(false), &names(true), before)
}
