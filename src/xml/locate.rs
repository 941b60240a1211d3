//! From the path of a finding back to line and column, in a text that was read before.

use crate::domain::verdict::{Finding, Position};

use super::names;
use super::position::Lines;
use super::prolog;
use super::tokens::{Token, Tokens};

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
struct Open<'a> {
    /// Which of the wanted paths lead through this element.
    wanted: Vec<usize>,
    /// How many children of each name there were; kept only where something is wanted.
    seen: Vec<(&'a str, usize)>,
}

/// Finds the start tags of several elements in one pass. Gives for each path how many of its steps
/// were found, and the place of the last of them.
fn find(bytes: &[u8], paths: &[&str]) -> Vec<Option<(usize, Position)>> {
    let mut found = vec![None; paths.len()];
    let Ok(opened) = prolog::open(bytes) else { return found };
    let paths: Vec<_> = paths.iter().map(|path| steps(path)).collect();
    let mut lines = Lines::new(opened.text);
    let mut tokens = Tokens::new(opened);
    let mut open = vec![Open { wanted: (0..paths.len()).collect(), seen: Vec::new() }];
    loop {
        match tokens.next() {
            Ok(Token::Start { name, at }) => {
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
                        *place = Some((depth, lines.at(at)));
                    }
                }
                open.push(Open { wanted, seen: Vec::new() });
            }
            Ok(Token::End { .. }) => {
                open.pop();
            }
            Ok(Token::Text { .. } | Token::Character { .. }) => {}
            Ok(Token::Done) | Err(_) => return found,
        }
    }
}

fn count<'a>(seen: &mut Vec<(&'a str, usize)>, local: &'a str) -> usize {
    if let Some((_, number)) = seen.iter_mut().find(|(name, _)| *name == local) {
        *number += 1;
        return *number;
    }
    seen.push((local, 1));
    1
}

/// The start tag of the element at a path such as `/Bericht/Client/Bsn`; `None` when there is none.
#[must_use]
pub fn locate(bytes: &[u8], path: &str) -> Option<Position> {
    match find(bytes, &[path]).first() {
        Some(Some((depth, position))) if *depth == steps(path).len() => Some(*position),
        _ => None,
    }
}

/// Fills in where each finding stands; the place of an element that is absent is that of the element
/// that should hold it. Findings that have a place keep it.
pub fn place(findings: &mut [Finding], bytes: &[u8]) {
    let wanted: Vec<_> =
        findings.iter().filter(|finding| finding.position.is_none()).map(|finding| finding.path.clone()).collect();
    if wanted.is_empty() {
        return;
    }
    let paths: Vec<_> = wanted.iter().map(String::as_str).collect();
    let found = find(bytes, &paths);
    let placeless = findings.iter_mut().filter(|finding| finding.position.is_none());
    for (finding, place) in placeless.zip(found) {
        finding.position = place.map(|(_, position)| position);
    }
}
