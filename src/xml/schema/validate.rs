//! One pass over a text: every mistake against the schema, each once, and the tree for the decoder.
//!
//! On the happy path nothing is allocated or hashed per element: the names that may follow are compared
//! with how each was spelled last. A mistake leads to the nearest place from which the sequence can go
//! on, or its subtree is left out, so that it does not cause others.

use crate::domain::verdict::Finding;
use crate::xml::malformed::Malformed;
use crate::xml::names::is_all_blank;
use crate::xml::prolog::Opened;
use crate::xml::tokens::{Token, Tokens, first_ink};
use crate::xml::tree::{NodeId, Tree};

use super::attributes::{self, Verdict, XSI};
use super::cursor::Cursor;
use super::drafts::Drafts;
use super::mistakes::join;
use super::simple::{Fit, Simple};
use super::tables::{Content, SymbolId, Tables, TypeId};
use super::texts;
use super::value::Value;

/// What a well-formed text turned out to be.
pub(in crate::xml) enum Outcome<'a> {
    /// A text of these schemas.
    Valid { root: SymbolId, tree: Tree<'a> },
    /// Begins as a text of these schemas, and is none.
    Invalid { root: SymbolId, findings: Vec<Finding> },
    /// Begins otherwise.
    Unknown { namespace: String, local: String, at: usize },
}

/// Judges a text.
///
/// # Errors
/// When it is not well-formed; findings of the schema are then dropped.
pub(in crate::xml) fn validate<'a>(schemas: &Tables, opened: Opened<'a>) -> Result<Outcome<'a>, Malformed> {
    let mut validator = Validator {
        schemas,
        tokens: Tokens::new(opened),
        spelling: vec![""; schemas.symbols.len()],
        generation: 0,
        frames: Vec::new(),
        skipping: 0,
        value: Value::default(),
        tree: Tree::new(opened.text),
        drafts: Drafts::default(),
        root: Root::NotSeen,
    };
    loop {
        match validator.tokens.next()? {
            Token::Start { name, at } => validator.start(name, at)?,
            Token::End { at } => validator.end(at),
            Token::Text { raw, at } => validator.text(raw, at),
            Token::Character { character, at } => validator.character(character, at),
            Token::Done => break,
        }
    }
    Ok(match validator.root {
        Root::Known(root) if validator.drafts.is_empty() => Outcome::Valid { root, tree: validator.tree },
        Root::Known(root) => Outcome::Invalid { root, findings: validator.drafts.into_findings(opened.text) },
        Root::Unknown { namespace, local, at } => Outcome::Unknown { namespace, local, at },
        // `Tokens` gives `Done` only after a root element.
        Root::NotSeen => Outcome::Unknown { namespace: String::new(), local: String::new(), at: 0 },
    })
}

enum Root {
    NotSeen,
    Known(SymbolId),
    Unknown { namespace: String, local: String, at: usize },
}

/// An element that is open.
pub(super) struct Frame<'s> {
    pub(super) symbol: SymbolId,
    /// Its number among its namesakes, from 1; 0 where it cannot repeat.
    pub(super) nth: u32,
    pub(super) at: usize,
    node: NodeId,
    pub(super) model: Model<'s>,
    /// Something was reported that explains whatever else is wrong with the element as a whole.
    pub(super) excused: bool,
}

pub(super) enum Model<'s> {
    Text(&'s Simple),
    Elements(Cursor<'s>),
}

/// One pass over one text.
pub(super) struct Validator<'s, 'a> {
    pub(super) schemas: &'s Tables,
    pub(super) tokens: Tokens<'a>,
    /// How each symbol was written last, as long as the prefixes mean the same.
    pub(super) spelling: Vec<&'a str>,
    generation: u32,
    pub(super) frames: Vec<Frame<'s>>,
    /// How deep inside a subtree that is left out.
    pub(super) skipping: usize,
    value: Value<'a>,
    tree: Tree<'a>,
    pub(super) drafts: Drafts,
    root: Root,
}

impl<'s, 'a> Validator<'s, 'a> {
    fn start(&mut self, name: &'a str, at: usize) -> Result<(), Malformed> {
        if self.skipping > 0 {
            self.tokens.resolve(name, at)?;
            self.skipping += 1;
            return Ok(());
        }
        if self.generation != self.tokens.generation() {
            self.generation = self.tokens.generation();
            self.spelling.fill("");
        }
        let Some(frame) = self.frames.last_mut() else { return self.start_root(name, at) };
        if let Model::Elements(cursor) = &mut frame.model {
            let spelling = &self.spelling;
            let is_spelled = |symbol: SymbolId| spelling.get(usize::from(symbol)) == Some(&name);
            if let Some(index) = cursor.candidate(is_spelled) {
                self.accept(index, at);
                return Ok(());
            }
        }
        self.start_otherwise(name, at)
    }

    fn start_root(&mut self, name: &'a str, at: usize) -> Result<(), Malformed> {
        let (namespace, local) = self.tokens.resolve(name, at)?;
        let symbol = self.schemas.symbol(namespace, local);
        let root = symbol.and_then(|symbol| self.schemas.roots.iter().find(|(root, _)| *root == symbol).copied());
        if let Some((symbol, r#type)) = root {
            self.root = Root::Known(symbol);
            self.open(symbol, 0, r#type, at);
        } else {
            self.root = Root::Unknown { namespace: namespace.to_owned(), local: local.to_owned(), at };
            self.skipping = 1;
        }
        Ok(())
    }

    /// Opens the element of a particle that may stand here.
    pub(super) fn accept(&mut self, index: usize, at: usize) {
        let Some(Frame { model: Model::Elements(cursor), .. }) = self.frames.last_mut() else { return };
        let Some(particle) = cursor.particles.get(index) else { return };
        cursor.advance(index);
        let nth = if particle.repeats() { cursor.count } else { 0 };
        self.open(particle.symbol, nth, particle.r#type, at);
    }

    /// Opens an element of this type.
    pub(super) fn open(&mut self, symbol: SymbolId, nth: u32, declared: TypeId, at: usize) {
        let mut excused = false;
        let mut r#type = declared;
        if !self.tokens.attributes().is_empty() {
            let name = self.schemas.local(symbol);
            let path = join(&self.path(), name, nth);
            for attribute in self.tokens.attributes() {
                match attributes::judge(self.schemas, &self.tokens, attribute, declared) {
                    Verdict::Fine => {}
                    Verdict::Type(named) => r#type = named,
                    Verdict::OtherType => {
                        excused = true;
                        self.drafts.report(at, path.clone(), texts::other_type(name));
                    }
                    Verdict::NotAllowed => {
                        excused |= attribute.namespace == XSI;
                        self.drafts.report(at, path.clone(), texts::attribute(attribute.local, name));
                    }
                }
            }
        }
        let model = match self.schemas.content(r#type) {
            Content::Simple(simple) => {
                self.value.clear();
                Model::Text(simple)
            }
            Content::Sequence(particles) => Model::Elements(Cursor::new(particles)),
            Content::Unread => Model::Elements(Cursor::new(&[])),
        };
        let node = self.tree.open(symbol);
        self.frames.push(Frame { symbol, nth, at, node, model, excused });
    }

    fn text(&mut self, raw: &'a str, at: usize) {
        if self.skipping > 0 {
            return;
        }
        match self.frames.last().map(|frame| &frame.model) {
            Some(Model::Text(_)) => self.value.push(raw, at),
            Some(Model::Elements(_)) if !is_all_blank(raw) => self.loose_text(at + first_ink(raw)),
            Some(Model::Elements(_)) | None => {}
        }
    }

    fn character(&mut self, character: char, at: usize) {
        if self.skipping > 0 {
            return;
        }
        match self.frames.last().map(|frame| &frame.model) {
            Some(Model::Text(_)) => self.value.push_character(character),
            Some(Model::Elements(_)) if !matches!(character, ' ' | '\t' | '\r' | '\n') => self.loose_text(at),
            Some(Model::Elements(_)) | None => {}
        }
    }

    fn end(&mut self, at: usize) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        let Some(mut frame) = self.frames.pop() else { return };
        match &mut frame.model {
            Model::Text(simple) => {
                let simple = *simple;
                self.end_text(&frame, simple);
            }
            Model::Elements(cursor) => {
                let missing = cursor.missing_before(cursor.particles.len());
                if !missing.is_empty() && !frame.excused && !cursor.is_explained(&missing) {
                    let particles = cursor.particles;
                    self.missing_at_end(&frame, particles, &missing, at);
                }
                if !self.drafts.is_empty() {
                    self.drafts.forget_gaps(self.frames.len() + 1);
                }
                self.tree.close(frame.node);
            }
        }
    }

    fn end_text(&mut self, frame: &Frame<'s>, simple: &Simple) {
        let fit = if frame.excused { Fit::Fits } else { simple.judge(self.value.as_str()) };
        let name = self.schemas.local(frame.symbol);
        let text = match fit {
            Fit::Fits => {
                match self.value.piece {
                    Some((piece, at)) => self.tree.borrow_text(frame.node, at, piece.len()),
                    None => self.tree.own_text(frame.node, &self.value.joined),
                }
                return;
            }
            // Describing values that nobody will read costs time.
            Fit::Misfit | Fit::TooFar if self.drafts.is_full() => return,
            Fit::Misfit => texts::value(name, &simple.found(self.value.as_str()), &simple.allowed()),
            Fit::TooFar => texts::too_far(name),
        };
        self.drafts.report(frame.at, join(&self.path(), name, frame.nth), text);
    }
}
