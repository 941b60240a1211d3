//! From the path of a finding back to line and column, in a text that was read before.

use std::io::Read;

use crate::domain::berichten::klasse::ElementPath;
use crate::domain::finding::{Finding, Position};

use super::names;
use super::position::Lines;
use super::tokens::{Token, Tokens};
use super::window::{PIECE, Window};

/// One step of a path: local name and number among the namesakes, from 1.
type Step<'p> = (&'p str, usize);

fn steps(path: &str) -> Vec<Step<'_>> {
    let step = |step| {
        let numbered = str::strip_suffix(step, "]").and_then(|step| step.split_once('['));
        match numbered.and_then(|(name, number)| Some((name, number.parse().ok()?))) {
            Some(numbered) => numbered,
            None => (step, 1),
        }
    };
    path.split('/').filter(|step| !step.is_empty()).map(step).collect()
}

/// An open element on the way to something wanted.
struct Open {
    /// Which of the wanted paths lead through this element.
    wanted: Vec<usize>,
    /// How many children of each name there were; kept only where something is wanted.
    seen: Vec<(String, usize)>,
}

/// How far the lines of a text were counted.
struct Counted {
    offset: usize,
    position: Position,
}

impl Counted {
    /// Counts up to an offset that is in memory, as is the one before.
    fn up_to(&mut self, offset: usize, window: &Window<'_>) -> Position {
        self.position = Lines::from(window.from(self.offset), self.offset, self.position).at(offset);
        self.offset = offset;
        self.position
    }
}

/// Finds the start tags of several elements in one pass. Gives for each path how many of its steps
/// were found, and the place of the last of them.
fn find(mut tokens: Tokens<'_>, paths: &[&str]) -> Vec<Option<(usize, Position)>> {
    let mut found = vec![None; paths.len()];
    let paths: Vec<_> = paths.iter().map(|path| steps(path)).collect();
    let mut counted = Counted { offset: 0, position: Position { line: 1, column: 1 } };
    let mut open = vec![Open { wanted: (0..paths.len()).collect(), seen: Vec::new() }];
    loop {
        if tokens.is_at_end_of_window() {
            counted.up_to(tokens.window().end(), tokens.window());
            if tokens.move_on(None).is_err() {
                return found;
            }
        }
        match tokens.next() {
            Ok(Token::Start { name, at }) => {
                let name = tokens.text(name);
                let local = names::split(name).map_or(name, |(_, local)| local);
                let depth = open.len();
                let wanted = match open.last_mut() {
                    Some(parent) if !parent.wanted.is_empty() => {
                        let number = count(&mut parent.seen, local);
                        let leads = |&path: &usize| {
                            paths.get(path).and_then(|steps| steps.get(depth - 1)) == Some(&(local, number))
                        };
                        parent.wanted.iter().copied().filter(leads).collect()
                    }
                    _ => Vec::new(),
                };
                for &path in &wanted {
                    if let Some(place) = found.get_mut(path) {
                        *place = Some((depth, counted.up_to(at, tokens.window())));
                    }
                }
                open.push(Open { wanted, seen: Vec::new() });
            }
            Ok(Token::End { .. }) => {
                open.pop();
            }
            Ok(Token::Text(_) | Token::Character { .. }) => {}
            Ok(Token::Done) | Err(_) => return found,
        }
    }
}

fn count(seen: &mut Vec<(String, usize)>, local: &str) -> usize {
    if let Some((_, number)) = seen.iter_mut().find(|(name, _)| *name == local) {
        *number += 1;
        return *number;
    }
    seen.push((local.to_owned(), 1));
    1
}

/// The start tag of the element at a path such as `/Bericht/Client/Bsn`; `None` when there is none.
#[must_use]
pub fn locate(bytes: &[u8], path: &str) -> Option<Position> {
    let tokens = Tokens::new(Window::whole(bytes).ok()?);
    match find(tokens, &[path]).first() {
        Some(Some((depth, position))) if *depth == steps(path).len() => Some(*position),
        _ => None,
    }
}

/// Fills in where each finding stands; the place of an element that is absent is that of the element
/// that should hold it. Findings that have a place keep it.
pub fn place(findings: &mut [Finding], bytes: &[u8]) {
    place_all(findings, || Window::whole(bytes).ok());
}

/// As [`place`], in what a reader gives.
pub fn place_in(findings: &mut [Finding], reader: impl Read) {
    place_all(findings, || Window::stream(reader, PIECE).ok());
}

fn place_all<'a>(findings: &mut [Finding], open: impl FnOnce() -> Option<(Window<'a>, usize)>) {
    let wanted: Vec<_> =
        findings.iter().filter(|finding| finding.position.is_none()).map(|finding| finding.path.clone()).collect();
    if wanted.is_empty() {
        return;
    }
    let Some(opened) = open() else { return };
    let paths: Vec<_> = wanted.iter().map(ElementPath::as_str).collect();
    let found = find(Tokens::new(opened), &paths);
    let placeless = findings.iter_mut().filter(|finding| finding.position.is_none());
    for (finding, place) in placeless.zip(found) {
        finding.position = place.map(|(_, position)| position);
    }
}
