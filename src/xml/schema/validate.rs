//! One pass over a text, step by step: every mistake against the schema, each once.
//!
//! What the schema expects is compared with what stands there before anything is parsed; only when it stands
//! there in another notation, or something else does, the text is read token by token. On the happy path
//! nothing is allocated or hashed per element. A mistake leads to the nearest place from which the sequence
//! can go on, or its subtree is left out, so that it does not cause others.

use crate::domain::finding::{Finding, Position};
use crate::xml::malformed::Malformed;
use crate::xml::names::is_all_blank;
use crate::xml::tokens::{Token, Tokens, first_ink};
use crate::xml::window::{Broken, Span};

use super::attributes::{self, Verdict, XSI};
use super::cursor::Cursor;
use super::drafts::Drafts;
use super::simple::{Fit, Simple};
use super::spelling::Spelling;
use super::tables::{Content, SymbolId, Tables, TypeId};
use super::texts::{self, join};
use super::value::Value;

/// How deep the elements of nearly every bericht stand.
const USUAL_DEPTH: usize = 12;

/// How far a pass came with one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::xml) enum Step {
    /// An element that holds elements begins.
    Open(SymbolId),
    /// An element with a value that fits its type: [`Pass::value`].
    Text(SymbolId),
    /// The element that began last ends.
    Close,
    /// The text ends.
    Done,
}

/// What a text begins with.
#[derive(Clone)]
pub(in crate::xml) enum Root {
    NotSeen,
    Known(SymbolId),
    Unknown { namespace: String, local: String, position: Position },
}

/// An element that is open.
pub(super) struct Frame<'s> {
    pub(super) symbol: SymbolId,
    /// Its number among its namesakes, from 1; 0 where it cannot repeat.
    pub(super) nth: u32,
    pub(super) at: usize,
    pub(super) model: Model<'s>,
    /// Something was reported that explains whatever else is wrong with the element as a whole.
    pub(super) excused: bool,
}

pub(super) enum Model<'s> {
    Text(&'s Simple),
    Elements(Cursor<'s>),
}

/// One pass over one text.
pub(in crate::xml) struct Pass<'s, 'a> {
    pub(super) schemas: &'s Tables,
    pub(super) tokens: Tokens<'a>,
    /// How the names are written.
    pub(super) spelling: Spelling<'s>,
    pub(super) frames: Vec<Frame<'s>>,
    /// How deep inside a subtree that is left out.
    pub(super) skipping: usize,
    value: Value,
    pub(super) drafts: Drafts,
    root: Root,
}

impl<'s, 'a> Pass<'s, 'a> {
    /// A pass that stands before the first token.
    pub(in crate::xml) fn new(schemas: &'s Tables, tokens: Tokens<'a>) -> Self {
        Self {
            schemas,
            tokens,
            spelling: Spelling::new(schemas),
            frames: Vec::with_capacity(USUAL_DEPTH),
            skipping: 0,
            value: Value::default(),
            drafts: Drafts::default(),
            root: Root::NotSeen,
        }
    }

    /// What the text begins with.
    pub(in crate::xml) fn root(&self) -> &Root {
        &self.root
    }

    /// The value of the element that the last step gave.
    pub(in crate::xml) fn value(&self) -> &str {
        self.value.in_text(self.tokens.window())
    }

    /// Whether something was found wrong.
    pub(in crate::xml) fn has_findings(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// What was found wrong.
    pub(in crate::xml) fn into_findings(self) -> Vec<Finding> {
        self.drafts.into_findings(self.tokens.window())
    }

    /// Goes on to the next element that fits, or to the end of one.
    ///
    /// # Errors
    /// When the text is not well-formed, or its reader fails; what was found until then does not count.
    pub(in crate::xml) fn step(&mut self) -> Result<Step, Broken> {
        loop {
            if self.tokens.is_at_end_of_window() {
                self.move_on()?;
            }
            if let Some(step) = self.expected() {
                return Ok(step);
            }
            if self.tokens.is_at_end_of_window() {
                continue;
            }
            let step = match self.tokens.next()? {
                Token::Start { name, at } => self.start(name, at)?,
                Token::End { at } => self.end(at),
                Token::Text(raw) => {
                    self.text(raw);
                    None
                }
                Token::Character { character, at } => {
                    self.character(character, at);
                    None
                }
                Token::Done => Some(Step::Done),
            };
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Reads what lies behind the step given last, and only asks whether it is text.
    ///
    /// # Errors
    /// When it is not, or its reader fails.
    pub(in crate::xml) fn read_to_end(&mut self) -> Result<(), Broken> {
        while !self.tokens.window().is_last() {
            self.tokens.read_on()?;
        }
        Ok(())
    }

    /// Takes the next part of the text into memory. Of an element with a value all is kept.
    fn move_on(&mut self) -> Result<(), Broken> {
        let keep = self.frames.last().filter(|frame| matches!(frame.model, Model::Text(_))).map(|frame| frame.at);
        self.drafts.place(self.tokens.window());
        self.tokens.move_on(keep)
    }

    /// Takes what the schema expects, if that is what stands here, in the plainest notation and without a
    /// mistake; else nothing.
    fn expected(&mut self) -> Option<Step> {
        if self.skipping > 0 || !self.spelling.holds(self.tokens.generation()) {
            return None;
        }
        let Frame { model: Model::Elements(cursor), .. } = self.frames.last_mut()? else { return None };
        self.tokens.skip_blanks();
        let (spelling, tokens) = (&self.spelling, &self.tokens);
        let Some(index) = cursor.candidate(|symbol| spelling.of(symbol).is_some_and(|name| tokens.is_start(name)))
        else {
            return self.expected_end();
        };
        let particle = *cursor.particles.get(index)?;
        let name = spelling.of(particle.symbol)?;
        match self.schemas.content(particle.r#type) {
            Content::Simple(simple) => {
                let value = tokens.plain_value(name)?;
                if simple.judge(tokens.text(value)) != Fit::Fits {
                    return None;
                }
                self.tokens.skip_value(value, name);
                self.value.set(value);
                cursor.advance(index);
                Some(Step::Text(particle.symbol))
            }
            Content::Sequence(particles) => {
                let at = self.tokens.take_start(name)?;
                cursor.advance(index);
                let nth = if particle.repeats() { cursor.count } else { 0 };
                let model = Model::Elements(Cursor::new(particles));
                self.frames.push(Frame { symbol: particle.symbol, nth, at, model, excused: false });
                Some(Step::Open(particle.symbol))
            }
            Content::Unread => None,
        }
    }

    fn expected_end(&mut self) -> Option<Step> {
        let Frame { model: Model::Elements(cursor), .. } = self.frames.last()? else { return None };
        if !self.drafts.is_empty() || !cursor.is_complete() || !self.tokens.take_end() {
            return None;
        }
        self.frames.pop();
        Some(Step::Close)
    }

    fn start(&mut self, name: Span, at: usize) -> Result<Option<Step>, Malformed> {
        if self.skipping > 0 {
            self.tokens.resolve(name, at)?;
            self.skipping += 1;
            return Ok(None);
        }
        self.spelling.renew(self.tokens.generation());
        match self.frames.last() {
            None => self.start_root(name, at),
            Some(_) => self.start_child(name, at),
        }
    }

    fn start_root(&mut self, name: Span, at: usize) -> Result<Option<Step>, Malformed> {
        let (namespace, local) = self.tokens.resolve(name, at)?;
        let symbol = self.schemas.symbol(namespace, local);
        let root = symbol.and_then(|symbol| self.schemas.roots.iter().find(|(root, _)| *root == symbol).copied());
        if let Some((symbol, r#type)) = root {
            self.root = Root::Known(symbol);
            return Ok(self.open(symbol, 0, r#type, at));
        }
        let (namespace, local) = (namespace.to_owned(), local.to_owned());
        self.root = Root::Unknown { namespace, local, position: self.tokens.window().lines().at(at) };
        self.skipping = 1;
        Ok(None)
    }

    /// Opens the element of a particle that may stand here.
    pub(super) fn accept(&mut self, index: usize, at: usize) -> Option<Step> {
        let Frame { model: Model::Elements(cursor), .. } = self.frames.last_mut()? else { return None };
        let particle = cursor.particles.get(index)?;
        cursor.advance(index);
        let nth = if particle.repeats() { cursor.count } else { 0 };
        self.open(particle.symbol, nth, particle.r#type, at)
    }

    /// Opens an element of this type.
    pub(super) fn open(&mut self, symbol: SymbolId, nth: u32, declared: TypeId, at: usize) -> Option<Step> {
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
                        self.drafts.report(at, path.clone(), texts::attribute(&attribute.local, name));
                    }
                }
            }
        }
        let (model, step) = match self.schemas.content(r#type) {
            Content::Simple(simple) => {
                self.value.clear();
                (Model::Text(simple), None)
            }
            Content::Sequence(particles) => (Model::Elements(Cursor::new(particles)), Some(Step::Open(symbol))),
            Content::Unread => (Model::Elements(Cursor::new(&[])), Some(Step::Open(symbol))),
        };
        self.frames.push(Frame { symbol, nth, at, model, excused });
        step
    }

    fn text(&mut self, raw: Span) {
        if self.skipping > 0 {
            return;
        }
        let window = self.tokens.window();
        match self.frames.last().map(|frame| &frame.model) {
            Some(Model::Text(_)) => self.value.push(raw, window),
            Some(Model::Elements(_)) if !is_all_blank(window.get(raw)) => {
                self.loose_text(raw.at + first_ink(window.get(raw)));
            }
            Some(Model::Elements(_)) | None => {}
        }
    }

    fn character(&mut self, character: char, at: usize) {
        if self.skipping > 0 {
            return;
        }
        match self.frames.last().map(|frame| &frame.model) {
            Some(Model::Text(_)) => self.value.push_character(character, self.tokens.window()),
            Some(Model::Elements(_)) if !matches!(character, ' ' | '\t' | '\r' | '\n') => self.loose_text(at),
            Some(Model::Elements(_)) | None => {}
        }
    }

    fn end(&mut self, at: usize) -> Option<Step> {
        if self.skipping > 0 {
            self.skipping -= 1;
            return None;
        }
        let mut frame = self.frames.pop()?;
        match &mut frame.model {
            Model::Text(simple) => {
                let simple = *simple;
                self.end_text(&frame, simple)
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
                Some(Step::Close)
            }
        }
    }

    fn end_text(&mut self, frame: &Frame<'s>, simple: &Simple) -> Option<Step> {
        let value = self.value.in_text(self.tokens.window());
        let fit = if frame.excused { Fit::Fits } else { simple.judge(value) };
        let name = self.schemas.local(frame.symbol);
        let text = match fit {
            Fit::Fits => return Some(Step::Text(frame.symbol)),
            // Describing values that nobody will read costs time.
            Fit::Misfit | Fit::TooFar if self.drafts.is_full() => return None,
            Fit::Misfit => texts::value(name, &simple.found(value), &simple.allowed()),
            Fit::TooFar => texts::too_far(name),
        };
        self.drafts.report(frame.at, join(&self.path(), name, frame.nth), text);
        None
    }
}
